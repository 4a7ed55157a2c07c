"""The corrections file: what it may say, what it changes, and what it tells."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from hwb_analysis.errors import DataContractError
from hwb_analysis.frame import conform
from hwb_analysis.sources.corrections import apply_corrections, read_corrections

GOOD = """
corrections:
  - series: fingertips:1
    match: {area_code: E06000001, period: '2023'}
    field: value
    was: 912
    value: 91.2
    reason: the point slipped
    date: 2026-11-02
    source: help desk
"""


def frame(value: float = 912.0) -> pd.DataFrame:
    return conform(
        pd.DataFrame(
            {
                "series_id": "fingertips:1",
                "area_code": ["E06000001", "E06000002"],
                "period": "2023",
                "value": [value, 50.0],
                "count": [5.0, 6.0],
                "status": "ok",
                "grade": "A",
            }
        )
    )


def read(tmp_path: Path, text: str) -> tuple[object, ...]:
    path = tmp_path / "corrections.yaml"
    path.write_text(text)
    return read_corrections(path)


def test_a_figure_is_mended_and_told(tmp_path: Path) -> None:
    mended, lines = apply_corrections(frame(), read(tmp_path, GOOD))
    assert mended["value"].tolist() == [91.2, 50.0]
    assert mended["note"].tolist() == ["corrected: the point slipped (help desk)", ""]
    assert lines == [
        "fingertips:1 area_code E06000001, period 2023: value is 91.2; the point slipped "
        "(2026-11-02); 1 row corrected"
    ]


def test_a_figure_that_the_publisher_mended_is_left_alone(tmp_path: Path) -> None:
    mended, lines = apply_corrections(frame(91.4), read(tmp_path, GOOD))
    assert mended["value"].tolist() == [91.4, 50.0]
    assert "no longer 912, nothing corrected" in lines[0]


def test_a_correction_without_a_row_is_told(tmp_path: Path) -> None:
    _, lines = apply_corrections(frame(), read(tmp_path, GOOD.replace("'2023'", "'1999'")))
    assert "no row fits" in lines[0]


def test_a_figure_made_missing_takes_its_count_with_it(tmp_path: Path) -> None:
    mended, _ = apply_corrections(
        frame(), read(tmp_path, GOOD.replace("value: 91.2", "value: null"))
    )
    assert mended.loc[0, ["value", "count"]].isna().all()
    assert mended.loc[0, "status"] == "missing"
    assert mended.loc[1, "count"] == 6.0


def test_no_file_is_no_correction(tmp_path: Path) -> None:
    assert read_corrections(tmp_path / "none.yaml") == ()
    assert read(tmp_path, "corrections: []") == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("    reason: the point slipped\n", ""), "entry 1: reason is missing"),
        (("field: value", "field: colour"), "field must be of"),
        (("value: 91.2", "value: high"), "value must be a number"),
        (("date: 2026-11-02", "date: soon"), "date must be a day"),
        (("area_code: E06000001", "town: X"), "match must be of"),
        (("match: {area_code: E06000001, period: '2023'}", "match: {}"), "match names no column"),
        (("source: help desk", "source: ''"), "source is empty"),
        (("source: help desk", "source: x\n    colour: y"), "'colour' is unknown"),
        (("corrections:", "corrections: ["), "a list of corrections was expected"),
    ],
)
def test_a_bad_file_is_refused_with_its_entry(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    with pytest.raises(DataContractError, match=said):
        read(tmp_path, GOOD.replace(*change))
