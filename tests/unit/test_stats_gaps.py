"""Gaps between two areas: known answers, limits, reasons."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.gaps import (
    difference,
    difference_from_limits,
    ratio,
    ratio_from_limits,
)

NAN = float("nan")


@pytest.mark.parametrize(
    ("x1", "n1", "x2", "n2", "lower", "upper"),
    [
        # Newcombe 1998, Statistics in Medicine 17:873-890, Table II, method 10.
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (10, 10, 0, 10, 0.6075, 1.0000),
    ],
)
def test_difference_gives_the_published_limits(x1, n1, x2, n2, lower, upper):
    gap = difference(x1, n1, x2, n2, multiplier=1, levels=0.95)
    assert round(float(gap.lower[0]), 4) == lower
    assert round(float(gap.upper[0]), 4) == upper


def test_swapping_the_sides_turns_the_sign():
    one = difference(56, 70, 48, 80)
    other = difference(48, 80, 56, 70)
    np.testing.assert_allclose(one.lower, -other.upper, rtol=1e-12)


def test_katz_is_symmetric_on_the_log_scale():
    gap = ratio(56, 70, 48, 80, levels=0.95, method="katz")
    low, high = float(gap.lower[0]), float(gap.upper[0])
    assert math.sqrt(low * high) == pytest.approx(float(gap.value), rel=1e-12)


def test_score_limits_are_where_the_score_test_is_just_significant():
    # Likelihoods under p1 = r p2 are highest at the constrained estimates.
    gap = ratio(56, 70, 48, 80, levels=0.95, method="score")
    for limit in (float(gap.lower[0]), float(gap.upper[0])):
        grid = np.linspace(1e-6, min(1, 1 / limit) - 1e-6, 400_001)
        loglik = (
            56 * np.log(limit * grid)
            + 14 * np.log(1 - limit * grid)
            + 48 * np.log(grid)
            + 32 * np.log(1 - grid)
        )
        p2 = grid[loglik.argmax()]
        p1 = limit * p2
        spread = np.sqrt(p1 * (1 - p1) / 70 + limit**2 * p2 * (1 - p2) / 80)
        assert abs(56 / 70 - limit * 48 / 80) / spread == pytest.approx(1.959964, rel=1e-4)


def test_swapping_the_sides_inverts_the_ratio():
    one, other = ratio(56, 70, 48, 80), ratio(48, 80, 56, 70)
    np.testing.assert_allclose(one.lower, 1 / other.upper, rtol=1e-9)


def test_a_zero_count_leaves_one_end_open():
    gap = ratio([5, 0], [10, 10], [0, 5], [10, 10])
    assert gap.reason.tolist() == ["the second count is zero: the ratio has no upper limit", ""]
    assert gap.lower[0, 0] > 1
    assert np.isinf(gap.upper[:, 0]).all()
    assert np.isnan(gap.value[0])
    assert gap.lower[:, 1].tolist() == [0, 0]
    assert np.isfinite(gap.upper[:, 1]).all()
    katz = ratio(0, 10, 5, 10, method="katz")
    assert str(katz.reason) == "a count is zero"
    with pytest.raises(StatisticsError, match="method 'wald' is not known"):
        ratio(1, 10, 5, 10, method="wald")


def test_missing_rows_leave_the_others_alone():
    gap = difference([5, NAN, 5], [10, 10, 0], [5, 5, 5], [20, 10, 10])
    assert gap.reason.tolist() == ["", "a count or denominator is missing", "a denominator is zero"]
    assert gap.value[0] == 25
    assert np.isnan(gap.value[1:]).all()


def test_mover_on_symmetric_limits_is_the_root_of_the_squares():
    gap = difference_from_limits(10, 7, 13, 4, 0, 8)
    assert (float(gap.lower[0]), float(gap.upper[0])) == (1.0, 11.0)


def test_mover_says_why_there_is_no_interval():
    gap = difference_from_limits([10, NAN], [NAN, 1], [NAN, 2], [4, 4], [3, 3], [5, 5])
    assert gap.reason.tolist() == ["no interval published", "a value is missing"]
    assert gap.value[0] == 6


def test_ratio_of_a_value_whose_limit_is_zero_has_no_interval():
    gap = ratio_from_limits(2, 0, 4, 5, 4, 6)
    assert str(gap.reason) == "a value or limit is zero"
    assert float(gap.value) == 0.4


def test_a_value_outside_its_limits_is_refused():
    with pytest.raises(StatisticsError, match="value_2 lies outside its limits"):
        difference_from_limits(10, 7, 13, 4, 5, 8)


def test_a_count_above_its_denominator_is_refused():
    with pytest.raises(StatisticsError, match="the second count is above its denominator"):
        difference(5, 10, 11, 10)


def test_the_sentence_speaks_of_chance_only():
    assert "within what chance alone" in difference(50, 100, 48, 100).explain()
    assert "more than chance alone" in difference(90, 100, 48, 100).explain()
    assert "cannot be given: the second count is zero" in ratio(5, 10, 0, 10).explain()
