"""The tests of an assessment: comparison, national marker, gap between districts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from hwb_analysis.assessment.model import ChangeSince, Context, DistrictGap, Marker
from hwb_analysis.assessment.movement import change_on, usable_rows
from hwb_analysis.stats.verbs import compare, gap, trend
from hwb_analysis.vocabulary import Comparison, Polarity, Status, TrendMarker

if TYPE_CHECKING:
    from hwb_analysis.strategy.model import Measure
    from hwb_analysis.strategy.parts import Part

PUBLISHED = re.compile(r"publisher's comparison with \w+: (better|similar|worse|higher|lower)\b")
NO_COMPARATOR = "the comparator has no figure for this period"
LOCAL = "local:"
NO_DISTRICTS = "this series has no figures for districts"


def comparison(
    rows: pd.DataFrame, row: pd.Series[Any], comparator: str, polarity: Polarity
) -> tuple[Comparison, Comparison, str]:
    """Return the comparison at 95 and at 99.8 %, and the reason where there is none."""
    if row["area_code"] == comparator:
        return Comparison.NOT_COMPARED, Comparison.NOT_COMPARED, "an area is not its own comparator"
    # A year and a run of years may end on one day: only the same period is compared.
    ends, starts = rows["period_end"] == row["period_end"], rows["period_start"]
    both = rows.loc[ends & (starts == row["period_start"])]
    if comparator not in set(both["area_code"]):
        return Comparison.NOT_COMPARED, Comparison.NOT_COMPARED, NO_COMPARATOR
    if why := _not_comparable(both, comparator) or _not_comparable(both, str(row["area_code"])):
        return Comparison.NOT_COMPARED, Comparison.NOT_COMPARED, why
    done = compare(both, to=comparator, better=_better(polarity))
    mine = done.loc[done["area_code"] == row["area_code"]].iloc[0]
    return (
        Comparison(mine["comparison_95"]),
        Comparison(mine["comparison_998"]),
        str(mine["comparison_reason"]),
    )


def _not_comparable(both: pd.DataFrame, code: str) -> str:
    """Return why a figure may not be compared, where its publisher or we have marked it so."""
    row = both.loc[both["area_code"] == code].iloc[0]
    if row["status"] != Status.NOT_COMPARABLE:
        return ""
    return f"the figure of {row['area']} is marked as not comparable"


def published_word(note: str) -> Comparison | None:
    """Return the publisher's own comparison word that a note carries, or nothing.

    Examples
    --------
    >>> published_word("publisher's comparison with England: worse").value
    'worse'
    >>> published_word("rounded to one decimal")
    """
    found = PUBLISHED.search(note)
    return Comparison(found[1]) if found else None


def _better(polarity: Polarity) -> str | None:
    return None if polarity is Polarity.NONE else polarity.value


def marker(own: pd.DataFrame, part: Part) -> Marker:
    """Apply the national marker to the rows since the last break of the series."""
    rows = since_last_break(own, part)
    if rows.empty:
        return Marker(reason="no figure since the last break in the series")
    found = trend(rows, rule="national", better=_better(part.polarity)).iloc[0]
    return Marker(
        TrendMarker(found["marker"]),
        str(found["reason"]),
        str(found["first_period"]),
        str(found["last_period"]),
        float(found["p_value"]),
    )


def change(context: Context, own: pd.DataFrame, part: Part, measure: Measure) -> ChangeSince:
    """Return the change since the measure's baseline, or why it is not tested.

    Baseline: the latest period that ended on or before the registry's day. The newest
    period must start after it ended. No change is read across a break, and rows that only
    repeat the one before are left out.
    """
    rows, _ = usable_rows(own)
    day = context.strategy.baseline(measure)
    return change_on(rows, day, [b.after for b in part.series.breaks])


def since_last_break(rows: pd.DataFrame, part: Part) -> pd.DataFrame:
    """Return the rows after the last break of the series; no test joins two segments."""
    cuts = [pd.Timestamp(b.after) for b in part.series.breaks]
    if not cuts:
        return rows
    kept: pd.DataFrame = rows.loc[rows["period_start"] > max(cuts)]
    return kept


def districts(context: Context, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the newest period in which districts have figures, one row a district."""
    codes = [d.code for d in context.strategy.area.districts]
    some = rows.loc[rows["area_code"].isin(codes) & rows["value"].notna()]
    newest: pd.DataFrame = some.loc[some["period_end"] == some["period_end"].max()]
    return newest.reset_index(drop=True)


def withheld(context: Context, rows: pd.DataFrame, districts: pd.DataFrame) -> pd.DataFrame:
    """Return the districts of a local series whose figure is withheld in that period."""
    if districts.empty:
        return rows.iloc[:0]
    codes = [d.code for d in context.strategy.area.districts]
    gone = rows["area_code"].isin(codes) & (rows["status"] == Status.SUPPRESSED)
    same = rows["period_end"] == districts["period_end"].iloc[0]
    local = rows["series_id"].str.startswith(LOCAL)
    hidden: pd.DataFrame = rows.loc[gone & same & local]
    return hidden.reset_index(drop=True)


def withheld_notes(own: pd.DataFrame, latest: pd.Series[Any], hidden: pd.DataFrame) -> list[str]:
    """Return what is withheld beside the figures that are shown: places, period, reason."""
    newer = own.loc[own["period_end"] > latest["period_end"]]
    newer = newer.loc[newer["series_id"].str.startswith(LOCAL)]
    newer = newer.loc[newer["status"] == Status.SUPPRESSED]
    told = [f"{row['area']}, {row['period']}: {row['note']}" for _, row in newer.iterrows()]
    if len(hidden):
        named = ", ".join(hidden["area"])
        told.append(f"{named}, {hidden['period'].iloc[0]}: {hidden['note'].iloc[0]}")
    return told


def district_gap(
    context: Context, districts: pd.DataFrame, part: Part
) -> tuple[DistrictGap | None, str]:
    """Return most against least deprived district, or the reason why there is no gap."""
    ends = context.strategy.area.deprivation
    if ends is None:
        return None, "the registry names no most and least deprived district"
    pair = [districts.loc[districts["area_code"] == code] for code in (ends.most, ends.least)]
    if districts.empty:
        return None, NO_DISTRICTS
    if any(one.empty for one in pair):
        return None, "one of the two districts has no figure in the newest period"
    return gap_between(districts, ends.most, ends.least), ""


def gap_between(frame: pd.DataFrame, most: str, least: str) -> DistrictGap:
    """Return difference and ratio of two areas in one figure of a tidy frame.

    Percentages with counts: Newcombe's hybrid score and Katz's log interval. Other
    figures with limits: MOVER from the limits. Otherwise the difference alone, with
    the reason.
    """
    apart = gap(frame, most=most, least=least, kind="difference").iloc[0]
    times = gap(frame, most=most, least=least, kind="ratio").iloc[0]
    names = frame.set_index("area_code")["area"]
    return DistrictGap(
        most=str(names[most]),
        least=str(names[least]),
        period=str(apart["period"]),
        difference=float(apart["value_most"] - apart["value_least"]),
        lower_95=float(apart["lower_95"]),
        upper_95=float(apart["upper_95"]),
        ratio=float(times["gap"]),
        ratio_lower_95=float(times["lower_95"]),
        ratio_upper_95=float(times["upper_95"]),
        unit=str(apart["unit"]),
        method=str(apart["method"]),
        reason=str(apart["gap_reason"]),
    )
