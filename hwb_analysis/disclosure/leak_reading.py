"""Files taken apart into passages: a number's own text, and the words that stand with it."""

from __future__ import annotations

import csv
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=[A-Z(])|\n")
# Alternative texts, and other words that a page carries without showing them.
SPOKEN = ("alt", "title", "aria-label", "aria-description", "content", "data-value", "summary")
CELLS, BLOCKS = ("td", "th"), ("p", "li", "h1", "h2", "h3", "h4", "figcaption", "text", "div")
LARGEST_MEMBER = 50_000_000


@dataclass(frozen=True, slots=True)
class Passage:
    """A text with numbers in it, the words around it, and where it stands."""

    text: str
    context: str
    place: str


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
    yield from _plain(data.decode("utf-8-sig", errors="replace"), "line")


def _plain(text: str, where: str) -> Iterator[Passage]:
    for number, line in enumerate(text.split("\n"), start=1):
        for part in SENTENCE.split(line):
            if part.strip():
                yield Passage(part, part, f"{where} {number}")


def _csv_file(path: Path) -> Iterator[Passage]:
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    yield from table(list(csv.reader(io.StringIO(text))), path.stem, "row")


def table(rows: list[list[str]], caption: str, where: str) -> Iterator[Passage]:
    """Yield each cell of a table with its row, its heading and the caption."""
    heading = rows[0] if rows else []
    for number, row in enumerate(rows, start=1):
        words = [cell for cell in row if not _is_number(cell)]
        for place, cell in enumerate(row):
            above = heading[place] if place < len(heading) else ""
            context = " | ".join([caption, above, *words, cell])
            yield Passage(cell, context, f"{where} {number}")


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"\s*[-−]?[\d,]+(\.\d+)?%?\s*", text))


class _Page(HTMLParser):
    """Collects tables as rows of cells, and all other text by block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Passage] = []
        self.rows: list[list[str]] = []
        self.buffer: list[str] = []
        self.caption = ""
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in SPOKEN and value:
                self.found += _plain(value, name)
        if tag == "table":
            self.flush()
            self.depth, self.rows, self.caption = self.depth + 1, [], ""
        elif tag == "tr":
            self.rows.append([])
        elif tag in (*CELLS, *BLOCKS, "caption", "br", "script", "style"):
            self.flush()

    def handle_endtag(self, tag: str) -> None:
        if tag in CELLS and self.depth and self.rows:
            self.rows[-1].append(self._taken())
        elif tag == "caption":
            self.caption = self._taken()
        elif tag == "table":
            self.found += table(self.rows, self.caption, "table row")
            self.depth, self.rows = max(self.depth - 1, 0), []
        elif tag in (*BLOCKS, "script", "style"):
            self.flush()

    def handle_data(self, data: str) -> None:
        self.buffer.append(data)

    def handle_comment(self, data: str) -> None:
        self.found += _plain(data, "comment")

    def _taken(self) -> str:
        text = re.sub(r"\s+", " ", "".join(self.buffer)).strip()
        self.buffer = []
        return text

    def flush(self) -> None:
        self.found += _plain(self._taken(), "text")


def html(text: str) -> list[Passage]:
    """Return the passages of a page: cells of tables, blocks of text, spoken attributes."""
    page = _Page()
    page.feed(text)
    page.close()
    page.flush()
    return page.found


def _html_file(path: Path) -> Iterator[Passage]:
    yield from html(path.read_text(encoding="utf-8", errors="replace"))


def _json_file(path: Path) -> Iterator[Passage]:
    yield from _tree(json.loads(path.read_text(encoding="utf-8")), "$", [])


def _tree(node: Any, where: str, keys: list[str]) -> Iterator[Passage]:
    if isinstance(node, dict):
        flat = [f"{key} {value}" for key, value in node.items() if not _is_branch(value)]
        for key, value in node.items():
            if _is_branch(value) or not _is_plain_number(value):
                yield from _tree(value, f"{where}.{key}", [*keys, str(key), *flat])
            else:
                yield Passage(str(value), " | ".join([*keys, *flat]), f"{where}.{key}")
    elif isinstance(node, list):
        if node and all(isinstance(line, str) for line in node):
            # Notebooks keep a text as a list of its lines.
            yield from _string("".join(node), where, keys)
        for place, value in enumerate(node):
            if not isinstance(value, str) or not all(isinstance(x, str) for x in node):
                yield from _tree(value, f"{where}[{place}]", keys)
    elif isinstance(node, str):
        yield from _string(node, where, keys)
    elif _is_plain_number(node):
        yield Passage(str(node), " | ".join([*keys, str(node)]), where)


def _is_branch(value: Any) -> bool:
    return isinstance(value, dict | list)


def _is_plain_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _string(text: str, where: str, keys: list[str]) -> Iterator[Passage]:
    is_page = "<" in text and ">" in text
    found = html(text) if is_page else list(_plain(text, "line"))
    if _is_number(text):
        found = [Passage(text, " | ".join([*keys, text]), "")]
    for passage in found:
        yield Passage(passage.text, passage.context, f"{where} {passage.place}".strip())


def _parquet_file(path: Path) -> Iterator[Passage]:
    import pyarrow.parquet as parquet

    read = parquet.read_table(path)
    rows = [list(read.column_names)]
    rows += [["" if x is None else str(x) for x in row.values()] for row in read.to_pylist()]
    yield from table(rows, path.stem, "row")
    for key, value in (read.schema.metadata or {}).items():
        yield from _plain(value.decode("utf-8", errors="replace"), key.decode("utf-8"))


def _workbook_file(path: Path) -> Iterator[Passage]:
    with CalamineWorkbook.from_path(path) as book:
        for name in book.sheet_names:
            rows = [[str(x) for x in row] for row in book.get_sheet_by_name(name).to_python()]
            yield from table(rows, name, f"sheet {name} row")


def _unread(path: Path) -> Iterator[Passage]:
    raise ValueError(f"{path.suffix} is not read")


def _document_file(path: Path) -> Iterator[Passage]:
    tag = re.compile(r"<[^>]+>")
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if not member.filename.endswith((".xml", ".rels")) or member.file_size > LARGEST_MEMBER:
                continue
            text = archive.read(member).decode("utf-8", errors="replace")
            for row in re.findall(r"<w:tr[ >].*?</w:tr>|<w:p[ >].*?</w:p>", text, re.DOTALL):
                words = tag.sub(" ", row)
                yield Passage(words, words, member.filename)
            for spoken in re.findall(r'(?:descr|title)="([^"]*)"', text):
                yield Passage(spoken, spoken, member.filename)


def _png_file(path: Path) -> Iterator[Passage]:
    data = path.read_bytes()
    place = 8
    while place + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[place : place + 8])
        body = data[place + 8 : place + 8 + size]
        if kind in (b"tEXt", b"iTXt"):
            yield from _plain(body.replace(b"\0", b" ").decode("utf-8", errors="replace"), "text")
        if kind == b"zTXt":
            _, _, packed = body.partition(b"\0")
            yield from _plain(zlib.decompress(packed[1:]).decode("latin-1"), "text")
        place += size + 12


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
    ".pdf": _unread,
    ".docx": _document_file,
    ".png": _png_file,
}
