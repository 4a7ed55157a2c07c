"""Did inequality change: slope indices of two periods or many, and the spread of districts.

* Slope index or relative index of two periods:
  :func:`~hwb_analysis.stats.change.change` on the value, and on the log for the ratio,
  less what the periods share.
* Slope index over many periods: a straight line with known errors, or with what the
  periods share.
* Sigma convergence: slope of ln(SD between districts), the sampling noise taken out of
  each year's SD. The districts are a fixed set, so that only noise is uncertain:
  ``var(SD^2) = sum (2 p_j (y_j - m) s_j)^2 + 2 sum (p_j s_j^2)^2``.
* Beta convergence: change on start. Regression to the mean makes districts that start
  high seem to fall; so the slope is corrected for the noise of the start,
  ``(cov(d, y1) + e1) / (var(y1) - e1)`` with e1 the mean squared error, and the test is
  Oldham's: the change against the mean of both periods.

Absolute and relative inequality are reported together, since they may disagree.

Sources: Oldham 1962; Fuller 1987; Barro and Sala-i-Martin 1992.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import DEFAULT_LEVELS, Floats, check_levels, refuse, same_shape
from hwb_analysis.stats.change import Change, change
from hwb_analysis.stats.line_trend import line_trend
from hwb_analysis.stats.result import Result, figure
from hwb_analysis.stats.slope_result import SlopeIndex
from hwb_analysis.stats.trend_result import Trend, student_tail

FEWEST_AREAS = 5
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class SlopeChange(Result):
    """The change of the slope index and of the relative index between two periods."""

    value: float
    absolute: Change
    relative: Change

    def explain(self) -> str:
        """Return one sentence on each scale, and say when they disagree."""
        words = [_direction(self.absolute), _direction(self.relative)]
        odd = " The two scales disagree." if set(words) == {"increase", "decrease"} else ""
        return (
            f"Slope index: {self.absolute.explain()} Relative index: {self.relative.explain()}{odd}"
        )


def _direction(found: Change) -> str:
    p = float(found.p_value.flat[0])
    if not p < LEVEL:
        return "no clear change"
    return "increase" if float(found.z.flat[0]) > 0 else "decrease"


def slope_change(
    first: SlopeIndex,
    second: SlopeIndex,
    *,
    shared: ArrayLike = 0.0,
    position: int = 0,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
) -> SlopeChange:
    """Test the change of a slope index between two periods, on both scales.

    Parameters
    ----------
    first, second
        Slope indices of the two periods, of the same indicator and good end.
    shared
        What the periods share, see :func:`~hwb_analysis.stats.change.shared_fraction`.
    position
        Which set of groups.

    Raises
    ------
    StatisticsError
        When the two differ in their good end or in their confidence levels.

    Examples
    --------
    >>> from hwb_analysis.stats.inequality import slope_index
    >>> people, se = [1000] * 5, [0.5] * 5
    >>> old = slope_index([60, 62, 64, 66, 68], people, better="high", se=se)
    >>> new = slope_index([60, 63, 66, 69, 72], people, better="high", se=se)
    >>> found = slope_change(old, new)
    >>> round(found.value, 2), float(found.absolute.p_value) < 0.001
    (5.0, True)
    """
    if first.better != second.better or first.levels != second.levels:
        raise StatisticsError(
            "the two slope indices differ in their good end or levels",
            remedy="compute both with the same better= and levels=",
        )
    old, new = (_sides(one, position) for one in (first, second))
    absolute = change(old[0], new[0], se=(old[1], new[1]), shared=shared, levels=levels)
    relative = change(
        old[2],
        new[2],
        limits=(old[3], old[4], new[3], new[4]),
        level_of_limits=first.levels[0],
        shared=shared,
        scale="log",
        levels=levels,
    )
    return SlopeChange(float(absolute.value), absolute, relative)


def _sides(one: SlopeIndex, position: int) -> list[float]:
    """Return value, standard error, ratio, and the ratio's limits."""
    parts = (one.value, one.se, one.rii_ratio, one.rii_ratio_lower[0], one.rii_ratio_upper[0])
    return [float(part.flat[position]) for part in parts]


