"""Gaps between two rates of events: difference and ratio, with limits.

* Difference: MOVER from the limits of each rate (exact below ten events, Byar's from ten
  on), or a score interval.
* Ratio: conditional on the total of events, the first count is binomial with probability
  ``R n1 / (R n1 + n2)``. The mid-P limits put half the probability of the count seen in
  each tail; the exact limits put all of it, and are wider. A count of zero gives 0 or
  infinity, two zeros (0, infinity).

Counts are events, so one may be above its denominator; denominators are held fixed.

Sources: Zou and Donner 2008; Fay 2010; Graham, Mengersen and Morton 2003; Gu and
others 2008; Price and Bonett 2000.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hwb_analysis.stats import gap_score
from hwb_analysis.stats.arrays import (
    DEFAULT_LEVELS,
    Floats,
    check_levels,
    quiet_divide,
    refuse,
    z_value,
)
from hwb_analysis.stats.gap_mover import mover_difference, mover_ratio, rate_limits
from hwb_analysis.stats.gap_result import (
    Gap,
    Pair,
    difference_of,
    ratio_of,
    read_counts,
)
from hwb_analysis.stats.gaps import method_name

DIFFERENCES = {
    "national": "MOVER from exact limits below ten events, Byar's from ten on",
    "byar": "MOVER from Byar's limits",
    "exact": "MOVER from exact limits",
    "exact median": "MOVER from exact limits about Jeffreys' median",
    "mover score": "MOVER from score limits",
    "jeffreys": "MOVER from Jeffreys limits",
    "score": "score",
    "wald": "Wald",
}
RATIOS = {
    "mid-p": "conditional, mid-P",
    "exact": "conditional, exact",
    "score": "score",
    "mover score": "MOVER from score limits",
    "jeffreys": "MOVER from Jeffreys limits",
    "wald": "normal on logarithms",
    "score-log": "score on logarithms",
    "square root": "square root",
}
NEEDS_EVENTS = ("wald", "score-log")
HALVINGS = 50


def rate_difference(
    count_1: ArrayLike,
    denominator_1: ArrayLike,
    count_2: ArrayLike,
    denominator_2: ArrayLike,
    multiplier: float = 100_000,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
    method: str = "national",
) -> Gap:
    """Return the difference of two independent rates, first minus second.

    Parameters
    ----------
    count_1, denominator_1, count_2, denominator_2
        Events and people (or person-years), arrays of one shape, of two sets of people
        that do not overlap.
    multiplier
        People the rates are stated for.
    levels
        Confidence levels, as fractions.
    method
        One of ``DIFFERENCES``; ``"wald"`` is for comparison only.

    Raises
    ------
    StatisticsError
        When a count or denominator is negative, a value is no number, or the method is
        unknown.

    Examples
    --------
    >>> gap = rate_difference(33, 5780, 29, 5050, multiplier=1000, levels=0.95)
    >>> [round(float(v), 2) for v in (gap.value, gap.lower[0], gap.upper[0])]
    [-0.03, -3.11, 2.96]
    """
    counts = read_counts(count_1, denominator_1, count_2, denominator_2, shares=False)
    name = method_name(method, DIFFERENCES)
    limits = partial(_difference_limits, method, *counts)
    return difference_of(counts, limits, check_levels(levels), name, multiplier)


def _difference_limits(
    method: str, x1: Floats, n1: Floats, x2: Floats, n2: Floats, level: float
) -> Pair:
    if method == "score":
        return gap_score.rate_difference(x1, n1, x2, n2, level)
    if method == "wald":
        gap = quiet_divide(x1, n1) - quiet_divide(x2, n2)
        half = z_value(level) * np.sqrt(quiet_divide(x1, n1**2) + quiet_divide(x2, n2**2))
        return gap - half, gap + half
    how = method.removeprefix("mover ")
    return mover_difference(rate_limits(x1, n1, level, how), rate_limits(x2, n2, level, how))


def rate_ratio(
    count_1: ArrayLike,
    denominator_1: ArrayLike,
    count_2: ArrayLike,
    denominator_2: ArrayLike,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
    method: str = "mid-p",
) -> Gap:
    """Return the ratio of two independent rates, first over second.

    Parameters
    ----------
    count_1, denominator_1, count_2, denominator_2
        Events and people (or person-years), arrays of one shape, of two sets of people
        that do not overlap. The conditional methods need whole counts.
    levels
        Confidence levels, as fractions.
    method
        One of ``RATIOS``: ``"exact"`` never falls below its level, ``"mid-p"`` holds it
        on average and is narrower; ``"wald"`` and ``"score-log"`` have no interval where a
        count is zero; ``"square root"`` is Price and Bonett's. The last three are for
        comparison with other software.

    Raises
    ------
    StatisticsError
        When a count or denominator is negative, a count is not whole for a conditional
        method, a value is no number, or the method is unknown.

    Examples
    --------
    >>> gap = rate_ratio(7, 50.5, 3, 57.8, levels=0.95)
    >>> [round(float(v), 3) for v in (gap.value, gap.lower[0], gap.upper[0])]
    [2.671, 0.702, 12.712]
    """
    counts = read_counts(count_1, denominator_1, count_2, denominator_2, shares=False)
    name = method_name(method, RATIOS)
    if method in ("mid-p", "exact"):
        for count in (counts[0], counts[2]):
            refuse(count % 1 > 0, "a count is not whole", "use method='score' for such counts")
    limits = partial(_ratio_limits, method, *counts)
    needs_events = method in NEEDS_EVENTS
    return ratio_of(counts, limits, check_levels(levels), name, needs_events=needs_events)


def _ratio_limits(
    method: str, x1: Floats, n1: Floats, x2: Floats, n2: Floats, level: float
) -> Pair:
    if method == "score":
        return gap_score.rate_ratio(x1, n1, x2, n2, level)
    if method == "wald":
        one = np.where((x1 > 0) & (x2 > 0), 1.0, np.nan)
        value = quiet_divide(quiet_divide(x1, n1), quiet_divide(x2, n2))
        half = z_value(level) * np.sqrt(quiet_divide(one, x1) + quiet_divide(one, x2))
        return value * np.exp(-half), value * np.exp(half)
    if method == "score-log":
        return gap_score.rate_ratio_on_logs(x1, n1, x2, n2, level)
    if method == "square root":
        return _square_root(x1, n1, x2, n2, level)
    if method in ("mid-p", "exact"):
        low, high = _share_limits(x1, x2, level, half=method == "mid-p")
        turn = quiet_divide(n2, n1) * np.where(n2 > 0, 1.0, np.nan)
        with np.errstate(divide="ignore"):
            return low / (1 - low) * turn, high / (1 - high) * turn
    how = method.removeprefix("mover ")
    return mover_ratio(rate_limits(x1, n1, level, how), rate_limits(x2, n2, level, how))


def _square_root(x1: Floats, n1: Floats, x2: Floats, n2: Floats, level: float) -> Pair:
    """Return Price and Bonett's limits: half an event added, on the square-root scale."""
    z, one, two = z_value(level), x1 + 0.5, x2 + 0.5
    half = z / 2 * np.sqrt(np.maximum(one + two - z * z / 4, 0.0))
    bottom = two - z * z / 4
    middle, scale = np.sqrt(one * two), quiet_divide(n2, n1)
    low, high = (quiet_divide(np.maximum(middle + side, 0.0), bottom) for side in (-half, half))
    # With too few events below there is no upper limit, and the lower one has no meaning.
    open_end = bottom <= 0
    return (
        np.where(open_end, 0.0, low**2) * scale,
        np.where(open_end, np.inf, high**2) * scale,
    )


