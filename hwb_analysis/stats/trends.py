"""The national recent-trend marker: five points, 99.8 per cent, a vote of signs.

The five most recent points stand at positions 1 to 5. A straight line is tested
against no slope with a chi-squared on one degree of freedom at 9.5495 (two-sided
p = 0.002), and the slope must keep its sign in the full fit and in all five fits that
leave one point out.

* Method A (values with limits): slope weighted by 1/se^2, ``se = (upper - lower) / 3.92``;
  chi-squared is the squared slope over its variance.
* Method B (proportions with counts): the Cochran-Armitage trend test; the vote is taken
  over unweighted slopes of the log odds, and the direction is the sign of that slope.

A slope of exactly zero counts as positive in the vote, as in the national tool.
Eligibility follows the published guidance: consecutive periods that do not overlap, one
year or longer, five points, nothing missing. The p value assumes that years are
independent. The marker makes no direction word for a strategy measure by itself.

Source: published technical guidance of the national profiles on trend markers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import Floats, numbers, refuse
from hwb_analysis.stats.benchmark import polarity_of
from hwb_analysis.stats.result import Result, figure
from hwb_analysis.vocabulary import Polarity, TrendMarker

POINTS = 5
CRITICAL = float(special.chdtri(1, 0.002))
LIMITS_PER_SE = 3.92
SHORTEST_PERIOD = 360
YEAR_STEP = (350, 380)
WEIGHTED = "A: weighted slope"
PROPORTIONS = "B: Cochran-Armitage on counts"
ASSUMES = "assumes that years are independent"
Kind = Literal["proportion", "other"]
Days = NDArray[np.datetime64]

_MARKERS = {
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


def recent_trend(
    value: ArrayLike,
    *,
    lower: ArrayLike | None = None,
    upper: ArrayLike | None = None,
    count: ArrayLike | None = None,
    denominator: ArrayLike | None = None,
    starts: Any = None,
    ends: Any = None,
    kind: Kind = "other",
    better: str | None = None,
) -> RecentTrend:
    """Return the national recent-trend marker of one series.

    Parameters
    ----------
    value
        Values of one series in any order if periods are given, else oldest first.
    lower, upper
        95 per cent limits; needed by method A.
    count, denominator
        Counts; with ``kind="proportion"`` they make it method B.
    starts, ends
        First and last day of each period (dates). With them overlap, gaps and short
        periods are refused; without them the points are taken to be consecutive years.
    kind
        ``"proportion"`` when value is count over denominator, else ``"other"``.
    better
        ``"high"``, ``"low"`` or None; it only chooses the words.

    Returns
    -------
    RecentTrend
        A marker; "cannot be calculated" always has a reason. ``value`` is the slope per
        period: in the value's unit (A) or in log odds (B).

    Raises
    ------
    StatisticsError
        When the arrays differ in length, a count is negative or above its denominator,
        or limits are in the wrong order.

    Examples
    --------
    >>> recent_trend(
    ...     [90, 89, 88, 87, 86], count=[900, 890, 880, 870, 860], denominator=[1000] * 5,
    ...     kind="proportion", better="high",
    ... ).marker.value
    'no significant change'
    """
    table = _read(value, lower, upper, count, denominator)
    polarity = polarity_of(better)
    size = table["value"].size
    if size < POINTS:
        return _refused(f"fewer than five points ({size})", size)
    order, fault = _latest(starts, ends, size)
    latest = {name: column[order] for name, column in table.items()}
    use_counts = (
        kind == "proportion" and not np.isnan(latest["count"] + latest["denominator"]).any()
    )
    fault = fault or _fault(latest, use_counts)
    if fault:
        return _refused(fault, size)
    if use_counts:
        return _marked(*_proportion_test(latest), PROPORTIONS, polarity, size)
    error = (latest["upper"] - latest["lower"]) / LIMITS_PER_SE
    return _marked(*_weighted_test(latest["value"], error), WEIGHTED, polarity, size)


def _read(value: ArrayLike, *others: ArrayLike | None) -> dict[str, Floats]:
    y = np.atleast_1d(numbers("value", value))
    names = ("lower", "upper", "count", "denominator")
    table = {"value": y}
    for name, given in zip(names, others, strict=True):
        column = np.full(y.shape, np.nan) if given is None else numbers(name, given)
        if column.shape != y.shape:
            raise StatisticsError(
                f"{name} must have as many points as value ({y.size}), got {column.size}",
                remedy="pass one figure a point; NaN where it is missing",
            )
        table[name] = column
    refuse(table["lower"] > table["upper"], "a lower limit is above its upper limit", "swap them")
    refuse(table["count"] < 0, "count is negative", "code missing as NaN, never as -1")
    return table


def _latest(starts: Any, ends: Any, size: int) -> tuple[NDArray[np.intp], str]:
    """Return the places of the latest five points, and what is wrong with their periods."""
    if starts is None or ends is None:
        return np.arange(size)[-POINTS:], ""
    first, last = (np.asarray(side, dtype="datetime64[D]") for side in (starts, ends))
    order = np.argsort(first, kind="stable")[-POINTS:]
    return order, period_fault(first[order], last[order])


def period_fault(starts: Days, ends: Days) -> str:
    """Say why consecutive years cannot be read off these periods, or return nothing.

    Examples
    --------
    >>> days = np.array(["2019-01-01", "2020-01-01", "2022-01-01"], dtype="datetime64[D]")
    >>> period_fault(days, days + np.timedelta64(364, "D"))
    'a period is missing between the points'
    """
    length = (ends - starts).astype(int) + 1
    step = np.diff(starts).astype(int)
    gap = (starts[1:] - ends[:-1]).astype(int) - 1
    if (gap < 0).any():
        return "the periods overlap"
    if (length == 1).all():
        yearly = (step >= YEAR_STEP[0]) & (step <= YEAR_STEP[1])
        return "" if yearly.all() else "the days are not one year apart"
    if (length < SHORTEST_PERIOD).any():
        return "the periods are shorter than a year"
    if (gap > 0).any():
        return "a period is missing between the points"
    return ""


def _fault(latest: dict[str, Floats], use_counts: bool) -> str:
    count, denominator = latest["count"], latest["denominator"]
    if np.isnan(latest["value"]).any():
        return "one of the latest five values is missing"
    if (count == denominator).any():
        return "a count equals its denominator"
    if use_counts:
        refuse(count > denominator, "count is above its denominator", "check which is which")
        return "a count is zero" if (count == 0).any() else ""
    width = latest["upper"] - latest["lower"]
    if np.isnan(width).any():
        return "no interval published for one of the latest five points"
    return "an interval has no width" if (width == 0).any() else ""


def _weighted_slope(y: Floats, weights: Floats, t: Floats) -> tuple[float, float]:
    """Return the weighted slope and its variance, the weights being 1/se^2."""
    centre = float((weights * t).sum() / weights.sum())
    spread = float((weights * (t - centre) ** 2).sum())
    return float((weights * (t - centre) * y).sum()) / spread, 1 / spread


def _weighted_test(y: Floats, error: Floats) -> tuple[float, float, bool]:
    weights, t = error**-2.0, np.arange(1.0, POINTS + 1)
    slope, variance = _weighted_slope(y, weights, t)
    return slope, slope * slope / variance, _one_sign(y, weights, t)


def _one_sign(y: Floats, weights: Floats, t: Floats) -> bool:
    kept = [np.arange(POINTS), *(np.delete(np.arange(POINTS), left) for left in range(POINTS))]
    negative = [_weighted_slope(y[k], weights[k], t[k])[0] < 0 for k in kept]
    return all(negative) or not any(negative)


def _proportion_test(latest: dict[str, Floats]) -> tuple[float, float, bool]:
    x, n, t = latest["count"], latest["denominator"], np.arange(1.0, POINTS + 1)
    odds = np.log(x / (n - x))
    even = np.ones(POINTS)
    return _weighted_slope(odds, even, t)[0], cochran_armitage(x, n), _one_sign(odds, even, t)


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
    share = x.sum() / n.sum()
    centred = t - (n * t).sum() / n.sum()
    top = float((x * centred).sum()) ** 2
    return top / float(share * (1 - share) * (n * centred**2).sum())


def _marked(
    slope: float, chi_squared: float, one_sign: bool, method: str, polarity: Polarity, size: int
) -> RecentTrend:
    significant = chi_squared > CRITICAL
    marker, reason = TrendMarker.NO_CHANGE, ""
    if significant and one_sign:
        marker = _MARKERS[slope >= 0, polarity]
    elif significant:
        reason = "leaving one point out turns the slope"
    chance = float(special.chdtrc(1, chi_squared))
    return RecentTrend(marker, slope, chi_squared, chance, method, reason, size)


def _refused(reason: str, size: int) -> RecentTrend:
    nan = float("nan")
    return RecentTrend(TrendMarker.NOT_CALCULATED, nan, nan, nan, "", reason, size)
