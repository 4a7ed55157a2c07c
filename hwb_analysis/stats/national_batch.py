"""The national recent-trend marker of many series at once, one row a series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import Flags, Floats, Words, refuse, same_shape, words
from hwb_analysis.stats.benchmark import polarity_of
from hwb_analysis.stats.national_rule import (
    ASSUMES,
    CRITICAL,
    LIMITS_PER_SE,
    MARKERS,
    POINTS,
    PROPORTIONS,
    TURNED,
    WEIGHTED,
    proportion_test,
    weighted_test,
)
from hwb_analysis.stats.result import Result
from hwb_analysis.vocabulary import TrendMarker


@dataclass(frozen=True, slots=True)
class RecentTrends(Result):
    """Markers of many series, with the test behind each or the reason of its refusal."""

    value: Floats
    chi_squared: Floats
    p_value: Floats
    marker: Words
    method: str
    reason: Words

    def explain(self) -> str:
        """Return one sentence with the number of series that got each marker."""
        found, number = np.unique(self.marker.astype(str), return_counts=True)
        parts = ", ".join(f"{n} {word}" for word, n in zip(found, number, strict=True))
        return f"National recent-trend markers of {self.marker.size} series: {parts}; {ASSUMES}."


def recent_trends(
    *,
    value: ArrayLike | None = None,
    lower: ArrayLike | None = None,
    upper: ArrayLike | None = None,
    count: ArrayLike | None = None,
    denominator: ArrayLike | None = None,
    better: str | None = None,
) -> RecentTrends:
    """Return the marker of many series whose latest five points stand in rows.

    Parameters
    ----------
    value, lower, upper
        (series, 5): method A.
    count, denominator
        (series, 5): method B, in place of the three above.
    better
        ``"high"``, ``"low"`` or None, for all.

    Raises
    ------
    StatisticsError
        Neither or both sets given, not five points a row, limits in the wrong order, a
        count that is negative or above its denominator.

    Examples
    --------
    >>> found = recent_trends(count=[[90, 89, 88, 87, 86], [600, 500, 400, 300, 200]],
    ...                       denominator=[[1000] * 5] * 2, better="low")
    >>> found.marker.tolist()
    ['no significant change', 'decreasing and getting better']
    """
    if (value is None) == (count is None):
        raise StatisticsError("give values with limits, or counts with denominators")
    if count is not None:
        return _by_counts(_five(count=count, denominator=denominator), better)
    return _by_limits(_five(value=value, lower=lower, upper=upper), better)


def _five(**given: ArrayLike | None) -> list[Floats]:
    read = same_shape(**{name: np.nan if v is None else v for name, v in given.items()})
    if read[0].ndim != 2 or read[0].shape[-1] != POINTS:
        raise StatisticsError(
            f"rows of {POINTS} points were expected, got shape {read[0].shape}",
            remedy="pass the latest five points of each series, oldest first",
        )
    return read


def _by_counts(given: list[Floats], better: str | None) -> RecentTrends:
    x, n = given
    refuse(x < 0, "count is negative", "code missing as NaN, never as -1")
    refuse(x > n, "count is above its denominator", "check which is which")
    reason = words(
        x.shape[:1],
        (np.any(np.isnan(x * n), axis=-1), "one of the latest five values is missing"),
        (np.any(x == n, axis=-1), "a count equals its denominator"),
        (np.any(x == 0, axis=-1), "a count is zero"),
    )
    return _marked(proportion_test(x, n), reason, PROPORTIONS, better)


def _by_limits(given: list[Floats], better: str | None) -> RecentTrends:
    y, low, high = given
    refuse(low > high, "a lower limit is above its upper limit", "swap them")
    reason = words(
        y.shape[:1],
        (np.any(np.isnan(y), axis=-1), "one of the latest five values is missing"),
        (
            np.any(np.isnan(high - low), axis=-1),
            "no interval published for one of the latest five points",
        ),
        (np.any(high == low, axis=-1), "an interval has no width"),
    )
    return _marked(weighted_test(y, (high - low) / LIMITS_PER_SE), reason, WEIGHTED, better)


def _marked(
    test: tuple[Floats, Floats, Flags], reason: Words, method: str, better: str | None
) -> RecentTrends:
    polarity = polarity_of(better)
    slope, chi_squared, vote = (np.where(reason == "", part, np.nan) for part in test)
    clear: Flags = np.asarray((chi_squared > CRITICAL) & (vote == 1))
    marker = words(
        slope.shape,
        (np.asarray(reason != "", dtype=bool), TrendMarker.NOT_CALCULATED.value),
        (clear & (slope >= 0), MARKERS[True, polarity].value),
        (clear, MARKERS[False, polarity].value),
        (~clear, TrendMarker.NO_CHANGE.value),
    )
    why = np.where((chi_squared > CRITICAL) & (vote == 0), TURNED, reason)
    chance = np.asarray(special.chdtrc(1, chi_squared))
    return RecentTrends(slope, chi_squared, chance, marker, method, why)
