"""Trend tests reject a true null as often as they promise: seeded draws, and laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.trend_sizes import (
    TESTS,
    change_size,
    kendall_p,
    limits_p,
    most_with_floor,
    poisson_p,
    rejected,
    rolling_p,
    rolling_plain_p,
)
from hwb_analysis.stats.change import change
from hwb_analysis.stats.count_trend import count_trend
from hwb_analysis.stats.irls import fit
from hwb_analysis.stats.line_trend import line_trend
from hwb_analysis.stats.mann_kendall import mann_kendall
from hwb_analysis.stats.multiplicity import adjust, family
from hwb_analysis.stats.national_batch import recent_trends

DRAWS = 10_000
# Three Monte-Carlo errors at 5 %.
SLACK = 0.0066
QUARTERS = st.integers(-400, 400).map(lambda whole: whole / 4)
SERIES = st.lists(QUARTERS, min_size=5, max_size=14)
COUNTS = st.lists(st.integers(1, 5000), min_size=5, max_size=12)


@pytest.mark.parametrize("points", [5, 8, 12])
@pytest.mark.parametrize(("name", "maker", "phis"), TESTS, ids=[row[0] for row in TESTS])
def test_no_test_rejects_a_true_null_too_often(name, maker, phis, points):
    for phi in phis:
        assert rejected(maker, points, phi, replicates=DRAWS) < 0.05 + SLACK


@pytest.mark.parametrize("points", [5, 8, 12])
def test_what_is_not_discrete_or_floored_has_its_size(points):
    assert abs(rejected(rolling_p, points, 1.0, replicates=DRAWS) - 0.05) < SLACK
    free = rejected(poisson_p, points, 1.0, replicates=DRAWS, floor=False)
    assert abs(free - 0.05) < SLACK
    over = rejected(poisson_p, points, 3.0, replicates=DRAWS)
    assert 0.03 < over < 0.05 + SLACK


@pytest.mark.parametrize("points", [5, 8, 12])
def test_the_floor_forces_sizes_below_four_per_cent_without_overdispersion(points):
    # No test that keeps the floor and its level at every overdispersion has 4 % here.
    most = most_with_floor(points)
    ours = rejected(limits_p, points, 1.0, replicates=DRAWS)
    assert ours - SLACK < most < 0.04
    # Without the floor the size is the nominal one.
    free = rejected(limits_p, points, 1.0, replicates=DRAWS, floor=False)
    assert abs(free - 0.05) < SLACK


def test_rolling_means_taken_for_independent_reject_far_too_often():
    assert rejected(rolling_plain_p, 8, 1.0, replicates=DRAWS) > 0.2


def test_exact_mann_kendall_has_the_size_that_its_orderings_force():
    # At n = 5 only the two monotone orderings of 120 reach 5 %: 1/60.
    assert rejected(kendall_p, 5, 1.0, replicates=DRAWS) == pytest.approx(1 / 60, abs=0.006)


@pytest.mark.parametrize("years", [1, 2, 3])
def test_a_change_that_knows_the_overlap_has_its_size(years):
    size = change_size(np.random.default_rng(years), DRAWS, years, known=True)
    assert abs(size - 0.05) < SLACK


def test_false_discoveries_are_kept_to_the_rate():
    rng = np.random.default_rng(2)
    shares = []
    for _ in range(800):
        nothing, something = rng.uniform(size=30), rng.uniform(0, 0.002, 10)
        flagged = adjust(np.r_[nothing, something]) <= 0.05
        shares.append(flagged[:30].sum() / max(flagged.sum(), 1))
    assert np.mean(shares) < 0.05


@given(SERIES)
def test_mann_kendall_turns_with_the_series(values):
    one, turned = mann_kendall(values), mann_kendall([-v for v in values])
    back = mann_kendall(values[::-1])
    assert one.score == -turned.score == -back.score
    assert one.p_value == pytest.approx(turned.p_value, abs=1e-12)
    assert one.value == pytest.approx(-turned.value)
    assert one.lower[0] <= one.value <= one.upper[0]
    assert one.lower[1] <= one.lower[0]


@given(SERIES, st.integers(1, 400).map(lambda v: v / 4), QUARTERS)
def test_mann_kendall_looks_at_order_only(values, factor, shift):
    one = mann_kendall(values)
    other = mann_kendall([v * factor + shift for v in values])
    assert (one.score, one.p_value) == (other.score, pytest.approx(other.p_value))


@given(COUNTS, st.integers(1, 50))
def test_a_rate_trend_is_free_of_the_unit_of_people(counts, factor):
    people = np.full(len(counts), 9000.0)
    one = count_trend(counts, people, kind="rate")
    other = count_trend(counts, people * factor, kind="rate")
    np.testing.assert_allclose(one.value, other.value, atol=1e-9)
    np.testing.assert_allclose(one.se, other.se, rtol=1e-7)


@given(COUNTS)
def test_fitted_counts_add_up_and_balance_over_time(counts):
    x, t = np.array([counts], dtype=float), np.arange(len(counts)) * 1.0
    found = fit(x, np.full_like(x, 9000), np.stack([np.ones_like(t), t], -1), "poisson")
    assert found.fitted.sum() == pytest.approx(x.sum(), rel=1e-8)
    assert (found.fitted[0] * t).sum() == pytest.approx((x[0] * t).sum(), rel=1e-7)


@given(SERIES, st.integers(1, 40))
def test_a_line_is_free_of_shift_and_follows_scale(values, factor):
    one, other = line_trend(values), line_trend([v * factor + 7 for v in values])
    np.testing.assert_allclose(other.value, one.value * factor, atol=1e-8)


@given(SERIES)
def test_the_floor_never_makes_a_test_bolder(values):
    se = [2.0] * len(values)
    floored, free = line_trend(values, se=se), line_trend(values, se=se, dispersion_floor=False)
    both = np.isfinite(free.p_value) & np.isfinite(floored.p_value)
    assert (floored.p_value[both] >= free.p_value[both] - 1e-12).all()
    wider = floored.upper - floored.lower >= free.upper - free.lower - 1e-9
    assert wider[:, both].all()


@given(SERIES)
def test_p_and_interval_tell_the_same_story(values):
    for found in (line_trend(values), line_trend(values, se=[1.5] * len(values))):
        if found.reason[0] or abs(found.p_value[0] - 0.05) < 1e-6:
            continue
        excludes = found.lower[0][0] > 0 or found.upper[0][0] < 0
        assert excludes == (found.p_value[0] < 0.05)


@given(QUARTERS, QUARTERS, st.integers(1, 40), st.integers(1, 40), st.integers(0, 4))
def test_a_change_turns_with_its_periods(first, second, s1, s2, share):
    one = change(first, second, se=(s1, s2), shared=share / 8)
    other = change(second, first, se=(s2, s1), shared=share / 8)
    assert float(one.z) == pytest.approx(-float(other.z))
    assert float(one.p_value) == pytest.approx(float(other.p_value))
    assert float(one.lower[0]) == pytest.approx(-float(other.upper[0]))


@given(st.lists(st.integers(0, 1000).map(lambda v: v / 1000), min_size=1, max_size=30))
def test_adjusted_p_values_keep_order_and_never_shrink(values):
    p = np.array(values)
    for method in ("bh", "by", "holm", "bonferroni"):
        found = adjust(p, method)
        assert (found >= p - 1e-12).all()
        assert (found <= 1).all()
        order = np.argsort(p, kind="stable")
        assert (np.diff(found[order]) >= -1e-12).all()
    assert (adjust(p, "by") >= adjust(p) - 1e-12).all()
    assert family(p, name="x").tests == p.size


@given(st.lists(st.lists(QUARTERS, min_size=5, max_size=5), min_size=1, max_size=6))
def test_turning_every_value_turns_every_marker(rows):
    y = np.array(rows)
    one = recent_trends(value=y, lower=y - 1, upper=y + 1)
    turned = recent_trends(value=-y, lower=-y - 1, upper=-y + 1)
    np.testing.assert_allclose(one.chi_squared, turned.chi_squared, atol=1e-9)
    for mine, other in zip(one.marker, turned.marker, strict=True):
        # A slope of exactly zero counts as positive on both sides, so only one may vote.
        assert mine == "no significant change" or mine != other
