"""Comparison with a comparator by the other national rules.

* Two levels: inside the 95 per cent limits similar; outside them better or worse; outside
  the 99.8 per cent limits best or worst.
* Two intervals: similar where they touch or overlap. Intervals that overlap are no test;
  the rule is offered because published figures use it.
* Control limits of a proportion round the comparator's p0, E = n p0:
  ``(2E + z^2 -/+ z sqrt(z^2 + 4E(1 - p0))) / (2 (n + z^2))``.
* Control limits of a standardised rate: E, the comparator's rate times the effective
  population, and the Poisson means whose tails beyond E are alpha / 2:
  ``chi2(alpha/2; 2 ceil(E)) / 2`` and ``chi2(1 - alpha/2; 2 (floor(E) + 1)) / 2``.

A figure on a limit is similar. With no good end the words are higher and lower.

Source: published rules of the national profiles.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hwb_analysis.stats.arrays import (
    Flags,
    Floats,
    Words,
    check_levels,
    quiet_divide,
    refuse,
    same_shape,
    words,
)
from hwb_analysis.stats.benchmark import (
    NO_COMPARATOR,
    NO_INTERVAL,
    NO_VALUE,
    Benchmark,
    polarity_of,
)
from hwb_analysis.vocabulary import Comparison, Polarity

# The national tool rounds its quantiles.
Z_OF = {0.95: 1.96, 0.998: 3.0902}
NO_DENOMINATOR = "no denominator above zero"
_WORDS = {
    Polarity.HIGH: ("best", "better", "worse", "worst"),
    Polarity.LOW: ("worst", "worse", "better", "best"),
    Polarity.NONE: ("highest", "higher", "lower", "lowest"),
}


def compare_two_levels(
    value: ArrayLike,
    lower_95: ArrayLike,
    upper_95: ArrayLike,
    lower_998: ArrayLike,
    upper_998: ArrayLike,
    comparator: ArrayLike,
    *,
    better: str | None,
) -> Benchmark:
    """Compare by the 95 and the 99.8 per cent limits together.

    Returns
    -------
    Benchmark
        Words best, better, similar, worse, worst (highest ... lowest with no good end).

    Raises
    ------
    StatisticsError
        Limits in the wrong order, or the wider inside the narrower.

    Examples
    --------
    >>> compare_two_levels(2.6, 2.5, 2.7, 2.3, 2.9, [3.0, 2.8, 2.6], better="high").word.tolist()
    ['worst', 'worse', 'similar']
    """
    y, low, high, far_low, far_high, base = same_shape(
        value=value,
        lower_95=lower_95,
        upper_95=upper_95,
        lower_998=lower_998,
        upper_998=upper_998,
        comparator=comparator,
    )
    refuse((low > high) | (far_low > far_high), "a lower limit is above its upper limit", "swap")
    crossed = (far_low > low) | (far_high < high)
    refuse(crossed, "the 99.8% limits lie inside the 95% limits", "check which is which")
    reason = _reason(y, base, np.isnan(low + high + far_low + far_high))
    word = _by_limits(reason, (far_low, low, high, far_high), base, better)
    return Benchmark(
        y,
        base,
        low,
        high,
        word,
        reason,
        polarity_of(better).value,
        0.95,
        "comparator's value against both intervals of the area",
    )


def _reason(y: Floats, base: Floats, no_limits: Flags) -> Words:
    return words(
        y.shape, (np.isnan(y), NO_VALUE), (np.isnan(base), NO_COMPARATOR), (no_limits, NO_INTERVAL)
    )


def _by_limits(
    reason: Words, limits: tuple[Floats, Floats, Floats, Floats], base: Floats, better: str | None
) -> Words:
    far_low, low, high, far_high = limits
    far_above, above, below, far_below = _WORDS[polarity_of(better)]
    return words(
        base.shape,
        (np.asarray(reason != "", dtype=bool), Comparison.NOT_COMPARED.value),
        (far_low > base, far_above),
        (far_high < base, far_below),
        (low > base, above),
        (high < base, below),
        (np.ones(base.shape, dtype=bool), Comparison.SIMILAR.value),
    )


def compare_intervals(
    value: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    comparator: ArrayLike,
    comparator_lower: ArrayLike,
    comparator_upper: ArrayLike,
    *,
    better: str | None,
    level: float = 0.95,
) -> Benchmark:
    """Compare two intervals: similar where they touch or overlap.

    Examples
    --------
    >>> compare_intervals(4.0, 3.5, 4.5, 3.0, 2.7, [3.6, 3.4], better="low").word.tolist()
    ['similar', 'worse']
    """
    y, low, high, base, base_low, base_high = same_shape(
        value=value,
        lower=lower,
        upper=upper,
        comparator=comparator,
        comparator_lower=comparator_lower,
        comparator_upper=comparator_upper,
    )
    refuse((low > high) | (base_low > base_high), "a lower limit is above its upper limit", "swap")
    reason = _reason(y, base, np.isnan(low + high + base_low + base_high))
    above, below = _WORDS[polarity_of(better)][1:3]
    word = words(
        y.shape,
        (np.asarray(reason != "", dtype=bool), Comparison.NOT_COMPARED.value),
        (low > base_high, above),
        (high < base_low, below),
        (np.ones(y.shape, dtype=bool), Comparison.SIMILAR.value),
    )
    good = polarity_of(better).value
    return Benchmark(y, base, low, high, word, reason, good, level, "overlap of two intervals")


def proportion_control_limits(
    comparator: ArrayLike, denominator: ArrayLike, level: float = 0.95, multiplier: float = 100.0
) -> tuple[Floats, Floats]:
    """Return the control limits of a proportion round the comparator's.

    Parameters
    ----------
    comparator
        The comparator's proportion, in the unit of ``multiplier``.
    denominator
        People of the area; limits are missing where it is not above zero.

    Raises
    ------
    StatisticsError
        A comparator outside 0 to ``multiplier``.

    Examples
    --------
    >>> low, high = proportion_control_limits(50.0, 100.0)
    >>> round(float(low), 2), round(float(high), 2)
    (40.38, 59.62)
    """
    base, n = same_shape(comparator=comparator, denominator=denominator)
    share = base / multiplier
    refuse((share < 0) | (share > 1), "a proportion lies outside its unit", "check multiplier")
    z = Z_OF.get(level) or float(special.ndtri(0.5 + check_levels(level)[0] / 2))
    known = np.where(n > 0, n, np.nan)
    expected = known * share
    root = z * np.sqrt(z * z + 4 * expected * (1 - share))
    bottom = 2 * (known + z * z)
    middle = 2 * expected + z * z
    return (middle - root) / bottom * multiplier, (middle + root) / bottom * multiplier


def rate_control_limits(
    comparator: ArrayLike, population: ArrayLike, level: float = 0.95, multiplier: float = 100_000.0
) -> tuple[Floats, Floats]:
    """Return the Poisson control limits of a standardised rate round the comparator's.

    Parameters
    ----------
    comparator
        The comparator's rate per ``multiplier``.
    population
        The area's effective population, which open downloads do not carry.

    Examples
    --------
    >>> low, high = rate_control_limits(10.0, 100_000.0)
    >>> round(float(low), 3), round(float(high), 3)
    (4.795, 18.39)
    """
    base, n = same_shape(comparator=comparator, population=population)
    refuse(base < 0, "a rate is negative", "mend the source")
    known = np.where(n > 0, n, np.nan)
    expected = base * known / multiplier
    tail = {0.95: 0.025, 0.998: 0.001}.get(level, (1 - check_levels(level)[0]) / 2)
    low = special.gammaincinv(np.maximum(np.ceil(expected), 1e-300), tail)
    high = special.gammainccinv(np.floor(expected) + 1, tail)
    turn = quiet_divide(multiplier, known)
    return np.where(expected > 0, low, 0.0) * turn, high * turn


def compare_with_control_limits(
    value: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    comparator: ArrayLike,
    *,
    better: str | None,
    level: float = 0.95,
) -> Benchmark:
    """Compare an area's value with control limits round the comparator.

    Parameters
    ----------
    lower, upper
        From :func:`proportion_control_limits` or :func:`rate_control_limits`.

    Examples
    --------
    >>> low, high = proportion_control_limits(50.0, 100.0)
    >>> compare_with_control_limits([61, 55], low, high, 50, better="low").word.tolist()
    ['worse', 'similar']
    """
    y, low, high, base = same_shape(value=value, lower=lower, upper=upper, comparator=comparator)
    reason = words(
        y.shape,
        (np.isnan(y), NO_VALUE),
        (np.isnan(base), NO_COMPARATOR),
        (np.isnan(low) | np.isnan(high), NO_DENOMINATOR),
    )
    above, below = _WORDS[polarity_of(better)][1:3]
    word = words(
        y.shape,
        (np.asarray(reason != "", dtype=bool), Comparison.NOT_COMPARED.value),
        (y > high, above),
        (y < low, below),
        (np.ones(y.shape, dtype=bool), Comparison.SIMILAR.value),
    )
    good = polarity_of(better).value
    return Benchmark(y, base, low, high, word, reason, good, level, "control limits")
