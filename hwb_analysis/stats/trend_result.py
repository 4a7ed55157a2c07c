"""The result of a trend test: a slope, its limits, its p value, and what it assumes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from hwb_analysis.stats.arrays import Floats, Words, z_value
from hwb_analysis.stats.result import Result, between, figure, percent

FEWEST = 5
FARTHEST = 300.0
ASSUMES = "assumes that years are independent"
KNOWN_OVERLAP = "allows for the overlap of the periods, and assumes that years are independent"
UNITS = {"log": "% a year", "logit": "% a year in the odds", "value": " a year"}


@dataclass(frozen=True, slots=True)
class Trend(Result):
    """Slopes of one or many series over time, one entry a series.

    ``value`` is the slope on the model's scale per unit of time (log rate, log odds or
    the value itself); ``change`` with ``change_lower`` and ``change_upper`` is what a
    reader wants: annual percentage change ``100 (e^b - 1)`` on the two log scales, else
    the slope. Limits have the level first. ``dispersion`` is Pearson's chi-squared (or
    the weighted sum of squares) over its degrees of freedom, as found; where ``floored``
    the standard error takes no less than one. ``reason`` is set where there is no test.
    """

    value: Floats
    se: Floats
    lower: Floats
    upper: Floats
    change: Floats
    change_lower: Floats
    change_upper: Floats
    levels: tuple[float, ...]
    statistic: Floats
    p_value: Floats
    intercept: Floats
    dispersion: Floats
    freedom: Floats
    points: Floats
    scale: str
    floored: bool
    method: str
    assumption: str
    reason: Words

    def explain(self, position: int = 0) -> str:
        """Return one sentence on one series; a direction only where p says so."""
        reason = str(self.reason.flat[position])
        if reason:
            return f"No verdict on a trend: {reason}."
        p, slope = float(self.p_value.flat[position]), float(self.change.flat[position])
        clear = p < 1 - self.levels[0]
        word = ("an increase" if slope > 0 else "a decrease") if clear else "no clear trend"
        limits = between(
            float(self.change_lower[0].flat[position]), float(self.change_upper[0].flat[position])
        )
        return (
            f"Over {int(self.points.flat[position])} points the figures show {word}: "
            f"{figure(slope)}{UNITS[self.scale]} ({percent(self.levels[0])} interval {limits}, "
            f"p {figure(p)}; {self.method}; {self.assumption})."
        )


def assemble(
    slope: Floats,
    error: Floats,
    freedom: Floats,
    *,
    levels: tuple[float, ...],
    scale: str,
    reason: Words,
    least: Floats | float = 0.0,
    **others: object,
) -> Trend:
    """Build a result from slope and standard error by Student's t.

    ``freedom`` infinite means the normal distribution. ``least`` is the standard error
    that the figures' own variance promises, where it is known: a series may look
    steadier than that only by luck. The test is then the more cautious of two, Student's
    t with the error found and the normal with the least, and the limits the wider; so
    neither rejects a true null more often than it says. Where ``reason`` is set the
    slope stays (it is a description) and the test is missing.
    """
    shown = np.maximum(error, least)
    usable = (reason == "") & (shown > 0) & (freedom > 0)
    found, floor, tested = (np.where(usable, side, np.nan) for side in (error, least, shown))
    with np.errstate(invalid="ignore", divide="ignore"):
        statistic = slope / tested
    p = _cautious_p(slope, found, floor, freedom) + 0 * tested
    halves = [
        np.maximum(student_quantile(level, freedom) * found, z_value(level) * floor)
        for level in levels
    ]
    lower, upper = (
        np.stack([slope - half for half in halves]),
        np.stack([slope + half for half in halves]),
    )
    turn = _per_cent if scale in ("log", "logit") else np.asarray
    return Trend(
        value=slope,
        se=shown,
        lower=lower,
        upper=upper,
        change=turn(slope),
        change_lower=turn(lower),
        change_upper=turn(upper),
        levels=levels,
        statistic=statistic,
        p_value=np.minimum(p, 1.0),
        scale=scale,
        freedom=freedom,
        reason=np.where(
            (reason == "") & np.isnan(tested), "there is no error to test with", reason
        ),
        **others,  # type: ignore[arg-type]
    )


def _cautious_p(slope: Floats, found: Floats, floor: Floats, freedom: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        by_t = 2 * student_tail(np.abs(slope / found), freedom)
        # Without a floor the normal test has nothing to say: x / 0 gives p = 0.
        normal = 2 * special.ndtr(-np.abs(slope) / floor)
    return np.asarray(np.where(slope == 0, 1.0, np.maximum(by_t, normal)))


def _per_cent(slope: Floats) -> Floats:
    # Limits of a slope that is hardly known can lie beyond any number a figure can have.
    return np.asarray(100 * np.expm1(np.minimum(slope, FARTHEST)))


def student_tail(statistic: Floats, freedom: Floats) -> Floats:
    """Return the upper tail of Student's t; normal where the freedom is infinite.

    Examples
    --------
    >>> student_tail(np.array([1.96, 2.0]), np.array([np.inf, 10.0])).round(4)
    array([0.025 , 0.0367])
    """
    finite = np.where(np.isfinite(freedom) & (freedom > 0), freedom, 1.0)
    # The incomplete beta function keeps its digits in the far tail.
    tail = special.betainc(finite / 2, 0.5, finite / (finite + statistic**2)) / 2
    return np.asarray(np.where(np.isinf(freedom), special.ndtr(-statistic), tail))


def student_quantile(level: float, freedom: Floats) -> Floats:
    """Return the two-sided quantile of Student's t; normal where freedom is infinite.

    Examples
    --------
    >>> student_quantile(0.95, np.array([3.0, np.inf])).round(3)
    array([3.182, 1.96 ])
    """
    finite = np.where(np.isfinite(freedom) & (freedom > 0), freedom, 1.0)
    exact = special.stdtrit(finite, 0.5 + level / 2)
    return np.asarray(np.where(np.isinf(freedom), special.ndtri(0.5 + level / 2), exact))
