"""Trend tests on published figures: which test, what it says, and why."""

from __future__ import annotations

import numpy as np
import pytest

import hwb_analysis as hwb

COUNTY = "E10000018"


@pytest.fixture(scope="module")
def verdict():
    """Return the row of one series and area, tested once."""
    kept = {}

    def one(series, area, sex="Persons"):
        if series not in kept:
            kept[series] = hwb.trend(hwb.load(series), rule="auto")
        rows = kept[series].query("area_code == @area and sex == @sex")
        assert len(rows) == 1
        return rows.iloc[0]

    return one


def test_measles_second_dose_falls_on_counts_of_the_register(verdict):
    found = verdict("cover:mmr2-5y", COUNTY)
    assert (found["test"], found["direction"]) == ("binomial", "decrease")
    assert found["pandemic"]
    assert found["direction_without_pandemic"] == "decrease"
    assert "read the size of the change" in found["note"]
    # Ten thousands of children vary far more from year to year than a coin would.
    assert found["dispersion"] > 5


def test_quarters_say_that_seasons_are_scatter(verdict):
    found = verdict("cover-quarterly:mmr2-5y", COUNTY)
    assert found["points"] == 39
    assert "seasons are taken for scatter" in found["note"]


def test_smoking_is_tested_on_counts_and_falls(verdict):
    found = verdict("fingertips:91547", COUNTY)
    assert (found["test"], found["direction"]) == ("binomial", "decrease")
    assert found["change"] == pytest.approx(-3.12, abs=0.01)


def test_a_smoking_year_that_is_published_twice_is_not_tested_twice():
    frame = hwb.load("fingertips:91547")
    assert not frame.duplicated(["area_code", "period_start", "sex", "age", "category"]).any()


def test_healthy_life_expectancy_overlaps_and_hangs_on_the_pandemic(verdict):
    found = verdict("els:hle-birth", COUNTY, "Female")
    assert found["test"] == "rolling"
    assert "overlap" in found["why"]
    # By hand: all twelve periods p = 0.026; without those that touch the pandemic not.
    assert (found["direction_all"], found["direction_without_pandemic"]) == (
        "decrease",
        "no clear change",
    )
    assert found["direction"] == "no clear change"


def test_employment_is_a_survey_tested_from_its_limits(verdict):
    found = verdict("els:employment-rate", COUNTY)
    assert (found["test"], found["direction"]) == ("linear", "no clear change")


def test_cancer_stage_differs_without_the_pandemic(verdict):
    found = verdict("els:cancer-stage-1-2", COUNTY)
    assert found["direction_all"] == "no clear change"
    assert found["direction_without_pandemic"] == "decrease"
    assert found["direction"] == "no clear change"


def test_a_value_alone_is_not_tested(verdict):
    found = verdict("lait:overweight-reception", COUNTY)
    assert (found["test"], found["direction"]) == ("", "not tested")
    assert found["reason"] == "no counts and no interval published"


def test_one_year_of_all_authorities_gives_no_verdict_and_says_so():
    found = hwb.trend(hwb.load("cover-official:mmr2-5y", areas="all"), rule="auto")
    assert len(found) > 140
    assert set(found["direction"]) == {"not tested"}
    assert found["reason"].str.startswith("1 usable point").mean() > 0.9


def test_every_vaccine_and_area_is_tested_in_one_call():
    names = ["mmr1-2y", "mmr2-5y", "dtap-1y", "pcv-1y", "hibmenc-2y"]
    found = hwb.trend(hwb.load([f"cover:{name}" for name in names], areas="all"), rule="auto")
    tested = found.loc[found["direction"] != "not tested"]
    assert len(tested) >= 10
    assert tested["p_value"].between(0, 1).all()
    assert np.isfinite(tested["change"]).all()
    assert (found.loc[found["direction"] == "not tested", "reason"] != "").all()


def test_healthy_life_expectancy_a_year_on_shares_two_thirds_and_is_refused():
    # The strategy prints 2017-19 to 2018-20: most of one figure is in the other.
    frame = hwb.load("els:hle-birth")
    until = frame.loc[frame["period_end"] <= "2020-12-31"]
    found = hwb.change_since(until, "2019-12-31", overlapping=True)
    county = found.loc[found["area_code"] == COUNTY]
    assert len(county) == 2
    assert county["baseline_period"].tolist() == ["2017 - 19"] * 2
    assert county["latest_period"].tolist() == ["2018 - 20"] * 2
    assert county["shared"].tolist() == pytest.approx([2 / 3] * 2, abs=1e-3)
    assert set(county["direction"]) == {"not tested"}
    assert county["reason"].str.contains("share more than half").all()


def test_healthy_life_expectancy_since_a_baseline_that_it_does_not_share():
    found = hwb.change_since(hwb.load("els:hle-birth"), "2019-12-31")
    county = found.loc[found["area_code"] == COUNTY]
    assert set(county["latest_period"]) == {"2022 - 24"}
    assert set(county["shared"]) == {0.0}
    assert county["p_value"].between(0, 1).all()


def test_life_expectancy_printed_without_limits_gets_no_verdict(verdict):
    for sex in ("Female", "Male"):
        found = verdict("ons-le:le-birth", COUNTY, sex)
        assert found["direction"] == "not tested"
        assert found["reason"] == "no counts and no interval published"


def test_coverage_since_the_baseline_of_the_strategy_on_counts():
    found = hwb.change_since(hwb.load("cover:mmr2-5y"), "2022-03-31")
    county = found.loc[found["area_code"] == COUNTY].iloc[0]
    assert county["baseline_period"] == "2021/22"
    assert county["evidence"] == "counts"
    assert county["direction"] == "decrease"
    # From 94.2 to 91.4: hand-checked against the published quarters.
    assert county["change"] == pytest.approx(-2.9, abs=0.1)
    assert county["pandemic"]
