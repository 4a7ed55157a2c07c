"""Joinpoint regression: where the trend of a rate changes its pace.

``ln rate = a + b t + sum d_i (t - c_i)+``, continuous, with joinpoints on observed times,
found by searching all of them. With n points, k joinpoints and SSE the squares left:

* ``BIC  = ln(SSE/n) + (2k + 2) ln(n)/n``;
* ``BIC3 = ln(SSE/n) + (3k + 2) ln(n)/n``;
* ``WBIC = ln(SSE/n) + ((2 + R2) k + 2) ln(n)/n``, R2 the largest partial R-squared of a
  change of slope, each fitted on its two segments alone;
* permutation test: from no joinpoint against the most, residuals of the smaller model
  are permuted, and one end moves in until both meet; level ``alpha / (most - least)``.

Annual percentage change of a segment: ``100 (e^b - 1)``, limits by Student's t on
``n - 2 (k + 1)``, as the joinpoints are estimated too. The average over all years weighs
the slopes by length: ``100 (exp(sum w b / sum w) - 1)``; normal limits where there is a
joinpoint. These limits take the joinpoints for known and are too narrow for that.

Our default is WBIC, and the most joinpoints go by the number of points: none to 6, one to
11, two to 16, three to 21, four beyond. This is our rule, after the practice of the
program of the National Cancer Institute, whose source we could not verify. The test
assumes that years are independent; it is refused for periods that overlap by its users.

Sources: Kim and others 2000, 2009, 2022; Clegg and others 2009.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import Floats, check_levels, numbers, refuse
from hwb_analysis.stats.joinpoint_grid import best, design, grid, points_needed
from hwb_analysis.stats.mann_kendall import ordered_points
from hwb_analysis.stats.result import Result, between, figure, percent
from hwb_analysis.stats.trend_result import ASSUMES, student_quantile

FEWEST = 5
PERMUTATIONS = 4_499
STEPS_OF_MOST = ((6, 0), (11, 1), (16, 2), (21, 3))
MOST = 4
NAMES = {"wbic": "weighted BIC", "bic": "BIC", "bic3": "BIC3", "permutation": "permutation test"}
Method = Literal["wbic", "bic", "bic3", "permutation"]


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: its ends, and its annual percentage change with limits by level."""

    start: float
    end: float
    slope: float
    apc: float
    lower: tuple[float, ...]
    upper: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """The best model with k joinpoints, and its criteria."""

    k: int
    joinpoints: tuple[float, ...]
    sse: float
    bic: float
    bic3: float
    wbic: float


@dataclass(frozen=True, slots=True)
class Joinpoint(Result):
    """The chosen model, its segments, the average over all years, and all models.

    ``value`` is the average annual percentage change. ``p_values`` holds the steps of a
    permutation test as (smaller, larger, p).
    """

    value: float
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    levels: tuple[float, ...]
    joinpoints: tuple[float, ...]
    segments: tuple[Segment, ...]
    models: tuple[Model, ...]
    p_values: tuple[tuple[int, int, float], ...]
    time: Floats
    rate: Floats
    fitted: Floats
    most: int
    method: str
    reason: str = ""

    def explain(self) -> str:
        """Return one sentence on the breaks and one clause a segment."""
        if self.reason:
            return f"No joinpoints are looked for: {self.reason}."
        where = ", ".join(f"{joint:g}" for joint in self.joinpoints)
        many = f"joinpoints at {where}" if self.joinpoints else "no joinpoint"
        parts = "; ".join(self._part(segment) for segment in self.segments)
        return (
            f"Of at most {self.most} the {self.method} picks {many}: {parts}; on average "
            f"{figure(self.value)}% a year ({percent(self.levels[0])} interval "
            f"{between(self.lower[0], self.upper[0])}); {ASSUMES}."
        )

    @staticmethod
    def _part(segment: Segment) -> str:
        limits = between(segment.lower[0], segment.upper[0])
        return f"{segment.start:g} to {segment.end:g} {figure(segment.apc)}% a year ({limits})"


