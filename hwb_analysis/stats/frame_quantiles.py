"""Deprivation groups of the small areas in a look-up, national or within an area."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hwb_analysis.errors import StatisticsError, did_you_mean
from hwb_analysis.given import as_frame, check_columns
from hwb_analysis.stats.quantiles import NO_GROUP, population_quantiles

RANK = "{}_rank"
EDITIONS = {"IoD2019": "imd2019", "IoD2025": "imd2025"}
PLACES = ("county_code", "district_code")


def deprivation_deciles(
    lsoas: pd.DataFrame,
    index: str = "IoD2025",
    within: str | None = None,
    *,
    k: int = 10,
    population: str = "residents",
) -> pd.DataFrame:
    """Append the deprivation group of each small area, by population, 1 = most deprived.

    Parameters
    ----------
    lsoas
        One row a small area with its rank (``imd2025_rank``), people, and the codes of
        its county and district.
    index
        ``"IoD2019"`` or ``"IoD2025"``.
    within
        Code of a county or district: groups are made of its areas alone. None makes
        them of all areas in the table (a whole nation's table for national groups).
    k
        Number of groups.
    population
        Column of people.

    Returns
    -------
    DataFrame
        The rows with ``deprivation_group`` (missing outside ``within``), whole numbers.

    Raises
    ------
    StatisticsError
        An unknown index or area, a missing rank or population, a repeated small area.

    Examples
    --------
    >>> areas = pd.DataFrame({"imd2025_rank": [900, 20, 5000, 310], "residents": [1500] * 4,
    ...     "county_code": ["X"] * 4, "district_code": ["Y", "Y", "Z", "Z"]})
    >>> deprivation_deciles(areas, within="X", k=2)["deprivation_group"].tolist()
    [2, 1, 2, 1]
    """
    if index not in EDITIONS:
        raise StatisticsError(
            f"the index '{index}' is not known", remedy=did_you_mean(index, list(EDITIONS))
        )
    lsoas = as_frame(lsoas)
    rank = RANK.format(EDITIONS[index])
    check_columns(lsoas, [rank, population, *(PLACES if within else ())])
    kept = _within(lsoas, within)
    group = np.full(len(lsoas), NO_GROUP)
    group[kept] = population_quantiles(lsoas.loc[kept, rank], lsoas.loc[kept, population], k)
    numbered = pd.Series(group, index=lsoas.index, dtype="Int64")
    return lsoas.assign(deprivation_group=numbered.mask(numbered == NO_GROUP))


def _within(lsoas: pd.DataFrame, within: str | None) -> np.ndarray:
    if "lsoa21_code" in lsoas and lsoas["lsoa21_code"].duplicated().any():
        raise StatisticsError(
            "a small area occurs more than once", remedy="give one row a small area"
        )
    if within is None:
        return np.ones(len(lsoas), dtype=bool)
    held = np.logical_or.reduce([(lsoas[place] == within).to_numpy() for place in PLACES])
    if not held.any():
        known = sorted({str(code) for place in PLACES for code in lsoas[place].dropna()})
        raise StatisticsError(
            f"no small area lies in '{within}'", remedy=did_you_mean(within, known)
        )
    return np.asarray(held)
