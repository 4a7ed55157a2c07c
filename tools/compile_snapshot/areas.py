"""Names, tiers and parents of the areas that the snapshot speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml

from hwb_analysis.vocabulary import AreaType
from tools.compile_snapshot.compiled import read_csv

FOOTPRINT = Path(__file__).with_name("footprint.yaml")
AUTHORITIES = "geography/lookup_lad23_utla23_region24.csv"
ENGLAND = "E92000001"
PREFIX = {
    "E92": AreaType.ENGLAND,
    "E12": AreaType.REGION,
    "E10": AreaType.COUNTY,
    "E06": AreaType.UNITARY,
    "E07": AreaType.DISTRICT,
    "E08": AreaType.UPPER_TIER,
    "E09": AreaType.UPPER_TIER,
    "E01": AreaType.LSOA,
    "E02": AreaType.MSOA,
}


def area_types(codes: pd.Series[str]) -> pd.Series[str]:
    """Return the tier that the first three characters of an ONS code stand for."""
    return codes.str[:3].map({k: v.value for k, v in PREFIX.items()})


@dataclass(frozen=True, slots=True)
class Footprint:
    """The county that small areas are compiled for, with its neighbours and its districts."""

    county: str
    neighbours: tuple[str, ...]
    residents_of_districts: int

    @classmethod
    def read(cls, path: Path = FOOTPRINT) -> Footprint:
        """Read the footprint from its YAML file."""
        told = yaml.safe_load(path.read_text("utf-8"))
        return cls(**{**told, "neighbours": tuple(told["neighbours"])})


def authorities(source_dir: Path) -> pd.DataFrame:
    """Return one row a district or unitary authority with its upper tier and its region."""
    return read_csv(source_dir / AUTHORITIES, ["ltla23_code", "utla23_code", "region24_code"])
