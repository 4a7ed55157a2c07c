"""Trends of counts: rates by quasi-Poisson, proportions by quasi-binomial regression.

``log E(x) = log n + a + b t`` or ``logit p = a + b t``. The standard error is multiplied
by the square root of the dispersion factor, Pearson's chi-squared over n - 2, never
below one unless told; Student's t on n - 2. Where the factor is at its floor the test is
the more cautious of two: Student's t with the factor found, and the normal with the
variance of the counts. ``docs/methods/trend_tests.md`` has the sizes.

Other variances are offered to see what the answer hangs on: ``"model"`` (Poisson or
binomial, normal), ``"robust"`` (sandwich HC0, normal) and, for rates, the negative
binomial. ``docs/methods`` has the sizes; robust standard errors reject far too often on
short series.

The p value assumes that years are independent.

Sources: McCullagh and Nelder 1989; Hilbe 2011 (NB2); White 1980.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import (
    DEFAULT_LEVELS,
    Floats,
    Words,
    check_levels,
    numbers,
    refuse,
    same_shape,
    words,
)
from hwb_analysis.stats.irls import Fit, fit
from hwb_analysis.stats.trend_result import ASSUMES, FEWEST, Trend, assemble

Variance = Literal["quasi", "model", "robust"]
NAMES = {"rate": "Poisson", "proportion": "binomial"}
SMALLEST_ALPHA = 1e-10


def count_trend(
    count: ArrayLike,
    people: ArrayLike,
    time: ArrayLike | None = None,
    *,
    kind: Literal["rate", "proportion"],
    variance: Variance = "quasi",
    dispersion_floor: bool = True,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
    fewest: int = FEWEST,
) -> Trend:
    """Fit a log-linear or logistic trend to the counts of one or many series.

    Parameters
    ----------
    count, people
        Events, and person-years or trials: points on the last axis, series before it.
        Points that miss one of the two are left out.
    time
        When each point stands (years); 0, 1, ... by default. One axis for all series, or
        the shape of ``count``.
    kind
        ``"rate"`` (log link) or ``"proportion"`` (logit link).
    variance
        ``"quasi"``, ``"model"`` or ``"robust"``.
    dispersion_floor
        False lets the dispersion factor fall below one, for comparison with other
        software.
    fewest
        Points below which no verdict is given.

    Returns
    -------
    Trend
        ``change`` is the annual percentage change of the rate, or of the odds.

    Raises
    ------
    StatisticsError
        Negative counts, denominators not above zero, more events than trials, repeated
        times, an unknown kind or variance.

    Examples
    --------
    >>> found = count_trend([100, 110, 120, 131, 145], [1000] * 5, kind="rate")
    >>> round(float(found.change[0]), 2), found.reason.tolist()
    (9.63, [''])
    """
    x, n, t = _read(count, people, time, kind)
    if variance not in ("quasi", "model", "robust"):
        raise StatisticsError(f"variance is 'quasi', 'model' or 'robust', got '{variance}'")
    middle = np.nanmean(np.where(np.isnan(x * n), np.nan, t), axis=-1, keepdims=True)
    design = np.stack([np.ones_like(t), t - middle], axis=-1)
    model: Literal["poisson", "binomial"] = "poisson" if kind == "rate" else "binomial"
    found = fit(x, n, design, model)
    reason = _reason(x, n, found, fewest, kind)
    dispersion = np.divide(found.pearson, np.maximum(found.freedom, 1))
    slope_error = _error(x, design, found, variance, dispersion)
    floored = dispersion_floor and variance == "quasi"
    many = np.full(found.freedom.shape, np.inf)
    return assemble(
        found.coefficients[..., 1],
        slope_error,
        found.freedom if variance == "quasi" else many,
        least=np.sqrt(found.covariance[..., 1, 1]) if floored else 0.0,
        levels=check_levels(levels),
        scale="log" if kind == "rate" else "logit",
        reason=reason,
        intercept=found.coefficients[..., 0] - found.coefficients[..., 1] * middle[..., 0],
        dispersion=dispersion,
        points=found.freedom + 2,
        floored=floored,
        method={"quasi": "quasi-", "model": "", "robust": "robust "}[variance] + NAMES[kind],
        assumption=ASSUMES,
    )


def _read(
    count: ArrayLike, people: ArrayLike, time: ArrayLike | None, kind: str
) -> tuple[Floats, Floats, Floats]:
    if kind not in NAMES:
        raise StatisticsError(f"kind is 'rate' or 'proportion', got '{kind}'")
    x, n = (np.atleast_2d(side) for side in same_shape(count=count, people=people))
    refuse(x < 0, "count is negative", "code missing as NaN, never as -1")
    refuse(n <= 0, "people are not above zero", "code missing as NaN, never as zero")
    if kind == "proportion":
        refuse(x > n, "count is above its denominator", "check which is which")
    return x, n, times_of(time, x.shape)


def times_of(time: ArrayLike | None, shape: tuple[int, ...]) -> Floats:
    """Return the times of all points, in the shape of the series.

    Raises
    ------
    StatisticsError
        Another number of times than points, a missing or a repeated time.

    Examples
    --------
    >>> times_of(None, (1, 3)).tolist()
    [[0.0, 1.0, 2.0]]
    """
    t = np.arange(float(shape[-1])) if time is None else numbers("time", time)
    if t.shape[-1:] != shape[-1:]:
        raise StatisticsError(
            f"one time a point was expected, got {t.shape[-1:]} for {shape[-1:]}",
            remedy="pass the time of every point, in the order of the values",
        )
    t = np.broadcast_to(t, shape)
    refuse(np.isnan(t), "a time is missing", "every point needs its period")
    ordered = np.sort(t, axis=-1)
    repeated = (np.diff(ordered, axis=-1) == 0).any(-1)
    refuse(repeated, "a time is repeated", "one row a period; keep one vintage")
    return t


def _reason(x: Floats, n: Floats, found: Fit, fewest: int, kind: str) -> Words:
    usable = ~np.isnan(x) & ~np.isnan(n)
    events = np.where(usable, x, 0).sum(-1)
    full = (events == np.where(usable, n, 0).sum(-1)) & (kind == "proportion")
    return words(
        events.shape,
        (usable.sum(-1) < fewest, f"fewer than {fewest} points with a count"),
        (events == 0, "all counts are zero"),
        (full, "every count equals its denominator"),
        (~found.converged, "the model could not be fitted"),
    )


def _error(x: Floats, design: Floats, found: Fit, variance: str, dispersion: Floats) -> Floats:
    if variance == "robust":
        return _robust(x, design, found)
    error = np.sqrt(found.covariance[..., 1, 1])
    return np.asarray(error * np.sqrt(dispersion) if variance == "quasi" else error)


def _robust(x: Floats, design: Floats, found: Fit) -> Floats:
    left = np.where(np.isnan(found.fitted), 0.0, x - found.fitted)
    scored = design * left[..., None]
    meat = np.swapaxes(scored, -1, -2) @ scored
    return np.asarray(np.sqrt((found.covariance @ meat @ found.covariance)[..., 1, 1]))


def negative_binomial_trend(
    count: ArrayLike,
    people: ArrayLike,
    time: ArrayLike | None = None,
    *,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
    fewest: int = FEWEST,
) -> Trend:
    """Fit a negative binomial trend (variance ``mu + alpha mu^2``) to one series of counts.

    Alpha is that of greatest likelihood; ``dispersion`` holds it. Limits are normal, as
    in other software, and too narrow on short series: this is a sensitivity check.

    Raises
    ------
    StatisticsError
        As :func:`count_trend`; more than one series.

    Examples
    --------
    >>> found = negative_binomial_trend([90, 150, 100, 190, 160], [1000] * 5)
    >>> round(float(found.change[0]), 1), round(float(found.dispersion[0]), 3)
    (14.6, 0.036)
    """
    x, n, t = _read(count, people, time, "rate")
    if x.shape[0] != 1 or x.ndim != 2:
        raise StatisticsError("one series was expected", remedy="fit series one at a time")
    known = ~np.isnan(x) & ~np.isnan(n)
    x, n, t = x[known][None], n[known][None], t[known][None]
    design = np.stack([np.ones_like(t), t - t.mean()], axis=-1)
    alpha = _likeliest_alpha(x, n, design)
    found = fit(x, n, design, "poisson", extra=alpha)
    return assemble(
        found.coefficients[..., 1],
        np.sqrt(found.covariance[..., 1, 1]),
        np.full(1, np.inf),
        levels=check_levels(levels),
        scale="log",
        reason=_reason(x, n, found, fewest, "rate"),
        intercept=found.coefficients[..., 0] - found.coefficients[..., 1] * t.mean(),
        dispersion=np.full(1, alpha),
        points=found.freedom + 2,
        floored=False,
        method="negative binomial",
        assumption=ASSUMES,
    )


def _likeliest_alpha(x: Floats, n: Floats, design: Floats) -> float:
    """Return alpha by greatest profile likelihood; 0 where the counts vary no more."""

    def minus(log_alpha: float) -> float:
        alpha = float(np.exp(log_alpha))
        found = fit(x, n, design, "poisson", extra=alpha)
        return -_likelihood(x, found.fitted, alpha) if found.converged.all() else np.inf

    grid = np.linspace(np.log(SMALLEST_ALPHA), np.log(10.0), 60)
    best = int(np.argmin([minus(step) for step in grid]))
    if best == 0:
        return 0.0
    ends = (grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)])
    found = optimize.minimize_scalar(minus, bounds=ends, method="bounded", options={"xatol": 1e-9})
    return float(np.exp(found.x))


def _likelihood(x: Floats, mu: Floats, alpha: float) -> float:
    size = 1 / alpha
    parts = special.gammaln(x + size) - special.gammaln(size) - special.gammaln(x + 1)
    parts = parts + special.xlogy(x, alpha * mu) - (x + size) * np.log1p(alpha * mu)
    return float(parts.sum())
