"""Rates and proportions of a frame, summed over groups on request."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hwb_analysis.stats import intervals
from hwb_analysis.stats.arrays import DEFAULT_LEVELS, level_name
from hwb_analysis.stats.grouping import check_columns
from hwb_analysis.stats.intervals import Estimates


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
    found = intervals.rate(table[count], table[denominator], per, levels)
    return _appended(table, found)


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
    found = intervals.proportion(table[count], table[denominator], per, levels)
    return _appended(table, found)


def _summed(frame: pd.DataFrame, columns: list[str], by: str | Sequence[str]) -> pd.DataFrame:
    keys = [by] if isinstance(by, str) else list(by)
    check_columns(frame, [*keys, *columns])
    if not keys:
        return frame.copy()
    grouped = frame.groupby(keys, sort=True, dropna=False)[columns]
    # A plain sum would read a missing count as none; min_count cannot say "all of them".
    missing = frame[columns].isna().groupby([frame[k] for k in keys], sort=True, dropna=False)
    return grouped.sum().mask(missing.any()).reset_index()


def _appended(table: pd.DataFrame, found: Estimates) -> pd.DataFrame:
    out = table.assign(value=found.value)
    for place, level in enumerate(found.levels):
        out[f"lower_{level_name(level)}"] = found.lower[place]
        out[f"upper_{level_name(level)}"] = found.upper[place]
    return out.assign(method=found.method, reason=found.reason)
