"""What must hold of the statistics whatever the figures are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.gaps import difference
from hwb_analysis.stats.inequality import slope_index
from hwb_analysis.stats.intervals import count_limits, exact_poisson, proportion, rate, wilson
from hwb_analysis.stats.quantiles import population_quantiles

ANY_NUMBER = st.floats(allow_nan=True, allow_infinity=True, width=64)
QUARTERS = st.integers(0, 40_000_000).map(lambda whole: whole / 4)


def hundredths(low, high):
    return st.integers(low * 100, high * 100).map(lambda whole: whole / 100)


def groups(low, high, size=10):
    return arrays(np.float64, size, elements=st.floats(low, high, allow_subnormal=False))


@given(groups(100, 90_000), hundredths(-50, 50), hundredths(-20, 20))
def test_slope_is_unchanged_when_groups_merge_under_a_straight_gradient(people, start, slope):
    share = people / people.sum()
    values = start + slope * (share.cumsum() - share / 2)
    pairs = people.reshape(5, 2)
    merged = (values.reshape(5, 2) * pairs).sum(1) / pairs.sum(1)
    fine = slope_index(values, people, better="high").value
    coarse = slope_index(merged, pairs.sum(1), better="high").value
    assert float(fine) == pytest.approx(float(coarse), abs=1e-8)


@given(groups(1, 90), groups(100, 9000), groups(0.01, 5), hundredths(1, 100), hundredths(-50, 50))
def test_scale_and_shift(values, people, errors, factor, shift):
    one = slope_index(values, people, better="low", se=errors)
    other = slope_index(values * factor + shift, people, better="low", se=errors * factor)
    tolerance = 1e-9 * (1 + factor) * 1e3
    np.testing.assert_allclose(other.value, one.value * factor, atol=tolerance)
    np.testing.assert_allclose(other.upper, one.upper * factor, atol=tolerance)
    np.testing.assert_allclose(other.lack_of_fit, one.lack_of_fit, rtol=1e-6, atol=1e-6)


@given(groups(1, 90), groups(100, 9000), groups(0.01, 5), st.sampled_from(["high", "low"]))
def test_turning_the_good_end_mirrors_everything(values, people, errors, better):
    other = {"high": "low", "low": "high"}[better]
    one = slope_index(values, people, better=better, se=errors)
    two = slope_index(values, people, better=other, se=errors)
    np.testing.assert_array_equal(one.value, -two.value)
    np.testing.assert_array_equal(one.lower, -two.upper)


@given(groups(1, 90), groups(100, 9000), groups(0.01, 5), st.sampled_from(["high", "low"]))
def test_slope_and_both_relative_indices_agree_in_sign(values, people, errors, better):
    found = slope_index(values, people, better=better, se=errors)
    assert np.sign(found.rii_mean) == np.sign(found.value)
    if np.isfinite(found.rii_ratio) and abs(float(found.value)) > 1e-9:
        assert np.sign(found.rii_ratio - 1) == np.sign(found.value)


@given(groups(1, 90), groups(100, 9000), groups(0.01, 5))
def test_slope_interval_inverts_its_test(values, people, errors):
    found = slope_index(values, people, better="high", se=errors, levels=0.95)
    z = float((found.value - found.lower[0]) / found.se)
    assert 2 * stats.norm.sf(z) == pytest.approx(0.05, rel=1e-9)


@given(st.integers(1, 5000), st.integers(0, 5000))
def test_wilson_limits_are_where_the_score_test_is_just_significant(n, x):
    x = min(x, n)
    low, high = (float(v) for v in wilson(x, n))
    assert 0 <= low <= x / n <= high <= 1
    for limit in (low, high):
        if 0 < limit < 1:
            z = abs(x / n - limit) / np.sqrt(limit * (1 - limit) / n)
            assert z == pytest.approx(1.959963984540054, rel=1e-6)


@given(st.integers(1, 100_000))
def test_exact_limits_invert_the_exact_test(count):
    low, high = (float(v) for v in exact_poisson(count, 0.998))
    assert stats.poisson.sf(count - 1, low) == pytest.approx(0.001, rel=1e-6)
    assert stats.poisson.cdf(count, high) == pytest.approx(0.001, rel=1e-6)


@given(arrays(np.float64, 6, elements=QUARTERS), st.permutations(range(6)))
def test_rows_do_not_know_their_neighbours(counts, order):
    straight = np.stack(count_limits(counts))
    turned = np.stack(count_limits(counts[order]))
    np.testing.assert_array_equal(straight[:, order], turned)


@given(st.data())
def test_order_of_areas_does_not_matter_to_their_group(data):
    size = data.draw(st.integers(10, 60))
    rank = data.draw(arrays(np.int64, size, elements=st.integers(1, 100)))
    people = data.draw(arrays(np.float64, size, elements=st.floats(1, 5000)))
    order = np.array(data.draw(st.permutations(range(size))))
    found = population_quantiles(rank, people)
    np.testing.assert_array_equal(population_quantiles(rank[order], people[order]), found[order])
    by_rank = np.argsort(rank, kind="stable")
    assert (np.diff(found[by_rank]) >= 0).all()


@settings(max_examples=200)
@given(arrays(np.float64, 4, elements=ANY_NUMBER), arrays(np.float64, 4, elements=ANY_NUMBER))
def test_any_numbers_give_a_row_or_a_clear_refusal(count, denominator):
    for make in (rate, proportion):
        try:
            found = make(count, denominator)
        except StatisticsError:
            continue
        known = found.reason == ""
        assert np.isnan(found.value[~known]).all()
        assert not np.isnan(found.value[known]).any()


@given(st.integers(1, 400), st.integers(1, 400), st.floats(0, 1), st.floats(0, 1))
def test_difference_lies_within_its_limits(n1, n2, share_1, share_2):
    gap = difference(round(share_1 * n1), n1, round(share_2 * n2), n2)
    assert (gap.lower <= gap.value + 1e-9).all()
    assert (gap.value <= gap.upper + 1e-9).all()
    assert (np.abs(np.stack([gap.lower, gap.upper])) <= 100 + 1e-9).all()
