"""Trend without a model: the Mann-Kendall test and the slope of Theil and Sen.

``S = sum over i < j of sign(y_j - y_i)``. To 60 points p is exact, ties included; beyond,
normal with ``var S = (n (n-1) (2n+5) - sum g (g-1) (2g+5)) / 18`` over tie groups g and
a continuity correction of one. The slope is the median of the slopes of all pairs, with
limits by the ranks ``(N -/+ z sd(S)) / 2`` among the N pairs.

The test assumes that the points are independent: it is refused for periods that
overlap, and so are its corrections for autocorrelation, none of which holds its size on
short series. Fewer than five points cannot give a p value below 0.05 and get no verdict.

Sources: Mann 1945; Kendall 1975; Sen 1968; Gilbert 1987.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import DEFAULT_LEVELS, Floats, check_levels, numbers, z_value
from hwb_analysis.stats.kendall_exact import LARGEST_EXACT, exact_p, smallest_p
from hwb_analysis.stats.result import Result, between, figure, percent

FEWEST = 5
ASSUMES = "assumes that years are independent"
Method = Literal["auto", "exact", "normal"]


@dataclass(frozen=True, slots=True)
class MannKendall(Result):
    """Kendall's S with its p value, and the Theil-Sen slope with limits by level.

    ``value`` is the slope in the value's unit per unit of time. ``intercept`` is
    ``median(y) - slope median(t)``; ``intercept_joint`` is ``median(y - slope t)``.
    ``reason`` is set when no verdict may be read off.
    """

    value: float
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    levels: tuple[float, ...]
    intercept: float
    intercept_joint: float
    score: int
    score_variance: float
    tau_a: float
    tau_b: float
    z: float
    p_value: float
    smallest_p: float
    points: int
    method: str
    reason: str = ""

    def explain(self) -> str:
        """Return one sentence; a direction is named only when the test has one."""
        if self.reason:
            return f"No verdict on a trend: {self.reason}."
        clear = self.p_value < 1 - self.levels[0]
        word = ("an increase" if self.score > 0 else "a decrease") if clear else "no clear trend"
        return (
            f"Mann-Kendall finds {word} over {self.points} points (S {self.score}, p "
            f"{figure(self.p_value)}, {self.method}); the median slope is {figure(self.value)} "
            f"({percent(self.levels[0])} interval {between(self.lower[0], self.upper[0])}); "
            f"{ASSUMES}."
        )


def mann_kendall(
    value: ArrayLike,
    time: ArrayLike | None = None,
    *,
    method: Method = "auto",
    continuity: bool = True,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
) -> MannKendall:
    """Test one series for a monotone trend, and estimate its slope.

    Parameters
    ----------
    value
        One value a point. Missing values are left out with their times.
    time
        When each point stands, in the unit the slope is wanted in; 0, 1, ... by
        default. The points are put in order of time.
    method
        ``"exact"`` (to 60 points), ``"normal"`` (with ties and continuity), or
        ``"auto"``: exact where it is offered.
    continuity
        False leaves the correction out of the normal method, for comparison.
    levels
        Confidence levels of the slope.

    Raises
    ------
    StatisticsError
        Lengths that differ, a repeated or missing time, an unknown method, or the exact
        method beyond 60 points.

    Examples
    --------
    >>> found = mann_kendall([10.1, 10.9, 11.2, 12.5, 13.0])
    >>> found.score, round(found.p_value, 4), round(found.value, 4)
    (10, 0.0167, 0.7625)
    >>> mann_kendall([3.0, 2.0, 1.0, 0.5]).explain()
    'No verdict on a trend: 4 points, of which the smallest attainable p is 0.0833.'
    """
    y, t = ordered_points(value, time)
    asked = check_levels(levels)
    score, groups = kendall_score(y)
    variance = _score_variance(y.size, groups)
    z = _z(score, variance, continuity)
    p, used = _p_value(method, y.size, score, groups, z)
    slope, lower, upper = _theil_sen(y, t, math.sqrt(variance), asked)
    pairs, untied = _pairs(y.size), _pairs(y.size) - sum(_pairs(g) for g in groups)
    least = smallest_p(y.size) if y.size <= LARGEST_EXACT else 0.0
    return MannKendall(
        value=slope,
        lower=lower,
        upper=upper,
        levels=asked,
        intercept=float(np.median(y) - slope * np.median(t)) if y.size else math.nan,
        intercept_joint=float(np.median(y - slope * t)) if y.size else math.nan,
        score=score,
        score_variance=variance,
        tau_a=score / pairs if pairs else math.nan,
        tau_b=score / math.sqrt(pairs * untied) if untied else math.nan,
        z=z,
        p_value=p,
        smallest_p=least,
        points=y.size,
        method=used,
        reason=_reason(y.size, least, untied),
    )


def ordered_points(value: ArrayLike, time: ArrayLike | None) -> tuple[Floats, Floats]:
    """Return values and times in order of time, without the missing values.

    Raises
    ------
    StatisticsError
        Lengths that differ, or a time that is missing or repeated.
    """
    y = np.atleast_1d(numbers("value", value))
    t = np.arange(float(y.size)) if time is None else np.atleast_1d(numbers("time", time))
    if y.shape != t.shape or y.ndim != 1:
        raise StatisticsError(
            f"one value a time was expected, got shapes {y.shape} and {t.shape}",
            remedy="pass one series at a time, NaN where a value is missing",
        )
    if np.isnan(t).any() or np.unique(t).size < t.size:
        raise StatisticsError(
            "a time is missing or repeated", remedy="one row a period; keep one vintage"
        )
    order = np.argsort(t)
    kept = order[~np.isnan(y[order])]
    return y[kept], t[kept]


def kendall_score(y: Floats) -> tuple[int, tuple[int, ...]]:
    """Return Kendall's S of values in order, and the sizes of their tie groups.

    Examples
    --------
    >>> kendall_score(np.array([1.0, 3.0, 2.0, 2.0]))
    (1, (1, 2, 1))
    """
    signs = np.sign(y[None, :] - y[:, None])
    _, sizes = np.unique(y, return_counts=True)
    return int(np.triu(signs, 1).sum()), tuple(int(size) for size in sizes)


def _pairs(points: int) -> int:
    return points * (points - 1) // 2


def _score_variance(points: int, groups: tuple[int, ...]) -> float:
    def part(n: int) -> int:
        return n * (n - 1) * (2 * n + 5)

    return (part(points) - sum(part(g) for g in groups)) / 18


def _z(score: int, variance: float, continuity: bool) -> float:
    if not score or not variance:
        return 0.0
    return (score - (math.copysign(1, score) if continuity else 0)) / math.sqrt(variance)


def _p_value(
    method: str, points: int, score: int, groups: tuple[int, ...], z: float
) -> tuple[float, str]:
    if method not in ("auto", "exact", "normal"):
        raise StatisticsError(f"method is 'auto', 'exact' or 'normal', got '{method}'")
    if method == "exact" and points > LARGEST_EXACT:
        raise StatisticsError(
            f"the exact distribution is offered to {LARGEST_EXACT} points, got {points}",
            remedy="use method='auto'",
        )
    if method == "normal" or points > LARGEST_EXACT:
        return float(min(1.0, 2 * special.ndtr(-abs(z)))), "normal with ties"
    return exact_p(score, groups), "exact with ties"


def _theil_sen(
    y: Floats, t: Floats, deviation: float, levels: tuple[float, ...]
) -> tuple[float, tuple[float, ...], tuple[float, ...]]:
    first, second = np.triu_indices(y.size, 1)
    slopes = np.sort((y[second] - y[first]) / (t[second] - t[first]))
    if not slopes.size:
        missing = (math.nan,) * len(levels)
        return math.nan, missing, missing
    lower, upper = [], []
    for level in levels:
        reach = z_value(level) * deviation
        high = min(round((slopes.size + reach) / 2), slopes.size - 1)
        low = max(round((slopes.size - reach) / 2) - 1, 0)
        lower.append(float(slopes[low]))
        upper.append(float(slopes[high]))
    return float(np.median(slopes)), tuple(lower), tuple(upper)


def _reason(points: int, least: float, untied: int) -> str:
    if points < FEWEST:
        what = f"{points} points, of which the smallest attainable p is {figure(least)}"
        return what if points > 1 else f"{points} point"
    return "" if untied else "all values are equal"
