"""Reports over the whole strategy and over views: residents, the Board, care, protection."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from hwb_analysis.errors import StatisticsError
from hwb_analysis.reports import residents
from hwb_analysis.reports.accessibility import page_faults
from hwb_analysis.reports.board_annual import BoardAnnual, open_board_annual
from hwb_analysis.reports.readability import readability, syllables
from hwb_analysis.reports.runner import run
from hwb_analysis.reports.views import (
    ViewReport,
    delay_figures,
    goals_table,
    monthly_rows,
    open_view,
    plan_table,
    same_day_share,
)
from hwb_analysis.sources.local.faults import LocalFileError
from hwb_analysis.sources.plans import COLUMNS, WITHHELD, read_plan, write_plan_form
from hwb_analysis.strategy import load_strategy
from hwb_analysis.vocabulary import Verdict

OLDEST_READER = 11
SLUGS = ("board-annual", "residents", "better-care-fund", "health-protection-assurance")


def no_board(folder: Path, record: object) -> Path:
    path = folder / "index.html"
    path.write_text("<title>none</title>", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, BeautifulSoup]:
    out = tmp_path_factory.mktemp("strategy reports")
    record = run(SLUGS, out=out, board=no_board, jobs=2)
    assert not record.failures, record.failures
    found = {}
    for slug in SLUGS:
        text = (out / "runs" / record.run_id / slug / "report.html").read_text(encoding="utf-8")
        assert page_faults(text) == []
        found[slug] = BeautifulSoup(text, "html.parser")
    return found


@pytest.fixture(scope="module")
def annual() -> BoardAnnual:
    return open_board_annual()


def heads(page: BeautifulSoup, level: str = "h2") -> list[str]:
    return [h.get_text() for h in page.select(f"main {level}")]


# -- residents -------------------------------------------------------------------


def test_our_own_sentences_can_be_read_at_eleven():
    blanks = {"name": "This", "area": "the county", "count": 3, "goals": 84}
    blanks |= dict.fromkeys(("start", "old_date"), "2022")
    blanks |= dict.fromkeys(("end", "new_date"), "2032") | {"old": "9 in 100", "new": "8 in 100"}
    blanks |= {"value": "9 in 100", "date": "2032", "status": "done"}
    told = [residents.say(key, **blanks) for key in residents.SENTENCES]
    whole = readability(" ".join(told))
    assert whole.flesch_kincaid_age <= OLDEST_READER
    assert whole.smog_age <= OLDEST_READER + 1
    for sentence in told:
        assert len(sentence.split(". ")[0].split()) <= 22, sentence


def test_the_page_for_residents_has_four_stages_and_all_promises(pages):
    page, strategy = pages["residents"], load_strategy()
    stages = [s.title for s in strategy.stages if s.kind == "life-course"]
    assert heads(page) == [*stages, "At every age", "Have your say"]
    text = page.get_text(" ", strip=True)
    assert all(c.text in text for c in strategy.commitments)
    assert "Goal: Higher MMR uptake. The figure went down, from 94 in 100" in text
    assert "To be written" in text


def test_what_did_not_pass_a_test_is_not_said_to_have_moved(pages, annual):
    for line in pages["residents"].select("li"):
        if "The figure went" in line.get_text():
            assert re.search("That is (not )?what we want", line.get_text())
    measures = list(annual.judgement.measures.values())
    moved = [line for line in residents.moved(measures) if "The figure went" in line]
    counts = annual.judgement.counts()
    assert len(moved) == counts[Verdict.WANTED] + counts[Verdict.WRONG]


def test_every_goal_is_counted_once(annual):
    measures = list(annual.judgement.measures.values())
    number = re.compile(r"^For (\d+|one) goal")
    lines = [*residents.moved(measures), *residents.unseen(measures)]
    counted = [m[1] for line in lines if (m := number.match(line))]
    total = sum(1 if word == "one" else int(word) for word in counted)
    named = sum(line.startswith("Goal: ") for line in lines)
    assert total + named == 84


@pytest.mark.parametrize(
    ("word", "number"),
    [("health", 1), ("promised", 2), ("figure", 2), ("reports", 2), ("county", 2), ("a", 1)],
)
def test_syllables_are_counted(word, number):
    assert syllables(word) == number


def test_reading_ages_follow_the_printed_formulas():
    found = readability("The cat sat on the mat. It was happy.")
    assert found.flesch_kincaid_age == pytest.approx(0.39 * 9 / 2 + 11.8 * 10 / 9 - 15.59 + 5)
    assert found.smog_age == pytest.approx(3.1291 + 5)
    hard = readability("Epidemiological considerations necessitate methodological sophistication.")
    assert hard.flesch_kincaid_age > 25
    with pytest.raises(StatisticsError, match="words was expected"):
        readability("12 34")


# Part of the sentence on the measure that is told first.
WRONG_TWICE = "all 7 tested parts moved the wrong way"
# -- the Board's annual report ---------------------------------------------------


def test_the_annual_report_has_a_section_a_stage(pages):
    found = heads(pages["board-annual"])
    stages = [s.title for s in load_strategy().stages]
    first = found.index(stages[0])
    assert found[first : first + len(stages)] == stages
    assert found[:3] == ["Foreword", "Summary", "Measures achieved, and how the others move"]
    assert found[-3:] == ["Looking ahead", "Method", "Annex"]
    titles = [p.title for p in load_strategy().priorities]
    assert [t for t in heads(pages["board-annual"], "h3") if t in titles] == titles


def test_the_annual_report_redraws_the_strategys_figures(pages):
    ids = {h["id"] for h in pages["board-annual"].select("main [id]")}
    for name in ("population", "districts", "strategy", "contributors", "overview-best-start"):
        assert f"figure-{name}" in ids
    overviews = pages["board-annual"].select("[data-only=screen] [id^=figure-overview]")
    assert len(overviews) >= len(load_strategy().stages), "too wide for paper, kept on the page"


def test_the_annual_report_names_each_measure_before_its_annex(pages):
    text = pages["board-annual"].select_one("main").get_text(" ", strip=True)
    body, _, annex = text.rpartition("The report to read ends here")
    for measure in load_strategy().measures:
        assert measure.id in body
    for commitment in load_strategy().commitments:
        assert commitment.id in annex
    assert body.count(WRONG_TWICE) == 1, "told once, under what to look at first"


def test_the_league_adds_up(annual):
    league = annual.league()
    assert league["Measures"].sum() == 84
    assert (league.iloc[:, 2:].sum(axis=1) == league["Measures"]).all()
    assert "Achieved" in league.columns


# -- views -----------------------------------------------------------------------


def test_a_view_shows_its_measures_and_no_others(pages):
    for view in load_strategy().views:
        shown = {c.get_text() for c in pages[view.slug].select("table.measures .code")}
        assert shown == set(view.measures)


@pytest.mark.parametrize("slug", ["better-care-fund", "health-protection-assurance"])
def test_a_view_says_what_is_not_there(pages, slug):
    text = pages[slug].get_text(" ", strip=True)
    assert "To be written" in text
    assert ("No plan was given" if slug == "better-care-fund" else "no figures by practice") in text


def test_the_strategys_figures_of_delay_agree_with_each_other():
    assert same_day_share(0.73, 3.91) == pytest.approx(81.33, abs=0.005)
    assert same_day_share(0, 4) == 100
    with pytest.raises(StatisticsError, match="expected, got 5 and 4"):
        same_day_share(5, 4)


@pytest.fixture(scope="module")
def care() -> ViewReport:
    return open_view("better-care-fund")


def test_published_delay_agrees_as_well(pages, care):
    found = delay_figures(care.context).set_index("Area")
    own = found.loc["Leicestershire"]
    assert own["Left on the day they were ready (%)"] == pytest.approx(85.73, abs=0.01)
    assert own["One minus their ratio (%)"] == pytest.approx(85.73, abs=0.02)
    assert "Discharge by its ready date" in pages["better-care-fund"].get_text()


def test_months_are_charted_with_their_limits(pages, care):
    for link in care.view.monthly:
        assert len(monthly_rows(care.context, link)) == 12
    text = pages["better-care-fund"].get_text(" ", strip=True)
    assert text.count("XmR chart of 12 points") >= 3


def test_goals_are_those_of_the_registry():
    table = goals_table(open_view("health-protection-assurance").assessments)
    found = {
        m.rsplit("(", 1)[0].strip(): w
        for m, w in zip(table["Measure"], table["Against the goal"], strict=True)
    }
    # 91.4 and 94.0 lie between the goals of 90 and 95 per cent.
    assert found == {
        "MMR two doses coverage (5 years)": "similar",
        "MMR one dose coverage (2 years)": "similar",
    }
    assert set(table["Goal"]) == {"90 to 95 %"}


# -- plan and actual -------------------------------------------------------------

MEASURES = ("LSW-FCC-05", "LSW-FCC-09")
HEAD = ",".join(COLUMNS) + "\n"
GOOD = "LSW-FCC-09,2026-04-01,2026-06-30,85,83.5,%,yes\n"


def plan(tmp_path: Path, *lines: str) -> Path:
    (tmp_path / "care.csv").write_text(HEAD + "".join(lines), encoding="utf-8")
    return tmp_path


def test_an_empty_form_is_no_plan(tmp_path):
    path = write_plan_form("care", MEASURES, tmp_path)
    assert path.read_text(encoding="utf-8-sig").count("\n") == 3
    assert read_plan("care", MEASURES, tmp_path) == ()
    assert read_plan("other", MEASURES, tmp_path) == ()
    with pytest.raises(Exception, match="no plan was expected"):
        write_plan_form("care", MEASURES, tmp_path)


def test_plan_and_actual_are_shown_side_by_side(tmp_path):
    folder = plan(
        tmp_path,
        "LSW-FCC-05,2026-04-01,2026-06-30,120,4,count,\n",
        GOOD,
        "LSW-FCC-09,2026-07-01,2026-09-30,86,,%,no\n",
    )
    table = plan_table(read_plan("care", MEASURES, folder), dict.fromkeys(MEASURES, "Title"))
    assert table["Actual"].tolist() == [WITHHELD, "83.5 %", "not yet known"]
    assert table["Actual minus planned"].tolist() == [
        "–",
        "\N{MINUS SIGN}1.5 percentage points",
        "–",
    ]
    assert table["Period"].iloc[1] == "1 Apr 2026 to 30 Jun 2026"
    assert "4" not in table["Actual"].iloc[0].replace("2024", "")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("LSW-NONE-01,2026-04-01,2026-06-30,85,83,%,yes\n", "'LSW-NONE-01' is not expected"),
        ("LSW-FCC-09,2026-06-30,2026-04-01,85,83,%,yes\n", "before it starts"),
        ("LSW-FCC-09,2026-04-01,2026-06-30,,83,%,yes\n", "an empty cell came"),
        ("LSW-FCC-09,2026-04-01,2026-06-30,85,=1+1,%,yes\n", "formula"),
        ("LSW-FCC-09,2026-04-01,2026-06-30,85,83,percent,yes\n", "'percent' is not expected"),
        ("LSW-FCC-09,2026-04-01,2026-06-30,85,83,%,maybe\n", "'maybe' is not expected"),
        (GOOD + GOOD, "has this period in row"),
    ],
)
def test_a_faulty_plan_is_told_with_its_row(tmp_path, line, words):
    with pytest.raises(LocalFileError, match=re.escape(words)):
        read_plan("care", MEASURES, plan(tmp_path, line))
