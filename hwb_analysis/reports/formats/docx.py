"""Word documents for councils to edit: Word's own styles, captions, repeated headings."""

from __future__ import annotations

import io
import re
import zipfile

from hwb_analysis.errors import OutputError
from hwb_analysis.reports.formats.document import Document
from hwb_analysis.reports.formats.pandoc import convert
from hwb_analysis.reports.formats.word_look import page_size, reference_document, zipped

BODY = "word/document.xml"
# From pandoc's style names to Word's own, so that a council's template applies.
STYLES = {
    "FirstParagraph": "BodyText",
    "ImageCaption": "Caption",
    "TableCaption": "Caption",
    "CaptionedFigure": "Figure",
    "Table": "TableGridLight",
}
OPTIONS = ("--figure-caption-position=above", "--table-caption-position=above")
_PARAGRAPH = re.compile(r"<w:p>.*?</w:p>", re.DOTALL)
_SECTION = re.compile(r"<w:sectPr.*?</w:sectPr>", re.DOTALL)
_RUNNING = re.compile(r"<w:(?:header|footer)Reference[^>]*/>")
_MARK = re.compile(r'<w:p>\s*<w:pPr>\s*<w:pStyle w:val="Section(Upright|Turned)"\s*/>.*?</w:p>')


def make_docx(document: Document, *, data_date: str, content_key: str) -> bytes:
    """Return a document as DOCX; the same document gives the same bytes.

    Parameters
    ----------
    document
        Prepared with PNG pictures: a word processor draws no SVG.
    data_date, content_key
        Stand in the running lines.

    Raises
    ------
    OutputError
        When pandoc is missing or refuses the document.
    """
    look = document.folder / "look.docx"
    look.write_bytes(reference_document(document.title, data_date, content_key))
    options = (*OPTIONS, f"--reference-doc={look.name}")
    return finish(convert(document, "docx+native_numbering", "word.lua", options), document)


def finish(made: bytes, document: Document) -> bytes:
    """Return a DOCX of pandoc's with Word's style names, sections and unbroken rows."""
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    body = parts[BODY].decode("utf-8")
    if body.count("<wp:inline") != document.pictures:
        raise OutputError(
            f"{document.pictures} pictures were expected in the Word document, "
            f"it has {body.count('<wp:inline')}",
            where=document.page.name,
        )
    parts[BODY] = _sections(_rows(_styles(body))).encode("utf-8")
    return zipped(parts)


def _styles(body: str) -> str:
    for theirs, ours in STYLES.items():
        body = re.sub(rf'(<w:(?:p|tbl)Style w:val="){theirs}"', rf'\g<1>{ours}"', body)
    return _PARAGRAPH.sub(_compact, body)


def _compact(found: re.Match[str]) -> str:
    # Pandoc has one tight style; in a list and in a cell Word has its own.
    name = "ListParagraph" if "<w:numPr>" in found[0] else "NoSpacing"
    return found[0].replace('<w:pStyle w:val="Compact"', f'<w:pStyle w:val="{name}"')


def _rows(body: str) -> str:
    body = re.sub(r"<w:tr>(?!\s*<w:trPr>)", "<w:tr><w:trPr><w:cantSplit/></w:trPr>", body)
    body = re.sub(r"<w:trPr>(?!<w:cantSplit)", "<w:trPr><w:cantSplit/>", body)
    return body.replace('w:firstColumn="0"', 'w:firstColumn="1"')


def _sections(body: str) -> str:
    *_, last = _SECTION.findall(body)
    running = "".join(_RUNNING.findall(last))

    def end(mark: re.Match[str]) -> str:
        size = page_size(turned=mark[1] == "Turned")
        return f"<w:p><w:pPr><w:sectPr>{running}{size}</w:sectPr></w:pPr></w:p>"

    return _MARK.sub(end, body)
