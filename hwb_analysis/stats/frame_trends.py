"""Recent-trend markers of the series of a frame."""

from __future__ import annotations

from typing import Any

import pandas as pd

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats import trends
from hwb_analysis.stats.frame_keys import SAME_SERIES, Better, better_by_row
from hwb_analysis.stats.frame_trend_tests import Breaks, trend_tests
from hwb_analysis.stats.grouping import check_columns


def trend(
    frame: pd.DataFrame,
    *,
    rule: str = "national",
    better: Better = None,
    breaks: Breaks | None = None,
    pandemic: bool = True,
) -> pd.DataFrame:
    """Return the trend of every series and area: one row each.

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
        Days after which a series starts anew, by series_id; only the newest segment is
        tested.
    pandemic
        Repeat other tests than the marker without the periods of the pandemic.

    Returns
    -------
    DataFrame
        For the marker: keys, ``marker``, ``slope``, ``chi_squared``, ``p_value``,
        ``method``, ``reason``, ``points``, first and last period.

    Raises
    ------
    StatisticsError
        When the rule is unknown, or two rows share one key.
    """
    if rule != "national":
        return trend_tests(frame, rule=rule, breaks=breaks, pandemic=pandemic)
    frame = after_breaks(frame, breaks)
    keys = list(SAME_SERIES)
    check_columns(frame, [*keys, "period_start", "period_end", "value", "unit"])
    rows = []
    for name, series in frame.groupby(keys, sort=True, dropna=False):
        ordered = series.sort_values("period_start")
        if ordered.duplicated(["period_start", "period_end"]).any():
            raise StatisticsError(
                "a series has two rows of one period", where=" ".join(map(str, name))
            )
        good = better_by_row(ordered["series_id"].iloc[:1], better).iloc[0]
        rows.append({**dict(zip(keys, name, strict=True)), **_marker_row(ordered, good)})
    return pd.DataFrame(rows)


def after_breaks(frame: pd.DataFrame, breaks: Breaks | None) -> pd.DataFrame:
    """Return the rows that start after the last break of their series."""
    if not breaks:
        return frame
    last = {name: max(pd.Timestamp(day) for day in days) for name, days in breaks.items() if days}
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
