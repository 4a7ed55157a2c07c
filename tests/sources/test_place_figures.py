"""Small areas, deaths, populations and places: figures read in the sources, as loaded."""

from __future__ import annotations

import math

import pandas as pd
import pytest

import hwb_analysis as hwb
from hwb_analysis.sources.snapshot import Snapshot, current_snapshot
from hwb_analysis.stats.verbs import life_expectancy

COUNTY, ENGLAND = "Leicestershire", "England"
UPPER_TIER = ("E06", "E08", "E09", "E10")


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return current_snapshot()


def one(series: str, area: str, period: str, **more: str) -> pd.Series:
    """Return the one row of a series, area and period, and of a sex, age or category if told."""
    frame = hwb.load(series, areas="all")
    wanted = {"area": area, "period": period, "category": "", **more}
    for column, value in wanted.items():
        frame = frame.loc[frame[column] == value]
    assert len(frame) == 1, f"{series} {wanted}: {len(frame)} rows"
    return frame.iloc[0]


# Series, area, period, what else tells the row, printed value, decimals of the print.
PRINTED = [
    ("ons-le:le-birth", COUNTY, "2016 - 18", {"sex": "Male"}, 80.71, 2),
    ("ons-le:le-birth", COUNTY, "2016 - 18", {"sex": "Female"}, 84.17, 2),
    ("ons-le:le-birth", ENGLAND, "2001 - 03", {"sex": "Male"}, 76.19791, 5),
    ("ons-le:le-65", "Blaby", "2016 - 18", {"sex": "Female"}, 22.09399, 5),
    ("ons-le-small:hle-birth", COUNTY, "2009 - 13", {"sex": "Male"}, 65.83702, 5),
    ("ons-le-small:le-birth", "Charnwood 016", "2009 - 13", {"sex": "Male"}, 84.95517, 5),
    ("ons-subnational:hle-birth", COUNTY, "2018 - 20", {"sex": "Female"}, 63.63, 2),
    ("ons-subnational:hle-birth", COUNTY, "2018 - 20", {"sex": "Male"}, 62.87, 2),
    ("desnz:fuel-poverty", COUNTY, "2022", {}, 12.45, 2),
    ("desnz:fuel-poverty", ENGLAND, "2022", {}, 13.051, 3),
    ("desnz:fuel-poverty-lihc", COUNTY, "2018", {}, 9.4, 1),
    ("desnz:fuel-poverty-lihc", "Blaby", "2018", {}, 8.4, 1),
    ("ons-sdg:pm-mortality", "Blaby", "2019", {}, 7.57, 2),
    ("ons-sdg:pm-mortality-old", "Blaby", "2019", {}, 5.50, 2),
    ("ons-sdg:pm-mortality", ENGLAND, "2021", {}, 5.50, 2),
    ("ons-mye:population", ENGLAND, "30 Jun 2020", {"sex": "Persons"}, 56_550_138, 0),
    ("ons-mye:population", COUNTY, "30 Jun 2020", {"sex": "Persons"}, 713_085, 0),
    ("ons-change:births", "Blaby", "Jul 2017 to Jun 2018", {}, 1070, 0),
    ("ons-change:other-change", "Blaby", "Jul 2016 to Jun 2017", {}, -361, 0),
    ("census2011:unpaid-care", COUNTY, "27 Mar 2011", {}, 70_431, 0),
    ("census2021-households:no-car", COUNTY, "21 Mar 2021", {}, 13.19, 2),
    ("health-index-beta:pm25", COUNTY, "2018", {}, 9.13, 2),
    ("health-index:pm25", "Blaby", "2021", {}, 7.6943, 4),
    ("oflog:carer-quality-of-life", COUNTY, "2021/22", {}, 7.0, 1),
    ("oflog:short-term-care-outcome", COUNTY, "2022/23", {}, 87.8, 1),
    ("qof-modelled:diabetes", COUNTY, "2019/20", {}, 7.0, 1),
    ("iod2025-lsoa:imd-score", "Blaby 008A", "2025", {}, 17.414, 3),
]


@pytest.mark.parametrize(("series", "area", "period", "more", "printed", "decimals"), PRINTED)
def test_the_printed_value_is_returned(series, area, period, more, printed, decimals) -> None:
    assert round(float(one(series, area, period, **more)["value"]), decimals) == printed


