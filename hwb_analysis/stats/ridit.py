"""Population ranks, and the weighted line through groups ordered by deprivation.

Groups stand on the last axis, most deprived first. With a_j the share of the
population in group j, its rank is ``b_j = a_1 + ... + a_(j-1) + a_j / 2``: 0 at the
most deprived end of the population, 1 at the least deprived.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hwb_analysis.stats.arrays import Floats, quiet_divide


@dataclass(frozen=True, slots=True)
class Line:
    """A weighted least-squares line, and the weights by which it reads the values.

    ``slope`` and ``intercept`` are linear in the values: ``slope_weights @ y`` and
    ``intercept_weights @ y``, which is what makes the limits closed form.
    """

    slope: Floats
    intercept: Floats
    slope_weights: Floats
    intercept_weights: Floats
    rank: Floats
    share: Floats

    def at(self, rank: float) -> Floats:
        """Return the fitted value at a rank between 0 and 1."""
        return self.intercept + rank * self.slope

    def fitted(self) -> Floats:
        """Return the fitted value of each group."""
        return np.asarray(self.intercept[..., None] + self.rank * self.slope[..., None])


def shares_and_ranks(population: Floats) -> tuple[Floats, Floats]:
    """Return each group's share of the population and the rank of its middle.

    Examples
    --------
    >>> share, rank = shares_and_ranks(np.array([100.0, 300.0]))
    >>> rank.tolist()
    [0.125, 0.625]
    """
    share = quiet_divide(population, population.sum(axis=-1, keepdims=True))
    return share, np.cumsum(share, axis=-1) - share / 2


def weighted_line(values: Floats, rank: Floats, weights: Floats) -> Line:
    """Fit ``value = intercept + slope * rank`` by weighted least squares.

    Formula: with w the weights scaled to sum to one,
    ``slope = sum(w (b - mean_b) y) / sum(w (b - mean_b)^2)``.
    """
    share = quiet_divide(weights, weights.sum(axis=-1, keepdims=True))
    middle = (share * rank).sum(axis=-1, keepdims=True)
    spread = (share * (rank - middle) ** 2).sum(axis=-1, keepdims=True)
    slope_weights = quiet_divide(share * (rank - middle), spread)
    intercept_weights = share - middle * slope_weights
    return Line(
        slope=np.asarray((slope_weights * values).sum(axis=-1)),
        intercept=np.asarray((intercept_weights * values).sum(axis=-1)),
        slope_weights=slope_weights,
        intercept_weights=intercept_weights,
        rank=rank,
        share=share,
    )


def spread_of(weights: Floats, error: Floats) -> Floats:
    """Return the variance of a weighted sum of independent values."""
    return np.asarray((weights**2 * error**2).sum(axis=-1))


def spread_between(first: Floats, second: Floats, error: Floats) -> Floats:
    """Return the covariance of two weighted sums of the same independent values."""
    return np.asarray((first * second * error**2).sum(axis=-1))


def fieller(
    top: Floats, bottom: Floats, var_top: Floats, var_bottom: Floats, cov: Floats, z: float
) -> tuple[Floats, Floats]:
    """Return the limits of top / bottom for two correlated normal estimates.

    Formula: the values r at which ``(top - r bottom)^2 = z^2 var(top - r bottom)``.
    Where the bottom is not clearly away from zero there is no interval: missing.
    """
    a = bottom**2 - z**2 * var_bottom
    b = top * bottom - z**2 * cov
    c = top**2 - z**2 * var_top
    root = np.sqrt(np.maximum(b * b - a * c, 0.0))
    usable = np.where(a > 0, a, np.nan)
    return (b - root) / usable, (b + root) / usable
