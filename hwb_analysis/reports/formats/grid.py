"""The tables of a finished page as rows of cells, for spreadsheets and for column widths."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4 import Tag

NUMBER = re.compile(r"^[\N{MINUS SIGN}-]?\d{1,3}(?:,?\d{3})*(?:\.(\d+))?$")
NUMBER_CLASSES = {"number", "num", "numeric"}
# In letters of the size of table text: a line of A4, the margin of a cell, and the length
# at which a remark is wrapped rather than given more room.
LINE, MARGIN, WIDEST = 104, 2.8, 60
LONGEST_WORD, BOLD = 18, 1.2
# The long side of A4 against the short one, between the margins; and how many columns
# may stand upright whatever they hold.
LONG_SIDE, MANY = 1.5, 5
# The measures of the strategy have long names.
ROOM_FOR_NAMES = 1.3
# The names of measures are sentences: a quarter of what the other columns take.
NAMES_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as shown: its text, and its number when it shows nothing but one."""

    text: str
    number: float | None = None
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """One table: caption, headings, rows, and what is said around it.

    ``head_at`` is the position of the cell that heads each row, nothing when none does;
    ``notes`` explain marks and shorthand, ``remarks`` are the caption and cautions of the
    figure that the table belongs to, ``source`` its source line.
    """

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    head_at: int | None = None
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    source: str = ""
    composite: bool = False


def words(tag: Tag | None) -> str:
    """Return the text of an element on one line.

    Examples
    --------
    >>> from bs4 import BeautifulSoup
    >>> words(BeautifulSoup("<td><b>9 %</b><br>2024</td>", "html.parser").td)
    '9 % 2024'
    """
    return "" if tag is None else " ".join(tag.get_text(" ").split())


def cell(text: str, numeric: bool = False) -> Cell:
    """Return a cell; its number is read only where the column is one of numbers.

    Examples
    --------
    >>> cell("1,234.5", numeric=True)
    Cell(text='1,234.5', number=1234.5, decimals=1)
    >>> cell("=1+1").number is None
    True
    """
    found = NUMBER.match(text) if numeric else None
    if found is None:
        return Cell(text)
    value = float(text.replace(",", "").replace("\N{MINUS SIGN}", "-"))
    return Cell(text, value, len(found[1] or ""))


def read_grid(table: Tag) -> Grid:
    """Read a ``<table>`` with what the page says around it."""
    lines = [row for row in table.find_all("tr") if row.find_parent("thead") is None]
    head = table.find("thead") or table.find("tr")
    headings = tuple(words(h) for h in head.find_all("th")) if head else ()
    if head in lines:
        lines.remove(head)
    chart = table.find_parent(class_="chart")
    return Grid(
        caption=words(table.find("caption")),
        headings=headings,
        rows=tuple(_cells(row, len(headings)) for row in lines),
        head_at=_head_at(lines),
        notes=_before(table),
        remarks=tuple(words(p) for p in chart.select(".figure-note")) if chart else (),
        source=words(chart.select_one(".figure-source")) if chart else "",
        composite="measures" in _classes(table),
    )


def _classes(tag: Tag) -> list[str]:
    return list(tag.get_attribute_list("class"))


def _cells(row: Tag, width: int) -> tuple[Cell, ...]:
    # A cell that spans columns says one thing about all of them; the others do not apply.
    found: list[Cell] = []
    for part in row.find_all(["th", "td"]):
        numeric = bool(NUMBER_CLASSES & set(_classes(part)))
        found.append(cell(words(part), numeric))
        found += [Cell("[z]")] * (int(str(part.get("colspan") or 1)) - 1)
    return tuple(found + [Cell("[z]")] * (width - len(found)))


def _head_at(rows: list[Tag]) -> int | None:
    places = {_place(row) for row in rows}
    return places.pop() if len(places) == 1 else None


def _place(row: Tag) -> int | None:
    scopes = [part.get("scope") for part in row.find_all(["th", "td"])]
    return scopes.index("row") if "row" in scopes else None


def _before(table: Tag) -> tuple[str, ...]:
    region = table.find_parent(class_="table-scroll") or table
    note = region.find_previous_sibling()
    if note is not None and "table-note" in _classes(note):
        return (words(note),)
    return ()


def turned(grid: Grid) -> bool:
    """Say whether a table's columns or texts need the long side of the page."""
    places = range(len(grid.headings))
    crowded = sum(_needed(grid, place) for place in places) > LINE
    texts = sum(_typical(grid, place) for place in places)
    return not grid.composite and len(places) > MANY and (crowded or texts > 2 * LINE)


def widths(grid: Grid) -> list[float]:
    """Return the share of the width that each column should have; they add up to 1.

    Every column has room for its longest word; what is left goes to those whose texts
    are longer than that.

    Examples
    --------
    >>> rows = ((Cell("Upper Dale"), Cell("9.1")), (Cell("Lower Dale"), Cell("8.7")))
    >>> [round(w, 2) for w in widths(Grid("Shares", ("Area", "%"), rows))]
    [0.69, 0.31]
    """
    needed = [_needed(grid, place) for place in range(len(grid.headings))]
    wanted = [max(_typical(grid, place) - need, 0.0) for place, need in enumerate(needed)]
    line = LINE * LONG_SIDE if turned(grid) else LINE
    room = max(line - sum(needed), 0.0)
    extra = min(1.0, room / sum(wanted)) if sum(wanted) else 0.0
    asked = [need + extra * want for need, want in zip(needed, wanted, strict=True)]
    if grid.composite:
        # Rows of reasons have no name, so the names are not always found by their scope.
        names = grid.head_at or 0
        others = sum(asked) - asked[names]
        asked[names] = max(asked[names] * ROOM_FOR_NAMES, others * NAMES_SHARE)
    return [one / (sum(asked) or 1.0) for one in asked]


def _texts(grid: Grid, place: int) -> list[str]:
    return [row[place].text for row in grid.rows if row[place].text != "[z]"]


def _needed(grid: Grid, place: int) -> float:
    # Headings are bold; a cell has a margin on both sides.
    heading = max((len(w) * BOLD for w in grid.headings[place].split()), default=0)
    longest = max((len(w) for t in _texts(grid, place) for w in t.split()), default=0)
    return max(heading, min(longest, LONGEST_WORD)) + MARGIN


def _typical(grid: Grid, place: int) -> float:
    lengths = sorted(len(text) for text in _texts(grid, place))
    return min(lengths[len(lengths) * 3 // 4], WIDEST) + MARGIN if lengths else 0.0
