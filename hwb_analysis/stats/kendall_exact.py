"""The exact distribution of Kendall's S for a series with ties.

Over all distinct orderings of the values, the number d of discordant pairs has the
generating function ``product over tie groups of [g + t over g]_q``, a Gaussian binomial
coefficient with g the size of the group and t the points placed before it. With M the
number of untied pairs, ``S = M - 2 d``.

Counts are whole numbers of any size, so that nothing is lost to rounding.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from hwb_analysis.stats.arrays import Floats

LARGEST_EXACT = 60


@lru_cache(maxsize=2048)
def discordance(groups: tuple[int, ...]) -> Floats:
    """Return the probability of 0, 1, ... M discordant pairs, given sizes of tie groups.

    Parameters
    ----------
    groups
        How often each distinct value occurs; ``(1, 1, 1)`` for three untied points.

    Examples
    --------
    >>> (discordance((1, 1, 1)) * 6).round(6).tolist()
    [1.0, 2.0, 2.0, 1.0]
    >>> discordance((2, 1)).round(6).tolist()
    [0.333333, 0.333333, 0.333333]
    """
    out, placed = np.ones(1), 0
    for size in groups:
        ways = _gaussian_binomial(placed, size)
        total = sum(ways)
        out = np.convolve(out, np.array([way / total for way in ways]))
        placed += size
    return out


def _gaussian_binomial(placed: int, size: int) -> list[int]:
    """Return the coefficients of ``product over i of (1 - q^(t + i)) / (1 - q^i)``."""
    ways = [1]
    for i in range(1, size + 1):
        top = placed + i
        grown = ways + [0] * placed
        for power, way in enumerate(ways):
            if power + top < len(grown):
                grown[power + top] -= way
        for power in range(i, len(grown)):
            grown[power] += grown[power - i]
        ways = grown
    return ways


def exact_p(score: int, groups: tuple[int, ...]) -> float:
    """Return ``P(|S| >= |score|)`` over all orderings of values with these ties.

    Examples
    --------
    >>> round(exact_p(10, (1, 1, 1, 1, 1)), 6)
    0.016667
    """
    chance = discordance(tuple(sorted(groups)))
    untied = chance.size - 1
    scores = untied - 2 * np.arange(untied + 1)
    return float(min(1.0, chance[np.abs(scores) >= abs(score)].sum()))


def smallest_p(points: int) -> float:
    """Return the smallest two-sided p value that untied points can give: ``2 / n!``.

    Examples
    --------
    >>> [round(smallest_p(n), 4) for n in (4, 5, 6)]
    [0.0833, 0.0167, 0.0028]
    """
    return exact_p(points * (points - 1) // 2, (1,) * points)
