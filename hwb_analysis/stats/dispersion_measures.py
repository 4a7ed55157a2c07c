"""Measures of how far groups lie apart, as plain functions of values and weights.

Arrays here have the groups on their FIRST axis, so that a thousand draws of seven groups
are seven long rows. With weights p (shares of the population, or 1/J), mean m and
``r = y / m``:

* variance ``sum(p (y - m)^2)``; sd its root; cv ``100 sd / m``;
* mean difference ``sum(p |y - c|)`` from c = the mean, the best group or a reference;
* index of disparity ``100 sum(p |y - c|) / c``;
* Theil ``sum(p r ln r)``; mean log deviation ``-sum(p ln r)``;
* Atkinson ``1 - sum(p r^(1 - e))^(1 / (1 - e))``, at e = 1 ``1 - prod(r^p)``;
* Gini ``sum(p_i p_j |y_i - y_j|) / (2 m)``.

Sources: Keppel and others 2005; Pearcy and Keppel 2002; Theil 1967; Atkinson 1970;
Harper and Lynch 2005; Borrell and Talih 2011.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from hwb_analysis.stats.arrays import Floats

# Beyond this many groups sorting is quicker than all pairs.
FEW_GROUPS = 12


@dataclass(frozen=True, slots=True)
class Setting:
    """What a measure is read against.

    ``centre`` is ``"mean"``, ``"best"`` or the place of a reference group; ``sign`` is +1
    where high values are good, -1 where low ones are; ``aversion`` is Atkinson's e.
    """

    centre: str | int = "mean"
    sign: float = 0.0
    aversion: float = 1.0


Measure = Callable[[Floats, Floats, Setting], Floats]


@dataclass(frozen=True, slots=True)
class Kind:
    """A measure, the power with which it grows with distance, and what it needs.

    ``ratio`` measures divide by the mean and need values that cannot be negative;
    ``positive`` ones need values above zero.
    """

    make: Measure
    power: int
    title: str
    ratio: bool = False
    positive: bool = False


def mean_of(y: Floats, p: Floats) -> Floats:
    """Return the weighted mean of the groups."""
    return np.asarray(np.einsum("j...,j...->...", p, y))


def _variance(y: Floats, p: Floats, setting: Setting) -> Floats:
    del setting
    distance = y - mean_of(y, p)
    return np.asarray(np.einsum("j...,j...,j...->...", p, distance, distance))


def _sd(y: Floats, p: Floats, setting: Setting) -> Floats:
    return np.sqrt(_variance(y, p, setting))


def _cv(y: Floats, p: Floats, setting: Setting) -> Floats:
    return 100 * _sd(y, p, setting) / mean_of(y, p)


def centre_of(y: Floats, p: Floats, setting: Setting) -> Floats:
    """Return what the groups are measured from."""
    if setting.centre == "mean":
        return mean_of(y, p)
    if setting.centre == "best":
        return np.asarray(y.max(axis=0) if setting.sign > 0 else y.min(axis=0))
    return np.asarray(y[int(setting.centre)])


def _mean_difference(y: Floats, p: Floats, setting: Setting) -> Floats:
    distance = np.abs(y - centre_of(y, p, setting))
    return np.asarray(np.einsum("j...,j...->...", p, distance))


def _disparity(y: Floats, p: Floats, setting: Setting) -> Floats:
    return 100 * _mean_difference(y, p, setting) / centre_of(y, p, setting)


def _theil(y: Floats, p: Floats, setting: Setting) -> Floats:
    del setting
    ratio = y / mean_of(y, p)
    # A group at zero adds nothing: x ln x goes to zero with x.
    return mean_of(ratio * np.log(np.maximum(ratio, 1e-300)), p)


def _log_deviation(y: Floats, p: Floats, setting: Setting) -> Floats:
    del setting
    return np.log(mean_of(y, p)) - mean_of(np.log(y), p)


def _atkinson(y: Floats, p: Floats, setting: Setting) -> Floats:
    e = setting.aversion
    if e == 1:
        return -np.expm1(mean_of(np.log(y), p) - np.log(mean_of(y, p)))
    power = 1 - e
    return 1 - mean_of(y**power, p) ** (1 / power) / mean_of(y, p)


def _gini(y: Floats, p: Floats, setting: Setting) -> Floats:
    del setting
    if y.shape[0] > FEW_GROUPS:
        return _sorted_gini(y, np.broadcast_to(p, y.shape))
    total = np.zeros(y.shape[1:])
    for i in range(y.shape[0]):
        for j in range(i):
            total += np.abs(y[i] - y[j]) * (p[i] * p[j])
    return total / mean_of(y, p)


def _sorted_gini(y: Floats, p: Floats) -> Floats:
    order = np.argsort(y, axis=0)
    y, p = (np.take_along_axis(side, order, axis=0) for side in (y, p))
    rank = np.cumsum(p, axis=0) - p / 2
    return 2 * mean_of(y * rank, p) / mean_of(y, p) - 1


MEASURES: Mapping[str, Kind] = MappingProxyType(
    {
        "variance": Kind(_variance, 2, "between-group variance"),
        "sd": Kind(_sd, 1, "between-group standard deviation"),
        "cv": Kind(_cv, 1, "coefficient of variation", ratio=True),
        "mean difference": Kind(_mean_difference, 1, "mean difference"),
        "disparity": Kind(_disparity, 1, "index of disparity", ratio=True),
        "theil": Kind(_theil, 2, "Theil index", ratio=True),
        "log deviation": Kind(_log_deviation, 2, "mean log deviation", ratio=True, positive=True),
        "atkinson": Kind(_atkinson, 2, "Atkinson index", ratio=True, positive=True),
        "gini": Kind(_gini, 1, "Gini coefficient", ratio=True),
    }
)


def variance_error(y: Floats, p: Floats, s: Floats) -> Floats:
    """Return the error of the between-group variance (independent normal groups).

    Formula: ``4 sum(p^2 s^2 (y - m)^2) + 2 [(sum p^2 s^2)^2 - sum(p^4 s^4)
    + sum(p^2 (1 - p)^2 s^4)]`` is its variance.
    """
    part = p**2 * s**2
    distance = (part * (y - mean_of(y, p)) ** 2).sum(axis=0)
    noise = part.sum(axis=0) ** 2 - (part**2).sum(axis=0)
    noise = noise + (p**2 * (1 - p) ** 2 * s**4).sum(axis=0)
    return np.asarray(np.sqrt(4 * distance + 2 * noise))


def entropy_error(y: Floats, p: Floats, s: Floats, measure: str) -> Floats:
    """Return the delta-rule error of Theil's index or the mean log deviation."""
    mean = mean_of(y, p)
    ratio, weight = y / mean, p * s / mean
    if measure == "theil":
        logs = 1 + np.log(np.maximum(ratio, 1e-300))
        turn = logs - mean_of(ratio * logs, p)
    else:
        turn = 1 - 1 / ratio
    return np.asarray(np.sqrt((weight**2 * turn**2).sum(axis=0)))
