"""Rates and proportions of a frame, summed over groups on request."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from hwb_analysis.errors import StatisticsError
from hwb_analysis.given import as_frame, check_columns, check_numbers
from hwb_analysis.stats import intervals
from hwb_analysis.stats.arrays import DEFAULT_LEVELS, check_levels, level_name
from hwb_analysis.stats.intervals import Estimates

# Rows at once: what is computed on the way stays small beside what is kept.
ROWS_AT_ONCE = 50_000


def rate(
    frame: pd.DataFrame,
    *,
    count: str = "count",
    denominator: str = "denominator",
    per: float = 100_000,
    by: str | Sequence[str] = (),
    levels: Sequence[float] = DEFAULT_LEVELS,
) -> pd.DataFrame:
    """Append crude rates with limits, summing counts over ``by`` when it is given.

    With ``by`` the result has one row a group, also when there is only one group; a
    missing count or denominator makes its group missing.

    Examples
    --------
    >>> deaths = pd.DataFrame({"sex": ["F", "F", "M"], "count": [3, 9, 4],
    ...                        "denominator": [1000, 1000, 1000]})
    >>> rate(deaths, per=1000, by="sex")[["sex", "value", "method"]].values.tolist()
    [['F', 6.0, 'byar'], ['M', 4.0, 'exact']]
    """
    table = _summed(frame, [count, denominator], by)
    return _appended(table, intervals.rate, count, denominator, per, levels)


def proportion(
    frame: pd.DataFrame,
    *,
    count: str = "count",
    denominator: str = "denominator",
    per: float = 100,
    by: str | Sequence[str] = (),
    levels: Sequence[float] = DEFAULT_LEVELS,
) -> pd.DataFrame:
    """Append proportions with Wilson limits, summing over ``by`` when it is given.

    Examples
    --------
    >>> frame = pd.DataFrame({"count": [25], "denominator": [200]})
    >>> proportion(frame)["value"].tolist()
    [12.5]
    """
    table = _summed(frame, [count, denominator], by)
    return _appended(table, intervals.proportion, count, denominator, per, levels)


def _summed(frame: pd.DataFrame, columns: list[str], by: str | Sequence[str]) -> pd.DataFrame:
    keys = [by] if isinstance(by, str) else list(by)
    frame = as_frame(frame)
    check_columns(frame, [*keys, *columns])
    check_numbers(frame, columns)
    if not keys:
        return frame.copy(deep=False)
    grouped = frame.groupby(keys, sort=True, dropna=False)[columns]
    # A plain sum would read a missing count as none; min_count cannot say "all of them".
    missing = frame[columns].isna().groupby([frame[k] for k in keys], sort=True, dropna=False)
    return grouped.sum().mask(missing.any()).reset_index()


def _appended(
    table: pd.DataFrame,
    make: Callable[..., Estimates],
    count: str,
    denominator: str,
    per: float,
    levels: float | Sequence[float],
) -> pd.DataFrame:
    """Return the table with the columns of its estimates, computed a block of rows at a time."""
    asked = check_levels(levels)
    ends = [f"{end}_{level_name(level)}" for level in asked for end in ("lower", "upper")]
    size = len(table)
    columns = {name: np.empty(size) for name in ("value", *ends)}
    columns |= {name: np.empty(size, dtype=object) for name in ("method", "reason")}
    for start in range(0, size, ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        part = table.iloc[rows]
        try:
            found = make(part[count], part[denominator], per, asked)
        except StatisticsError:
            # Once more on all rows, so that the refusal names positions in the whole table.
            make(table[count], table[denominator], per, asked)
            raise
        columns["value"][rows] = found.value
        for place, level in enumerate(asked):
            columns[f"lower_{level_name(level)}"][rows] = found.lower[place]
            columns[f"upper_{level_name(level)}"][rows] = found.upper[place]
        columns["method"][rows], columns["reason"][rows] = found.method, found.reason
    kept = table.drop(columns=[name for name in columns if name in table])
    return pd.concat([kept, pd.DataFrame(columns, index=table.index, copy=False)], axis=1)
