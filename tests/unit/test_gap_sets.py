"""All pairs of areas, areas against the rest, ends of the population."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats import gaps
from hwb_analysis.stats.gap_sets import (
    against_rest,
    all_pairs,
    all_pairs_of_counts,
    end_gap,
    value_against_rest,
)
from hwb_analysis.stats.gap_values import difference_from_limits, ratio_from_limits

NAN = float("nan")
COUNTS, PEOPLE = np.array([30.0, 12, 55, 9]), np.array([200.0, 150, 300, 90])


def test_pairs_of_counts_are_the_gaps_one_by_one():
    found = all_pairs_of_counts(COUNTS, PEOPLE)
    for place, (i, j) in enumerate(zip(found.first, found.second, strict=True)):
        one = gaps.difference(COUNTS[i], PEOPLE[i], COUNTS[j], PEOPLE[j], levels=0.95)
        assert found.lower[place] == pytest.approx(float(one.lower[0]), rel=1e-12)
        assert found.upper[place] == pytest.approx(float(one.upper[0]), rel=1e-12)


def test_pairs_of_values_are_the_gaps_one_by_one():
    v, low, high = np.array([[12.0, 8, 9]]), np.array([[10.0, 7, 7]]), np.array([[15.0, 9, 12]])
    for kind, make in (("difference", difference_from_limits), ("ratio", ratio_from_limits)):
        found = all_pairs(v, low, high, kind=kind)
        one = make(12, 10, 15, 9, 7, 12)
        assert found.value.shape == (1, 3)
        assert found.lower[0, 1] == pytest.approx(float(one.lower[0]), rel=1e-12)
        assert found.value[0, 1] == pytest.approx(float(one.value), rel=1e-12)


@given(arrays(float, 6, elements=st.integers(0, 90).map(float)))
def test_the_p_value_agrees_with_the_interval(count):
    found = all_pairs_of_counts(count, [100.0] * 6)
    apart = (found.lower > 1e-12) | (found.upper < -1e-12)
    assert ((found.p_value < 0.05 - 1e-12) <= apart).all()
    assert (found.adjusted_p >= found.p_value - 1e-12).all()


def test_a_family_of_equal_areas_is_seldom_flagged():
    draw = np.random.default_rng(20261122).binomial(400, 0.2, (400, 7)).astype(float)
    found = all_pairs_of_counts(draw, 400.0)
    assert (found.p_value < 0.05).any(axis=-1).mean() > 0.3
    assert (found.adjusted_p < 0.05).any(axis=-1).mean() < 0.06


def test_a_missing_area_spoils_only_its_own_pairs():
    found = all_pairs([12, NAN, 9], [10, NAN, NAN], [15, NAN, NAN])
    assert found.reason.tolist() == [
        "an area of the pair has no value",
        "an area of the pair has no interval",
        "an area of the pair has no value",
    ]
    assert found.value[1] == 3
    assert "0 pairs" in found.explain()


def test_a_ratio_of_zero_says_so():
    found = all_pairs([0, 4], [0, 3], [1, 5], kind="ratio")
    assert found.reason.tolist() == ["a value or limit is not above zero"]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: all_pairs([1], [0], [2]), "at least two areas"),
        (lambda: all_pairs([1, 2], [2, 1], [2, 3]), "outside its limits"),
        (lambda: all_pairs([1, 2], [0, 1], [2, 3], kind="odds"), "kind is"),
        (lambda: all_pairs([1, 2], [0, 1], [2, 3], adjustment="x"), "is not known"),
        (lambda: all_pairs_of_counts([5, 2], [4, 4]), "above its denominator"),
        (lambda: all_pairs_of_counts([1, 2], [4, 4], of="mean"), "of is"),
        (lambda: against_rest([1, 2], [4, 4], of="mean"), "is not known"),
        (lambda: against_rest(1, 4), "at least two areas"),
        (lambda: value_against_rest([1, 2], [1, 1], [0, 1]), "population is not above zero"),
        (lambda: end_gap([1, 2], [1, 1], share=0.6), "share lies"),
        (lambda: end_gap([1, 2], [1, 1], se=[-1, 1]), "error is negative"),
    ],
)
def test_what_cannot_be_is_refused(call, said):
    with pytest.raises(StatisticsError, match=said):
        call()


def test_the_rest_leaves_the_area_out():
    found = against_rest(COUNTS, PEOPLE)
    rest = (COUNTS.sum() - COUNTS) / (PEOPLE.sum() - PEOPLE) * 100
    np.testing.assert_allclose(found.second, rest)
    one = gaps.difference(30, 200, 76, 540)
    np.testing.assert_allclose(found.lower[:, 0], one.lower)
    ratio = against_rest(COUNTS, PEOPLE, kind="ratio", of="rate")
    np.testing.assert_allclose(ratio.value, found.first / found.second)


def test_the_whole_is_made_of_each_area_and_its_rest():
    y, n = np.array([70.0, 80, 85]), np.array([1.0, 2, 3])
    found = value_against_rest(y, [1.0] * 3, n)
    np.testing.assert_allclose((n * y + (6 - n) * found.second) / 6, (n * y).sum() / 6)
    assert np.isnan(value_against_rest([NAN, 1, 2], [1, 1, 1], [1, 1, 1]).value).all()


def test_ends_split_the_area_on_the_border():
    found = end_gap([10, 4, 0], [100, 100, 100], share=0.5, se=[1, 1, 1], levels=0.95)
    assert float(found.first) == pytest.approx((10 * 2 + 4) / 3)
    assert float(found.second) == pytest.approx(4 / 3)
    # Weights 2/3, 0 and -2/3: the middle area counts on both sides and cancels.
    assert float(found.upper[0] - found.value) == pytest.approx(1.959964 * (8 / 9) ** 0.5, rel=1e-6)
    assert end_gap([10, 4], [1, 1]).reason == "an area has no standard error"
