"""A county from its districts: counts summed, with a coverage rule, an interval and a note.

Only counts over denominators can be summed: a proportion, a crude rate, an indirectly
standardised ratio. A mean of district values is never the county's value. A figure the
publisher prints for the county always wins over a sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import DEFAULT_LEVELS, Floats, check_levels, refuse, same_shape
from hwb_analysis.stats.intervals import proportion, rate
from hwb_analysis.stats.result import Result, between, figure, percent

FEWEST_PARTS = 2


@dataclass(frozen=True, slots=True)
class Combined(Result):
    """One figure summed from parts; missing with its reason where the rule refuses it."""

    value: float
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    levels: tuple[float, ...]
    count: float
    denominator: float
    parts: int
    parts_expected: int
    coverage: float
    method: str
    reason: str

    def explain(self) -> str:
        """Return the note that must stand beside the figure."""
        if self.reason:
            return f"No figure was summed from the parts: {self.reason}."
        missing = self.parts_expected - self.parts
        left = f", {missing} without a figure left out" if missing else ""
        return (
            f"{figure(self.value)} ({percent(self.levels[0])} interval "
            f"{between(self.lower[0], self.upper[0])}), summed from {self.parts} parts{left}; "
            f"not published as such."
        )


def combine_parts(
    count: ArrayLike,
    denominator: ArrayLike,
    *,
    kind: Literal["proportion", "rate"],
    population: ArrayLike | None = None,
    least_coverage: float = 1.0,
    fewest: int = FEWEST_PARTS,
    multiplier: float = 100.0,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
) -> Combined:
    """Sum counts over denominators of the parts of an area.

    Formula: ``sum of counts / sum of denominators x multiplier`` over the parts that have
    both; limits by Wilson (proportion) or Byar and exact (rate).

    Parameters
    ----------
    count, denominator
        One entry a part; missing where the part has no figure.
    kind
        ``"proportion"`` or ``"rate"``.
    population
        People of each part, for the coverage; equal parts by default.
    least_coverage
        The share of the population whose parts must have a figure; 1 by default.
    fewest
        The number of parts that must have a figure.

    Raises
    ------
    StatisticsError
        A negative count, more events than people in a proportion, a missing population, a
        coverage outside 0 to 1.

    Examples
    --------
    >>> combine_parts([10, 20, 30], [100, 200, 200], kind="proportion", levels=0.95).explain()
    '12.0 (95% interval 9.44 to 15.1), summed from 3 parts; not published as such.'
    >>> combine_parts([10, None], [100, 200], kind="proportion").explain()
    'No figure was summed from the parts: fewer than two parts have a figure.'
    """
    if kind not in ("proportion", "rate"):
        raise StatisticsError(f"kind is 'proportion' or 'rate', got '{kind}'")
    if not 0 <= least_coverage <= 1:
        raise StatisticsError(f"least_coverage lies between 0 and 1, got {least_coverage}")
    x, n = (np.atleast_1d(side) for side in same_shape(count=count, denominator=denominator))
    people = np.ones_like(x) if population is None else same_shape(p=population, x=x)[0]
    refuse(np.isnan(people), "a population is missing", "give the population of every part")
    known = ~np.isnan(x) & (n > 0)
    coverage = float(people[known].sum() / people.sum()) if people.sum() else 0.0
    reason = _reason(int(known.sum()), fewest, coverage, least_coverage)
    return _summed(x[known], n[known], kind, coverage, x.size, multiplier, levels, reason)


def _reason(parts: int, fewest: int, coverage: float, least: float) -> str:
    if parts < fewest:
        return f"fewer than {'two' if fewest == FEWEST_PARTS else fewest} parts have a figure"
    if coverage < least:
        return f"the parts with a figure cover {100 * coverage:.0f}%, less than {100 * least:g}%"
    return ""


def _summed(
    x: Floats,
    n: Floats,
    kind: str,
    coverage: float,
    expected: int,
    multiplier: float,
    levels: float | Sequence[float],
    reason: str,
) -> Combined:
    asked = check_levels(levels)
    if reason:
        none = (float("nan"),) * len(asked)
        nan = float("nan")
        return Combined(nan, none, none, asked, nan, nan, x.size, expected, coverage, "", reason)
    make = proportion if kind == "proportion" else rate
    found = make(x.sum(), n.sum(), multiplier, asked)
    return Combined(
        value=float(found.value),
        lower=tuple(float(side) for side in found.lower),
        upper=tuple(float(side) for side in found.upper),
        levels=asked,
        count=float(x.sum()),
        denominator=float(n.sum()),
        parts=x.size,
        parts_expected=expected,
        coverage=coverage,
        method="sum of counts over sum of denominators",
        reason="",
    )


def combine_counts(count: ArrayLike) -> float:
    """Return the sum of counts, missing when there is none; one part is enough.

    Examples
    --------
    >>> combine_counts([12, None]), combine_counts([])
    (12.0, nan)
    """
    x = np.atleast_1d(same_shape(count=count)[0])
    refuse(x < 0, "count is negative", "code missing as NaN, never as -1")
    known = x[~np.isnan(x)]
    return float(known.sum()) if known.size else float("nan")
