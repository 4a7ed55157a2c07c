"""Life tables: known answers, what is withheld, Sullivan, Arriaga."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats import verbs
from hwb_analysis.stats.decomposition import gap_by_age, gap_by_cause
from hwb_analysis.stats.life_tables import ABRIDGED, healthy_life_expectancy, life_expectancy

NAN = float("nan")
PEOPLE = np.array([1000.0, 4000.0] + [5000.0] * 18)
DEAD = np.array(
    [5, 1, 1, 1, 1, 2, 3, 3, 4, 6, 9, 14, 20, 32, 55, 90, 150, 260, 420, 900], dtype=float
)


def test_a_constant_death_rate_gives_its_inverse():
    # With q from Chiang's formula and a = 1/2, e is 1/M in every five-year band.
    table = life_expectancy(PEOPLE * 0.02, PEOPLE, infant_share=0.5)
    np.testing.assert_allclose(table.value, 50.0, rtol=1e-12)


def test_the_last_two_bands_by_hand():
    table = life_expectancy(DEAD, PEOPLE, levels=0.95)
    m, last = 420 / 5000, 5000 / 900
    q = 5 * m / (1 + 2.5 * m)
    e85 = 5 * (1 - q / 2) + (1 - q) * last
    assert float(table.value[-1]) == pytest.approx(last)
    assert float(table.value[-2]) == pytest.approx(e85)
    error_last = last / np.sqrt(900)
    assert float(table.se[-1]) == pytest.approx(error_last)
    variance = q**2 * (1 - q) / 420 * (2.5 + last) ** 2 + (1 - q) ** 2 * error_last**2
    assert float(table.se[-2]) == pytest.approx(np.sqrt(variance))


def test_limits_agree_with_simulated_deaths():
    rng = np.random.default_rng(20261122)
    drawn = life_expectancy(rng.binomial(5000 * 4, DEAD / 20_000, (4000, 20)), PEOPLE)
    table = life_expectancy(DEAD, PEOPLE)
    assert float(table.se[0]) == pytest.approx(float(np.nanstd(drawn.value[:, 0])), rel=0.05)


def test_value_and_limits_are_withheld_together():
    few = np.where(np.arange(20) == 19, 0.0, DEAD)
    all_die = DEAD.copy()
    all_die[17] = PEOPLE[17] * 0.9
    cases = {
        "nobody died in the last band": (few, PEOPLE),
        "a population of 5,000 or fewer": (DEAD / 40, PEOPLE / 20),
        "a band has no people": (DEAD, np.where(np.arange(20) == 3, 0, PEOPLE)),
        "more died than lived in a band": (DEAD * 6, PEOPLE),
        "a figure of a band is missing": (np.where(np.arange(20) == 3, NAN, DEAD), PEOPLE),
        "the deaths of a band are negative": (np.where(np.arange(20) == 3, -1, DEAD), PEOPLE),
    }
    for reason, (dead, people) in cases.items():
        table = life_expectancy(dead, people)
        assert set(table.reason.tolist()) == {reason}
        for side in (table.value, table.lower, table.upper, table.se):
            assert np.isnan(side).all()


def test_ages_that_nobody_reaches_are_missing_and_say_so():
    dead = DEAD.copy()
    dead[17] = PEOPLE[17] * 0.41
    table = life_expectancy(dead, PEOPLE)
    assert table.reason[-2:].tolist() == ["nobody survives to this age"] * 2
    assert np.isfinite(table.value[:18]).all()


def test_one_bad_population_leaves_the_others_alone():
    table = life_expectancy(np.stack([DEAD, -DEAD]), PEOPLE)
    assert np.isfinite(table.value[0]).all()
    assert np.isnan(table.value[1]).all()


def test_other_closings():
    to_85 = np.append(DEAD[:18], DEAD[18:].sum()), np.append(PEOPLE[:18], PEOPLE[18:].sum())
    table = life_expectancy(*to_85, ages=ABRIDGED[:19])
    assert table.value.shape == (19,)
    assert abs(float(table.value[0]) - float(life_expectancy(DEAD, PEOPLE).value[0])) < 0.2


@pytest.mark.parametrize(
    ("ages", "message"),
    [
        (ABRIDGED[:19], "19 age bands were expected"),
        ((0, 5, 1, *ABRIDGED[3:]), "ages must rise from 0"),
        ((1, *ABRIDGED[1:]), "ages must rise from 0"),
    ],
)
def test_ages_that_do_not_fit_are_refused(ages, message):
    with pytest.raises(StatisticsError, match=message):
        life_expectancy(DEAD, PEOPLE, ages=ages)


def test_healthy_life_is_life_when_nobody_is_ill():
    life = life_expectancy(DEAD, PEOPLE)
    well = healthy_life_expectancy(DEAD, PEOPLE, np.zeros(20))
    np.testing.assert_allclose(well.value, life.value, rtol=1e-12)
    np.testing.assert_allclose(well.se, life.se, rtol=1e-12)


def test_one_share_at_all_ages_takes_its_share_of_life():
    life = life_expectancy(DEAD, PEOPLE)
    found = healthy_life_expectancy(DEAD, PEOPLE, np.full(20, 0.25))
    np.testing.assert_allclose(found.value, 0.75 * life.value, rtol=1e-12)


def test_sullivan_error_agrees_with_simulation():
    rng = np.random.default_rng(7)
    poor = np.linspace(0.05, 0.7, 20)
    drawn = healthy_life_expectancy(
        rng.binomial(20_000, DEAD / 20_000, (4000, 20)),
        PEOPLE,
        rng.binomial(400, poor, (4000, 20)) / 400,
    )
    found = healthy_life_expectancy(DEAD, PEOPLE, poor, np.full(20, 400))
    assert float(found.se[0]) == pytest.approx(float(np.nanstd(drawn.value[:, 0])), rel=0.05)
    shares_only = healthy_life_expectancy(
        DEAD, PEOPLE, poor, np.full(20, 400), mortality_error=False
    )
    assert float(shares_only.se[0]) < float(found.se[0])


def test_a_share_outside_its_range_is_refused():
    with pytest.raises(StatisticsError, match="outside 0 to 1"):
        healthy_life_expectancy(DEAD, PEOPLE, np.full(20, 25.0))
    with pytest.raises(StatisticsError, match="sample is not above zero"):
        healthy_life_expectancy(DEAD, PEOPLE, np.full(20, 0.2), np.zeros(20))


def test_age_contributions_sum_to_the_gap():
    worse = DEAD * np.linspace(1.6, 1.1, 20)
    by_age = gap_by_age(worse, PEOPLE, DEAD, PEOPLE)
    first, second = (float(life_expectancy(d, PEOPLE).value[0]) for d in (worse, DEAD))
    assert by_age.sum() == pytest.approx(second - first, rel=1e-12)
    assert (by_age > 0).all()


def test_only_the_band_that_differs_contributes():
    worse = DEAD.copy()
    worse[8] *= 2
    by_age = gap_by_age(worse, PEOPLE, DEAD, PEOPLE)
    assert np.flatnonzero(np.abs(by_age) > 1e-10).tolist() == [8]


def test_causes_share_what_their_ages_contribute():
    causes = np.stack([DEAD * 0.4, DEAD * 0.6])
    worse = causes * np.array([[2.0], [1.0]])
    by_age = gap_by_age(worse.sum(0), PEOPLE, DEAD, PEOPLE)
    by_cause = gap_by_cause(by_age, worse, PEOPLE, causes, PEOPLE)
    np.testing.assert_allclose(by_cause.sum(axis=0), by_age, rtol=1e-12)
    np.testing.assert_allclose(by_cause[1], 0, atol=1e-12)


def test_the_verb_reads_labels_in_any_order():
    labels = ["<1", "1-4", *[f"{a}-{a + 4}" for a in range(5, 90, 5)], "90+"]
    table = pd.DataFrame({"age": labels, "deaths": DEAD, "population": PEOPLE})
    both = pd.concat([table.assign(sex="F"), table.assign(sex="M", deaths=DEAD * 1.2)])
    out = verbs.life_expectancy(both.sample(frac=1, random_state=4), by="sex")
    at_birth = out[out["age"] == "<1"].set_index("sex")["value"]
    assert at_birth["F"] == pytest.approx(float(life_expectancy(DEAD, PEOPLE).value[0]))
    assert at_birth["M"] < at_birth["F"]
    with pytest.raises(StatisticsError, match="no age band between 1-4 and 10-14"):
        verbs.life_expectancy(table.drop(index=2))
    with pytest.raises(StatisticsError, match="more than once"):
        verbs.life_expectancy(both)


def test_a_population_that_lacks_a_band_is_missing():
    table = pd.DataFrame({"age": list(ABRIDGED), "deaths": DEAD, "population": PEOPLE})
    both = pd.concat([table.assign(sex="F"), table.assign(sex="M").drop(index=5)])
    out = verbs.life_expectancy(both, by="sex")
    assert out[out["sex"] == "M"]["reason"].unique().tolist() == ["a figure of a band is missing"]
    assert out[out["sex"] == "F"]["reason"].unique().tolist() == [""]
