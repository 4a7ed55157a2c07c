"""Indirect standardisation: observed events over those expected at a reference's rates.

Formula: ``O / E`` with ``E = sum(n x_ref / n_ref)`` over the bands, limits those of the
count O; the rate form multiplies by the reference's crude rate.

Source: Breslow and Day 1987.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from hwb_analysis.stats.arrays import DEFAULT_LEVELS, Floats, refuse, same_shape
from hwb_analysis.stats.intervals import Estimates, rate

Levels = float | Sequence[float]


def expected_events(
    denominator: ArrayLike, reference_count: ArrayLike, reference_denominator: ArrayLike
) -> Floats:
    """Return the events expected at the reference's rates: ``sum(n x_ref / n_ref)``.

    Raises
    ------
    StatisticsError
        A negative figure, or a reference band without people that is needed.

    Examples
    --------
    >>> float(expected_events([100, 200], [10, 30], [1000, 1000]))
    7.0
    """
    n, x_ref, n_ref = same_shape(
        denominator=denominator,
        reference_count=reference_count,
        reference_denominator=reference_denominator,
    )
    for name, side in (("denominator", n), ("reference count", x_ref)):
        refuse(side < 0, f"{name} is negative", "a count of people or events is zero or more")
    remedy = "join the band to its neighbour, or leave it out on both sides"
    refuse(n_ref <= 0, "a reference band has no people", remedy)
    return np.asarray((n * x_ref / n_ref).sum(axis=-1))


def indirect_ratio(
    observed: ArrayLike,
    expected: ArrayLike,
    multiplier: float = 1,
    levels: Levels = DEFAULT_LEVELS,
) -> Estimates:
    """Return the indirectly standardised ratio, observed over expected events.

    Formula: ``multiplier * O / E`` with the limits of the count O (exact below ten
    events, Byar from ten on). It is never withheld.

    Parameters
    ----------
    observed
        Events of each area, summed over the bands.
    expected
        From :func:`expected_events`.
    multiplier
        1, or 100 for the usual index.

    Examples
    --------
    >>> round(float(indirect_ratio(12, 8).value), 3)
    1.5
    """
    return rate(observed, expected, multiplier, levels)


def indirect_rate(
    observed: ArrayLike,
    expected: ArrayLike,
    reference_rate: float,
    multiplier: float = 100_000,
    levels: Levels = DEFAULT_LEVELS,
) -> Estimates:
    """Return the indirectly standardised rate: the reference's crude rate times O / E.

    Parameters
    ----------
    observed, expected
        As in :func:`indirect_ratio`.
    reference_rate
        All events of the reference over all its people, as a fraction.

    Examples
    --------
    >>> round(float(indirect_rate(12, 8, 0.002, multiplier=1000).value), 3)
    3.0
    """
    return rate(observed, expected, multiplier * reference_rate, levels)
