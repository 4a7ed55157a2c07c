"""Population attributable risk and fraction: the whole against a reference group.

With shares p, mean m and reference y_r, the risk is ``m - y_r`` where low values are good
and ``y_r - m`` where high ones are: positive when the whole is worse off than the
reference. The fraction is 100 times the risk over the mean. Neither says that anything
would change; both describe how far the whole is from the reference. Negative ones are
given and flagged, never set to zero.

Errors of independent groups: the risk is linear, with weights ``p_j`` and ``p_r - 1``;
the fraction takes its limits on the scale of ``ln(y_r / m)``. Walter's variance from the
fourfold table of events by reference and rest is offered for comparison.

Sources: Walter 1976; Hanley 2001; Keppel and others 2005.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    quiet_divide,
    refuse,
    same_shape,
    words,
    z_value,
)
from hwb_analysis.stats.inequality import direction_sign
from hwb_analysis.stats.result import Result, between, figure, percent
from hwb_analysis.stats.ridit import spread_of


@dataclass(frozen=True, slots=True)
class Attributable(Result):
    """Attributable risk (``value``) and fraction (per cent) of one or many sets of groups.

    ``reference`` is the place of the reference group; ``negative`` marks a whole that is
    better off than its reference. Limits have the level first.
    """

    value: Floats
    se: Floats
    lower: Floats
    upper: Floats
    fraction: Floats
    fraction_lower: Floats
    fraction_upper: Floats
    mean: Floats
    reference_value: Floats
    reference: Floats
    negative: Flags
    levels: tuple[float, ...]
    better: str
    method: str
    reason: Words

    def explain(self) -> str:
        """Return one sentence on the first set of groups."""
        value, reason = float(self.value.flat[0]), str(self.reason.flat[0])
        if not np.isfinite(value):
            return f"The attributable risk cannot be given: {reason}."
        start = (
            f"The whole ({figure(float(self.mean.flat[0]))}) is {figure(abs(value))} "
            f"{'better' if value < 0 else 'worse'} than its reference group "
            f"({figure(float(self.reference_value.flat[0]))})"
        )
        if reason:
            return f"{start}; no interval: {reason}."
        lower, upper = (float(side[0].flat[0]) for side in (self.lower, self.upper))
        if lower <= 0 <= upper:
            start = (
                f"The whole ({figure(float(self.mean.flat[0]))}) and its reference group "
                f"({figure(float(self.reference_value.flat[0]))}) are not told apart"
            )
        share = f"; {figure(float(self.fraction.flat[0]))}% of the whole"
        return f"{start} ({percent(self.levels[0])} interval {between(lower, upper)}{share})."


def attributable(
    value: ArrayLike,
    population: ArrayLike,
    *,
    better: str,
    se: ArrayLike | None = None,
    reference: str | int = "last",
    error: str = "groups",
    per: float = 100.0,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
) -> Attributable:
    """Return population attributable risk and fraction with limits.

    Parameters
    ----------
    value, population
        Values and people, groups on the last axis.
    better
        ``"high"`` or ``"low"``: which end of the indicator is the good one.
    se
        Standard errors; without them (and without Walter's) there is no interval.
    reference
        ``"last"`` (the least deprived of ordered groups), ``"best"``, or a place.
    error, per
        ``"groups"`` takes ``se``; ``"walter"`` rebuilds the fourfold table from values
        stated per so many people.
    levels
        Confidence levels, as fractions.

    Raises
    ------
    StatisticsError
        Fewer than two groups, a population not above zero, a negative error, an unknown
        reference or word.

    Examples
    --------
    >>> found = attributable([30, 24, 18], [100, 100, 100], better="low", se=[1, 1, 1], levels=0.95)
    >>> [round(float(v), 2) for v in (found.value, found.lower[0], found.upper[0], found.fraction)]
    [6.0, 4.4, 7.6, 25.0]
    """
    y, n = same_shape(value=value, population=population)
    if y.ndim == 0 or y.shape[-1] < 2:
        raise StatisticsError("an attributable risk needs at least two groups")
    refuse(~(n > 0), "a population is not above zero", "leave empty groups out")
    sign = -direction_sign(better)
    s = np.full(y.shape, np.nan) if se is None else np.broadcast_to(numbers("se", se), y.shape)
    refuse(s < 0, "a standard error is negative", "check the column")
    at = _place(y, reference, sign)
    share = n / n.sum(axis=-1, keepdims=True)
    mean = np.asarray((share * y).sum(axis=-1))
    base = np.asarray(np.take_along_axis(y, at, axis=-1)[..., 0])
    own = np.zeros(y.shape)
    np.put_along_axis(own, at, 1.0, axis=-1)
    risk = sign * (mean - base)
    spread, logs = _errors(error, share, own, s, mean, base, n, per)
    asked = check_levels(levels)
    ends = [
        [_fraction(sign, mean, base, logs, side * z_value(v)) for side in (-1.0, 1.0)]
        for v in asked
    ]
    return Attributable(
        value=risk,
        se=spread,
        lower=np.stack([risk - z_value(v) * spread for v in asked]),
        upper=np.stack([risk + z_value(v) * spread for v in asked]),
        fraction=_fraction(sign, mean, base, logs * 0, 0.0),
        fraction_lower=np.stack([np.minimum(*pair) for pair in ends]),
        fraction_upper=np.stack([np.maximum(*pair) for pair in ends]),
        mean=mean,
        reference_value=base,
        reference=at[..., 0].astype(float),
        negative=risk < 0,
        levels=asked,
        better=better,
        method="groups, delta rule" if error == "groups" else "Walter's variance",
        reason=_reasons(y, risk, spread),
    )


def _place(y: Floats, reference: str | int, sign: float) -> np.ndarray:
    groups = y.shape[-1]
    if reference == "best":
        filled = np.where(np.isnan(y), sign * np.inf, y)
        return np.asarray((sign * filled).argmin(axis=-1)[..., None])
    if reference == "last":
        reference = groups - 1
    if not isinstance(reference, int) or not 0 <= reference < groups:
        raise StatisticsError(
            f"the reference is 'last', 'best' or a place from 0 to {groups - 1}, got {reference!r}"
        )
    return np.full((*y.shape[:-1], 1), reference)


def _errors(
    error: str, share: Floats, own: Floats, s: Floats, mean: Floats, base: Floats,
    n: Floats, per: float,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Return the error of the risk and that of ln(reference / mean)."""
    positive = np.where((mean > 0) & (base > 0), 1.0, np.nan)
    if error == "walter":
        ratio = quiet_divide(base, mean)
        fraction = _walter(mean, base, n, own, per)
        return fraction * mean, quiet_divide(fraction, ratio) * positive
    if error != "groups":
        raise StatisticsError(f"error is 'groups' or 'walter', got '{error}'")
    turn = own * quiet_divide(positive, base)[..., None]
    turn = turn - share * quiet_divide(positive, mean)[..., None]
    return np.sqrt(spread_of(share - own, s)), np.sqrt(spread_of(turn, s))


def _walter(mean: Floats, base: Floats, n: Floats, own: Floats, per: float) -> Floats:
    """Return Walter's error of the fraction (as a share) from the fourfold table."""
    total, people = n.sum(axis=-1), (n * own).sum(axis=-1)
    c = base / per * people
    d = people - c
    a = mean / per * total - c
    b = total - people - a
    top = c * total * (a * d * (total - c) + b * c**2)
    return np.sqrt(quiet_divide(top, (a + c) ** 3 * (c + d) ** 3))


def _fraction(sign: float, mean: Floats, base: Floats, logs: Floats, z: float) -> Floats:
    positive = np.where((mean > 0) & (base > 0), 1.0, np.nan)
    share = quiet_divide(base, mean) * positive * np.exp(z * np.nan_to_num(logs, nan=0.0))
    known = np.where(np.isnan(logs) & (z != 0), np.nan, 0.0)
    return np.asarray(100 * sign * (1 - share) + known)


def _reasons(y: Floats, risk: Floats, spread: Floats) -> Words:
    return words(
        risk.shape,
        (np.asarray(np.isnan(y).any(axis=-1)), "a group has no value"),
        (np.isnan(spread), "a group has no standard error"),
    )
