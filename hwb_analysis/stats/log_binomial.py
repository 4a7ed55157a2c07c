"""The log-binomial model: proportions whose logarithm is linear, by our own scoring.

``log p = a + b r`` with binomial counts. Fisher scoring, with steps halved while a fitted
proportion would be one or more or the likelihood would fall. Where the best line lies at the
bound (a fitted proportion of one) there is no inner solution, and the fit says so.

Sources: Wacholder 1986; McCullagh and Nelder 1989.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special

from hwb_analysis.stats.arrays import Floats

STEPS, HALVINGS = 200, 40
ENOUGH = 1e-14
# A fitted proportion nearer to one than this lies at the bound.
AT_BOUND = 1e-9


class LogBinomial(NamedTuple):
    """Coefficients, their covariance at dispersion one, Pearson's chi-squared."""

    params: Floats
    covariance: Floats
    pearson: float
    converged: bool


def log_binomial(count: Floats, people: Floats, rank: Floats) -> LogBinomial:
    """Fit the model to counts of groups on their ranks.

    Examples
    --------
    >>> share = 0.5 * np.exp(-0.4 * np.array([0.25, 0.75]))
    >>> found = log_binomial(1000 * share, np.array([1000.0, 1000.0]), np.array([0.25, 0.75]))
    >>> found.params.round(6).tolist()
    [-0.693147, -0.4]
    """
    design = np.column_stack([np.ones_like(rank), rank])
    beta = np.array([np.log((count.sum() + 0.5) / (people.sum() + 1)), 0.0])
    settled = False
    for _ in range(STEPS):
        share = np.exp(design @ beta)
        information = (design.T * (people * share / (1 - share))) @ design
        score = design.T @ ((count - people * share) / (1 - share))
        step = np.linalg.solve(information, score)
        settled = bool(step @ information @ step <= ENOUGH)
        if settled:
            break
        beta = _onward(beta, step, count, people, design)
    share = np.exp(design @ beta)
    covariance = np.linalg.inv((design.T * (people * share / (1 - share))) @ design)
    pearson = float(((count - people * share) ** 2 / (people * share * (1 - share))).sum())
    return LogBinomial(beta, covariance, pearson, settled and share.max() < 1 - AT_BOUND)


def _onward(beta: Floats, step: Floats, count: Floats, people: Floats, design: Floats) -> Floats:
    """Return the next coefficients, a shorter way where the whole one leads out."""
    before = _likelihood(beta, count, people, design)
    part = 1.0
    for _ in range(HALVINGS):
        after = beta + part * step
        if _likelihood(after, count, people, design) >= before:
            return np.asarray(after)
        part /= 2
    return beta


def _likelihood(beta: Floats, count: Floats, people: Floats, design: Floats) -> float:
    line = design @ beta
    if line.max() >= 0:
        return -np.inf
    return float((count * line + special.xlog1py(people - count, -np.exp(line))).sum())
