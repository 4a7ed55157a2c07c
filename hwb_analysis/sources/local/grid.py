"""What a reader hands on: rows of cells as they stand in the file, with their remarks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from hwb_analysis.errors import did_you_mean
from hwb_analysis.sources.local.cells import is_blank
from hwb_analysis.sources.local.faults import Column, Faults, shorten

LOOKED_AT = 30
FORMULA_EMPTY, ERROR = "formula without a result", "error"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the table stands in a file; empty fields are found out."""

    headings: tuple[str, ...]
    sheet: str = ""
    header_row: int = 1
    encoding: str = ""
    separator: str = ""


@dataclass(slots=True)
class Grid:
    """The rows of one sheet, numbered from 1 as a spreadsheet numbers them.

    No rows at all (None) means that the file could not be opened, and why was noted.
    ``special`` names cells whose content is not what it seems: an error value, or a formula
    that no result is stored for. ``ragged`` is true where rows may differ in length.
    """

    rows: Iterable[Sequence[object]] | None
    sheet: str = ""
    special: Mapping[tuple[int, int], str] = field(default_factory=dict)
    formulas: int = 0
    ragged: bool = False
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Table:
    """The columns that were asked for, by heading; the index holds the rows' numbers."""

    cells: pd.DataFrame
    columns: Mapping[str, Column]
    sheet: str = ""
    blank_rows: int = 0
    remarks: tuple[str, ...] = ()


def same(heading: object) -> str:
    """Return a heading as it is compared: one space, no case."""
    return " ".join(str(heading).split()).casefold()


def table_of(grid: Grid, layout: Layout, faults: Faults, most_rows: int) -> Table:
    """Return the wanted columns of a grid; faults of headings and of row lengths are noted."""
    if grid.rows is None:
        return Table(pd.DataFrame(), {})
    rows = enumerate(grid.rows, start=1)
    above = [row for _, row in zip(range(layout.header_row), rows, strict=False)]
    heads = above[-1][1] if len(above) == layout.header_row else ()
    if all(is_blank(head) for head in heads):
        found = next((row for row in rows if not all(map(is_blank, row[1]))), None)
        _no_headings(layout, found, faults)
        return Table(pd.DataFrame(), {})
    columns = _find(heads, layout, faults)
    if len(columns) < len(layout.headings):
        _hint_at_headings(rows, layout, faults)
        return Table(pd.DataFrame(), columns)
    filler = _Filler(columns, len(heads), grid, faults, most_rows)
    for number, row in rows:
        filler.add(number, row)
    return filler.table()


def _no_headings(
    layout: Layout, found: tuple[int, Sequence[object]] | None, faults: Faults
) -> None:
    if found is None:
        faults.add("headings and rows were expected, the file is empty", "send the file again")
        return
    faults.add(
        f"the headings {', '.join(layout.headings)} were expected, the row is blank",
        f"row {found[0]} is the first with content: write header_row: {found[0]} in the map, or "
        "remove the blank rows above it",
        Column(0),
        (layout.header_row,),
    )


def _find(heads: Sequence[object], layout: Layout, faults: Faults) -> dict[str, Column]:
    places: dict[str, list[int]] = {}
    for place, head in enumerate(heads):
        places.setdefault(same(head), []).append(place)
    names = [" ".join(str(h).split()) for h in heads if not is_blank(h)]
    columns = {}
    for wanted in layout.headings:
        found = places.get(same(wanted), [])
        if len(found) == 1:
            columns[wanted] = Column(found[0], wanted)
        elif found:
            _twice(wanted, found, layout, faults)
        else:
            rule = f"the heading '{shorten(wanted)}' was expected and is missing"
            shown = [shorten(n, 40) for n in names[:LOOKED_AT]]
            last = Column(len(heads) - 1) if heads else None
            faults.add(rule, did_you_mean(wanted, shown), last, (layout.header_row,))
    return columns


