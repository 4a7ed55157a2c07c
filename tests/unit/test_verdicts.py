"""Every verdict on constructed series, both good ends, with and without intervals."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hwb_analysis.assessment import judge
from hwb_analysis.assessment.reasons import TEMPLATES, because
from hwb_analysis.errors import UsageError
from hwb_analysis.sources.returns import Evidence
from hwb_analysis.stats.trend_choice import MAY_TEST
from hwb_analysis.strategy.model import Target
from hwb_analysis.vocabulary import (
    Basis,
    Comparison,
    Direction,
    MeasureType,
    Polarity,
    SeriesUse,
    Verdict,
)

HIGH, LOW = Polarity.HIGH, Polarity.LOW
FLAT = [60.0] * 5
UP = [*FLAT, 61.0, 66.0, 71.0, 75.0]
DOWN = [*FLAT, 58.0, 54.0, 50.0, 46.0]
STILL = [*FLAT, 60.5, 59.5, 60.0, 60.5]
SINCE = [str(y) for y in range(2017, 2026)]


def verdict_of(made: Any, *assessments: Any, **options: Any) -> Any:
    """Return the one measure's verdict."""
    (found,) = judge(made.context, assessments, **options).measures.values()
    return found


def codes(found: Any) -> list[str]:
    """Return the codes of a verdict's reasons."""
    return [reason.code for reason in found.reasons]


@pytest.mark.parametrize("half", [None, 2.0], ids=["counts", "limits"])
@pytest.mark.parametrize(
    ("values", "polarity", "expected"),
    [
        (UP, HIGH, Verdict.WANTED),
        (UP, LOW, Verdict.WRONG),
        (DOWN, HIGH, Verdict.WRONG),
        (DOWN, LOW, Verdict.WANTED),
        (STILL, HIGH, Verdict.NO_CLEAR_CHANGE),
        (STILL, LOW, Verdict.NO_CLEAR_CHANGE),
    ],
)
def test_movement_is_read_by_the_good_end(
    made: Any, values: list[float], polarity: Polarity, expected: Verdict, half: float | None
) -> None:
    """The same figures are wanted at one end and unwanted at the other."""
    own = made.figures("E06000001", SINCE, values, half=half)
    found = verdict_of(made, made.assessment(own, polarity))
    assert found.verdict is expected
    assert {"change", "family"} <= set(codes(found))


@pytest.mark.parametrize("polarity", [HIGH, LOW])
def test_values_alone_are_never_a_movement(made: Any, polarity: Polarity) -> None:
    """Without counts and limits a large fall is not measurable, and the reason says so."""
    own = made.figures("E06000001", SINCE, DOWN, half=0.0, grade="C")
    found = verdict_of(made, made.assessment(own, polarity))
    assert found.verdict is Verdict.NOT_MEASURABLE
    assert codes(found) == ["no-interval"]
    assert found.parts[0].direction == "not tested"


def test_no_figure_since_the_strategy_began(made: Any) -> None:
    """A steep earlier fall is history: no period starts after the baseline's end."""
    years = [str(y) for y in range(2013, 2022)]
    found = verdict_of(made, made.assessment(made.figures("E06000001", years, DOWN)))
    assert found.verdict is Verdict.NO_FIGURE_SINCE
    assert found.reasons[0].values["latest"] == "2021"


def test_a_period_that_overlaps_the_baseline_is_not_since(made: Any) -> None:
    """Three-year figures: 2020 - 22 shares time with 2019 - 21 and cannot show movement."""
    years = [f"{y} - {(y + 2) % 100:02d}" for y in range(2012, 2021)]
    found = verdict_of(made, made.assessment(made.figures("E06000001", years, DOWN)))
    assert found.verdict is Verdict.NO_FIGURE_SINCE


def test_five_usable_points_are_needed(made: Any) -> None:
    """The same fall is read from five points and is too early to say from four."""
    years, values = [str(y) for y in range(2020, 2025)], [80.0, 80.0, 70.0, 65.0, 60.0]
    enough = verdict_of(made, made.assessment(made.figures("E06000001", years, values)))
    assert enough.verdict is Verdict.WRONG
    short = verdict_of(made, made.assessment(made.figures("E06000001", years[1:], values[1:])))
    assert short.verdict is Verdict.TOO_EARLY
    assert short.reasons[0].code == "few-points"
    assert short.reasons[0].values["usable"] == 4


