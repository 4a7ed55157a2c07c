"""Fuel poverty, deaths, populations, Health Index and look-ups on made-up rows."""

from __future__ import annotations

import gzip
import math
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

from hwb_analysis.errors import DataContractError, SourceError
from hwb_analysis.frame import validate
from tools.compile_snapshot.areas import Footprint
from tools.compile_snapshot.compiled import Compiled
from tools.compile_snapshot.health_index import index_period, repeated_years
from tools.compile_snapshot.plain import decile_labels, home_codes, plain_names

FOOTPRINT = Footprint.read()
COUNTY, CITY = FOOTPRINT.county, FOOTPRINT.neighbours[0]
ENGLAND, REGION, OTHER_REGION = "E92000001", "E12000004", "E12000006"
ONE, TWO, ELSEWHERE = "E07000129", "E07000130", "E07000200"
LOOKUP = f"""ltla23_code,ltla23_name,utla23_code,utla23_name,region24_code,region24_name
{ONE},Onetown,{COUNTY},Ourshire,{REGION},Ourregion
{TWO},Twotown,{COUNTY},Ourshire,{REGION},Ourregion
{CITY},Ourcity,{CITY},Ourcity,{REGION},Ourregion
{ELSEWHERE},Fartown,E10000099,Farshire,{OTHER_REGION},East of England"""


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    opener = gzip.open if name.endswith(".gz") else open
    with opener(path, "wt", encoding="utf-8") as stream:
        stream.write(text.strip() + "\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "geography/lookup_lad23_utla23_region24.csv", LOOKUP)
    return tmp_path


def compiled(name: str, folder: Path) -> list[Compiled]:
    """Run one module; hold the contract, the series and the accounts of rows."""
    items: list[Compiled] = import_module(f"tools.compile_snapshot.{name}").compile(folder)
    for item in items:
        if item.series:
            validate(item.frame, where=item.file)
            assert set(item.frame["series_id"]) <= set(item.series)
        assert item.ledger.rows_in == len(item.frame) + sum(item.ledger.dropped.values())
    return items


def row(item: Compiled, **wanted: str) -> pd.Series:
    """Return the one row with these values."""
    frame = item.frame
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1, wanted
    return frame.iloc[0]


# Names and areas


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        ("ENGLAND", "England"),
        ("YORKSHIRE AND THE HUMBER", "Yorkshire and the Humber"),
        ("County Durham", "County Durham"),
    ],
)
def test_names_in_capitals_are_written_plainly(printed: str, plain: str) -> None:
    assert plain_names(pd.Series([printed])).tolist() == [plain]


def test_the_ends_of_the_tenths_are_said_in_words() -> None:
    assert decile_labels(pd.Series([1, 2, 10])).tolist() == [
        "1 most deprived",
        "2",
        "10 least deprived",
    ]


def test_home_is_county_districts_neighbours_region_and_nation(folder: Path) -> None:
    assert home_codes(folder) == [COUNTY, ONE, TWO, *FOOTPRINT.neighbours, REGION, ENGLAND]


# Fuel poverty

