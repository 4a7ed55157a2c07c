"""Words that pages share: sources, remarks on series, short names, ages, what is said twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hwb_analysis.assessment import Assessment, Judgement, assess_all, judge, make_context
from hwb_analysis.narrative import board_summary, marker_words
from hwb_analysis.narrative.summary import worsened_beside_first
from hwb_analysis.reports.board_parts import distinct, table
from hwb_analysis.reports.data_notes import cited, notes_frame
from hwb_analysis.reports.formats.document import prepare
from hwb_analysis.reports.report_parts import compact_table, has_row, without_figure
from hwb_analysis.reports.residents import explained
from hwb_analysis.reports.verdict_parts import Verdicts, why
from hwb_analysis.sources.snapshot import Snapshot, current_snapshot
from hwb_analysis.strategy import load_strategy
from hwb_analysis.vocabulary import Verdict

DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return current_snapshot()


@pytest.fixture(scope="module")
def assessed(snapshot: Snapshot) -> tuple[Assessment, ...]:
    return assess_all(make_context(load_strategy(), snapshot, as_of=DAY))


@pytest.fixture(scope="module")
def judgement(snapshot: Snapshot, assessed: tuple[Assessment, ...]) -> Judgement:
    return judge(make_context(load_strategy(), snapshot, as_of=DAY), assessed, page="this page")


@pytest.fixture(scope="module")
def shown(snapshot: Snapshot, judgement: Judgement) -> Verdicts:
    return Verdicts(judgement, snapshot, load_strategy().area.code, 2022, as_of=DAY)


def test_a_licence_that_sources_share_is_said_once(snapshot: Snapshot) -> None:
    one, other = (o for _, o in zip(range(2), snapshot.origins.values(), strict=False))
    other = replace(other, licence=one.licence)
    assert cited([one, one]) == cited([one])
    assert cited([one, other]).count(one.licence) == 1
    assert cited([one, other]).endswith(f"All: {one.licence}.")
    apart = replace(other, licence="Another licence")
    assert cited([one, apart]).count(one.licence) == 1
    assert "Another licence." in cited([one, apart])


def test_a_release_that_the_title_holds_is_not_said_again(snapshot: Snapshot) -> None:
    one = replace(
        next(iter(snapshot.origins.values())), title="Table 1, to 2022", release="to 2022"
    )
    assert cited([one]).count("to 2022") == 1


def test_data_notes_say_breaks_gaps_and_corrections(
    snapshot: Snapshot, assessed: tuple[Assessment, ...]
) -> None:
    """What the registry knows of a series reaches the reader."""
    used = [a for a in assessed if a.part is not None and a.latest is not None]
    notes = notes_frame(used, [], snapshot)
    told = notes.set_index("Series")["Breaks, gaps and corrections"]
    for a in used:
        link = a.part.series
        line = next(text for series, text in told.items() if f"({link.id})" in series)
        for remark in (*link.breaks, *link.gaps, *link.corrections):
            assert remark.reason.rstrip(".") in line
        if not (link.breaks or link.gaps or link.corrections):
            assert line == "none known"
    assert told.str.contains("No figures 1 September 2019 to 31 August 2021").any()


def test_a_family_of_a_page_is_tested_on_it(judgement: Judgement, shown: Verdicts) -> None:
    texts = [why(m, shown) for m in judgement.measures.values()]
    assert any("tested on this page" in text for text in texts)
    assert not any("in this page" in text for text in texts)


def test_nothing_is_better_now_when_there_is_no_later_figure(
    judgement: Judgement, shown: Verdicts
) -> None:
    old = [m for m in judgement.measures.values() if m.verdict is Verdict.NO_FIGURE_SINCE]
    compared = [why(m, shown) for m in old]
    assert any("Against England: better in 2020/21." in text for text in compared)
    assert not any(" now, " in text for text in compared)


def test_a_reason_that_the_sentence_gives_is_not_given_again(
    judgement: Judgement, shown: Verdicts
) -> None:
    alone = [m for m in judgement.measures.values() if len(m.parts) == 1]
    for text in (why(m, shown) for m in alone):
        assert text.lower().count("no counts and no interval are published") <= 1


def test_the_day_of_ages_stands_where_ages_are(
    assessed: tuple[Assessment, ...], judgement: Judgement, shown: Verdicts
) -> None:
    own = [a for a in assessed if a.priority.slug == "mental-health"]
    assert "Age on 22 Nov 2026" in table(own, "Measures", shown)
    found = [judgement.measures[i] for i in dict.fromkeys(a.measure.id for a in own)]
    assert "Ages are counted to 22 Nov 2026" in compact_table(found, shown, "Measures")


def test_each_measure_has_a_row_or_a_reason(judgement: Judgement, shown: Verdicts) -> None:
    found = list(judgement.measures.values())
    rows = compact_table([m for m in found if has_row(m)], shown, "Measures")
    rest = without_figure(found)
    for one in found:
        assert (one.measure.id in rows) != (one.measure.id in rest)


def test_a_figure_of_a_measure_stands_before_the_same_as_proxy(
    assessed: tuple[Assessment, ...],
) -> None:
    """Inactive adults are a proxy for one measure and the figure of the next."""
    inactive = [a for a in assessed if a.heading == "Physically inactive adults"]
    assert {a.is_proxy for a in inactive} == {True, False}
    assert [a.is_proxy for a in distinct(inactive)] == [False]


def test_what_worsened_is_not_told_twice(snapshot: Snapshot, judgement: Judgement) -> None:
    told = board_summary(judgement, snapshot)
    beside = worsened_beside_first(told, list(judgement.measures.values()))
    assert not set(beside) & set(told.first)
    wrong = [m for m in judgement.measures.values() if m.verdict is Verdict.WRONG]
    assert all(m.measure.title in " ".join(beside) for m in wrong)


def test_the_range_of_a_marker_has_one_to(assessed: tuple[Assessment, ...]) -> None:
    told = [t for a in assessed if not (t := marker_words(a)).startswith("not calculated")]
    assert told
    assert all(text.count(" to ") == 1 for text in told)


def test_short_names_are_explained_where_they_stand_alone() -> None:
    assert explained("Higher MMR uptake")[0].startswith("MMR is")
    assert explained("Fewer A&E attendances, ages 0 to 4")[0].startswith("A&E is")
    assert explained("Summary of mmrs") == []


def test_what_stays_on_the_screen_is_no_picture_of_a_document(tmp_path: Path) -> None:
    drawing = (
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/%3E"
    )
    figure = f'<figure><img alt="A finding." src="{drawing}"></figure>'
    page = tmp_path / "report.html"
    body = f"<main><h1>T</h1>{figure}<div data-only='screen'>{figure}</div></main>"
    page.write_text(f"<html><body>{body}</body></html>", encoding="utf-8")
    made = prepare(page, tmp_path, "svg")
    assert made.pictures == 1
    assert made.html.count("<img") == 1
