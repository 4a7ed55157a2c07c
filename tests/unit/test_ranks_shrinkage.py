"""Ranks with their uncertainty, and empirical Bayes: known answers, limits, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import special, stats

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.ranks import rank_counts, rank_values
from hwb_analysis.stats.shrinkage import shrink_ratios, shrink_to_neighbours, shrink_values

NAN = float("nan")


def test_the_chance_of_being_worst_of_two_has_a_closed_form():
    found = rank_values([10, 12], [2, 1.5], better="low", several=1, draws=200_000)
    assert found.first[1] == pytest.approx(special.ndtr(2 / 2.5), abs=0.004)
    assert found.first.sum() == pytest.approx(1)


def test_equal_areas_have_equal_chances_and_no_league_table():
    found = rank_values([5.0] * 7, [1.0] * 7, better="high", draws=100_000)
    np.testing.assert_allclose(found.first, 1 / 7, atol=0.006)
    np.testing.assert_allclose(found.among_first, 2 / 7, atol=0.008)
    assert found.median.tolist() == [4] * 7
    assert (found.lower.tolist(), found.upper.tolist()) == ([1] * 7, [7] * 7)
    assert "No league table" in found.explain()


def test_areas_far_apart_have_sure_ranks():
    found = rank_values([1, 50, 100], [1, 1, 1], better=None)
    assert found.rank.tolist() == [3, 2, 1]
    assert (found.lower == found.upper).all()
    assert bool(found.league_table)
    assert "highest" in found.explain()


def test_beta_and_gamma_draws_follow_their_distributions():
    found = rank_counts([30, 20], [100, 100], better="low", several=1, draws=200_000)
    grid = np.linspace(0, 1, 20_001)
    density = stats.beta.pdf(grid, 30.5, 70.5) * stats.beta.cdf(grid, 20.5, 80.5)
    assert found.first[0] == pytest.approx(float(np.trapezoid(density, grid)), abs=0.004)
    found = rank_counts([3, 9], [10, 10], of="rate", better="low", several=1, draws=200_000)
    # A ratio of gamma variables is a beta of the second kind.
    assert found.first[1] == pytest.approx(1 - stats.beta.cdf(0.5, 9.5, 3.5), abs=0.004)


def test_the_same_seed_gives_the_same_ranks():
    one, two = (rank_counts([3, 9, 4], [50, 60, 70], better="low") for _ in range(2))
    np.testing.assert_array_equal(one.first, two.first)


def test_each_set_of_areas_is_ranked_by_itself():
    found = rank_values([[1, 2, 3], [3, 2, NAN]], [[1, 1, 1], [1, 1, 1]], better="low")
    assert found.rank[0].tolist() == [3, 2, 1]
    assert np.isnan(found.rank[1]).all()
    assert set(found.reason[1]) == {"an area has no figure"}


def test_small_areas_leave_the_ends_of_the_table_when_shrunk():
    value, se = [9, 10, 11, 12, 25], [0.5, 0.5, 0.5, 0.5, 15]
    plain = rank_values(value, se, better="low", several=1)
    shrunk = rank_values(value, se, better="low", several=1, shrunk=True)
    assert plain.first[4] > 0.7
    assert shrunk.first[4] < plain.first[4] - 0.2


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: rank_values([1], [1], better="low"), "at least two areas"),
        (lambda: rank_values([1, 2], [0, 1], better="low"), "not above zero"),
        (lambda: rank_values([1, 2], [1, 1], better="up"), "better is"),
        (lambda: rank_values([1, 2], [1, 1], better="low", draws=10), "at least 1,000"),
        (lambda: rank_values([1, 2], [1, 1], better="low", several=3), "several lies"),
        (lambda: rank_counts([9, 2], [4, 4], better="low"), "above its denominator"),
        (lambda: rank_counts([-1, 2], [4, 4], better="low"), "count is negative"),
        (lambda: rank_counts([1, 2], [4, 4], of="x", better="low"), "of is"),
        (lambda: shrink_ratios([1], [1]), "at least 2 areas"),
        (lambda: shrink_ratios([1, 2], [0, 1]), "not above zero"),
        (lambda: shrink_values([1, 2], [1, 0]), "not above zero"),
        (lambda: shrink_to_neighbours([1, 2], [1, 1], [[1]]), "neighbours of 2 areas"),
        (lambda: shrink_to_neighbours([1, 2], [1, 1], [[0], [0]]), "not other areas"),
    ],
)
def test_what_cannot_be_is_refused(call, said):
    with pytest.raises(StatisticsError, match=said):
        call()


counts = arrays(float, 8, elements=st.integers(0, 60).map(float))
sizes = arrays(float, 8, elements=st.floats(1, 80))


@given(counts, sizes)
def test_a_shrunken_ratio_lies_between_its_own_and_the_mean(observed, expected):
    found = shrink_ratios(observed, expected)
    low, high = np.minimum(found.raw, found.mean), np.maximum(found.raw, found.mean)
    assert (found.value >= low - 1e-9).all()
    assert (found.value <= high + 1e-9).all()
    assert ((found.weight >= 0) & (found.weight <= 1)).all()


@given(counts, sizes)
def test_neighbours_everywhere_are_the_whole_set(observed, expected):
    everyone = [[j for j in range(8) if j != i] for i in range(8)]
    local, whole = shrink_to_neighbours(observed, expected, everyone), shrink_ratios(
        observed, expected
    )  # fmt: skip
    np.testing.assert_allclose(local.value, whole.value, rtol=1e-9, atol=1e-12)


@given(counts, sizes)
def test_ratios_of_neighbours_follow_marshalls_formula(observed, expected):
    ring = [[(i - 1) % 8, (i + 1) % 8] for i in range(8)]
    found = shrink_to_neighbours(observed, expected, ring)
    for place, near in enumerate(ring):
        o, e = (side[[place, *near]] for side in (observed, expected))
        mean = o.sum() / e.sum()
        between = max(0.0, (e * (o / e - mean) ** 2).sum() / e.sum() - mean / e.mean())
        raw = o[0] / e[0]
        keeps = between / (between + mean / e[0]) if mean else 0.0
        assert found.mean[place] == pytest.approx(mean)
        assert found.value[place] == pytest.approx(mean + keeps * (raw - mean), abs=1e-9)
        if abs(raw - mean) > 1e-6:
            assert found.weight[place] == pytest.approx(keeps, abs=1e-6)
            assert found.error[place] == pytest.approx(np.sqrt(keeps * mean / e[0]), abs=1e-4)


def test_a_negative_variance_between_areas_is_none():
    # Far more alike than chance would make them.
    found = shrink_ratios([10, 10, 10], [10, 10, 10])
    assert found.between.tolist() == [0, 0, 0]
    assert found.value.tolist() == [1, 1, 1]
    assert "no more than chance" in found.explain()


def test_an_island_keeps_its_ratio_and_a_missing_area_stays_missing():
    found = shrink_to_neighbours([8, 12, NAN], [5, 10, 10], [[], [2], [1]])
    assert found.value[0] == pytest.approx(1.6)
    assert found.value[1] == pytest.approx(1.2)
    assert np.isnan(found.value[2])
    assert found.reason[2] == "the area has no figure"
    assert shrink_ratios([NAN, NAN], [1, 1]).explain().startswith("Nothing was shrunk")


def test_shrunken_values_with_equal_errors_have_a_closed_form():
    y, s = np.array([4.0, 6, 8, 10, 12]), 1.0
    found = shrink_values(y, np.full(5, s))
    between = y.var(ddof=1) - s**2
    np.testing.assert_allclose(found.between, between)
    np.testing.assert_allclose(found.value, 8 + between / (between + 1) * (y - 8))
    np.testing.assert_allclose(found.error, np.sqrt(between / (between + 1)))


def test_shrunken_ratios_err_less_than_raw_ones():
    random = np.random.default_rng(20261122)
    expected = random.uniform(2, 40, (400, 30))
    truth = random.gamma(25, 1 / 25, (400, 30))
    found = shrink_ratios(random.poisson(truth * expected), expected)
    raw, shrunk = (((side - truth) ** 2).mean() for side in (found.raw, found.value))
    assert shrunk < 0.6 * raw