FUEL_HEAD = (
    "year,definition,level,area_code,area_name,region,households,fuel_poor_households,percent,"
    "sheet,table_title"
)
FUEL = f"""{FUEL_HEAD}
2011,LIHC,local authority,31UB,Onetown,x,100,10,10,a,t
2011,LIHC,local authority,31UC,Twotown,x,300,60,20,a,t
2011,LIHC,local authority,00AA,Fartown,x,500,50,10,a,t
2011,LIHC,ceremonial county (includes cities),,Ourshire,x,900,120,13.3,a,t
2011,LIHC,region,,Ourregion,x,1000,100,10,a,t
2011,LIHC,region,,East,x,1000,300,30,a,t
2018,LIHC,local authority,{CITY},Ourcity,x,200,40,20,a,t
2018,LIHC,county/unitary,{CITY},Ourcity,,200,40,20,a,t
2018,LIHC,county/unitary,{COUNTY},Ourshire,,400,40,10,a,t
2018,LIHC,region,,Ourregion,,1000,100,10,a,t
2022,LILEE,England,{ENGLAND},ENGLAND,,5000,650,13,a,t
2022,LILEE,region,,Ourregion,,1000,150,15,a,t
2022,LILEE,region,{REGION},OURREGION,,1000,150,15,a,t
2022,LILEE,metropolitan county,E11000001,Bigcity,,900,90,10,a,t
2022,LILEE,county/unitary,{COUNTY},Ourshire,,400,50,12.5,a,t"""
SMALL = """lsoa21_code,fuel_poor_proportion,households_recovered,fuel_poor_households_recovered,\
lsoa21_name,ambiguous
E01000001,0.1,700,70,Onetown 001A,True
E01000002,0.25,400,100,Onetown 001B,False"""


@pytest.fixture
def fuel(folder: Path) -> list[Compiled]:
    write(folder, "figures/desnz_fuel_poverty_all_areas_2011_2022.csv.gz", FUEL)
    write(folder, "smallarea/fuel_poverty_2021_lsoa21_leicestershire.csv", SMALL)
    return compiled("fuel_poverty", folder)


def test_two_definitions_of_fuel_poverty_are_two_series(fuel: list[Compiled]) -> None:
    years = fuel[0].frame.groupby("series_id")["period"].agg(set).to_dict()
    assert years == {"desnz:fuel-poverty": {"2022"}, "desnz:fuel-poverty-lihc": {"2011", "2018"}}


def test_england_and_the_county_of_the_first_year_are_sums_that_say_so(fuel) -> None:
    england = row(fuel[0], area_code=ENGLAND, period="2011")
    assert (england["value"], england["note"]) == (20.0, "sum of the nine regions")
    county = row(fuel[0], area_code=COUNTY, period="2011")
    assert (county["value"], county["count"], county["denominator"]) == (17.5, 70, 400)
    assert county["status"] == "derived"


def test_rows_printed_twice_and_other_tiers_are_left_out(fuel: list[Compiled]) -> None:
    assert fuel[0].ledger.dropped == {
        "ceremonial counties, which hold cities": 1,
        "regions printed a second time": 1,
        "2011, areas elsewhere, under codes no longer in use": 1,
        "metropolitan counties and parts of London": 1,
        "unitary authorities printed in two tables, alike": 1,
    }


def test_recovered_households_say_when_they_are_ambiguous(fuel: list[Compiled]) -> None:
    assert "several" in row(fuel[1], area_code="E01000001")["note"]
    assert row(fuel[1], area_code="E01000002")["value"] == 25.0
    assert set(fuel[1].frame["basis"]) == {"modelled"}


def test_more_fuel_poor_households_than_households_are_refused(folder: Path) -> None:
    write(
        folder,
        "figures/desnz_fuel_poverty_all_areas_2011_2022.csv.gz",
        f"{FUEL}\n2022,LILEE,local authority,{ONE},Onetown,,100,110,110,a,t",
    )
    write(folder, "smallarea/fuel_poverty_2021_lsoa21_leicestershire.csv", SMALL)
    with pytest.raises(DataContractError, match="count is above its denominator"):
        compiled("fuel_poverty", folder)


# Health Index


def test_copies_at_the_start_come_from_the_end_of_their_run_and_later_ones_from_its_start() -> None:
    table = pd.DataFrame({2015: [1.0, 2], 2016: [1.0, 2], 2017: [5.0, 6], 2018: [5.0, 6]})
    assert repeated_years(table) == {2015: 2016, 2018: 2017}


def test_years_that_differ_somewhere_are_no_copies() -> None:
    table = pd.DataFrame({2015: [1.0, 2, 3], 2016: [1.0, 2, 4]})
    assert repeated_years(table) == {}