def _share_limits(x1: Floats, x2: Floats, level: float, *, half: bool) -> Pair:
    """Return the limits of the share of all events that fall in the first group."""
    tail = (1 - level) / 2
    first, second = np.where(x1 > 0, x1, 1.0), np.where(x2 > 0, x2, 1.0)
    low = np.where(x1 > 0, special.betaincinv(first, x2 + 1, tail), x1 * 0)
    high = np.where(x2 > 0, special.betaincinv(x1 + 1, second, 1 - tail), x2 * 0 + 1)
    if not half:
        return low, high
    share = quiet_divide(x1, x1 + x2)
    middle = np.where(np.isnan(share), 0.5, share)
    # With no event in a group the tail has one outcome, of which half counts.
    lower = _halved(x1, x2, low, middle, tail, above=True)
    upper = _halved(x1, x2, middle, high, tail, above=False)
    return np.where(x1 > 0, lower, low), np.where(x2 > 0, upper, high)


def _halved(
    x1: Floats, x2: Floats, left: Floats, right: Floats, tail: float, *, above: bool
) -> Floats:
    """Return the share at which the mid-P tail is as small as asked."""
    for _ in range(HALVINGS):
        centre = (left + right) / 2
        grown = _mid_tail(x1, x2, centre)
        beyond = grown > tail if above else grown > 1 - tail
        left, right = np.where(beyond, left, centre), np.where(beyond, centre, right)
    return (left + right) / 2


def _mid_tail(x1: Floats, x2: Floats, share: Floats) -> Floats:
    """Return P(X > x1) + P(X = x1) / 2 for a binomial X of x1 + x2 events."""
    more = np.where(x2 > 0, special.betainc(x1 + 1, np.where(x2 > 0, x2, 1.0), share), 0.0)
    same = np.where(x1 > 0, special.betainc(np.where(x1 > 0, x1, 1.0), x2 + 1, share), 1.0)
    return np.asarray((more + same) / 2)
