"""Sentences as a member of a Board reads them: right numbers, plain words, no riddles."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import cast

import pytest

from hwb_analysis.assessment import Assessment, assess_all, make_context
from hwb_analysis.assessment.judgement import Judgement
from hwb_analysis.narrative import change_words, marker_words
from hwb_analysis.narrative.summary import chance_sentence
from hwb_analysis.reports.chapter import Chapter
from hwb_analysis.reports.chapter_figures import dots_of, dumbbell_of, trend_of
from hwb_analysis.reports.views import plan_table
from hwb_analysis.sources.plans import PlanRow
from hwb_analysis.sources.snapshot import current_snapshot
from hwb_analysis.strategy import load_strategy

STRATEGY, SNAPSHOT = load_strategy(), current_snapshot()


@pytest.fixture(scope="module")
def assessed() -> tuple[Assessment, ...]:
    return assess_all(make_context(STRATEGY, SNAPSHOT))


def one(assessed: tuple[Assessment, ...], heading: str) -> Assessment:
    return next(a for a in assessed if a.heading == heading)


def test_no_later_figure_is_said_as_such(assessed: tuple[Assessment, ...]) -> None:
    found = one(assessed, "Older people at home 91 days after discharge to reablement")
    assert change_words(found) == "not tested: no figure after 2020/21, the baseline"


def test_a_marker_that_is_not_there_has_a_reason(assessed: tuple[Assessment, ...]) -> None:
    for assessment in assessed:
        told = marker_words(assessment)
        assert told != "not calculated", assessment.heading


@pytest.mark.parametrize(
    ("tests", "told"),
    [
        (0, "No figure could be tested for change."),
        (1, "1 figure could be tested for change; were it not moving"),
        (2, "2 figures could be tested for change; were nothing moving, one or more"),
        (40, "40 figures could be tested for change; were nothing moving, about 2 would"),
    ],
)
def test_chance_is_told_in_whole_numbers(tests: int, told: str) -> None:
    found = SimpleNamespace(tested=tests, expected_by_chance=0.05 * tests, chance_most=5)
    text = chance_sentence(cast(Judgement, found))
    assert text.startswith(told)
    assert "0." not in text


def test_two_tests_show_a_change_by_chance_ten_times_in_a_hundred() -> None:
    """1 - 0.95 ** 2 = 0.0975."""
    found = SimpleNamespace(tested=2, expected_by_chance=0.1, chance_most=1)
    assert "about 10 times in a hundred" in chance_sentence(cast(Judgement, found))


def test_subtitles_name_sex_age_and_the_span(assessed: tuple[Assessment, ...]) -> None:
    males = trend_of(one(assessed, "Life expectancy at birth, males"), SNAPSHOT)
    assert males.subtitle.startswith("Life expectancy at birth, males, years, ")
    younger = dots_of(one(assessed, "Cervical screening coverage (25 to 49)"), STRATEGY, SNAPSHOT)
    assert younger.subtitle.startswith("Cervical screening coverage, aged 25 to 49, %, ")
    cycling = one(assessed, "Adults cycling for travel at least three days a week")
    assert trend_of(cycling, SNAPSHOT).subtitle.endswith(", Nov 2015 to Nov 2021")
    once = one(assessed, "Older people receiving reablement after discharge (ASCOF 2B2)")
    assert trend_of(once, SNAPSHOT).subtitle.endswith(", 2020/21")


def test_figures_of_one_title_have_the_same_decimals(assessed: tuple[Assessment, ...]) -> None:
    """Melton's interval is narrower than 10 points, Hinckley and Bosworth's is wider."""
    drawn = dots_of(one(assessed, "Adults with obesity"), STRATEGY, SNAPSHOT)
    assert "22 % in Melton to 37 % in Hinckley and Bosworth" in drawn.title


def test_a_pair_of_one_measure_names_both_figures(assessed: tuple[Assessment, ...]) -> None:
    only = one(assessed, "Deaths in the usual place of residence")
    drawn = dumbbell_of([only], STRATEGY, SNAPSHOT)
    assert "50.6 % in North West Leicestershire and 52.4 % in Harborough, 2016" in drawn.title
    assert drawn.caption.endswith("no interval is published.")


def test_a_note_of_another_series_names_it(assessed: tuple[Assessment, ...]) -> None:
    notes = one(assessed, "Reception prevalence of overweight (including obesity)").notes
    other = [note for note in notes if "The county is the sum of its districts" in note]
    assert other
    assert all(note.startswith("Another series (fingertips-2019:20601): ") for note in other)


@pytest.mark.parametrize(
    ("series", "told"),
    [
        (["cover:a"], "Published figures"),
        (["cover:a", "local:b"], "Published and local figures"),
        (["local:b"], "Local figures"),
        ([], "Published figures"),
    ],
)
def test_a_title_says_whose_figures_it_heads(series: list[str], told: str) -> None:
    drawn = [SimpleNamespace(part=SimpleNamespace(series=SimpleNamespace(id=s))) for s in series]
    assert Chapter._whose_figures(cast(Chapter, SimpleNamespace(drawn=drawn))) == told


def test_plan_actual_and_difference_have_the_same_decimals() -> None:
    """1,204 against 1,200 differ by 4, not by 4.0."""
    quarter = (date(2026, 4, 1), date(2026, 6, 30))
    row = PlanRow("A-1", *quarter, 1200.0, 1204.0, "per 100,000", published=True)
    shown = plan_table([row], {"A-1": "Falls"}).iloc[0]
    assert shown["Planned"] == "1,200 per 100,000"
    assert shown["Actual minus planned"] == "+4 per 100,000"
