"""National profiles, discharge, social care and vaccines on made-up rows: kept, left out, said."""

from __future__ import annotations

import gzip
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

from hwb_analysis.errors import SourceError
from hwb_analysis.frame import validate
from tools.compile_snapshot.areas import Footprint
from tools.compile_snapshot.compiled import Compiled
from tools.compile_snapshot.discharge import discharge_period
from tools.compile_snapshot.fingertips import definition, fingertips_period, publishers_word

COUNTY = Footprint.read().county
ENGLAND, REGION, CITY = "E92000001", "E12000004", "E06000016"
ONE, TWO, ELSEWHERE = "E07000129", "E07000130", "E07000200"
LOOKUP = f"""ltla23_code,ltla23_name,utla23_code,utla23_name,region24_code,region24_name
{ONE},Onetown,{COUNTY},Ourshire,{REGION},Ourregion
{TWO},Twotown,{COUNTY},Ourshire,{REGION},Ourregion
{CITY},Ourcity,{CITY},Ourcity,{REGION},Ourregion"""
DOWNLOAD = (
    "Indicator ID,Indicator Name,Parent Code,Parent Name,Area Code,Area Name,Area Type,Sex,Age,"
    "Category Type,Category,Time period,Value,Lower CI 95.0 limit,Upper CI 95.0 limit,"
    "Lower CI 99.8 limit,Upper CI 99.8 limit,Count,Denominator,Value note,Recent Trend,"
    "Compared to England value or percentiles"
)
ADULTS = "figures/fingertips_full_format_utla_smoking_inactive_obesity_5aday.csv.gz"
EXTRACT = "indicators/england/fingertips_district_extracts.csv.gz"
EXTRACT_HEAD = (
    "fingertips_id,indicator,area_code,area_name,area_type,period,sex,category,unit,value,"
    "compared_to_england,extract,source_file"
)
DISCHARGE = "figures/nhse_discharge_ready_date_utla_2024_25_monthly.csv.gz"
DISCHARGE_HEAD = (
    "area_code,area_name,period,discharges,same_day,delayed,bed_days,"
    "mean_days_excluding_zero_published,same_day_percent"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "geography/lookup_lad23_utla23_region24.csv", LOOKUP)
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    opener = gzip.open if name.endswith(".gz") else open
    with opener(path, "wt", encoding="utf-8") as stream:
        stream.write(text.strip() + "\n")


def compiled(name: str, folder: Path) -> list[Compiled]:
    """Run one module; hold the contract, the series and the accounts of rows."""
    items: list[Compiled] = import_module(f"tools.compile_snapshot.{name}").compile(folder)
    for item in items:
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


# Words and years


@pytest.mark.parametrize(
    ("label", "years", "start", "end", "kind"),
    [
        ("2023/24", "active-lives", "2023-11-16", "2024-11-15", "survey"),
        ("2019", "at-31-march", "2019-03-31", "2019-03-31", "day"),
        ("2015-17", "calendar", "2015-01-01", "2017-12-31", "rolling"),
        ("2018/19 - 22/23", "academic", "2018-09-01", "2023-08-31", "rolling"),
        ("2017/18", "financial", "2017-04-01", "2018-03-31", "financial"),
    ],
)
def test_a_printed_period_is_the_days_it_covers(
    label: str, years: str, start: str, end: str, kind: str
) -> None:
    period = fingertips_period(label, years)
    found = (period.start.isoformat(), period.end.isoformat(), period.kind.value)
    assert found == (start, end, kind)


def test_a_month_and_a_year_of_discharges_are_told_apart() -> None:
    assert discharge_period("Feb 2025").end.isoformat() == "2025-02-28"
    assert discharge_period("2024/25").start.isoformat() == "2024-04-01"


@pytest.mark.parametrize(("printed", "word"), [("Worse", "worse"), ("Higher 99.8", "higher")])
def test_the_publishers_word_is_kept_as_the_publishers(printed: str, word: str) -> None:
    assert publishers_word(printed).startswith(f"publisher's comparison with England: {word}")


@pytest.mark.parametrize("nothing", ["Not compared", float("nan"), ""])
def test_no_comparison_gives_no_word(nothing: object) -> None:
    assert publishers_word(nothing) == ""


