"""One mask for everything that tells of a figure: count, value, limits, denominator."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hwb_analysis.disclosure.cells import LIMITS, Flags, Floats
from hwb_analysis.disclosure.table import Table
from hwb_analysis.frame import COLUMNS, validate
from hwb_analysis.stats.frame_limits import multipliers, with_limits
from hwb_analysis.vocabulary import Grade, Status


def masked(table: Table, hidden: Flags) -> pd.DataFrame:
    """Return the frame as it may be shown.

    Withheld rows lose count, value and limits (and the denominator where it is people
    counted), get the status ``suppressed`` and the same note, whatever they were withheld
    for. Shown counts are rounded, and crude rates and their limits are made anew from
    what is shown.
    """
    rows = np.flatnonzero(table.current)
    out = table.frame.iloc[rows].reset_index(drop=True)
    out.attrs = {}
    gone = hidden[rows] | table.cells.withheld[rows]
    if table.rule.uncounted == "withheld":
        gone = gone | table.cells.uncounted[rows]
    out = _rounded(out, table, ~gone)
    return validate(_withheld(out, table, gone)[list(COLUMNS)], where="protected frame")


def _withheld(out: pd.DataFrame, table: Table, gone: Flags) -> pd.DataFrame:
    rows = np.flatnonzero(table.current)
    out.loc[gone, ["count", "value", *LIMITS]] = np.nan
    people = table.guarded[rows] | (table.cells.source[rows] == "denominator")
    out.loc[gone & people, "denominator"] = np.nan
    out.loc[gone, "status"] = Status.SUPPRESSED.value
    out.loc[gone, "grade"] = Grade.D.value
    out.loc[gone, "method"] = ""
    out.loc[gone, "note"] = table.rule.sentence
    return out


def _rounded(out: pd.DataFrame, table: Table, shown: Flags) -> pd.DataFrame:
    rule, rows = table.rule, np.flatnonzero(table.current)
    if rule.round_to == 1:
        return out
    source = table.cells.source[rows]
    people = rule.released(table.cells.people[rows])
    counted = shown & (source == "count")
    out.loc[counted, "count"] = people[counted]
    denominator = shown & table.guarded[rows]
    out.loc[denominator, "denominator"] = rule.released(table.cells.denominator[rows])[denominator]
    based_on = shown & (source == "denominator")
    out.loc[based_on, "denominator"] = people[based_on]
    crude = shown & table.cells.crude[rows]
    _remade(out, np.where(crude, people, np.nan), crude)
    noted = counted | denominator | based_on | crude
    told = f"rounded to {rule.round_to}"
    old = out.loc[noted, "note"]
    ends = old.str.endswith(told)
    out.loc[noted, "note"] = old.where(ends, (old + "; " + told).str.removeprefix("; "))
    limited = crude & out["lower_95"].notna().to_numpy()
    out.loc[crude, list(LIMITS)] = np.nan
    if limited.any():
        found = with_limits(out.loc[limited])
        out.loc[limited, [*LIMITS, "method"]] = found[[*LIMITS, "method"]]
    return out


def _remade(out: pd.DataFrame, people: Floats, crude: Flags) -> None:
    scale = multipliers(out["unit"])
    rate = scale * people / out["denominator"].to_numpy()
    out.loc[crude, "value"] = np.where(np.isnan(scale), people, rate)[crude]
