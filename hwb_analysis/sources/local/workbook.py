"""Workbooks: XLSX, ODS and XLS, read without running anything that is in them."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import python_calamine as calamine

from hwb_analysis.errors import did_you_mean
from hwb_analysis.sources.local.archive import AGAIN, BROKEN, TooLargeError, check_archive
from hwb_analysis.sources.local.faults import Column, Faults
from hwb_analysis.sources.local.grid import Grid, Layout
from hwb_analysis.sources.local.limits import Limits
from hwb_analysis.sources.local.scan import Scan, scan_ods, scan_xlsx

# A panic in the reader's own language comes as no ordinary exception.
PANIC = "PanicException"
FAR = "delete what stands far away from the table, and formats of empty rows"
XLS_REMARK = (
    "in an XLS file an error such as #DIV/0! looks like an empty cell; save as XLSX to have "
    "it found"
)


def read_workbook(path: Path, kind: str, layout: Layout, limits: Limits, faults: Faults) -> Grid:
    """Return the rows of one sheet; what stands against reading it is noted.

    ``kind`` is ``xlsx``, ``ods`` or ``xls``, by what the file holds.
    """
    if kind != "xls" and not check_archive(path, limits, faults):
        return Grid(None)
    try:
        book = calamine.load_workbook(path)
        name = _sheet(book, layout, faults)
        if not name:
            return Grid(None)
        scan = _scan(path, kind, name, limits)
        if _too_wide(scan, limits, faults):
            return Grid(None, name)
        sheet = book.get_sheet_by_name(name)
        rows: Sequence[Sequence[object]] = sheet.to_python(skip_empty_area=False)
    except calamine.PasswordError:
        faults.add("an open workbook was expected, it has a password", "save it without one")
        return Grid(None)
    except (calamine.CalamineError, zipfile.BadZipFile, TooLargeError, ParseError, KeyError,
            OSError, ValueError) as error:  # fmt: skip
        _unread(_first(error), limits, faults)
        return Grid(None)
    except BaseException as error:
        if type(error).__name__ != PANIC:
            raise
        faults.add(f"a workbook was expected: {BROKEN}", AGAIN)
        return Grid(None)
    _merged(sheet, scan, layout, faults)
    return Grid(rows, name, scan.special, scan.formulas, remarks=_remarks(kind, scan))


def _unread(problem: str, limits: Limits, faults: Faults) -> None:
    if "Cell limit" in problem:
        rule = f"a sheet of at most {limits.cells:,} cells was expected, it spreads over more"
        faults.add(rule, FAR)
    else:
        faults.add(f"a workbook was expected: {BROKEN} ({problem})", AGAIN)


def _first(error: Exception) -> str:
    return str(error).strip("'\"").partition("\n")[0] or type(error).__name__


def _sheet(book: Any, layout: Layout, faults: Faults) -> str:
    sheets = [s for s in book.sheets_metadata if s.typ == calamine.SheetTypeEnum.WorkSheet]
    names: list[str] = [s.name for s in sheets]
    visible: list[str] = [s.name for s in sheets if s.visible == calamine.SheetVisibleEnum.Visible]
    if layout.sheet in names:
        return layout.sheet
    if layout.sheet:
        faults.add(f"the sheet '{layout.sheet}' was expected", did_you_mean(layout.sheet, names))
    elif len(visible) == 1:
        return visible[0]
    else:
        listed = ", ".join(f"'{n}'" for n in visible) or "none"
        faults.add(
            f"one visible sheet was expected, {len(visible)} came: {listed}",
            "write sheet: with the name of one in the map",
        )
    return ""


def _scan(path: Path, kind: str, sheet: str, limits: Limits) -> Scan:
    if kind == "xlsx":
        return scan_xlsx(path, sheet, limits)
    return scan_ods(path, sheet, limits) if kind == "ods" else Scan()


def _too_wide(scan: Scan, limits: Limits, faults: Faults) -> bool:
    if scan.rows * max(scan.columns, 1) <= limits.cells and scan.columns <= limits.columns:
        return False
    faults.add(
        f"a sheet of at most {limits.cells:,} cells and {limits.columns:,} columns was expected, "
        f"this one spreads over {scan.rows:,} rows and {scan.columns:,} columns",
        FAR,
        Column(max(scan.columns - 1, 0)),
        (scan.rows,),
    )
    return True


def _merged(sheet: Any, scan: Scan, layout: Layout, faults: Faults) -> None:
    ranges = sheet.merged_cell_ranges or []
    places = [(last[0] + 1, first[1]) for first, last in ranges] + scan.merged
    for row, place in sorted(places):
        if row >= layout.header_row:
            faults.add(
                "a cell for each heading and figure was expected, merged cells came",
                "unmerge them and write every heading and value in its own cell",
                Column(place),
                (row,),
            )


def _remarks(kind: str, scan: Scan) -> list[str]:
    remarks = [XLS_REMARK] if kind == "xls" else []
    if scan.formulas:
        remarks.append(f"{scan.formulas:,} cells hold formulas; their stored results are read")
    return remarks
