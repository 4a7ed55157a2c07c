"""The slope index under other models, side by side: does the answer hang on the model.

Counts on population ranks, most deprived at 0. Formulae for the two ends, f(0) and f(1):

* ``linear``: weighted least squares of the proportions, as the headline;
* ``log line``, ``logit line``: the line fitted on that scale, ends turned back;
* ``poisson``: ``log E(x) = log n + a + b r``, ends ``exp(a)``, ``exp(a + b)``;
* ``poisson identity``: ``E(x) = n (a + b r)``, ends ``a``, ``a + b``;
* ``binomial``: ``logit(p) = a + b r``, the denominator used once, as trials; ends by
  the logistic curve;
* ``log binomial``, when asked for: ``log(p) = a + b r`` with binomial counts, which has no
  solution where the best line reaches one (:mod:`.log_binomial`).

Limits of a fitted model are by the delta rule with the dispersion factor (Pearson
chi-squared over J - 2, never below one) and Student's t on J - 2; the relative index on
the log scale.

Sources: Moreno-Betancur and others 2015; McCullagh and Nelder 1989.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import Floats, check_levels, refuse, same_shape
from hwb_analysis.stats.inequality import direction_sign, slope_index_from_counts
from hwb_analysis.stats.intervals import count_limits, wilson
from hwb_analysis.stats.log_binomial import log_binomial
from hwb_analysis.stats.ridit import shares_and_ranks
from hwb_analysis.stats.slope_result import SlopeIndex
from hwb_analysis.stats.slope_scales import slope_index_on_scale

if TYPE_CHECKING:
    import pandas as pd

MODELS = ("linear", "log line", "logit line", "poisson", "poisson identity", "binomial")
ON_REQUEST = ("log binomial",)
MINIMUM_GROUPS = 3
BEYOND = "an end of the line lies above one: read the ratio, not the difference"


@dataclass(frozen=True, slots=True)
class ModelSlope:
    """The slope index under one model, positive when the deprived end is worse."""

    model: str
    value: float
    lower: float
    upper: float
    rii_ratio: float
    rii_lower: float
    rii_upper: float
    dispersion: float
    reason: str = ""


def slope_models(
    count: ArrayLike,
    denominator: ArrayLike,
    *,
    better: str,
    models: Sequence[str] = MODELS,
    level: float = 0.95,
    multiplier: float = 100.0,
    dispersion_floor: bool = True,
) -> pd.DataFrame:
    """Return the slope index and relative index under each model, one row a model.

    Parameters
    ----------
    count, denominator
        Events and people of each group, most deprived first; one set of groups.
    better
        Which end of the indicator is the good one: ``"high"`` or ``"low"``.
    models
        Names among ``MODELS`` and ``ON_REQUEST``.
    level
        Confidence level.
    multiplier
        100 for percentage points.
    dispersion_floor
        False lets the dispersion factor fall below one, for comparison with other
        software.

    Returns
    -------
    DataFrame
        Columns of :class:`ModelSlope`; a model that cannot be fitted says why.

    Raises
    ------
    StatisticsError
        Fewer than three groups, an unknown model, a missing or negative figure.

    Examples
    --------
    >>> table = slope_models([80, 70, 66, 50], [1000] * 4, better="low")
    >>> table.set_index("model")["value"].round(2).to_dict() == {
    ...     "linear": 3.76, "log line": 3.91, "logit line": 3.89, "poisson": 3.78,
    ...     "poisson identity": 3.84, "binomial": 3.78}
    True
    """
    import pandas as pd

    x, n = same_shape(count=count, denominator=denominator)
    if x.ndim != 1 or x.size < MINIMUM_GROUPS:
        raise StatisticsError(
            f"one set of at least {MINIMUM_GROUPS} groups was expected, got shape {x.shape}",
            remedy="models are fitted to one set of groups at a time",
        )
    refuse(~(x >= 0), "count is negative or missing", "a model needs every group")
    refuse(~(n > 0), "a denominator is not above zero", "a model needs every group")
    known = (*MODELS, *ON_REQUEST)
    unknown = [name for name in models if name not in known]
    if unknown:
        raise StatisticsError(
            f"the models {unknown} are not known", remedy="known: " + ", ".join(known)
        )
    asked = check_levels(level)[0]
    rows = [_one(name, x, n, better, asked, multiplier, dispersion_floor) for name in models]
    return pd.DataFrame(rows)


def _one(
    name: str, x: Floats, n: Floats, better: str, level: float, scale: float, floor: bool
) -> ModelSlope:
    if name == "linear":
        found = slope_index_from_counts(x, n, better=better, levels=level, multiplier=scale)
        return _of_line(name, found)
    if name in ("binomial", "log binomial", "logit line") and (x > n).any():
        return _without(name, "a count is above its denominator")
    if name.endswith("line"):
        return _curved_line(name, x, n, better, level, scale)
    return _fitted(name, x, n, better, level, scale, floor)


def _of_line(name: str, found: SlopeIndex) -> ModelSlope:
    return ModelSlope(
        name,
        float(found.value),
        float(found.lower[0]),
        float(found.upper[0]),
        float(found.rii_ratio),
        float(found.rii_ratio_lower[0]),
        float(found.rii_ratio_upper[0]),
        float("nan"),
        str(found.reason),
    )


def _without(name: str, reason: str) -> ModelSlope:
    nan = float("nan")
    return ModelSlope(name, nan, nan, nan, nan, nan, nan, nan, reason)


def _curved_line(
    name: str, x: Floats, n: Floats, better: str, level: float, scale: float
) -> ModelSlope:
    if (x == 0).any() or (name == "logit line" and (x == n).any()):
        return _without(name, "a count is zero or equals its denominator")
    if name == "logit line":
        lower, upper = wilson(x, n)
    else:
        lower, upper = (side / n for side in count_limits(x))
    found = slope_index_on_scale(
        x / n,
        n,
        scale="logit" if name == "logit line" else "log",
        better=better,
        lower=lower,
        upper=upper,
        line="scale",
        levels=level,
        multiplier=scale,
    )
    return _of_line(name, found)


class _Fit(NamedTuple):
    """What the slope needs of a fitted model."""

    params: Floats
    covariance: Floats
    pearson: float
    converged: bool


def _fit(name: str, x: Floats, n: Floats, rank: Floats) -> _Fit:
    if name == "log binomial":
        return _Fit(*log_binomial(x, n, rank))
    found = fit_counts(name, x, n, rank)
    params, cov = np.asarray(found.params), np.asarray(found.cov_params())
    return _Fit(params, cov, float(found.pearson_chi2), bool(found.converged))


def fit_counts(name: str, x: Floats, n: Floats, rank: Floats) -> Any:
    """Fit one of the models to counts on ranks and return the fitted model."""
    import statsmodels.api as sm

    design = np.column_stack([np.ones_like(rank), rank])
    if name == "binomial":
        return sm.GLM(np.column_stack([x, n - x]), design, sm.families.Binomial()).fit(tol=1e-12)
    if name == "poisson":
        family = sm.families.Poisson()
        return sm.GLM(x, design, family, offset=np.log(n)).fit(tol=1e-12)
    start = np.array([x.sum() / n.sum(), 0.0])
    with warnings.catch_warnings():
        # An end below zero is looked for afterwards, and said.
        warnings.simplefilter("ignore")
        family = sm.families.Poisson(sm.families.links.Identity())
        return sm.GLM(x, design * n[:, None], family).fit(start_params=start, tol=1e-12)


def _fitted(
    name: str, x: Floats, n: Floats, better: str, level: float, scale: float, floor: bool
) -> ModelSlope:
    _, rank = shares_and_ranks(n)
    try:
        fit = _fit(name, x, n, rank)
    except (ValueError, np.linalg.LinAlgError) as error:
        return _without(name, f"the model could not be fitted ({error})")
    ends, gradient = _ends(name, fit.params)
    if not fit.converged or not (ends > 0).all():
        return _without(name, "the model did not converge, or an end is not above zero")
    freedom = x.size - 2
    dispersion = fit.pearson / freedom
    factor = max(dispersion, 1.0) if floor else dispersion
    cov = gradient @ (fit.covariance * factor) @ gradient.T
    t = float(special.stdtrit(freedom, 0.5 + level / 2))
    sign = direction_sign(better)
    value = sign * (ends[1] - ends[0])
    half = t * np.sqrt(cov[0, 0] + cov[1, 1] - 2 * cov[0, 1])
    relative = gradient / ends[:, None]
    turn = sign * (relative[1] - relative[0])
    log_half = t * np.sqrt(turn @ (fit.covariance * factor) @ turn)
    log_ratio = sign * (np.log(ends[1]) - np.log(ends[0]))
    return ModelSlope(
        name,
        float(value * scale),
        float((value - half) * scale),
        float((value + half) * scale),
        float(np.exp(log_ratio)),
        float(np.exp(log_ratio - log_half)),
        float(np.exp(log_ratio + log_half)),
        dispersion,
        BEYOND if name == "log binomial" and ends.max() >= 1 else "",
    )


def _ends(name: str, params: Floats) -> tuple[Floats, Floats]:
    """Return the two ends and their gradients in (a, b)."""
    line = np.array([params[0], params[0] + params[1]])
    unit = np.array([[1.0, 0.0], [1.0, 1.0]])
    if name == "poisson identity":
        return line, unit
    if name in ("poisson", "log binomial"):
        ends = np.exp(line)
        return ends, ends[:, None] * unit
    ends = special.expit(line)
    return ends, (ends * (1 - ends))[:, None] * unit
