"""Funnel limits, significance and overdispersion, in closed form.

Formulae, with A the average and z the normal quantile:

* proportions: ``A -/+ z sqrt(A (1 - A) / n)``, clamped to 0 and 1. These are the
  values whose Wilson limit touches A, because the score test takes its variance at A;
* ratios and rates: for O events the expected number at which O is just significant is an
  exact Poisson limit of O, so the limits are ``O / upper(O)`` and ``O / lower(O)``,
  times A for rates.

Overdispersion (Spiegelhalter): z scores on the square-root scale of O/E, Winsorised,
``phi = mean(z^2)``; multiplicative limits widen by ``sqrt(phi)``, additive limits add
``tau^2 = (k phi - (k - 1)) / (sum w - sum w^2 / sum w)`` to each variance.

Each area is judged against an average that contains it, as is the national practice.

Sources: Spiegelhalter 2005 and 2012; Dover and Schopflocher 2011.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import (
    Floats,
    Words,
    check_levels,
    numbers,
    quiet_divide,
    refuse,
    same_shape,
    words,
    z_value,
)
from hwb_analysis.stats.intervals import count_limits, exact_poisson

Pair = tuple[Floats, Floats]
BELOW, ABOVE, WITHIN = "below", "above", "within limits"


def proportion_limits(denominator: ArrayLike, average: float, level: float = 0.95) -> Pair:
    """Return the proportions at which an area of this size is just significant.

    Formula: ``A -/+ z sqrt(A (1 - A) / n)``, the p whose Wilson limit equals A.

    Parameters
    ----------
    denominator
        People in each area, above zero.
    average
        The average proportion (0 to 1).
    level
        Confidence level; the limits are clamped to 0 and 1.

    Examples
    --------
    >>> low, high = proportion_limits(100, 0.2)
    >>> round(float(low), 4), round(float(high), 4)
    (0.1216, 0.2784)
    """
    n = numbers("denominator", denominator)
    refuse(~(n > 0), "a denominator is not above zero", "leave empty areas out")
    if not 0 <= average <= 1:
        raise StatisticsError(
            f"the average is a fraction from 0 to 1, got {average}", remedy="divide by 100"
        )
    half = z_value(check_levels(level)[0]) * np.sqrt(average * (1 - average) / n)
    return np.maximum(average - half, 0.0), np.minimum(average + half, 1.0)


def ratio_limits(observed: ArrayLike, level: float = 0.95) -> Pair:
    """Return the ratios O/E at which O events are just significant.

    Formula: ``O / upper(O)`` and ``O / lower(O)`` with the exact Poisson limits of O. A
    rate's limits are these times the average rate.

    Parameters
    ----------
    observed
        Numbers of events, above zero: the horizontal axis of the funnel.

    Examples
    --------
    >>> low, high = ratio_limits(10)
    >>> round(float(low), 3), round(float(high), 3)
    (0.544, 2.085)
    """
    x = numbers("observed", observed)
    refuse(x <= 0, "events are not above zero", "a funnel axis starts at one event")
    lower, upper = exact_poisson(x, level)
    return quiet_divide(x, upper), quiet_divide(x, lower)


def funnel_axis(lowest: float, highest: float, points: int = 100, *, late: int = 1) -> Floats:
    """Return whole numbers that grow by a steady factor from one end to the other.

    Formula: ``next = max(round(p (highest/p)^(1/(points + late - j))), p + 1)``.

    Examples
    --------
    >>> funnel_axis(1, 1000, 5).tolist()
    [1.0, 6.0, 33.0, 182.0, 1000.0]
    """
    out = [float(max(1.0, lowest))]
    for j in range(2, points + 1):
        grown = (highest / out[-1]) ** (1 / (points + late - j)) * out[-1]
        out.append(float(max(round(grown), out[-1] + 1)))
    return np.array(out)


def axis_range(sizes: ArrayLike) -> tuple[float, float]:
    """Return where the axis of a funnel begins and ends for areas of these sizes.

    Zero when the largest is over twice the smallest, else 95 per cent of the smallest,
    rounded down to its leading digit; 105 per cent of the largest rounded up to two.

    Examples
    --------
    >>> axis_range([2474, 9310])
    (0.0, 9800.0)
    """
    n = numbers("sizes", sizes)
    low, high = float(np.nanmin(n)), float(np.nanmax(n))
    top = _rounded(1.05 * high, 2, math.ceil)
    return (0.0 if high > 2 * low else _rounded(0.95 * low, 1, math.floor)), top


def _rounded(value: float, digits: int, whole: Callable[[float], int]) -> float:
    unit = 10.0 ** (math.floor(math.log10(value)) - digits + 1)
    return float(whole(value / unit) * unit)


def proportion_significance(count: ArrayLike, denominator: ArrayLike, average: float) -> Words:
    """Say which areas lie outside the limits of a funnel of proportions.

    Examples
    --------
    >>> proportion_significance([20, 40], [100, 100], 0.2).tolist()
    ['within limits', 'above (99.8%)']
    """
    x, n = same_shape(count=count, denominator=denominator)
    refuse(x > n, "count is above its denominator", "check which is which")
    limits = [proportion_limits(n, average, level) for level in (0.95, 0.998)]
    return _labels(x / n, limits)


def count_significance(count: ArrayLike, expected: ArrayLike) -> Words:
    """Say which counts lie outside the limits of a funnel of ratios or rates.

    The expected number (for a rate: people times the average rate) is read against the
    count's limits, exact below ten events and Byar's from ten on.

    Examples
    --------
    >>> count_significance([5, 60, 200], [5, 40, 100]).tolist()
    ['within limits', 'above (95%)', 'above (99.8%)']
    """
    x, e = same_shape(count=count, expected=expected)
    limits = [count_limits(x, level) for level in (0.95, 0.998)]
    # The count is high where even its lower limit is above what was expected.
    return _labels(-e, [(-high, -low) for low, high in limits])


def _labels(value: Floats, limits: list[Pair]) -> Words:
    (low, high), (lowest, highest) = limits
    return words(
        value.shape,
        (np.isnan(value), ""),
        (value > highest, f"{ABOVE} (99.8%)"),
        (value < lowest, f"{BELOW} (99.8%)"),
        (value > high, f"{ABOVE} (95%)"),
        (value < low, f"{BELOW} (95%)"),
        (np.ones(value.shape, dtype=bool), WITHIN),
    )


@dataclass(frozen=True, slots=True)
class Overdispersion:
    """How much more areas vary than chance alone would make them.

    ``phi`` is the mean squared z score after Winsorising (1 when only chance is at
    work), ``tau`` the extra standard deviation on the transformed scale, ``areas`` how
    many areas they rest on.
    """

    phi: float
    tau: float
    areas: int
    scale: str
    centre: float

    def limits(self, size: ArrayLike, level: float = 0.95, *, how: str = "additive") -> Pair:
        """Return the widened limits on the natural scale.

        Parameters
        ----------
        size
            Expected events (ratios) or people (proportions).
        how
            ``"additive"`` adds tau^2 to each variance; ``"multiplicative"`` multiplies it
            by phi, never by less than one.
        """
        n = numbers("size", size)
        refuse(~(n > 0), "a size is not above zero", "leave empty areas out")
        own = 1 / (4 * n)
        if how not in ("additive", "multiplicative"):
            raise StatisticsError(f"how is 'additive' or 'multiplicative', got '{how}'")
        spread = own + self.tau**2 if how == "additive" else own * max(self.phi, 1.0)
        half = z_value(level) * np.sqrt(spread)
        ends = self.centre - half, self.centre + half
        if self.scale == "square root":
            return np.maximum(ends[0], 0.0) ** 2, ends[1] ** 2
        low, high = (np.clip(end, 0.0, np.pi / 2) for end in ends)
        return np.sin(low) ** 2, np.sin(high) ** 2


def overdispersion_of_ratios(
    observed: ArrayLike,
    expected: ArrayLike,
    winsorise: float = 0.1,
    *,
    method: Literal["square root", "shmi"] = "square root",
) -> Overdispersion:
    """Return the overdispersion of ratios O/E on the square-root scale.

    Parameters
    ----------
    observed, expected
        Events and expected events of each area; expected above zero.
    winsorise
        Share of z scores pulled in at each end (0 for none).
    method
        ``"square root"``; or ``"shmi"``, as the hospital mortality indicator has it:
        logarithms, and the outer shares left out in place of pulled in.

    Raises
    ------
    StatisticsError
        A figure is missing or out of range, a share is out of range, fewer than two areas;
        with ``"shmi"`` an area without events, or an unknown method.

    Examples
    --------
    >>> found = overdispersion_of_ratios([12, 30, 8, 55], [20, 20, 20, 20], winsorise=0)
    >>> round(found.phi, 2), round(found.tau, 3)
    (13.4, 0.459)
    """
    o, e = same_shape(observed=observed, expected=expected)
    refuse(~(e > 0), "expected events are not above zero", "leave empty areas out")
    refuse(~(o >= 0), "observed events are negative or missing", "leave such areas out")
    if method == "square root":
        return _dispersion(np.sqrt(o / e) - 1, 1 / (2 * np.sqrt(e)), winsorise, method, 1.0)
    if method != "shmi":
        raise StatisticsError(f"method is 'square root' or 'shmi', got '{method}'")
    refuse(o == 0, "an area has no event, whose logarithm is not known", "use 'square root'")
    _check_share(winsorise)
    distance, error = np.log(o / e), e**-0.5
    order = np.argsort(distance / error, kind="stable")
    off = int(winsorise * o.size + 1e-9)
    kept = order[off : o.size - off]
    return _dispersion(distance[kept], error[kept], 0.0, "logarithm, trimmed", 0.0)


def overdispersion_of_proportions(
    count: ArrayLike, denominator: ArrayLike, winsorise: float = 0.1
) -> Overdispersion:
    """Return the overdispersion of proportions on the arcsine scale.

    Examples
    --------
    >>> found = overdispersion_of_proportions([20, 50, 35, 60], [100] * 4, winsorise=0)
    >>> round(found.phi, 1)
    10.2
    """
    x, n = same_shape(count=count, denominator=denominator)
    refuse(~(n > 0), "a denominator is not above zero", "leave empty areas out")
    refuse(~((x >= 0) & (x <= n)), "count is outside 0 to its denominator", "check the columns")
    centre = float(np.arcsin(np.sqrt(x.sum() / n.sum())))
    z = np.arcsin(np.sqrt(x / n)) - centre
    return _dispersion(z, 1 / (2 * np.sqrt(n)), winsorise, "arcsine", centre)


def _check_share(winsorise: float) -> None:
    if not 0 <= winsorise < 0.5:
        raise StatisticsError(
            f"winsorise is a share from 0 to below 0.5, got {winsorise}",
            remedy="0.1 pulls in the outer tenth at each end",
        )


def _dispersion(
    distance: Floats, error: Floats, winsorise: float, scale: str, centre: float
) -> Overdispersion:
    z = distance / error
    _check_share(winsorise)
    if z.size < 2:
        raise StatisticsError("overdispersion needs at least two areas", remedy="add areas")
    z = np.clip(z, *np.quantile(z, [winsorise, 1 - winsorise]))
    weight = error**-2.0
    excess = float((z**2).sum()) - (z.size - 1)
    spread = float(weight.sum() - (weight**2).sum() / weight.sum())
    tau = math.sqrt(max(excess, 0.0) / spread)
    return Overdispersion(float((z**2).mean()), tau, z.size, scale, centre)
