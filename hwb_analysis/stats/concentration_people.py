"""Concentration indices of single people (or areas), and their decomposition.

With weights p (summing to one), ranks r from the most deprived (0) to the least (1), tied
people sharing the middle of their ranks, and mean m: ``C = (2 / m) sum(p y r) - 1``.

Errors:

* ``"direct"``: the spread of each person's influence on the index,
  ``a_i = (y_i / m)(2 r_i - 1 - C) + 2 - q_i- - q_i+``, q- and q+ the share of the values
  held by those below, and up to and with, the person's rank;
* ``"convenience"``: regression of ``2 var(r) y / m`` on r;
* ``"delta"``: regression of y on r, index and error by the delta rule. Both regressions
  may take robust errors (HC1).

Decomposition: with ``y = a + sum(b_k x_k) + e``, ``C = sum((b_k x_k mean / m) C_k) + rest``.

Sources: Kakwani, Wagstaff and van Doorslaer 1997; O'Donnell and others 2008; Wagstaff,
van Doorslaer and Watanabe 2003.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import (
    DEFAULT_LEVELS,
    Floats,
    check_levels,
    numbers,
    refuse,
    same_shape,
    z_value,
)
from hwb_analysis.stats.concentration import checked_bounds, drift_of, scale_of
from hwb_analysis.stats.result import Result, between, figure, percent

if TYPE_CHECKING:
    import pandas as pd

ERRORS = ("direct", "convenience", "delta")
FEWEST = 3


@dataclass(frozen=True, slots=True)
class PeopleIndex(Result):
    """A concentration index of one set of people, with limits by level."""

    value: float
    se: float
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    mean: float
    people: int
    levels: tuple[float, ...]
    kind: str
    method: str

    def explain(self) -> str:
        """Return one sentence."""
        return (
            f"The {self.kind} concentration index of {self.people:,} people is "
            f"{figure(self.value)} ({percent(self.levels[0])} interval "
            f"{between(self.lower[0], self.upper[0])}, {self.method})."
        )


class _People(NamedTuple):
    y: Floats
    share: Floats
    rank: Floats
    held_below: Floats
    held_with: Floats
    mean: float


def concentration_of_people(
    outcome: ArrayLike,
    ranking: ArrayLike,
    weight: ArrayLike | None = None,
    *,
    kind: str = "relative",
    bounds: tuple[float, float] | None = None,
    error: str = "direct",
    robust: bool = False,
    mean: str = "estimated",
    rank_variance: str = "population",
    levels: float | Sequence[float] = DEFAULT_LEVELS,
) -> PeopleIndex:
    """Return a concentration index of single people.

    Parameters
    ----------
    outcome, ranking
        Outcome and ranking variable of each person, low ranking = most deprived. Tied
        people share the middle of their ranks.
    weight
        Survey weights above zero; equal without.
    kind, bounds
        As in :func:`.concentration.concentration`.
    error, robust
        One of ``ERRORS``; robust errors for the two regressions.
    mean
        ``"estimated"`` carries the variance of the mean into an index other than the
        relative one; ``"fixed"`` holds it, as some software does.
    rank_variance
        ``"sample"`` divides the variance of the ranks by ``1 - sum(p^2)``, as some
        software does; with weights this moves the index itself.
    levels
        Confidence levels, as fractions.

    Raises
    ------
    StatisticsError
        Fewer than three people, a missing figure, a weight not above zero, all ranks
        equal, a mean that has no relative index, an unknown word.

    Examples
    --------
    >>> found = concentration_of_people([9, 7, 6, 4, 3, 1], [1, 2, 3, 4, 5, 6], levels=0.95)
    >>> round(found.value, 4), round(found.se, 4)
    (-0.3, 0.0875)
    """
    _words(error, mean, rank_variance)
    limits = checked_bounds(kind, bounds)
    people = _read(outcome, ranking, weight)
    scale = float(scale_of(kind, np.array(people.mean), limits))
    if not np.isfinite(scale) or not people.mean > 0:
        raise StatisticsError(
            f"the {kind} index has no meaning at a mean of {figure(people.mean)}",
            remedy="the relative index needs a mean above zero, Wagstaff's one inside its bounds",
        )
    relative, se = (
        _direct(people) if error == "direct" else _regressed(people, error, robust, rank_variance)
    )
    drift = float(drift_of(kind, np.array(people.mean), limits))
    se = _scaled_error(people, relative, se, scale, drift, kind, mean, error)
    value = relative * people.mean * scale
    asked = check_levels(levels)
    return PeopleIndex(
        value=value,
        se=se,
        lower=tuple(value - z_value(level) * se for level in asked),
        upper=tuple(value + z_value(level) * se for level in asked),
        mean=people.mean,
        people=people.y.size,
        levels=asked,
        kind=kind,
        method=error + (", robust" if robust and error != "direct" else ""),
    )


def _words(error: str, mean: str, rank_variance: str) -> None:
    for name, word, known in (
        ("error", error, ERRORS),
        ("mean", mean, ("estimated", "fixed")),
        ("rank_variance", rank_variance, ("population", "sample")),
    ):
        if word not in known:
            raise StatisticsError(
                f"{name} '{word}' is not known", remedy="known: " + ", ".join(known)
            )


def _read(outcome: ArrayLike, ranking: ArrayLike, weight: ArrayLike | None) -> _People:
    y, order = same_shape(outcome=outcome, ranking=ranking)
    if y.ndim != 1 or y.size < FEWEST:
        raise StatisticsError(
            f"one outcome a person and at least {FEWEST} people were expected, got {y.shape}",
            remedy="for groups use concentration()",
        )
    w = np.ones(y.size) if weight is None else numbers("weight", weight)
    if w.shape != y.shape:
        raise StatisticsError(f"{y.size} weights were expected, got {w.shape}")
    refuse(np.isnan(y) | np.isnan(order), "a person has a missing figure", "leave such rows out")
    refuse(~(w > 0), "a weight is not above zero", "leave such rows out")
    share = w / w.sum()
    mean = float((share * y).sum())
    _, place = np.unique(order, return_inverse=True)
    if place.max() == 0:
        raise StatisticsError("all people have the same rank", remedy="check the ranking column")
    here, held = (np.bincount(place, weights=side) for side in (share, share * y))
    before = np.cumsum(here) - here
    with_them = np.cumsum(held) / mean if mean else np.full(held.shape, np.nan)
    below = with_them - held / mean if mean else with_them
    rank = before + here / 2
    return _People(y, share, rank[place], below[place], with_them[place], mean)


def _index(people: _People, values: Floats) -> float:
    """Return the relative index of any values of the same people."""
    centre = float((people.share * values).sum())
    return 2 * float((people.share * values * people.rank).sum()) / centre - 1


def _influence(people: _People, index: float) -> Floats:
    rise = people.y / people.mean * (2 * people.rank - 1 - index)
    return np.asarray(rise + 2 - people.held_below - people.held_with)


def _direct(people: _People) -> tuple[float, float]:
    index = _index(people, people.y)
    influence = _influence(people, index)
    centre = float((people.share * influence).sum())
    return index, float(np.sqrt((people.share**2 * (influence - centre) ** 2).sum()))


def _regressed(
    people: _People, error: str, robust: bool, rank_variance: str
) -> tuple[float, float]:
    n, rank, share = people.y.size, people.rank, people.share
    spread = float((share * (rank - (share * rank).sum()) ** 2).sum())
    if error == "convenience":
        line, cover = _line(2 * spread * people.y / people.mean, people, robust)
        index, se = float(line[1]), float(np.sqrt(cover[1, 1]))
    else:
        (a, b), cover = _line(people.y, people, robust)
        middle = a + b / 2
        turn = np.array([-2 * spread * b / middle**2, 2 * spread * a / middle**2])
        index, se = 2 * spread * b / middle, float(np.sqrt(turn @ cover @ turn))
    if rank_variance == "population":
        return index, se
    wider = 1 / (1 - float((share**2).sum()))
    return index * wider * (n - 1) / n, se * wider


def _line(values: Floats, people: _People, robust: bool) -> tuple[Floats, Floats]:
    """Return the weighted line on the ranks and the covariance of its two numbers."""
    n = people.y.size
    design = np.column_stack([np.ones(n), people.rank])
    weighted = design * people.share[:, None]
    bread = np.linalg.inv(design.T @ weighted)
    line = bread @ (weighted.T @ values)
    residual = values - design @ line
    if robust:
        meat = weighted * residual[:, None]
        return line, bread @ (meat.T @ meat) @ bread * n / (n - 2)
    return line, bread * float((people.share * residual**2).sum()) / (n - 2)


def _scaled_error(
    people: _People, index: float, se: float, scale: float, drift: float,
    kind: str, mean: str, error: str,
) -> float:  # fmt: skip
    """Return the error of the index asked for from that of the relative one."""
    if kind == "relative":
        return se
    if mean == "fixed" or error != "direct":
        return se * people.mean * scale
    absolute = people.mean * (_influence(people, index) - 1 - index)
    absolute = absolute + index * (people.y - people.mean)
    value = index * people.mean * scale
    influence = scale * absolute + value * drift * (people.y - people.mean)
    centre = (people.share * influence).sum()
    return float(np.sqrt((people.share**2 * (influence - centre) ** 2).sum()))


def decompose(
    outcome: ArrayLike,
    ranking: ArrayLike,
    factors: Mapping[str, ArrayLike],
    weight: ArrayLike | None = None,
) -> pd.DataFrame:
    """Return the parts of the relative index that go with each factor of a linear model.

    The parts describe how the index is made up; they do not say what brings it about.

    Parameters
    ----------
    outcome, ranking, weight
        As in :func:`concentration_of_people`.
    factors
        Name and values of each factor; a category as one column of 0 and 1 a level but one.

    Returns
    -------
    DataFrame
        A row a factor and one for the rest: ``factor``, ``coefficient``, ``mean``,
        ``elasticity``, ``index``, ``contribution`` (they add up to the index) and
        ``share`` of it.

    Raises
    ------
    StatisticsError
        As :func:`concentration_of_people`; factors that repeat each other, or none.

    Examples
    --------
    >>> table = decompose([9, 7, 6, 4, 3, 1], [1, 2, 3, 4, 5, 6], {"smokes": [1, 1, 0, 1, 0, 0]})
    >>> table["contribution"].sum().round(6)
    np.float64(-0.3)
    """
    # The array core stays free of pandas until somebody asks for a table.
    import pandas as pd

    people = _read(outcome, ranking, weight)
    if not people.mean > 0:
        raise StatisticsError("the relative index needs a mean above zero")
    columns = np.column_stack([np.ones(people.y.size), *_columns(factors, people.y.size)])
    if np.linalg.matrix_rank(columns) < columns.shape[1]:
        raise StatisticsError(
            "the factors repeat each other", remedy="leave one level of each category out"
        )
    root = np.sqrt(people.share)
    fitted = np.linalg.lstsq(columns * root[:, None], people.y * root, rcond=None)[0]
    total = _index(people, people.y)
    rows = [
        _part(name, people, columns[:, place], float(fitted[place]))
        for place, name in enumerate(factors, start=1)
    ]
    rest = total - sum(row["contribution"] for row in rows)
    rows.append({"factor": "rest", "contribution": rest})
    table = pd.DataFrame(rows)
    return table.assign(share=table["contribution"] / total if total else np.nan)


def _columns(factors: Mapping[str, ArrayLike], size: int) -> list[Floats]:
    if not factors:
        raise StatisticsError("a decomposition needs at least one factor")
    read = {name: numbers(name, values) for name, values in factors.items()}
    for name, values in read.items():
        if values.shape != (size,):
            raise StatisticsError(f"{name} must have {size} values, got {values.shape}")
        refuse(np.isnan(values), f"{name} has missing values", "leave such rows out")
    return list(read.values())


def _part(name: str, people: _People, values: Floats, coefficient: float) -> dict[str, Any]:
    centre = float((people.share * values).sum())
    # Elasticity times index, written so that a factor with a mean of zero has its part too.
    absolute = 2 * float((people.share * values * people.rank).sum()) - centre
    return {
        "factor": name,
        "coefficient": coefficient,
        "mean": centre,
        "elasticity": coefficient * centre / people.mean,
        "index": absolute / centre if centre else float("nan"),
        "contribution": coefficient * absolute / people.mean,
    }