def _twice(wanted: str, found: list[int], layout: Layout, faults: Faults) -> None:
    letters = " and ".join(Column(place).letter for place in found)
    faults.add(
        f"the heading stands {len(found)} times, in columns {letters}",
        "rename all but one",
        Column(found[1], wanted),
        (layout.header_row,),
    )


def _hint_at_headings(
    rows: Iterable[tuple[int, Sequence[object]]], layout: Layout, faults: Faults
) -> None:
    wanted = {same(h) for h in layout.headings}
    for _, (number, row) in zip(range(LOOKED_AT), rows, strict=False):
        if wanted <= {same(cell) for cell in row}:
            faults.add(
                f"all headings stand in row {number}, not in row {layout.header_row}",
                f"write header_row: {number} in the map, or remove the rows above",
                rows=(number,),
            )
            return


class _Filler:
    """Fills the wanted columns row by row and notes rows that are too long or too short."""

    def __init__(
        self, columns: dict[str, Column], width: int, grid: Grid, faults: Faults, most: int
    ) -> None:
        self._columns, self._width, self._grid, self._most = columns, width, grid, most
        self._faults = faults
        self._numbers: list[int] = []
        self._blank = 0
        self._held: list[list[object]] = [[] for _ in columns]
        # Texts of a column repeat: one object for all equal ones keeps the memory small.
        self._memo: dict[str, str] = {}
        self._long: dict[int, list[int]] = {}
        self._short: dict[int, list[int]] = {}

    def add(self, number: int, row: Sequence[object]) -> None:
        if len(self._numbers) >= self._most:
            return
        if all(map(is_blank, row)):
            self._blank += 1
            return
        if len(row) != self._width and not self._fits(number, row):
            return
        self._numbers.append(number)
        for column, held in zip(self._columns.values(), self._held, strict=True):
            cell = row[column.position] if column.position < len(row) else ""
            held.append(self._memo.setdefault(cell, cell) if isinstance(cell, str) else cell)

    def _fits(self, number: int, row: Sequence[object]) -> bool:
        if len(row) < self._width:
            if self._grid.ragged:
                self._short.setdefault(len(row), []).append(number)
            return not self._grid.ragged
        extra = [p for p in range(self._width, len(row)) if not is_blank(row[p])]
        if extra:
            self._long.setdefault(extra[0], []).append(number)
        return not extra

    def table(self) -> Table:
        self._tell()
        index = pd.Index(self._numbers, dtype="int64", name="row")
        cells = pd.DataFrame(
            {
                name: pd.Series(held, index=index, dtype=object)
                for name, held in zip(self._columns, self._held, strict=True)
            },
            index=index,
        )
        remarks = tuple(self._grid.remarks)
        return Table(cells, self._columns, self._grid.sheet, self._blank, remarks)

    def _tell(self) -> None:
        for place, rows in self._long.items():
            self._faults.add(
                f"{self._width} columns have a heading, and a cell stands to the right of them",
                "put texts with a separator in quotes, or give the column a heading",
                Column(place),
                rows,
            )
        for length, rows in self._short.items():
            self._faults.add(
                f"{self._width} cells were expected, {length} came",
                "the row is cut short or broken by a line end: save the file again",
                Column(length),
                rows,
            )
        if len(self._numbers) >= self._most:
            self._faults.add(
                f"at most {self._most:,} rows were expected", "divide the file", rows=()
            )
        self._tell_special()

    def _tell_special(self) -> None:
        wanted = {column.position: column for column in self._columns.values()}
        found: dict[tuple[int, str], list[int]] = {}
        for (row, place), kind in self._grid.special.items():
            if place in wanted:
                found.setdefault((place, kind), []).append(row)
        for (position, kind), rows in found.items():
            rule, remedy = _SPECIAL[kind]
            self._faults.add(rule, remedy, wanted[position], sorted(rows))


_SPECIAL = {
    ERROR: (
        "a value was expected, an error of the spreadsheet came",
        "mend the formula there, or leave the cell empty",
    ),
    FORMULA_EMPTY: (
        "a value was expected, a formula without a stored result came; formulas are not run",
        "open the file in a spreadsheet and save it, or paste the values",
    ),
}
