"""More verbs on the frame, and what each of them does with bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats import verbs
from hwb_analysis.stats.quantiles import population_quantiles

NAN, INF = float("nan"), float("inf")
BANDS = ["0-64", "65-74", "75+"]
TABLE = pd.DataFrame(
    {
        "area": ["a"] * 3 + ["b"] * 3,
        "age": BANDS * 2,
        "count": [20.0, 40, 60, 15, 32, 71],
        "denominator": [1000.0, 500, 400, 900, 300, 410],
    }
)
LSOAS = pd.DataFrame(
    {
        "lsoa21_code": [f"S{i:02d}" for i in range(40)],
        "imd2025_rank": np.arange(1, 41)[::-1] * 800,
        "imd2019_rank": np.arange(1, 41) * 800,
        "residents": np.linspace(1200, 2400, 40),
        "county_code": ["X1"] * 30 + ["X2"] * 10,
        "district_code": ["Y1"] * 15 + ["Y2"] * 15 + ["Y3"] * 10,
    }
)


def test_deciles_within_an_area_are_those_of_its_areas_alone():
    out = verbs.deprivation_deciles(LSOAS, within="X1")
    inside = LSOAS["county_code"] == "X1"
    wanted = population_quantiles(LSOAS.loc[inside, "imd2025_rank"], LSOAS.loc[inside, "residents"])
    assert out.loc[inside, "deprivation_group"].tolist() == wanted.tolist()
    assert out.loc[~inside, "deprivation_group"].isna().all()


def test_national_deciles_use_every_area_and_the_edition_asked_for():
    new, old = (
        verbs.deprivation_deciles(LSOAS, index=edition) for edition in ("IoD2025", "IoD2019")
    )
    assert new["deprivation_group"].tolist()[0] == 10
    assert old["deprivation_group"].tolist()[0] == 1
    assert verbs.deprivation_deciles(LSOAS, within="Y3", k=5)["deprivation_group"].max() == 5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"index": "IMD2010"}, "the index 'IMD2010' is not known"),
        ({"within": "X9"}, "no small area lies in 'X9'"),
        ({"within": "Y3", "k": 11}, "at least 11 areas"),
        ({"population": "people"}, "expected and not found: people"),
    ],
)
def test_deciles_that_cannot_be_made_are_refused(change, message):
    with pytest.raises(StatisticsError, match=message):
        verbs.deprivation_deciles(LSOAS, **change)


def test_a_repeated_small_area_is_refused():
    with pytest.raises(StatisticsError, match="a small area occurs more than once"):
        verbs.deprivation_deciles(pd.concat([LSOAS, LSOAS.head(1)]))


def test_means_by_group():
    table = pd.DataFrame({"area": ["a", "a", "b"], "value": [4.0, 8.0, 5.0]})
    out = verbs.mean(table, by="area")
    assert out["value"].tolist() == [6, 5]
    assert out["reason"].tolist() == ["", "one value has no limits"]


def test_comparative_figure_joins_the_reference_by_age():
    base = TABLE[TABLE["area"] == "a"].drop(columns="area").iloc[::-1]
    out = verbs.comparative_figure(TABLE, base, by="area")
    assert out["value"].tolist()[0] == pytest.approx(100)
    assert out["value"].tolist()[1] > 100
    with pytest.raises(StatisticsError, match="the reference has the age bands"):
        verbs.comparative_figure(TABLE, base.assign(age=["75-84", "65-74", "0-64"]), by="area")


def test_years_of_life_lost_by_group():
    out = verbs.years_of_life_lost(
        TABLE, deaths="count", population="denominator", by="area", standardised=False
    )
    assert out["value"].tolist()[0] == pytest.approx(10_000 * (20 * 42.5 + 40 * 5) / 1500)
    weighted = verbs.years_of_life_lost(TABLE, deaths="count", population="denominator", by="area")
    assert (weighted["lower_95"] < weighted["value"]).all()


def test_funnel_of_rates_and_ratios():
    areas = pd.DataFrame({"count": [0, 20, 90], "denominator": [9000.0, 10_000, 11_000]})
    rates = verbs.funnel(areas, statistic="rate", per=100_000)
    assert rates["funnel"].tolist() == ["below (99.8%)", "below (95%)", "above (99.8%)"]
    assert rates["average"].round(1).unique().tolist() == [366.7]
    assert np.isnan(rates["funnel_lower_95"].iloc[0])
    ratios = verbs.funnel(areas.assign(denominator=[30, 30, 50]), statistic="ratio")
    assert ratios["funnel"].tolist() == ["below (99.8%)", "within limits", "above (99.8%)"]
    with pytest.raises(StatisticsError, match="statistic is 'proportion'"):
        verbs.funnel(areas, statistic="mean")


LIFE = pd.DataFrame(
    {
        "age": ["0", "1-64", "65-74", "75+"],
        "count": [5.0, 60, 80, 300],
        "denominator": [700.0, 30_000, 4000, 3000],
    }
)
CALLS = {
    "rate": lambda t: verbs.rate(t, by="age"),
    "proportion": lambda t: verbs.proportion(t, by="age"),
    "direct_rate": verbs.direct_rate,
    "life_expectancy": lambda t: verbs.life_expectancy(t, deaths="count", population="denominator"),
    "indirect_ratio": lambda t: verbs.indirect_ratio(t, LIFE),
    "years_of_life_lost": lambda t: verbs.years_of_life_lost(
        t, deaths="count", population="denominator"
    ),
    "comparative_figure": lambda t: verbs.comparative_figure(t, LIFE),
}
SPOILED = {
    "negative count": LIFE.assign(count=[-1.0, 60, 80, 300]),
    "missing count": LIFE.assign(count=[NAN, 60, 80, 300]),
    "infinite count": LIFE.assign(count=[INF, 60, 80, 300]),
    "text": LIFE.assign(count=["5", "60", "80", "many"]),
    "zero denominator": LIFE.assign(denominator=[0.0, 30_000, 4000, 3000]),
    "missing denominator": LIFE.assign(denominator=[NAN, 30_000, 4000, 3000]),
    "negative denominator": LIFE.assign(denominator=[-700.0, 30_000, 4000, 3000]),
    "empty": LIFE.iloc[:0],
    "no such column": LIFE.drop(columns="count"),
}


@pytest.mark.parametrize("fault", SPOILED)
@pytest.mark.parametrize("verb", CALLS)
def test_bad_input_is_refused_or_missing_with_its_reason(verb, fault):
    if (verb, fault) == ("indirect_ratio", "zero denominator"):
        # A band without people expects no event: the ratio stands.
        assert (CALLS[verb](SPOILED[fault])["reason"] == "").all()
        return
    try:
        out = CALLS[verb](SPOILED[fault])
    except StatisticsError as error:
        refused = error
    else:
        reasons = out.loc[out["value"].isna(), "reason"]
        assert len(reasons)
        assert (reasons != "").all()
        return
    assert refused.message


@pytest.mark.parametrize("verb", ["direct_rate", "life_expectancy", "years_of_life_lost"])
@pytest.mark.parametrize(
    ("ages", "message"),
    [
        (["0", "1-64", "60-74", "75+"], "overlap"),
        (["0", "1-64", "1-64", "75+"], "(overlap|more than once|no age band)"),
        (["0", "1-64", "all ages", "75+"], "age band"),
    ],
)
def test_bands_that_do_not_fit_are_refused(verb, ages, message):
    with pytest.raises(StatisticsError, match=message):
        CALLS[verb](LIFE.assign(age=ages))


@pytest.mark.parametrize("verb", CALLS)
def test_the_order_of_rows_does_not_matter(verb):
    straight = CALLS[verb](LIFE)
    turned = CALLS[verb](LIFE.iloc[::-1])
    key = "age" if "age" in straight else "value"
    one, other = (side.sort_values(key)["value"].to_numpy() for side in (straight, turned))
    np.testing.assert_allclose(one, other, rtol=1e-12)


def test_a_mixture_of_units_gets_the_limits_of_each_row():
    table = pd.DataFrame(
        {
            "value": [30.0, 600.0, 80.0],
            "count": [60, 60, 60],
            "denominator": [200, 10_000, 200],
            "unit": ["%", "per 100,000", "years"],
            "basis": "complete_count",
            "method": "",
        }
    )
    out = verbs.with_limits(table)
    assert out["method"].tolist() == ["wilson", "byar", ""]
    assert out["lower_95"].isna().tolist() == [False, False, True]
