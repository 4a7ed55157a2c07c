"""Generalised linear models of counts, many series at once, by our own iteration.

Poisson with log link and offset, and binomial with logit link. Each step solves the
weighted normal equations ``(X' W X) b = X' W z`` of every series together, with the
working response ``z = eta + (y - mu) / w``; W is mu for Poisson and ``n p (1 - p)`` for
binomial. Series stand on the leading axes, points on the last axis. Points without a
denominator (missing) get no weight, so that series of different length go together.

Source: McCullagh and Nelder 1989, chapter 2.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from hwb_analysis.stats.arrays import Flags, Floats

STEPS = 60
# Steps are quadratic: after one of a millionth of a standard error all digits are there.
ENOUGH = 1e-12
# A fitted log rate or logit beyond this means that the fit runs away to infinity.
FARTHEST = 30.0
Model = Literal["poisson", "binomial"]


@dataclass(frozen=True, slots=True)
class Fit:
    """Coefficients, their covariance at dispersion one, and what is left over.

    ``coefficients`` is (series, columns), ``covariance`` (series, columns, columns),
    ``fitted`` (series, points). ``pearson`` is Pearson's chi-squared; ``freedom`` the
    points with weight less the columns. Where ``converged`` is false all is missing.
    """

    coefficients: Floats
    covariance: Floats
    fitted: Floats
    pearson: Floats
    deviance: Floats
    freedom: Floats
    converged: Flags


def fit(
    count: Floats,
    people: Floats,
    design: Floats,
    model: Model,
    *,
    extra: Floats | float = 0.0,
) -> Fit:
    """Fit one model to many series.

    Parameters
    ----------
    count, people
        (series, points): events, and person-years or trials.
    design
        (points, columns) or (series, points, columns), the constant included.
    model
        ``"poisson"`` or ``"binomial"``.
    extra
        The negative binomial's alpha of each series (variance ``mu + alpha mu^2``);
        Poisson only.

    Examples
    --------
    >>> t = np.arange(5.0)
    >>> X = np.stack([np.ones(5), t], axis=-1)
    >>> found = fit(np.exp(3 + 0.1 * t)[None], np.ones((1, 5)), X, "poisson")
    >>> found.coefficients.round(6).tolist()
    [[3.0, 0.1]]
    """
    known = ~np.isnan(count) & ~np.isnan(people) & (people > 0)
    y, n = np.where(known, count, 0.0), np.where(known, people, 1.0)
    x = np.broadcast_to(design, (*y.shape, design.shape[-1]))
    alpha = np.broadcast_to(np.asarray(extra, dtype=np.float64), y.shape[:-1])[..., None]
    beta, settled = _start(y, n, known, x, model), np.zeros(y.shape[:-1], dtype=bool)
    for _ in range(STEPS):
        mu, weight, eta = _moments(x, beta, n, known, model, alpha)
        left_over = np.divide(y - mu, _slope(mu, n, model), where=known, out=np.zeros_like(y))
        after, step = _solve(x, weight, eta + left_over, beta)
        beta = np.where(settled[..., None], beta, after)
        settled |= step <= ENOUGH
        if settled.all():
            break
    return _finished(y, n, x, beta, known, model, alpha, settled)


def _start(y: Floats, n: Floats, known: Flags, x: Floats, model: Model) -> Floats:
    rate = (y.sum(-1) + 0.5) / (np.where(known, n, 0).sum(-1) + 1.0)
    beta = np.zeros((*y.shape[:-1], x.shape[-1]))
    level = np.log(rate) if model == "poisson" else special.logit(np.clip(rate, 1e-12, 1 - 1e-12))
    beta[..., 0] = level
    return beta


def _moments(
    x: Floats, beta: Floats, n: Floats, known: Flags, model: Model, alpha: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return fitted counts, working weights and the linear predictor without offset."""
    eta = np.clip((x * beta[..., None, :]).sum(-1), -FARTHEST, FARTHEST)
    if model == "poisson":
        mu = n * np.exp(eta)
        weight = mu / (1 + alpha * mu)
    else:
        share = special.expit(eta)
        mu, weight = n * share, n * share * (1 - share)
    return mu, np.where(known, weight, 0.0), eta


