"""Real values, typed from the publishers' print, as a user reads them with ``hwb.load``."""

from __future__ import annotations

import pandas as pd
import pytest

import hwb_analysis as hwb
from hwb_analysis.strategy.model import Strategy


@pytest.fixture(scope="module")
def strategy() -> Strategy:
    """Return the registry."""
    return hwb.load_strategy()


def one(what: str, area: str, period: str, sex: str = "") -> pd.Series:
    """Return the single figure of an area and period."""
    frame = hwb.load(what, areas=area)
    rows = frame.loc[frame["period"] == period]
    if sex:
        rows = rows.loc[rows["sex"] == sex]
    assert len(rows) == 1, f"{what} {area} {period}: {len(rows)} rows"
    return rows.iloc[0]


# What, area, period, sex, printed value, decimals of the print.
PRINTED = [
    ("cover:mmr2-5y", "Leicestershire", "2023/24", "", 91.8, 1),
    ("cover:mmr2-5y", "Leicestershire", "2020/21", "", 95.32, 2),
    ("cover:mmr2-5y", "England", "2023/24", "", 84.13, 2),
    ("lait:overweight-reception", "Leicestershire", "2023/24", "", 20.2, 1),
    ("lait:overweight-reception", "England", "2023/24", "", 22.1, 1),
    ("lait:overweight-year6", "Leicestershire", "2023/24", "", 32.4, 1),
    ("lait:gld", "Leicestershire", "2023/24", "", 69.6, 1),
    ("lait:gld", "England", "2023/24", "", 67.7, 1),
    ("lait:gld", "Leicestershire", "2018/19", "", 72.1, 1),
    ("lait:gld-fsm", "Leicestershire", "2023/24", "", 44.3, 1),
    ("lait:gld-fsm", "England", "2023/24", "", 51.5, 1),
    ("lait:lac-health-check", "Leicestershire", "2022/23", "", 76, 0),
    ("lait:lac-health-check", "Leicestershire", "2023/24", "", 82, 0),
    ("lait:under18-conceptions", "Leicestershire", "2022", "", 13.5, 1),
    ("els:employment-rate", "Leicestershire", "2023", "", 81.6, 1),
    ("els:employment-rate", "England", "2023", "", 76.0, 1),
    ("els:cancer-stage-1-2", "Leicestershire", "2019", "", 50.3, 1),
    ("els:cancer-stage-1-2", "England", "2019", "", 54.9, 1),
    ("els:cancer-stage-1-2", "Leicestershire", "2022", "", 55.9, 1),
    ("els:cancer-stage-1-2", "England", "2022", "", 56.8, 1),
    ("els:hle-birth", "Leicestershire", "2018 - 20", "Male", 64.6, 1),
    ("els:hle-birth", "Leicestershire", "2022 - 24", "Female", 61.4, 1),
]

LIMITS = [
    ("els:employment-rate", "2023", "", 78.8, 84.4),
    ("els:cancer-stage-1-2", "2019", "", 48.4, 52.2),
    ("els:cancer-stage-1-2", "2022", "", 54.0, 57.8),
    ("els:hle-birth", "2018 - 20", "Male", 62.6, 66.6),
]


@pytest.mark.parametrize(("what", "area", "period", "sex", "printed", "decimals"), PRINTED)
def test_printed_value(
    what: str, area: str, period: str, sex: str, printed: float, decimals: int
) -> None:
    """The snapshot gives the value that the publisher prints."""
    assert round(float(one(what, area, period, sex)["value"]), decimals) == printed


@pytest.mark.parametrize(("what", "period", "sex", "lower", "upper"), LIMITS)
def test_printed_limits(what: str, period: str, sex: str, lower: float, upper: float) -> None:
    """Published limits come through as printed."""
    row = one(what, "Leicestershire", period, sex)
    assert round(float(row["lower_95"]), 1) == lower
    assert round(float(row["upper_95"]), 1) == upper
    assert row["method"] == "published"


def test_mmr_is_said_to_be_derived() -> None:
    """The year is the sum of four quarters; the strategy prints 91.7 from the annual table."""
    row = one("cover:mmr2-5y", "Leicestershire", "2023/24")
    assert row["status"] == "derived"
    assert row["denominator"] == 7705
    assert row["method"] == "wilson"
    assert float(row["lower_95"]) < 91.7 < float(row["upper_95"])


@pytest.mark.parametrize("edition", ["iod2019:imd-score", "iod2025:imd-score"])
def test_deprivation_order_of_the_districts(strategy: Strategy, edition: str) -> None:
    """North West Leicestershire is the most and Harborough the least deprived district."""
    districts = hwb.load(edition, areas="districts").sort_values("value", ascending=False)
    assert len(districts) == len(strategy.area.districts) == 7
    assert districts["area"].iloc[0] == "North West Leicestershire"
    assert districts["area"].iloc[-1] == "Harborough"
    assert strategy.area.deprivation is not None
    assert districts["area_code"].iloc[0] == strategy.area.deprivation.most
    assert districts["area_code"].iloc[-1] == strategy.area.deprivation.least


def test_residents_of_the_county() -> None:
    """The census counted 712,367 residents; the small areas add up to it but for noise.

    The printed total is held as printed, so the sum of the small areas, which is compiled,
    is what this test can fail on: census cells are altered by a few people each.
    """
    printed = one("census2021:residents", "Leicestershire", "21 Mar 2021")
    assert printed["value"] == 712_367
    county = hwb.load_strategy().area.code
    lookup = hwb.current_snapshot().lsoa_lookup()
    own = set(lookup.loc[lookup["county_code"] == county, "lsoa21_code"])
    small = hwb.load("census2021:residents", areas="lsoa")
    small = small.loc[small["area_code"].isin(own)]
    assert len(small) == len(own) == 408
    assert abs(small["value"].sum() - 712_367) < 50
    assert "712,392" in printed["note"]


def test_unpaid_carers_of_the_county() -> None:
    """About 61,300 people gave unpaid care; the count is recovered, so near but not equal."""
    carers = float(one("census2021:unpaid-care", "Leicestershire", "21 Mar 2021")["count"])
    assert abs(carers - 61_300) / 61_300 < 0.001


def test_cancer_stage_went_from_worse_to_similar() -> None:
    """Against England by interval: worse in 2019, similar in 2022."""
    frame = hwb.load("els:cancer-stage-1-2", areas="home")
    done = hwb.compare(frame, to="England", better="high")
    county = done.loc[done["area"] == "Leicestershire"].set_index("period")["comparison_95"]
    assert county["2019"] == "worse"
    assert county["2022"] == "similar"


def test_gradient_of_bad_health_against_known_counts() -> None:
    """Tenths of the county by IoD 2019: counts of the most and least deprived."""
    strategy, snapshot = hwb.load_strategy(), hwb.current_snapshot()
    found = hwb.gradient_of(
        "census2021:bad-or-very-bad-health", snapshot, strategy.area.code, edition="IoD 2019"
    )
    groups = found.groups.set_index("group")
    assert groups.loc[1, ["count", "denominator"]].tolist() == [4825, 70848]
    assert groups.loc[10, ["count", "denominator"]].tolist() == [2072, 70691]
    assert float(found.slope.value[0]) > 0
