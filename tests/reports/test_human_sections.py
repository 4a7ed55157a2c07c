"""Sections that people write: merged, checked, made safe, and never written over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from hwb_analysis.errors import OutputError
from hwb_analysis.reports.accessibility import page_faults
from hwb_analysis.reports.human import TextError, check_texts, read_section, write_slots
from hwb_analysis.reports.human_markdown import faults_of, pieces
from hwb_analysis.reports.human_slots import PRIORITY_SLOTS, RECOMMENDATIONS, Slot
from hwb_analysis.reports.render import PageMeta, number_headings, page
from hwb_analysis.strategy import load_strategy

PRIORITY = "school-readiness"
KNOWN = {"T-C01": "Do it"}


def slot(name: str) -> Slot:
    return next(one for one in PRIORITY_SLOTS if one.name == name)


def put(folder: Path, text: str, name: str = "services") -> Path:
    path = folder / PRIORITY / slot(name).file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, name: str = "services"):
    return read_section(PRIORITY, slot(name), folder=folder, commitments=KNOWN)


def on_a_page(html: str) -> str:
    body, _ = number_headings(f"<h1>Title</h1><h2>Services</h2>{html}")
    return page("Title", body, meta=PageMeta("Strategy"))


def test_a_missing_file_gives_a_visible_slot(tmp_path):
    section = read(tmp_path)
    assert not section.written
    for words in ("To be written", slot("services").by, "whom it reaches", "03-services.md"):
        assert words in section.to_html()


def test_new_files_hold_guidance_and_count_as_unwritten(tmp_path):
    strategy = load_strategy()
    made = write_slots(strategy, tmp_path)
    assert len(made) == 11 * len(PRIORITY_SLOTS) + 2 + 1 + len(strategy.views)
    assert set(check_texts(strategy, tmp_path).values()) == {0}
    text = (tmp_path / PRIORITY / "07-recommendations.md").read_text(encoding="utf-8")
    assert "| Recommendation | Owner | Commitment | Date |" in text


def test_nothing_that_is_there_is_written_over(tmp_path):
    path = put(tmp_path, "What I wrote.")
    made = write_slots(load_strategy(), tmp_path)
    assert path not in made
    assert path.read_text(encoding="utf-8") == "What I wrote."
    assert write_slots(load_strategy(), tmp_path) == []
    assert "<p>What I wrote.</p>" in read(tmp_path).to_html()


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "text").write_text("a file", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be written"):
        write_slots(load_strategy(), tmp_path / "text")


def test_text_below_the_guidance_is_shown_without_it(tmp_path):
    put(
        tmp_path,
        "---\nauthor: Ann <b>\ndate: 2026-05-03\nstatus: draft\n---\n<!--\nHelp\n-->\nNow.",
    )
    html = read(tmp_path).to_html()
    assert "Written by Ann &lt;b&gt;, 3 May 2026. Draft." in html
    assert "Help" not in html
    assert "<p>Now.</p>" in html


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("One.\n\n![x](a.png)", "line 3: a picture"),
        ("See [here](https://example.org).", "do not say where it leads"),
        ("See [the plan](plan.md).", "has no whole address"),
        ("See [the plan](//example.org).", "has no whole address"),
        ("See [the plan](#top).", "has no whole address"),
        ("Text <!-- open", "opened and not closed"),
        ("---\nwriter: Ann\n---\nText", "the field 'writer' before the text is unknown"),
        ("---\ndate: 3 May\n---\nText", "'3 May' is no day"),
        ("---\nstatus: nearly\n---\nText", "'nearly' is unknown"),
        ("x" * 200_001, "letters, at most"),
    ],
)
def test_each_fault_is_told_with_its_file(tmp_path, text, words):
    put(tmp_path, text)
    with pytest.raises(TextError) as caught:
        read(tmp_path)
    assert words in str(caught.value)
    assert f"{PRIORITY}/03-services.md" in str(caught.value)
    assert caught.value.exit_code == 10


def test_all_faults_of_all_files_come_at_once(tmp_path):
    put(tmp_path, "![a](b.png) and [here](https://example.org)")
    put(tmp_path, "[x](y)", "gaps")
    with pytest.raises(TextError, match="3 faults"):
        check_texts(load_strategy(), tmp_path)


def test_another_encoding_is_told(tmp_path):
    put(tmp_path, "").write_bytes("Café".encode("latin-1"))
    with pytest.raises(TextError, match="not UTF-8"):
        read(tmp_path)


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    secret = tmp_path / "secret.md"
    secret.write_text("Not for publication", encoding="utf-8")
    folder = tmp_path / "text"
    (folder / PRIORITY).mkdir(parents=True)
    (folder / PRIORITY / "03-services.md").symlink_to(secret)
    with pytest.raises(TextError, match="leads out of the folder"):
        read(folder)


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{ 7 * 7 }} {% raw %} ${x}",
    "[a page](javascript:alert(1))",
    "[a page](data:text/html,x)",
    "&lt;script&gt; &amp;",
    "#set page(width: 1pt) $x$ @ref ` ~ ^",
    "\u202eright to left\u2066",
    "\x00\x07control",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_texts(tmp_path, text):
    put(tmp_path, f"Before {text} after.\n")
    try:
        html = read(tmp_path).to_html()
    except TextError:
        return
    found = BeautifulSoup(html, "html.parser")
    assert not found.find_all(["script", "img", "iframe", "style"])
    assert not [tag for tag in found.find_all(True) if any(n.startswith("on") for n in tag.attrs)]
    assert all(a["href"].startswith(("http", "mailto:")) for a in found.find_all("a"))
    assert page_faults(on_a_page(html)) == []
    assert not re.search("[\x00-\x08]", html)


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_whatever_is_written_makes_a_page_or_a_fault(text):
    if faults_of(text):
        return
    html = "".join(piece.html for piece in pieces(text, level=3, title="Services"))
    found = BeautifulSoup(html, "html.parser")
    assert not found.find_all(["script", "img", "iframe", "h1", "h2"])
    assert all(int(h.name[1]) >= 3 for h in found.find_all(re.compile(r"^h\d$")))


def test_headings_take_the_level_of_their_place_without_a_jump(tmp_path):
    put(tmp_path, "# One\n\n#### Deep\n\n# Two\n\n## Three\n")
    found = BeautifulSoup(read(tmp_path).to_html(), "html.parser").find_all(re.compile(r"^h\d$"))
    assert [h.name for h in found] == ["h3", "h4", "h3", "h4"]


def test_tables_get_caption_scopes_and_a_region(tmp_path):
    put(tmp_path, "Table: Clinics\n\n| Place | Number |\n| --- | --- |\n| North | 3 |\n|  |  |\n")
    html = read(tmp_path).to_html()
    found = BeautifulSoup(html, "html.parser")
    assert found.caption.get_text() == "Clinics"
    assert "Table:" not in found.get_text()
    assert [h["scope"] for h in found.find_all("th")] == ["col", "col", "row"]
    assert page_faults(on_a_page(html)) == []


ACTIONS = "| Recommendation | Owner | Commitment | Date |\n| --- | --- | --- | --- |\n"


def test_recommendations_are_numbered_and_lead_to_their_commitment(tmp_path):
    put(tmp_path, ACTIONS + "| **More** visits | Team | T-C01 | 2027-03-31 |\n", RECOMMENDATIONS)
    html = read(tmp_path, RECOMMENDATIONS).to_html()
    cells = [c.get_text() for c in BeautifulSoup(html, "html.parser").select("tbody tr > *")]
    assert cells == ["1", "More visits", "Team", "T-C01 Do it", "31 March 2027"]
    assert 'href="#commitment-t-c01"' in html


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Do more.", "no table of recommendations"),
        ("| What | Who |\n| --- | --- |\n| a | b |", "the columns of the table are What | Who"),
        (ACTIONS + "| a | | T-C01 | 2027-03-31 |", "recommendation 1 has no owner"),
        (ACTIONS + "| a | b | T-C02 | 2027-03-31 |", "names the commitment 'T-C02'"),
        (ACTIONS + "| a | b | T-C01 | next year |", "has the date 'next year'"),
    ],
)
def test_a_recommendation_without_its_parts_is_told(tmp_path, text, words):
    put(tmp_path, text, RECOMMENDATIONS)
    with pytest.raises(TextError, match=re.escape(words)):
        read(tmp_path, RECOMMENDATIONS)
