"""Deprivation gradients within the strategy's area, from small-area counts."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from hwb_analysis.errors import StatisticsError
from hwb_analysis.sources.snapshot import SeriesInfo, Snapshot
from hwb_analysis.stats.frame_slopes import slope_index
from hwb_analysis.stats.quantiles import population_quantiles
from hwb_analysis.stats.slope_result import SlopeIndex
from hwb_analysis.stats.verbs import proportion
from hwb_analysis.vocabulary import AreaType

# The name that each edition of the index goes by, and its column of national ranks.
EDITIONS = {"IoD 2019": "imd2019_rank", "IoD 2025": "imd2025_rank"}
NEWEST = "IoD 2025"
AGED = "census2021:aged-65-plus"
COUNTED = "As if the count were one draw: everybody was counted, so the interval is small."


@dataclass(frozen=True, slots=True)
class Gradient:
    """One share across deprivation groups of the area, with its slope index.

    ``groups`` has one row a group, most deprived first; ``age`` is the slope of the
    share aged 65 and over across the same groups, which a crude share carries with it.
    """

    series: SeriesInfo
    edition: str
    groups: pd.DataFrame
    slope: SlopeIndex
    age: SlopeIndex | None
    better: str
    period: str


def deprivation_groups(
    lookup: pd.DataFrame, area_code: str, edition: str = NEWEST, k: int = 10
) -> pd.Series[int]:
    """Return the deprivation group of each small area, relative to one county.

    Parameters
    ----------
    lookup
        Small areas with ``lsoa21_code``, ``county_code``, ``residents`` and ranks.
    area_code
        Code of the county.
    edition
        ``"IoD 2019"`` or ``"IoD 2025"``. Small areas of 2021 carry the 2019 rank of
        the area of 2011 they were made from.
    k
        Number of groups of equal population, 1 = most deprived.

    Returns
    -------
    Series
        Group by ``lsoa21_code``.

    Raises
    ------
    StatisticsError
        When the edition is unknown or the county has no small areas in the look-up.
    """
    if edition not in EDITIONS:
        raise StatisticsError(
            f"there are no ranks of '{edition}'", remedy=f"use one of {', '.join(EDITIONS)}"
        )
    own = lookup.loc[lookup["county_code"] == area_code]
    if own.empty:
        raise StatisticsError(
            f"the look-up has no small areas in {area_code}",
            remedy="deprivation groups are made within the strategy's own area",
        )
    groups = population_quantiles(own[EDITIONS[edition]], own["residents"], k)
    return pd.Series(groups, index=pd.Index(own["lsoa21_code"], name="area_code"), name="group")


def gradient_of(
    series_id: str,
    snapshot: Snapshot,
    area_code: str,
    *,
    better: str = "low",
    edition: str = NEWEST,
    k: int = 10,
) -> Gradient:
    """Return a small-area share across deprivation groups, with slope and relative index.

    The share is crude, for all ages. ``better`` says which end of it is the good one.

    Examples
    --------
    >>> from hwb_analysis.sources.snapshot import current_snapshot
    >>> from hwb_analysis.strategy import load_strategy
    >>> found = gradient_of("census2021:disability", current_snapshot(),
    ...                     load_strategy().area.code)
    >>> found.slope.groups, bool(found.slope.value[0] > 0)
    (10, True)
    """
    group = deprivation_groups(snapshot.lsoa_lookup(), area_code, edition, k)
    groups = _grouped(series_id, snapshot, group)
    same = series_id == AGED or AGED not in snapshot.series
    aged = None if same else _slope(_grouped(AGED, snapshot, group), "low")
    return Gradient(
        series=snapshot.series[series_id],
        edition=edition,
        groups=groups,
        slope=_slope(groups, better),
        age=aged,
        better=better,
        period=str(groups["period"].iloc[0]),
    )


def _slope(groups: pd.DataFrame, better: str) -> SlopeIndex:
    return slope_index(
        groups,
        count="count",
        denominator="denominator",
        group="group",
        better=better,
        unit="percentage points",
    )


def _grouped(series_id: str, snapshot: Snapshot, group: pd.Series[int]) -> pd.DataFrame:
    frame = snapshot.frame([series_id])
    small = frame.loc[frame["area_type"] == AreaType.LSOA.value]
    joined = small.join(group, on="area_code", how="inner", validate="one_to_one")
    if len(joined) != len(group):
        raise StatisticsError(
            f"{len(group) - len(joined)} small areas have no figure",
            where=f"series {series_id}",
            remedy="a gradient needs every small area of the county",
        )
    out = proportion(joined, by=["group"])
    out["category"] = out["group"].astype("str")
    first, last = out["group"].min(), out["group"].max()
    out.loc[out["group"] == first, "category"] = f"{first} most deprived"
    out.loc[out["group"] == last, "category"] = f"{last} least deprived"
    return out.assign(
        series_id=series_id,
        period=str(joined["period"].iloc[0]),
        unit="%",
    )
