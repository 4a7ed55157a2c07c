"""The page: semantic, self-contained, and without what does not belong to a reader."""

from __future__ import annotations

import base64
import hashlib
import re

import nbformat
import pytest
from bs4 import BeautifulSoup

from hwb_analysis.errors import AccessibilityError
from hwb_analysis.reports.render import (
    LICENCE_ADDRESS,
    PageMeta,
    contents,
    markdown,
    number_headings,
    page,
    render_notebook,
    set_notice,
)

META = PageMeta(
    "A <strategy>",
    data="data to May 2026",
    facts=[("Made", "1 May 2026")],
    links=[("Record of this run", "../manifest.json")],
)


def _output(**data: str) -> nbformat.NotebookNode:
    kinds = {name.replace("_", "/", 1): value for name, value in data.items()}
    return nbformat.v4.new_output("display_data", data=kinds)


def _notebook(*cells: object) -> nbformat.NotebookNode:
    made = []
    for cell in cells:
        if isinstance(cell, str):
            made.append(nbformat.v4.new_markdown_cell(cell))
        else:
            made.append(nbformat.v4.new_code_cell("secret = 1", outputs=[cell]))
    return nbformat.v4.new_notebook(cells=made)


def _soup(*cells: object) -> BeautifulSoup:
    return BeautifulSoup(render_notebook(_notebook(*cells), meta=META).html, "html5lib")


def test_the_page_has_its_landmarks_in_order():
    soup = _soup("# Sleep\n\n## Summary\n\nText")
    assert soup.html["lang"] == "en-GB"
    assert soup.title.text == "Sleep – A <strategy>"
    assert [t.name for t in soup.body.find_all(["a", "header", "nav", "main", "footer"])][:2] == [
        "a",
        "header",
    ]
    assert [t.name for t in soup.body.find_all(["header", "nav", "main", "footer"])] == [
        "header",
        "nav",
        "main",
        "footer",
    ]
    skip = soup.body.find("a")
    assert soup.find(id=skip["href"][1:]).name == "main"
    assert soup.find("meta", attrs={"name": "viewport"})
    assert "Not official statistics" in soup.footer.text
    assert "Open Government Licence v3.0" in soup.footer.text


def test_code_is_left_out():
    assert (
        "secret"
        not in render_notebook(_notebook("# A", _output(text_html="<p>x</p>")), meta=META).html
    )


def test_markdown_and_html_outputs_stand_in_order():
    soup = _soup("# A", _output(text_markdown="One **two**"), _output(text_html="<p>three</p>"))
    assert [p.text for p in soup.main.find_all("p")] == ["One two", "three"]
    assert soup.main.strong.text == "two"


def test_html_is_preferred_where_an_output_has_several_forms():
    soup = _soup("# A", _output(text_html="<p>rich</p>", text_plain="plain", image_png="x"))
    assert "rich" in soup.main.text
    assert "plain" not in soup.main.text


@pytest.mark.parametrize("tag", ["hide", "parameters", "injected-parameters"])
def test_tagged_cells_are_left_out(tag):
    notebook = _notebook("# A", "hidden words", _output(text_html="<p>hidden too</p>"))
    for cell in notebook.cells[1:]:
        cell.metadata["tags"] = [tag]
    assert (
        "hidden" not in BeautifulSoup(render_notebook(notebook, meta=META).html, "lxml").main.text
    )


def test_what_is_dropped_is_counted():
    stream = nbformat.v4.new_output("stream", name="stdout", text="x")
    warning = nbformat.v4.new_output("stream", name="stderr", text="x")
    value = nbformat.v4.new_output("execute_result", data={"text/plain": "42"})
    done = render_notebook(_notebook("# A", stream, warning, warning, value), meta=META)
    assert done.dropped == {"stdout": 1, "stderr": 2, "plain text": 1}
    assert "42" not in BeautifulSoup(done.html, "lxml").main.text


def test_a_bare_image_is_refused():
    with pytest.raises(AccessibilityError, match="no alternative text"):
        render_notebook(_notebook("# A", _output(image_png="aaaa", text_plain="x")), meta=META)