def test_a_word_that_is_not_known_is_refused() -> None:
    with pytest.raises(SourceError, match="'Splendid'"):
        publishers_word("Splendid")


def test_an_indicator_without_a_description_is_refused() -> None:
    with pytest.raises(SourceError, match="'99999' is not described"):
        definition(99999)


# Downloads


def adult(
    area: str, value: str, *, sex: str = "Persons", more: str = ",,", parent: str = ""
) -> str:
    """Return one row of smoking in 2021; ``more`` is age, category type and category."""
    age, kind, group = more.split(",")
    limits = "8.0,12.0,," if value else ",,,"
    note = "" if value else "Value suppressed for disclosure control due to small count"
    return (
        f"92443,Smoking,{parent},,{area},Somewhere,County,{sex},{age or '18+ yrs'},{kind},{group},"
        f"2021,{value},{limits},900,,{note},,Better"
    )


def adults(folder: Path, district: str = "9.5", county: str = "10.0") -> Compiled:
    rows = [
        adult(ENGLAND, "11.0"),
        adult(ENGLAND, "11.0", parent=ENGLAND),
        adult(COUNTY, county),
        adult(COUNTY, "9.0", sex="Female"),
        adult(COUNTY, "12.0", more="18+ yrs,Housing tenure,Rents"),
        adult(COUNTY, "12.0", more="18+ yrs,Religion,"),
        adult(COUNTY, "12.0", more="18-64 yrs,,"),
        adult("E10000003", ""),
        adult("E10000003", "9.0", sex="Female"),
        adult("E10000003", "9.0", more="18+ yrs,Housing tenure,Rents"),
    ]
    write(folder, ADULTS, "\n".join([DOWNLOAD, *rows]))
    extract = [
        f"92443,Smoking,{ENGLAND},England,Country,2021,Persons,,%,11.0,Not compared,2026,a.csv",
        f"92443,Smoking,{COUNTY},Ourshire,County,2021,Persons,,%,10.04,Similar,2026,a.csv",
        f"92443,Smoking,{ONE},Onetown,District,2021,Persons,,%,{district},Worse,2026,a.csv",
        f"92443,Smoking,{ONE},Onetown,District,2021,Persons,,%,1.0,Worse,2022-2024,b.csv",
    ]
    write(folder, EXTRACT, "\n".join([EXTRACT_HEAD, *extract]))
    (item,) = compiled("adult_lifestyles", folder)
    return item


def test_england_printed_twice_is_kept_once(folder: Path) -> None:
    item = adults(folder)
    assert row(item, area_code=ENGLAND)["value"] == 11.0
    assert item.ledger.dropped["England printed a second time, as a part of itself"] == 1


def test_other_ages_and_groups_without_a_name_are_left_out(folder: Path) -> None:
    dropped = adults(folder).ledger.dropped
    assert dropped["bands of age beside the indicator's own"] == 1
    assert dropped["groups of people without a name in the source"] == 1


def test_groups_and_sexes_are_kept_for_the_home_areas_only(folder: Path) -> None:
    frame = adults(folder).frame
    assert set(frame.loc[frame["category"] == "Rents", "area_code"]) == {COUNTY}
    assert set(frame.loc[frame["sex"] == "Female", "area_code"]) == {COUNTY}


def test_a_survey_keeps_its_limits_and_not_its_weighted_counts(folder: Path) -> None:
    found = row(adults(folder), area_code=COUNTY, sex="Persons", category="")
    assert (found["lower_95"], found["upper_95"], found["grade"]) == (8.0, 12.0, "A")
    assert found[["count", "denominator"]].isna().all()
    assert found["method"] == "published"


def test_a_suppressed_value_keeps_its_row_and_its_reason(folder: Path) -> None:
    found = row(adults(folder), area_code="E10000003")
    assert (found["status"], found["grade"]) == ("suppressed", "D")
    assert "disclosure control" in found["note"]


def test_a_year_printed_to_one_decimal_says_so_where_there_is_a_value(folder: Path) -> None:
    item = adults(folder)
    shortened = "printed to one decimal"
    assert shortened in row(item, area_code=COUNTY, sex="Persons", category="")["note"]
    assert shortened not in row(item, area_code="E10000003")["note"]


