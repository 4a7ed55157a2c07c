"""Grid search for joinpoints: every choice of observed times, fitted by least squares.

A model with joinpoints c_1 < ... < c_k is continuous and piecewise straight,
``y = a + b t + sum d_i (t - c_i)+``. Each choice has an orthonormal basis Q of its design,
so that the squares left over are ``|y|^2 - |Q'y|^2`` for many series with one product.
With weights, both sides are multiplied by their square root.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise

import numpy as np

from hwb_analysis.stats.arrays import Floats

END, BETWEEN = 2, 2
# Bases are multiplied in parts, so that a permutation test fits into memory.
PART = 4_000_000


@dataclass(frozen=True, slots=True)
class Grid:
    """All choices of k joinpoints: their places among the times, and their bases."""

    places: tuple[tuple[int, ...], ...]
    bases: Floats

    def squares(self, y: Floats) -> Floats:
        """Return the squares left over of every choice (rows) and series (columns)."""
        total = (y**2).sum(axis=0)
        out = np.empty((len(self.places), y.shape[1]))
        size = max(1, PART // (y.shape[1] * self.bases.shape[2]))
        for start in range(0, len(self.places), size):
            part = self.bases[start : start + size]
            out[start : start + size] = total - ((part.swapaxes(1, 2) @ y) ** 2).sum(axis=1)
        return np.maximum(out, 0.0)


def points_needed(k: int) -> int:
    """Return how many points k joinpoints need: ``2 End + (k - 1) Between + k``.

    Examples
    --------
    >>> [points_needed(k) for k in (0, 1, 2, 3)]
    [4, 5, 8, 11]
    """
    return 2 * END + max(k - 1, 0) * BETWEEN + k


def choices(size: int, k: int) -> tuple[tuple[int, ...], ...]:
    """Return all places of k joinpoints among the points.

    At least two other points stand before the first, after the last, and between two.

    Examples
    --------
    >>> choices(6, 1)
    ((2,), (3,))
    """
    inside = range(END, size - END)
    apart = BETWEEN + 1
    return tuple(
        picked
        for picked in combinations(inside, k)
        if all(b - a >= apart for a, b in pairwise(picked))
    )


def design(t: Floats, joints: tuple[float, ...]) -> Floats:
    """Return the columns 1, t and the hinges ``(t - c)+``."""
    hinges = [np.maximum(t - joint, 0.0) for joint in joints]
    return np.stack([np.ones_like(t), t, *hinges], axis=-1)


def grid(t: Floats, k: int, root: Floats) -> Grid:
    """Return the grid of k joinpoints on times ``t`` with square-root weights ``root``."""
    return _grid(tuple(t.tolist()), k, tuple(root.tolist()))


@lru_cache(maxsize=64)
def _grid(times: tuple[float, ...], k: int, roots: tuple[float, ...]) -> Grid:
    t, root = np.array(times), np.array(roots)
    places = choices(t.size, k)
    if not places:
        return Grid((), np.zeros((0, t.size, k + 2)))
    stacked = np.stack([design(t, tuple(t[list(picked)])) for picked in places])
    bases, _ = np.linalg.qr(stacked * root[:, None])
    return Grid(places, bases)


def best(t: Floats, y: Floats, k: int, root: Floats) -> tuple[tuple[int, ...], float]:
    """Return the places of the best k joinpoints of one series, and the squares left.

    Examples
    --------
    >>> t = np.arange(8.0)
    >>> best(t, np.minimum(t, 4.0), 1, np.ones(8))[0]
    (4,)
    """
    found = grid(t, k, root)
    left = found.squares((y * root)[:, None])[:, 0]
    place = int(np.argmin(left))
    return found.places[place], float(left[place])