def _slope(mu: Floats, n: Floats, model: Model) -> Floats:
    """Return the derivative of the fitted count in the linear predictor."""
    return mu if model == "poisson" else mu * (1 - mu / n)


def _solve(x: Floats, weight: Floats, working: Floats, beta: Floats) -> tuple[Floats, Floats]:
    """Return the next coefficients, and the squared length of the step in standard errors."""
    left = np.swapaxes(x, -1, -2) @ (weight[..., None] * x)
    right = np.swapaxes(x, -1, -2) @ (weight * working)[..., None]
    after = (_inverse(left) @ right)[..., 0]
    step = (after - beta)[..., None]
    return after, np.asarray((np.swapaxes(step, -1, -2) @ left @ step)[..., 0, 0])


def _inverse(matrix: Floats) -> Floats:
    """Return inverses; a singular matrix gives missing numbers, not an error."""
    with np.errstate(all="ignore"):
        flat = np.abs(np.linalg.det(matrix))
    scale = np.prod(np.abs(np.diagonal(matrix, axis1=-2, axis2=-1)), axis=-1)
    singular = ~(flat > 1e-13 * scale)
    safe = np.where(singular[..., None, None], np.eye(matrix.shape[-1]), matrix)
    return np.where(singular[..., None, None], np.nan, np.linalg.inv(safe))


def _deviance(y: Floats, n: Floats, mu: Floats, known: Flags, model: Model) -> Floats:
    parts = special.kl_div(y, mu)
    if model == "binomial":
        parts = parts + special.kl_div(n - y, n - mu)
    return np.asarray(2 * np.where(known, parts, 0.0).sum(-1))


def _finished(
    y: Floats,
    n: Floats,
    x: Floats,
    beta: Floats,
    known: Flags,
    model: Model,
    alpha: Floats,
    settled: Flags,
) -> Fit:
    mu, weight, eta = _moments(x, beta, n, known, model, alpha)
    runaway = (np.abs(eta) >= FARTHEST - 1) & known
    converged = settled & ~runaway.any(-1) & ~np.isnan(beta).any(-1)
    variance = mu * (1 + alpha * mu) if model == "poisson" else mu * (1 - mu / n)
    with np.errstate(divide="ignore", invalid="ignore"):
        pearson = np.where(known, (y - mu) ** 2 / variance, 0.0).sum(-1)
    gone = ~converged

    def shown(values: Floats) -> Floats:
        wide = gone.reshape(gone.shape + (1,) * (values.ndim - gone.ndim))
        return np.where(wide, np.nan, values)

    return Fit(
        coefficients=shown(beta),
        covariance=shown(_inverse(np.swapaxes(x, -1, -2) @ (weight[..., None] * x))),
        fitted=shown(np.where(known, mu, np.nan)),
        pearson=shown(pearson),
        deviance=shown(_deviance(y, n, mu, known, model)),
        freedom=known.sum(-1) - float(x.shape[-1]),
        converged=converged,
    )


def likelihood_ratio(smaller: Fit, larger: Fit) -> Floats:
    """Return the p value of the larger of two nested models against the smaller.

    Formula: the drop in deviance against chi-squared on the columns added.

    Examples
    --------
    >>> x, one = np.array([[80.0, 90, 100, 110]]), np.ones((4, 1))
    >>> n, line = np.full((1, 4), 1000.0), np.column_stack([np.ones(4), np.arange(4)])
    >>> small, large = (fit(x, n, design, "poisson") for design in (one, line))
    >>> likelihood_ratio(small, large).round(4)
    array([0.0217])
    """
    drop = np.maximum(smaller.deviance - larger.deviance, 0.0)
    return np.asarray(special.chdtrc(smaller.freedom - larger.freedom, drop))