def test_a_district_comes_from_the_newest_extract_with_the_publishers_word(folder: Path) -> None:
    found = row(adults(folder), area_code=ONE)
    assert (found["value"], found["grade"]) == (9.5, "B")
    assert found["note"].startswith("publisher's comparison with England: worse")


def test_two_files_that_disagree_are_not_made_one_series(folder: Path) -> None:
    with pytest.raises(SourceError, match=r"1 values .* differ from the download"):
        adults(folder, county="9.9")


# Extracts


def districts(folder: Path) -> Compiled:
    def one(number: int, area: str, value: float, extract: str, word: str = "Better") -> str:
        return (
            f"{number},Name,{area},Area,District,2018 - 20,Male,,Years,{value},{word},{extract},a"
        )

    rows = [
        one(92901, ENGLAND, 9.9, "2026", "Not compared"),
        one(92901, ENGLAND, 9.7, "2022-2024", "Not compared"),
        one(92901, ONE, -0.4, "2026"),
        one(90366, ENGLAND, 79.0, "2026", "Not compared"),
        one(90366, ENGLAND, 79.0, "2022-2024", "Not compared"),
        one(90366, TWO, 80.1, "2026"),
        one(90366, ELSEWHERE, 80.1, "2026"),
    ]
    write(folder, EXTRACT, "\n".join([EXTRACT_HEAD, *rows]))
    (item,) = compiled("fingertips_districts", folder)
    return item


def test_two_releases_that_differ_stay_apart_as_vintages(folder: Path) -> None:
    item = districts(folder)
    slope = item.frame[item.frame["series_id"] == "fingertips:92901"]
    england = slope[slope["area_code"] == ENGLAND].set_index("vintage")["value"]
    assert england.to_dict() == {"2022-2024": 9.7, "2026-05": 9.9}


def test_a_release_that_the_newer_one_repeats_is_left_out(folder: Path) -> None:
    item = districts(folder)
    life = item.frame[item.frame["series_id"] == "fingertips:90366"]
    assert set(life["vintage"]) == {"2026-05"}
    assert item.ledger.dropped["older extracts that the newer one repeats value for value"] == 1


def test_a_county_that_is_not_in_the_table_has_a_row_that_says_so(folder: Path) -> None:
    found = row(
        districts(folder), area_code=COUNTY, series_id="fingertips:90366", vintage="2026-05"
    )
    assert (found["status"], found["grade"], found["area"]) == ("missing", "D", "Ourshire")
    assert "districts and England only" in found["note"]
    assert pd.isna(found["value"])


def test_areas_elsewhere_are_left_out_of_the_extract(folder: Path) -> None:
    assert ELSEWHERE not in set(districts(folder).frame["area_code"])


def test_all_districts_are_those_of_today_in_the_newest_period(folder: Path) -> None:
    def one(area: str, period: str, extract: str = "2026") -> str:
        return f"93088,Name,{area},Area,District,{period},Persons,,%,60.0,Worse,{extract},a"

    rows = [
        one(ENGLAND, "2024/25"),
        one(ONE, "2024/25"),
        one(ONE, "2023/24"),
        one(ELSEWHERE, "2024/25"),
        one(TWO, "2024/25", "2022-2024"),
        one(TWO, "2024/25").replace("93088", "848"),
    ]
    write(folder, EXTRACT, "\n".join([EXTRACT_HEAD, *rows]))
    (item,) = compiled("all_districts", folder)
    assert list(item.frame["area_code"]) == [ENGLAND, ONE]
    assert set(item.ledger.dropped.values()) == {1}
    assert len(item.ledger.dropped) == 4


