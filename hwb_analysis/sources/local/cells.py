"""One cell at a time: number, day, text; what cannot be read says why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar

from hwb_analysis.sources.local.faults import Column, Faults, shorten

T = TypeVar("T")

FORMULA = re.compile("^[=+\\-@\uff1d\uff0b\uff0d\uff20]")
DASHES = re.compile("^[-\u2010-\u2015\u2212]+$")
PLAIN = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)$", re.ASCII)
GROUPED = {
    ".": re.compile("^[+-]?\\d{1,3}([, \u00a0\u2009\u202f]\\d{3})+(\\.\\d+)?$", re.ASCII),
    ",": re.compile("^[+-]?\\d{1,3}([. \u00a0\u2009\u202f]\\d{3})+(,\\d+)?$", re.ASCII),
}
BETWEEN_GROUPS = {
    ".": re.compile("[, \u00a0\u2009\u202f]"),
    ",": re.compile("[. \u00a0\u2009\u202f]"),
}
SCIENTIFIC = re.compile(r"^[+-]?\d+([.,]\d+)?[eE][+-]?\d+$")
DAY_NUMBERS = (20_000, 80_000)
DAY_ZERO = date(1899, 12, 30)
DAY_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y")
KINDS_LISTED = 5


class CellError(Exception):
    """A cell does not read as what its column holds."""

    def __init__(self, rule: str, remedy: str) -> None:
        self.rule, self.remedy = rule, remedy
        super().__init__(rule)


def is_blank(cell: object) -> bool:
    """Say whether a cell is empty, or holds nothing but spaces."""
    return cell is None or cell != cell or (isinstance(cell, str) and not cell.strip())


def is_formula(text: str) -> bool:
    """Say whether a spreadsheet would run a text as a formula.

    A number with its sign is none, nor is a dash that stands for nothing.

    Examples
    --------
    >>> [is_formula(t) for t in ("=1+1", "@sum(a1)", "-5", "-", " +cmd|x", "up to 5")]
    [True, True, False, False, True, False]
    """
    bare = text.strip()
    return bool(FORMULA.match(bare)) and not PLAIN.match(bare) and not DASHES.match(bare)


def number(cell: object, *, decimal: str = ".", percent: bool = False) -> float:
    """Return the number in a cell.

    Parameters
    ----------
    cell
        Content of the cell, as text or as the workbook types it.
    decimal
        The decimal sign in texts, ``.`` or ``,``; the other one, a space or none may
        stand between groups of three digits.
    percent
        Whether a percent sign may follow, since the column holds per cent.

    Raises
    ------
    CellError
        When it is anything else.

    Examples
    --------
    >>> number("1,234.5"), number(" 45.2 %", percent=True), number("1.234,5", decimal=",")
    (1234.5, 45.2, 1234.5)
    """
    if isinstance(cell, (int, float, Decimal)) and not isinstance(cell, bool):
        return _finite(float(cell))
    if not isinstance(cell, str):
        raise _typed(cell, "a number")
    bare = cell.strip().replace("\u2212", "-")
    if is_formula(bare):
        raise formula(cell)
    if bare.endswith("%"):
        bare = _without_percent(bare, cell, percent)
    return _plain(bare, cell, decimal)


def _plain(bare: str, cell: str, decimal: str) -> float:
    if GROUPED[decimal].match(bare):
        bare = BETWEEN_GROUPS[decimal].sub("", bare)
    if decimal == ",":
        # A point is then between groups of thousands or a mistake, never a decimal sign.
        bare = bare.replace(".", "?").replace(",", ".")
    if PLAIN.match(bare):
        return float(bare)
    raise _no_number(cell.strip(), decimal)


def _finite(value: float) -> float:
    if value in (float("inf"), float("-inf")):
        raise CellError("a number was expected, infinity came", "leave the cell empty")
    return value


def _without_percent(bare: str, cell: str, percent: bool) -> str:
    if percent:
        return bare[:-1].strip()
    raise CellError(
        f"a number without a percent sign was expected, '{shorten(cell)}' came",
        "set the series' unit to '%', or take the sign away",
    )


def _no_number(text: str, decimal: str) -> CellError:
    rule = f"a number was expected, '{shorten(text)}' came"
    if decimal == "." and re.fullmatch(r"[+-]?\d+,\d+", text, re.ASCII):
        return CellError(rule, "if the comma is a decimal comma, write decimal: ',' in the map")
    if decimal == "," and re.fullmatch(r"[+-]?\d+\.\d+", text, re.ASCII):
        return CellError(rule, "the map says decimal: ','; write a comma, or change the map")
    if SCIENTIFIC.match(text):
        return CellError(rule, "show the column with all its digits and save the file again")
    if text.startswith("#"):
        return CellError(rule, "the spreadsheet could not work it out: mend the formula there")
    return CellError(
        rule,
        f"mend it, or if it means no figure add '{shorten(text, 12)}': suppressed or missing "
        "below missing: in the map",
    )


def formula(cell: object) -> CellError:
    """Return the refusal of a text that a spreadsheet would run."""
    return CellError(
        f"the text '{shorten(cell)}' starts like a formula and is not run",
        "paste the value in its place, or start the text with a letter",
    )


def _typed(cell: object, wanted: str) -> CellError:
    if isinstance(cell, bool):
        return CellError(
            f"{wanted} was expected, {str(cell).upper()} came", "write the figure or a word"
        )
    if isinstance(cell, (date, time, timedelta)):
        return CellError(
            f"{wanted} was expected, the date or time {cell} came",
            "the spreadsheet turned what was typed into a date: format the column as text, or "
            "as number, and type it again",
        )
    return CellError(f"{wanted} was expected, {type(cell).__name__} came", "write a plain value")


def text(cell: object) -> str:
    """Return the text in a cell; a whole number is written without decimals.

    Raises
    ------
    CellError
        When a spreadsheet would run it, or has made a date or a logical value of it.

    Examples
    --------
    >>> text("  North\u00a0 Dale "), text(2023.0)
    ('North Dale', '2023')
    """
    if isinstance(cell, str):
        if is_formula(cell):
            raise formula(cell)
        return " ".join(cell.split())
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        raise _typed(cell, "a text")
    return str(int(cell)) if float(cell).is_integer() else str(cell)


def day(cell: object, form: str = "") -> date:
    """Return the day in a cell.

    ``form`` is a form such as ``%d/%m/%Y``, or ``spreadsheet`` for the number of days that
    spreadsheets count; empty for 2024-03-31, 31/03/2024, 31 March 2024.

    Raises
    ------
    CellError
        When it is no day, or a day number where none was announced.

    Examples
    --------
    >>> day("31/03/2024").isoformat(), day("45382", "spreadsheet").isoformat()
    ('2024-03-31', '2024-03-31')
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    words = text(cell)
    if PLAIN.match(words) and DAY_NUMBERS[0] <= float(words) <= DAY_NUMBERS[1]:
        return _day_number(float(words), form)
    for known in (form,) if form and form != "spreadsheet" else DAY_FORMS:
        try:
            return datetime.strptime(words, known).date()
        except ValueError:
            continue
    raise CellError(
        f"a day was expected, '{shorten(words)}' came",
        f"write it in the form {form}" if "%" in form else "write 2024-03-31 or 31/03/2024",
    )


