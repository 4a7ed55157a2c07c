"""Ranks of areas, and how sure they are.

Each area's figure is drawn many times from what is known of it: normal for values with
errors, beta for proportions and gamma for rates (Jeffreys' prior). The ranks of the
draws give the median rank, its 95 per cent interval and the chance of being last. Rank
1 is the worst area; without a good end it is the highest.

A table in order of rank says nothing when every interval of ranks overlaps with every
other; ``league_table`` is then false.

Sources: Goldstein and Spiegelhalter 1996; Marshall and Spiegelhalter 1998.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import Flags, Floats, Words, refuse, same_shape, words
from hwb_analysis.stats.benchmark import polarity_of
from hwb_analysis.stats.result import Result, figure
from hwb_analysis.stats.shrinkage import shrink_values
from hwb_analysis.vocabulary import Polarity

DRAWS = 10_000
SEED = 20_261_122
NO_TABLE = "the intervals of the ranks all overlap: the order says nothing"


@dataclass(frozen=True, slots=True)
class Ranks(Result):
    """Ranks of areas (last axis); 1 is the worst, or the highest without a good end.

    ``rank`` is that of the figures as they are; ``median``, ``lower`` and ``upper`` (95
    per cent) those of the draws; ``first`` is the chance of rank 1, ``last`` that of the
    last rank, ``among_first`` that of the first ``several`` ranks.
    """

    value: Floats
    rank: Floats
    median: Floats
    lower: Floats
    upper: Floats
    first: Floats
    last: Floats
    among_first: Floats
    league_table: Flags
    several: int
    areas: int
    better: str
    draws: int
    method: str
    reason: Words

    def explain(self) -> str:
        """Return one sentence on the area most likely to be first, or why there is no order."""
        first = self.first.reshape(-1, self.first.shape[-1])[0]
        if np.isnan(first).all():
            return f"The areas cannot be ranked: {self.reason.flat[0]}."
        if not bool(self.league_table.flat[0]):
            return f"No league table: {NO_TABLE}."
        place = int(np.nanargmax(first))
        end = "highest" if self.better == Polarity.NONE else "worst"
        span = [float(side.reshape(-1, self.first.shape[-1])[0][place])
                for side in (self.lower, self.upper)]  # fmt: skip
        return (
            f"The area in position {place} has a chance of {first[place]:.0%} of being the {end} "
            f"of {self.areas} (rank {figure(span[0], 2)} to {figure(span[1], 2)})."
        )


def rank_values(
    value: ArrayLike,
    se: ArrayLike,
    *,
    better: str | None,
    several: int = 2,
    shrunk: bool = False,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Ranks:
    """Return ranks of values that carry standard errors.

    Parameters
    ----------
    value, se
        Values and errors, areas on the last axis. A set with a missing area has no ranks.
    better
        ``"high"``, ``"low"``, or None: rank 1 is then the highest.
    several
        The number of first ranks whose chance is given together.
    shrunk
        True ranks empirical Bayes values (see :mod:`.shrinkage`), which answers the
        question of small areas at both ends of every table.
    draws, seed
        How many draws, at least 1,000, and from which seed.

    Raises
    ------
    StatisticsError
        Fewer than two areas, an error not above zero, too few draws, unknown ``better``.

    Examples
    --------
    >>> found = rank_values([60, 70, 71], [1, 1, 1], better="high")
    >>> found.rank.tolist(), found.first.round(2).tolist()
    ([1.0, 2.0, 3.0], [1.0, 0.0, 0.0])
    """
    y, s = same_shape(value=value, se=se)
    _checked(y, draws)
    refuse(s <= 0, "a standard error is not above zero", "leave such areas out")
    name = "normal draws"
    if shrunk:
        pulled = shrink_values(y, s)
        y, s, name = pulled.value, pulled.error, "normal draws of empirical Bayes values"
    noise = np.random.default_rng(seed).standard_normal((draws, *y.shape))
    return _ranked(y, y + noise * s, better, several, name)


def rank_counts(
    count: ArrayLike,
    denominator: ArrayLike,
    *,
    of: str = "proportion",
    better: str | None,
    several: int = 2,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Ranks:
    """Return ranks of proportions (beta draws) or rates (gamma draws) from counts.

    Parameters
    ----------
    count, denominator
        Events and people, areas on the last axis. A set with a missing area has no ranks.
    of
        ``"proportion"`` or ``"rate"``.
    better, several, draws, seed
        As in :func:`rank_values`.

    Raises
    ------
    StatisticsError
        As :func:`rank_values`; a negative count, a count above its denominator in a
        proportion, a denominator not above zero.

    Examples
    --------
    >>> found = rank_counts([40, 10, 12], [100, 100, 100], better="low")
    >>> found.rank.tolist()
    [1.0, 3.0, 2.0]
    """
    x, n = same_shape(count=count, denominator=denominator)
    _checked(x, draws)
    refuse(x < 0, "a count is negative", "code missing as NaN")
    refuse(n <= 0, "a denominator is not above zero", "leave empty areas out")
    random = np.random.default_rng(seed)
    absent = np.isnan(x) | np.isnan(n)
    events, people = np.where(absent, 1.0, x), np.where(absent, 1.0, n)
    if of == "rate":
        drawn = random.gamma(events + 0.5, size=(draws, *x.shape)) / people
    elif of == "proportion":
        refuse(x > n, "a count is above its denominator", "use of='rate' for events")
        drawn = random.beta(events + 0.5, people - events + 0.5, size=(draws, *x.shape))
    else:
        raise StatisticsError(f"of is 'proportion' or 'rate', got '{of}'")
    return _ranked(x / n, np.where(absent, np.nan, drawn), better, several,
                   "beta draws" if of == "proportion" else "gamma draws")  # fmt: skip


def _checked(values: Floats, draws: int) -> None:
    if values.ndim == 0 or values.shape[-1] < 2:
        raise StatisticsError("ranks need at least two areas", remedy="add areas")
    if draws < 1000:
        raise StatisticsError(
            f"ranks need at least 1,000 draws, got {draws}", remedy="10,000 are the default"
        )


def _ranked(value: Floats, drawn: Floats, better: str | None, several: int, method: str) -> Ranks:
    polarity = polarity_of(better)
    areas = value.shape[-1]
    if not 1 <= several <= areas:
        raise StatisticsError(f"several lies between 1 and {areas}, got {several}")
    # Rank 1 goes to the worst: the lowest where high is good, else the highest.
    sign = 1.0 if polarity is Polarity.HIGH else -1.0
    absent = np.isnan(value).any(axis=-1, keepdims=True)
    own = np.where(absent, np.nan, stats.rankdata(sign * value, axis=-1))
    ranks = stats.rankdata(sign * drawn, axis=-1)
    low, middle, high = (
        np.where(absent, np.nan, side)
        for side in np.quantile(ranks, [0.025, 0.5, 0.975], axis=0, method="inverted_cdf")
    )
    chances = [
        np.where(absent, np.nan, side.mean(axis=0))
        for side in (ranks < 1.5, ranks > areas - 0.5, ranks < several + 0.5)
    ]
    return Ranks(
        value=value,
        rank=own,
        median=middle,
        lower=low,
        upper=high,
        first=chances[0],
        last=chances[1],
        among_first=chances[2],
        league_table=np.asarray(np.max(low, axis=-1) > np.min(high, axis=-1)),
        several=several,
        areas=areas,
        better=polarity.value,
        draws=drawn.shape[0],
        method=method,
        reason=words(value.shape, (np.broadcast_to(absent, value.shape), "an area has no figure")),
    )
