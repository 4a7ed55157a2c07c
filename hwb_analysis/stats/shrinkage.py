"""Empirical Bayes: pull small areas towards the mean, by how little they know.

Ratios O/E (Marshall): with r = O/E, m = sum(O)/sum(E) and
``A = sum(E (r - m)^2) / sum(E) - m / mean(E)``, never below zero, the shrunken ratio is
``m + A / (A + m/E) (r - m)``. Where A is zero the areas differ no more than chance makes
them, and all are given the mean. The local form takes m and A over an area and its
neighbours; it is computed by esda.

Values with standard errors s: A is the method-of-moments variance between areas (weights
1/s^2), the shrunken value ``m + A / (A + s^2) (y - m)``, its variance ``A s^2 / (A + s^2)``.

Sources: Marshall 1991; Morris 1983; DerSimonian and Laird 1986; Rey and others 2022 (esda).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import Floats, Words, quiet_divide, refuse, same_shape, words
from hwb_analysis.stats.neighbours import among, neighbour_rates, neighbour_sets
from hwb_analysis.stats.result import Result, figure

FEWEST = 2
EQUAL = "the areas differ no more than chance makes them: all are given the mean"


@dataclass(frozen=True, slots=True)
class Shrunken(Result):
    """Raw and shrunken values of areas (last axis).

    ``mean`` and ``between`` are the mean and the variance between areas that each area
    was pulled with; ``weight`` is the share that its own figure keeps; ``error`` the
    standard deviation of the shrunken value given them.
    """

    raw: Floats
    value: Floats
    weight: Floats
    error: Floats
    mean: Floats
    between: Floats
    method: str
    reason: Words

    def explain(self) -> str:
        """Return one sentence on how far the areas were pulled."""
        if not np.isfinite(self.value).any():
            return f"Nothing was shrunk: {self.reason.flat[0]}."
        if not (np.nan_to_num(self.between) > 0).any():
            return f"Shrunken values: {EQUAL} ({figure(float(np.nanmean(self.mean)))})."
        low, high = float(np.nanmin(self.weight)), float(np.nanmax(self.weight))
        return (
            f"The areas keep between {low:.0%} and {high:.0%} of their distance from the mean "
            f"({figure(float(np.nanmean(self.mean)))}); the fewer events, the less."
        )


def shrink_ratios(observed: ArrayLike, expected: ArrayLike) -> Shrunken:
    """Return ratios O/E pulled towards the overall ratio (global empirical Bayes).

    Parameters
    ----------
    observed, expected
        Events and expected events (or people), areas on the last axis. A missing area
        stays missing and is left out of the mean.

    Raises
    ------
    StatisticsError
        Fewer than two areas, a negative count, an expected number not above zero.

    Examples
    --------
    >>> found = shrink_ratios([2, 12, 30], [5, 10, 20])
    >>> found.value.round(3).tolist(), found.between.round(4).tolist()
    ([1.161, 1.246, 1.339], [0.0318, 0.0318, 0.0318])
    """
    o, e = _ratios(observed, expected)
    known = ~(np.isnan(o) | np.isnan(e))
    mean, between = _moments(np.where(known, o, 0.0), np.where(known, e, 0.0), known)
    return _shrunken(o, e, mean[..., None], between[..., None], "empirical Bayes, global")


def shrink_to_neighbours(
    observed: ArrayLike, expected: ArrayLike, neighbours: Sequence[Sequence[int]]
) -> Shrunken:
    """Return ratios O/E pulled towards the ratio of each area with its neighbours.

    Parameters
    ----------
    observed, expected
        Events and expected events of one set of areas.
    neighbours
        For each area the places of its neighbours, without itself. An area without
        neighbours keeps its ratio.

    Raises
    ------
    StatisticsError
        As :func:`shrink_ratios`; neighbours that are not places of the areas.

    Examples
    --------
    >>> found = shrink_to_neighbours([2, 12, 30], [5, 10, 20], [[1], [0, 2], [1]])
    >>> found.value.round(2).tolist()
    [0.89, 1.25, 1.4]
    """
    o, e = _ratios(observed, expected)
    sets = neighbour_sets(neighbours, o.size)
    known = ~(np.isnan(o) | np.isnan(e))
    value, mean = np.full((2, o.size), np.nan)
    near = among(sets, known)
    value[known], mean[known] = neighbour_rates(o[known], e[known], near)
    alone = np.zeros(o.size, dtype=bool)
    alone[known] = [not side for side in near]
    between = _between(quiet_divide(o, e), value, mean, quiet_divide(mean, e), alone)
    return _shrunken(o, e, mean, between, "empirical Bayes, local (esda)")


def _between(
    raw: Floats, value: Floats, mean: Floats, noise: Floats, alone: NDArray[np.bool_]
) -> Floats:
    """Return the variance between neighbours with which an area was pulled.

    An area exactly at the mean of its neighbours was not pulled: its variance is not known
    from its value, and none is as good as any. One without neighbours has nothing to be
    pulled towards: an infinite variance keeps its ratio.
    """
    distance = raw - mean
    near = np.abs(distance) <= 1e-12 * np.abs(mean)
    kept = np.where(near, 0.0, quiet_divide(value - mean, np.where(near, 1.0, distance)))
    kept = np.clip(np.nan_to_num(kept), 0.0, 1.0)
    between = np.where(kept < 1, noise * quiet_divide(kept, 1 - kept), np.inf)
    return np.where(alone, np.inf, between)


def shrink_values(value: ArrayLike, se: ArrayLike) -> Shrunken:
    """Return values pulled towards their mean by their standard errors.

    Parameters
    ----------
    value, se
        Values and standard errors, areas on the last axis. A missing area stays missing
        and is left out of the mean.

    Raises
    ------
    StatisticsError
        Fewer than two areas, an error not above zero.

    Examples
    --------
    >>> found = shrink_values([10, 14, 30], [1, 1, 5])
    >>> found.value.round(2).tolist()
    [10.28, 14.07, 21.35]
    """
    y, s = same_shape(value=value, se=se)
    _enough(y)
    refuse(s <= 0, "a standard error is not above zero", "leave such areas out")
    known = ~(np.isnan(y) | np.isnan(s))
    weight = np.where(known, np.where(known, s, 1.0) ** -2.0, 0.0)
    total = weight.sum(axis=-1)
    mean = quiet_divide((weight * np.where(known, y, 0.0)).sum(axis=-1), total)
    q = (weight * np.where(known, y - mean[..., None], 0.0) ** 2).sum(axis=-1)
    excess = q - (known.sum(axis=-1) - 1)
    spread = total - quiet_divide((weight**2).sum(axis=-1), total)
    between = np.maximum(quiet_divide(excess, spread), 0.0)
    # The mean that goes with that variance, as in a random-effects average.
    even = np.where(known, 1 / (between[..., None] + np.where(known, s, 1.0) ** 2), 0.0)
    mean = quiet_divide((even * np.where(known, y, 0.0)).sum(axis=-1), even.sum(axis=-1))
    return _pulled(y, s**2, mean[..., None], between[..., None], "empirical Bayes, normal")


def _ratios(observed: ArrayLike, expected: ArrayLike) -> tuple[Floats, Floats]:
    o, e = same_shape(observed=observed, expected=expected)
    _enough(o)
    refuse(o < 0, "an observed count is negative", "code missing as NaN")
    refuse(e <= 0, "an expected number is not above zero", "leave empty areas out")
    return o, e


def _enough(values: Floats) -> None:
    if values.ndim == 0 or values.shape[-1] < FEWEST:
        raise StatisticsError(f"shrinking needs at least {FEWEST} areas", remedy="add areas")


def _moments(o: Floats, e: Floats, known: np.ndarray) -> tuple[Floats, Floats]:
    total = e.sum(axis=-1)
    mean = quiet_divide(o.sum(axis=-1), total)
    ratio = np.where(known, quiet_divide(o, e), 0.0)
    scatter = np.where(known, e * (ratio - mean[..., None]) ** 2, 0.0).sum(axis=-1)
    between = quiet_divide(scatter, total) - quiet_divide(mean * known.sum(axis=-1), total)
    return mean, np.maximum(between, 0.0)


def _shrunken(o: Floats, e: Floats, mean: Floats, between: Floats, method: str) -> Shrunken:
    return _pulled(quiet_divide(o, e), quiet_divide(mean, e), mean, between, method)


def _pulled(raw: Floats, noise: Floats, mean: Floats, between: Floats, method: str) -> Shrunken:
    centre, spread = (np.broadcast_to(side, raw.shape) for side in (mean, between))
    alone = np.isinf(spread)
    finite = np.where(alone, 1.0, spread)
    weight = np.where(alone, 1.0, quiet_divide(finite, finite + noise))
    # Without any spread and any noise (no event at all) the mean is all there is.
    weight = np.where(np.isnan(weight) & ~np.isnan(raw), 0.0, weight)
    value = centre + weight * (raw - centre)
    return Shrunken(
        raw=raw,
        value=np.asarray(value),
        weight=np.where(np.isnan(value), np.nan, weight),
        error=np.sqrt(np.where(np.isnan(value), np.nan, weight * noise)),
        mean=np.asarray(centre),
        between=np.asarray(spread),
        method=method,
        reason=words(raw.shape, (np.isnan(value), "the area has no figure")),
    )
