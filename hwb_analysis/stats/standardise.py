"""Directly standardised rates and the comparative figure.

Age bands stand on the last axis. Formulae, with x the counts, n the people, w the
standard population and O the total of events:

* direct: ``m sum(w x/n) / sum(w)``; variance ``sum(x (w/n)^2) / sum(w)^2``; Dobson's
  limits ``value + m sqrt(Var/O) (B - O)`` with B the Byar limits of O;
* comparative figure: the direct rate over the reference's direct rate, held fixed.

Below ten events a direct rate is withheld: its limits do not hold what they promise.

Sources: Dobson et al. 1991; Breslow and Day 1987; Public Health England technical
guide on commonly used statistics.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import (
    DEFAULT_LEVELS,
    Flags,
    Floats,
    Words,
    check_levels,
    numbers,
    quiet_divide,
    refuse,
    same_shape,
    words,
)
from hwb_analysis.stats.intervals import Estimates, byar_limits

MINIMUM_EVENTS = 10
Missing = Literal["withhold", "zero"]
Levels = float | Sequence[float]


def direct_rate(
    count: ArrayLike,
    denominator: ArrayLike,
    weights: ArrayLike,
    multiplier: float = 100_000,
    levels: Levels = DEFAULT_LEVELS,
    *,
    missing: Missing = "withhold",
    minimum: float = MINIMUM_EVENTS,
) -> Estimates:
    """Return directly standardised rates with Dobson's limits.

    Parameters
    ----------
    count, denominator, weights
        Events, people and standard population of each band, bands on the last axis.
        Weights may have any scale and may be zero; ``standard_weights`` finds them by
        age.
    multiplier
        People the rate is stated for.
    missing
        ``"withhold"`` makes a rate with a missing count missing; ``"zero"`` reads a
        missing count as none.
    minimum
        Fewest events that a rate is given for.

    Returns
    -------
    Estimates
        ``count`` and ``denominator`` are totals. A band without people, or fewer events
        than ``minimum``, gives a missing row with a reason.

    Raises
    ------
    StatisticsError
        A negative count, denominator or weight; weights that sum to zero or are missing.

    Examples
    --------
    >>> found = direct_rate([20, 40], [1000, 500], [3, 1], multiplier=1000, levels=0.95)
    >>> round(float(found.value), 2), round(float(found.lower[0]), 2)
    (35.0, 26.54)
    """
    x, n, w = checked_bands(count, denominator, weights, missing)
    share = standard_shares(w, n)
    return dobson(
        (share * x).sum(-1),
        (share**2 * x).sum(-1),
        x.sum(-1),
        n.sum(-1),
        empty_bands(n, w),
        multiplier,
        check_levels(levels),
        minimum,
        "directly standardised rate",
    )


def direct_rate_repeats(
    people: ArrayLike,
    frequency: ArrayLike,
    denominator: ArrayLike,
    weights: ArrayLike,
    multiplier: float = 100_000,
    levels: Levels = DEFAULT_LEVELS,
    *,
    minimum: float = MINIMUM_EVENTS,
) -> Estimates:
    """Return direct rates of events that one person may have several times.

    Formula: the events are ``sum(f x_f)``; the variance is ``sum(f^2 Var_f)`` with Var_f
    that of the people who had f events.

    Parameters
    ----------
    people
        People with f events: frequencies on the last axis but one, bands on the last.
    frequency
        The number of events f of each frequency, 1 or more.
    denominator, weights
        People at risk and standard population of each band (no frequency axis).
    multiplier, levels, minimum
        As in :func:`direct_rate`.

    Raises
    ------
    StatisticsError
        As :func:`direct_rate`; a frequency below one, or not one frequency a row.

    Examples
    --------
    >>> found = direct_rate_repeats(
    ...     [[20, 40], [5, 5]], [1, 2], [1000, 500], [3, 1], multiplier=1000, levels=0.95)
    >>> round(float(found.value), 2)
    47.5
    """
    x, f = numbers("people", people), numbers("frequency", frequency)
    if x.ndim < 2 or f.shape != (x.shape[-2],):
        raise StatisticsError(
            f"one frequency is needed for each of {x.shape[-2:-1]}, got {f.shape}",
            remedy="people has frequencies on the last axis but one, bands on the last",
        )
    refuse(~(f >= 1), "a frequency is below one", "count the people with one event or more")
    refuse(x < 0, "people is negative", "a count is zero or more")
    weight = f[:, None]
    events, n, w = checked_bands((weight * x).sum(-2), denominator, weights, "withhold")
    share = standard_shares(w, n)
    return dobson(
        (share * events).sum(-1),
        (share**2 * (weight**2 * x).sum(-2)).sum(-1),
        events.sum(-1),
        n.sum(-1),
        empty_bands(n, w),
        multiplier,
        check_levels(levels),
        minimum,
        "directly standardised rate",
    )


def checked_bands(
    count: ArrayLike, denominator: ArrayLike, weights: ArrayLike, missing: Missing
) -> list[Floats]:
    """Read the figures of the bands and refuse what no rate can be made of."""
    x, n, w = same_shape(count=count, denominator=denominator, weights=weights)
    if x.ndim == 0 or x.shape[-1] == 0:
        raise StatisticsError(
            "age bands were expected on the last axis, got none",
            remedy="for one band use a crude rate",
        )
    refuse(x < 0, "count is negative", "a count is zero or more; code missing as NaN")
    refuse(n < 0, "denominator is negative", "a denominator is zero or more")
    refuse(~(w >= 0), "a weight is negative or missing", "every band needs its standard population")
    refuse(w.sum(axis=-1) == 0, "the weights sum to zero", "check the standard population")
    return [fill_missing(x, missing), n, w]


def fill_missing(count: Floats, missing: Missing) -> Floats:
    """Return the counts, with missing ones read as none when that was asked for."""
    if missing not in ("withhold", "zero"):
        raise StatisticsError(
            f"missing is 'withhold' or 'zero', got '{missing}'",
            remedy="'zero' says that a missing count means no event",
        )
    return np.nan_to_num(count, nan=0.0) if missing == "zero" else count


def per_person(w: Floats, n: Floats) -> Floats:
    """Return weight over people; bands of no weight count for nothing."""
    return np.where(w == 0, 0.0, quiet_divide(w, n))


def standard_shares(w: Floats, n: Floats) -> Floats:
    """Return weight over people, the weights of a group summing to one."""
    return per_person(w / w.sum(axis=-1, keepdims=True), n)


def empty_bands(n: Floats, w: Floats) -> Words:
    """Return why a group has no direct rate for want of people in a band."""
    used = w > 0
    unknown, none = (np.isnan(n) & used).any(-1), ((n == 0) & used).any(-1)
    return band_faults(np.asarray(unknown), np.asarray(none), np.zeros(n.shape[:-1], dtype=bool))


def band_faults(unknown: Flags, none: Flags, short: Flags) -> Words:
    """Return why a group has no direct rate, from flags by group."""
    return words(
        unknown.shape,
        (short, "an age band is missing"),
        (unknown, "the denominator of a band is missing"),
        (none, "a band has no people"),
    )


def dobson(
    raw: Floats,
    variance: Floats,
    total: Floats,
    people: Floats,
    fault: Words,
    multiplier: float,
    levels: tuple[float, ...],
    minimum: float,
    kind: str,
) -> Estimates:
    """Return rates from their sums; the same for bands on an axis and for summed rows."""
    raw, variance, total, people = map(np.asarray, (raw, variance, total, people))
    few = words(
        total.shape,
        (fault != "", ""),
        (np.isnan(total), "the count of a band is missing"),
        (total < minimum, f"fewer than {minimum:g} events"),
    )
    reason = np.where(fault != "", fault, few).astype(object)
    given = np.where(reason == "", multiplier, np.nan)
    spread = np.sqrt(quiet_divide(variance, total))
    limits = [byar_limits(total, level) for level in levels]
    return Estimates(
        kind=kind,
        count=total,
        denominator=people,
        value=raw * given,
        lower=np.stack([(raw + spread * (low - total)) * given for low, _ in limits]),
        upper=np.stack([(raw + spread * (high - total)) * given for _, high in limits]),
        levels=levels,
        multiplier=float(multiplier),
        method=words(total.shape, (reason == "", "dobson")),
        reason=reason,
    )


def comparative_figure(
    count: ArrayLike,
    denominator: ArrayLike,
    reference_count: ArrayLike,
    reference_denominator: ArrayLike,
    weights: ArrayLike,
    multiplier: float = 100,
    levels: Levels = DEFAULT_LEVELS,
) -> Estimates:
    """Return the comparative mortality figure: area over reference, both direct rates.

    Formula: ``100 * DSR / DSR_ref`` on the same weights; the limits are those of the
    area's rate, the reference being held fixed.

    Raises
    ------
    StatisticsError
        As :func:`direct_rate`, and when the reference's rate is not above zero.

    Examples
    --------
    >>> found = comparative_figure([20, 40], [1000, 500], [100, 500], [10_000, 10_000], [3, 1])
    >>> round(float(found.value), 1)
    175.0
    """
    base = direct_rate(reference_count, reference_denominator, weights, 1, levels, minimum=0)
    refuse(~(base.value > 0), "the reference's rate is not above zero", "check the reference")
    scale = float(multiplier) / base.value
    found = direct_rate(count, denominator, weights, 1, levels)
    return replace(
        found,
        kind="comparative mortality figure",
        value=found.value * scale,
        lower=found.lower * scale,
        upper=found.upper * scale,
        multiplier=float(multiplier),
    )
