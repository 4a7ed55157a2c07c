"""The committed snapshot: files hold their contract, figures are those that were printed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from hwb_analysis.frame import validate
from hwb_analysis.sources.snapshot import Snapshot, current_snapshot
from tools.compile_snapshot.readme import readme

SIX = (
    "cover-annual",
    "cover-quarterly",
    "lait",
    "els",
    "smoking-qof",
    "census2021",
    "iod2019",
    "iod2025",
)
COUNTY, REGION, ENGLAND = "Leicestershire", "East Midlands", "England"
DISTRICTS = {
    "Blaby",
    "Charnwood",
    "Harborough",
    "Hinckley and Bosworth",
    "Melton",
    "North West Leicestershire",
    "Oadby and Wigston",
}


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return current_snapshot()


@pytest.fixture(scope="module")
def everything(snapshot: Snapshot) -> pd.DataFrame:
    return snapshot.frame(vintage="all")


@pytest.fixture(scope="module")
def six(everything: pd.DataFrame) -> pd.DataFrame:
    return everything[everything["origin_id"].isin(SIX)]


def one(snapshot: Snapshot, series: str, area: str, period: str, sex: str = "Persons") -> pd.Series:
    """Return the one row of a series, area, period and sex."""
    frame = snapshot.get([series])
    rows = frame[(frame["area"] == area) & (frame["period"] == period) & (frame["sex"] == sex)]
    assert len(rows) == 1
    return rows.iloc[0]


# Contract of the whole snapshot


def test_every_file_holds_the_contract(everything: pd.DataFrame) -> None:
    validate(everything, where="snapshot")
    assert len(everything) > 14_000


def test_every_file_has_its_origin_and_every_origin_its_file(snapshot: Snapshot) -> None:
    for origin_id, origin in snapshot.origins.items():
        assert origin.origin_id == origin_id
        assert snapshot.checked(origin_id).name == origin.file
        assert len(origin.sha256) == 64
        assert all(len(digest) == 64 for digest in origin.input_sha256.values())
    listed = {path.name for path in snapshot.files.values()}
    found = {path.name for path in snapshot.folder.glob("*.parquet")}
    assert found <= listed


def test_every_series_has_rows_of_its_unit_basis_and_origin(
    snapshot: Snapshot, everything: pd.DataFrame
) -> None:
    assert set(everything["series_id"]) == set(snapshot.series)
    found = everything.groupby("series_id")[["unit", "basis", "origin_id"]].nunique()
    assert (found["unit"] == 1).all()
    assert (found["origin_id"] == 1).all()
    first = everything.groupby("series_id")[["unit", "origin_id"]].first()
    for series_id, info in snapshot.series.items():
        assert (info.unit, info.origin_id) == tuple(first.loc[series_id])
        assert snapshot.files[info.origin_id].name == info.file


def test_rows_read_are_rows_kept_and_rows_left_out_with_a_reason(snapshot: Snapshot) -> None:
    row_by_row = ("cover-quarterly", "cover-annual", "lait", "els", "smoking-qof", "iod2019")
    for origin_id in (*row_by_row, "iod2025", "lookup-lsoa21", "boundaries-lsoa21"):
        origin = snapshot.origins[origin_id]
        assert origin.rows_in == origin.rows_out + sum(origin.rows_dropped.values()), origin_id


def test_the_page_of_the_data_folder_is_the_one_its_origins_give(root: Path) -> None:
    told = "compile any source to write it anew, then commit it"
    assert (root / "data/README.md").read_text("utf-8") == readme(root / "data"), told


def test_licences_are_those_that_were_agreed(snapshot: Snapshot) -> None:
    for origin_id in ("cover-annual", "lait", "els", "smoking-qof", "census2021", "iod2025"):
        assert snapshot.origins[origin_id].licence == "Open Government Licence v3.0"
        assert "Open Government Licence v3.0" in snapshot.origins[origin_id].attribution
    for level in ("districts", "lsoa21"):
        assert "OS data" in snapshot.origins[f"boundaries-{level}"].attribution


def test_files_stay_small(snapshot: Snapshot) -> None:
    sizes = {path: path.stat().st_size for path in snapshot.files.values()}
    assert max(sizes.values()) < 5_000_000
    assert sum(sizes.values()) < 15_000_000


# Plausibility of the six sources


def test_proportions_lie_between_0_and_100(snapshot: Snapshot, six: pd.DataFrame) -> None:
    kinds = six["series_id"].map(lambda series: snapshot.series[series].value_type)
    values = six.loc[(kinds == "proportion") & six["value"].notna(), "value"]
    assert values.between(0, 100).all()


def test_counts_over_denominators_give_the_printed_values(
    snapshot: Snapshot, six: pd.DataFrame
) -> None:
    counted = six[six["denominator"].notna()]
    factor = counted["series_id"].map(lambda series: snapshot.series[series].multiplier)
    difference = (factor * counted["count"] / counted["denominator"] - counted["value"]).abs()
    # Quarterly coverage is printed to one decimal in some years: half a unit of it.
    assert difference.max() <= 0.05 + 1e-9
    exact = counted["series_id"].str.startswith(("cover:", "census2021:", "fingertips:"))
    assert difference[exact].max() < 1e-5


def test_a_row_without_counts_or_limits_is_not_graded_a(six: pd.DataFrame) -> None:
    bare = six["count"].isna() & six["lower_95"].isna()
    assert (six.loc[bare, "grade"] == "C").all()
    assert (six.loc[~bare, "grade"] == "A").all()
    published = six["lower_95"].notna()
    assert (six.loc[published, "method"] == "published").all()
    assert (six.loc[~published, "method"] == "").all()


def test_a_value_that_is_not_there_says_why(six: pd.DataFrame) -> None:
    assert (six.loc[six["value"].isna(), "note"] != "").all()


def test_two_publishers_of_one_figure_agree_on_its_year(snapshot: Snapshot) -> None:
    """The meaning given to bare year labels is the one the other publisher writes out."""
    pairs = [
        ("lait:early-goals-communication", "els:early-goals-communication", 0.05),
        ("lait:early-goals-literacy", "els:early-goals-literacy", 0.05),
        ("lait:children-low-income", "els:child-poverty-before-housing", 0.06),
        ("lait:persistent-absence", "els:persistent-absence", 0.06),
    ]
    for first, second, slack in pairs:
        frame = snapshot.get([first, second])
        frame = frame[frame["area"].isin([COUNTY, REGION, ENGLAND]) & frame["value"].notna()]
        wide = frame.pivot(index=["area", "period"], columns="series_id", values="value").dropna()
        assert len(wide) >= 6, first
        assert (wide[first] - wide[second]).abs().max() <= slack, first


# Figures as printed


def test_two_doses_of_mmr_by_five(snapshot: Snapshot) -> None:
    county = one(snapshot, "cover:mmr2-5y", COUNTY, "2023/24")
    assert round(county["value"], 2) == 91.82
    assert county["denominator"] == 7705
    assert (county["status"], county["basis"]) == ("derived", "register")
    printed = {"2020/21": 95.32, "2021/22": 94.25, "2022/23": 92.95}
    for period, value in printed.items():
        assert round(one(snapshot, "cover:mmr2-5y", COUNTY, period)["value"], 2) == value
    assert round(one(snapshot, "cover:mmr2-5y", ENGLAND, "2023/24")["value"], 2) == 84.13
    short = one(snapshot, "cover:mmr2-5y", COUNTY, "2015/16")
    assert short["note"] == "derived from 3 of 4 quarters"


@pytest.mark.parametrize(
    ("series", "area", "period", "value"),
    [
        ("lait:overweight-reception", COUNTY, "2022/23", 18.7),
        ("lait:overweight-reception", COUNTY, "2023/24", 20.2),
        ("lait:overweight-reception", ENGLAND, "2023/24", 22.1),
        ("lait:overweight-year6", COUNTY, "2022/23", 31.9),
        ("lait:overweight-year6", COUNTY, "2023/24", 32.4),
        ("lait:overweight-year6", ENGLAND, "2023/24", 35.8),
        ("lait:gld", COUNTY, "2018/19", 72.1),
        ("lait:gld", ENGLAND, "2018/19", 71.8),
        ("lait:gld", COUNTY, "2023/24", 69.6),
        ("lait:gld", ENGLAND, "2023/24", 67.7),
        ("lait:gld-fsm", COUNTY, "2023/24", 44.3),
        ("lait:gld-fsm", ENGLAND, "2023/24", 51.5),
        ("lait:ehcp", COUNTY, "2023/24", 4.8),
        ("lait:lac-health-check", COUNTY, "2019/20", 92),
        ("lait:lac-health-check", COUNTY, "2022/23", 76),
        ("lait:lac-health-check", COUNTY, "2023/24", 82),
        ("lait:lac-immunisation", COUNTY, "2023/24", 77),
        ("lait:lac-immunisation", ENGLAND, "2023/24", 82),
        ("lait:lac-emotional", COUNTY, "2021/22", 13.6),
        ("lait:lac-emotional", COUNTY, "2023/24", 14.7),
        ("lait:breastfeeding-6-8-weeks", COUNTY, "2022/23", 50.0),
    ],
)
def test_childrens_measures(
    snapshot: Snapshot, series: str, area: str, period: str, value: float
) -> None:
    row = one(snapshot, series, area, period)
    assert (row["value"], row["grade"]) == (value, "C")


@pytest.mark.parametrize(
    ("series", "area", "period", "sex", "value", "low", "high"),
    [
        ("els:employment-rate", COUNTY, "2023", "Persons", 81.6, 78.8, 84.4),
        ("els:cancer-stage-1-2", COUNTY, "2019", "Persons", 50.3, 48.4, 52.2),
        ("els:cancer-stage-1-2", COUNTY, "2022", "Persons", 55.9, 54.0, 57.8),
        ("els:hle-birth", COUNTY, "2018 - 20", "Male", 64.6, 62.6, 66.6),
        ("els:hle-birth", COUNTY, "2018 - 20", "Female", 64.9, 62.5, 67.3),
        ("els:hle-birth", ENGLAND, "2018 - 20", "Male", 63.1, 62.9, 63.3),
    ],
)
def test_figures_with_published_limits(
    snapshot: Snapshot,
    series: str,
    area: str,
    period: str,
    sex: str,
    value: float,
    low: float,
    high: float,
) -> None:
    row = one(snapshot, series, area, period, sex)
    assert [round(row[c], 1) for c in ("value", "lower_95", "upper_95")] == [value, low, high]
    assert (row["grade"], row["method"]) == ("A", "published")


def test_england_beside_them(snapshot: Snapshot) -> None:
    assert round(one(snapshot, "els:employment-rate", ENGLAND, "2023")["value"], 1) == 76.0
    assert round(one(snapshot, "els:cancer-stage-1-2", ENGLAND, "2019")["value"], 1) == 54.9
    assert round(one(snapshot, "els:cancer-stage-1-2", ENGLAND, "2022")["value"], 1) == 56.8


def test_north_west_leicestershire_is_most_and_harborough_least_deprived(
    snapshot: Snapshot,
) -> None:
    printed = {
        "iod2019:imd-score": [14.573, 13.461, 13.238, 12.958, 12.532, 10.629, 8.015],
        "iod2025:imd-score": [15.307, 14.866, 13.703, 13.428, 13.272, 10.500, 9.224],
    }
    for series, scores in printed.items():
        frame = snapshot.get([series])
        home = frame[frame["area"].isin(DISTRICTS)].sort_values("value", ascending=False)
        assert list(home["value"]) == scores
        assert home["area"].iloc[0] == "North West Leicestershire"
        assert home["area"].iloc[-1] == "Harborough"


def test_smoking_recorded_by_practices(snapshot: Snapshot) -> None:
    row = one(snapshot, "fingertips:91547", COUNTY, "2022/23")
    assert (row["count"], row["denominator"]) == (79006, 624884)
    assert round(row["value"], 2) == 12.64
    frame = snapshot.get(["fingertips:91547"])
    assert frame.groupby("area")["period"].nunique()[COUNTY] == 10
    region = frame[(frame["area"] == REGION) & (frame["status"] != "ok")]
    assert list(region["period"]) == ["2020/21"]


def test_districts_add_up_to_the_county_in_the_smoking_figures(snapshot: Snapshot) -> None:
    frame = snapshot.get(["fingertips:91547"])
    districts = frame[frame["area"].isin(DISTRICTS)].groupby("period")["count"].sum()
    county = frame[frame["area"] == COUNTY].set_index("period")["count"]
    assert (districts - county).abs().max() == 0


def test_census_counts_of_the_county(snapshot: Snapshot) -> None:
    residents = one(snapshot, "census2021:residents", COUNTY, "21 Mar 2021")
    assert residents["value"] == 712_367
    carers = one(snapshot, "census2021:unpaid-care", COUNTY, "21 Mar 2021")
    assert carers["count"] == pytest.approx(61_300, rel=0.001)
    health = one(snapshot, "census2021:bad-or-very-bad-health", COUNTY, "21 Mar 2021")
    assert round(health["value"], 1) == 4.3
    assert round(one(snapshot, "census2021:good-health", COUNTY, "21 Mar 2021")["value"], 1) == 83.2


def test_small_areas_add_up_to_districts_and_county(snapshot: Snapshot) -> None:
    names = ["disability", "unpaid-care", "bad-or-very-bad-health", "aged-65-plus"]
    for name in names:
        frame = snapshot.get([f"census2021:{name}"])
        tiers = frame.groupby("area_type")["count"].sum()
        assert (frame["area_type"] == "LSOA").sum() == 408
        districts = frame[frame["area"].isin(DISTRICTS)]["count"].sum()
        county = frame.loc[frame["area"] == COUNTY, "count"].item()
        assert tiers["LSOA"] == districts == county, name


def test_lookup_of_small_areas(snapshot: Snapshot) -> None:
    lookup = snapshot.lsoa_lookup()
    assert len(lookup) == lookup["lsoa21_code"].nunique() == 408
    ranks = lookup.set_index("lsoa21_code")
    printed = {
        "E01025699": (699, 1701),
        "E01025725": (2950, 1556),
        "E01025932": (2174, 1293),
        "E01025934": (3087, 4567),
    }
    for code, expected in printed.items():
        assert tuple(ranks.loc[code, ["imd2019_rank", "imd2025_rank"]]) == expected
    assert lookup["residents"].sum() == pytest.approx(712_367, rel=0.0001)
    counts = lookup.groupby("district_code").size()
    assert list(counts) == [60, 102, 52, 68, 30, 60, 36]


def test_outlines_are_valid_and_on_the_national_grid(snapshot: Snapshot) -> None:
    districts = snapshot.boundaries("districts")
    areas = snapshot.boundaries("lsoa21")
    assert set(districts["area"]) == DISTRICTS | {"Leicester", "Rutland"}
    assert set(areas["area_code"]) == set(snapshot.lsoa_lookup()["lsoa21_code"])
    for outlines in (districts, areas):
        assert outlines.crs.to_epsg() == 27700
        assert outlines.geometry.is_valid.all()
    county = districts[districts["area"].isin(DISTRICTS)].geometry.area.sum() / 1e6
    assert county == pytest.approx(2083.84, abs=0.1)
    assert areas.geometry.area.sum() / 1e6 == pytest.approx(county, abs=0.1)
