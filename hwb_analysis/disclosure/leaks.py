"""Search a folder of outputs for figures that were withheld.

A small number stands everywhere, so a hidden figure counts as found only where it is
tied to its row: in a table, in a cell whose row and heading name the area and contradict
none of sex, age, period and category; in running text, in a sentence that does so. A
number of six digits and more (or as many decimals) is found wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from hwb_analysis.disclosure.leak_reading import Passage, passages
from hwb_analysis.disclosure.table import SAME
from hwb_analysis.errors import DisclosureError
from hwb_analysis.frame import NUMBERS, conform
from hwb_analysis.vocabulary import Status

# Not within a word, a date, a time, a path or a range.
NUMBER = re.compile(r"(?<![\w.,/:–-])[-−]?\d[\d,]*(?:\.\d+)?(?!\w|[.,/:–-]\d)")
TELLING_DIGITS = 6
FEWEST_DECIMALS, MOST_DECIMALS = 1, 6
DIMENSIONS = ("period", "sex", "age", "category")


@dataclass(frozen=True, slots=True)
class Secret:
    """A withheld figure: the words that name its row, and its number as it may be written.

    ``area`` holds code and name. ``others`` are, by dimension, the labels that name
    another row. ``telling`` numbers are looked for without any words beside them.
    """

    where: str
    area: tuple[str, ...]
    own: Mapping[str, str]
    others: Mapping[str, frozenset[str]]
    written: frozenset[str]
    telling: bool

    def __repr__(self) -> str:
        """Return the row and not the number, since a repr ends in logs."""
        return f"Secret({self.where})"


@dataclass(frozen=True, slots=True)
class Leak:
    """A withheld figure that stands in a file; the figure itself is not repeated.

    ``doubtful`` ones stand in running text, where a small number may count something
    else ("one of the 7 districts").
    """

    file: str
    place: str
    row: str
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class LeakReport:
    """What was found, how many files were read, and which could not be."""

    leaks: tuple[Leak, ...]
    files: int
    unread: tuple[str, ...]

    def require_none(self, *, doubtful: bool = True) -> LeakReport:
        """Return the report, or refuse; doubtful leaks are refused unless told not to.

        Raises
        ------
        DisclosureError
            Exit code 13; files, places and rows are named, no figure is.
        """
        leaks = [leak for leak in self.leaks if doubtful or not leak.doubtful]
        if not leaks:
            return self
        told = [f"- {x.file}, {x.place}: {x.row}" for x in leaks[:20]]
        raise DisclosureError(
            f"{len(leaks)} withheld figures stand in the outputs\n" + "\n".join(told),
            remedy="make every output from the frame that protect() returned",
        )


def secrets_of(truth: pd.DataFrame, safe: pd.DataFrame) -> list[Secret]:
    """Return the figures that a protected frame no longer shows.

    Parameters
    ----------
    truth, safe
        The frame before and after :func:`protect`; rows are joined by key.

    Examples
    --------
    >>> from hwb_analysis.disclosure.example import table
    >>> from hwb_analysis.disclosure.protect import protect
    >>> before = table({"North": [3, 12]}, sexes=["Male", "Female"])
    >>> hidden = secrets_of(before, protect(before, "under-5").frame)
    >>> sorted(secret.where for secret in hidden)
    ['North 2024 Female All ages', 'North 2024 Male All ages']
    """
    before, after = conform(truth), conform(safe).set_index(SAME)
    labels = {name: {x.strip().lower() for x in before[name]} for name in DIMENSIONS}
    shown = after.reindex(pd.MultiIndex.from_frame(before[SAME])).reset_index(drop=True)
    gone = (shown["status"] == Status.SUPPRESSED.value).to_numpy()
    found = []
    for place in range(len(before)):
        row, printed = before.iloc[place], shown.iloc[place]
        numbers = _lost(row, printed, bool(gone[place]))
        found += [_secret(row, number, labels) for number in numbers]
    return found


def _lost(row: pd.Series, printed: pd.Series, gone: bool) -> list[float]:
    """Return the numbers that stood in a row and are not printed there any more."""
    names = NUMBERS if gone else ("count", "value")
    kept = {printed[name] for name in NUMBERS if not np.isnan(printed[name])}
    lost = [float(row[name]) for name in names if not np.isnan(row[name])]
    return sorted({x for x in lost if x not in kept and not (gone and x == row["denominator"])})


def _secret(row: pd.Series, number: float, labels: Mapping[str, set[str]]) -> Secret:
    own = {name: str(row[name]).strip().lower() for name in DIMENSIONS}
    mine = (str(row["area_code"]).lower(), str(row["area"]).lower())
    others = {name: frozenset(labels[name] - {own[name], ""}) for name in DIMENSIONS}
    written = spellings(number)
    digits = max(len(re.sub(r"\D", "", text).strip("0")) for text in written)
    where = " ".join(filter(None, (str(row[x]) for x in ("area_code", *DIMENSIONS))))
    return Secret(where, mine, own, others, written, digits >= TELLING_DIGITS)


def spellings(number: float) -> frozenset[str]:
    """Return the ways a number may be written, without thousands separators.

    Examples
    --------
    >>> sorted(spellings(3.0))
    ['3', '3.0', '3.00']
    >>> sorted(spellings(12.345))
    ['12.3', '12.345', '12.35']
    """
    if number == int(number):
        return frozenset([f"{number:.0f}", f"{number:.1f}", f"{number:.2f}"])
    rounded = {
        f"{number + 1e-12:.{places}f}" for places in range(FEWEST_DECIMALS, MOST_DECIMALS + 1)
    }
    exact = repr(float(number))
    return frozenset({text.rstrip("0").rstrip(".") for text in rounded} - {""} | {exact})


def find_leaks(folder: Path | str, secrets: Iterable[Secret]) -> LeakReport:
    """Return every withheld figure that stands in a file below a folder.

    Read are text of any kind (HTML with its alternative texts, notebooks with outputs and
    metadata, CSV, JSON, SVG, logs), tables in Parquet and spreadsheets, text in Word
    files and the text that PNG files carry. Pixels are not read, nor is PDF; what could
    not be read is listed.
    """
    root, wanted = Path(folder), list(secrets)
    telling = {text: s for s in wanted if s.telling for text in s.written}
    leaks: list[Leak] = []
    unread: list[str] = []
    files = [path for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink()]
    for path in files:
        name = path.relative_to(root).as_posix()
        found = passages(path)
        if found is None:
            unread.append(name)
            continue
        leaks += _leaks_in(name, found, wanted, telling)
    return LeakReport(tuple(dict.fromkeys(leaks)), len(files), tuple(unread))


def _leaks_in(
    name: str, found: Iterable[Passage], wanted: Sequence[Secret], telling: Mapping[str, Secret]
) -> Iterator[Leak]:
    by_number: dict[str, list[Secret]] = {}
    for secret in wanted:
        for text in secret.written:
            by_number.setdefault(text, []).append(secret)
    for passage in found:
        words = passage.context.lower()
        for match in NUMBER.finditer(passage.text):
            number = match[0].replace(",", "").replace("−", "-")
            if number in telling:
                yield Leak(name, passage.place, telling[number].where)
            for secret in by_number.get(number, []):
                if not secret.telling and _tied(secret, words):
                    yield Leak(name, passage.place, secret.where, passage.text == passage.context)


def _tied(secret: Secret, words: str) -> bool:
    if not any(_names(area, words) for area in secret.area):
        return False
    for name, own in secret.own.items():
        named = own and _names(own, words)
        if named:
            continue
        # A row of everybody is named by default; any other label names another row.
        if any(_names(label, words) for label in secret.others[name]):
            return False
    return True


def _names(label: str, words: str) -> bool:
    return bool(label) and re.search(rf"(?<!\w){re.escape(label)}(?!\w)", words) is not None
