"""A step at a known time: did the level change when something else did.

``level after = level before + step``, on the log scale for rates, the logit for
proportions, the value itself else; with a common trend beside it if asked. The time must
be known beforehand (a new service, a new definition): a step looked for in the figures
is found too often. Dispersion and its floor as for trends, Student's t on what is left
over. A step says that figures differ before and after, not why.

The p value assumes that years are independent; periods that overlap the step blur it and
are refused by the dates.
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
    same_shape,
    words,
)
from hwb_analysis.stats.irls import fit
from hwb_analysis.stats.trend_result import ASSUMES, FEWEST, Trend, assemble

FEWEST_A_SIDE = 2
EXACT = 1e-26
Kind = Literal["rate", "proportion", "value"]


def step_change(
    figure: ArrayLike,
    after: ArrayLike,
    *,
    kind: Kind,
    people: ArrayLike | None = None,
    se: ArrayLike | None = None,
    time: ArrayLike | None = None,
    dispersion_floor: bool = True,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
) -> Trend:
    """Test a step between the points before and after a known time.

    Parameters
    ----------
    figure
        Counts for ``"rate"`` and ``"proportion"``, values for ``"value"``; one series.
    after
        True (or 1) for the points after the step.
    people
        Person-years or trials of each count.
    se
        Standard errors of values; their scatter is used without.
    time
        Years: fits a common trend beside the step. Without, the two levels are flat.

    Returns
    -------
    Trend
        ``change`` is the step: per cent of the rate or the odds, or in the value's unit.

    Raises
    ------
    StatisticsError
        An unknown kind, counts without people, shapes that differ, figures that cannot be.

    Examples
    --------
    >>> found = step_change([50, 51, 49, 50, 56, 55, 57, 56], [0] * 4 + [1] * 4, kind="value")
    >>> round(float(found.change[0]), 2), round(float(found.p_value[0]), 5)
    (6.0, 5e-05)
    """
    if kind not in ("rate", "proportion", "value"):
        raise StatisticsError(f"kind is 'rate', 'proportion' or 'value', got '{kind}'")
    if (kind == "value") == (people is not None):
        raise StatisticsError("counts need people, values have none", remedy="check kind=")
    y, flag = (np.atleast_1d(side) for side in same_shape(figure=figure, after=_flags(after)))
    n = np.ones_like(y) if people is None else same_shape(people=people, figure=y)[0]
    error = None if se is None else same_shape(se=se, figure=y)[0]
    known = ~np.isnan(y) & ~np.isnan(n)
    design = _design(flag, time, y.shape)[known]
    parts = _counts if kind != "value" else _values
    found = parts(y[known], n[known], design, kind, None if error is None else error[known])
    step, spread, least, dispersion, intercept, exact = found
    freedom = np.array([float(known.sum() - design.shape[1])])
    floored = dispersion_floor and (kind != "value" or se is not None)
    return assemble(
        np.array([step]),
        np.array([spread]),
        freedom,
        least=np.array([least]) if floored else 0.0,
        levels=check_levels(levels),
        scale={"rate": "log", "proportion": "logit", "value": "value"}[kind],
        reason=_reason(flag[known], np.isnan(step), exact and not floored),
        intercept=np.array([intercept]),
        dispersion=np.array([dispersion]),
        points=np.array([float(known.sum())]),
        floored=floored,
        method="step at a known time" + (" beside a trend" if time is not None else ""),
        assumption=ASSUMES,
    )


def _flags(after: ArrayLike) -> Floats:
    raw = np.asarray(after)
    read = raw.astype(np.float64) if raw.dtype == bool else numbers("after", after)
    refuse(~np.isin(read, (0.0, 1.0)), "after is not true or false", "1 for points after the step")
    return read


def _design(flag: Floats, time: ArrayLike | None, shape: tuple[int, ...]) -> Floats:
    columns = [np.ones(shape), flag]
    if time is not None:
        t = same_shape(time=time, flag=flag)[0]
        columns.append(t - t.mean())
    return np.stack(columns, axis=-1)


def _counts(
    x: Floats, n: Floats, design: Floats, kind: str, _: Floats | None
) -> tuple[float, float, float, float, float, bool]:
    refuse(x < 0, "count is negative", "code missing as NaN, never as -1")
    refuse(n <= 0, "people are not above zero", "code missing as NaN, never as zero")
    if kind == "proportion":
        refuse(x > n, "count is above its denominator", "check which is which")
    found = fit(x[None], n[None], design, "poisson" if kind == "rate" else "binomial")
    dispersion = float(found.pearson[0] / max(found.freedom[0], 1))
    least = float(np.sqrt(found.covariance[0, 1, 1]))
    first, step = found.coefficients[0, :2]
    return float(step), least * float(np.sqrt(dispersion)), least, dispersion, float(first), False


def _values(
    y: Floats, _: Floats, design: Floats, kind: str, se: Floats | None
) -> tuple[float, float, float, float, float, bool]:
    scale = np.ones_like(y) if se is None else se
    refuse(~(scale > 0), "a standard error is not above zero", "mend the source")
    matrix, right = design / scale[:, None], y / scale
    normal: Any = matrix.T @ matrix
    if y.size < design.shape[1] or np.linalg.matrix_rank(normal) < design.shape[1]:
        nan = float("nan")
        return nan, nan, nan, nan, nan, False
    inverse = np.linalg.inv(normal)
    beta = inverse @ (matrix.T @ right)
    squares = float(((right - matrix @ beta) ** 2).sum())
    dispersion = squares / max(y.size - design.shape[1], 1)
    least = float(np.sqrt(inverse[1, 1]))
    exact = squares <= EXACT * float((right**2).sum())
    return float(beta[1]), least * dispersion**0.5, least, dispersion, float(beta[0]), exact


def _reason(flag: Floats, failed: bool, exact: bool) -> Words:
    sides: list[Flags] = [flag == side for side in (0.0, 1.0)]
    one = np.ones(1, dtype=bool)
    return words(
        (1,),
        (one & (flag.size < FEWEST), f"fewer than {FEWEST} points"),
        (
            one & (min(int(side.sum()) for side in sides) < FEWEST_A_SIDE),
            f"fewer than {FEWEST_A_SIDE} points on one side of the step",
        ),
        (one & failed, "the model could not be fitted"),
        (one & exact, "the points have no scatter to test with"),
    )