def test_html_in_markdown_is_shown_as_text():
    assert markdown("a <script>b</script>") == "<p>a &lt;script&gt;b&lt;/script&gt;</p>"
    assert 'href="javascript' not in markdown("[x](javascript:alert(1))")


def test_headings_get_ids_once():
    body, found = number_headings('<h2>A &amp; B</h2><h3 id="a-b">C</h3><h2 class="x">A, B</h2>')
    assert [(level, text) for level, _, text in found] == [(2, "A & B"), (3, "C"), (2, "A, B")]
    names = [name for _, name, _ in found]
    assert names == ["a-b-2", "a-b", "a-b-3"]
    assert all(f'id="{name}"' in body for name in names)


def test_contents_nest_third_level_headings():
    soup = BeautifulSoup(
        contents([(1, "t", "T"), (2, "a", "A"), (3, "b", "B<"), (3, "c", "C"), (2, "d", "D")]),
        "lxml",
    )
    top = soup.nav.find("ol")
    assert [li.find("a").text for li in top.find_all("li", recursive=False)] == ["A", "D"]
    assert [a["href"] for a in top.find("ol").find_all("a")] == ["#b", "#c"]
    assert top.find("ol").find("a").text == "B<"


def test_without_headings_there_is_no_empty_list():
    assert contents([]) == ""
    assert "<ol>" not in contents([], back="../index.html")


def test_a_title_is_put_where_the_notebook_has_none():
    done = render_notebook(_notebook("Words"), meta=META, title="Sleep & rest")
    soup = BeautifulSoup(done.html, "lxml")
    assert soup.h1.text == "Sleep & rest"
    assert done.title == "Sleep & rest"


def test_text_around_the_body_is_escaped():
    text = page("<b>", "<h1>x</h1>", meta=META, description='say "<>"', notice="a <b>")
    soup = BeautifulSoup(text, "html5lib")
    assert soup.title.text.startswith("<b>")
    assert soup.find(class_="name").text == "A <strategy>"
    assert soup.find("meta", attrs={"name": "description"})["content"] == 'say "<>"'
    assert soup.find(role="note").text == "a <b>"


def test_nothing_is_fetched():
    text = page("T", "<h1>x</h1>", meta=META)
    # The one address is a link to the text of the licence, for a reader to follow.
    text = text.replace(f'<a href="{LICENCE_ADDRESS}">', "", 1)
    assert not re.findall(r"url\(|@import|<link|https?://", text)
    policy = BeautifulSoup(text, "lxml").find(
        "meta", attrs={"http-equiv": "Content-Security-Policy"}
    )["content"]
    assert policy.startswith("default-src 'none'; img-src data: 'self'")
    assert "script-src" not in policy


def test_a_script_is_named_by_its_checksum():
    text = page("T", "<h1>x</h1>", meta=META, script="let a = 1 && 2;")
    digest = base64.b64encode(hashlib.sha256(b"let a = 1 && 2;").digest()).decode()
    assert (
        f"script-src 'sha256-{digest}'"
        in BeautifulSoup(text, "lxml").find(
            "meta", attrs={"http-equiv": "Content-Security-Policy"}
        )["content"]
    )
    assert "<script>let a = 1 && 2;</script>" in text


def test_a_notice_can_be_set_changed_and_taken_away():
    bare = page("T", "<h1>x</h1>", meta=META)
    once = set_notice(bare, "Not updated on 1 May <2026>.")
    assert BeautifulSoup(once, "lxml").main.find(role="note").text == "Not updated on 1 May <2026>."
    twice = set_notice(once, "Not updated on 2 May.")
    assert twice.count('role="note"') == 1
    assert set_notice(twice, "") == bare


def test_a_page_without_place_for_a_notice_is_refused():
    with pytest.raises(AccessibilityError, match="no place for a notice"):
        set_notice("<html></html>", "x")


def test_the_same_notebook_gives_the_same_page():
    notebook = _notebook("# A", "## B", _output(text_html="<p>x</p>"))
    assert render_notebook(notebook, meta=META) == render_notebook(notebook, meta=META)
