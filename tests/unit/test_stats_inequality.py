"""The slope index: orientation, closed forms, checks and refusals."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.inequality import slope_index, slope_index_from_counts

NAN = float("nan")
PEOPLE = np.array([900.0, 1400.0, 1100.0, 800.0, 1250.0])
YEARS = np.array([76.1, 77.4, 78.0, 79.9, 80.2])
ERRORS = np.array([0.4, 0.3, 0.35, 0.5, 0.3])


def test_an_exact_line_gives_its_slope_and_no_lack_of_fit():
    share = PEOPLE / PEOPLE.sum()
    rank = share.cumsum() - share / 2
    found = slope_index(70 + 8 * rank, PEOPLE, better="high", se=ERRORS)
    assert float(found.value) == pytest.approx(8)
    assert float(found.fitted_most) == pytest.approx(70)
    assert float(found.rii_ratio) == pytest.approx(78 / 70)
    assert float(found.lack_of_fit) == pytest.approx(0, abs=1e-18)
    assert float(found.largest_residual) == pytest.approx(0, abs=1e-12)


def test_sign_follows_the_good_end():
    high = slope_index(YEARS, PEOPLE, better="high", se=ERRORS)
    low = slope_index(YEARS, PEOPLE, better="low", se=ERRORS)
    assert float(high.value) > 0 > float(low.value)
    assert float(high.raw_slope) == float(low.raw_slope) > 0
    assert float(high.rii_ratio) * float(low.rii_ratio) == pytest.approx(1)
    np.testing.assert_allclose(high.lower, -low.upper)


def test_slope_and_regression_limits_equal_weighted_least_squares():
    share = PEOPLE / PEOPLE.sum()
    rank = share.cumsum() - share / 2
    fit = sm.WLS(YEARS, sm.add_constant(rank), weights=PEOPLE).fit()
    found = slope_index(YEARS, PEOPLE, better="high", se=ERRORS)
    assert float(found.value) == pytest.approx(fit.params[1], rel=1e-12)
    wanted = fit.conf_int(0.05)[1]
    got = [found.regression_lower[0], found.regression_upper[0]]
    np.testing.assert_allclose(got, wanted, rtol=1e-10)


def test_sampling_limits_agree_with_simulation():
    rng = np.random.default_rng(20261122)
    draws = rng.normal(YEARS, ERRORS, size=(200_000, 5))
    simulated = slope_index(draws, PEOPLE, better="high", se=ERRORS)
    found = slope_index(YEARS, PEOPLE, better="high", se=ERRORS)
    for name in ("value", "rii_ratio", "rii_mean"):
        low, high = np.quantile(getattr(simulated, name), [0.025, 0.975])
        stem = "" if name == "value" else name + "_"
        sd = np.std(getattr(simulated, name))
        assert float(getattr(found, stem + "lower")[0]) == pytest.approx(low, abs=0.03 * sd)
        assert float(getattr(found, stem + "upper")[0]) == pytest.approx(high, abs=0.03 * sd)


def test_limits_may_be_given_in_place_of_errors():
    half = 1.959963984540054 * ERRORS
    given = slope_index(YEARS, PEOPLE, better="high", lower=YEARS - half, upper=YEARS + half)
    assert float(given.se) == pytest.approx(
        float(slope_index(YEARS, PEOPLE, better="high", se=ERRORS).se)
    )


def test_a_fixed_mean_only_rescales_the_slope_limits():
    found = slope_index(YEARS, PEOPLE, better="high", se=ERRORS, mean="fixed")
    np.testing.assert_allclose(found.rii_mean_lower, found.lower / found.mean, rtol=1e-12)
    np.testing.assert_allclose(found.rii_mean_upper, found.upper / found.mean, rtol=1e-12)


def test_counts_have_binomial_or_poisson_errors():
    sick, people = np.array([80, 65, 50]), np.array([1000, 1000, 1000])
    binomial = slope_index_from_counts(sick, people, better="low")
    poisson = slope_index_from_counts(sick, people, better="low", spread="poisson")
    assert float(binomial.value) == pytest.approx(4.5)
    # The slope of three equal groups is 3/2 of the last minus the first.
    p = sick / people
    wanted = 150 * np.sqrt((p * (1 - p) / people)[[0, 2]].sum())
    assert float(binomial.se) == pytest.approx(wanted, rel=1e-12)
    assert float(poisson.se) == pytest.approx(150 * np.sqrt((p / people)[[0, 2]].sum()), rel=1e-12)


def test_groups_off_the_line_are_said_to_be():
    bent = slope_index([50, 70, 71, 72, 90], [1000] * 5, better="high", se=[0.5] * 5, unit="years")
    assert float(bent.lack_of_fit_p) < 0.001
    assert "the groups do not lie on a line" in bent.explain()
    assert "read the chart, not the slope" in bent.explain()


def test_a_side_is_called_worse_only_when_zero_is_outside():
    clear = slope_index(YEARS, PEOPLE, better="high", se=ERRORS, unit="years")
    assert "the most deprived end is worse" in clear.explain()
    turned = slope_index(YEARS, PEOPLE, better="low", se=ERRORS)
    assert "the least deprived end is worse" in turned.explain()
    loose = slope_index(YEARS, PEOPLE, better="high", se=ERRORS * 30)
    assert "zero is compatible" in loose.explain()
    assert "worse" not in loose.explain()


def test_a_side_needs_both_intervals_when_the_groups_are_off_the_line():
    share = np.array([0.05, 0.02, 0.09, 0.01, 0.02])
    people = np.full(5, 200_000)
    found = slope_index_from_counts(share * people, people, better="low", full_count=True)
    assert float(found.lower[0]) > 0 > float(found.regression_lower[0])
    assert "the interval of the regression is compatible with no slope" in found.explain()
    assert "worse" not in found.explain()
    assert "as if the full count were one draw" in found.explain()


def test_a_ratio_with_an_end_at_or_below_zero_is_missing():
    found = slope_index([1.0, 0.2, 0.0], [100] * 3, better="low", se=[0.1] * 3)
    assert float(found.value) > 0
    assert np.isnan(found.rii_ratio)
    assert np.isnan(found.rii_ratio_lower).all()


def test_missing_figures_cost_their_own_set_only():
    values = np.array([YEARS, np.r_[NAN, YEARS[1:]], YEARS])
    errors = np.array([ERRORS, ERRORS, np.r_[NAN, ERRORS[1:]]])
    found = slope_index(values, PEOPLE, better="high", se=errors)
    assert found.reason.tolist() == [
        "",
        "a group has no value",
        "a group has no standard error",
    ]
    assert np.isnan(found.value).tolist() == [False, True, False]
    assert np.isnan(found.lower[0]).tolist() == [False, True, True]
    assert np.isfinite(found.regression_lower[:, 2]).all()


def test_values_alone_have_a_slope_and_a_regression_interval():
    found = slope_index(YEARS, PEOPLE, better="high")
    assert np.isfinite(found.value)
    assert np.isfinite(found.regression_upper).all()
    assert "no interval: a group has no standard error" in found.explain()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": [1, 2], "population": [1, 1], "se": None}, "at least 3 groups, got 2"),
        ({"value": 3.0, "population": 1, "se": None}, "at least 3 groups, got 1"),
        ({"population": [0, 1, 1, 1, 1]}, "population of a group is not above zero"),
        ({"se": [-1, 1, 1, 1, 1]}, "standard error is negative"),
        ({"better": "up"}, "better is 'high' or 'low', got 'up'"),
        ({"lower": YEARS, "upper": YEARS}, "se or limits, not both"),
        ({"se": None, "lower": YEARS}, "one limit was given without the other"),
        ({"se": None, "lower": YEARS + 1, "upper": YEARS}, "above its upper limit"),
        ({"multiplier": -1}, "multiplier must be above zero"),
        ({"mean": "known"}, "mean is 'estimated' or 'fixed'"),
        ({"value": ["a"] * 5}, "value must be numbers"),
    ],
)
def test_bad_input_is_refused(change, message):
    given = {"value": YEARS, "population": PEOPLE, "se": ERRORS, "better": "high"} | change
    with pytest.raises(StatisticsError, match=message):
        slope_index(given.pop("value"), given.pop("population"), **given)


def test_counts_above_their_denominator_need_the_poisson_model():
    with pytest.raises(StatisticsError, match="count is above its denominator"):
        slope_index_from_counts([5, 5, 15], [10, 10, 10], better="low")
    found = slope_index_from_counts([5, 5, 15], [10] * 3, better="low", spread="poisson")
    assert float(found.value) < 0


def test_the_table_has_one_row_a_set():
    found = slope_index(np.array([YEARS, YEARS]), PEOPLE, better="high", se=ERRORS)
    table = found.to_frame()
    assert len(table) == 2
    assert {"value", "lower_95", "upper_998", "rii_ratio_lower_95", "regression_lower_95"} <= set(
        table
    )
    assert "group_value" not in table
