"""Methods of gaps: where score limits lie, zeros, means, errors, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats import gap_rates, gaps
from hwb_analysis.stats.arrays import z_value

NAN = float("nan")
TABLES = [
    (56, 70, 48, 80),
    (9, 10, 3, 10),
    (5, 56, 1, 29),
    (38, 40, 40, 40),
    (412, 2100, 355, 2450),
]


def constrained(x1, n1, x2, n2, first_of):
    """Return the most likely p1, p2 on a line p1 = first_of(p2), by search of the likelihood."""

    def loss(p2):
        p1 = first_of(p2)
        if not 0 <= p1 <= 1:
            return np.inf
        logs = [stats.binom.logpmf(x, n, p) for x, n, p in ((x1, n1, p1), (x2, n2, p2))]
        return -sum(logs)

    grid = np.linspace(0, 1, 20_001)
    start = grid[int(np.argmin([loss(p) for p in grid[::20]])) * 20]
    step = 0.0011
    found = optimize.minimize_scalar(
        loss, bounds=(max(0.0, start - step), min(1.0, start + step)), method="bounded",
        options={"xatol": 1e-12},
    )  # fmt: skip
    return first_of(found.x), found.x


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(("method", "factor"), [("mee", False), ("miettinen-nurminen", True)])
def test_score_limits_of_a_difference_are_where_the_test_turns(table, method, factor):
    x1, n1, x2, n2 = table
    found = gaps.difference(*table, multiplier=1, levels=0.95, method=method)
    for limit in (float(found.lower[0]), float(found.upper[0])):
        p1, p2 = constrained(*table, lambda p2, t=limit: p2 + t)
        variance = p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2
        variance *= (n1 + n2) / (n1 + n2 - 1) if factor else 1
        z = abs(x1 / n1 - x2 / n2 - limit) / np.sqrt(variance)
        assert z == pytest.approx(z_value(0.95), rel=2e-3)


@pytest.mark.parametrize("table", TABLES)
def test_score_limits_of_a_ratio_are_where_the_test_turns(table):
    x1, n1, x2, n2 = table
    found = gaps.ratio(*table, levels=0.95, method="score")
    for limit in (float(found.lower[0]), float(found.upper[0])):
        p1, p2 = constrained(*table, lambda p2, t=limit: p2 * t)
        variance = p1 * (1 - p1) / n1 + limit**2 * p2 * (1 - p2) / n2
        z = abs(x1 / n1 - limit * x2 / n2) / np.sqrt(variance)
        assert z == pytest.approx(z_value(0.95), rel=2e-3)


def test_midp_limits_put_half_the_outcome_in_each_tail():
    found = gap_rates.rate_ratio(7, 50.5, 3, 57.8, levels=0.95)
    for limit, tail in ((float(found.lower[0]), "upper"), (float(found.upper[0]), "lower")):
        share = limit * 50.5 / (limit * 50.5 + 57.8)
        same = stats.binom.pmf(7, 10, share)
        beyond = stats.binom.sf(7, 10, share) if tail == "upper" else stats.binom.cdf(6, 10, share)
        assert beyond + same / 2 == pytest.approx(0.025, abs=1e-10)


def test_zero_counts_of_rates_have_one_open_end():
    found = gap_rates.rate_ratio([0, 5, 0], [20, 33, 20], [5, 0, 0], [33, 20, 33], levels=0.95)
    assert found.lower[0].tolist()[0::2] == [0.0, 0.0]
    assert np.isposinf(found.upper[0][1:]).all()
    assert found.reason.tolist() == [
        "",
        "the second count is zero: the ratio has no upper limit",
        "both counts are zero",
    ]
    assert np.isnan(found.value).tolist() == [False, True, True]


@pytest.mark.parametrize("method", list(gap_rates.DIFFERENCES))
def test_every_difference_of_rates_turns_with_the_sides(method):
    one = gap_rates.rate_difference(12, 400, 3, 300, method=method)
    other = gap_rates.rate_difference(3, 300, 12, 400, method=method)
    np.testing.assert_allclose(one.lower, -other.upper, rtol=1e-7)


@pytest.mark.parametrize("method", list(gap_rates.RATIOS))
def test_every_ratio_of_rates_turns_with_the_sides(method):
    one = gap_rates.rate_ratio(12, 400, 3, 300, method=method)
    other = gap_rates.rate_ratio(3, 300, 12, 400, method=method)
    np.testing.assert_allclose(one.lower, 1 / other.upper, rtol=1e-6)


@pytest.mark.parametrize(
    ("make", "method"),
    [(make, method) for make, known in (
        (gaps.difference, gaps.DIFFERENCES), (gaps.ratio, gaps.RATIOS),
        (gap_rates.rate_difference, gap_rates.DIFFERENCES),
        (gap_rates.rate_ratio, gap_rates.RATIOS),
    ) for method in known],
)  # fmt: skip
def test_missing_and_empty_rows_are_told_apart_by_every_method(make, method):
    found = make([5, NAN, 5], [10, 10, 0], [5, 5, 5], [20, 10, 10], method=method)
    assert found.reason.tolist() == [
        "",
        "a count or denominator is missing",
        "a denominator is zero",
    ]
    assert np.isnan(found.lower[:, 1:]).all()
    assert np.isfinite(found.lower[:, 0]).all()


def test_events_may_outnumber_people():
    assert float(gap_rates.rate_difference(15, 10, 10, 20, multiplier=1).value) == 1.0


def test_a_fraction_of_an_event_is_refused_by_conditional_methods_only():
    with pytest.raises(StatisticsError, match="a count is not whole"):
        gap_rates.rate_ratio(7.5, 100, 3, 100)
    assert gap_rates.rate_ratio(7.5, 100, 3, 100, method="score").reason == ""


def test_an_unknown_method_is_refused_with_the_nearest_name():
    with pytest.raises(StatisticsError, match="did you mean 'newcombe'"):
        gaps.difference(1, 2, 1, 2, method="newcomb")
    with pytest.raises(StatisticsError, match="did you mean 'exact'"):
        gap_rates.rate_ratio(1, 2, 1, 2, method="exakt")


def test_welch_is_as_scipy_has_it():
    given = (7.6, 1.8, 120, 7.2, 2.1, 90)
    found = gaps.difference_of_means(*given, levels=0.95)
    theirs = stats.ttest_ind_from_stats(*given, equal_var=False)
    # The p value turns at the level whose interval ends at zero.
    exact = gaps.difference_of_means(*given, levels=1 - theirs.pvalue)
    assert float(exact.lower[0]) == pytest.approx(0, abs=1e-9)
    assert float(found.value) == pytest.approx(0.4)


def test_means_of_one_person_have_no_interval():
    found = gaps.difference_of_means([1, 2, NAN], [1, 1, 1], [1, 9, 9], [3, 3, 3], [1, NAN, 1], 9)
    assert found.reason.tolist() == [
        "a sample of fewer than two",
        "a standard deviation is missing",
        "a value is missing",
    ]
    assert found.value[0] == -2


def test_errors_make_a_normal_interval():
    found = gaps.difference_from_errors([10, 10], [3, NAN], [4, 4], [4, 1], levels=0.95)
    assert found.reason.tolist() == ["", "no standard error published"]
    assert float(found.upper[0][0]) == pytest.approx(6 + 1.959964 * 5, rel=1e-6)
    ratio = gaps.ratio_from_errors([2, 0], [0.1, 0.1], [1, 1], [0.1, 0.1])
    assert ratio.reason.tolist() == ["", "a value is not above zero"]
    with pytest.raises(StatisticsError, match="se_2 is negative"):
        gaps.difference_from_errors(1, 1, 1, -1)


def test_an_open_end_is_said_in_words():
    said = gap_rates.rate_ratio(9, 30, 0, 20, levels=0.95).explain()
    assert said.startswith("The ratio cannot be given: the second count is zero")
    assert "upwards" in said
    assert gaps.difference([], [], [], []).explain() == "There is no difference."
