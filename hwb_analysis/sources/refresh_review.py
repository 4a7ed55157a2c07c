"""The review of a new snapshot: what is new, revised, gone or strange, for a person to judge."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from hwb_analysis.errors import HwbError
from hwb_analysis.sources.differences import SeriesDifference, series_difference
from hwb_analysis.sources.refresh_ways import compact
from hwb_analysis.sources.snapshot import SeriesInfo

NEW, CHANGED, SAME, VANISHED, KEPT = "new", "changed", "same", "vanished", "kept as it was"
STRANGE, LOST, REMARK = "outside the plausible range", "periods gone", "remark"
LOOKUP = "look-up changed"
SHOWN, WIDTH = 3, 110
# Before the address that was asked, which differs from line to line where the fault does not.
AT, LONGEST = "at: ", 90
# Widest values that the kind of figure can take.
POSSIBLE = {
    "proportion": (0.0, 100.0),
    "life_expectancy": (30.0, 100.0),
    "rate": (0.0, 100_000.0),
    "count": (0.0, 70_000_000.0),
}
ORDER = (STRANGE, LOST, VANISHED, KEPT, LOOKUP, CHANGED, NEW, REMARK, SAME)
HEADS = {
    STRANGE: "Outside the plausible range: look at each before accepting",
    LOST: "Periods that the snapshot holds did not come: look at each before accepting",
    VANISHED: "No longer published: the old figures stay",
    KEPT: "Not read this time: the old figures stay",
    LOOKUP: "Look-ups changed at the publisher: reported only, the old ones stay",
    CHANGED: "Changed",
    NEW: "New",
    REMARK: "Remarks",
    SAME: "As before",
}

LINK = (
    "  No report uses a series before the registry names it: add the line to the `series` of the "
    "indicator before\n  the colon, in {registry} (docs/registry.md)."
)


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One thing to know: its kind, the series, what was seen, and the source that was read.

    ``link`` is the line that the registry needs before a report uses a new series.
    """

    kind: str
    series_id: str
    text: str
    source: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many series of a source were read, of how many that were asked for."""

    source: str
    read: int
    asked: int

    def words(self) -> str:
        """Return the tally as the review prints it.

        Examples
        --------
        >>> Tally("nomis", 12, 13).words()
        'nomis 12 of 13'
        """
        return f"{self.source} {self.read} of {self.asked}"


def compare(
    info: SeriesInfo,
    older: pd.DataFrame | None,
    newer: pd.DataFrame,
    source: str = "",
    link: str = "",
) -> ReviewLine:
    """Return what became of a series that was read anew.

    ``older`` is None when it is new; ``link`` says then what the registry needs.
    """
    if older is None:
        return ReviewLine(NEW, info.id, f"{info.title}: {len(newer):,} rows", source, link)
    found: SeriesDifference = series_difference(info.id, older, newer)
    if found.state == SAME:
        return ReviewLine(SAME, info.id, info.title, source)
    kind = LOST if found.lost_periods else CHANGED
    return ReviewLine(kind, info.id, f"{info.title}: {found.line().partition(': ')[2]}", source)


def strange_values(
    info: SeriesInfo, frame: pd.DataFrame, before: pd.DataFrame | None, source: str = ""
) -> list[ReviewLine]:
    """Return values that the figure cannot take, or that lie far from all it took before.

    Far is more than the whole range of the release before beyond its ends.

    Examples
    --------
    >>> info = SeriesInfo("x:1", "Share", "%", "proportion", 100, "register", "calendar", "x", "x")
    >>> frame = pd.DataFrame({"value": [41.0, 912.0], "area": "Northshire", "period": "2024"})
    >>> strange_values(info, frame, None)[0].text
    'Share: 1 value outside 0 to 100, first Northshire 2024: 912'
    """
    low, high = POSSIBLE.get(info.value_type, (float("-inf"), float("inf")))
    values = frame["value"]
    out = _outside(info, frame, values, (low, high), source)
    if before is None or before["value"].notna().sum() < 2:
        return out
    first, last = before["value"].min(), before["value"].max()
    reach = last - first
    usual = frame.loc[values.between(low, high)]
    ends = (first - reach, last + reach)
    return out + _outside(info, usual, usual["value"], ends, source)


def _outside(
    info: SeriesInfo,
    frame: pd.DataFrame,
    values: pd.Series[float],
    ends: tuple[float, float],
    source: str,
) -> list[ReviewLine]:
    low, high = ends
    bad = frame.loc[values.notna() & ~values.between(low, high)]
    if bad.empty:
        return []
    shown = "; ".join(
        f"{r['area']} {r['period']}: {r['value']:g}" for _, r in bad.head(SHOWN).iterrows()
    )
    many = f"{len(bad)} value{'s' if len(bad) > 1 else ''}"
    said = f"{info.title}: {many} outside {low:g} to {high:g}, first {shown}"
    return [ReviewLine(STRANGE, info.id, said, source)]


def reason(error: HwbError, *names: str) -> str:
    """Return a fault in one line: what, what to do, and where, unless that is one of the names.

    Examples
    --------
    >>> reason(HwbError("404 came", where="example.org/a", remedy="look it up"), "x:1")
    '404 came; what to do: look it up; at: example.org/a'
    """
    where = error.where if error.where and error.where not in names else ""
    remedy = f"what to do: {error.remedy}" if error.remedy else ""
    return "; ".join(filter(None, (error.message, remedy, f"{AT}{where}" if where else "")))


def review_text(
    name: str,
    base: str,
    lines: Sequence[ReviewLine],
    tallies: Sequence[Tally],
    registry: str = "the registry",
) -> str:
    """Return the review as a page of plain text; ``registry`` names the registry's file."""
    read, asked = sum(t.read for t in tallies), sum(t.asked for t in tallies)
    of_each = "; ".join(t.words() for t in tallies)
    out = [f"Review of snapshot {name}, built on {base}", f"{read} of {asked} read: {of_each}."]
    short = [t.source for t in tallies if t.read < t.asked]
    if short:
        out.append(
            f"This is a partial refresh: not read in full: {', '.join(short)}. What was not read "
            "keeps its old figures."
        )
    return "\n".join([*out, *_blocks(lines, registry)]) + "\n"


