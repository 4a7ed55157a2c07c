"""Which area lies in which, by the look-ups that come with the data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import pandas as pd

from hwb_analysis.areas import load_areas
from hwb_analysis.paths import data_dir

SMALL_AREAS = "lsoa21.parquet"
CODES = ["lsoa21_code", "msoa21_code", "district_code"]


def known_parents() -> Mapping[str, str]:
    """Return area code to parent code: small areas, middle ones, districts and upwards."""
    above = {area.code: area.parent for area in load_areas() if area.parent}
    file = data_dir() / "lookups" / SMALL_AREAS
    return (dict(_small(file, file.stat().st_mtime_ns)) | above) if file.is_file() else above


@lru_cache(maxsize=2)
def _small(file: Path, mtime_ns: int) -> tuple[tuple[str, str], ...]:
    codes = pd.read_parquet(file, columns=CODES)
    lower = zip(codes[CODES[0]], codes[CODES[1]], strict=True)
    middle = codes[CODES[1:]].drop_duplicates()
    return (*lower, *zip(middle[CODES[1]], middle[CODES[2]], strict=True))
