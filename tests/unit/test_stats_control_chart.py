"""Control charts: limits by hand, each rule, options, words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.chart_rules import falling_or_rising, near_twice, one_side
from hwb_analysis.stats.control_chart import count_chart, xmr_chart

STEADY = [50, 52, 49, 51, 50, 48, 51, 50, 52, 49, 50, 51]


def test_limits_by_hand():
    chart = xmr_chart([10, 12, 11, 13, 9])
    # Moving ranges 2, 1, 2, 4: mean 2.25.
    assert chart.centre[0] == pytest.approx(11)
    assert chart.upper[0] == pytest.approx(11 + 2.66 * 2.25)
    assert chart.trial


def test_a_point_outside_is_a_special_cause_and_judged_by_the_good_end():
    chart = xmr_chart([*STEADY, 70], better="high")
    assert chart.cause[-1] == "above the upper limit"
    assert chart.variation == "special cause, improvement"
    assert xmr_chart([*STEADY, 70], better="low").variation == "special cause, concern"
    assert xmr_chart([*STEADY, 70]).variation == "special cause, neutral"


@pytest.mark.parametrize("run", [6, 7, 8])
def test_a_run_has_the_length_asked_for(run):
    side = np.array([1.0] * 7 + [-1] * 3)
    assert (one_side(side, run) > 0).sum() == (7 if run <= 7 else 0)


def test_a_tie_with_the_centre_breaks_a_run_or_is_passed_over():
    side = np.array([1.0, 1, 1, 0, 1, 1, 1, 1])
    assert not one_side(side, 7).any()
    assert one_side(side, 7, passing=True).sum() == 7


def test_equal_neighbours_break_a_rise():
    assert falling_or_rising(np.array([1.0, 2, 3, 3, 4, 5, 6]), 7).sum() == 0
    assert falling_or_rising(np.arange(7.0), 7).tolist() == [1] * 7
    assert falling_or_rising(-np.arange(6.0), 7).sum() == 0


def test_two_of_three_need_one_side():
    near = np.array([True, False, True])
    assert near_twice(near, np.array([1.0, -1, 1])).sum() == 0
    assert near_twice(near, np.array([-1.0, -1, -1])).tolist() == [-1, 0, -1]


def test_limits_begin_anew_and_no_rule_looks_across():
    values = [*STEADY, *(v + 20 for v in STEADY)]
    whole, parts = xmr_chart(values), xmr_chart(values, rebase=[12])
    assert (whole.cause != "common cause").any()
    assert (parts.cause == "common cause").all()
    assert parts.centre[-1] == pytest.approx(parts.centre[0] + 20)
    assert set(parts.segment) == {0.0, 1.0}


def test_a_baseline_sets_the_limits_for_all():
    chart = xmr_chart([*STEADY, 60, 61, 62], baseline=12)
    assert chart.centre[-1] == pytest.approx(np.mean(STEADY))
    assert (chart.cause[-3:] == "above the upper limit").all()


def test_few_points_have_no_limits_and_say_so():
    chart = xmr_chart([1, 2, 3, 4])
    assert np.isnan(chart.upper).all()
    assert chart.explain() == "There are no control limits: fewer than 5 points."
    assert chart.variation == "no limits"
    assert xmr_chart([]).reason
    assert xmr_chart([3.0]).reason


def test_assurance_in_words():
    chart = xmr_chart(STEADY, better="high")
    assert chart.assurance(30) == "meets the target"
    assert chart.assurance(70) == "misses the target"
    assert chart.assurance(50) == "may or may not meet the target"
    assert xmr_chart(STEADY, better="low").assurance(70) == "meets the target"
    with pytest.raises(StatisticsError, match="needs a good end"):
        xmr_chart(STEADY).assurance(50)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"run": 5}, "6, 7 or 8 points"),
        ({"rebase": [0]}, "begin anew at positions 1"),
        ({"rebase": [99]}, "begin anew at positions 1"),
        ({"ties": "drop"}, "'break' or 'ignore'"),
    ],
)
def test_unknown_options_are_refused(options, match):
    with pytest.raises(StatisticsError, match=match):
        xmr_chart(STEADY, **options)


def test_a_missing_point_is_refused():
    with pytest.raises(StatisticsError, match="a value is missing"):
        xmr_chart([1, 2, None, 4, 5])


def test_p_limits_by_hand_follow_each_denominator():
    x, n = np.array([20, 30, 22, 33, 19, 28]), np.array([200, 300, 200, 300, 200, 300])
    chart = count_chart(x, n, kind="p", overdispersion=False)
    p = x.sum() / n.sum()
    np.testing.assert_allclose(chart.upper, 100 * (p + 3 * np.sqrt(p * (1 - p) / n)))
    assert chart.factor == 1.0


def test_overdispersed_counts_widen_the_limits_and_never_narrow_them():
    rng = np.random.default_rng(1)
    n = np.full(30, 50_000)
    x = n * np.clip(rng.normal(0.3, 0.02, 30), 0, 1)
    wide, narrow = (count_chart(x, n, kind="u", overdispersion=o) for o in (True, False))
    assert wide.factor > 5
    assert (narrow.cause != "common cause").sum() > (wide.cause != "common cause").sum()
    calm = count_chart([100, 100, 100, 100, 100, 100], [1000] * 6, kind="p")
    assert calm.factor == 1.0


def test_chart_limits_stay_where_a_proportion_can_be():
    chart = count_chart([0, 1, 0, 0, 1, 0], [10] * 6, kind="p")
    assert chart.lower.min() == 0
    assert chart.upper.max() <= 100


@given(st.lists(st.integers(-400, 400).map(lambda v: v / 4), min_size=5, max_size=30))
def test_turned_upside_down_every_cause_turns_too(values):
    chart, turned = xmr_chart(values), xmr_chart([-v for v in values])
    np.testing.assert_allclose(turned.upper, -chart.lower)
    swap = {"above": "below", "upper": "lower", "rising": "falling"}
    swap |= {v: k for k, v in swap.items()}
    for one, other in zip(chart.cause, turned.cause, strict=True):
        assert " ".join(swap.get(word, word) for word in one.split()) == other


def test_a_steady_process_seldom_signals():
    rng = np.random.default_rng(4)
    outside = [xmr_chart(rng.normal(0, 1, 24)).outside.mean() for _ in range(400)]
    assert np.mean(outside) < 0.012
