"""Search a folder of outputs for figures that were withheld.

A small number stands everywhere, so a hidden figure counts as found only where it is
tied to its row: in a table, in a cell whose row and heading name the area and contradict
none of sex, age, period and category; in running text, in a sentence that does so. A
number of six digits and more (or as many decimals) is found wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from hwb_analysis.disclosure.leak_passage import Passage, plain
from hwb_analysis.disclosure.leak_reading import passages
from hwb_analysis.disclosure.leak_ties import (
    LONG,
    NUMBER,
    Secret,
    doubtful,
    normal,
    plain_number,
    spellings,
    telling,
    tells,
)
from hwb_analysis.disclosure.table import SAME
from hwb_analysis.errors import DisclosureError
from hwb_analysis.frame import NUMBERS, conform
from hwb_analysis.stats.frame_limits import with_limits
from hwb_analysis.vocabulary import Status

__all__ = ["Leak", "LeakReport", "Search", "Secret", "find_leaks", "secrets_of", "spellings"]

KnownOf = Callable[[str, float], Mapping[str, frozenset[str]]]
PLACE = ["series_id", "area_code", "period_start", "period_end"]
DIMENSIONS = ("period", "sex", "age", "category")


@dataclass(frozen=True, slots=True)
class Leak:
    """A withheld figure that stands in a file; the figure itself is not repeated.

    ``doubtful`` ones are small numbers in running text that seem to count something else
    ("one of the 7 districts").
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


def secrets_of(
    truth: pd.DataFrame,
    safe: pd.DataFrame,
    *,
    subject: Sequence[str] = (),
    known: KnownOf | None = None,
) -> list[Secret]:
    """Return the figures that a protected frame no longer shows.

    Parameters
    ----------
    truth, safe
        The frame before and after :func:`protect`; rows are joined by key.
    subject
        Names of what the figures are of. One of them has to stand beside a number, in its
        row or above it; without any, area and labels are enough.
    known
        Given area code and number, which spellings of it readers may see elsewhere, with
        labels of those rows.

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
    others, printed = _Others(labels), _Printed(conform(safe))
    shown = after.reindex(pd.MultiIndex.from_frame(before[SAME])).reset_index(drop=True)
    gone = (shown["status"] == Status.SUPPRESSED.value).to_numpy()
    lost = _lost(before, shown, gone)
    named = tuple(name.lower() for name in subject)
    found = []
    for place in np.flatnonzero([bool(numbers) for numbers in lost]).tolist():
        row = before.iloc[place]
        stands = printed.beside(row)
        for number in lost[place]:
            secret = _secret(row, number, stands, others, named)
            told = known(str(row["area_code"]), number) if known else {}
            found.append(replace(secret, known=told))
    return found


class _Printed:
    """The spellings of what is shown of an area and a period, of whatever sex, age or category.

    The share made from rounded counts is often the true one to a decimal, and a table that is
    of everybody does not say so: its figures are none of men or women.
    """

    def __init__(self, safe: pd.DataFrame) -> None:
        # Reports give limits to figures that came without.
        self.rows = with_limits(safe)[[*PLACE, *NUMBERS]].groupby(PLACE, sort=False)
        self.made: dict[tuple[object, ...], frozenset[str]] = {}

    def beside(self, row: pd.Series) -> frozenset[str]:
        key = tuple(row[name] for name in PLACE)
        if key not in self.made:
            there = self.rows.get_group(key) if key in self.rows.groups else self.rows.head(0)
            numbers = there[list(NUMBERS)].to_numpy(dtype=float)
            found = set(numbers[~np.isnan(numbers)].tolist())
            self.made[key] = frozenset().union(*map(spellings, found))
        return self.made[key]


class _Others:
    """The labels of each dimension but one's own, each set made once."""

    def __init__(self, labels: Mapping[str, set[str]]) -> None:
        self.labels = labels
        self.made: dict[tuple[str, str], frozenset[str]] = {}

    def of(self, name: str, own: str) -> frozenset[str]:
        if (name, own) not in self.made:
            self.made[name, own] = frozenset(self.labels[name] - {own, ""})
        return self.made[name, own]


