"""Every table of a page as an accessible spreadsheet, by the Analysis Function's rules.

A cover, a list of contents and a sheet of notes; one table a sheet, marked as a table,
its headings in one row; no merged, hidden or frozen cells, no colour that means anything;
numbers as numbers, and a shorthand with its meaning where there is none. Every text is
written as text, so that no cell can become a formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from hwb_analysis.reports.formats.document import facts, read_page
from hwb_analysis.reports.formats.grid import Cell, Grid, cell, read_grid, words
from hwb_analysis.reports.publish import INDEX_NAME
from hwb_analysis.tables import SHORTHAND

FONT, SIZE, TITLE_SIZE = "Arial", 12, 16
NARROWEST, WIDEST, COVER_WIDTH = 10, 45, 90
# In points; the format allows no taller row.
LINE, TALLEST = 16, 409
# The limit of the format; a longer text would be refused by the writer.
LONGEST = 32_767
MADE = datetime(2022, 1, 1, tzinfo=UTC).replace(tzinfo=None)
COVER, CONTENTS, NOTES = "Cover", "Contents", "Notes"
SAY_MISSING = {"number": "[x]", "text": "[z]"}


def make_xlsx(page: Path, *, data_date: str, content_key: str) -> bytes:
    """Return the tables of a finished page as a workbook; the same page, the same bytes.

    Parameters
    ----------
    page
        The page. Beside it ``figures/measures.csv`` or ``board.csv`` may hold the rows
        of measures tidily; they then take the place of the page's composite tables.
    data_date, content_key
        Stand on the cover.

    Raises
    ------
    OutputError
        When the page cannot be read.
    """
    soup = read_page(page)
    grids = sheets(page, [read_grid(table) for table in soup.select("main table")])
    title = words(soup.find("h1"))
    about = [("", data_date), *facts(soup), ("Content key", content_key)]
    out = io.BytesIO()
    # By name, since it publishes no types.
    with import_module("xlsxwriter").Workbook(
        out, {"in_memory": True, "strings_to_formulas": False}
    ) as book:
        book.set_properties({"title": title, "created": MADE, "comments": data_date})
        book.set_size(2400, 1600)
        writer = _Writer(book)
        writer.cover(title, words(soup.select_one(".masthead .name")), about)
        writer.contents(grids)
        notes = writer.notes(grids)
        for number, grid in enumerate(grids, start=1):
            writer.table(number, grid, notes[number - 1])
    return out.getvalue()


def sheets(page: Path, grids: Sequence[Grid]) -> list[Grid]:
    """Return the tables as they are written: composite ones from the tidy file beside them.

    A cell that shows value, interval and period together is for reading; the file beside
    the page holds each in a column of its own.
    """
    beside = "board.csv" if page.name == INDEX_NAME else "figures/measures.csv"
    tidy = page.parent / beside
    composite = [grid for grid in grids if grid.composite]
    if not composite or not tidy.is_file():
        return [_filled(grid) for grid in grids]
    caption = composite[0].caption if len(composite) == 1 else "All success measures"
    first = _from_csv(tidy, caption)
    return [first, *(_filled(grid) for grid in grids if not grid.composite)]


def _from_csv(path: Path, caption: str) -> Grid:
    with path.open(encoding="utf-8", newline="") as handle:
        head, *rows = list(csv.reader(handle))
    columns = [_column([row[place] for row in rows]) for place in range(len(head))]
    return Grid(
        caption=caption,
        headings=tuple(name.replace("_", " ").capitalize() for name in head),
        rows=tuple(zip(*columns, strict=True)),
        head_at=0,
    )


def _column(texts: Sequence[str]) -> list[Cell]:
    cells = [_read(text) for text in texts]
    numeric = all(one.number is not None for one in cells if one.text)
    missing = SAY_MISSING["number" if numeric and any(texts) else "text"]
    return [(one if numeric else Cell(one.text)) if one.text else Cell(missing) for one in cells]


def _read(text: str) -> Cell:
    found = cell(text, numeric=True)
    # A published figure is shown to the decimals that say something; more are noise.
    return replace(found, decimals=min(found.decimals, 4))


def _filled(grid: Grid) -> Grid:
    rows = tuple(tuple(c if c.text else Cell("[x]") for c in row) for row in grid.rows)
    nothing = tuple(Cell("[x]") for _ in grid.headings)
    return replace(grid, rows=rows or (nothing,))


def shorthand(grid: Grid) -> str:
    """Return one line that explains the shorthand a table uses, empty when none.

    Examples
    --------
    >>> shorthand(Grid("c", ("a",), ((Cell("[x]"),), (Cell("[c]"),))))
    'Shorthand: [c] confidential: suppressed by the publisher; [x] not available.'
    """
    used = sorted({c.text for row in grid.rows for c in row} & set(SHORTHAND))
    told = "; ".join(f"{mark} {SHORTHAND[mark]}" for mark in used)
    return f"Shorthand: {told}." if told else ""


def _remarks(grid: Grid) -> tuple[str, ...]:
    """Return what is said of a table; its shorthand is explained on the sheet itself."""
    return (*(text for text in grid.notes if not text.startswith("[")), *grid.remarks)


class _Writer:
    """Writes sheets in one look, and every text as text."""

    def __init__(self, book: Any) -> None:
        self.book = book
        plain = {"font_name": FONT, "font_size": SIZE, "text_wrap": True, "valign": "top"}
        self.plain = book.add_format(plain)
        self.right = book.add_format({**plain, "align": "right"})
        self.bold = book.add_format({**plain, "bold": True, "bottom": 1})
        self.title = book.add_format({**plain, "bold": True, "font_size": TITLE_SIZE})
        self.title.set_text_wrap(False)
        self.line = book.add_format({**plain, "text_wrap": False})
        self.link = book.add_format({**plain, "font_color": "#12436D", "underline": 1})
        self.numbers: dict[int, Any] = {}

    def cover(self, title: str, product: str, about: Sequence[tuple[str, str]]) -> None:
        """Write what the workbook is, from whom, and on what terms."""
        sheet = self._sheet(COVER, title)
        sheet.set_column(0, 0, COVER_WIDTH)
        lines = [product, "Every table of the report of this name, one a sheet."]
        lines += [f"{name}: {value}" if name else value for name, value in about if value]
        for row, text in enumerate(lines, start=1):
            sheet.write_string(row, 0, clipped(text), self.plain)
            self._height(sheet, row, [text], [COVER_WIDTH])

    def contents(self, grids: Sequence[Grid]) -> None:
        """Write the list of sheets with links."""
        sheet = self._sheet(CONTENTS, "Contents")
        sheet.write_string(1, 0, "This sheet contains one table.", self.line)
        listed = [(NOTES, "Notes and shorthand")]
        listed += [(_name(n), grid.caption) for n, grid in enumerate(grids, start=1)]
        headings = ("Sheet", "Description")
        self._mark(sheet, 2, headings, len(listed), "contents")
        for row, (name, text) in enumerate(listed, start=3):
            sheet.write_url(row, 0, f"internal:'{name}'!A1", self.link, name)
            sheet.write_string(row, 1, clipped(text), self.plain)
            self._height(sheet, row, [text], [COVER_WIDTH])
        sheet.set_column(0, 0, 14)
        sheet.set_column(1, 1, COVER_WIDTH)

    def notes(self, grids: Sequence[Grid]) -> list[list[int]]:
        """Write all remarks once, numbered; return the numbers that belong to each table."""
        shared = [f"{mark}: {meaning}" for mark, meaning in sorted(SHORTHAND.items())]
        numbers: dict[str, int] = {}
        of_each = [
            [numbers.setdefault(text, len(numbers) + 1) for text in _remarks(grid)]
            for grid in grids
        ]
        sheet = self._sheet(NOTES, "Notes")
        sheet.write_string(1, 0, "This sheet contains one table.", self.line)
        rows = [("Shorthand", text) for text in shared]
        rows += [(f"Note {number}", text) for text, number in numbers.items()]
        self._mark(sheet, 2, ("Note", "Text"), len(rows), "notes")
        for row, pair in enumerate(rows, start=3):
            for column, text in enumerate(pair):
                sheet.write_string(row, column, clipped(text), self.plain)
            self._height(sheet, row, pair, [14, COVER_WIDTH])
        sheet.set_column(0, 0, 14)
        sheet.set_column(1, 1, COVER_WIDTH)
        return of_each

    def table(self, number: int, grid: Grid, notes: Sequence[int]) -> None:
        """Write one table on a sheet of its own."""
        marks = "".join(f" [note {n}]" for n in notes)
        sheet = self._sheet(_name(number), f"Table {number}: {grid.caption}{marks}")
        told = ["This sheet contains one table.", shorthand(grid), grid.source]
        lines = [text for text in told if text]
        for row, text in enumerate(lines, start=1):
            sheet.write_string(row, 0, clipped(text), self.line)
        top = len(lines) + 1
        headings = unlike(grid.headings)
        self._mark(sheet, top, headings, len(grid.rows), f"table_{number}")
        wide = _widths(grid)
        self._height(sheet, top, headings, wide)
        for row, cells in enumerate(grid.rows, start=top + 1):
            self._height(sheet, row, [one.text for one in cells], wide)
            for column, one in enumerate(cells):
                self._write(sheet, row, column, one)
        for column, width in enumerate(wide):
            sheet.set_column(column, column, width)

    def _sheet(self, name: str, title: str) -> Any:
        sheet = self.book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.write_string(0, 0, clipped(title), self.title)
        return sheet

    def _height(self, sheet: Any, row: int, texts: Sequence[str], wide: Sequence[int]) -> None:
        # Not every program fits rows to wrapped text by itself.
        lines = max(-(-len(text) // width) for text, width in zip(texts, wide, strict=True))
        sheet.set_row(row, min(max(lines, 1) * LINE, TALLEST))

    def _mark(self, sheet: Any, top: int, headings: Sequence[str], rows: int, name: str) -> None:
        columns = [{"header": text, "header_format": self.bold} for text in headings]
        area = (top, 0, top + rows, len(headings) - 1)
        looks = {"autofilter": False, "style": None, "name": name, "columns": columns}
        sheet.add_table(*area, looks)
        sheet.repeat_rows(top)

    def _write(self, sheet: Any, row: int, column: int, one: Cell) -> None:
        if one.number is not None:
            sheet.write_number(row, column, one.number, self._number(one.decimals))
        else:
            look = self.right if one.text in SHORTHAND else self.plain
            sheet.write_string(row, column, clipped(one.text), look)

    def _number(self, decimals: int) -> Any:
        if decimals not in self.numbers:
            pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
            look = {"font_name": FONT, "font_size": SIZE, "valign": "top", "num_format": pattern}
            self.numbers[decimals] = self.book.add_format(look)
        return self.numbers[decimals]


def _name(number: int) -> str:
    return f"Table_{number}"


def clipped(text: str) -> str:
    """Return the text, cut where a cell cannot hold more."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def unlike(headings: Sequence[str]) -> list[str]:
    """Return headings of which none is empty and none like another, whatever its case.

    Examples
    --------
    >>> unlike(["Area", "area", ""])
    ['Area', 'area (2)', 'Column 3']
    """
    found: list[str] = []
    for place, heading in enumerate(headings, start=1):
        text = wanted = clipped(heading[:200]) or f"Column {place}"
        number = 2
        while text.lower() in (one.lower() for one in found):
            text, number = f"{wanted} ({number})", number + 1
        found.append(text)
    return found


def _widths(grid: Grid) -> list[int]:
    columns = zip(*grid.rows, strict=True)
    longest = [max((len(c.text) for c in column), default=0) for column in columns]
    asked = [
        max(long, *map(len, h.split()), 0) for long, h in zip(longest, grid.headings, strict=True)
    ]
    return [min(max(NARROWEST, one + 3), WIDEST) for one in asked]
