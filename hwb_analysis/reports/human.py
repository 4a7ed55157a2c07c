"""Sections that people write: read from Markdown files, checked, shown, never written over.

A report takes each section from ``<folder>/<slug>/<nn>-<name>.md``. A file that is not
there, or still holds nothing but its guidance, gives a visible slot. A run only reads; new
files come from :func:`write_slots` alone, and only where there is none.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from hwb_analysis.errors import HwbError, OutputError, did_you_mean
from hwb_analysis.paths import reports_dir
from hwb_analysis.reports.beside import TEXT, TEXT_VARIABLE
from hwb_analysis.reports.human_markdown import (
    Piece,
    TextFault,
    faults_of,
    inline,
    pieces,
    table_html,
)
from hwb_analysis.reports.human_slots import (
    ACTION_COLUMNS,
    BOARD,
    BOARD_SLOTS,
    PRIORITY_SLOTS,
    RECOMMENDATIONS,
    RESIDENTS,
    RESIDENTS_SLOTS,
    VIEW_SLOTS,
    Slot,
    guidance,
)

if TYPE_CHECKING:
    from hwb_analysis.strategy.model import Strategy

LONGEST = 200_000
FIELDS = ("author", "date", "status")
STATES = ("draft", "final")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
FRONT = re.compile(r"\A---[ \t]*\n(.*?\n)?---[ \t]*(?:\n|\Z)", re.DOTALL)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff]")


class TextError(HwbError):
    """Texts that people wrote break a rule; ``faults`` holds each with its file."""

    exit_code = 10

    def __init__(self, faults: Sequence[tuple[str, TextFault]], where: str) -> None:
        self.faults = tuple(faults)
        lines = "\n".join(
            f"- {name}{f', line {f.line}' if f.line else ''}: {f.rule}; {f.remedy}"
            for name, f in faults
        )
        count = f"{len(faults)} fault{'' if len(faults) == 1 else 's'}"
        super().__init__(
            f"{count} in the texts of the reports\n{lines}",
            where=where,
            remedy="mend each file above and run again; docs/texts.md explains",
        )


@dataclass(frozen=True, slots=True)
class Section:
    """One section as a page shows it; ``html`` is empty while nobody has written it."""

    slot: Slot
    file: str
    html: str = ""
    author: str = ""
    day: date | None = None
    status: str = ""

    @property
    def written(self) -> bool:
        """Say whether somebody has written the section."""
        return bool(self.html)

    def to_html(self) -> str:
        """Return the section without its heading: who wrote it and the text, or the slot."""
        return f"{self._byline()}{self.html}" if self.written else self._open_slot()

    def _byline(self) -> str:
        by = f"Written by {self.author}" if self.author else "Written"
        on = f"{self.day.day} {self.day:%B %Y}" if self.day else ""
        told = f"{by}{', ' if self.author and on else ' '}{on}".strip() if self.author or on else ""
        parts = [part for part in (told, self.status.capitalize()) if part]
        return f'<p class="small">{escape(". ".join(parts))}.</p>\n' if parts else ""

    def _open_slot(self) -> str:
        return (
            f'<div class="box slot"><p><strong>To be written</strong> by {escape(self.slot.by)}. '
            f"This section is to hold {escape(self.slot.expects)}.</p>"
            f'<p class="small">Its file: {escape(self.file)}</p></div>'
        )


def text_folder() -> Path:
    """Return the folder of the texts: ``HWB_TEXT_DIR``, else ``text`` of the output folder."""
    named = os.environ.get(TEXT_VARIABLE)
    return Path(named) if named else reports_dir() / TEXT


def all_slots(strategy: Strategy) -> Iterator[tuple[str, str, tuple[Slot, ...]]]:
    """Yield folder, subject and slots of everything that people write for a strategy."""
    for priority in strategy.priorities:
        yield priority.slug, priority.title, PRIORITY_SLOTS
    yield BOARD, strategy.strategy.title, BOARD_SLOTS
    yield RESIDENTS, strategy.strategy.title, RESIDENTS_SLOTS
    for view in strategy.views:
        yield view.slug, view.title, VIEW_SLOTS


def write_slots(strategy: Strategy, folder: Path | None = None) -> list[Path]:
    """Write a file with guidance for every section that has none, and return the new ones.

    Parameters
    ----------
    strategy
        Whose priorities and reports have sections.
    folder
        :func:`text_folder` unless named.

    Raises
    ------
    OutputError
        When the folder cannot be written.
    """
    place = folder or text_folder()
    made: list[Path] = []
    for owner, about, slots in all_slots(strategy):
        for slot in slots:
            path = place / owner / slot.file
            if _create(path, guidance(slot, about)):
                made.append(path)
    return made


def _create(path: Path, text: str) -> bool:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # "x" refuses a file that is there: what somebody wrote cannot be lost.
        with path.open("x", encoding="utf-8", newline="\n") as handle:
            handle.write(text)
    except FileExistsError:
        return False
    except OSError as error:
        raise OutputError(
            f"the text cannot be written: {error.strerror or error}",
            where=str(path),
            remedy="name a folder that can be written",
        ) from error
    return True


def read_section(
    owner: str,
    slot: Slot,
    *,
    folder: Path | None = None,
    commitments: Mapping[str, str] | None = None,
) -> Section:
    """Return one section of one report.

    Parameters
    ----------
    owner
        Name of its folder: the slug of a priority or of a report.
    slot
        Which section.
    folder
        Folder of all texts; :func:`text_folder` unless named.
    commitments
        Commitments by id that recommendations may name; none are known without it.

    Raises
    ------
    TextError
        With every fault of the file.
    """
    place = folder or text_folder()
    section, faults = _read(place, owner, slot, commitments or {})
    if faults:
        raise TextError([(f"{owner}/{slot.file}", fault) for fault in faults], str(place))
    return section


def check_texts(strategy: Strategy, folder: Path | None = None) -> dict[str, int]:
    """Read every text of a strategy; return how many sections are written, by folder.

    Raises
    ------
    TextError
        With every fault of every file.
    """
    place = folder or text_folder()
    known = {p.slug: {c.id: c.text for c in p.commitments} for p in strategy.priorities}
    faults: list[tuple[str, TextFault]] = []
    written: dict[str, int] = {}
    for owner, _, slots in all_slots(strategy):
        for slot in slots:
            section, found = _read(place, owner, slot, known.get(owner, {}))
            faults += [(f"{owner}/{slot.file}", fault) for fault in found]
            written[owner] = written.get(owner, 0) + section.written
    if faults:
        raise TextError(faults, str(place))
    return written


def _read(
    place: Path, owner: str, slot: Slot, commitments: Mapping[str, str]
) -> tuple[Section, list[TextFault]]:
    name = f"{TEXT}/{owner}/{slot.file}"
    path = place / owner / slot.file
    if not path.is_file():
        return Section(slot, name), []
    text, faults = _text_of(path, place)
    fields, body, first = _front(text)
    faults += list(_front_faults(fields))
    if "<!--" in COMMENT.sub("", body):
        faults.append(TextFault(0, "a comment is opened and not closed", "close it with -->"))
    body = COMMENT.sub(_as_lines, body)
    if faults or not body.strip():
        return Section(slot, name), faults
    faults += faults_of(body, first)
    found = pieces(body, level=3, title=slot.title)
    if slot.name == RECOMMENDATIONS:
        found, more = _numbered(found, commitments, first)
        faults += more
    html = "".join(piece.html for piece in found).strip()
    author, status = fields.get("author", ""), fields.get("status", "")
    return Section(slot, name, html, author, _day(fields.get("date", "")), status), faults


def _as_lines(match: re.Match[str]) -> str:
    # The lines stay, so that a fault names the line that the writer sees.
    return "\n" * match[0].count("\n")


def _text_of(path: Path, place: Path) -> tuple[str, list[TextFault]]:
    if not path.resolve().is_relative_to(place.resolve()):
        return "", [TextFault(0, "the file is a link that leads out of the folder", "copy it")]
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return "", [TextFault(0, "the file is not UTF-8 text", "save it as UTF-8")]
    except OSError as error:
        return "", [TextFault(0, f"the file cannot be read: {error.strerror}", "open it up")]
    if len(text) > LONGEST:
        rule = f"the file holds {len(text):,} letters, at most {LONGEST:,} are read"
        return "", [TextFault(0, rule, "shorten it")]
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")), []


def _front(text: str) -> tuple[dict[str, str], str, int]:
    """Return the fields before the text, the text, and the number of its first line."""
    match = FRONT.match(text)
    if match is None:
        return {}, text, 1
    pairs = [line.partition(":") for line in (match[1] or "").splitlines() if line.strip()]
    fields = {name.strip().lower(): value.strip().strip("\"'") for name, _, value in pairs}
    return fields, text[match.end() :], text.count("\n", 0, match.end()) + 1


def _front_faults(fields: Mapping[str, str]) -> Iterator[TextFault]:
    for name in fields:
        if name not in FIELDS:
            rule = f"the field '{name}' before the text is unknown"
            yield TextFault(0, rule, did_you_mean(name, list(FIELDS)))
    day, status = fields.get("date", ""), fields.get("status", "")
    if day and _day(day) is None:
        yield TextFault(0, f"the date '{day}' is no day", "write it as 2026-05-31")
    if status and status not in STATES:
        yield TextFault(0, f"the status '{status}' is unknown", did_you_mean(status, list(STATES)))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _numbered(
    found: Sequence[Piece], commitments: Mapping[str, str], first: int
) -> tuple[list[Piece], list[TextFault]]:
    """Put a numbered table in place of the first one, each row checked."""
    place = next((i for i, piece in enumerate(found) if piece.cells), None)
    heads = " | ".join(ACTION_COLUMNS)
    if place is None:
        return list(found), [
            TextFault(0, "there is no table of recommendations", f"add one with | {heads} |")
        ]
    table = found[place]
    named = tuple(head.strip().casefold() for head in table.cells[0])
    line = first + table.line
    if named != tuple(head.casefold() for head in ACTION_COLUMNS):
        rule = f"the columns of the table are {' | '.join(table.cells[0])}"
        return list(found), [TextFault(line, rule, f"name them {heads}")]
    rows = [row for row in table.cells[1:] if any(row)]
    faults = [
        fault
        for number, row in enumerate(rows, start=1)
        for fault in _action_faults(number, row, commitments, line)
    ]
    return [
        *found[:place],
        *([] if faults else [Piece(_actions(rows, commitments))]),
        *found[place + 1 :],
    ], faults


def _action_faults(
    number: int, row: Sequence[str], commitments: Mapping[str, str], line: int
) -> Iterator[TextFault]:
    for head, cell in zip(ACTION_COLUMNS, row, strict=True):
        if not cell:
            yield TextFault(line, f"recommendation {number} has no {head.lower()}", "fill it in")
    _, _, commitment, day = row
    if commitment and commitment not in commitments:
        rule = f"recommendation {number} names the commitment '{commitment}'"
        yield TextFault(line, rule, did_you_mean(commitment, list(commitments)))
    if day and _day(day) is None:
        rule = f"recommendation {number} has the date '{day}'"
        yield TextFault(line, rule, "write it as 2027-03-31")


def _actions(rows: Sequence[Sequence[str]], commitments: Mapping[str, str]) -> str:
    body = []
    for number, (what, who, commitment, day) in enumerate(rows, start=1):
        serves = (
            f'<a href="#{commitment_anchor(commitment)}">{escape(commitment)}</a> '
            f"{escape(commitments[commitment])}"
        )
        due = _day(day)
        when = f"{due.day} {due:%B %Y}" if due else ""
        body.append([str(number), inline(what), inline(who), serves, when])
    heads = ["No.", "Recommendation", "Owner", "Commitment served", "By"]
    return table_html(heads, body, "Recommendations")


def commitment_anchor(commitment_id: str) -> str:
    """Return where a commitment stands on its page.

    Examples
    --------
    >>> commitment_anchor("T-C01")
    'commitment-t-c01'
    """
    return f"commitment-{commitment_id.lower()}"
