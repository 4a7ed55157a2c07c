"""The result of a gap between two areas or groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hwb_analysis.stats.arrays import Floats, Words, quiet_divide, refuse, same_shape, words
from hwb_analysis.stats.intervals import MEND_COUNT
from hwb_analysis.stats.result import Result, between, figure, percent

Pair = tuple[Floats, Floats]
Counts = tuple[Floats, Floats, Floats, Floats]
ZERO_SECOND = "the second count is zero: the ratio has no upper limit"
BOTH_ZERO = "both counts are zero"
ABSENT = ("a count or denominator is missing", "a denominator is zero")


@dataclass(frozen=True, slots=True)
class Gap(Result):
    """First minus second, or first over second, with limits and reasons.

    ``lower[i]`` and ``upper[i]`` belong to ``levels[i]``. A value without limits has
    its reason; a missing value too.
    """

    kind: str
    first: Floats
    second: Floats
    value: Floats
    lower: Floats
    upper: Floats
    levels: tuple[float, ...]
    method: str
    reason: Words

    def explain(self) -> str:
        """Return one sentence on the first gap; a side is named only when tested."""
        if not self.value.size:
            return f"There is no {self.kind}."
        value, reason = float(self.value.flat[0]), str(self.reason.flat[0])
        if not np.isfinite(value):
            return f"The {self.kind} cannot be given: {reason}{self._at_least()}."
        parts = f"{figure(float(self.first.flat[0]))} against {figure(float(self.second.flat[0]))}"
        if reason:
            return f"The {self.kind} is {figure(value)} ({parts}); no interval: {reason}."
        lower, upper = float(self.lower[0].flat[0]), float(self.upper[0].flat[0])
        neutral = 1.0 if self.kind == "ratio" else 0.0
        clear = lower > neutral or upper < neutral
        return (
            f"The {self.kind} is {figure(value)} ({percent(self.levels[0])} interval "
            f"{between(lower, upper)}; {parts}), which is "
            f"{'more than' if clear else 'within what'} chance alone would explain."
        )

    def _at_least(self) -> str:
        lower = float(self.lower[0].flat[0])
        if not np.isposinf(self.upper[0].flat[0]) or not lower > 0:
            return ""
        return f" ({percent(self.levels[0])} interval {figure(lower)} upwards)"


def read_counts(*given: ArrayLike, shares: bool = True) -> Counts:
    """Read two counts with their denominators; of shares no count is above its own."""
    x1, n1, x2, n2 = same_shape(
        count_1=given[0], denominator_1=given[1], count_2=given[2], denominator_2=given[3]
    )
    for name, x, n in (("first", x1, n1), ("second", x2, n2)):
        refuse(x < 0, f"the {name} count is negative", MEND_COUNT)
        refuse(n < 0, f"the {name} denominator is negative", "a denominator is zero or more")
        above = (x > n) & (n > 0)
        refuse(above & shares, f"the {name} count is above its denominator", "check which is which")
    return x1, n1, x2, n2


def count_reason(x1: Floats, n1: Floats, x2: Floats, n2: Floats) -> Words:
    """Return why a gap of counts is missing, empty where it is not."""
    absent = np.isnan(x1) | np.isnan(n1) | np.isnan(x2) | np.isnan(n2)
    return words(
        x1.shape,
        (absent, ABSENT[0]),
        ((n1 == 0) | (n2 == 0), ABSENT[1]),
    )


def ratio_reason(x1: Floats, n1: Floats, x2: Floats, n2: Floats) -> Words:
    """Return why a ratio of counts is missing: also where the second count is zero."""
    return words(
        x1.shape,
        *((np.asarray(count_reason(x1, n1, x2, n2) == text), text) for text in ABSENT),
        ((x1 == 0) & (x2 == 0), BOTH_ZERO),
        (x2 == 0, ZERO_SECOND),
    )


def difference_of(
    counts: Counts,
    limits: Callable[[float], Pair],
    levels: tuple[float, ...],
    method: str,
    multiplier: float,
) -> Gap:
    """Return the difference of two shares or rates, with the limits of each level."""
    x1, n1, x2, n2 = counts
    first, second = quiet_divide(x1, n1), quiet_divide(x2, n2)
    lower, upper = stack([limits(level) for level in levels], multiplier)
    a, b, gap = (side * multiplier for side in (first, second, first - second))
    return Gap("difference", a, b, gap, lower, upper, levels, method, count_reason(*counts))


def ratio_of(
    counts: Counts,
    limits: Callable[[float], Pair],
    levels: tuple[float, ...],
    method: str,
    *,
    needs_events: bool,
) -> Gap:
    """Return the ratio of two shares or rates; some methods have no limits at zero events."""
    x1, n1, x2, n2 = counts
    first, second = quiet_divide(x1, n1), quiet_divide(x2, n2)
    lower, upper = stack([limits(level) for level in levels])
    reason = ratio_reason(*counts)
    if needs_events:
        reason = np.where((reason == "") & (x1 == 0), "a count is zero", reason)
    value = quiet_divide(first, second)
    return Gap("ratio", first, second, value, lower, upper, levels, method, reason)


def stack(limits: Sequence[Pair], scale: float = 1.0) -> Pair:
    """Return lower and upper limits with the level as their first axis."""
    return (
        np.stack([pair[0] for pair in limits]) * scale,
        np.stack([pair[1] for pair in limits]) * scale,
    )
