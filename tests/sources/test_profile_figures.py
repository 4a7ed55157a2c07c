"""Profiles, discharge, care and vaccines in the snapshot: printed figures, grades, vintages."""

from __future__ import annotations

import pandas as pd
import pytest

import hwb_analysis as hwb
from hwb_analysis.sources.snapshot import Snapshot, current_snapshot

OWN = (
    "fingertips-adults",
    "fingertips-districts",
    "fingertips-all",
    "fingertips-2020-counties",
    "fingertips-2020-districts",
    "fingertips-2019",
    "fingertips-social",
    "fingertips-alcohol-deaths",
    "suicide",
    "conceptions",
    "cover-official",
    "discharge",
    "ascof",
    "cycling",
    "chlamydia-2012",
)
HOME, ENGLAND, NORTH_WEST = "Leicestershire", "England", "North West Leicestershire"
WORD = "publisher's comparison with England: "


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return current_snapshot()


@pytest.fixture(scope="module")
def own(snapshot: Snapshot) -> pd.DataFrame:
    ids = [key for key, info in snapshot.series.items() if info.origin_id in OWN]
    return snapshot.frame(ids, vintage="all")


def one(series: str, area: str, period: str, sex: str = "", vintage: str = "newest") -> pd.Series:
    frame = hwb.load(series, areas=area, vintage=vintage)
    rows = frame[(frame["period"] == period) & (frame["category"] == "")]
    rows = rows[rows["sex"] == sex] if sex else rows
    assert len(rows) == 1, (series, area, period)
    return rows.iloc[0]


# Series, area, period, sex, printed value, decimals of the print: typed from the publishers.
PRINTED = [
    ("fingertips:92443", HOME, "2024", "Persons", 7.3645, 4),
    ("fingertips:92443", HOME, "2018", "Persons", 13.179, 3),
    ("fingertips:92443", "Charnwood", "2024", "", 4.4, 1),
    ("fingertips:93015", HOME, "Nov 2023 to Nov 2024", "", 20.82536, 5),
    ("fingertips:93015", NORTH_WEST, "Nov 2024 to Nov 2025", "", 17.6, 1),
    ("fingertips:93982", HOME, "Nov 2023 to Nov 2024", "", 32.05577, 5),
    ("fingertips:93088", "Charnwood", "Nov 2024 to Nov 2025", "", 67.9, 1),
    ("fingertips:93570", NORTH_WEST, "2024/25", "", 46.9, 1),
    ("fingertips:90366", NORTH_WEST, "2023 - 25", "Male", 80.1, 1),
    ("fingertips:93721", "Charnwood", "2024", "Persons", 121.4, 1),
    ("fingertips:90638", HOME, "2018/19", "Persons", 30.0, 1),
    ("fingertips:90638", HOME, "2012/13", "Persons", 40.6, 1),
    ("fingertips:91380", HOME, "2016 - 18", "Persons", 9.469347545, 9),
    ("fingertips:41001", HOME, "2019 - 21", "Persons", 8.69072810649886, 9),
    ("fingertips:41001", ENGLAND, "2017 - 19", "Persons", 10.1, 1),
    ("fingertips-2020:92901", HOME, "2015 - 17", "Male", 6.6, 1),
    ("fingertips-2020:92901", HOME, "2010 - 12", "Male", 6.1, 1),
    ("fingertips-2020:92901", HOME, "2010 - 12", "Female", 4.8, 1),
    ("fingertips-2020:90813", HOME, "2017/18", "", 261.1, 1),
    ("fingertips-2020:22401", NORTH_WEST, "2017/18", "", 1875.0, 1),
    ("fingertips-2020:92949", NORTH_WEST, "2018", "", 68.4, 1),
    ("fingertips-2019:21001", "Charnwood", "2017/18", "", 136.7449, 4),
    ("fingertips-2019:93560", "Charnwood", "31 Mar 2019", "", 74.5077, 4),
    ("conceptions:under-18", HOME, "1998", "", 38.0, 1),
    ("conceptions:under-18", NORTH_WEST, "2017", "", 17.5, 1),
    ("conceptions:share-to-abortion", HOME, "2017", "", 18.9, 1),
    ("cover-official:mmr2-5y", HOME, "2024/25", "", 91.0, 1),
    ("cover-official:mmr2-5y", ENGLAND, "2024/25", "", 83.7, 1),
    ("discharge:same-day", HOME, "2024/25", "", 85.73, 2),
    ("discharge:same-day", ENGLAND, "2024/25", "", 86.46, 2),
    ("discharge:days-when-delayed", HOME, "2024/25", "", 4.27, 2),
    ("discharge-monthly:days-when-delayed", ENGLAND, "Sep 2024", "", 6.31, 2),
    ("ascof:care-home-admissions-65", HOME, "2020/21", "", 308.8, 1),
    ("ascof:care-home-admissions-65", ENGLAND, "2020/21", "", 498.2, 1),
    ("ascof:home-91-days", HOME, "2020/21", "", 84.7, 1),
    ("ascof:reablement-offered", HOME, "2020/21", "", 2.9, 1),
    ("cycling:travel-3-times-a-week", HOME, "Nov 2015 to Nov 2016", "", 2.52, 2),
]
COUNTED = [
    ("fingertips-2019:91720", "31 Mar 2018", 70_469, 110_790),
    ("fingertips-2019:93560", "31 Mar 2019", 85_157, 111_221),
    ("fingertips-2019:93561", "31 Mar 2019", 50_309, 63_250),
    ("fingertips-2019:20201", "2016/17", 4_469, 6_400),
    ("fingertips-2019:20601", "2018/19", 1_387, 7_061),
    ("fingertips-2019:20602", "2018/19", 2_149, 7_169),
    ("fingertips-2019:20401", "2017", 135, 11_019),
    ("cover-official:mmr2-5y", "2024/25", 7_245, 7_961),
    ("cover-official:dtap-1y", "2024/25", 6_488, 6_829),
    ("discharge:same-day", "2024/25", 46_568, 54_320),
    ("ascof:care-home-admissions-65", "2020/21", 453, 146_675),
    ("ascof:home-91-days", "2020/21", 431, 509),
    ("ascof:reablement-offered", "2020/21", 509, 17_670),
    ("chlamydia-2012:tests-women", "2012", 13_728, 39_987),
]
LIMITED = [
    ("fingertips:92443", "2024", 5.46991, 9.2591),
    ("fingertips:93015", "Nov 2023 to Nov 2024", 19.30285, 22.37631),
    ("fingertips:90638", "2018/19", 26.0, 34.0),
    ("fingertips:91380", "2016 - 18", 8.191863825, 10.88900893),
]


