"""Periods of time: labels are for people, dates are for the computer.

Overlap, gaps and age are computed from the dates, never from the label.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from hwb_analysis.errors import DataContractError
from hwb_analysis.vocabulary import PeriodKind

# Services and surveys were disrupted in these days; periods that touch them are marked.
PANDEMIC = (date(2020, 3, 1), date(2022, 3, 31))
FIRST_MONTH = {PeriodKind.CALENDAR: 1, PeriodKind.FINANCIAL: 4, PeriodKind.ACADEMIC: 9}

_YEAR = re.compile(r"^(\d{4})$")
_SPLIT_YEAR = re.compile(r"^(\d{4})\s*/\s*(\d{2}|\d{4})$")
_RANGE = re.compile(r"^(\d{4})\s*[-–]\s*(\d{2}|\d{4})$")
_SPLIT_RANGE = re.compile(r"^(\d{4})/(\d{2})\s*[-–]\s*(?:20)?(\d{2})/(\d{2})$")
_QUARTER = re.compile(r"^(\d{4})/(\d{2})\s*Q([1-4])$")
_CALENDAR_QUARTER = re.compile(r"^(\d{4})\s*Q([1-4])$")
_ISO = re.compile(r"^(\d{4})-(\d{2})-(\d{2})/P(\d+)([YMD])$")
_DAY = re.compile(r"^(\d{4})-(\d{2})-(\d{2})$")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A closed interval of days with the label it is shown by.

    Examples
    --------
    >>> p = parse_period("2021-01-01/P3Y")
    >>> p.label, p.start.isoformat(), p.end.isoformat(), p.kind.value
    ('2021 - 23', '2021-01-01', '2023-12-31', 'rolling')
    """

    start: date
    end: date
    label: str
    kind: PeriodKind

    def overlaps(self, other: Period) -> bool:
        """Say whether the two share at least one day."""
        return self.start <= other.end and other.start <= self.end

    def shared_fraction(self, other: Period) -> float:
        """Return shared days over the geometric mean of the two lengths (0 to 1)."""
        shared = (min(self.end, other.end) - max(self.start, other.start)).days + 1
        if shared <= 0:
            return 0.0
        mine = (self.end - self.start).days + 1
        theirs = (other.end - other.start).days + 1
        return float(shared / (mine * theirs) ** 0.5)

    def age_in_months(self, as_of: date) -> int:
        """Return whole months from the end of the period to ``as_of`` (never negative)."""
        months = (as_of.year - self.end.year) * 12 + as_of.month - self.end.month
        if as_of.day < self.end.day:
            months -= 1
        return max(months, 0)


