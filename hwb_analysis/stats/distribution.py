"""Where an area stands among others: quantile categories, box statistics, spine chart.

Bounds of k categories are percentiles at position ``(n - 1) q + 1`` with linear
interpolation. An area goes to the first category whose upper bound is at or above its
value, so that equal values always share one. ``compat="ntile"`` numbers equal parts of
the ordered list instead, where equal values may be split by their order in the input.

Box statistics are given only from four values, and only when at least 75 per cent of
the areas have one.

Source: published rules of the national profiles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import Floats, numbers, same_shape
from hwb_analysis.stats.benchmark import polarity_of
from hwb_analysis.stats.result import Result, between, figure
from hwb_analysis.vocabulary import Polarity

NO_CATEGORY = 0
DIGITS = 10
FEWEST_VALUES = 4
LEAST_COVERAGE = 0.75
PERCENTILES = (5, 25, 50, 75, 95)
LABELS = {
    5: ("lowest quintile", "2nd lowest", "middle", "2nd highest", "highest quintile"),
    4: ("lowest quartile", "2nd lowest", "2nd highest", "highest quartile"),
}


def quantile_bounds(values: ArrayLike, k: int = 5) -> Floats:
    """Return the k + 1 bounds of k categories, rounded to ten decimals.

    Raises
    ------
    StatisticsError
        Fewer than two categories, or fewer values than categories.

    Examples
    --------
    >>> quantile_bounds(np.arange(1, 51), 5).tolist()
    [1.0, 10.8, 20.6, 30.4, 40.2, 50.0]
    """
    known = _known(values)
    if k < 2 or known.size < k:
        raise StatisticsError(
            f"at least {max(k, 2)} values are needed for {k} categories, got {known.size}",
            remedy="use fewer categories",
        )
    return np.round(np.quantile(known, np.linspace(0, 1, k + 1)), DIGITS)


def _known(values: ArrayLike) -> Floats:
    read = np.atleast_1d(numbers("values", values))
    return read[~np.isnan(read)]


def quantile_categories(
    value: ArrayLike,
    values: ArrayLike,
    k: int = 5,
    *,
    better: str | None = None,
    compat: Literal["ntile"] | None = None,
) -> NDArray[np.int64]:
    """Return the category of each value among all values: 1 to k, 0 for none.

    Category 1 holds the lowest values; with ``better="high"`` the highest, so that 1 is
    then the best. With fewer values than categories there is none.

    Parameters
    ----------
    value
        The values to place; all of ``values`` for ``compat="ntile"``.
    values
        Values of all areas of the set.

    Examples
    --------
    >>> quantile_categories([1, 2, 8, 10], [1, 2, 2, 2, 2, 2, 2, 8, 9, 10]).tolist()
    [1, 1, 4, 5]
    >>> quantile_categories([1, 7], range(1, 11), better="high").tolist()
    [5, 2]
    """
    everyone = numbers("values", list(values) if isinstance(values, range) else values)
    y = np.atleast_1d(numbers("value", value))
    if _known(everyone).size < k:
        return np.zeros(y.shape, dtype=np.int64)
    if compat == "ntile":
        found = _ntile(y, k)
    else:
        upper = quantile_bounds(everyone, k)[1:]
        found = np.minimum(np.searchsorted(upper, np.round(y, DIGITS), side="left") + 1, k)
    if polarity_of(better) is Polarity.HIGH:
        found = k + 1 - found
    return np.where(np.isnan(y), NO_CATEGORY, found).astype(np.int64)


def _ntile(y: Floats, k: int) -> NDArray[np.int64]:
    size = int((~np.isnan(y)).sum())
    small, larger = divmod(size, k)
    sizes = [small + 1] * larger + [small] * (k - larger)
    parts = np.repeat(np.arange(1, k + 1), sizes)
    out = np.zeros(y.shape, dtype=np.int64)
    out[np.argsort(y, kind="stable")[:size]] = parts
    return out


def category_label(category: int, k: int = 5) -> str:
    """Return the name of a category that counts upwards from the lowest values.

    Examples
    --------
    >>> category_label(2), category_label(0)
    ('2nd lowest', 'not compared')
    """
    if category == NO_CATEGORY:
        return "not compared"
    if k in LABELS:
        return LABELS[k][category - 1]
    return f"{category} of {k}, counted from the lowest"


@dataclass(frozen=True, slots=True)
class Box(Result):
    """The spread of a set of areas; percentiles are missing where ``reason`` is set."""

    value: float
    minimum: float
    p5: float
    p25: float
    p75: float
    p95: float
    maximum: float
    areas: int
    with_value: int
    reason: str
    method: str = "percentiles with linear interpolation"

    def explain(self) -> str:
        """Return one sentence on the spread."""
        if self.reason:
            return f"The spread is not given: {self.reason}."
        return (
            f"Half of the {self.with_value} areas lie at {between(self.p25, self.p75)}, the "
            f"median is {figure(self.value)}, the range {between(self.minimum, self.maximum)}."
        )


def box_statistics(
    values: ArrayLike, areas: int | None = None, *, least_coverage: float = LEAST_COVERAGE
) -> Box:
    """Return minimum, percentiles 5, 25, 50, 75, 95 and maximum of a set of areas.

    Parameters
    ----------
    values
        One value an area; missing ones count as areas without a value.
    areas
        How many areas there are, when those without a value are not in ``values``.
    least_coverage
        The share of areas that must have a value.

    Examples
    --------
    >>> box_statistics([4, 5, 6, 6]).value
    5.5
    >>> box_statistics([4, 5, 6]).explain()
    'The spread is not given: fewer than four areas have a value.'
    """
    read = np.atleast_1d(numbers("values", values))
    known = read[~np.isnan(read)]
    total = max(areas or 0, read.size)
    reason = ""
    if known.size < FEWEST_VALUES:
        reason = "fewer than four areas have a value"
    elif known.size < least_coverage * total:
        reason = f"only {known.size} of {total} areas have a value"
    ends = (known.min(), known.max()) if known.size else (np.nan, np.nan)
    points = np.full(5, np.nan) if reason else np.percentile(known, PERCENTILES)
    p5, p25, median, p75, p95 = (float(point) for point in points)
    low, high = (float(end) for end in ends)
    return Box(median, low, p5, p25, p75, p95, high, total, known.size, reason)


def ntile_quartiles(values: ArrayLike) -> Floats:
    """Return minimum, the highest value within each of four equal parts, as a variant does.

    For comparison with the newest national tool only: these are no percentiles.

    Examples
    --------
    >>> ntile_quartiles([1, 2, 3, 4, 5]).tolist()
    [1.0, 2.0, 3.0, 4.0, 5.0]
    """
    known = np.sort(_known(values))
    if known.size < FEWEST_VALUES:
        return np.full(5, np.nan)
    parts = _ntile(known, 4)
    return np.array([known[0], *(known[parts == part].max() for part in (1, 2, 3, 4))])


def spine_positions(
    comparator: ArrayLike,
    minimum: ArrayLike,
    p25: ArrayLike,
    p75: ArrayLike,
    maximum: ArrayLike,
    *,
    better: str | None,
) -> Floats:
    """Return where minimum, quartiles and maximum stand on a spine with the comparator at 0.

    Formula: ``(x - comparator) / max(|comparator - minimum|, |maximum - comparator|)``, so
    that the longer side has length 1. With ``better="low"`` the sides are turned: the
    worst end always stands at the left.

    Returns
    -------
    Floats
        Worst (or lowest), quartile beside it, the other quartile, best (or highest) on
        the last axis. Missing where all values are the comparator's.

    Examples
    --------
    >>> spine_positions(50, 20, 30, 70, 80, better="low").round(3).tolist()
    [-1.0, -0.667, 0.667, 1.0]
    """
    base, *points = same_shape(
        comparator=comparator, minimum=minimum, p25=p25, p75=p75, maximum=maximum
    )
    apart = np.stack([point - base for point in points], axis=-1)
    longest = np.maximum(np.abs(apart[..., 0]), np.abs(apart[..., -1]))[..., None]
    placed = apart / np.where(longest > 0, longest, np.nan)
    return -placed[..., ::-1] if polarity_of(better) is Polarity.LOW else placed
