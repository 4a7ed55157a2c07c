"""Files taken apart into passages: a number's own text, and the words that stand with it."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from hwb_analysis.disclosure.leak_page import html
from hwb_analysis.disclosure.leak_passage import (
    PLAIN_NUMBER,
    Passage,
    plain,
    png_text,
    table,
)
from hwb_analysis.disclosure.leak_pdf import pdf_passages

LARGEST_MEMBER = 50_000_000
TAG, BREAK = re.compile(r"<[^>]+>"), re.compile(r"<w:(?:br|tab|cr)\b[^>]*>|</w:p>|</dc:\w+>")
WORD_BLOCK = re.compile(r"<w:tbl[ >].*?</w:tbl>|<w:p[ >].*?</w:p>", re.DOTALL)
WORD_ROW = re.compile(r"<w:tr[ >].*?</w:tr>", re.DOTALL)
WORD_CELL = re.compile(r"<w:tc[ >].*?</w:tc>", re.DOTALL)
WORD_HEADING = re.compile(r'<w:pStyle w:val="Heading\d')
WORD_SPOKEN = re.compile(r'(?:descr|title)="([^"]*)"')


def passages(path: Path) -> list[Passage] | None:
    """Return the passages of a file, or nothing when its kind cannot be read."""
    reader = READERS.get(path.suffix.lower(), _plain_file)
    try:
        return list(reader(path))
    except (
        ValueError,
        KeyError,
        OSError,
        CalamineError,
        zipfile.BadZipFile,
        struct.error,
        zlib.error,
    ):
        return None


def _plain_file(path: Path) -> Iterator[Passage]:
    data = path.read_bytes()
    if b"\0" in data[:4096]:
        raise ValueError("no text")
    yield from plain(data.decode("utf-8-sig", errors="replace"), "line")


def _csv_file(path: Path) -> Iterator[Passage]:
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    yield from table(list(csv.reader(io.StringIO(text))), path.stem, "row")


def _html_file(path: Path) -> Iterator[Passage]:
    yield from html(path.read_text(encoding="utf-8", errors="replace"))


def _json_file(path: Path) -> Iterator[Passage]:
    yield from _tree(json.loads(path.read_text(encoding="utf-8")), "$", [])


def _tree(node: Any, where: str, keys: list[str]) -> Iterator[Passage]:
    if isinstance(node, dict):
        flat = [f"{key} {value}" for key, value in node.items() if not _is_branch(value)]
        for key, value in node.items():
            place = f"{where}.{key}"
            yield from plain(str(key), where)
            if key == "image/png" and isinstance(value, str):
                yield from (replace(p, place=place) for p in png_text(base64.b64decode(value)))
            elif _is_branch(value) or not _is_plain_number(value):
                yield from _tree(value, place, [*keys, str(key), *flat])
            else:
                context = " | ".join([*keys, *flat])
                yield Passage(str(value), context, place, str(key), cell=True)
    elif isinstance(node, list):
        yield from _branches(node, where, keys)
    elif isinstance(node, str):
        yield from _string(node, where, keys)
    elif _is_plain_number(node):
        yield Passage(str(node), " | ".join([*keys, str(node)]), where, cell=True)


def _branches(nodes: list[Any], where: str, keys: list[str]) -> Iterator[Passage]:
    lines = [line for line in nodes if isinstance(line, str)]
    if len(lines) == len(nodes) and all(line.endswith("\n") for line in lines[:-1]):
        # Notebooks keep a text as a list of its lines.
        yield from _string("".join(nodes), where, keys)
        return
    for place, value in enumerate(nodes):
        yield from _tree(value, f"{where}[{place}]", keys)


def _is_branch(value: Any) -> bool:
    return isinstance(value, dict | list)


def _is_plain_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _string(text: str, where: str, keys: list[str]) -> Iterator[Passage]:
    if PLAIN_NUMBER.fullmatch(text):
        yield Passage(text, " | ".join([*keys, text]), where, keys[-1] if keys else "", cell=True)
        return
    is_page = "<" in text and ">" in text
    for passage in html(text) if is_page else plain(text, "line"):
        yield replace(passage, place=f"{where} {passage.place}".strip())


def _parquet_file(path: Path) -> Iterator[Passage]:
    import pyarrow.parquet as parquet

    read = parquet.read_table(path)
    rows = [list(read.column_names)]
    rows += [["" if x is None else str(x) for x in row.values()] for row in read.to_pylist()]
    yield from table(rows, path.stem, "row")
    for key, value in (read.schema.metadata or {}).items():
        yield from plain(value.decode("utf-8", errors="replace"), key.decode("utf-8"))


def _workbook_file(path: Path) -> Iterator[Passage]:
    with CalamineWorkbook.from_path(path) as book:
        for name in book.sheet_names:
            rows = [[str(x) for x in row] for row in book.get_sheet_by_name(name).to_python()]
            yield from table(rows, name, f"sheet {name} row")


def _document_file(path: Path) -> Iterator[Passage]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.file_size > LARGEST_MEMBER:
                raise ValueError("a part of the document is too large")
            if member.filename.endswith(".png"):
                yield from png_text(archive.read(member))
            if member.filename.endswith((".xml", ".rels", ".svg")):
                text = archive.read(member).decode("utf-8", errors="replace")
                yield from _document_part(text, member.filename)


def _document_part(text: str, name: str) -> Iterator[Passage]:
    section = ""
    for block in WORD_BLOCK.findall(text):
        if block.startswith("<w:tbl"):
            rows = [[_words(c) for c in WORD_CELL.findall(r)] for r in WORD_ROW.findall(block)]
            yield from table(rows, section, f"{name} table row", section)
            continue
        words = _words(block)
        section = words if WORD_HEADING.search(block) else section
        yield from plain(words, name, section)
    for spoken in WORD_SPOKEN.findall(text):
        yield from plain(unescape(spoken), name, section)
    if not name.startswith("word/"):
        yield from plain(_words(text), name)


def _words(markup: str) -> str:
    """Return the text of a piece of a document: letters of one word may lie in several runs."""
    return unescape(TAG.sub("", BREAK.sub(" ", markup)))


def _png_file(path: Path) -> Iterator[Passage]:
    yield from png_text(path.read_bytes())


def _pdf_file(path: Path) -> Iterator[Passage]:
    yield from pdf_passages(path.read_bytes())


READERS: dict[str, Callable[[Path], Iterator[Passage]]] = {
    ".csv": _csv_file,
    ".html": _html_file,
    ".htm": _html_file,
    ".svg": _html_file,
    ".xml": _html_file,
    ".json": _json_file,
    ".ipynb": _json_file,
    ".parquet": _parquet_file,
    ".xlsx": _workbook_file,
    ".ods": _workbook_file,
    ".pdf": _pdf_file,
    ".docx": _document_file,
    ".png": _png_file,
}
