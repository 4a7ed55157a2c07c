"""The recent-trend marker as two versions of the national tool compute it.

For comparison with published markers only: both give markers where the published
guidance would not.

* ``"pholio2020"``: proportions and crude rates of single years. Points count back from
  the latest and stop at the first that is not valid (value and count present,
  denominator above zero). Proportions are tested on counts where ``kind`` says so.
* ``"next2025"``: also directly standardised rates; the latest five rows, whatever their
  periods; every series by its limits (method A).

Both refuse a series in which a count equals its denominator, and both read an interval
that is absent or has no width as no significant change: they divide by nothing. The
direction of a proportion is the sign of its logit slope in both; the public copy of 2020
never sets it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import Flags, Floats, numbers
from hwb_analysis.stats.benchmark import polarity_of
from hwb_analysis.stats.national_rule import (
    LIMITS_PER_SE,
    MARKERS,
    POINTS,
    PROPORTIONS,
    WEIGHTED,
    RecentTrend,
    marked,
    proportion_test,
    refused,
    weighted_test,
)
from hwb_analysis.vocabulary import Polarity, TrendMarker

Compat = Literal["next2025", "pholio2020"]
SENTINEL = -1.0
VALUE_TYPES = {
    "pholio2020": ("Proportion", "Crude rate"),
    "next2025": ("Proportion", "Crude rate", "Directly standardised rate"),
}
WRONG_TYPE = "The recent trend cannot be calculated for this value type"
WRONG_RANGE = "The recent trend cannot be calculated for this year range"
NO_POINTS = "No data points found"
FEW_POINTS = "Not enough data points to calculate recent trend"
FEW_VALID = "Not enough data points with valid values to calculate recent trend"
ALL_COUNTED = "The recent trend cannot be calculated"
NAMES = ("value", "lower", "upper", "count", "denominator")


def compat_trend(
    compat: str,
    given: Mapping[str, Any],
    kind: str,
    better: str | None,
    value_type: str,
    year_range: int,
) -> RecentTrend:
    """Return the marker as one version of the national tool would.

    Parameters
    ----------
    compat
        ``"next2025"`` or ``"pholio2020"``.
    given
        Columns ``value``, ``lower``, ``upper``, ``count``, ``denominator``, ``starts``;
        None where there is none.
    kind
        ``"proportion"`` makes it method B in ``"pholio2020"``.
    better, value_type, year_range
        As in :func:`~hwb_analysis.stats.trends.recent_trend`.

    Raises
    ------
    StatisticsError
        When the version is not known.

    Examples
    --------
    >>> given = {"value": [14.8, 14.2, 14.3, 14.5, 14.9], "count": [100] * 5,
    ...          "denominator": [1000] * 5}
    >>> compat_trend("next2025", given, "other", "low", "Proportion", 1).marker.value
    'no significant change'
    """
    if compat not in VALUE_TYPES:
        raise StatisticsError(
            f"compat is 'next2025' or 'pholio2020', got '{compat}'",
            remedy="leave compat out for the published guidance",
        )
    table, size = _columns(given)
    fault = type_fault(compat, value_type, year_range) or points_fault(compat, table)
    if fault:
        return refused(fault, size)
    latest = {name: column[-POINTS:] for name, column in table.items()}
    if (latest["count"] == latest["denominator"]).any():
        return refused(ALL_COUNTED, size)
    return _tested(latest, compat == "pholio2020" and kind == "proportion", better, size)


def _tested(
    latest: dict[str, Floats], by_counts: bool, better: str | None, size: int
) -> RecentTrend:
    if by_counts:
        slope, chi_squared, vote = proportion_test(latest["count"], latest["denominator"])
        method = PROPORTIONS
    else:
        error = (latest["upper"] - latest["lower"]) / LIMITS_PER_SE
        slope, chi_squared, vote = weighted_test(latest["value"], error)
        method = WEIGHTED
    polarity = polarity_of(better)
    return marked(float(slope), float(chi_squared), bool(vote), method, polarity, size)


def _columns(given: Mapping[str, Any]) -> tuple[dict[str, Floats], int]:
    value = given.get("value")
    y = np.atleast_1d(numbers("value", [] if value is None else value))
    table = {}
    for name in NAMES:
        column = given.get(name)
        read = np.full(y.shape, np.nan) if column is None else numbers(name, column)
        table[name] = np.where(read == SENTINEL, np.nan, read)
    starts = given.get("starts")
    if starts is not None:
        order = np.argsort(np.asarray(starts, dtype="datetime64[D]"), kind="stable")
        table = {name: column[order] for name, column in table.items()}
    return table, y.size


def type_fault(compat: str, value_type: str, year_range: int) -> str:
    """Return the message when the kind of figure gets no marker, or nothing.

    Examples
    --------
    >>> type_fault("next2025", "Count", 1)
    'The recent trend cannot be calculated for this value type'
    """
    if value_type and value_type not in VALUE_TYPES[compat]:
        return WRONG_TYPE
    if compat == "pholio2020" and year_range != 1:
        return WRONG_RANGE
    return ""


def points_fault(compat: str, table: Mapping[str, Floats]) -> str:
    """Return the message when too few points are valid, or nothing."""
    size = table["value"].size
    if not size:
        return NO_POINTS
    if size < POINTS:
        return FEW_POINTS
    valid = _valid(table)[-POINTS:]
    # Counting back to the first invalid point leaves five only if the last five are valid.
    return "" if valid.all() else FEW_VALID


def _valid(table: Mapping[str, Floats]) -> Flags:
    known = ~np.isnan(table["value"]) & ~np.isnan(table["count"])
    return np.asarray(known & (table["denominator"] > 0))


def label_of(marker: TrendMarker, better: str | None) -> TrendMarker:
    """Return the marker in the words of an indicator's good end.

    Examples
    --------
    >>> label_of(TrendMarker.INCREASING, "low").value
    'increasing and getting worse'
    """
    if marker not in (TrendMarker.INCREASING, TrendMarker.DECREASING):
        return marker
    return MARKERS[marker is TrendMarker.INCREASING, polarity_of(better)]


def latest_against_previous(
    value: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    starts: NDArray[Any] | ArrayLike | None = None,
) -> TrendMarker:
    """Return whether the latest interval lies clear of the one before (2020 only).

    Overlapping intervals are no test of a change; use :func:`~hwb_analysis.stats.change.change`.

    Examples
    --------
    >>> latest_against_previous([2.0, 1.0], [1.9, 0.9], [2.1, 1.1]).value
    'decreasing'
    """
    table, _ = _columns({"value": value, "lower": lower, "upper": upper, "starts": starts})
    if table["value"].size < 2:
        return TrendMarker.NOT_CALCULATED
    low, high = table["lower"][-2:], table["upper"][-2:]
    if np.isnan([table["value"][-2:], low, high]).any():
        return TrendMarker.NOT_CALCULATED
    if high[1] < low[0]:
        return MARKERS[False, Polarity.NONE]
    return MARKERS[True, Polarity.NONE] if low[1] > high[0] else TrendMarker.NO_CHANGE
