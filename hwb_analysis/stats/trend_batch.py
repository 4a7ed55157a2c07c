"""Run the chosen trend tests of many series, one call a test.

Series of different length are laid side by side and padded with missing points, which
the tests leave out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hwb_analysis.stats.arrays import Floats, check_levels
from hwb_analysis.stats.count_trend import count_trend
from hwb_analysis.stats.line_trend import line_trend, overlap_matrix
from hwb_analysis.stats.mann_kendall import mann_kendall
from hwb_analysis.stats.trend_choice import Points
from hwb_analysis.stats.trend_result import UNITS, Trend

# Published limits are taken at the quantile that publishers use.
LIMITS_PER_SE = 3.92


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one test says of one series."""

    change: float
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    unit: str
    p_value: float
    statistic: float
    dispersion: float
    points: int
    method: str
    assumption: str
    reason: str
    sentence: str
    slope: float = float("nan")
    intercept: float = float("nan")


def run(test: str, series: Sequence[Points], levels: tuple[float, ...]) -> list[Outcome]:
    """Run one test on many series.

    Parameters
    ----------
    test
        A key of :data:`~hwb_analysis.stats.trend_choice.TESTS`.
    series
        The points of each series, fit for the test.
    levels
        Confidence levels; a direction is read at the first.

    Examples
    --------
    >>> year = np.timedelta64(364, "D")
    >>> days = np.arange("2015", "2020", dtype="datetime64[Y]").astype("datetime64[D]")
    >>> blank, yes = np.full(5, np.nan), np.ones(5, dtype=bool)
    >>> points = Points(days, days + year, np.arange(60.0, 65), blank, blank,
    ...                 np.arange(600.0, 650, 10), np.full(5, 1000.0), yes, "%")
    >>> found = run("binomial", [points], (0.95,))[0]
    >>> round(found.change, 2), round(found.p_value, 3)
    (4.34, 0.039)
    """
    asked = check_levels(levels)
    if test == "mann-kendall":
        return [_kendall(points, asked) for points in series]
    table = _Table(series)
    if test in ("binomial", "poisson"):
        found = count_trend(
            table.column("count"),
            table.column("denominator"),
            table.times,
            kind="proportion" if test == "binomial" else "rate",
            levels=asked,
        )
    elif test == "rolling":
        matrix = overlap_matrix(*table.padded_days())
        found = line_trend(table.column("value"), table.times, overlap=matrix, levels=asked)
    else:
        width = table.column("upper") - table.column("lower")
        found = line_trend(
            table.column("value"),
            table.times,
            se=width / LIMITS_PER_SE,
            scale="log" if test == "log-linear" else "value",
            levels=asked,
        )
    return [_one(found, place) for place in range(len(series))]


class _Table:
    """Series side by side, padded to one length."""

    def __init__(self, series: Sequence[Points]) -> None:
        self.series = series
        self.width = max(points.size for points in series)
        self.times = np.stack([self._times(points) for points in series])

    def _times(self, points: Points) -> Floats:
        # Padded points carry no weight; their times only have to differ.
        extra = np.arange(1.0, self.width - points.size + 1)
        times = points.times
        return np.concatenate([times, (times[-1] if times.size else 0.0) + extra])

    def column(self, name: str) -> Floats:
        out = np.full((len(self.series), self.width), np.nan)
        for row, points in enumerate(self.series):
            out[row, : points.size] = getattr(points, name)
        return out

    def padded_days(self) -> tuple[np.ndarray, np.ndarray]:
        shape = (len(self.series), self.width)
        starts, ends = (np.empty(shape, dtype="datetime64[D]") for _ in range(2))
        for row, points in enumerate(self.series):
            size = points.size
            starts[row, :size], ends[row, :size] = points.starts, points.ends
            # A padded period lies beyond all others, one day each.
            later = np.arange(1, self.width - size + 1).astype("timedelta64[D]")
            after = points.ends.max() + later
            starts[row, size:], ends[row, size:] = after, after
        return starts, ends


def _one(found: Trend, place: int) -> Outcome:
    return Outcome(
        change=float(found.change[place]),
        lower=tuple(found.change_lower[:, place].tolist()),
        upper=tuple(found.change_upper[:, place].tolist()),
        unit=UNITS[found.scale].strip(),
        p_value=float(found.p_value[place]),
        statistic=float(found.statistic[place]),
        dispersion=float(found.dispersion[place]),
        points=int(found.points[place]),
        method=found.method,
        assumption=found.assumption,
        reason=str(found.reason[place]),
        sentence=found.explain(place),
        slope=float(found.value[place]),
        intercept=float(found.intercept[place]),
    )


def _kendall(points: Points, levels: tuple[float, ...]) -> Outcome:
    found = mann_kendall(points.value, points.times, levels=levels)
    return Outcome(
        change=found.value,
        lower=found.lower,
        upper=found.upper,
        unit=UNITS["value"].strip(),
        p_value=found.p_value if not found.reason else float("nan"),
        statistic=float(found.score),
        dispersion=float("nan"),
        points=found.points,
        method=f"Mann-Kendall, {found.method}",
        assumption="assumes that years are independent",
        reason=found.reason,
        sentence=found.explain(),
        slope=found.value,
        intercept=found.intercept,
    )


def in_unit(outcome: Outcome, unit: str) -> Outcome:
    """Return the result with the series' own unit where the slope is in it.

    Examples
    --------
    >>> one = Outcome(1.0, (), (), "a year", 0.1, 0.0, 1.0, 5, "", "", "", "")
    >>> in_unit(one, "years").unit
    'years a year'
    """
    return replace(outcome, unit=f"{unit} a year") if outcome.unit == "a year" and unit else outcome
