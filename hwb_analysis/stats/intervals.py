"""Limits of counts, proportions, rates and means.

Formulae. With x the count, n the denominator and z the two-sided normal quantile:

* Wilson (score, no continuity correction):
  ``(2x + z^2 -/+ z sqrt(z^2 + 4x(1 - x/n))) / (2(n + z^2))``.
* Exact Poisson: half the chi-squared quantiles on 2x and 2x + 2 degrees of freedom.
* Byar: ``x (1 - 1/(9x) - z/(3 sqrt x))^3`` and the same with x + 1 and a plus sign.

Sources: Wilson 1927; Breslow and Day 1987 (Byar); Fay and Feuer 1997 for the exact
limits. The national convention is exact limits below ten events, Byar from ten on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import (
    DEFAULT_LEVELS,
    Flags,
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
from hwb_analysis.stats.result import Result, between, figure, percent

EXACT_BELOW = 10
MEND_COUNT = "a count is zero or more; code missing as NaN, never as -1"
CountMethod = Literal["byar", "exact"]


@dataclass(frozen=True, slots=True)
class Estimates(Result):
    """Values with limits, one entry a row of the input.

    ``value`` and ``lower[i]``, ``upper[i]`` (i numbers ``levels``) are multiplied by
    ``multiplier``; ``method`` names the limits of each row; ``reason`` says why a row
    is missing and is empty otherwise.
    """

    kind: str
    count: Floats
    denominator: Floats
    value: Floats
    lower: Floats
    upper: Floats
    levels: tuple[float, ...]
    multiplier: float
    method: Words
    reason: Words

    def limits(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Return the lower and upper limits at one of the levels computed."""
        if level not in self.levels:
            raise StatisticsError(
                f"no limits of level {level} here, only {self.levels}",
                remedy="name the level in levels= of the call",
            )
        place = self.levels.index(level)
        return self.lower[place], self.upper[place]

    def explain(self) -> str:
        """Return one sentence on the first row, and how many rows there are."""
        if not self.value.size:
            return "There is no row."
        value = float(self.value.flat[0])
        if self.reason.flat[0]:
            sentence = f"The {self.kind} cannot be given: {self.reason.flat[0]}."
        else:
            lower, upper = (float(side[0].flat[0]) for side in (self.lower, self.upper))
            sentence = (
                f"The {self.kind} is {figure(value)} per {self.multiplier:,g} "
                f"({percent(self.levels[0])} interval {between(lower, upper)}, "
                f"{self.method.flat[0]})."
            )
        more = self.value.size - 1
        return sentence + (f" {more:,} more rows are in the table." if more else "")


