"""The list of jumps that a person looks at."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from hwb_analysis.frame import conform
from tools.compile_snapshot.jumps import listing, main

FIRST = ("cover:", "cover-quarterly:", "lait:", "els:", "fingertips:91547", "census2021:")


def series(values: list[float], first: int = 2010) -> pd.DataFrame:
    """Return a series of calendar years with the given values."""
    years = range(first, first + len(values))
    return conform(
        pd.DataFrame(
            {
                "series_id": "demo:a",
                "area_code": "E06000001",
                "area": "Northshire",
                "period": [str(y) for y in years],
                "period_start": [f"{y}-01-01" for y in years],
                "period_end": [f"{y}-12-31" for y in years],
                "value": values,
            }
        )
    )


def test_a_step_far_outside_the_usual_ones_is_listed_with_both_values() -> None:
    found = listing(series([10.0, 10.3, 10.1, 10.5, 10.2, 14.0, 14.3]))
    assert found[["before", "period", "from", "to", "pandemic"]].to_numpy().tolist() == [
        ["2014", "2015", 10.2, 14.0, "no"]
    ]


def test_a_step_into_the_pandemic_is_marked() -> None:
    found = listing(series([10.0, 10.3, 10.1, 10.5, 10.2, 14.0], first=2016))
    assert list(found["pandemic"]) == ["yes"]


@pytest.mark.parametrize("values", [[1.0, 2.0, 9.0], [1.0, 1.2, 0.9, 1.1, 1.3, 1.0], [5.0] * 8])
def test_short_usual_and_flat_series_give_no_jump(values: list[float]) -> None:
    assert listing(series(values)).empty


def test_the_committed_list_of_the_first_six_sources_is_the_one_the_snapshot_gives(
    root: Path, tmp_path: Path
) -> None:
    main([str(tmp_path / "jumps.csv")])

    def lines(path: Path) -> list[str]:
        return [x for x in path.read_text("utf-8").splitlines() if x.startswith(FIRST)]

    told = "run python -m tools.compile_snapshot.jumps and look at what changed"
    assert lines(root / "docs/qa/jumps.csv") == lines(tmp_path / "jumps.csv"), told
