"""Rules that join the cells of one returned row.

A message never repeats a count: it may be one that nobody is to see.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from hwb_analysis.sources.returns.forms import PROGRESS
from hwb_analysis.sources.returns.model import FACTOR, Unit

Row = dict[str, Any]
Broken = Iterator[tuple[str, str, str]]
# A printed figure may be rounded to a whole unit.
ROUNDING = 0.51


def measure_rules(row: Row, today: date, target_unit: str) -> Broken:
    """Yield heading, rule and remedy of every rule that a measure's row breaks."""
    yield from _signed(row, today)
    yield from _period(row, today)
    yield from _status(row)
    yield from _counts(row)
    if _has_figure(row):
        yield from _figure(row, target_unit)


def commitment_rules(row: Row, today: date, _: str = "") -> Broken:
    """Yield heading, rule and remedy of every rule that a commitment's row breaks."""
    yield from _signed(row, today)
    if row["Status"] is None:
        yield "Status", f"one of {', '.join(PROGRESS)} was expected", "write how far it has come"


def _has_figure(row: Row) -> bool:
    return row["Value"] is not None or (row["Count"] is not None and row["Denominator"] is not None)


def _signed(row: Row, today: date) -> Broken:
    if not row["Who"]:
        yield "Who", "the team or role that answers for it was expected", "write it"
    given = row["Date of return"]
    if given is None:
        yield "Date of return", "the day of the return was expected", "write it as 2026-03-31"
    elif given > today:
        rule = f"a day up to {today} was expected, {given} came"
        yield "Date of return", rule, "no day may lie in the future"


def _period(row: Row, today: date) -> Broken:
    first, last, given = row["Period start"], row["Period end"], row["Date of return"]
    if (first is None) != (last is None):
        absent = "Period start" if first is None else "Period end"
        yield absent, "both days of the period were expected", "write first and last day"
        return
    if first is None:
        return
    if last < first:
        yield "Period end", f"a day from {first} was expected, {last} came", "exchange the days"
    elif last > today:
        rule = f"a period that ended by {today} was expected, {last} came"
        yield "Period end", rule, "give the last day that the figure covers"
    elif given is not None and given < last:
        rule = "a period that ended by the date of return was expected"
        yield "Period end", rule, "mend one of the two days"


def _status(row: Row) -> Broken:
    status = row["Status"]
    if status is None:
        yield "Status", "a status was expected", "final or provisional with a value; else progress"
    elif status not in PROGRESS and not _has_figure(row):
        rule = f"a figure was expected with the status {status}"
        yield "Value", rule, f"write the value, or one of {', '.join(PROGRESS)}"


def _counts(row: Row) -> Broken:
    count, base = row["Count"], row["Denominator"]
    if count is not None and (count < 0 or count != round(count)):
        yield "Count", "a whole number of 0 or more was expected", "write how many"
    if base is not None and base <= 0:
        yield "Denominator", "a number above 0 was expected", "write out of how many"
    if count is not None and row["Value"] is None and base is None:
        yield "Denominator", "a count alone makes no figure", "write its denominator or a value"


def _figure(row: Row, target_unit: str) -> Broken:
    unit = row["Unit"]
    if unit is None:
        yield "Unit", "the unit of the figure was expected", "choose one from the list"
        return
    if target_unit and unit != target_unit:
        rule = f"the unit {target_unit} of the strategy's target was expected, {unit} came"
        yield "Unit", rule, "give the figure in that unit"
    if row["Period start"] is None:
        yield "Period start", "the period of the figure was expected", "write first and last day"
    yield from _range(row["Value"], unit)
    yield from _agreement(row, Unit(unit))


def _range(value: float | None, unit: str) -> Broken:
    if value is None:
        return
    if unit == Unit.PER_CENT and not 0 <= value <= 100:
        yield "Value", "per cent from 0 to 100 was expected", "mend value or unit"
    elif unit != Unit.SCORE and value < 0:
        yield "Value", "a value of 0 or more was expected", "mend the value"
    elif unit == Unit.COUNT and value != round(value):
        yield "Value", "a whole number was expected", "mend value or unit"


def _agreement(row: Row, unit: Unit) -> Broken:
    value, count, base = row["Value"], row["Count"], row["Denominator"]
    if unit is Unit.COUNT and None not in (value, count) and value != count:
        rule = "a value that is the count was expected with the unit count"
        yield "Count", rule, "leave the count empty, or choose another unit"
    if count is None or base is None or base <= 0:
        return
    if unit is Unit.PER_CENT and count > base:
        yield "Count", "a count of at most its denominator was expected", "mend one of the two"
        return
    if unit not in FACTOR:
        if value is None:
            yield "Value", f"a value was expected with the unit {unit}", "write it"
        return
    if value is not None and abs(value - FACTOR[unit] * count / base) > ROUNDING:
        rule = "a value that agrees with count over denominator was expected"
        yield "Value", rule, "mend one of the three"
