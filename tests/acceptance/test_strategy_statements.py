"""Statements of the strategy that the figures bear out, one test a statement.

The numbers are typed from the strategy or from the publisher's print. What the snapshot
cannot bear out is not here: the registry says what is missing.
"""

from __future__ import annotations

import pandas as pd
import pytest

import hwb_analysis as hwb

COUNTY, ENGLAND = "Leicestershire", "England"


def values(what: str, area: str = COUNTY, sex: str = "", vintage: str = "newest") -> pd.Series:
    """Return the values of one area by period."""
    frame = hwb.load(what, areas=area, vintage=vintage)
    rows = frame.loc[frame["sex"] == sex] if sex else frame
    assert rows["period"].is_unique
    return rows.set_index("period")["value"].round(2)


def compared(what: str, period: str, better: str, sex: str = "") -> str:
    """Return the comparison of the county with England in one period."""
    done = hwb.compare(hwb.load(what), to=ENGLAND, better=better)
    rows = done.loc[(done["area"] == COUNTY) & (done["period"] == period)]
    rows = rows.loc[rows["sex"] == sex] if sex else rows
    assert len(rows) == 1
    return str(rows["comparison_95"].iloc[0])


def test_slope_index_of_england_in_the_release_the_strategy_used() -> None:
    """9.7 years for men and 7.9 for women in 2018-20; the later release revised both."""
    for sex, first in (("Male", 9.7), ("Female", 7.9)):
        old = values("fingertips:92901", ENGLAND, sex, vintage="2022-2024")
        assert old["2018 - 20"] == first
    new = hwb.load("fingertips:92901", areas=ENGLAND)
    assert set(new["vintage"]) == {"2026-05"}
    assert new.attrs["vintages_left_out"] == (("fingertips:92901", "2022-2024"),)


def test_healthy_life_expectancy_of_women_as_first_published() -> None:
    """63.6 years in 2018-20."""
    assert round(values("ons-subnational:hle-birth", sex="Female")["2018 - 20"], 1) == 63.6


@pytest.mark.parametrize(
    ("sex", "since", "highest", "figures"),
    [
        ("Male", "2015 - 17", 66.1, {"2021 - 23": 62.7, "2022 - 24": 61.5}),
        ("Female", "2014 - 16", 66.4, {"2021 - 23": 62.6, "2022 - 24": 61.4}),
    ],
)
def test_healthy_life_expectancy_is_below_the_named_period(
    sex: str, since: str, highest: float, figures: dict[str, float]
) -> None:
    """Lower than in the period the strategy counts from; two periods, so no trend is claimed."""
    found = values("els:hle-birth", sex=sex).round(1)
    assert found[since] == highest
    for period, value in figures.items():
        assert found[period] == value < highest


@pytest.mark.parametrize("sex", ["Male", "Female"])
def test_healthy_life_expectancy_is_similar_to_england(sex: str) -> None:
    """By interval, in 2018-20."""
    assert compared("els:hle-birth", "2018 - 20", "high", sex) == "similar"


def test_mmr_is_the_lowest_since_figures_were_printed_for_the_county() -> None:
    """2023/24 was the lowest year then; the year after is lower still."""
    found = values("cover:mmr2-5y")
    assert found[:"2023/24"].idxmin() == "2023/24"
    assert found.index[0] == "2015/16"
    assert found["2024/25"] < found["2023/24"]
    assert compared("cover:mmr2-5y", "2023/24", "high") == "better"


def test_good_development_against_england() -> None:
    """72.1 against 71.8 in 2018/19, 69.6 against 67.7 in 2023/24."""
    own, england = values("lait:gld"), values("lait:gld", ENGLAND)
    assert (own["2018/19"], england["2018/19"]) == (72.1, 71.8)
    assert (own["2023/24"], england["2023/24"]) == (69.6, 67.7)


def test_good_development_with_free_meals_against_england() -> None:
    """44.3 against 51.5 in 2023/24."""
    assert values("lait:gld-fsm")["2023/24"] == 44.3
    assert values("lait:gld-fsm", ENGLAND)["2023/24"] == 51.5


