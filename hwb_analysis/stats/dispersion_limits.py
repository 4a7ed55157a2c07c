"""Limits of a dispersion measure, by inverting a test on draws of the noise.

For a set of groups y with mean m, ``y(L) = m + L (y - m)`` are groups at L times their
distances. Noise of the groups' own errors is added to y(L) at a few values of L; the
quantiles of the measure, raised to the power that makes them nearly quadratic in L, are
interpolated between. Groups are on the first axis.

Groups that chance has drawn together also look less noisy, since noise counts for more in
groups that lie far out: an upper limit from the plain tail lies too low (up to 7 % of sets
in place of 2.5 %). It is therefore taken from a third of the tail; the third was chosen by
simulation, see docs/methods/dispersion.md. The lower limit has the whole tail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from hwb_analysis.stats.arrays import Floats
from hwb_analysis.stats.dispersion_measures import Kind, Setting, mean_of

FEWEST_DRAWS = 1_000
# Distances are tried at these parts of the largest one.
NODES = np.array([0.0, 0.2, 0.45, 0.7, 1.0])
FINE = np.linspace(0, 1, 401)
# Sets are taken in blocks that fit the cache of a processor.
BLOCK = 64
# The part of a tail that the upper limit is taken from.
UPPER_SHARE = 1 / 3
# Values that must be above zero are cut off at this part of the mean.
SMALL = 1e-6


class Range(NamedTuple):
    """The lowest and highest possible value of an indicator."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Draws:
    """How many draws, from which seed, at which level, within which range."""

    number: int
    seed: int
    level: float
    within: Range


Kinds = Mapping[str, Kind]
Found = dict[str, dict[str, Floats]]


def inverted(
    kinds: Kinds, setting: Setting, y: Floats, share: Floats, error: Floats, noise: Draws
) -> Found:
    """Return ``value``, ``corrected``, ``lower`` and ``upper`` of each measure."""
    shape = y.shape[1:]
    flat = [side.reshape(side.shape[0], -1) for side in (y, share, error)]
    size = flat[0].shape[1]
    out = {name: np.full((4, size), np.nan) for name in kinds}
    random = np.random.default_rng(noise.seed).standard_normal((y.shape[0], 1, noise.number))
    for start in range(0, size, BLOCK):
        rows = slice(start, start + BLOCK)
        _fill(out, rows, kinds, setting, [side[:, rows] for side in flat], noise, random)
    names = ("value", "corrected", "lower", "upper")
    return {
        key: {name: side.reshape(shape) for name, side in zip(names, found, strict=True)}
        for key, found in out.items()
    }


def _fill(
    out: dict[str, Floats], rows: slice, kinds: Kinds, setting: Setting,
    block: list[Floats], noise: Draws, random: Floats,
) -> None:  # fmt: skip
    y, p, s = block
    known = np.isfinite(s).all(axis=0) & np.isfinite(y).all(axis=0)
    use = np.flatnonzero(known)
    grown = _Grown.of(y[:, use], p[:, use], s[:, use], noise, random) if use.size else None
    nodes = grown.quantiles(kinds, setting) if grown else {}
    for name, kind in kinds.items():
        raw = _measured(kind, setting, y, p)
        out[name][0, rows] = raw
        if grown is not None:
            limits = grown.limits(kind, setting, nodes[name], raw[use])
            limits[:, np.isnan(raw[use])] = np.nan
            out[name][1:, np.arange(rows.start, rows.start + raw.size)[use]] = limits


def _measured(kind: Kind, setting: Setting, y: Floats, p: Floats) -> Floats:
    """Return the measure of the groups; missing where it has no meaning."""
    usable = ~np.isnan(y).any(axis=0)
    if kind.ratio:
        usable &= (y >= 0).all(axis=0) & (mean_of(y, p) > 0)
    if kind.positive:
        usable &= (y > 0).all(axis=0)
    found = kind.make(np.where(usable, y, 1.0), p, setting)
    finite = usable & np.isfinite(found)
    # Rounding may leave equal groups a hair below zero.
    return np.where(finite, np.maximum(found, 0.0), np.nan)


