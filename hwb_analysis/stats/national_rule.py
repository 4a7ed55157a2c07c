"""The arithmetic of the national recent-trend marker, for one series or many at once.

Five points stand at positions 1 to 5 on the last axis, series before it. Each test
returns a slope, a chi-squared on one degree of freedom, and whether the slope keeps its
sign in the full fit and in the five fits that leave one point out. A slope of exactly
zero counts as positive, as in the national tool.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hwb_analysis.stats.arrays import Flags, Floats, numbers
from hwb_analysis.stats.result import Result, figure
from hwb_analysis.vocabulary import Polarity, TrendMarker

POINTS = 5
CRITICAL = float(special.chdtri(1, 0.002))
LIMITS_PER_SE = 3.92
WEIGHTED = "A: weighted slope"
PROPORTIONS = "B: Cochran-Armitage on counts"
ASSUMES = "assumes that years are independent"
TURNED = "leaving one point out turns the slope"
# The full fit, then the five that leave one point out; positions stay.
_KEPT = np.vstack([np.ones(POINTS), 1.0 - np.eye(POINTS)])

MARKERS = {
    (True, Polarity.HIGH): TrendMarker.INCREASING_BETTER,
    (True, Polarity.LOW): TrendMarker.INCREASING_WORSE,
    (True, Polarity.NONE): TrendMarker.INCREASING,
    (False, Polarity.HIGH): TrendMarker.DECREASING_WORSE,
    (False, Polarity.LOW): TrendMarker.DECREASING_BETTER,
    (False, Polarity.NONE): TrendMarker.DECREASING,
}


@dataclass(frozen=True, slots=True)
class RecentTrend(Result):
    """The marker of one series, with the test behind it or the reason it is refused."""

    marker: TrendMarker
    value: float
    chi_squared: float
    p_value: float
    method: str
    reason: str
    points: int

    def explain(self) -> str:
        """Return one sentence; it names the national marker as such."""
        if self.marker is TrendMarker.NOT_CALCULATED:
            return f"The national recent-trend marker cannot be calculated: {self.reason}."
        why = f" ({self.reason})" if self.reason else ""
        return (
            f"The national recent-trend marker is '{self.marker.value}'{why}: the latest five "
            f"points, chi-squared {figure(self.chi_squared)}, method {self.method}; {ASSUMES}."
        )


def slopes(y: Floats, weights: Floats, t: Floats) -> tuple[Floats, Floats]:
    """Return weighted slopes and the weighted spread of the positions.

    Formula: with c the weighted mean of t, ``sum w (t - c) y / sum w (t - c)^2``.
    """
    centre = (weights * t).sum(-1, keepdims=True) / weights.sum(-1, keepdims=True)
    apart = t - centre
    spread = (weights * apart**2).sum(-1)
    return (weights * apart * y).sum(-1) / spread, spread


def one_sign(y: Floats, weights: Floats, t: Floats) -> Flags:
    """Say of each series whether all six slopes have one sign, zero being positive."""
    found, _ = slopes(y[..., None, :], weights[..., None, :] * _KEPT, t)
    return np.asarray((found < 0).all(-1) | (found >= 0).all(-1))


def weighted_test(y: Floats, se: Floats, t: Floats | None = None) -> tuple[Floats, Floats, Flags]:
    """Return slope, chi-squared and vote of method A: weights ``1/se^2``.

    Examples
    --------
    >>> slope, chi_squared, vote = weighted_test(np.arange(5.0), np.ones(5))
    >>> float(slope), round(float(chi_squared), 6), bool(vote)
    (1.0, 10.0, True)
    """
    when = np.arange(1.0, POINTS + 1) if t is None else t
    with np.errstate(divide="ignore", invalid="ignore"):
        weights = se**-2.0
        slope, spread = slopes(y, weights, when)
        return slope, slope**2 * spread, one_sign(y, weights, when)


def proportion_test(x: Floats, n: Floats, t: Floats | None = None) -> tuple[Floats, Floats, Flags]:
    """Return slope of the log odds, chi-squared and vote of method B.

    Examples
    --------
    >>> _, chi_squared, _ = proportion_test(np.array([10.0, 20, 30, 40, 50]), np.full(5, 100.0))
    >>> round(float(chi_squared), 4)
    47.619
    """
    when = np.arange(1.0, POINTS + 1) if t is None else t
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.log(x / (n - x))
        even = np.ones_like(odds)
        slope, _ = slopes(odds, even, when)
        return slope, trend_chi_squared(x, n, when), one_sign(odds, even, when)


def trend_chi_squared(x: Floats, n: Floats, t: Floats) -> Floats:
    """Return the Cochran-Armitage chi-squared of each series of proportions."""
    share = x.sum(-1) / n.sum(-1)
    apart = t - (n * t).sum(-1, keepdims=True) / n.sum(-1, keepdims=True)
    top = (x * apart).sum(-1) ** 2
    return np.asarray(top / (share * (1 - share) * (n * apart**2).sum(-1)))


def cochran_armitage(
    count: ArrayLike, denominator: ArrayLike, scores: ArrayLike | None = None
) -> float:
    """Return the chi-squared (one degree of freedom) of a trend in proportions.

    Formula: with R and N the totals, t = 1, 2, ... (or the scores) centred on its mean
    over N, ``chi2 = (sum x (t - m))^2 / (R/N (1 - R/N) sum n (t - m)^2)``.

    Examples
    --------
    >>> round(cochran_armitage([10, 20, 30], [100, 100, 100]), 4)
    12.5
    """
    x, n = numbers("count", count), numbers("denominator", denominator)
    t = np.arange(1.0, x.size + 1) if scores is None else numbers("scores", scores)
    return float(trend_chi_squared(x, n, t))


def marked(
    slope: float, chi_squared: float, vote: bool, method: str, polarity: Polarity, size: int
) -> RecentTrend:
    """Return the marker of one series from its test."""
    significant = chi_squared > CRITICAL
    marker, reason = TrendMarker.NO_CHANGE, ""
    if significant and vote:
        marker = MARKERS[slope >= 0, polarity]
    elif significant:
        reason = TURNED
    chance = float(special.chdtrc(1, chi_squared))
    return RecentTrend(marker, slope, chi_squared, chance, method, reason, size)


def refused(reason: str, size: int) -> RecentTrend:
    """Return the result that gives no marker and says why."""
    nan = float("nan")
    return RecentTrend(TrendMarker.NOT_CALCULATED, nan, nan, nan, "", reason, size)
