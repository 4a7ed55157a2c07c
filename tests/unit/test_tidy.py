"""A table of somebody's own becomes a frame that every verb takes."""

from __future__ import annotations

import pandas as pd
import pytest

import hwb_analysis as hwb
from hwb_analysis.errors import DataContractError
from hwb_analysis.frame import validate
from hwb_analysis.own_tables import tidy

OWN = pd.DataFrame(
    {
        "Town": ["Ash", "Elm", "England", "Ash", "Elm", "England"],
        "Year": ["2022/23"] * 3 + ["2023/24"] * 3,
        "Cases": [12, 30, 1500, 20, 31, 1510],
        "People": [100, 150, 10_000] * 2,
    },
    index=[5, 5, 7, 8, 9, 9],
)


def frame_of(table: pd.DataFrame = OWN, **options: str) -> pd.DataFrame:
    return tidy(table, area="Town", period="Year", count="Cases", denominator="People", **options)


def test_the_frame_keeps_the_contract() -> None:
    """Whatever the index of the table was."""
    frame = validate(frame_of())
    assert frame["value"].tolist() == pytest.approx([12, 20, 15, 20, 20.67, 15.1], abs=0.01)
    assert frame["period_start"].dt.strftime("%Y-%m-%d").tolist()[::3] == [
        "2022-04-01",
        "2023-04-01",
    ]


def test_known_areas_get_their_codes_and_others_are_their_own() -> None:
    codes = frame_of().set_index("area")["area_code"].to_dict()
    assert codes["England"].startswith("E92")
    assert codes["Ash"] == "Ash"


def test_verbs_take_it() -> None:
    frame = hwb.with_limits(frame_of())
    compared = hwb.compare(frame, to="England", better="low")
    assert compared.set_index(["area", "period"]).loc[("Ash", "2022/23"), "comparison_95"] == (
        "similar"
    )
    gap = hwb.gap(frame, most="Elm", least="Ash")
    assert gap["gap"].round(2).tolist() == [8.0, 0.67]
    assert hwb.trend(frame, rule="auto")["reason"].str.contains("2 usable points").all()


def test_a_rate_takes_its_multiplier_from_the_unit() -> None:
    assert frame_of(unit="per 1,000")["value"].iloc[0] == pytest.approx(120)
    with pytest.raises(DataContractError, match="does not say what"):
        frame_of(unit="days")


def test_values_may_be_given_instead() -> None:
    table = OWN.assign(Rate=[1.0, None, 3, 4, 5, 6])
    frame = tidy(table, area="Town", period="Year", value="Rate", unit="score")
    assert frame["status"].tolist() == ["ok", "missing", "ok", "ok", "ok", "ok"]
    assert frame["count"].isna().all()
    validate(frame)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"area": "Place"}, "not found: Place"),
        ({"rate": "Cases"}, "no such field of a tidy frame: rate"),
    ],
)
def test_what_is_absent_or_unknown_is_named(change: dict[str, str], told: str) -> None:
    names = {"area": "Town", "period": "Year", "count": "Cases", "denominator": "People"} | change
    with pytest.raises(DataContractError, match=told):
        tidy(OWN, **names)


def test_without_any_figure_it_is_refused() -> None:
    with pytest.raises(DataContractError, match="a value, or a count and a denominator"):
        tidy(OWN, area="Town", period="Year", count="Cases")


def test_a_period_that_cannot_be_read_says_how_to_write_it() -> None:
    with pytest.raises(DataContractError, match="none of the known forms"):
        frame_of(OWN.assign(Year="last year"))
