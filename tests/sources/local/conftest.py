"""A map, and files made from it: what each test changes is all that it states."""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import pytest
import yaml

MAP: dict[str, Any] = {
    "schema_version": 1,
    "series": {
        "id": "local:training",
        "title": "Staff trained",
        "unit": "%",
        "value_type": "proportion",
        "basis": "register",
        "publisher": "Council",
        "licence": "unpublished",
        "release": "2026-10",
        "received": "2026-10-31",
        "year_kind": "financial",
    },
    "columns": {
        "area": {"column": "District"},
        "period": {"column": "Year"},
        "value": {"column": "Per cent"},
        "count": {"column": "Trained"},
        "denominator": {"column": "Staff"},
    },
}
HEADINGS = ("District", "Year", "Trained", "Staff", "Per cent")
ROWS = (("Blaby", "2023/24", 12, 120, 10), ("Melton", "2023/24", 30, 120, 25))
ODS = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" '
    'office:version="1.3"><office:body><office:spreadsheet>'
    '<table:table table:name="Data">{rows}</table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
ODS_LIST = (
    '<?xml version="1.0"?><manifest:manifest '
    'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
    'manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)


def changed(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the map with the fields at dotted names replaced, or removed where None."""
    out = copy.deepcopy(MAP)
    for name, value in changes.items():
        *way, last = name.split(".")
        here = out
        for step in way:
            here = here.setdefault(step, {})
        here[last] = value
        if value is None:
            del here[last]
    return out


@pytest.fixture
def write_map(tmp_path: Path) -> Callable[..., Path]:
    def write(changes: Mapping[str, Any] | None = None) -> Path:
        path = tmp_path / "map.yaml"
        path.write_text(yaml.safe_dump(changed(changes or {}), sort_keys=False), encoding="utf-8")
        return path

    return write


def workbook_bytes(cells: Mapping[str, Any], after: Callable[[Any], None] | None = None) -> bytes:
    """Return an XLSX workbook of the standard rows with some cells replaced."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Data"
    for row in (HEADINGS, *ROWS):
        sheet.append(row)
    for place, value in cells.items():
        sheet[place] = value
    if after:
        after(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods_cell(value: object, extra: str = "") -> str:
    """Return one cell of an ODS sheet."""
    if value == "":
        return f"<table:table-cell {extra}/>"
    if isinstance(value, int | float):
        kind = f'office:value-type="float" office:value="{value}"'
    else:
        kind = 'office:value-type="string"'
    text = f"<text:p>{escape(str(value))}</text:p>"
    return f"<table:table-cell {kind} {extra}>{text}</table:table-cell>"


def ods_bytes(cells: Mapping[tuple[int, int], str], more_rows: str = "") -> bytes:
    """Return an ODS workbook of the standard rows with the XML of some cells replaced."""
    rows = "".join(
        "<table:table-row>"
        + "".join(cells.get((r, c), ods_cell(v)) for c, v in enumerate(row))
        + "</table:table-row>"
        for r, row in enumerate((HEADINGS, *ROWS), start=1)
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODS_TYPE, zipfile.ZIP_STORED)
        archive.writestr("content.xml", ODS.format(rows=rows + more_rows))
        archive.writestr("META-INF/manifest.xml", ODS_LIST)
    return out.getvalue()


@pytest.fixture
def xlsx() -> Callable[..., bytes]:
    return workbook_bytes


@pytest.fixture
def ods() -> Callable[..., bytes]:
    return ods_bytes


DISTRICTS = {
    "Blaby": (31, 60),
    "Charnwood": (84, 150),
    "Harborough": (23, 49),
    "Hinckley and Bosworth": (45, 88),
    "Melton": (3, 15),
    "North West Leicestershire": (52, 97),
    "Oadby and Wigston": (19, 41),
}
CODES = {name: f"E07000{number}" for number, name in enumerate(DISTRICTS, start=129)}


@pytest.fixture
def write_local(tmp_path: Path, write_map: Callable[..., Path]) -> Callable[..., Path]:
    """Write a table of counts by district with its county, and its map; return the folder."""

    def write(rule: str = "under-10", counts: Mapping[str, tuple[int, int]] | None = None) -> Path:
        rows = {**DISTRICTS, **(counts or {})}
        whole = [sum(numbers) for numbers in zip(*rows.values(), strict=True)]
        listed = [*rows.items(), ("Leicestershire", whole)]
        lines = [f"{name},2023/24,{n},{of}" for name, (n, of) in listed]
        text = "\n".join(["District,Year,Trained,Staff", *lines, ""])
        (tmp_path / "training.csv").write_text(text)
        write_map({"file": "training.csv", "series.disclosure": rule, "columns.value": None})
        return tmp_path

    return write


@pytest.fixture
def local(write_local: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder of local files to everything that looks for one."""
    folder = write_local()
    monkeypatch.setenv("HWB_LOCAL_DIR", str(folder))
    return folder


@pytest.fixture(scope="session")
def local_registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a registry with one measure, whose only series is the local one."""
    measure = {
        "id": "P1-M",
        "title": "More staff are trained",
        "direction": "increase",
        "population": "all",
        "type": "quantitative-local",
        "indicators": [{"key": "trained"}],
    }
    registry = {
        "schema_version": 1,
        "strategy": {
            "title": "A strategy of its own",
            "publisher": "Board",
            "starts": 2023,
            "ends": 2030,
            "vision": "Long lives",
            "baseline": "2024-03-31",
        },
        "area": {
            "code": "E10000018",
            "name": "Leicestershire",
            "area_type": "County",
            "districts": [{"code": code, "name": name} for name, code in CODES.items()],
            "nation": {"code": "E92000001", "name": "England"},
            "region": {"code": "E12000004", "name": "East Midlands"},
        },
        "stages": [{"slug": "all", "title": "All ages"}],
        "priorities": [
            {
                "code": "1",
                "slug": "training",
                "title": "Training",
                "stage": "all",
                "commitments": [{"id": "P1-C", "text": "Train people"}],
                "measures": [measure],
            }
        ],
        "indicators": {
            "trained": {
                "name": "Staff trained",
                "sex": ["Persons"],
                "age": "All ages",
                "value_type": "proportion",
                "polarity": "high",
                "unit": "%",
                "provider": "Council",
                "benchmark_method": "none",
                "period": "financial",
                "series": [{"id": "local:training", "use": "primary"}],
            }
        },
    }
    path = tmp_path_factory.mktemp("registry") / "own.yaml"
    path.write_text(yaml.safe_dump(registry, sort_keys=False), encoding="utf-8")
    return path
