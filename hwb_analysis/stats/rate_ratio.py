"""The ratio of two event rates, exact given the total; and the test of two proportions.

Formula: given the total of events, the first count is binomial with probability
``R n1 / (R n1 + n2)`` at rate ratio R. Clopper and Pearson's limits of that probability
give those of R; a count of zero gives 0 or infinity, two zeros (0, infinity). The
central p value is twice the smaller tail and inverts the interval; the p value by
likelihood adds all outcomes no more likely than the one seen.

Sources: Przyborowski and Wilenski 1940; Fay 2010.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy import special, stats

from hwb_analysis.stats.arrays import DEFAULT_LEVELS, check_levels, refuse, same_shape, z_value
from hwb_analysis.stats.result import Result, between, figure, percent

# Probabilities that differ only by rounding count as equal.
TIE = 1 + 1e-7
MOST_EVENTS = 1e12


@dataclass(frozen=True, slots=True)
class RateRatio(Result):
    """The ratio of two rates with exact limits by level and both exact p values."""

    value: float
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    levels: tuple[float, ...]
    p_value: float
    p_by_likelihood: float
    method: str = "exact, conditional on the total"

    def explain(self) -> str:
        """Return one sentence; a side is named only when the limits exclude one."""
        clear = self.lower[0] > 1 or self.upper[0] < 1
        return (
            f"The rate ratio is {figure(self.value)} ({percent(self.levels[0])} interval "
            f"{between(self.lower[0], self.upper[0])}), which is "
            f"{'more than' if clear else 'within what'} chance alone would explain."
        )


def rate_ratio(
    count_1: float,
    people_1: float,
    count_2: float,
    people_2: float,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
) -> RateRatio:
    """Return the ratio of two rates, first over second, with exact conditional limits.

    Parameters
    ----------
    count_1, people_1, count_2, people_2
        Events and people (or person-years) of the two groups: whole counts, people
        above zero.
    levels
        Confidence levels, as fractions.

    Raises
    ------
    StatisticsError
        A negative or missing count, people not above zero.

    Examples
    --------
    >>> found = rate_ratio(20, 1000, 10, 1000, levels=0.95)
    >>> [round(v, 3) for v in (found.value, found.lower[0], found.upper[0])]
    [2.0, 0.894, 4.785]
    """
    x1, n1, x2, n2 = _checked(count_1, people_1, count_2, people_2)
    asked = check_levels(levels)
    total = x1 + x2
    limits = [_limits(x1, x2, n2 / n1, level) for level in asked]
    expected = n1 / (n1 + n2)
    tails = stats.binom.cdf(x1, total, expected), stats.binom.sf(x1 - 1, total, expected)
    value = (x1 / n1) / (x2 / n2) if x2 else (math.inf if x1 else math.nan)
    return RateRatio(
        value=value,
        lower=tuple(low for low, _ in limits),
        upper=tuple(high for _, high in limits),
        levels=asked,
        p_value=float(min(1.0, 2 * min(tails))),
        p_by_likelihood=_by_likelihood(x1, total, expected),
    )


def _by_likelihood(x1: float, total: float, expected: float) -> float:
    """Add the chances of all outcomes no more likely than the one seen.

    Chances rise to the mode and fall after it, so the outcomes on the far side begin at
    one place, found by halving.
    """
    limit = stats.binom.pmf(x1, total, expected) * TIE
    mode = math.floor((total + 1) * expected)
    low, high = (mode, total + 1) if x1 < mode else (-1.0, float(mode))
    rising = x1 >= mode
    for _ in range(200):
        if high - low <= 1:
            break
        middle = math.floor((low + high) / 2)
        unlikely = stats.binom.pmf(middle, total, expected) <= limit
        if unlikely == rising:
            low = middle
        else:
            high = middle
    near = (
        stats.binom.sf(x1 - 1, total, expected) if rising else stats.binom.cdf(x1, total, expected)
    )
    far = (
        stats.binom.cdf(low, total, expected)
        if rising
        else stats.binom.sf(high - 1, total, expected)
    )
    if x1 == mode:
        return 1.0
    return float(min(1.0, near + far))


def _checked(*given: float) -> list[float]:
    names = ("count_1", "people_1", "count_2", "people_2")
    read = same_shape(**dict(zip(names, given, strict=True)))
    for place in (0, 2):
        refuse(~(read[place] >= 0), f"{names[place]} is negative or missing", "give a count")
        refuse(read[place] % 1 != 0, f"{names[place]} is not whole", "exact limits need counts")
        beyond = read[place] > MOST_EVENTS
        refuse(beyond, f"{names[place]} is above {MOST_EVENTS:,.0f}", "check the unit")
        refuse(~(read[place + 1] > 0), f"{names[place + 1]} is not above zero", "give people")
    return [float(side) for side in read]


def _limits(x1: float, x2: float, turn: float, level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    low = special.betaincinv(x1, x2 + 1, tail) if x1 else 0.0
    high = special.betaincinv(x1 + 1, x2, 1 - tail) if x2 else 1.0
    upper = math.inf if high == 1.0 else float(high / (1 - high) * turn)
    return float(low / (1 - low) * turn), upper


@dataclass(frozen=True, slots=True)
class ProportionTest:
    """Pearson's test of two proportions, with Wald limits of the difference."""

    difference: float
    chi_squared: float
    p_value: float
    wald_lower: float
    wald_upper: float


def two_proportions(
    count_1: float, denominator_1: float, count_2: float, denominator_2: float
) -> ProportionTest:
    """Return Pearson's chi-squared (no continuity correction) of two proportions.

    The Wald limits (95 per cent) are for comparison with other software; use
    ``gaps.difference`` for an interval that holds what it promises.

    Examples
    --------
    >>> found = two_proportions(56, 70, 48, 80)
    >>> round(found.chi_squared, 4), round(found.p_value, 4)
    (7.0234, 0.008)
    """
    x1, n1, x2, n2 = _checked(count_1, denominator_1, count_2, denominator_2)
    p1, p2, pooled = x1 / n1, x2 / n2, (x1 + x2) / (n1 + n2)
    variance = pooled * (1 - pooled) * (1 / n1 + 1 / n2)
    chi_squared = (p1 - p2) ** 2 / variance if variance > 0 else 0.0
    half = z_value(0.95) * math.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    gap = p1 - p2
    chance = float(special.chdtrc(1, chi_squared))
    return ProportionTest(gap, chi_squared, chance, gap - half, gap + half)
