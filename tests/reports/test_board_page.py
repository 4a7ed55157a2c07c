"""The Board page: every measure stands on it, with its figure or its reason."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import hwb_analysis as hwb
from hwb_analysis.assessment import Assessment, Context
from hwb_analysis.assessment import judge as hwb_judge
from hwb_analysis.assessment.measures import share_assessments
from hwb_analysis.reports import board, board_parts
from hwb_analysis.reports.assessed import Shared
from hwb_analysis.reports.manifest import PageState, ReportRecord, RunRecord, RunStatus
from hwb_analysis.vocabulary import Comparison, Grade, Verdict


@pytest.fixture(scope="module", autouse=True)
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep assessments as the processes of a run do, so that each is made once."""
    share_assessments(Shared(tmp_path_factory.mktemp("assessed")))
    yield
    share_assessments(None)


@pytest.fixture(scope="module")
def context() -> Context:
    """Return the product's own registry and snapshot on a fixed day."""
    from datetime import date

    return hwb.make_context(hwb.load_strategy(), hwb.current_snapshot(), as_of=date(2026, 11, 22))


@pytest.fixture(scope="module")
def assessed(context: Context) -> tuple[Assessment, ...]:
    """Return every measure assessed."""
    return hwb.assess_all(context)


def record(context: Context, **states: PageState) -> RunRecord:
    """Return a run in which every page is new, but for those named by priority."""
    reports = []
    for priority in context.strategy.priorities:
        state = states.get(priority.slug.replace("-", "_"), PageState.NEW)
        status = RunStatus.OK if state is PageState.NEW else RunStatus.FAILED
        reports.append(
            ReportRecord(
                priority.slug, priority.title, status, state, updated="2026-10-01T03:00:00Z"
            )
        )
    return RunRecord(
        "20261122T030000Z", "2026-11-22T03:00:00Z", context.snapshot.name, reports=reports
    )


@pytest.fixture(scope="module")
def page(context: Context, assessed: tuple[Assessment, ...]) -> BeautifulSoup:
    """Return the page as a tree."""
    text = board.board_page(assessed, context, record(context))
    return BeautifulSoup(text, "html5lib")


def test_all_84_measures_stand_once(page: BeautifulSoup, context: Context) -> None:
    """Each measure has one row that can be linked to, and one square that links to it."""
    ids = [m.id for m in context.strategy.measures]
    assert len(ids) == 84
    rows = [row["id"].upper() for row in page.select("table.measures tr[id]")]
    assert rows == ids
    squares = [a["href"].lstrip("#").upper() for a in page.select("ol.squares a")]
    assert squares == ids


def test_every_row_has_a_figure_or_a_reason(page: BeautifulSoup) -> None:
    """No cell is left empty."""
    for row in page.select("table.measures > tbody > tr:not(.why)"):
        assert row.select_one(".value") or row.select_one(".none")
        assert all(cell.get_text(strip=True) for cell in row.select("th, td")), row


def test_counts_by_grade_add_up(page: BeautifulSoup, assessed: tuple[Assessment, ...]) -> None:
    """The four counts add up to 84 and are those of the best evidence of each measure."""
    shown = [int(e.get_text()) for e in page.select("ul.grades:not(.verdicts) .count")]
    assert sum(shown) == 84
    grades = [min(a.grade for a in parts) for parts in board_parts.by_measure(assessed)]
    assert shown == [grades.count(g) for g in (Grade.A, Grade.B, Grade.C, Grade.D)]


def test_counts_by_verdict_are_those_of_the_judgement(
    page: BeautifulSoup, context: Context, assessed: tuple[Assessment, ...]
) -> None:
    """Every verdict has its count, a sign and its meaning; together they are all measures."""
    judgement = hwb_judge(context, assessed)
    shown = [int(e.get_text()) for e in page.select("ul.verdicts .count")]
    assert shown == list(judgement.counts().values())
    assert sum(shown) == 84
    words = [e.get_text() for e in page.select("ul.verdicts strong")]
    assert words == [v.value for v in Verdict]
    section = page.select_one("#verdicts").parent.get_text(" ", strip=True)
    assert f"{judgement.tested} figures could be tested for change" in section
    assert "about 1 would still show a change" in section


