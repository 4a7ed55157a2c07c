"""MOVER: the limits of a gap recovered from the limits of its two sides.

With r the values and l, u their limits:

* difference: ``d - sqrt((r1 - l1)^2 + (u2 - r2)^2)``, ``d + sqrt((u1 - r1)^2 + (r2 - l2)^2)``;
* ratio: ``(r1 r2 - sqrt((r1 r2)^2 - l1 (2 r1 - l1) u2 (2 r2 - u2))) / (u2 (2 r2 - u2))`` and
  ``(r1 r2 + sqrt((r1 r2)^2 - u1 (2 r1 - u1) l2 (2 r2 - l2))) / (l2 (2 r2 - l2))``.

Jeffreys' limits are quantiles of the beta or gamma distribution that follows from the
prior of that name; MOVER then takes its median for the value.

Sources: Zou and Donner 2008; Donner and Zou 2012; Li and others 2014.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special

from hwb_analysis.stats.arrays import Floats, quiet_divide, z_value
from hwb_analysis.stats.intervals import byar_limits, count_limits, exact_poisson, wilson

Pair = tuple[Floats, Floats]


class Limited(NamedTuple):
    """A value with its limits, arrays of one shape."""

    value: Floats
    lower: Floats
    upper: Floats


def mover_difference(first: Limited, second: Limited) -> Pair:
    """Return the limits of first - second.

    Examples
    --------
    >>> low, high = mover_difference(Limited(10.0, 7.0, 13.0), Limited(4.0, 0.0, 8.0))
    >>> float(low), float(high)
    (1.0, 11.0)
    """
    gap = first.value - second.value
    return (
        np.asarray(gap - np.hypot(first.value - first.lower, second.upper - second.value)),
        np.asarray(gap + np.hypot(first.upper - first.value, second.value - second.lower)),
    )


def mover_ratio(first: Limited, second: Limited) -> Pair:
    """Return the limits of first / second; infinite where the second may be zero.

    Examples
    --------
    >>> low, high = mover_ratio(
    ...     Limited(np.array(0.8), np.array(0.6918), np.array(0.8769)),
    ...     Limited(np.array(0.6), np.array(0.4904), np.array(0.7004)))
    >>> round(float(low), 2), round(float(high), 2)
    (1.08, 1.66)
    """
    (r1, l1, u1), (r2, l2, u2) = first, second
    product = r1 * r2
    low = _mover_end(product, l1 * (2 * r1 - l1), u2 * (2 * r2 - u2), -1.0)
    high = _mover_end(product, u1 * (2 * r1 - u1), l2 * (2 * r2 - l2), 1.0)
    absent = np.isnan(product)
    high = np.where((l2 <= 0) & ~absent, np.inf, high)
    return np.where(absent, np.nan, np.maximum(low, 0.0)), high


def _mover_end(product: Floats, top: Floats, bottom: Floats, side: float) -> Floats:
    root = np.sqrt(np.maximum(product**2 - top * bottom, 0.0))
    direct = quiet_divide(product + side * root, bottom)
    # The same number from the other end, where the bottom is zero or nearly so.
    other = quiet_divide(top, product - side * root)
    return np.where(np.isnan(direct) | (np.abs(bottom) < 1e-12), other, direct)


def proportion_limits(x: Floats, n: Floats, level: float, how: str) -> Limited:
    """Return a proportion with limits: ``"wilson"`` or ``"jeffreys"``."""
    if how == "wilson":
        return Limited(quiet_divide(x, n), *wilson(x, n, level))
    low, middle, high = (
        special.betaincinv(x + 0.5, n - x + 0.5, share) for share in _shares(level)
    )
    absent = np.isnan(x) | ~(n > 0)
    return Limited(*(np.where(absent, np.nan, side) for side in (middle, low, high)))


def rate_limits(x: Floats, n: Floats, level: float, how: str) -> Limited:
    """Return a rate with limits.

    ``how`` is ``"national"`` (exact below ten events, Byar's from ten on), ``"byar"``,
    ``"exact"``, ``"exact median"`` (exact limits about Jeffreys' median, as some software
    has it), ``"score"`` or ``"jeffreys"``.
    """
    low, middle, high = (special.gammaincinv(x + 0.5, share) for share in _shares(level))
    if how != "jeffreys":
        low, high = _count_limits(x, level, how)
        middle = middle if how == "exact median" else x
    value, lower, upper = (quiet_divide(side, n) for side in (middle, low, high))
    return Limited(value, lower, upper)


def _shares(level: float) -> tuple[float, float, float]:
    return (1 - level) / 2, 0.5, (1 + level) / 2


def _count_limits(x: Floats, level: float, how: str) -> Pair:
    if how.startswith("exact"):
        return exact_poisson(x, level)
    if how == "byar":
        low, high = byar_limits(x, level)
        return np.where(np.isnan(x), np.nan, np.nan_to_num(low)), high
    if how == "score":
        z = z_value(level)
        middle, half = x + z * z / 2, z * np.sqrt(x + z * z / 4)
        return np.maximum(middle - half, 0.0), middle + half
    return count_limits(x, level)
