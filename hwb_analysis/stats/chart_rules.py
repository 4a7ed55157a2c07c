"""The rules of control charts that look at more than one point.

Each returns for every point +1 (high side or rising), -1 (low side or falling) or 0.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from hwb_analysis.stats.arrays import Flags, Floats


def one_side(side: Floats, run: int, *, passing: bool = False) -> Floats:
    """Mark points in runs of at least ``run`` on one side of the centre.

    Parameters
    ----------
    side
        +1 above the centre, -1 below, 0 on it.
    passing
        True passes over points on the centre; else they break a run.

    Examples
    --------
    >>> one_side(np.array([1.0, 1, 1, -1]), 3).tolist()
    [1.0, 1.0, 1.0, 0.0]
    >>> one_side(np.array([1.0, 0, 1, 1]), 3, passing=True).tolist()
    [1.0, 0.0, 1.0, 1.0]
    """
    places = np.flatnonzero(side != 0) if passing else np.arange(side.size)
    out = np.zeros(side.shape)
    for start, stop in _stretches(side[places]):
        if stop - start >= run and side[places[start]] != 0:
            out[places[start:stop]] = side[places[start]]
    return out


def falling_or_rising(y: Floats, run: int) -> Floats:
    """Mark points in stretches of at least ``run`` points that strictly rise or fall.

    Examples
    --------
    >>> falling_or_rising(np.array([3.0, 1, 2, 3, 3]), 3).tolist()
    [0.0, 1.0, 1.0, 1.0, 0.0]
    """
    steps, out = np.sign(np.diff(y)), np.zeros(y.shape)
    for start, stop in _stretches(steps):
        if stop - start >= run - 1 and steps[start] != 0:
            # The later stretch keeps the point in which two meet.
            out[start : stop + 1] = steps[start]
    return out


def near_twice(near: Flags, side: Floats) -> Floats:
    """Mark points near a limit that have another in three points on one side.

    Examples
    --------
    >>> near_twice(np.array([True, False, True, False]), np.array([1.0, 1, 1, -1])).tolist()
    [1.0, 0.0, 1.0, 0.0]
    """
    out = np.zeros(side.shape)
    for start in range(side.size - 2):
        window = slice(start, start + 3)
        together = side[window]
        if together[0] != 0 and (together == together[0]).all() and near[window].sum() >= 2:
            out[window] = np.where(near[window], together[0], out[window])
    return out


def _stretches(values: Floats) -> list[tuple[int, int]]:
    """Return start and stop of each stretch of equal values."""
    if not values.size:
        return []
    cuts = np.flatnonzero(np.diff(values)) + 1
    marks = [0, *cuts.tolist(), values.size]
    return list(pairwise(marks))
