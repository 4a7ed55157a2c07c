"""Limits of counts, proportions, rates and means: known answers and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.intervals import (
    byar,
    count_limits,
    exact_poisson,
    proportion,
    rate,
    wilson,
)
from hwb_analysis.stats.means import mean

NAN = float("nan")
LEVELS = (0.95, 0.998)


@pytest.mark.parametrize(
    ("count", "denominator", "lower", "upper"),
    [
        # Newcombe 1998, Statistics in Medicine 17:857-872, Table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_limits(count, denominator, lower, upper):
    low, high = wilson(count, denominator)
    assert (round(float(low), 4), round(float(high), 4)) == (lower, upper)


def test_exact_limits_put_half_the_tail_on_each_side():
    for count in (1, 7, 40):
        low, high = (float(v) for v in exact_poisson(count))
        assert stats.poisson.sf(count - 1, low) == pytest.approx(0.025, rel=1e-10)
        assert stats.poisson.cdf(count, high) == pytest.approx(0.025, rel=1e-10)


def test_exact_limits_of_ten_events_as_printed_in_tables():
    low, high = exact_poisson(10)
    assert (round(float(low), 2), round(float(high), 2)) == (4.80, 18.39)


def test_byar_switches_to_exact_below_ten_events():
    counts = np.array([0, 3, 9, 9.9, 10, 250])
    low, high = count_limits(counts)
    exact_low, exact_high = exact_poisson(counts)
    byar_low, byar_high = byar(counts)
    assert low[:4].tolist() == exact_low[:4].tolist()
    assert high[:4].tolist() == exact_high[:4].tolist()
    assert low[4:].tolist() == byar_low[4:].tolist()
    assert high[4:].tolist() == byar_high[4:].tolist()


def test_byar_has_no_lower_limit_where_its_formula_fails():
    low, _ = byar([0, 0.2])
    assert np.isnan(low).all()


def test_rows_that_cannot_be_computed_say_why_and_leave_the_others_alone():
    result = proportion([5, NAN, 5, 0], [50, 50, NAN, 0])
    assert result.reason.tolist() == [
        "",
        "the count is missing",
        "the denominator is missing",
        "the denominator is zero",
    ]
    assert result.value[0] == 10
    assert np.isnan(result.value[1:]).all()
    assert np.isnan(result.lower[:, 1:]).all()
    assert np.isnan(result.upper[:, 1:]).all()
    assert result.method.tolist() == ["wilson", "", "", ""]


def test_a_rate_names_its_method_by_row():
    result = rate([5, 40, NAN], [10_000, 10_000, 10_000])
    assert result.method.tolist() == ["exact", "byar", ""]
    assert result.value.tolist()[:2] == [50.0, 400.0]


def test_exact_limits_throughout_on_request():
    result = rate([40], [10_000], method="exact")
    low, _ = exact_poisson(40)
    assert result.lower[0, 0] == pytest.approx(float(low) * 10, rel=1e-14)
    assert result.method.tolist() == ["exact"]


def test_a_wider_level_gives_wider_limits():
    result = rate([12], [1000], levels=LEVELS)
    assert result.lower[1, 0] < result.lower[0, 0] < result.value[0]
    assert result.value[0] < result.upper[0, 0] < result.upper[1, 0]


def test_limits_by_level():
    result = proportion([5], [50], levels=0.9)
    assert result.limits(0.9)[0].shape == (1,)
    with pytest.raises(StatisticsError, match=r"no limits of level 0\.95"):
        result.limits(0.95)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: proportion([1, -1], [5, 5]), "count is negative"),
        (lambda: proportion([1, 6], [5, 5]), "count is above its denominator"),
        (lambda: rate([-1], [5]), "count is negative"),
        (lambda: rate([1], [-5]), "denominator is negative"),
        (lambda: rate([float("inf")], [5]), "count is infinite"),
        (lambda: rate(["3"], [5]), "count must be numbers"),
        (lambda: rate([True], [5]), "count must be numbers"),
        (lambda: rate([1, 2], [5, 5, 5]), "one shape"),
        (lambda: rate([1], [5], levels=95), "between 0 and 1"),
        (lambda: rate([1], [5], levels=()), "between 0 and 1"),
        (lambda: rate([1], [5], multiplier=0), "multiplier must be above zero"),
        (lambda: count_limits([1], method="wald"), "'byar' or 'exact'"),
    ],
)
def test_what_is_no_figure_is_refused(call, message):
    with pytest.raises(StatisticsError, match=message):
        call()


def test_the_refusal_names_the_first_positions():
    with pytest.raises(StatisticsError) as caught:
        rate([1, -1, 2, -5, -6, -7], [9] * 6)
    assert caught.value.where == "position 1, 3, 4 ..."
    assert caught.value.message.endswith("4 values")


def test_mean_of_one_value_has_no_limits():
    result = mean([3.0])
    assert float(result.value) == 3
    assert np.isnan(result.lower).all()
    assert str(result.reason) == "one value has no limits"


def test_mean_with_students_limits():
    values = np.array([7.1, 6.2, 9.4, 8.8, 5.9])
    low, high = stats.t.interval(0.95, 4, values.mean(), stats.sem(values))
    result = mean(values)
    assert result.lower[0] == pytest.approx(low, rel=1e-12)
    assert result.upper[0] == pytest.approx(high, rel=1e-12)


def test_a_result_shows_and_tabulates_itself():
    result = proportion([25, 3], [200, 0])
    table = result.to_frame()
    assert table[["lower_95", "upper_998"]].notna().sum().tolist() == [1, 1]
    assert table["reason"].tolist() == ["", "the denominator is zero"]
    assert "12.5 per 100" in result._repr_html_()
    assert "1 more rows" in result.explain()
