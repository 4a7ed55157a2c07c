"""Standardised rates: known answers, missing bands, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats import verbs
from hwb_analysis.stats.age_bands import check_bands, parse_band, standard_weights
from hwb_analysis.stats.indirect import expected_events, indirect_rate, indirect_ratio
from hwb_analysis.stats.intervals import byar
from hwb_analysis.stats.standardise import comparative_figure, direct_rate, direct_rate_repeats
from hwb_analysis.stats.years_lost import years_of_life_lost

NAN = float("nan")
X, N, W = [20.0, 40.0, 60.0], [1000.0, 500.0, 400.0], [3.0, 2.0, 1.0]


def test_direct_rate_by_hand():
    found = direct_rate(X, N, W, multiplier=1000, levels=0.95)
    rate = (3 * 20 / 1000 + 2 * 40 / 500 + 60 / 400) / 6
    variance = (9 * 20 / 1000**2 + 4 * 40 / 500**2 + 60 / 400**2) / 36
    low, high = (float(side) for side in byar(120))
    spread = np.sqrt(variance / 120)
    assert float(found.value) == pytest.approx(1000 * rate)
    assert float(found.lower[0]) == pytest.approx(1000 * (rate + spread * (low - 120)))
    assert float(found.upper[0]) == pytest.approx(1000 * (rate + spread * (high - 120)))


def test_weights_have_no_scale():
    one, other = (direct_rate(X, N, np.array(W) * s, levels=0.95) for s in (1, 1e5))
    np.testing.assert_allclose(one.lower, other.lower, rtol=1e-13)


def test_below_ten_events_a_rate_is_withheld_with_its_limits():
    found = direct_rate([[4, 5, 0], [4, 6, 0]], N, W)
    assert found.reason.tolist() == ["fewer than 10 events", ""]
    assert np.isnan(found.value).tolist() == [True, False]
    assert np.isnan(found.lower[:, 0]).all()
    assert found.count.tolist() == [9, 10]


def test_a_band_without_people_costs_its_own_rate_only():
    found = direct_rate([X, X], [[1000, 0, 400], N], W)
    assert found.reason.tolist() == ["a band has no people", ""]


def test_a_band_of_no_weight_may_be_empty():
    assert str(direct_rate(X, [1000, 500, 0], [3, 2, 0]).reason) == ""


def test_a_missing_count_is_withheld_or_read_as_none():
    found = direct_rate([20, NAN, 60], N, W)
    assert str(found.reason) == "the count of a band is missing"
    read = direct_rate([20, NAN, 60], N, W, missing="zero")
    np.testing.assert_allclose(read.value, direct_rate([20, 0, 60], N, W).value)


def test_repeats_of_one_event_each_are_the_plain_rate():
    plain = direct_rate(X, N, W)
    found = direct_rate_repeats([X], [1], N, W)
    np.testing.assert_allclose(found.upper, plain.upper, rtol=1e-13)


def test_repeated_events_widen_the_limits():
    plain = direct_rate(np.array(X) * 2, N, W)
    found = direct_rate_repeats([X], [2], N, W)
    np.testing.assert_allclose(found.value, plain.value)
    assert (found.upper > plain.upper).all()


def test_indirect_ratio_and_rate():
    expected = expected_events([1000, 500], [10, 40], [10_000, 10_000])
    assert float(expected) == 3.0
    assert float(indirect_ratio(12, expected, 100).value) == pytest.approx(400)
    assert float(indirect_rate(12, expected, 50 / 20_000, 1000).value) == pytest.approx(10)
    assert str(indirect_ratio(12, 0).reason) == "the denominator is zero"


def test_the_reference_compared_with_itself_is_a_hundred():
    found = comparative_figure(X, N, X, N, W)
    assert float(found.value) == pytest.approx(100)
    assert float(found.lower[0]) < 100 < float(found.upper[0])


def test_years_of_life_lost_stop_at_the_limit():
    bands = ["0-64", "65-74", "75+"]
    found = years_of_life_lost(X, N, bands, limit=75, levels=0.95)
    assert float(found.value) == pytest.approx(10_000 * (20 * 42.5 + 40 * 5) / 1500)
    assert float(found.count) == 60
    weighted = years_of_life_lost(X, N, bands, limit=75, weights=W, multiplier=1)
    assert float(weighted.value) == pytest.approx((3 * 0.02 * 42.5 + 2 * 0.08 * 5) / 5)


def test_a_band_that_straddles_the_limit_is_refused():
    with pytest.raises(StatisticsError, match="65-74 straddles the limit of 70"):
        years_of_life_lost(X, N, ["0-64", "65-74", "75+"], limit=70)


@pytest.mark.parametrize(
    ("label", "first", "last"),
    [
        ("5-9", 5, 9),
        ("05 to 09", 5, 9),
        ("Aged 10-14 years", 10, 14),
        ("90+", 90, 200),
        ("85 and over", 85, 200),
        ("<1", 0, 0),
        ("Under 5", 0, 4),
        (0, 0, 0),
        ("1–4", 1, 4),
    ],
)
def test_bands_are_read_from_their_labels(label, first, last):
    band = parse_band(label)
    assert (band.first, band.last) == (first, last)


@pytest.mark.parametrize("label", ["all ages", "9-5", "", None, "5-9-14"])
def test_what_is_no_band_is_refused(label):
    with pytest.raises(StatisticsError, match="age band"):
        parse_band(label)


def test_overlaps_holes_and_repeats_are_named():
    with pytest.raises(StatisticsError, match="0-9 and 5-14 overlap"):
        check_bands(["5-14", "0-9"])
    with pytest.raises(StatisticsError, match="no age band between 0-4 and 10-14"):
        check_bands(["0-4", "10-14"])
    with pytest.raises(StatisticsError, match="5-9 and 5-9 overlap"):
        check_bands(["0-4", "5-9", "05 to 09"])


def test_the_standard_population_has_a_hundred_thousand_people():
    assert (
        sum(standard_weights(["0-4", *[f"{a}-{a + 4}" for a in range(5, 90, 5)], "90+"]).values())
        == 1e5
    )
    assert standard_weights(["0-64", "65+"]) == {"0-64": 80_500, "65+": 19_500}
    with pytest.raises(StatisticsError, match="0-17 does not fit"):
        standard_weights(["0-17"])


TABLE = pd.DataFrame(
    {
        "area": ["a"] * 3 + ["b"] * 3,
        "age": ["0-64", "65-74", "75+"] * 2,
        "count": [20, 40, 60, 5, 2, 1],
        "denominator": [1000, 500, 400, 900, 300, 100],
    }
)


def test_the_verb_joins_the_standard_by_age_and_not_by_position():
    straight = verbs.direct_rate(TABLE, by="area")
    shuffled = verbs.direct_rate(TABLE.sample(frac=1, random_state=2), by="area")
    pd.testing.assert_frame_equal(straight, shuffled)
    weights = [80_500, 10_500, 9_000]
    wanted = direct_rate(TABLE["count"][:3], TABLE["denominator"][:3], weights)
    assert straight.loc[0, "value"] == pytest.approx(float(wanted.value), rel=1e-13)
    assert straight.loc[0, "lower_998"] == pytest.approx(float(wanted.lower[1]), rel=1e-13)
    assert straight["reason"].tolist() == ["", "fewer than 10 events"]


def test_a_group_that_lacks_a_band_says_so_unless_allowed():
    short = TABLE.drop(index=2)
    assert verbs.direct_rate(short, by="area")["reason"].tolist()[0] == "an age band is missing"
    allowed = verbs.direct_rate(short, by="area", incomplete=True)
    assert allowed["reason"].tolist()[0] == ""


def test_a_band_twice_is_refused():
    with pytest.raises(StatisticsError, match="occurs more than once in a group"):
        verbs.direct_rate(TABLE)


def test_indirect_verb_joins_the_reference_by_age():
    base = TABLE[TABLE["area"] == "a"].drop(columns="area").iloc[::-1]
    found = verbs.indirect_ratio(TABLE, base, by="area")
    assert found["value"].tolist()[0] == pytest.approx(100)
    as_rate = verbs.indirect_ratio(TABLE, base, by="area", as_rate=True, per=1000)
    assert as_rate["value"].tolist()[0] == pytest.approx(1000 * 120 / 1900)
    with pytest.raises(StatisticsError, match=r"the reference lacks the age bands 75\+"):
        verbs.indirect_ratio(TABLE, base[base["age"] != "75+"], by="area")
    with pytest.raises(StatisticsError, match="more than once"):
        verbs.indirect_ratio(TABLE, pd.concat([base, base]), by="area")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: direct_rate([-1, 40, 60], N, W), "count is negative"),
        (lambda: direct_rate(X, [-1, 1, 1], W), "denominator is negative"),
        (lambda: direct_rate(X, N, [1, -1, 1]), "a weight is negative or missing"),
        (lambda: direct_rate(X, N, [0, 0, 0]), "weights sum to zero"),
        (lambda: direct_rate(X, N, W, missing="guess"), "'withhold' or 'zero'"),
        (lambda: direct_rate(5, 10, 1), "age bands were expected"),
        (lambda: direct_rate_repeats([X], [0.5], N, W), "a frequency is below one"),
        (lambda: direct_rate_repeats([X], [1, 2], N, W), "one frequency is needed"),
        (lambda: expected_events([1], [1], [0]), "a reference band has no people"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(StatisticsError, match=message):
        call()
