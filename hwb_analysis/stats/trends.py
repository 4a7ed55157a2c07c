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

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import Flags, Floats, numbers, refuse
from hwb_analysis.stats.benchmark import polarity_of
from hwb_analysis.stats.national_compat import Compat, compat_trend
from hwb_analysis.stats.national_rule import (
    CRITICAL,
    LIMITS_PER_SE,
    POINTS,
    PROPORTIONS,
    WEIGHTED,
    RecentTrend,
    cochran_armitage,
    marked,
    proportion_test,
    refused,
    weighted_test,
)
from hwb_analysis.vocabulary import Polarity

__all__ = ["CRITICAL", "POINTS", "RecentTrend", "cochran_armitage", "period_fault", "recent_trend"]

SHORTEST_PERIOD = 360
YEAR_STEP = (350, 380)
Kind = Literal["proportion", "other"]
Days = NDArray[np.datetime64]


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
    compat: Compat | None = None,
    value_type: str = "",
    year_range: int = 1,
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
    compat
        ``"next2025"`` or ``"pholio2020"`` repeats what those versions of the national
        tool do, see :mod:`~hwb_analysis.stats.national_compat`; ``value_type`` (such as
        ``"Crude rate"``) and ``year_range`` (years pooled in a point) are theirs.

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
    if compat is not None:
        given = {"value": value, "lower": lower, "upper": upper}
        given |= {"count": count, "denominator": denominator, "starts": starts}
        return compat_trend(compat, given, kind, better, value_type, year_range)
    table = _read(value, lower, upper, count, denominator)
    polarity = polarity_of(better)
    size = table["value"].size
    if size < POINTS:
        return refused(f"fewer than five points ({size})", size)
    order, fault = _latest(starts, ends, size)
    latest = {name: column[order] for name, column in table.items()}
    use_counts = (
        kind == "proportion" and not np.isnan(latest["count"] + latest["denominator"]).any()
    )
    fault = fault or _fault(latest, use_counts)
    if fault:
        return refused(fault, size)
    if use_counts:
        return _judged(
            proportion_test(latest["count"], latest["denominator"]), PROPORTIONS, polarity, size
        )
    error = (latest["upper"] - latest["lower"]) / LIMITS_PER_SE
    return _judged(weighted_test(latest["value"], error), WEIGHTED, polarity, size)


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


def _judged(
    test: tuple[Floats, Floats, Flags], method: str, polarity: Polarity, size: int
) -> RecentTrend:
    slope, chi_squared, vote = test
    return marked(float(slope), float(chi_squared), bool(vote), method, polarity, size)
