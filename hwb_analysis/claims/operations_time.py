"""Operations on several periods of a series: change, trend, run, extreme."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hwb_analysis.claims.model import DOWN, MIXED, SAME, UP, Finding
from hwb_analysis.claims.reader import NoFigureError, Reader, finding_of, one_of
from hwb_analysis.claims.recipes import Change, EveryPeriod, Extreme, Select, ShareOfAges, Trend
from hwb_analysis.stats.change import change_of_counts
from hwb_analysis.stats.verbs import change_since
from hwb_analysis.stats.verbs import trend as trend_verb
from hwb_analysis.vocabulary import TrendMarker

MINUS = "\N{MINUS SIGN}"
LEVEL, SMALLEST = 0.05, 0.001
MARKED = {TrendMarker.INCREASING.value: UP, TrendMarker.DECREASING.value: DOWN}
ARTICLE = {UP: "an", DOWN: "a"}
MARKER_POINTS = 5


def change(recipe: Change, reader: Reader) -> Finding:
    """Return the figure of a later period against an earlier one, and the test of the change.

    Two periods that share more than half of their time are not tested, nor figures
    without counts or limits; the direction of the values is given all the same.
    """
    rows = reader.own(recipe)
    first = one_of(rows, recipe.first, recipe.series)
    last = one_of(rows, recipe.last, recipe.series)
    pair = rows.loc[rows["period"].isin([recipe.first, recipe.last])]
    day = first["period_end"].date()
    row = change_since(pair, day, overlapping=True).iloc[0]
    return finding_of(
        last,
        period=f"{first['period']} to {last['period']}",
        comparator=f"{first['area']} in {first['period']}",
        comparator_value=float(first["value"]),
        word=_way(float(last["value"] - first["value"])),
        tested=None if row["reason"] else bool(row["p_value"] < LEVEL),
        test=_change_test(row),
    )


def _way(difference: float) -> str:
    return SAME if difference == 0 else UP if difference > 0 else DOWN


def _change_test(row: pd.Series[Any]) -> str:
    if row["reason"]:
        return f"not tested: {row['reason']}"
    size = f"{row['change']:+.2f} ({row['change_lower_95']:.2f} to {row['change_upper_95']:.2f})"
    return f"change {size.replace('-', MINUS)}, {_p(float(row['p_value']))}, from {row['evidence']}"


def _p(value: float) -> str:
    return "p < 0.001" if value < SMALLEST else f"p = {value:.3f}"


def every_period(recipe: EveryPeriod, reader: Reader) -> Finding:
    """Return whether the figure moves the same way from each period to the next."""
    run = reader.between(recipe, recipe.first, recipe.last)
    if len(run) < 2:
        raise NoFigureError(f"{recipe.series}: one period is no run")
    steps = {_way(step) for step in np.diff(run["value"])}
    figures = ", ".join(f"{v:,g}" for v in run["value"])
    return finding_of(
        run.iloc[-1],
        period=f"{recipe.first} to {recipe.last}",
        comparator=f"{run['area'].iloc[0]} in {recipe.first}",
        comparator_value=float(run["value"].iloc[0]),
        word=steps.pop() if len(steps) == 1 else MIXED,
        test=f"each of {len(run)} figures against the one before: {figures}",
    )


def trend(recipe: Trend, reader: Reader) -> Finding:
    """Return the national recent-trend marker of each series and what the most of them say."""
    each = [_marker(series, recipe.last, reader) for series in recipe.series]
    marked = [found.word for found in each if found.tested]
    ways = [found.word for found in each]
    lead = next((found for found in each if found.tested), each[0])
    best = max((UP, DOWN), key=lambda way: (marked.count(way), ways.count(way)))
    told = "; ".join(f"{reader.title(found.series_id)}: {found.test}" for found in each)
    return Finding(
        value=lead.value,
        lower_95=lead.lower_95,
        upper_95=lead.upper_95,
        unit=lead.unit,
        period=lead.period,
        vintage=lead.vintage,
        series_id=lead.series_id,
        method=lead.method,
        comparator=lead.comparator,
        comparator_value=lead.comparator_value,
        word=best,
        tested=True if marked.count(best) >= recipe.at_least else None,
        test=f"the national recent-trend marker (99.8 % level) finds {ARTICLE[best]} {best} in "
        f"{marked.count(best)} of {len(each)}: {told}",
    )


def _marker(series: str, last: str, reader: Reader) -> Finding:
    rows = reader.own(Select(series=series))
    end = one_of(rows, last, series)
    upto = rows.loc[(rows["period_end"] <= end["period_end"]) & rows["value"].notna()]
    upto = upto.tail(MARKER_POINTS)
    found = trend_verb(upto, rule="national").iloc[0]
    way = MARKED.get(str(found["marker"]), "")
    first = upto.iloc[0]
    return finding_of(
        end,
        period=f"{first['period']} to {last}",
        comparator=f"{first['area']} in {first['period']}",
        comparator_value=float(first["value"]),
        word=way or _way(float(end["value"] - first["value"])),
        tested=bool(way),
        test=str(found["marker"]) + (f" ({found['reason']})" if found["reason"] else ""),
    )


def share_of_ages(recipe: ShareOfAges, reader: Reader) -> Finding:
    """Return the share of people from an age on in a later period against an earlier one."""
    old = _share(recipe, recipe.first, reader)
    new = _share(recipe, recipe.last, reader)
    found = change_of_counts(*old, *new, kind="proportion", levels=0.95)
    mine, before = 100 * new[0] / new[1], 100 * old[0] / old[1]
    rows = reader.own(recipe)
    p_value = float(found.p_value)
    return finding_of(
        rows.iloc[-1],
        value=mine,
        unit="%",
        lower_95=float("nan"),
        upper_95=float("nan"),
        period=f"{recipe.first} to {recipe.last}",
        method=f"people aged {recipe.from_age} and over, of all ages",
        comparator=f"{rows['area'].iloc[0]} on {recipe.first}",
        comparator_value=before,
        word=_way(mine - before),
        tested=p_value < LEVEL,
        test=f"change {float(found.value):+.2f} percentage points, {_p(p_value)}, "
        "as if the count were one draw",
    )


def _share(recipe: ShareOfAges, period: str, reader: Reader) -> tuple[float, float]:
    rows = reader.own(recipe)
    one = rows.loc[rows["period"] == period]
    if one.empty:
        raise NoFigureError(f"{recipe.series} for {period}")
    ages = one["age"].str.extract(r"^(\d+)", expand=False).astype(int)
    return float(one.loc[ages >= recipe.from_age, "value"].sum()), float(one["value"].sum())


def extreme(recipe: Extreme, reader: Reader) -> Finding:
    """Return whether a period's figure is the lowest or the highest of a run, or neither."""
    run = reader.between(recipe, recipe.first, recipe.last)
    row = one_of(run, recipe.period, recipe.series)
    others = run.loc[run["period"] != recipe.period, "value"]
    word = "neither lowest nor highest"
    if row["value"] < others.min():
        word = "lowest"
    elif row["value"] > others.max():
        word = "highest"
    return finding_of(
        row,
        comparator=f"the other {len(others)} periods, {recipe.first} to {recipe.last}",
        comparator_value=float(others.min() if word == "lowest" else others.max()),
        word=word,
    )