def test_limits_of_small_areas_are_those_printed() -> None:
    row = one("ons-le-small:le-birth", "Charnwood 016", "2009 - 13", sex="Male")
    assert (row["lower_95"], row["upper_95"]) == (83.20242, 86.70792)
    assert row["grade"] == "A"


def test_a_series_without_limits_may_not_be_compared() -> None:
    row = one("ons-le:le-birth", COUNTY, "2016 - 18", sex="Male")
    assert row["grade"] == "C"
    assert math.isnan(row["lower_95"])


def test_life_expectancy_of_the_county_lies_above_england_in_every_period() -> None:
    """Statement 1.3, as far as the county's series goes: 2001 - 03 to 2016 - 18, values only."""
    frame = hwb.load("ons-le:le-birth", areas=[COUNTY, ENGLAND])
    wide = frame.pivot(index=["sex", "period"], columns="area", values="value")
    assert len(wide) == 2 * 16
    assert (wide[COUNTY] > wide[ENGLAND]).all()


# Shares of residents by rural and urban class (statement 1.3 of the strategy).


@pytest.mark.parametrize(
    ("slug", "share"), [("urban", 67.4), ("larger-rural", 20.4), ("smaller-rural", 12.2)]
)
def test_rural_and_urban_shares_are_those_of_the_strategy(slug: str, share: float) -> None:
    row = one(f"ruc2021:{slug}", COUNTY, "30 Jun 2022")
    assert round(row["value"], 1) == share
    assert row["denominator"] == 722_940


# Fuel poverty: two definitions, ranks among all counties and unitary authorities.


@pytest.mark.parametrize(
    ("series", "year", "areas", "fifth"),
    [("desnz:fuel-poverty-lihc", "2018", 152, 2), ("desnz:fuel-poverty", "2022", 153, 3)],
)
def test_fifths_of_fuel_poverty_are_those_of_the_strategy(series, year, areas, fifth) -> None:
    frame = hwb.load(series, areas="all")
    tier = frame["area_code"].str.startswith(UPPER_TIER) & (frame["period"] == year)
    upper = frame.loc[tier]
    assert len(upper) == areas
    rank = upper.set_index("area")["value"].rank(method="min")[COUNTY]
    assert math.ceil(5 * rank / areas) == fifth


def test_the_two_definitions_of_fuel_poverty_share_no_year(snapshot: Snapshot) -> None:
    years = {
        series: set(snapshot.frame([series])["period"])
        for series in ("desnz:fuel-poverty", "desnz:fuel-poverty-lihc")
    }
    assert years["desnz:fuel-poverty"] == {"2019", "2020", "2021", "2022"}
    assert max(years["desnz:fuel-poverty-lihc"]) == "2018"


def test_small_areas_give_the_fuel_poor_households_of_the_county() -> None:
    small = hwb.load("desnz:fuel-poverty-lsoa", areas="lsoa")
    assert len(small) == 408
    assert small["count"].sum() == 33_074
    assert small["denominator"].sum() == 301_702
    assert small["note"].str.contains("fits several").sum() == 45
    # The district tables print 33,084 of 301,795.
    assert one("desnz:fuel-poverty", COUNTY, "2021")["count"] == 33_084


def test_modelled_figures_get_no_limits_although_they_have_counts() -> None:
    frame = hwb.load(["desnz:fuel-poverty", "qof-modelled:stroke"])
    assert set(frame["basis"]) == {"modelled"}
    assert frame[["lower_95", "upper_95"]].isna().all(axis=None)


# Deaths and populations: sums, and life expectancy that ONS printed.


def test_deaths_of_england_2014_by_tenth_and_by_cause_add_up() -> None:
    tenths = hwb.load("deaths-imd:all-causes", areas="nation")
    in_2014 = tenths.loc[tenths["period"] == "2014"]
    assert in_2014["count"].sum() == 468_877
    assert in_2014["denominator"].sum() == 54_316_618
    causes = [s for s in current_snapshot().list() if s.startswith("deaths-imd-cause:")]
    assert len(causes) == 10
    by_cause = hwb.load(causes, areas="nation")
    assert by_cause.loc[by_cause["period"] == "2014", "count"].sum() == 468_877
    districts = hwb.load("deaths-2014:all-causes", areas="nation")
    assert districts["count"].sum() == 468_877