@pytest.mark.parametrize(
    ("kind", "start", "end"),
    [
        ("", "2018-01-01", "2018-12-31"),
        ("financial", "2018-04-01", "2019-03-31"),
        ("november", "2017-11-16", "2018-11-15"),
        ("three-years", "2016-01-01", "2018-12-31"),
    ],
)
def test_a_year_of_the_index_is_the_days_it_stands_for(kind: str, start: str, end: str) -> None:
    period = index_period(2018, kind)
    assert (period.start.isoformat(), period.end.isoformat()) == (start, end)


def test_a_filled_in_year_is_a_missing_row_with_its_reason(folder: Path) -> None:
    rows = [
        f"Self-harm,{code},{name},{year},{value}"
        for code, name, base in ((ONE, "Onetown", 10), (ELSEWHERE, "Fartown", 20))
        for year, value in ((2019, base), (2020, base + 1), (2021, base + 1))
    ]
    head = "indicator,area_code,area_name,year,value"
    body = "\n".join([head, *rows, f"Rough sleeping,{ONE},Onetown,2019,1"])
    write(folder, "indicators/england/ons_health_index_indicators_ltla.csv.gz", body)
    beta = "variable,area_code,area_name,year,value\n"
    beta += f"air_poll,{COUNTY},Ourshire,2018,9.1\nair_poll,{COUNTY},Ourshire,2017,"
    write(folder, "indicators/england/ons_health_index_beta_utla_2015_18.csv.gz", beta)
    index, county = compiled("health_index", folder)
    copied = row(index, area_code=ONE, period="2021/22")
    assert (copied["status"], copied["basis"]) == ("missing", "imputed")
    assert "repeats the year 2020" in copied["note"]
    assert row(index, area_code=ONE, period="2020/21")["value"] == 11
    assert index.ledger.dropped == {"serve no measure": 1, "districts elsewhere": 3}
    assert row(county, period="2017")["status"] == "missing"


# Deaths and populations


def test_deaths_of_england_carry_people_and_rate(folder: Path) -> None:
    base = "smallarea/england_"
    head = "year,imd_decile,sex,age,population,deaths"
    people = "2001,1,Male,0,1000,5\n2001,10,Male,0,2000,2"
    name = f"{base}deaths_population_by_imd_decile_age_sex_2001_2015.csv.gz"
    write(folder, name, f"{head}\n{people}")
    causes = "2001,1,Male,Diabetes,0,1\n2001,10,Male,Diabetes,0,0"
    name = f"{base}deaths_by_cause_imd_decile_age_sex_2001_2015.csv.gz"
    write(folder, name, f"year,imd,sex,cause,age,deaths\n{causes}")
    name = f"{base}premature_deaths_under75_imd_decile_single_year_2001_2016.csv.gz"
    write(folder, name, "year,imd10,sex,age,deaths,population\n2016,1,f,74,9,900")
    whole, by_cause, early = compiled("deaths_by_decile", folder)
    assert row(whole, category="1 most deprived")["value"] == 500.0
    assert row(by_cause, category="1 most deprived")["denominator"] == 1000
    assert row(early, sex="Female")["value"] == 1000.0
    assert early.source.licence.startswith("Creative Commons")


def test_a_year_without_a_sheet_of_persons_gets_the_sum_of_men_and_women(folder: Path) -> None:
    head = "year,area_code,area_name,sex,age,population,sheet"
    rows = [
        f"2018,{ENGLAND},ENGLAND,{sex},{age},{people},x"
        for sex, people in (("Male", 10), ("Female", 30))
        for age in (0, 4, 90)
    ]
    name = "figures/ons_mid_year_estimates_2015_2020_sex_single_year_leicestershire.csv.gz"
    write(folder, name, "\n".join([head, *rows]))
    parts = f"area_code,area_name,component,year,value\n{ONE},Onetown,internal_net,2018,-5"
    write(folder, "indicators/england/ons_components_of_change_2001_2018.csv.gz", parts)
    bands, single, change = compiled("populations", folder)
    both = row(bands, sex="Persons", age="0-4")
    assert (both["value"], both["status"]) == (80, "derived")
    assert row(bands, sex="Persons", age="All ages")["value"] == 120
    assert row(single, sex="Male", age="90+")["value"] == 10
    net = change.frame.iloc[0]
    assert net["value"] == -5
    assert math.isnan(net["count"])
    assert (net["period_start"].month, net["period_end"].month) == (7, 6)


