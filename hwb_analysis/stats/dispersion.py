"""How far groups lie apart: raw, and without what sampling error adds.

Sampling error alone makes equal groups look unequal, so every raw measure is too large.

* ``value`` is the raw measure of the figures as they are.
* ``corrected`` takes the noise out: for the variance
  ``max(0, raw - sum(p (1 - p) s^2))``, and the sd and the coefficient of variation from
  it; for the others the distance between groups at which the raw measure would be the
  median one.
* The interval inverts a test. Groups at L times their distances from the mean, with
  normal noise of their own errors added, give the raw measures that chance would make;
  the limits are the measures of the groups at the L for which the raw measure found is
  just within the upper or the lower tail. So the lower limit is zero exactly when equal
  groups would give so large a measure by chance, whatever the measure.

Draws are cut off at the range of the indicator, never drawn again. Where the groups are
more alike than chance makes them, the upper limit is the median that chance alone gives.

Sources: :mod:`.dispersion_measures`; test inversion after Carpenter 1999.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hwb_analysis.errors import StatisticsError, did_you_mean
from hwb_analysis.stats.arrays import (
    Floats,
    Words,
    check_levels,
    numbers,
    refuse,
    same_shape,
    words,
)
from hwb_analysis.stats.dispersion_limits import (
    FEWEST_DRAWS,
    Draws,
    Range,
    inverted,
)
from hwb_analysis.stats.dispersion_measures import (
    MEASURES,
    Kind,
    Setting,
    entropy_error,
    variance_error,
)
from hwb_analysis.stats.inequality import direction_sign
from hwb_analysis.stats.result import Result, between, figure, percent

DRAWS, SEED = 2_000, 20_261_122
FROM_CENTRE = ("mean difference", "index of disparity")
NO_ERROR = "a group has no standard error"
NO_VALUE = "a group has no value"
NO_MEAN = "the mean is not above zero"
AT_ZERO = "a group is at zero, where this measure has no value"


@dataclass(frozen=True, slots=True)
class Dispersion(Result):
    """One measure of dispersion of one or many sets of groups.

    ``value`` is raw, ``corrected`` without noise, ``lower`` and ``upper`` the limits of
    what lies behind; ``se`` a closed-form error of the raw value where there is one.
    """

    measure: str
    value: Floats
    corrected: Floats
    lower: Floats
    upper: Floats
    se: Floats
    level: float
    weighted: bool
    groups: int
    draws: int
    method: str
    reason: Words

    def explain(self) -> str:
        """Return one sentence on the first set of groups."""
        value, reason = float(self.value.flat[0]), str(self.reason.flat[0])
        if not np.isfinite(value):
            return f"The {self.measure} cannot be given: {reason}."
        if reason:
            return f"The {self.measure} is {figure(value)} as it stands; no interval: {reason}."
        lower, upper = float(self.lower.flat[0]), float(self.upper.flat[0])
        chance = "" if lower > 0 else "; equal groups would be as far apart by chance"
        return (
            f"The {self.measure} is {figure(value)} as it stands and "
            f"{figure(float(self.corrected.flat[0]))} without sampling error "
            f"({percent(self.level)} interval {between(lower, upper)}){chance}."
        )


def dispersion(
    value: ArrayLike,
    population: ArrayLike | None = None,
    *,
    measure: str = "sd",
    se: ArrayLike | None = None,
    centre: str | int = "mean",
    better: str | None = None,
    aversion: float = 1.0,
    others_only: bool = False,
    bounds: tuple[float | None, float | None] = (0, None),
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Dispersion:
    """Return one measure of how far groups lie apart.

    Parameters
    ----------
    value
        Values of the groups on the last axis, in any order.
    population
        People in each group, above zero; without them each group counts the same.
    measure
        One of ``MEASURES`` (see :mod:`.dispersion_measures`).
    se
        Standard errors; without them there is the raw measure only.
    centre, better
        What mean difference and disparity are measured from: ``"mean"``, ``"best"``
        (which needs ``better``) or the place of a reference group.
    aversion
        Atkinson's e, above zero.
    others_only
        True divides an unweighted difference from a reference by J - 1, the groups other
        than the reference.
    bounds
        Range of the indicator, None for an open end; draws are cut off there.
    level
        Confidence level.
    draws, seed
        Draws of the noise, at least 1,000, and their seed.

    Returns
    -------
    Dispersion
        A missing value makes its own set missing, with the reason.

    Raises
    ------
    StatisticsError
        Fewer than two groups, a value outside the bounds, a negative error, a population
        not above zero, an unknown measure or centre, too few draws.

    Examples
    --------
    >>> found = dispersion([40, 44, 47, 52], se=[2, 2, 2, 2])
    >>> [round(float(v), 2) for v in (found.value, found.corrected)]
    [4.38, 4.02]
    >>> equal = dispersion([39.0, 40.0, 41.0], [100, 100, 100], se=[3, 3, 3])
    >>> float(equal.lower), float(equal.corrected)
    (0.0, 0.0)
    """
    return dispersions(
        value,
        population,
        measures=[measure],
        se=se,
        centre=centre,
        better=better,
        aversion=aversion,
        others_only=others_only,
        bounds=bounds,
        level=level,
        draws=draws,
        seed=seed,
    )[measure]


def dispersions(
    value: ArrayLike,
    population: ArrayLike | None = None,
    *,
    measures: Sequence[str] = tuple(MEASURES),
    se: ArrayLike | None = None,
    centre: str | int = "mean",
    better: str | None = None,
    aversion: float = 1.0,
    others_only: bool = False,
    bounds: tuple[float | None, float | None] = (0, None),
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = SEED,
) -> dict[str, Dispersion]:
    """Return several measures, by name, from the same draws; as :func:`dispersion`.

    Examples
    --------
    >>> found = dispersions([12, 9, 10], [50, 60, 70], measures=["gini", "theil"])
    >>> {name: round(float(one.value), 4) for name, one in found.items()}
    {'gini': 0.061, 'theil': 0.0066}
    """
    y, share, error = _read(value, population, se)
    setting = _setting(centre, better, aversion, y.shape[0])
    kinds = {name: _kind(name) for name in measures}
    limits = _range(y, bounds)
    asked = check_levels(level)[0]
    if draws < FEWEST_DRAWS:
        raise StatisticsError(f"at least {FEWEST_DRAWS:,} draws are needed, got {draws}")
    scale = y.shape[0] / (y.shape[0] - 1) if others_only and population is None else 1.0
    noise = Draws(draws, seed, asked, limits)
    found = inverted(kinds, setting, y, share, error, noise)
    out = {}
    for name, kind in kinds.items():
        factor = scale if kind.title in FROM_CENTRE else 1.0
        parts = {key: side * factor for key, side in found[name].items()}
        out[name] = Dispersion(
            measure=_title(kind, setting, population is not None),
            **parts,
            se=_closed_error(name, y, share, error),
            level=asked,
            weighted=population is not None,
            groups=y.shape[0],
            draws=draws,
            method="raw; noise taken out and limits by inverting a test on draws of the noise",
            reason=_reasons(kind, y, error, parts["value"]),
        )
    return out


def _read(
    value: ArrayLike, population: ArrayLike | None, se: ArrayLike | None
) -> tuple[Floats, Floats, Floats]:
    """Return values, shares and errors with the groups on the first axis."""
    y = numbers("value", value)
    n = np.ones(y.shape) if population is None else numbers("population", population)
    s = np.full(y.shape, np.nan) if se is None else numbers("se", se)
    y, n, s = same_shape(value=y, population=n, se=s)
    if y.ndim == 0 or y.shape[-1] < 2:
        raise StatisticsError("dispersion needs at least two groups", remedy="add groups")
    refuse(~(n > 0), "a population is not above zero", "leave empty groups out")
    refuse(s < 0, "a standard error is negative", "check the column")
    share = n / n.sum(axis=-1, keepdims=True)
    first, second, third = (np.moveaxis(side, -1, 0) for side in (y, share, s))
    return first, second, third


def _kind(name: str) -> Kind:
    if name not in MEASURES:
        raise StatisticsError(
            f"the measure '{name}' is not known", remedy=did_you_mean(name, list(MEASURES))
        )
    return MEASURES[name]


def _setting(centre: str | int, better: str | None, aversion: float, groups: int) -> Setting:
    if isinstance(centre, str) and centre not in ("mean", "best"):
        raise StatisticsError(
            f"the centre is 'mean', 'best' or the place of a group, got '{centre}'"
        )
    if isinstance(centre, int) and not 0 <= centre < groups:
        raise StatisticsError(f"the reference is one of the places 0 to {groups - 1}, got {centre}")
    if not aversion > 0:
        raise StatisticsError(f"the aversion lies above zero, got {aversion}")
    if centre == "best" and better is None:
        raise StatisticsError("the best group needs better='high' or better='low'")
    return Setting(centre, 0.0 if better is None else direction_sign(better), float(aversion))


def _range(y: Floats, bounds: tuple[float | None, float | None]) -> Range:
    low, high = (
        end if given is None else float(given)
        for given, end in zip(bounds, (-np.inf, np.inf), strict=True)
    )
    if not low < high:
        raise StatisticsError(f"the bounds must rise, got {bounds}")
    outside = (y < low) | (y > high)
    refuse(outside, f"a value lies outside {low:g} to {high:g}", "pass bounds=(None, None)")
    return Range(low, high)


def _title(kind: Kind, setting: Setting, weighted: bool) -> str:
    origin = {"mean": "", "best": " from the best group"}
    tail = ""
    if kind.title in FROM_CENTRE:
        tail = origin.get(str(setting.centre), " from the reference")
    return f"{kind.title}{tail}{' (weighted)' if weighted else ''}"


def _closed_error(name: str, y: Floats, share: Floats, error: Floats) -> Floats:
    if name == "variance":
        return variance_error(y, share, error)
    if name in ("theil", "log deviation"):
        usable = np.where((y > 0) | ((y == 0) & (name == "theil")), y, np.nan)
        return entropy_error(usable, share, error, name)
    return np.full(y.shape[1:], np.nan)


def _reasons(kind: Kind, y: Floats, error: Floats, value: Floats) -> Words:
    no_value = np.asarray(np.isnan(y).any(axis=0))
    return words(
        value.shape,
        (no_value, NO_VALUE),
        (np.isnan(value) & bool(kind.positive) & np.asarray((y <= 0).any(axis=0)), AT_ZERO),
        (np.isnan(value), NO_MEAN),
        (np.asarray(np.isnan(error).any(axis=0)), NO_ERROR),
    )