def test_deaths_under_75_agree_between_the_two_tables_of_england() -> None:
    early = hwb.load("deaths-imd-under75:all-causes", areas="nation")
    whole = hwb.load("deaths-imd:all-causes", areas="nation")
    old = whole["age"].isin(["75-79", "80-84", "85-89", "90+"])
    assert early.loc[early["period"] == "2014", "count"].sum() == 150_491
    assert whole.loc[(whole["period"] == "2014") & ~old, "count"].sum() == 150_491


@pytest.mark.parametrize(
    ("first", "period", "men", "women"),
    [
        (2003, "2003 - 05", 76.846, 81.129),
        (2010, "2010 - 12", 79.090, 82.875),
        (2013, "2013 - 15", 79.459, 83.108),
    ],
)
def test_life_expectancy_from_deaths_is_that_which_ons_printed(first, period, men, women) -> None:
    deaths = hwb.load("deaths-imd:all-causes", areas="nation")
    years = [str(first + n) for n in range(3)]
    cells = deaths.loc[deaths["period"].isin(years)]
    table = cells.groupby(["sex", "age"], as_index=False)[["count", "denominator"]].sum()
    found = life_expectancy(table, deaths="count", population="denominator", by=["sex"])
    at_birth = found.loc[found["age"] == "0"].set_index("sex")["value"]
    assert at_birth["Male"] == pytest.approx(men, abs=0.0006)
    assert at_birth["Female"] == pytest.approx(women, abs=0.0006)
    for sex, value in (("Male", men), ("Female", women)):
        printed = one("ons-le:le-birth", ENGLAND, period, sex=sex)["value"]
        assert printed == pytest.approx(value, abs=0.0006)


@pytest.mark.parametrize("year", ["2015", "2018", "2019", "2020"])
def test_bands_single_years_and_sexes_add_up_to_the_residents(year: str) -> None:
    ids = ["ons-mye:population", "ons-mye:population-5y", "ons-mye-single:population"]
    frame = hwb.load(ids, areas=COUNTY)
    frame = frame.loc[frame["period"] == f"30 Jun {year}"]
    totals = frame.groupby(["series_id", "sex"])["value"].sum().unstack()
    assert totals.nunique().tolist() == [1, 1, 1]
    assert (totals["Male"] + totals["Female"] == totals["Persons"]).all()


# Deprivation of small areas.


def test_neighbourhoods_among_the_tenth_most_deprived_of_england() -> None:
    ranks = {"iod2019": {699, 2950, 2174, 3087}, "iod2025": {1701, 1556, 1293}}
    towns = ["Charnwood 002A", "Charnwood 003F", "North West Leicestershire 009A"]
    for edition, expected in ranks.items():
        tenth = hwb.load(f"{edition}-lsoa:imd-decile", areas="lsoa")
        most = tenth.loc[tenth["value"] == 1, ["area_code", "area"]]
        rank = hwb.load(f"{edition}-lsoa:imd-rank", areas="lsoa").set_index("area_code")["value"]
        assert set(rank[most["area_code"]]) == expected
        assert set(towns) <= set(most["area"])
    assert len(hwb.load("iod2015-lsoa:imd-decile", areas="lsoa").query("value == 1")) == 4


@pytest.mark.parametrize(
    ("domain", "in_2019", "in_2025"),
    [
        ("barriers", 18, 23),
        ("education", 13, 7),
        ("living-env", 6, 7),
        ("employment", 5, 3),
        ("income", 4, 3),
        ("crime", 4, 9),
        ("health", 2, 2),
    ],
)
def test_small_areas_in_the_most_deprived_tenth_by_domain(domain, in_2019, in_2025) -> None:
    found = [
        int((hwb.load(f"iod{year}-lsoa:{domain}-decile", areas="lsoa")["value"] == 1).sum())
        for year in (2019, 2025)
    ]
    assert found == [in_2019, in_2025]