def test_care_plans_of_pupils() -> None:
    """4.8 % of pupils in 2023/24."""
    assert values("lait:ehcp")["2023/24"] == 4.8


def test_overweight_in_reception_and_year_6() -> None:
    """Below England and higher than the year before in 2023/24."""
    reception, year6 = values("lait:overweight-reception"), values("lait:overweight-year6")
    assert (reception["2022/23"], reception["2023/24"]) == (18.7, 20.2)
    assert (year6["2022/23"], year6["2023/24"]) == (31.9, 32.4)
    assert values("lait:overweight-reception", ENGLAND)["2023/24"] == 22.1
    assert values("lait:overweight-year6", ENGLAND)["2023/24"] == 35.8


def test_teenage_conceptions() -> None:
    """13.3 against 15.7 in 2019, 13.5 against 13.9 in 2022."""
    own, england = (values("lait:under18-conceptions", a) for a in (COUNTY, ENGLAND))
    assert (own["2019"], england["2019"]) == (13.3, 15.7)
    assert (own["2022"], england["2022"]) == (13.5, 13.9)


def test_looked_after_children() -> None:
    """Health checks, emotional score and immunisations as the strategy tells them."""
    checks = values("lait:lac-health-check")
    assert [checks[p] for p in ("2019/20", "2022/23", "2023/24", "2024/25")] == [92, 76, 82, 91]
    score = values("lait:lac-emotional")
    assert [score[p] for p in ("2021/22", "2023/24", "2024/25")] == [13.6, 14.7, 14.7]
    own, england = (values("lait:lac-immunisation", a) for a in (COUNTY, ENGLAND))
    periods = ["2021/22", "2022/23", "2023/24"]
    assert own[periods].tolist() == [86, 83, 77]
    assert england[periods].tolist() == [85, 82, 82]
    assert own["2024/25"] == 79


def test_cancers_at_stages_1_and_2_were_worse_and_are_similar() -> None:
    """By interval: worse in 2019, similar in 2022."""
    assert compared("els:cancer-stage-1-2", "2019", "high") == "worse"
    assert compared("els:cancer-stage-1-2", "2022", "high") == "similar"


def test_employment_is_above_england() -> None:
    """81.6 against 76.0 in 2023: better by interval."""
    assert compared("els:employment-rate", "2023", "high") == "better"


def test_urban_and_rural_residents() -> None:
    """67.4, 20.4 and 12.2 % on the classification of 2021."""
    shares = [
        round(float(values(f"ruc2021:{kind}").iloc[0]), 1)
        for kind in ("urban", "larger-rural", "smaller-rural")
    ]
    assert shares == [67.4, 20.4, 12.2]


def test_most_deprived_neighbourhoods() -> None:
    """In 2019 two in Loughborough and two in Coalville; in 2025 two and one."""
    lookup = hwb.current_snapshot().lsoa_lookup()
    own = lookup.loc[lookup["county_code"] == hwb.load_strategy().area.code]
    names = {
        edition: sorted(own.loc[own[f"imd{edition}_decile"] == 1, "lsoa21"])
        for edition in ("2019", "2025")
    }
    assert names["2019"] == [
        "Charnwood 002A",
        "Charnwood 003F",
        "North West Leicestershire 009A",
        "North West Leicestershire 009C",
    ]
    assert names["2025"] == [
        "Charnwood 002A",
        "Charnwood 003F",
        "North West Leicestershire 009A",
    ]


def test_kinds_of_period_and_area_are_all_there() -> None:
    """Each kind that the contract names for this product has figures."""
    frame = hwb.current_snapshot().frame(vintage="all")
    assert set(frame["period_kind"]) >= {
        "calendar",
        "financial",
        "academic",
        "rolling",
        "quarter",
        "survey",
        "day",
    }
    assert set(frame["area_type"]) >= {"England", "Region", "County", "District", "MSOA", "LSOA"}
    assert set(frame["status"]) >= {"ok", "derived", "suppressed", "missing", "not_comparable"}
    absent = frame.loc[frame["status"].isin(["suppressed", "missing"])]
    assert absent["value"].isna().all()
    assert (absent["note"] != "").all()
