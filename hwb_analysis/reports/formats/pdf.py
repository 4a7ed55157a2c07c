"""PDF for reading and for the archive: tagged (PDF/UA-1), self-contained (PDF/A-2a)."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hwb_analysis.errors import AccessibilityError, OutputError
from hwb_analysis.reports.formats.document import Document
from hwb_analysis.reports.formats.pandoc import WITHOUT, asset, convert
from hwb_analysis.style import font_file

if TYPE_CHECKING:
    from collections.abc import Iterator

# Line ends, and marks that order or part words without a shape of their own.
UNSEEN = frozenset((9, 10, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x206A)))
STANDARDS: list[Any] = ["a-2a", "ua-1"]
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# Of a document whose data have no day; a clock would make each copy another file.
NO_DAY = datetime(2022, 1, 1, tzinfo=UTC)
_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")


def make_pdf(document: Document, *, data_date: str, content_key: str) -> bytes:
    """Return a document as PDF; the same document gives the same bytes.

    Parameters
    ----------
    document
        Prepared with SVG pictures.
    data_date
        Stands in the running head; an ISO day in it becomes the day of the document.
    content_key
        Stands at the foot of every page.

    Raises
    ------
    AccessibilityError
        When the typesetter finds a picture without alternative text, or another fault
        against PDF/UA-1 or PDF/A-2a.
    OutputError
        When pandoc or typst is missing or refuses the document.
    """
    body = convert(document, "typst", "print.lua").decode("utf-8")
    head = (
        '#import "report.typ": *\n#show: report.with(\n'
        f"  title: {_quoted(document.title)},\n  product: {_quoted(document.product)},\n"
        f"  data: {_quoted(data_date)},\n  key: {_quoted(content_key)},\n"
        f"  brief: {str(document.brief).lower()},\n)\n\n"
    )
    with asset("report.typ") as look:
        (document.folder / "report.typ").write_bytes(look.read_bytes())
    source = document.folder / "main.typ"
    source.write_text(in_typeface(head + body), encoding="utf-8")
    return mark_row_headers(_set(source, data_date), [g.head_at for g in document.grids])


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + " ".join(escaped.split()) + '"'


def _set(source: Path, data_date: str) -> bytes:
    try:
        import typst
    except ImportError as error:
        raise OutputError(f"typst was not found: {error}", remedy=WITHOUT) from error
    try:
        made: Any = typst.compile(
            source,
            root=source.parent,
            font_paths=[_typefaces().parent],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=STANDARDS,
            timestamp=day_of(data_date),
        )
    except typst.TypstError as error:
        raise AccessibilityError(
            f"a tagged PDF was expected, the typesetter refused it: {error.message}",
            where=_place(error),
            remedy="; ".join(error.hints) or "mend the page that it is made from",
        ) from error
    return bytes(made)


def _place(error: Any) -> str:
    lines = [line.strip() for line in str(error.diagnostic).splitlines() if line.strip()]
    return lines[1].rpartition("/")[2] if len(lines) > 1 else "the typeset report"


def day_of(data_date: str) -> datetime:
    """Return the first ISO day in a text, or a fixed day when there is none.

    Examples
    --------
    >>> day_of("data to 2025-03-31").isoformat()
    '2025-03-31T00:00:00+00:00'
    """
    found = _DAY.search(data_date)
    try:
        return datetime.fromisoformat(found[0]).replace(tzinfo=UTC) if found else NO_DAY
    except ValueError:
        return NO_DAY


@cache
def _typefaces() -> Path:
    found = font_file()
    if found is None:
        raise OutputError("the typeface of the charts was not found", remedy=WITHOUT)
    return Path(found)


@cache
def _covered() -> frozenset[int]:
    # By name, since it publishes no types; matplotlib, which brings the typeface, needs it.
    with import_module("fontTools.ttLib").TTFont(_typefaces(), lazy=True) as font:
        return frozenset(font.getBestCmap())


def in_typeface(text: str) -> str:
    r"""Return the text with a mark in place of each character that the typeface lacks.

    An archive PDF may hold no empty box and no character of private use.

    Examples
    --------
    >>> in_typeface("caf\u00e9 \u6f22") == "caf\u00e9 \ufffd"
    True
    """
    covered = _covered() | UNSEEN
    return "".join(c if ord(c) in covered and not _private(c) else REPLACEMENT for c in text)


def _private(character: str) -> bool:
    return "\ue000" <= character <= "\uf8ff" or ord(character) >= 0xF0000


def mark_row_headers(pdf: bytes, places: Sequence[int | None]) -> bytes:
    """Return the PDF with the heading cell of each table row tagged as a header.

    Parameters
    ----------
    pdf
        Tagged PDF.
    places
        For each table in order, the position of the heading cell in its rows.
    """
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        tables = list(_elements(opened.Root.StructTreeRoot, "/Table"))
        for table, place in zip(tables, places, strict=True):
            for row in _elements(table, "/TR"):
                _mark_row(row, place)
        out = io.BytesIO()
        opened.save(out, deterministic_id=True)
    return out.getvalue()


def _mark_row(row: Any, place: int | None) -> None:
    import pikepdf

    cells = [c for c in _children(row) if str(c.get("/S")) in ("/TD", "/TH")]
    for position, one in enumerate(cells):
        if str(one.S) == "/TH":
            continue
        head = position == place
        if head:
            one.S = pikepdf.Name.TH
        # Scope alone says which headings rule a cell; a list of them would name columns only.
        for attributes in _attributes(one):
            if str(attributes.get("/O")) == "/Table":
                if "/Headers" in attributes:
                    del attributes["/Headers"]
                if head:
                    attributes["/Scope"] = pikepdf.Name.Row


def _attributes(element: Any) -> list[Any]:
    import pikepdf

    found = element.get("/A")
    if found is None:
        return []
    return list(found) if isinstance(found, pikepdf.Array) else [found]


def _children(element: Any) -> list[Any]:
    import pikepdf

    inside = element.get("/K")
    listed = list(inside) if isinstance(inside, pikepdf.Array) else [inside]
    return [k for k in listed if isinstance(k, pikepdf.Dictionary) and "/S" in k]


def _elements(element: Any, kind: str) -> Iterator[Any]:
    for child in _children(element):
        if str(child.S) == kind:
            yield child
        yield from _elements(child, kind)