def test_a_new_series_has_no_baseline_yet(made: Any) -> None:
    """Six points, all after the baseline day: too early, since there is nothing to set against."""
    years = [f"{y}/{(y + 1) % 100}" for y in range(2022, 2028)]
    found = verdict_of(made, made.assessment(made.figures("E06000001", years, UP[-6:])))
    assert found.verdict is Verdict.TOO_EARLY
    assert codes(found) == ["untestable", "second-baseline"]
    assert found.parts[0].second.direction == "increase"


def test_no_change_is_read_across_a_break(made: Any) -> None:
    """A new definition after the baseline: too early, whatever the figures do."""
    own = made.figures("E06000001", [str(y) for y in range(2013, 2028)], [60.0] * 9 + [30.0] * 6)
    cut = [date(2021, 12, 31)]
    assert verdict_of(made, made.assessment(own, breaks=cut)).verdict is Verdict.TOO_EARLY
    assert verdict_of(made, made.assessment(own)).verdict is Verdict.WRONG


@pytest.mark.parametrize("basis", list(Basis))
@pytest.mark.parametrize("evidence", ["counts", "limits", "values"])
def test_what_each_basis_may_be_tested_with(made: Any, basis: Basis, evidence: str) -> None:
    """The matrix basis x test as data, and the verdict that follows from it."""
    half = {"counts": None, "limits": 2.0, "values": 0.0}[evidence]
    own = made.figures("E06000001", SINCE, DOWN, half=half, basis=basis.value)
    found = verdict_of(made, made.assessment(own))
    table = {
        "complete_count": {"counts", "limits"},
        "register": {"counts", "limits"},
        "derived": {"counts", "limits"},
        "survey": {"limits"},
        "modelled": set(),
        "imputed": set(),
    }
    assert (found.verdict is Verdict.WRONG) == (evidence in table[basis.value])
    assert set(MAY_TEST[basis.value]) - {"values"} == table[basis.value]
    if found.verdict is not Verdict.WRONG:
        assert found.verdict is Verdict.NOT_MEASURABLE


def test_a_register_says_size_first(made: Any) -> None:
    """Significance in a register of many people comes second."""
    own = made.figures("E06000001", SINCE, DOWN, basis="register")
    assert "size-first" in codes(verdict_of(made, made.assessment(own)))


def test_the_pandemic_is_left_out_and_both_are_said(made: Any) -> None:
    """A rise from a low of 2021 only: before the pandemic the figure was as it is now."""
    values = [*[70.0] * 3, 55.0, 55.0, 58.0, 62.0, 66.0, 70.0]
    found = verdict_of(made, made.assessment(made.figures("E06000001", SINCE, values)))
    part = found.parts[0]
    assert found.verdict is Verdict.NO_CLEAR_CHANGE
    assert "pandemic-differs" in codes(found)
    assert part.change.direction == "increase"
    assert part.repeat is not None
    assert (part.repeat.baseline, part.repeat.direction) == ("2019", "no clear change")


def test_the_pandemic_that_cannot_be_left_out_is_said(made: Any) -> None:
    """Without a baseline before the pandemic the change stands, and the reason says so."""
    years = [str(y) for y in range(2020, 2026)]
    found = verdict_of(made, made.assessment(made.figures("E06000001", years, UP[-6:])))
    assert found.verdict is Verdict.WANTED
    assert "pandemic-alone" in codes(found)


def test_carried_forward_figures_are_dropped_with_the_reason(made: Any) -> None:
    """The same count of the same people again is no new figure."""
    values = [60.0, 61.0, 62.0, 60.5, 61.5, 61.5]
    years = [str(y) for y in range(2017, 2023)]
    found = verdict_of(made, made.assessment(made.figures("E06000001", years, values, more=0)))
    assert found.verdict is Verdict.NO_FIGURE_SINCE
    assert found.reasons[0].code == "carried-forward"
    assert found.reasons[0].values["periods"] == "2022"