@pytest.mark.parametrize(
    ("slug", "hidden"), [("children-income-deprived", 7), ("older-income-deprived", 6)]
)
def test_suppressed_counts_of_the_index_are_rows_with_a_reason(slug: str, hidden: int) -> None:
    frame = pd.concat(hwb.load(f"iod{year}-lsoa:{slug}", areas="lsoa") for year in ("2019", "2025"))
    absent = frame.loc[frame["value"].isna()]
    assert (absent["status"] == "suppressed").all()
    assert absent["note"].str.contains("too few").all()
    assert int((absent["period"] == "2025").sum()) == hidden


# What a reader must be told.


def test_a_county_without_a_figure_says_why() -> None:
    row = one("ons-sdg:pm-mortality", COUNTY, "2021")
    assert row["status"] == "missing"
    assert "not for counties" in row["note"]


def test_tenths_whose_order_is_doubtful_are_left_out(snapshot: Snapshot) -> None:
    frame = snapshot.frame(["ons-sdg:pm-mortality", "ons-sdg:pm-mortality-old"])
    assert set(frame["category"]) == {""}
    assert sum(snapshot.origins["ons-sdg"].rows_dropped.values()) == 70


def test_filled_in_years_of_the_health_index_are_shown_as_missing() -> None:
    row = one("health-index:self-harm", "Blaby", "2021/22")
    assert row["status"] == "missing"
    assert row["basis"] == "imputed"
    assert "repeats the year 2020" in row["note"]
    assert one("health-index:five-a-day", "Blaby", "Nov 2014 to Nov 2015")["status"] == "missing"


@pytest.mark.parametrize(
    ("index", "profile"),
    [
        ("health-index:hip-fractures", "fingertips-2019:41401"),
        ("health-index:self-harm", "fingertips-2019:21001"),
    ],
)
def test_the_health_index_holds_the_values_of_the_national_profiles(index, profile) -> None:
    mine = hwb.load(index, areas="districts").query("period == '2017/18'").set_index("area")
    theirs = hwb.load(profile, areas="districts").query("sex == 'Persons'").set_index("area")
    both = mine[["value"]].join(theirs["value"].rename("profile"), how="inner")
    assert len(both) == 7
    assert both["value"].tolist() == pytest.approx(both["profile"].tolist(), abs=1e-3)


def test_a_year_that_counts_far_fewer_requests_is_not_comparable() -> None:
    frame = hwb.load("oflog:requests-with-service", areas="all")
    assert set(frame.loc[frame["period"] == "2015/16", "status"]) == {"not_comparable"}
    assert "not_comparable" not in set(frame.loc[frame["period"] == "2016/17", "status"])


# Look-ups.


def test_only_open_lists_of_similar_areas_are_held(snapshot: Snapshot) -> None:
    lists = pd.read_csv(snapshot.checked("lookup-neighbours"))
    assert set(lists["model"]) == {
        "ons-similar-all",
        "ons-similar-economic",
        "ons-similar-demographic",
        "dfe-statistical-2025-05",
    }
    first = lists.loc[(lists["model"] == "dfe-statistical-2025-05") & (lists["rank"] == 1)]
    assert first["peer"].tolist() == ["Gloucestershire"]


def test_small_areas_are_unchanged_or_split_since_2011(snapshot: Snapshot) -> None:
    changes = pd.read_csv(snapshot.checked("lookup-lsoa11-lsoa21"))
    assert changes["change_code"].value_counts().to_dict() == {"U": 384, "S": 24}
    assert changes["lsoa11_code"].nunique() == 396


def test_every_middle_layer_area_has_a_name(snapshot: Snapshot) -> None:
    names = pd.read_csv(snapshot.checked("lookup-msoa-names"))
    assert names["name"].notna().all()
    assert names["msoa11_code"].nunique() == 83
    assert names["msoa21_code"].nunique() == 84
    assert "Agar Nook" in set(names["name"])


@pytest.mark.parametrize(
    ("origin", "licence"),
    [
        ("qof-modelled", "Open Parliament Licence v3.0"),
        ("lookup-msoa-names", "Open Parliament Licence v3.0"),
        ("iod2019-lsoa-score", "Creative Commons Attribution 4.0 International (CC BY 4.0)"),
        ("deaths-imd-under75", "Creative Commons Attribution 4.0 International (CC BY 4.0)"),
    ],
)
def test_figures_under_another_licence_say_so(snapshot: Snapshot, origin, licence) -> None:
    assert snapshot.origins[origin].licence == licence
