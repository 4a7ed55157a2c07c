"""The whole chain on real figures, against what ONS and the national profiles published.

Deaths and populations of England by deprivation decile, age and sex (ONS ad hoc 006925)
and of the districts of one county in 2014; counts by county-relative decile from Census
2021 and the Indices of Deprivation. All Open Government Licence v3.0.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from hwb_analysis.stats import verbs
from hwb_analysis.stats.decomposition import gap_by_age, gap_by_cause
from hwb_analysis.stats.life_tables import life_expectancy

REAL = Path(__file__).resolve().parent / "real"
AGES = ["0", "1-4", *[f"{a}-{a + 4}" for a in range(5, 90, 5)], "90+"]
FIRST_YEARS = range(2001, 2014)

# National life tables, England, period life expectancy at birth (ONS).
ONS = {
    2001: (76.20, 80.70),
    2002: (76.50, 80.90),
    2003: (76.85, 81.13),
    2004: (77.23, 81.49),
    2005: (77.52, 81.70),
    2006: (77.77, 81.86),
    2007: (78.07, 82.10),
    2008: (78.37, 82.34),
    2009: (78.78, 82.71),
    2010: (79.09, 82.88),
    2011: (79.29, 83.02),
    2012: (79.44, 83.11),
    2013: (79.46, 83.11),
}
# Inequality in life expectancy at birth, England, first release (indicator 92901).
PUBLISHED_SLOPES = {
    (2010, "Male"): 9.1,
    (2010, "Female"): 6.8,
    (2011, "Male"): 9.0,
    (2011, "Female"): 6.9,
    (2012, "Male"): 9.1,
    (2012, "Female"): 7.0,
    (2013, "Male"): 9.2,
    (2013, "Female"): 7.1,
}


@pytest.fixture(scope="module")
def deciles() -> pd.DataFrame:
    """Return deaths and people by three-year period, sex, decile and age."""
    figures = pd.read_csv(REAL / "england_deaths_population_by_imd_decile_age_sex_2001_2015.csv.gz")
    keys = ["sex", "imd_decile", "age"]
    periods = [
        figures[figures["year"].between(first, first + 2)]
        .groupby(keys, as_index=False)[["deaths", "population"]]
        .sum()
        .assign(first=first)
        for first in FIRST_YEARS
    ]
    return pd.concat(periods, ignore_index=True)


@pytest.fixture(scope="module")
def slopes(deciles: pd.DataFrame) -> pd.DataFrame:
    """Return the slope index of life expectancy at birth by period and sex."""
    keys = ["first", "sex", "imd_decile"]
    table = verbs.life_expectancy(deciles, by=keys)
    people = deciles.groupby(keys, as_index=False)["population"].sum()
    birth = table.loc[table["age"] == "0", [*keys, "value", "se"]]
    found = verbs.slope_index(
        birth.merge(people, on=keys, validate="one_to_one"),
        value="value",
        se="se",
        population="population",
        group="imd_decile",
        by=["first", "sex"],
        better="high",
        unit="years",
    )
    return found.to_frame().set_index(["first", "sex"])


@pytest.mark.parametrize("first", FIRST_YEARS)
def test_life_expectancy_of_england_equals_the_published_figure(deciles, first):
    whole = deciles[deciles["first"] == first].groupby(["sex", "age"], as_index=False)
    table = verbs.life_expectancy(whole[["deaths", "population"]].sum(), by="sex")
    birth = table[table["age"] == "0"].set_index("sex")["value"].round(2)
    assert (birth["Male"], birth["Female"]) == ONS[first]


@pytest.mark.parametrize(("key", "published"), PUBLISHED_SLOPES.items())
def test_the_slope_index_is_within_a_tenth_of_a_year_of_the_published(slopes, key, published):
    assert slopes.loc[key, "value"] == pytest.approx(published, abs=0.1)


def test_every_period_and_sex_has_a_slope_whose_interval_excludes_zero(slopes):
    assert len(slopes) == 26
    assert (slopes["lower_95"] > 0).all()
    assert (slopes["rii_ratio"] > 1).all()


def test_ages_and_causes_add_up_to_the_gap_between_the_end_deciles():
    figures = pd.read_csv(REAL / "england_deaths_by_cause_imd_decile_age_sex_2001_2015.csv.gz")
    people = pd.read_csv(REAL / "england_deaths_population_by_imd_decile_age_sex_2001_2015.csv.gz")
    sides = []
    for decile in (1, 10):
        mine = figures[
            (figures["imd"] == decile)
            & (figures["sex"] == "Male")
            & figures["year"].between(2013, 2015)
        ]
        causes = mine.pivot_table(index="cause", columns="age", values="deaths", aggfunc="sum")
        theirs = people[
            (people["imd_decile"] == decile)
            & (people["sex"] == "Male")
            & people["year"].between(2013, 2015)
        ]
        alive = theirs.groupby("age")["population"].sum()
        sides.append((causes[AGES].to_numpy(float), alive[AGES].to_numpy(float)))
    (causes_1, alive_1), (causes_10, alive_10) = sides
    by_age = gap_by_age(causes_1.sum(0), alive_1, causes_10.sum(0), alive_10)
    ends = [float(life_expectancy(c.sum(0), a).value[0]) for c, a in sides]
    assert by_age.sum() == pytest.approx(ends[1] - ends[0], abs=1e-9)
    by_cause = gap_by_cause(by_age, causes_1, alive_1, causes_10, alive_10).sum(axis=1)
    assert by_cause.shape == (10,)
    assert by_cause.sum() == pytest.approx(by_age.sum(), abs=1e-9)
    assert 8 < by_age.sum() < 10


def test_districts_of_one_year_have_life_expectancy_with_wide_limits():
    figures = pd.read_csv(REAL / "deaths_population_2014_district_age_sex_leicestershire.csv")
    table = verbs.life_expectancy(figures, by=["area", "sex"])
    birth = table[table["age"] == "0"]
    assert len(birth) == 14
    assert (birth["reason"] == "").all()
    assert birth["value"].between(79, 86).all()
    assert (birth["upper_95"] - birth["lower_95"]).between(1.5, 3.5).all()


@pytest.mark.parametrize(
    ("measure", "on_2019", "on_2025"),
    [
        ("bad or very bad health (TS037)", 3.46, 3.43),
        ("disabled (TS038)", 7.85, 7.85),
        ("50+ hours unpaid care", 1.03, 0.99),
        ("any unpaid care (TS039, 5+)", 0.54, 0.35),
        ("fuel poor households 2021", 9.51, 10.16),
        ("income deprived (IoD2025, all ages)", 22.04, 23.37),
    ],
)
def test_county_slopes_over_county_relative_deciles(measure, on_2019, on_2025):
    figures = pd.read_csv(REAL / "county_decile_counts.csv")
    for edition, slope in (("IMD2019", on_2019), ("IMD2025", on_2025)):
        kept = figures[(figures["measure"] == measure) & (figures["imd"] == edition)]
        found = verbs.slope_index(
            kept,
            count="numerator",
            denominator="denominator",
            group="decile",
            better="low",
            full_count=True,
        )
        # The slope is the weighted regression of the printed percentages on their midpoints.
        weight = kept["denominator"] / kept["denominator"].sum()
        middle = kept["population_midpoint"] - (weight * kept["population_midpoint"]).sum()
        by_hand = -(weight * middle * kept["percent"]).sum() / (weight * middle**2).sum()
        assert float(found.value[0]) == pytest.approx(by_hand, abs=0.001)
        assert float(found.value[0]) == pytest.approx(slope, abs=0.011)
        assert float(found.rii_ratio[0]) > 1
        assert "as if the full count were one draw" in found.explain()