TARGETS = [
    ("benchmark", ">", 90.0, 96.0, HIGH, True),
    ("benchmark", ">", 90.0, 80.0, HIGH, False),
    ("benchmark", ">=", 90.0, 90.5, HIGH, None),
    ("threshold", "<", 10.0, 5.0, LOW, True),
    ("threshold", "<=", 10.0, 15.0, LOW, False),
    ("comparator", "<", None, 5.0, LOW, True),
    ("comparator", "<", None, 10.1, LOW, None),
    ("comparator", "<", None, 20.0, LOW, False),
]


@pytest.mark.parametrize(("kind", "op", "value", "now", "polarity", "met"), TARGETS)
def test_targets_are_met_by_the_whole_interval(
    made: Any,
    kind: str,
    op: Any,
    value: float | None,
    now: float,
    polarity: Polarity,
    met: bool | None,
) -> None:
    """Met, missed or open; England stands at 10 % where the target names the nation."""
    aim = Target(kind=kind, op=op, value=value, comparator=None if value else "nation")
    own = made.figures("E06000001", SINCE, [now] * 8 + [now])
    found = verdict_of(made, made.assessment(own, polarity, nation=10.0, target=aim))
    target = found.parts[0].target
    assert target is not None
    assert target.met is met
    assert target.difference == pytest.approx(now - (value or 10.0), abs=0.05)
    assert (found.verdict is Verdict.ACHIEVED) == (met is True)


def test_a_target_is_not_tested_without_limits_nor_by_an_old_figure(made: Any) -> None:
    """The distance is given, the word is not."""
    aim = Target(kind="benchmark", op=">", value=90.0)
    plain = made.figures("E06000001", SINCE, [99.0] * 9, half=0.0)
    found = verdict_of(made, made.assessment(plain, target=aim))
    assert found.verdict is Verdict.NOT_MEASURABLE
    assert found.parts[0].target.difference == pytest.approx(9)
    assert found.parts[0].target.share == pytest.approx(0.1)
    old = made.figures("E06000001", ["2017", "2018"], [99.0, 99.0], people=3000)
    stale = verdict_of(made, made.assessment(old, target=aim))
    assert stale.verdict is Verdict.NO_FIGURE_SINCE
    assert stale.parts[0].target.met is None
    assert "target-untested" in codes(stale)


def test_sustained_needs_three_years_and_no_setback(made: Any) -> None:
    """A gain kept for three years; one too young; one that fell back on the way."""
    years = [str(y) for y in range(2015, 2025)]
    steady = made.figures("E06000001", years, [60.0] * 7 + [64.0, 67.0, 70.0])
    found = verdict_of(made, made.assessment(steady))
    assert (found.verdict, found.sustained) == (Verdict.WANTED, True)
    assert found.reasons[-1].code != "setback"
    young = made.figures("E06000001", years[:-1], [60.0] * 7 + [67.0, 70.0])
    early = verdict_of(made, made.assessment(young))
    assert (early.verdict, early.sustained) == (Verdict.WANTED, False)
    assert "not-yet-sustained" in codes(early)
    fell = made.figures("E06000001", years, [60.0] * 7 + [75.0, 70.0, 66.0])
    back = verdict_of(made, made.assessment(fell))
    assert (back.verdict, back.sustained) == (Verdict.WANTED, False)
    assert "setback" in codes(back)


def test_the_second_baseline_is_said_once_a_later_period_is_there(made: Any) -> None:
    """Figures of 2026 are also set against those of 2024, the second baseline's."""
    years = [str(y) for y in range(2018, 2027)]
    found = verdict_of(made, made.assessment(made.figures("E06000001", years, UP)))
    second = found.parts[0].second
    assert (second.baseline, second.latest, second.direction) == ("2024", "2026", "increase")
    before = made.figures("E06000001", SINCE[:-1], UP[:-1])
    assert verdict_of(made, made.assessment(before)).parts[0].second is None


def test_a_proxy_has_its_own_direction_and_no_verdict(made: Any) -> None:
    """A proxy that falls says so of itself; the measure stays unmeasured."""
    own = made.figures("E06000001", SINCE, DOWN)
    found = verdict_of(made, made.assessment(own, use=SeriesUse.PROXY))
    assert found.verdict is Verdict.NOT_MEASURABLE
    assert not found.parts[0].counts
    assert found.parts[0].verdict is Verdict.NOT_MEASURABLE
    assert found.parts[0].direction == "decrease"
    assert codes(found) == ["only-proxies"]


