"""The mistakes of a first day: each is answered with what to type instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import hwb_analysis as hwb
from hwb_analysis.errors import DataContractError, HwbError, StatisticsError, UsageError

PLAIN = pd.DataFrame(
    {"district": ["Ash", "Elm", "Oak"], "deaths": [12, 30, 5], "people": [1000, 2000, 500]}
)
TENTHS = PLAIN.assign(group=[1, 2, 3], age=["0-64", "65-74", "75+"])
YEARS = ["2018", "2019", "2020", "2021", "2022", "2023"]
OWN = pd.DataFrame(
    {
        "Town": ["Ash", "Elm", "England"] * 6,
        "Year": [year for year in YEARS for _ in range(3)],
        "Cases": range(100, 118),
        "People": 1000,
    }
)
NAMED = {"count": "deaths", "denominator": "people"}


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return hwb.with_limits(own())


def own(table: pd.DataFrame = OWN, **named: str) -> pd.DataFrame:
    columns = {"count": "Cases", "denominator": "People"} | named
    return hwb.tidy(table, area="Town", period="Year", **columns)


# One call of each verb that takes a frame, with what it needs beside the frame.
TAKES_COLUMNS: dict[str, Callable[[Any], Any]] = {
    "rate": lambda f: hwb.rate(f, **NAMED),
    "proportion": lambda f: hwb.proportion(f, **NAMED),
    "mean": lambda f: hwb.mean(f, value="deaths"),
    "funnel": lambda f: hwb.funnel(f, statistic="proportion", **NAMED),
    "direct_rate": lambda f: hwb.direct_rate(f, **NAMED),
    "indirect_ratio": lambda f: hwb.indirect_ratio(f, TENTHS, **NAMED),
    "comparative_figure": lambda f: hwb.comparative_figure(f, TENTHS, **NAMED),
    "years_of_life_lost": lambda f: hwb.years_of_life_lost(f, deaths="deaths", population="people"),
    "life_expectancy": lambda f: hwb.life_expectancy(f, deaths="deaths", population="people"),
    "slope_index": lambda f: hwb.slope_index(f, group="group", better="low", **NAMED).to_frame(),
}
TAKES_TIDY: dict[str, Callable[[Any], Any]] = {
    "with_limits": lambda f: hwb.with_limits(f),
    "compare": lambda f: hwb.compare(f, to="England"),
    "gap": lambda f: hwb.gap(f, most="Ash", least="Elm"),
    "all_gaps": lambda f: hwb.all_gaps(f, areas=["Ash", "Elm"]),
    "gaps_to_rest": lambda f: hwb.gaps_to_rest(f, areas=["Ash", "Elm"]),
    "ranks": lambda f: hwb.ranks(f, areas=["Ash", "Elm"], better="low"),
    "inequality": lambda f: hwb.inequality(f),
    "trend": lambda f: hwb.trend(f),
    "change_since": lambda f: hwb.change_since(f, "2021-12-31"),
}
EVERY = TAKES_COLUMNS | TAKES_TIDY


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("given", [PLAIN["deaths"], "deaths.csv", [1, 2], {"deaths": [1]}, 3])
def test_what_is_no_frame_is_refused_with_what_to_do(name: str, given: Any) -> None:
    with pytest.raises(DataContractError, match=r"a data frame was expected, got an? ") as caught:
        EVERY[name](given)
    assert caught.value.remedy


def test_a_single_column_is_named_in_the_message() -> None:
    with pytest.raises(DataContractError, match="that is one column \\('deaths'\\)"):
        hwb.rate(PLAIN["deaths"])
    with pytest.raises(DataContractError, match=r"read_csv"):
        hwb.tidy("mine.csv", area="Town", period="Year")


@pytest.mark.parametrize("name", TAKES_COLUMNS)
def test_a_frame_of_another_library_gives_the_same(name: str) -> None:
    """Anything with ``to_pandas``: a table of pyarrow here, polars and narwhals likewise."""
    call = TAKES_COLUMNS[name]
    pd.testing.assert_frame_equal(call(pa.Table.from_pandas(TENTHS)), call(TENTHS))


def test_tidy_frames_of_another_library_give_the_same(frame: pd.DataFrame) -> None:
    other = pa.Table.from_pandas(frame)
    for call in TAKES_TIDY.values():
        pd.testing.assert_frame_equal(pd.DataFrame(call(other)), pd.DataFrame(call(frame)))
    pd.testing.assert_frame_equal(own(pa.Table.from_pandas(OWN)), own())


@pytest.mark.parametrize("name", TAKES_COLUMNS)
def test_a_misspelt_column_names_the_nearest(name: str) -> None:
    table = TENTHS.rename(columns={"deaths": "death"})
    with pytest.raises(StatisticsError, match="did you mean 'death' for 'deaths'"):
        TAKES_COLUMNS[name](table)


@pytest.mark.parametrize("name", TAKES_TIDY)
def test_a_plain_table_is_sent_to_tidy(name: str) -> None:
    with pytest.raises(StatisticsError, match=r"hwb\.tidy\(table, area=") as caught:
        TAKES_TIDY[name](PLAIN)
    assert "district, deaths, people" in str(caught.value)


def test_columns_that_were_not_named_are_asked_for() -> None:
    with pytest.raises(StatisticsError, match="name yours in the call; the frame has: district"):
        hwb.rate(PLAIN)


def test_a_wide_table_is_not_listed_whole() -> None:
    wide = pd.DataFrame([range(60)], columns=[f"c{i}" for i in range(60)])
    with pytest.raises(StatisticsError, match="c19 and 40 more"):
        hwb.rate(wide, count="deaths", denominator="people")


@pytest.mark.parametrize(
    ("texts", "shown", "typed"),
    [
        (["12.5%", "3%", "4%"], "'12.5%'", 'frame["deaths"].str.rstrip("%")'),
        (["1,200", "30", "5"], "'1,200'", 'frame["deaths"].str.replace(",", "")'),
        (["12", "30", "5"], "'12'", 'pandas.to_numeric(frame["deaths"])'),
        (["12", "<5", "5"], "'<5'", 'errors="coerce") makes missing'),
        (["12", "1,000%", "*"], "'1,000%'", 'errors="coerce") makes missing'),
    ],
)
def test_numbers_that_are_text_come_with_the_line_that_mends_them(
    texts: list[str], shown: str, typed: str
) -> None:
    for call in TAKES_COLUMNS.values():
        with pytest.raises(StatisticsError, match="column deaths must be numbers") as caught:
            call(TENTHS.assign(deaths=texts))
        assert shown in str(caught.value)
        assert typed in str(caught.value)
    with pytest.raises(DataContractError, match="column Cases must be numbers"):
        own(OWN.assign(Cases=[*texts * 6]))


def test_the_line_that_mends_does_mend() -> None:
    table = PLAIN.assign(deaths=["12", "30", "<5"])
    mended = table.assign(deaths=pd.to_numeric(table["deaths"], errors="coerce"))
    rates = hwb.rate(mended, **NAMED)
    assert rates["reason"].tolist() == ["", "", "the count is missing"]


def test_numbers_among_objects_are_numbers() -> None:
    """A column with None in it is an object column in some readers."""
    odd = PLAIN.assign(deaths=pd.Series([12, None, 5], dtype=object))
    assert hwb.rate(odd, **NAMED)["value"].round(0).tolist()[::2] == [1200, 1000]
    with pytest.raises(StatisticsError, match="is yes or no"):
        hwb.rate(PLAIN.assign(deaths=[True, False, True]), **NAMED)


def test_missing_denominators_make_missing_rows_with_a_reason() -> None:
    for people, reason in ((np.nan, "the denominator is missing"), (0, "the denominator is zero")):
        for verb in (hwb.rate, hwb.proportion):
            found = verb(PLAIN.assign(people=[1000, people, 500]), **NAMED)
            assert found["reason"].tolist() == ["", reason, ""]
            assert np.isnan(found.loc[1, ["value", "lower_95", "upper_998"]].astype(float)).all()


def test_a_missing_denominator_stays_missing_in_a_tidy_frame() -> None:
    for people, cases in ((np.nan, 100), (0, 0)):
        made = own(OWN.assign(People=[people, *[1000] * 17], Cases=[cases, *range(17)]))
        assert made["status"].tolist() == ["missing", *["ok"] * 17]
        assert np.isnan(made["value"].iloc[0])


def test_counts_above_their_people_are_refused() -> None:
    above = PLAIN.assign(deaths=[12, 2001, 5])
    with pytest.raises(StatisticsError, match="count is above its denominator: 1 value"):
        hwb.proportion(above, **NAMED)
    with pytest.raises(StatisticsError, match="count is above its denominator"):
        hwb.funnel(above, statistic="proportion", **NAMED)
    with pytest.raises(DataContractError, match="above its denominator: 1 row") as caught:
        own(OWN.assign(Cases=[1001, *range(17)]))
    assert "first Ash, 2018" in str(caught.value)
    # Visits to a clinic may outnumber the people: a rate is no share.
    visits = own(OWN.assign(Cases=[1001, *range(17)]), unit="per 1,000")
    assert visits["value"].iloc[0] == pytest.approx(1001)


def test_names_of_areas_do_as_well_as_codes(frame: pd.DataFrame) -> None:
    nation = frame.loc[frame["area"] == "England", "area_code"].iloc[0]
    by_name, by_code = (hwb.compare(frame, to=to) for to in ("England", nation))
    pd.testing.assert_frame_equal(by_name, by_code)


@pytest.mark.parametrize(
    "call",
    [
        lambda f: hwb.compare(f, to="england"),
        lambda f: hwb.gap(f, most="Ash", least="Englnd"),
        lambda f: hwb.all_gaps(f, areas=["Englandd", "Ash"]),
        lambda f: hwb.ranks(f, areas=["Englandd", "Ash"]),
    ],
)
def test_a_misspelt_area_names_the_nearest(call: Callable[[Any], Any], frame: Any) -> None:
    with pytest.raises(StatisticsError, match="did you mean 'England'"):
        call(frame)


def test_one_area_in_place_of_a_list(frame: pd.DataFrame) -> None:
    with pytest.raises(StatisticsError, match="a list of areas was expected, got the text 'Ash'"):
        hwb.ranks(frame, areas="Ash")


def test_the_order_of_rows_is_of_no_matter(frame: pd.DataFrame) -> None:
    shuffled = frame.sample(frac=1, random_state=3)
    for rule in ("national", "auto", "mann-kendall"):
        one, other = (pd.DataFrame(hwb.trend(f, rule=rule)) for f in (frame, shuffled))
        pd.testing.assert_frame_equal(one, other)
    changes = [hwb.change_since(f, "2020-12-31") for f in (frame, shuffled)]
    pd.testing.assert_frame_equal(*changes)


def test_one_period_has_no_trend_and_says_so(frame: pd.DataFrame) -> None:
    one = frame.loc[frame["period"] == "2023"]
    assert "1 usable point" in hwb.trend(one, rule="auto").explain()
    assert "fewer than five points (1)" in hwb.trend(one).explain()
    assert hwb.change_since(one, "2020-12-31")["direction"].tolist() == ["not tested"] * 3
    assert (hwb.change_since(one, "2020-12-31")["reason"] != "").all()


def test_a_gap_in_the_figures_is_no_nought(frame: pd.DataFrame) -> None:
    holed = own(OWN.assign(Cases=[np.nan, *range(101, 118)]))
    ash = hwb.trend(holed.loc[holed["area"] == "Ash"], rule="auto").iloc[0]
    assert "1 point without value" in ash["note"]
    assert hwb.compare(hwb.with_limits(holed), to="England")["comparison_95"].iloc[0] == (
        "not compared"
    )


def test_mixed_sexes_are_noticed_when_the_table_is_read() -> None:
    mixed = pd.concat([OWN.assign(Sex="Female"), OWN.assign(Sex="Male")])
    with pytest.raises(DataContractError, match="has several rows: 36 rows") as caught:
        own(mixed)
    assert "sex=" in str(caught.value)
    told_apart = own(mixed, sex="Sex")
    assert len(hwb.trend(told_apart)) == 6


@pytest.mark.parametrize(
    "call",
    [
        lambda f: hwb.compare(f, to="England"),
        lambda f: hwb.trend(f),
        lambda f: hwb.trend(f, rule="auto"),
        lambda f: hwb.ranks(f, areas=["Ash", "Elm"]),
        lambda f: hwb.inequality(f),
    ],
)
def test_rows_that_nothing_tells_apart_are_refused(call: Callable[[Any], Any], frame: Any) -> None:
    with pytest.raises(StatisticsError, match=r"sex=\.\.\., age=\.\.\.") as caught:
        call(pd.concat([frame, frame]))
    assert "  :" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"Town": None}, "the area is missing: 18 rows"),
        ({"Year": "last year"}, "none of the known forms"),
        ({"Year": pd.Timestamp("2023-01-01")}, "got the day 2023-01-01"),
    ],
)
def test_tidy_refuses_what_it_cannot_place(change: dict[str, Any], says: str) -> None:
    with pytest.raises(DataContractError, match=says):
        own(OWN.assign(**change))


def test_years_with_a_decimal_point_are_years() -> None:
    """A column of whole numbers with a gap elsewhere is read as 2023.0."""
    pd.testing.assert_frame_equal(own(OWN.assign(Year=OWN["Year"].astype(float))), own())


def test_an_unknown_field_names_the_nearest() -> None:
    with pytest.raises(DataContractError, match="did you mean 'count'"):
        hwb.tidy(OWN, area="Town", period="Year", counts="Cases", denominator="People")
    with pytest.raises(DataContractError, match="did you mean 'Town' for 'Twn'"):
        hwb.tidy(OWN, area="Twn", period="Year", value="Cases")


def test_words_that_are_no_day_or_level(frame: pd.DataFrame) -> None:
    with pytest.raises(StatisticsError, match="the baseline is a day, got 'last year'"):
        hwb.change_since(frame, "last year")
    with pytest.raises(StatisticsError, match=r"write 0\.95 for 95 per cent"):
        hwb.rate(PLAIN, levels=[95], **NAMED)
    with pytest.raises(StatisticsError, match="which end of the indicator is the good one"):
        hwb.compare(frame, to="England", better="lower")


@pytest.mark.parametrize(
    ("call", "near"),
    [
        (lambda: hwb.load("smoking-adlt"), "smoking-adult"),
        (lambda: hwb.load("school-redines"), "school-readiness"),
        (lambda: hwb.assess("school-redines"), "school-readiness"),
        (lambda: hwb.explore("XCC-HPE-2"), "XCC-HPE-02"),
    ],
)
def test_misspelt_names_of_the_registry(call: Callable[[], Any], near: str) -> None:
    with pytest.raises(UsageError, match=f"did you mean '{near}'"):
        call()


def test_words_in_place_of_a_measure_lead_to_find() -> None:
    with pytest.raises(UsageError, match=r"hwb\.find\('smoking'\)"):
        hwb.explore("smoking")
    assert len(hwb.find("smoking")) > 1


def test_every_error_of_a_mistake_is_ours_and_has_a_remedy(frame: pd.DataFrame) -> None:
    """A traceback of pandas says nothing to a reader of figures."""
    broken = [PLAIN.iloc[:0], frame.iloc[:0], pd.DataFrame({"x": [1]}), pd.DataFrame()]
    for table in broken:
        for name, call in EVERY.items():
            with pytest.raises(HwbError) as caught:
                call(table)
            assert caught.value.remedy, name


@pytest.mark.parametrize("verb", [hwb.assess, hwb.load])
def test_words_of_a_name_lead_to_its_indicator(verb) -> None:
    with pytest.raises(UsageError) as caught:
        verb("good-level-of-development")
    assert "'gld-reception' (Good level of development" in str(caught.value)
