"""Life tables of the populations in a frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hwb_analysis.errors import StatisticsError
from hwb_analysis.given import as_frame, check_columns
from hwb_analysis.stats.age_bands import check_bands, parse_band
from hwb_analysis.stats.arrays import DEFAULT_LEVELS, level_name
from hwb_analysis.stats.grouping import lay_out
from hwb_analysis.stats.life_result import LifeTable
from hwb_analysis.stats.life_tables import SMALLEST_POPULATION
from hwb_analysis.stats.life_tables import healthy_life_expectancy as healthy_core
from hwb_analysis.stats.life_tables import life_expectancy as life_core


def life_expectancy(
    frame: pd.DataFrame,
    *,
    deaths: str = "deaths",
    population: str = "population",
    age: str = "age",
    by: str | Sequence[str] = (),
    poor_health: str | None = None,
    sample: str | None = None,
    levels: float | Sequence[float] = DEFAULT_LEVELS,
    smallest: float = SMALLEST_POPULATION,
) -> pd.DataFrame:
    """Append life expectancy at the start of each band, with limits and reasons.

    Bands are read from their labels ("5-9", "90+") or first ages, and put in order by
    age; the order of rows does not matter. With ``poor_health`` (a share) it is healthy
    life expectancy by Sullivan's method.

    Parameters
    ----------
    deaths, population, age
        Columns; ``age`` holds band labels or first ages.
    by
        Columns that tell one population from another.
    poor_health, sample
        Columns of the share in poor health, and of the people it rests on.
    levels, smallest
        As in the array function.

    Returns
    -------
    DataFrame
        The same rows with ``value``, limits, ``se``, ``reason``. A population that lacks a
        band is missing, with the reason.

    Raises
    ------
    StatisticsError
        Overlapping bands, a hole in the bands, a band twice in a population, or an
        absent column.

    Examples
    --------
    >>> table = pd.DataFrame({"age": ["65+", "0-64"], "deaths": [400, 90],
    ...                       "population": [9000, 60000]})
    >>> life_expectancy(table, levels=0.95)
    Traceback (most recent call last):
    ...
    hwb_analysis.errors.StatisticsError: a life table needs at least three bands, got 2
      what to do: give deaths and people by age band
    """
    keys = [by] if isinstance(by, str) else list(by)
    frame = as_frame(frame)
    check_columns(frame, [age, deaths, population, *keys])
    place, starts = age_places(frame[age])
    wanted = [deaths, population, *(name for name in (poor_health, sample) if name)]
    laid = lay_out(frame, place, len(starts), keys, wanted)
    d, n = laid.columns[deaths], laid.columns[population]
    if poor_health is None:
        found = life_core(d, n, starts, levels, smallest=smallest)
    else:
        size = laid.columns[sample] if sample else None
        poor = laid.columns[poor_health]
        found = healthy_core(d, n, poor, size, starts, levels, smallest=smallest)
    return _appended(frame, found, laid.cell)


def age_places(age: pd.Series) -> tuple[NDArray[np.int64], list[int]]:
    """Return the place of each row's band in order of age, and the first ages.

    Raises
    ------
    StatisticsError
        When bands overlap, leave a hole or do not begin at 0.
    """
    code, labels = pd.factorize(age)
    whole = pd.api.types.is_numeric_dtype(age)
    bands = [parse_band(int(label) if whole else label) for label in labels]
    if not whole:
        check_bands(labels)
    starts = sorted({band.first for band in bands})
    if len(starts) < 3:
        raise StatisticsError(
            f"a life table needs at least three bands, got {len(starts)}",
            remedy="give deaths and people by age band",
        )
    order = np.searchsorted(starts, [band.first for band in bands])
    return np.asarray(order, dtype=np.int64)[code], starts


def _appended(frame: pd.DataFrame, found: LifeTable, cell: NDArray[np.int64]) -> pd.DataFrame:
    out = frame.assign(value=found.value.ravel()[cell], se=found.se.ravel()[cell])
    for place, level in enumerate(found.levels):
        out[f"lower_{level_name(level)}"] = found.lower[place].ravel()[cell]
        out[f"upper_{level_name(level)}"] = found.upper[place].ravel()[cell]
    return out.assign(method=found.method, reason=found.reason.ravel()[cell])
