"""Figures against goals: range, single value, percentiles of other areas, last year.

* Range: low is good: below the lower limit green, at or above the upper red, between
  them amber. High is good: below the lower limit red, at or above the upper green.
* Single value: at the goal or on its good side green, else red; with the interval, green
  or red only where the whole interval is on one side.
* Percentiles: a range whose limits are percentiles of all upper-tier areas' values.
* Previous year of the comparator: below it red, else green, whichever end is good. That
  is the published rule; it is wrong for an indicator whose low end is good.

Words: better (green), similar (amber), worse (red).

Source: published rules of the national profiles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hwb_analysis.stats.arrays import Flags, Floats, Words, numbers, refuse, same_shape, words
from hwb_analysis.stats.benchmark import NO_INTERVAL, NO_VALUE, polarity_of
from hwb_analysis.stats.result import Result, figure
from hwb_analysis.vocabulary import Comparison, Polarity

NO_GOAL = "there is no goal"
NO_GOOD_END = "the indicator has no good end"
COLOURS = {"better": "green", "similar": "amber", "worse": "red"}
BETTER, SIMILAR, WORSE = (
    Comparison.BETTER.value,
    Comparison.SIMILAR.value,
    Comparison.WORSE.value,
)


@dataclass(frozen=True, slots=True)
class Goal(Result):
    """Words for figures against a goal, with the reason where there is none."""

    value: Floats
    goal_lower: Floats
    goal_upper: Floats
    word: Words
    reason: Words
    method: str

    @property
    def colour(self) -> Words:
        """The goal's colour in words: green, amber, red, or empty."""
        return words(self.word.shape, *(((self.word == w), c) for w, c in COLOURS.items()))

    def explain(self) -> str:
        """Return one sentence on the first figure."""
        reason, word = str(self.reason.flat[0]), str(self.word.flat[0])
        if reason:
            return f"Not compared with the goal: {reason}."
        low, high = float(self.goal_lower.flat[0]), float(self.goal_upper.flat[0])
        goal = figure(low) if low == high else f"{figure(low)} to {figure(high)}"
        place = {"better": "meets", "similar": "is between the limits of", "worse": "misses"}[word]
        if low == high and word == SIMILAR:
            place = "has an interval that contains"
        return f"{figure(float(self.value.flat[0]))} {place} the goal of {goal} ({self.method})."


def goal_range(value: ArrayLike, lower: ArrayLike, upper: ArrayLike, *, better: str | None) -> Goal:
    """Compare with a goal that has two limits.

    Raises
    ------
    StatisticsError
        When the lower limit of the goal is above the upper.

    Examples
    --------
    >>> goal_range([95.0, 94.9, 89.99], 90, 95, better="high").colour.tolist()
    ['green', 'amber', 'red']
    """
    return _range(value, lower, upper, better, "range")


def _range(
    value: ArrayLike, lower: ArrayLike, upper: ArrayLike, better: str | None, method: str
) -> Goal:
    y, low, high = same_shape(value=value, lower=lower, upper=upper)
    refuse(low > high, "the goal's lower limit is above its upper limit", "swap them")
    polarity = polarity_of(better)
    under, over = (BETTER, WORSE) if polarity is Polarity.LOW else (WORSE, BETTER)
    reason = _reason(y, low + high, polarity)
    word = _words(reason, (y < low, under), (y >= high, over))
    return Goal(y, low, high, word, reason, method)


def _reason(y: Floats, goal: Floats, polarity: Polarity) -> Words:
    none = np.full(y.shape, polarity is Polarity.NONE)
    return words(y.shape, (none, NO_GOOD_END), (np.isnan(goal), NO_GOAL), (np.isnan(y), NO_VALUE))


def _words(reason: Words, *rules: tuple[Flags, str]) -> Words:
    absent = np.asarray(reason != "", dtype=bool)
    rest = np.ones(reason.shape, dtype=bool)
    return words(reason.shape, (absent, Comparison.NOT_COMPARED.value), *rules, (rest, SIMILAR))


def goal_value(value: ArrayLike, goal: ArrayLike, *, better: str | None) -> Goal:
    """Compare with one value: at it or on its good side better, else worse.

    Examples
    --------
    >>> goal_value([95.0, 94.9], 95, better="high").word.tolist()
    ['better', 'worse']
    """
    y, aim = same_shape(value=value, goal=goal)
    polarity = polarity_of(better)
    met = (y <= aim) if polarity is Polarity.LOW else (y >= aim)
    reason = _reason(y, aim, polarity)
    return Goal(y, aim, aim, _words(reason, (met, BETTER), (~met, WORSE)), reason, "single value")


def goal_interval(
    value: ArrayLike, lower: ArrayLike, upper: ArrayLike, goal: ArrayLike, *, better: str | None
) -> Goal:
    """Compare an interval with one value: better or worse only where it lies clear.

    A lower limit at the goal counts as above it.

    Examples
    --------
    >>> goal_interval(12, [9, 10, 8], [11, 14, 9], 10, better="low").word.tolist()
    ['similar', 'worse', 'better']
    """
    y, low, high, aim = same_shape(value=value, lower=lower, upper=upper, goal=goal)
    refuse(low > high, "a lower limit is above its upper limit", "swap them")
    polarity = polarity_of(better)
    above, below = (WORSE, BETTER) if polarity is Polarity.LOW else (BETTER, WORSE)
    reason = words(
        y.shape,
        (np.full(y.shape, polarity is Polarity.NONE), NO_GOOD_END),
        (np.isnan(aim), NO_GOAL),
        (np.isnan(low) | np.isnan(high), NO_INTERVAL),
    )
    word = _words(reason, (low >= aim, above), (high < aim, below))
    return Goal(y, aim, aim, word, reason, "single value against the interval")


def goal_percentiles(
    value: ArrayLike,
    others: ArrayLike,
    lower: float = 50,
    upper: float = 90,
    *,
    better: str | None,
) -> Goal:
    """Compare with two percentiles of the values of all areas of the upper tier.

    Parameters
    ----------
    others
        Values of all upper-tier areas in the same period; missing ones are left out.
    lower, upper
        Percentiles, 0 to 100 (linear interpolation between ordered values).

    Examples
    --------
    >>> goal_percentiles([7, 12, 40], range(1, 21), 50, 90, better="high").word.tolist()
    ['worse', 'similar', 'better']
    """
    known = numbers("others", list(others) if isinstance(others, range) else others)
    known = known[~np.isnan(known)]
    bounds = np.percentile(known, [lower, upper]) if known.size else np.full(2, np.nan)
    name = f"percentiles {lower:g} and {upper:g} of {known.size} areas"
    return _range(value, bounds[0], bounds[1], better, name)


def goal_previous_year(value: ArrayLike, previous: ArrayLike) -> Goal:
    """Compare with the comparator's value of the year before: below it worse, else better.

    The good end plays no part, as published.

    Examples
    --------
    >>> goal_previous_year([1, 2], 2).word.tolist()
    ['worse', 'better']
    """
    y, last = same_shape(value=value, previous=previous)
    reason = words(y.shape, (np.isnan(last), NO_GOAL), (np.isnan(y), NO_VALUE))
    word = _words(reason, (y < last, WORSE), (y >= last, BETTER))
    return Goal(y, last, last, word, reason, "previous year of the comparator")
