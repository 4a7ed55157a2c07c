"""Means, comparative figures, years of life lost and funnels of the groups in a frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from hwb_analysis.errors import StatisticsError
from hwb_analysis.given import as_frame, check_columns, check_numbers
from hwb_analysis.stats import funnel as core
from hwb_analysis.stats import means, standardise, years_lost
from hwb_analysis.stats.age_bands import ESP2013, parse_band, standard_weights
from hwb_analysis.stats.arrays import DEFAULT_LEVELS, Floats, level_name
from hwb_analysis.stats.grouping import lay_out
from hwb_analysis.stats.intervals import Estimates

Levels = float | Sequence[float]
Keys = str | Sequence[str]


def mean(
    frame: pd.DataFrame, *, value: str = "value", by: Keys = (), levels: Levels = DEFAULT_LEVELS
) -> pd.DataFrame:
    """Return the mean of each group with Student's t limits, one row a group.

    A missing value makes its group missing; one value alone has no limits.

    Examples
    --------
    >>> mean(pd.DataFrame({"value": [4.0, 6.0, 8.0]}), levels=0.95)["value"].tolist()
    [6.0]
    """
    keys = [by] if isinstance(by, str) else list(by)
    frame = as_frame(frame)
    check_columns(frame, [value, *keys])
    check_numbers(frame, [value])
    groups = frame.groupby(keys, sort=True, dropna=False) if keys else [((), frame)]
    parts = []
    for name, part in groups:
        named = dict(zip(keys, name, strict=True))
        parts.append(_table(pd.DataFrame([named]), means.mean(part[value], levels)))
    return pd.concat(parts, ignore_index=True)


def comparative_figure(
    frame: pd.DataFrame,
    reference: pd.DataFrame,
    *,
    count: str = "count",
    denominator: str = "denominator",
    age: str = "age",
    by: Keys = (),
    per: float = 100,
    levels: Levels = DEFAULT_LEVELS,
) -> pd.DataFrame:
    """Return the comparative mortality figure of each group, one row a group.

    Both sides are standardised to the European Standard Population 2013, joined by age;
    ``reference`` has the same columns, one row a band.

    Examples
    --------
    >>> table = pd.DataFrame({"age": ["0-64", "65+"], "count": [20, 80],
    ...                       "denominator": [1000, 500]})
    >>> comparative_figure(table, table)["value"].round(6).tolist()
    [100.0]
    """
    labels, (x, n), names = _bands(frame, age, by, [count, denominator])
    theirs, (x_ref, n_ref), _ = _bands(reference, age, (), [count, denominator])
    if [parse_band(label) for label in labels] != [parse_band(label) for label in theirs]:
        raise StatisticsError(
            f"the reference has the age bands {theirs[:4]}, the data {labels[:4]}",
            remedy="use the same bands on both sides",
        )
    weights = [standard_weights(labels, ESP2013)[label] for label in labels]
    found = standardise.comparative_figure(x, n, x_ref, n_ref, weights, per, levels)
    return _table(names, found)


def years_of_life_lost(
    frame: pd.DataFrame,
    *,
    deaths: str = "deaths",
    population: str = "population",
    age: str = "age",
    by: Keys = (),
    limit: int = 75,
    standardised: bool = True,
    per: float = 10_000,
    levels: Levels = DEFAULT_LEVELS,
) -> pd.DataFrame:
    """Return the rate of years of life lost before an age limit, one row a group.

    With ``standardised`` the weights are the European Standard Population 2013 by age;
    otherwise the rate is crude.

    Examples
    --------
    >>> table = pd.DataFrame({"age": ["0-64", "65-74", "75+"], "deaths": [20, 40, 90],
    ...                       "population": [1000, 500, 400]})
    >>> years_of_life_lost(table, standardised=False)["value"].round(1).tolist()
    [7000.0]
    """
    labels, (x, n), names = _bands(frame, age, by, [deaths, population])
    found = standard_weights(labels, ESP2013)
    weights = [found[label] for label in labels] if standardised else None
    return _table(names, years_lost.years_of_life_lost(x, n, labels, limit, weights, per, levels))


def funnel(
    frame: pd.DataFrame,
    *,
    statistic: Literal["proportion", "rate", "ratio"],
    count: str = "count",
    denominator: str = "denominator",
    per: float = 100,
) -> pd.DataFrame:
    """Append each area's funnel limits and where it stands against them.

    Parameters
    ----------
    statistic
        ``"proportion"`` and ``"rate"`` are read against the average of all rows, which
        holds each of them; ``"ratio"`` against one, with ``denominator`` the expected
        events.
    per
        Unit of the limits: 100 for per cent or an index, 100_000 for a rate.

    Returns
    -------
    DataFrame
        With ``average``, ``funnel_lower_95`` ... ``funnel_upper_998`` and ``funnel``:
        "within limits", "above (95%)" and so on. Limits of rates and ratios are at the
        area's own number of events; missing where there is none.

    Raises
    ------
    StatisticsError
        An unknown statistic, an absent column, a denominator not above zero.

    Examples
    --------
    >>> table = pd.DataFrame({"count": [20, 45], "denominator": [100, 100]})
    >>> funnel(table, statistic="proportion")["funnel"].tolist()
    ['below (95%)', 'above (95%)']
    """
    if statistic not in ("proportion", "rate", "ratio"):
        raise StatisticsError(
            f"statistic is 'proportion', 'rate' or 'ratio', got '{statistic}'",
            remedy="a ratio has expected events as its denominator",
        )
    frame = as_frame(frame)
    check_columns(frame, [count, denominator])
    check_numbers(frame, [count, denominator])
    x, n = (frame[name].to_numpy(dtype="float64", na_value=np.nan) for name in (count, denominator))
    average = 1.0 if statistic == "ratio" else float(np.nansum(x) / np.nansum(n))
    out = frame.assign(average=average * per)
    for level in DEFAULT_LEVELS:
        if statistic == "proportion":
            low, high = core.proportion_limits(n, average, level)
        else:
            events = np.where(x > 0, x, np.nan)
            low, high = (average * side for side in core.ratio_limits(events, level))
        out[f"funnel_lower_{level_name(level)}"] = low * per
        out[f"funnel_upper_{level_name(level)}"] = high * per
    if statistic == "proportion":
        return out.assign(funnel=core.proportion_significance(x, n, average))
    return out.assign(funnel=core.count_significance(x, n * average))


def _bands(
    frame: pd.DataFrame, age: str, by: Keys, columns: list[str]
) -> tuple[list[str], list[Floats], pd.DataFrame]:
    """Lay the rows out as groups by bands in order of age."""
    keys = [by] if isinstance(by, str) else list(by)
    frame = as_frame(frame)
    check_columns(frame, [age, *columns, *keys])
    code, labels = pd.factorize(frame[age])
    order = sorted(range(len(labels)), key=lambda i: parse_band(labels[i]))
    place = np.empty(len(labels), dtype=np.int64)
    place[order] = np.arange(len(labels))
    laid = lay_out(frame, place[code], len(labels), keys, columns)
    named = [str(labels[i]) for i in order]
    return named, [laid.columns[name] for name in columns], laid.keys


def _table(names: pd.DataFrame, found: Estimates) -> pd.DataFrame:
    out = names.assign(value=np.atleast_1d(found.value))
    for place, level in enumerate(found.levels):
        out[f"lower_{level_name(level)}"] = np.atleast_1d(found.lower[place])
        out[f"upper_{level_name(level)}"] = np.atleast_1d(found.upper[place])
    return out.assign(method=np.atleast_1d(found.method), reason=np.atleast_1d(found.reason))
