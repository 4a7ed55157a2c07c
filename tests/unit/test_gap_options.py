"""Options for comparison with other software: what they are, and where peers go wrong."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats import classic_tests as classic
from hwb_analysis.stats import gap_rates
from hwb_analysis.stats.funnel import overdispersion_of_ratios
from hwb_analysis.stats.log_binomial import log_binomial
from hwb_analysis.stats.ridit import shares_and_ranks
from hwb_analysis.stats.slope_models import slope_models
from hwb_analysis.stats.slope_scatter import scatter_slope

Z = float(stats.norm.isf(0.025))


def score_on_logs(x1: float, n1: float, x2: float, n2: float, ratio: float) -> float:
    """Return the score test of a tested ratio of rates, on logarithms."""
    tested = ratio * n1 / n2
    return (math.log(x1 / x2) - math.log(tested)) / math.sqrt((2 + 1 / tested + tested) / (x1 + x2))


@pytest.mark.parametrize("given", [(612, 1041, 498, 1188), (60, 50.5, 33, 57.8), (12, 20, 30, 25)])
def test_score_limits_on_logs_are_where_the_test_turns(given) -> None:
    found = gap_rates.rate_ratio(*given, levels=0.95, method="score-log")
    low, high = float(found.lower[0]), float(found.upper[0])
    assert score_on_logs(*given, low) == pytest.approx(Z, rel=1e-6)
    assert score_on_logs(*given, high) == pytest.approx(-Z, rel=1e-6)


def test_where_no_ratio_is_rejected_there_is_no_limit() -> None:
    # Another program stops at 24.09, a ratio that its own test does not reject.
    given = (7, 50.5, 3, 57.8)
    found = gap_rates.rate_ratio(*given, levels=0.95, method="score-log")
    assert np.isposinf(found.upper[0])
    assert abs(score_on_logs(*given, 24.09084986)) < 1.5
    assert max(abs(score_on_logs(*given, ratio)) for ratio in np.geomspace(3, 1e6, 4000)) < Z
    absent = gap_rates.rate_ratio(0, 20.1, 5, 33.2, levels=0.95, method="score-log")
    assert str(absent.reason) == "a count is zero"
    assert np.isnan(absent.lower).all()


def test_square_root_limits_know_the_people() -> None:
    # Another program forgets them: 1.09 to 1.38 about a ratio of 1.40.
    found = gap_rates.rate_ratio(612, 1041, 498, 1188, levels=0.95, method="square root")
    assert found.lower[0] < 612 / 1041 / (498 / 1188) < found.upper[0]
    scaled = gap_rates.rate_ratio(612, 104.1, 498, 1188, levels=0.95, method="square root")
    np.testing.assert_allclose(scaled.lower, 10 * found.lower)
    # Near the mid-P limits, with which it shares what it estimates.
    exact = gap_rates.rate_ratio(612, 1041, 498, 1188, levels=0.95)
    np.testing.assert_allclose(found.lower, exact.lower, rtol=0.01)
    few = gap_rates.rate_ratio(4, 10, 0, 10, levels=0.95, method="square root")
    assert np.isposinf(few.upper[0])


def test_square_root_limits_cover() -> None:
    x = np.arange(0.0, 120)
    for mean, other in ((7, 7), (35, 12), (35, 35)):
        weight = np.outer(stats.poisson.pmf(x, mean), stats.poisson.pmf(x, other))
        one, two = np.nonzero(weight > 1e-9)
        found = gap_rates.rate_ratio(x[one], 1, x[two], 1, levels=0.95, method="square root")
        held = (found.lower[0] <= mean / other) & (mean / other <= found.upper[0])
        assert (weight[one, two] * held).sum() > 0.93


tables = st.tuples(st.integers(1, 60), st.integers(1, 60)).flatmap(
    lambda n: st.tuples(st.integers(0, n[0]), st.just(n[0]), st.integers(0, n[1]), st.just(n[1]))
)


@given(tables)
def test_fishers_test_is_that_of_other_software(table) -> None:
    x1, n1, x2, n2 = table
    theirs = stats.fisher_exact([[x1, n1 - x1], [x2, n2 - x2]]).pvalue
    assert float(classic.fisher_exact(*table)) == pytest.approx(theirs, rel=1e-6, abs=1e-12)
    assert float(classic.fisher_exact(*table)) == pytest.approx(
        float(classic.fisher_exact(x2, n2, x1, n1)), rel=1e-9
    )


def test_fishers_test_refuses_halves_and_leaves_missing_ones_missing() -> None:
    with pytest.raises(StatisticsError, match="not whole"):
        classic.fisher_exact(1.5, 10, 2, 10)
    found = classic.fisher_exact([3, float("nan"), 3], [10, 10, 0], [2, 2, 2], [10, 10, 10])
    assert np.isnan(found).tolist() == [False, True, True]


def test_spearman_is_the_correlation_of_ranks() -> None:
    y = [3.1, 2.0, 2.0, 5.5, 4.0, 6.1, 7.0]
    found, theirs = classic.spearman(range(7), y), stats.spearmanr(range(7), y)
    assert found.rho == pytest.approx(theirs.statistic)
    assert found.p_value == pytest.approx(theirs.pvalue)
    assert classic.spearman(range(5), [1, 2, 3, 4, 9]).p_value < 1e-12
    for bad, said in (([1, 2], "three points"), ([1, np.nan, 3], "missing"), ([2, 2, 2], "equal")):
        with pytest.raises(StatisticsError, match=said):
            classic.spearman(range(len(bad)), bad)


def test_a_free_break_lies_between_the_times() -> None:
    t = np.arange(12.0)
    y = 2 + 0.5 * t - 0.8 * np.maximum(0, t - 6.3)
    found = classic.free_break(y, t, step=0.05)
    assert found.at == pytest.approx(6.3, abs=1e-9)
    assert found.squares == pytest.approx(0, abs=1e-9)
    with pytest.raises(StatisticsError, match="five points"):
        classic.free_break([1, 2, 3], [1, 2, 3])


def test_the_log_binomial_model_is_that_of_other_software() -> None:
    x, n = np.array([120.0, 90, 70, 66, 40]), np.array([500.0, 480, 510, 530, 500])
    _, rank = shares_and_ranks(n)
    found = log_binomial(x, n, rank)
    design = np.column_stack([np.ones(5), rank])
    link = sm.families.links.Log()
    theirs = sm.GLM(np.column_stack([x, n - x]), design, sm.families.Binomial(link)).fit(tol=1e-12)
    np.testing.assert_allclose(found.params, theirs.params, rtol=1e-7)
    assert found.converged
    # Where the line reaches one it has no meaning for a proportion, and the row says so.
    row = slope_models([99, 98, 100, 40, 10], [100] * 5, better="low", models=["log binomial"])
    assert row["reason"].iloc[0].startswith("an end of the line lies above one")
    fine = slope_models(x, n, better="low", models=["log binomial"]).iloc[0]
    assert fine["rii_ratio"] == pytest.approx(math.exp(-theirs.params[1]), rel=1e-6)


def test_robust_errors_of_a_line_are_those_of_other_software() -> None:
    y, n = np.array([30.0, 24, 20, 18, 11]), np.array([100.0, 120, 90, 100, 80])
    _, rank = shares_and_ranks(n)
    found = scatter_slope(y, n, levels=0.95, robust=True)
    theirs = sm.WLS(y, sm.add_constant(rank), n).fit(cov_type="HC1", use_t=False)
    assert found.se == pytest.approx(theirs.bse[1])
    assert found.lower[0] == pytest.approx(theirs.conf_int()[1, 0])
    assert "robust" in found.method
    assert scatter_slope(y, n).method != found.method


def test_the_mortality_indicators_overdispersion_leaves_the_outer_tenths_out() -> None:
    o, e = np.array([8.0, 20, 22, 19, 21, 18, 23, 20, 24, 90]), np.full(10, 20.0)
    z = np.sort(np.log(o / e) * np.sqrt(e))[1:-1]
    found = overdispersion_of_ratios(o, e, method="shmi")
    assert found.phi == pytest.approx((z**2).mean())
    assert found.tau == pytest.approx(math.sqrt(max((z**2).sum() - 7, 0) / (160 - 20)))
    with pytest.raises(StatisticsError, match="no event"):
        overdispersion_of_ratios([0, 3], [2, 2], method="shmi")
    with pytest.raises(StatisticsError, match="method is"):
        overdispersion_of_ratios([1, 3], [2, 2], method="x")
