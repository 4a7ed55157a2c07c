"""Deprivation gradients within the strategy's area, from small-area counts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from hwb_analysis.assessment.shown import gradient_html, gradient_line
from hwb_analysis.errors import StatisticsError
from hwb_analysis.sources.snapshot import SeriesInfo, Snapshot
from hwb_analysis.stats.frame_slopes import slope_index
from hwb_analysis.stats.quantiles import population_quantiles
from hwb_analysis.stats.slope_result import NO_GOOD_END, SlopeIndex
from hwb_analysis.stats.verbs import proportion
from hwb_analysis.vocabulary import AreaType, Basis

# The name that each edition of the index goes by, and its column of national ranks.
EDITIONS = {"IoD 2019": "imd2019_rank", "IoD 2025": "imd2025_rank"}
NEWEST = "IoD 2025"
COMPONENT = "component of the index: description, no inference"
MODELLED = "modelled by the publisher: description, no inference"
NEVER_TESTED = (Basis.MODELLED.value, Basis.IMPUTED.value)
AGED = "census2021:aged-65-plus"


@dataclass(frozen=True, slots=True)
class Gradient:
    """One share across deprivation groups of the area, with its slope index.

    ``groups`` has one row a group, most deprived first; ``age`` is the slope of the
    share aged 65 and over across the same groups, which a crude share carries with it.
    ``caution`` is empty, or says why the shares are only described: then the slope has no
    interval. ``counted`` says who was counted, ``left_out`` which small areas were not.
    """

    series: SeriesInfo
    edition: str
    groups: pd.DataFrame
    slope: SlopeIndex
    age: SlopeIndex | None
    better: str
    period: str
    counted: str = "All ages"
    caution: str = ""
    left_out: str = ""

    def __repr__(self) -> str:
        return gradient_line(self)

    def _repr_html_(self) -> str:
        return gradient_html(self)


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
    component: bool = False,
) -> Gradient:
    """Return a small-area share across deprivation groups, with slope and relative index.

    The share is crude. A share that the index is partly made of cannot be tested against
    the index, and a modelled share not at all: their slopes come without an interval.

    Parameters
    ----------
    series_id
        Series with a count and a denominator for small areas.
    snapshot
        Where the series and the look-up of small areas are read.
    area_code
        Code of the county.
    better
        Which end of the share is the good one, ``"high"`` or ``"low"``.
    edition, k
        Ranks and number of groups, as in :func:`deprivation_groups`.
    component
        Whether the share is a part, or close kin of a part, of the index.

    Raises
    ------
    StatisticsError
        When small areas have no row, or a group has no count and denominator.

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
    small = _small_areas(series_id, snapshot, group)
    kept = _with_counts(small, series_id)
    info = snapshot.series[series_id]
    caution = COMPONENT if component else MODELLED if info.basis in NEVER_TESTED else ""
    groups = _shares(kept)
    same = series_id == AGED or AGED not in snapshot.series
    aged = None if same else _shares(_small_areas(AGED, snapshot, group))
    return Gradient(
        series=info,
        edition=edition,
        groups=groups.drop(columns=_limits(groups)) if caution else groups,
        slope=_described(groups, better, caution) if caution else _slope(groups, better, info),
        age=None if aged is None else _neither_good(_slope(aged, "low", snapshot.series[AGED])),
        better=better,
        period=str(small["period"].iloc[0]),
        counted=str(small["age"].iloc[0]),
        caution=caution,
        left_out=_left_out(small, kept),
    )


def _limits(groups: pd.DataFrame) -> list[str]:
    return [name for name in map(str, groups) if name.startswith(("lower_", "upper_"))]


def _slope(groups: pd.DataFrame, better: str, info: SeriesInfo) -> SlopeIndex:
    return slope_index(
        groups,
        count="count",
        denominator="denominator",
        group="group",
        better=better,
        unit="percentage points",
        full_count=info.basis == Basis.COMPLETE_COUNT.value,
    )


def _neither_good(slope: SlopeIndex) -> SlopeIndex:
    """Return a slope that is higher at one end, and worse at none."""
    return replace(slope, better=NO_GOOD_END)


def _described(groups: pd.DataFrame, better: str, caution: str) -> SlopeIndex:
    """Return the slope of the shares as they stand: without errors there is no interval."""
    found = slope_index(
        groups,
        value="value",
        population="denominator",
        group="group",
        better=better,
        unit="percentage points",
    )
    return replace(found, reason=np.full(found.reason.shape, caution))


def _small_areas(series_id: str, snapshot: Snapshot, group: pd.Series[int]) -> pd.DataFrame:
    frame = snapshot.frame([series_id])
    small = frame.loc[frame["area_type"] == AreaType.LSOA.value]
    joined = small.join(group, on="area_code", how="inner", validate="one_to_one")
    if len(joined) != len(group):
        raise StatisticsError(
            f"{len(group) - len(joined)} small areas have no figure",
            where=f"series {series_id}",
            remedy="a gradient needs every small area of the county",
        )
    return joined


def _with_counts(small: pd.DataFrame, series_id: str) -> pd.DataFrame:
    kept = small.dropna(subset=["count", "denominator"])
    empty = set(small["group"]) - set(kept["group"])
    if empty:
        raise StatisticsError(
            f"{len(empty)} deprivation groups have no count with its denominator",
            where=f"series {series_id}",
            remedy="name a series that is published with both for small areas",
        )
    return kept


def _left_out(small: pd.DataFrame, kept: pd.DataFrame) -> str:
    gone = small.loc[~small["area_code"].isin(kept["area_code"])]
    if gone.empty:
        return ""
    reasons = "; ".join(dict.fromkeys(n or "no count published" for n in gone["note"]))
    return (
        f"{len(gone)} of {len(small)} small areas are left out of count and denominator: {reasons}."
    )


def _shares(small: pd.DataFrame) -> pd.DataFrame:
    out = proportion(small, by=["group"])
    out["category"] = out["group"].astype("str")
    first, last = out["group"].min(), out["group"].max()
    out.loc[out["group"] == first, "category"] = f"{first} most deprived"
    out.loc[out["group"] == last, "category"] = f"{last} least deprived"
    return out.assign(
        series_id=str(small["series_id"].iloc[0]),
        period=str(small["period"].iloc[0]),
        unit="%",
    )
