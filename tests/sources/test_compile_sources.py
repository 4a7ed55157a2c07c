"""Every source module on a handful of made-up rows: what it keeps, drops, says and recovers."""

from __future__ import annotations

import gzip
from importlib import import_module
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import yaml
from shapely.geometry import box

from hwb_analysis.errors import SourceError
from hwb_analysis.frame import validate
from tools.compile_snapshot.__main__ import main
from tools.compile_snapshot.areas import Footprint
from tools.compile_snapshot.compiled import Compiled
from tools.compile_snapshot.els import els_period
from tools.compile_snapshot.lait import lait_period
from tools.compile_snapshot.review import plausibility

HOME = Footprint.read()
COUNTY, CITY = HOME.county, HOME.neighbours[0]
ENGLAND = "E92000001"
DISTRICT = "E07000129"


def write(folder: Path, name: str, text: str) -> None:
    """Write a file of figures below the folder, compressed where its name says so."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    data = "\n".join(line.strip() for line in text.strip().splitlines()) + "\n"
    opener = gzip.open if name.endswith(".gz") else open
    with opener(path, "wt", encoding="utf-8") as stream:
        stream.write(data)


def compiled(name: str, folder: Path) -> list[Compiled]:
    """Run one module and check what holds for every source."""
    items: list[Compiled] = import_module(f"tools.compile_snapshot.{name}").compile(folder)
    for item in items:
        if item.series:
            validate(item.frame, where=item.file)
            assert set(item.frame["series_id"]) <= set(item.series)
    return items


def cover_rows() -> str:
    head = (
        "area_code,area_name,financial_year,quarter,age_cohort,vaccine,denominator,coverage_pct,"
        "source_file"
    )
    body = []
    for quarter, (children, share) in enumerate([(1900, 91.947), (2000, 92.05), (1950, 91.231)], 1):
        row = f"2023/24,{quarter},5y,MMR2,{children},{share},{quarter}.ods"
        body += [f"{COUNTY},Ourshire,{row}", f"{ENGLAND},England,{row}"]
    body.append(f"{COUNTY},Ourshire,2022/23,4,5y,MMR2,1000,90.0,old.xls")
    body.append(f"{COUNTY},Ourshire,2013/14,1,12m,MenC,1000,90.0,older.xls")
    return "\n".join([head, *body])


COVER = "ukhsa_cover_quarterly_utla.csv"


def compiled_cover(folder: Path, rows: str, others: str = "") -> list[Compiled]:
    """Compile the rows of the footprint, with those of other authorities in the whole file."""
    write_cover(folder, rows, others)
    return compiled("cover", folder)


def write_cover(folder: Path, rows: str, others: str = "") -> None:
    write(folder, f"indicators/footprint/{COVER}", rows)
    write(folder, f"indicators/england/{COVER}.gz", f"{rows}\n{others}")


@pytest.fixture
def cover(tmp_path: Path) -> list[Compiled]:
    return compiled_cover(tmp_path, cover_rows())


def test_quarters_are_held_for_all_authorities_and_years_for_the_footprint(tmp_path: Path) -> None:
    others = "\n".join(
        [
            "E08000001,Elsewhere,2023/24,1,5y,MMR2,2000,84.05,1.ods",
            "E08000001,Elsewhere,2023/24,2,5y,MMR2,2000,8.4,2.ods",
            "E08000001,Elsewhere,2023/24,3,5y,MMR2,,84.0,3.ods",
            "E06000053,Islands,2023/24,1,5y,MMR2,3,33.333,1.ods",
        ]
    )
    quarterly, annual = compiled_cover(tmp_path, cover_rows(), others)
    there = quarterly.frame[quarterly.frame["area_code"] == "E08000001"].set_index("period")
    assert there["status"].to_dict() == {"2023/24 Q1": "derived", "2023/24 Q2": "not_comparable"}
    assert "looks mis-keyed: kept as published" in there.loc["2023/24 Q2", "note"]
    assert there.loc["2023/24 Q1", "count"] == 1681
    # One child of three is a small number and no mistake.
    few = quarterly.frame[quarterly.frame["area_code"] == "E06000053"].iloc[0]
    assert (few["count"], few["status"]) == (1, "derived")
    assert quarterly.ledger.dropped["no number of children printed"] == 1
    assert set(annual.frame["area_code"]) == {COUNTY, ENGLAND}


def test_counts_of_children_come_back_from_the_printed_percentage(cover: list[Compiled]) -> None:
    quarterly = cover[0].frame
    county = quarterly[quarterly["area_code"] == COUNTY].set_index("period")
    assert county.loc["2023/24 Q1", "count"] == 1747
    assert county.loc["2023/24 Q1", "note"] == "count recovered exactly"
    assert county.loc["2022/23 Q4", "note"] == "count recovered to within one child"
    assert set(quarterly["status"]) == {"derived"}


def test_a_year_is_the_sum_of_its_quarters_and_says_how_many(cover: list[Compiled]) -> None:
    annual = cover[1].frame
    county = annual[annual["area_code"] == COUNTY].iloc[0]
    assert (county["count"], county["denominator"]) == (1747 + 1841 + 1779, 5850)
    assert county["value"] == pytest.approx(100 * 5367 / 5850)
    assert county["note"] == "derived from 3 of 4 quarters"
    england = annual[annual["area_code"] == ENGLAND].iloc[0]
    assert "sum of the authorities" in england["note"]


def test_a_year_of_one_quarter_is_not_made_up(cover: list[Compiled]) -> None:
    assert "2022/23" not in set(cover[1].frame["period"])
    assert cover[1].ledger.dropped["fewer than 3 quarters of the year were published"] == 1
    assert "MenC" in next(iter(cover[0].ledger.dropped))


def test_a_sum_with_a_miskeyed_authority_is_not_comparable(tmp_path: Path) -> None:
    head = cover_rows().splitlines()[0]
    body = [
        f"{code},X,2015/16,{quarter},12m,Rotavirus,1000,90.0,a.xls"
        for code in (ENGLAND, COUNTY)
        for quarter in (2, 3, 4)
    ]
    items = compiled_cover(tmp_path, "\n".join([head, *body]))
    quarterly, annual = (item.frame for item in items)
    for frame in (quarterly, annual):
        assert set(frame.loc[frame["area_code"] == COUNTY, "status"]) == {"derived"}
    england = quarterly[quarterly["area_code"] == ENGLAND].set_index("period")["status"]
    assert list(england) == ["not_comparable", "not_comparable", "derived"]
    year = annual[annual["area_code"] == ENGLAND].iloc[0]
    assert year["status"] == "not_comparable"
    assert "mis-keyed" in year["note"]


def lait_rows(*rows: str) -> str:
    head = (
        "lait_code,measure_short,topic,measure,unit,polarity,year_type,period,area_code,"
        "area_name,la_number,value,raw_value"
    )
    return "\n".join([head, *rows])


LAIT = "indicators/footprint/dfe_lait_health_related.csv"
GLD = "1,FSP_NEW_GOODDEV,T,M,%,High,Academic Year"


def test_lait_has_values_only_and_a_dash_is_missing_with_its_reason(tmp_path: Path) -> None:
    rows = lait_rows(
        f"{GLD},2024,{COUNTY},Ourshire,1,69.6,",
        f"{GLD},2021,{COUNTY},Ourshire,1,,-",
        f"2,FirstYJS,T,M,Rate,Low,Calendar Year,2023,{ENGLAND},England,1,1320,",
        f"2,FirstYJS,T,M,Rate,Low,Calendar Year,2023,{COUNTY},Ourshire,1,102,",
        f"3,PreChildDea,T,M,%,-,Financial Year,2021,{COUNTY},Ourshire,1,12,",
    )
    write(tmp_path, LAIT, rows)
    (item,) = compiled("lait", tmp_path)
    gld = item.frame[item.frame["series_id"] == "lait:gld"].set_index("period")
    assert gld.loc["2023/24", "value"] == 69.6
    assert gld.loc["2020/21", "status"] == "missing"
    assert "dash" in gld.loc["2020/21", "note"]
    assert set(item.frame["grade"]) == {"C"}
    assert item.frame[["count", "lower_95"]].isna().all(axis=None)
    offenders = item.frame[item.frame["series_id"] == "lait:first-time-offenders"]
    assert set(offenders["area_code"]) == {COUNTY}
    assert sum(item.ledger.dropped.values()) == 2


def test_a_new_lait_measure_is_refused_by_name(tmp_path: Path) -> None:
    row = f"9,NewThing,T,M,%,High,Academic Year,2024,{COUNTY},Ourshire,1,1,"
    write(tmp_path, LAIT, lait_rows(row))
    with pytest.raises(SourceError, match=r"NewThing") as caught:
        compiled("lait", tmp_path)
    assert caught.value.exit_code == 12


@pytest.mark.parametrize(
    ("label", "kind", "start", "end"),
    [
        ("2024", "Academic Year", "2023-09-01", "2024-08-31"),
        ("2024", "Financial Year", "2023-04-01", "2024-03-31"),
        ("2024", "Calendar Year", "2024-01-01", "2024-12-31"),
        ("2024", "Annual", "2024-03-31", "2024-03-31"),
        ("2024", "Annual - January", "2024-01-01", "2024-01-31"),
        ("2014-16", "Calendar Year", "2014-01-01", "2016-12-31"),
        ("2013/14-15/16", "Financial Year", "2013-04-01", "2016-03-31"),
        ("2000", "Academic Year", "1999-09-01", "2000-08-31"),
    ],
)
def test_lait_years_are_named_by_the_year_they_end_in(
    label: str, kind: str, start: str, end: str
) -> None:
    period = lait_period(label, kind)
    assert (period.start.isoformat(), period.end.isoformat()) == (start, end)


def test_an_unknown_kind_of_lait_year_is_refused() -> None:
    with pytest.raises(SourceError, match="not known: 'Lunar Year'"):
        lait_period("2024", "Lunar Year")


ELS = "indicators/footprint/ons_explore_local_statistics.csv"
ELS_HEAD = (
    "dataset,area_code,area_name,area_type,indicator,period,value,measure,unit,lci95,uci95,"
    "status,notes"
)
WORK = f"employment-rate,{COUNTY},Ourshire,C,Employment rate"


def els_rows(*rows: str) -> str:
    return "\n".join([ELS_HEAD, *rows])


def test_published_limits_are_taken_over_and_bad_ones_left_out(tmp_path: Path) -> None:
    rows = els_rows(
        f"{WORK},2023-01-01/P1Y,81.6,Percentage,%,78.8,84.4,,",
        f"{WORK},2022-01-01/P1Y,80.0,Percentage,%,81.0,84.0,,",
        f"{WORK},2021-01-01/P1Y,,Percentage,%,,,u,",
        f"{WORK},2020-01-01/P1Y,,Percentage,%,,,x,",
        f"{WORK},2019-01-01/P1Y,79.0,Percentage,%,,,,small sample",
        f"museums,{COUNTY},Ourshire,C,museums,2021-09-30,1,n,n,,,,",
    )
    write(tmp_path, ELS, rows)
    (item,) = compiled("els", tmp_path)
    by = item.frame.set_index("period")
    assert tuple(by.loc["2023", ["lower_95", "upper_95"]]) == (78.8, 84.4)
    assert (by.loc["2023", "method"], by.loc["2023", "grade"]) == ("published", "A")
    assert pd.isna(by.loc["2022", "lower_95"])
    assert "outside" in by.loc["2022", "note"]
    assert (by.loc["2021", "status"], by.loc["2020", "status"]) == ("suppressed", "missing")
    assert (by.loc["2019", "grade"], by.loc["2019", "note"]) == ("C", "small sample")
    assert item.ledger.dropped == {"datasets that no success measure needs": 1}


def test_both_sexes_of_healthy_life_expectancy_are_one_series(tmp_path: Path) -> None:
    name = f"healthy-life-expectancy,{COUNTY},Ourshire,C"
    rows = els_rows(
        f"{name},Male healthy life expectancy,2018-01-01/P3Y,64.6,Years,yrs,62.6,66.6,,",
        f"{name},Female healthy life expectancy,2018-01-01/P3Y,64.9,Years,yrs,62.5,67.3,,",
    )
    write(tmp_path, ELS, rows)
    (item,) = compiled("els", tmp_path)
    assert list(item.series) == ["els:hle-birth"]
    assert dict(zip(item.frame["sex"], item.frame["value"], strict=True)) == {
        "Male": 64.6,
        "Female": 64.9,
    }


def test_school_years_that_start_in_august_are_academic_years() -> None:
    period = els_period("2023-08-01/P1Y", "persistent-absences-for-all-pupils")
    assert (period.label, period.kind.value) == ("2023/24", "academic")
    assert els_period("2022-04-01/P1Y").label == "2022/23"


SMOKING = "smallarea/fingertips_full_format_heec_leicestershire.csv"
SMOKING_HEAD = (
    "Indicator ID,Area Code,Area Name,Sex,Age,Category,Time period,Value,Lower CI 95.0 limit,"
    "Upper CI 95.0 limit,Lower CI 99.8 limit,Upper CI 99.8 limit,Count,Denominator,Value note"
)


def smoking(code: str, year: str, below: int, age: str = "15+ yrs", category: str = "") -> str:
    return (
        f"91547,{code},Ourland region (statistical),Persons,{age},{category},{year},"
        f"10,9,11,,,{below // 10},{below},"
    )


def test_smoking_keeps_one_row_a_year_and_marks_a_part_denominator(tmp_path: Path) -> None:
    rows = [
        SMOKING_HEAD,
        smoking("E12000004", "2015/16", 4000),
        smoking("E12000004", "2015/16", 4000, age="Not applicable"),
        smoking("E12000004", "2016/17", 4100),
        smoking("E12000004", "2017/18", 3500),
        smoking("E12000004", "2018/19", 4200),
        smoking(ENGLAND, "2018/19", 9000, category="Most deprived"),
        "200,E92000001,England,Persons,All,,2018/19,1,,,,,,,",
    ]
    write(tmp_path, SMOKING, "\n".join(rows))
    (item,) = compiled("smoking_qof", tmp_path)
    assert dict(zip(item.frame["period"], item.frame["status"], strict=True)) == {
        "2015/16": "ok",
        "2016/17": "ok",
        "2017/18": "not_comparable",
        "2018/19": "ok",
    }
    assert set(item.frame["area"]) == {"Ourland"}
    assert sum(item.ledger.dropped.values()) == 3
    assert item.ledger.rows_in == len(item.frame) + 3


AREAS = "geography/lookup_lad23_utla23_region24.csv"


def write_geography(folder: Path, change: str = "S") -> None:
    """Write two small areas of the county and one of its neighbour, with all their look-ups."""
    write(
        folder,
        AREAS,
        f"""ltla23_code,ltla23_name,utla23_code,utla23_name,region24_code,region24_name
        {DISTRICT},Westdale,{COUNTY},Ourshire,E12000004,Ourland
        {CITY},City,{CITY},City,E12000004,Ourland""",
    )
    places = [
        ("E01000001", "Westdale 001A", DISTRICT, "Westdale", COUNTY, "Ourshire"),
        ("E01000002", "Westdale 001B", DISTRICT, "Westdale", COUNTY, "Ourshire"),
        ("E01000003", "City 001A", CITY, "City", CITY, "City"),
    ]
    table = pd.DataFrame(
        places,
        columns=["lsoa21_code", "lsoa21_name", "lad24_code", "lad24_name", "utla_code", "utla"],
    ).assign(msoa21_code="E02000001", msoa21_name="Westdale 001")
    table.to_csv(folder / "geography/lookup_lsoa21_msoa21_ward24_lad24_utla_leics.csv", index=False)
    table.assign(imd_score=[30.0, 20.0, 10.0], imd_rank=[100, 200, 300], imd_decile=1).to_parquet(
        folder / "geography/iod2025_lsoa21_england.parquet"
    )
    pd.DataFrame(
        {
            "lsoa11_code": ["E01000009", "E01000009", "E01000003"],
            "lsoa21_code": ["E01000001", "E01000002", "E01000003"],
            "change_code": [change, "S", "U"],
        }
    ).to_parquet(folder / "geography/lookup_lsoa11_lsoa21_england.parquet")
    pd.DataFrame(
        {"lsoa11_code": ["E01000009", "E01000003"], "imd_rank": [150, 350], "imd_decile": [1, 2]}
    ).to_parquet(folder / "geography/iod2019_lsoa11_england.parquet")
    squares = [box(i, 0, i + 1, 1) for i in range(3)]
    outlines = folder / "geography/leicestershire_geography_27700.gpkg"
    gpd.GeoDataFrame(table, geometry=squares, crs=27700).to_file(outlines, layer="lsoa21")
    districts = table.drop_duplicates("lad24_code")[["lad24_code", "lad24_name"]]
    gpd.GeoDataFrame(districts, geometry=[box(0, 0, 2, 1), squares[2]], crs=27700).to_file(
        outlines, layer="lad24"
    )
    every = table.drop_duplicates("lad24_code")[["lad24_code", "lad24_name"]]
    every = every.set_axis(["ltla24_code", "ltla24_name"], axis=1)
    degrees = [box(-1.2, 52.6, -1.1, 52.7), box(-1.1, 52.6, -1.0, 52.7)]
    gpd.GeoDataFrame(every, geometry=degrees, crs=4326).to_file(
        folder / "geography/lad24_england_generalised.geojson", driver="GeoJSON"
    )


def write_census(folder: Path) -> None:
    """Write counts of the three small areas: the third is outside the county."""
    columns = (
        "lsoa21_code,very_good_or_good,fair,bad_or_very_bad,no_unpaid_care,care_19h_or_less,"
        "care_20_49h,care_50h_plus,disabled_published,residents_ts038_published,age_0_14,"
        "age_15_24,age_25_44,age_45_64,age_65_74,age_75_plus"
    )
    write(
        folder,
        "smallarea/census2021_lsoa21_england_key.csv.gz",
        f"""{columns}
        E01000001,80,15,5,90,4,3,2,20,100,20,10,30,20,12,8
        E01000002,150,35,15,170,8,7,5,50,200,40,20,60,40,25,15
        E01000003,240,40,20,260,10,9,8,60,300,60,30,90,60,40,20""",
    )


@pytest.fixture
def places(tmp_path: Path) -> Path:
    (tmp_path / "geography").mkdir()
    write_geography(tmp_path)
    write_census(tmp_path)
    return tmp_path


def test_small_areas_add_up_to_every_tier_above_them(places: Path) -> None:
    (item,) = compiled("census2021", places)
    care = item.frame[item.frame["series_id"] == "census2021:unpaid-care"].set_index("area_code")
    assert care.loc["E01000001", "count"] == 9
    assert care.loc[DISTRICT, "count"] == care.loc[COUNTY, "count"] == 29
    assert (care.loc[CITY, "count"], care.loc[ENGLAND, "count"]) == (27, 56)
    assert care.loc[COUNTY, "denominator"] == 99 + 190
    assert "E01000003" not in care.index
    health = item.frame[item.frame["series_id"] == "census2021:bad-or-very-bad-health"]
    assert health.set_index("area_code").loc[COUNTY, "value"] == pytest.approx(100 * 20 / 300)
    assert health.set_index("area_code").loc["E01000001", "status"] == "derived"


def test_quoted_residents_of_the_county_stand_beside_the_sum_of_small_areas(places: Path) -> None:
    (item,) = compiled("census2021", places)
    people = item.frame[item.frame["series_id"] == "census2021:residents"].set_index("area_code")
    assert people.loc[COUNTY, "count"] == HOME.residents_of_districts
    assert "the small areas add to 300" in people.loc[COUNTY, "note"]
    assert people.loc[DISTRICT, "value"] == 300


def test_a_split_area_inherits_the_rank_of_the_area_it_was_part_of(places: Path) -> None:
    areas, lookup, districts, outlines, every = compiled("geography", places)
    ranks = lookup.frame.set_index("lsoa21_code")
    assert list(ranks["imd2019_rank"]) == [150, 150]
    assert list(ranks["imd2025_rank"]) == [100, 200]
    assert list(ranks["residents"]) == [100, 200]
    parents = areas.frame.set_index("area_code")["parent_code"]
    assert (parents[DISTRICT], parents[COUNTY], parents[CITY]) == (COUNTY, "E12000004", "E12000004")
    assert (parents["E12000004"], parents[ENGLAND]) == (ENGLAND, "")
    assert list(districts.frame["area_code"]) == sorted([CITY, DISTRICT])
    assert len(outlines.frame) == 2
    assert list(every.frame["area_code"]) == sorted([CITY, DISTRICT])
    # Degrees were given; the grid is in metres, with the county some 450 km from its origin.
    assert every.frame.geometry.bounds["minx"].between(400_000, 500_000).all()


def test_a_merged_area_has_no_rank_to_inherit(places: Path) -> None:
    write_geography(places, change="M")
    with pytest.raises(SourceError, match="change code M"):
        compiled("geography", places)


def test_district_scores_stand_as_published(tmp_path: Path) -> None:
    write(
        tmp_path,
        "geography/imd2019_lad19_summary.csv",
        f"lad19_code,lad19_name,imd_avg_score_file10\n{DISTRICT},Westdale,14.573",
    )
    write(
        tmp_path,
        "geography/iod2025_lad24_file10v2.csv",
        f"lad24_code,lad24_name,imd_average_score\n{DISTRICT},Westdale,15.307",
    )
    old, new = compiled("deprivation", tmp_path)
    assert (old.frame["value"].item(), new.frame["value"].item()) == (14.573, 15.307)
    assert set(old.frame["series_id"]) == {"iod2019:imd-score"}
    assert (old.frame["vintage"].item(), new.frame["vintage"].item()) == ("2019-09", "2025-11")


def test_an_absent_file_or_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"ukhsa_cover_quarterly_utla\.csv was expected"):
        compiled("cover", tmp_path)
    write(tmp_path, LAIT, "area_code,value\nE1,1")
    with pytest.raises(SourceError, match="lacks the columns measure_short, year_type"):
        compiled("lait", tmp_path)


def test_the_review_points_at_shares_above_100_and_counts_that_disagree(
    cover: list[Compiled],
) -> None:
    annual = cover[1]
    annual.frame.loc[0, "value"] = 101.0
    told = "\n".join(plausibility(annual))
    assert "a proportion outside 0 to 100: 1 row" in told
    assert "count over denominator differs from the value: 1 row" in told


def run(folder: Path, out: Path, only: str) -> int:
    return main(["--from", str(folder), "--out", str(out), "--only", only, "--snapshot", "2000-01"])


@pytest.fixture
def everything(places: Path) -> Path:
    write_cover(places, cover_rows())
    write(places, LAIT, lait_rows(f"{GLD},2024,{COUNTY},Ourshire,1,69.6,"))
    return places


def test_compiling_twice_gives_the_same_bytes(
    everything: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outs = [tmp_path_factory.mktemp("out") for _ in range(2)]
    for out in outs:
        assert run(everything, out, "cover,lait,census2021,geography") == 0
    contents: list[dict[str, bytes]] = [
        {str(p.relative_to(out)): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}
        for out in outs
    ]
    assert contents[0] == contents[1]
    # Snapshot files, its lists, the other lists, the other files, the page.
    assert len(contents[0]) == 4 + 2 + 2 + 5 + 1


def test_the_order_of_the_input_rows_does_not_matter(
    everything: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    first, second = (tmp_path_factory.mktemp("out") for _ in range(2))
    run(everything, first, "cover")
    head, *body = cover_rows().splitlines()
    write_cover(everything, "\n".join([head, *reversed(body)]))
    run(everything, second, "cover")
    for name in ("cover", "cover_quarterly"):
        name = f"snapshot/2000-01/{name}.parquet"
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_compiling_one_source_leaves_the_entries_of_the_others(
    everything: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run(everything, out, "cover,lait")
    before = yaml.safe_load((out / "snapshot/2000-01/series.yaml").read_text())
    run(everything, out, "cover")
    after = yaml.safe_load((out / "snapshot/2000-01/series.yaml").read_text())
    assert before == after
    assert {"cover:mmr2-5y", "lait:gld"} <= set(after)


def test_a_failed_source_leaves_no_half_written_file(
    everything: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(everything, out, "cover,els") == 12
    assert "ons_explore_local_statistics.csv" in capsys.readouterr().err
    names = sorted(p.name for p in out.rglob("*") if p.is_file())
    assert names == [
        "README.md",
        "cover.parquet",
        "cover_quarterly.parquet",
        "origins.yaml",
        "series.yaml",
    ]


def test_the_page_of_the_data_folder_lists_every_file(everything: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(everything, out, "cover,geography")
    page = (out / "README.md").read_text("utf-8")
    for name in ("cover.parquet", "cover_quarterly.parquet", "areas.csv", "districts.parquet"):
        assert f"| `{name}` |" in page
    assert page.index("## snapshot/2000-01") < page.index("## boundaries")


def test_an_unknown_source_is_refused_with_the_nearest_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, tmp_path, "covver") == 2
    assert "did you mean 'cover'?" in capsys.readouterr().err
