"""Sentences: what they say must follow from the results, and nothing more."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hwb_analysis as hwb
from hwb_analysis.assessment import Assessment, Marker
from hwb_analysis.narrative import (
    cannot_see,
    change_words,
    finding,
    findings,
    gap_words,
    headline,
    short,
)
from hwb_analysis.vocabulary import Comparison, Grade, MeasureType, TrendMarker

MOVING = re.compile(
    r"\b(ris(e|es|ing|en)|fall(s|ing|en)?|fell|rose|narrow\w*|widen\w*|improv\w*|declin\w*"
    r"|increas\w*|decreas\w*|getting (better|worse)|deteriorat\w*)\b",
    re.IGNORECASE,
)
CAUSAL = re.compile(
    r"\b(because of|due to|caused?|led to|leads to|thanks to|driven by|result of|impact of)\b",
    re.IGNORECASE,
)
JUDGING = re.compile(r"\b(better|worse|similar|higher|lower) (than|to)\b")


def said(assessment: Assessment, text: str) -> str:
    """Return what our own words add: the publisher's title of the figure is not ours."""
    return text.replace(assessment.heading, "")


@pytest.fixture(scope="module")
def assessed() -> tuple[Assessment, ...]:
    """Return every measure as the pages show it."""
    return hwb.assess_all(hwb.make_context(hwb.load_strategy(), hwb.current_snapshot()))


def test_no_direction_word_without_a_marker(assessed: tuple[Assessment, ...]) -> None:
    """Take the markers away and no sentence speaks of movement."""
    for assessment in assessed:
        if assessment.latest is None:
            continue
        still = replace(assessment, marker=Marker(reason="taken away"))
        assert not MOVING.search(said(still, finding(still))), finding(still)
        assert not MOVING.search(said(still, headline(still))), headline(still)


def test_no_judging_word_without_an_interval(assessed: tuple[Assessment, ...]) -> None:
    """A figure of grade C is never called better, similar or worse."""
    graded = [a for a in assessed if a.grade is Grade.C]
    assert graded
    for assessment in graded:
        assert not JUDGING.search(finding(assessment)), finding(assessment)
        assert not JUDGING.search(headline(assessment)), headline(assessment)


def test_no_causal_word(assessed: tuple[Assessment, ...]) -> None:
    """No sentence says why something is so."""
    for assessment in (a for a in assessed if a.latest):
        for text in (finding(assessment), headline(assessment), gap_words(assessment)):
            assert not CAUSAL.search(said(assessment, text)), text


def test_every_sentence_carries_number_and_period(assessed: tuple[Assessment, ...]) -> None:
    """A finding names the period; with limits it gives the interval."""
    for assessment in assessed:
        figure = assessment.latest
        if figure is None:
            continue
        text = finding(assessment)
        assert figure.period.label in text
        assert ("95 % interval" in text) == figure.has_interval
        assert re.search(r"\d", text)


def test_a_proxy_is_called_a_proxy(assessed: tuple[Assessment, ...]) -> None:
    """A proxy's finding says so in its first words."""
    proxies = [a for a in assessed if a.is_proxy and a.latest]
    assert proxies
    for assessment in proxies:
        assert "(proxy)" in finding(assessment).split(":")[0] + ":" or "(proxy):" in finding(
            assessment
        )


def test_an_old_figure_shows_its_age(assessed: tuple[Assessment, ...]) -> None:
    """Three years and more are said in words."""
    with_figure = [a for a in assessed if a.latest]
    old = replace(with_figure[0], age_months=40)
    new = replace(with_figure[0], age_months=8)
    assert "3 years 4 months old" in finding(old)
    assert "old" not in finding(new)


def test_worse_is_told_before_better(assessed: tuple[Assessment, ...]) -> None:
    """The order of findings is fixed: worse, better, similar, not compared."""
    better = next(a for a in assessed if a.comparison is Comparison.BETTER and not a.is_proxy)
    worse = replace(
        better,
        measure=better.measure.model_copy(update={"id": "X-1"}),
        comparison=Comparison.WORSE,
        comparison_998=Comparison.WORSE,
    )
    told = findings([better, worse])
    assert "worse than" in told[0]
    assert "better than" in told[1]


def test_at_most_one_finding_a_measure(assessed: tuple[Assessment, ...]) -> None:
    """A measure of seven vaccines does not fill the summary."""
    composite = [a for a in assessed if a.measure.id == "BSL-FCD-07"]
    assert len(composite) > 3
    assert len(findings(composite)) == 1


def test_what_cannot_be_seen_adds_up(assessed: tuple[Assessment, ...]) -> None:
    """Missing measures by kind: of grade D, and local ones of which only a proxy is seen."""
    texts = cannot_see(assessed)
    missing = [int(t.split()[0]) for t in texts if "proxy" not in t and "interval" not in t]
    served = {a.measure.id for a in assessed if a.grade is not Grade.D}
    proper = {a.measure.id for a in assessed if a.latest and not a.is_proxy}
    local = {a.measure.id for a in assessed if a.measure.type is not MeasureType.OPEN}
    assert sum(missing) == 84 - len(served) + len((local & served) - proper)


def test_lines_of_what_cannot_be_seen_agree_with_the_board_page(
    assessed: tuple[Assessment, ...],
) -> None:
    """Evidence due is that of the verdicts; without an interval means no better figure either."""
    texts = cannot_see(assessed)
    due = [int(t.split()[0]) for t in texts if "local records" in t or "milestone" in t]
    proper = {a.measure.id for a in assessed if a.latest and not a.is_proxy}
    local = {a.measure.id for a in assessed if a.measure.type is not MeasureType.OPEN}
    assert sum(due) == len(local - proper)
    best = {i: min(a.grade.value for a in assessed if a.measure.id == i) for i in proper | local}
    best |= {a.measure.id: min(best.get(a.measure.id, "D"), a.grade.value) for a in assessed}
    plain = next(int(t.split()[0]) for t in texts if "without an interval" in t)
    assert plain == sum(grade == "C" for grade in best.values())


def test_marker_words_name_the_marker(assessed: tuple[Assessment, ...]) -> None:
    """A direction is always named as that of the national marker."""
    moved = [a for a in assessed if a.marker.word is TrendMarker.DECREASING_WORSE]
    assert moved
    for assessment in moved:
        told = said(assessment, finding(assessment))
        sentences = [s for s in told.split(". ") if MOVING.search(s)]
        assert all(s.startswith("National recent-trend marker") for s in sentences)


@given(st.text(max_size=60))
def test_short_never_ends_a_sentence(text: str) -> None:
    """A reason can always stand inside another sentence."""
    assert not short(text).endswith(".")
    assert short(short(text)) == short(text)


def test_the_change_is_a_number_and_no_direction(assessed: tuple[Assessment, ...]) -> None:
    """The change since the baseline has a sign and an interval, and no word of movement."""
    tested = [a for a in assessed if a.latest and not a.change.reason]
    assert tested
    for assessment in tested:
        text = change_words(assessment)
        assert not MOVING.search(text), text
        assert assessment.change.baseline in text
        assert re.search(r"\(.+ to .+\)", text), text
    for assessment in (a for a in assessed if a.latest and a.change.reason):
        assert change_words(assessment).startswith("not tested")
