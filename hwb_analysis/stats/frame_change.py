"""Change of the series of a frame since a baseline day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from hwb_analysis.errors import StatisticsError
from hwb_analysis.given import as_frame
from hwb_analysis.stats.arrays import DEFAULT_LEVELS, Flags, level_name
from hwb_analysis.stats.change import Change, change, change_of_counts, shared_fraction
from hwb_analysis.stats.frame_keys import SAME_SERIES
from hwb_analysis.stats.frame_segments import Breaks, known_breaks
from hwb_analysis.stats.frame_trend_tests import (
    NO_CHANGE,
    NOT_TESTED,
    Series,
    series_of_frame,
    touches_pandemic,
)
from hwb_analysis.stats.trend_choice import COUNTS, LIMITS, LONGEST_TO_SHORTEST, MAY_TEST, Points

NOT_SINCE = "no figure since the baseline"
NO_BASELINE = "no period ended on or before the baseline day"


def change_since(
    frame: pd.DataFrame,
    baseline: date | str,
    *,
    breaks: Breaks | None = None,
    overlapping: bool = False,
    levels: Sequence[float] = DEFAULT_LEVELS,
) -> pd.DataFrame:
    """Return the change of every series and area since a baseline day, one row each.

    The baseline period is the latest that ended on or before the day; the latest period
    is the newest that starts after that period's end. Percentages and rates whose counts
    make them are tested on the counts, other figures on their limits.

    Parameters
    ----------
    frame
        A tidy frame.
    baseline
        The day before the strategy began to count.
    breaks
        Days after which a series starts anew, by series_id. A change across one is
        refused.
    overlapping
        True takes the newest period even where it shares time with the baseline, allowing
        for what they share; refused above one half.
    levels
        Confidence levels; the direction is read at the first.

    Returns
    -------
    DataFrame
        Key columns, ``baseline_period``, ``latest_period``, ``baseline_value``,
        ``latest_value``, ``change`` with limits by level, ``shared``, ``p_value``,
        ``direction``, ``evidence``, ``years`` (from end to end), ``pandemic`` (the
        baseline touches it), ``direction_other_baseline`` (the latest baseline that does
        not), ``reason``, ``sentence``.

    Raises
    ------
    StatisticsError
        A column is missing, two rows of a series share a period, the baseline is no day.

    Examples
    --------
    >>> years = pd.to_datetime([f"{y}-01-01" for y in range(2018, 2024)])
    >>> frame = pd.DataFrame({"period_start": years, "period_end": years + pd.offsets.YearEnd(),
    ...     "value": [50.0, 51, 50, 52, 55, 58], "count": [500, 510, 500, 520, 550, 580],
    ...     "denominator": 1000, "unit": "%", "series_id": "a:b", "vintage": "1",
    ...     "area_code": "A", "sex": "", "age": "", "category_type": "", "category": ""})
    >>> row = change_since(frame, "2019-12-31").iloc[0]
    >>> row["direction"], round(float(row["change"]), 1), round(float(row["p_value"]), 4)
    ('increase', 7.0, 0.0016)
    """
    frame, day = as_frame(frame), _day(baseline)
    found = known_breaks(frame, breaks)
    rows = [
        _row(one, day, overlapping, tuple(levels), found.get(str(one.key[0]), ()))
        for one in series_of_frame(frame)
    ]
    return pd.DataFrame(rows)


def _day(written: date | str) -> np.datetime64:
    try:
        return np.datetime64(written, "D")
    except ValueError as error:
        raise StatisticsError(
            f"the baseline is a day, got '{written}'", remedy="write it as 2021-12-31"
        ) from error


def _row(
    one: Series, day: np.datetime64, overlapping: bool, levels: tuple[float, ...], cuts: Any
) -> dict[str, Any]:
    known = ~np.isnan(one.points.value) & ~one.carried
    points = one.points.keep(known)
    names = [name for name, keep in zip(one.names, known, strict=True) if keep]
    anything = np.ones(points.size, dtype=bool)
    main = _between(points, day, anything, overlapping, levels, cuts)
    row: dict[str, Any] = dict(zip(SAME_SERIES, one.key, strict=True))
    row |= {"baseline_period": "", "latest_period": "", **main}
    touched = touches_pandemic(points)
    place, latest = row.pop("place", None), row.pop("latest", None)
    row["baseline_period"] = names[place] if place is not None else ""
    row["latest_period"] = names[latest] if latest is not None else ""
    row["pandemic"] = bool(place is not None and touched[place])
    row["direction_other_baseline"] = ""
    if row["pandemic"]:
        other = _between(points, day, ~touched, overlapping, levels, cuts)
        row["direction_other_baseline"] = other["direction"]
        if row["direction"] != NOT_TESTED and other["direction"] not in (
            NOT_TESTED,
            row["direction"],
        ):
            row["sentence"] += f" From a baseline before the pandemic: {other['direction']}."
            row["direction"] = NO_CHANGE
    return row


def _between(
    points: Points,
    day: np.datetime64,
    usable: Flags,
    overlapping: bool,
    levels: tuple[float, ...],
    cuts: Any,
) -> dict[str, Any]:
    before = np.flatnonzero((points.ends <= day) & usable)
    if not before.size:
        return _nothing(NO_BASELINE, levels)
    first = int(before[-1])
    later = points.starts > points.ends[first]
    if overlapping:
        later = points.ends > points.ends[first]
    after = np.flatnonzero(later & (points.ends > day))
    if not after.size:
        return _nothing(NOT_SINCE, levels) | {"place": first}
    last = int(after[-1])
    # A period that starts before a break and ends after it stands before it, as in segments.
    if any(points.starts[first] <= np.datetime64(cut, "D") < points.starts[last] for cut in cuts):
        return _nothing("the series starts anew between the two periods", levels)
    return _tested(points, first, last, levels) | {"place": first, "latest": last}


def _tested(points: Points, first: int, last: int, levels: tuple[float, ...]) -> dict[str, Any]:
    share = shared_fraction(
        points.starts[first], points.ends[first], points.starts[last], points.ends[last]
    )
    found, evidence, reason = _change(points, first, last, float(share), levels)
    out = _nothing(reason, levels)
    years = (points.ends[last] - points.ends[first]).astype(int) / 365.25
    out |= {
        "baseline_value": float(points.value[first]),
        "latest_value": float(points.value[last]),
        "shared": float(share),
        "years": float(years),
        "evidence": evidence,
    }
    return out | (_shown(found, levels) if found is not None else {})


def _change(
    points: Points, first: int, last: int, share: float, levels: tuple[float, ...]
) -> tuple[Change | None, str, str]:
    allowed = MAY_TEST.get(points.basis, ())
    if not allowed:
        return None, "", f"{points.basis} figures are not tested"
    pair = [first, last]
    length = (points.ends[pair] - points.starts[pair]).astype(int) + 1
    if length.max() > LONGEST_TO_SHORTEST * length.min():
        return None, "", "the two periods are of different length"
    if COUNTS in allowed and points.counted[pair].all():
        found = change_of_counts(
            points.count[first],
            points.denominator[first],
            points.count[last],
            points.denominator[last],
            kind="proportion" if points.unit == "%" else "rate",
            shared=share,
            multiplier=_per(points, pair),
            levels=levels,
        )
        return found, COUNTS, str(found.reason)
    if LIMITS in allowed and (points.upper - points.lower)[pair].min() > 0:
        limits = (points.lower[first], points.upper[first], points.lower[last], points.upper[last])
        found = change(
            points.value[first], points.value[last], limits=limits, shared=share, levels=levels
        )
        return found, LIMITS, str(found.reason)
    return None, "", "no counts and no interval published for one of the two periods"


def _per(points: Points, pair: list[int]) -> float:
    """Return the unit's multiplier: what count over denominator was multiplied with.

    It is read from the period with more events, since a count of zero does not show it.
    """
    if points.unit == "%":
        return 100.0
    place = max(pair, key=lambda one: points.count[one])
    share = points.count[place] / points.denominator[place]
    return float(10 ** np.round(np.log10(points.value[place] / share))) if share else 1.0


def _shown(found: Change, levels: tuple[float, ...]) -> dict[str, Any]:
    p = float(found.p_value)
    tested = not str(found.reason)
    word = NOT_TESTED
    if tested:
        word = NO_CHANGE if p >= 1 - levels[0] else ("increase" if found.z > 0 else "decrease")
    out = {"change": float(found.value), "p_value": p, "direction": word}
    for place, level in enumerate(levels):
        name = level_name(level)
        out[f"change_lower_{name}"] = float(found.lower[place])
        out[f"change_upper_{name}"] = float(found.upper[place])
    return out | {"sentence": found.explain()}


def _nothing(reason: str, levels: tuple[float, ...]) -> dict[str, Any]:
    nan = float("nan")
    limits = {f"change_{side}_{level_name(v)}": nan for v in levels for side in ("lower", "upper")}
    return {
        "baseline_value": nan,
        "latest_value": nan,
        "change": nan,
        **limits,
        "shared": nan,
        "p_value": nan,
        "direction": NOT_TESTED,
        "evidence": "",
        "years": nan,
        "reason": reason,
        "sentence": f"The change is not tested: {reason}." if reason else "",
    }
