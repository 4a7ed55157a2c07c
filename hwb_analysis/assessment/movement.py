"""How one series moved: change since a day, with and without the pandemic, and sustained.

Everything here reads the rows of one part and one area; nothing knows what a measure wants
but :func:`setbacks`, which is told which way is worse.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import combinations

import numpy as np
import pandas as pd

from hwb_analysis.assessment.model import ChangeSince
from hwb_analysis.periods import PANDEMIC
from hwb_analysis.stats.carried import carried_forward
from hwb_analysis.stats.frame_change import NO_BASELINE, change_since
from hwb_analysis.stats.frame_trend_tests import NO_CHANGE, NOT_TESTED
from hwb_analysis.stats.trend_choice import MAY_TEST
from hwb_analysis.vocabulary import Status

LEVEL = 0.05
SUSTAINED_YEARS = 3
CARRIED = "carried forward"
ALL_PANDEMIC = "every figure since the baseline touches it"
INCREASE, DECREASE = "increase", "decrease"


def usable_rows(own: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the rows that may be tested, and the labels of repeats that were left out.

    A row repeats the one before by the rule of ``stats.carried``, the one that the tests go
    by, or when its note says that it was carried forward. Rows without a value, those
    marked as not comparable, and modelled or imputed ones among others that may be tested,
    are left out without a label: the figures themselves say why.
    """
    rows = own.loc[own["value"].notna() & (own["status"] != Status.NOT_COMPARABLE.value)]
    rows = rows.sort_values(["period_end", "period_start"])
    allowed = _allowed(rows)
    rows = rows.loc[allowed] if allowed.any() else rows
    figures = (rows[name].to_numpy(dtype=float) for name in ("value", "count", "denominator"))
    same = carried_forward(np.zeros(len(rows), dtype=np.int64), *figures)
    repeat = same | rows["note"].str.contains(CARRIED, case=False, regex=False)
    return rows.loc[~repeat].reset_index(drop=True), tuple(rows.loc[repeat, "period"])


def _allowed(rows: pd.DataFrame) -> pd.Series[bool]:
    """Say of each row whether figures of its basis are tested at all."""
    return rows["basis"].map(lambda basis: bool(MAY_TEST.get(basis, ()))).astype(bool)


def testable(rows: pd.DataFrame, breaks: Sequence[date]) -> pd.DataFrame:
    """Return the rows since the last break that carry what a test needs: 95 % limits."""
    last = max(breaks, default=None)
    limits = rows["lower_95"].notna() & rows["upper_95"].notna()
    recent = rows["period_start"] > pd.Timestamp(last) if last else limits
    kept: pd.DataFrame = rows.loc[limits & _allowed(rows) & recent]
    return kept


def change_on(rows: pd.DataFrame, day: date, breaks: Sequence[date]) -> ChangeSince:
    """Return the change of one series since a baseline day, or why it is not tested."""
    if rows.empty:
        return ChangeSince(reason=NO_BASELINE)
    cuts = {str(rows["series_id"].iloc[0]): list(breaks)}
    # Figures of two bases are tested as the one that allows less.
    weakest = min(rows["basis"], key=lambda basis: len(MAY_TEST.get(basis, ())))
    row = change_since(rows.assign(basis=weakest), day, breaks=cuts).iloc[0]
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
    baseline is another; :func:`still_touches` tells that. Where neither can be exchanged
    the change has a reason and no test.
    """
    touched = _touched(rows)
    told = rows["period"].isin([main.baseline, main.latest])
    if main.reason or not (touched & told).any():
        return None
    rest = change_on(rows.loc[~touched], day, breaks)
    if not rest.reason:
        return rest
    again = change_on(rows.loc[~touched | (rows["period"] == main.latest)], day, breaks)
    same = (again.baseline, again.latest) == (main.baseline, main.latest)
    return ChangeSince(reason=ALL_PANDEMIC) if same else again


def still_touches(rows: pd.DataFrame, change: ChangeSince) -> bool:
    """Say whether a period of a comparison touches the pandemic."""
    told = rows["period"].isin([change.baseline, change.latest])
    return bool((_touched(rows) & told).any())


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

    Independent are two periods that share no time. Each pair of them is tested at 95 % by
    itself, so that the rule errs on the side of not calling a change sustained.
    """
    if change.baseline_end is None:
        return ()
    points = rows.loc[rows["period_end"] >= pd.Timestamp(change.baseline_end)]
    found = []
    for place, later in combinations(range(len(points)), 2):
        pair = points.iloc[[place, later]]
        if pair["period_start"].iloc[1] <= pair["period_end"].iloc[0]:
            continue
        one = change_on(pair, pair["period_end"].iloc[0].date(), breaks)
        if one.direction == worse:
            found.append((one.baseline, one.latest))
    return tuple(found)