def test_the_extract_of_2020_keeps_the_word_and_leaves_no_area_of_no_tier(folder: Path) -> None:
    head = (
        "area_code,area_name,period,value,indicator,measure,unit,significance,file,"
        "fingertips_id,registry_key"
    )
    falls = "Emergency hospital admissions due to falls in people aged 65 and over"

    def one(area: str, value: str, word: str) -> str:
        return f"{area},Area,2017/18,{value},{falls},Rate,Persons,{word},f,22401,falls-65"

    rows = [
        one(ENGLAND, "2170", "Not compared"),
        one(ONE, "1875", "Better"),
        one(TWO, "", "Not compared"),
        one("E47000001", "1900", "Better"),
    ]
    write(
        folder,
        "figures/trafford_dashboard_district_extracts_2020.csv.gz",
        "\n".join([head, *rows, f"{ONE},Area,2018,19.3,Smoking,Share,Persons,Similar,f,92443,s"]),
    )
    slope = "Inequality in life expectancy at birth"
    counties = [
        f"{area},Area,2015-17,{value},{slope},Slope,Years,Not compared,f,92901,sii,{sex}"
        for area, value, sex in [
            (ENGLAND, 9.4, "Male"),
            (COUNTY, 6.6, "Male"),
            (COUNTY, 5.5, "Female"),
        ]
    ]
    write(
        folder,
        "figures/trafford_dashboard_utla_extracts_2020.csv.gz",
        "\n".join([f"{head},group", *counties]),
    )
    upper, lower = compiled("fingertips_2020", folder)
    men = row(upper, area_code=COUNTY, sex="Male")
    assert (men["value"], men["grade"], men["period"]) == (6.6, "C", "2015 - 17")
    assert row(lower, area_code=ONE)["grade"] == "B"
    assert row(lower, area_code=TWO)["status"] == "missing"
    assert row(lower, area_code=COUNTY)["status"] == "missing"
    assert lower.ledger.dropped["a combined authority that is no area of the tier"] == 1
    assert set(lower.series) == {"fingertips-2020:22401"}


HEAD_2019 = "ID,Area_name,Area_code,Value,Lower_CI,Upper_CI,Numerator,Denominator,period"


def extract_2019(folder: Path, second: str) -> Compiled:
    rows = [
        f"91720,England,{ENGLAND},59.0,58.9,59.1,590,1000,2018",
        f"91720,Onetown,{ONE},60.0,55,65,60,100,2018",
        second,
        f"41401,England,{ENGLAND},577.5,570,585,100,1000,2017/18",
        f"41401,Onetown,{ONE},600.0,500,700,10,100,2017/18",
        f"41401,Twotown,{TWO},500.0,400,600,20,300,2017/18",
        f"014,{ONE},Onetown,12.5,,,,,2018",
    ]
    write(
        folder,
        "figures/fingertips_extract_all_districts_30_indicators_2019.csv.gz",
        "\n".join([HEAD_2019, *(r for r in rows if r)]),
    )
    (item,) = compiled("fingertips_2019", folder)
    return item


def test_counts_of_all_districts_are_added_up_to_the_county(folder: Path) -> None:
    item = extract_2019(folder, f"91720,Twotown,{TWO},70.0,65,75,210,300,2018")
    found = row(item, area_code=COUNTY, series_id="fingertips-2019:91720")
    assert (found["count"], found["denominator"], found["value"]) == (270, 400, 67.5)
    assert (found["status"], found["grade"]) == ("derived", "A")
    assert found["period"] == "31 Mar 2018"


def test_a_county_is_not_added_up_from_some_of_its_districts(folder: Path) -> None:
    item = extract_2019(folder, "")
    found = row(item, area_code=COUNTY, series_id="fingertips-2019:91720")
    assert found["status"] == "missing"


def test_a_standardised_rate_is_not_added_up(folder: Path) -> None:
    item = extract_2019(folder, f"91720,Twotown,{TWO},70.0,65,75,210,300,2018")
    found = row(item, area_code=COUNTY, series_id="fingertips-2019:41401")
    assert found["status"] == "missing"
    assert "cannot be added up" in found["note"]


# Other publishers


