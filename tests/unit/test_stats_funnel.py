"""Funnels, rate ratios and model sensitivity."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.funnel import (
    axis_range,
    count_significance,
    funnel_axis,
    overdispersion_of_proportions,
    overdispersion_of_ratios,
    proportion_limits,
    proportion_significance,
    ratio_limits,
)
from hwb_analysis.stats.inequality import slope_index_from_counts
from hwb_analysis.stats.intervals import exact_poisson, wilson
from hwb_analysis.stats.rate_ratio import rate_ratio, two_proportions
from hwb_analysis.stats.slope_models import MODELS, slope_models


def test_proportion_limits_are_where_wilson_touches_the_average():
    low, high = (float(v) for v in proportion_limits(500, 0.3))
    assert float(wilson(500 * high, 500)[0]) == pytest.approx(0.3)
    assert float(wilson(500 * low, 500)[1]) == pytest.approx(0.3)


def test_ratio_limits_are_where_the_exact_limit_touches_one():
    low, high = (float(v) for v in ratio_limits(25))
    expected = 25 / high
    assert float(exact_poisson(25)[0]) == pytest.approx(expected)
    assert stats.poisson.cdf(25, 25 / low) == pytest.approx(0.025)


def test_limits_never_leave_their_range():
    low, high = proportion_limits([1, 5], 0.02, 0.998)
    assert low.tolist() == [0, 0]
    assert (high <= 1).all()


def test_axis_grows_and_ends_where_it_should():
    axis = funnel_axis(*axis_range([120, 9310]))
    assert (np.diff(axis) >= 1).all()
    assert axis[-1] == 9800
    assert axis_range([800, 1000])[0] == 700


def test_significance_of_proportions_and_counts():
    words = proportion_significance([60, 45, 30, 15, 5], [100] * 5, 0.3)
    assert words.tolist() == [
        "above (99.8%)",
        "above (99.8%)",
        "within limits",
        "below (99.8%)",
        "below (99.8%)",
    ]
    assert count_significance([5, 26, 12], [10, 15, 12]).tolist() == [
        "within limits",
        "above (95%)",
        "within limits",
    ]


def test_chance_alone_has_no_overdispersion():
    rng = np.random.default_rng(3)
    expected = np.full(4000, 60.0)
    found = overdispersion_of_ratios(rng.poisson(expected), expected, winsorise=0)
    assert found.phi == pytest.approx(1, abs=0.05)
    assert found.tau < 0.03
    shares = overdispersion_of_proportions(rng.binomial(400, 0.3, 4000), np.full(4000, 400), 0)
    assert shares.phi == pytest.approx(1, abs=0.08)


def test_extra_variation_is_found_and_widens_the_limits():
    rng = np.random.default_rng(3)
    expected = np.full(4000, 60.0)
    true = rng.normal(1, 0.15, 4000) ** 2
    found = overdispersion_of_ratios(rng.poisson(expected * true), expected, winsorise=0)
    assert found.tau == pytest.approx(0.15, abs=0.01)
    low, high = found.limits(60, how="additive")
    narrow = ratio_limits(60)
    assert float(low) < float(narrow[0])
    assert float(high) > float(narrow[1])
    wide = found.limits(60, how="multiplicative")
    assert float(wide[1]) == pytest.approx(float(high), rel=0.05)


def test_winsorising_pulls_the_ends_in():
    observed = np.r_[np.full(18, 60), 500, 2]
    raw, pulled = (overdispersion_of_ratios(observed, np.full(20, 60), w) for w in (0, 0.1))
    assert pulled.phi < raw.phi / 5


def test_rate_ratio_inverts_its_own_test():
    found = rate_ratio(72, 428, 38, 808, levels=0.95)
    for limit, tail in ((found.lower[0], "sf"), (found.upper[0], "cdf")):
        chance = limit * 428 / (limit * 428 + 808)
        reached = (
            stats.binom.sf(71, 110, chance) if tail == "sf" else stats.binom.cdf(72, 110, chance)
        )
        assert reached == pytest.approx(0.025, rel=1e-9)
    assert "more than chance alone" in found.explain()


@pytest.mark.parametrize(
    ("x1", "x2", "lower", "upper"),
    [(0, 5, 0.0, None), (5, 0, None, math.inf), (0, 0, 0.0, math.inf)],
)
def test_zero_counts_have_open_ends(x1, x2, lower, upper):
    found = rate_ratio(x1, 100, x2, 100, levels=0.95)
    assert lower is None or found.lower[0] == lower
    assert upper is None or found.upper[0] == upper


def test_two_proportions_equal_the_chi_squared_of_their_table():
    table = np.array([[56, 14], [48, 32]])
    wanted = stats.chi2_contingency(table, correction=False)
    found = two_proportions(56, 70, 48, 80)
    assert found.chi_squared == pytest.approx(wanted.statistic)
    assert found.p_value == pytest.approx(wanted.pvalue)
    assert two_proportions(0, 5, 0, 9).p_value == 1


SICK, PEOPLE = np.array([120.0, 100, 85, 80, 60]), np.array([1000.0, 900, 1100, 1000, 950])


def test_models_agree_where_the_gradient_is_mild():
    table = slope_models(SICK, PEOPLE, better="low").set_index("model")
    assert table["value"].tolist() == pytest.approx([table.loc["linear", "value"]] * 6, rel=0.06)
    assert (table["rii_ratio"] > 1).all()
    assert (table["lower"] < table["value"]).all()
    assert (table["reason"] == "").all()


def test_the_linear_model_is_the_headline():
    table = slope_models(SICK, PEOPLE, better="low", models=["linear"])
    wanted = slope_index_from_counts(SICK, PEOPLE, better="low")
    assert table.loc[0, "value"] == float(wanted.value)
    assert table.loc[0, "upper"] == float(wanted.upper[0])


def test_turning_the_good_end_mirrors_every_model():
    low, high = (slope_models(SICK, PEOPLE, better=b) for b in ("low", "high"))
    np.testing.assert_allclose(low["value"], -high["value"], rtol=1e-8)
    np.testing.assert_allclose(low["rii_ratio"] * high["rii_ratio"], 1, rtol=1e-8)
    np.testing.assert_allclose(low["lower"], -high["upper"], rtol=1e-5)


def test_a_model_that_cannot_be_fitted_says_why():
    table = slope_models([0, 5, 9], [100, 100, 100], better="low").set_index("model")
    assert table.loc["log line", "reason"] == "a count is zero or equals its denominator"
    assert np.isnan(table.loc["log line", "value"])
    above = slope_models([150, 90, 50], [100, 100, 100], better="low", models=MODELS[3:])
    assert above.set_index("model").loc["binomial", "reason"] == (
        "a count is above its denominator"
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: proportion_limits(0, 0.3), "denominator is not above zero"),
        (lambda: proportion_limits(10, 30), "a fraction from 0 to 1, got 30"),
        (lambda: ratio_limits(0), "events are not above zero"),
        (lambda: overdispersion_of_ratios([5], [5]), "at least two areas"),
        (lambda: overdispersion_of_ratios([5, 5], [5, 0]), "expected events are not above zero"),
        (lambda: overdispersion_of_ratios([5, 5], [5, 5], 0.5), "winsorise is a share"),
        (lambda: rate_ratio(-1, 5, 1, 5), "count_1 is negative"),
        (lambda: rate_ratio(1.5, 5, 1, 5), "count_1 is not whole"),
        (lambda: rate_ratio(1, 0, 1, 5), "people_1 is not above zero"),
        (lambda: slope_models([1, 2], [5, 5], better="low"), "at least 3 groups"),
        (lambda: slope_models(SICK, PEOPLE, better="low", models=["cubic"]), "are not known"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(StatisticsError, match=message):
        call()
