"""Years of life lost before an age limit.

Formula: each death weighs ``y``, the limit minus the middle age of its band. Crude:
``m sum(y x) / sum(n)``; standardised: ``m sum(w y x / n) / sum(w)``. Limits by Dobson's
method on the deaths, weighted by y.

Source: Romeder and McWhinnie 1977; Dobson et al. 1991.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.age_bands import parse_band
from hwb_analysis.stats.arrays import DEFAULT_LEVELS, Floats, check_levels, numbers, quiet_divide
from hwb_analysis.stats.intervals import Estimates
from hwb_analysis.stats.standardise import (
    MINIMUM_EVENTS,
    checked_bands,
    dobson,
    empty_bands,
    standard_shares,
)

Levels = float | Sequence[float]


def years_of_life_lost(
    deaths: ArrayLike,
    population: ArrayLike,
    bands: Sequence[object],
    limit: int = 75,
    weights: ArrayLike | None = None,
    multiplier: float = 10_000,
    levels: Levels = DEFAULT_LEVELS,
) -> Estimates:
    """Return years of life lost before an age limit, as a crude or standardised rate.

    Formula: with y the limit minus the middle age of the band,
    ``m sum(w y x / n) / sum(w)``; without weights ``m sum(y x) / sum(n)``. Limits by
    Dobson's method on the deaths, weighted by y.

    Parameters
    ----------
    deaths, population
        Figures of each band, bands on the last axis.
    bands
        Labels of the bands. Those from the limit on are left out; none may straddle it.
    limit
        Age to which the years are counted.
    weights
        Standard population of each band, or None for the crude rate.

    Returns
    -------
    Estimates
        ``count`` is the deaths before the limit, ``denominator`` the people below it.

    Raises
    ------
    StatisticsError
        As :func:`direct_rate`, and when a band straddles the limit.

    Examples
    --------
    >>> found = years_of_life_lost([10, 20], [1000, 1000], ["60-64", "65-74"], levels=0.95)
    >>> float(found.value)
    1125.0
    """
    years, kept = _years_lost(bands, limit)
    given = np.ones(len(years)) if weights is None else weights
    x, n, w = checked_bands(
        _kept(deaths, kept), _kept(population, kept), _kept(given, kept), "withhold"
    )
    crude = quiet_divide(1.0, n.sum(axis=-1, keepdims=True))
    share = crude if weights is None else standard_shares(w, n)
    loss = share * years[kept]
    return dobson(
        (loss * x).sum(-1),
        (loss**2 * x).sum(-1),
        x.sum(-1),
        n.sum(-1),
        empty_bands(n, w),
        multiplier,
        check_levels(levels),
        MINIMUM_EVENTS,
        "rate of years of life lost",
    )


def _kept(values: ArrayLike, kept: list[int]) -> Floats:
    return numbers("figures", values)[..., kept]


def _years_lost(bands: Sequence[object], limit: int) -> tuple[Floats, list[int]]:
    read = [parse_band(label) for label in bands]
    across = [band.label for band in read if band.first < limit <= band.last]
    if across:
        raise StatisticsError(
            f"the age band {across[0]} straddles the limit of {limit} years",
            remedy="choose a limit at which a band ends",
        )
    kept = [place for place, band in enumerate(read) if band.last < limit]
    return np.array([limit - (band.first + band.last + 1) / 2 for band in read]), kept
