"""How one series moved: change since a day, with and without the pandemic, and sustained.

Everything here reads the rows of one part and one area; nothing knows what a measure wants
but :func:`setbacks`, which is told which way is worse.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from hwb_analysis.assessment.model import ChangeSince
from hwb_analysis.periods import PANDEMIC
from hwb_analysis.stats.frame_change import NO_BASELINE, change_since
from hwb_analysis.stats.frame_trend_tests import NO_CHANGE, NOT_TESTED
from hwb_analysis.stats.trend_choice import MAY_TEST
from hwb_analysis.vocabulary import Status

LEVEL = 0.05
SUSTAINED_YEARS = 3
CARRIED = "carried forward"
INCREASE, DECREASE = "increase", "decrease"


def usable_rows(own: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the rows that may be tested, and the labels of repeats that were left out.

    A row repeats the one before when its count and denominator are the same, or when its
    note says that it was carried forward. Rows without a value, and those marked as not
    comparable, are left out without a label: the figures themselves say why.
    """
    rows = own.loc[own["value"].notna() & (own["status"] != Status.NOT_COMPARABLE.value)]
    rows = rows.sort_values(["period_end", "period_start"])
    same = rows["count"].eq(rows["count"].shift()) & rows["denominator"].eq(
        rows["denominator"].shift()
    )
    repeat = same | rows["note"].str.contains(CARRIED, case=False, regex=False)
    return rows.loc[~repeat].reset_index(drop=True), tuple(rows.loc[repeat, "period"])


def testable(rows: pd.DataFrame, breaks: Sequence[date]) -> pd.DataFrame:
    """Return the rows since the last break that carry what a test needs: 95 % limits."""
    last = max(breaks, default=None)
    limits = rows["lower_95"].notna() & rows["upper_95"].notna()
    allowed = rows["basis"].map(lambda basis: bool(MAY_TEST.get(basis, ())))
    recent = rows["period_start"] > pd.Timestamp(last) if last else limits
    kept: pd.DataFrame = rows.loc[limits & allowed.astype(bool) & recent]
    return kept


def change_on(rows: pd.DataFrame, day: date, breaks: Sequence[date]) -> ChangeSince:
    """Return the change of one series since a baseline day, or why it is not tested."""
    if rows.empty:
        return ChangeSince(reason=NO_BASELINE)
    cuts = {str(rows["series_id"].iloc[0]): list(breaks)}
    row = change_since(rows, day, breaks=cuts).iloc[0]
    labels = (str(row["baseline_period"]), str(row["latest_period"]))
    ends = [_end(rows, label) for label in labels]
    return ChangeSince(
        baseline=labels[0],
        latest=labels[1],
        baseline_end=ends[0],
        latest_end=ends[1],
        baseline_value=float(row["baseline_value"]),
        latest_value=float(row["latest_value"]),
        difference=float(row["change"]),
        lower_95=float(row["change_lower_95"]),
        upper_95=float(row["change_upper_95"]),
        p_value=float(row["p_value"]),
        direction=direction_of(float(row["change"]), float(row["p_value"])),
        evidence=str(row["evidence"]),
        unit=str(rows["unit"].iloc[-1]),
        pandemic=bool(row["pandemic"]),
        reason=str(row["reason"]),
    )


def _end(rows: pd.DataFrame, label: str) -> date | None:
    found = rows.loc[rows["period"] == label, "period_end"]
    return found.iloc[-1].date() if label and len(found) else None


def direction_of(difference: float, p_value: float) -> str:
    """Return increase, decrease, no clear change or not tested.

    Examples
    --------
    >>> direction_of(-1.2, 0.01), direction_of(3.0, 0.2), direction_of(3.0, float("nan"))
    ('decrease', 'no clear change', 'not tested')
    """
    if p_value != p_value or difference != difference:
        return NOT_TESTED
    if p_value >= LEVEL or difference == 0:
        return NO_CHANGE
    return INCREASE if difference > 0 else DECREASE


def without_pandemic(
    rows: pd.DataFrame, main: ChangeSince, day: date, breaks: Sequence[date]
) -> ChangeSince | None:
    """Return a change again, without the periods that touch the pandemic, or nothing.

    Nothing is returned when no period of the comparison touches it. Where every figure
    since the baseline touches it too, the newest one is kept, so that at least the
    baseline is another.
    """
    touched = _touched(rows)
    told = rows["period"].isin([main.baseline, main.latest])
    if main.reason or not (touched & told).any():
        return None
    rest = change_on(rows.loc[~touched], day, breaks)
    if not rest.reason:
        return rest
    return change_on(rows.loc[~touched | (rows["period"] == main.latest)], day, breaks)


def _touched(rows: pd.DataFrame) -> pd.Series[bool]:
    first, last = (pd.Timestamp(end) for end in PANDEMIC)
    return (rows["period_start"] <= last) & (rows["period_end"] >= first)


def long_enough(change: ChangeSince) -> bool:
    """Say whether the latest period ends three years or more after the baseline's."""
    if change.baseline_end is None or change.latest_end is None:
        return False
    day = pd.Timestamp(change.baseline_end) + pd.DateOffset(years=SUSTAINED_YEARS)
    return pd.Timestamp(change.latest_end) >= day


def setbacks(
    rows: pd.DataFrame, change: ChangeSince, worse: str, breaks: Sequence[date]
) -> tuple[tuple[str, str], ...]:
    """Return pairs of independent periods since the baseline of which the later is worse.

    Periods that share time with the one kept before are not independent and are passed
    over. Each pair is tested at 95 % by itself, so that the rule errs on the side of not
    calling a change sustained.
    """
    points = _independent(rows, change)
    found = []
    for place in range(len(points)):
        for later in range(place + 1, len(points)):
            pair = points.iloc[[place, later]]
            one = change_on(pair, pair["period_end"].iloc[0].date(), breaks)
            if one.direction == worse:
                found.append((one.baseline, one.latest))
    return tuple(found)


def _independent(rows: pd.DataFrame, change: ChangeSince) -> pd.DataFrame:
    if change.baseline_end is None:
        return rows.iloc[:0]
    baseline = change.baseline_end
    kept: list[int] = []
    last = date.min
    spans = zip(rows["period_start"].dt.date, rows["period_end"].dt.date, strict=True)
    for place, (first, end) in enumerate(spans):
        if end >= baseline and first > last:
            kept.append(place)
            last = end
    return rows.iloc[kept]
