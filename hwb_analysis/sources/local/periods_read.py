"""Periods as offices write them, beyond the labels of publishers."""

from __future__ import annotations

import re
from datetime import date, timedelta

from hwb_analysis.errors import DataContractError
from hwb_analysis.periods import Period, parse_period
from hwb_analysis.sources.local.cells import CellError, day, is_blank, text
from hwb_analysis.vocabulary import PeriodKind

HYPHENED = re.compile(r"^(\d{4})\s*[-\u2013]\s*(\d{2}|\d{4})$")
SPLIT_YEARS = (PeriodKind.FINANCIAL, PeriodKind.ACADEMIC)


def read_label(
    cell: object, form: str, length: str | None, year_kind: PeriodKind = PeriodKind.CALENDAR
) -> Period:
    """Return the period that one cell names.

    Parameters
    ----------
    cell
        A label such as 2023/24, or a day.
    form
        ``label``, ``spreadsheet`` or a form of days.
    length
        How long a period is that is named by its first day, such as ``P1M``.
    year_kind
        How split years run; where they are financial or academic, 2023-24 is one year.

    Raises
    ------
    CellError
        When the cell is neither.

    Examples
    --------
    >>> read_label("2023-24", "label", None, PeriodKind.FINANCIAL).label
    '2023/24'
    >>> read_label("01/04/2023", "%d/%m/%Y", "P1M").end.isoformat()
    '2023-04-30'
    """
    if is_blank(cell):
        raise CellError("a period was expected, an empty cell came", "fill it")
    if length:
        return parse_period(f"{day(cell, '' if form == 'label' else form)}/{length}")
    if form != "label":
        return parse_period(str(day(cell, form)))
    label = text(cell)
    found = HYPHENED.match(label)
    if found and year_kind in SPLIT_YEARS and int(found[2]) % 100 == (int(found[1]) + 1) % 100:
        label = f"{found[1]}/{found[2][-2:]}"
    try:
        return parse_period(label, year_kind)
    except DataContractError as error:
        raise CellError(error.message, error.remedy or "write a label such as 2023/24") from error
    except ValueError as error:
        raise CellError(f"the day '{label}' does not exist", "mend it") from error


def span(first: date, last: date) -> Period:
    """Return the period from one day to another, by its usual name where it has one.

    Examples
    --------
    >>> span(date(2023, 4, 1), date(2024, 3, 31)).label
    '2023/24'
    >>> span(date(2023, 4, 1), date(2023, 4, 9)).label
    '1 Apr 2023 to 9 Apr 2023'
    """
    after = last + timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month
    if first.day == 1 and after.day == 1 and months in (1, 12, 24, 36, 60):
        return parse_period(f"{first}/P{months // 12}Y" if months > 1 else f"{first}/P1M")
    if first == last:
        return parse_period(first.isoformat())
    return parse_period(f"{first}/P{(last - first).days + 1}D")
