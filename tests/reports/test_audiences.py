"""Kinds of report: which sections each has, what it says, and that it fits its pages."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from bs4 import BeautifulSoup

from hwb_analysis.assessment import as_rows
from hwb_analysis.errors import UsageError
from hwb_analysis.reports import highlight, speaking
from hwb_analysis.reports.beside import EARLIER_VARIABLE, TEXT_VARIABLE
from hwb_analysis.reports.data_notes import cautions
from hwb_analysis.reports.human import TextError
from hwb_analysis.reports.manifest import RunStatus
from hwb_analysis.reports.parameters import AUDIENCES
from hwb_analysis.reports.priority_report import BY_NAME, KIND, SECTIONS, open_report
from hwb_analysis.reports.report_parts import commitments_table
from hwb_analysis.reports.runner import run
from hwb_analysis.sources.returns import CommitmentReturn, Progress, Returns
from hwb_analysis.strategy import load_strategy

PRIORITY = "health-protection"
# The one with most measures of its own, and the one with most words.
FULL, WORDY = "frailty-complex-care", "healthy-choices"
MOST_PAGES = {"dashboard": 1, "speaking": 1, "highlight": 2}


def no_board(folder: Path, record: object) -> Path:
    path = folder / "index.html"
    path.write_text("<title>none</title>", encoding="utf-8")
    return path


def make(out: Path, audience: str, *slugs: str, **more: object):
    given = {"formats": ["html"], **more}
    record = run(slugs, out=out, parameters={"audience": audience}, board=no_board, jobs=2, **given)
    assert not record.failures, record.failures
    return record, out / "runs" / record.run_id


@pytest.fixture(scope="module", params=sorted(MOST_PAGES))
def brief(request, tmp_path_factory):
    out = tmp_path_factory.mktemp(request.param)
    _, folder = make(out, request.param, FULL, WORDY, formats=["html", "pdf"])
    return request.param, folder


def test_one_page_is_one_page(brief):
    audience, folder = brief
    for slug in (FULL, WORDY):
        with pikepdf.open(folder / slug / "report.pdf") as document:
            assert len(document.pages) <= MOST_PAGES[audience], slug
            assert KIND[audience] in str(document.docinfo["/Title"])


def test_a_brief_report_has_its_sections_and_its_figures_as_a_table(brief):
    audience, folder = brief
    text = (folder / FULL / "report.html").read_text(encoding="utf-8")
    heads = [h.get_text() for h in BeautifulSoup(text, "html.parser").select("main h2")]
    assert heads == [one.heading for one in SECTIONS if audience in one.kinds]
    assert (folder / FULL / "figures" / "measures.csv").stat().st_size > 1000


def test_every_audience_is_a_kind_of_report():
    assert set(AUDIENCES) == set(KIND)
    for kind in KIND:
        assert [one for one in SECTIONS if kind in one.kinds], kind


def test_a_chapter_has_the_sections_of_a_needs_assessment():
    wanted = [
        "front",
        "summary",
        "why-this-matters",
        "who-is-at-risk",
        "population",
        "measures",
        "each",
        "inequality",
        "place",
        "future",
        "services",
        "what-people-say",
        "what-works",
        "gaps",
        "commitments",
        "recommendations",
        "equality",
        "notes",
        "sources",
    ]
    assert [one.name for one in SECTIONS if "chapter" in one.kinds] == wanted


def test_the_notebook_shows_every_section_once(root):
    import nbformat

    node = nbformat.read(root / "notebooks" / "priority_report.ipynb", as_version=4)
    code = "\n".join(c.source for c in node.cells if c.cell_type == "code")
    assert [code.count(f'"{name}"') for name in BY_NAME] == [1] * len(BY_NAME)


def test_a_name_that_does_not_exist_is_told(tmp_path):
    with pytest.raises(UsageError, match="no audience 'board'"):
        open_report(PRIORITY, audience="board")
    with pytest.raises(UsageError, match="no section 'sumary'"):
        open_report(PRIORITY).show("sumary")


@pytest.fixture(scope="module")
def chapter():
    return open_report(PRIORITY).chapter


def test_findings_start_with_what_moved_the_wrong_way(chapter):
    told = speaking.three_findings(chapter.judgement)
    assert len(told) == 3
    assert "moved the wrong way" in told[0]
    assert "91.4 % (95 % interval 90.7 to 92.0) in 2024/25" in told[0]


def test_questions_are_answered_with_figures(chapter):
    asked = speaking.questions(
        chapter.priority, chapter.assessments, chapter.judgement, chapter.returns
    )
    answers = {q.asked: q.answer for q in asked}
    assert answers["How do we stand against England?"] == (
        "Of 6 figures compared: 5 better and 1 similar."
    )
    assert (
        "71.9 % in Oadby and Wigston to 78.7 %" in answers["Where within the area does it differ?"]
    )
    assert answers["What came of the promises?"].startswith("1 commitment; no return")


def test_a_return_shows_beside_its_commitment(chapter):
    own = chapter.priority.commitments[0].id
    item = CommitmentReturn(own, Progress.UNDER_WAY, date(2026, 5, 1), "Team <A>", note="Half done")
    returns = Returns(commitments={own: (item,)})
    html = commitments_table(chapter.priority, returns)
    text = BeautifulSoup(html, "html.parser").get_text(" ")
    for words in ("under way", "Half done", "Team <A>, 1 May 2026"):
        assert words in text
    assert "no return received" in commitments_table(chapter.priority, Returns())
    told = speaking.questions(chapter.priority, chapter.assessments, chapter.judgement, returns)
    assert "Of 1 commitment: 1 under way." in [q.answer for q in told]


def earlier_run(folder: Path, rows: list[dict[str, object]]) -> Path:
    place = folder / "20250102T030405Z"
    (place / PRIORITY / "figures").mkdir(parents=True)
    path = place / PRIORITY / "figures" / "measures.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return place


def test_what_changed_is_counted_from_the_run_before(chapter, tmp_path, monkeypatch):
    rows = as_rows(chapter.assessments, chapter.judgement)
    monkeypatch.delenv(EARLIER_VARIABLE, raising=False)
    assert "no earlier run" in highlight.changes_html(PRIORITY, rows)
    old = [dict(row) for row in rows]
    old[1] |= {"period": "2023/24", "value": 92.0}
    monkeypatch.setenv(EARLIER_VARIABLE, str(earlier_run(tmp_path, old)))
    html = highlight.changes_html(PRIORITY, rows)
    assert "the run of 2 January 2025: 1 new period" in html
    assert "91.4&nbsp;%" in html.replace("\u00a0", "&nbsp;")
    monkeypatch.setenv(EARLIER_VARIABLE, str(earlier_run(tmp_path / "same", rows)))
    assert "no figure of this priority is new or revised" in highlight.changes_html(PRIORITY, rows)


def test_movers_are_named_only_after_a_test(chapter):
    html = highlight.movers_html(chapter.judgement)
    wanted, wrong = html.split("Moved the wrong way")
    assert "Cancers diagnosed" in wanted
    assert "MMR" in wrong
    still = open_report("end-of-life").chapter.judgement
    assert highlight.movers_html(still).count("No measure can be shown") == 2


def test_old_figures_and_local_evidence_are_listed(chapter):
    stale = highlight.stale_html(chapter.assessments, 2022)
    assert stale.index("Bowel") < stale.index("Cervical")
    assert "MMR" not in stale
    owed = highlight.owed_html(chapter.priority, Returns())
    assert owed.count("no return received") == 2
    assert "waits for local" in highlight.owed_html(
        load_strategy().priority("school-readiness"), Returns()
    )


def test_a_caution_stands_once_with_all_its_figures():
    drawn = open_report("health-inequalities").chapter.drawn
    told = [note for notes in cautions(drawn).values() for note in notes]
    assert len(told) == len(set(told))
    assert any("; " in whose for whose in cautions(drawn))
    assert not [n for n in told if n.startswith("England: ") and f"{n.split(': ', 1)[1]}" in told]


# -- runs ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Three runs: without a text, with one, and the same again."""
    out = tmp_path_factory.mktemp("runs")
    first = make(out, "speaking", "end-of-life", PRIORITY)
    text = out / "text" / PRIORITY / "13-risks-and-decisions.md"
    text.parent.mkdir(parents=True)
    text.write_text("Decide **this**.", encoding="utf-8")
    second = make(out, "speaking", "end-of-life", PRIORITY)
    return out, first, second