def test_an_inverse_is_read_at_its_own_good_end(made: Any) -> None:
    """A score of difficulties that falls is what a measure of wellbeing wants."""
    own = made.figures("E06000001", SINCE, DOWN)
    measure = made.measure(Direction.INCREASE)
    found = verdict_of(made, made.assessment(own, LOW, use=SeriesUse.INVERSE, measure=measure))
    assert found.verdict is Verdict.WANTED


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([-8.0, -8, -8, -8, -8, -7, -6, -5, -4], Verdict.WANTED),
        ([4.0, 4, 4, 4, 4, 5, 6, 7, 8], Verdict.WRONG),
    ],
)
def test_a_gap_is_wanted_nearer_to_zero(made: Any, values: list[float], expected: Verdict) -> None:
    """A series that is itself a difference between groups, with no good end of its own."""
    own = made.figures("E06000001", SINCE, values, half=1.0, unit="points")
    measure = made.measure(Direction.NARROW)
    found = verdict_of(
        made,
        made.assessment(own, Polarity.NONE, wanted=Direction.NARROW, measure=measure),
    )
    assert found.verdict is expected


def test_parts_that_agree_and_parts_that_do_not(made: Any) -> None:
    """Two falls make a fall; a fall and a rise make no clear change, with the count."""
    same = made.measure(Direction.INCREASE)
    fall = made.assessment(made.figures("E06000001", SINCE, DOWN), measure=same)
    other = made.assessment(
        made.figures("E06000001", SINCE, [v - 1 for v in DOWN]), measure=same, name="B"
    )
    rise = made.assessment(made.figures("E06000001", SINCE, UP), measure=same, label="C")
    both = verdict_of(made, fall, other)
    assert both.verdict is Verdict.WRONG
    assert both.reasons[0].text == "2 of 2 tested parts: moving the wrong way"
    mixed = verdict_of(made, fall, rise)
    assert mixed.verdict is Verdict.NO_CLEAR_CHANGE
    assert [r.values["count"] for r in mixed.reasons] == [1, 1]
    untested = made.assessment(made.figures("E06000001", SINCE, UP, half=0.0), measure=same)
    partly = verdict_of(made, fall, untested)
    assert partly.verdict is Verdict.WRONG
    assert "parts-untested" in codes(partly)


def test_without_a_tested_part_the_nearest_state_stands(made: Any) -> None:
    """One part too young, one without an interval: too early to say."""
    same = made.measure(Direction.INCREASE)
    young = made.assessment(made.figures("E06000001", SINCE[-6:-2], UP[-4:]), measure=same)
    plain = made.assessment(made.figures("E06000001", SINCE, UP, half=0.0), measure=same)
    assert verdict_of(made, plain, young).verdict is Verdict.TOO_EARLY


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (MeasureType.OPEN, Verdict.NOT_MEASURABLE),
        (MeasureType.LOCAL, Verdict.LOCAL_DUE),
        (MeasureType.QUALITATIVE, Verdict.LOCAL_DUE),
    ],
)
def test_a_measure_without_figures(made: Any, kind: MeasureType, expected: Verdict) -> None:
    """Open data that are not held are not measurable; local records are due."""
    assessment = made.without(made.measure(Direction.INCREASE, kind=kind))
    found = verdict_of(made, assessment)
    assert found.verdict is expected
    assert found.reasons


def test_a_return_stands_beside_and_never_moves_a_figure(made: Any) -> None:
    """A return ends "local evidence due"; beside a tested figure it changes nothing."""
    local = made.without(made.measure(Direction.INCREASE, kind=MeasureType.LOCAL))
    sent = {"DEM-ONE-01": Evidence("under way", 71.0)}
    found = verdict_of(made, local, evidence=sent)
    assert found.verdict is Verdict.TOO_EARLY
    assert found.returned is sent["DEM-ONE-01"]
    award = Target(kind="award", text="the gold award")
    measure = made.measure(Direction.ACHIEVE, award, MeasureType.QUALITATIVE)
    done = verdict_of(made, made.without(measure), evidence={"DEM-ONE-01": Evidence("done")})
    assert done.verdict is Verdict.ACHIEVED
    assert "reported by the partners" in done.reasons[-1].text
    own = made.assessment(made.figures("E06000001", SINCE, DOWN))
    open_one = verdict_of(made, own, evidence={"DEM-ONE-01": Evidence("done", 99.0)})
    assert open_one.verdict is Verdict.WRONG


