"""The registry, the snapshot, assessments and verdicts at a prompt and in a notebook."""

from __future__ import annotations

from io import StringIO

import pandas as pd
import pytest

from hwb_analysis.assessment import Assessment, Judgement, assess_all, judge, make_context
from hwb_analysis.assessment.gradients import gradient_of
from hwb_analysis.errors import UsageError
from hwb_analysis.sources.find import find
from hwb_analysis.sources.load import load
from hwb_analysis.sources.snapshot import Snapshot, current_snapshot
from hwb_analysis.stats.result import between
from hwb_analysis.strategy import Strategy, load_strategy
from hwb_analysis.vocabulary import Comparison, TrendMarker

DIRECTIONS = ("increas", "decreas", "rising", "falling", "better", "worse", "higher", "lower")


@pytest.fixture(scope="module")
def strategy() -> Strategy:
    return load_strategy()


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return current_snapshot()


@pytest.fixture(scope="module")
def judged(strategy: Strategy, snapshot: Snapshot) -> tuple[tuple[Assessment, ...], Judgement]:
    context = make_context(strategy, snapshot)
    found = assess_all(context, strategy.priority("health-protection").measures)
    return found, judge(context, found, page="this page")


def table(html: str) -> pd.DataFrame:
    return pd.read_html(StringIO(html))[0]


def test_objects_of_the_registry_are_one_line(strategy: Strategy) -> None:
    priority = strategy.priority("school-readiness")
    assert repr(priority) == "Priority(school-readiness: School readiness)"
    assert repr(priority.measures[0]).startswith("Measure(BSL-SRE-01: ")
    assert repr(strategy).endswith(": 11 priorities, 84 measures)")
    assert repr(strategy.indicator("gld-reception")).startswith("Indicator(gld-reception: ")


def test_a_strategy_shows_every_priority_with_its_measures(strategy: Strategy) -> None:
    shown = table(strategy._repr_html_())
    assert shown["slug"].tolist() == [p.slug for p in strategy.priorities]
    assert shown["measures"].sum() == 84
    assert shown["commitments"].sum() == 39


def test_a_priority_shows_its_measures_and_their_indicators(strategy: Strategy) -> None:
    priority = strategy.priority("school-readiness")
    shown = table(priority._repr_html_())
    assert shown["id"].tolist() == [m.id for m in priority.measures]
    assert "gld-reception" in shown["indicators"].iloc[0]


def test_a_measure_without_indicators_says_why(strategy: Strategy) -> None:
    without = next(m for m in strategy.measures if not m.indicators)
    assert without.reason.split("&")[0][:30] in without._repr_html_()


def test_an_indicator_lists_its_series_in_order(strategy: Strategy) -> None:
    indicator = strategy.indicator("mmr2-5y")
    shown = indicator._repr_html_()
    places = [shown.index(f">{link.id}<") for link in indicator.series]
    assert places == sorted(places)


def test_a_snapshot_counts_series_by_publisher(snapshot: Snapshot) -> None:
    shown = table(snapshot._repr_html_())
    assert shown["series"].sum() == len(snapshot.series)


def test_an_assessment_shows_figure_interval_and_every_test(
    judged: tuple[tuple[Assessment, ...], Judgement],
) -> None:
    found = next(a for a in judged[0] if a.latest is not None and a.latest.has_interval)
    latest = found.latest
    assert latest is not None
    text, line = found._repr_html_(), repr(found)
    assert between(latest.lower_95, latest.upper_95) in text
    assert latest.period.label in line
    assert "\n" not in line
    for label in ("figure", "method", "national marker", "change", "evidence"):
        assert f'<th scope="row">{label}</th>' in text


def test_an_assessment_without_a_figure_gives_its_reason(strategy: Strategy) -> None:
    context = make_context(strategy, current_snapshot())
    measure = next(m for m in strategy.measures if not strategy.parts(m))
    (found,) = assess_all(context, [measure])
    assert found.reason[:40] in repr(found)
    assert "no figure because" in found._repr_html_()


def test_no_direction_word_stands_without_its_test(
    judged: tuple[tuple[Assessment, ...], Judgement],
) -> None:
    """Take the tests away from an assessment and the words go with them."""
    from dataclasses import replace

    from hwb_analysis.assessment import ChangeSince, Marker

    found = next(a for a in judged[0] if a.latest is not None and a.latest.has_interval)
    bare = replace(
        found,
        comparison=Comparison.NOT_COMPARED,
        comparison_998=Comparison.NOT_COMPARED,
        comparison_reason="no interval",
        marker=Marker(TrendMarker.NOT_CALCULATED, "too few"),
        change=ChangeSince(reason="too few"),
        notes=(),
    )
    text = bare._repr_html_().casefold()
    assert not [word for word in DIRECTIONS if word in text]


def test_a_verdict_shows_reasons_and_parts(
    judged: tuple[tuple[Assessment, ...], Judgement],
) -> None:
    judgement = judged[1]
    assert repr(judgement) == f"Judgement({len(judgement.measures)} measures, " + (
        f"{judgement.tested} figures tested)"
    )
    shown = table(judgement._repr_html_())
    assert shown["measures"].sum() == len(judgement.measures)
    one = judgement.measures["XCC-HPE-02"]
    assert repr(one) == f"MeasureVerdict(XCC-HPE-02: {one.verdict.value})"
    text = one._repr_html_()
    assert text.count(">because<") == len(one.reasons)
    assert "adjusted p" in text


def test_a_gradient_shows_its_sentence_and_its_groups(
    strategy: Strategy, snapshot: Snapshot
) -> None:
    found = gradient_of("census2021:bad-or-very-bad-health", snapshot, strategy.area.code)
    shown = found._repr_html_()
    assert "the slope index is 3.43 percentage points" in shown
    assert len(table(shown)) == 10
    assert repr(found).startswith("Gradient(census2021:bad-or-very-bad-health, ")


def test_find_gives_names_that_load_takes() -> None:
    rows = find("MMR 5 years")
    assert "cover:mmr2-5y" in rows["what"].tolist()
    assert set(find("mmr")["kind"]) == {"measure", "indicator", "series"}
    for name in rows["what"].head(3):
        assert len(load(name, areas="all"))


def test_find_without_words_gives_everything(strategy: Strategy, snapshot: Snapshot) -> None:
    rows = find()
    expected = len(strategy.priorities) + len(strategy.measures) + len(strategy.indicators)
    assert len(rows) == expected + len(snapshot.series)
    assert not rows.duplicated(["what", "kind"]).any()


def test_find_says_when_there_is_nothing() -> None:
    with pytest.raises(UsageError, match="nothing is named 'zebra'"):
        find("zebra")


@pytest.mark.parametrize(
    ("wanted", "areas", "near"),
    [
        ("school-redines", "home", "school-readiness"),
        ("cover:mmr2-5", "home", "cover:mmr2-5y"),
        ("cover:mmr2-5y", "Englnd", "England"),
        ("XCC-HPE-2", "home", "XCC-HPE-02"),
    ],
)
def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(
    wanted: str, areas: str, near: str
) -> None:
    with pytest.raises(UsageError, match=f"did you mean '{near}'"):
        load(wanted, areas=areas)