# Particles, look-ups, and the errors of a source that changed


def test_a_county_with_districts_has_a_row_that_says_why_it_has_no_figure(folder: Path) -> None:
    series = "Fraction of mortality attributable to particulate air pollution (new method)"
    head = "Year,Series,Region,Local authority,Deprivation decile,Observation status,Units,"
    rows = [
        f"2021,{series},,Onetown,,Normal value,%,{ONE},5.5",
        f"2021,{series},,Twotown,,Missing value,%,{TWO},",
        f"2021,{series},Ourregion,,,Normal value,%,{REGION},5.4",
        f"2021,{series},,,,Normal value,%,{ENGLAND},5.6",
        f"2021,{series},,,Decile 2,Normal value,%,{ENGLAND},5.7",
    ]
    name = "indicators/england/ons_sdg_3_9_1_pm25_mortality_fraction.csv.gz"
    write(folder, name, "\n".join([f"{head}area_code,Value", *rows]))
    (item,) = compiled("pm25", folder)
    assert row(item, area_code=COUNTY)["status"] == "missing"
    assert row(item, area_code=TWO)["note"] == "not printed by the publisher"
    assert sum(item.ledger.dropped.values()) == 1


def test_a_list_without_an_open_licence_is_left_out(folder: Path) -> None:
    write(
        folder,
        "geography/lookup_lsoa11_lsoa21_leics.csv",
        "lsoa11_name,lsoa11_code,change_code,lsoa21_name,lsoa21_code,ltla22_name,ltla22_code\n"
        f"A,E01000001,U,A,E01000001,Onetown,{ONE}",
    )
    write(
        folder,
        "geography/lookup_msoa_names_england.csv.gz",
        "MSOACD,MSOANM,MSOAHCLNM,LADCD_ACTIVE,UTLACD,MSOA11CD,MSOA21CD\n"
        f"E02000001,Onetown 001,Hill & Dale,{ONE},{COUNTY},E02000001,E02000001",
    )
    write(
        folder,
        "indicators/footprint/peer_groups.csv",
        "peer_model,area_code,rank,peer_code,peer_name,area_name\n"
        f"nearest_neighbours_oflog (CIPFA model; licence unclear),{COUNTY},,E10000003,Near,Us\n"
        f"ons_similar_areas_global,{COUNTY},1,W06000014,Far,Us\n"
        f"ons_similar_areas_global,{COUNTY},2,E10000008,Alike,Us",
    )
    _, _, neighbours = compiled("small_area_lookups", folder)
    assert neighbours.frame[["model", "rank", "peer"]].to_numpy().tolist() == [
        ["ons-similar-all", 2, "Alike"]
    ]


@pytest.mark.parametrize("name", ["fuel_poverty", "life_expectancy", "adult_social_care"])
def test_an_absent_file_is_named_with_what_to_do(folder: Path, name: str) -> None:
    with pytest.raises(SourceError, match="was expected and is not there") as caught:
        compiled(name, folder)
    assert "--from" in str(caught.value.remedy)


def test_an_absent_column_is_named(folder: Path) -> None:
    path = "indicators/england/oflog_adult_social_care.csv.gz"
    write(folder, path, "Financial year,area_code,Code\n2019-20,E10000018,ASC1")
    with pytest.raises(SourceError, match="lacks the columns Local authority name, Value"):
        compiled("adult_social_care", folder)
