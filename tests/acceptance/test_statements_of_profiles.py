"""Statements of the strategy on adults, carers and discharge, read from the figures again."""

from __future__ import annotations

import pandas as pd
import pytest

import hwb_analysis as hwb

COUNTY, NATION = "Leicestershire", "England"


def word(series: str, better: str, period: str) -> str:
    """Return the comparison of the county with England in one period."""
    frame = hwb.load(series, areas=[COUNTY, NATION])
    rows = frame[(frame["sex"] == "Persons") & (frame["category"] == "")]
    done = hwb.compare(rows, to=NATION, better=better)
    own = done[(done["area"] == COUNTY) & (done["period"] == period)]
    assert len(own) == 1
    return str(own["comparison_95"].iloc[0])


def year(series: str) -> pd.Series:
    """Return the county's figure of the one year that a series of discharge holds."""
    frame = hwb.load(series, areas=COUNTY)
    assert len(frame) == 1
    return frame.iloc[0]


@pytest.mark.parametrize(
    ("series", "better", "period", "expected"),
    [
        ("fingertips:92443", "low", "2024", "better"),
        ("fingertips:93982", "high", "Nov 2023 to Nov 2024", "similar"),
        # The strategy calls inactivity better than England; a year later it is similar.
        ("fingertips:93015", "low", "Nov 2022 to Nov 2023", "better"),
        ("fingertips:93015", "low", "Nov 2023 to Nov 2024", "similar"),
    ],
)
def test_county_against_england(series: str, better: str, period: str, expected: str) -> None:
    """Smoking better, five a day similar, inactivity better in the year the strategy saw."""
    assert word(series, better, period) == expected


def test_carers_fell_from_survey_to_survey() -> None:
    """Social contact of carers worsened over four surveys, though no step stands out alone."""
    frame = hwb.load("fingertips:90638", areas=COUNTY)
    rows = frame[(frame["sex"] == "Persons") & (frame["category"] == "")].sort_values("period_end")
    assert rows["period"].tolist() == ["2012/13", "2014/15", "2016/17", "2018/19"]
    assert rows["value"].is_monotonic_decreasing
    assert rows["upper_95"].iloc[-1] < rows["lower_95"].iloc[0]


def test_most_people_leave_hospital_on_the_day_they_are_ready() -> None:
    """The strategy says that most do, and that a few wait longer."""
    assert year("discharge:same-day")["value"] > 50


def test_the_two_means_of_days_and_the_share_hang_together() -> None:
    """Days over all is the share delayed times the days of the delayed, as in the strategy."""
    share = float(year("discharge:same-day")["value"]) / 100
    days, delayed = (
        float(year(f"discharge:{slug}")["value"]) for slug in ("days", "days-when-delayed")
    )
    assert days == pytest.approx((1 - share) * delayed, abs=0.005)
