"""Quantities that readers of other software's output look for.

None of them decides anything here: Mann-Kendall answers Spearman's question with exact p
values, no check of independence has power on short series, a share explained is no measure
of a trend, and breaks are searched on observed times.

* Fisher's exact test of two proportions: the chance, all margins held, of every table as
  unlikely as the one seen or more so.
* Spearman's rho: correlation of ranks, ties sharing the middle; ``t = rho sqrt((n - 2) /
  (1 - rho^2))`` on n - 2, and ``S = (n^3 - n)(1 - rho) / 6``.
* Durbin and Watson: ``sum((e_i - e_{i-1})^2) / sum(e_i^2)`` of residuals in order of time.
* Share explained: ``1 - sum(e^2) / sum((y - mean)^2)``.
* Akaike: ``2 k - 2 ln L`` of a Poisson model with k coefficients.

Sources: Fisher 1935; Spearman 1904; Durbin and Watson 1950; Akaike 1974.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import Floats, numbers, refuse, same_shape
from hwb_analysis.stats.gap_result import read_counts

# Tables as likely as the one seen count although the last digits differ.
ALIKE = 1 + 1e-7
SEARCH_STEP = 0.001


class RankCorrelation(NamedTuple):
    """Spearman's rho, the sum of squared rank differences it stands for, and p."""

    rho: float
    squares: float
    p_value: float


class FreeBreak(NamedTuple):
    """Where a bent line breaks when the break may lie between two times."""

    at: float
    squares: float


def fisher_exact(
    count_1: ArrayLike, denominator_1: ArrayLike, count_2: ArrayLike, denominator_2: ArrayLike
) -> Floats:
    """Return the two-sided p value of Fisher's exact test, elementwise.

    Parameters
    ----------
    count_1, denominator_1, count_2, denominator_2
        Whole counts of two sets of people that do not overlap. A missing count or a
        denominator of zero gives a missing p value.

    Raises
    ------
    StatisticsError
        A count is negative, above its denominator or not whole.

    Examples
    --------
    >>> float(fisher_exact(3, 4, 1, 4).round(4))
    0.4857
    """
    x1, n1, x2, n2 = read_counts(count_1, denominator_1, count_2, denominator_2)
    for side in (x1, n1, x2, n2):
        refuse(side % 1 > 0, "a count is not whole", "exact tests need whole counts")
    out = np.full(x1.shape, np.nan)
    usable = ~np.isnan(x1 + n1 + x2 + n2) & (n1 > 0) & (n2 > 0)
    for place in np.ndindex(x1.shape):
        if usable[place]:
            out[place] = _fisher(*(int(side[place]) for side in (x1, n1, x2, n2)))
    return out


def _fisher(x1: int, n1: int, x2: int, n2: int) -> float:
    events = x1 + x2
    possible = np.arange(max(0, events - n2), min(n1, events) + 1)
    chance = stats.hypergeom.pmf(possible, n1 + n2, events, n1)
    seen = chance[x1 - possible[0]]
    return float(min(1.0, chance[chance <= seen * ALIKE].sum()))


def spearman(x: ArrayLike, y: ArrayLike) -> RankCorrelation:
    """Return Spearman's rank correlation of two series without missing values.

    Raises
    ------
    StatisticsError
        Fewer than three points, a missing value, a series that is all equal.

    Examples
    --------
    >>> found = spearman([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])
    >>> round(found.rho, 3), round(found.squares, 3), round(found.p_value, 3)
    (0.8, 4.0, 0.104)
    """
    one, two = same_shape(x=x, y=y)
    if one.ndim != 1 or one.size < 3:
        raise StatisticsError(f"two series of three points or more were expected, got {one.shape}")
    refuse(np.isnan(one) | np.isnan(two), "a value is missing", "leave the point out of both")
    ranks = [stats.rankdata(side) for side in (one, two)]
    if any(np.ptp(side) == 0 for side in ranks):
        raise StatisticsError("all values of a series are equal", remedy="it has no order")
    rho = float(np.corrcoef(*ranks)[0, 1])
    size = one.size
    t = np.inf if abs(rho) >= 1 else abs(rho) * np.sqrt((size - 2) / (1 - rho**2))
    p = 2 * float(special.stdtr(size - 2, -t))
    return RankCorrelation(rho, (size**3 - size) * (1 - rho) / 6, p)


def durbin_watson(residual: ArrayLike) -> float:
    """Return Durbin and Watson's statistic of residuals in order of time; 2 is no pattern.

    Examples
    --------
    >>> round(durbin_watson([1, -1, 1, -1]), 2)
    3.0
    """
    e = numbers("residual", residual)
    return float((np.diff(e) ** 2).sum() / (e**2).sum())


def share_explained(value: ArrayLike, fitted: ArrayLike) -> float:
    """Return the share of the squares about the mean that a line takes away (R squared).

    Examples
    --------
    >>> share_explained([1, 2, 3], [1, 2, 3])
    1.0
    """
    y, line = same_shape(value=value, fitted=fitted)
    return float(1 - ((y - line) ** 2).sum() / ((y - y.mean()) ** 2).sum())


def poisson_aic(count: ArrayLike, fitted: ArrayLike, coefficients: int) -> float:
    """Return Akaike's criterion of a Poisson model with so many coefficients.

    Examples
    --------
    >>> round(poisson_aic([3, 4, 5], [4, 4, 4], 1), 3)
    12.244
    """
    x, mu = same_shape(count=count, fitted=fitted)
    log_likelihood = float((special.xlogy(x, mu) - mu - special.gammaln(x + 1)).sum())
    return 2 * coefficients - 2 * log_likelihood


def free_break(value: ArrayLike, time: ArrayLike, step: float = SEARCH_STEP) -> FreeBreak:
    """Return the break of a bent line with least squares, searched between the times too.

    Formula: ``y = a + b t + c max(0, t - at)``, ``at`` on a grid of ``step`` from the second
    to the last but one time.

    Raises
    ------
    StatisticsError
        Fewer than five points, a missing value, a step not above zero.

    Examples
    --------
    >>> found = free_break([0, 1, 2, 3, 3.5, 3.5, 3.5], range(7), step=0.01)
    >>> round(found.at, 2), round(found.squares, 6)
    (3.5, 0.0)
    """
    y, t = same_shape(value=value, time=time)
    if y.ndim != 1 or y.size < 5 or not step > 0:
        raise StatisticsError(
            f"five points and a step above zero are needed, got {y.shape}, {step}"
        )
    refuse(np.isnan(y) | np.isnan(t), "a value is missing", "leave the point out")
    ends = np.sort(t)[[1, -2]]
    places = np.arange(ends[0], ends[1] + step / 2, step)
    squares = _bent(y, t, places)
    best = int(squares.argmin())
    return FreeBreak(float(places[best]), float(squares[best]))


def _bent(y: Floats, t: Floats, places: Floats) -> Floats:
    """Return the squares left by the bent line at each place."""
    flat = np.column_stack([np.ones_like(t), t])
    project = np.eye(t.size) - flat @ np.linalg.pinv(flat)
    # What the straight line leaves of the values and of each bend; the bend takes its part.
    left = project @ y
    bends = np.maximum(t[:, None] - places, 0.0)
    rest = project @ bends
    return np.asarray(np.maximum(left @ left - (left @ rest) ** 2 / (rest**2).sum(axis=0), 0.0))
