"""Exact distribution of weighted sums of independent estimates on a curved scale.

Each estimate is ``Y = h(eta + s Z)`` with Z standard normal and h the exponential or the
logistic curve. The distribution of ``sum(w Y)`` has no closed form; its characteristic
function is the product of one-dimensional integrals, each taken by the trapezoid rule
over Z (which converges faster than any power for a normal density), and is inverted by
the midpoint form of the Gil-Pelaez integral. There is no random number.

Sources: Gil-Pelaez 1951; Davies 1973 (error of the inversion); Imhof 1961.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from hwb_analysis.stats.arrays import Floats, quiet_divide

Curve = Callable[[Floats], Floats]
Complex = NDArray[np.complex128]

REACH = 8.5
# Nodes of Z by the largest error of a set: a wide estimate on a curved scale turns fast.
NODES = ((-1.0, 0), (0.1, 97), (0.2, 193), (0.35, 769), (0.6, 1537), (1.0, 6145))
WIDEST_ERROR = NODES[-1][0]
# Distance, in standard deviations, at which the inverted distribution repeats itself.
PERIOD = 32.0
SMALLEST = 1e-11
MOST_TERMS = 400
NODES_AT_ONCE = 50_000
CLOSE = 1e-10
# How far the chance at a solution may be off what was asked.
FOUND = 1e-8
MOST_STEPS = 40
SURELY_POSITIVE = 4.5


@dataclass(frozen=True, slots=True)
class Spread:
    """Values of estimates at the nodes of Z: sets, groups, nodes; with their moments."""

    values: Floats
    mean: Floats
    variance: Floats
    density: Floats

    def rows(self, kept: NDArray[np.bool_] | NDArray[np.intp]) -> Spread:
        """Return some of the sets."""
        return Spread(self.values[kept], self.mean[kept], self.variance[kept], self.density)


def spread_of_estimates(eta: Floats, s: Floats, curve: Curve, nodes: int) -> Spread:
    """Tabulate ``h(eta + s Z)`` over Z, sets by groups."""
    z = np.linspace(-REACH, REACH, nodes)
    density = np.exp(-(z**2) / 2)
    density /= density.sum()
    values = curve(eta[..., None] + s[..., None] * z)
    mean = values @ density
    variance = ((values - mean[..., None]) ** 2) @ density
    return Spread(values, mean, variance, density)


def curved_moments(eta: Floats, s: Floats, curve: Curve) -> tuple[Floats, Floats]:
    """Return mean and variance of ``h(eta + s Z)``."""
    spread = spread_of_estimates(eta, s, curve, NODES[1][1])
    return spread.mean, spread.variance


def _blocks(s: Floats) -> Iterator[tuple[NDArray[np.intp], int]]:
    """Yield rows that need the same number of nodes, few enough to fit in memory."""
    widest = s.max(axis=-1)
    for (low, _), (high, nodes) in itertools.pairwise(NODES):
        rows = np.flatnonzero((widest > low) & (widest <= high))
        size = max(1, NODES_AT_ONCE // nodes)
        for start in range(0, rows.size, size):
            yield rows[start : start + size], nodes


def sum_quantiles(
    eta: Floats, s: Floats, curve: Curve, weights: Floats, chances: Sequence[float]
) -> Floats:
    """Return quantiles of ``sum(w h(eta + s Z))`` for every set: chances first.

    Missing where an error is above ``WIDEST_ERROR`` or missing.

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> round(float(sum_quantiles(0 * one, 0.1 * one, np.exp, one, [0.975])[0, 0]), 8)
    1.21652252
    """
    out = np.full((len(chances), len(eta)), np.nan)
    for rows, nodes in _blocks(s):
        spread = spread_of_estimates(eta[rows], s[rows], curve, nodes)
        out[:, rows] = _sum_quantiles(spread, weights[rows], chances)
    return out


def ratio_quantiles(
    eta: Floats,
    s: Floats,
    curve: Curve,
    top: Floats,
    bottom: Floats,
    chances: Sequence[float],
) -> Floats:
    """Return quantiles of ``sum(t Y) / sum(b Y)`` for every set: chances first.

    The ratio is at most r exactly when ``sum((t - r b) Y) <= 0``, the bottom being above
    zero. Where it is not clearly so, the quantile is missing.
    """
    out = np.full((len(chances), len(eta)), np.nan)
    for rows, nodes in _blocks(s):
        spread = spread_of_estimates(eta[rows], s[rows], curve, nodes)
        out[:, rows] = _ratio_quantiles(spread, top[rows], bottom[rows], chances)
    return out


def _sum_quantiles(spread: Spread, weights: Floats, chances: Sequence[float]) -> Floats:
    centre = (weights * spread.mean).sum(axis=-1)
    deviation = np.sqrt((weights**2 * spread.variance).sum(axis=-1))
    known = deviation > 0
    out = np.tile(centre, (len(chances), 1))
    if known.any():
        part = spread.rows(known)
        terms = _characteristic(part, weights[known], deviation[known])
        for place, chance in enumerate(chances):
            out[place, known] += deviation[known] * _standard_quantile(terms, chance)
    return out


def _characteristic(spread: Spread, weights: Floats, deviation: Floats) -> Complex:
    """Return the characteristic function of the standardised sum at midpoints of a grid."""
    step = 2 * np.pi / PERIOD
    scaled = (weights / deviation[:, None])[..., None]
    distance = step * scaled * (spread.values - spread.mean[..., None])
    turn = np.exp(1j * distance)
    current = np.exp(0.5j * distance)
    terms = []
    # Nodes are equally far apart: each is the one before it, turned once more.
    for _ in range(MOST_TERMS):
        value = (current @ spread.density).prod(axis=-1)
        terms.append(value)
        if np.abs(value).max() < SMALLEST:
            break
        current *= turn
    return np.stack(terms, axis=-1)


def _chance_and_density(terms: Complex, at: Floats) -> tuple[Floats, Floats]:
    """Return distribution and density of the standardised sum."""
    half = np.arange(terms.shape[-1]) + 0.5
    step = 2 * np.pi / PERIOD
    turned = terms * np.exp(-1j * step * half * at[:, None])
    chance = 0.5 - (turned.imag / half).sum(axis=-1) / np.pi
    return chance, turned.real.sum(axis=-1) * step / np.pi


def _standard_quantile(terms: Complex, chance: float) -> Floats:
    """Return where the standardised sum reaches a chance: Newton inside a bracket."""
    size = len(terms)
    low, high = np.full(size, -PERIOD / 3), np.full(size, PERIOD / 3)
    at = np.full(size, float(special.ndtri(chance)))
    for _ in range(MOST_STEPS):
        reached, density = _chance_and_density(terms, at)
        below = reached < chance
        low, high = np.where(below, at, low), np.where(below, high, at)
        step = (chance - reached) / np.maximum(density, 1e-300)
        proposed = at + step
        inside = (proposed > low) & (proposed < high)
        following = np.where(inside, proposed, (low + high) / 2)
        if np.abs(following - at).max() < CLOSE:
            return following
        at = following
    return at


def _ratio_quantiles(
    spread: Spread, top: Floats, bottom: Floats, chances: Sequence[float]
) -> Floats:
    under = (bottom * spread.mean).sum(axis=-1)
    wobble = np.sqrt((bottom**2 * spread.variance).sum(axis=-1))
    known = (under > SURELY_POSITIVE * wobble) & (spread.variance.sum(axis=-1) > 0)
    out = np.full((len(chances), len(top)), np.nan)
    fixed = spread.variance.sum(axis=-1) == 0
    out[:, fixed] = quiet_divide((top * spread.mean).sum(axis=-1)[fixed], under[fixed])
    if known.any():
        part = spread.rows(known)
        for place, chance in enumerate(chances):
            out[place, known] = _ratio_quantile(part, top[known], bottom[known], chance)
    return out


def _ratio_quantile(spread: Spread, top: Floats, bottom: Floats, chance: float) -> Floats:
    """Solve for the ratio by secant steps from Fieller's limit on the same moments."""
    under = (bottom * spread.mean).sum(axis=-1)
    at = _first_ratio(spread, top, bottom, chance)
    miss, slope = _miss(spread, top, bottom, at, chance, under)
    following = at - miss / slope
    open_rows = np.ones(len(at), dtype=bool)
    for _ in range(12):
        open_rows &= np.abs(following - at) > CLOSE * np.abs(following)
        if not open_rows.any():
            break
        rows = np.flatnonzero(open_rows)
        part = spread.rows(rows)
        new_miss, new_slope = _miss(
            part, top[rows], bottom[rows], following[rows], chance, under[rows]
        )
        run = following[rows] - at[rows]
        secant = (new_miss - miss[rows]) / np.where(run == 0, 1.0, run)
        usable = (np.abs(miss[rows] - new_miss) > 1e-13) & (secant > 0)
        at[rows], miss[rows] = following[rows], new_miss
        following[rows] = following[rows] - new_miss / np.where(usable, secant, new_slope)
    lost = np.flatnonzero((np.abs(miss) > FOUND) | ~np.isfinite(following))
    for row in lost:
        one = np.array([row])
        following[row] = _halved(spread.rows(one), top[one], bottom[one], chance)
    return following


