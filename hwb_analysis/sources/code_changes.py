"""Areas that were recoded, merged or split, and what may be done with figures on old ones.

A recoded area keeps its figures. Figures of merged areas are added up, where they are counts
or are made from counts. A split needs weights, and an area whose lines moved needs the word
of the caller that a best fit will do. Everything else is refused with its reason.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from hwb_analysis.errors import DataContractError
from hwb_analysis.paths import data_dir

RECODED, MERGED, SPLIT, MOVED = "recoded", "merged", "split", "moved"
KINDS = (RECODED, MERGED, SPLIT, MOVED)
COLUMNS = ("year", "kind", "area_type", "old_code", "old_area", "new_code", "new_area")
LSOA_KINDS = {"S": SPLIT, "M": MERGED, "X": MOVED}
LSOA_YEAR = 2021


@dataclass(frozen=True, slots=True)
class CodeChange:
    """One old area and one new area that shares ground with it, from 1 April of ``year``.

    ``kind`` is ``recoded`` (the same ground), ``merged`` (all of the old in the new),
    ``split`` (the old in several new ones) or ``moved`` (lines were redrawn).
    """

    year: int
    kind: str
    area_type: str
    old_code: str
    old_area: str
    new_code: str
    new_area: str


class CodeChanges:
    """All changes, found by the old or the new code.

    Examples
    --------
    >>> one = CodeChange(2020, "merged", "District", "E07000901", "Old", "E06000901", "New")
    >>> changes = CodeChanges([one])
    >>> changes.successors("E07000901", 2021), changes.successors("E07000901", 2019)
    (('E06000901',), ('E07000901',))
    >>> changes.story("E07000901")
    'E07000901 (Old) was merged into E06000901 (New) on 1 April 2020'
    """

    def __init__(self, changes: Iterable[CodeChange]) -> None:
        self.all = tuple(sorted(changes, key=lambda c: (c.year, c.old_code, c.new_code)))

    def __len__(self) -> int:
        return len(self.all)

    def in_year(self, year: int) -> tuple[CodeChange, ...]:
        """Return the changes of one year."""
        return tuple(c for c in self.all if c.year == year)

    def years(self, until: int) -> tuple[int, ...]:
        """Return the years with changes, up to and with one."""
        return tuple(sorted({c.year for c in self.all if c.year <= until}))

    def gone_by(self, year: int) -> frozenset[str]:
        """Return the codes that no longer stood in April of a year."""
        return frozenset(c.old_code for c in self.all if c.year <= year)

    def successors(self, code: str, year: int) -> tuple[str, ...]:
        """Return the areas that stand on an area's ground in April of a year."""
        found: tuple[str, ...] = (code,)
        for step in self.years(year):
            into: dict[str, list[str]] = {}
            for change in self.in_year(step):
                into.setdefault(change.old_code, []).append(change.new_code)
            found = tuple(dict.fromkeys(n for c in found for n in into.get(c, (c,))))
        return found

    def story(self, code: str) -> str:
        """Return in words what became of a code, empty when nothing did."""
        own = [c for c in self.all if c.old_code == code]
        if not own:
            return ""
        first = own[0]
        into = " and ".join(f"{c.new_code} ({c.new_area})" for c in own)
        done = {RECODED: "recoded to", MERGED: "merged into", SPLIT: "split into"}.get(
            first.kind, "redrawn, now part of"
        )
        return f"{code} ({first.old_area}) was {done} {into} on 1 April {first.year}"


def load_changes(path: Path | str | None = None) -> CodeChanges:
    """Return the changes of districts and counties, from ``lookups/area_changes.csv``.

    Raises
    ------
    DataContractError
        When the file is absent, a column is missing or a kind is unknown.

    Examples
    --------
    >>> changes = load_changes()
    >>> changes.story("E07000004")
    'E07000004 (Aylesbury Vale) was merged into E06000060 (Buckinghamshire) on 1 April 2020'
    """
    file = Path(path) if path is not None else data_dir() / "lookups" / "area_changes.csv"
    rows = _rows(file, COLUMNS)
    return CodeChanges(_change(row, file) for row in rows)


def load_lsoa_changes(path: Path | str | None = None) -> CodeChanges:
    """Return the small areas that changed between 2011 and 2021; the others kept their code.

    Raises
    ------
    DataContractError
        When the file is absent or a column is missing.

    Examples
    --------
    >>> {change.kind for change in load_lsoa_changes().all}
    {'split'}
    """
    file = Path(path) if path is not None else data_dir() / "lookups" / "lsoa11_lsoa21.csv"
    columns = ("lsoa11_code", "lsoa11", "lsoa21_code", "lsoa21", "change_code")
    return CodeChanges(
        CodeChange(
            LSOA_YEAR,
            LSOA_KINDS[row["change_code"]],
            "LSOA",
            row["lsoa11_code"],
            row["lsoa11"],
            row["lsoa21_code"],
            row["lsoa21"],
        )
        for row in _rows(file, columns)
        if row["change_code"] in LSOA_KINDS
    )


def _change(row: dict[str, str], file: Path) -> CodeChange:
    if row["kind"] not in KINDS or not row["year"].isdigit():
        raise DataContractError(
            f"a year and one of {', '.join(KINDS)} were expected, '{row['year']}' and "
            f"'{row['kind']}' came",
            where=f"{file}, {row['old_code']}",
            remedy="compile the look-up anew",
        )
    return CodeChange(int(row["year"]), *(row[c] for c in COLUMNS[1:]))


def _rows(file: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    try:
        return list(_read(file.resolve(), file.stat().st_mtime_ns, tuple(columns)))
    except OSError as error:
        raise DataContractError(
            f"the look-up {file.name} cannot be read: {error.strerror or error}",
            where=str(file),
            remedy="reinstall the package, or set HWB_DATA_DIR to a complete data folder",
        ) from error


@lru_cache(maxsize=8)
def _read(file: Path, mtime_ns: int, columns: tuple[str, ...]) -> tuple[dict[str, str], ...]:
    with file.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        absent = [c for c in columns if c not in (reader.fieldnames or ())]
        if absent:
            raise DataContractError(
                f"the columns {', '.join(columns)} were expected, {', '.join(absent)} are missing",
                where=str(file),
                remedy="compile the look-up anew",
            )
        return tuple({c: row[c] for c in columns} for row in reader)
