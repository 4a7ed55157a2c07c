"""Gaps between two areas or groups: difference and ratio, with limits.

From counts of people: MOVER from Wilson limits, for the difference of two proportions
(Newcombe's hybrid score interval) and for their ratio, each with alternatives by name. The
two agree: the ratio's interval excludes one exactly when the difference's excludes zero.
From values that carry limits: MOVER, the method of variance estimates recovery, which
keeps the limits' own asymmetry (:mod:`.gap_values`). Rates of events are in
:mod:`.gap_rates`.

Sources: Newcombe 1998 (Stat Med 17:873-890, method 10); Miettinen and Nurminen 1985;
Mee 1984; Koopman 1984; Katz et al. 1978; Zou and Donner 2008; Donner and Zou 2012.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from hwb_analysis.errors import StatisticsError, did_you_mean
from hwb_analysis.stats import gap_score
from hwb_analysis.stats.arrays import (
    DEFAULT_LEVELS,
    Floats,
    check_levels,
    quiet_divide,
    z_value,
)
from hwb_analysis.stats.gap_mover import mover_difference, mover_ratio, proportion_limits
from hwb_analysis.stats.gap_result import (
    Gap,
    Pair,
    difference_of,
    ratio_of,
    read_counts,
)
from hwb_analysis.stats.gap_values import (
    difference_from_errors,
    difference_from_limits,
    difference_of_means,
    ratio_from_errors,
    ratio_from_limits,
)

__all__ = [
    "DIFFERENCES",
    "RATIOS",
    "Gap",
    "difference",
    "difference_from_errors",
    "difference_from_limits",
    "difference_of_means",
    "ratio",
    "ratio_from_errors",
    "ratio_from_limits",
]

DIFFERENCES = {
    "newcombe": "Newcombe hybrid score",
    "miettinen-nurminen": "Miettinen-Nurminen score",
    "mee": "Mee score",
    "jeffreys": "MOVER from Jeffreys limits",
    "wald": "Wald",
}
RATIOS = {
    "wilson": "MOVER from Wilson limits",
    "score": "Koopman score",
    "miettinen-nurminen": "Miettinen-Nurminen score",
    "jeffreys": "MOVER from Jeffreys limits",
    "katz": "Katz log",
}


def difference(
    count_1: ArrayLike,
    denominator_1: ArrayLike,
    count_2: ArrayLike,
    denominator_2: ArrayLike,
    multiplier: float = 100,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
    method: str = "newcombe",
) -> Gap:
    """Return the difference of two independent proportions, first minus second.

    Formula: with Wilson limits l, u of each p, ``d - sqrt((p1 - l1)^2 + (u2 - p2)^2)``
    and ``d + sqrt((u1 - p1)^2 + (p2 - l2)^2)``; the other methods are named below.

    Parameters
    ----------
    count_1, denominator_1, count_2, denominator_2
        Arrays of one shape. The two must not share people: compare a district with the
        county without it.
    multiplier
        100 for percentage points.
    levels
        Confidence levels, as fractions.
    method
        ``"newcombe"``; ``"miettinen-nurminen"`` and ``"mee"`` (score intervals, see
        :mod:`.gap_score`); ``"jeffreys"`` (MOVER from Jeffreys' limits); ``"wald"``,
        for comparison only: with few events it promises more than it holds.

    Raises
    ------
    StatisticsError
        When a count is negative or above its denominator, a value is no number, or the
        method is unknown.

    Examples
    --------
    >>> gap = difference(56, 70, 48, 80, multiplier=1, levels=0.95)
    >>> round(float(gap.lower[0]), 4), round(float(gap.upper[0]), 4)
    (0.0524, 0.3339)
    """
    counts = read_counts(count_1, denominator_1, count_2, denominator_2)
    name = method_name(method, DIFFERENCES)
    limits = partial(_difference_limits, method, *counts)
    return difference_of(counts, limits, check_levels(levels), name, multiplier)


def _difference_limits(
    method: str, x1: Floats, n1: Floats, x2: Floats, n2: Floats, level: float
) -> Pair:
    if method in ("miettinen-nurminen", "mee"):
        corrected = method == "miettinen-nurminen"
        return gap_score.proportion_difference(x1, n1, x2, n2, level, corrected=corrected)
    if method == "wald":
        p1, p2 = quiet_divide(x1, n1), quiet_divide(x2, n2)
        variance = quiet_divide(p1 * (1 - p1), n1) + quiet_divide(p2 * (1 - p2), n2)
        half = z_value(level) * np.sqrt(variance)
        return np.asarray(p1 - p2 - half), np.asarray(p1 - p2 + half)
    how = "jeffreys" if method == "jeffreys" else "wilson"
    return mover_difference(
        proportion_limits(x1, n1, level, how), proportion_limits(x2, n2, level, how)
    )


def ratio(
    count_1: ArrayLike,
    denominator_1: ArrayLike,
    count_2: ArrayLike,
    denominator_2: ArrayLike,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
    method: str = "wilson",
) -> Gap:
    """Return the ratio of two independent proportions, first over second.

    Formula: the limits are the ratios R at which the difference p1 - R p2 would just
    have a limit of zero (see :mod:`.gap_mover`). A first count of zero gives a lower limit
    of zero; with a second count of zero there is no ratio but a lower limit, and the row
    says so.

    Parameters
    ----------
    count_1, denominator_1, count_2, denominator_2
        Arrays of one shape, of two sets of people that do not overlap.
    levels
        Confidence levels, as fractions.
    method
        ``"wilson"`` and ``"jeffreys"`` (MOVER from those limits); ``"score"`` (Koopman's:
        every ratio that a score test does not reject, see :mod:`.gap_score`);
        ``"miettinen-nurminen"`` (the same with the variance times N / (N - 1));
        ``"katz"``: ``exp(ln(p1/p2) -/+ z sqrt(1/x1 - 1/n1 + 1/x2 - 1/n2))``, which has no
        interval where a count is zero.

    Raises
    ------
    StatisticsError
        When a count is negative or above its denominator, a value is no number, or the
        method is unknown.

    Examples
    --------
    >>> gap = ratio(56, 70, 48, 80, levels=0.95)
    >>> [round(float(v), 3) for v in (gap.value, gap.lower[0], gap.upper[0])]
    [1.333, 1.078, 1.663]
    >>> ratio(5, 56, 0, 29, levels=0.95).reason.tolist()
    'the second count is zero: the ratio has no upper limit'
    """
    counts = read_counts(count_1, denominator_1, count_2, denominator_2)
    name = method_name(method, RATIOS)
    limits = partial(_ratio_limits, method, *counts)
    needs_events = method == "katz"
    return ratio_of(counts, limits, check_levels(levels), name, needs_events=needs_events)


def _ratio_limits(
    method: str, x1: Floats, n1: Floats, x2: Floats, n2: Floats, level: float
) -> Pair:
    if method in ("miettinen-nurminen", "score"):
        corrected = method == "miettinen-nurminen"
        return gap_score.proportion_ratio(x1, n1, x2, n2, level, corrected=corrected)
    if method == "katz":
        return _katz(x1, n1, x2, n2, level)
    sides = (proportion_limits(x, n, level, method) for x, n in ((x1, n1), (x2, n2)))
    return mover_ratio(*sides)


def _katz(x1: Floats, n1: Floats, x2: Floats, n2: Floats, level: float) -> Pair:
    one = np.where((x1 > 0) & (x2 > 0) & (n1 > 0) & (n2 > 0), 1.0, np.nan)
    parts = [quiet_divide(one, side * one) for side in (x1, n1, x2, n2)]
    half = z_value(level) * np.sqrt(parts[0] - parts[1] + parts[2] - parts[3])
    value = quiet_divide(quiet_divide(x1, n1), quiet_divide(x2, n2))
    return np.asarray(value * np.exp(-half)), np.asarray(value * np.exp(half))


def method_name(method: str, known: Mapping[str, str]) -> str:
    """Return what a method is called in results, refusing one that is not known."""
    if method not in known:
        raise StatisticsError(
            f"the method '{method}' is not known", remedy=did_you_mean(method, list(known))
        )
    return known[method]