@pytest.mark.parametrize(("series", "area", "period", "sex", "printed", "decimals"), PRINTED)
def test_printed_value(
    series: str, area: str, period: str, sex: str, printed: float, decimals: int
) -> None:
    assert round(float(one(series, area, period, sex)["value"]), decimals) == round(
        printed, decimals
    )


@pytest.mark.parametrize(("series", "period", "count", "denominator"), COUNTED)
def test_counts_of_the_county(series: str, period: str, count: int, denominator: int) -> None:
    found = one(series, HOME, period)
    assert (found["count"], found["denominator"]) == (count, denominator)
    assert found["grade"] == "A"


@pytest.mark.parametrize(("series", "period", "lower", "upper"), LIMITED)
def test_published_limits_of_the_county(
    series: str, period: str, lower: float, upper: float
) -> None:
    found = one(series, HOME, period, "Persons")
    assert (found["lower_95"], found["upper_95"]) == pytest.approx((lower, upper), abs=1e-9)
    assert found["method"] == "published"


@pytest.mark.parametrize(("sex", "older", "newer"), [("Male", 9.7, 9.9), ("Female", 7.9, 7.8)])
def test_two_releases_of_the_slope_index_stay_apart(sex: str, older: float, newer: float) -> None:
    wanted = ("fingertips:92901", ENGLAND, "2018 - 20", sex)
    assert one(*wanted, vintage="2022-2024")["value"] == older
    assert one(*wanted)["value"] == newer


def test_the_newest_release_is_given_and_the_other_named() -> None:
    found = hwb.load("fingertips:92901", areas="home")
    assert set(found["vintage"]) == {"2026-05"}
    assert ("fingertips:92901", "2022-2024") in found.attrs["vintages_left_out"]


@pytest.mark.parametrize(
    ("series", "area", "period", "sex", "word"),
    [
        ("fingertips:41001", HOME, "2019 - 21", "Persons", "better"),
        ("fingertips:41001", HOME, "2019 - 21", "Female", "similar"),
        ("fingertips-2020:90632", HOME, "2017/18", "", "worse"),
        ("fingertips:93015", NORTH_WEST, "Nov 2024 to Nov 2025", "", "better"),
    ],
)
def test_the_publishers_word_stands_in_the_note(
    series: str, area: str, period: str, sex: str, word: str
) -> None:
    found = one(series, area, period, sex)
    assert found["grade"] == "B"
    assert found["note"].startswith(WORD + word)


def test_grade_b_has_a_word_and_no_limits_and_grade_c_neither(own: pd.DataFrame) -> None:
    spoken, bare = own[own["grade"] == "B"], own[own["grade"] == "C"]
    assert spoken["note"].str.startswith(WORD).all()
    assert spoken["lower_95"].isna().all()
    assert not bare["note"].str.contains(WORD).any()
    assert bare["lower_95"].isna().all()