def wilson(count: ArrayLike, denominator: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the score limits of count / denominator, as fractions of one.

    Parameters
    ----------
    count, denominator
        Arrays of one shape. A missing value, or a denominator of zero, gives missing
        limits.
    level
        Confidence level; a level of 1 gives 0 and 1.

    Raises
    ------
    StatisticsError
        When a count is negative or above its denominator (first positions named).

    Examples
    --------
    >>> lower, upper = wilson(25, 200)
    >>> round(float(lower), 4), round(float(upper), 4)
    (0.0861, 0.178)
    """
    x, n = _share(count, denominator)
    known = ~np.isnan(x) & (n > 0)
    if level == 1:
        return np.where(known, 0.0, np.nan), np.where(known, 1.0, np.nan)
    return _wilson(x, np.where(known, n, np.nan), check_levels(level)[0])


def _wilson(x: Floats, n: Floats, level: float) -> tuple[Floats, Floats]:
    z = z_value(level)
    spread = z * np.sqrt(z * z + 4 * x * (1 - x / n))
    bottom = 2 * (n + z * z)
    lower = np.where(x == 0, 0.0, (2 * x + z * z - spread) / bottom)
    upper = np.where(x == n, 1.0, (2 * x + z * z + spread) / bottom)
    # Rounding may leave the closed ends at 1e-17: they are exact by definition.
    return np.where(np.isnan(n), np.nan, lower), upper


def _share(count: ArrayLike, denominator: ArrayLike) -> tuple[Floats, Floats]:
    x, n = same_shape(count=count, denominator=denominator)
    refuse(x < 0, "count is negative", MEND_COUNT)
    refuse(n < 0, "denominator is negative", "a denominator is zero or more")
    above = (x > n) & (n > 0)
    refuse(above, "count is above its denominator", "a proportion needs count <= denominator")
    return x, n


def exact_poisson(count: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the exact Poisson limits of a count.

    Fractional counts are allowed (they come from weighted events).

    Raises
    ------
    StatisticsError
        When a count is negative.

    Examples
    --------
    >>> lower, upper = exact_poisson(0)
    >>> float(lower), round(float(upper), 4)
    (0.0, 3.6889)
    """
    x = numbers("count", count)
    refuse(x < 0, "count is negative", MEND_COUNT)
    return _exact(x, check_levels(level)[0])


def _exact(x: Floats, level: float) -> tuple[Floats, Floats]:
    tail = (1 - level) / 2
    lower = np.where(x == 0, 0.0, special.gammaincinv(np.where(x == 0, 1.0, x), tail))
    return lower, special.gammainccinv(x + 1, tail)


def byar(count: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return Byar's approximate Poisson limits of a count.

    The lower limit is missing at zero, and wherever the formula would fall below
    zero; :func:`count_limits` never uses it there.

    Raises
    ------
    StatisticsError
        When a count is negative.

    Examples
    --------
    >>> lower, upper = byar(25)
    >>> round(float(lower), 3), round(float(upper), 3)
    (16.174, 36.906)
    """
    x = numbers("count", count)
    refuse(x < 0, "count is negative", MEND_COUNT)
    return byar_limits(x, check_levels(level)[0])


def byar_limits(x: Floats, level: float) -> tuple[Floats, Floats]:
    """Return Byar's limits of counts that have been checked already."""
    z = z_value(level)
    safe, above = np.where(x == 0, np.nan, x), x + 1
    base = 1 - 1 / (9 * safe) - z / (3 * np.sqrt(safe))
    lower = safe * np.where(base < 0, np.nan, base) ** 3
    upper = above * (1 - 1 / (9 * above) + z / (3 * np.sqrt(above))) ** 3
    return lower, upper


def count_limits(
    count: ArrayLike, level: float = 0.95, method: CountMethod = "byar"
) -> tuple[Floats, Floats]:
    """Return the limits of a count: exact below ten, Byar from ten on.

    Parameters
    ----------
    count
        Counts of events; missing gives missing limits.
    level
        Confidence level.
    method
        ``"byar"`` is the national convention; ``"exact"`` uses exact limits throughout.

    Raises
    ------
    StatisticsError
        When a count is negative.

    Examples
    --------
    >>> lower, _ = count_limits([9, 10])
    >>> [round(float(v), 4) for v in lower]
    [4.1154, 4.7874]
    """
    x = numbers("count", count)
    refuse(x < 0, "count is negative", MEND_COUNT)
    return _count_limits(x, check_levels(level)[0], method)


def _count_limits(x: Floats, level: float, method: CountMethod) -> tuple[Floats, Floats]:
    exact = _is_exact(x, method)
    lower, upper = byar_limits(np.atleast_1d(x), level)
    few = np.atleast_1d(exact)
    lower[few], upper[few] = _exact(np.atleast_1d(x)[few], level)
    return lower.reshape(x.shape), upper.reshape(x.shape)


def _is_exact(x: Floats, method: CountMethod) -> Flags:
    if method not in ("byar", "exact"):
        raise StatisticsError(
            f"the method of count limits is 'byar' or 'exact', got '{method}'",
            remedy="'byar' is exact below ten events and Byar from ten on",
        )
    return np.asarray(x < EXACT_BELOW) | (method == "exact")


def _reasons(x: Floats, n: Floats) -> Words:
    return words(
        x.shape,
        (np.isnan(x), "the count is missing"),
        (np.isnan(n), "the denominator is missing"),
        (n == 0, "the denominator is zero"),
    )


def proportion(
    count: ArrayLike,
    denominator: ArrayLike,
    multiplier: float = 100,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
) -> Estimates:
    """Return count / denominator with Wilson limits.

    Formula: ``multiplier * x / n`` with ``multiplier * wilson(x, n)``.

    Parameters
    ----------
    count, denominator
        Arrays of one shape; a missing value or a zero denominator gives a missing row
        with a reason.
    multiplier
        100 for per cent.
    levels
        Confidence levels, as fractions.

    Returns
    -------
    Estimates
        Values, limits (level first), method and reason a row.

    Raises
    ------
    StatisticsError
        When a count is negative or above its denominator, or a value is no number.

    Examples
    --------
    >>> proportion(25, 200).explain()
    'The proportion is 12.5 per 100 (95% interval 8.61 to 17.8, wilson).'
    >>> proportion([25, 3], [200, 0]).reason.tolist()
    ['', 'the denominator is zero']
    """
    x, n = _share(count, denominator)
    asked = check_levels(levels)
    reason = _reasons(x, n)
    safe = np.where(reason == "", n, np.nan)
    both = [_wilson(np.where(np.isnan(safe), np.nan, x), safe, level) for level in asked]
    method = words(x.shape, (~np.isnan(safe), "wilson"))
    return _estimates("proportion", x, n, safe, both, asked, multiplier, method, reason)


def rate(
    count: ArrayLike,
    denominator: ArrayLike,
    multiplier: float = 100_000,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
    method: CountMethod = "byar",
) -> Estimates:
    """Return count / denominator as a crude rate with Poisson limits of the count.

    Formula: ``multiplier * x / n``; limits ``multiplier * limit(x) / n`` with exact
    limits below ten events and Byar's from ten on. The denominator is held fixed.
    A count above its denominator is allowed (events, not people).

    Parameters
    ----------
    count, denominator
        Arrays of one shape; a missing value or a zero denominator gives a missing row
        with a reason.
    multiplier
        People the rate is stated for.
    levels
        Confidence levels, as fractions.
    method
        ``"byar"`` as above, or ``"exact"`` throughout.

    Raises
    ------
    StatisticsError
        When a count or a denominator is negative, or a value is no number.

    Examples
    --------
    >>> rate([5, 40], [10_000, 10_000]).method.tolist()
    ['exact', 'byar']
    """
    x, n = same_shape(count=count, denominator=denominator)
    refuse(x < 0, "count is negative", MEND_COUNT)
    refuse(n < 0, "denominator is negative", "a denominator is zero or more")
    asked = check_levels(levels)
    reason = _reasons(x, n)
    safe = np.where(reason == "", n, np.nan)
    both = [tuple(side / safe for side in _count_limits(x, level, method)) for level in asked]
    exact = _is_exact(x, method) & ~np.isnan(safe)
    named = words(x.shape, (exact, "exact"), (~np.isnan(safe), "byar"))
    return _estimates("rate", x, n, safe, both, asked, multiplier, named, reason)


def _estimates(
    kind: str,
    x: Floats,
    n: Floats,
    safe: Floats,
    both: Sequence[tuple[Floats, ...]],
    levels: tuple[float, ...],
    multiplier: float,
    method: Words,
    reason: Words,
) -> Estimates:
    scale = _positive_multiplier(multiplier)
    return Estimates(
        kind=kind,
        count=x,
        denominator=n,
        value=scale * quiet_divide(x, safe),
        lower=scale * np.stack([pair[0] for pair in both]),
        upper=scale * np.stack([pair[1] for pair in both]),
        levels=levels,
        multiplier=scale,
        method=method,
        reason=reason,
    )


def rescaled(found: Estimates, scale: Floats) -> Estimates:
    """Return the estimates with each row multiplied by its own factor."""
    return replace(
        found, value=found.value * scale, lower=found.lower * scale, upper=found.upper * scale
    )


def _positive_multiplier(multiplier: float) -> float:
    scale = float(numbers("multiplier", multiplier))
    if not scale > 0:
        raise StatisticsError(
            f"the multiplier must be above zero, got {multiplier}",
            remedy="write 100 for per cent, 100_000 for a rate per 100,000",
        )
    return scale
