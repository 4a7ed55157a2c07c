"""``hwb audit`` on the CSV tables of a run: it says what an attacker gets out of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from hwb_analysis.areas import load_areas
from hwb_analysis.audit_command import audit_files
from hwb_analysis.audit_tables import read_tables
from hwb_analysis.errors import DataContractError
from hwb_analysis.strategy import load_strategy

AREA = load_strategy().area
NAMES = [district.name for district in AREA.districts]
HEAD = "Area,Period,Value (people),Lower 95% limit,Upper 95% limit,Count,Status,Note"
MAP_HEAD = "Area,Value (people),Lower 95% limit,Upper 95% limit,Count,Status,Note"
COUNTS = dict(zip(NAMES, (3, 24, 26, 31, 45, 52, 60), strict=True))
GONE = "suppressed,withheld to protect small numbers (under 5 withheld)"


def row(name: str, count: int, period: str, *, hidden: bool = False) -> str:
    numbers = ",,,," if hidden else f"{count},,,{count},"
    return f"{name},{period}{numbers}{GONE if hidden else 'derived,none'}"


def write(place: Path, hidden: set[str], *, county: bool = True) -> Path:
    rows = [row(n, c, "2024/25,", hidden=n in hidden) for n, c in COUNTS.items()]
    rows += [row(AREA.name, sum(COUNTS.values()), "2024/25,")] if county else []
    place.write_text("\n".join([HEAD, *rows, ""]), encoding="utf-8")
    return place


def test_a_gap_alone_below_its_county_is_worked_out(tmp_path: Path) -> None:
    found = audit_files([write(tmp_path / "districts-m-01.csv", {NAMES[0]})], "under-5")
    assert (found.withheld, found.attacked, found.exact, found.safe) == (1, 1, 1, False)


def test_two_gaps_or_no_county_are_safe(tmp_path: Path) -> None:
    two = audit_files([write(tmp_path / "districts-m-01.csv", set(NAMES[:2]))], "under-5")
    assert (two.withheld, two.exact, two.narrowed, two.safe) == (2, 0, 0, True)
    none = write(tmp_path / "districts-m-02.csv", {NAMES[0]}, county=False)
    assert audit_files([none], "under-5").safe


def test_tables_of_one_measure_are_attacked_together(tmp_path: Path) -> None:
    """The county stands in the trend and the second gap on the map, which names no period."""
    bars = write(tmp_path / "districts-m-01.csv", set(NAMES[:2]), county=False)
    trend = tmp_path / "trend-m-01.csv"
    whole = sum(COUNTS.values())
    rows = [row(AREA.name, whole - 40, "2023/24,"), row(AREA.name, whole, "2024/25,")]
    trend.write_text("\n".join([HEAD, *rows, ""]))
    assert audit_files([bars, trend], "under-5").safe
    drawn = tmp_path / "map-m-01.csv"
    drawn.write_text("\n".join([MAP_HEAD, row(NAMES[1], COUNTS[NAMES[1]], ""), ""]))
    found = audit_files([bars, trend, drawn], "under-5")
    assert (found.tables, found.safe) == (3, False)
    assert found.exact > 0


def test_names_become_codes_and_the_heading_gives_the_unit(tmp_path: Path) -> None:
    (frame,) = read_tables([write(tmp_path / "districts-m-01.csv", set())])
    codes = {area.code for area in load_areas()}
    assert set(frame["area_code"]) <= codes
    assert set(frame["unit"]) == {"people"}
    assert set(frame["series_id"]) == {"table:m-01"}
    assert str(frame["period_start"].iloc[0].date()) == "2024-04-01"


def test_a_table_without_areas_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data-notes.csv").write_text("Source,Release\nA,B\n")
    with pytest.raises(DataContractError, match="no table that a run publishes"):
        audit_files([tmp_path / "data-notes.csv"])
