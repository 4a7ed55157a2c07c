"""Recent-trend markers of the series of a frame."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats import trends
from hwb_analysis.stats.frame_keys import SAME_SERIES, Better, better_by_row
from hwb_analysis.stats.grouping import check_columns


def trend(
    frame: pd.DataFrame, *, rule: Literal["national"] = "national", better: Better = None
) -> pd.DataFrame:
    """Return the recent-trend marker of every series and area: one row each.

    Parameters
    ----------
    frame
        A tidy frame; percentages with counts are tested on the counts, the rest on
        their 95 per cent limits.
    rule
        ``"national"``: five points, 99.8 per cent, and a vote of signs.
    better
        As in :func:`compare`; it chooses the words only.

    Returns
    -------
    DataFrame
        Keys, ``marker``, ``slope``, ``chi_squared``, ``p_value``, ``method``, ``reason``,
        ``points``, first and last period.

    Raises
    ------
    StatisticsError
        When the rule is unknown, or two rows share one key.
    """
    if rule != "national":
        raise StatisticsError(f"the rule '{rule}' is not known", remedy="rule='national'")
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
