"""What must hold of gaps, whatever the counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats import gap_rates, gaps

HONEST_DIFFERENCES = [name for name in gaps.DIFFERENCES if name != "wald"]
sides = st.tuples(st.integers(1, 4000), st.floats(0, 1)).map(lambda s: (int(s[1] * s[0]), s[0]))
events = st.tuples(st.integers(0, 600), st.floats(0.5, 90_000))


@given(sides, sides, st.sampled_from(HONEST_DIFFERENCES))
def test_limits_of_a_difference_hold_the_range(one, two, method):
    found = gaps.difference(*one, *two, multiplier=1, method=method)
    assert (found.lower >= -1).all()
    assert (found.upper <= 1).all()
    assert (found.lower <= found.upper).all()
    if method != "jeffreys":
        assert (found.lower <= found.value + 1e-12).all()
        assert (found.upper >= found.value - 1e-12).all()
    # The wider level holds the narrower one.
    assert found.lower[1] <= found.lower[0] + 1e-9
    assert found.upper[1] >= found.upper[0] - 1e-9


@given(sides, sides, st.sampled_from(list(gaps.RATIOS)))
def test_limits_of_a_ratio_hold_the_value(one, two, method):
    found = gaps.ratio(*one, *two, method=method)
    if method == "jeffreys" or not np.isfinite(found.value) or found.reason != "":
        return
    assert (found.lower <= found.value * (1 + 1e-9)).all()
    assert (found.upper >= found.value * (1 - 1e-9)).all()
    assert (found.lower >= 0).all()


@given(sides, sides)
def test_the_score_ratio_excludes_one_when_the_difference_excludes_zero(one, two):
    # At no gap the two score tests are one test: the pooled chi-squared.
    difference = gaps.difference(*one, *two, levels=0.95, method="mee")
    ratio = gaps.ratio(*one, *two, levels=0.95, method="score")
    apart = (difference.lower[0] > 1e-9) | (difference.upper[0] < -1e-9)
    other = (ratio.lower[0] > 1 + 1e-9) | (ratio.upper[0] < 1 - 1e-9)
    x, n = one[0] + two[0], one[1] + two[1]
    if 0 < x < n:
        z = abs(one[0] / one[1] - two[0] / two[1])
        z /= np.sqrt(x / n * (1 - x / n) * (1 / one[1] + 1 / two[1]))
        if abs(z - 1.959964) > 1e-3:
            assert bool(apart) == bool(other) == bool(z > 1.959964)


@given(sides, sides)
def test_the_ratio_excludes_one_exactly_when_the_difference_excludes_zero(one, two):
    # Both defaults ask whether the limits of p1 - R p2 hold zero, one at R = 1.
    difference = gaps.difference(*one, *two, multiplier=1, levels=0.95)
    ratio = gaps.ratio(*one, *two, levels=0.95)
    ends = (float(difference.lower[0]), float(difference.upper[0]))
    if min(map(abs, ends)) > 1e-9:
        apart = ends[0] > 0 or ends[1] < 0
        assert bool((ratio.lower[0] > 1) | (ratio.upper[0] < 1)) == apart


@given(events, events)
def test_midp_lies_inside_exact(one, two):
    exact = gap_rates.rate_ratio(*one, *two, method="exact")
    mid = gap_rates.rate_ratio(*one, *two, method="mid-p")
    assert (mid.lower >= exact.lower * (1 - 1e-9)).all()
    assert (mid.upper <= exact.upper * (1 + 1e-9)).all()


@given(events, events, st.floats(0.01, 1000))
def test_the_unit_of_people_does_not_matter(one, two, scale):
    first = gap_rates.rate_ratio(*one, *two)
    second = gap_rates.rate_ratio(one[0], one[1] * scale, two[0], two[1] * scale)
    np.testing.assert_allclose(first.lower, second.lower, rtol=1e-7)
    plain = gap_rates.rate_difference(*one, *two, method="score", multiplier=1)
    scaled = gap_rates.rate_difference(
        one[0], one[1] * scale, two[0], two[1] * scale, method="score", multiplier=scale
    )
    np.testing.assert_allclose(plain.upper, scaled.upper, rtol=1e-6, atol=1e-12)


ODD = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True), st.none(), st.text(max_size=3), st.booleans()
)


@given(st.lists(ODD, min_size=4, max_size=4), st.sampled_from(["counts", "rates", "limits"]))
def test_odd_things_are_refused_or_given_a_reason(values, kind):
    calls = {
        "counts": lambda v: [gaps.difference(*v), gaps.ratio(*v)],
        "rates": lambda v: [gap_rates.rate_difference(*v), gap_rates.rate_ratio(*v)],
        "limits": lambda v: [gaps.difference_from_errors(*v), gaps.ratio_from_errors(*v)],
    }
    try:
        results = calls[kind](values)
    except StatisticsError:
        return
    for found in results:
        assert np.isfinite(found.value) or found.reason != ""
        assert found.explain()


def coverage(n1, p1, n2, p2, covered):
    """Return the probability that the interval holds the true gap, over all outcomes."""
    x1, x2 = (np.arange(n + 1.0) for n in (n1, n2))
    weight = stats.binom.pmf(x1, n1, p1)[:, None] * stats.binom.pmf(x2, n2, p2)[None, :]
    one, two = np.nonzero(weight > 1e-10)
    return float((weight[one, two] * covered(x1[one], x2[two])).sum())


@pytest.mark.parametrize("method", HONEST_DIFFERENCES)
@pytest.mark.parametrize(("p1", "p2"), [(0.02, 0.02), (0.1, 0.05), (0.5, 0.5), (0.92, 0.46)])
def test_the_difference_covers_what_it_promises(method, p1, p2):
    def covered(x1, x2):
        found = gaps.difference(x1, 200, x2, 50, multiplier=1, levels=0.95, method=method)
        return (found.lower[0] <= p1 - p2 + 1e-12) & (found.upper[0] >= p1 - p2 - 1e-12)

    assert 0.92 < coverage(200, p1, 50, p2, covered) <= 1


@pytest.mark.parametrize(("p1", "p2"), [(0.02, 0.02), (0.1, 0.05), (0.5, 0.5), (0.92, 0.46)])
def test_the_ratio_covers_what_it_promises(p1, p2):
    def covered(x1, x2):
        found = gaps.ratio(x1, 200, x2, 50, levels=0.95)
        return (found.lower[0] <= p1 / p2) & (found.upper[0] >= p1 / p2)

    assert 0.92 < coverage(200, p1, 50, p2, covered) <= 1


def rate_coverage(mean_1, mean_2, covered):
    x = np.arange(0.0, stats.poisson.ppf(1 - 1e-9, max(mean_1, mean_2)) + 1)
    weight = stats.poisson.pmf(x, mean_1)[:, None] * stats.poisson.pmf(x, mean_2)[None, :]
    one, two = np.nonzero(weight > 1e-10)
    return float((weight[one, two] * covered(x[one], x[two])).sum())


@pytest.mark.parametrize(("mean_1", "mean_2"), [(3, 3), (7, 3), (12, 7), (35, 35), (110, 35)])
@pytest.mark.parametrize(("method", "floor"), [("exact", 0.95), ("mid-p", 0.92)])
def test_the_rate_ratio_covers_what_it_promises(mean_1, mean_2, method, floor):
    def covered(x1, x2):
        found = gap_rates.rate_ratio(x1, 1.0, x2, 1.0, levels=0.95, method=method)
        return (found.lower[0] <= mean_1 / mean_2) & (found.upper[0] >= mean_1 / mean_2)

    assert rate_coverage(mean_1, mean_2, covered) > floor - 1e-6
