"""The trend verb: which test it picks, why, and what it does with awkward series."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.trend_choice import MAY_TEST
from hwb_analysis.stats.verbs import change_since, trend
from hwb_analysis.vocabulary import Basis

KEY = {
    "series_id": "x:y",
    "vintage": "1",
    "area_code": "A",
    "sex": "",
    "age": "",
    "category_type": "",
    "category": "",
}
TEXT = {"unit": "%", "basis": "complete_count", "grade": "A"}


def series(values, first=2005, *, length=1, step=1, people=None, width=None, **text):
    """Return a frame of one series: one row a period of whole years."""
    years = [first + step * i for i in range(len(values))]
    frame = pd.DataFrame(
        {
            "period": [str(year) for year in years],
            "period_start": pd.to_datetime([f"{year}-01-01" for year in years]),
            "period_end": pd.to_datetime([f"{year + length - 1}-12-31" for year in years]),
            "value": np.asarray(values, dtype=float),
        }
    ).assign(**{**KEY, **TEXT, **text})
    if people:
        scale = 100 if frame["unit"].iloc[0] == "%" else 100_000
        frame["denominator"] = float(people)
        frame["count"] = (frame["value"] * people / scale).round()
        frame["value"] = frame["count"] / people * scale
    if width:
        frame["lower_95"] = frame["value"] - width
        frame["upper_95"] = frame["value"] + width
    return frame


RISE = [50, 52, 53, 55, 57, 58, 60, 62]


def only(frame, **options):
    found = trend(frame, rule="auto", **options)
    assert len(found) == 1
    return found.iloc[0]


@pytest.mark.parametrize(
    ("frame", "test"),
    [
        (series(RISE, people=4000), "binomial"),
        (series(RISE, people=9_000_000, unit="per 100,000"), "poisson"),
        (series(RISE, width=2, unit="per 100,000"), "log-linear"),
        (series(RISE, width=2, unit="years"), "linear"),
        (series(RISE, length=3, width=2, unit="years"), "rolling"),
        (series(RISE, length=3, people=4000), "rolling"),
        (series(RISE, unit="years"), "mann-kendall"),
        (series(RISE, width=2, basis="survey"), "linear"),
    ],
)
def test_the_data_choose_the_test_and_the_row_says_why(frame, test):
    found = only(frame)
    assert (found["test"], found["direction"]) == (test, "increase")
    assert found["why"]
    assert found["p_value"] < 0.05
    assert "an increase" in found["sentence"]


@pytest.mark.parametrize("basis", list(Basis))
@pytest.mark.parametrize("evidence", ["counts", "limits", "values"])
def test_the_table_of_basis_and_evidence_holds(basis, evidence):
    extra = {"counts": {"people": 4000}, "limits": {"width": 2}, "values": {}}[evidence]
    found = only(series(RISE, basis=basis.value, **extra))
    tested = found["direction"] != "not tested"
    assert tested == (evidence in MAY_TEST[basis.value])
    if not tested:
        assert found["reason"]
        assert found["test"] == ""


def test_the_table_speaks_of_every_basis():
    assert set(MAY_TEST) == {basis.value for basis in Basis} | {""}


def test_a_value_without_counts_or_interval_gets_no_direction():
    found = only(series(RISE, grade="C"))
    assert (found["direction"], found["reason"]) == (
        "not tested",
        "no counts and no interval published",
    )


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (series(RISE[:4], people=4000), "4 usable points, of which the smallest attainable p is"),
        (series(RISE[:1], people=4000), "1 usable point"),
        (series([np.nan] * 6), "there is no value"),
        (series([0.0] * 6, people=400), "all counts are zero"),
        (series([7.0] * 6), "all values are equal"),
        (series([7.0] * 6, length=3), "on a line"),
    ],
)
def test_what_cannot_be_tested_says_why(frame, reason):
    found = only(frame)
    assert found["direction"] == "not tested"
    assert reason in found["reason"]
    assert "No verdict" in found["sentence"]


def test_missing_values_are_left_out_and_counted():
    values = [*RISE[:3], np.nan, *RISE[4:]]
    found = only(series(values, width=1, unit="years"))
    assert found["points"] == 7
    assert "1 point without value or evidence left out" in found["note"]
    assert "real times" in found["note"]


def test_rows_in_any_order_give_the_same():
    frame = series(RISE, people=4000)
    mixed = frame.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(trend(frame, rule="auto"), trend(mixed, rule="auto"))


def test_a_repeated_period_is_refused_with_its_key():
    frame = series(RISE, people=4000)
    with pytest.raises(StatisticsError, match="two rows of one period") as caught:
        trend(pd.concat([frame, frame.tail(1)]), rule="auto")
    assert "2012" in str(caught.value.where)


def test_periods_of_different_length_are_not_tested_together():
    frame = pd.concat([series(RISE[:5], width=1), series([60], 2010, length=3, width=1)])
    assert only(frame)["reason"] == "the periods are of different length"


def test_two_vintages_are_two_series():
    frame = pd.concat([series(RISE), series(RISE, vintage="2")])
    assert trend(frame, rule="auto")["vintage"].tolist() == ["1", "2"]


def test_nothing_is_tested_across_a_break():
    values = [*RISE[:5], 20, 21, 20, 21, 20, 21]
    frame = series(values, width=1, unit="years")
    across = only(frame)
    after = only(frame, breaks={"x:y": [date(2009, 12, 31)]})
    assert across["direction"] == "decrease"
    assert after["direction"] == "no clear change"
    assert after["points"] == 6
    assert "5 points before the break of 2009-12-31 left out" in after["note"]
    marker = trend(frame, rule="national", breaks={"x:y": [date(2007, 12, 31)]}).iloc[0]
    assert marker["points"] == 8


def test_a_result_that_hangs_on_the_pandemic_is_no_clear_change():
    flat = [50.0, 50.5, 49.5, 50.2, 49.8, 50.1]
    frame = series([*flat, 60, 61, 62], 2014, width=1, unit="years")
    found = only(frame)
    assert found["direction_all"] == "increase"
    assert found["direction_without_pandemic"] == "no clear change"
    assert found["direction"] == "no clear change"
    assert "without those periods: no clear change" in found["note"]
    assert "The two differ" in found["sentence"]
    assert only(frame, pandemic=False)["direction"] == "increase"


def test_too_few_points_without_the_pandemic_is_said():
    found = only(series(RISE[:6], 2017, width=1, unit="years"))
    assert found["pandemic"]
    assert "too few points to repeat it without" in found["note"]


def test_a_rule_by_name_is_obeyed_or_refused_with_the_reason():
    frame = series(RISE, people=4000)
    assert trend(frame, rule="mann-kendall").iloc[0]["test"] == "mann-kendall"
    rolling = series(RISE, length=3, people=4000)
    found = trend(rolling, rule="mann-kendall").iloc[0]
    assert found["reason"] == "the periods overlap, which mann-kendall does not allow for"
    with pytest.raises(StatisticsError, match="'guess' is not known"):
        trend(frame, rule="guess")


def test_many_series_at_once_equal_one_at_a_time():
    rng = np.random.default_rng(5)
    frames = [
        series(rng.uniform(20, 60, size), people=3000, area_code=f"A{i}")
        for i, size in enumerate((5, 9, 12, 7))
    ]
    together = trend(pd.concat(frames), rule="auto")
    apart = pd.concat([trend(frame, rule="auto") for frame in frames], ignore_index=True)
    pd.testing.assert_frame_equal(together, apart)


def test_an_empty_frame_is_refused():
    with pytest.raises(StatisticsError, match="the frame has no row"):
        trend(series(RISE).head(0), rule="auto")


@pytest.mark.parametrize(
    ("column", "values", "match"),
    [
        ("value", ["x"] * 8, "value must be numbers"),
        ("value", [np.inf, *RISE[1:]], "value is infinite"),
        ("count", [-1.0] * 8, "count is negative"),
        ("denominator", [0.0] * 8, "denominator is not positive"),
        ("lower_95", [99.0] * 8, "a lower limit is above its upper limit"),
        ("period_start", pd.NaT, "a period has no first or last day"),
        ("period_start", "2005", "must be dates"),
        ("period_end", pd.Timestamp("1999-12-31"), "a period ends before it starts"),
    ],
)
def test_what_cannot_be_is_refused_before_any_test(column, values, match):
    frame = series(RISE, people=4000, width=1).assign(**{column: values})
    if column == "period_start" and values is pd.NaT:
        frame["period_start"] = pd.to_datetime(frame["period_start"])
    for verb in (lambda f: trend(f, rule="auto"), lambda f: change_since(f, "2008-12-31")):
        with pytest.raises(StatisticsError, match=match):
            verb(frame)


def test_a_change_between_periods_of_different_length_is_not_tested():
    longer = series([60], 2013, length=3, width=1, unit="years")
    frame = pd.concat([series(RISE[:4], width=1, unit="years"), longer])
    found = change_since(frame, "2008-12-31").iloc[0]
    assert found["reason"] == "the two periods are of different length"
