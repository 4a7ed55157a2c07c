"""Old areas on new ground: what is carried over, what is added up, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwb_analysis.errors import DataContractError
from hwb_analysis.frame import conform
from hwb_analysis.sources.code_changes import (
    CodeChange,
    CodeChanges,
    load_changes,
    load_lsoa_changes,
)
from hwb_analysis.sources.recode import Rules, bring_to

NORTH = ("E07000150", "E07000152", "E07000153", "E07000156")
WEST = ("E07000151", "E07000154", "E07000155")
CUMBERLAND = ("E07000026", "E07000028", "E07000029")
YORKSHIRE = tuple(f"E0700{n:04d}" for n in range(163, 170))


def rows(codes: tuple[str, ...], *, unit: str = "%", value: float | None = None) -> pd.DataFrame:
    """Return one period with count 10, 20, 30 ... of 100, 200, 300 ... each."""
    counts = [10.0 * n for n in range(1, len(codes) + 1)]
    people = [100.0 * n for n in range(1, len(codes) + 1)]
    values = [
        value if value is not None else 100 * c / p for c, p in zip(counts, people, strict=True)
    ]
    return conform(
        pd.DataFrame(
            {
                "series_id": "demo:share",
                "area_code": list(codes),
                "area": [f"area {code}" for code in codes],
                "area_type": "District",
                "period": "2018",
                "period_start": "2018-01-01",
                "period_end": "2018-12-31",
                "period_kind": "calendar",
                "unit": unit,
                "count": counts,
                "denominator": people,
                "value": values,
                "lower_95": [v - 1 for v in values],
                "upper_95": [v + 1 for v in values],
                "basis": "register",
                "grade": "A",
                "status": "ok",
                "vintage": "1",
                "origin_id": "demo",
            }
        )
    )


def test_northamptonshire_districts_become_two_unitaries() -> None:
    out = bring_to(rows((*NORTH, *WEST)), 2023, load_changes())
    assert out["area_code"].tolist() == ["E06000061", "E06000062"]
    assert out["area"].tolist() == ["North Northamptonshire", "West Northamptonshire"]
    assert out["count"].tolist() == [10 + 20 + 30 + 40, 50 + 60 + 70]
    assert out["denominator"].tolist() == [1000.0, 1800.0]
    assert out["value"].tolist() == [10.0, 10.0]
    assert out["lower_95"].isna().all(), "the old limits do not hold for the sum"
    assert set(out["status"]) == {"derived"}
    assert set(out["area_type"]) == {"Unitary authority"}
    assert "sum of" in out["note"].iloc[0]
    assert "Kettering" in out["note"].iloc[0]


def test_before_the_reorganisation_nothing_happens() -> None:
    frame = rows((*NORTH, *WEST))
    pd.testing.assert_frame_equal(bring_to(frame, 2020, load_changes()), frame)


def test_a_split_county_is_refused_without_weights() -> None:
    with pytest.raises(DataContractError, match="Northamptonshire was split: weights are needed"):
        bring_to(rows(("E10000021",)), 2021, load_changes())
    with pytest.raises(DataContractError, match="Cumbria was split"):
        bring_to(rows(("E10000006",)), 2023, load_changes())


def test_a_refusal_may_be_a_missing_row_with_its_reason() -> None:
    out = bring_to(rows(("E10000021",)), 2021, load_changes(), Rules(refuse=False))
    assert out["status"].tolist() == ["missing", "missing"]
    assert out["value"].isna().all()
    assert out["count"].isna().all()
    assert out["note"].str.contains("weights are needed").all()


def test_cumbria_by_its_districts() -> None:
    out = bring_to(rows(CUMBERLAND), 2023, load_changes())
    assert out[["area_code", "count", "denominator"]].values.tolist() == [
        ["E06000063", 60.0, 600.0]
    ]


def test_a_merger_with_a_part_missing_is_refused_by_name() -> None:
    with pytest.raises(DataContractError, match="no row for Copeland"):
        bring_to(rows(CUMBERLAND[:2]), 2023, load_changes())


def test_somerset_goes_through_two_reorganisations() -> None:
    old = ("E07000187", "E07000188", "E07000189", "E07000190", "E07000191")
    out = bring_to(rows(old), 2024, load_changes())
    assert out["area_code"].tolist() == ["E06000066"]
    assert out["count"].tolist() == [150.0]
    half_way = bring_to(rows(old), 2020, load_changes())
    assert "E07000246" in set(half_way["area_code"])
    assert half_way.loc[half_way["area_code"] == "E07000246", "count"].tolist() == [90.0]


def test_a_county_that_became_one_unitary_keeps_every_figure() -> None:
    for county, unitary in (("E10000027", "E06000066"), ("E10000023", "E06000065")):
        out = bring_to(rows((county,), value=73.2), 2023, load_changes())
        assert out["area_code"].tolist() == [unitary]
        assert out[["value", "lower_95", "upper_95"]].values.tolist() == [[73.2, 72.2, 74.2]]
        assert f"code {county} until 2023" in out["note"].iloc[0]


def test_the_county_goes_before_its_districts_added_up() -> None:
    both = pd.concat([rows(("E10000023",)), rows(YORKSHIRE)], ignore_index=True)
    out = bring_to(both, 2023, load_changes())
    assert out["count"].tolist() == [10.0]
    assert out["status"].tolist() == ["ok"]


def test_a_standardised_rate_is_not_added_up() -> None:
    with pytest.raises(DataContractError, match="value is not count over denominator"):
        bring_to(rows(NORTH, unit="per 100,000", value=312.0), 2021, load_changes())


def test_a_missing_count_stops_the_sum() -> None:
    frame = rows(NORTH)
    frame.loc[0, "count"] = float("nan")
    with pytest.raises(DataContractError, match="a count is missing"):
        bring_to(frame, 2021, load_changes())


def test_old_and_new_side_by_side_are_refused() -> None:
    both = pd.concat([rows(NORTH), rows(("E06000061",))], ignore_index=True)
    with pytest.raises(DataContractError, match="old or its new code was expected, both came"):
        bring_to(both, 2021, load_changes())


def test_weights_must_be_whole() -> None:
    weights = {("E10000021", "E06000061"): 0.4, ("E10000021", "E06000062"): 0.5}
    with pytest.raises(DataContractError, match=r"E10000021 adds up to 0\.9"):
        bring_to(rows(("E10000021",)), 2021, load_changes(), Rules(weights=weights))


def test_a_split_with_weights_is_marked() -> None:
    weights = {("E10000021", "E06000061"): 0.45, ("E10000021", "E06000062"): 0.55}
    out = bring_to(rows(("E10000021",)), 2021, load_changes(), Rules(weights=weights))
    assert out["count"].tolist() == pytest.approx([4.5, 5.5])
    assert set(out["method"]) == {"apportioned"}
    assert set(out["grade"]) == {"C"}


def test_small_areas_of_2011_need_weights_or_the_word_best_fit() -> None:
    changes = load_lsoa_changes()
    split = changes.all[0]
    with pytest.raises(DataContractError, match="was split"):
        bring_to(rows((split.old_code,)), 2021, changes)
    out = bring_to(rows((split.old_code,)), 2021, changes, Rules(best_fit=True))
    assert len(out) == len(changes.successors(split.old_code, 2021)) >= 2
    assert set(out["value"]) == {10.0}
    assert out["count"].isna().all()
    assert out["note"].str.contains("best fit").all()


def test_redrawn_small_areas_are_never_added_up() -> None:
    changes = CodeChanges(
        [CodeChange(2021, "moved", "LSOA", "E01000901", "A", new, new) for new in ("E01000902",)]
    )
    with pytest.raises(DataContractError, match="lines were redrawn"):
        bring_to(rows(("E01000901",)), 2021, changes)


def test_every_code_that_was_left_leads_to_areas_of_today() -> None:
    changes = load_changes()
    gone = changes.gone_by(2024)
    assert len(gone) == 42 + 6, "districts and counties"
    for code in gone:
        found = changes.successors(code, 2024)
        assert found
        assert not set(found) & gone


def test_the_story_of_a_code() -> None:
    changes = load_changes()
    assert changes.story("E07000187") == (
        "E07000187 (Mendip) was merged into E06000066 (Somerset) on 1 April 2023"
    )
    assert changes.story("E10000006").startswith("E10000006 (Cumbria) was split into")
    assert changes.story("E06000066") == ""


def test_a_broken_look_up_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "changes.csv"
    path.write_text("year,kind\n2020,merged\n")
    with pytest.raises(DataContractError, match="old_code"):
        load_changes(path)
    path.write_text(
        "year,kind,area_type,old_code,old_area,new_code,new_area\n2020,eaten,District,a,a,b,b\n"
    )
    with pytest.raises(DataContractError, match="eaten"):
        load_changes(path)


@given(st.lists(st.integers(min_value=0, max_value=10_000), min_size=4, max_size=4))
def test_adding_up_keeps_every_person(counts: list[int]) -> None:
    frame = rows(NORTH)
    frame["count"] = [float(c) for c in counts]
    frame["denominator"] = 10_000.0
    frame["value"] = frame["count"] / 100
    frame[["lower_95", "upper_95"]] = float("nan")
    out = bring_to(frame, 2021, load_changes())
    assert out["count"].sum() == sum(counts)
    assert out["value"].iloc[0] == pytest.approx(sum(counts) / 400)
