"""Periods: known labels, refused labels, and what follows from the dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwb_analysis.errors import DataContractError
from hwb_analysis.periods import Period, parse_period
from hwb_analysis.vocabulary import PeriodKind

KNOWN = [
    ("2021", PeriodKind.CALENDAR, "2021-01-01", "2021-12-31", "2021", "calendar"),
    ("2021/22", PeriodKind.CALENDAR, "2021-04-01", "2022-03-31", "2021/22", "financial"),
    ("2021/22", PeriodKind.ACADEMIC, "2021-09-01", "2022-08-31", "2021/22", "academic"),
    ("1999/00", PeriodKind.FINANCIAL, "1999-04-01", "2000-03-31", "1999/00", "financial"),
    ("2018 - 20", PeriodKind.CALENDAR, "2018-01-01", "2020-12-31", "2018 - 20", "rolling"),
    ("2018-2020", PeriodKind.CALENDAR, "2018-01-01", "2020-12-31", "2018 - 20", "rolling"),
    ("1999 - 01", PeriodKind.CALENDAR, "1999-01-01", "2001-12-31", "1999 - 01", "rolling"),
    (
        "2021/22-23/24",
        PeriodKind.FINANCIAL,
        "2021-04-01",
        "2024-03-31",
        "2021/22 - 23/24",
        "rolling",
    ),
    ("2023/24 Q2", PeriodKind.FINANCIAL, "2023-07-01", "2023-09-30", "2023/24 Q2", "quarter"),
    ("2023 Q1", PeriodKind.CALENDAR, "2023-01-01", "2023-03-31", "2023 Q1", "quarter"),
    ("2021-01-01/P3Y", PeriodKind.CALENDAR, "2021-01-01", "2023-12-31", "2021 - 23", "rolling"),
    ("2021-04-01/P1Y", PeriodKind.CALENDAR, "2021-04-01", "2022-03-31", "2021/22", "financial"),
    ("2021-09-01/P1Y", PeriodKind.CALENDAR, "2021-09-01", "2022-08-31", "2021/22", "academic"),
    ("2024-02-01/P1M", PeriodKind.CALENDAR, "2024-02-01", "2024-02-29", "Feb 2024", "month"),
    (
        "2015-11-16/P1Y",
        PeriodKind.CALENDAR,
        "2015-11-16",
        "2016-11-15",
        "Nov 2015 to Nov 2016",
        "survey",
    ),
    ("2021-03-21", PeriodKind.CALENDAR, "2021-03-21", "2021-03-21", "21 Mar 2021", "day"),
]


@pytest.mark.parametrize(("text", "year", "start", "end", "label", "kind"), KNOWN)
def test_known_labels(
    text: str, year: PeriodKind, start: str, end: str, label: str, kind: str
) -> None:
    """Each published form has its days, its label and its kind."""
    found = parse_period(text, year)
    assert (found.start.isoformat(), found.end.isoformat()) == (start, end)
    assert (found.label, found.kind.value) == (label, kind)


@pytest.mark.parametrize(
    "text", ["", "21/22", "2021/23", "2020 - 18", "2021 Q5", "spring", "2021-1"]
)
def test_refused_labels(text: str) -> None:
    """A label that is not known, or ends before it starts, is refused."""
    with pytest.raises(DataContractError):
        parse_period(text)


@given(st.integers(1950, 2090), st.sampled_from(list(PeriodKind)[:3]))
def test_labels_read_back(year: int, kind: PeriodKind) -> None:
    """A canonical label means the period it was written for."""
    label = str(year) if kind is PeriodKind.CALENDAR else f"{year}/{(year + 1) % 100:02d}"
    found = parse_period(label, kind)
    assert found.label == label
    assert parse_period(found.label, kind) == found
    assert 365 <= (found.end - found.start).days + 1 <= 366


def test_shared_fraction_of_rolling_years() -> None:
    """2017-19 and 2018-20 share two thirds of their days; 2017-19 and 2020-22 none."""
    first, next_, third = (parse_period(t) for t in ("2017 - 19", "2018 - 20", "2020 - 22"))
    assert first.shared_fraction(next_) == pytest.approx(2 / 3, abs=0.001)
    assert first.shared_fraction(third) == 0
    assert first.shared_fraction(first) == 1
    assert first.overlaps(next_)
    assert not first.overlaps(third)


@given(st.dates(date(1990, 1, 1), date(2080, 1, 1)), st.integers(0, 3000))
def test_age_never_falls_as_time_goes_on(end: date, days: int) -> None:
    """A figure does not grow younger."""
    period = Period(end, end, "x", PeriodKind.DAY)
    day = end + timedelta(days=days)
    assert period.age_in_months(day) <= period.age_in_months(day + timedelta(days=1))
    assert period.age_in_months(end) == 0


def test_age_is_in_whole_months() -> None:
    """31 March 2024 is seven months old on 31 October and not on 30 October."""
    period = parse_period("2023/24")
    assert period.age_in_months(date(2024, 10, 31)) == 7
    assert period.age_in_months(date(2024, 10, 30)) == 6
