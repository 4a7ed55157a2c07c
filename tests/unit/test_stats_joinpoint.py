"""Joinpoint regression: found breaks, criteria by hand, permutation, refusals."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.joinpoint import default_most, joinpoint
from hwb_analysis.stats.joinpoint_grid import choices, design, points_needed

YEARS = np.arange(2000, 2020)


def broken(noise=0.01, seed=1, years=YEARS):
    """Return rates that rise to 2010 and fall after it."""
    rng = np.random.default_rng(seed)
    log = 4 + 0.04 * np.minimum(years - 2000, 10) - 0.05 * np.maximum(years - 2010, 0)
    return np.exp(log + rng.normal(0, noise, years.size))


def test_a_clear_break_is_found_where_it_is():
    found = joinpoint(broken(), YEARS)
    assert found.joinpoints == (2010.0,)
    up, down = found.segments
    assert up.lower[0] < 100 * np.expm1(0.04) < up.upper[0]
    assert down.lower[0] < 100 * np.expm1(-0.05) < down.upper[0]
    assert "joinpoints at 2010" in found.explain()


def test_stricter_criteria_find_fewer_breaks_where_there_is_none():
    rng = np.random.default_rng(8)
    found = {"bic": 0, "wbic": 0, "bic3": 0}
    for _ in range(200):
        rates = np.exp(3 + 0.02 * (YEARS - 2000) + rng.normal(0, 0.02, YEARS.size))
        for method in found:
            found[method] += bool(joinpoint(rates, YEARS, method=method, most=2).joinpoints)
    assert found["bic3"] <= found["wbic"] <= found["bic"]
    assert found["bic3"] < 40


def test_the_grid_is_every_choice_that_keeps_two_points_apart():
    wanted = [
        pair
        for pair in combinations(range(12), 2)
        if pair[0] >= 2 and pair[1] <= 9 and pair[1] - pair[0] >= 3
    ]
    assert list(choices(12, 2)) == wanted
    assert choices(points_needed(3), 3)
    assert not choices(points_needed(3) - 1, 3)


def test_the_best_choice_has_the_least_squares_of_all():
    rates = broken(0.05, 3)
    found = joinpoint(rates, YEARS, k=2)
    log = np.log(rates)
    least = min(
        np.linalg.lstsq(design(YEARS * 1.0, tuple(YEARS[list(p)] * 1.0)), log, rcond=None)[1][0]
        for p in choices(20, 2)
    )
    assert found.models[2].sse == pytest.approx(least, rel=1e-9)


def test_criteria_by_hand():
    model = joinpoint(broken(), YEARS, k=1).models[1]
    n, k = 20, 1
    left, per = np.log(model.sse / n), np.log(n) / n
    assert model.bic == pytest.approx(left + (2 * k + 2) * per)
    assert model.bic3 == pytest.approx(left + (3 * k + 2) * per)
    # One joinpoint: its two segments are the whole series.
    straight = joinpoint(broken(), YEARS, k=0).models[0].sse
    partial = 1 - model.sse / straight
    assert model.wbic == pytest.approx(left + ((2 + partial) * k + 2) * per)


def test_the_average_weighs_slopes_by_length():
    found = joinpoint(broken(), YEARS, k=1)
    up, down = found.segments
    wanted = ((up.end - up.start) * up.slope + (down.end - down.start) * down.slope) / 19
    assert found.value == pytest.approx(100 * np.expm1(wanted))


def test_equal_errors_change_nothing_and_a_doubtful_point_counts_less():
    rates = broken()
    plain, even = joinpoint(rates, YEARS), joinpoint(rates, YEARS, se=rates * 0.05)
    assert plain.joinpoints == even.joinpoints
    assert even.value == pytest.approx(plain.value)
    spoiled, error = rates.copy(), rates * 0.02
    spoiled[-1] *= 3
    error[-1] *= 1000
    assert joinpoint(spoiled, YEARS, se=error, k=1).joinpoints == (2010.0,)


def test_the_permutation_test_repeats_and_finds_the_break():
    found = joinpoint(broken(), YEARS, method="permutation", most=2, seed=1, permutations=499)
    again = joinpoint(broken(), YEARS, method="permutation", most=2, seed=1, permutations=499)
    assert found.joinpoints == again.joinpoints == (2010.0,)
    assert found.p_values == again.p_values
    assert found.p_values[0][:2] == (0, 2)


def test_the_permutation_test_holds_its_size():
    rng = np.random.default_rng(7)
    t = np.arange(14)
    hits = [
        bool(
            joinpoint(
                np.exp(3 + 0.03 * t + rng.normal(0, 0.1, 14)),
                t,
                method="permutation",
                most=1,
                seed=i,
                permutations=199,
            ).joinpoints
        )
        for i in range(300)
    ]
    # 5 % with a Monte-Carlo error of 1.3 points.
    assert 0.015 < np.mean(hits) < 0.09


def test_a_permutation_test_wants_a_seed():
    with pytest.raises(StatisticsError, match="needs a seed"):
        joinpoint(broken(), YEARS, method="permutation")


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"most": 9}, "joinpoints need 29 points"),
        ({"most": -1}, "-1 joinpoints need"),
        ({"method": "aic"}, "'aic' is not known"),
        ({"se": [1, 2]}, "one standard error a rate"),
    ],
)
def test_what_cannot_be_done_is_refused(options, match):
    with pytest.raises(StatisticsError, match=match):
        joinpoint(broken(), YEARS, **options)


def test_rates_have_to_be_above_zero():
    with pytest.raises(StatisticsError, match="not above zero"):
        joinpoint([1, 2, 0, 3, 4], [1, 2, 3, 4, 5])


def test_four_points_are_too_few():
    found = joinpoint([1, 2, 3, 4], [1, 2, 3, 4])
    assert found.explain() == "No joinpoints are looked for: 4 points, fewer than 5."
    assert default_most(5) == 0


def test_missing_rates_are_left_out_with_their_errors():
    rates = broken()
    spoiled, error = rates.copy(), rates * 0.05
    spoiled[4] = np.nan
    kept = np.arange(20) != 4
    one = joinpoint(spoiled, YEARS, se=error)
    other = joinpoint(rates[kept], YEARS[kept], se=error[kept])
    assert one.value == pytest.approx(other.value)
