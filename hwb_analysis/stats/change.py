"""Change between two periods of one area, also when the periods share time.

``z = (y2 - y1) / sqrt(s1^2 + s2^2 - 2 f s1 s2)``, where f is what the two share: shared
person-years over the square root of their product. Two three-year averages a year apart
share two thirds, so that most of one figure is in the other; above one half the change
is refused. Ratios and rates are compared on the log scale, proportions on the logit
scale where asked. Overlapping intervals are never read as a test.

The p value assumes that periods which do not overlap are independent.

Source: variance of a difference of two correlated estimates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import (
    DEFAULT_LEVELS,
    Floats,
    Words,
    check_levels,
    quiet_divide,
    refuse,
    same_shape,
    words,
    z_value,
)
from hwb_analysis.stats.result import Result, between, figure, percent

MOST_SHARED = 0.5
REFUSED_SHARE = "the two periods share more than half of their person-years"
ASSUMES = "assumes that years are independent"
Scale = Literal["value", "log", "logit"]


@dataclass(frozen=True, slots=True)
class Change(Result):
    """Second minus first (or second over first), with limits, z and p value.

    ``value`` is a difference on the scale ``"value"``, a ratio on ``"log"``, an odds
    ratio on ``"logit"``. Where ``reason`` is set there is no test.
    """

    first: Floats
    second: Floats
    value: Floats
    lower: Floats
    upper: Floats
    levels: tuple[float, ...]
    z: Floats
    p_value: Floats
    shared: Floats
    scale: str
    method: str
    reason: Words

    def explain(self, position: int = 0) -> str:
        """Return one sentence on one change; a direction only where p says so."""
        reason, value = str(self.reason.flat[position]), float(self.value.flat[position])
        ends = (self.first.flat[position], self.second.flat[position])
        start, end = (figure(float(side)) for side in ends)
        if reason:
            return f"The change from {start} to {end} is not tested: {reason}."
        p = float(self.p_value.flat[position])
        name = {"value": "change", "log": "ratio", "logit": "odds ratio"}[self.scale]
        limits = between(float(self.lower[0].flat[position]), float(self.upper[0].flat[position]))
        return (
            f"From {start} to {end} the {name} is {figure(value)} ({percent(self.levels[0])} "
            f"interval {limits}, p {figure(p)}): {self._direction(position)}"
            f"{self._overlap(position)}; {ASSUMES}."
        )

    def _direction(self, position: int) -> str:
        if float(self.p_value.flat[position]) >= 1 - self.levels[0]:
            return "no clear change"
        return "an increase" if float(self.z.flat[position]) > 0 else "a decrease"

    def _overlap(self, position: int) -> str:
        share = float(self.shared.flat[position])
        return f", the periods sharing {100 * share:.0f}% of their time" if share else ""


def shared_fraction(
    start_1: Any,
    end_1: Any,
    start_2: Any,
    end_2: Any,
    person_years_1: ArrayLike | None = None,
    person_years_2: ArrayLike | None = None,
) -> Floats:
    """Return what two periods share, 0 to 1.

    Formula: shared person-years over ``sqrt(person-years1 x person-years2)``. A period's
    person-years are taken to be spread evenly over its days, so that the shared ones are
    the mean of both periods' daily numbers times the shared days; without them days stand
    for person-years.

    Parameters
    ----------
    start_1, end_1, start_2, end_2
        First and last day of each period (dates or arrays of dates).
    person_years_1, person_years_2
        Denominators of the two figures, if known.

    Raises
    ------
    StatisticsError
        A period that ends before it starts, person-years not above zero.

    Examples
    --------
    >>> round(float(shared_fraction("2017-01-01", "2019-12-31", "2018-01-01", "2020-12-31")), 3)
    0.666
    """
    days = [np.asarray(d, dtype="datetime64[D]") for d in (start_1, end_1, start_2, end_2)]
    lengths = [(days[k + 1] - days[k]).astype(float) + 1 for k in (0, 2)]
    for length in lengths:
        refuse(~(length > 0), "a period ends before it starts", "swap its first and last day")
    both = (np.minimum(days[1], days[3]) - np.maximum(days[0], days[2])).astype(float) + 1
    shared = np.maximum(both, 0.0)
    if person_years_1 is None or person_years_2 is None:
        return np.asarray(shared / np.sqrt(lengths[0] * lengths[1]))
    n1, n2 = same_shape(person_years_1=person_years_1, person_years_2=person_years_2)
    refuse(~(n1 > 0) | ~(n2 > 0), "person-years are not above zero", "give the denominators")
    daily = (n1 / lengths[0] + n2 / lengths[1]) / 2
    return np.asarray(np.minimum(shared * daily / np.sqrt(n1 * n2), 1.0))


def change(
    first: ArrayLike,
    second: ArrayLike,
    *,
    se: tuple[ArrayLike, ArrayLike] | None = None,
    limits: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike] | None = None,
    shared: ArrayLike = 0.0,
    scale: Scale = "value",
    level_of_limits: float = 0.95,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
    force: bool = False,
) -> Change:
    """Test the change from a first to a second period, allowing for what they share.

    Parameters
    ----------
    first, second
        Values of the two periods, in one unit. On ``scale="logit"`` fractions of one.
    se
        Standard errors of both, in the value's unit; on other scales turned by the delta
        rule.
    limits
        Lower and upper limit of the first, then of the second; used when ``se`` is not
        given: ``se = (upper - lower) / (2 z)`` on the scale.
    shared
        What the periods share, see :func:`shared_fraction`.
    scale
        ``"value"`` (difference), ``"log"`` (ratio) or ``"logit"`` (odds ratio).
    level_of_limits
        The level of ``limits``.
    force
        Test even when more than half is shared.

    Raises
    ------
    StatisticsError
        Neither or both of ``se`` and ``limits``, an unknown scale, a share outside 0 to
        1, limits in the wrong order.

    Examples
    --------
    >>> found = change(80.0, 82.0, se=(0.5, 0.6), levels=0.95)
    >>> round(float(found.z), 3), round(float(found.p_value), 4)
    (2.561, 0.0104)
    >>> change(80.0, 80.4, se=(0.5, 0.5), shared=2 / 3).explain()
    'The change from 80.0 to 80.4 is not tested: the two periods share more than half of their
     person-years.'
    """
    if (se is None) == (limits is None):
        raise StatisticsError("give either se or limits", remedy="one measure of error a value")
    if scale not in ("value", "log", "logit"):
        raise StatisticsError(f"scale is 'value', 'log' or 'logit', got '{scale}'")
    y1, y2, f = same_shape(first=first, second=second, shared=shared)
    refuse((f < 0) | (f > 1), "a shared fraction lies outside 0 to 1", "see shared_fraction()")
    errors = _given_errors(y1, y2, se, scale) if se else _errors(limits, scale, level_of_limits)
    e1, e2 = np.broadcast_arrays(*errors)
    reason = _reason(y1, y2, e1, e2, f, scale, force)
    return _tested(y1, y2, e1, e2, f, scale, check_levels(levels), reason)


def _given_errors(
    y1: Floats, y2: Floats, se: tuple[ArrayLike, ArrayLike], scale: str
) -> tuple[Floats, Floats]:
    s1, s2 = same_shape(se_1=se[0], se_2=se[1])
    refuse((s1 < 0) | (s2 < 0), "a standard error is negative", "mend the source")
    if scale == "value":
        return s1, s2
    span = (y1, y2) if scale == "log" else (y1 * (1 - y1), y2 * (1 - y2))
    return quiet_divide(s1, span[0]), quiet_divide(s2, span[1])


def _errors(limits: Any, scale: str, level: float) -> tuple[Floats, Floats]:
    read = same_shape(lower_1=limits[0], upper_1=limits[1], lower_2=limits[2], upper_2=limits[3])
    for low, high in (read[:2], read[2:]):
        refuse(low > high, "a lower limit is above its upper limit", "check their order")
    turned = [_on_scale(side, scale) for side in read]
    width = 2 * z_value(check_levels(level)[0])
    return (turned[1] - turned[0]) / width, (turned[3] - turned[2]) / width


def _on_scale(values: Floats, scale: str) -> Floats:
    if scale == "value":
        return values
    inside = values > 0 if scale == "log" else (values > 0) & (values < 1)
    safe = np.where(inside, values, np.nan)
    return np.log(safe) if scale == "log" else np.asarray(special.logit(safe))


def _reason(
    y1: Floats, y2: Floats, e1: Floats, e2: Floats, f: Floats, scale: str, force: bool
) -> Words:
    off = np.isnan(_on_scale(y1, scale)) | np.isnan(_on_scale(y2, scale))
    return words(
        np.broadcast(y1, e1).shape,
        (np.isnan(y1) | np.isnan(y2), "a value is missing"),
        (off, f"a value has no {scale}"),
        (np.isnan(e1) | np.isnan(e2), "no interval or standard error of a value"),
        (~((e1 > 0) & (e2 > 0)), "an interval has no width"),
        ((f > MOST_SHARED) & np.array(not force), REFUSED_SHARE),
    )


def _tested(
    y1: Floats,
    y2: Floats,
    e1: Floats,
    e2: Floats,
    f: Floats,
    scale: str,
    levels: tuple[float, ...],
    reason: Words,
) -> Change:
    apart = _on_scale(y2, scale) - _on_scale(y1, scale)
    error = np.sqrt(np.maximum(e1**2 + e2**2 - 2 * f * e1 * e2, 0.0))
    usable = np.where((reason == "") & (error > 0), error, np.nan)
    z = apart / usable
    halves = [z_value(level) * usable for level in levels]
    back = np.exp if scale != "value" else np.asarray
    name = "difference" if scale == "value" else f"difference on the {scale} scale"
    return Change(
        first=y1,
        second=y2,
        value=back(apart),
        lower=np.stack([back(apart - half) for half in halves]),
        upper=np.stack([back(apart + half) for half in halves]),
        levels=levels,
        z=z,
        p_value=np.minimum(1.0, 2 * special.ndtr(-np.abs(z))),
        shared=f,
        scale=scale,
        method=f"{name}, normal, variance less what the periods share",
        reason=np.where((reason == "") & np.isnan(z), "the variance is zero", reason),
    )


def change_of_counts(
    count_1: ArrayLike,
    denominator_1: ArrayLike,
    count_2: ArrayLike,
    denominator_2: ArrayLike,
    *,
    kind: Literal["proportion", "rate"],
    shared: ArrayLike = 0.0,
    multiplier: float = 100.0,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
    force: bool = False,
) -> Change:
    """Test the change of a proportion or a rate made of counts.

    The standard error of a proportion is ``sqrt(p (1 - p) / n)`` with p moved a little
    towards one half, ``(x + 1) / (n + 2)``; that of a rate ``sqrt(x + 1) / n``. So a count
    of zero, or all, still has an error.

    Parameters
    ----------
    kind
        ``"proportion"`` or ``"rate"``.
    multiplier
        100 for percentage points.
    shared, levels, force
        As in :func:`change`.

    Raises
    ------
    StatisticsError
        A negative count, a denominator not above zero, more events than people in a
        proportion, an unknown kind.

    Examples
    --------
    >>> found = change_of_counts(900, 1000, 930, 1000, kind="proportion", levels=0.95)
    >>> round(float(found.value), 2), round(float(found.p_value), 3)
    (3.0, 0.016)
    """
    if kind not in ("proportion", "rate"):
        raise StatisticsError(f"kind is 'proportion' or 'rate', got '{kind}'")
    x1, n1, x2, n2 = same_shape(
        count_1=count_1, denominator_1=denominator_1, count_2=count_2, denominator_2=denominator_2
    )
    for x, n in ((x1, n1), (x2, n2)):
        refuse(x < 0, "count is negative", "code missing as NaN, never as -1")
        refuse(n <= 0, "denominator is not positive", "check which column is which")
        if kind == "proportion":
            refuse(x > n, "count is above its denominator", "check which is which")
    errors = [_count_error(x, n, kind) for x, n in ((x1, n1), (x2, n2))]
    return change(
        x1 / n1 * multiplier,
        x2 / n2 * multiplier,
        se=(errors[0] * multiplier, errors[1] * multiplier),
        shared=shared,
        levels=levels,
        force=force,
    )


def _count_error(x: Floats, n: Floats, kind: str) -> Floats:
    if kind == "rate":
        return np.asarray(np.sqrt(x + 1) / n)
    middle = (x + 1) / (n + 2)
    return np.asarray(np.sqrt(middle * (1 - middle) / n))