@dataclass(frozen=True, slots=True)
class _Grown:
    """Sets of groups that can be drawn apart and given noise."""

    y: Floats
    share: Floats
    error: Floats
    mean: Floats
    low: Floats
    high: float
    reach: Floats
    noise: Draws
    jitter: Floats

    @classmethod
    def of(cls, y: Floats, p: Floats, s: Floats, noise: Draws, random: Floats) -> _Grown:
        """Return the sets with the largest distance worth trying."""
        mean = mean_of(y, p)
        spread, added = ((p * side**2).sum(axis=0) for side in (y - mean, s))
        # Groups exactly equal have no direction to be drawn apart in.
        ratio = np.divide(added, spread, out=np.zeros(mean.shape), where=spread > 0)
        low = np.full(mean.shape, noise.within.low)
        if noise.within.low >= 0:
            low = np.maximum(low, SMALL * np.abs(mean))
        jitter = s[:, :, None] * random
        return cls(y, p, s, mean, low, noise.within.high, 1 + 4 * np.sqrt(ratio), noise, jitter)

    def at(self, scale: Floats) -> Floats:
        """Return the groups at so many times their distances, within the range."""
        return np.clip(self.mean + scale * (self.y - self.mean), self.low, self.high)

    def quantiles(self, kinds: Kinds, setting: Setting) -> dict[str, Floats]:
        """Return the quantiles of each measure: nodes by quantiles by sets."""
        tail = (1 - self.noise.level) / 2
        wanted = np.array([tail * UPPER_SHARE, 0.5, 1 - tail])
        out: dict[str, list[Floats]] = {name: [] for name in kinds}
        for node in NODES:
            drawn = self.jitter + self.at(self.reach * node)[:, :, None]
            np.clip(drawn, self.low[:, None], self.high, out=drawn)
            for name, kind in kinds.items():
                found = kind.make(drawn, self.share[:, :, None], setting)
                out[name].append(_quantiles(found, wanted))
        return {name: np.stack(side) for name, side in out.items()}

    def limits(self, kind: Kind, setting: Setting, nodes: Floats, raw: Floats) -> Floats:
        """Return corrected value, lower and upper limit."""
        power = 2 / kind.power
        nodes = np.maximum(nodes, 0.0)
        scales = _crossings(nodes**power, np.nan_to_num(raw) ** power) * self.reach
        upper, middle, lower = (
            np.maximum(kind.make(self.at(side), self.share, setting), 0.0) for side in scales
        )
        # Groups more alike than chance makes them, or exactly equal.
        bare = (scales[0] == 0) | (raw == 0)
        upper = np.where(bare, nodes[0, 1], upper)
        lower, middle = (np.where((side == 0) | (raw == 0), 0.0, found)
                         for side, found in ((scales[2], lower), (scales[1], middle)))  # fmt: skip
        if kind.title in MOMENT:
            middle = _moments(kind, self.y, self.share, self.error, self.mean)
        return np.stack([np.clip(middle, lower, np.maximum(upper, lower)), lower, upper])


MOMENT = (
    "between-group variance",
    "between-group standard deviation",
    "coefficient of variation",
)


def _moments(kind: Kind, y: Floats, p: Floats, s: Floats, mean: Floats) -> Floats:
    """Return variance, sd or coefficient of variation less what noise adds on average."""
    raw = (p * (y - mean) ** 2).sum(axis=0)
    left = np.maximum(raw - (p * (1 - p) * s**2).sum(axis=0), 0.0)
    if kind.title == MOMENT[0]:
        return np.asarray(left)
    root = np.sqrt(left)
    return np.asarray(root if kind.title == MOMENT[1] else 100 * root / mean)


def _quantiles(values: Floats, wanted: Floats) -> Floats:
    """Return quantiles along the last axis, first axis = quantile."""
    last = values.shape[-1] - 1
    at = np.rint(wanted * last).astype(int)
    return np.moveaxis(np.partition(values, at, axis=-1)[..., at], -1, 0)


def _crossings(grown: Floats, raw: Floats) -> Floats:
    """Return the part of the largest distance at which each quantile reaches the raw value.

    ``grown`` has nodes by quantiles by sets. Zero where even equal groups reach it.
    """
    curve = np.einsum("fn,nqk->fqk", _LAGRANGE, grown)
    # A quantile grows with distance; what interpolation bends is held level.
    curve = np.maximum.accumulate(curve, axis=0)
    below = (curve < raw).sum(axis=0)
    after = np.clip(below, 1, FINE.size - 1)[None]
    left, right = (np.take_along_axis(curve, after - back, axis=0)[0] for back in (1, 0))
    step = np.where(right > left, (raw - left) / np.where(right > left, right - left, 1.0), 0.0)
    part = FINE[after[0] - 1] + np.clip(step, 0.0, 1.0) * FINE[1]
    return np.where(below == 0, 0.0, part)


def _lagrange(nodes: Floats, at: Floats) -> Floats:
    """Return the weights by which values at the nodes give those of the polynomial."""
    out = np.ones((at.size, nodes.size))
    for place, node in enumerate(nodes):
        for other in np.delete(nodes, place):
            out[:, place] *= (at - other) / (node - other)
    return out


_LAGRANGE = _lagrange(NODES, FINE)
