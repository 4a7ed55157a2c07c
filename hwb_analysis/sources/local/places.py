"""Areas of a local file: found by code or by a name that only one area has."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

import pandas as pd

from hwb_analysis.areas import Area, Areas, load_areas
from hwb_analysis.errors import UsageError
from hwb_analysis.paths import data_dir
from hwb_analysis.sources.local.cells import CellError
from hwb_analysis.sources.local.faults import shorten
from hwb_analysis.vocabulary import AreaType

CODE = re.compile(r"^[A-Za-z]\d{8}$")
# A nearest name takes time to find; after so many a person has seen the pattern.
MOST_HINTS = 20
SMALL = re.compile(r"^E0[12]\d{6}$")


class Places:
    """Finds the area that a cell names.

    Parameters
    ----------
    by
        ``code``, ``name`` or ``either``: what a cell may hold.
    words
        Codes or names for other spellings.

    Examples
    --------
    >>> Places("either").find("e92000001").name
    'England'
    """

    def __init__(
        self, by: Literal["code", "name", "either"], words: dict[str, str] | None = None
    ) -> None:
        self._by = by
        self._words = {k.strip().casefold(): v for k, v in (words or {}).items()}
        self._areas: Areas = load_areas()
        self._names = {area.name.casefold() for area in self._areas}
        self._missed = 0

    def find(self, written: str) -> Area:
        """Return the area of a code or name.

        Raises
        ------
        CellError
            When no area, or more than one, goes by it.
        """
        other = self._words.get(written.strip().casefold())
        wanted = other or written.strip()
        coded = bool(CODE.match(wanted))
        if other is None and self._by != "either" and coded != (self._by == "code"):
            raise CellError(
                f"the {self._by} of an area was expected, '{written}' came",
                "write by: either in the map, or mend the cell",
            )
        if SMALL.match(wanted.upper()):
            return self._small(wanted.upper())
        if not coded and wanted.casefold() not in self._names:
            self._missed += 1
            if self._missed > MOST_HINTS:
                raise CellError(f"the area '{shorten(wanted)}' is unknown", "use an ONS code")
        try:
            return self._areas.get(wanted)
        except UsageError as error:
            raise CellError(error.message, error.remedy or "use an ONS code") from error

    def _small(self, code: str) -> Area:
        found = _small_areas(data_dir() / "lookups" / "lsoa21.parquet").get(code)
        if found is None:
            raise CellError(
                f"the small area '{code}' is unknown",
                "codes of 2021 are read; codes of another year must be brought to them first",
            )
        return found


@lru_cache(maxsize=2)
def _small_areas(path: Path) -> dict[str, Area]:
    table = pd.read_parquet(path)
    out: dict[str, Area] = {}
    for tier, code, name in (
        (AreaType.LSOA, "lsoa21_code", "lsoa21"),
        (AreaType.MSOA, "msoa21_code", "msoa21"),
    ):
        pairs = table[[code, name, "district_code"]].drop_duplicates(code)
        for row in pairs.itertuples(index=False):
            out[str(row[0])] = Area(str(row[0]), str(row[1]), tier, str(row[2]))
    return out
