"""Distribution of what lies between two correlated normal ends, turned back by a curve."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from scipy import special

from hwb_analysis.stats.arrays import Floats, quiet_divide
from hwb_analysis.stats.convolution import Curve

NODES = 65
REACH = 8.0
HALVINGS = 60
FAR = 9.0


class Scale(Protocol):
    """What is needed of a link: the way to the scale and back."""

    @property
    def to(self) -> Curve:
        """Lead from the natural scale to the curved one."""

    @property
    def back(self) -> Curve:
        """Lead back."""


def end_quantiles(
    first: Floats,
    second: Floats,
    var_first: Floats,
    var_second: Floats,
    cov: Floats,
    link: Scale,
    chances: Sequence[float],
) -> tuple[Floats, Floats]:
    """Return quantiles of ``h(F) - h(S)`` and ``h(F) / h(S)``: chances first.

    Formula: given S, F is normal; ``P(h(F) - h(S) <= t)`` is the mean over S of
    ``Phi((g(t + h(S)) - E(F|S)) / sd(F|S))``, taken by the trapezoid rule, and t is found
    by halving. The ratio is the same with ``t h(S)`` in place of ``t + h(S)``.
    """
    z = np.linspace(-REACH, REACH, NODES)
    weights = np.exp(-(z**2) / 2)
    weights /= weights.sum()
    sd_first, sd_second = np.sqrt(var_first), np.sqrt(var_second)
    at = second[..., None] + sd_second[..., None] * z
    centre = first[..., None] + quiet_divide(cov, sd_second)[..., None] * z
    left = np.sqrt(np.maximum(var_first - quiet_divide(cov, sd_second) ** 2, 1e-300))[..., None]
    base = link.back(at)

    def chance_below(reached: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            place = link.to(reached)
        # Beyond the range of the curve the chance is none or all.
        place = np.where(reached <= 0, -np.inf, np.where(np.isnan(place), np.inf, place))
        return np.asarray((special.ndtr((place - centre) / left) * weights).sum(axis=-1))

    f = [link.back(first + side * FAR * sd_first) for side in (-1, 1)]
    s = [link.back(second + side * FAR * sd_second) for side in (-1, 1)]
    differences = _solved(
        lambda t: chance_below(t[..., None] + base), f[0] - s[1], f[1] - s[0], chances
    )
    ratios = _solved(lambda t: chance_below(t[..., None] * base), f[0] / s[1], f[1] / s[0], chances)
    return differences, ratios


def _solved(
    chance_at: Callable[[Floats], Floats], low: Floats, high: Floats, chances: Sequence[float]
) -> Floats:
    out = []
    for chance in chances:
        lower, upper = low, high
        for _ in range(HALVINGS):
            middle = (lower + upper) / 2
            below = chance_at(middle) < chance
            lower, upper = np.where(below, middle, lower), np.where(below, upper, middle)
        out.append((lower + upper) / 2)
    return np.stack(out)
