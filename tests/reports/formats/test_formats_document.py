"""What becomes of a page on its way into the other formats."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from hwb_analysis.errors import AccessibilityError, OutputError, UsageError
from hwb_analysis.reports.formats import check, write_formats
from hwb_analysis.reports.formats import pandoc as pandoc_module
from hwb_analysis.reports.formats.document import prepare, read_page


@pytest.fixture
def body(made, tmp_path):
    return BeautifulSoup(prepare(made.page, tmp_path, "svg").html, "html.parser")


def test_what_belongs_to_the_screen_is_gone(body):
    assert body.find(["nav", "script", "style", "details", "summary"]) is None
    assert "Skip to" not in body.get_text()
    assert body.select(".table-scroll") == []


def test_headings_move_up_and_the_title_is_not_repeated(made, tmp_path):
    document = prepare(made.page, tmp_path, "svg")
    soup = BeautifulSoup(document.html, "html.parser")
    assert document.title == "Healthy choices"
    assert "Healthy choices" not in soup.get_text()
    assert [h.name for h in soup.find_all(["h1", "h2", "h3"])] == [
        "h1",
        "h1",
        "h2",
        "h1",
        "h2",
        "h1",
    ]


def test_folded_tables_are_open_and_captions_stand_once(body):
    captions = [c.get_text() for c in body.find_all("caption")]
    assert captions == ["All measures", "Smoking by year", "Districts"]
    assert "Data table" not in body.get_text()


def test_links_keep_their_places_and_neighbours_stay_behind(body):
    links = [a["href"] for a in body.find_all("a")]
    assert links == ["#m-2", "https://example.org/"]
    assert body.find(id="m-2").name == "span"
    assert "all and the source" in body.get_text()


def test_symbols_bring_their_words_and_short_marks_a_legend(body):
    first = body.find("tbody").find("th").get_text()
    assert first == "Fewer smokers ↓ (wanted: a decrease)"
    notes = [" ".join(d.get_text().split()) for d in body.select(".table-note")]
    assert "A: can be tested; D: no figure here." in notes


def test_a_remark_of_every_row_is_said_once(body):
    assert "note 1: derived from the four quarters." in body.get_text()
    assert body.get_text().count("derived from the four quarters") == 1


def test_the_footer_ends_the_document(body):
    heads = [h.get_text() for h in body.find_all("h1")]
    assert heads[-1] == "About this document"
    after = body.find(id="about-this-document").find_next_siblings("p")
    told = [" ".join(p.get_text().split()) for p in after]
    assert told[0] == "Snapshot: 2026-01"
    (licence,) = [t for t in told if t.startswith("Not official statistics.")]
    # On paper a link needs the address that it leads to.
    assert "v3.0 (https://www.nationalarchives.gov.uk/" in licence
    assert not any("Web Content" in t for t in told)


def test_pictures_become_files(made, tmp_path):
    document = prepare(made.page, tmp_path, "svg")
    assert document.pictures == 2
    assert sorted(p.name for p in tmp_path.glob("*.svg")) == ["figure-1.svg", "figure-2.svg"]
    assert 'src="figure-1.svg"' in document.html


@pytest.mark.parametrize("source", ["lost.svg", "https://example.org/x.svg", "../secret.txt", ""])
def test_a_picture_that_is_not_there_is_told(bare_page, tmp_path, source):
    text = bare_page.read_text(encoding="utf-8")
    picture = f"<img src='{source}' alt='A line'><p>No"
    bare_page.write_text(text.replace("<p>No", picture, 1), encoding="utf-8")
    with pytest.raises(AccessibilityError, match="neither in the page nor beside it"):
        prepare(bare_page, tmp_path, "svg")


def test_no_page_and_half_a_page_are_told(tmp_path):
    with pytest.raises(OutputError, match="cannot be read"):
        read_page(tmp_path / "none.html")
    (tmp_path / "half.html").write_text("<p>x</p>", encoding="utf-8")
    with pytest.raises(OutputError, match="a main part was expected"):
        read_page(tmp_path / "half.html")


def test_an_unknown_format_is_told_with_the_known_ones(bare_page, tmp_path):
    with pytest.raises(UsageError, match="unknown format 'doc'") as caught:
        write_formats(bare_page, ("html", "doc"), folder=tmp_path)
    assert "docx" in caught.value.remedy
    check(("html", "pdf", "docx", "xlsx"))


def test_html_alone_writes_nothing(bare_page, tmp_path):
    assert write_formats(bare_page, ("html",), folder=tmp_path / "out") == []
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_told(bare_page, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="could not be written"):
        write_formats(bare_page, ("xlsx",), folder=tmp_path / "file")


def test_a_missing_pandoc_is_told_with_the_remedy(bare_page, tmp_path, monkeypatch):
    import pypandoc

    def gone() -> str:
        raise OSError("no pandoc")

    monkeypatch.setattr(pypandoc, "get_pandoc_path", gone)
    with pytest.raises(OutputError, match="pandoc was not found") as caught:
        pandoc_module.convert(prepare(bare_page, tmp_path, "svg"), "typst", "print.lua")
    assert "reports" in caught.value.remedy


def test_a_refusal_of_pandoc_is_told(bare_page, tmp_path):
    with pytest.raises(OutputError, match="could not turn the page into nothing"):
        pandoc_module.convert(prepare(bare_page, tmp_path, "svg"), "nothing", "print.lua")


def test_the_page_itself_is_only_read(made, stressed):
    for page in (made.page, stressed.page):
        assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert not [p.name for p in made.pdf.parent.iterdir() if p.name.startswith(".")]
