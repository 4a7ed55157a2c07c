"""Do neighbouring areas resemble each other: Moran's I, over all areas and area by area.

With n areas, distances from the mean d and weights w (each area's neighbours share a
weight of one): ``I = (n / S0) sum(w_ij d_i d_j) / sum(d_i^2)``, S0 the sum of the weights;
without any pattern I is ``-1 / (n - 1)`` on average. Of one area,
``I_i = d_i sum_j(w_ij d_j) / (sum(d^2) / (n - 1))``. Both are computed by esda.

P values come from shuffling: all values for the whole; for one area the others among its
neighbours, its own value held. They are two-sided: twice esda's, which counts shuffles
beyond the figure on the side where it lies, so that half of all chance figures would lie
below 0.25. Those of single areas are adjusted over the map (false discoveries, Benjamini
and Hochberg).

Areas without neighbours are left out. The index describes a map; it says nothing of why.

Sources: Moran 1950; Cliff and Ord 1981; Anselin 1995; Caldas de Castro and Singer 2006;
Rey and others 2022 (esda).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import Floats, Words, numbers, words
from hwb_analysis.stats.multiplicity import adjust
from hwb_analysis.stats.neighbours import (
    Sets,
    among,
    local_moran,
    neighbour_sets,
    whole_moran,
)
from hwb_analysis.stats.result import Result, figure

FEWEST = 10
SHUFFLES, SEED = 9_999, 20_261_122
# The quadrants of esda, in its order.
KINDS = ("high among high", "low among high", "low among low", "high among low")
NO_NEIGHBOURS = "the area has no neighbour with a figure"


@dataclass(frozen=True, slots=True)
class Moran(Result):
    """Moran's I of the whole (``value``) and of each area (``local``).

    ``kind`` says of an area whose adjusted p value is 0.05 or less how it lies among its
    neighbours: ``high among high``, ``low among low``, ``high among low``, ``low among
    high``; it is empty otherwise.
    """

    value: float
    expected: float
    p_value: float
    local: Floats
    local_p: Floats
    adjusted_p: Floats
    neighbours_mean: Floats
    kind: Words
    areas: int
    shuffles: int
    method: str
    reason: Words

    def explain(self) -> str:
        """Return one sentence on the whole."""
        if self.p_value > 0.05:
            meaning = "no pattern that shuffled values would not show as well"
        else:
            meaning = "neighbours are more " + ("alike" if self.value > 0 else "unlike")
            meaning += " than shuffled values would be"
        return (
            f"Moran's I of {self.areas} areas is {figure(self.value)} "
            f"(p {figure(self.p_value, 2)}, {self.shuffles} shuffles): {meaning}."
        )


def moran(
    value: ArrayLike,
    neighbours: Sequence[Sequence[int]],
    *,
    shuffles: int = SHUFFLES,
    seed: int = SEED,
) -> Moran:
    """Return Moran's I of a set of areas, and of each area.

    Parameters
    ----------
    value
        One value an area. Rates of small areas are better shrunk first
        (:mod:`.shrinkage`): their noise hides a pattern.
    neighbours
        For each area the places of its neighbours, without itself.
    shuffles, seed
        How many shuffles, at least 99, and from which seed.

    Raises
    ------
    StatisticsError
        Fewer than ten areas with neighbours, values that are all equal, neighbours that
        do not fit, too few shuffles.

    Examples
    --------
    >>> line = [[j for j in (i - 1, i + 1) if 0 <= j < 12] for i in range(12)]
    >>> found = moran(np.arange(12.0), line)
    >>> round(found.value, 3), found.p_value
    (0.923, 0.0002)
    """
    y = numbers("value", value)
    if y.ndim != 1:
        raise StatisticsError(f"one value an area was expected, got shape {y.shape}")
    if shuffles < 99:
        raise StatisticsError(f"at least 99 shuffles are needed, got {shuffles}")
    sets = _usable(neighbour_sets(neighbours, y.size), y)
    used = np.array([bool(near) for near in sets])
    if used.sum() < FEWEST:
        raise StatisticsError(
            f"Moran's I needs at least {FEWEST} areas with neighbours, got {int(used.sum())}"
        )
    if np.ptp(y[used]) == 0:
        raise StatisticsError("all values are equal", remedy="there is no pattern to look for")
    near, known = among(sets, used), y[used]
    whole, tail = whole_moran(known, near, shuffles, seed)
    local, local_p, quadrant = (
        _spread(side, used) for side in local_moran(known, near, shuffles, seed)
    )
    local_p = np.minimum(1.0, 2 * local_p)
    adjusted = adjust(local_p)
    return Moran(
        value=whole,
        expected=-1 / (int(used.sum()) - 1),
        p_value=min(1.0, 2 * tail),
        local=local,
        local_p=local_p,
        adjusted_p=adjusted,
        neighbours_mean=_spread(np.array([known[side].mean() for side in near]), used),
        kind=_kinds(quadrant, adjusted),
        areas=int(used.sum()),
        shuffles=shuffles,
        method="neighbours weigh the same, two-sided p values from shuffles (esda)",
        reason=words(y.shape, (np.isnan(y), "the area has no figure"), (~used, NO_NEIGHBOURS)),
    )


def _usable(sets: Sets, y: Floats) -> Sets:
    """Leave areas without a figure out, as areas and as neighbours."""
    known = ~np.isnan(y)
    return [
        [j for j in near if known[j]] if known[place] else [] for place, near in enumerate(sets)
    ]


def _spread(side: Floats, used: np.ndarray) -> Floats:
    out = np.full(used.size, np.nan)
    out[used] = side
    return out


def _kinds(quadrant: Floats, p: Floats) -> Words:
    clear = np.nan_to_num(p, nan=1.0) <= 0.05
    return words(
        quadrant.shape,
        *((clear & (quadrant == place), name) for place, name in enumerate(KINDS, start=1)),
    )
