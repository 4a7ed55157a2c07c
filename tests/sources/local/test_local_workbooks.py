"""Workbooks and Parquet files as they are sent: loaded right, or refused with their place."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from hwb_analysis.sources.local import Limits, LocalFileError, load_check
from hwb_analysis.sources.local.load import read_truth

FILES = Path(__file__).parent / "files"
Xlsx = Callable[..., bytes]
Write = Callable[..., Path]


def _refused(path: Path, column_map: Path, *says: str, limits: Limits | None = None) -> None:
    report = load_check(path, column_map, limits or Limits())
    lines = [str(fault) for fault in report.faults]
    assert any(all(part in line for part in says) for line in lines), lines


def _number_format(place: str) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        sheet[place].number_format = "0%"

    return change


LOADED: dict[str, tuple[dict[str, Any], Any, dict[str, Any]]] = {
    "plain": ({}, None, {}),
    "numbers as text": ({"C2": "12", "E2": "10", "E3": "25%"}, None, {}),
    "years as numbers": ({"B2": 2023, "B3": 2023.0}, None, {}),
    "days": ({"B2": date(2023, 4, 1), "B3": datetime(2023, 4, 1)}, None,
             {"columns.period.length": "P1Y"}),
    "shares formatted as per cent": ({"E2": 0.1, "E3": 0.25}, _number_format("E2"),
                                     {"columns.value.scale": "fraction"}),
    "a merged title above the headings": (
        {}, lambda s: (s.insert_rows(1), s.merge_cells("A1:E1")), {"header_row": 2}),
    "cells far below with a format only": (
        {}, lambda s: s.cell(900_000, 1).__setattr__("number_format", "0"), {}),
    "empty rows between": ({}, lambda s: s.insert_rows(3, 4), {}),
    "hidden second sheet": (
        {}, lambda s: s.parent.create_sheet("x").__setattr__("sheet_state", "hidden"), {}),
    "second sheet and its name": ({}, lambda s: s.parent.create_sheet("x"), {"sheet": "Data"}),
    "an unused column with errors": ({"F1": "Check", "F2": "#REF!"}, None, {}),
    "a table far to the right": ({}, lambda s: s.insert_cols(1, 30), {}),
}  # fmt: skip


@pytest.mark.parametrize("name", LOADED)
def test_workbook_loaded_right(name: str, tmp_path: Path, write_map: Write, xlsx: Xlsx) -> None:
    cells, after, changes = LOADED[name]
    path = tmp_path / "training.xlsx"
    path.write_bytes(xlsx(cells, after))
    frame = read_truth(write_map(changes), path).frame
    assert frame["value"].tolist() == pytest.approx([10, 25])
    assert frame["count"].tolist() == [12, 30]


REFUSED: dict[str, tuple[dict[str, Any], Any, tuple[str, ...]]] = {
    "formula without a result": ({"E3": "=C3/D3*100"}, None,
                                 ("column E 'Per cent', row 3", "formulas are not run")),
    "error value": ({"E3": "#DIV/0!"}, None,
                    ("column E 'Per cent', row 3", "an error of the spreadsheet")),
    "code that became a day": ({"A3": date(2026, 9, 5)}, None,
                               ("column A 'District', row 3", "2026-09-05")),
    "number that became a day": ({"C3": date(2026, 9, 5)}, None,
                                 ("column C 'Trained', row 3", "turned what was typed")),
    "number that became a time": ({"C3": time(12, 30)}, None,
                                  ("column C 'Trained', row 3", "date or time")),
    "logical value": ({"C3": True}, None, ("column C 'Trained', row 3", "TRUE came")),
    "text formula kept as text": ({"A3": "'=1+1"}, None, ("column A 'District', row 3",)),
    "shares unannounced": ({"E2": 0.1, "E3": 0.25}, _number_format("E2"),
                           ("column E 'Per cent', rows 2 and 3", "scale: fraction")),
    "merged headings": ({}, lambda s: s.merge_cells("C1:D1"),
                        ("column C, row 1", "merged cells")),
    "merged cells": ({}, lambda s: s.merge_cells("A2:A3"), ("column A, row 3", "merged")),
    "two sheets": ({}, lambda s: s.parent.create_sheet("x"),
                   ("2 came: 'Data', 'x'", "write sheet:")),
    "a cell far away": ({"XFD1048576": 1}, None,
                        ("column XFD, row 1,048,576", "spreads over")),
    "no rows": ({}, lambda s: s.delete_rows(2, 9), ("none came",)),
    "empty sheet": ({}, lambda s: s.delete_rows(1, 9), ("the file is empty",)),
    "year that is none": ({"B3": 2023.5}, None, ("column B 'Year', row 3", "2023.5")),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_workbook_refused(name: str, tmp_path: Path, write_map: Write, xlsx: Xlsx) -> None:
    cells, after, says = REFUSED[name]
    path = tmp_path / "training.xlsx"
    path.write_bytes(xlsx(cells, after))
    _refused(path, write_map(), *says)


def test_a_sheet_that_is_not_there(tmp_path: Path, write_map: Write, xlsx: Xlsx) -> None:
    path = tmp_path / "training.xlsx"
    path.write_bytes(xlsx({}))
    _refused(path, write_map({"sheet": "Date"}), "the sheet 'Date'", "did you mean 'Data'")


def test_stored_results_of_formulas_are_read(tmp_path: Path, write_map: Write, xlsx: Xlsx) -> None:
    stored = _rewritten(xlsx({}), lambda x: x.replace(b"<v>25</v>", b"<f>C3/4</f><v>25</v>"))
    path = tmp_path / "training.xlsx"
    path.write_bytes(stored)
    data = read_truth(write_map(), path)
    assert data.frame["value"].tolist() == [10, 25]
    assert "1 cells hold formulas; their stored results are read" in data.remarks


def _rewritten(
    packed: bytes, change: Callable[[bytes], bytes], member: str = "xl/worksheets/sheet1.xml"
) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(packed)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text) if name == member else text)
    return out.getvalue()


def test_zip_bomb(tmp_path: Path, write_map: Write, xlsx: Xlsx) -> None:
    path = tmp_path / "training.xlsx"
    bomb = _rewritten(
        xlsx({}), lambda x: x.replace(b"</worksheet>", b" " * 40_000_000 + b"</worksheet>")
    )
    path.write_bytes(bomb)
    assert len(bomb) < 100_000
    _refused(path, write_map(), "unpacks to more than", "200 times its size")


def test_zip_bomb_that_lies_about_its_size(tmp_path: Path, write_map: Write, xlsx: Xlsx) -> None:
    bomb = bytearray(_rewritten(xlsx({}), lambda x: x.replace(b"</worksheet>", b" " * 40_000_000)))
    with zipfile.ZipFile(io.BytesIO(bytes(bomb))) as archive:
        true = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    for place in _places(bomb, true.to_bytes(4, "little")):
        bomb[place : place + 4] = (1000).to_bytes(4, "little")
    path = tmp_path / "training.xlsx"
    path.write_bytes(bytes(bomb))
    _refused(path, write_map(), "unpacks to more than")


def _places(data: bytearray, part: bytes) -> list[int]:
    found, place = [], data.find(part)
    while place >= 0:
        found.append(place)
        place = data.find(part, place + 1)
    return found


def test_entities_are_refused(tmp_path: Path, write_map: Write, xlsx: Xlsx) -> None:
    declared = b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet'
    path = tmp_path / "training.xlsx"
    path.write_bytes(_rewritten(xlsx({}), lambda x: x.replace(b"<worksheet", declared, 1)))
    _refused(path, write_map(), "sheet1.xml declares entities")


BROKEN: Mapping[str, tuple[str, bytes, tuple[str, ...]]] = {
    "web page": ("training.xls", b"<html><table><tr><td>District", ("XLS", "HTML")),
    "PDF": ("training.csv", b"%PDF-1.7 ...", ("CSV", "PDF")),
    "packed text": ("training.csv", b"\x1f\x8b\x08\x00abc", ("CSV", "GZIP")),
    "JSON": ("training.csv", b'{"District": 1}', ("CSV", "JSON")),
    "text": ("training.xlsx", b"District,Year\n", ("XLSX", "TEXT")),
    "Word document": ("training.docx", b"PK\x03\x04", (".docx came",)),
    "no suffix": ("training", b"District", ("a file of a kind",)),
    "password": ("training.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
                 ("a workbook was expected",)),
    "damaged Parquet": ("training.parquet", b"PAR1 nothing PAR1", ("a Parquet file",)),
    "no Parquet": ("training.parquet", b"District,Year\n", ("PARQUET", "TEXT")),
    "packed something": ("training.xlsx", b"PK\x03\x04" + b"x" * 50, ("damaged",)),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_another_kind_than_its_name(name: str, tmp_path: Path, write_map: Write) -> None:
    file, content, says = BROKEN[name]
    path = tmp_path / file
    path.write_bytes(content)
    _refused(path, write_map(), *says)


def test_no_file(tmp_path: Path, write_map: Write) -> None:
    _refused(tmp_path / "none.csv", write_map(), "cannot be read", "No such file")


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_cut_short(share: float, tmp_path: Path, write_map: Write, xlsx: Xlsx) -> None:
    whole = xlsx({})
    path = tmp_path / "training.xlsx"
    path.write_bytes(whole[: int(len(whole) * share)])
    _refused(path, write_map(), "damaged or was not copied whole")


def test_workbook_named_as_text(tmp_path: Path, write_map: Write, xlsx: Xlsx) -> None:
    path = tmp_path / "training.csv"
    path.write_bytes(xlsx({}))
    _refused(path, write_map(), "the name says CSV, the content is XLSX")


def test_too_large(tmp_path: Path, write_map: Write) -> None:
    path = tmp_path / "training.csv"
    path.write_text("District,Year,Trained,Staff,Per cent\n" + "Blaby,2023/24,12,120,10\n" * 9)
    _refused(path, write_map(), "at most 5 rows", limits=Limits(rows=5))
    _refused(path, write_map(), "at most 0 MiB", limits=Limits(file_bytes=100))


def test_ods_and_xls_hold_the_same(tmp_path: Path, write_map: Write, ods: Xlsx) -> None:
    path = tmp_path / "training.ods"
    path.write_bytes(ods({}))
    old = tmp_path / "training.xls"
    shutil.copyfile(FILES / "training.xls", old)
    first, second = (read_truth(write_map(), p) for p in (path, old))
    assert first.frame.equals(second.frame)
    assert "looks like an empty cell" in second.remarks[0]


CELL = '<table:table-cell table:formula="of:=[.C3]" {}><text:p>{}</text:p></table:table-cell>'
ODS_CASES: Mapping[str, tuple[dict[tuple[int, int], str], str, tuple[str, ...]]] = {
    "error": ({(3, 4): CELL.format('calcext:value-type="error"', "#DIV/0!")}, "",
              ("column E 'Per cent', row 3", "an error of the spreadsheet")),
    "formula without a result": (
        {(3, 4): '<table:table-cell table:formula="of:=1"/>'}, "",
        ("column E 'Per cent', row 3", "formulas are not run")),
    "merged": (
        {(2, 0): '<table:table-cell table:number-rows-spanned="2" office:value-type="string">'
                 "<text:p>Blaby</text:p></table:table-cell>"}, "",
        ("column A, row 2", "merged cells")),
    "a repeated row": (
        {}, '<table:table-row table:number-rows-repeated="1000000"><table:table-cell '
            'office:value-type="float" office:value="1" '
            'table:number-columns-repeated="16000"/></table:table-row>',
        ("a sheet of at most", "spreads over")),
}  # fmt: skip


@pytest.mark.parametrize("name", ODS_CASES)
def test_ods_refused(name: str, tmp_path: Path, write_map: Write, ods: Xlsx) -> None:
    cells, more, says = ODS_CASES[name]
    path = tmp_path / "training.ods"
    path.write_bytes(ods(cells, more))
    _refused(path, write_map(), *says)


FRAME = pd.DataFrame(
    {
        "District": ["Blaby", "Melton"],
        "Year": ["2023/24", "2023/24"],
        "Trained": [12, 30],
        "Staff": [120, 120],
        "Per cent": [10.0, 25.0],
    }
)


def test_parquet_loaded_right(tmp_path: Path, write_map: Write) -> None:
    path = tmp_path / "training.parquet"
    FRAME.astype({"District": "category"}).to_parquet(path)
    assert read_truth(write_map(), path).frame["value"].tolist() == [10, 25]


PARQUET: Mapping[str, tuple[pd.DataFrame, tuple[str, ...]]] = {
    "logical": (FRAME.assign(Trained=[True, False]), ("column C 'Trained', row 1", "TRUE came")),
    "lists": (FRAME.assign(Trained=[[1], [2]]), ("column C 'Trained'", "lists came")),
    "days": (FRAME.assign(Trained=pd.Timestamp("2026-01-01")),
             ("column C 'Trained', rows 1 and 2", "2026-01-01")),
    "infinite": (FRAME.assign(**{"Per cent": [10, float("inf")]}),
                 ("column E 'Per cent', row 2", "infinity")),
    "no column": (FRAME.drop(columns="Staff"), ("one column 'Staff' was expected, 0 came",)),
    "no rows": (FRAME.head(0), ("none came",)),
}  # fmt: skip


@pytest.mark.parametrize("name", PARQUET)
def test_parquet_refused(name: str, tmp_path: Path, write_map: Write) -> None:
    frame, says = PARQUET[name]
    path = tmp_path / "training.parquet"
    frame.to_parquet(path)
    _refused(path, write_map(), *says)


def test_parquet_with_too_many_rows(tmp_path: Path, write_map: Write) -> None:
    path = tmp_path / "training.parquet"
    FRAME.to_parquet(path)
    with pytest.raises(LocalFileError, match="at most 1 rows"):
        read_truth(write_map(), path, Limits(rows=1))


def test_macros_are_never_opened(tmp_path: Path, write_map: Write) -> None:
    book = openpyxl.Workbook()
    path = tmp_path / "training.xlsm"
    book.save(path)
    _refused(path, write_map(), ".xlsm came")


def test_a_formula_that_gives_an_empty_text_is_an_empty_cell(
    tmp_path: Path, write_map: Write, xlsx: Xlsx
) -> None:
    cell = b'<c r="E3" t="str"><f>IF(C3=0,1,"")</f><v></v></c>'
    plain = b'<c r="E3" t="n"><v>25</v></c>'
    packed = _rewritten(xlsx({}), lambda x: x.replace(plain, cell))
    assert packed != xlsx({})
    path = tmp_path / "training.xlsx"
    path.write_bytes(packed)
    frame = read_truth(write_map(), path).frame
    assert frame["status"].tolist() == ["ok", "missing"]


def test_decimal_numbers_of_parquet(tmp_path: Path, write_map: Write) -> None:
    path = tmp_path / "training.parquet"
    values = [Decimal("10.0"), Decimal("25.0")]
    FRAME.assign(**{"Per cent": values}).to_parquet(path)
    assert read_truth(write_map(), path).frame["value"].tolist() == [10, 25]