def _day_number(count: float, form: str) -> date:
    found = DAY_ZERO + timedelta(days=int(count))
    if form == "spreadsheet":
        return found
    raise CellError(
        f"a day was expected, the number {count:g} came",
        f"if it is a spreadsheet's number for {found}, write format: spreadsheet in the map, "
        "or format the column as a date",
    )


def convert(
    cells: Iterable[object],
    rows: Iterable[int],
    parse: Callable[[object], T],
    column: Column,
    faults: Faults,
) -> list[T | None]:
    """Return every cell as ``parse`` reads it, nothing where it cannot, and note the faults.

    Equal cells are read once. Of many different bad cells the first few are told in full.
    """
    known: dict[tuple[type, object], T | None] = {}
    bad: dict[tuple[type, object], tuple[CellError, list[int]]] = {}
    out: list[T | None] = []
    for row, cell in zip(rows, cells, strict=True):
        key = (cell.__class__, cell)
        if key not in known:
            try:
                known[key] = parse(cell)
            except CellError as error:
                known[key] = None
                bad[key] = (error, [])
        if key in bad:
            bad[key][1].append(row)
        out.append(known[key])
    _tell(list(bad.values()), column, faults)
    return out


def _tell(bad: list[tuple[CellError, list[int]]], column: Column, faults: Faults) -> None:
    for error, rows in bad[:KINDS_LISTED]:
        faults.add(error.rule, error.remedy, column, rows)
    rest = [row for _, rows in bad[KINDS_LISTED:] for row in rows]
    if rest:
        different = len(bad) - KINDS_LISTED
        rule = f"{different:,} more different cells do not read as what the column holds"
        faults.add(rule, "mend those above first and check again", column, sorted(rest))