def test_grade_a_has_limits_or_counts_that_make_its_value(
    snapshot: Snapshot, own: pd.DataFrame
) -> None:
    counted = own[(own["grade"] == "A") & own["lower_95"].isna()]
    factor = counted["series_id"].map(lambda key: snapshot.series[key].multiplier)
    apart = (factor * counted["count"] / counted["denominator"] - counted["value"]).abs()
    assert len(counted) > 4_000
    assert apart.max() <= 0.0501


def test_a_row_without_a_value_is_graded_d_or_c_and_says_why(own: pd.DataFrame) -> None:
    absent = own[own["value"].isna()]
    assert set(absent["grade"]) <= {"C", "D"}
    assert (absent["note"] != "").all()
    assert set(absent["status"]) <= {"missing", "suppressed"}


def test_surveys_carry_no_counts(own: pd.DataFrame) -> None:
    surveyed = own[own["basis"] == "survey"]
    assert len(surveyed) > 3_000
    assert surveyed[["count", "denominator"]].isna().all(axis=None)


@pytest.mark.parametrize(
    "series", ["fingertips:93014", "fingertips:93570", "fingertips-2020:22401"]
)
def test_a_table_of_districts_says_that_the_county_is_not_in_it(series: str) -> None:
    found = hwb.load(series, areas=HOME)
    assert found["value"].isna().all()
    assert found["note"].str.contains("districts and England only").all()
    assert hwb.load(series, areas="districts")["area"].nunique() == 7


@pytest.mark.parametrize("number", ["93088", "93015", "90366", "92901", "93721"])
def test_all_districts_hold_the_figures_of_our_own(number: str) -> None:
    ours = hwb.load(f"fingertips:{number}", areas="districts")
    every = hwb.load(f"fingertips-all:{number}", areas="all")
    both = ours.merge(every, on=["area_code", "period_end", "sex"], suffixes=("", "_all"))
    assert both["area_code"].nunique() == 7
    assert (both["value"] == both["value_all"]).all()
    assert every["area_code"].nunique() > 290
    assert every["period"].nunique() == 1


def test_official_coverage_names_rutland_on_every_row_of_the_county(own: pd.DataFrame) -> None:
    official = own[own["origin_id"] == "cover-official"]
    ours = official[official["area"] == HOME]
    assert len(ours) == 14
    assert ours["note"].str.contains("Rutland").all()
    assert "Rutland" not in set(official["area"])


def test_official_coverage_is_near_the_four_quarters_and_not_joined_to_them() -> None:
    official = one("cover-official:mmr2-5y", HOME, "2024/25")
    derived = one("cover:mmr2-5y", HOME, "2024/25")
    assert derived["denominator"] < official["denominator"]
    assert 0 < derived["value"] - official["value"] < 0.5
    assert set(hwb.load("cover:mmr2-5y")["origin_id"]) == {"cover-annual"}


def test_survey_years_of_two_publishers_are_the_same_days_and_figures() -> None:
    keys = ["area_code", "period_start", "period_end"]
    profiles = hwb.load("fingertips:93881", areas=HOME)
    statistics = hwb.load("els:adult-obesity", areas=HOME)
    both = profiles.merge(statistics, on=keys, suffixes=("", "_els"))
    assert len(both) == 9
    assert (both["value"] - both["value_els"]).abs().max() < 1e-5


def test_conceptions_of_two_publishers_agree_where_both_print_them() -> None:
    ours = hwb.load("conceptions:under-18", areas=HOME).set_index("period")["value"]
    other = hwb.load("lait:under18-conceptions", areas=HOME).set_index("period")["value"]
    for year in ("2016", "2017"):
        assert ours[year] == other[year]


def test_months_of_discharge_add_up_to_the_year() -> None:
    months = hwb.load("discharge-monthly:same-day", areas=HOME)
    year = one("discharge:same-day", HOME, "2024/25")
    assert len(months) == 12
    assert months["denominator"].sum() == year["denominator"]
    assert months["count"].sum() == year["count"]


def test_rows_read_are_rows_kept_and_rows_left_out(snapshot: Snapshot) -> None:
    for origin_id in OWN:
        origin = snapshot.origins[origin_id]
        assert origin.rows_in == origin.rows_out + sum(origin.rows_dropped.values()), origin_id
        assert origin.licence == "Open Government Licence v3.0"


def test_proportions_lie_between_0_and_100(snapshot: Snapshot, own: pd.DataFrame) -> None:
    shares = own["series_id"].map(lambda key: snapshot.series[key].value_type) == "proportion"
    assert own.loc[shares & own["value"].notna(), "value"].between(0, 100).all()
