"""The passages of a tagged PDF, by its structure: rows of tables, paragraphs, alternative texts.

Text that no tag holds is read as well, page by page. What a PDF shows as pixels or as
outlines of letters is not text and is not read.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from hwb_analysis.disclosure.leak_passage import Passage, plain, table

HEADING = re.compile(r"/H\d?$")
BLOCKS = ("/P", "/Caption", "/LBody", "/Lbl", "/Note", "/Title", "/TOCI", "/Figure", "/Formula")
SPOKEN = ("/Alt", "/ActualText", "/E", "/T")
DEEPEST = 20

Place = tuple[int, int]
Codes = Mapping[bytes, str]


def pdf_passages(data: bytes) -> Iterator[Passage]:
    """Yield the passages of a PDF.

    Raises
    ------
    ValueError
        When it is no PDF, is locked, or nothing is here to read it with.
    """
    try:
        pikepdf = import_module("pikepdf")
    except ImportError as error:
        raise ValueError("nothing is here to read a PDF with") from error
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            yield from _Reader(pikepdf, pdf).passages()
    except pikepdf.PdfError as error:
        raise ValueError("the PDF cannot be read") from error


class _Reader:
    """Reads the text of one PDF by page and mark, then puts it together by structure."""

    def __init__(self, pikepdf: Any, pdf: Any) -> None:
        self.pikepdf, self.pdf = pikepdf, pdf
        self.marked: dict[Place, str] = {}
        self.loose: list[Passage] = []
        self.section = ""
        self.pages = {page.objgen: number for number, page in enumerate(pdf.pages, start=1)}

    def passages(self) -> Iterator[Passage]:
        for number, page in enumerate(self.pdf.pages, start=1):
            self._read(page, page.get("/Resources", {}), number, None, 0)
        used = set[Place]()
        root = self.pdf.Root.get("/StructTreeRoot")
        if root is not None:
            yield from self._element(root, 0, used)
        yield from self.loose
        for place, text in self.marked.items():
            if place not in used:
                yield from plain(text, f"page {place[0]} line")
        yield from self._about()

    def _about(self) -> Iterator[Passage]:
        for key, value in self.pdf.docinfo.items():
            yield from plain(str(value), f"metadata {key}")
        held = self.pdf.Root.get("/Metadata")
        if held is not None:
            text = re.sub(r"<[^>]+>", "\n", held.read_bytes().decode("utf-8", errors="replace"))
            yield from plain(text, "metadata")

    # -- text -------------------------------------------------------------------

    def _read(self, held: Any, resources: Any, page: int, mark: int | None, depth: int) -> None:
        if depth > DEEPEST:
            raise ValueError("drawings lie too deep in each other")
        fonts = {k: _codes(v) for k, v in resources.get("/Font", {}).items()}
        codes: Codes = {}
        marks: list[int | None] = [mark]
        for operands, operator in self.pikepdf.parse_content_stream(held):
            name = str(operator)
            if name in ("BDC", "BMC"):
                marks.append(_mark(operands, resources, marks[-1]))
            elif name == "EMC" and len(marks) > 1:
                marks.pop()
            elif name == "Tf":
                codes = fonts.get(str(operands[0]), {})
            elif name in ("Tj", "TJ", "'", '"'):
                self._keep(page, marks[-1], _shown(operands[-1], codes))
            elif name in ("ET", "Td", "TD", "T*", "Tm"):
                self._keep(page, marks[-1], " ")
            elif name == "Do":
                inner = resources.get("/XObject", {}).get(str(operands[0]))
                if inner is not None and inner.get("/Subtype") == "/Form":
                    own = inner.get("/Resources", resources)
                    self._read(inner, own, page, marks[-1], depth + 1)

    def _keep(self, page: int, mark: int | None, text: str) -> None:
        place = (page, -1 if mark is None else mark)
        self.marked[place] = self.marked.get(place, "") + text

    # -- structure --------------------------------------------------------------

    def _element(self, element: Any, page: int, used: set[Place]) -> Iterator[Passage]:
        page = self._page(element, page)
        kind = str(element.get("/S", ""))
        if kind == "/Table" or kind in BLOCKS or HEADING.match(kind):
            page = self._told(element, page)
        for name in SPOKEN:
            if name in element:
                yield from plain(str(element[name]), f"page {page} {name}", self.section)
        if kind == "/Table":
            yield from self._table(element, page, used)
        elif kind in BLOCKS or HEADING.match(kind):
            text = self._text(element, page, used)
            self.section = text if HEADING.match(kind) else self.section
            yield from plain(text, f"page {page} line", self.section)
            for child in self._below(element):
                yield from self._spoken(child, page)
        else:
            for child in _inside(element):
                if _is_element(child):
                    yield from self._element(child, page, used)
                else:
                    text = self._leaf(child, page, used)
                    yield from plain(text, f"page {page} line", self.section)

    def _table(self, element: Any, page: int, used: set[Place]) -> Iterator[Passage]:
        rows, caption = [], ""
        for child in self._below(element):
            kind = str(child.get("/S", ""))
            if kind == "/TR":
                cells = [c for c in _inside(child) if _is_element(c)]
                rows.append([self._text(c, self._page(child, page), used).strip() for c in cells])
            elif kind == "/Caption":
                caption = self._text(child, page, used)
            yield from self._spoken(child, page)
        yield from plain(caption, f"page {page} line", self.section)
        yield from table(rows, f"{self.section} | {caption}", f"page {page} row", self.section)

    def _spoken(self, element: Any, page: int) -> Iterator[Passage]:
        for name in SPOKEN:
            if name in element:
                yield from plain(str(element[name]), f"page {page} {name}", self.section)

    def _below(self, element: Any) -> Iterator[Any]:
        for child in _inside(element):
            if _is_element(child):
                yield child
                yield from self._below(child)

    def _text(self, element: Any, page: int, used: set[Place]) -> str:
        page = self._page(element, page)
        parts = [
            self._text(child, page, used) if _is_element(child) else self._leaf(child, page, used)
            for child in _inside(element)
        ]
        return re.sub(r"\s+", " ", " ".join(parts))

    def _leaf(self, child: Any, page: int, used: set[Place]) -> str:
        if isinstance(child, self.pikepdf.Dictionary):
            if "/MCID" not in child:
                return ""
            page, child = self._page(child, page), child["/MCID"]
        place = (page, int(child))
        used.add(place)
        return self.marked.get(place, "")

    def _page(self, element: Any, page: int) -> int:
        held = element.get("/Pg")
        return page if held is None else self.pages.get(held.objgen, page)

    def _told(self, element: Any, page: int) -> int:
        """Return the page to name for an element: its own, or the first of what it holds."""
        own = self._page(element, page)
        for child in _inside(element):
            own = own or (self._told(child, 0) if hasattr(child, "get") else 0)
        return own


def _inside(element: Any) -> list[Any]:
    inside = element.get("/K")
    if inside is None:
        return []
    return list(inside) if _is_array(inside) else [inside]


def _is_array(inside: Any) -> bool:
    return getattr(inside, "_type_name", "") == "array"


def _is_element(child: Any) -> bool:
    return hasattr(child, "get") and "/S" in child


def _mark(operands: Any, resources: Any, outer: int | None) -> int | None:
    if len(operands) < 2:
        return outer
    held = operands[1]
    if not hasattr(held, "keys"):
        held = resources.get("/Properties", {}).get(str(held), {})
    return int(held["/MCID"]) if "/MCID" in held else outer


def _shown(operand: Any, codes: Codes) -> str:
    parts = list(operand) if _is_array(operand) else [operand]
    return "".join(_decoded(bytes(p), codes) for p in parts if _is_string(p))


def _is_string(part: Any) -> bool:
    return getattr(part, "_type_name", "") == "string"


def _decoded(data: bytes, codes: Codes) -> str:
    if not codes:
        return data.decode("latin-1")
    size = max(len(code) for code in codes)
    pieces = (data[n : n + size] for n in range(0, len(data), size))
    return "".join(codes.get(piece, "\ufffd") for piece in pieces)


def _codes(font: Any) -> Codes:
    """Return what the codes of a font stand for, as the font says."""
    held = font.get("/ToUnicode")
    return read_codes(held.read_bytes().decode("latin-1")) if held is not None else {}


def read_codes(text: str) -> dict[bytes, str]:
    r"""Return code to text from a character map.

    Examples
    --------
    >>> read_codes("1 beginbfchar <0003> <0041> endbfchar")
    {b'\x00\x03': 'A'}
    >>> read_codes("1 beginbfrange <01> <02> <0030> endbfrange")
    {b'\x01': '0', b'\x02': '1'}
    """
    found: dict[bytes, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", text, re.DOTALL):
        for code, meant in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>", block):
            found[bytes.fromhex(code)] = _meant(meant)
    ranges = r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(?:<([0-9A-Fa-f]+)>|\[([^\]]*)\])"
    for block in re.findall(r"beginbfrange(.*?)endbfrange", text, re.DOTALL):
        for first, last, meant, listed in re.findall(ranges, block):
            start, end, size = int(first, 16), int(last, 16), len(first) // 2
            each = re.findall(r"<([0-9A-Fa-f]*)>", listed)
            for place in range(end - start + 1):
                text_of = _meant(each[place]) if each else _stepped(_meant(meant), place)
                found[(start + place).to_bytes(size, "big")] = text_of
    return found


def _meant(digits: str) -> str:
    return bytes.fromhex(digits).decode("utf-16-be", errors="replace")


def _stepped(text: str, place: int) -> str:
    return text[:-1] + chr(ord(text[-1]) + place) if text else ""