def test_every_square_and_row_says_its_verdict(
    page: BeautifulSoup, context: Context, assessed: tuple[Assessment, ...]
) -> None:
    """The verdict stands as text in the square, as text in the row, and never as colour alone."""
    found = hwb_judge(context, assessed).measures
    squares = page.select("ol.squares a")
    for square, (key, measure) in zip(squares, found.items(), strict=True):
        said = square.select_one(".visually-hidden").get_text()
        assert said.startswith(f"{key} {measure.measure.title}: {measure.verdict.value}")
        row = page.select_one(f"tr#{key.lower()} th .verdict").get_text()
        assert row.endswith(measure.verdict.value)


def test_reasons_unfold_under_every_measure_with_a_figure(
    page: BeautifulSoup, context: Context, assessed: tuple[Assessment, ...]
) -> None:
    """One folded row a measure, with the sentence, the test, the region and the lists."""
    with_figure = {a.measure.id for a in assessed if a.latest is not None}
    folded = page.select("tr.why details")
    assert len(folded) == len(with_figure)
    smoking = page.select_one("tr#shw-ehc-06").find_next("tr", class_="why").get_text(" ")
    smoking = smoking.replace("\u00a0", " ")
    for text in (
        "showed no clear change since 2021",
        "among 19 figures tested in the whole strategy",
        "Against 9 of the 10 statistical neighbours",
        "better than 4, similar to 5, worse than 0",
        "Source: Office for Health Improvement and Disparities",
    ):
        assert text in smoking, (text, smoking)


def test_figures_dated_after_2022_are_counted(
    page: BeautifulSoup, assessed: tuple[Assessment, ...]
) -> None:
    """The page opens with how many measures have a figure dated after 2022."""
    recent = {a.measure.id for a in assessed if a.latest and a.latest.period.end.year > 2022}
    assert re.search(rf"\b{len(recent)} of them have a figure dated after 2022", page.get_text())


def test_known_figures_on_the_page(page: BeautifulSoup) -> None:
    """The rendered row carries the figures an analyst would check first."""
    row = page.select_one("tr#xcc-hpe-02").get_text(" ", strip=True)
    for text in ("91.4 %", "90.7 to 92.0", "2024/25", "derived", "84.1 %", "better"):
        assert text in row, (text, row)
    employment = page.select_one("tr#shw-bsf-08").get_text(" ", strip=True)
    for text in ("81.6 %", "78.8 to 84.4", "2023", "76.0 %", "better"):
        assert text in employment, (text, employment)


def test_nothing_is_fetched(page: BeautifulSoup) -> None:
    """No image, style, script or font comes from elsewhere."""
    text = str(page)
    assert not re.search(r'src="(https?:)?//', text)
    # A link is followed by a reader, never by the page.
    assert {tag.name for tag in page.select('[href^="http"], [href^="//"]')} == {"a"}
    assert "@import" not in text
    assert "url(" not in text


def test_a_kept_page_says_when_it_was_made(
    context: Context, assessed: tuple[Assessment, ...]
) -> None:
    """A priority that failed keeps its old page and its date; its rows are still there."""
    text = board.board_page(assessed, context, record(context, end_of_life=PageState.KEPT))
    tree = BeautifulSoup(text, "html5lib")
    after = tree.select_one("h3#end-of-life").find_next("p").get_text()
    assert "not updated in this run: made 2026-10-01" in after
    assert tree.select_one("tr#dyw-eol-01")


def test_a_stub_says_that_there_is_no_report(
    context: Context, assessed: tuple[Assessment, ...]
) -> None:
    """On a first run a failed report is linked as what it is."""
    text = board.board_page(assessed, context, record(context, end_of_life=PageState.STUB))
    after = BeautifulSoup(text, "html5lib").select_one("h3#end-of-life").find_next("p")
    assert "could not be made" in after.get_text()


def test_worse_figures_come_first(context: Context, assessed: tuple[Assessment, ...]) -> None:
    """When a measure is worse than England the page opens with it."""
    changed = tuple(
        replace(a, comparison=Comparison.WORSE, comparison_998=Comparison.WORSE)
        if a.measure.id == "SHW-BSF-08"
        else a
        for a in assessed
    )
    text = board.board_page(changed, context, record(context))
    first = BeautifulSoup(text, "html5lib").select(".opening > div:first-child li")
    told = [item.get_text() for item in first]
    assert told[0].startswith("Higher MMR uptake: both tested parts moved the wrong way")
    assert told[2].startswith("Percentage of people in employment: 81.6")


