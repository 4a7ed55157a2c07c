"""Trend tests: known answers by hand and by enumeration, refusals, words."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy import stats

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.change import REFUSED_SHARE, change, change_of_counts, shared_fraction
from hwb_analysis.stats.count_trend import count_trend, negative_binomial_trend
from hwb_analysis.stats.irls import fit
from hwb_analysis.stats.line_trend import line_trend, overlap_matrix
from hwb_analysis.stats.mann_kendall import mann_kendall
from hwb_analysis.stats.multiplicity import adjust, family

NAN = float("nan")


@pytest.mark.parametrize(
    "values", [[1, 2, 3, 4, 5], [3, 1, 2, 2, 5, 5], [1, 1, 1, 2, 2], [4, 4, 2, 7, 1, 1, 9]]
)
def test_exact_p_is_that_of_every_ordering(values):
    def score(order):
        return sum(np.sign(b - a) for i, a in enumerate(order) for b in order[i + 1 :])

    seen = abs(score(values))
    orders = list(permutations(values))
    share = sum(abs(score(order)) >= seen for order in orders) / len(orders)
    assert mann_kendall(values).p_value == pytest.approx(share, rel=1e-12)


def test_four_points_get_no_verdict_and_the_reason_names_the_smallest_p():
    assert mann_kendall([1, 2, 3, 4]).reason.endswith("smallest attainable p is 0.0833")
    assert "No verdict" in mann_kendall([1, 2, 3, 4]).explain()


def test_equal_values_have_p_one_and_a_reason():
    found = mann_kendall([2.0] * 6)
    assert (found.p_value, found.value, found.reason) == (1.0, 0.0, "all values are equal")


def test_no_point_and_one_point_are_answered():
    assert mann_kendall([]).reason == "0 point"
    assert mann_kendall([4.0]).reason == "1 point"
    assert np.isnan(mann_kendall([NAN, 4.0]).value)


def test_unsorted_times_are_put_in_order_and_missing_values_left_out():
    one = mann_kendall([5, NAN, 1, 3, 2, 4.5], [2005, 2002, 2000, 2003, 2001, 2004])
    other = mann_kendall([1, 2, 3, 4.5, 5], [2000, 2001, 2003, 2004, 2005])
    assert one == other
    assert one.points == 5


def test_a_repeated_time_is_refused():
    with pytest.raises(StatisticsError, match="missing or repeated"):
        mann_kendall([1, 2, 3], [1, 1, 2])


def test_exact_beyond_sixty_points_is_refused_and_auto_turns_normal():
    with pytest.raises(StatisticsError, match="offered to 60 points"):
        mann_kendall(np.arange(61.0), method="exact")
    assert mann_kendall(np.arange(61.0)).method == "normal with ties"
    assert mann_kendall(np.arange(60.0)).p_value < 1e-60


def test_an_increase_is_named_only_below_the_level():
    assert "an increase" in mann_kendall([1, 2, 3, 4, 5]).explain()
    assert "no clear trend" in mann_kendall([1, 2, 3, 5, 4]).explain()


def test_change_by_hand():
    found = change(10.0, 13.0, se=(0.6, 0.8), levels=0.95)
    assert float(found.z) == pytest.approx(3.0)
    assert float(found.lower[0]) == pytest.approx(3 - 1.959963984540054)
    assert float(found.p_value) == pytest.approx(2 * stats.norm.sf(3))


def test_what_periods_share_makes_the_error_smaller():
    # s1 = s2 = 1, f = 1/2: variance 1 + 1 - 2/2 = 1.
    assert float(change(0.0, 2.0, se=(1, 1), shared=0.5).z) == pytest.approx(2.0)


def test_more_than_half_shared_is_refused_unless_forced():
    f = shared_fraction("2017-01-01", "2019-12-31", "2018-01-01", "2020-12-31")
    refused = change(80.0, 81.0, se=(0.2, 0.2), shared=f)
    assert refused.reason.tolist() == REFUSED_SHARE
    assert np.isnan(refused.p_value)
    assert float(change(80.0, 81.0, se=(0.2, 0.2), shared=f, force=True).p_value) < 0.001


def test_two_years_apart_share_a_third_and_are_tested():
    f = shared_fraction("2017-01-01", "2019-12-31", "2019-01-01", "2021-12-31")
    assert float(f) == pytest.approx(1 / 3, abs=1e-3)
    assert change(80.0, 81.0, se=(0.2, 0.2), shared=f).reason.tolist() == ""


def test_person_years_weigh_what_is_shared():
    # 300 and 600 person-years over three years, one year shared: (100 + 200)/2 / sqrt(180000).
    f = shared_fraction("2017-01-01", "2019-12-31", "2019-01-01", "2021-12-31", 300, 600)
    assert float(f) == pytest.approx(150 / np.sqrt(180_000), rel=2e-3)


def test_limits_on_the_log_scale():
    low, high = np.exp([-1.96, 1.96])
    found = change(1.0, 2.0, limits=(low, high, 2 * low, 2 * high), scale="log", levels=0.95)
    assert float(found.value) == pytest.approx(2.0)
    assert float(found.z) == pytest.approx(np.log(2) / np.sqrt(2) * 1.959963984540054 / 1.96)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"first": NAN, "second": 1.0, "se": (1, 1)}, "a value is missing"),
        ({"first": 2.0, "second": 1.0, "se": (1, NAN)}, "no interval or standard error"),
        ({"first": 2.0, "second": 1.0, "se": (0, 0)}, "an interval has no width"),
        ({"first": 0.0, "second": 1.0, "se": (1, 1), "scale": "log"}, "a value has no log"),
    ],
)
def test_a_change_that_cannot_be_tested_says_why(given, why):
    found = change(**given)
    assert why in str(found.reason)
    assert np.isnan(found.p_value)
    assert "is not tested" in found.explain()


def test_change_wants_one_kind_of_error():
    with pytest.raises(StatisticsError, match="either se or limits"):
        change(1.0, 2.0)


def test_change_of_counts_survives_none_and_all():
    found = change_of_counts([0, 50], [50, 50], [9, 41], [50, 50], kind="proportion")
    assert (found.p_value < 0.05).all()
    assert found.reason.tolist() == ["", ""]


def test_a_direction_is_named_only_below_the_level():
    assert "an increase" in change(1.0, 3.0, se=(0.5, 0.5)).explain()
    assert "no clear change" in change(1.0, 2.0, se=(0.5, 0.5)).explain()


def test_poisson_slope_of_an_exact_curve_is_recovered():
    years = np.arange(8)
    found = count_trend(np.exp(5 + 0.04 * years), np.ones(8), years, kind="rate")
    assert float(found.change[0]) == pytest.approx(100 * np.expm1(0.04), rel=1e-9)


def test_dispersion_is_floored_unless_told():
    x, n = [200, 201, 199, 200, 202, 200], [1e4] * 6
    floored = count_trend(x, n, kind="rate")
    free = count_trend(x, n, kind="rate", dispersion_floor=False)
    assert float(floored.dispersion[0]) < 0.1
    assert float(floored.se[0]) > 3 * float(free.se[0])


def test_two_by_two_logistic_slope_is_the_log_odds_ratio():
    found = count_trend([20, 40], [100, 100], kind="proportion", variance="model", fewest=2)
    assert float(found.value[0]) == pytest.approx(np.log(40 * 80 / (60 * 20)))
    assert float(found.se[0]) == pytest.approx(np.sqrt(1 / 20 + 1 / 80 + 1 / 40 + 1 / 60))


@pytest.mark.parametrize(
    ("x", "kind", "why"),
    [
        ([0, 0, 0, 0, 0], "rate", "all counts are zero"),
        ([9, 9, 9, 9, 9], "proportion", "every count equals its denominator"),
        ([0, 0, 0, 0, 5], "rate", "the model could not be fitted"),
        ([1, 2, NAN, 3, 4], "rate", "fewer than 5 points with a count"),
    ],
)
def test_a_count_trend_that_cannot_be_tested_says_why(x, kind, why):
    found = count_trend(x, [9] * 5, kind=kind)
    assert found.reason.tolist() == [why]
    assert np.isnan(found.p_value[0])
    assert found.explain() == f"No verdict on a trend: {why}."


def test_equal_counts_have_slope_zero_and_p_one():
    found = count_trend([50] * 6, [1000] * 6, kind="rate")
    assert float(found.value[0]) == pytest.approx(0, abs=1e-12)
    assert float(found.p_value[0]) == pytest.approx(1)


@pytest.mark.parametrize(
    ("x", "n", "match"),
    [
        ([-1, 2, 3], [9, 9, 9], "count is negative"),
        ([1, 2, 3], [9, 0, 9], "people are not above zero"),
        ([1, 12, 3], [9, 9, 9], "count is above its denominator"),
    ],
)
def test_counts_that_cannot_be_are_refused(x, n, match):
    with pytest.raises(StatisticsError, match=match):
        count_trend(x, n, kind="proportion")


def test_series_of_different_length_are_fitted_together():
    x = np.array([[10, 12, 15, 11, 18, 20.0], [NAN, 12, 15, 11, 18, 20]])
    n = np.full_like(x, 500)
    both = count_trend(x, n, kind="rate")
    alone = count_trend(x[1, 1:], n[1, 1:], np.arange(1, 6), kind="rate")
    assert float(both.value[1]) == pytest.approx(float(alone.value[0]), rel=1e-12)
    assert float(both.p_value[1]) == pytest.approx(float(alone.p_value[0]), rel=1e-9)


def test_negative_binomial_of_poisson_like_counts_is_poisson():
    x, n = [100, 101, 99, 100, 102, 101], [1000] * 6
    found = negative_binomial_trend(x, n)
    assert float(found.dispersion[0]) == 0
    plain = count_trend(x, n, kind="rate", variance="model")
    assert float(found.se[0]) == pytest.approx(float(plain.se[0]), rel=1e-9)


def test_own_iteration_equals_statsmodels_on_two_hundred_series():
    import statsmodels.api as sm

    rng = np.random.default_rng(11)
    n = rng.uniform(500, 90_000, (100, 9))
    drift = np.exp(rng.normal(0, 0.05, (100, 1)) * np.arange(9))
    x = rng.poisson(np.minimum(n * rng.uniform(1e-3, 0.3, (100, 1)) * drift, 0.8 * n))
    design = np.column_stack([np.ones(9), np.arange(9.0) - 4])
    rates, shares = fit(x, n, design, "poisson"), fit(x, n, design, "binomial")
    for i in range(100):
        shares_of = np.column_stack([x[i], n[i] - x[i]])
        poisson = sm.GLM(x[i], design, sm.families.Poisson(), offset=np.log(n[i]))
        binomial = sm.GLM(shares_of, design, sm.families.Binomial())
        for ours, model in ((rates, poisson), (shares, binomial)):
            # Its covariance is that of the step before the last: start where it ended.
            theirs = model.fit(start_params=model.fit(tol=1e-13).params, tol=1e-13)
            np.testing.assert_allclose(ours.coefficients[i], theirs.params, rtol=1e-8, atol=1e-10)
            np.testing.assert_allclose(ours.covariance[i], theirs.cov_params(), rtol=1e-8)
            assert ours.deviance[i] == pytest.approx(theirs.deviance, rel=1e-8)


def test_straight_line_equals_the_textbook():
    y, t = np.array([3.1, 4.2, 4.9, 6.4, 6.9, 8.3]), np.array([2010, 2011, 2012, 2014, 2015, 2016])
    found, wanted = line_trend(y, t), stats.linregress(t, y)
    assert float(found.value[0]) == pytest.approx(wanted.slope)
    assert float(found.p_value[0]) == pytest.approx(wanted.pvalue)


def test_known_errors_hold_the_line_up():
    y = [10.0, 11.0, 12.0, 13.0, 14.0]
    found = line_trend(y, se=[1.0] * 5, levels=0.95)
    assert float(found.se[0]) == pytest.approx(np.sqrt(1 / 10))
    bare = line_trend(y)
    assert "on a line" in bare.reason[0]


def test_generalised_least_squares_with_overlap_by_hand():
    starts = np.arange("2010", "2016", dtype="datetime64[Y]")
    ends = (starts + np.timedelta64(3, "Y")).astype("datetime64[D]") - np.timedelta64(1, "D")
    matrix = overlap_matrix(starts.astype("datetime64[D]"), ends)
    y, t = np.array([5.0, 5.4, 5.1, 5.9, 6.2, 6.0]), np.arange(6.0)
    found = line_trend(y, t, overlap=matrix)
    design = np.column_stack([np.ones(6), t])
    inverse = np.linalg.inv(matrix)
    cov = np.linalg.inv(design.T @ inverse @ design)
    beta = cov @ design.T @ inverse @ y
    left = y - design @ beta
    factor = left @ inverse @ left / 4
    assert float(found.value[0]) == pytest.approx(beta[1], rel=1e-6)
    assert float(found.se[0]) == pytest.approx(np.sqrt(cov[1, 1] * factor), rel=1e-6)
    assert "overlap" in found.explain()


def test_a_value_without_a_logarithm_is_no_trend():
    assert "no logarithm" in line_trend([1, 2, 0, 3, 4], scale="log").reason[0]


def test_benjamini_hochberg_by_hand():
    # 0.01*4/1, 0.02*4/2, 0.03*4/3, 0.5*4/4, stepped from below.
    np.testing.assert_allclose(adjust([0.01, 0.02, 0.03, 0.5]), [0.04, 0.04, 0.04, 0.5])


def test_a_missing_p_value_does_not_count():
    found = family([0.01, NAN, 0.2], name="a page")
    assert found.tests == 2
    assert found.flagged.tolist() == [True, False, False]
    assert family([NAN], name="a page").explain() == "No test was made in a page."


def test_p_values_outside_zero_to_one_are_refused():
    with pytest.raises(StatisticsError, match="outside 0 to 1"):
        adjust([0.5, 1.5])
