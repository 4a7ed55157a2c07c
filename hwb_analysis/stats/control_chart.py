"""Control charts: is this series more than common-cause variation.

* XmR chart of single values: mean and ``mean -/+ 2.66 x mean moving range``. Screening
  leaves out moving ranges at or above 3.267 times their mean, once, then takes the mean
  again; it is off by default, as in the national tool.
* p chart of proportions, u chart of rates: ``centre -/+ 3 sqrt(variance_i)`` with the
  counts' variance, widened by Laney's factor where the points vary more than counts do:
  the mean moving range of the standardised points over 1.128, never below one.

Special causes, in order: a point outside the limits; a run of points that strictly rise
or fall; two of three points near a limit (beyond two thirds of the way) with all three
on one side of the centre; a run of points on one side. The run is 7 points long; 6 or 8
are options. A point exactly on the centre breaks a run, or is passed over by option.

With fewer than 12 points limits are trial limits; with fewer than 5 there are none. A
chart describes a process; it is no test of a trend and makes no verdict on a measure.

Sources: published guidance of NHS England's Making Data Count; Wheeler 2003; Laney 2002.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import Flags, Floats, Words, numbers, refuse, same_shape, words
from hwb_analysis.stats.benchmark import polarity_of
from hwb_analysis.stats.chart_rules import falling_or_rising, near_twice, one_side
from hwb_analysis.stats.result import SHOWN_ROWS, Result, between, figure
from hwb_analysis.vocabulary import Polarity

XMR, SCREEN, NEAR, SIGMAS, RANGE_TO_SIGMA = 2.66, 3.267, 2 / 3, 3.0, 1.128
TRIAL, FEWEST = 12, 5
COMMON = "common cause"
Kind = Literal["XmR", "p", "u"]


@dataclass(frozen=True, slots=True)
class ControlChart(Result):
    """Points with centre and limits, and the special cause of each point in words.

    ``cause`` names the rule that a point meets first; ``judged`` says improvement,
    concern or neutral. ``trial`` is true where a segment has fewer than 12 points.
    """

    value: Floats
    centre: Floats
    lower: Floats
    upper: Floats
    outside: Flags
    near: Flags
    cause: Words
    judged: Words
    segment: Floats
    trial: bool
    factor: float
    better: str
    method: str
    reason: str = ""

    @property
    def variation(self) -> str:
        """The variation icon of the latest point, in words."""
        if self.reason:
            return "no limits"
        latest = str(self.judged[-1])
        return COMMON + " variation" if latest == COMMON else f"special cause, {latest}"

    def assurance(self, target: float) -> str:
        """Return the assurance icon against a target, in words.

        Raises
        ------
        StatisticsError
            When the series has no good end.
        """
        if self.better == Polarity.NONE.value:
            raise StatisticsError(
                "a target needs a good end", remedy="pass better='high' or 'low' to the chart"
            )
        low, high = float(self.lower[-1]), float(self.upper[-1])
        if self.reason or not np.isfinite(low):
            return "no limits"
        high_good = self.better == Polarity.HIGH.value
        if low > target:
            return "meets the target" if high_good else "misses the target"
        if high < target:
            return "misses the target" if high_good else "meets the target"
        return "may or may not meet the target"

    def explain(self) -> str:
        """Return one sentence on the latest point and the chart."""
        if self.reason:
            return f"There are no control limits: {self.reason}."
        trial = " (trial limits: fewer than 12 points)" if self.trial else ""
        signals = int((self.cause != COMMON).sum())
        show = "point shows" if signals == 1 else "points show"
        return (
            f"{self.method} chart of {self.value.size} points{trial}: centre "
            f"{figure(float(self.centre[-1]))}, limits "
            f"{between(float(self.lower[-1]), float(self.upper[-1]))}; {signals} {show} a "
            f"special cause; the latest point: {self.variation}."
        )

    def _first_rows(self, told: Sequence[object]) -> str:
        """Return the points of special cause by their place: the others are the usual scatter."""
        marked = np.flatnonzero(self.cause != COMMON)
        if self.reason or not marked.size:
            return ""
        table = self.to_frame().assign(point=np.arange(1, self.value.size + 1))
        table = table.loc[marked, ["point", "value", "lower", "upper", "cause", "judged"]]
        rest = len(table) - SHOWN_ROWS
        more = f"<p><small>{rest} more points: to_frame()</small></p>" if rest > 0 else ""
        shown = table.tail(SHOWN_ROWS).to_html(index=False, float_format=figure, border=0)
        return str(shown) + more


def xmr_chart(
    value: ArrayLike,
    *,
    better: str | None = None,
    run: int = 7,
    screen: bool = False,
    baseline: int | None = None,
    rebase: Sequence[int] = (),
    ties: Literal["break", "ignore"] = "break",
) -> ControlChart:
    """Return an XmR chart of single values in order of time.

    Parameters
    ----------
    value
        One value a point, none missing.
    better
        ``"high"``, ``"low"`` or None: chooses improvement, concern or neutral.
    run
        6, 7 or 8 points for the two rules of runs.
    screen
        Leave extreme moving ranges out of the limits.
    baseline
        Number of first points of each segment that set centre and limits.
    rebase
        Positions at which new limits begin; no rule looks across one.
    ties
        Whether a point on the centre breaks a run or is passed over.

    Raises
    ------
    StatisticsError
        A missing value, an unknown option, a position outside the series.

    Examples
    --------
    >>> chart = xmr_chart([31, 29, 30, 34, 28, 33], better="high")
    >>> round(float(chart.lower[0]), 2), round(float(chart.upper[0]), 2)
    (21.26, 40.41)
    >>> chart.variation
    'common cause variation'
    """
    y = _read(value, run, ties)
    parts = _segments(y.size, rebase)
    centre, reach = np.full(y.shape, np.nan), np.full(y.shape, np.nan)
    for part in parts:
        base = y[part][:baseline]
        centre[part], reach[part] = base.mean(), XMR * _mean_range(base, screen)
    return _charted(y, centre, reach, parts, (better, run, ties), 1.0, "XmR")


def _read(value: ArrayLike, run: int, ties: str) -> Floats:
    y = np.atleast_1d(numbers("value", value))
    refuse(np.isnan(y), "a value is missing", "leave the point out, or split the series there")
    if run not in (6, 7, 8):
        raise StatisticsError(f"a run is 6, 7 or 8 points, got {run}")
    if ties not in ("break", "ignore"):
        raise StatisticsError(f"ties is 'break' or 'ignore', got '{ties}'")
    return y


def _segments(size: int, rebase: Sequence[int]) -> list[slice]:
    if not size and not rebase:
        return []
    marks = [0, *sorted(rebase), size]
    if any(not 0 < mark < size for mark in rebase) or len(set(marks)) < len(marks):
        raise StatisticsError(
            f"limits begin anew at positions 1 to {size - 1}, got {list(rebase)}",
            remedy="count positions from 0",
        )
    return [slice(a, b) for a, b in pairwise(marks)]


def _mean_range(base: Floats, screen: bool) -> float:
    ranges = np.abs(np.diff(base))
    if not ranges.size:
        return float("nan")
    if screen:
        ranges = ranges[ranges < SCREEN * ranges.mean()] if ranges.any() else ranges
    return float(ranges.mean())


def count_chart(
    count: ArrayLike,
    denominator: ArrayLike,
    *,
    kind: Literal["p", "u"],
    better: str | None = None,
    run: int = 7,
    multiplier: float = 100.0,
    overdispersion: bool = True,
    baseline: int | None = None,
    rebase: Sequence[int] = (),
) -> ControlChart:
    """Return a p chart (proportions) or u chart (rates) of counts in order of time.

    Parameters
    ----------
    count, denominator
        One pair a point, none missing.
    kind
        ``"p"``: count among denominator; ``"u"``: events per denominator.
    overdispersion
        Widen the limits by Laney's factor, never below one.
    better, run, baseline, rebase
        As in :func:`xmr_chart`.

    Raises
    ------
    StatisticsError
        A missing or negative count, a denominator not above zero, more than all.

    Examples
    --------
    >>> chart = count_chart([20, 24, 18, 22, 21, 25], [200] * 6, kind="p")
    >>> round(float(chart.centre[0]), 2), round(float(chart.upper[0]), 2)
    (10.83, 17.43)
    """
    if kind not in ("p", "u"):
        raise StatisticsError(f"kind is 'p' or 'u', got '{kind}'")
    x, n = (np.atleast_1d(side) for side in same_shape(count=count, denominator=denominator))
    refuse(~(x >= 0), "count is negative or missing", "leave the point out")
    refuse(~(n > 0), "denominator is not above zero", "leave the point out")
    if kind == "p":
        refuse(x > n, "count is above its denominator", "check which is which")
    y = _read(x / n, run, "break")
    parts = _segments(y.size, rebase)
    centre, reach, factors = np.full(y.shape, np.nan), np.full(y.shape, np.nan), []
    for part in parts:
        middle = x[part][:baseline].sum() / n[part][:baseline].sum()
        variance = middle * (1 - middle) / n[part] if kind == "p" else middle / n[part]
        factors.append(_laney(y[part][:baseline], middle, variance[:baseline], overdispersion))
        centre[part], reach[part] = middle, SIGMAS * np.sqrt(variance) * factors[-1]
    y, centre, reach = y * multiplier, centre * multiplier, reach * multiplier
    rules = (better, run, "break")
    widest = max(factors, default=1.0)
    return _charted(y, centre, reach, parts, rules, widest, kind, multiplier)


def _laney(y: Floats, middle: float, variance: Floats, wanted: bool) -> float:
    if not wanted or y.size < 2 or not (variance > 0).all():
        return 1.0
    standard = (y - middle) / np.sqrt(variance)
    return max(1.0, float(np.abs(np.diff(standard)).mean()) / RANGE_TO_SIGMA)


def _charted(
    y: Floats,
    centre: Floats,
    reach: Floats,
    parts: list[slice],
    rules: tuple[str | None, int, str],
    factor: float,
    kind: Kind,
    multiplier: float = 100.0,
) -> ControlChart:
    better, run, ties = rules
    shortest = min((part.stop - part.start for part in parts), default=0)
    reason = f"fewer than {FEWEST} points" if shortest < FEWEST else ""
    reach = np.where(reason != "", np.nan, reach)
    low, high = centre - reach, centre + reach
    if kind != "XmR":
        low = np.maximum(low, 0.0)
        high = np.minimum(high, multiplier) if kind == "p" else high
    outside = (y < low) | (y > high)
    near = ~outside & (np.abs(y - centre) > NEAR * reach) & (reach > 0)
    side = np.sign(y - centre)
    cause = _causes(y, side, outside, near, parts, run, ties, bool(reason))
    number = np.concatenate([np.full(p.stop - p.start, i) for i, p in enumerate(parts)] or [y])
    return ControlChart(
        value=y,
        centre=centre,
        lower=low,
        upper=high,
        outside=outside,
        near=near,
        cause=cause,
        judged=_judged(cause, better),
        segment=number.astype(np.float64),
        trial=shortest < TRIAL,
        factor=factor,
        better=polarity_of(better).value,
        method=kind,
        reason=reason,
    )


def _causes(
    y: Floats,
    side: Floats,
    outside: Flags,
    near: Flags,
    parts: list[slice],
    run: int,
    ties: str,
    none: bool,
) -> Words:
    trend, sides, twice = np.zeros(y.shape), np.zeros(y.shape), np.zeros(y.shape)
    for part in parts:
        trend[part] = falling_or_rising(y[part], run)
        sides[part] = one_side(side[part], run, passing=ties == "ignore")
        twice[part] = near_twice(near[part], side[part])
    blank = np.full(y.shape, none)
    return words(
        y.shape,
        (blank, COMMON),
        (outside & (side > 0), "above the upper limit"),
        (outside & (side < 0), "below the lower limit"),
        (trend > 0, f"{run} points rising"),
        (trend < 0, f"{run} points falling"),
        (twice > 0, "two of three near the upper limit"),
        (twice < 0, "two of three near the lower limit"),
        (sides > 0, f"{run} points above the centre"),
        (sides < 0, f"{run} points below the centre"),
        (np.ones(y.shape, dtype=bool), COMMON),
    )


UPWARDS = ("above", "rising", "upper")


def _judged(cause: Words, better: str | None) -> Words:
    polarity = polarity_of(better)
    up, down = {
        Polarity.HIGH: ("improvement", "concern"),
        Polarity.LOW: ("concern", "improvement"),
        Polarity.NONE: ("neutral", "neutral"),
    }[polarity]
    out = np.empty(cause.shape, dtype=object)
    for place, word in enumerate(cause):
        upwards = any(part in str(word) for part in UPWARDS)
        out[place] = COMMON if word == COMMON else (up if upwards else down)
    return out
