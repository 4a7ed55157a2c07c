"""The slope index on curved scales, and the distribution behind it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.convolution import ratio_quantiles, sum_quantiles
from hwb_analysis.stats.inequality import slope_index
from hwb_analysis.stats.slope_scales import slope_index_on_scale

RATES = np.array([390.0, 330.0, 300.0, 260.0, 240.0])
SHARES = np.array([0.92, 0.9, 0.85, 0.8, 0.6])
PEOPLE = np.array([9000.0, 7000.0, 8000.0, 12000.0, 9500.0])
ERRORS = np.array([0.06, 0.1, 0.08, 0.07, 0.12])
TAILS = [0.001, 0.025, 0.975, 0.999]
ONE = np.ones((1, 1))


@pytest.mark.parametrize("s", [0.01, 0.1, 0.2, 0.35, 0.6])
def test_one_lognormal_has_its_own_quantiles(s):
    found = sum_quantiles(0 * ONE, s * ONE, np.exp, ONE, TAILS)[:, 0]
    np.testing.assert_allclose(found, np.exp(s * stats.norm.ppf(TAILS)), rtol=1e-5)


def test_one_logit_normal_has_its_own_quantiles():
    found = sum_quantiles(1.2 * ONE, 0.3 * ONE, special.expit, ONE, TAILS)[:, 0]
    np.testing.assert_allclose(found, special.expit(1.2 + 0.3 * stats.norm.ppf(TAILS)), rtol=1e-8)


def test_the_ratio_of_two_lognormals_is_lognormal():
    eta, s = np.array([[0.4, 0.1]]), np.array([[0.08, 0.06]])
    found = ratio_quantiles(eta, s, np.exp, np.array([[1.0, 0]]), np.array([[0, 1.0]]), TAILS)
    wanted = np.exp(0.3 + 0.1 * stats.norm.ppf(TAILS))
    np.testing.assert_allclose(found[:, 0], wanted, rtol=1e-9)


def test_one_wide_error_among_narrow_ones_keeps_its_ratio():
    errors = np.array([0.005, 0.005, 0.005, 0.005, 0.23])
    given = {"scale": "log", "better": "low", "se": errors, "se_on": "scale"}
    exact = slope_index_on_scale(np.ones(5), PEOPLE, **given)
    drawn = slope_index_on_scale(
        np.ones(5), PEOPLE, **given, method="simulation", draws=400_000, seed=3
    )
    np.testing.assert_allclose(exact.rii_ratio_lower, drawn.rii_ratio_lower, rtol=0.02)
    np.testing.assert_allclose(exact.rii_ratio_upper, drawn.rii_ratio_upper, rtol=0.02)


def test_a_ratio_over_something_near_zero_is_missing():
    eta, s = np.zeros((1, 2)), np.full((1, 2), 0.3)
    found = ratio_quantiles(eta, s, np.exp, np.array([[1.0, 0]]), np.array([[-1.0, 1.0]]), TAILS)
    assert np.isnan(found).all()


def test_small_errors_give_the_normal_limits():
    tiny = ERRORS * 1e-4
    curved = slope_index_on_scale(RATES, PEOPLE, scale="log", better="low", se=tiny, se_on="scale")
    plain = slope_index(RATES, PEOPLE, better="low", se=tiny * RATES)
    np.testing.assert_allclose(curved.lower, plain.lower, rtol=1e-6)
    np.testing.assert_allclose(curved.rii_ratio_upper, plain.rii_ratio_upper, rtol=1e-6)


@pytest.mark.parametrize("line", ["natural", "scale"])
@pytest.mark.parametrize(("scale", "values"), [("log", RATES), ("logit", SHARES)])
@pytest.mark.parametrize("better", ["high", "low"])
def test_exact_limits_agree_with_seeded_draws(line, scale, values, better):
    given = {"scale": scale, "better": better, "se": ERRORS, "se_on": "scale", "line": line}
    exact = slope_index_on_scale(values, PEOPLE, **given)
    drawn = slope_index_on_scale(
        values, PEOPLE, **given, method="simulation", draws=400_000, seed=11
    )
    for name in ("", "rii_ratio_"):
        one = [
            np.asarray(getattr(side, f"{name}{end}"))
            for side in (exact, drawn)
            for end in ("lower", "upper")
        ]
        reach = (one[1] - one[0]) / 4
        assert np.abs(one[0] - one[2])[0] < 0.02 * reach[0]
        assert np.abs(one[1] - one[3])[0] < 0.02 * reach[0]
        assert np.abs(one[0] - one[2])[1] < 0.06 * reach[1]
        assert np.abs(one[1] - one[3])[1] < 0.06 * reach[1]


def test_draws_are_the_same_with_the_same_seed():
    given = {"scale": "log", "better": "low", "se": ERRORS, "se_on": "scale"}
    one, two, other = (
        slope_index_on_scale(RATES, PEOPLE, **given, method="simulation", draws=2000, seed=seed)
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one.lower, two.lower)
    assert (one.lower != other.lower).all()
    assert "2,000 draws, seed 1" in one.method


def test_a_log_line_has_a_lognormal_relative_index():
    found = slope_index_on_scale(
        RATES, PEOPLE, scale="log", better="low", se=ERRORS, se_on="scale", line="scale"
    )
    fixed = slope_index_on_scale(
        RATES,
        PEOPLE,
        scale="log",
        better="low",
        se=ERRORS,
        se_on="scale",
        line="scale",
        ends="fixed middle",
    )
    np.testing.assert_allclose(found.rii_ratio_lower, fixed.rii_ratio_lower, rtol=1e-6)
    assert (found.upper - found.lower != fixed.upper - fixed.lower).all()


def test_an_error_says_its_scale():
    natural = slope_index_on_scale(
        RATES, PEOPLE, scale="log", better="low", se=ERRORS * RATES, se_on="natural"
    )
    scaled = slope_index_on_scale(
        RATES, PEOPLE, scale="log", better="low", se=ERRORS, se_on="scale"
    )
    np.testing.assert_allclose(natural.lower, scaled.lower, rtol=1e-10)
    with pytest.raises(StatisticsError, match="se_on is one of"):
        slope_index_on_scale(RATES, PEOPLE, scale="log", better="low", se=ERRORS)


def test_limits_are_read_on_the_scale():
    half = 1.959963984540054 * ERRORS
    given = slope_index_on_scale(
        RATES,
        PEOPLE,
        scale="log",
        better="low",
        lower=RATES * np.exp(-half),
        upper=RATES * np.exp(half),
    )
    wanted = slope_index_on_scale(
        RATES, PEOPLE, scale="log", better="low", se=ERRORS, se_on="scale"
    )
    np.testing.assert_allclose(given.upper, wanted.upper, rtol=1e-9)


def test_many_sets_at_once_are_each_as_alone():
    values = np.stack([RATES, RATES * 1.3, RATES[::-1]])
    errors = np.stack([ERRORS, ERRORS * 3, ERRORS / 2])
    given = {"scale": "log", "better": "low", "se_on": "scale"}
    together = slope_index_on_scale(values, PEOPLE, se=errors, **given)
    for place in range(3):
        alone = slope_index_on_scale(values[place], PEOPLE, se=errors[place], **given)
        np.testing.assert_allclose(together.lower[:, place], alone.lower, rtol=1e-7)
        np.testing.assert_allclose(
            together.rii_mean_upper[:, place], alone.rii_mean_upper, rtol=1e-7
        )


def test_errors_too_wide_for_the_scale_have_no_interval():
    found = slope_index_on_scale(
        RATES, PEOPLE, scale="log", better="low", se=ERRORS * 20, se_on="scale"
    )
    assert str(found.reason) == "a standard error is above 1 on the scale"
    assert np.isnan(found.lower).all()
    assert np.isfinite(found.value)


@pytest.mark.parametrize(
    ("values", "change", "message"),
    [
        (RATES * 0, {}, "a rate is not above zero"),
        (RATES, {"scale": "logit"}, "not strictly between 0 and 1"),
        (RATES, {"scale": "probit"}, "scale is one of 'log', 'logit', got 'probit'"),
        (RATES, {"line": "curve"}, "line is one of"),
        (RATES, {"line": "scale", "ends": "one"}, "ends is one of"),
        (RATES, {"method": "guess"}, "method is one of"),
        (RATES, {"method": "simulation", "draws": 10}, "at least 1,000 draws"),
        (RATES, {"se": -ERRORS}, "standard error is negative"),
        (RATES, {"se": None}, "give standard errors with se_on=, or both limits"),
        (RATES, {"lower": RATES}, "give standard errors with se_on=, or both limits"),
    ],
)
def test_bad_input_is_refused(values, change, message):
    given = {"scale": "log", "better": "low", "se": ERRORS, "se_on": "scale"} | change
    with pytest.raises(StatisticsError, match=message):
        slope_index_on_scale(values, PEOPLE, **given)
