"""Sets of neighbours, and the one place that calls libpysal and esda with them.

Both libraries bring much along, so they are loaded when a function needs them and never
by importing the statistics.

Source: Rey and others 2022 (PySAL).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import Floats

if TYPE_CHECKING:
    from libpysal.weights import W

Sets = list[list[int]]


def neighbour_sets(neighbours: Sequence[Sequence[int]], size: int) -> Sets:
    """Return the neighbours of each area, refusing a list that does not fit the areas.

    Examples
    --------
    >>> neighbour_sets([[1], [0]], 2)
    [[1], [0]]
    """
    if len(neighbours) != size:
        raise StatisticsError(
            f"neighbours of {size} areas were expected, got {len(neighbours)}",
            remedy="give one list an area, empty where it has none",
        )
    for place, near in enumerate(neighbours):
        if any(not 0 <= other < size or other == place for other in near):
            raise StatisticsError(
                f"the neighbours {list(near)} are not other areas of the set",
                where=f"position {place}",
                remedy="number areas from 0; an area is not its own neighbour",
            )
    return [list(near) for near in neighbours]


def among(sets: Sets, kept: np.ndarray) -> Sets:
    """Return the sets of the areas kept, numbered anew among themselves.

    Examples
    --------
    >>> among([[1], [0, 2], [1]], np.array([False, True, True]))
    [[1], [0]]
    """
    number = np.cumsum(kept) - 1
    return [
        [int(number[other]) for other in near if kept[other]]
        for near, use in zip(sets, kept, strict=True)
        if use
    ]


def weights(sets: Sets) -> W:
    """Return libpysal weights of the sets, one for each neighbour."""
    with _quiet():
        from libpysal.weights import W

        return W(dict(enumerate(sets)), id_order=list(range(len(sets))), silence_warnings=True)


def whole_moran(value: Floats, sets: Sets, shuffles: int, seed: int) -> tuple[float, float]:
    """Return esda's Moran's I of all areas and its shuffled p value."""
    with _quiet(), _seeded(seed):
        from esda.moran import Moran

        found = Moran(value, weights(sets), permutations=shuffles)
    return float(found.I), float(found.p_sim)


def local_moran(
    value: Floats, sets: Sets, shuffles: int, seed: int
) -> tuple[Floats, Floats, Floats]:
    """Return esda's local Moran's I, its shuffled p values and the quadrant of each area.

    The quadrants are esda's: 1 high among high, 2 low among high, 3 low among low, 4 high
    among low.
    """
    with _quiet(), _seeded(seed):
        from esda.moran import Moran_Local

        found = Moran_Local(value, weights(sets), permutations=shuffles, seed=seed)
    index, p, quadrant = (np.asarray(side, float) for side in (found.Is, found.p_sim, found.q))
    return index, p, quadrant


def neighbour_rates(observed: Floats, expected: Floats, sets: Sets) -> tuple[Floats, Floats]:
    """Return esda's spatial empirical Bayes ratios, and the ratio of each area's neighbours.

    Both count the area itself among its neighbours.
    """
    with _quiet(), np.errstate(invalid="ignore", divide="ignore"):
        from esda.smoothing import Spatial_Empirical_Bayes, Spatial_Rate

        near = weights(sets)
        found = [made(observed, expected, near).r for made in (Spatial_Empirical_Bayes,
                                                               Spatial_Rate)]  # fmt: skip
    value, mean = (np.asarray(side, dtype=float).reshape(-1) for side in found)
    return value, mean


@contextmanager
def _quiet() -> Iterator[None]:
    # Both libraries warn of optional accelerators and of areas without neighbours.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    # esda draws from the one generator of the process, which is left as it was found.
    before = np.random.get_state()
    np.random.seed(seed)
    try:
        yield
    finally:
        np.random.set_state(before)