def test_a_figure_of_two_measures_is_counted_once(assessed: tuple[Assessment, ...]) -> None:
    """MMR at two years serves two measures; the opening counts it once."""
    shared = [a for a in assessed if a.part and a.part.series.id == "cover:mmr1-2y"]
    assert len(shared) == 2
    assert len([a for a in board_parts.distinct(assessed) if a in shared]) == 1


def test_files_carry_the_same_rows(
    tmp_path: Path, context: Context, assessed: tuple[Assessment, ...]
) -> None:
    """board.csv and board.json hold one row a part, numbers unrounded to the print."""
    board.write_board(tmp_path, record(context))
    with (tmp_path / "board.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    data = json.loads((tmp_path / "board.json").read_text(encoding="utf-8"))
    assert len(rows) == len(data["figures"]) == len(assessed)
    assert data["measures_total"] == 84
    assert sum(data["by_grade"].values()) == 84
    mmr = next(r for r in rows if r["series_id"] == "cover:mmr2-5y")
    assert float(mmr["value"]) == pytest.approx(91.38, abs=0.01)
    assert mmr["method"] == "wilson"
    for row in rows:
        assert bool(row["value"]) != bool(row["reason"])


def test_rows_carry_what_the_filter_reads(page: BeautifulSoup, context: Context) -> None:
    """Stage, verdict, grade, age and comparison of the measure stand on its first row."""
    rows = page.select("table.measures > tbody > tr[data-measure]")
    assert [r["data-measure"] for r in rows] == [m.id for m in context.strategy.measures]
    stages = {s.slug for s in context.strategy.stages}
    for row in rows:
        assert row["data-stage"] in stages
        assert Verdict(row["data-verdict"])
        assert Grade(row["data-grade"])
        assert (row["data-grade"] == "D") == (row["data-age"] == "")
        assert Comparison(row["data-against"])


def test_a_sparkline_has_its_numbers_in_the_reasons(page: BeautifulSoup) -> None:
    """Every small line says its ends, and the folded table holds every point."""
    lines = page.select("svg.spark")
    tables = page.select("table.series")
    assert len(lines) == len(tables) > 30
    for line, table in zip(lines, tables, strict=True):
        points = table.tbody.find_all("tr")
        assert line["aria-label"].startswith(f"{len(points)} periods, ")
        last = points[0].th.get_text()
        assert line["aria-label"].endswith(f" in {last}")


def test_the_strategy_on_a_page_links_every_stage_and_priority(
    page: BeautifulSoup, context: Context
) -> None:
    """Each priority links to its rows, and says its verdicts in words."""
    glance = page.select_one("ul.glance")
    links = {a["href"] for a in glance.select("a")}
    assert links == {f"#{s.slug}" for s in context.strategy.stages} | {
        f"#{p.slug}" for p in context.strategy.priorities
    }
    told = [s.get_text() for s in glance.select(".visually-hidden")]
    counted = sum(int(n) for text in told for n in re.findall(r"(\d+) ", text))
    assert counted == len(context.strategy.measures)


def test_another_area_stands_in_the_heading(context: Context) -> None:
    """A page of a district says so."""
    district = context.strategy.area.districts[0]
    own = replace(context, area_code=district.code)
    text = board.board_page(hwb.assess_all(own), own, record(context))
    assert f"measures stand in {district.name}</h1>" in text


def test_other_formats_are_linked_where_they_are(
    assessed: tuple[Assessment, ...], context: Context, tmp_path: Path
) -> None:
    """A PDF in the folder of a report is linked beside it; nothing else is."""
    slug = context.strategy.priorities[0].slug
    (tmp_path / slug).mkdir()
    (tmp_path / slug / "report.pdf").write_bytes(b"%PDF-")
    text = board.board_page(assessed, context, record(context), folder=tmp_path)
    tree = BeautifulSoup(text, "html5lib")
    links = [a["href"] for a in tree.select("p.open a")]
    assert [a for a in links if not a.endswith(".html")] == [f"{slug}/report.pdf"]
