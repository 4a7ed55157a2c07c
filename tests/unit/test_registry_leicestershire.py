"""The shipped registry: complete, and linked as an epidemiologist would link it."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from hwb_analysis.errors import UsageError
from hwb_analysis.sources.snapshot import current_snapshot
from hwb_analysis.strategy import Strategy, load_strategy
from hwb_analysis.vocabulary import Direction, MeasureType, Polarity, SeriesUse


@pytest.fixture(scope="module")
def strategy() -> Strategy:
    return load_strategy()


def test_holds_the_whole_strategy(strategy):
    assert len(strategy.priorities) == 11
    assert len(strategy.commitments) == 39
    assert len(strategy.measures) == 84
    assert len(strategy.indicators) == 98
    assert sum(m.sustained for m in strategy.measures) == 17
    assert sum(m.target is not None for m in strategy.measures) == 14


def test_counts_by_type_and_direction(strategy):
    types = Counter(m.type for m in strategy.measures)
    assert types == {MeasureType.OPEN: 58, MeasureType.LOCAL: 19, MeasureType.QUALITATIVE: 7}
    directions = Counter(m.direction for m in strategy.measures)
    assert directions == {
        Direction.DECREASE: 29,
        Direction.INCREASE: 41,
        Direction.ACHIEVE: 11,
        Direction.NARROW: 3,
    }


def test_measures_by_priority_in_the_order_of_the_strategy(strategy):
    assert [(p.slug, len(p.commitments), len(p.measures)) for p in strategy.priorities] == [
        ("first-1001-days", 4, 8),
        ("school-readiness", 3, 4),
        ("preparing-for-life", 3, 5),
        ("strong-foundations", 5, 11),
        ("healthy-choices", 2, 9),
        ("prevention-self-care", 5, 6),
        ("frailty-complex-care", 3, 12),
        ("end-of-life", 6, 4),
        ("mental-health", 6, 8),
        ("health-inequalities", 1, 9),
        ("health-protection", 1, 8),
    ]


def test_stages_are_four_of_life_and_one_across(strategy):
    kinds = [s.kind for s in strategy.stages]
    assert kinds == ["life-course"] * 4 + ["cross-cutting"]
    by_stage = Counter(p.stage for p in strategy.priorities)
    assert [by_stage[s.slug] for s in strategy.stages] == [3, 2, 2, 1, 3]


def test_area_names_its_deprivation_ends(strategy):
    names = {d.code: d.name for d in strategy.area.districts}
    assert len(names) == 7
    assert names[strategy.area.deprivation.most] == "North West Leicestershire"
    assert names[strategy.area.deprivation.least] == "Harborough"


def test_every_measure_has_a_figure_or_a_reason(strategy):
    for measure in strategy.measures:
        assert bool(strategy.parts(measure)) != bool(strategy.reason(measure)), measure.id


@pytest.mark.parametrize(
    ("measure_id", "expected"),
    [
        ("XCC-HPE-02", [("cover:mmr2-5y", "primary"), ("cover:mmr1-2y", "primary")]),
        ("BSL-SRE-01", [("lait:gld", "primary")]),
        ("BSL-SRE-03", [("lait:overweight-reception", "primary")]),
        ("BSL-FCD-06", [("lait:breastfeeding-6-8-weeks", "proxy")]),
        ("BSL-PFL-03", [("lait:chlamydia-detection", "proxy")]),
        ("BSL-PFL-04", [("lait:under18-conceptions", "primary")]),
        ("SHW-BSF-08", [("els:employment-rate", "primary")]),
        ("SHW-EHC-02", [("els:adult-obesity", "proxy"), ("fingertips:93088", "primary")]),
        ("SHW-EHC-03", [("fingertips:93015", "proxy"), ("fingertips:93014", "primary")]),
        ("SHW-EHC-04", [("fingertips:93015", "primary")]),
        ("SHW-EHC-06", [("fingertips:92443", "primary")]),
        ("SHW-EHC-09", [("fingertips:93982", "primary")]),
        ("LSW-UPS-04", [("fingertips-2020:22401", "primary")]),
        ("LSW-UPS-06", [("fingertips:90638", "proxy")]),
        (
            "LSW-FCC-04",
            [("discharge:days", "primary"), ("discharge:days-when-delayed", "alternative")],
        ),
        ("XCC-RHI-01", [("fingertips-2020:92901", "primary")] * 2),
        (
            "XCC-RHI-02",
            [("ons-le:le-birth", "proxy")] * 2
            + [("fingertips:90366", "proxy")] * 2
            + [("els:hle-birth", "proxy")] * 2,
        ),
        ("XCC-RHI-06", [("lait:lac-emotional", "inverse")]),
        ("XCC-HPE-08", [("els:cancer-stage-1-2", "primary")]),
        ("XCC-IMH-04", [("fingertips:41001", "primary")]),
        ("XCC-HPE-03", []),
        ("BSL-FCD-08", []),
    ],
)
def test_links_measures_to_series(strategy, measure_id, expected):
    parts = strategy.parts(strategy.measure(measure_id))
    assert [(p.series.id, p.use.value) for p in parts] == expected


def test_composite_vaccination_reports_each_vaccine(strategy):
    parts = strategy.parts(strategy.measure("BSL-FCD-07"))
    assert [p.heading for p in parts] == [
        "MMR one dose coverage (2 years)",
        "DTaP/IPV/Hib/HepB coverage (1 year)",
        "PCV coverage (1 year)",
        "Hib/MenC booster coverage (2 years)",
        "PCV booster coverage (2 years)",
        "MenB coverage (1 year)",
        "Rotavirus coverage (1 year)",
    ]


def test_a_rising_score_of_difficulties_is_not_wanted(strategy):
    (part,) = strategy.parts(strategy.measure("XCC-RHI-06"))
    assert part.polarity is Polarity.LOW
    assert part.wanted is Direction.DECREASE
    assert part.sentence


def test_wellbeing_scores_point_their_own_ways(strategy):
    parts = strategy.parts(strategy.measure("XCC-IMH-01"))
    assert [(p.label, p.wanted.value) for p in parts] == [
        ("Life satisfaction", "increase"),
        ("Feeling that life is worthwhile", "increase"),
        ("Happiness", "increase"),
        ("Anxiety", "decrease"),
    ]
    assert {p.use for p in parts} == {SeriesUse.PROXY}


def test_reform_of_the_profile_is_a_break(strategy):
    for key in ("gld-reception", "gld-fsm"):
        (brk,) = strategy.indicator(key).series[0].breaks
        assert brk.after == date(2021, 8, 31)
        assert brk.source


def test_every_proxy_part_says_what_it_measures(strategy):
    for measure in strategy.measures:
        for part in strategy.parts(measure):
            if part.use in (SeriesUse.PROXY, SeriesUse.INVERSE):
                assert part.sentence.endswith("."), part.series.id


def test_reason_names_each_unserved_indicator(strategy):
    reason = strategy.reason(strategy.measure("XCC-HPE-03"))
    assert "Flu vaccination coverage (65+):" in reason
    assert "30314" in reason
    assert "30315" in reason


def test_a_measure_may_be_served_in_part(strategy):
    measure = strategy.measure("BSL-PFL-04")
    assert [i.key for i in strategy.unserved(measure)] == ["teenage-mothers"]
    assert strategy.reason(measure) == ""


def test_baseline_is_the_start_of_the_strategy(strategy):
    assert {strategy.baseline(m) for m in strategy.measures} == {date(2022, 3, 31)}
    assert strategy.strategy.second_baseline == date(2025, 9, 30)


def test_every_series_that_the_registry_names_is_in_the_snapshot(strategy):
    known = current_snapshot().series
    assert [series_id for series_id in strategy.series_ids if series_id not in known] == []


@pytest.mark.parametrize(
    ("find", "wrong", "hint"),
    [
        ("priority", "school-redines", "did you mean 'school-readiness'?"),
        ("measure", "BSL-SRE-1", "did you mean 'BSL-SRE-01'?"),
        ("indicator", "gld-receptoin", "did you mean 'gld-reception'?"),
        ("stage", "best-strat", "did you mean 'best-start'?"),
    ],
)
def test_unknown_names_are_answered_with_the_nearest(strategy, find, wrong, hint):
    with pytest.raises(UsageError, match=f"no {find} '{wrong}'") as caught:
        getattr(strategy, find)(wrong)
    assert caught.value.remedy.startswith(hint)
    assert caught.value.exit_code == 2


def test_objects_do_not_change(strategy):
    with pytest.raises(ValueError, match="frozen"):
        strategy.measures[0].title = "Another"


def test_priority_is_found_by_its_code(strategy):
    assert strategy.priority("4.1").slug == "mental-health"
    assert strategy.priority_of("XCC-IMH-04").slug == "mental-health"


def test_overlapping_measures_know_each_other(strategy):
    (overlap,) = strategy.overlapping(strategy.measure("LSW-UPS-02"))
    assert overlap.measures == ("LSW-UPS-02", "LSW-FCC-08")
