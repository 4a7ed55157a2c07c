"""Concentration, dispersion, attributable share: closed forms, properties, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.attributable import attributable
from hwb_analysis.stats.concentration import concentration
from hwb_analysis.stats.concentration_people import concentration_of_people, decompose
from hwb_analysis.stats.dispersion import dispersion, dispersions
from hwb_analysis.stats.dispersion_measures import MEASURES
from hwb_analysis.stats.slope_scatter import scatter_slope

NAN = float("nan")
values = arrays(float, 6, elements=st.floats(1, 90))
people = arrays(float, 6, elements=st.floats(10, 9000))


# -- concentration ----------------------------------------------------------------


@given(values, people)
def test_an_index_turns_its_sign_with_the_order(y, n):
    one, other = concentration(y, n), concentration(y[::-1], n[::-1])
    assert float(one.value) == pytest.approx(-float(other.value), abs=1e-12)
    assert abs(float(one.value)) < 1


@given(values, people)
def test_erreygers_of_the_shortfall_mirrors_that_of_the_attainment(y, n):
    one = concentration(y, n, kind="erreygers", bounds=(0, 100))
    other = concentration(100 - y, n, kind="erreygers", bounds=(0, 100))
    assert float(one.value) == pytest.approx(-float(other.value), abs=1e-12)
    wagstaff = [concentration(side, n, kind="wagstaff", bounds=(0, 100)) for side in (y, 100 - y)]
    assert float(wagstaff[0].value) == pytest.approx(-float(wagstaff[1].value), abs=1e-12)


@given(people, st.floats(1.1, 6))
def test_equal_groups_have_no_concentration_at_any_aversion(n, aversion):
    assert float(concentration([7.0] * 6, n, aversion=aversion).value) == pytest.approx(0, abs=1e-9)


def test_the_index_is_twice_the_area_between_curve_and_diagonal():
    y, n = np.array([30.0, 24, 20, 17, 14]), np.array([100.0, 150, 80, 90, 120])
    found = concentration(y, n)
    x, curve = np.append(0, found.people), np.append(0, found.curve)
    assert float(found.value) == pytest.approx(1 - 2 * float(np.trapezoid(curve, x)), rel=1e-12)


def test_the_delta_error_is_that_of_simulation():
    y, n, s = np.array([30.0, 24, 20, 17, 14]), np.array([100.0, 150, 80, 90, 120]), 1.2
    drawn = y + np.random.default_rng(3).normal(0, s, (40_000, 5))
    for kind in ("relative", "absolute", "erreygers", "wagstaff"):
        bounds = (0, 60) if kind in ("erreygers", "wagstaff") else None
        found = concentration(y, n, kind=kind, bounds=bounds, se=[s] * 5)
        spread = concentration(drawn, n, kind=kind, bounds=bounds).value.std()
        assert float(found.se) == pytest.approx(float(spread), rel=0.02)


def test_people_in_groups_are_the_groups():
    y, n = np.array([30.0, 24, 20, 17, 14]), np.array([3, 5, 2, 4, 6])
    rank = np.repeat(np.arange(5), n)
    assert concentration_of_people(np.repeat(y, n), rank).value == pytest.approx(
        float(concentration(y, n).value), rel=1e-12
    )


def test_tied_people_in_any_order_have_one_index():
    # A peer gave +0.0691 and -0.0691 for the same nine rows reordered.
    outcome, rank = np.array([1.0, 5, 3, 2, 8, 4, 9, 7, 6]), np.array([1, 1, 1, 2, 2, 2, 3, 3, 3])
    order = np.array([2, 0, 1, 5, 3, 4, 8, 7, 6])
    one, other = (
        concentration_of_people(outcome[o], rank[o]) for o in (np.arange(9), order)
    )  # fmt: skip
    assert one.value == pytest.approx(other.value, abs=1e-15)
    assert one.se == pytest.approx(other.se, abs=1e-15)


def test_the_direct_error_is_that_of_resampling():
    random = np.random.default_rng(11)
    rank = np.arange(300)
    outcome = random.gamma(2, 1 + rank / 300)
    found = concentration_of_people(outcome, rank)
    again = [
        concentration_of_people(outcome[pick], rank[pick]).value
        for pick in random.integers(0, 300, (1500, 300))
    ]
    assert found.se == pytest.approx(float(np.std(again)), rel=0.07)
    for kind, bounds in (("absolute", None), ("wagstaff", (0, 30))):
        found = concentration_of_people(outcome, rank, kind=kind, bounds=bounds)
        again = [
            concentration_of_people(outcome[pick], rank[pick], kind=kind, bounds=bounds).value
            for pick in random.integers(0, 300, (1500, 300))
        ]
        assert found.se == pytest.approx(float(np.std(again)), rel=0.09)


def test_the_parts_of_a_decomposition_add_up():
    random = np.random.default_rng(5)
    rank, smokes, age = np.arange(80), random.integers(0, 2, 80), random.normal(50, 10, 80)
    outcome = 3 + 2 * smokes + 0.1 * age + random.normal(0, 1, 80)
    weight = random.uniform(0.5, 2, 80)
    table = decompose(outcome, rank, {"smokes": smokes, "age": age}, weight)
    whole = concentration_of_people(outcome, rank, weight).value
    assert table["contribution"].sum() == pytest.approx(whole, abs=1e-12)
    assert table["share"].sum() == pytest.approx(1)
    exact = decompose(3 + 2 * smokes + 0.1 * age, rank, {"smokes": smokes, "age": age}, weight)
    assert exact["contribution"].iloc[-1] == pytest.approx(0, abs=1e-12)


# -- dispersion -------------------------------------------------------------------


@given(values, people, st.floats(1.5, 9))
def test_ratio_measures_do_not_know_the_unit(y, n, scale):
    one, other = dispersions(y, n), dispersions(y * scale, n)
    for name, kind in MEASURES.items():
        factor = 1.0 if kind.ratio else scale**kind.power
        assert float(other[name].value) == pytest.approx(
            float(one[name].value) * factor, rel=1e-7, abs=1e-9
        )


@given(values, people)
def test_doubling_every_group_changes_nothing(y, n):
    one, other = dispersions(y, n), dispersions(np.repeat(y, 2), np.repeat(n, 2) / 2)
    for name in MEASURES:
        assert float(one[name].value) == pytest.approx(float(other[name].value), abs=1e-8)


def test_gini_by_sorting_is_gini_by_pairs():
    random = np.random.default_rng(1)
    y, n = random.uniform(1, 9, 40), random.uniform(1, 9, 40)
    p = n / n.sum()
    pairs = (p[:, None] * p * np.abs(y[:, None] - y)).sum() / (2 * (p * y).sum())
    assert float(dispersion(y, n, measure="gini").value) == pytest.approx(pairs, rel=1e-12)


@settings(max_examples=25)
@given(values, st.floats(0.2, 8))
def test_limits_hold_the_corrected_value_and_noise_only_lowers_it(y, s):
    for found in dispersions(y, se=np.full(6, s), draws=1000).values():
        assert float(found.lower) <= float(found.corrected) + 1e-12
        assert float(found.corrected) <= float(found.upper) + 1e-12
        assert float(found.lower) >= 0


def test_equal_groups_are_within_the_limits_of_every_measure():
    # A peer's interval of ten equal groups (40, error 3) was 1.48 to 4.32.
    y = np.random.default_rng(20261122).normal(40, 3, (400, 10))
    for name, found in dispersions(y, se=np.full((400, 10), 3.0), draws=1000).items():
        assert (found.lower == 0).mean() >= 0.94, name
        assert found.corrected.mean() < 0.45 * found.value.mean(), name
    same = dispersion([40.0] * 10, se=[3.0] * 10)
    assert (float(same.value), float(same.lower)) == (0, 0)
    assert "by chance" in same.explain()


def test_unequal_groups_are_covered():
    random = np.random.default_rng(4)
    truth = np.array([34.0, 37, 39, 40, 41, 44, 48])
    y = truth + random.normal(0, 2, (400, 7))
    for name, found in dispersions(y, se=np.full((400, 7), 2.0), draws=1000).items():
        true = float(dispersion(truth, measure=name).value)
        held = ((found.lower <= true) & (found.upper >= true)).mean()
        assert held > 0.90, (name, held)
        assert abs(found.corrected.mean() / true - 1) < 0.08, name


def test_the_same_call_gives_the_same_limits_alone_or_with_others():
    y, s = [12.0, 9, 10, 15], [1.0, 1, 1, 1]
    alone = dispersion(y, se=s, measure="gini")
    together = dispersions(y, se=s)["gini"]
    assert (float(alone.lower), float(alone.upper)) == (
        float(together.lower), float(together.upper),
    )  # fmt: skip


def test_a_set_that_lacks_something_says_what():
    found = dispersions([[1, 2, NAN], [0, 2, 4], [1, 2, 4]], se=[[1, 1, 1], [1, 1, 1], [1, NAN, 1]])
    assert found["sd"].reason.tolist() == [
        "a group has no value", "", "a group has no standard error",
    ]  # fmt: skip
    assert found["log deviation"].reason[1].startswith("a group is at zero")
    assert np.isnan(found["log deviation"].value[1])
    assert np.isfinite(found["theil"].value[1])
    assert np.isfinite(found["sd"].value[2])
    assert dispersion([0.0, 0.0], measure="cv").reason == "the mean is not above zero"


def test_a_reference_may_be_left_out_of_the_count():
    options = {"measure": "mean difference", "centre": 2}
    whole = dispersion([10.0, 14, 12], **options)
    others = dispersion([10.0, 14, 12], **options, others_only=True)
    assert float(others.value) == pytest.approx(float(whole.value) * 3 / 2)


# -- attributable share -----------------------------------------------------------


@given(values, people)
def test_the_fraction_is_the_relative_form_of_the_risk(y, n):
    found = attributable(y, n, better="low", reference="best")
    assert float(found.value) >= -1e-9
    assert float(found.fraction) == pytest.approx(
        100 * float(found.value) / float(found.mean), abs=1e-9
    )
    ratio, share = y / y.min(), n / n.sum()
    excess = (share * (ratio - 1)).sum()
    assert float(found.fraction) == pytest.approx(100 * excess / (excess + 1), abs=1e-9)


def test_a_whole_better_than_its_reference_is_flagged_and_not_floored():
    found = attributable([10, 12, 20], [1, 1, 1], better="low", se=[1, 1, 1], levels=0.95)
    assert bool(found.negative)
    assert float(found.value) == -6
    assert "better" in found.explain()


def test_errors_of_risk_and_fraction_are_those_of_simulation():
    y, n, s = np.array([30.0, 24, 20, 18]), np.array([1.0, 2, 2, 1]), 0.8
    drawn = y + np.random.default_rng(2).normal(0, s, (40_000, 4))
    found = attributable(y, n, better="low", se=[s] * 4, levels=0.95)
    again = attributable(drawn, n, better="low")
    assert float(found.se) == pytest.approx(float(again.value.std()), rel=0.02)
    low, high = np.quantile(again.fraction, [0.025, 0.975])
    assert float(found.fraction_lower[0]) == pytest.approx(low, abs=0.6)
    assert float(found.fraction_upper[0]) == pytest.approx(high, abs=0.6)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: concentration([1, 2], [1, 1]), "at least 3 groups"),
        (lambda: concentration([1, 2, 3], [0, 1, 1]), "population of a group"),
        (lambda: concentration([1, 2, 3], [1, 1, 1], kind="erreygers"), "needs bounds"),
        (lambda: concentration([1, 2, 3], [1, 1, 1], kind="gini"), "is not known"),
        (lambda: concentration([1, 2, 3], [1] * 3, kind="wagstaff", bounds=(0, 2)), "outside"),
        (lambda: concentration([1, 2, 3], [1] * 3, aversion=1), "aversion lies"),
        (lambda: concentration([1, 2, 3], [1] * 3, se=[-1, 1, 1]), "error is negative"),
        (lambda: concentration_of_people([1, 2], [1, 2]), "at least 3 people"),
        (lambda: concentration_of_people([1, 2, NAN], [1, 2, 3]), "missing figure"),
        (lambda: concentration_of_people([1, 2, 3], [1, 1, 1]), "same rank"),
        (lambda: concentration_of_people([1, 2, 3], [1, 2, 3], [0, 1, 1]), "weight"),
        (lambda: concentration_of_people([1, 2, 3], [1, 2, 3], error="x"), "is not known"),
        (lambda: concentration_of_people([-1, -2, -3], [1, 2, 3]), "no meaning"),
        (lambda: decompose([1, 2, 3], [1, 2, 3], {}), "at least one factor"),
        (lambda: decompose([1, 2, 3], [1, 2, 3], {"a": [1, 1, 1]}), "repeat each other"),
        (lambda: dispersion([1]), "at least two groups"),
        (lambda: dispersion([1, 2], measure="ginny"), "did you mean 'gini'"),
        (lambda: dispersion([-1, 2]), "outside 0 to inf"),
        (lambda: dispersion([1, 2], se=[1, 1], draws=10), "at least 1,000 draws"),
        (lambda: dispersion([1, 2], centre="best"), "needs better"),
        (lambda: dispersion([1, 2], centre=5), "places 0 to 1"),
        (lambda: dispersion([1, 2], [1, 0]), "population is not above zero"),
        (lambda: attributable([1], [1], better="low"), "at least two groups"),
        (lambda: attributable([1, 2], [1, 1], better="low", reference="first"), "reference is"),
        (lambda: attributable([1, 2], [1, 1], better="up"), "better is"),
        (lambda: scatter_slope([1, 2], [1, 1]), "at least 3 groups"),
        (lambda: scatter_slope([1, 2, NAN], [1, 1, 1]), "no value"),
    ],
)
def test_what_cannot_be_is_refused(call, said):
    with pytest.raises(StatisticsError, match=said):
        call()


def test_sentences_name_a_side_only_when_tested():
    sure = concentration([30, 24, 20], [1, 1, 1], se=[1, 1, 1]).explain()
    unsure = concentration([30, 24, 20], [1, 1, 1], se=[9, 9, 9]).explain()
    assert "concentrated among the deprived" in sure
    assert "no concentration is compatible" in unsure
    assert "no interval" in concentration([30, 24, 20], [1, 1, 1]).explain()
    assert "not told apart" in attributable([3, 2], [1, 1], better="low", se=[5, 5]).explain()