def test_an_area_known_by_name_only_must_have_a_code(folder: Path) -> None:
    write(
        folder,
        "figures/ascof_2020_21_all_councils.csv.gz",
        f"Geographical Description,Geographical Level,ONS Code\nOurshire,Council,{COUNTY}",
    )
    head = (
        "Parent Name,Area Name,Area Type,Sex,Category,Time period,Value,Count,"
        "Compared to England value or percentiles"
    )
    name = "figures/suicide_41001_utla_2017_19_2019_21.csv.gz"
    good = ",England,England,Persons,,2017 - 19,10.1,14788,Not compared\n"
    good += "Ourregion region,Ourshire,County,Persons,,2017 - 19,7.8,144,Better"
    write(folder, name, f"{head}\n{good}\n,England,England,Male,Most deprived,2017 - 19,16,1,Worse")
    (item,) = compiled("suicide", folder)
    found = row(item, area_code=COUNTY)
    assert (found["value"], found["count"], found["grade"]) == (7.8, 144, "B")
    write(folder, name, f"{head}\n{good}\n,Nowhere,County,Male,,2017 - 19,7.8,1,Better")
    with pytest.raises(SourceError, match="without a known code: Nowhere"):
        compiled("suicide", folder)


def test_few_conceptions_are_suppressed_and_the_number_goes_with_its_rate(folder: Path) -> None:
    head = "table,group,area_code,area_name,period,measure,value"
    rows = [
        f"Table 6,under 18,{COUNTY},OURSHIRE,2017,number,135",
        f'Table 6,under 18,{COUNTY},OURSHIRE,2017,"conception rate per 1,000",12.3',
        f'Table 6,under 18,{ONE},Onetown,2017,"conception rate per 1,000",c',
        f'Table 6,under 18,{COUNTY},OURSHIRE,2017,"abortion rate per 1,000",7',
        f"Table 5,All conceptions,{COUNTY},OURSHIRE,2017,percent leading to abortion,18.9",
        f'Table 6,under 18,{ELSEWHERE},Far,2017,"conception rate per 1,000",20.0',
    ]
    name = "figures/ons_conceptions_2017_tables_5_6_7_all_areas.csv.gz"
    write(folder, name, "\n".join([head, *rows]))
    (item,) = compiled("conceptions", folder)
    rate = row(item, area_code=COUNTY, series_id="conceptions:under-18")
    assert (rate["value"], rate["count"], rate["grade"]) == (12.3, 135, "C")
    assert row(item, area_code=ONE)["status"] == "suppressed"
    assert pd.isna(row(item, series_id="conceptions:under-18-abortions")["count"])
    assert rate["area"] == "Ourshire"


def test_official_coverage_joins_halves_of_rows_and_names_the_merged_area(folder: Path) -> None:
    head = "table,age,area_code,area_name,region,eligible,vaccine,percent,number"
    rows = [f"T,{age},{COUNTY},Ourshire,R,1000,{vaccine},91.0,910" for age, vaccine in OFFICIAL]
    rows += [
        "T,5 years,E06000060,Halves,R,200,MMR2,,180",
        "T,5 years,E06000060,Halves,R,200,MMR2,90.0,",
    ]
    write(folder, "figures/ukhsa_cover_annual_2024_25_utla.csv", "\n".join([head, *rows]))
    (item,) = compiled("cover_official", folder)
    halves = row(item, area_code="E06000060")
    assert (halves["count"], halves["denominator"], halves["value"]) == (180, 200, 90.0)
    ours = item.frame[item.frame["area_code"] == COUNTY]
    assert len(ours) == 14
    assert ours["note"].str.contains("Rutland").all()
    assert halves["note"] == ""


OFFICIAL = [
    ("12 months", "DTaP/IPV/Hib/HepB"),
    ("12 months", "MenB"),
    ("12 months", "PCV1"),
    ("12 months", "rota"),
    ("24 months", "DTaP/IPV/Hib/HepB Prim"),
    ("24 months", "MMR1"),
    ("24 months", "Hib/MenC booster"),
    ("24 months", "PCV booster"),
    ("24 months", "MenB booster"),
    ("5 years", "DTaP/IPV/Hib/HepB Prim"),
    ("5 years", "dTaP/IPV booster"),
    ("5 years", "Hib/MenC booster"),
    ("5 years", "MMR1"),
    ("5 years", "MMR2"),
]


def discharges(folder: Path, mean: str = "4.0") -> Compiled:
    rows = [
        f"{COUNTY},Ourshire,2024/25,1000,900,100,400,{mean},90.0",
        f"{COUNTY},Ourshire,Mar 2025,50,50,0,0,,100.0",
    ]
    write(folder, DISCHARGE, "\n".join([DISCHARGE_HEAD, *rows]))
    (item,) = compiled("discharge", folder)
    return item


