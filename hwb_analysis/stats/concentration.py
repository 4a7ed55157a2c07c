"""Concentration indices and curve of groups ordered by deprivation.

Groups run from most deprived to least. With shares p of the population, mean m and W_j the
weight that group j gets, the absolute index is linear in the values:

* absolute: ``A = m - sum(W_j y_j)``, W_j the integral of ``v (1 - r)^(v - 1)`` over the
  group's ranks; at v = 2 this is ``2 sum(p_j r_j y_j) - m``;
* relative: ``C = A / m``;
* Erreygers: ``4 A / (b - a)`` and Wagstaff: ``A (b - a) / ((m - a) (b - m))`` for values
  bounded by a and b.

An index is negative when the values are concentrated among the deprived. Sampling
limits follow from the errors of the groups by the delta rule (exactly, for the absolute
and Erreygers index). The regression error treats the scatter of the groups round a line
as the only error; it is returned beside, with Student's t on J - 2.

Sources: Kakwani, Wagstaff and van Doorslaer 1997; O'Donnell and others 2008; Wagstaff
2005; Erreygers 2009; Pereira 1998 (extended index).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import (
    DEFAULT_LEVELS,
    Floats,
    Words,
    check_levels,
    numbers,
    quiet_divide,
    refuse,
    same_shape,
    words,
    z_value,
)
from hwb_analysis.stats.result import Result, between, figure, percent
from hwb_analysis.stats.ridit import shares_and_ranks, spread_of, weighted_line

KINDS = ("relative", "absolute", "erreygers", "wagstaff")
FEWEST, STANDARD = 3, 2.0
NO_MEAN = "the mean is not above zero"
AT_BOUND = "the mean lies at a bound"
NO_ERROR = "a group has no standard error"


@dataclass(frozen=True, slots=True)
class Concentration(Result):
    """A concentration index of one or many sets of groups.

    Limits have the level first. ``curve`` holds the cumulative share of the values at the
    end of each group, ``people`` that of the population: the concentration curve.
    """

    value: Floats
    se: Floats
    lower: Floats
    upper: Floats
    regression_se: Floats
    regression_lower: Floats
    regression_upper: Floats
    mean: Floats
    people: Floats
    curve: Floats
    levels: tuple[float, ...]
    groups: int
    kind: str
    aversion: float
    method: str
    reason: Words

    def explain(self) -> str:
        """Return one sentence on the first set of groups."""
        value, reason = float(self.value.flat[0]), str(self.reason.flat[0])
        if not np.isfinite(value):
            return f"The concentration index cannot be given: {reason}."
        start = f"The {self.kind} concentration index is {figure(value)}"
        if reason:
            return f"{start}; no interval: {reason}."
        lower, upper = (float(side[0].flat[0]) for side in (self.lower, self.upper))
        return (
            f"{start} ({percent(self.levels[0])} interval {between(lower, upper)}, sampling "
            f"error): {_meaning(lower, upper)}."
        )


def _meaning(lower: float, upper: float) -> str:
    if upper < 0:
        return "the values are concentrated among the deprived"
    if lower > 0:
        return "the values are concentrated among the least deprived"
    return "no concentration is compatible with these figures"


def concentration(
    value: ArrayLike,
    population: ArrayLike,
    *,
    kind: str = "relative",
    bounds: tuple[float, float] | None = None,
    se: ArrayLike | None = None,
    aversion: float = STANDARD,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
) -> Concentration:
    """Return a concentration index of groups, with its sampling limits.

    Parameters
    ----------
    value, population
        Values and people, groups on the last axis, most deprived first.
    kind
        ``"relative"``, ``"absolute"`` (in the unit of the values), ``"erreygers"`` or
        ``"wagstaff"``.
    bounds
        The lowest and highest possible value, required by the last two: (0, 100) for
        percentages. They are never guessed from the data.
    se
        Standard errors of the values; without them there is no sampling interval.
    aversion
        The weight v of the deprived end, above 1; 2 is the standard index.
    levels
        Confidence levels, as fractions.

    Returns
    -------
    Concentration
        A missing value makes its own index missing, with the reason.

    Raises
    ------
    StatisticsError
        Fewer than three groups, a population not above zero, a negative error, bounds
        that are missing or broken, an unknown kind.

    Examples
    --------
    >>> found = concentration([30, 24, 20, 17, 14], [100] * 5, se=[1] * 5, levels=0.95)
    >>> [round(float(v), 4) for v in (found.value, found.lower[0], found.upper[0])]
    [-0.1486, -0.173, -0.1242]
    >>> found.explain().split(": ")[1]
    'the values are concentrated among the deprived.'
    """
    y, n = same_shape(value=value, population=population)
    _checked(y, n, kind, aversion)
    limits = checked_bounds(kind, bounds)
    if limits is not None:
        refuse((y < limits[0]) | (y > limits[1]), "a value lies outside its bounds", "mend bounds")
    error = numbers("se", se) if se is not None else np.full(y.shape, np.nan)
    refuse(error < 0, "a standard error is negative", "check the column")
    share, rank = shares_and_ranks(n)
    weights = share - _weights(share, aversion)
    mean, absolute = (np.asarray((side * y).sum(axis=-1)) for side in (share, weights))
    scale = scale_of(kind, mean, limits)
    index = absolute * scale
    drift = index * drift_of(kind, mean, limits)
    gradient = scale[..., None] * weights + drift[..., None] * share
    spread = np.sqrt(spread_of(gradient, np.broadcast_to(error, y.shape)))
    asked = check_levels(levels)
    # Scatter round a line says nothing of an index with other weights than the line's.
    fitted = scale if aversion == STANDARD else np.full(scale.shape, np.nan)
    regression = _regression(y, rank, share) * fitted
    t = [float(special.stdtrit(y.shape[-1] - 2, 0.5 + level / 2)) for level in asked]
    return Concentration(
        value=index,
        se=spread,
        lower=np.stack([index - z_value(level) * spread for level in asked]),
        upper=np.stack([index + z_value(level) * spread for level in asked]),
        regression_se=regression,
        regression_lower=np.stack([index - q * regression for q in t]),
        regression_upper=np.stack([index + q * regression for q in t]),
        mean=mean,
        people=np.cumsum(share, axis=-1),
        curve=quiet_divide(np.cumsum(share * y, axis=-1), mean[..., None]),
        levels=asked,
        groups=y.shape[-1],
        kind=kind,
        aversion=float(aversion),
        method="groups on population ranks, sampling error by the delta rule",
        reason=_reasons(y, mean, index, spread),
    )


def scale_of(kind: str, mean: Floats, bounds: tuple[float, float] | None) -> Floats:
    """Return the number that turns the absolute index into the one asked for.

    Missing where a relative index has a mean that is not above zero, or Wagstaff's a mean
    at a bound.
    """
    if kind == "absolute":
        return np.ones(mean.shape)
    if kind == "relative":
        return 1 / np.where(mean > 0, mean, np.nan)
    low, high = bounds if bounds is not None else (np.nan, np.nan)
    if kind == "erreygers":
        return np.full(mean.shape, 4 / (high - low))
    below, above = (np.where(side > 0, side, np.nan) for side in (mean - low, high - mean))
    return np.asarray((high - low) / (below * above))


def drift_of(kind: str, mean: Floats, bounds: tuple[float, float] | None) -> Floats:
    """Return the relative change of that number with the mean."""
    if kind == "relative":
        return -1 / np.where(mean > 0, mean, np.nan)
    if kind != "wagstaff" or bounds is None:
        return np.zeros(mean.shape)
    low, high = bounds
    below, above = (np.where(side > 0, side, np.nan) for side in (mean - low, high - mean))
    return np.asarray(1 / above - 1 / below)


def checked_bounds(kind: str, bounds: tuple[float, float] | None) -> tuple[float, float] | None:
    """Return the bounds an index needs, refusing none where it needs them.

    Examples
    --------
    >>> checked_bounds("erreygers", (0, 100))
    (0.0, 100.0)
    """
    if kind not in KINDS:
        raise StatisticsError(
            f"the index '{kind}' is not known", remedy="known: " + ", ".join(KINDS)
        )
    if kind in ("relative", "absolute"):
        return None
    if bounds is None:
        raise StatisticsError(
            f"the {kind} index needs bounds=(lowest, highest possible value)",
            remedy="(0, 100) for percentages; the range of the data is not the range possible",
        )
    low, high = (float(side) for side in numbers("bounds", bounds))
    if not low < high:
        raise StatisticsError(f"the bounds must rise, got {bounds}")
    return low, high


def _checked(y: Floats, n: Floats, kind: str, aversion: float) -> None:
    if y.ndim == 0 or y.shape[-1] < FEWEST:
        raise StatisticsError(
            f"a concentration index needs at least {FEWEST} groups",
            remedy="for two groups use a gap: difference or ratio",
        )
    refuse(n <= 0, "the population of a group is not above zero", "join it to its neighbour")
    if not aversion > 1:
        raise StatisticsError(f"the aversion lies above 1, got {aversion}", remedy="2 is standard")
    if aversion != STANDARD and kind in ("erreygers", "wagstaff"):
        raise StatisticsError(f"the {kind} index is defined at aversion 2 only, got {aversion}")


def _weights(share: Floats, aversion: float) -> Floats:
    """Return the integral of v (1 - r)^(v - 1) over the ranks of each group."""
    up_to = np.cumsum(share, axis=-1)
    before = up_to - share
    return np.asarray(
        np.maximum(1 - before, 0.0) ** aversion - np.maximum(1 - up_to, 0.0) ** aversion
    )


def _regression(y: Floats, rank: Floats, share: Floats) -> Floats:
    """Return the error of the absolute index when scatter round the line is all there is.

    The index is ``2 var(rank)`` times the slope of the values on the ranks.
    """
    line = weighted_line(y, rank, share)
    centre = (share * rank).sum(axis=-1, keepdims=True)
    spread = (share * (rank - centre) ** 2).sum(axis=-1)
    scatter = (share * (y - line.fitted()) ** 2).sum(axis=-1) / (y.shape[-1] - 2)
    return np.asarray(2 * np.sqrt(spread * scatter))


def _reasons(y: Floats, mean: Floats, index: Floats, spread: Floats) -> Words:
    return words(
        index.shape,
        (np.asarray(np.isnan(y).any(axis=-1)), "a group has no value"),
        (np.isnan(index) & ~(mean > 0), NO_MEAN),
        (np.isnan(index), AT_BOUND),
        (np.isnan(spread), NO_ERROR),
    )
