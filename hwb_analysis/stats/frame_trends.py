"""Recent-trend markers of the series of a frame."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hwb_analysis.errors import StatisticsError
from hwb_analysis.given import as_frame, check_columns
from hwb_analysis.stats import trends
from hwb_analysis.stats.arrays import Flags
from hwb_analysis.stats.carried import CARRIED, carried_forward
from hwb_analysis.stats.frame_keys import ONE_ROW, SAME_SERIES, Better, better_by_row
from hwb_analysis.stats.frame_segments import Breaks, known_breaks
from hwb_analysis.stats.frame_trend_table import NATIONAL, Asked, TrendTable
from hwb_analysis.stats.frame_trend_tests import trend_tests


def trend(
    frame: pd.DataFrame,
    *,
    rule: str = "national",
    better: Better = None,
    breaks: Breaks | None = None,
    pandemic: bool = True,
) -> TrendTable:
    """Return the trend of every series and area: one row each.

    Breaks that the loader marked (``segment``) are honoured without being named, vintages
    are never joined, and a figure that repeats the one before it (carried forward) is left
    out of a test with the reason.

    Parameters
    ----------
    frame
        A tidy frame; percentages with counts are tested on the counts, the rest on
        their 95 per cent limits.
    rule
        ``"national"``: the recent-trend marker (five points, 99.8 per cent, and a vote
        of signs). ``"auto"`` or the name of a test: see
        :func:`~hwb_analysis.stats.frame_trend_tests.trend_tests`, whose columns it
        returns.
    better
        As in :func:`compare`; it chooses the words of the marker only.
    breaks
        More days after which a series starts anew, by series_id; only the newest segment
        is tested.
    pandemic
        Repeat other tests than the marker without the periods of the pandemic.

    Returns
    -------
    TrendTable
        A data frame that also has ``explain()`` and ``plot(position)``. For the marker:
        keys, ``marker``, ``slope``, ``chi_squared``, ``p_value``, ``method``, ``reason``,
        ``points``, first and last period, ``note``.

    Raises
    ------
    StatisticsError
        When the rule is unknown, or two rows share one key.
    """
    frame = as_frame(frame)
    if rule == NATIONAL:
        table = TrendTable(_markers(after_breaks(frame, breaks), better))
    else:
        table = TrendTable(trend_tests(frame, rule=rule, breaks=breaks, pandemic=pandemic))
    # The figures stay with the table, for its explanations and its pictures.
    table.asked = Asked(frame, rule, breaks, pandemic)
    return table


def _markers(frame: pd.DataFrame, better: Better) -> pd.DataFrame:
    keys = list(SAME_SERIES)
    check_columns(frame, [*keys, "period_start", "period_end", "value", "unit"])
    rows = []
    for name, series in frame.groupby(keys, sort=True, dropna=False):
        ordered = series.sort_values("period_start")
        if ordered.duplicated(["period_start", "period_end"]).any():
            raise StatisticsError(
                "a series has two rows of one period",
                where=" ".join(filter(None, map(str, name))),
                remedy=ONE_ROW,
            )
        carried = _carried(ordered)
        good = better_by_row(ordered["series_id"].iloc[:1], better).iloc[0]
        marker = _marker_row(ordered.loc[~carried], good)
        note = f"{int(carried.sum())} left out: {CARRIED}" if carried.any() else ""
        rows.append({**dict(zip(keys, name, strict=True)), **marker, "note": note})
    return pd.DataFrame(rows)


def _carried(series: pd.DataFrame) -> Flags:
    empty = np.full(len(series), np.nan)
    figures = (
        series[name].to_numpy("float64", na_value=np.nan) if name in series else empty
        for name in ("value", "count", "denominator")
    )
    return carried_forward(np.zeros(len(series), dtype=np.int64), *figures)


def after_breaks(frame: pd.DataFrame, breaks: Breaks | None) -> pd.DataFrame:
    """Return the rows that start after the last break of their series."""
    found = known_breaks(frame, breaks)
    if not found:
        return frame
    last = {name: max(pd.Timestamp(day) for day in days) for name, days in found.items() if days}
    cut = pd.to_datetime(frame["series_id"].map(last))
    return frame.loc[cut.isna() | (frame["period_start"] > cut)]


def _marker_row(series: pd.DataFrame, better: str) -> dict[str, Any]:
    share = bool((series["unit"] == "%").all())
    found = trends.recent_trend(
        series["value"],
        lower=series.get("lower_95"),
        upper=series.get("upper_95"),
        count=series.get("count"),
        denominator=series.get("denominator"),
        starts=series["period_start"].to_numpy(),
        ends=series["period_end"].to_numpy(),
        kind="proportion" if share else "other",
        better=better,
    )
    latest = series.tail(trends.POINTS)
    return {
        "marker": found.marker.value,
        "slope": found.value,
        "chi_squared": found.chi_squared,
        "p_value": found.p_value,
        "method": found.method,
        "reason": found.reason,
        "points": found.points,
        "first_period": latest["period"].iloc[0] if "period" in latest else "",
        "last_period": latest["period"].iloc[-1] if "period" in latest else "",
    }