def test_an_edited_text_makes_only_its_own_report_again(runs):
    _, _, (record, _) = runs
    status = {r.slug: r.status for r in record.reports}
    assert status[PRIORITY] is RunStatus.OK
    assert status["end-of-life"] is RunStatus.REUSED
    assert f"text/{PRIORITY}/13-risks-and-decisions.md" in record.inputs


def test_the_text_stands_on_the_page_and_stays_as_it_was(runs):
    out, _, _ = runs
    _, folder = make(out, "highlight", PRIORITY)
    page = (folder / PRIORITY / "report.html").read_text(encoding="utf-8")
    assert "<p>Decide <strong>this</strong>.</p>" in page
    text = out / "text" / PRIORITY / "13-risks-and-decisions.md"
    assert text.read_text(encoding="utf-8") == "Decide **this**."


def test_a_folder_of_texts_can_be_named(runs, tmp_path, monkeypatch):
    out, _, _ = runs
    monkeypatch.delenv(TEXT_VARIABLE, raising=False)
    path = tmp_path / "mine" / PRIORITY / "13-risks-and-decisions.md"
    path.parent.mkdir(parents=True)
    path.write_text("From elsewhere.", encoding="utf-8")
    _, folder = make(out, "highlight", PRIORITY, text=tmp_path / "mine")
    assert "From elsewhere." in (folder / PRIORITY / "report.html").read_text(encoding="utf-8")


def test_a_faulty_text_stops_the_run_before_anything_is_written(tmp_path):
    path = tmp_path / "text" / PRIORITY / "03-services.md"
    path.parent.mkdir(parents=True)
    path.write_text("![a](b.png)", encoding="utf-8")
    with pytest.raises(TextError, match="a picture"):
        run([PRIORITY], out=tmp_path, board=no_board)
    assert not (tmp_path / "runs").exists()