def _halved(spread: Spread, top: Floats, bottom: Floats, chance: float) -> float:
    """Solve for one ratio by halving, where secant steps went astray."""
    above, under = ((side * spread.mean).sum(axis=-1) for side in (top, bottom))
    centre = above / under
    reach = np.abs(_first_ratio(spread, top, bottom, chance) - centre) + 1e-12

    def missed(ratio: Floats) -> bool:
        return bool(_miss(spread, top, bottom, ratio, chance, under)[0][0] < 0)

    low, high = centre - reach, centre + reach
    for _ in range(MOST_STEPS):
        if missed(low):
            break
        low = centre - 2 * (centre - low)
    for _ in range(MOST_STEPS):
        if not missed(high):
            break
        high = centre + 2 * (high - centre)
    for _ in range(2 * MOST_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if missed(middle) else (low, middle)
    return float((low + high)[0] / 2)


def _first_ratio(spread: Spread, top: Floats, bottom: Floats, chance: float) -> Floats:
    z = float(special.ndtri(chance))
    above, under = ((side * spread.mean).sum(axis=-1) for side in (top, bottom))
    va, vb = ((side**2 * spread.variance).sum(axis=-1) for side in (top, bottom))
    cov = (top * bottom * spread.variance).sum(axis=-1)
    a, b = under**2 - z * z * vb, above * under - z * z * cov
    root = np.sqrt(np.maximum(b * b - a * (above**2 - z * z * va), 0.0))
    return np.asarray((b + np.sign(z) * root) / np.where(a > 0, a, under**2))


def _miss(
    spread: Spread, top: Floats, bottom: Floats, ratio: Floats, chance: float, under: Floats
) -> tuple[Floats, Floats]:
    """Return how far the chance at a ratio is off, and about how fast it changes."""
    weights = top - ratio[:, None] * bottom
    centre = (weights * spread.mean).sum(axis=-1)
    deviation = np.sqrt((weights**2 * spread.variance).sum(axis=-1))
    terms = _characteristic(spread, weights, deviation)
    reached, density = _chance_and_density(terms, -centre / deviation)
    return reached - chance, np.maximum(density, 1e-12) * under / deviation
