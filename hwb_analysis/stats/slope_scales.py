"""The slope index when sampling error, or the line itself, lives on a curved scale.

Rates vary on the log scale, proportions on the logit scale. Two uses:

* ``line="natural"``: the line is fitted to the values themselves, whose errors are
  normal on the curved scale. The slope is a weighted sum of independent curved
  estimates; its exact distribution is found by ``convolution``, without random numbers.
* ``line="scale"``: the line is fitted on the curved scale and its two ends are turned
  back. The ends are normal together; the slope index is ``h(end) - h(start)`` and its
  limits come from one numerical integral, both ends varying.

``ends="fixed middle"`` reproduces the national R routine, which moves only the slope
and holds the middle of the line. ``method="simulation"`` draws instead, seeded.

A standard error must say the scale it is on: ``se_on="scale"`` or ``"natural"``.

Sources: as ``inequality``; Public Health England technical guide (simulation).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

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
from hwb_analysis.stats.convolution import WIDEST_ERROR
from hwb_analysis.stats.scale_limits import LINKS, Link, Setting, drawn, natural_line, scale_line
from hwb_analysis.stats.slope_result import SlopeIndex

Scale = Literal["log", "logit"]


def slope_index_on_scale(
    value: ArrayLike,
    population: ArrayLike,
    *,
    scale: Scale,
    better: str,
    se: ArrayLike | None = None,
    se_on: Literal["scale", "natural"] | None = None,
    lower: ArrayLike | None = None,
    upper: ArrayLike | None = None,
    limits_level: float = 0.95,
    line: Literal["natural", "scale"] = "natural",
    ends: Literal["both", "fixed middle"] = "both",
    levels: float | Sequence[float] = DEFAULT_LEVELS,
    multiplier: float = 1.0,
    unit: str = "",
    method: Literal["exact", "simulation"] = "exact",
    draws: int = 100_000,
    seed: int = 0,
) -> SlopeIndex:
    """Return the slope index of rates (log) or proportions (logit).

    Parameters
    ----------
    value, population
        As in ``slope_index``; rates above zero, proportions strictly between 0 and 1.
    scale
        ``"log"`` or ``"logit"``: where the sampling error is normal.
    better
        Which end of the indicator is the good one: ``"high"`` or ``"low"``.
    se, se_on
        Standard errors and the scale they are on; or ``lower`` and ``upper`` limits of
        level ``limits_level``, read on the scale.
    line
        Where the line is fitted: to the values (``"natural"``) or on the scale.
    ends
        With ``line="scale"``: whether both ends vary, or only the slope round a fixed
        middle.
    method, draws, seed
        ``"exact"`` is deterministic; ``"simulation"`` draws with a seeded generator.

    Returns
    -------
    SlopeIndex
        A set whose error is above 1 on the scale has no interval, with the reason.

    Raises
    ------
    StatisticsError
        A value outside the scale's range, an error whose scale is not named, and as
        ``slope_index``.

    Examples
    --------
    >>> found = slope_index_on_scale(
    ...     [390, 330, 300, 260, 240], [9000] * 5, scale="log", better="low",
    ...     se=[0.06] * 5, se_on="scale", levels=0.95)
    >>> [round(float(v), 1) for v in (found.value, found.lower[0], found.upper[0])]
    [185.0, 126.9, 245.7]
    """
    link = LINKS[_known(scale, ("log", "logit"), "scale")]
    y, n = same_shape(value=value, population=population)
    _in_range(y, scale)
    if se is not None and lower is None and upper is None:
        named = _known(str(se_on), ("scale", "natural"), "se_on")
        s = _given_errors(y, se, link, named)
    elif se is None and lower is not None and upper is not None:
        s = _errors_of_limits(y, lower, upper, link, limits_level)
    else:
        raise StatisticsError(
            "give standard errors with se_on=, or both limits", remedy="exactly one of the two"
        )
    asked = check_levels(levels)
    wide = np.asarray((s > WIDEST_ERROR).any(axis=-1))
    s = np.where(wide[..., None], np.nan, s)
    setting = Setting(y, n, s, wide, link, scale, better, asked, multiplier, unit)
    if _known(method, ("exact", "simulation"), "method") == "simulation":
        return drawn(setting, _known(line, ("natural", "scale"), "line"), draws, seed)
    if _known(line, ("natural", "scale"), "line") == "natural":
        return natural_line(setting)
    return scale_line(setting, both=_known(ends, ("both", "fixed middle"), "ends") == "both")


def _known(word: str, allowed: tuple[str, ...], name: str) -> str:
    if word not in allowed:
        raise StatisticsError(
            f"{name} is one of {', '.join(map(repr, allowed))}, got {word!r}",
            remedy="see the docstring of slope_index_on_scale",
        )
    return word


def _in_range(y: Floats, scale: str) -> None:
    if scale == "log":
        refuse(y <= 0, "a rate is not above zero", "the log scale needs rates above zero")
        return
    outside = (y <= 0) | (y >= 1)
    refuse(outside, "a proportion is not strictly between 0 and 1", "divide per cent by 100")


def _given_errors(y: Floats, se: ArrayLike, link: Link, named: str) -> Floats:
    error = np.broadcast_to(numbers("se", se), y.shape)
    refuse(error < 0, "a standard error is negative", "check the column")
    return np.asarray(error if named == "scale" else error * link.steepness(y))


def _errors_of_limits(
    y: Floats, lower: ArrayLike, upper: ArrayLike, link: Link, level: float
) -> Floats:
    _, low, high = same_shape(value=y, lower=lower, upper=upper)
    refuse(low > high, "a lower limit is above its upper limit", "check the order of the limits")
    with np.errstate(divide="ignore", invalid="ignore"):
        width = link.to(high) - link.to(low)
    # A limit at the very end of the range has no place on the scale.
    known = np.where(np.isfinite(width), width, np.nan)
    return np.asarray(known / (2 * z_value(check_levels(level)[0])))
