"""What ages and causes make a gap in life expectancy (Arriaga's method).

Formula, for the gap e(second) - e(first) at birth, age band i:
``(l1_i/l1_0) (L2_i/l2_i - L1_i/l1_i) + (T2_(i+1)/l1_0) (l1_i/l2_i - l1_(i+1)/l2_(i+1))``,
the last band ``(l1_i/l1_0) (e2_i - e1_i)``. The bands add up to the gap exactly. Within
a band a cause takes its share of the difference between the two death rates.

Source: Arriaga 1984 and 1989.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import Floats, quiet_divide, refuse, same_shape
from hwb_analysis.stats.life_tables import ABRIDGED, INFANT_SHARE, columns


def gap_by_age(
    deaths_1: ArrayLike,
    population_1: ArrayLike,
    deaths_2: ArrayLike,
    population_2: ArrayLike,
    ages: Sequence[int] = ABRIDGED,
    *,
    infant_share: float = INFANT_SHARE,
) -> Floats:
    """Return the years that each age band adds to the gap, second minus first.

    Parameters
    ----------
    deaths_1, population_1, deaths_2, population_2
        Figures of the two populations, ages on the last axis.
    ages
        First age of each band.

    Returns
    -------
    ndarray
        One figure a band; they sum to the gap in life expectancy at birth.

    Raises
    ------
    StatisticsError
        Negative figures, a band without people, nobody dying in the last band.

    Examples
    --------
    >>> people = [1000, 4000] + [5000] * 18
    >>> dead = [5, 1, 1, 1, 1, 2, 3, 3, 4, 6, 9, 14, 20, 32, 55, 90, 150, 260, 420, 900]
    >>> more = [2 * d for d in dead]
    >>> round(float(gap_by_age(more, people, dead, people).sum()), 2)
    7.75
    """
    d1, n1, d2, n2 = same_shape(
        deaths_1=deaths_1, population_1=population_1, deaths_2=deaths_2, population_2=population_2
    )
    for d, n in ((d1, n1), (d2, n2)):
        refuse(~(d >= 0), "deaths are negative or missing", "a count is zero or more")
        refuse(~(n > 0), "a band has no people", "join it to its neighbour")
        refuse(d[..., -1] == 0, "nobody died in the last band", "close the table earlier")
    starts = np.asarray(ages)
    if starts.size != d1.shape[-1]:
        raise StatisticsError(
            f"{starts.size} age bands were expected, got {d1.shape[-1]}",
            remedy="ages= names the first age of each band",
        )
    one, two = (columns(d, n, starts, infant_share) for d, n in ((d1, n1), (d2, n2)))
    direct = one.alive * (quiet_divide(two.lived, two.alive) - quiet_divide(one.lived, one.alive))
    ratio = quiet_divide(one.alive, two.alive)
    indirect = two.beyond[..., 1:] * (ratio[..., :-1] - ratio[..., 1:])
    return np.concatenate([direct[..., :-1] + indirect, direct[..., -1:]], axis=-1)


def gap_by_cause(
    by_age: ArrayLike,
    cause_deaths_1: ArrayLike,
    population_1: ArrayLike,
    cause_deaths_2: ArrayLike,
    population_2: ArrayLike,
) -> Floats:
    """Return the years that each cause adds to the gap in each age band.

    Parameters
    ----------
    by_age
        From :func:`gap_by_age`.
    cause_deaths_1, cause_deaths_2
        Deaths by cause, causes on the last axis but one, ages on the last; the causes
        must add up to all deaths.
    population_1, population_2
        People of each band (no cause axis).

    Returns
    -------
    ndarray
        Causes by ages. A band with equal death rates gives nothing to any cause.

    Examples
    --------
    >>> gap_by_cause([2.0], [[30], [10]], [100], [[10], [10]], [100]).tolist()
    [[2.0], [-0.0]]
    """
    c1, c2 = same_shape(cause_deaths_1=cause_deaths_1, cause_deaths_2=cause_deaths_2)
    refuse(~((c1 >= 0) & (c2 >= 0)), "deaths are negative or missing", "a count is zero or more")
    n1, n2 = same_shape(population_1=population_1, population_2=population_2)
    change = c2 / n2[..., None, :] - c1 / n1[..., None, :]
    whole = change.sum(axis=-2, keepdims=True)
    share = np.nan_to_num(quiet_divide(change, whole), nan=0.0)
    return share * np.asarray(by_age, dtype=np.float64)[..., None, :]
