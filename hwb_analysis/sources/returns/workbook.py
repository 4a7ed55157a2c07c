"""A form as a workbook that guides the hand: lists to choose from, headings that stay."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from textwrap import wrap
from typing import Any

from hwb_analysis.sources.local.faults import Column
from hwb_analysis.sources.returns.forms import LISTS, MEASURES, Form
from hwb_analysis.strategy.model import Strategy

FONT = "Arial"
SPARE_ROWS = 30
WIDTHS = {
    "Measure": 44,
    "Commitment": 44,
    "Priority": 26,
    "Measures served": 30,
    "Note": 44,
    "Evidence": 44,
    "Who": 24,
}
WIDTH = 16
DAYS = ("Period start", "Period end", "Date of return")
NUMBERS = ("Value", "Count", "Denominator")
LINE_HEIGHT, MOST_LINES = 15, 20
GUIDE_WIDTH = 100
INK, PAPER, ANSWER = "FF12436D", "FFFFFFFF", "FFE4F0FA"
RULE = "FFC8CBCD"
INSTRUCTIONS = {
    "measures": (
        "Fill one row for each measure that you hold evidence for; leave the others empty.",
        "A measure needs a value, or a status, or both. With a value give its period, its unit "
        "and a status of final or provisional. Without a value say how far the work has come: "
        "not started, under way, done or stopped.",
        "Give count and denominator where you have them: an interval can then be shown. The "
        "value may be left empty when both are there and the unit is a share or a rate.",
        "Without a count a figure is only shown when Published says yes: it is public already, "
        "and nothing needs to be hidden.",
        "For a second period of one measure use an empty row below the last one, and choose the "
        "id.",
    ),
    "commitments": (
        "Fill one row for each commitment that you can report on; leave the others empty.",
        "Status is one of: not started, under way, done, stopped.",
        "Measures served holds all measures of the priority; delete the ids of those that the "
        "commitment does not serve.",
        "Evidence is a title, a minute or an address that a reader can follow.",
    ),
}
FOR_BOTH = (
    "Days are written 2026-03-31 or 31/03/2026. No day may lie in the future.",
    "Who is a team or a role, not a person's name and not an e-mail address: it is published.",
    "Write figures on fewer than eight people only into Count, never into a note: counts are "
    "checked and hidden before anything is published, texts are not.",
    "A row that is left empty is shown as: no return received.",
)


def write_xlsx(path: Path, form: Form, rows: Sequence[tuple[str, ...]], strategy: Strategy) -> None:
    """Write one form as a workbook: instructions, the form, and the lists to choose from."""
    # By name, here and below, since openpyxl has no types.
    book = import_module("openpyxl").Workbook()
    about = book.properties
    about.title = f"{strategy.strategy.title}: returns on {form.name}"
    about.creator = strategy.strategy.publisher
    about.language = "en-GB"
    about.created = about.modified = datetime(strategy.strategy.starts, 1, 1)
    guide = book.worksheets[0]
    guide.title = "Instructions"
    _instruct(guide, form, about.title)
    _fill(book.create_sheet(form.sheet), form, rows)
    _lists(book, form, rows)
    half = path.with_suffix(".part")
    book.save(half)
    os.replace(half, path)


def _instruct(sheet: Any, form: Form, title: str) -> None:
    styles = import_module("openpyxl.styles")
    lines = [title, *INSTRUCTIONS[form.name], *FOR_BOTH]
    lines.append(f"The form is on the sheet {form.sheet}; the blue cells are yours to fill.")
    for number, line in enumerate(lines, start=1):
        cell = sheet.cell(number, 1, line)
        cell.data_type = "s"
        cell.font = styles.Font(name=FONT, bold=number == 1, size=14 if number == 1 else 11)
        cell.alignment = styles.Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[number].height = LINE_HEIGHT * (_lines(line, GUIDE_WIDTH) + 0.5)
    sheet.column_dimensions["A"].width = GUIDE_WIDTH
    sheet.page_setup.orientation = "landscape"
    _protect(sheet)


def _lines(text: str, width: int) -> int:
    """Return how many lines a text takes; not every program works it out by itself."""
    return min(MOST_LINES, len(wrap(text, max(width - 4, 1))) or 1)


def _protect(sheet: Any) -> None:
    # Without a password: it guards against a slip of the hand, not against a will.
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False


def _fill(sheet: Any, form: Form, rows: Sequence[tuple[str, ...]]) -> None:
    styles = import_module("openpyxl.styles")
    last = len(rows) + 1 + (SPARE_ROWS if form is MEASURES else 0)
    for place, heading in enumerate(form.headings):
        head = sheet.cell(1, place + 1, heading)
        head.font = styles.Font(name=FONT, bold=True, color=PAPER)
        head.fill = styles.PatternFill("solid", fgColor=INK)
        head.alignment = styles.Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[Column(place).letter].width = WIDTHS.get(heading, WIDTH)
    for row in range(2, last + 1):
        given = rows[row - 2] if row - 2 < len(rows) else ()
        for place, heading in enumerate(form.headings):
            text = given[place] if place < len(given) else ""
            _cell(sheet.cell(row, place + 1), heading, text, bool(given), form, styles)
        lines = [
            _lines(t, WIDTHS.get(h, WIDTH)) for t, h in zip(given, form.headings, strict=False)
        ]
        sheet.row_dimensions[row].height = LINE_HEIGHT * max(lines, default=1) + 3
    sheet.row_dimensions[1].height = LINE_HEIGHT * 2
    _tag(sheet, form, last)
    _protect(sheet)


def _cell(cell: Any, heading: str, text: str, is_given: bool, form: Form, styles: Any) -> None:
    if text:
        cell.value = text
        # Else a text that starts with an equals sign would become a formula.
        cell.data_type = "s"
    open_cell = heading not in form.given or not is_given
    cell.font = styles.Font(name=FONT)
    cell.protection = styles.Protection(locked=not open_cell)
    cell.alignment = styles.Alignment(wrap_text=True, vertical="top")
    side = styles.Side(style="thin", color=RULE)
    cell.border = styles.Border(bottom=side, right=side)
    if open_cell:
        cell.fill = styles.PatternFill("solid", fgColor=ANSWER)
    if heading in DAYS:
        cell.number_format = "yyyy-mm-dd"


def _tag(sheet: Any, form: Form, last: int) -> None:
    """Make the range a table, so that a screen reader knows its headings."""
    table = import_module("openpyxl.worksheet.table").Table(
        displayName=f"{form.sheet}Form", ref=f"A1:{_letter(form, -1)}{last}"
    )
    table._initialise_columns()
    for column, heading in zip(table.tableColumns, form.headings, strict=True):
        column.name = heading
    table.autoFilter = None
    sheet.add_table(table)
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _letter(form: Form, place: int) -> str:
    return Column(place % len(form.headings)).letter


def _lists(book: Any, form: Form, rows: Sequence[tuple[str, ...]]) -> None:
    styles = import_module("openpyxl.styles")
    validation = import_module("openpyxl.worksheet.datavalidation").DataValidation

    form_sheet, lists = book[form.sheet], book.create_sheet("Lists")
    own = {heading: words for (name, heading), words in LISTS.items() if name == form.name}
    own[form.given[0]] = tuple(row[0] for row in rows)
    for place, (heading, words) in enumerate(own.items()):
        lists.cell(1, place + 1, heading).font = styles.Font(bold=True)
        lists.column_dimensions[Column(place).letter].width = WIDTH
        for number, word in enumerate(words, start=2):
            lists.cell(number, place + 1, word).data_type = "s"
        letter = Column(place).letter
        source = f"Lists!${letter}$2:${letter}${len(words) + 1}"
        rule = validation(type="list", formula1=source, allow_blank=True)
        _guard(form_sheet, form, heading, rule, "choose from the list")
    for heading in (h for h in form.headings if h in DAYS):
        rule = validation(type="date", operator="greaterThan", formula1="36525")
        _guard(form_sheet, form, heading, rule, "a day such as 2026-03-31")
    for heading in (h for h in form.headings if h in NUMBERS):
        kind = "decimal" if heading == "Value" else "whole"
        rule = validation(type=kind, operator="greaterThanOrEqual", formula1="0")
        _guard(form_sheet, form, heading, rule, "a number, 0 or more")
    _protect(lists)


def _guard(sheet: Any, form: Form, heading: str, rule: Any, hint: str) -> None:
    letter = _letter(form, form.headings.index(heading))
    rule.allow_blank = True
    rule.showErrorMessage = rule.showInputMessage = True
    rule.errorTitle = rule.promptTitle = heading
    rule.error = rule.prompt = hint
    rule.add(f"{letter}2:{letter}{sheet.max_row}")
    sheet.add_data_validation(rule)
