"""Publishers' files as a person downloads them, with the snapshot's figures in their layout."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from functools import cache
from xml.sax.saxutils import escape

import openpyxl
import pandas as pd

from hwb_analysis.sources.snapshot import current_snapshot

Rows = Sequence[Sequence[object]]
EYFSP = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,"
    "region_name,old_la_code,new_la_code,la_name,gld_percentage,gld_number,number_of_children"
)
# Sheet, age, heading of the eligible children, and the vaccines with the publisher's words.
COVER = (
    ("T4", "UTLA12m", "12 months", {"dtap-1y": "DTaP/IPV/Hib/HepB", "pcv-1y": "PCV1",
                                    "rotavirus-1y": "rota", "menb-1y": "MenB"}),
    ("T5", "UTLA24m", "24 months", {"dtap-2y": "DTaP/IPV/Hib/HepB Prim", "mmr1-2y": "MMR1",
                                    "hibmenc-2y": "Hib/MenC booster",
                                    "pcv-booster-2y": "PCV booster",
                                    "menb-booster-2y": "MenB booster"}),
    ("T6", "UTLA5y", "5 years", {"dtap-5y": "DTaP/IPV/Hib/HepB Prim", "mmr1-5y": "MMR1",
                                 "dtap-booster-5y": "dTaP/IPV booster",
                                 "hibmenc-5y": "Hib/MenC booster", "mmr2-5y": "MMR2"}),
)  # fmt: skip
NOTES = (
    "This worksheet contains one table.", "[z] not applicable", "[note 18]", "[note 19]",
    "[note 20]", "[note 23]",
)  # fmt: skip
# The publisher's headings of numbers are less regular than those of percentages.
ODD = {
    ("5 years", "dTaP/IPV booster"): "DTaP/IPV booster",
    ("24 months", "DTaP/IPV/Hib/HepB Prim"): "DTaP/IPV/Hib/HepB Prim vaccinated",
    ("5 years", "DTaP/IPV/Hib/HepB Prim"): "DTaP/IPV/Hib/HepB Prim vaccinated",
}


def eyfsp() -> str:
    """Return the early years file: all areas and years that the snapshot holds."""
    frame = current_snapshot().frame(["lait:gld"])
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(EYFSP.split(","))
    for _, row in frame.sort_values(["period_start", "area_code"]).iterrows():
        code, name = row["area_code"], row["area"]
        level = {"E92": "National", "E12": "Regional"}.get(code[:3], "Local authority")
        places = {
            "National": [code, name, "", "", "", "", ""],
            "Regional": ["E92000001", "England", code, name, "", "", ""],
            "Local authority": ["E92000001", "England", "E12000004", "x", "855", code, name],
        }[level]
        year = row["period"].replace("/", "")
        value = "z" if pd.isna(row["value"]) else repr(float(row["value"]))
        write.writerow([year, "Academic year", level, *places, value, "z", "z"])
    return out.getvalue()


@cache
def cover_sheets() -> dict[str, list[list[object]]]:
    """Return the six sheets of the annual workbook that are read."""
    out: dict[str, list[list[object]]] = {}
    for table, tail, age, vaccines in COVER:
        frames = {v: _cover(v) for v in vaccines}
        eligible = next(iter(frames.values()))
        for letter, kind in (("a", "value"), ("b", "count")):
            head = ["Code", "Local authority", "Region name", "Organisation Data Service code",
                    "Note", f"Number aged {age}"]  # fmt: skip
            for word in vaccines.values():
                told = ODD.get((age, word), word)
                share = f"Coverage at {age} {word} (%)"
                head.append(share if letter == "a" else f"Number aged {age} vaccinated {told}")
            rows = [[f"Table {table}{letter}."], *([note] for note in NOTES), head]
            for code, row in eligible.iterrows():
                place = ["[z]", row["area"]] if code[1:3] in ("92", "12") else [row["area"], "x"]
                figures = [frames[v].loc[code, kind] for v in vaccines]
                rows.append([code, *place, "[z]", "[z]", row["denominator"], *figures])
            out[f"{table}{letter}_{tail}"] = rows
    return out


def _cover(vaccine: str) -> pd.DataFrame:
    return current_snapshot().frame([f"cover-official:{vaccine}"]).set_index("area_code")


def as_xlsx(sheets: dict[str, list[list[object]]]) -> bytes:
    """Return a workbook, with a sheet of contents before the tables."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Contents"])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_ods(sheets: dict[str, list[list[object]]]) -> bytes:
    """Return an open document with the tables."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">{"".join(map(_ods_row, rows))}</table:table>'
        for name, rows in sheets.items()
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return out.getvalue()


def _ods_row(row: Sequence[object]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"


def _ods_cell(value: object) -> str:
    if isinstance(value, float | int):
        return (
            f'<table:table-cell office:value-type="float" office:value="{value}">'
            f"<text:p>{value}</text:p></table:table-cell>"
        )
    return (
        '<table:table-cell office:value-type="string">'
        f"<text:p>{escape(str(value))}</text:p></table:table-cell>"
    )
