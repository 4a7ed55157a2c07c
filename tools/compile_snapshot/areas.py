"""Names, tiers and parents of the areas that the snapshot speaks of."""

from __future__ import annotations

import pandas as pd

from hwb_analysis.vocabulary import AreaType

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
