"""Does a gap between two groups change over time: relative and absolute, both told.

Counts of the more and the less deprived group, year by year.

* Relative: ``log E(x) = log n + a + b t + g + c t g`` with g = 1 for the more deprived;
  ``exp(c)`` is the yearly change of the rate ratio. Dispersion over 2T - 4, floored at
  one; Student's t on 2T - 4, or the normal with the counts' variance if more cautious.
* Absolute: the difference of the two rates on t, weighted by ``1/(v1 + v2)`` with
  ``v = x / n^2``; normal with the counts' variance, and Student's t with the variance
  that the years show, the wider of the two by default.

The two scales may disagree: a ratio can rise while the difference falls. Both are given.
The p values assume that years are independent.

Sources: Mackenbach and others 2016 on both scales; McCullagh and Nelder 1989.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import (
    DEFAULT_LEVELS,
    Floats,
    check_levels,
    refuse,
    same_shape,
    z_value,
)
from hwb_analysis.stats.count_trend import times_of
from hwb_analysis.stats.irls import fit, likelihood_ratio
from hwb_analysis.stats.line_trend import line_trend
from hwb_analysis.stats.result import Result, between, figure, percent
from hwb_analysis.stats.trend_result import ASSUMES, FEWEST, student_quantile, student_tail

# A factor a year is close to one: its interval needs a digit more.
FACTOR_DIGITS = 4


@dataclass(frozen=True, slots=True)
class GapTrend(Result):
    """The yearly change of a rate ratio and of a rate difference, with both tests.

    ``value`` is the yearly factor of the rate ratio; ``difference_slope`` the yearly
    change of the difference per ``multiplier``.
    """

    value: float
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    levels: tuple[float, ...]
    interaction: float
    se: float
    p_value: float
    p_likelihood: float
    dispersion: float
    difference_slope: float
    difference_lower: tuple[float, ...]
    difference_upper: tuple[float, ...]
    difference_se_counts: float
    difference_se_years: float
    difference_p: float
    multiplier: float
    points: int
    method: str = "interaction in quasi-Poisson; weighted line of the differences"
    reason: str = ""

    def explain(self) -> str:
        """Return one sentence on both scales; they may disagree."""
        if self.reason:
            return f"No verdict on the gap: {self.reason}."
        ratio = self._word(self.p_value, self.value > 1)
        gap = self._word(self.difference_p, self.difference_slope > 0)
        name = percent(self.levels[0])
        odd = " The two scales disagree." if self._disagree(ratio, gap) else ""
        return (
            f"Over {self.points} years the rate ratio shows {ratio} (factor "
            f"{figure(self.value, FACTOR_DIGITS)} a year, {name} interval "
            f"{between(self.lower[0], self.upper[0], FACTOR_DIGITS)}) and the difference {gap} "
            f"({figure(self.difference_slope)} a year, {name} interval "
            f"{between(self.difference_lower[0], self.difference_upper[0])}); {ASSUMES}.{odd}"
        )

    def _word(self, p: float, upwards: bool) -> str:
        if p >= 1 - self.levels[0]:
            return "no clear change"
        return "an increase" if upwards else "a decrease"

    @staticmethod
    def _disagree(one: str, other: str) -> bool:
        return {one, other} == {"an increase", "a decrease"}


def gap_trend(
    count_most: ArrayLike,
    people_most: ArrayLike,
    count_least: ArrayLike,
    people_least: ArrayLike,
    time: ArrayLike | None = None,
    *,
    multiplier: float = 100_000.0,
    dispersion_floor: bool = True,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
) -> GapTrend:
    """Test whether the gap between two groups changed over years that do not overlap.

    Parameters
    ----------
    count_most, people_most, count_least, people_least
        Events and people of the more and the less deprived group, one entry a year. The
        groups must not share people.
    time
        Years; 0, 1, ... by default.
    multiplier
        100,000 for differences per 100,000.
    dispersion_floor
        False lets the dispersion factor fall below one, for comparison.

    Raises
    ------
    StatisticsError
        Counts that are negative or missing, people not above zero, repeated times.

    Examples
    --------
    >>> found = gap_trend([200, 190, 185, 180, 170], [10_000] * 5,
    ...                   [100, 100, 99, 101, 100], [10_000] * 5)
    >>> round(found.value, 4), round(found.p_value, 3)
    (0.9619, 0.322)
    """
    x1, n1, x2, n2 = same_shape(
        count_most=count_most,
        people_most=people_most,
        count_least=count_least,
        people_least=people_least,
    )
    if x1.ndim != 1:
        raise StatisticsError("one pair of series was expected", remedy="one pair at a time")
    for x, n in ((x1, n1), (x2, n2)):
        refuse(~(x >= 0), "a count is negative or missing", "leave the year out of both groups")
        refuse(~(n > 0), "people are not above zero", "leave the year out of both groups")
    t = times_of(time, x1.shape)
    asked = check_levels(levels)
    relative = _relative(x1, n1, x2, n2, t, dispersion_floor, asked)
    absolute = _absolute(x1, n1, x2, n2, t, multiplier, asked)
    reason = relative.pop("fault") or _reason(x1, x2)
    return GapTrend(
        **relative,
        **absolute,
        levels=asked,
        multiplier=multiplier,
        points=x1.size,
        reason=reason,
    )


def _reason(x1: Floats, x2: Floats) -> str:
    if x1.size < FEWEST:
        return f"fewer than {FEWEST} points"
    return "a count of zero in a year" if ((x1 == 0) & (x2 == 0)).any() else ""


def _relative(
    x1: Floats,
    n1: Floats,
    x2: Floats,
    n2: Floats,
    t: Floats,
    floor: bool,
    levels: tuple[float, ...],
) -> dict[str, Any]:
    size = t.size
    group = np.r_[np.ones(size), np.zeros(size)]
    years = np.r_[t, t] - t.mean()
    design = np.stack([np.ones(2 * size), years, group, years * group], axis=-1)
    x, n = np.r_[x1, x2][None], np.r_[n1, n2][None]
    large = fit(x, n, design, "poisson")
    small = fit(x, n, design[:, :3], "poisson")
    freedom = large.freedom
    dispersion = large.pearson / np.maximum(freedom, 1)
    slope = float(large.coefficients[0, 3])
    by_counts = float(np.sqrt(large.covariance[0, 3, 3]))
    error = by_counts * float(np.sqrt(dispersion[0]))
    least = by_counts if floor else 0.0
    halves = [_half(error, least, level, freedom) for level in levels]
    p = _larger_p(slope, error, least, freedom)
    return {
        "value": float(np.exp(slope)),
        "lower": tuple(float(np.exp(slope - half)) for half in halves),
        "upper": tuple(float(np.exp(slope + half)) for half in halves),
        "interaction": slope,
        "se": max(error, least),
        "p_value": p,
        "p_likelihood": float(likelihood_ratio(small, large)[0]),
        "dispersion": float(dispersion[0]),
        "fault": "" if large.converged[0] else "the model could not be fitted",
    }


def _absolute(
    x1: Floats,
    n1: Floats,
    x2: Floats,
    n2: Floats,
    t: Floats,
    multiplier: float,
    levels: tuple[float, ...],
) -> dict[str, Any]:
    apart = (x1 / n1 - x2 / n2) * multiplier
    # A year with no event at all has no variance by this formula; half an event stands in.
    variance = (np.maximum(x1, 0.5) / n1**2 + np.maximum(x2, 0.5) / n2**2) * multiplier**2
    found = line_trend(apart, t, weights=1 / variance, levels=levels, fewest=3)
    slope = float(found.value[0])
    years = float(found.se[0])
    by_counts = years / float(np.sqrt(found.dispersion[0])) if years else float("nan")
    by_counts = by_counts if np.isfinite(by_counts) else float(_spread(variance, t))
    halves = [_half(years, by_counts, level, found.freedom) for level in levels]
    return {
        "difference_slope": slope,
        "difference_lower": tuple(slope - half for half in halves),
        "difference_upper": tuple(slope + half for half in halves),
        "difference_se_counts": by_counts,
        "difference_se_years": years,
        "difference_p": _larger_p(slope, years, by_counts, found.freedom),
    }


def _half(found: float, least: float, level: float, freedom: Floats) -> float:
    """Return the wider half interval: by t with the error found, normal with the least."""
    return max(float(student_quantile(level, freedom)[0]) * found, z_value(level) * least)


def _larger_p(slope: float, found: float, least: float, freedom: Floats) -> float:
    """Return the more cautious p value of the two."""
    if slope == 0:
        return 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        sizes = np.abs(np.float64(slope)) / np.array([found, least])
    p = float(2 * student_tail(sizes[:1], freedom)[0])
    normal = float(2 * student_tail(sizes[1:], np.full(1, np.inf))[0])
    return max(p, normal)


def _spread(variance: Floats, t: Floats) -> float:
    weights = 1 / variance
    middle = (weights * t).sum() / weights.sum()
    return float(1 / np.sqrt((weights * (t - middle) ** 2).sum()))
