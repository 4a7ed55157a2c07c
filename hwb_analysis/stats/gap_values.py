"""Gaps between values that carry limits, standard errors or standard deviations.

Whatever the value is (an age-standardised rate, a life expectancy, a survey mean), its
own limits or error are used as published: MOVER for limits, which keeps their
asymmetry; the normal interval for errors; Welch's t for means of two samples.

Sources: Zou and Donner 2008; Donner and Zou 2012; Welch 1947.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

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
from hwb_analysis.stats.gap_mover import Limited, mover_difference
from hwb_analysis.stats.gap_result import Gap, stack

NO_ERROR = "no standard error published"
NOT_POSITIVE = "a value is not above zero"


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
    lower, upper = mover_difference(Limited(v1, l1, u1), Limited(v2, l2, u2))
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
    lower, upper = mover_difference(Limited(*logs[:3]), Limited(*logs[3:]))
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


def difference_from_errors(
    value_1: ArrayLike,
    se_1: ArrayLike,
    value_2: ArrayLike,
    se_2: ArrayLike,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
) -> Gap:
    """Return the difference of two independent values that carry standard errors.

    Formula: ``d -/+ z sqrt(s1^2 + s2^2)``.

    Parameters
    ----------
    value_1, se_1, value_2, se_2
        Values and their standard errors, in one unit. Life expectancies have errors of
        this kind.
    levels
        Confidence levels, as fractions.

    Raises
    ------
    StatisticsError
        When an error is negative, or a value is no number.

    Examples
    --------
    >>> gap = difference_from_errors(78.2, 0.3, 82.6, 0.4, levels=0.95)
    >>> [round(float(v), 2) for v in (gap.value, gap.lower[0], gap.upper[0])]
    [-4.4, -5.38, -3.42]
    """
    v1, s1, v2, s2 = _with_errors(value_1, se_1, value_2, se_2)
    asked = check_levels(levels)
    gap, error = v1 - v2, np.hypot(s1, s2)
    limits = [(gap - z * error, gap + z * error) for z in map(z_value, asked)]
    reason = _error_reason(v1, s1, v2, s2)
    return Gap("difference", v1, v2, gap, *stack(limits), asked, "normal, from errors", reason)


def ratio_from_errors(
    value_1: ArrayLike,
    se_1: ArrayLike,
    value_2: ArrayLike,
    se_2: ArrayLike,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
) -> Gap:
    """Return the ratio of two independent positive values that carry standard errors.

    Formula: ``exp(ln(v1 / v2) -/+ z sqrt((s1 / v1)^2 + (s2 / v2)^2))``.

    Parameters
    ----------
    value_1, se_1, value_2, se_2
        Values above zero and their standard errors; otherwise the row has no interval
        and says so.
    levels
        Confidence levels, as fractions.

    Raises
    ------
    StatisticsError
        When an error is negative, or a value is no number.

    Examples
    --------
    >>> gap = ratio_from_errors(24, 1.2, 16, 1.0, levels=0.95)
    >>> [round(float(v), 3) for v in (gap.value, gap.lower[0], gap.upper[0])]
    [1.5, 1.282, 1.755]
    """
    v1, s1, v2, s2 = _with_errors(value_1, se_1, value_2, se_2)
    asked = check_levels(levels)
    usable = np.where((v1 > 0) & (v2 > 0), 1.0, np.nan)
    error = np.hypot(quiet_divide(s1, v1 * usable), quiet_divide(s2, v2 * usable))
    value = quiet_divide(v1, v2)
    limits = [(value * np.exp(-z * error), value * np.exp(z * error)) for z in map(z_value, asked)]
    missing = _error_reason(v1, s1, v2, s2)
    reason = np.where((missing == "") & np.isnan(usable), NOT_POSITIVE, missing)
    method = "normal on logarithms, from errors"
    return Gap("ratio", v1, v2, value, *stack(limits), asked, method, reason)


def difference_of_means(
    mean_1: ArrayLike,
    sd_1: ArrayLike,
    size_1: ArrayLike,
    mean_2: ArrayLike,
    sd_2: ArrayLike,
    size_2: ArrayLike,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
) -> Gap:
    """Return the difference of the means of two samples with unequal spread (Welch).

    Formula: ``d -/+ t(v) sqrt(w1 + w2)`` with w = sd^2 / n and
    ``v = (w1 + w2)^2 / (w1^2 / (n1 - 1) + w2^2 / (n2 - 1))``.

    Parameters
    ----------
    mean_1, sd_1, size_1, mean_2, sd_2, size_2
        Mean, standard deviation and size of each sample. A sample of fewer than two has
        no interval and says so.
    levels
        Confidence levels, as fractions.

    Raises
    ------
    StatisticsError
        When a deviation is negative, or a value is no number.

    Examples
    --------
    >>> gap = difference_of_means(7.6, 1.8, 120, 7.2, 2.1, 90, levels=0.95)
    >>> [round(float(v), 3) for v in (gap.value, gap.lower[0], gap.upper[0])]
    [0.4, -0.144, 0.944]
    """
    m1, s1, n1, m2, s2, n2 = same_shape(
        mean_1=mean_1, sd_1=sd_1, size_1=size_1, mean_2=mean_2, sd_2=sd_2, size_2=size_2
    )
    for name, sd in (("sd_1", s1), ("sd_2", s2)):
        refuse(sd < 0, f"{name} is negative", "check the column")
    asked = check_levels(levels)
    few = (n1 < 2) | (n2 < 2)
    free = [np.where(few, np.nan, n - 1) for n in (n1, n2)]
    w1, w2 = quiet_divide(s1**2, n1), quiet_divide(s2**2, n2)
    degrees = quiet_divide((w1 + w2) ** 2, quiet_divide(w1**2, free[0]) + w2**2 / free[1])
    gap, error = m1 - m2, np.where(few, np.nan, np.sqrt(w1 + w2))
    half = [np.where(error == 0, 0.0, special.stdtrit(degrees, 0.5 + v / 2)) for v in asked]
    limits = [(gap - t * error, gap + t * error) for t in half]
    reason = words(
        gap.shape,
        (np.isnan(gap), "a value is missing"),
        (few, "a sample of fewer than two"),
        (np.isnan(error), "a standard deviation is missing"),
    )
    return Gap("difference", m1, m2, gap, *stack(limits), asked, "Welch t", reason)


def _with_errors(*given: ArrayLike) -> list[Floats]:
    names = ("value_1", "se_1", "value_2", "se_2")
    read = same_shape(**dict(zip(names, given, strict=True)))
    for place in (1, 3):
        refuse(read[place] < 0, f"{names[place]} is negative", "check the column")
    return read


def _error_reason(v1: Floats, s1: Floats, v2: Floats, s2: Floats) -> Words:
    return words(
        v1.shape,
        (np.isnan(v1) | np.isnan(v2), "a value is missing"),
        (np.isnan(s1) | np.isnan(s2), NO_ERROR),
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
