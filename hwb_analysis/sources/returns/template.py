"""Write the two forms, each as CSV and as a workbook that guides the hand."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from hwb_analysis.errors import OutputError
from hwb_analysis.sources.local.faults import Column
from hwb_analysis.sources.local.folder import local_folder
from hwb_analysis.sources.returns.forms import COMMITMENTS, LISTS, MEASURES, Form, given_rows
from hwb_analysis.strategy.model import Strategy

SPARE_ROWS = 60
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
INK, PAPER, ANSWER = "FF12436D", "FFFFFFFF", "FFE4F0FA"
INSTRUCTIONS = {
    "measures": (
        "Fill one row for each measure that you hold evidence for; leave the others empty.",
        "A measure needs a value, or a status, or both. With a value give its period, its unit "
        "and a status of final or provisional. Without a value say how far the work has come: "
        "not started, under way, done or stopped.",
        "Give count and denominator where you have them: an interval can then be shown. The "
        "value may be left empty when both are there and the unit is a share or a rate.",
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


def write_templates(
    strategy: Strategy, folder: Path | str | None = None, *, overwrite: bool = False
) -> tuple[Path, ...]:
    """Write the forms for measures and commitments, as CSV and XLSX.

    Parameters
    ----------
    strategy
        Whose local and qualitative measures, and whose commitments, are asked for.
    folder
        Where to; by default ``data/local/returns``.
    overwrite
        Whether a form that is there may be replaced; it may have been filled.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    OutputError
        When a form is there already, or the folder cannot be written.
    """
    place = Path(folder) if folder is not None else local_folder() / "returns"
    forms = (MEASURES, COMMITMENTS)
    paths = [place / f"{form.name}.{kind}" for form in forms for kind in ("csv", "xlsx")]
    held = [path.name for path in paths if path.exists()]
    if held and not overwrite:
        raise OutputError(
            f"no forms were expected in the folder, it holds {', '.join(held)}",
            where=str(place),
            remedy="name an empty folder, or ask for them to be replaced",
        )
    try:
        place.mkdir(parents=True, exist_ok=True)
        for form in forms:
            rows = given_rows(strategy, form)
            _write_csv(place / f"{form.name}.csv", form, rows)
            _write_xlsx(place / f"{form.name}.xlsx", form, rows, strategy)
    except OSError as error:
        raise OutputError(
            f"the forms cannot be written: {error.strerror or error}",
            where=str(place),
            remedy="free space or choose another folder",
        ) from error
    return tuple(paths)


def _write_csv(path: Path, form: Form, rows: Sequence[tuple[str, ...]]) -> None:
    blank = ("",) * len(form.answers)
    half = path.with_suffix(".part")
    # The mark at the head lets a spreadsheet read the file as UTF-8.
    with half.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(form.headings)
        writer.writerows((*row, *blank) for row in rows)
    os.replace(half, path)


def _write_xlsx(
    path: Path, form: Form, rows: Sequence[tuple[str, ...]], strategy: Strategy
) -> None:
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
        cell.alignment = styles.Alignment(wrap_text=True, vertical="top")
        if number == 1:
            cell.font = styles.Font(bold=True, size=14)
    sheet.column_dimensions["A"].width = 100
    _protect(sheet)


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
        head.font = styles.Font(bold=True, color=PAPER)
        head.fill = styles.PatternFill("solid", fgColor=INK)
        head.alignment = styles.Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[Column(place).letter].width = WIDTHS.get(heading, WIDTH)
        for row in range(2, last + 1):
            cell = sheet.cell(row, place + 1)
            if row - 2 < len(rows) and place < len(rows[0]):
                cell.value = rows[row - 2][place]
                cell.data_type = "s"
            open_cell = heading not in form.given or row - 2 >= len(rows)
            cell.protection = styles.Protection(locked=not open_cell)
            cell.alignment = styles.Alignment(wrap_text=True, vertical="top")
            if open_cell:
                cell.fill = styles.PatternFill("solid", fgColor=ANSWER)
            if heading in DAYS:
                cell.number_format = "yyyy-mm-dd"
    _tag(sheet, form, last)
    _protect(sheet)


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
