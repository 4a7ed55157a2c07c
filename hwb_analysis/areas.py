"""Areas: codes, names, tiers and parents, read from the look-up that comes with the data."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from hwb_analysis.errors import DataContractError, UsageError, did_you_mean
from hwb_analysis.paths import data_dir
from hwb_analysis.vocabulary import AreaType

COLUMNS = ("area_code", "area", "area_type", "parent_code")


@dataclass(frozen=True, slots=True)
class Area:
    """One area; ``parent`` is the code of the area around it, empty at the top."""

    code: str
    name: str
    area_type: AreaType
    parent: str = ""


class Areas:
    """All areas of a look-up, found by code or by name.

    Examples
    --------
    >>> north = Area("E06000001", "Northshire", AreaType.UNITARY)
    >>> areas = Areas([north, Area("E01000001", "Northshire 001A", AreaType.LSOA, north.code)])
    >>> areas.get("northshire").code
    'E06000001'
    >>> [a.name for a in areas.children("E06000001")]
    ['Northshire 001A']
    """

    def __init__(self, areas: Sequence[Area]) -> None:
        self._by_code = {area.code: area for area in areas}
        self._by_name: dict[str, list[Area]] = {}
        for area in areas:
            self._by_name.setdefault(area.name.casefold(), []).append(area)

    def __len__(self) -> int:
        return len(self._by_code)

    def __iter__(self) -> Iterator[Area]:
        return iter(self._by_code.values())

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def get(self, code_or_name: str) -> Area:
        """Return an area by its code or its name, in any case.

        Raises
        ------
        UsageError
            When no area, or more than one, has that name.
        """
        wanted = code_or_name.strip()
        if wanted.upper() in self._by_code:
            return self._by_code[wanted.upper()]
        found = self._by_name.get(wanted.casefold(), [])
        if len(found) == 1:
            return found[0]
        if found:
            codes = ", ".join(f"{a.code} ({a.area_type})" for a in found)
            raise UsageError(
                f"'{code_or_name}' is the name of {len(found)} areas", remedy=f"use a code: {codes}"
            )
        raise UsageError(f"the area '{code_or_name}' is unknown", remedy=self._nearest(wanted))

    def _nearest(self, wanted: str) -> str:
        near = did_you_mean(wanted, [a.name for a in self]).split("?")[0]
        hint = f"{near}? " if near.startswith("did you mean") else ""
        return f"{hint}use an ONS code or a name of data/lookups/areas.csv"

    def children(self, code_or_name: str, area_type: AreaType | None = None) -> list[Area]:
        """Return the areas whose parent is the named one, in order of code."""
        parent = self.get(code_or_name).code
        found = [a for a in self if a.parent == parent and area_type in (None, a.area_type)]
        return sorted(found, key=lambda a: a.code)

    def districts(self, code_or_name: str) -> list[Area]:
        """Return the districts of a county, in order of code."""
        return self.children(code_or_name, AreaType.DISTRICT)

    def parents(self, code_or_name: str) -> list[Area]:
        """Return the areas around an area, from the nearest to the widest."""
        out: list[Area] = []
        area = self.get(code_or_name)
        while area.parent in self._by_code and self._by_code[area.parent] not in out:
            area = self._by_code[area.parent]
            out.append(area)
        return out


def load_areas(path: Path | str | None = None) -> Areas:
    """Return the areas of a look-up, by default ``lookups/areas.csv`` of the data.

    Raises
    ------
    DataContractError
        When the file is absent, a column is missing, a code is doubled, a tier is
        unknown or a parent is not in the file; all faults in one message.
    """
    file = Path(path) if path is not None else data_dir() / "lookups" / "areas.csv"
    try:
        return _load(file.resolve(), file.stat().st_mtime_ns)
    except OSError as error:
        raise DataContractError(
            f"the area look-up cannot be read: {error.strerror or error}",
            where=str(file),
            remedy="reinstall the package, or set HWB_DATA_DIR to a complete data folder",
        ) from error


@lru_cache(maxsize=4)
def _load(file: Path, mtime_ns: int) -> Areas:
    with file.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        absent = [c for c in COLUMNS if c not in (reader.fieldnames or ())]
        if absent:
            _refuse([f"columns missing: {', '.join(absent)}"], file)
        rows = list(reader)
    faults = list(_faults(rows))
    if faults:
        _refuse(faults, file)
    return Areas([_area(row) for row in rows])


def _area(row: dict[str, str]) -> Area:
    tier = AreaType(row["area_type"])
    return Area(row["area_code"], row["area"], tier, row["parent_code"] or "")


def _faults(rows: Sequence[dict[str, str]]) -> Iterator[str]:
    tiers = [t.value for t in AreaType]
    codes = {row["area_code"] for row in rows}
    seen: set[str] = set()
    # The heading is line 1.
    for line, row in enumerate(rows, start=2):
        code = row["area_code"]
        if not code or not row["area"]:
            yield f"line {line}: code or name is empty"
        if code in seen:
            yield f"line {line}: the code '{code}' is used twice"
        seen.add(code)
        if row["area_type"] not in tiers:
            yield f"line {line}: unknown area type '{row['area_type']}'"
        if row["parent_code"] and row["parent_code"] not in codes:
            yield f"line {line}: the parent '{row['parent_code']}' of {code} is not in the file"


def _refuse(faults: list[str], file: Path) -> None:
    raise DataContractError(
        "the area look-up breaks its rules\n" + "\n".join(f"- {fault}" for fault in faults),
        where=str(file),
        remedy="the columns are " + ", ".join(COLUMNS),
    )
