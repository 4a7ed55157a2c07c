"""From the cells of a local file to the tidy frame, by its column map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

import pandas as pd

from hwb_analysis.areas import Area
from hwb_analysis.errors import HwbError
from hwb_analysis.frame import KEY, NUMBERS
from hwb_analysis.periods import Period, parse_period
from hwb_analysis.sources.local.cells import CellError, convert, day, is_blank, number, text
from hwb_analysis.sources.local.column_map import ColumnMap, NumberColumn, TextColumn
from hwb_analysis.sources.local.faults import Faults
from hwb_analysis.sources.local.grid import Table
from hwb_analysis.sources.local.periods_read import read_label, span
from hwb_analysis.sources.local.places import Places
from hwb_analysis.vocabulary import Grade, Status

TEXTS = ("sex", "age", "category_type", "category", "note")
SEXES = {
    **dict.fromkeys(("male", "m", "males", "men"), "Male"),
    **dict.fromkeys(("female", "f", "females", "women"), "Female"),
    **dict.fromkeys(("persons", "p", "all", "both", "total"), "Persons"),
}
Mark = Status | None


class Tidy:
    """Makes the tidy frame of one table; every fault of a cell is noted on the way.

    Parameters
    ----------
    table
        Cells as read; its index holds the rows' numbers.
    column_map
        What the columns are.
    faults
        Takes what is wrong.
    """

    def __init__(self, table: Table, column_map: ColumnMap, faults: Faults) -> None:
        self._map, self._columns, self._faults = column_map, table.columns, faults
        self.left_out: dict[str, int] = {}
        self._cells = self._without_left_out(table.cells)

    def frame(self) -> pd.DataFrame:
        """Return the frame, indexed by the rows of the file, before the checks across columns."""
        out = pd.DataFrame(index=self._cells.index)
        self._areas(out)
        self._periods(out)
        for name in TEXTS:
            out[name] = self._text(name)
        self._numbers(out)
        series = self._map.series
        out["series_id"], out["vintage"] = series.id, series.release
        out["unit"], out["basis"] = series.unit, series.basis.value
        out["origin_id"] = series.id.replace(":", "-")
        return out

    def _without_left_out(self, cells: pd.DataFrame) -> pd.DataFrame:
        for part in self._map.leave_out:
            words = {" ".join(v.split()).casefold() for v in part.values}
            held = cells[part.column].map(lambda c: " ".join(str(c).split()).casefold())
            gone = held.isin(words)
            if gone.any():
                self.left_out[f"left out by the map, {part.column}"] = int(gone.sum())
            cells = cells.loc[~gone]
        return cells

    def _read(self, heading: str, parse: Callable[[object], Any]) -> list[Any]:
        column = self._columns[heading]
        return convert(self._cells[heading], self._cells.index, parse, column, self._faults)

    def _areas(self, out: pd.DataFrame) -> None:
        part = self._map.columns.area
        places = Places(part.by, part.words)
        if part.column:
            found: Sequence[Area | None] = self._read(
                part.column, lambda cell: places.find(_needed(cell, "an area"))
            )
        else:
            found = self._constant(lambda: Places("either").find(part.constant), "area")
        out["area_code"] = [a.code if a else "" for a in found]
        out["area"] = [a.name if a else "" for a in found]
        out["area_type"] = [a.area_type.value if a else "" for a in found]

    def _constant(self, make: Callable[[], Any], what: str) -> list[Any]:
        try:
            value = make()
        except (CellError, HwbError) as error:
            rule = error.rule if isinstance(error, CellError) else error.message
            self._faults.add(f"columns.{what}.constant of the map: {rule}", "mend the map")
            value = None
        return [value] * len(self._cells)

    def _periods(self, out: pd.DataFrame) -> None:
        part, kind = self._map.columns.period, self._map.series.year_kind
        found: Sequence[Period | None]
        if part.constant:
            found = self._constant(lambda: parse_period(part.constant, kind), "period")
        elif part.start:
            found = self._spans(part.start, part.end, part.format)
        else:
            found = self._read(
                part.column, lambda cell: read_label(cell, part.format, part.length, kind)
            )
        out["period"] = [p.label if p else "" for p in found]
        out["period_start"] = [p.start if p else None for p in found]
        out["period_end"] = [p.end if p else None for p in found]
        out["period_kind"] = [p.kind.value if p else "" for p in found]

    def _spans(self, start: str, end: str, form: str) -> list[Period | None]:
        form = "" if form == "label" else form

        def parse(cell: object) -> date:
            _needed(cell, "a day")
            return day(cell, form)

        firsts, lasts = self._read(start, parse), self._read(end, parse)
        backwards = [
            row
            for row, a, b in zip(self._cells.index, firsts, lasts, strict=True)
            if a and b and b < a
        ]
        if backwards:
            rule = "a last day after the first day was expected"
            self._faults.add(rule, "exchange the two days", self._columns[end], backwards)
        pairs = zip(firsts, lasts, strict=True)
        return [span(a, b) if a and b and a <= b else None for a, b in pairs]

    def _text(self, name: str) -> list[str]:
        part: TextColumn | None = getattr(self._map.columns, name)
        if part is None:
            return [""] * len(self._cells)
        if part.constant:
            return [part.constant] * len(self._cells)
        words = {k.strip().casefold(): v for k, v in part.words.items()}
        known = {**SEXES, **words} if name == "sex" else words

        def parse(cell: object) -> str:
            written = "" if is_blank(cell) else text(cell)
            replaced = known.get(written.casefold(), written)
            if name == "sex" and replaced not in SEXES.values():
                rule = f"Male, Female or Persons was expected, '{written}' came"
                raise CellError(rule, f"add '{written}': and one of them below words: of sex")
            return replaced

        return [value or "" for value in self._read(part.column, parse)]

    def _numbers(self, out: pd.DataFrame) -> None:
        marks: dict[str, list[Mark]] = {}
        for name in NUMBERS:
            part: NumberColumn | None = getattr(self._map.columns, name, None)
            if part is None:
                out[name] = float("nan")
                continue
            read = self._read(part.column, partial(self._figure, name))
            values = [v[0] if v else float("nan") for v in read]
            out[name] = pd.Series(values, index=out.index, dtype="float64")
            marks[name] = [v[1] if v else None for v in read]
            self._scale(out, name, part)
        self._status(out, marks)

    def _figure(self, name: str, cell: object) -> tuple[float, Mark]:
        if is_blank(cell):
            return float("nan"), Status.MISSING
        if isinstance(cell, str) and (mark := self._map.marks.get(cell.strip().casefold())):
            return float("nan"), mark
        percent = self._map.series.unit == "%" and name not in ("count", "denominator")
        return number(cell, decimal=self._map.decimal, percent=percent), None

    def _scale(self, out: pd.DataFrame, name: str, part: NumberColumn) -> None:
        if part.scale == "fraction":
            out[name] = out[name] * 100
            return
        values = out[name].dropna()
        share = self._map.series.unit == "%" and name == "value" and not part.scale
        if share and values.max() > 0 and values.between(0, 1).all() and not self._signed(part):
            self._faults.add(
                "per cent from 0 to 100 was expected, every value lies between 0 and 1",
                "write scale: fraction in the map if 0.25 means 25 per cent, else "
                "scale: as written",
                self._columns[part.column],
                values.index[:3],
            )

    def _signed(self, part: NumberColumn) -> bool:
        first = self._cells[part.column].iloc[:3]
        return any(isinstance(cell, str) and cell.strip().endswith("%") for cell in first)

    def _status(self, out: pd.DataFrame, marks: dict[str, list[Mark]]) -> None:
        hidden = pd.Series(False, index=out.index)
        for name in ("value", "count", "denominator"):
            found = [m is Status.SUPPRESSED for m in marks.get(name, [None] * len(out))]
            hidden = hidden | pd.Series(found, index=out.index)
        derived = "value" not in marks
        if derived:
            out["value"] = self._map.series.factor * out["count"] / out["denominator"]
        # One mask for all: any one of them would let the others be worked out.
        out.loc[hidden, ["value", "count", "lower_95", "upper_95"]] = float("nan")
        empty = out["value"].isna()
        out["status"] = Status.DERIVED.value if derived else Status.OK.value
        out.loc[empty, "status"] = Status.MISSING.value
        out.loc[empty & hidden, "status"] = Status.SUPPRESSED.value
        tested = out["lower_95"].notna() | (out["count"].notna() & out["denominator"].notna())
        out["grade"] = tested.map({True: Grade.A.value, False: Grade.C.value})


def _needed(cell: object, what: str) -> str:
    if is_blank(cell):
        raise CellError(f"{what} was expected, an empty cell came", "fill it, or remove the row")
    return str(cell) if isinstance(cell, date) else text(cell)


def doubled(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose key stands more than once."""
    return frame.loc[frame.duplicated(list(KEY), keep=False)]
