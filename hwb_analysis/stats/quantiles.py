"""Deprivation quantiles: groups numbered 1 (most deprived) to k, always integers.

Two rules, both national practice:

* population-weighted: areas are laid end to end from most to least deprived, and an
  area goes to the group in which the middle of its population falls;
* count-based: groups of equal numbers of areas, ties at the lowest rank.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import Floats, numbers, refuse, same_shape

Groups = NDArray[np.int64]

NO_GROUP = 0
_ROUNDING = 1e-12


def population_quantiles(rank: ArrayLike, population: ArrayLike, k: int = 10) -> Groups:
    """Return the population-weighted deprivation group of each area.

    Formula: with areas in order of rank and P the total population, the area whose
    population runs from C to C + p goes to group ``floor(k (C + p/2) / P) + 1``. Areas
    of one rank are one block, and share the group of the block's middle.

    Parameters
    ----------
    rank
        Rank of deprivation, 1 = most deprived. (For a score, high = deprived, pass its
        negative.) Only the order matters.
    population
        People in each area; zero is allowed.
    k
        Number of groups: 10 for deciles, 5 for quintiles.

    Returns
    -------
    NDArray[np.int64]
        1 (most deprived) to k. Relative to the areas given: pass one county's areas for
        county-relative deciles, the nation's for national ones.

    Raises
    ------
    StatisticsError
        When a rank or population is missing, a population is negative, all are zero,
        or there are fewer areas than groups.

    Examples
    --------
    >>> population_quantiles([3, 1, 2, 4], [100, 100, 100, 100], k=2)
    array([2, 1, 1, 2])
    >>> population_quantiles([1, 2, 2, 3], [100, 100, 100, 100], k=2)
    array([1, 2, 2, 2])
    """
    order, people = _flat_pair(rank, population)
    refuse(np.isnan(order), "a rank is missing", "leave areas without a rank out first")
    refuse(np.isnan(people), "a population is missing", "give every area its population")
    refuse(people < 0, "a population is negative", "check the source")
    _enough(order.size, k)
    total = float(people.sum())
    if total == 0:
        raise StatisticsError("nobody lives in these areas", remedy="check the populations")
    _, block = np.unique(order, return_inverse=True)
    size = np.bincount(block, weights=people)
    middle = np.cumsum(size) - size / 2
    group = np.floor(k * middle / total + _ROUNDING).astype(np.int64) + 1
    return np.asarray(np.minimum(group, k)[block], dtype=np.int64)


def count_quantiles(values: ArrayLike, k: int = 10, *, highest_first: bool = True) -> Groups:
    """Return groups of equal numbers of areas.

    Formula: with N values present and r the rank (ties share the lowest rank),
    ``floor((k + 1) - ceil((N + 1 - r) / (N / k)))``, at least 1.

    Parameters
    ----------
    values
        A score of each area; missing values get group 0.
    k
        Number of groups.
    highest_first
        True (default) puts the highest values into group 1, as for a deprivation score;
        False the lowest, as for a deprivation rank.

    Returns
    -------
    NDArray[np.int64]
        1 to k, 0 for areas without a value; all 0 when fewer than k areas have one.

    Raises
    ------
    StatisticsError
        When k is below 2, or a value is no number.

    Examples
    --------
    >>> count_quantiles([10.0, 40.0, 20.0, 30.0], k=2)
    array([2, 1, 2, 1])
    """
    score = numbers("values", values).ravel()
    _check_k(k)
    known = ~np.isnan(score)
    present = -score[known] if highest_first else score[known]
    total = present.size
    out = np.full(score.shape, NO_GROUP, dtype=np.int64)
    if total < k:
        return out
    lowest_rank = np.searchsorted(np.sort(present), present, side="left") + 1
    group = np.floor((k + 1) - np.ceil((total + 1 - lowest_rank) / (total / k)))
    out[known] = np.maximum(group, 1).astype(np.int64)
    return out


def _flat_pair(rank: ArrayLike, population: ArrayLike) -> tuple[Floats, Floats]:
    order, people = same_shape(rank=rank, population=population)
    return order.ravel(), people.ravel()


def _check_k(k: int) -> None:
    if k != int(k) or k < 2:
        raise StatisticsError(
            f"the number of groups is a whole number from 2 up, got {k}",
            remedy="10 for deciles, 5 for quintiles",
        )


def _enough(areas: int, k: int) -> None:
    _check_k(k)
    if areas < k:
        raise StatisticsError(
            f"{k} groups need at least {k} areas, got {areas}",
            remedy="ask for fewer groups, or pass smaller areas",
        )
