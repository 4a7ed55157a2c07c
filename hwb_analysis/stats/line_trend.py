"""Straight-line trends of values: plain, weighted, log-linear, and for overlapping periods.

Generalised least squares ``b = (X' V^-1 X)^-1 X' V^-1 y`` with t on n - 2.

* Plain: V is the unit matrix.
* Known errors: V holds the squared standard errors; the residual factor (weighted sum of
  squares over n - 2) is never below one unless told. At the floor the test is the more
  cautious of Student's t with the factor found and the normal with the known errors.
* Log-linear, for standardised rates: ln y, with ``se / y`` for the standard error.
* Overlapping periods: V holds what each pair of periods shares, so that three-year
  averages a year apart correlate by 2/3 and 1/3. The factor is free. A test that takes
  such averages for independent rejects a true null four times too often.

The p value assumes that single years are independent.

Sources: Aitken 1935; Draper and Smith 1998.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import (
    DEFAULT_LEVELS,
    Flags,
    Floats,
    Words,
    check_levels,
    numbers,
    refuse,
    words,
)
from hwb_analysis.stats.change import shared_fraction
from hwb_analysis.stats.count_trend import times_of
from hwb_analysis.stats.trend_result import ASSUMES, FEWEST, KNOWN_OVERLAP, Trend, assemble

Scale = Literal["value", "log"]
EXACT = 1e-26


def line_trend(
    value: ArrayLike,
    time: ArrayLike | None = None,
    *,
    se: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    overlap: ArrayLike | None = None,
    scale: Scale = "value",
    known_error: bool = True,
    dispersion_floor: bool = True,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
    fewest: int = FEWEST,
) -> Trend:
    """Fit a straight line to the values of one or many series.

    Parameters
    ----------
    value
        Points on the last axis, series before it; missing values are left out.
    time
        When each point stands (years); 0, 1, ... by default.
    se
        Standard errors in the value's unit: weights ``1/se^2`` and a residual factor
        floored at one.
    weights
        Weights in place of ``se``; the residual factor is then free.
    overlap
        Matrix (points, points) of what periods share, see :func:`overlap_matrix`.
    scale
        ``"value"`` or ``"log"``.
    known_error
        False takes ``se`` for weights only, with the residual factor free.
    dispersion_floor
        False lets the residual factor of known errors fall below one.
    fewest
        Points below which no verdict is given.

    Raises
    ------
    StatisticsError
        Errors together with weights, errors or weights not above zero, shapes that
        differ, repeated times, an unknown scale.

    Examples
    --------
    >>> found = line_trend([10.0, 10.9, 12.1, 12.9, 14.2], levels=0.95)
    >>> round(float(found.value[0]), 3), round(float(found.p_value[0]), 5)
    (1.04, 0.00014)
    """
    if se is not None and weights is not None:
        raise StatisticsError("give se or weights, not both", remedy="weights are 1/se^2")
    if scale not in ("value", "log"):
        raise StatisticsError(f"scale is 'value' or 'log', got '{scale}'")
    y = np.atleast_2d(numbers("value", value))
    t = times_of(time, y.shape)
    deviation = _deviation(y, se, weights, scale)
    outside: Flags = np.any((y <= 0) & (scale == "log"), axis=-1)
    if scale == "log":
        y = np.log(np.where(y > 0, y, np.nan))
    matrix = None if overlap is None else _checked_overlap(overlap, y.shape[-1])
    slope, error, intercept, squares, points, exact = _solve(y, t, deviation, matrix)
    freedom = points - 2
    dispersion = np.where(freedom > 0, squares / np.maximum(freedom, 1), np.nan)
    floored = se is not None and known_error and dispersion_floor
    return assemble(
        slope,
        error * np.sqrt(dispersion),
        freedom,
        least=error if floored else 0.0,
        levels=check_levels(levels),
        scale=scale,
        reason=_reason(points, fewest, outside, exact & ~np.array(floored)),
        intercept=intercept,
        dispersion=dispersion,
        points=points,
        floored=floored,
        method=_method(scale, se is not None or weights is not None, overlap is not None),
        assumption=KNOWN_OVERLAP if overlap is not None else ASSUMES,
    )


def overlap_matrix(starts: Any, ends: Any) -> Floats:
    """Return what each pair of periods shares: 1 on the diagonal, 0 where nothing.

    Parameters
    ----------
    starts, ends
        First and last day of each period, the last axis being the points.

    Examples
    --------
    >>> years = np.arange("2010", "2014", dtype="datetime64[Y]")
    >>> rolling = overlap_matrix(years.astype("datetime64[D]"),
    ...     (years + np.timedelta64(3, "Y")).astype("datetime64[D]") - np.timedelta64(1, "D"))
    >>> rolling[0].round(2).tolist()
    [1.0, 0.67, 0.33, 0.0]
    """
    first, last = (np.asarray(side, dtype="datetime64[D]") for side in (starts, ends))
    return shared_fraction(
        first[..., :, None], last[..., :, None], first[..., None, :], last[..., None, :]
    )


def _checked_overlap(overlap: ArrayLike, points: int) -> Floats:
    matrix = numbers("overlap", overlap)
    if matrix.shape[-2:] != (points, points):
        raise StatisticsError(
            f"overlap must be {points} by {points}, got {matrix.shape}",
            remedy="one row and one column a point; see overlap_matrix()",
        )
    refuse(np.abs(matrix) > 1 + 1e-9, "a shared fraction lies outside 0 to 1", "use days")
    return matrix


def _deviation(y: Floats, se: ArrayLike | None, weights: ArrayLike | None, scale: str) -> Floats:
    if se is not None:
        given = numbers("se", se)
    elif weights is not None:
        given = numbers("weights", weights)
    else:
        return np.ones_like(y)
    if given.shape[-1:] != y.shape[-1:]:
        raise StatisticsError(
            f"one standard error or weight a point was expected, got {given.shape[-1:]}",
            remedy="pass as many as there are values",
        )
    refuse(given <= 0, "a standard error or weight is not above zero", "mend the source")
    if weights is not None:
        return np.broadcast_to(given**-0.5, y.shape)
    return np.broadcast_to(given, y.shape) / (y if scale == "log" else 1.0)


def _solve(
    y: Floats, t: Floats, deviation: Floats, overlap: Floats | None
) -> tuple[Floats, Floats, Floats, Floats, Floats, Flags]:
    """Return slope, error at factor one, intercept, squares left, points, exact or not."""
    known = ~np.isnan(y) & ~np.isnan(deviation)
    points = known.sum(-1).astype(np.float64)
    middle = np.where(known, t, 0.0).sum(-1, keepdims=True) / np.maximum(points, 1)[..., None]
    design = np.stack([np.ones_like(t), t - middle], axis=-1)
    scale = np.where(known, deviation, 1.0)
    whitened_y = np.where(known, y, 0.0) / scale
    whitened_x = np.where(known[..., None], design, 0.0) / scale[..., None]
    if overlap is not None:
        whitened_y, whitened_x = _decorrelate(whitened_y, whitened_x, known, overlap)
    normal = np.swapaxes(whitened_x, -1, -2) @ whitened_x
    flat = points < 2
    inverse = np.linalg.inv(np.where(flat[..., None, None], np.eye(2), normal))
    beta = (inverse @ (np.swapaxes(whitened_x, -1, -2) @ whitened_y[..., None]))[..., 0]
    left = whitened_y - (whitened_x * beta[..., None, :]).sum(-1)
    slope, error = (
        np.where(flat, np.nan, side) for side in (beta[..., 1], np.sqrt(inverse[..., 1, 1]))
    )
    intercept = beta[..., 0] - slope * middle[..., 0]
    squares = (left**2).sum(-1)
    # What is left of an exact line is rounding, not a residual.
    exact = squares <= EXACT * (whitened_y**2).sum(-1)
    return slope, error, intercept, squares, points, exact


def _decorrelate(y: Floats, x: Floats, known: Flags, overlap: Floats) -> tuple[Floats, Floats]:
    both = known[..., :, None] & known[..., None, :]
    matrix = np.where(both, overlap, np.eye(known.shape[-1]))
    # Periods that nest can make the matrix singular by rounding; a hair on the diagonal.
    root = np.linalg.cholesky(matrix + 1e-10 * np.eye(known.shape[-1]))
    return np.linalg.solve(root, y[..., None])[..., 0], np.linalg.solve(root, x)


def _reason(points: Floats, fewest: int, outside: Flags, exact: Flags) -> Words:
    return words(
        points.shape,
        (outside, "a value is not above zero, so it has no logarithm"),
        (points < fewest, f"fewer than {fewest} points"),
        (exact, "the points lie on a line, so that there is no error to test with"),
    )


def _method(scale: str, weighted: bool, overlap: bool) -> str:
    name = "log-linear regression" if scale == "log" else "linear regression"
    weight = "weighted " if weighted else ""
    return weight + name + (" with known overlap" if overlap else "")
