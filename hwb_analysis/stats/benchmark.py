"""Comparison of an area with a comparator, by the national convention.

The comparator's value is read against the area's interval. Limits that contain the
value, ends included, make the two similar; otherwise the area is better or worse
when the indicator has a good end, higher or lower when it has none. England contains
each of its areas; the convention takes no account of that, and neither do we.

Source: published rules of the national profiles ("confidence interval overlapping
reference value"), one level at a time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import Floats, Words, refuse, same_shape, words
from hwb_analysis.stats.result import Result, between, figure
from hwb_analysis.vocabulary import Comparison, Polarity

NO_VALUE = "the area has no value"
NO_COMPARATOR = "the comparator has no value"
NO_INTERVAL = "no interval published"

_LABELS = {
    Polarity.HIGH: (Comparison.BETTER.value, Comparison.WORSE.value),
    Polarity.LOW: (Comparison.WORSE.value, Comparison.BETTER.value),
    Polarity.NONE: (Comparison.HIGHER.value, Comparison.LOWER.value),
}


@dataclass(frozen=True, slots=True)
class Benchmark(Result):
    """Words for one or many areas against their comparators, with the reasons."""

    value: Floats
    comparator: Floats
    lower: Floats
    upper: Floats
    word: Words
    reason: Words
    better: str
    level: float
    method: str = "comparator's value against the area's interval"

    def explain(self) -> str:
        """Return one sentence on the first area."""
        word, reason = str(self.word.flat[0]), str(self.reason.flat[0])
        if reason:
            return f"Not compared: {reason}."
        limits = between(float(self.lower.flat[0]), float(self.upper.flat[0]))
        return (
            f"The area's {figure(float(self.value.flat[0]))} ({self.level * 100:g}% interval "
            f"{limits}) is {word} {'to' if word == 'similar' else 'than'} the comparator's "
            f"{figure(float(self.comparator.flat[0]))}."
        )


def polarity_of(better: str | None) -> Polarity:
    """Read which end is the good one: "high", "low", or None for neither.

    Raises
    ------
    StatisticsError
        When it is another word.

    Examples
    --------
    >>> polarity_of(None).value
    'none'
    """
    try:
        return Polarity(better if better is not None else Polarity.NONE)
    except ValueError as error:
        raise StatisticsError(
            f"better is 'high', 'low' or None, got '{better}'",
            remedy="say which end of the indicator is the good one; None if neither is",
        ) from error


def compare_with(
    value: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    comparator: ArrayLike,
    *,
    better: str | None,
    level: float = 0.95,
) -> Benchmark:
    """Compare values that have limits with a comparator's value.

    Parameters
    ----------
    value, lower, upper
        The area's value and limits, of one shape, in one unit.
    comparator
        The comparator's value (England's, a parent's, a goal's).
    better
        ``"high"`` or ``"low"`` for better and worse; None for higher and lower.
    level
        The level of the limits; it is recorded, not computed with.

    Returns
    -------
    Benchmark
        A word and, where it is "not compared", a reason for each area.

    Raises
    ------
    StatisticsError
        When a lower limit is above its upper limit, or ``better`` is unknown.

    Examples
    --------
    >>> compare_with(91.8, 91.0, 92.5, 84.5, better="high").explain()
    "The area's 91.8 (95% interval 91.0 to 92.5) is better than the comparator's 84.5."
    >>> compare_with([3.0, 3.0], [2.7, None], [3.2, None], 3.2, better=None).word.tolist()
    ['similar', 'not compared']
    """
    y, low, high, base = same_shape(value=value, lower=lower, upper=upper, comparator=comparator)
    refuse(low > high, "a lower limit is above its upper limit", "check the order of the limits")
    above, below = _LABELS[polarity_of(better)]
    reason = words(
        y.shape,
        (np.isnan(y), NO_VALUE),
        (np.isnan(base), NO_COMPARATOR),
        (np.isnan(low) | np.isnan(high), NO_INTERVAL),
    )
    word = words(
        y.shape,
        (reason != "", Comparison.NOT_COMPARED.value),
        (low > base, above),
        (high < base, below),
        (np.ones(y.shape, dtype=bool), Comparison.SIMILAR.value),
    )
    return Benchmark(y, base, low, high, word, reason, polarity_of(better).value, level)
