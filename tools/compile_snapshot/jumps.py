"""List the steps from one period to the next that a person should look at.

``python -m tools.compile_snapshot.jumps [FILE]`` reads the snapshot and writes the list for
the county and England; the list is committed, so that a new jump shows as a changed line.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from hwb_analysis.sources.snapshot import current_snapshot
from tools.compile_snapshot.areas import ENGLAND, Footprint
from tools.compile_snapshot.review import jumps
from tools.compile_snapshot.write import replace_whole

TARGET = Path("docs/qa/jumps.csv")
PANDEMIC = (pd.Timestamp("2020-03-01"), pd.Timestamp("2022-03-31"))
GROUP = ["series_id", "vintage", "area_code", "sex", "age", "category_type", "category"]
COLUMNS = ["series_id", "area", "sex", "age", "category", "before", "period", "from", "to"]


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
    touched = (found["began"] <= PANDEMIC[1]) & (found["period_end"] >= PANDEMIC[0])
    return found[COLUMNS].assign(pandemic=touched.map({True: "yes", False: "no"}))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the list and return the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    target = Path(given[0]) if given else TARGET
    frame = current_snapshot().frame()
    home = frame["area_code"].isin([Footprint.read().county, ENGLAND])
    # Cells of a cross-table jump by their smallness; only totals are looked at.
    found = listing(frame[home & (frame["category"] == "")])
    replace_whole(target, lambda path: found.to_csv(path, index=False, lineterminator="\n"))
    print(f"{len(found)} jumps in {target}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
