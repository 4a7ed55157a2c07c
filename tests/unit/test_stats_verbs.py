"""Verbs on the tidy frame."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hwb_analysis.errors import StatisticsError
from hwb_analysis.frame import conform, validate
from hwb_analysis.stats import verbs

NAN = float("nan")
AREAS = {"X1": "North", "X2": "South", "X0": "All"}


def row(area="X1", year=2023, **more):
    base = {
        "series_id": "demo:share",
        "vintage": "2026-11",
        "area_code": area,
        "area": AREAS[area],
        "area_type": "England" if area == "X0" else "District",
        "period": str(year),
        "period_start": f"{year}-01-01",
        "period_end": f"{year}-12-31",
        "period_kind": "calendar",
        "sex": "Persons",
        "age": "All ages",
        "unit": "%",
        "basis": "complete_count",
        "grade": "A",
        "status": "ok",
        "origin_id": "demo",
    }
    return base | more


def frame(*rows):
    return conform(pd.DataFrame(list(rows)))


def counted(area, count, denominator, year=2023):
    return row(area, year, count=count, denominator=denominator, value=100 * count / denominator)


SHARES = frame(counted("X1", 60, 200), counted("X2", 20, 200), counted("X0", 4000, 20_000))


def test_limits_are_filled_from_counts_and_named():
    out = verbs.with_limits(SHARES)
    validate(out)
    assert out["method"].tolist() == ["wilson"] * 3
    assert out["lower_95"].round(2).tolist()[0] == 24.07
    assert (out["lower_998"] < out["lower_95"]).all()


def test_rates_get_limits_by_the_unit_of_each_row():
    table = frame(
        row("X1", count=5, denominator=10_000, value=50.0, unit="per 100,000"),
        row("X2", count=40, denominator=10_000, value=4.0, unit="per 1,000"),
    )
    out = verbs.with_limits(table)
    assert out["method"].tolist() == ["exact", "byar"]
    assert out["lower_95"].round(3).tolist() == [16.235, 2.857]


def test_published_limits_stay():
    table = frame(
        counted("X1", 60, 200) | {"lower_95": 20.0, "upper_95": 40.0, "method": "published"}
    )
    out = verbs.with_limits(table)
    assert out.loc[0, ["lower_95", "upper_95", "method"]].tolist() == [20.0, 40.0, "published"]
    assert out.loc[0, "lower_998"] < 30


@pytest.mark.parametrize(
    "change",
    [
        {"basis": "survey"},
        {"basis": "modelled"},
        {"basis": "imputed"},
        {"value": 35.0},
        {"count": NAN},
        {"unit": "years"},
    ],
)
def test_no_limits_where_the_counts_do_not_make_the_value(change):
    out = verbs.with_limits(frame(counted("X1", 60, 200) | change))
    assert out["lower_95"].isna().all()
    assert out["method"].tolist() == [""]


def test_limits_hold_a_rounded_value():
    published = counted("X1", 599_960, 2_000_000) | {"value": 30.04}
    out = verbs.with_limits(frame(published))
    validate(out)
    assert out["upper_95"].iloc[0] >= 30.04


def test_comparison_joins_by_key_and_keeps_the_rows_in_place():
    shuffled = verbs.with_limits(SHARES).iloc[[2, 1, 0]]
    out = verbs.compare(shuffled, "All", better="high")
    assert out.index.tolist() == [2, 1, 0]
    assert out["comparison_95"].tolist() == ["not compared", "worse", "better"]
    assert out["comparison_reason"].tolist() == ["the comparator itself", "", ""]
    assert out["comparison_998"].tolist()[1] == "worse"


def test_comparison_names_the_good_end_by_series():
    limited = verbs.with_limits(SHARES)
    assert verbs.compare(limited, "X0", better={"demo:share": "low"})["comparison_95"].iloc[0] == (
        "worse"
    )
    assert verbs.compare(limited, "X0", better={})["comparison_95"].iloc[0] == "higher"


def test_a_figure_the_comparator_lacks_is_not_compared():
    table = verbs.with_limits(frame(counted("X1", 60, 200), counted("X0", 4, 20, year=2022)))
    out = verbs.compare(table, "All")
    assert out["comparison_95"].iloc[0] == "not compared"
    assert out["comparison_reason"].iloc[0] == "the comparator has no value"


def test_an_unknown_area_is_refused_with_the_nearest_name():
    with pytest.raises(StatisticsError, match="did you mean 'South'"):
        verbs.compare(SHARES, "Suoth")


def test_trend_has_one_row_a_series_and_area():
    table = frame(
        *(counted("X1", 900 + 15 * i, 1000, 2019 + i) for i in range(5)),
        *(counted("X2", 500 + i, 1000, 2019 + i) for i in range(3)),
    )
    out = verbs.trend(table.sample(frac=1, random_state=1), better="high").set_index("area_code")
    assert out.loc["X1", "marker"] == "increasing and getting better"
    assert out.loc["X1", ["first_period", "last_period"]].tolist() == ["2019", "2023"]
    assert out.loc["X2", "reason"] == "fewer than five points (3)"


def test_trend_refuses_two_rows_of_one_period():
    twice = pd.concat([SHARES, SHARES])
    with pytest.raises(StatisticsError, match="two rows of one period"):
        verbs.trend(twice)


def test_gap_from_counts_and_from_limits():
    out = verbs.gap(SHARES, most="North", least="South")
    assert out.loc[0, "gap"] == pytest.approx(20)
    assert out.loc[0, "method"] == "Newcombe hybrid score"
    limited = verbs.with_limits(SHARES).assign(count=NAN)
    other = verbs.gap(limited, most="North", least="South")
    assert other.loc[0, "method"] == "MOVER from limits"
    # Newcombe's interval is MOVER on Wilson limits.
    ends = ["lower_95", "upper_95", "lower_998", "upper_998"]
    np.testing.assert_allclose(out[ends].astype(float), other[ends].astype(float), rtol=1e-12)


def test_gap_without_limits_says_why():
    table = frame(row("X1", value=5.0, unit="years"), row("X2", value=7.0, unit="years"))
    out = verbs.gap(table, most="X1", least="X2")
    assert out.loc[0, "gap"] == -2
    assert out.loc[0, "gap_reason"] == "no interval published"
    assert np.isnan(out.loc[0, "lower_95"])


def test_ratio_of_shares():
    out = verbs.gap(SHARES, most="X1", least="X2", kind="ratio")
    assert out.loc[0, "gap"] == pytest.approx(3)
    assert out.loc[0, "method"] == "MOVER from Wilson limits"


def test_one_group_is_summed_too():
    table = pd.DataFrame({"area": ["a", "a"], "count": [3, 9], "denominator": [500, 500]})
    out = verbs.rate(table, per=1000, by="area")
    assert out[["area", "value", "count"]].to_numpy().tolist() == [["a", 12.0, 12.0]]


def test_a_refusal_names_the_row_of_the_whole_table():
    table = pd.DataFrame({"count": [1.0] * 60_000, "denominator": [10.0] * 60_000})
    table.loc[55_555, "count"] = -1
    with pytest.raises(StatisticsError) as caught:
        verbs.rate(table)
    assert caught.value.where == "position 55555"


def test_long_tables_are_as_short_ones():
    table = pd.DataFrame({"count": np.arange(120_000) % 90, "denominator": 1000})
    whole = verbs.rate(table)
    tail = verbs.rate(table.tail(10))
    pd.testing.assert_frame_equal(whole.tail(10), tail)


def test_a_missing_count_makes_its_group_missing():
    table = pd.DataFrame(
        {"area": ["a", "a", "b"], "count": [3, NAN, 5], "denominator": [50, 50, 50]}
    )
    out = verbs.proportion(table, by="area")
    assert out["reason"].tolist() == ["the count is missing", ""]
    assert out["value"].tolist()[1] == 10


DECILES = pd.DataFrame(
    {
        "decile": [str(i) for i in range(1, 11)] * 2,
        "sex": ["F"] * 10 + ["M"] * 10,
        "sick": [90 - 3 * i for i in range(10)] + [120 - 2 * i for i in range(10)],
        "people": [1000] * 20,
    }
)
SICK = {"count": "sick", "denominator": "people", "group": "decile", "better": "low"}


def test_slope_does_not_depend_on_the_order_of_rows_or_on_text_labels():
    straight = verbs.slope_index(DECILES, **SICK, by="sex")
    shuffled = verbs.slope_index(DECILES.sample(frac=1, random_state=3), **SICK, by="sex")
    whole = verbs.slope_index(DECILES.astype({"decile": int}), **SICK, by="sex")
    np.testing.assert_allclose(shuffled.value, straight.value, rtol=1e-12)
    np.testing.assert_allclose(whole.value, straight.value, rtol=1e-12)
    assert straight.keys["sex"].tolist() == ["F", "M"]
    assert straight.to_frame()["sex"].tolist() == ["F", "M"]


def test_labels_may_go_on_in_words():
    labels = {"1": "1 most deprived", "10": "10 least deprived"}
    named = DECILES.assign(decile=DECILES["decile"].replace(labels))
    np.testing.assert_array_equal(
        verbs.slope_index(named, **SICK, by="sex").value,
        verbs.slope_index(DECILES, **SICK, by="sex").value,
    )


def test_a_set_that_lacks_a_group_is_missing_and_says_so():
    found = verbs.slope_index(DECILES.iloc[1:], **SICK, by="sex")
    assert found.reason.tolist() == ["a group has no value", ""]
    assert np.isnan(found.value).tolist() == [True, False]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (DECILES[DECILES["decile"] != "4"], r"missing: \[4\]"),
        (DECILES.assign(decile="most deprived"), "a deprivation group is a number from 1 up"),
        (DECILES.assign(decile=1.5), "a deprivation group is a number from 1 up"),
        (pd.concat([DECILES, DECILES.iloc[:1]]), "occurs more than once"),
        (DECILES.iloc[:0], "the frame has no row"),
        (DECILES.drop(columns="people"), "expected and not found: people"),
        (DECILES.assign(sick="many"), "column sick must be numbers"),
        (DECILES[DECILES["decile"].isin(["1", "2"])], "at least 3 groups"),
    ],
)
def test_groups_that_cannot_be_read_are_refused(table, message):
    with pytest.raises(StatisticsError, match=message):
        verbs.slope_index(table, **SICK, by="sex")


def test_slope_from_values_with_errors_or_limits():
    table = DECILES[DECILES["sex"] == "F"].assign(value=lambda t: t["sick"] / 10, se=0.4)
    half = 1.959963984540054 * 0.4
    table = table.assign(low=table["value"] - half, high=table["value"] + half)
    keys = {"group": "decile", "better": "low", "value": "value", "population": "people"}
    one = verbs.slope_index(table, **keys, se="se")
    two = verbs.slope_index(table, **keys, lower="low", upper="high")
    np.testing.assert_allclose(one.lower, two.lower, rtol=1e-12)


def test_a_slope_needs_its_columns_named():
    with pytest.raises(StatisticsError, match="needs value and population, or count"):
        verbs.slope_index(DECILES, group="decile", better="low", count="sick")
