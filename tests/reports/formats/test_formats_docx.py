"""The Word document: styles by Word's names, captions, repeated headings, words for pictures."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pikepdf
import pytest

from hwb_analysis.errors import OutputError
from hwb_analysis.reports.formats import write_formats
from hwb_analysis.reports.formats.document import prepare
from hwb_analysis.reports.formats.docx import finish

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def body(path: Path) -> ElementTree.Element:
    return ElementTree.fromstring(parts(path)["word/document.xml"])


def text_of(element: ElementTree.Element) -> str:
    return "".join(t.text or "" for t in element.iter(f"{W}t"))


def styled(root: ElementTree.Element, style: str) -> list[str]:
    return [
        text_of(p)
        for p in root.iter(f"{W}p")
        if p.find(f"{W}pPr/{W}pStyle[@{W}val='{style}']") is not None
    ]


def test_styles_have_words_own_names(made):
    root = body(made.docx)
    used = {s.get(f"{W}val") for s in root.iter(f"{W}pStyle")}
    tree = ElementTree.fromstring(parts(made.docx)["word/styles.xml"])
    names = {
        s.get(f"{W}styleId"): s.find(f"{W}name").get(f"{W}val") for s in tree.iter(f"{W}style")
    }
    assert used <= set(names)
    known = {"Title", "Subtitle", "Body Text", "heading 1", "heading 2", "caption"}
    own = {"List Paragraph", "No Spacing", "Figure", "Figure Note"}
    assert {names[one] for one in used} == known | own
    tables = {s.get(f"{W}val") for s in root.iter(f"{W}tblStyle")}
    assert {names[t] for t in tables} == {"Grid Table Light"}


def test_title_stands_once_and_headings_follow(made):
    root = body(made.docx)
    assert styled(root, "Title") == ["Healthy choices"]
    assert styled(root, "Heading1") == ["Measures", "Smoking", "Place", "About this document"]
    assert styled(root, "Heading2") == ["Adults", "What we cannot see"]


def test_captions_are_real_and_numbered_once(made):
    captions = styled(body(made.docx), "Caption")
    numbered = [c.replace("\xa0", " ") for c in captions if re.match(r"(Figure|Table)\s\d", c)]
    assert numbered == [
        "Table 1: All measures",
        "Figure 1: Smoking fell to 11 %",
        "Table 2: Smoking by year",
        "Figure 2: Walking did not",
        "Table 3: Districts",
    ]
    xml = parts(made.docx)["word/document.xml"].decode()
    assert xml.count("SEQ Table") == 3
    assert xml.count("SEQ Figure") == 2


def test_pictures_have_words_and_are_png(made):
    told = [d.get("descr") for d in body(made.docx).iter(f"{DRAWING}docPr")]
    assert told == [
        'Smoking fell to 11 %. Line chart: "share" of adults, 2011 to 2024.',
        "Walking stayed at 20 %.",
    ]
    media = [name for name in parts(made.docx) if name.startswith("word/media/")]
    assert len(media) == 2
    assert all(name.endswith(".png") for name in media)


def test_a_png_drawn_with_the_svg_is_taken(made, tmp_path):
    page = tmp_path / "report.html"
    shutil.copyfile(made.page, page)
    (tmp_path / "figures").mkdir()
    drawing = (
        '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="96" height="48" '
        'viewBox="0 0 96 48"><path d="M0 40L96 4" stroke="#12436D"/></svg>'
    )
    (tmp_path / "figures" / "a.svg").write_text(drawing, encoding="utf-8")
    own = next(v for n, v in parts(made.docx).items() if n.startswith("word/media/")) + b"own"
    (tmp_path / "figures" / "a.png").write_bytes(own)
    (docx,) = write_formats(page, ("docx",), folder=tmp_path)
    assert own in parts(docx).values()


def test_headings_of_tables_repeat_and_rows_stay_whole(made):
    for table in body(made.docx).iter(f"{W}tbl"):
        rows = list(table.iter(f"{W}tr"))
        assert rows[0].find(f"{W}trPr/{W}tblHeader") is not None
        assert all(r.find(f"{W}trPr/{W}cantSplit") is not None for r in rows)
        look = table.find(f"{W}tblPr/{W}tblLook")
        assert (look.get(f"{W}firstRow"), look.get(f"{W}firstColumn")) == ("1", "1")


def test_language_and_properties(made):
    files = parts(made.docx)
    styles = ElementTree.fromstring(files["word/styles.xml"])
    assert {one.get(f"{W}val") for one in styles.iter(f"{W}lang")} == {"en-GB"}
    core = files["docProps/core.xml"].decode()
    assert "<dc:title>Healthy choices</dc:title>" in core
    assert "<dc:language>en-GB</dc:language>" in core
    assert "2022-01-01T00:00:00Z" in core


def test_running_lines_carry_title_date_key_and_page(made):
    files = parts(made.docx)
    head = ElementTree.fromstring(files["word/header1.xml"])
    foot = ElementTree.fromstring(files["word/footer1.xml"])
    assert text_of(head) == "Healthy choicesdata to 31 March 2025 (2025-03-31)"
    assert text_of(foot).startswith("Content key 0123abcd4567Page ")
    fields = [f.get(f"{W}instr").strip() for f in foot.iter(f"{W}fldSimple")]
    assert fields == ["PAGE", "NUMPAGES"]
    references = list(body(made.docx).iter(f"{W}headerReference"))
    assert references


def test_a_table_of_many_words_stands_on_the_long_side(tmp_path, bare_page):
    head = "".join(f'<th scope="col">Column {n}</th>' for n in range(7))
    said = "a remark that runs on for quite some while before it ends"
    row = '<tr><th scope="row">x</th>' + f"<td>{said}</td>" * 6 + "</tr>"
    inside = f"<caption>Long</caption><thead><tr>{head}</tr></thead>{row * 3}"
    table = f"<h2 id='n'>Notes</h2><table>{inside}</table>"
    text = bare_page.read_text(encoding="utf-8")
    bare_page.write_text(text.replace("<p>No", f"{table}<p>No", 1), encoding="utf-8")
    pdf, docx = write_formats(bare_page, ("pdf", "docx"), folder=tmp_path)
    turns = [s.get(f"{W}orient") for s in body(docx).iter(f"{W}pgSz")]
    assert turns == [None, "landscape", None]
    assert len(list(body(docx).iter(f"{W}headerReference"))) == 3
    with pikepdf.open(pdf) as opened:
        wide = [p.mediabox[2] > p.mediabox[3] for p in opened.pages]
    assert wide == [False, True, False]


def test_equal_parts_on_repetition(made, tmp_path):
    (again,) = write_formats(
        made.page,
        ("docx",),
        folder=tmp_path,
        data_date="data to 31 March 2025 (2025-03-31)",
        content_key="0123abcd4567",
    )
    assert parts(again) == parts(made.docx)
    assert again.read_bytes() == made.docx.read_bytes()


def test_hostile_texts_come_out_as_they_went_in(stressed, hostile):
    root = body(stressed.docx)
    assert styled(root, "Heading1")[: len(hostile)] == [" ".join(t.split()) for t in hostile]
    assert [d.get("descr") for d in root.iter(f"{DRAWING}docPr")] == [f"{t} alt" for t in hostile]
    assert styled(root, "Title") == ['#panic() <b>$ \\ "x" @y']
    rows = list(next(root.iter(f"{W}tbl")).iter(f"{W}tr"))
    assert len(rows) == 1 + 425


def test_a_picture_that_got_lost_is_told(made, tmp_path):
    document = prepare(made.page, tmp_path, "png")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as empty:
        empty.writestr("word/document.xml", "<w:document/>")
    with pytest.raises(OutputError, match="2 pictures were expected"):
        finish(archive.getvalue(), document)


@pytest.mark.libreoffice
def test_libreoffice_opens_it_with_every_picture(made, tmp_path):
    profile = (tmp_path / "profile").as_uri()
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={profile}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(tmp_path),
            str(made.docx),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    with pikepdf.open(tmp_path / "report.pdf") as pdf:
        drawn = [o for p in pdf.pages for o in p.resources.get("/XObject", {}).values()]
        pictures = {o.objgen for o in drawn if o.Subtype == "/Image"}
        assert len(pictures) == 2
        assert len(pdf.pages) >= 2
