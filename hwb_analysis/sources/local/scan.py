"""What a workbook's own reader does not tell: formulas, error values, merged cells, spread.

The reader gives an error value and a formula without a stored result as an empty cell, and
sets memory aside for the whole rectangle around the cells of a sheet; so the XML of the
sheet is looked through first.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from hwb_analysis.sources.local.archive import unpacked
from hwb_analysis.sources.local.grid import ERROR, FORMULA_EMPTY
from hwb_analysis.sources.local.limits import Limits

ROW = re.compile(rb"<(?:\w+:)?row\s[^<>]*?\br=[\"'](\d+)")
WIDE = re.compile(rb"\br=[\"']([A-Z]{2,3})\d+[\"'][^<>]*[^/<>]>")
FORMULA = re.compile(rb"<(?:\w+:)?c\s([^<>]*)><(?:\w+:)?f[\s/>](.*?)</(?:\w+:)?c>", re.DOTALL)
FAILED = re.compile(rb"<(?:\w+:)?c\s([^<>]*\bt=[\"']e[\"'][^<>]*)>")
PLACE = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d+)")
RESULT = re.compile(rb"<(?:\w+:)?(?:v|is)(?:\s[^<>]*)?>[^<]")
EMPTY_TEXT = re.compile(rb"\bt=[\"']str[\"']")
MOST_SPECIAL = 10_000
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
EXTRA = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"


@dataclass(slots=True)
class Scan:
    """What was found on one sheet; places are row (from 1) and column (from 0)."""

    special: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas: int = 0
    merged: list[tuple[int, int]] = field(default_factory=list)
    rows: int = 0
    columns: int = 0

    def note(self, row: int, column: int, kind: str) -> None:
        """Keep a special cell, up to a number that no person would mend by hand."""
        if len(self.special) < MOST_SPECIAL:
            self.special[(row, column)] = kind


def scan_xlsx(path: Path, sheet: str, limits: Limits) -> Scan:
    """Return what stands on a sheet of an XLSX workbook besides its values."""
    found = Scan()
    with zipfile.ZipFile(path) as archive:
        member = _sheet_member(archive, sheet)
        info = archive.getinfo(member)
    for piece in _whole_rows(unpacked(path, info, limits.unpacked_bytes)):
        _xlsx_piece(piece, found)
    return found


def _sheet_member(archive: zipfile.ZipFile, sheet: str) -> str:
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for entry in book.iter():
        # Two namespaces are in use for one thing, so only the last part of a name counts.
        if entry.tag.endswith("}sheet") and entry.get("name") == sheet:
            link = next(v for k, v in entry.items() if k.endswith("}id"))
            target = targets[link]
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(sheet)


def _whole_rows(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the pieces cut where a row ends, so that no cell is cut in two."""
    held = b""
    for piece in pieces:
        held += piece
        cut = held.rfind(b"row>")
        if cut >= 0:
            yield held[: cut + 4]
            held = held[cut + 4 :]
    yield held


def _xlsx_piece(piece: bytes, found: Scan) -> None:
    found.rows = max([found.rows, *map(int, ROW.findall(piece))])
    found.columns = max([found.columns, *(_position(w) + 1 for w in set(WIDE.findall(piece)))])
    # Most sheets hold neither, and a plain search is far cheaper than a pattern.
    if b"f" in piece and (b"<f" in piece or b":f" in piece):
        for cell in FORMULA.finditer(piece):
            found.formulas += 1
            # A formula whose stored result is an empty text has one all the same.
            if not RESULT.search(cell[2]) and not EMPTY_TEXT.search(cell[1]):
                _note(cell[1], FORMULA_EMPTY, found)
    if b't="e"' in piece or b"t='e'" in piece:
        for cell in FAILED.finditer(piece):
            _note(cell[1], ERROR, found)


def _note(attributes: bytes, kind: str, found: Scan) -> None:
    if place := PLACE.search(attributes):
        found.note(int(place[2]), _position(place[1]), kind)


def _position(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def scan_ods(path: Path, sheet: str, limits: Limits) -> Scan:
    """Return what stands on a sheet of an ODS workbook besides its values."""
    found = Scan()
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("content.xml")
    source = _Stream(unpacked(path, info, limits.unpacked_bytes))
    current, row = "", 0
    for event, element in ElementTree.iterparse(source, events=("start", "end")):
        if event == "start":
            if element.tag == f"{TABLE}table":
                current, row = element.get(f"{TABLE}name", ""), 0
        elif element.tag == f"{TABLE}table-row":
            repeat = int(element.get(f"{TABLE}number-rows-repeated", "1"))
            if current == sheet:
                _ods_row(element, row, repeat, found)
            row += repeat
            element.clear()
    return found


def _ods_row(element: ElementTree.Element, row: int, repeat: int, found: Scan) -> None:
    place = 0
    for cell in element:
        if cell.tag not in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
            continue
        columns = int(cell.get(f"{TABLE}number-columns-repeated", "1"))
        kind = cell.get(f"{EXTRA}value-type") or cell.get(f"{OFFICE}value-type")
        formula = cell.get(f"{TABLE}formula")
        if kind is not None or len(cell):
            found.rows = max(found.rows, row + repeat)
            found.columns = max(found.columns, place + columns)
        if int(cell.get(f"{TABLE}number-columns-spanned", "1")) > 1 or (
            int(cell.get(f"{TABLE}number-rows-spanned", "1")) > 1
        ):
            found.merged.append((row + 1, place))
        found.formulas += formula is not None
        if kind == "error" or _says_error(cell, formula):
            found.note(row + 1, place, ERROR)
        elif formula is not None and kind is None:
            found.note(row + 1, place, FORMULA_EMPTY)
        place += columns


def _says_error(cell: ElementTree.Element, formula: str | None) -> bool:
    return formula is not None and "".join(cell.itertext()).strip().startswith(("#", "Err:"))


class _Stream:
    """Pieces of bytes as a file that can only be read on."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def read(self, size: int = -1) -> bytes:
        for piece in self._pieces:
            if piece:
                return piece
        return b""
