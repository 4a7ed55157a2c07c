"""The PDF: its tags, language, title, words for pictures, headings of tables, and its bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import outloud
import pikepdf
import pytest

from hwb_analysis.errors import AccessibilityError
from hwb_analysis.reports.formats import write_formats
from hwb_analysis.reports.formats.document import prepare
from hwb_analysis.reports.formats.pdf import day_of, in_typeface, make_pdf


def elements(pdf: pikepdf.Pdf, kind: str) -> list[Any]:
    return [e for e in _walk(pdf.Root.StructTreeRoot.K) if str(e.S) == f"/{kind}"]


def _walk(node: Any) -> Iterator[Any]:
    if isinstance(node, pikepdf.Array):
        for one in node:
            yield from _walk(one)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield node
        if "/K" in node:
            yield from _walk(node.K)


def scope(element: Any) -> str:
    found = element.get("/A")
    listed = found if isinstance(found, pikepdf.Array) else [found]
    return next(str(a.Scope) for a in listed if "/Scope" in a)


@pytest.fixture(scope="module")
def opened(made) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(made.pdf) as pdf:
        yield pdf


def test_it_declares_title_language_and_both_standards(opened):
    assert str(opened.Root.Lang) == "en-GB"
    assert bool(opened.Root.MarkInfo.Marked)
    assert bool(opened.Root.ViewerPreferences.DisplayDocTitle)
    with opened.open_metadata() as told:
        assert told["dc:title"] == "Healthy choices"
        assert told["pdfuaid:part"] == "1"
        assert (told["pdfaid:part"], told["pdfaid:conformance"]) == ("2", "A")
    assert str(opened.docinfo["/CreationDate"]).startswith("D:20250331")


def test_every_picture_has_its_words_and_a_caption(opened):
    figures = elements(opened, "Figure")
    assert [str(f.Alt) for f in figures] == [
        'Smoking fell to 11 %. Line chart: "share" of adults, 2011 to 2024.',
        "Walking stayed at 20 %.",
    ]
    assert len(elements(opened, "Caption")) == 2 + 3


def test_tables_have_header_cells_for_columns_and_rows(opened):
    tables = elements(opened, "Table")
    assert len(tables) == 3
    heads = [[scope(c) for c in _walk(t) if str(c.S) == "/TH"] for t in tables]
    assert [h.count("/Column") for h in heads] == [4, 4, 3]
    assert [h.count("/Row") for h in heads] == [2, 60, 2]


def test_headings_keep_their_order(opened):
    found = [str(e.S) for e in _walk(opened.Root.StructTreeRoot.K) if str(e.S).startswith("/H")]
    assert found == ["/H1", "/H1", "/H2", "/H1", "/H2", "/H1"]


def test_a_checker_of_pdf_ua_finds_no_error(made):
    found = outloud.check(str(made.pdf), layers=["conformance"])
    assert found.error is None
    assert found.errors == 0


def test_typefaces_are_embedded_and_the_file_is_small(made, opened):
    described = [o for o in opened.objects if isinstance(o, pikepdf.Dictionary)]
    fonts = [o for o in described if o.get("/Type") == "/FontDescriptor"]
    assert fonts
    assert all({"/FontFile2", "/FontFile3"} & set(f.keys()) for f in fonts)
    assert all("DejaVu" in str(f.FontName) for f in fonts)
    assert made.pdf.stat().st_size < 300_000


def test_the_same_page_gives_the_same_bytes(made, tmp_path):
    again = write_formats(
        made.page,
        ("pdf",),
        folder=tmp_path,
        data_date="data to 31 March 2025 (2025-03-31)",
        content_key="0123abcd4567",
    )
    assert again[0].read_bytes() == made.pdf.read_bytes()


def test_links_inside_the_page_lead_somewhere(opened):
    links = [a for p in opened.pages for a in p.get("/Annots", []) if a.Subtype == "/Link"]
    outside = [str(a.A.URI) for a in links if "/A" in a and "/URI" in a.A]
    assert outside == ["https://example.org/"]
    assert len(links) == 2


@pytest.mark.parametrize(
    "alt", ["", " ", "Chart.", "No description has been provided for this image"]
)
def test_a_picture_without_words_stops_the_document(made, tmp_path, alt):
    text = made.page.read_text(encoding="utf-8")
    page = tmp_path / "report.html"
    page.write_text(text.replace("Walking stayed at 20 %.", alt), encoding="utf-8")
    with pytest.raises(AccessibilityError, match="picture 2 needs alternative text") as caught:
        write_formats(page, ("pdf",), folder=tmp_path)
    assert caught.value.exit_code == 15
    assert not (tmp_path / "report.pdf").exists()


def test_the_typesetter_itself_refuses_a_picture_without_words(made, tmp_path):
    document = prepare(made.page, tmp_path, "svg")
    words = 'alt="Walking stayed at 20 %." '
    assert words in document.html
    bare = type(document)(
        **{
            **{name: getattr(document, name) for name in document.__slots__},
            "html": document.html.replace(words, 'alt="" '),
        }
    )
    with pytest.raises(AccessibilityError, match="missing alt text"):
        make_pdf(bare, data_date="", content_key="")


def test_hostile_texts_come_out_as_they_went_in(stressed, hostile):
    with pikepdf.open(stressed.pdf) as pdf:
        headings = [str(e.T) for e in elements(pdf, "H1")]
        alts = [str(e.Alt) for e in elements(pdf, "Figure")]
        with pdf.open_metadata() as told:
            assert told["dc:title"] == '#panic() <b>$ \\ "x" @y'
        assert len(elements(pdf, "Table")) == 4
        rows = [e for e in _walk(elements(pdf, "Table")[0]) if str(e.S) == "/TR"]
    assert headings[: len(hostile)] == [" ".join(text.split()) for text in hostile]
    assert alts == [f"{text} alt" for text in hostile]
    assert len(rows) == 1 + 425
    found = outloud.check(str(stressed.pdf), layers=["conformance"])
    assert found.errors == 0
    assert stressed.pdf.stat().st_size < 3_000_000


def test_characters_without_a_shape_do_not_stop_it(bare_page, tmp_path):
    text = bare_page.read_text(encoding="utf-8")
    odd = "\u6f22\ue000\ufeff\ufffe&#1;\x07\U0010fffd done"
    bare_page.write_text(text.replace("No measure", f"{odd} No measure"), encoding="utf-8")
    (pdf,) = write_formats(bare_page, ("pdf",), folder=tmp_path)
    assert pdf.read_bytes().startswith(b"%PDF-1.7")


def test_what_the_typeface_lacks_is_marked():
    assert in_typeface("Café ● ▲ ◆ ↓ − \u05e9") == "Café ● ▲ ◆ ↓ − \u05e9"
    assert in_typeface("\u6f22\ue000") == "\ufffd\ufffd"


@pytest.mark.parametrize(
    ("told", "day"),
    [("data to 2024-02-29", "2024-02-29"), ("2023-02-30", "2022-01-01"), ("", "2022-01-01")],
)
def test_the_day_of_a_document_is_that_of_its_data(told, day):
    assert day_of(told).date().isoformat() == day


def test_a_picture_may_stand_beside_the_page(tmp_path, bare_page):
    (bare_page.parent / "line.svg").write_bytes(
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    )
    text = bare_page.read_text(encoding="utf-8")
    shown = "<img src='line.svg' alt='A line that rises'><p>No"
    bare_page.write_text(text.replace("<p>No", shown, 1), encoding="utf-8")
    (pdf,) = write_formats(bare_page, ("pdf",), folder=tmp_path)
    with pikepdf.open(pdf) as opened:
        assert [str(f.Alt) for f in elements(opened, "Figure")] == ["A line that rises"]