def joinpoint(
    rate: ArrayLike,
    time: ArrayLike,
    *,
    se: ArrayLike | None = None,
    most: int | None = None,
    method: Method = "wbic",
    k: int | None = None,
    seed: int | None = None,
    permutations: int = PERMUTATIONS,
    alpha: float = 0.05,
    levels: float | Sequence[float] = (0.95,),
) -> Joinpoint:
    """Find the joinpoints of one series of rates.

    Parameters
    ----------
    rate, time
        Rates above zero and their years. Missing rates are left out.
    se
        Standard errors of the rates: weights ``(rate/se)^2``; equal weights without.
    most
        The most joinpoints to look for; by the number of points by default.
    method
        ``"wbic"``, ``"bic"``, ``"bic3"`` or ``"permutation"``.
    k
        Take this number of joinpoints and choose only where they stand.
    seed
        Seed of the permutation test, which must be given for it.
    permutations, alpha
        Number of permutations (4,499 and more are usual) and overall level.

    Raises
    ------
    StatisticsError
        A rate not above zero, repeated times, too many joinpoints for the points, an
        unknown method, a permutation test without a seed.

    Examples
    --------
    >>> years = np.arange(2000, 2014)
    >>> log = 4 + 0.05 * np.minimum(years - 2000, 6) - 0.02 * np.maximum(years - 2006, 0)
    >>> rates = np.exp(log + 0.004 * (-1.0) ** years)
    >>> found = joinpoint(rates, years)
    >>> found.joinpoints, [round(segment.apc, 1) for segment in found.segments]
    ((2006.0,), [5.1, -2.0])
    """
    y, t, root = _read(rate, time, se)
    asked = check_levels(levels)
    if method not in NAMES:
        raise StatisticsError(
            f"the method '{method}' is not known", remedy="known: " + ", ".join(NAMES)
        )
    if y.size < FEWEST:
        return _none(y, t, asked, f"{y.size} points, fewer than {FEWEST}")
    limit = default_most(y.size) if most is None else most
    limit = limit if k is None else k
    if points_needed(limit) > y.size or limit < 0:
        raise StatisticsError(
            f"{limit} joinpoints need {points_needed(max(limit, 0))} points, got {y.size}",
            remedy="look for fewer joinpoints",
        )
    log = np.log(y)
    models = tuple(_model(t, log, root, count) for count in range(limit + 1))
    steps: tuple[tuple[int, int, float], ...] = ()
    if k is not None:
        chosen = models[k]
    elif method == "permutation":
        chosen_k, steps = _permuted(t, log, root, limit, seed, permutations, alpha)
        chosen = models[chosen_k]
    else:
        chosen = min(models, key=lambda model: float(getattr(model, method)))
    name = NAMES[method] if k is None else f"number {k}, given,"
    return _result(t, y, log, root, chosen, models, steps, asked, limit, name)


def default_most(points: int) -> int:
    """Return the most joinpoints looked for in a number of points.

    Examples
    --------
    >>> [default_most(n) for n in (6, 7, 12, 17, 22)]
    [0, 1, 2, 3, 4]
    """
    return next((most for last, most in STEPS_OF_MOST if points <= last), MOST)


def _read(rate: ArrayLike, time: ArrayLike, se: ArrayLike | None) -> tuple[Floats, Floats, Floats]:
    given = np.atleast_1d(numbers("rate", rate))
    refuse(given <= 0, "a rate is not above zero", "it has no logarithm: pool years or leave out")
    y, t = ordered_points(given, time)
    if se is None:
        return y, t, np.ones_like(y)
    error = np.atleast_1d(numbers("se", se))
    if error.shape != given.shape:
        raise StatisticsError("one standard error a rate was expected")
    refuse(~(error[~np.isnan(given)] > 0), "a standard error is not above zero", "mend the source")
    weight, _ = ordered_points(np.where(np.isnan(given), np.nan, given / error), time)
    return y, t, weight


def _model(t: Floats, log: Floats, root: Floats, k: int) -> Model:
    places, sse = best(t, log, k, root)
    n = t.size
    # Points that lie on the model leave rounding, not nothing.
    left = np.log(max(sse, 1e-300) / n)
    per = np.log(n) / n
    weight = _largest_partial(t, log, root, places)
    return Model(
        k=k,
        joinpoints=tuple(float(t[place]) for place in places),
        sse=sse,
        bic=float(left + (2 * k + 2) * per),
        bic3=float(left + (3 * k + 2) * per),
        wbic=float(left + ((2 + weight) * k + 2) * per),
    )


def _largest_partial(t: Floats, log: Floats, root: Floats, places: tuple[int, ...]) -> float:
    """Return the largest partial R-squared of a change of slope, on its two segments."""
    ends = (0, *places, t.size - 1)
    found = [0.0]
    for before, place, after in zip(ends, ends[1:], ends[2:], strict=False):
        part = slice(before, after + 1)
        found.append(_partial(t[part], log[part], root[part], float(t[place])))
    return max(found)


