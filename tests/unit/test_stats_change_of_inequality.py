"""Change since a baseline, gaps and slopes over time, convergence."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.frame_change import change_since
from hwb_analysis.stats.gap_trend import gap_trend
from hwb_analysis.stats.inequality import slope_index
from hwb_analysis.stats.inequality_change import (
    beta_convergence,
    sigma_convergence,
    slope_change,
    slope_trend,
)
from hwb_analysis.stats.line_trend import overlap_matrix

NAN = float("nan")
KEY = {
    "series_id": "x:y",
    "vintage": "1",
    "area_code": "A",
    "sex": "",
    "age": "",
    "category_type": "",
    "category": "",
    "grade": "A",
}


def series(values, first, *, length=1, basis="complete_count", width=1.0, unit="years"):
    years = range(first, first + len(values))
    return pd.DataFrame(
        {
            "period": [str(year) for year in years],
            "period_start": pd.to_datetime([f"{year}-01-01" for year in years]),
            "period_end": pd.to_datetime([f"{year + length - 1}-12-31" for year in years]),
            "value": np.asarray(values, dtype=float),
            "lower_95": np.asarray(values) - width,
            "upper_95": np.asarray(values) + width,
        }
    ).assign(**KEY, basis=basis, unit=unit)


def only(frame, day="2019-12-31", **options):
    found = change_since(frame, day, **options)
    assert len(found) == 1
    return found.iloc[0]


def test_baseline_and_latest_period_are_the_right_ones():
    found = only(series([50, 51, 52, 53, 58], 2018))
    assert (found["baseline_period"], found["latest_period"]) == ("2019", "2022")
    # (58 - 51) / sqrt(2) / (1 / 1.96)
    assert found["change"] == pytest.approx(7)
    assert found["direction"] == "increase"
    assert found["years"] == pytest.approx(3, abs=0.01)


def test_a_period_that_overlaps_the_baseline_is_no_figure_since():
    frame = series([80, 80.5, 81, 81.5], 2016, length=3)
    found = only(frame, "2018-12-31")
    assert found["reason"] == ""
    assert found["latest_period"] == "2019"
    short = only(frame.head(3), "2018-12-31")
    assert short["reason"] == "no figure since the baseline"
    assert short["direction"] == "not tested"


def test_an_overlap_is_allowed_for_and_refused_above_one_half():
    frame = series([80, 80.5, 82], 2016, length=3)
    two_apart = only(frame, "2018-12-31", overlapping=True)
    assert two_apart["shared"] == pytest.approx(1 / 3, abs=1e-3)
    assert two_apart["direction"] == "increase"
    one_apart = only(frame.head(2), "2018-12-31", overlapping=True)
    assert "share more than half" in one_apart["reason"]
    assert np.isnan(one_apart["p_value"])


def test_no_baseline_is_said():
    found = only(series([80, 81], 2020))
    assert found["reason"] == "no period ended on or before the baseline day"


def test_a_break_between_the_two_is_refused():
    found = only(series([50, 51, 52, 53], 2018), breaks={"x:y": [date(2020, 12, 31)]})
    assert found["reason"] == "the series starts anew between the two periods"


def test_modelled_figures_are_not_tested_for_a_change():
    assert only(series([1, 2, 3], 2018, basis="modelled"))["reason"] == (
        "modelled figures are not tested"
    )


def test_a_baseline_in_the_pandemic_is_repeated_before_it():
    # 2020 is low: from it the rise is clear, from 2019 it is not.
    found = only(series([55, 55, 50, 54, 55, 55], 2018), "2020-12-31")
    assert found["pandemic"]
    assert found["direction_other_baseline"] == "no clear change"
    assert found["direction"] == "no clear change"
    assert "before the pandemic" in found["sentence"]


def test_counts_are_tested_as_counts():
    frame = series([50, 52, 51, 56], 2018, unit="%", width=np.nan)
    frame = frame.assign(count=frame["value"] * 20, denominator=2000.0)
    found = only(frame)
    assert found["evidence"] == "counts"
    p1, p2 = 1041 / 2002, 1121 / 2002
    z = 0.04 / np.sqrt((p1 * (1 - p1) + p2 * (1 - p2)) / 2000)
    assert abs(found["change"] - 4) < 1e-9
    assert found["p_value"] == pytest.approx(2 * (1 - _phi(z)), abs=1e-9)


def _phi(z):
    from scipy.stats import norm

    return norm.cdf(z)


def test_a_gap_that_shrinks_on_both_scales():
    found = gap_trend(
        [300, 270, 240, 215, 190, 170], [10_000] * 6, [100, 101, 99, 100, 102, 100], [10_000] * 6
    )
    assert found.p_value < 0.05
    assert found.difference_p < 0.05
    assert "a decrease" in found.explain()
    assert "disagree" not in found.explain()


def test_ratio_and_difference_may_disagree():
    # Both halve and more: the ratio grows from 2 to 4 while the difference shrinks.
    most = np.array([40_000, 33_000, 27_000, 22_000, 18_000, 14_800])
    least = np.array([20_000, 14_400, 10_300, 7_400, 5_300, 3_800])
    found = gap_trend(most, [1e6] * 6, least, [1e6] * 6)
    assert found.value > 1
    assert found.difference_slope < 0
    assert "The two scales disagree" in found.explain()


@pytest.mark.parametrize(
    ("columns", "match"),
    [
        (([-1, 2], [9, 9], [1, 2], [9, 9]), "count is negative or missing"),
        (([1, NAN], [9, 9], [1, 2], [9, 9]), "count is negative or missing"),
        (([1, 2], [9, 0], [1, 2], [9, 9]), "people are not above zero"),
    ],
)
def test_gap_counts_that_cannot_be_are_refused(columns, match):
    with pytest.raises(StatisticsError, match=match):
        gap_trend(*columns)


def test_few_years_give_no_verdict_on_a_gap():
    found = gap_trend([9, 8, 7, 6], [99] * 4, [5, 5, 5, 5], [99] * 4)
    assert found.explain() == "No verdict on the gap: fewer than 5 points."


def test_slope_change_by_hand_on_both_scales():
    people, se = [1000] * 5, [0.5] * 5
    old = slope_index([60, 62, 64, 66, 68], people, better="high", se=se)
    new = slope_index([60, 63, 66, 69, 72], people, better="high", se=se)
    found = slope_change(old, new)
    z = float((new.value - old.value) / np.hypot(old.se, new.se))
    assert float(found.absolute.z) == pytest.approx(z)
    ratio = float(new.rii_ratio / old.rii_ratio)
    assert float(found.relative.value) == pytest.approx(ratio)
    assert "Slope index" in found.explain()
    shared = slope_change(old, new, shared=1 / 3)
    assert float(shared.absolute.z) == pytest.approx(z / np.sqrt(1 - 1 / 3))


def test_slopes_of_different_good_ends_are_not_compared():
    one, other = (slope_index([1, 2, 3], [9] * 3, better=b, se=[1] * 3) for b in ("high", "low"))
    with pytest.raises(StatisticsError, match="differ in their good end"):
        slope_change(one, other)


def test_slope_trend_over_rolling_periods_uses_the_overlap():
    starts = np.arange("2010", "2018", dtype="datetime64[Y]")
    matrix = overlap_matrix(
        starts.astype("datetime64[D]"),
        (starts + np.timedelta64(3, "Y")).astype("datetime64[D]") - np.timedelta64(1, "D"),
    )
    values = [5.0, 5.2, 5.1, 5.6, 5.5, 6.0, 6.1, 6.4]
    naive, known = slope_trend(values, [0.3] * 8), slope_trend(values, [0.3] * 8, overlap=matrix)
    assert "overlap" in known.method
    assert float(known.p_value[0]) != pytest.approx(float(naive.p_value[0]))


def test_noise_alone_is_no_spread():
    rng = np.random.default_rng(1)
    found = sigma_convergence(50 + rng.normal(0, 0.05, (6, 7)), np.full((6, 7), 1.0))
    assert "no more than sampling noise" in found.reason


def test_noise_is_taken_out_of_the_spread():
    rng = np.random.default_rng(2)
    truth = np.linspace(-3, 3, 200)
    noisy = 50 + truth + rng.normal(0, 2, (6, 200))
    found = sigma_convergence(noisy, np.full((6, 200), 2.0))
    assert found.raw.mean() > 2.5
    assert found.spread.mean() == pytest.approx(truth.std(), abs=0.15)
    assert "no clear change" in found.explain()


def test_regression_to_the_mean_is_no_convergence():
    rng = np.random.default_rng(3)
    naive, tested = [], []
    for _ in range(400):
        truth = rng.normal(50, 2, 30)
        first, second = truth + rng.normal(0, 2, 30), truth + rng.normal(0, 2, 30)
        found = beta_convergence(first, second, np.full(30, 2.0))
        naive.append(found.naive)
        tested.append(found.p_value < 0.05)
    # Half of the variance at the start is noise, so the naive slope is near -1/2.
    assert np.mean(naive) == pytest.approx(-0.5, abs=0.03)
    assert np.mean(tested) < 0.075


def test_real_convergence_is_found():
    start = np.linspace(40, 60, 12)
    found = beta_convergence(start, 50 + (start - 50) * 0.6 + np.tile([0.2, -0.2], 6))
    assert found.p_value < 0.001
    assert "moved down against the others" in found.explain()


def test_few_areas_are_refused():
    with pytest.raises(StatisticsError, match="at least 5 areas"):
        beta_convergence([1, 2, 3], [1, 2, 3])
    with pytest.raises(StatisticsError, match="at least 5 areas"):
        sigma_convergence([[1, 2], [3, 4]], [[1, 1], [1, 1]])
