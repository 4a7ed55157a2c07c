"""Gaps within a set of areas: all pairs, each area against the rest, ends of a ranking.

* All pairs: MOVER on the limits of each area. The p value of a pair is that of the
  interval: ``2 Phi(-z |d| / w)`` with w the distance from the gap to its limit on the
  side of no gap, so it is below 0.05 exactly when the 95 per cent interval excludes no
  gap. P values are adjusted over the pairs of one figure.
* Against the rest: an area is never set against a whole that contains it, but against
  the whole without it.
* Ends: the most and the least deprived third of the population. The area on the border
  counts by the share of its people inside.

Sources: Zou and Donner 2008; Benjamini and Hochberg 1995.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats import gap_rates, gaps
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
from hwb_analysis.stats.gap_mover import Limited, mover_difference, proportion_limits, rate_limits
from hwb_analysis.stats.gap_result import Gap, Pair, stack
from hwb_analysis.stats.gap_values import difference_from_errors
from hwb_analysis.stats.multiplicity import NAMES, Method, adjust
from hwb_analysis.stats.result import Result
from hwb_analysis.stats.ridit import spread_of

Places = NDArray[np.int64]
MISSING_AREA = "an area of the pair has no value"
NO_INTERVAL = "an area of the pair has no interval"
NOT_POSITIVE = "a value or limit is not above zero"
# Smaller chances have no meaning, and underflow.
SMALLEST_P = 1e-40

REST: dict[tuple[str, str], Callable[..., Gap]] = {
    ("proportion", "difference"): gaps.difference,
    ("rate", "difference"): gap_rates.rate_difference,
    ("proportion", "ratio"): gaps.ratio,
    ("rate", "ratio"): gap_rates.rate_ratio,
}


@dataclass(frozen=True, slots=True)
class Pairs(Result):
    """All pairs of a set of areas; the last axis numbers the pairs.

    ``first`` and ``second`` are the places of the two areas. ``adjusted_p`` is adjusted
    over the pairs of one figure, ``adjustment`` names how.
    """

    kind: str
    first: Places
    second: Places
    value: Floats
    lower: Floats
    upper: Floats
    p_value: Floats
    adjusted_p: Floats
    level: float
    method: str
    adjustment: str
    reason: Words

    def explain(self) -> str:
        """Return how many pairs differ by more than chance, before and after adjusting."""
        tested = int((~np.isnan(self.p_value)).sum())
        plain, kept = (int((p < 1 - self.level).sum()) for p in (self.p_value, self.adjusted_p))
        return (
            f"Of {tested:,} pairs with intervals, {plain:,} differ by more than chance taken "
            f"one at a time, {kept:,} after {self.adjustment} over the pairs of a figure."
        )


def all_pairs(
    value: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    *,
    kind: str = "difference",
    level: float = 0.95,
    adjustment: Method = "bh",
) -> Pairs:
    """Return the gap of every pair of areas from values that carry limits.

    Parameters
    ----------
    value, lower, upper
        Values with limits of one level, areas on the last axis, figures before it.
    kind
        ``"difference"``, or ``"ratio"`` (MOVER on logarithms; values above zero).
    level
        The level of the limits given; the result has the same.
    adjustment
        ``"bh"``, ``"by"``, ``"holm"`` or ``"bonferroni"`` over the pairs of a figure.

    Returns
    -------
    Pairs
        ``n (n - 1) / 2`` pairs on the last axis, first minus (or over) second.

    Raises
    ------
    StatisticsError
        Fewer than two areas, a value outside its limits, an unknown kind or adjustment.

    Examples
    --------
    >>> found = all_pairs([12, 8, 9], [10, 7, 7], [15, 9, 12])
    >>> found.value.tolist(), found.p_value.round(3).tolist()
    ([4.0, 3.0, -1.0], [0.0, 0.103, 0.381])
    """
    v, low, high = same_shape(value=value, lower=lower, upper=upper)
    refuse((low > v) | (high < v), "a value lies outside its limits", "check units and order")
    if kind not in ("difference", "ratio"):
        raise StatisticsError(f"kind is 'difference' or 'ratio', got '{kind}'")
    one, two = _places(v)
    positive = (v > 0) & (low > 0)
    if kind == "ratio":
        v, low, high = (np.log(np.where(positive, side, np.nan)) for side in (v, low, high))
    limited = [Limited(*(side[..., place] for side in (v, low, high))) for place in (one, two)]
    gap, ends = limited[0].value - limited[1].value, mover_difference(*limited)
    p = _chance(gap, *ends, z_value(check_levels(level)[0]))
    turn = np.exp if kind == "ratio" else np.asarray
    return Pairs(
        kind=kind,
        first=one,
        second=two,
        value=np.asarray(turn(gap)),
        lower=np.asarray(turn(ends[0])),
        upper=np.asarray(turn(ends[1])),
        p_value=p,
        adjusted_p=_adjusted(p, adjustment),
        level=level,
        method="MOVER on logarithms" if kind == "ratio" else "MOVER from limits",
        adjustment=NAMES.get(adjustment, adjustment),
        reason=_pair_reason(kind, positive, v, low, high, one, two),
    )


def all_pairs_of_counts(
    count: ArrayLike,
    denominator: ArrayLike,
    *,
    of: str = "proportion",
    multiplier: float = 100,
    level: float = 0.95,
    adjustment: Method = "bh",
) -> Pairs:
    """Return the difference of every pair of areas from counts.

    Formula: MOVER from Wilson limits (proportions: Newcombe's interval) or from exact and
    Byar's limits (rates).

    Parameters
    ----------
    count, denominator
        Events and people, areas on the last axis.
    of
        ``"proportion"`` or ``"rate"``.
    multiplier, level, adjustment
        100 for percentage points; as in :func:`all_pairs`.

    Examples
    --------
    >>> all_pairs_of_counts([56, 48], [70, 80], multiplier=1).lower.round(4).tolist()
    [0.0524]
    """
    x, n = same_shape(count=count, denominator=denominator)
    refuse(x < 0, "a count is negative", "code missing as NaN")
    refuse((x > n) & (of == "proportion"), "a count is above its denominator", "use of='rate'")
    asked = check_levels(level)[0]
    if of not in ("proportion", "rate"):
        raise StatisticsError(f"of is 'proportion' or 'rate', got '{of}'")
    n = np.where(n > 0, n, np.nan)
    sides = (
        proportion_limits(x, n, asked, "wilson")
        if of == "proportion"
        else rate_limits(x, n, asked, "national")
    )
    value, lower, upper = (side * multiplier for side in sides)
    return all_pairs(
        value, np.minimum(lower, value), np.maximum(upper, value), level=level,
        adjustment=adjustment,
    )  # fmt: skip


def _places(value: Floats) -> tuple[Places, Places]:
    if value.ndim == 0 or value.shape[-1] < 2:
        raise StatisticsError("pairs need at least two areas", remedy="add areas")
    one, two = np.triu_indices(value.shape[-1], 1)
    return one, two


def _chance(gap: Floats, low: Floats, high: Floats, z: float) -> Floats:
    """Return the p value at which the interval would end at no gap."""
    reach = np.where(gap > 0, gap - low, high - gap)
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.where(gap == 0, 0.0, np.abs(gap) / reach)
    known = np.where(np.isnan(low + high), np.nan, 0.0)
    return np.asarray(np.maximum(2 * special.ndtr(-z * score) + known, SMALLEST_P))


def _adjusted(p: Floats, adjustment: Method) -> Floats:
    flat = p.reshape(-1, p.shape[-1])
    rows = [adjust(row, adjustment) for row in flat]
    return np.reshape(rows, p.shape)


def _pair_reason(
    kind: str, positive: NDArray[np.bool_], v: Floats, low: Floats, high: Floats, *at: Places
) -> Words:
    def either(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return np.asarray(flags[..., at[0]] | flags[..., at[1]])

    unfit = ~positive & (kind == "ratio")
    shape = v[..., at[0]].shape
    return words(
        shape,
        (either(np.isnan(v) & ~unfit), MISSING_AREA),
        (either(unfit), NOT_POSITIVE),
        (either(np.isnan(low) | np.isnan(high)), NO_INTERVAL),
    )


def against_rest(
    count: ArrayLike,
    denominator: ArrayLike,
    *,
    of: str = "proportion",
    kind: str = "difference",
    multiplier: float = 100,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
) -> Gap:
    """Return the gap of each area to all others together, from counts.

    Parameters
    ----------
    count, denominator
        Events and people, areas on the last axis; together they are the whole. A
        missing area makes every gap of its set missing: the rest is then not known.
    of
        ``"proportion"`` or ``"rate"``.
    kind, multiplier, levels
        ``"difference"`` or ``"ratio"``; as in :func:`.gaps.difference`.

    Raises
    ------
    StatisticsError
        Fewer than two areas, or an unknown word.

    Examples
    --------
    >>> found = against_rest([30, 10, 10], [100, 100, 100], levels=0.95)
    >>> found.second.tolist(), found.value.tolist()
    ([10.0, 20.0, 20.0], [20.0, -10.0, -10.0])
    """
    x, n = same_shape(count=count, denominator=denominator)
    _places(x)
    rest = [side.sum(axis=-1, keepdims=True) - side for side in (x, n)]
    make = REST.get((of, kind))
    if make is None:
        raise StatisticsError(
            f"a gap of '{of}' as '{kind}' is not known",
            remedy="of is 'proportion' or 'rate', kind 'difference' or 'ratio'",
        )
    if kind == "ratio":
        return make(x, n, *rest, levels=levels)
    return make(x, n, *rest, multiplier=multiplier, levels=levels)


def value_against_rest(
    value: ArrayLike,
    se: ArrayLike,
    population: ArrayLike,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
) -> Gap:
    """Return the gap of each area to the population-weighted mean of all others.

    Formula: with N people and errors s, the rest of area i has
    ``sum(N_j y_j) / sum(N_j)`` and ``sqrt(sum(N_j^2 s_j^2)) / sum(N_j)`` over j not i.

    Parameters
    ----------
    value, se, population
        Values, standard errors and people, areas on the last axis. A missing area makes
        every gap of its set missing.
    levels
        Confidence levels, as fractions.

    Examples
    --------
    >>> found = value_against_rest([78, 80, 82], [0.3, 0.3, 0.3], [1, 1, 1], levels=0.95)
    >>> found.second.tolist()
    [81.0, 80.0, 79.0]
    """
    y, s, n = same_shape(value=value, se=se, population=population)
    _places(y)
    refuse(~(n > 0), "a population is not above zero", "leave empty areas out")
    people = n.sum(axis=-1, keepdims=True) - n
    total, variance = n * y, (n * s) ** 2
    rest = (total.sum(axis=-1, keepdims=True) - total) / people
    left = np.maximum(variance.sum(axis=-1, keepdims=True) - variance, 0.0)
    return difference_from_errors(y, s, rest, np.sqrt(left) / people, levels)


def end_gap(
    value: ArrayLike,
    population: ArrayLike,
    *,
    se: ArrayLike | None = None,
    share: float = 1 / 3,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
) -> Gap:
    """Return the gap between the most and the least deprived share of the population.

    Formula: ``sum(w_j y_j) - sum(v_j y_j)``, w_j the part of the first ``share`` of the
    population that lives in area j, v_j that of the last; error
    ``sqrt(sum((w_j - v_j)^2 s_j^2))``.

    Parameters
    ----------
    value, population
        Values and people, areas on the last axis, most deprived first.
    se
        Standard errors; without them there is no interval, and the result says so.
    share
        Of the population at each end, above 0 and at most one half.
    levels
        Confidence levels, as fractions.

    Raises
    ------
    StatisticsError
        Fewer than two areas, people not above zero, a share out of range.

    Examples
    --------
    >>> found = end_gap([12, 10, 9, 7], [300, 300, 300, 300], se=[0.5] * 4, levels=0.95)
    >>> [round(float(v), 3) for v in (found.first, found.second, found.value)]
    [11.5, 7.5, 4.0]
    """
    if not 0 < share <= 0.5:
        raise StatisticsError(f"the share lies above 0 and at most 0.5, got {share}")
    y, n = same_shape(value=value, population=population)
    _places(y)
    refuse(~(n > 0), "a population is not above zero", "leave empty areas out")
    s = numbers("se", se) if se is not None else np.full(y.shape, np.nan)
    refuse(s < 0, "a standard error is negative", "check the column")
    most, least = _end_weights(n, share)
    first, second = ((side * y).sum(axis=-1) for side in (most, least))
    spread = np.sqrt(spread_of(most - least, np.broadcast_to(s, y.shape)))
    asked = check_levels(levels)
    gap = np.asarray(first - second)
    limits: list[Pair] = [(gap - z * spread, gap + z * spread) for z in map(z_value, asked)]
    reason = words(
        gap.shape,
        (np.isnan(gap), "an area has no value"),
        (np.isnan(spread), "an area has no standard error"),
    )
    name = f"weighted ends of {share:.3g} of the population"
    return Gap("difference", first, second, gap, *stack(limits), asked, name, reason)


def _end_weights(population: Floats, share: float) -> Pair:
    part = quiet_divide(population, population.sum(axis=-1, keepdims=True))
    up_to = np.cumsum(part, axis=-1)
    inside = np.clip(share - (up_to - part), 0.0, part)
    outside = np.clip(up_to - (1 - share), 0.0, part)
    return inside / share, outside / share