def _partial(t: Floats, log: Floats, root: Floats, joint: float) -> float:
    basis, _ = np.linalg.qr(design(t, ()) * root[:, None])
    hinge, y = np.maximum(t - joint, 0.0) * root, log * root
    hinge, y = hinge - basis @ (basis.T @ hinge), y - basis @ (basis.T @ y)
    bottom = float((y @ y) * (hinge @ hinge))
    return float((y @ hinge) ** 2) / bottom if bottom > 0 else 0.0


def _permuted(
    t: Floats,
    log: Floats,
    root: Floats,
    most: int,
    seed: int | None,
    permutations: int,
    alpha: float,
) -> tuple[int, tuple[tuple[int, int, float], ...]]:
    if seed is None:
        raise StatisticsError(
            "a permutation test needs a seed", remedy="pass seed=, so that it can be repeated"
        )
    draws = np.random.default_rng(seed)
    low, high, steps = 0, most, []
    while low < high:
        p = _permutation_p(t, log, root, low, high, permutations, draws)
        steps.append((low, high, p))
        if p <= alpha / max(most, 1):
            low += 1
        else:
            high -= 1
    return low, tuple(steps)


def _permutation_p(
    t: Floats,
    log: Floats,
    root: Floats,
    low: int,
    high: int,
    permutations: int,
    draws: np.random.Generator,
) -> float:
    small, large = grid(t, low, root), grid(t, high, root)
    y = log * root
    left = small.squares(y[:, None])[:, 0]
    basis = small.bases[int(np.argmin(left))]
    fitted = basis @ (basis.T @ y)
    ratio = left.min() / max(float(large.squares(y[:, None]).min()), 1e-300)
    shuffled = draws.permuted(np.tile(y - fitted, (permutations, 1)), axis=1).T
    again = fitted[:, None] + shuffled
    theirs = small.squares(again).min(axis=0) / np.maximum(large.squares(again).min(axis=0), 1e-300)
    return float((1 + (theirs >= ratio).sum()) / (permutations + 1))


def _result(
    t: Floats,
    y: Floats,
    log: Floats,
    root: Floats,
    model: Model,
    models: tuple[Model, ...],
    steps: tuple[tuple[int, int, float], ...],
    levels: tuple[float, ...],
    most: int,
    name: str,
) -> Joinpoint:
    matrix = design(t, model.joinpoints) * root[:, None]
    inverse = np.linalg.inv(matrix.T @ matrix)
    beta = inverse @ (matrix.T @ (log * root))
    freedom = np.array([t.size - 2.0 * (model.k + 1)])
    spread = inverse * (model.sse / freedom[0]) if freedom[0] > 0 else inverse * np.nan
    # Row i sums the slope and the first i changes of slope.
    turn = np.tril(np.ones((model.k + 1, model.k + 1)))
    slopes, cov = turn @ beta[1:], turn @ spread[1:, 1:] @ turn.T
    ends = np.array([t[0], *model.joinpoints, t[-1]])
    weights = np.diff(ends) / (t[-1] - t[0])
    average = float(weights @ slopes)
    error = float(np.sqrt(weights @ cov @ weights))
    many = freedom if model.k == 0 else np.array([np.inf])
    limits = [_limits(average, error, level, many) for level in levels]
    segments = tuple(
        _segment(ends, i, float(slopes[i]), float(np.sqrt(cov[i, i])), levels, freedom)
        for i in range(slopes.size)
    )
    return Joinpoint(
        value=100 * float(np.expm1(average)),
        lower=tuple(low for low, _ in limits),
        upper=tuple(high for _, high in limits),
        levels=levels,
        joinpoints=model.joinpoints,
        segments=segments,
        models=models,
        p_values=steps,
        time=t,
        rate=y,
        fitted=np.exp(design(t, model.joinpoints) @ beta),
        most=most,
        method=name,
    )


def _limits(slope: float, error: float, level: float, freedom: Floats) -> tuple[float, float]:
    half = float(student_quantile(level, freedom)[0]) * error
    return 100 * float(np.expm1(slope - half)), 100 * float(np.expm1(slope + half))


def _segment(
    ends: Floats, i: int, slope: float, error: float, levels: tuple[float, ...], freedom: Floats
) -> Segment:
    limits = [_limits(slope, error, level, freedom) for level in levels]
    return Segment(
        start=float(ends[i]),
        end=float(ends[i + 1]),
        slope=slope,
        apc=100 * float(np.expm1(slope)),
        lower=tuple(low for low, _ in limits),
        upper=tuple(high for _, high in limits),
    )


def _none(y: Floats, t: Floats, levels: tuple[float, ...], reason: str) -> Joinpoint:
    nan = (float("nan"),) * len(levels)
    return Joinpoint(
        float("nan"), nan, nan, levels, (), (), (), (), t, y, np.full_like(y, np.nan), 0, "", reason
    )
