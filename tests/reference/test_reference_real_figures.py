"""The whole chain on the snapshot's figures, against what ONS and the national profiles published.

Deaths and people of England by tenth of deprivation, age and sex, and of districts in
2014, become life tables, and these slope indices; small-area counts become tenths of one
county. The published figures they are held to are read from the snapshot too.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hwb_analysis as hwb
from hwb_analysis.sources.load import load
from hwb_analysis.stats import verbs
from hwb_analysis.stats.decomposition import gap_by_age, gap_by_cause
from hwb_analysis.stats.life_tables import life_expectancy

AGES = ["0", "1-4", *[f"{a}-{a + 4}" for a in range(5, 90, 5)], "90+"]
FIRST_YEARS = range(2001, 2014)
FIRST_RELEASE = "2022-2024"
CAUSES = (
    "accidental-injury",
    "all-other",
    "cancer",
    "diabetes",
    "heart-disease",
    "intentional-injury",
    "neonatal",
    "other-circulatory",
    "respiratory",
    "stroke",
)
SNAPSHOT, AREA = hwb.current_snapshot(), hwb.load_strategy().area.code


def deaths(*series: str) -> pd.DataFrame:
    """Return deaths and people by series, year, sex, tenth (1 = most deprived) and age."""
    frame = SNAPSHOT.frame(list(series))
    return frame.assign(
        year=frame["period_end"].dt.year,
        tenth=frame["category"].str.split().str[0].astype("int64"),
        deaths=frame["count"],
        population=frame["denominator"],
    )


@pytest.fixture(scope="module")
def periods() -> pd.DataFrame:
    """Return deaths and people of England, three calendar years pooled."""
    figures, keys = deaths("deaths-imd:all-causes"), ["sex", "tenth", "age"]
    parts = [
        figures[figures["year"].between(first, first + 2)]
        .groupby(keys, as_index=False)[["deaths", "population"]]
        .sum()
        .assign(period=f"{first} - {(first + 2) % 100:02d}")
        for first in FIRST_YEARS
    ]
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def slopes(periods: pd.DataFrame) -> pd.DataFrame:
    """Return the slope index of life expectancy at birth by period and sex."""
    keys = ["period", "sex", "tenth"]
    table = verbs.life_expectancy(periods, by=keys)
    people = periods.groupby(keys, as_index=False)["population"].sum()
    birth = table.loc[table["age"] == "0", [*keys, "value", "se"]]
    found = verbs.slope_index(
        birth.merge(people, on=keys, validate="one_to_one"),
        value="value",
        se="se",
        population="population",
        group="tenth",
        by=["period", "sex"],
        better="high",
        unit="years",
    )
    return found.to_frame().set_index(["period", "sex"])


def test_life_expectancy_of_england_equals_the_published_figure(periods):
    """Thirteen periods and both sexes, to two decimals, against the national life tables."""
    whole = periods.groupby(["period", "sex", "age"], as_index=False)[["deaths", "population"]]
    table = verbs.life_expectancy(whole.sum(), by=["period", "sex"])
    ours = table[table["age"] == "0"].set_index(["period", "sex"])["value"]
    ons = load("ons-le:le-birth", areas="nation").set_index(["period", "sex"])["value"]
    assert len(ours) == 26
    assert (ours - ons[ours.index]).abs().max() < 0.005


def test_the_slope_index_is_within_a_tenth_of_a_year_of_the_published(slopes):
    """Four periods and both sexes, against the first release of the national profiles."""
    released = load("fingertips:92901", areas="nation", vintage=FIRST_RELEASE)
    published = released.set_index(["period", "sex"])["value"]
    both = slopes.index.intersection(published.index)
    assert len(both) == 8
    assert (slopes.loc[both, "value"] - published[both]).abs().max() < 0.1


def test_every_period_and_sex_has_a_slope_whose_interval_excludes_zero(slopes):
    """Nothing is refused, and both forms of the index point the same way."""
    assert len(slopes) == 26
    assert (slopes["lower_95"] > 0).all()
    assert (slopes["rii_ratio"] > 1).all()


def test_ages_and_causes_add_up_to_the_gap_between_the_end_tenths():
    """Men, 2013 to 2015: ten causes and twenty ages leave nothing over."""
    figures = deaths(*(f"deaths-imd-cause:{cause}" for cause in CAUSES))
    men = figures[(figures["sex"] == "Male") & figures["year"].between(2013, 2015)]
    sides = []
    for tenth in (1, 10):
        mine = men[men["tenth"] == tenth]
        causes = mine.pivot_table(index="series_id", columns="age", values="deaths", aggfunc="sum")
        one = mine[mine["series_id"] == f"deaths-imd-cause:{CAUSES[0]}"]
        alive = one.groupby("age")["population"].sum()
        sides.append((causes[AGES].to_numpy(float), alive[AGES].to_numpy(float)))
    (causes_1, alive_1), (causes_10, alive_10) = sides
    by_age = gap_by_age(causes_1.sum(0), alive_1, causes_10.sum(0), alive_10)
    ends = [float(life_expectancy(c.sum(0), a).value[0]) for c, a in sides]
    assert by_age.sum() == pytest.approx(ends[1] - ends[0], abs=1e-9)
    by_cause = gap_by_cause(by_age, causes_1, alive_1, causes_10, alive_10).sum(axis=1)
    assert by_cause.shape == (10,)
    assert by_cause.sum() == pytest.approx(by_age.sum(), abs=1e-9)
    assert 8 < by_age.sum() < 10


def test_causes_hold_the_deaths_of_all_causes():
    """Two files of the same deaths: every year, tenth, sex and age."""
    keys = ["year", "tenth", "sex", "age"]
    parts = deaths(*(f"deaths-imd-cause:{cause}" for cause in CAUSES))
    whole = deaths("deaths-imd:all-causes").set_index(keys)["deaths"]
    apart = (parts.groupby(keys)["deaths"].sum() - whole).abs()
    assert apart.notna().all()
    assert apart.sum() / whole.sum() < 0.001


def test_districts_of_one_year_have_life_expectancy_with_wide_limits():
    """Seven districts, both sexes, one year of deaths."""
    figures = SNAPSHOT.frame(["deaths-2014:all-causes"])
    figures = figures[figures["area_type"] == "District"]
    table = verbs.life_expectancy(
        figures, deaths="count", population="denominator", by=["area", "sex"]
    )
    birth = table[table["age"] == "0"]
    assert len(birth) == 14
    assert (birth["reason"] == "").all()
    assert birth["value"].between(79, 86).all()
    assert (birth["upper_95"] - birth["lower_95"]).between(1.5, 3.5).all()


@pytest.mark.parametrize(
    ("series", "on_2019", "on_2025"),
    [
        ("census2021:bad-or-very-bad-health", 3.46, 3.43),
        ("census2021:disability", 7.85, 7.85),
        ("census2021:unpaid-care-50h", 1.03, 0.99),
        ("census2021:unpaid-care", 0.54, 0.35),
        ("desnz:fuel-poverty-lsoa", 9.51, 10.16),
        ("iod2025-lsoa:income-deprived", 22.05, 23.37),
    ],
)
def test_county_slopes_over_county_relative_tenths(series, on_2019, on_2025):
    """Known slopes, worked out apart, and the regression of the shares on their midpoints.

    Two small areas made from one of 2011 share its rank of 2019 and stay in one tenth;
    where the tie is broken the slope of income is 22.04.
    """
    for edition, slope in (("IoD 2019", on_2019), ("IoD 2025", on_2025)):
        found = hwb.gradient_of(series, SNAPSHOT, AREA, edition=edition)
        groups = found.groups
        weight = groups["denominator"] / groups["denominator"].sum()
        middle = weight.cumsum() - weight / 2
        by_hand = -np.polyfit(middle, groups["value"], 1, w=np.sqrt(weight))[0]
        assert float(found.slope.value[0]) == pytest.approx(by_hand, abs=1e-9)
        assert float(found.slope.value[0]) == pytest.approx(slope, abs=0.011)
        assert float(found.slope.rii_ratio[0]) > 1
        counted = found.series.basis == "complete_count"
        assert ("as if the full count were one draw" in found.slope.explain()) is counted


@pytest.mark.parametrize(
    ("series", "most", "least"),
    [
        ("census2021:bad-or-very-bad-health", [4788, 71209], [2142, 71009]),
        ("census2021:disability", [15547, 71220], [9639, 71006]),
        ("desnz:fuel-poverty-lsoa", [5150, 31266], [1890, 28133]),
        ("iod2025-lsoa:income-deprived", [23815, 71485], [4440, 71660]),
    ],
)
def test_counts_of_the_end_tenths_equal_those_worked_out_apart(series, most, least):
    """Numerators and denominators on the ranks of 2025, counted by other code."""
    groups = hwb.gradient_of(series, SNAPSHOT, AREA).groups[["count", "denominator"]]
    assert groups.iloc[0].tolist() == most
    assert groups.iloc[-1].tolist() == least