def slope_trend(
    value: ArrayLike,
    se: ArrayLike,
    time: ArrayLike | None = None,
    *,
    overlap: ArrayLike | None = None,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
) -> Trend:
    """Test whether yearly slope indices, gaps or dispersion measures trend over time.

    Parameters
    ----------
    value, se
        The measure and its standard error in each period.
    time
        Years; 0, 1, ... by default.
    overlap
        What the periods share, for rolling periods; the residual factor is then free and
        the standard errors are not used.

    Examples
    --------
    >>> found = slope_trend([5.0, 5.4, 6.1, 6.3, 7.0], [0.2] * 5)
    >>> round(float(found.value[0]), 2), round(float(found.p_value[0]), 4)
    (0.49, 0.0013)
    """
    if overlap is not None:
        return line_trend(value, time, overlap=overlap, levels=levels)
    return line_trend(value, time, se=se, levels=levels)


@dataclass(frozen=True, slots=True)
class Sigma(Result):
    """The trend of the spread between areas, noise taken out year by year.

    ``value`` is the yearly change of ln(SD); ``spread`` the corrected SD of each year,
    ``raw`` the SD with the noise in it.
    """

    value: float
    p_value: float
    spread: Floats
    raw: Floats
    trend: Trend | None
    reason: str
    method: str = "ln of the noise-corrected SD on time"

    def explain(self) -> str:
        """Return one sentence; narrower or wider only where the test says so."""
        if self.reason or self.trend is None:
            return f"No verdict on the spread between areas: {self.reason}."
        clear = self.p_value < LEVEL
        word = ("a widening" if self.value > 0 else "a narrowing") if clear else "no clear change"
        return (
            f"The spread between areas shows {word}: SD {figure(float(self.spread[0]))} at "
            f"first, {figure(float(self.spread[-1]))} at last (p {figure(self.p_value)})."
        )


def sigma_convergence(
    value: ArrayLike,
    se: ArrayLike,
    population: ArrayLike | None = None,
    time: ArrayLike | None = None,
    *,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
) -> Sigma:
    """Test whether the spread between areas changed over the years.

    Parameters
    ----------
    value, se
        (years, areas): figures and their standard errors.
    population
        Weights of the areas; equal by default.
    time
        Years; 0, 1, ... by default.

    Raises
    ------
    StatisticsError
        Fewer than five areas, a missing figure, errors not above zero.

    Examples
    --------
    >>> years = np.arange(6.0)[:, None]
    >>> areas = np.array([-3.0, -2, -1, 0, 1, 2, 3])
    >>> found = sigma_convergence(50 + areas * (1 - 0.1 * years), np.full((6, 7), 0.1))
    >>> found.explain()
    'The spread between areas shows a narrowing: SD 2.00 at first, 0.996 at last (p 0.0000416).'
    """
    y, s = same_shape(value=value, se=se)
    if y.ndim != 2 or y.shape[1] < FEWEST_AREAS:
        raise StatisticsError(
            f"years by at least {FEWEST_AREAS} areas were expected, got shape {y.shape}",
            remedy="the spread of fewer areas says nothing",
        )
    refuse(np.isnan(y + s), "a figure or its error is missing", "leave the year out")
    refuse(s <= 0, "a standard error is not above zero", "mend the source")
    weights = np.ones(y.shape[1]) if population is None else same_shape(p=population, y=y[0])[0]
    share = weights / weights.sum()
    raw, corrected, error = _spread(y, s, share)
    if (corrected <= 0).any():
        why = "in at least one year the areas differ no more than sampling noise"
        return Sigma(np.nan, np.nan, np.sqrt(np.maximum(corrected, 0)), np.sqrt(raw), None, why)
    found = line_trend(
        np.log(corrected) / 2, time, se=error / (2 * corrected), levels=check_levels(levels)
    )
    return Sigma(
        value=float(found.value[0]),
        p_value=float(found.p_value[0]),
        spread=np.sqrt(corrected),
        raw=np.sqrt(raw),
        trend=found,
        reason=str(found.reason[0]),
    )


