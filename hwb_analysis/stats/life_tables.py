"""Abridged life tables with limits, and healthy life expectancy.

Ages stand on the last axis. Chiang's second method, with n the width of a band, a the
share of it lived by those who die in it and M = deaths / population:

* ``q = n M / (1 + n M (1 - a))``, the last band ``q = 1`` with ``L = l / M``;
* ``l_0 = 1``, ``L = n (l_(i+1) + a (l_i - l_(i+1)))``, ``e = T / l``.

Variance after Silcocks and others: ``S = q^2 (1 - q) / d``, the last band
``4 / (d M^2)``, each weighted by ``l^2 ((1 - a) n + e_(i+1))^2`` (last ``(l/2)^2``).

Healthy life expectancy by Sullivan's method: ``sum(L (1 - p)) / l`` with p the share in
poor health. Its variance adds the sampling error of p, ``sum(L^2 var(p)) / l^2``, to
that of mortality.

Sources: Chiang 1968 and 1984; Silcocks, Jenner and Reza 2001; Sullivan 1971; Mathers
1991; Jagger and others 2014.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

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
from hwb_analysis.stats.life_result import LifeTable

ABRIDGED = (0, 1, *range(5, 95, 5))
INFANT_SHARE = 0.1
SMALLEST_POPULATION = 5000
WIDEST_HALF = 10.0
CHIANG = "Chiang II, limits after Silcocks"
Levels = float | Sequence[float]


@dataclass(frozen=True, slots=True)
class Columns:
    """The working columns of a life table, per person born."""

    width: Floats
    share: Floats
    rate: Floats
    death: Floats
    alive: Floats
    lived: Floats
    beyond: Floats
    expectancy: Floats


def life_expectancy(
    deaths: ArrayLike,
    population: ArrayLike,
    ages: Sequence[int] = ABRIDGED,
    levels: Levels = DEFAULT_LEVELS,
    *,
    infant_share: float = INFANT_SHARE,
    smallest: float = SMALLEST_POPULATION,
) -> LifeTable:
    """Return life expectancy at every age, with limits.

    Parameters
    ----------
    deaths, population
        Deaths and people (person-years) of each band, ages on the last axis.
    ages
        First age of each band, starting at 0: 20 bands to 90 and over unless given;
        ``(0, 1, 5, ..., 85)`` closes at 85 and over.
    infant_share
        Share of the first year lived by infants who die in it.
    smallest
        A population up to this size gets no life expectancy.

    Returns
    -------
    LifeTable
        Value **and** limits are withheld, with the reason, where the population is too
        small, a band has no people, negative deaths or more deaths than people, nobody
        died in the last band, or the 95 per cent interval reaches further than ten years
        from the value.

    Raises
    ------
    StatisticsError
        Ages that do not rise from zero, or a number of ages that does not fit the
        figures.

    Examples
    --------
    >>> people = [1000, 4000] + [5000] * 18
    >>> dead = [5, 1, 1, 1, 1, 2, 3, 3, 4, 6, 9, 14, 20, 32, 55, 90, 150, 260, 420, 900]
    >>> table = life_expectancy(dead, people)
    >>> table.explain()
    'Life expectancy at 0 is 82.5 years (95% interval 81.6 to 83.4).'
    """
    d, n = _figures(deaths, population, ages)
    asked = check_levels(levels)
    fault = _faults(d, n, smallest)
    usable = (fault == "")[..., None]
    known, d = np.where(usable, n, np.nan), np.where(usable, d, np.nan)
    table = columns(d, known, np.asarray(ages), infant_share)
    error = np.sqrt(quiet_divide(_backwards(_mortality_variance(table, d)), table.alive**2))
    return _withheld(table.expectancy, error, fault, d, n, ages, asked, CHIANG)


def healthy_life_expectancy(
    deaths: ArrayLike,
    population: ArrayLike,
    poor_health: ArrayLike,
    sample: ArrayLike | None = None,
    ages: Sequence[int] = ABRIDGED,
    levels: Levels = DEFAULT_LEVELS,
    *,
    mortality_error: bool = True,
    infant_share: float = INFANT_SHARE,
    smallest: float = SMALLEST_POPULATION,
) -> LifeTable:
    """Return healthy (or disability-free) life expectancy by Sullivan's method.

    Parameters
    ----------
    deaths, population, ages, levels, infant_share, smallest
        As in :func:`life_expectancy`.
    poor_health
        Share of each band in poor health (0 to 1).
    sample
        People each share rests on (effective sample size); None when the shares come
        from a full count and have no sampling error.
    mortality_error
        Whether the variance holds that of mortality too. Published figures often leave
        it out: False reproduces them.

    Raises
    ------
    StatisticsError
        As :func:`life_expectancy`; a share outside 0 to 1, a sample not above zero.

    Examples
    --------
    >>> people = [1000, 4000] + [5000] * 18
    >>> dead = [5, 1, 1, 1, 1, 2, 3, 3, 4, 6, 9, 14, 20, 32, 55, 90, 150, 260, 420, 900]
    >>> found = healthy_life_expectancy(dead, people, [0.2] * 20, [400] * 20, levels=0.95)
    >>> [round(float(v), 2) for v in (found.value[0], found.lower[0, 0], found.upper[0, 0])]
    [66.0, 64.96, 67.03]
    """
    d, n = _figures(deaths, population, ages)
    _, poor, size = same_shape(deaths=d, poor_health=poor_health, sample=_sample(sample, d))
    refuse((poor < 0) | (poor > 1), "a share in poor health is outside 0 to 1", "divide by 100")
    fault = _faults(d, n, smallest)
    unknown = np.asarray(np.isnan(poor).any(axis=-1))
    fault = np.where(fault != "", fault, words(fault.shape, (unknown, "a share is missing")))
    usable = (fault == "")[..., None]
    known, d = np.where(usable, n, np.nan), np.where(usable, d, np.nan)
    table = columns(d, known, np.asarray(ages), infant_share)
    healthy = table.lived * (1 - poor)
    value = quiet_divide(_backwards(healthy), table.alive)
    error = _sullivan_error(table, d, poor, size, value, mortality_error)
    method = "Sullivan on " + CHIANG if mortality_error else "Sullivan, error of shares only"
    asked = check_levels(levels)
    return _withheld(value, error, fault.astype(object), d, n, ages, asked, method)


def _sample(sample: ArrayLike | None, d: Floats) -> ArrayLike:
    if sample is None:
        return np.full(d.shape, np.nan)
    given = np.asarray(sample, dtype=np.float64)
    refuse(given <= 0, "a sample is not above zero", "give the people each share rests on")
    return given


def _sullivan_error(
    table: Columns, d: Floats, poor: Floats, size: Floats, value: Floats, mortality: bool
) -> Floats:
    shares = np.where(np.isnan(size), 0.0, quiet_divide(poor * (1 - poor), size))
    spread = _backwards(table.lived**2 * shares)
    if mortality:
        ahead = np.concatenate([value[..., 1:], np.zeros_like(value[..., :1])], axis=-1)
        gain = (1 - table.share) * table.width * (1 - poor) + ahead
        inner = table.alive**2 * gain**2 * _death_variance(table, d)
        last = (table.alive[..., -1:] * (1 - poor[..., -1:]) / 2) ** 2
        inner = np.concatenate([inner[..., :-1], last * _last_variance(table, d)], axis=-1)
        spread = spread + _backwards(inner)
    return np.sqrt(quiet_divide(spread, table.alive**2))


def columns(d: Floats, n: Floats, ages: NDArray[np.int_], infant_share: float) -> Columns:
    """Return the columns of life tables whose figures have been checked."""
    width = np.append(np.diff(ages), np.nan).astype(np.float64)
    share = np.where(ages == 0, infant_share, 0.5)
    rate = d / n
    death = np.where(rate * width * share > 1, 1.0, width * rate / (1 + width * rate * (1 - share)))
    death[..., -1] = np.where(np.isnan(rate[..., -1]), np.nan, 1.0)
    first = np.ones_like(rate[..., :1])
    alive = np.concatenate([first, np.cumprod(1 - death[..., :-1], axis=-1)], axis=-1)
    dead = alive[..., :-1] * death[..., :-1]
    lived = width[:-1] * (alive[..., 1:] + share[:-1] * dead)
    last = quiet_divide(alive[..., -1:], rate[..., -1:])
    lived = np.concatenate([lived, last], axis=-1)
    beyond = _backwards(lived)
    expectancy = quiet_divide(beyond, alive)
    return Columns(width, share, rate, death, alive, lived, beyond, expectancy)


def _backwards(values: Floats) -> Floats:
    """Return sums from each age to the end."""
    return np.cumsum(values[..., ::-1], axis=-1)[..., ::-1]


def _death_variance(table: Columns, d: Floats) -> Floats:
    return np.where(d > 0, quiet_divide(table.death**2 * (1 - table.death), d), 0.0)


def _last_variance(table: Columns, d: Floats) -> Floats:
    return quiet_divide(4.0, d[..., -1:] * table.rate[..., -1:] ** 2)


def _mortality_variance(table: Columns, d: Floats) -> Floats:
    ahead = table.expectancy[..., 1:]
    width, share = table.width[:-1], table.share[:-1]
    inner = _death_variance(table, d)[..., :-1] * table.alive[..., :-1] ** 2
    # Where nobody survives, e is missing and the term is zero: nobody is left to vary.
    inner = np.where(inner == 0, 0.0, inner * ((1 - share) * width + ahead) ** 2)
    last = (table.alive[..., -1:] / 2) ** 2 * _last_variance(table, d)
    return np.concatenate([inner, last], axis=-1)


def _figures(
    deaths: ArrayLike, population: ArrayLike, ages: Sequence[int]
) -> tuple[Floats, Floats]:
    d, n = same_shape(deaths=deaths, population=population)
    starts = np.asarray(ages)
    if starts.size < 3 or starts[0] != 0 or (np.diff(starts) <= 0).any():
        raise StatisticsError(
            f"ages must rise from 0, got {list(ages)[:4]} ...",
            remedy="give the first age of every band, in order",
        )
    if d.ndim == 0 or d.shape[-1] != starts.size:
        found = d.shape[-1] if d.ndim else 1
        raise StatisticsError(
            f"{starts.size} age bands were expected on the last axis, got {found}",
            remedy="one figure a band; ages= names other bands",
        )
    return d, n


def _faults(d: Floats, n: Floats, smallest: float) -> Words:
    absent = np.isnan(d) | np.isnan(n)
    return words(
        d.shape[:-1],
        (np.asarray(absent.any(-1)), "a figure of a band is missing"),
        (np.asarray((d < 0).any(-1)), "the deaths of a band are negative"),
        (np.asarray((n <= 0).any(-1)), "a band has no people"),
        (np.asarray((d > n).any(-1)), "more died than lived in a band"),
        (np.asarray(n.sum(-1) <= smallest), f"a population of {smallest:,g} or fewer"),
        (np.asarray(d[..., -1] == 0), "nobody died in the last band"),
    )


def _withheld(
    value: Floats,
    error: Floats,
    fault: Words,
    d: Floats,
    n: Floats,
    ages: Sequence[int],
    levels: tuple[float, ...],
    method: str,
) -> LifeTable:
    """Return the table with a value and its limits always given or withheld together."""
    spread = np.broadcast_to((fault != "")[..., None], value.shape)
    wide = z_value(0.95) * error > WIDEST_HALF
    inherited = np.broadcast_to(fault[..., None], value.shape)
    own = words(
        value.shape,
        (spread, ""),
        (np.isnan(value) | np.isnan(error), "nobody survives to this age"),
        (wide, f"the interval reaches further than {WIDEST_HALF:g} years"),
    )
    reason = np.where(spread, inherited, own).astype(object)
    shown = np.where(reason == "", value, np.nan)
    half = np.where(reason == "", error, np.nan)
    return LifeTable(
        value=shown,
        se=half,
        lower=np.stack([shown - z_value(level) * half for level in levels]),
        upper=np.stack([shown + z_value(level) * half for level in levels]),
        deaths=_backwards(d),
        population=_backwards(n),
        ages=np.broadcast_to(np.asarray(ages, dtype=np.float64), value.shape),
        levels=levels,
        method=method,
        reason=reason,
    )
