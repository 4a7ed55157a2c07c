"""A step at a known time: by hand, with and without a trend, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.step_change import step_change

AFTER = [0] * 4 + [1] * 4
VALUES = [50.0, 51, 49, 50, 56, 55, 57, 56]


def test_flat_levels_are_the_two_sample_t_test():
    found = step_change(VALUES, AFTER, kind="value")
    wanted = stats.ttest_ind(VALUES[4:], VALUES[:4])
    assert float(found.change[0]) == pytest.approx(6.0)
    assert float(found.p_value[0]) == pytest.approx(wanted.pvalue)
    assert float(found.freedom[0]) == 6


def test_rates_step_by_their_ratio():
    found = step_change([100, 100, 150, 150, 150], [0, 0, 1, 1, 1], kind="rate", people=[1000] * 5)
    assert float(found.change[0]) == pytest.approx(50.0)
    # Poisson: 1/200 + 1/450 on the log scale.
    assert float(found.se[0]) == pytest.approx(np.sqrt(1 / 200 + 1 / 450))


def test_proportions_step_by_their_odds():
    found = step_change([20, 20, 40, 40, 40], [0, 0, 1, 1, 1], kind="proportion", people=[100] * 5)
    assert float(found.value[0]) == pytest.approx(np.log((0.4 / 0.6) / (0.2 / 0.8)))


def test_a_trend_beside_takes_the_step_away():
    line = [50, 51.1, 51.9, 53, 54.1, 54.9, 56, 57]
    flat = step_change(line, AFTER, kind="value")
    beside = step_change(line, AFTER, kind="value", time=np.arange(8))
    assert float(flat.p_value[0]) < 0.05
    assert float(beside.p_value[0]) > 0.2
    assert "beside a trend" in beside.method


def test_size_is_as_promised():
    rng = np.random.default_rng(6)
    p = [
        float(step_change(rng.normal(0, 1, 8), AFTER, kind="value").p_value[0]) for _ in range(2000)
    ]
    assert abs(np.mean(np.array(p) < 0.05) - 0.05) < 0.015


@pytest.mark.parametrize(
    ("values", "after", "why"),
    [
        (VALUES[:4], [0, 0, 1, 1], "fewer than 5 points"),
        (VALUES, [0] * 7 + [1], "fewer than 2 points on one side"),
        ([1, 1, 1, 2, 2, 2], [0, 0, 0, 1, 1, 1], "no scatter"),
        ([1, 1, 1, 1, 1, 1], [0] * 6, "fewer than 2 points on one side"),
    ],
)
def test_what_cannot_be_tested_says_why(values, after, why):
    found = step_change(values, after, kind="value")
    assert why in found.reason[0]
    assert np.isnan(found.p_value[0])


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"kind": "mean"}, "kind is 'rate'"),
        ({"kind": "rate"}, "counts need people"),
        ({"kind": "value", "people": [9] * 8}, "counts need people"),
    ],
)
def test_what_does_not_fit_together_is_refused(given, match):
    with pytest.raises(StatisticsError, match=match):
        step_change(VALUES, AFTER, **given)


def test_a_flag_is_true_or_false():
    assert float(step_change(VALUES, np.array(AFTER, dtype=bool), kind="value").change[0]) == 6
    with pytest.raises(StatisticsError, match="not true or false"):
        step_change(VALUES, [0, 1, 2, 0, 1, 0, 1, 0], kind="value")
    with pytest.raises(StatisticsError, match="count is negative"):
        step_change([-1, 2, 3, 4, 5], [0, 0, 1, 1, 1], kind="rate", people=[9] * 5)
