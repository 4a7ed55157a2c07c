"""Sentences from constructed verdicts: nothing is said that no test has shown."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwb_analysis.assessment import judge
from hwb_analysis.assessment.model import Assessment, Context, reading
from hwb_analysis.assessment.movement import change_on, usable_rows
from hwb_analysis.frame import conform
from hwb_analysis.narrative.catalogue import catalogue, number_of
from hwb_analysis.narrative.summary import board_summary, chance_sentence, priority_summary
from hwb_analysis.narrative.verdicts import proxy_sentence, verdict_sentence
from hwb_analysis.periods import parse_period
from hwb_analysis.stats.verbs import with_limits
from hwb_analysis.strategy import load_strategy
from hwb_analysis.strategy.model import Indicator, Measure, SeriesLink
from hwb_analysis.strategy.parts import Part
from hwb_analysis.vocabulary import (
    Comparison,
    Direction,
    Grade,
    MeasureType,
    Polarity,
    SeriesUse,
    Verdict,
)

MOVED = re.compile(
    r"\b(rose|fell|ris(e|es|ing)|fall(s|ing|en)?|improv\w*|worsen\w*|declin\w*|increas(ed|es|ing)"
    r"|decreas(ed|es|ing)|moved the (wanted|wrong) way|moving the (wanted|wrong) way|better than"
    r"|worse than)\b",
    re.IGNORECASE,
)
CAUSAL = re.compile(
    r"\b(because|due to|caused?|causes|led to|leads to|thanks to|driven by|result(s|ed)? (of|in)"
    r"|impact(s|ed)?|effect of|owing to|contribut\w+)\b",
    re.IGNORECASE,
)
MISSING = re.compile(
    r"\bnan\b|\bNone\b|\bNaT\b|not available|\bmissing\b|[{}]|\(\)|\s\s|\.\.|;\.|: \."
)
ONES = re.compile(r"(?<![\d.,])1 (points|years|days|measures|figures|tests)\b")

STRATEGY = load_strategy()
AREAS = ("Eye", "Bournemouth, Christchurch and Poole", "King's Lynn and West Norfolk", "Århus <b>")
UNITS = ("%", "per 100,000", "years", "score out of 10", "days", "µg/m3")

values = st.one_of(st.none(), st.floats(0.5, 99.5))
series = st.fixed_dictionaries(
    {
        "values": st.lists(values, min_size=1, max_size=9),
        "half": st.sampled_from([0.0, 0.05, 0.5, 3.0, 40.0]),
        "unit": st.sampled_from(UNITS),
        "first": st.integers(2012, 2024),
        "polarity": st.sampled_from([Polarity.HIGH, Polarity.LOW, Polarity.NONE]),
        "use": st.sampled_from([SeriesUse.PRIMARY, SeriesUse.PROXY, SeriesUse.INVERSE]),
        "kind": st.sampled_from([MeasureType.OPEN, MeasureType.LOCAL]),
        "basis": st.sampled_from(["complete_count", "register", "survey", "modelled"]),
        "area": st.sampled_from(AREAS),
        "comparison": st.sampled_from([Comparison.NOT_COMPARED, Comparison.SIMILAR]),
        "measure": st.integers(1, 3),
    }
)


def frame_of(drawn: dict[str, Any]) -> pd.DataFrame:
    """Return yearly figures with limits half a width away, or without."""
    many, half = drawn["values"], drawn["half"]
    periods = [parse_period(str(drawn["first"] + n)) for n in range(len(many))]
    numbers = pd.Series(many, dtype="float64")
    data: dict[str, Any] = {
        "series_id": "demo:one",
        "vintage": "1",
        "area_code": "E06000001",
        "area": drawn["area"],
        "area_type": "Unitary authority",
        "period": [p.label for p in periods],
        "period_start": [p.start for p in periods],
        "period_end": [p.end for p in periods],
        "period_kind": "calendar",
        "value": numbers,
        "unit": drawn["unit"],
        "basis": drawn["basis"],
        "grade": "A" if half else "C",
        "status": ["suppressed" if v is None else "ok" for v in many],
        "origin_id": "demo",
    }
    if half:
        data |= {"lower_95": numbers - half, "upper_95": numbers + half}
    return with_limits(conform(pd.DataFrame(data)))


def assessment_of(drawn: dict[str, Any], place: int) -> Assessment:
    """Return the assessment of one drawn series."""
    link = SeriesLink(id=f"demo:{place}", use=drawn["use"])
    indicator = Indicator(
        key="one",
        name="People counted",
        sex=("Persons",),
        age="all",
        value_type="score",
        polarity=drawn["polarity"],
        unit=drawn["unit"],
        provider="nobody",
        benchmark_method="interval-95",
        period="calendar",
        series=(link,),
    )
    wanted = {Polarity.HIGH: Direction.INCREASE, Polarity.LOW: Direction.DECREASE}
    way = wanted.get(drawn["polarity"], Direction.NARROW)
    blank = dict.fromkeys(("label", "sex", "age", "category_type", "category"), "")
    part = Part(
        measure_id=f"DEM-ONE-{drawn['measure']:02d}",
        indicator=indicator,
        series=link,
        use=drawn["use"],
        polarity=drawn["polarity"],
        wanted=way,
        sentence="It stands near.",
        **blank,
    )
    measure = Measure(
        id=part.measure_id,
        title="A thing to reach",
        direction=way,
        population="all",
        type=drawn["kind"],
    )
    own = frame_of(drawn)
    usable, _ = usable_rows(own)
    known = own.loc[own["value"].notna()]
    base: dict[str, Any] = {"reason": "the figure is suppressed"}
    if len(known):
        change = change_on(usable, STRATEGY.baseline(measure), ())
        base = {"latest": reading(known.iloc[-1]), "change": change, "age_months": 12}
        if drawn["half"]:
            base["comparison"] = drawn["comparison"]
    return Assessment(
        measure=measure,
        priority=STRATEGY.priorities[0],
        part=part,
        series=None,
        area=drawn["area"],
        comparator_area=drawn["area"],
        grade=Grade(own["grade"].iloc[0]) if len(known) else Grade.D,
        history=own,
        comparator_history=own.iloc[:0],
        **base,
    )


def judged(drawn: list[dict[str, Any]]) -> Any:
    """Return the judgement on drawn series, in the order of their measures."""
    nothing: Any = None
    context = Context(STRATEGY, nothing, "E06000001", "E92000001", date(2026, 11, 1))
    ordered = sorted(drawn, key=lambda d: d["measure"])
    return judge(context, [assessment_of(d, n) for n, d in enumerate(ordered)])


def texts(judgement: Any) -> list[str]:
    """Return everything that is said on a page of verdicts."""
    page = board_summary(judgement)
    out = [verdict_sentence(m) for m in judgement.measures.values()]
    out += [*page.first, *page.improved, *page.worsened, *page.proxies, *page.unseen]
    return [*out, page.chance, page.counts, *priority_summary(judgement)]


pages = st.lists(series, min_size=1, max_size=4)
slow = settings(suppress_health_check=[HealthCheck.too_slow])


@slow
@given(pages)
def test_no_word_of_direction_without_significance(drawn: list[dict[str, Any]]) -> None:
    """A measure none of whose parts has an adjusted p of 0.05 or less is given no direction."""
    judgement = judged(drawn)
    for found in judgement.measures.values():
        shown = [p for p in found.parts if p.tested and p.q_value <= 0.05]
        text = verdict_sentence(found)
        assert bool(MOVED.search(text)) <= bool(shown), text
        for part in found.parts:
            told = proxy_sentence(part)
            assert bool(told) <= (part in shown), told
    for verdict, sentence in (
        (Verdict.WANTED, board_summary(judgement).improved),
        (Verdict.WRONG, board_summary(judgement).worsened),
    ):
        count = judgement.counts()[verdict]
        assert (len(sentence) == count) if count else sentence[0].startswith("No measure")


@slow
@given(pages)
def test_nothing_missing_is_voiced_and_nothing_is_explained(drawn: list[dict[str, Any]]) -> None:
    """No missing value, no open blank, no causal word, the right number of every noun."""
    for text in texts(judged(drawn)):
        assert not MISSING.search(text), text
        assert not CAUSAL.search(text), text
        assert not ONES.search(text), text
        assert text.endswith("."), text
        assert text.count("(") == text.count(")"), text


@slow
@given(pages)
def test_a_direction_carries_number_interval_and_periods(drawn: list[dict[str, Any]]) -> None:
    """Where something rose or fell, by how much, with its interval, since when, until when."""
    for found in judged(drawn).measures.values():
        text = verdict_sentence(found)
        for part in found.parts:
            if part.counts and found.verdict in (Verdict.WANTED, Verdict.WRONG) and part.tested:
                assert part.change.baseline in text
                assert "95 % interval" in text
        if found.verdict is Verdict.NOT_MEASURABLE and not any(p.tested for p in found.parts):
            assert not re.search(r"\b(rose|fell)\b", text), text


@slow
@given(pages)
def test_the_verb_has_the_sign_of_the_change(drawn: list[dict[str, Any]]) -> None:
    """Rose only where the difference is above nought, fell only where it is below."""
    for found in judged(drawn).measures.values():
        if len(found.parts) > 1 or not found.parts[0].tested:
            continue
        text, change = verdict_sentence(found), found.parts[0].change.difference
        assert ("rose" not in text) or change > 0
        assert ("fell" not in text) or change < 0


@given(st.integers(0, 5000), st.sampled_from(["measure", "figure"]))
def test_counts_agree_with_their_nouns(count: int, thing: str) -> None:
    """One measure, no measures, two measures."""
    assert number_of(count, thing).endswith(thing if count == 1 else f"{thing}s")


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_the_catalogue_explains_nothing(key: str) -> None:
    """No phrase of the catalogue holds a causal word but where a reason for silence is given."""
    found = catalogue()[key]
    for text in found.values() if isinstance(found, dict) else [found]:
        if text != catalogue()["grade"]["C"]:
            assert not CAUSAL.search(text), text


def test_nothing_tested_says_so() -> None:
    """A page without a test speaks of none."""
    drawn = {
        "values": [None],
        "half": 0.0,
        "unit": "%",
        "first": 2020,
        "polarity": Polarity.HIGH,
        "use": SeriesUse.PRIMARY,
        "kind": MeasureType.OPEN,
        "basis": "complete_count",
        "area": "Eye",
        "comparison": Comparison.NOT_COMPARED,
        "measure": 1,
    }
    assert chance_sentence(judged([drawn])) == "No figure could be tested for change."
