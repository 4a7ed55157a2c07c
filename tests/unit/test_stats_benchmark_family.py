"""Other ways to compare, goals, categories, box and spine, a county from its districts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats import benchmark_rules as rules
from hwb_analysis.stats import goals
from hwb_analysis.stats.combine import combine_counts, combine_parts
from hwb_analysis.stats.distribution import (
    box_statistics,
    category_label,
    ntile_quartiles,
    quantile_bounds,
    quantile_categories,
    spine_positions,
)
from hwb_analysis.stats.national_batch import recent_trends
from hwb_analysis.stats.trends import recent_trend

NAN = float("nan")
FIGURES = st.lists(st.integers(0, 400).map(lambda v: v / 4), min_size=5, max_size=40)


def test_two_levels_without_a_good_end():
    found = rules.compare_two_levels(2.6, 2.5, 2.7, 2.3, 2.9, [3.0, 2.8, 2.2], better=None)
    assert found.word.tolist() == ["lowest", "lower", "highest"]


def test_wider_limits_inside_narrower_ones_are_refused():
    with pytest.raises(StatisticsError, match="lie inside"):
        rules.compare_two_levels(2.6, 2.5, 2.7, 2.55, 2.65, 3.0, better=None)


def test_rate_limits_have_the_poisson_tails_they_promise():
    low, high = (float(s) for s in rules.rate_control_limits(12.4, 100_000.0))
    assert stats.poisson.sf(12, low) == pytest.approx(0.025, rel=1e-9)
    assert stats.poisson.cdf(12, high) == pytest.approx(0.025, rel=1e-9)


def test_proportion_limits_are_the_values_whose_score_interval_ends_at_the_comparator():
    # Control limits of this form solve the Wilson equation in the comparator's place.
    low, high = (float(s) / 100 for s in rules.proportion_control_limits(20.0, 300.0))
    for limit in (low, high):
        middle = (limit - 0.2) ** 2
        assert middle == pytest.approx(1.96**2 * limit * (1 - limit) / 300, rel=1e-9)


@pytest.mark.parametrize("denominator", [0.0, NAN])
def test_control_limits_want_a_denominator(denominator):
    low, high = rules.proportion_control_limits(20.0, denominator)
    found = rules.compare_with_control_limits(25.0, low, high, 20.0, better="low")
    assert (found.word.item(), found.reason.item()) == (
        "not compared",
        "no denominator above zero",
    )


def test_goal_colours_follow_the_good_end():
    assert goals.goal_range([89.9, 90, 95], 90, 95, better="high").colour.tolist() == [
        "red",
        "amber",
        "green",
    ]
    assert goals.goal_range([89.9, 90, 95], 90, 95, better="low").colour.tolist() == [
        "green",
        "amber",
        "red",
    ]


def test_a_goal_without_a_good_end_is_not_compared():
    found = goals.goal_value(5, 4, better=None)
    assert found.explain() == "Not compared with the goal: the indicator has no good end."
    assert found.colour.item() == ""


def test_goal_sentences():
    assert goals.goal_value(96, 95, better="high").explain() == (
        "96.0 meets the goal of 95.0 (single value)."
    )
    assert "is between the limits of" in goals.goal_range(92, 90, 95, better="high").explain()


def test_a_goal_the_wrong_way_round_is_refused():
    with pytest.raises(StatisticsError, match="lower limit is above"):
        goals.goal_range(92, 95, 90, better="high")


@given(FIGURES, st.sampled_from([4, 5]))
def test_equal_values_share_a_category_and_order_is_kept(values, k):
    found = quantile_categories(values, values, k)
    for i, one in enumerate(values):
        for j, other in enumerate(values):
            assert found[i] <= found[j] or one > other
    assert found.min() >= 1
    assert found.max() <= k


@given(FIGURES)
def test_equal_parts_differ_in_size_by_one_at_most(values):
    sizes = np.bincount(quantile_categories(values, values, 5, compat="ntile"), minlength=6)[1:]
    assert sizes.max() - sizes.min() <= 1


def test_fewer_values_than_categories_give_none():
    assert quantile_categories([1, 2, 3], [1, 2, 3], 5).tolist() == [0, 0, 0]
    assert category_label(0) == "not compared"
    with pytest.raises(StatisticsError, match="at least 5 values"):
        quantile_bounds([1, 2], 5)


def test_box_wants_three_quarters_of_the_areas():
    assert box_statistics([1, 2, 3, 4], areas=5).reason == ""
    assert box_statistics([1, 2, 3, 4], areas=6).reason == "only 4 of 6 areas have a value"
    assert box_statistics([1, 2, NAN, 3, 4]).with_value == 4


def test_quartiles_of_equal_parts_are_no_percentiles():
    assert ntile_quartiles(np.arange(1, 11)).tolist() == [1, 3, 6, 8, 10]
    assert np.isnan(ntile_quartiles([1, 2])).all()


@given(st.lists(st.integers(-400, 400), min_size=4, max_size=4).map(sorted), st.integers(-400, 400))
def test_spine_is_in_order_and_its_longest_side_is_one(points, base):
    found = spine_positions(base, *points, better="high")
    if base == points[0] == points[-1]:
        assert np.isnan(found).all()
        return
    assert (np.diff(found) >= 0).all()
    assert max(abs(found[0]), abs(found[-1])) == pytest.approx(1)
    turned = spine_positions(base, *points, better="low")
    np.testing.assert_allclose(turned, -found[::-1])


def test_a_county_from_its_districts_carries_interval_and_note():
    found = combine_parts([10, 20, None], [100, 200, 50], kind="proportion", least_coverage=0.6)
    assert found.value == pytest.approx(10.0)
    assert found.lower[0] < 10 < found.upper[0]
    assert "1 without a figure left out; not published as such" in found.explain()


def test_too_little_coverage_is_refused_with_the_share():
    found = combine_parts(
        [10, 20, None], [100, 200, 50], kind="rate", population=[10, 20, 70], least_coverage=0.9
    )
    assert found.reason == "the parts with a figure cover 30%, less than 90%"
    assert np.isnan(found.value)


def test_counts_are_summed():
    assert combine_counts([1, 2, NAN]) == 3
    with pytest.raises(StatisticsError, match="count is negative"):
        combine_counts([-1])


def test_many_series_at_once_equal_one_at_a_time():
    rng = np.random.default_rng(3)
    x, n = rng.integers(50, 90, (60, 5)).astype(float), np.full((60, 5), 400.0)
    y = rng.normal(50, 3, (60, 5)) + np.arange(5) * rng.normal(0, 2, (60, 1))
    x[3, 2], y[4, 1], x[5, 4] = NAN, NAN, 0
    counts = recent_trends(count=x, denominator=n, better="low")
    limits = recent_trends(value=y, lower=y - 2, upper=y + 2, better="low")
    for i in range(60):
        if not np.isnan(x[i]).any():
            one = recent_trend(
                x[i] / n[i], count=x[i], denominator=n[i], kind="proportion", better="low"
            )
            assert (one.marker.value, one.reason) == (counts.marker[i], counts.reason[i])
        other = recent_trend(y[i], lower=y[i] - 2, upper=y[i] + 2, better="low")
        assert (other.marker.value, other.reason) == (limits.marker[i], limits.reason[i])
    assert "60 series" in limits.explain()


def test_a_batch_wants_rows_of_five():
    with pytest.raises(StatisticsError, match="rows of 5 points"):
        recent_trends(count=[[1, 2, 3]], denominator=[[9, 9, 9]])
    with pytest.raises(StatisticsError, match="values with limits, or counts"):
        recent_trends()


def test_a_zero_width_interval_has_a_marker_only_as_the_tool_gives_it():
    y = [14.8, 14.2, 14.3, 14.5, 14.9]
    given_ = {"lower": y, "upper": y, "count": [100] * 5, "denominator": [1000] * 5}
    assert recent_trend(y, **given_).reason == "an interval has no width"
    found = recent_trend(y, **given_, compat="next2025", value_type="Proportion")
    assert found.marker.value == "no significant change"


def test_an_unknown_version_is_refused():
    with pytest.raises(StatisticsError, match="got 'live'"):
        recent_trend([1, 2, 3, 4, 5], compat="live")
