"""The smallest groups of people that a set of rows divides a population into.

Each row of a table counts the people in a box: an area by a period by a sex by an age
by a category. Cutting all boxes along all edges that occur gives microcells, and every
row is a sum of some of them. This holds every relation between the rows at once: county
and districts, persons and sexes, merged or overlapping age bands, rolling periods, and
those that follow from several together.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from hwb_analysis.disclosure import labels
from hwb_analysis.disclosure.labels import Pieces
from hwb_analysis.disclosure.parents import known_parents
from hwb_analysis.errors import DisclosureError, UsageError

DIMENSIONS = ("area", "period", "sex", "age", "category")
MOST_ENTRIES = 1_000_000
PLAIN, OPEN, CLOSED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Relation:
    """A whole and its parts that the labels do not tell, in any context.

    Each is a mapping of columns to values; the columns that are not named (area, period)
    run alike through whole and parts.

    Examples
    --------
    >>> Relation({"series_id": "local:all"}, ({"series_id": "local:a"}, {"series_id": "local:b"}))
    ... # doctest: +ELLIPSIS
    Relation(whole={'series_id': 'local:all'}, ...)
    """

    whole: Mapping[str, str]
    parts: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Structure:
    """What adds up to what.

    Parameters
    ----------
    parents
        Area code to the code of the area around it; without it, the look-ups that
        come with the data.
    independent
        Dimensions whose labels overlap and do not add up, such as conditions of which a
        person may have several: ``area``, ``period``, ``sex``, ``age`` or ``category``.
    relations
        Sums that the labels do not tell.
    """

    parents: Mapping[str, str] | None = None
    independent: frozenset[str] = frozenset()
    relations: tuple[Relation, ...] = ()

    def __post_init__(self) -> None:
        if unknown := sorted(set(self.independent) - set(DIMENSIONS)):
            raise UsageError(
                f"there is no dimension '{unknown[0]}'", remedy="known: " + ", ".join(DIMENSIONS)
            )

    def around(self) -> Mapping[str, str]:
        """Return area code to parent code."""
        if self.parents is not None:
            return self.parents
        return known_parents()


@dataclass(frozen=True, slots=True)
class Micro:
    """Which microcells each row sums (rows by microcells), and which belong to a rest.

    A ``rest`` is empty where it can be; an ``open`` one only where it must be.
    """

    sums: sparse.csr_array
    rest: NDArray[np.bool_]
    open: NDArray[np.bool_]


def microcells(frame: pd.DataFrame, structure: Structure) -> Micro:
    """Return the microcells of rows of one series.

    Raises
    ------
    DisclosureError
        When the rows cut the population into more pieces than can be solved.
    """
    dimensions = list(_dimensions(frame, structure))
    sizes = [pieces.total for _, pieces in dimensions]
    columns = [_row_pieces(frame, names, pieces) for names, pieces in dimensions]
    boxes = [list(map(len, of_row)) for of_row in zip(*columns, strict=True)]
    entries = sum(int(np.prod(box)) for box in boxes)
    if entries > MOST_ENTRIES:
        raise DisclosureError(
            f"the rows overlap in {entries} ways, {MOST_ENTRIES} can be solved",
            remedy="protect smaller frames, or name the dimensions that do not add up",
        )
    kinds = [np.zeros(size, dtype=np.int64) for size in sizes]
    for kind, (_, pieces) in zip(kinds, dimensions, strict=True):
        kind[list(pieces.rest)] = CLOSED
        kind[list(pieces.open)] = OPEN
    return _compressed(columns, sizes, kinds)


def _dimensions(frame: pd.DataFrame, structure: Structure) -> list[tuple[list[Hashable], Pieces]]:
    alone = structure.independent
    areas = list(frame["area_code"])
    starts, ends = frame["period_start"], frame["period_end"] + pd.Timedelta(1, unit="D")
    days = [(float(a.toordinal()), float(b.toordinal())) for a, b in zip(starts, ends, strict=True)]
    sexes, years = list(frame["sex"]), list(frame["age"])
    apart = labels.apart
    found: list[tuple[list[Hashable], Pieces]] = [
        (areas, apart(areas) if "area" in alone else labels.hierarchy(areas, structure.around())),
        (list(days), apart(days) if "period" in alone else labels.spans({d: d for d in days})),
        (sexes, apart(sexes) if "sex" in alone else labels.named(sexes, labels.WHOLE_SEX)),
        (years, apart(years) if "age" in alone else labels.ages(years)),
    ]
    return found + _categories(frame, "category" in alone)


def _categories(frame: pd.DataFrame, alone: bool) -> list[tuple[list[Hashable], Pieces]]:
    pairs = list(zip(frame["category_type"], frame["category"], strict=True))
    if alone:
        return [(list(pairs), labels.apart(pairs))]
    found: list[tuple[list[Hashable], Pieces]] = []
    # Each kind of category divides everybody anew.
    for kind in sorted({kind for kind, _ in pairs}):
        words = [word if its == kind else "" for its, word in pairs]
        found.append((list(words), labels.named(words, labels.WHOLE_CATEGORY)))
    return found


def _row_pieces(
    frame: pd.DataFrame, names: list[Hashable], pieces: Pieces
) -> list[tuple[int, ...]]:
    return [pieces.covers[name] for name in names]


def _compressed(
    columns: list[list[tuple[int, ...]]], sizes: list[int], kinds: list[NDArray[np.int64]]
) -> Micro:
    """Join the microcells that occur in the same rows: no figure tells them apart."""
    strides = np.cumprod([1, *sizes[:-1]], dtype=np.int64).tolist()
    members: dict[int, list[int]] = {}
    kind_of: dict[int, int] = {}
    for row, box in enumerate(zip(*columns, strict=True)):
        for corner in product(*box):
            cell = sum(x * stride for x, stride in zip(corner, strides, strict=True))
            members.setdefault(cell, []).append(row)
            if cell not in kind_of:
                kind_of[cell] = max(int(of[x]) for x, of in zip(corner, kinds, strict=True))
    joined: dict[tuple[int, ...], int] = {}
    for cell, rows in members.items():
        seen = tuple(rows)
        # The freest of them decides what the joined one may hold.
        joined[seen] = min(joined.get(seen, CLOSED), kind_of[cell])
    wanted = sorted(joined)
    at = np.array([(row, i) for i, rows in enumerate(wanted) for row in rows], dtype=np.int64)
    at = at.reshape(-1, 2)
    shape = (len(columns[0]), len(wanted))
    sums = sparse.csr_array((np.ones(len(at)), (at[:, 0], at[:, 1])), shape=shape)
    kind = np.array([joined[rows] for rows in wanted], dtype=np.int64)
    return Micro(sums, kind != PLAIN, kind == OPEN)