def test_the_number_of_tests_is_allowed_for(made: Any) -> None:
    """A change of p 0.03 stands alone and falls among nineteen others that are flat."""
    slight = made.assessment(
        made.figures("E06000001", SINCE, [*FLAT, 60.5, 61.0, 61.5, 63.3]),
        measure=made.measure(Direction.INCREASE, code="DEM-ONE-01"),
    )
    assert 0.02 < slight.change.p_value < 0.05
    alone = judge(made.context, [slight])
    assert alone.measures["DEM-ONE-01"].verdict is Verdict.WANTED
    flat = [
        made.assessment(
            made.figures("E06000001", SINCE, [*FLAT, 60, 60, 60, 60.0 + n / 20]),
            measure=made.measure(Direction.INCREASE, code=f"DEM-TWO-{n:02d}"),
            label=f"part {n}",
        )
        for n in range(1, 20)
    ]
    # The parts of one series are told apart by their filters, so each needs its own.
    apart = [_with_age(assessment, f"age {n}") for n, assessment in enumerate([slight, *flat])]
    crowd = judge(made.context, apart, page="a page of twenty")
    assert crowd.tested == 20
    assert crowd.expected_by_chance == pytest.approx(1.0)
    assert crowd.measures["DEM-ONE-01"].verdict is Verdict.NO_CLEAR_CHANGE
    assert crowd.flagged_unadjusted == 1
    assert crowd.flagged == 0


def _with_age(assessment: Any, age: str) -> Any:
    from dataclasses import replace

    return replace(assessment, part=replace(assessment.part, age=age))


def test_a_figure_that_serves_two_measures_is_one_test(made: Any) -> None:
    """Two measures that rest on one series do not make two tests of it."""
    own = made.figures("E06000001", SINCE, DOWN)
    one = made.assessment(own, measure=made.measure(Direction.INCREASE, code="DEM-ONE-01"))
    two = made.assessment(own, measure=made.measure(Direction.INCREASE, code="DEM-ONE-02"))
    found = judge(made.context, [one, two])
    assert found.tested == 1
    assert [m.verdict for m in found.measures.values()] == [Verdict.WRONG] * 2


def test_category_now_and_at_the_baseline(made: Any) -> None:
    """Better than England at the baseline, worse now: both are data and in a reason."""
    own = made.figures("E06000001", SINCE, DOWN)
    found = verdict_of(made, made.assessment(own, nation=55.0))
    part = found.parts[0]
    assert part.at_baseline is Comparison.BETTER
    assert part.assessment.comparison is Comparison.WORSE
    said = next(r for r in found.reasons if r.code == "category")
    assert (said.values["then"], said.values["now"]) == ("better", "worse")


def test_the_national_marker_decides_nothing_and_is_said(made: Any) -> None:
    """Five rising points and an unchanged baseline: the marker differs, the verdict stays."""
    values = [70.0, 70.0, 70.0, 70.0, 66.0, 60.0, 62.0, 65.0, 67.0]
    own = made.figures("E06000001", SINCE, values, people=900)
    found = verdict_of(made, made.assessment(own))
    assert found.verdict is Verdict.NO_CLEAR_CHANGE
    assert {"marker-agrees", "marker-differs"} & set(codes(found))


@pytest.mark.parametrize("code", sorted(TEMPLATES))
def test_every_reason_refuses_a_missing_value(code: str) -> None:
    """A template with a blank names what is missing, instead of printing a brace."""
    if "{" not in TEMPLATES[code]:
        assert because(code).text
        return
    with pytest.raises(UsageError, match="lacks the value"):
        because(code)


def test_an_unknown_reason_is_refused() -> None:
    """A code that is not in the catalogue is a mistake of the caller."""
    with pytest.raises(UsageError, match="not known"):
        because("because-i-say-so")
