"""Results of trend tests draw themselves: marks, words, data."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

import hwb_analysis.figures
from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.control_chart import xmr_chart
from hwb_analysis.stats.joinpoint import joinpoint
from hwb_analysis.stats.verbs import trend_of

assert hwb_analysis.figures

KEY = {
    "series_id": "x:y",
    "vintage": "1",
    "area_code": "A",
    "area": "Thisshire",
    "sex": "",
    "age": "",
    "category_type": "",
    "category": "",
    "unit": "years",
}


def frame(values):
    years = range(2008, 2008 + len(values))
    return pd.DataFrame(
        {
            "period": [str(year) for year in years],
            "period_start": pd.to_datetime([f"{year}-01-01" for year in years]),
            "period_end": pd.to_datetime([f"{year}-12-31" for year in years]),
            "value": values,
            "lower_95": np.asarray(values) - 1,
            "upper_95": np.asarray(values) + 1,
        }
    ).assign(**KEY)


RISE = [50.0, 51, 52, 60, 61, 62, 63, 64, 65]


def test_a_series_shows_its_points_its_line_and_its_break():
    found = trend_of(frame(RISE), breaks={"x:y": [date(2010, 12, 31)]})
    assert np.isnan(found.fitted[:3]).all()
    np.testing.assert_allclose(found.fitted[3:], RISE[3:], atol=0.01)
    assert found.breaks == pytest.approx((2011.0,))
    drawn = found.chart()
    assert drawn.title == "Thisshire: increase"
    assert "Why this test" in drawn.caption
    assert drawn.data["Period"].tolist()[0] == "2008"
    assert drawn.data["Fitted"].isna().sum() == 3
    assert "<svg" in drawn.svg


def test_a_series_without_a_verdict_is_drawn_without_a_line():
    found = trend_of(frame(RISE[:4]))
    drawn = found.chart()
    assert drawn.data["Fitted"].isna().all()
    assert "No verdict" in drawn.caption


def test_several_series_are_not_drawn_as_one():
    two = pd.concat([frame(RISE), frame(RISE).assign(area_code="B")])
    with pytest.raises(StatisticsError, match="one series was expected, got 2"):
        trend_of(two)


@pytest.mark.parametrize(
    ("unit", "scale"), [("%", 100), ("per 100,000", 100_000)], ids=["share", "rate"]
)
def test_the_fitted_line_is_in_the_unit_of_the_series(unit, scale):
    people = 2_000_000.0
    share = np.array([0.50, 0.51, 0.53, 0.54, 0.56, 0.57])
    count = np.round(share * people * (1 if unit == "%" else 0.01))
    made = frame((count / people * scale).tolist()).assign(
        count=count, denominator=people, unit=unit, basis="complete_count"
    )
    found = trend_of(made)
    assert found.test == ("binomial" if unit == "%" else "poisson")
    np.testing.assert_allclose(found.fitted, found.observed, rtol=0.02)


def test_joinpoints_and_control_charts_draw_themselves():
    years = np.arange(2000, 2014)
    log = 4 + 0.05 * np.minimum(years - 2000, 6) - 0.04 * np.maximum(years - 2006, 0)
    found = joinpoint(np.exp(log + 0.004 * (-1.0) ** years), years)
    drawn = found.chart(unit="per 100,000")
    assert drawn.title == "1 joinpoint by the weighted BIC"
    assert len(drawn.data) == 14
    chart = xmr_chart([50, 52, 49, 51, 50, 48, 70], better="low").chart()
    assert "special cause" in chart.title
    assert chart.data["Cause"].iloc[-1] == "above the upper limit"
    assert {"Lower control limit", "Upper control limit"} <= set(chart.data)
