"""The slope index by plain regression, with any weights: for reading other software's figures.

The line through the groups is fitted with weights w on the population ranks; the only
error is the scatter of the groups round it, with Student's t on J - 2. The relative index
is the ratio of the fitted ends, its error by the delta rule on the logarithm:
``d ln(a / (a + b)) = (1/a - 1/(a + b)) da - db / (a + b)``.

The headline index of this package (:mod:`.inequality`) takes its interval from the errors
of the groups instead; population weights give the same slope.

Sources: Kunst and Mackenbach 1995; Pamuk 1985.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import (
    DEFAULT_LEVELS,
    Floats,
    check_levels,
    numbers,
    refuse,
    same_shape,
    z_value,
)
from hwb_analysis.stats.result import Result, between, figure, percent
from hwb_analysis.stats.ridit import shares_and_ranks, weighted_line

FEWEST = 3
SCATTER = "weighted least squares, scatter round the line, t on J - 2"
ROBUST = "weighted least squares, robust error (HC1), normal quantile"


@dataclass(frozen=True, slots=True)
class ScatterSlope(Result):
    """Raw slope (least minus most deprived) and raw ratio (most over least) by regression."""

    value: float
    se: float
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    ratio: float
    ratio_log_se: float
    ratio_lower: tuple[float, ...]
    ratio_upper: tuple[float, ...]
    mean: float
    levels: tuple[float, ...]
    method: str = SCATTER

    def explain(self) -> str:
        """Return one sentence on the raw slope."""
        return (
            f"From the most to the least deprived end the fitted line changes by "
            f"{figure(self.value)} ({percent(self.levels[0])} interval "
            f"{between(self.lower[0], self.upper[0])}, scatter round the line)."
        )


def scatter_slope(
    value: ArrayLike,
    population: ArrayLike,
    weights: ArrayLike | None = None,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
    *,
    robust: bool = False,
) -> ScatterSlope:
    """Return the raw slope and ratio of one set of groups, most deprived first.

    Parameters
    ----------
    value, population
        Value and people of each group; ranks follow from the people.
    weights
        Weights of the line, above zero; the population unless told.
    levels
        Confidence levels, as fractions.
    robust
        Errors from each group's own distance (HC1) and the normal quantile, for comparison
        with other software: on a few groups they are too small.

    Raises
    ------
    StatisticsError
        Fewer than three groups, a missing figure, people or weights not above zero.

    Examples
    --------
    >>> found = scatter_slope([30, 24, 20, 17, 14], [100] * 5, levels=0.95)
    >>> round(found.value, 2), round(found.lower[0], 2), round(found.ratio, 2)
    (-19.5, -25.24, 2.73)
    """
    y, n = same_shape(value=value, population=population)
    if y.ndim != 1 or y.size < FEWEST:
        raise StatisticsError(f"one set of at least {FEWEST} groups was expected, got {y.shape}")
    w = n if weights is None else numbers("weights", weights)
    if w.shape != y.shape:
        raise StatisticsError(f"{y.size} weights were expected, got {w.shape}")
    refuse(np.isnan(y), "a group has no value", "a regression needs every group")
    refuse(~(n > 0) | ~(w > 0), "people or weights are not above zero", "check the columns")
    share, rank = shares_and_ranks(n)
    line = weighted_line(y, rank, w)
    part = line.share
    asked = check_levels(levels)
    left = y - line.fitted()
    covariance = _covariance(part, rank, left, robust=robust)
    se = math.sqrt(covariance[1, 1])
    slope, most = float(line.slope), float(line.intercept)
    t = [z_value(q) if robust else float(special.stdtrit(y.size - 2, 0.5 + q / 2)) for q in asked]
    ratio, error = _ratio(most, slope, covariance)
    return ScatterSlope(
        value=slope,
        se=se,
        lower=tuple(slope - q * se for q in t),
        upper=tuple(slope + q * se for q in t),
        ratio=ratio,
        ratio_log_se=error,
        ratio_lower=tuple(ratio * math.exp(-q * error) for q in t),
        ratio_upper=tuple(ratio * math.exp(q * error) for q in t),
        mean=float((share * y).sum()),
        levels=asked,
        method=ROBUST if robust else SCATTER,
    )


def _covariance(part: Floats, rank: Floats, left: Floats, *, robust: bool) -> Floats:
    """Return the covariance of intercept and slope of a weighted line."""
    design = np.column_stack([np.ones_like(rank), rank])
    inverse = np.linalg.inv((design.T * part) @ design)
    freedom = rank.size - 2
    if robust:
        pieces = design * (part * left)[:, None]
        return np.asarray(inverse @ pieces.T @ pieces @ inverse * rank.size / freedom)
    return np.asarray(inverse * (part * left**2).sum() / freedom)


def _ratio(most: float, slope: float, covariance: Floats) -> tuple[float, float]:
    """Return the ratio of the ends and the error of its logarithm; missing at or below zero."""
    least = most + slope
    if most <= 0 or least <= 0:
        return math.nan, math.nan
    turn = np.array([1 / most - 1 / least, -1 / least])
    return most / least, math.sqrt(turn @ covariance @ turn)
