"""Remarks that a table repeats row after row, said once below it in print."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from hwb_analysis.reports.formats.grid import words

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

# Columns of remarks by their heading; other columns say what they say in each row.
REMARKS = ("note", "notes", "remark", "remarks", "reason", "caution")
LONG = 18
FEWEST_ROWS = 5
MOST_REMARKS = 6


def number_remarks(soup: BeautifulSoup, table: Tag) -> None:
    """Put ``note 1`` in place of a long remark that several rows share.

    The remarks follow the table. Tables with cells that span columns and columns whose
    remarks differ from row to row stay as they are.

    Examples
    --------
    >>> from bs4 import BeautifulSoup
    >>> head = "<thead><tr><th>Area</th><th>Note</th></tr></thead>"
    >>> row = "<tr><th scope='row'>A</th><td>derived from the four quarters</td></tr>"
    >>> soup = BeautifulSoup(f"<table>{head}{row * 6}</table>", "html.parser")
    >>> number_remarks(soup, soup.table)
    >>> words(soup.td), words(soup.find(class_="table-note"))
    ('note 1', 'note 1: derived from the four quarters.')
    """
    rows = [row.find_all(["th", "td"]) for row in table.find_all("tr")]
    head, rows = rows[0] if rows else [], rows[1:]
    whole = len({len(row) for row in rows}) == 1 and not table.select("[colspan]")
    if len(rows) < FEWEST_ROWS or not whole:
        return
    numbers: dict[str, int] = {}
    for heading, column in zip(head, zip(*rows, strict=True), strict=False):
        if words(heading).lower() in REMARKS:
            _number(column, numbers)
    if numbers:
        _say(soup, table, numbers)


def _number(column: tuple[Tag, ...], numbers: dict[str, int]) -> None:
    told = Counter(text for part in column if len(text := words(part)) > LONG)
    repeated = told.total() >= 2 * len(told)
    if not told or len(told) > MOST_REMARKS or not repeated:
        return
    for part in column:
        if (text := words(part)) in told:
            part.string = f"note {numbers.setdefault(text, len(numbers) + 1)}"


def _say(soup: BeautifulSoup, table: Tag, numbers: dict[str, int]) -> None:
    frame = soup.new_tag("div", attrs={"class": "table-note"})
    for text, number in numbers.items():
        line = soup.new_tag("p")
        line.string = f"note {number}: {text.removesuffix('.')}."
        frame.append(line)
    (table.find_parent(class_="table-scroll") or table).insert_after(frame)
