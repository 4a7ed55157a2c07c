"""The national recent-trend marker: rules, refusals, words."""

from __future__ import annotations

import numpy as np
import pytest

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.trends import CRITICAL, cochran_armitage, recent_trend

NAN = float("nan")
RISING = {
    "value": [10.0, 11.0, 12.0, 13.0, 14.0],
    "lower": [9.5, 10.5, 11.5, 12.5, 13.5],
    "upper": [10.5, 11.5, 12.5, 13.5, 14.5],
}


def years(first, count, length=1, step=1):
    starts = np.array([f"{first + step * i}-04-01" for i in range(count)], dtype="datetime64[D]")
    ends = np.array(
        [f"{first + step * i + length}-03-31" for i in range(count)], dtype="datetime64[D]"
    )
    return {"starts": starts, "ends": ends}


def test_the_critical_value_is_the_published_one():
    assert pytest.approx(9.54953570608324, rel=1e-12) == CRITICAL


@pytest.mark.parametrize(
    ("better", "word"),
    [
        ("high", "increasing and getting better"),
        ("low", "increasing and getting worse"),
        (None, "increasing"),
    ],
)
def test_words_follow_the_good_end(better, word):
    assert recent_trend(**RISING, better=better).marker.value == word


def test_weighted_slope_by_hand():
    # Equal widths of 1: se = 1/3.92, so chi-squared is 10 * 3.92^2 for a slope of one.
    found = recent_trend(**RISING)
    assert found.value == pytest.approx(1.0)
    assert found.chi_squared == pytest.approx(10 * 3.92**2)
    assert found.method == "A: weighted slope"


def test_only_the_five_latest_points_count():
    older = {k: [99.0 + i, *v] for i, (k, v) in enumerate(RISING.items())}
    older["lower"][0] = 98.0
    assert recent_trend(**older).chi_squared == recent_trend(**RISING).chi_squared


def test_periods_put_the_points_in_order():
    order = [3, 0, 4, 1, 2]
    when = years(2018, 5)
    shuffled = {k: [v[i] for i in order] for k, v in RISING.items()}
    found = recent_trend(**shuffled, starts=when["starts"][order], ends=when["ends"][order])
    assert found.value == pytest.approx(1.0)


def test_one_point_that_turns_the_slope_makes_no_change():
    found = recent_trend(
        [10.5, 9.5, 9.4, 9.3, 14.5],
        lower=[10.4, 9.4, 9.3, 9.2, 14.4],
        upper=[10.6, 9.6, 9.5, 9.4, 14.6],
    )
    assert found.marker.value == "no significant change"
    assert found.reason == "leaving one point out turns the slope"


def test_a_proportion_is_tested_on_its_counts():
    found = recent_trend(
        [90, 91, 92, 93, 94],
        count=[9000, 9100, 9200, 9300, 9400],
        denominator=[10_000] * 5,
        kind="proportion",
        better="high",
    )
    assert found.marker.value == "increasing and getting better"
    assert found.method == "B: Cochran-Armitage on counts"


def test_a_falling_proportion_falls():
    found = recent_trend(
        [94, 93, 92, 91, 90],
        count=[9400, 9300, 9200, 9100, 9000],
        denominator=[10_000] * 5,
        kind="proportion",
        better="low",
    )
    assert found.marker.value == "decreasing and getting better"
    assert found.value < 0


def test_cochran_armitage_is_the_score_test_of_a_two_by_k_table():
    # Equal rows: chi-squared is N times the squared correlation of score and outcome.
    x, n = np.array([12, 19, 33]), np.array([100, 100, 100])
    outcome = np.concatenate([np.r_[np.ones(k), np.zeros(100 - k)] for k in x])
    score = np.repeat([1, 2, 3], 100)
    wanted = 300 * np.corrcoef(score, outcome)[0, 1] ** 2
    assert cochran_armitage(x, n) == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({k: v[:4] for k, v in RISING.items()}, "fewer than five points (4)"),
        (RISING | {"value": [10, 11, NAN, 13, 14]}, "one of the latest five values is missing"),
        ({"value": RISING["value"]}, "no interval published for one of the latest five points"),
        (
            RISING | {"lower": [9, 10, 12, 12, 13], "upper": [11, 12, 12, 14, 15]},
            "an interval has no width",
        ),
        (RISING | years(2018, 5, length=3), "the periods overlap"),
        (RISING | years(2010, 5, step=2), "a period is missing between the points"),
        (
            RISING | {"count": [5, 5, 9, 5, 5], "denominator": [9] * 5},
            "a count equals its denominator",
        ),
        (
            RISING | {"count": [0, 1, 2, 3, 4], "denominator": [9] * 5, "kind": "proportion"},
            "a count is zero",
        ),
    ],
)
def test_what_cannot_be_calculated_says_why(change, reason):
    found = recent_trend(**change)
    assert found.marker.value == "cannot be calculated"
    assert found.reason == reason
    assert reason in found.explain()


def test_quarters_are_not_tested():
    starts = np.arange("2022-01", "2023-04", 3, dtype="datetime64[M]").astype("datetime64[D]")
    found = recent_trend(**RISING, starts=starts, ends=starts + np.timedelta64(89, "D"))
    assert found.reason == "the periods are shorter than a year"


def test_days_a_year_apart_are_consecutive():
    days = np.array([f"{y}-05-31" for y in range(2019, 2024)], dtype="datetime64[D]")
    assert recent_trend(**RISING, starts=days, ends=days).marker.value == "increasing"
    monthly = np.arange("2022-01", "2022-06", dtype="datetime64[M]").astype("datetime64[D]")
    refused = recent_trend(**RISING, starts=monthly, ends=monthly)
    assert refused.reason == "the days are not one year apart"


def test_a_column_of_another_length_is_refused():
    with pytest.raises(StatisticsError, match=r"lower must have as many points as value \(5\)"):
        recent_trend([1, 2, 3, 4, 5], lower=[1, 2], upper=[2, 3])


def test_the_result_tabulates_itself():
    table = recent_trend(**RISING).to_frame()
    assert table.loc[0, ["marker", "points"]].tolist() == ["increasing", 5]
