"""List the steps from one period to the next that a person should look at.

``python -m tools.compile_snapshot.jumps [FILE]`` reads the snapshot and writes the list for
the county and England; the list is committed, so that a new jump shows as a changed line.
A person writes what each step is into the last two columns; making the list again keeps
what was written for the steps that are still there.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from hwb_analysis.periods import PANDEMIC
from hwb_analysis.sources.snapshot import current_snapshot
from tools.compile_snapshot.areas import ENGLAND, Footprint
from tools.compile_snapshot.review import jumps
from tools.compile_snapshot.write import replace_whole

TARGET = Path("docs/qa/jumps.csv")
GROUP = ["series_id", "vintage", "area_code", "sex", "age", "category_type", "category"]
KEY = ["series_id", "area", "sex", "age", "category", "before", "period"]
COLUMNS = [*KEY, "from", "to"]
WRITTEN = ["kind", "judgement"]
KINDS = (
    "break in definition",
    "pandemic",
    "gap in collection",
    "areas missing from a sum",
    "incomplete records",
    "small numbers",
    "rounding",
    "programme or policy change",
    "correction by the publisher",
    "suspected error, kept as published",
    "same step in other areas or series, no reason known",
    "one area or series only, no reason known",
)


def listing(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row a jump: the two periods, their values, and whether the pandemic is in it."""
    ordered = frame[frame["value"].notna()].sort_values([*GROUP, "period_start"])
    groups = ordered.groupby(GROUP)
    ordered = ordered.assign(
        before=groups["period"].shift(),
        began=groups["period_start"].shift(),
        **{"from": groups["value"].shift().round(3), "to": ordered["value"].round(3)},
    )
    found = ordered.loc[jumps(ordered).index].sort_values([*GROUP, "period_start"])
    touched = (found["began"] <= pd.Timestamp(PANDEMIC[1])) & (
        found["period_end"] >= pd.Timestamp(PANDEMIC[0])
    )
    return found[COLUMNS].assign(pandemic=touched.map({True: "yes", False: "no"}))


def written(path: Path) -> pd.DataFrame:
    """Return what a person wrote into an earlier list; no rows where there is none."""
    if not path.exists():
        return pd.DataFrame(columns=[*KEY, *WRITTEN], dtype=str)
    return pd.read_csv(path, dtype=str, keep_default_na=False).reindex(
        columns=[*KEY, *WRITTEN], fill_value=""
    )


def judged(found: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Return the steps found with what was written before; new steps have empty words."""
    joined = found.merge(before, on=KEY, how="left", validate="one_to_one")
    return joined.fillna(dict.fromkeys(WRITTEN, ""))


def unjudged(found: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that need a person: a kind not in the list, or no judgement."""
    return found[~found["kind"].isin(KINDS) | (found["judgement"].str.strip() == "")]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the list and return the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    target = Path(given[0]) if given else TARGET
    frame = current_snapshot().frame()
    home = frame["area_code"].isin([Footprint.read().county, ENGLAND])
    # Cells of a cross-table jump by their smallness; only totals are looked at.
    totals = frame[home & (frame["category"] == "")]
    found = judged(listing(totals), written(target))
    replace_whole(target, lambda path: found.to_csv(path, index=False, lineterminator="\n"))
    print(f"{len(found)} jumps in {target}; {len(unjudged(found))} need a person's judgement")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
