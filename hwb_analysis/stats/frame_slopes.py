"""Slope indices of the sets of groups in a frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pandas as pd

from hwb_analysis.errors import StatisticsError
from hwb_analysis.given import as_frame
from hwb_analysis.stats import inequality
from hwb_analysis.stats.arrays import DEFAULT_LEVELS
from hwb_analysis.stats.grouping import cube
from hwb_analysis.stats.slope_result import SlopeIndex


def slope_index(
    frame: pd.DataFrame,
    *,
    group: str,
    better: str,
    value: str | None = None,
    se: str | None = None,
    lower: str | None = None,
    upper: str | None = None,
    population: str | None = None,
    count: str | None = None,
    denominator: str | None = None,
    by: str | Sequence[str] = (),
    spread: Literal["binomial", "poisson"] = "binomial",
    levels: float | Sequence[float] = DEFAULT_LEVELS,
    multiplier: float | None = None,
    unit: str = "",
    full_count: bool = False,
) -> SlopeIndex:
    """Return the slope index of inequality of every set of groups in a frame.

    Give ``value`` and ``population`` with ``se`` or both limits, or ``count`` and
    ``denominator``.

    Parameters
    ----------
    group
        Column of deprivation groups, 1 = most deprived. Text must start with the
        number; the order of rows does not matter.
    better
        ``"high"`` or ``"low"``.
    by
        Columns that tell one set of groups from another.

    Returns
    -------
    SlopeIndex
        One entry a set, its ``keys`` named; ``to_frame()`` gives the table. A set that
        lacks a group is missing, with the reason.

    Raises
    ------
    StatisticsError
        When groups repeat, have a hole in their numbers, or are fewer than three.

    Examples
    --------
    >>> frame = pd.DataFrame({"decile": ["1", "2", "10", "9", "8", "7", "6", "5", "4", "3"],
    ...     "sick": [80, 78, 60, 62, 64, 66, 68, 70, 72, 76], "people": [1000] * 10})
    >>> found = slope_index(frame, count="sick", denominator="people", group="decile",
    ...                     better="low")
    >>> round(float(found.value[0]), 2)
    2.25
    """
    frame = as_frame(frame)
    keys = [by] if isinstance(by, str) else list(by)
    if count is not None and denominator is not None:
        laid = cube(frame, group, keys, [count, denominator])
        found = inequality.slope_index_from_counts(
            laid.columns[count],
            laid.columns[denominator],
            better=better,
            spread=spread,
            levels=levels,
            multiplier=100.0 if multiplier is None else multiplier,
            unit=unit,
            full_count=full_count,
        )
    elif value is not None and population is not None:
        wanted = [name for name in (se, lower, upper) if name]
        laid = cube(frame, group, keys, [value, population, *wanted])
        found = inequality.slope_index(
            laid.columns[value],
            laid.columns[population],
            better=better,
            levels=levels,
            multiplier=1.0 if multiplier is None else multiplier,
            unit=unit,
            se=laid.columns[se] if se else None,
            lower=laid.columns[lower] if lower else None,
            upper=laid.columns[upper] if upper else None,
        )
    else:
        raise StatisticsError(
            "a slope index needs value and population, or count and denominator",
            remedy="name the columns, e.g. count='count', denominator='denominator'",
        )
    return found.with_keys(laid.named_keys())