def test_days_over_all_discharges_are_derived_and_the_share_has_its_counts(folder: Path) -> None:
    item = discharges(folder)
    days = row(item, series_id="discharge:days")
    assert (days["value"], days["status"], days["grade"]) == (0.4, "derived", "C")
    share = row(item, series_id="discharge:same-day")
    assert (share["count"], share["denominator"], share["grade"]) == (900, 1000, "A")


def test_months_are_series_of_their_own_and_no_delay_has_no_mean(folder: Path) -> None:
    found = row(discharges(folder), series_id="discharge-monthly:days-when-delayed")
    assert (found["period"], found["status"]) == ("Mar 2025", "missing")
    assert found["note"].startswith("no delayed discharge")


def test_a_copy_whose_counts_do_not_give_the_published_mean_is_refused(folder: Path) -> None:
    with pytest.raises(SourceError, match="1 published means"):
        discharges(folder, mean="4.2")


def test_outcomes_of_care_keep_counts_marks_and_no_groups_of_councils(folder: Path) -> None:
    head = (
        "Geographical Description,Geographical Level,ONS Code,ASCOF Measure Code,"
        "Disaggregation Level,Measure Type,Measure Value"
    )
    rows = []
    for code in ("2A1", "2A2", "2B1", "2B2", "2D", "1F", "1H"):
        rows.append(f"Ourshire,Council,{COUNTY},{code},Total,Outcome,84.7")
        rows.append(f"Hiddenshire,Council,E10000003,{code},Total,Outcome,[x]")
    rows += [
        f"Ourshire,Council,{COUNTY},2B1,Total,Numerator,431",
        f"Ourshire,Council,{COUNTY},2B1,Total,Denominator,509",
        f"Ourshire,Council,{COUNTY},2B1,Female,Outcome,86.6",
        "Shire counties,Council Type,,2B1,Total,Outcome,80",
    ]
    write(folder, "figures/ascof_2020_21_all_councils.csv.gz", "\n".join([head, *rows]))
    (item,) = compiled("ascof", folder)
    home = row(item, area_code=COUNTY, series_id="ascof:home-91-days")
    assert (home["count"], home["denominator"], home["grade"]) == (431, 509, "A")
    assert row(item, area_code=COUNTY, series_id="ascof:reablement-offered")["grade"] == "C"
    hidden = row(item, area_code="E10000003", series_id="ascof:home-91-days")
    assert (hidden["status"], hidden["note"]) == ("suppressed", "the table prints [x]")
    assert item.ledger.dropped["groups of councils, which are no areas"] == 1


def test_cycling_years_are_those_of_the_survey(folder: Path) -> None:
    head = "area_code,area_name,mode,purpose,frequency,period,value"
    rows = [
        f"{COUNTY},Ourshire,Cycling,Travel,At least 3 times per week,2021.0,1.26",
        f"{COUNTY},Ourshire,Cycling,Any,At least once per week,2021.0,8.0",
        f"{COUNTY},Ourshire,Cycling,Leisure,At least once per week,2021.0,7.0",
    ]
    name = "figures/dft_cw0302_cycling_all_areas_2016_2021.csv.gz"
    write(folder, name, "\n".join([head, *rows]))
    (item,) = compiled("cycling", folder)
    found = row(item, series_id="cycling:travel-3-times-a-week")
    assert found["period_start"] == pd.Timestamp("2020-11-16")
    assert found["grade"] == "C"
    assert item.ledger.dropped["other purposes and frequencies"] == 1


def test_tests_for_chlamydia_are_counted_over_women(folder: Path) -> None:
    head = (
        "la_code,la,tests.female.total,positives.total,population.female.15-19,"
        "population.female.20-24,population.total"
    )
    name = "figures/phe_chlamydia_tests_positives_2012_utla.csv"
    write(folder, name, f"{head}\n{COUNTY},Ourshire,300,40,400,600,2000")
    (item,) = compiled("chlamydia_2012", folder)
    tests = row(item, series_id="chlamydia-2012:tests-women")
    assert (tests["value"], tests["denominator"]) == (30.0, 1000)
    assert row(item, series_id="chlamydia-2012:detection")["value"] == 2000.0