def _lost(before: pd.DataFrame, shown: pd.DataFrame, gone: np.ndarray) -> list[list[float]]:
    """Return, by row, the numbers that stood there and are not printed there any more."""
    truth = before[list(NUMBERS)].to_numpy(dtype=float)
    printed = shown[list(NUMBERS)].to_numpy(dtype=float)
    base = NUMBERS.index("denominator")
    always = [NUMBERS.index(name) for name in ("count", "value")]
    found = []
    for row, kept, hidden in zip(truth, printed, gone, strict=True):
        numbers = row if hidden else row[always]
        still = set(kept[~np.isnan(kept)])
        lost = {float(x) for x in numbers[~np.isnan(numbers)] if x not in still}
        found.append(sorted(lost - ({float(row[base])} if hidden else set())))
    return found


def _secret(
    row: pd.Series,
    number: float,
    stands: frozenset[str],
    others: _Others,
    subject: tuple[str, ...],
) -> Secret:
    own = {name: str(row[name]).strip().lower() for name in DIMENSIONS}
    named = ("series_id", "area_code", *DIMENSIONS) if subject else ("area_code", *DIMENSIONS)
    where = " ".join(filter(None, (str(row[x]) for x in named)))
    return Secret(
        where=where,
        area=(str(row["area_code"]).lower(), str(row["area"]).lower()),
        own=own,
        others={name: others.of(name, label) for name, label in own.items()},
        written=spellings(number) - stands,
        telling=telling(number) - stands,
        subject=subject,
    )


def find_leaks(
    folder: Path | str, secrets: Iterable[Secret], *, files: Iterable[Path] | None = None
) -> LeakReport:
    """Return every withheld figure that stands in a file below a folder.

    Read are text of any kind (HTML with its alternative texts and what is embedded in it,
    notebooks with outputs and metadata, CSV, JSON, SVG, logs), tables in Parquet and
    spreadsheets, Word files, tagged PDF and the text that PNG files carry. Pixels are not
    read; what could not be read is listed.

    Parameters
    ----------
    folder
        What is searched, with all below it.
    secrets
        From :func:`secrets_of`.
    files
        Those of the folder that are searched; all when not given.
    """
    root, search = Path(folder), Search(secrets)
    leaks: list[Leak] = []
    unread: list[str] = []
    listed = sorted(root.rglob("*") if files is None else files)
    listed = [path for path in listed if path.is_file() and not path.is_symlink()]
    for path in listed:
        name = path.relative_to(root).as_posix()
        leaks += search.text(name, name)
        found = passages(path)
        if found is None:
            unread.append(_hushed(name))
        else:
            leaks += search.through(name, found)
    return LeakReport(tuple(dict.fromkeys(leaks)), len(listed), tuple(unread))


class Search:
    """Looks for withheld figures in one passage after the other."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        self.written: dict[str, list[Secret]] = {}
        self.telling: dict[str, Secret] = {}
        for secret in secrets:
            self.telling |= dict.fromkeys(secret.telling, secret)
            for text in secret.written - secret.telling:
                self.written.setdefault(text, []).append(secret)

    def text(self, name: str, text: str) -> list[Leak]:
        """Return what stands in a text that is no file yet."""
        return list(self.through(name, plain(text, "line")))

    def through(self, name: str, found: Iterable[Passage]) -> Iterator[Leak]:
        """Yield what stands in the passages of a file of this name."""
        for passage in found:
            yield from self._long(name, passage)
            yield from self._beside(name, passage)

    def _long(self, name: str, passage: Passage) -> Iterator[Leak]:
        if not self.telling:
            return
        for match in LONG.finditer(passage.text):
            secret = self.telling.get(plain_number(match[0]))
            if secret is not None:
                yield Leak(_hushed(name), _hushed(passage.place), secret.where)

    def _beside(self, name: str, passage: Passage) -> Iterator[Leak]:
        if not self.written:
            return
        words = ""
        for match in NUMBER.finditer(passage.text):
            for secret in self.written.get(plain_number(match[0]), ()):
                words = words or normal(passage.context)
                if tells(secret, passage, words, match):
                    unsure = doubtful(passage, match)
                    yield Leak(_hushed(name), _hushed(passage.place), secret.where, unsure)


def _hushed(place: str) -> str:
    """Return a place without long numbers: it is told, and no figure may be."""
    return re.sub(r"\d{6,}", "...", place)