def parse_period(text: str, year_kind: PeriodKind = PeriodKind.CALENDAR) -> Period:
    """Read a published period label.

    Parameters
    ----------
    text
        ``2021``, ``2021/22``, ``2018 - 20``, ``2013/14-15/16``, ``2023/24 Q2``,
        ``2023 Q2``, an ISO interval ``2021-01-01/P3Y`` or a day ``2024-05-31``.
    year_kind
        How a split year such as ``2021/22`` runs: financial (April to March, also
        when calendar is given, since a split year is no calendar year) or academic
        (September to August).

    Returns
    -------
    Period
        Closed interval of days, canonical label and kind.

    Raises
    ------
    DataContractError
        When the label is none of the known forms or ends before it starts.

    Examples
    --------
    >>> parse_period("2023/24").end.isoformat()
    '2024-03-31'
    >>> parse_period("2023/24", PeriodKind.ACADEMIC).start.isoformat()
    '2023-09-01'
    >>> parse_period("2018 - 20").kind.value
    'rolling'
    """
    label = str(text).strip()
    split = year_kind if year_kind is not PeriodKind.CALENDAR else PeriodKind.FINANCIAL
    if m := _YEAR.match(label):
        return _years(int(m[1]), 1, PeriodKind.CALENDAR)
    if m := _SPLIT_YEAR.match(label):
        _expect_next(label, int(m[1]), m[2])
        return _years(int(m[1]), 1, split)
    if m := _RANGE.match(label):
        first, last = int(m[1]), _century(int(m[1]), m[2])
        return _years(first, _positive(last - first + 1, label), PeriodKind.CALENDAR)
    if m := _SPLIT_RANGE.match(label):
        first, last = int(m[1]), _century(int(m[1]), m[3])
        return _years(first, _positive(last - first + 1, label), split)
    if m := _QUARTER.match(label):
        return _quarter(int(m[1]), int(m[3]), 4)
    if m := _CALENDAR_QUARTER.match(label):
        return _quarter(int(m[1]), int(m[2]), 1)
    if m := _ISO.match(label):
        return _iso(date(int(m[1]), int(m[2]), int(m[3])), int(m[4]), m[5], label)
    if m := _DAY.match(label):
        day = date(int(m[1]), int(m[2]), int(m[3]))
        return Period(day, day, f"{day.day} {day:%b %Y}", PeriodKind.DAY)
    raise DataContractError(
        f"the period label '{text}' is none of the known forms",
        remedy="write 2021, 2021/22, 2018 - 20, 2023/24 Q2 or an ISO interval 2021-01-01/P3Y",
    )


def _century(first: int, last: str) -> int:
    if len(last) == 4:
        return int(last)
    guess = first // 100 * 100 + int(last)
    # 1999 - 01 runs into the next century; 2018 - 16 is a mistake, not a century.
    return guess + 100 if first % 100 > 90 and guess < first else guess


def _expect_next(label: str, first: int, last: str) -> None:
    if _century(first, last) != first + 1:
        raise DataContractError(
            f"the period '{label}' does not end in the year after it starts",
            remedy=f"write {first}/{(first + 1) % 100:02d}",
        )


def _positive(years: int, label: str) -> int:
    if years < 1:
        raise DataContractError(f"the period '{label}' ends before it starts")
    return years


def _add_months(day: date, months: int) -> date:
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _years(first: int, years: int, kind: PeriodKind) -> Period:
    start = date(first, FIRST_MONTH[kind], 1)
    end = _add_months(start, 12 * years) - timedelta(days=1)
    if kind is PeriodKind.CALENDAR:
        label = str(first) if years == 1 else f"{first} - {(first + years - 1) % 100:02d}"
    else:
        label = f"{first}/{(first + 1) % 100:02d}"
        if years > 1:
            label += f" - {(first + years - 1) % 100:02d}/{(first + years) % 100:02d}"
    return Period(start, end, label, kind if years == 1 else PeriodKind.ROLLING)


def _quarter(year: int, quarter: int, first_month: int) -> Period:
    start = _add_months(date(year, first_month, 1), 3 * (quarter - 1))
    end = _add_months(start, 3) - timedelta(days=1)
    name = str(year) if first_month == 1 else f"{year}/{(year + 1) % 100:02d}"
    return Period(start, end, f"{name} Q{quarter}", PeriodKind.QUARTER)


def _iso(start: date, length: int, unit: str, label: str) -> Period:
    _positive(length, label)
    if unit == "D":
        end = start + timedelta(days=length - 1)
    else:
        end = _add_months(start, length * (12 if unit == "Y" else 1)) - timedelta(days=1)
    if unit == "Y" and start.day == 1:
        for kind, month in FIRST_MONTH.items():
            if start.month == month:
                return _years(start.year, length, kind)
    if unit == "M" and length == 1 and start.day == 1:
        return Period(start, end, f"{start:%b %Y}", PeriodKind.MONTH)
    if unit == "Y":
        shown = f"{start:%b %Y} to {end:%b %Y}"
    else:
        shown = f"{start.day} {start:%b %Y} to {end.day} {end:%b %Y}"
    return Period(start, end, shown, PeriodKind.SURVEY)
