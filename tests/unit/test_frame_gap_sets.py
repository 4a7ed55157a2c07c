"""Gaps, ranks and the one call of inequality on the tidy frame."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hwb_analysis.errors import StatisticsError
from hwb_analysis.frame import conform
from hwb_analysis.stats import gap_rates, gaps, verbs
from hwb_analysis.stats.area_gradient import area_gradient

NAN = float("nan")
NAMES = {"X1": "North", "X2": "South", "X3": "East"}


def row(area, count=None, denominator=None, unit="%", year=2023, **more):
    per = {"%": 100, "per 100,000": 100_000}.get(unit, 1)
    return {
        "series_id": "demo:share",
        "vintage": "2026-11",
        "area_code": area,
        "area": NAMES[area],
        "area_type": "District",
        "period": str(year),
        "period_start": f"{year}-01-01",
        "period_end": f"{year}-12-31",
        "period_kind": "calendar",
        "sex": "Persons",
        "age": "All ages",
        "unit": unit,
        "basis": "complete_count",
        "grade": "A",
        "status": "ok",
        "origin_id": "demo",
        "count": count,
        "denominator": denominator,
        "value": None if count is None else per * count / denominator,
    } | more


def frame(*rows):
    return conform(pd.DataFrame(list(rows)))


SHARES = frame(row("X1", 60, 200), row("X2", 20, 200), row("X3", 30, 250))
RATES = frame(*(row(a, x, n, "per 100,000") for a, x, n in
                (("X1", 60, 9000), ("X2", 0, 8000), ("X3", 30, 9500))))  # fmt: skip


def test_rates_of_events_have_gaps_from_their_counts():
    out = verbs.gap(RATES, most="X1", least="X3").iloc[0]
    one = gap_rates.rate_difference(60, 9000, 30, 9500)
    assert out["upper_998"] == pytest.approx(float(one.upper[1]))
    assert out["gap"] == pytest.approx(float(one.value))
    ratio = verbs.gap(RATES, most="X1", least="X2", kind="ratio").iloc[0]
    assert ratio["gap_reason"] == "the second count is zero: the ratio has no upper limit"
    assert ratio["lower_95"] > 5
    assert ratio["method"] == "conditional, mid-P"


def test_groups_of_one_area_have_a_gap():
    table = frame(
        row("X1", 60, 200, sex="Female"), row("X1", 40, 210, sex="Male"),
        row("X2", 10, 90, sex="Female"),
    )  # fmt: skip
    out = verbs.gap(table, most="Female", least="Male", on="sex")
    assert out["area_code"].tolist() == ["X1"]
    one = gaps.difference(60, 200, 40, 210)
    assert out.loc[0, "lower_95"] == pytest.approx(float(one.lower[0, ...]))
    with pytest.raises(StatisticsError, match="no row has the sex 'Boys'"):
        verbs.gap(table, most="Boys", least="Male", on="sex")
    with pytest.raises(StatisticsError, match="on is"):
        verbs.gap(table, most="Boys", least="Male", on="unit")


def test_all_gaps_are_the_gaps_one_by_one_with_adjusted_chances():
    out = verbs.all_gaps(SHARES.sample(frac=1, random_state=2), areas=["North", "X2", "X3"])
    pairs = {tuple(line) for line in out[["area_most", "area_least"]].to_numpy()}
    assert pairs == {("North", "South"), ("North", "East"), ("South", "East")}
    for line in out.to_dict("records"):
        one = verbs.gap(SHARES, most=line["area_code_most"], least=line["area_code_least"])
        assert line["lower_95"] == pytest.approx(one.loc[0, "lower_95"])
        apart = line["lower_95"] > 0 or line["upper_95"] < 0
        assert apart == (line["p_value"] < 0.05)
        assert line["adjusted_p"] >= line["p_value"]


def test_the_rest_never_contains_the_area():
    out = verbs.gaps_to_rest(SHARES, areas=["X1", "X2", "X3"]).set_index("area_code")
    one = gaps.difference(60, 200, 50, 450)
    assert out.loc["X1", "value_least"] == pytest.approx(100 * 50 / 450)
    assert out.loc["X1", "gap"] == pytest.approx(float(one.value))
    assert out.loc["X1", "upper_95"] == pytest.approx(float(one.upper[0]))
    assert (out["gap_reason"] == "").all()


def test_the_rest_is_not_known_when_one_area_lacks_its_count():
    table = frame(row("X1", 60, 200), row("X2", 20, 200), row("X3", value=12.0))
    out = verbs.gaps_to_rest(table, areas=["X1", "X2", "X3"])
    assert out["gap"].isna().all()
    assert set(out["gap_reason"]) == {"the rest needs counts of every area"}


def test_ranks_of_areas_follow_the_good_end():
    out = verbs.ranks(SHARES, areas=["X1", "X2", "X3"], better="low").set_index("area_code")
    assert out.loc["X1", ["rank", "chance_first"]].tolist() == [1, 1.0]
    high = verbs.ranks(SHARES, areas=["X1", "X2", "X3"], better="high").set_index("area_code")
    assert high.loc["X1", "rank"] == 3
    assert bool(out.loc["X1", "league_table"])


def test_ranks_say_why_there_are_none():
    no_limits = frame(*(row(a, value=v, unit="years") for a, v in (("X1", 1.0), ("X2", 2.0))))
    out = verbs.ranks(no_limits, areas=["X1", "X2"])
    assert set(out["rank_reason"]) == {"an area has no interval"}
    missing = frame(row("X1", 6, 20), row("X2", value=None))
    assert set(verbs.ranks(missing, areas=["X1", "X2"])["rank_reason"]) == {"an area has no figure"}
    limits = no_limits.assign(lower_95=[0.5, 1.5], upper_95=[1.5, 2.5])
    assert verbs.ranks(limits, areas=["X1", "X2"], better="high")["rank"].tolist() == [1, 2]


def test_a_set_of_areas_must_be_there_once():
    with pytest.raises(StatisticsError, match="areas without a row: West"):
        verbs.all_gaps(SHARES, areas=["North", "West"])
    with pytest.raises(StatisticsError, match="at least two areas"):
        verbs.ranks(SHARES, areas=["North"])
    with pytest.raises(StatisticsError, match="more than one row"):
        verbs.ranks(pd.concat([SHARES, SHARES]), areas=["North", "South"])


DECILES = frame(*(
    row("X1", x, 1000, category_type="Deprivation decile", category=f"{i} group")
    for i, x in enumerate([190, 180, 170, 165, 150, 140, 138, 120, 118, 100], start=1)
))  # fmt: skip


def test_ordered_groups_have_every_measure():
    out = verbs.inequality(
        DECILES.sample(frac=1, random_state=1), groups="category", better="low"
    ).set_index("measure")
    assert out["reason"].tolist() == [""] * len(out)
    assert out.loc["slope index", "value"] == pytest.approx(9.55, abs=0.5)
    assert out.loc["slope index", "lower_95"] > 0
    assert out.loc["concentration index", "value"] < 0
    assert out.loc["difference, most and least deprived", "value"] == pytest.approx(9)
    assert out.loc["sd", "corrected"] < out.loc["sd", "value"]


def test_what_is_left_out_says_why():
    areas = verbs.inequality(SHARES).set_index("measure")["reason"]
    assert areas["slope index"].startswith("a line through a few areas")
    assert areas["attributable risk"] == "the indicator has no good end"
    assert areas["difference, highest and lowest"].startswith("chosen by their values")
    rates = verbs.inequality(
        DECILES.assign(unit="per 100,000", value=DECILES["value"] * 1000), groups="category"
    ).set_index("measure")["reason"]
    assert rates["Erreygers index"] == "for shares of people only"
    assert rates["slope index"] == "the indicator has no good end"
    no_people = verbs.inequality(DECILES.assign(denominator=NAN), groups="category", better="low")
    reasons = no_people.set_index("measure")["reason"]
    assert reasons["slope index"] == "the number of people in each group is not published"
    lone = verbs.inequality(SHARES.head(1))
    assert lone["reason"].tolist() == ["there is one group only"]


def test_areas_get_an_order_only_from_outside():
    out = verbs.inequality(SHARES, order=["X2", "X3", "X1"]).set_index("measure")
    assert out.loc["difference, most and least deprived", "value"] == pytest.approx(-20)
    with pytest.raises(StatisticsError, match="order names 2 groups"):
        verbs.inequality(SHARES, order=["X2", "X3"])
    with pytest.raises(StatisticsError, match="occurs twice"):
        verbs.inequality(pd.concat([SHARES, SHARES]))


# -- gradients over areas ----------------------------------------------------------


def test_the_robust_error_is_that_of_statsmodels():
    import statsmodels.api as sm

    random = np.random.default_rng(8)
    x = random.uniform(5, 45, 60)
    y = 80 - 0.2 * x + random.normal(0, 0.02 * x)
    found = area_gradient(y, x, levels=0.95)
    fit = sm.OLS(y, sm.add_constant(x)).fit(cov_type="HC3", use_t=True)
    assert found.value == pytest.approx(fit.params[1], rel=1e-10)
    assert found.se == pytest.approx(fit.bse[1], rel=1e-10)
    assert found.lower[0] == pytest.approx(fit.conf_int()[1][0], rel=1e-8)
    outside = fit.get_influence().resid_studentized_external
    np.testing.assert_allclose(found.distance, outside, rtol=1e-8)
    assert "lower values go with more deprivation" in found.explain()


def test_areas_without_a_figure_are_left_out_and_few_have_no_line():
    y, x = np.append(np.arange(12.0), NAN), np.arange(13.0)[::-1]
    found = area_gradient(y, x)
    assert found.areas == 12
    assert np.isnan(found.residual[12])
    assert not found.used[12]
    with pytest.raises(StatisticsError, match="at least 10"):
        area_gradient(np.arange(7.0), np.arange(7.0))
    with pytest.raises(StatisticsError, match="same score"):
        area_gradient(np.arange(12.0), np.ones(12))