def _blocks(lines: Sequence[ReviewLine], registry: str = "") -> list[str]:
    out = []
    for kind in ORDER:
        own = [line for line in lines if line.kind == kind]
        if own:
            out += ["", f"{HEADS[kind]} ({len(own)})"]
            if kind == NEW and any(line.link for line in own):
                out.append(LINK.format(registry=registry))
            out += _BLOCKS.get(kind, _grouped)(own)
    return out


def lookups_text(base: str, lines: Sequence[ReviewLine], tallies: Sequence[Tally]) -> str:
    """Return the review where look-ups alone were compared with those of a snapshot."""
    of_each = "; ".join(t.words() for t in tallies)
    head = f"Look-ups compared with snapshot {base}; no series was asked for: {of_each}."
    return "\n".join([head, *_blocks(lines)]) + "\n"


def _grouped(lines: Sequence[ReviewLine]) -> list[str]:
    """Return a line each, those with the same words together."""
    groups: dict[tuple[str, str], list[ReviewLine]] = {}
    for line in lines:
        groups.setdefault((line.source, _words(line)), []).append(line)
    out = []
    for (source, text), same in groups.items():
        ids = [line.series_id for line in same]
        at = same[0].text.partition(AT)[2]
        where = f" ({at[:LONGEST]}{'...' if len(at) > LONGEST else ''})" if at else ""
        shown = ", ".join(compact(ids)) if len(ids) > 1 else ids[0]
        out += _wrapped(source, f"{shown}: {text}{where}")
    return out


def _words(line: ReviewLine) -> str:
    text = line.text.partition(f"; {AT}")[0]
    return text.removeprefix(f"{line.series_id}: ")


def _wrapped(source: str, text: str) -> list[str]:
    return textwrap.wrap(
        f"[{source}] {text}" if source else text,
        WIDTH,
        initial_indent="  ",
        subsequent_indent="      ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _same_lines(lines: Sequence[ReviewLine]) -> list[str]:
    groups: dict[str, list[str]] = {}
    for line in lines:
        groups.setdefault(line.source, []).append(line.series_id)
    return [
        row for source, ids in groups.items() for row in _wrapped(source, "; ".join(compact(ids)))
    ]


def _new_lines(lines: Sequence[ReviewLine]) -> list[str]:
    return [
        f"  {line.link or line.series_id}  # {textwrap.shorten(line.text, LONGEST)}"
        for line in lines
    ]


_BLOCKS = {SAME: _same_lines, NEW: _new_lines}


def review_csv(lines: Iterable[ReviewLine]) -> str:
    """Return the review as a table with the columns kind, source, series, text and link."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["kind", "source", "series", "text", "link"])
    writer.writerows(
        [line.kind, line.source, line.series_id, _inert(line.text), line.link] for line in lines
    )
    return out.getvalue()


def _inert(text: str) -> str:
    # A spreadsheet takes a leading sign for a formula.
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
