"""The slope index and the relative index of inequality, in closed form.

Groups run from most deprived (rank 0) to least deprived (rank 1). The slope index is
positive exactly when the deprived end is worse, which needs to be told: ``better``.

Formulae. A line is fitted to the values y on the ranks b with the population shares as
weights. Its slope is a weighted sum of the values, so its sampling variance is
``sum(c_j^2 s_j^2)`` exactly. The ratio form compares the two fitted ends, worse over
better; the mean form is the slope index over the population-weighted mean. Both are
ratios of two linear estimates, and Fieller's theorem gives their limits.

The headline interval is the sampling error of the values, as published nationally. The
t interval of the regression adds the scatter of the groups round the line; it is always
returned beside. Lack of fit: ``Q = sum(((y - fit) / s)^2)`` on J - 2 degrees of freedom,
the line then weighted by 1/s^2.

Sources: Pamuk 1985; Mackenbach and Kunst 1997; Regidor 2004; Fieller 1954.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import (
    DEFAULT_LEVELS,
    Floats,
    Words,
    check_levels,
    numbers,
    quiet_divide,
    refuse,
    same_shape,
    words,
    z_value,
)
from hwb_analysis.stats.ridit import shares_and_ranks, weighted_line
from hwb_analysis.stats.slope_parts import estimates, fit_checks
from hwb_analysis.stats.slope_result import ONE_DRAW, SlopeIndex

MINIMUM_GROUPS = 3

SAMPLING = "weighted least squares on population ranks, sampling error in closed form"


def slope_index(
    value: ArrayLike,
    population: ArrayLike,
    *,
    better: str,
    se: ArrayLike | None = None,
    lower: ArrayLike | None = None,
    upper: ArrayLike | None = None,
    limits_level: float = 0.95,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
    multiplier: float = 1.0,
    mean: Literal["estimated", "fixed"] = "estimated",
    unit: str = "",
) -> SlopeIndex:
    """Return the slope index of inequality with both relative indices and all limits.

    Parameters
    ----------
    value
        The value of each group, groups on the last axis, most deprived first.
    population
        People in each group, above zero.
    better
        ``"high"`` when high values are good (life expectancy), ``"low"`` when low
        values are (mortality).
    se
        Standard errors of the values; or give ``lower`` and ``upper``, symmetric limits
        of level ``limits_level``. Without either there is no sampling interval.
    levels
        Confidence levels, as fractions.
    multiplier
        Factor that values, slope and limits are shown with, above zero.
    mean
        ``"estimated"`` carries the variance of the mean into the mean form's interval;
        ``"fixed"`` holds it, as some software does.
    unit
        What the values are, for the sentence: "years", "percentage points".

    Returns
    -------
    SlopeIndex
        A missing value or error makes its own slope missing, with the reason.

    Raises
    ------
    StatisticsError
        Fewer than three groups, a population of zero, a negative error, limits in the
        wrong order, or an unknown ``better``.

    Examples
    --------
    >>> years = [76.0, 77.0, 78.5, 79.0, 81.0]
    >>> found = slope_index(years, [1000] * 5, better="high", se=[0.4] * 5, unit="years")
    >>> round(float(found.value), 2), round(float(found.rii_ratio), 3)
    (6.0, 1.08)
    """
    y, n = _grouped(value, population)
    asked = check_levels(levels)
    scale = _checked_multiplier(multiplier)
    sign = direction_sign(better)
    error = _errors(y, se, lower, upper, limits_level)
    reason, thin = _reasons(y, n, error)
    whole = np.where((reason == "")[..., None], y, np.nan)
    share, rank = shares_and_ranks(n)
    line = weighted_line(whole, rank, share)
    return SlopeIndex(
        **estimates(line, whole, error, sign, asked, mean, scale),
        **fit_checks(line, whole, error, asked, sign, scale),
        group_value=whole * scale,
        group_error=error * scale,
        rank=rank,
        share=share,
        levels=asked,
        groups=y.shape[-1],
        better=better,
        scale="identity",
        multiplier=scale,
        unit=unit,
        method=SAMPLING,
        reason=np.where(reason == "", thin, reason),
    )


def slope_index_from_counts(
    count: ArrayLike,
    denominator: ArrayLike,
    *,
    better: str,
    spread: Literal["binomial", "poisson"] = "binomial",
    levels: float | Sequence[float] = DEFAULT_LEVELS,
    multiplier: float = 100.0,
    mean: Literal["estimated", "fixed"] = "estimated",
    unit: str = "",
    full_count: bool = False,
) -> SlopeIndex:
    """Return the slope index of proportions or rates given as counts.

    Formula: the value is x/n with standard error ``sqrt(p (1 - p) / n)`` (binomial) or
    ``sqrt(x) / n`` (poisson); the denominator is the population of the group.

    Parameters
    ----------
    count, denominator
        Events and people of each group, groups on the last axis, most deprived first.
    better
        Which end of the indicator is the good one: ``"high"`` or ``"low"``.
    spread
        The model of the sampling error.
    levels, mean, unit
        As in :func:`slope_index`.
    multiplier
        100 for percentage points, 100_000 for a rate.
    full_count
        True when everybody was counted (a census): the sentence then says that the
        interval is as if the count were one draw.

    Raises
    ------
    StatisticsError
        As :func:`slope_index`; a negative count, or one above its denominator in a
        binomial model.

    Examples
    --------
    >>> found = slope_index_from_counts(
    ...     [80, 70, 60], [1000, 1000, 1000], better="low", unit="percentage points"
    ... )
    >>> round(float(found.value), 2)
    3.0
    """
    x, n = same_shape(count=count, denominator=denominator)
    refuse(x < 0, "count is negative", "a count is zero or more; code missing as NaN")
    if spread not in ("binomial", "poisson"):
        raise StatisticsError(
            f"spread is 'binomial' or 'poisson', got '{spread}'",
            remedy="binomial for shares of people, poisson for events",
        )
    if spread == "binomial":
        refuse(x > n, "count is above its denominator", "use spread='poisson' for events")
    p = quiet_divide(x, n)
    error = np.sqrt(quiet_divide(p * (1 - p) if spread == "binomial" else p, n))
    found = slope_index(
        p, n, better=better, se=error, levels=levels, multiplier=multiplier, mean=mean, unit=unit
    )
    return replace(found, interval=ONE_DRAW) if full_count else found


def direction_sign(better: str) -> float:
    """Return +1 when high values are good, -1 when low values are.

    Examples
    --------
    >>> direction_sign("low")
    -1.0
    """
    if better not in ("high", "low"):
        raise StatisticsError(
            f"better is 'high' or 'low', got {better!r}",
            remedy="a slope index needs a good end; describe the groups if there is none",
        )
    return 1.0 if better == "high" else -1.0


def _grouped(value: ArrayLike, population: ArrayLike) -> tuple[Floats, Floats]:
    y, n = same_shape(value=value, population=population)
    if y.ndim == 0 or y.shape[-1] < MINIMUM_GROUPS:
        found = y.shape[-1] if y.ndim else 1
        raise StatisticsError(
            f"a slope needs at least {MINIMUM_GROUPS} groups, got {found}",
            remedy="for two groups use a gap: difference or ratio",
        )
    refuse(
        n <= 0,
        "the population of a group is not above zero",
        "join the empty group to its neighbour",
    )
    return y, n


def _checked_multiplier(multiplier: float) -> float:
    scale = float(numbers("multiplier", multiplier))
    if not scale > 0:
        raise StatisticsError(
            f"the multiplier must be above zero, got {multiplier}",
            remedy="the sign follows better=, not the multiplier",
        )
    return scale


def _errors(
    y: Floats,
    se: ArrayLike | None,
    lower: ArrayLike | None,
    upper: ArrayLike | None,
    level: float,
) -> Floats:
    if se is not None and (lower is not None or upper is not None):
        raise StatisticsError("give se or limits, not both", remedy="leave one of them out")
    if se is not None:
        error = np.broadcast_to(numbers("se", se), y.shape)
        refuse(error < 0, "a standard error is negative", "check the column")
        return np.asarray(error)
    if lower is None and upper is None:
        return np.full(y.shape, np.nan)
    if lower is None or upper is None:
        raise StatisticsError("one limit was given without the other", remedy="give both")
    _, low, high = same_shape(value=y, lower=lower, upper=upper)
    refuse(high < low, "a lower limit is above its upper limit", "check the order of the limits")
    return np.asarray((high - low) / (2 * z_value(check_levels(level)[0])))


def _reasons(y: Floats, n: Floats, error: Floats) -> tuple[Words, Words]:
    """Return why a slope is missing altogether, and why only its interval is."""
    no_value, no_error = (np.asarray(np.isnan(side).any(axis=-1)) for side in (y, error))
    absent = words(
        no_value.shape,
        (no_value, "a group has no value"),
        (np.asarray(np.isnan(n).any(axis=-1)), "a group has no population"),
    )
    return absent, words(no_error.shape, (no_error, "a group has no standard error"))