def _spread(y: Floats, s: Floats, share: Floats) -> tuple[Floats, Floats, Floats]:
    """Return raw and corrected variance between areas, and the error of the variance."""
    middle = (share * y).sum(-1, keepdims=True)
    raw = (share * (y - middle) ** 2).sum(-1)
    noise = (share * (1 - share) * s**2).sum(-1)
    first = ((2 * share * (y - middle) * s) ** 2).sum(-1)
    second = 2 * ((share * s**2) ** 2).sum(-1)
    return raw, raw - noise, np.sqrt(first + second)


@dataclass(frozen=True, slots=True)
class Beta(Result):
    """Change against start: the naive slope, the corrected one, and Oldham's test."""

    value: float
    naive: float
    oldham: float
    correlation: float
    p_value: float
    areas: int
    method: str = "corrected for the noise of the start; Oldham's test"

    def explain(self) -> str:
        """Return one sentence; catching up is named only where the test says so."""
        clear = self.p_value < LEVEL
        word = "no clear pattern"
        if clear:
            word = "areas that started high moved down against the others"
            if self.correlation > 0:
                word = "areas that started high moved further up against the others"
        corrected = figure(self.value)
        return (
            f"Across {self.areas} areas: {word} (slope of the change on the start {corrected} "
            f"once regression to the mean is taken out, {figure(self.naive)} before; p "
            f"{figure(self.p_value)})."
        )


def beta_convergence(
    first: ArrayLike, second: ArrayLike, se_first: ArrayLike | None = None
) -> Beta:
    """Test whether areas that started high changed otherwise than those that started low.

    Parameters
    ----------
    first, second
        One figure an area in each of two periods that do not overlap.
    se_first
        Standard errors of the first; without them the corrected slope is missing.

    Raises
    ------
    StatisticsError
        Fewer than five areas, or a missing figure.

    Examples
    --------
    >>> found = beta_convergence([10, 12, 14, 16, 18, 20.0], [12, 13, 14.5, 15.5, 17, 18])
    >>> round(found.naive, 3), found.p_value < 0.001
    (-0.386, True)
    """
    y1, y2 = same_shape(first=first, second=second)
    if y1.ndim != 1 or y1.size < FEWEST_AREAS:
        raise StatisticsError(
            f"at least {FEWEST_AREAS} areas were expected, got shape {y1.shape}",
            remedy="the pattern of fewer areas says nothing",
        )
    refuse(np.isnan(y1 + y2), "a figure is missing", "leave the area out of both periods")
    moved, middle = y2 - y1, (y1 + y2) / 2
    noise = np.nan if se_first is None else float((same_shape(s=se_first, y=y1)[0] ** 2).mean())
    variance, covariance = float(y1.var(ddof=1)), float(np.cov(moved, y1)[0, 1])
    true = variance - noise
    corrected = (covariance + noise) / true if true > 0 else np.nan
    tie = np.cov(moved, middle)
    scale = float(np.sqrt(tie[0, 0] * tie[1, 1]))
    correlation = float(tie[0, 1]) / scale if scale > 0 else 0.0
    freedom = np.array([y1.size - 2.0])
    with np.errstate(divide="ignore"):
        statistic = np.abs(correlation) * np.sqrt(freedom / np.maximum(1 - correlation**2, 1e-300))
    return Beta(
        value=float(corrected),
        naive=covariance / variance if variance else np.nan,
        oldham=float(tie[0, 1] / tie[1, 1]) if tie[1, 1] else np.nan,
        correlation=correlation,
        p_value=float(np.minimum(2 * student_tail(statistic, freedom), 1.0)[0]),
        areas=y1.size,
    )
