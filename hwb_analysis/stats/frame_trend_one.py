"""The trend of one series as a result that explains and draws itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from hwb_analysis.errors import StatisticsError
from hwb_analysis.given import as_frame
from hwb_analysis.stats.arrays import DEFAULT_LEVELS, Floats
from hwb_analysis.stats.frame_segments import Breaks, known_breaks
from hwb_analysis.stats.frame_trend_tests import Series, series_of_frame, trend_tests
from hwb_analysis.stats.result import Result
from hwb_analysis.stats.trend_batch import run
from hwb_analysis.stats.trend_choice import Points


@dataclass(frozen=True, slots=True)
class SeriesTrend(Result):
    """The trend test of one series, with the points and the line behind it.

    ``value`` is the change (``change_unit`` says of what); ``time`` holds the middles of
    all periods in decimal years, ``fitted`` the line at the points tested (missing at
    the others), ``breaks`` the times between two points at which the series starts anew.
    """

    value: float
    lower: float
    upper: float
    p_value: float
    direction: str
    test: str
    why: str
    note: str
    reason: str
    sentence: str
    change_unit: str
    unit: str
    area: str
    series_id: str
    periods: tuple[str, ...]
    time: Floats
    observed: Floats
    observed_lower: Floats
    observed_upper: Floats
    fitted: Floats
    breaks: tuple[float, ...]

    def explain(self) -> str:
        """Return the finding, why this test, and what to bear in mind."""
        parts = [self.sentence]
        if self.why:
            parts.append(f"Why this test: {self.why}.")
        if self.note:
            parts.append(f"Note: {self.note}.")
        return " ".join(parts)


def trend_of(
    frame: pd.DataFrame,
    *,
    rule: str = "auto",
    breaks: Breaks | None = None,
    pandemic: bool = True,
) -> SeriesTrend:
    """Return the trend of the one series that a frame holds.

    Parameters
    ----------
    frame, rule, breaks, pandemic
        As in :func:`~hwb_analysis.stats.frame_trend_tests.trend_tests`; the frame holds
        one series of one area, sex, age and category.

    Raises
    ------
    StatisticsError
        When the frame holds several series; as ``trend_tests``.

    Examples
    --------
    >>> years = pd.to_datetime([f"{y}-01-01" for y in range(2012, 2018)])
    >>> frame = pd.DataFrame({"period_start": years, "period_end": years + pd.offsets.YearEnd(),
    ...     "value": [50.0, 51, 53, 52, 55, 58], "series_id": "a:b", "vintage": "1",
    ...     "area_code": "A", "sex": "", "age": "", "category_type": "", "category": ""})
    >>> found = trend_of(frame)
    >>> found.test, found.direction, round(found.value, 2)
    ('mann-kendall', 'increase', 1.5)
    """
    frame = as_frame(frame)
    whole = _only(series_of_frame(frame))
    row = trend_tests(frame, rule=rule, breaks=breaks, pandemic=pandemic).iloc[0].to_dict()
    days = _days(frame, str(row["series_id"]), breaks)
    return SeriesTrend(
        value=float(row["change"]),
        lower=float(row["change_lower_95"]),
        upper=float(row["change_upper_95"]),
        p_value=float(row["p_value"]),
        direction=str(row["direction"]),
        test=str(row["test"]),
        why=str(row["why"]),
        note=str(row["note"]),
        reason=str(row["reason"]),
        sentence=str(row["sentence"]),
        change_unit=str(row["change_unit"]),
        series_id=str(row["series_id"]),
        area=_area(frame),
        fitted=_fitted(whole, str(row["test"]), days),
        **_seen(whole, days),
    )


def marked_series(
    frame: pd.DataFrame, row: Mapping[str, Any], sentence: str, breaks: Breaks | None
) -> SeriesTrend:
    """Return the points of one series under its national marker: there is no line to draw."""
    whole = _only(series_of_frame(frame))
    return SeriesTrend(
        value=float(row["slope"]),
        lower=np.nan,
        upper=np.nan,
        p_value=float(row["p_value"]),
        direction=str(row["marker"]),
        test="national",
        why="",
        note="the marker makes no direction word by itself",
        reason=str(row["reason"]),
        sentence=sentence,
        change_unit="",
        series_id=str(row["series_id"]),
        area=_area(frame),
        fitted=np.full(whole.points.size, np.nan),
        **_seen(whole, _days(frame, str(row["series_id"]), breaks)),
    )


def _only(series: list[Series]) -> Series:
    if len(series) != 1:
        raise StatisticsError(
            f"one series was expected, got {len(series)}",
            remedy="filter the frame to one series, area, sex, age and category",
        )
    return series[0]


def _days(frame: pd.DataFrame, series: str, breaks: Breaks | None) -> list[np.datetime64]:
    cuts = known_breaks(frame, breaks).get(series, ())
    return sorted(np.datetime64(cut, "D") for cut in cuts)


def _seen(whole: Series, days: Sequence[np.datetime64]) -> dict[str, Any]:
    """Return what is drawn of a series: its points with limits, and its breaks."""
    points = whole.points
    return {
        "unit": points.unit,
        "periods": whole.names,
        "time": decimal_years(points),
        "observed": points.value,
        "observed_lower": points.lower,
        "observed_upper": points.upper,
        "breaks": _between_points(points, days),
    }


def _area(frame: pd.DataFrame) -> str:
    return str(frame["area" if "area" in frame else "area_code"].iloc[0])


def decimal_years(points: Points) -> Floats:
    """Return the middle of each period in decimal years."""
    return (_decimal(points.starts) + _decimal(points.ends + np.timedelta64(1, "D"))) / 2


def _between_points(points: Points, cuts: Sequence[np.datetime64]) -> tuple[float, ...]:
    """Return where the breaks stand: half way between the points on either side."""
    time, out = decimal_years(points), []
    for cut in cuts:
        after = points.starts > cut
        if after.any() and not after.all():
            out.append(float(time[~after].max() + time[after].min()) / 2)
    return tuple(out)


def _decimal(days: np.ndarray) -> Floats:
    year = days.astype("datetime64[Y]")
    start = year.astype("datetime64[D]")
    length = (year + np.timedelta64(1, "Y")).astype("datetime64[D]")
    share = (days - start).astype(float) / (length - start).astype(float)
    return np.asarray(year.astype(int) + 1970 + share)


def _fitted(whole: Series, test: str, cuts: Sequence[np.datetime64]) -> Floats:
    """Return the fitted line at the tested points, missing elsewhere."""
    points = whole.points
    out = np.full(points.size, np.nan)
    used = ~np.isnan(points.value) & ~whole.carried
    if cuts:
        used &= points.starts > cuts[-1]
    if not test:
        return out
    if test in ("binomial", "poisson"):
        used &= points.counted
    kept = points.keep(used)
    outcome = run(test, [kept], DEFAULT_LEVELS)[0]
    line = outcome.intercept + outcome.slope * kept.times
    out[used] = _back(line, test, kept)
    return out


def _back(line: Floats, test: str, points: Points) -> Floats:
    if test == "binomial":
        return np.asarray(100 * special.expit(line))
    if test == "poisson":
        scale = np.nanmedian(points.value * points.denominator / np.maximum(points.count, 1))
        return np.asarray(np.exp(line) * scale)
    return np.asarray(np.exp(line) if test == "log-linear" else line)
