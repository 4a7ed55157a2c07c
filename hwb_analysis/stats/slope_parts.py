"""The parts of a slope index: point estimates with limits, and checks of the fit."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import Floats, quiet_divide, z_value
from hwb_analysis.stats.ridit import (
    Line,
    fieller,
    spread_between,
    spread_of,
    weighted_line,
)


def estimates(
    line: Line,
    y: Floats,
    error: Floats,
    sign: float,
    levels: tuple[float, ...],
    mean: str,
    scale: float,
) -> dict[str, Any]:
    """Return slope, ends and both relative indices with their sampling-error limits."""
    spread = np.sqrt(spread_of(line.slope_weights, error))
    limits = [_ordered(sign * line.slope, z_value(level) * spread) for level in levels]
    ratio = _end_ratio(line, sign, error, levels)
    level_of_mean = np.asarray((line.share * y).sum(axis=-1))
    mean_form = _mean_ratio(line, sign, error, levels, level_of_mean, mean)
    return {
        "value": sign * line.slope * scale,
        "se": spread * scale,
        "lower": np.stack([pair[0] for pair in limits]) * scale,
        "upper": np.stack([pair[1] for pair in limits]) * scale,
        "raw_slope": line.slope * scale,
        "raw_ratio": quiet_divide(line.at(0), line.at(1)),
        "fitted_most": line.at(0) * scale,
        "fitted_least": line.at(1) * scale,
        "mean": level_of_mean * scale,
        "rii_ratio": ratio[0],
        "rii_ratio_lower": ratio[1],
        "rii_ratio_upper": ratio[2],
        "rii_mean": mean_form[0],
        "rii_mean_lower": mean_form[1],
        "rii_mean_upper": mean_form[2],
    }


def _ordered(centre: Floats, half: Floats) -> tuple[Floats, Floats]:
    return np.asarray(centre - half), np.asarray(centre + half)


def _end_ratio(
    line: Line, sign: float, error: Floats, levels: tuple[float, ...]
) -> tuple[Floats, Floats, Floats]:
    """Return better end over worse end so that it is above 1 with a positive slope index."""
    most, least = line.intercept_weights, line.intercept_weights + line.slope_weights
    top, bottom = (least, most) if sign > 0 else (most, least)
    above, below = (line.at(1), line.at(0)) if sign > 0 else (line.at(0), line.at(1))
    # A fitted end at or below zero has no meaning as a ratio: missing, never negative.
    usable = np.where((above > 0) & (below > 0), 1.0, np.nan)
    parts = spread_of(top, error), spread_of(bottom, error), spread_between(top, bottom, error)
    limits = [fieller(above * usable, below, *parts, z_value(level)) for level in levels]
    return (
        quiet_divide(above * usable, below),
        np.stack([pair[0] for pair in limits]),
        np.stack([pair[1] for pair in limits]),
    )


def _mean_ratio(
    line: Line, sign: float, error: Floats, levels: tuple[float, ...], centre: Floats, mean: str
) -> tuple[Floats, Floats, Floats]:
    if mean not in ("estimated", "fixed"):
        raise StatisticsError(
            f"mean is 'estimated' or 'fixed', got '{mean}'",
            remedy="'estimated' carries the variance of the mean",
        )
    usable = np.where(centre > 0, centre, np.nan)
    kept = 1.0 if mean == "estimated" else 0.0
    top = sign * line.slope_weights
    parts = (
        spread_of(top, error),
        kept * spread_of(line.share, error),
        kept * spread_between(top, line.share, error),
    )
    limits = [fieller(sign * line.slope, usable, *parts, z_value(level)) for level in levels]
    return (
        np.asarray(sign * line.slope / usable),
        np.stack([pair[0] for pair in limits]),
        np.stack([pair[1] for pair in limits]),
    )


def fit_checks(
    line: Line, y: Floats, error: Floats, levels: tuple[float, ...], sign: float, scale: float
) -> dict[str, Any]:
    """Return the regression's own limits, lack of fit and the largest residual."""
    groups = y.shape[-1]
    residual = y - line.fitted()
    spread = (line.share * (line.rank - (line.share * line.rank).sum(-1, keepdims=True)) ** 2).sum(
        -1
    )
    scatter = np.sqrt((line.share * residual**2).sum(axis=-1) / (groups - 2) / spread)
    t = [float(special.stdtrit(groups - 2, 0.5 + level / 2)) for level in levels]
    lack, chance = lack_of_fit(y, line.rank, error)
    return {
        "regression_se": np.asarray(scatter) * scale,
        "regression_lower": np.stack([(sign * line.slope - q * scatter) * scale for q in t]),
        "regression_upper": np.stack([(sign * line.slope + q * scatter) * scale for q in t]),
        "lack_of_fit": lack,
        "lack_of_fit_p": chance,
        "largest_residual": _largest(residual) * scale,
    }


def _largest(residual: Floats) -> Floats:
    place = np.abs(residual).argmax(axis=-1)
    return np.asarray(np.take_along_axis(residual, place[..., None], axis=-1)[..., 0])


def lack_of_fit(y: Floats, rank: Floats, error: Floats) -> tuple[Floats, Floats]:
    """Return Q and its p value: are the groups off a line by more than sampling error.

    Formula: ``Q = sum(((y - fit) / s)^2)``, chi-squared on J - 2, the fit weighted by
    1/s^2. Missing where an error is missing or zero.
    """
    usable = np.asarray((error > 0).all(axis=-1))
    weights = np.where(usable[..., None], error, np.nan) ** -2.0
    line = weighted_line(y, rank, weights)
    q = np.asarray((weights * (y - line.fitted()) ** 2).sum(axis=-1))
    return q, np.asarray(special.chdtrc(y.shape[-1] - 2, q))
