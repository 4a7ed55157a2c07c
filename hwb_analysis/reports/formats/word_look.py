"""The document that gives Word files their look: styles by Word's own names, head and foot.

Pandoc takes styles, page and running lines from it. It is built here, so that the running
lines carry each report's title and that nobody has to open a binary file to review it. A
council's own template replaces the look, since the styles have the names Word gives them.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

SPACE = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
FONT = "Arial"
INK, QUIET, ACCENT, RULE = "0B0C0C", "484B4D", "12436D", "B9BDC1"
# A4 in twentieths of a point, margins of 22 mm.
SHORT, LONG, MARGIN = 11906, 16838, 1247
INNER = SHORT - 2 * MARGIN
ZIP_DAY = (1980, 1, 1, 0, 0, 0)

# Id, name as Word names it, size in half points, space before and after, then properties.
_PARAGRAPHS = (
    ("BodyText", "Body Text", 21, 0, 140, "", ""),
    ("Title", "Title", 44, 0, 120, "<w:keepNext/>", "<w:b/>"),
    ("Subtitle", "Subtitle", 22, 0, 280, "<w:keepNext/>", f'<w:color w:val="{QUIET}"/>'),
    ("Heading1", "heading 1", 31, 440, 160, '<w:keepNext/><w:outlineLvl w:val="0"/>', "<w:b/>"),
    ("Heading2", "heading 2", 25, 320, 120, '<w:keepNext/><w:outlineLvl w:val="1"/>', "<w:b/>"),
    ("Heading3", "heading 3", 22, 240, 100, '<w:keepNext/><w:outlineLvl w:val="2"/>', "<w:b/>"),
    ("Heading4", "heading 4", 21, 200, 80, '<w:keepNext/><w:outlineLvl w:val="3"/>', "<w:b/>"),
    ("Heading5", "heading 5", 21, 200, 80, '<w:keepNext/><w:outlineLvl w:val="4"/>', "<w:i/>"),
    ("Caption", "caption", 19, 200, 80, "<w:keepNext/>", ""),
    ("ListParagraph", "List Paragraph", 21, 0, 80, "", ""),
    ("NoSpacing", "No Spacing", 17, 20, 20, "", ""),
    ("BlockText", "Block Text", 21, 60, 140, '<w:ind w:left="360"/>', ""),
    ("Figure", "Figure", 21, 0, 60, "<w:keepNext/>", ""),
    ("FigureNote", "Figure Note", 17, 0, 120, "", f'<w:color w:val="{QUIET}"/>'),
    ("Header", "header", 17, 0, 0, "{tab}", f'<w:color w:val="{QUIET}"/>'),
    ("Footer", "footer", 17, 0, 0, "{tab}", f'<w:color w:val="{QUIET}"/>'),
)
_TAB = f'<w:tabs><w:tab w:val="right" w:pos="{INNER}"/></w:tabs>'


def reference_document(title: str, data_date: str, content_key: str) -> bytes:
    """Return a DOCX without text whose look and running lines pandoc takes over.

    Parameters
    ----------
    title, data_date
        Stand in the running head.
    content_key
        Stands at the foot, beside the number of the page.
    """
    head = _line("hdr", "Header", escape(title), _run(escape(data_date)))
    key = escape(f"Content key {content_key}") if content_key else ""
    foot = _line("ftr", "Footer", key, _page_of_pages())
    parts = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": _rels([("rId1", "officeDocument", "word/document.xml")]),
        "word/document.xml": _document(),
        "word/_rels/document.xml.rels": _rels(_RELATIONS),
        "word/styles.xml": _styles(),
        "word/settings.xml": f"<w:settings {SPACE}>{_SETTINGS}</w:settings>",
        "word/header1.xml": head,
        "word/footer1.xml": foot,
    }
    return zipped({name: (DECLARATION + text).encode() for name, text in parts.items()})


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Return parts as a zip file whose bytes depend on nothing but them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        # Readers expect the list of content types first.
        for name in sorted(parts, key=lambda n: (n != "[Content_Types].xml", n)):
            entry = zipfile.ZipInfo(name, ZIP_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, parts[name])
    return out.getvalue()


def page_size(turned: bool = False) -> str:
    """Return the page of a section, on its short or its long side."""
    across, down = (LONG, SHORT) if turned else (SHORT, LONG)
    orient = ' w:orient="landscape"' if turned else ""
    return (
        f'<w:pgSz w:w="{across}" w:h="{down}"{orient}/><w:pgMar w:top="{MARGIN}" '
        f'w:right="{MARGIN}" w:bottom="{MARGIN}" w:left="{MARGIN}" w:header="567" '
        'w:footer="567" w:gutter="0"/>'
    )


def _document() -> str:
    return f"<w:document {SPACE}><w:body><w:p/>{_section()}</w:body></w:document>"


def _section() -> str:
    return (
        '<w:sectPr><w:headerReference w:type="default" r:id="rId3"/>'
        f'<w:footerReference w:type="default" r:id="rId4"/>{page_size()}</w:sectPr>'
    )


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def _line(kind: str, style: str, left: str, right: str) -> str:
    return (
        f'<w:{kind} {SPACE}><w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>'
        f"{_run(left)}<w:r><w:tab/></w:r>{right}</w:p></w:{kind}>"
    )


def _page_of_pages() -> str:
    return f"{_run('Page ')}{_field('PAGE')}{_run(' of ')}{_field('NUMPAGES')}"


def _field(name: str) -> str:
    return f'<w:fldSimple w:instr=" {name} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def _styles() -> str:
    paragraphs = "".join(_paragraph(*row) for row in _PARAGRAPHS)
    return f"<w:styles {SPACE}>{_DEFAULTS}{paragraphs}{_CHARACTERS}{_TABLES}</w:styles>"


def _paragraph(
    key: str, name: str, size: int, before: int, after: int, layout: str, letters: str
) -> str:
    # The order of these elements is the schema's.
    keep, _, rest = layout.replace("{tab}", _TAB).partition("<w:outlineLvl")
    level = f"<w:outlineLvl{rest}" if rest else ""
    spacing = f'<w:spacing w:before="{before}" w:after="{after}"/>'
    indent = keep if keep.startswith("<w:ind") else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/>'
        '<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>'
        f"{'' if indent else keep}{spacing}{indent}{level}</w:pPr>"
        f'<w:rPr>{letters}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr></w:style>'
    )


def _rels(relations: list[tuple[str, str, str]]) -> str:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    lines = "".join(
        f'<Relationship Id="{key}" Type="{kind}/{name}" Target="{target}"/>'
        for key, name, target in relations
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{lines}</Relationships>'


_RELATIONS = [
    ("rId1", "styles", "styles.xml"),
    ("rId2", "settings", "settings.xml"),
    ("rId3", "header", "header1.xml"),
    ("rId4", "footer", "footer1.xml"),
]
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_WORD}.styles+xml"/>'
    f'<Override PartName="/word/settings.xml" ContentType="{_WORD}.settings+xml"/>'
    f'<Override PartName="/word/header1.xml" ContentType="{_WORD}.header+xml"/>'
    f'<Override PartName="/word/footer1.xml" ContentType="{_WORD}.footer+xml"/></Types>'
)
_SETTINGS = (
    '<w:defaultTabStop w:val="720"/><w:compat><w:compatSetting w:name="compatibilityMode" '
    'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    '<w:themeFontLang w:val="en-GB"/>'
)
_LANGUAGE = '<w:lang w:val="en-GB" w:eastAsia="en-GB" w:bidi="ar-SA"/>'
_DEFAULTS = (
    f'<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" '
    f'w:cs="{FONT}" w:eastAsia="{FONT}"/><w:color w:val="{INK}"/><w:sz w:val="21"/>'
    f'<w:szCs w:val="21"/>{_LANGUAGE}</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>'
    '<w:spacing w:after="120" w:line="276" w:lineRule="auto"/></w:pPr></w:pPrDefault>'
    '</w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal">'
    '<w:name w:val="Normal"/><w:qFormat/></w:style>'
)
_CHARACTERS = (
    '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
    '<w:name w:val="Default Paragraph Font"/></w:style>'
    '<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:rPr>'
    f'<w:color w:val="{ACCENT}"/><w:u w:val="single"/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="VerbatimChar"><w:name w:val="Verbatim Char"/>'
    '<w:rPr><w:rFonts w:ascii="Consolas" w:hAnsi="Consolas"/></w:rPr></w:style>'
)
_TABLES = (
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal">'
    '<w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>'
    '<w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar>'
    '</w:tblPr></w:style><w:style w:type="table" w:styleId="TableGridLight">'
    '<w:name w:val="Grid Table Light"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>'
    f'<w:bottom w:val="single" w:sz="4" w:color="{RULE}"/>'
    f'<w:insideH w:val="single" w:sz="4" w:color="{RULE}"/></w:tblBorders></w:tblPr>'
    '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr><w:tcBorders>'
    f'<w:bottom w:val="single" w:sz="8" w:color="{INK}"/></w:tcBorders>'
    '<w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr></w:style>'
)
