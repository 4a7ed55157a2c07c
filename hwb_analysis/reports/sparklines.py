"""Small lines in the rows of the Board page, and the figures behind them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import pandas as pd

from hwb_analysis.assessment import Assessment
from hwb_analysis.style import decimals_for, format_interval, format_value

WIDTH, HEIGHT, EDGE = 120.0, 26.0, 3.0
# A line needs two points; of very long series the newest years are enough for a glance.
LEAST, MOST = 2, 30


def sparkline(assessment: Assessment) -> str:
    """Return the series as a small line; its numbers stand in the reasons of the row."""
    rows = _points(assessment)
    if len(rows) < LEAST or assessment.latest is None:
        return ""
    unit = assessment.latest.unit
    first, last = rows.iloc[0], rows.iloc[-1]
    told = (
        f"{len(rows)} periods, {_value(first, unit)} in {first['period']} "
        f"to {_value(last, unit)} in {last['period']}"
    )
    x, y = _places(rows)
    dot = f'<circle cx="{x[-1]:.1f}" cy="{y[-1]:.1f}" r="2.6"/>'
    return (
        f'<svg class="spark" data-only="screen" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" '
        f'width="{WIDTH:g}" height="{HEIGHT:g}" role="img" aria-label="{escape(told)}">'
        f"{_lines(rows, x, y)}{dot}</svg>"
    )


def _points(assessment: Assessment) -> pd.DataFrame:
    history = assessment.history
    if history.empty:
        return history
    rows = history.dropna(subset=["value"]).sort_values("period_end").tail(MOST)
    return rows.reset_index(drop=True)


def _places(rows: pd.DataFrame) -> tuple[list[float], list[float]]:
    """Return where the points stand: time to the right, value upwards."""
    ends = rows["period_end"].astype("int64").astype(float)
    low, high = float(rows["value"].min()), float(rows["value"].max())
    span = high - low or 1.0
    long = float(ends.iloc[-1] - ends.iloc[0]) or 1.0
    x = EDGE + (ends - ends.iloc[0]) / long * (WIDTH - 2 * EDGE)
    y = HEIGHT - EDGE - (rows["value"] - low) / span * (HEIGHT - 2 * EDGE)
    return x.tolist(), y.tolist()


def _lines(rows: pd.DataFrame, x: Sequence[float], y: Sequence[float]) -> str:
    """Return one line a run of periods that follow each other; a gap stays open."""
    starts, ends = rows["period_start"], rows["period_end"]
    length = (ends - starts).median()
    apart = (starts - ends.shift()) > length
    runs = apart.cumsum()
    drawn = []
    for _, group in rows.groupby(runs):
        points = " ".join(f"{x[i]:.1f},{y[i]:.1f}" for i in group.index)
        # A notebook has no stylesheet of ours: without these a line would be a black shape.
        look = 'fill="none" stroke="currentColor"'
        drawn.append(f'<polyline {look} points="{points}"/>' if len(group) > 1 else "")
    return "".join(drawn)


def figures_table(assessment: Assessment) -> str:
    """Return the figures behind a sparkline, newest first, with their limits."""
    rows = _points(assessment)
    if len(rows) < LEAST or assessment.latest is None:
        return ""
    unit = assessment.latest.unit
    other = assessment.comparator_history
    beside = _by_end(other)
    lines = [
        "<tr>"
        f'<th scope="row">{escape(str(r["period"]))}</th>'
        f"<td>{escape(_value(r, unit))}</td><td>{_limits(r, unit)}</td>"
        f"<td>{_beside(beside, r, unit)}</td></tr>"
        for _, r in rows.iloc[::-1].iterrows()
    ]
    heads = ("Period", assessment.area, "95 % interval", assessment.comparator_area)
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in heads)
    return (
        f'<table class="series" data-only="screen"><caption>{escape(assessment.heading)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
    )


def _by_end(history: pd.DataFrame) -> pd.Series[Any]:
    if history.empty:
        return pd.Series(dtype=float)
    return history.drop_duplicates("period_end").set_index("period_end")["value"]


def _limits(row: pd.Series[Any], unit: str) -> str:
    if pd.isna(row["lower_95"]) or pd.isna(row["upper_95"]):
        return "none"
    low, high = float(row["lower_95"]), float(row["upper_95"])
    return escape(format_interval(low, high, unit, decimals=_places_of(row, unit)))


def _places_of(row: pd.Series[Any], unit: str) -> int:
    """Return the decimals of one period: value, limits and comparator are written alike."""
    value, low, high = (float(row[name]) for name in ("value", "lower_95", "upper_95"))
    return decimals_for(unit, value, low, high)


def _value(row: pd.Series[Any], unit: str) -> str:
    return format_value(float(row["value"]), unit, decimals=_places_of(row, unit))


def _beside(values: pd.Series[Any], row: pd.Series[Any], unit: str) -> str:
    value = values.get(row["period_end"])
    if value is None or pd.isna(value):
        return "none"
    return escape(format_value(float(value), unit, decimals=_places_of(row, unit)))
