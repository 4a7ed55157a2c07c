"""Gaps between two areas or groups: difference and ratio, with limits.

From counts: Newcombe's hybrid score interval for the difference of two proportions,
the log interval of Katz for their ratio. From values that carry limits: MOVER, the
method of variance estimates recovery, which keeps the limits' own asymmetry.

Sources: Newcombe 1998 (Stat Med 17:873-890, method 10); Katz et al. 1978; Zou and
Donner 2008; Donner and Zou 2012.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hwb_analysis.stats.arrays import (
    DEFAULT_LEVELS,
    Floats,
    Words,
    check_levels,
    quiet_divide,
    refuse,
    same_shape,
    words,
    z_value,
)
from hwb_analysis.stats.intervals import MEND_COUNT, wilson
from hwb_analysis.stats.result import Result, between, figure, percent

Pair = tuple[Floats, Floats]


@dataclass(frozen=True, slots=True)
class Gap(Result):
    """First minus second, or first over second, with limits and reasons.

    ``lower[i]`` and ``upper[i]`` belong to ``levels[i]``. A value without limits has
    its reason; a missing value too.
    """

    kind: str
    first: Floats
    second: Floats
    value: Floats
    lower: Floats
    upper: Floats
    levels: tuple[float, ...]
    method: str
    reason: Words

    def explain(self) -> str:
        """Return one sentence on the first gap; a side is named only when tested."""
        value, reason = float(self.value.flat[0]), str(self.reason.flat[0])
        if not np.isfinite(value):
            return f"The {self.kind} cannot be given: {reason}."
        parts = f"{figure(float(self.first.flat[0]))} against {figure(float(self.second.flat[0]))}"
        if reason:
            return f"The {self.kind} is {figure(value)} ({parts}); no interval: {reason}."
        lower, upper = float(self.lower[0].flat[0]), float(self.upper[0].flat[0])
        neutral = 1.0 if self.kind == "ratio" else 0.0
        clear = lower > neutral or upper < neutral
        return (
            f"The {self.kind} is {figure(value)} ({percent(self.levels[0])} interval "
            f"{between(lower, upper)}; {parts}), which is "
            f"{'more than' if clear else 'within what'} chance alone would explain."
        )


def difference(
    count_1: ArrayLike,
    denominator_1: ArrayLike,
    count_2: ArrayLike,
    denominator_2: ArrayLike,
    multiplier: float = 100,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
) -> Gap:
    """Return the difference of two independent proportions, first minus second.

    Formula: with Wilson limits l, u of each p, ``d - sqrt((p1 - l1)^2 + (u2 - p2)^2)``
    and ``d + sqrt((u1 - p1)^2 + (p2 - l2)^2)``.

    Parameters
    ----------
    count_1, denominator_1, count_2, denominator_2
        Arrays of one shape. The two must not share people: compare a district with the
        county without it.
    multiplier
        100 for percentage points.
    levels
        Confidence levels, as fractions.

    Raises
    ------
    StatisticsError
        When a count is negative or above its denominator, or a value is no number.

    Examples
    --------
    >>> gap = difference(56, 70, 48, 80, multiplier=1, levels=0.95)
    >>> round(float(gap.lower[0]), 4), round(float(gap.upper[0]), 4)
    (0.0524, 0.3339)
    """
    x1, n1, x2, n2 = _counts(count_1, denominator_1, count_2, denominator_2)
    p1, p2 = quiet_divide(x1, n1), quiet_divide(x2, n2)
    asked = check_levels(levels)
    limits = [_mover(p1, wilson(x1, n1, v), p2, wilson(x2, n2, v)) for v in asked]
    reason = _count_reason(x1, n1, x2, n2)
    lower, upper = _stack(limits, multiplier)
    return Gap(
        "difference",
        p1 * multiplier,
        p2 * multiplier,
        (p1 - p2) * multiplier,
        lower,
        upper,
        asked,
        "Newcombe hybrid score",
        reason,
    )


def ratio(
    count_1: ArrayLike,
    denominator_1: ArrayLike,
    count_2: ArrayLike,
    denominator_2: ArrayLike,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
) -> Gap:
    """Return the ratio of two independent proportions, first over second.

    Formula: ``exp(ln(p1/p2) -/+ z sqrt(1/x1 - 1/n1 + 1/x2 - 1/n2))``. With a zero count
    there is no such interval; the row says so.

    Parameters
    ----------
    count_1, denominator_1, count_2, denominator_2
        Arrays of one shape, of two sets of people that do not overlap.
    levels
        Confidence levels, as fractions.

    Raises
    ------
    StatisticsError
        When a count is negative or above its denominator, or a value is no number.

    Examples
    --------
    >>> gap = ratio(56, 70, 48, 80, levels=0.95)
    >>> [round(float(v), 3) for v in (gap.value, gap.lower[0], gap.upper[0])]
    [1.333, 1.077, 1.651]
    """
    x1, n1, x2, n2 = _counts(count_1, denominator_1, count_2, denominator_2)
    p1, p2 = quiet_divide(x1, n1), quiet_divide(x2, n2)
    value = quiet_divide(p1, p2)
    asked = check_levels(levels)
    whole = (x1 > 0) & (x2 > 0) & (n1 > 0) & (n2 > 0)
    one = np.where(whole, 1.0, np.nan)
    error = np.sqrt(
        quiet_divide(one, x1 * one)
        - quiet_divide(one, n1 * one)
        + quiet_divide(one, x2 * one)
        - quiet_divide(one, n2 * one)
    )
    limits = [(value * np.exp(-z * error), value * np.exp(z * error)) for z in map(z_value, asked)]
    reason = words(
        value.shape,
        (np.isnan(p1) | np.isnan(p2), "a count or denominator is missing"),
        (~whole, "a count is zero"),
    )
    return Gap("ratio", p1, p2, value, *_stack(limits, 1.0), asked, "Katz log", reason)


def difference_from_limits(
    value_1: ArrayLike,
    lower_1: ArrayLike,
    upper_1: ArrayLike,
    value_2: ArrayLike,
    lower_2: ArrayLike,
    upper_2: ArrayLike,
    level: float = 0.95,
) -> Gap:
    """Return the difference of two independent values that carry limits (MOVER).

    Formula: ``d - sqrt((v1 - l1)^2 + (u2 - v2)^2)`` and
    ``d + sqrt((u1 - v1)^2 + (v2 - l2)^2)``.

    Parameters
    ----------
    value_1, lower_1, upper_1, value_2, lower_2, upper_2
        Values with limits of one level, in one unit.
    level
        The level of the limits given; the result has the same.

    Raises
    ------
    StatisticsError
        When a value lies outside its limits, or is no number.

    Examples
    --------
    >>> gap = difference_from_limits(12, 10, 15, 8, 7, 9)
    >>> [round(float(v), 3) for v in (gap.value, gap.lower[0], gap.upper[0])]
    [4.0, 1.764, 7.162]
    """
    v1, l1, u1, v2, l2, u2 = _limited(value_1, lower_1, upper_1, value_2, lower_2, upper_2)
    lower, upper = _mover(v1, (l1, u1), v2, (l2, u2))
    reason = _limit_reason(v1, l1, u1, v2, l2, u2)
    asked = check_levels(level)
    return Gap(
        "difference", v1, v2, v1 - v2, lower[None], upper[None], asked, "MOVER from limits", reason
    )


def ratio_from_limits(
    value_1: ArrayLike,
    lower_1: ArrayLike,
    upper_1: ArrayLike,
    value_2: ArrayLike,
    lower_2: ArrayLike,
    upper_2: ArrayLike,
    level: float = 0.95,
) -> Gap:
    """Return the ratio of two independent positive values that carry limits (MOVER, logs).

    Formula: MOVER on the logarithms of values and limits, then exponentials.

    Parameters
    ----------
    value_1, lower_1, upper_1, value_2, lower_2, upper_2
        Values with limits of one level, in one unit, all above zero; otherwise the row
        has no interval and says so.
    level
        The level of the limits given; the result has the same.

    Raises
    ------
    StatisticsError
        When a value lies outside its limits, or is no number.

    Examples
    --------
    >>> gap = ratio_from_limits(12, 10, 15, 8, 7, 9)
    >>> [round(float(v), 3) for v in (gap.value, gap.lower[0], gap.upper[0])]
    [1.5, 1.207, 1.945]
    """
    given = _limited(value_1, lower_1, upper_1, value_2, lower_2, upper_2)
    v1, l1, u1, v2, l2, u2 = given
    positive = np.logical_and.reduce([~(side <= 0) for side in given])
    logs = [np.log(np.where(side > 0, side, np.nan)) for side in given]
    lower, upper = _mover(logs[0], (logs[1], logs[2]), logs[3], (logs[4], logs[5]))
    missing = _limit_reason(v1, l1, u1, v2, l2, u2)
    reason = np.where(missing != "", missing, np.where(positive, "", "a value or limit is zero"))
    return Gap(
        "ratio",
        v1,
        v2,
        quiet_divide(v1, v2),
        np.exp(lower)[None],
        np.exp(upper)[None],
        check_levels(level),
        "MOVER on logarithms from limits",
        np.asarray(reason, dtype=object),
    )


def _mover(v1: Floats, limits_1: Pair, v2: Floats, limits_2: Pair) -> Pair:
    """Return the limits of v1 - v2 from the limits of each."""
    (l1, u1), (l2, u2) = limits_1, limits_2
    gap = v1 - v2
    return (
        np.asarray(gap - np.hypot(v1 - l1, u2 - v2)),
        np.asarray(gap + np.hypot(u1 - v1, v2 - l2)),
    )


def _counts(*given: ArrayLike) -> list[Floats]:
    x1, n1, x2, n2 = same_shape(
        count_1=given[0], denominator_1=given[1], count_2=given[2], denominator_2=given[3]
    )
    for name, x, n in (("first", x1, n1), ("second", x2, n2)):
        refuse(x < 0, f"the {name} count is negative", MEND_COUNT)
        refuse(n < 0, f"the {name} denominator is negative", "a denominator is zero or more")
        above = (x > n) & (n > 0)
        refuse(above, f"the {name} count is above its denominator", "check which is which")
    return [x1, n1, x2, n2]


def _count_reason(x1: Floats, n1: Floats, x2: Floats, n2: Floats) -> Words:
    absent = np.isnan(x1) | np.isnan(n1) | np.isnan(x2) | np.isnan(n2)
    return words(
        x1.shape,
        (absent, "a count or denominator is missing"),
        ((n1 == 0) | (n2 == 0), "a denominator is zero"),
    )


def _limited(*given: ArrayLike) -> list[Floats]:
    names = ("value_1", "lower_1", "upper_1", "value_2", "lower_2", "upper_2")
    read = same_shape(**dict(zip(names, given, strict=True)))
    for place in (0, 3):
        value, lower, upper = read[place : place + 3]
        outside = (lower > value) | (upper < value)
        refuse(outside, f"{names[place]} lies outside its limits", "check units and order")
    return read


def _limit_reason(v1: Floats, l1: Floats, u1: Floats, v2: Floats, l2: Floats, u2: Floats) -> Words:
    return words(
        v1.shape,
        (np.isnan(v1) | np.isnan(v2), "a value is missing"),
        (np.isnan(l1 + u1) | np.isnan(l2 + u2), "no interval published"),
    )


def _stack(limits: Sequence[Pair], scale: float) -> Pair:
    return (
        np.stack([pair[0] for pair in limits]) * scale,
        np.stack([pair[1] for pair in limits]) * scale,
    )
