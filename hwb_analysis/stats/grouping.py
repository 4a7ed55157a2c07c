"""Groups of deprivation in a frame: read their order, check that they are complete."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hwb_analysis.errors import StatisticsError
from hwb_analysis.given import check_columns, check_numbers
from hwb_analysis.stats.arrays import Floats

Whole = NDArray[np.int64]
_LEADING_NUMBER = re.compile(r"^\s*(\d+)\b")
MEND_LABELS = "number the groups 1 (most deprived), 2, 3 ...; a label may go on in words"


@dataclass(frozen=True, slots=True)
class Cube:
    """Rows of a frame laid out as sets by groups, in group order, missing where absent."""

    keys: pd.DataFrame
    columns: dict[str, Floats]
    cell: Whole

    def named_keys(self) -> dict[str, NDArray[np.object_]]:
        """Return the keys of the sets as arrays, to carry in a result."""
        return {str(name): self.keys[name].to_numpy(dtype=object) for name in self.keys}


def group_numbers(labels: pd.Series) -> pd.Series:
    """Return the number of each group: 1 is the most deprived.

    Whole numbers are taken as they are; text must begin with a number ("10 least
    deprived"), so that "10" can never come before "2".

    Raises
    ------
    StatisticsError
        When a label is missing, not a whole number, or text without a number.

    Examples
    --------
    >>> group_numbers(pd.Series(["10 least deprived", "2", "1 most deprived"])).tolist()
    [10, 2, 1]
    """
    if pd.api.types.is_numeric_dtype(labels):
        found = labels.astype("float64")
        bad = found.isna() | (found != found.round()) | (found < 1)
    else:
        found = pd.to_numeric(labels.astype("string").str.extract(_LEADING_NUMBER)[0])
        bad = found.isna()
    if bad.any():
        shown = ", ".join(map(repr, labels[bad].unique()[:3].tolist()))
        raise StatisticsError(
            f"a deprivation group is a number from 1 up, got {shown}", remedy=MEND_LABELS
        )
    return found.astype("int64")


def cube(frame: pd.DataFrame, group: str, by: Sequence[str], columns: Sequence[str]) -> Cube:
    """Lay the rows out as sets (one a combination of ``by``) by deprivation groups.

    Raises
    ------
    StatisticsError
        When a column is absent, the frame is empty, a group is repeated within a set, or
        the numbers of the groups over the whole frame are not 1, 2, 3 ... without a hole.
    """
    check_columns(frame, [group, *by, *columns])
    number = group_numbers(frame[group]).to_numpy()
    return lay_out(frame, number - 1, _complete(number), by, columns)


def lay_out(
    frame: pd.DataFrame,
    place: Whole,
    size: int,
    by: Sequence[str],
    columns: Sequence[str],
) -> Cube:
    """Lay the rows out as sets by places 0 to size - 1, missing where there is no row.

    Raises
    ------
    StatisticsError
        When two rows fall on one place of a set.
    """
    number, keys = sets_of(frame, by)
    cell = number * size + place
    _once(frame, cell, by)
    laid = {name: _laid(frame[name], cell, len(keys), size) for name in columns}
    return Cube(keys, laid, cell)


def sets_of(frame: pd.DataFrame, by: Sequence[str]) -> tuple[Whole, pd.DataFrame]:
    """Return the number of the set each row belongs to, and the keys of the sets."""
    if not by:
        return np.zeros(len(frame), dtype=np.int64), pd.DataFrame(index=range(1))
    grouped = frame.groupby(list(by), sort=True, dropna=False)
    number = np.asarray(grouped.ngroup(), dtype=np.int64)
    first = np.empty(number.max() + 1, dtype=np.int64)
    first[number[::-1]] = np.arange(number.size)[::-1]
    return number, frame.iloc[first][list(by)].reset_index(drop=True)


def _laid(column: pd.Series, cell: Whole, sets: int, groups: int) -> Floats:
    check_numbers(column.to_frame(), [str(column.name)])
    out = np.full(sets * groups, np.nan)
    out[cell] = column.to_numpy(dtype="float64", na_value=np.nan)
    return out.reshape(sets, groups)


def _complete(number: Whole) -> int:
    found = np.unique(number)
    if found.size != found[-1]:
        absent = sorted(set(range(1, int(found[-1]) + 1)) - set(found.tolist()))
        raise StatisticsError(
            f"the groups must run 1, 2, 3 ... to {found[-1]}; missing: {absent[:5]}",
            remedy="add the missing groups, or number anew those there are",
        )
    return int(found[-1])


def _once(frame: pd.DataFrame, cell: Whole, names: Sequence[str]) -> None:
    if np.bincount(cell).max(initial=0) <= 1:
        return
    doubled = frame.loc[pd.Series(cell, index=frame.index).duplicated(), list(names)]
    shown = "; ".join(" ".join(map(str, row)) for row in doubled.head(3).itertuples(index=False))
    raise StatisticsError(
        f"a group occurs more than once in a set: {len(doubled)} extra rows",
        where=shown or None,
        remedy="name the columns that tell the sets apart in by=",
    )
