"""A passage: a text with numbers in it, and the words that say whose numbers they are."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=[A-Z(])|\n")
PLAIN_NUMBER = re.compile(r"\s*[-−]?[\d,]+(\.\d+)?%?\s*")
PNG_HEAD, PNG_FRAME = 8, 12


@dataclass(frozen=True, slots=True)
class Passage:
    """A text with numbers in it, the words around it, and where it stands.

    ``heading`` is that of its column or key, ``section`` the headings above it on a page.
    ``cell`` says that the text is one cell of a table, or one value of a tree.
    """

    text: str
    context: str
    place: str
    heading: str = ""
    section: str = ""
    cell: bool = False


def plain(text: str, where: str, section: str = "") -> Iterator[Passage]:
    """Yield running text by lines and sentences."""
    for number, line in enumerate(text.split("\n"), start=1):
        for part in SENTENCE.split(line):
            if part.strip():
                yield Passage(part, part, f"{where} {number}", section=section)


def table(
    rows: Sequence[Sequence[str]], caption: str, where: str, section: str = ""
) -> Iterator[Passage]:
    """Yield each cell of a table with its row, its heading and the caption.

    Rows above the headings, as a sheet has for its title, belong to the caption.
    """
    wide = (n for n, row in enumerate(rows) if sum(bool(cell.strip()) for cell in row) > 1)
    start = next(wide, 0)
    heading = rows[start] if rows else []
    caption = " | ".join([caption, *(cell for row in rows[:start] for cell in row if cell)])
    for number, row in enumerate(rows, start=1):
        words = [cell for cell in row if not PLAIN_NUMBER.fullmatch(cell)]
        for place, cell in enumerate(row):
            above = heading[place] if place < len(heading) and number > start + 1 else ""
            context = " | ".join([caption, above, *words, cell])
            yield Passage(cell, context, f"{where} {number}", above, section, cell=True)


def png_text(data: bytes) -> Iterator[Passage]:
    """Yield the texts that a PNG carries beside its pixels."""
    place = PNG_HEAD
    while place + PNG_HEAD <= len(data):
        size, kind = struct.unpack(">I4s", data[place : place + PNG_HEAD])
        body = data[place + PNG_HEAD : place + PNG_HEAD + size]
        if kind in (b"tEXt", b"iTXt"):
            yield from plain(body.replace(b"\0", b" ").decode("utf-8", errors="replace"), "text")
        if kind == b"zTXt":
            _, _, packed = body.partition(b"\0")
            yield from plain(zlib.decompress(packed[1:]).decode("latin-1"), "text")
        place += size + PNG_FRAME
