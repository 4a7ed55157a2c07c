"""What must hold of standardised rates, life tables and comparisons, whatever the figures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats import verbs
from hwb_analysis.stats.benchmark import compare_with
from hwb_analysis.stats.decomposition import gap_by_age
from hwb_analysis.stats.funnel import overdispersion_of_ratios, proportion_limits, ratio_limits
from hwb_analysis.stats.inequality import slope_index
from hwb_analysis.stats.intervals import rate
from hwb_analysis.stats.life_tables import life_expectancy
from hwb_analysis.stats.quantiles import count_quantiles, population_quantiles
from hwb_analysis.stats.rate_ratio import rate_ratio
from hwb_analysis.stats.slope_scales import slope_index_on_scale
from hwb_analysis.stats.standardise import direct_rate
from hwb_analysis.stats.trends import recent_trend

ANY_NUMBER = st.floats(allow_nan=True, allow_infinity=True, width=64)
ODD = st.one_of(ANY_NUMBER, st.none(), st.text(max_size=3), st.booleans())


def whole(low, high, size):
    return arrays(np.int64, size, elements=st.integers(low, high)).map(lambda a: a.astype(float))


@given(whole(1, 500, 6), whole(1000, 90_000, 6))
def test_direct_rate_is_the_crude_rate_when_weights_follow_the_population(count, people):
    found = direct_rate(count, people, people, levels=0.95, minimum=0)
    crude = rate(count.sum(), people.sum(), levels=0.95)
    np.testing.assert_allclose(found.value, crude.value, rtol=1e-10)


@given(whole(2, 500, 4), whole(1000, 90_000, 4), whole(1, 90, 4))
def test_splitting_a_band_into_equal_halves_changes_nothing(count, people, weights):
    halves = [np.repeat(side / 2, 2) for side in (count, people, weights)]
    one = direct_rate(count, people, weights, minimum=0)
    two = direct_rate(*halves, minimum=0)
    np.testing.assert_allclose(two.value, one.value, rtol=1e-10)
    np.testing.assert_allclose(two.lower, one.lower, rtol=1e-8, atol=1e-9)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(100, 999)), min_size=2, max_size=12))
def test_summing_rows_first_gives_the_same_rate(rows):
    table = pd.DataFrame(rows, columns=["count", "denominator"]).assign(area="a")
    whole_area = table[["count", "denominator"]].sum().to_frame().T
    one, two = verbs.rate(table, by="area"), verbs.rate(whole_area)
    assert one.loc[0, "value"] == pytest.approx(two.loc[0, "value"], rel=1e-12)
    assert one.loc[0, "upper_998"] == pytest.approx(two.loc[0, "upper_998"], rel=1e-12)


deaths = whole(1, 400, 20)
people = whole(2000, 9000, 20)


@given(deaths, people, st.integers(0, 19), st.integers(1, 400))
def test_life_expectancy_falls_when_deaths_rise(dead, alive, band, more):
    worse = dead.copy()
    worse[band] += more
    one, other = life_expectancy(dead, alive), life_expectancy(worse, alive)
    known = ~np.isnan(one.value) & ~np.isnan(other.value)
    assert (other.value[known] <= one.value[known] + 1e-9).all()
    if known[0]:
        assert other.value[0] < one.value[0]


@given(deaths, people, deaths, people)
def test_age_contributions_add_up_to_the_gap(dead_1, alive_1, dead_2, alive_2):
    one, two = life_expectancy(dead_1, alive_1), life_expectancy(dead_2, alive_2)
    if np.isfinite(one.value[0]) and np.isfinite(two.value[0]):
        total = gap_by_age(dead_1, alive_1, dead_2, alive_2).sum()
        assert total == pytest.approx(float(two.value[0] - one.value[0]), abs=1e-8)


@settings(max_examples=150)
@given(arrays(np.float64, 20, elements=ANY_NUMBER), arrays(np.float64, 20, elements=ANY_NUMBER))
def test_any_life_table_is_given_whole_or_withheld_whole(dead, alive):
    try:
        table = life_expectancy(dead, alive)
    except StatisticsError:
        return
    given_value = ~np.isnan(table.value)
    assert (given_value == (table.reason == "")).all()
    assert (given_value == ~np.isnan(table.lower).any(axis=0)).all()


@settings(max_examples=150)
@given(
    arrays(np.float64, (2, 4), elements=ANY_NUMBER),
    arrays(np.float64, (2, 4), elements=ANY_NUMBER),
    arrays(np.float64, 4, elements=ANY_NUMBER),
)
def test_any_direct_rate_is_a_row_or_a_refusal(count, people_, weights):
    try:
        found = direct_rate(count, people_, weights)
    except StatisticsError:
        return
    assert (np.isnan(found.value) == (found.reason != "")).all()


@settings(max_examples=150)
@given(
    arrays(np.float64, (2, 4), elements=ANY_NUMBER),
    arrays(np.float64, 4, elements=ANY_NUMBER),
    arrays(np.float64, (2, 4), elements=ANY_NUMBER),
)
def test_any_slope_is_a_row_or_a_refusal(value, people_, se):
    try:
        found = slope_index(value, people_, better="high", se=se)
    except StatisticsError:
        return
    assert (found.reason[np.isnan(found.value)] != "").all()


@settings(max_examples=150)
@given(st.lists(ODD, min_size=3, max_size=7), st.lists(ODD, min_size=3, max_size=7))
def test_odd_things_are_refused_or_answered(value, limits):
    for make in (
        lambda: recent_trend(value, lower=limits, upper=limits),
        lambda: compare_with(value, limits, limits, 1.0, better=None),
    ):
        try:
            found = make()
        except StatisticsError:
            continue
        assert found.explain()


@settings(max_examples=100, deadline=None)
@given(
    arrays(np.float64, (2, 4), elements=ANY_NUMBER),
    arrays(np.float64, 4, elements=ANY_NUMBER),
    arrays(np.float64, (2, 4), elements=ANY_NUMBER),
    st.sampled_from(["log", "logit"]),
    st.sampled_from(["natural", "scale"]),
)
def test_any_slope_on_a_scale_is_a_row_or_a_refusal(value, people_, se, scale, line):
    try:
        found = slope_index_on_scale(
            value, people_, scale=scale, better="low", se=se, se_on="scale", line=line
        )
    except StatisticsError:
        return
    assert (found.reason[np.isnan(found.value)] != "").all()


@settings(max_examples=25, deadline=None)
@given(
    whole(1, 900, 5),
    whole(1000, 9000, 5),
    st.lists(st.integers(1, 99), min_size=5, max_size=5),
    st.sampled_from(["natural", "scale"]),
)
def test_limits_on_a_scale_hold_the_slope(value, people_, errors, line):
    found = slope_index_on_scale(
        value,
        people_,
        scale="log",
        better="low",
        se=np.array(errors) / 200,
        se_on="scale",
        line=line,
        levels=0.998,
    )
    assert float(found.lower[0]) < float(found.value) < float(found.upper[0])
    if np.isfinite(found.rii_ratio_lower[0]):
        assert found.rii_ratio_lower[0] < found.rii_ratio < found.rii_ratio_upper[0]


@settings(max_examples=150)
@given(arrays(np.float64, 5, elements=ANY_NUMBER), arrays(np.float64, 5, elements=ANY_NUMBER))
def test_any_quantiles_and_funnels_are_answered_or_refused(one, other):
    for make in (
        lambda: population_quantiles(one, other, 2),
        lambda: count_quantiles(one, 2),
        lambda: proportion_limits(one, 0.3),
        lambda: ratio_limits(one),
        lambda: rate_ratio(one[0], other[0], one[1], other[1]),
        lambda: overdispersion_of_ratios(one, other),
    ):
        try:
            assert make() is not None
        except StatisticsError:
            continue
