"""Special needs support and requests for plans: read from LAIT, and what they add up to."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from hwb_analysis.sources.snapshot import current_snapshot
from tools.compile_snapshot.lait_more import FILE
from tools.compile_snapshot.lait_more import compile as compile_lait_more

HEADER = (
    "lait_code,measure_short,topic,measure,unit,polarity,year_type,period,area_code,area_name,"
    "la_number,value,raw_value"
)
COUNTY, ENGLAND = "E10000018", "E92000001"


def compiled(folder: Path, *rows: str) -> pd.DataFrame:
    """Return the frame that comes of some rows of the input file."""
    path = folder / FILE
    path.parent.mkdir(parents=True)
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    (item,) = compile_lait_more(folder)
    assert item.ledger.rows_in - sum(item.ledger.dropped.values()) == len(item.frame)
    return item.frame


def test_only_the_two_measures_are_kept_each_with_its_kind_of_year(tmp_path: Path) -> None:
    frame = compiled(
        tmp_path,
        f"231,SEN_TotSENSuP,T,M,%,,Academic Year,2024,{COUNTY},Ourshire,1,13.0,",
        f",SEN_INIT_REQ,T,M,Number,-,Calendar Year,2024,{COUNTY},Ourshire,1,1582.0,",
        f"7,RTA,T,M,Rate,Low,Calendar Year,2014-16,{COUNTY},Ourshire,1,12.5,",
    )
    found = frame.set_index("series_id")[["period", "value", "unit", "grade"]].T.to_dict("list")
    assert found == {
        "lait:sen-support": ["2023/24", 13.0, "%", "C"],
        "lait:ehc-plan-requests": ["2024", 1582.0, "requests", "C"],
    }


def test_a_dash_is_missing_with_its_reason(tmp_path: Path) -> None:
    row = f"231,SEN_TotSENSuP,T,M,%,,Academic Year,2024,{COUNTY},Ourshire,1,,-"
    frame = compiled(tmp_path, row)
    assert frame["status"].tolist() == ["missing"]
    assert "dash" in frame["note"].iloc[0]


@pytest.mark.parametrize(
    ("series", "area", "period", "value"),
    [
        ("lait:sen-support", COUNTY, "2023/24", 13.0),
        ("lait:sen-support", ENGLAND, "2023/24", 13.6),
        ("lait:ehc-plan-requests", COUNTY, "2019", 1019),
        ("lait:ehc-plan-requests", COUNTY, "2024", 1582),
        ("lait:ehc-plan-requests", ENGLAND, "2024", 154489),
    ],
)
def test_figures_read_by_eye(series: str, area: str, period: str, value: float) -> None:
    frame = current_snapshot().frame([series])
    row = frame[(frame["area_code"] == area) & (frame["period"] == period)]
    assert row["value"].tolist() == [value]
