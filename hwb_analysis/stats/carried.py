"""Figures that a publisher printed again in place of a new one.

A point that repeats the point before it is no new evidence. Two equal figures are taken for
a repeat only where chance would hardly make them: the same count of the same, large number
of people; or, where no counts are printed, the same value in more digits than a table prints
and not a simple fraction. Equal rounded values are common and are left alone.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwb_analysis.stats.arrays import Flags, Floats

# Fewer events or people than this are equal by chance too often.
LEAST_EVENTS, LEAST_PEOPLE = 30, 1_000
# Digits behind the point that tables print, and the largest denominator of a simple share.
PRINTED, SIMPLE = 3, 200
CARRIED = "repeats the figure before it (carried forward)"


def carried_forward(
    series: NDArray[np.integer[Any]], value: Floats, count: Floats, denominator: Floats
) -> Flags:
    """Say of each point whether it repeats the point before it in its series.

    Parameters
    ----------
    series
        Number of the series of each point; points of one series stand together, in order
        of time.
    value, count, denominator
        Figures, missing as NaN.

    Examples
    --------
    >>> none = np.full(4, np.nan)
    >>> series = np.array([0, 0, 0, 1])
    >>> carried_forward(series, np.array([127.42993, 127.42993, 130, 130]), none, none).tolist()
    [False, True, False, False]
    >>> carried_forward(series, np.array([70.4, 70.4, 70.4, 70.4]), none, none).tolist()
    [False, False, False, False]
    """
    out = np.zeros(value.size, dtype=bool)
    if value.size < 2:
        return out
    one, two = slice(None, -1), slice(1, None)
    follows = (series[one] == series[two]) & (value[one] == value[two])
    counted = ~np.isnan(count[two] + denominator[two])
    same = (count[one] == count[two]) & (denominator[one] == denominator[two])
    large = (count[two] >= LEAST_EVENTS) & (denominator[two] >= LEAST_PEOPLE)
    fine = np.zeros(value.size - 1, dtype=bool)
    for place in np.flatnonzero(follows & ~counted):
        fine[place] = _fine(float(value[place + 1]))
    out[1:] = follows & np.where(counted, same & large, fine)
    return out


def _fine(value: float) -> bool:
    """Say whether a value has more digits than print and is no share of a few people."""
    if abs(value - round(value, PRINTED)) < 1e-9 * max(abs(value), 1.0):
        return False
    share = Fraction(value / 100).limit_denominator(SIMPLE)
    return abs(value - 100 * float(share)) > 1e-6
