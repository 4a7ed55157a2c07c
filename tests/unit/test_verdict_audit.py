"""Verdicts under frames that try to break the rule: edges, mixtures, repeats, mirrors."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwb_analysis.assessment import judge, movement
from hwb_analysis.assessment.evidence import comparison
from hwb_analysis.assessment.movement import change_on, setbacks, usable_rows
from hwb_analysis.assessment.verdicts import category_at
from hwb_analysis.narrative.verdicts import verdict_sentence
from hwb_analysis.stats.change import MOST_SHARED, change
from hwb_analysis.stats.frame_change import change_since
from hwb_analysis.stats.multiplicity import adjust, family
from hwb_analysis.strategy.model import Target
from hwb_analysis.vocabulary import (
    Comparison,
    Direction,
    MeasureType,
    Polarity,
    SeriesUse,
    Status,
    Verdict,
)

HIGH, LOW, NONE = Polarity.HIGH, Polarity.LOW, Polarity.NONE
DAY = date(2022, 3, 31)
SINCE = [str(y) for y in range(2017, 2026)]
UP = [60.0, 60, 60, 60, 60, 61, 66, 71, 75]
DOWN = [60.0, 60, 60, 60, 60, 58, 54, 50, 46]
STILL = [60.0, 60, 60, 60, 60, 60.5, 59.5, 60, 60.5]
NEAR_90 = Target(kind="benchmark", op=">", value=90.0)
MIRRORED = {Verdict.WANTED: Verdict.WRONG, Verdict.WRONG: Verdict.WANTED}
QUIET = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def verdict_of(made: Any, *assessments: Any, **options: Any) -> Any:
    """Return the one measure's verdict."""
    (found,) = judge(made.context, assessments, **options).measures.values()
    return found


def codes(found: Any) -> list[str]:
    """Return the codes of a verdict's reasons."""
    return [reason.code for reason in found.reasons]


def of(made: Any, years: list[str], values: list[float | None], **columns: Any) -> Any:
    """Return figures of the area."""
    return made.figures("E06000001", years, values, **columns)


# Symmetry.


@QUIET
@given(values=st.lists(st.integers(20, 80), min_size=9, max_size=9), half=st.sampled_from([1, 4]))
def test_mirroring_series_and_good_end_leaves_the_verdict(
    made: Any, values: list[int], half: float
) -> None:
    """What is 60 % done is 40 % undone: the same verdict, also on sustained."""
    one = of(made, SINCE, [float(v) for v in values], half=half)
    other = of(made, SINCE, [100.0 - v for v in values], half=half)
    first = verdict_of(made, made.assessment(one, HIGH))
    second = verdict_of(made, made.assessment(other, LOW))
    assert (first.verdict, first.sustained) == (second.verdict, second.sustained)
    assert first.parts[0].q_value == pytest.approx(second.parts[0].q_value, rel=1e-6)


@QUIET
@given(values=st.lists(st.integers(20, 80), min_size=9, max_size=9))
def test_turning_the_good_end_turns_the_verdict(made: Any, values: list[int]) -> None:
    """Wanted becomes unwanted and nothing else changes."""
    own = of(made, SINCE, [float(v) for v in values])
    high = verdict_of(made, made.assessment(own, HIGH)).verdict
    low = verdict_of(made, made.assessment(own, LOW)).verdict
    assert low is MIRRORED.get(high, high)


# Which two periods are set against each other.


def test_a_later_point_takes_the_place_of_the_newest(made: Any) -> None:
    """The change is from the baseline to the newest; what lies between decides nothing."""
    years = [str(y) for y in range(2017, 2025)]
    before = verdict_of(made, made.assessment(of(made, years, UP[:-1])))
    back = verdict_of(made, made.assessment(of(made, [*years, "2025"], [*UP[:-1], 60.5])))
    assert before.verdict is Verdict.WANTED
    assert back.verdict is Verdict.NO_CLEAR_CHANGE
    between = [*UP[:6], 40.0, 80.0, 75.0]
    assert verdict_of(made, made.assessment(of(made, SINCE, between))).verdict is Verdict.WANTED


def test_a_period_that_ends_on_the_day_is_the_baseline() -> None:
    """31 March 2022 belongs to the baseline; a day later does not."""
    ends = pd.to_datetime(["2021-03-31", "2022-03-31", "2023-03-31"])
    frame = _frame(ends - pd.DateOffset(years=1) + pd.Timedelta(days=1), ends, [50.0, 55, 60])
    row = change_since(frame, DAY).iloc[0]
    assert (row["baseline_value"], row["latest_value"]) == (55.0, 60.0)
    moved = frame.assign(period_end=ends + pd.Timedelta(days=1))
    moved["period_start"] = frame["period_start"] + pd.Timedelta(days=1)
    assert change_since(moved, DAY).iloc[0]["baseline_value"] == 50.0


def _frame(starts: Any, ends: Any, values: list[float], **columns: Any) -> pd.DataFrame:
    size = len(values)
    data = {
        "series_id": "a:b",
        "vintage": "1",
        "area_code": "A",
        "sex": "",
        "age": "",
        "category_type": "",
        "category": "",
        "unit": "%",
        "period": [f"{a:%Y-%m-%d}" for a in starts],
        "period_start": starts,
        "period_end": ends,
        "value": values,
        "lower_95": np.array(values) - 1,
        "upper_95": np.array(values) + 1,
    }
    return pd.DataFrame(data | columns, index=range(size))


def test_half_of_the_time_may_be_shared_and_not_more() -> None:
    """The limit itself is tested; two-year averages a year apart share exactly one half."""
    at = change(50.0, 60.0, se=(1.0, 1.0), shared=MOST_SHARED)
    assert str(at.reason) == ""
    assert float(at.z) == pytest.approx(10.0)
    above = change(50.0, 60.0, se=(1.0, 1.0), shared=np.nextafter(MOST_SHARED, 1))
    assert "more than half" in str(above.reason)
    starts = pd.to_datetime(["2021-01-01", "2022-01-01"])
    frame = _frame(starts, pd.to_datetime(["2022-12-31", "2023-12-31"]), [50.0, 60.0])
    row = change_since(frame, date(2022, 12, 31), overlapping=True).iloc[0]
    assert row["shared"] == 0.5
    assert row["direction"] == "increase"
    assert change_since(frame, date(2022, 12, 31)).iloc[0]["direction"] == "not tested"


def test_periods_of_two_kinds_are_not_set_against_each_other(made: Any) -> None:
    """A quarter against a year: refused with the reason, and no verdict of movement."""
    years = [str(y) for y in range(2016, 2022)]
    own = of(made, [*years, "2024 Q1"], [*UP[:6], 75.0])
    found = verdict_of(made, made.assessment(own))
    assert found.verdict is Verdict.NOT_MEASURABLE
    assert "different length" in found.reasons[0].text


@pytest.mark.parametrize(
    ("cut", "tested"),
    [
        (date(2020, 12, 31), True),
        (date(2021, 6, 30), False),
        (date(2021, 12, 31), False),
        (date(2023, 12, 31), False),
        (date(2024, 12, 31), False),
        (date(2025, 1, 1), True),
    ],
)
def test_no_change_is_read_across_a_break(made: Any, cut: date, tested: bool) -> None:
    """Baseline 2021 and latest 2025; a baseline that a break cuts in two stands before it."""
    rows, _ = usable_rows(of(made, SINCE, DOWN))
    found = change_on(rows, DAY, [cut])
    assert (found.direction == "decrease") is tested
    assert bool(found.reason) is not tested


# What makes a usable point.


def test_missing_and_withheld_figures_are_no_points(made: Any) -> None:
    """Nine years of which five are missing: four points, too early to say."""
    values = [60.0, None, None, 60.0, 60.0, None, None, None, 40.0]
    own = of(made, SINCE, values)
    found = verdict_of(made, made.assessment(own))
    assert found.verdict is Verdict.TOO_EARLY
    assert found.reasons[0].values["usable"] == 4


def test_a_withheld_newest_figure_leaves_the_one_before(made: Any) -> None:
    """The newest year is withheld: the verdict is that of the year before, by its name."""
    own = of(made, SINCE, [*UP[:-1], None])
    found = verdict_of(made, made.assessment(own))
    assert found.verdict is Verdict.WANTED
    assert found.parts[0].change.latest == "2024"
    assert "2025" not in verdict_sentence(found)


def test_a_baseline_that_is_missing_is_the_year_before(made: Any) -> None:
    """2021 has no value, so 2020 is the latest that ended by the day."""
    values = [60.0, 60, 60, 52, None, 61, 61, 61, 61]
    found = verdict_of(made, made.assessment(of(made, SINCE, values)))
    assert found.parts[0].change.baseline == "2020"


def test_points_before_a_break_are_not_counted(made: Any) -> None:
    """Eleven points, four of them since the break: the four count."""
    years = [str(y) for y in range(2014, 2025)]
    rows, _ = usable_rows(of(made, years, [60.0] * 11))
    assert len(movement.testable(rows, [date(2020, 12, 31)])) == 4


def test_small_counts_that_are_equal_are_no_repeat(made: Any) -> None:
    """Twelve of forty people twice happens by chance; 1,200 of 4,000 does not."""
    years, values = SINCE, [30.0] * 9
    few, dropped = usable_rows(of(made, years, values, people=40, more=0))
    assert (len(few), dropped) == (9, ())
    many, dropped = usable_rows(of(made, years, values, people=4000, more=0))
    assert (len(many), dropped) == (1, tuple(SINCE[1:]))


def test_a_value_repeated_to_many_digits_is_said_to_be_left_out(made: Any) -> None:
    """What the test drops, the reason names: a modelled-looking value printed again."""
    values = [60.1, 60.2, 60.3, 60.4, 60.5, 61.2, 127.42993, 127.42993]
    own = of(made, SINCE[:-1], values, half=2.0, unit="per 100,000")
    rows, dropped = usable_rows(own)
    assert (len(rows), dropped) == (7, ("2024",))


def test_a_note_that_says_carried_forward_is_believed(made: Any) -> None:
    """The publisher's own word drops a row, and the newest period that is left is named."""
    own = of(made, SINCE[:6], [60.0, 61, 62, 61, 60, 70], half=2.0)
    own["note"] = [*[""] * 5, "Carried forward from the year before"]
    found = verdict_of(made, made.assessment(own))
    assert found.verdict is Verdict.NO_FIGURE_SINCE
    since = next(r for r in found.reasons if r.code == "not-since")
    assert since.values["latest"] == "2021"


@pytest.mark.parametrize("basis", ["modelled", "imputed"])
def test_an_imputed_baseline_is_not_set_against_a_count(made: Any, basis: str) -> None:
    """One imputed year among counted ones is passed over, not tested."""
    own = of(made, SINCE, [60.0, 60, 60, 60, 30, 61, 60, 60.5, 60])
    own.loc[own["period"] == "2021", "basis"] = basis
    found = verdict_of(made, made.assessment(own))
    assert found.parts[0].change.baseline == "2020"
    assert found.verdict is Verdict.NO_CLEAR_CHANGE


def test_a_newest_figure_that_is_imputed_gives_no_verdict(made: Any) -> None:
    """The newest figure cannot be tested, whatever came before it."""
    own = of(made, SINCE, DOWN)
    own.loc[own["period"] == "2025", "basis"] = "imputed"
    found = verdict_of(made, made.assessment(own))
    assert found.verdict is Verdict.NOT_MEASURABLE
    assert "imputed figures are not tested" in found.reasons[0].text


def test_a_series_of_two_bases_is_tested_as_the_weaker(made: Any) -> None:
    """Counts that turn into a survey: only published limits may be used, and none are there."""
    own = of(made, SINCE, DOWN)
    own.loc[own["period"] > "2022", "basis"] = "survey"
    rows, _ = usable_rows(own.assign(lower_95=np.nan, upper_95=np.nan))
    assert change_on(rows, DAY, []).direction == "not tested"
    assert change_on(rows.assign(basis="complete_count"), DAY, []).direction == "decrease"


def test_a_survey_with_counts_and_no_limits_is_not_tested(made: Any) -> None:
    """A survey's counts are not those of people drawn at random."""
    own = of(made, SINCE, DOWN, basis="survey")
    found = verdict_of(made, made.assessment(own))
    assert found.verdict is Verdict.NOT_MEASURABLE
    assert codes(found) == ["no-interval"]


def test_a_rate_that_fell_to_nothing_keeps_its_unit() -> None:
    """12 per 100,000 to none is a change of -12, though a count of zero shows no unit."""
    years = pd.to_datetime(["2021-01-01", "2022-01-01"])
    frame = _frame(years, years + pd.offsets.YearEnd(), [12.0, 0.0], unit="per 100,000")
    frame = frame.assign(count=[60.0, 0.0], denominator=500_000.0, basis="complete_count")
    row = change_since(frame, DAY).iloc[0]
    assert row["evidence"] == "counts"
    assert row["change"] == pytest.approx(-12.0)
    assert row["change_upper_95"] == pytest.approx(-12 + 1.96 * np.sqrt(61 + 1) / 5, abs=0.01)


# The pandemic.


def test_a_comparison_that_only_the_pandemic_gives_is_not_called_repeated(made: Any) -> None:
    """2022 is the only figure since and touches it: the same comparison is no second one."""
    years = [str(y) for y in range(2013, 2020)]
    own = of(made, [*years, "2022"], [60.0, 61, 60, 61, 60, 61, 60, 70])
    found = verdict_of(made, made.assessment(own))
    assert found.parts[0].change.baseline == "2019"
    assert found.verdict is Verdict.WANTED
    alone = next(r for r in found.reasons if r.code == "pandemic-alone")
    assert "every figure since the baseline touches it" in alone.text


def test_a_newest_period_that_touches_it_is_said_to(made: Any) -> None:
    """Against 2019 the answer is another, and 2022 itself still touches the pandemic."""
    years = [str(y) for y in range(2015, 2023)]
    own = of(made, years, [70.0, 70, 70, 70, 70, 60, 60, 70])
    found = verdict_of(made, made.assessment(own))
    assert found.verdict is Verdict.NO_CLEAR_CHANGE
    told = next(r for r in found.reasons if r.code == "pandemic-differs")
    assert told.values["still"] is True
    assert "without those periods" not in told.text
    assert "Without the periods" not in verdict_sentence(found)
    assert "2022 (which touches it too) against 2019" in verdict_sentence(found)


def test_a_baseline_and_a_newest_period_that_both_touch_it(made: Any) -> None:
    """Three-year figures: 2019 - 21 and 2022 - 24 both touch it; 2017 - 19 is set beside."""
    labels = [f"{y} - {(y + 2) % 100:02d}" for y in range(2011, 2023)]
    rows, _ = usable_rows(of(made, labels, [float(60 + n) for n in range(12)], half=1.0))
    found = verdict_of(made, made.assessment(of(made, labels, [60.0 + n for n in range(12)])))
    part = found.parts[0]
    assert (part.change.baseline, part.change.latest) == ("2019 - 21", "2022 - 24")
    assert part.repeat is not None
    assert (part.repeat.baseline, part.repeat.latest) == ("2017 - 19", "2022 - 24")
    assert "pandemic-agrees" in codes(found)
    assert len(rows) == 12


# Sustained.


def test_a_setback_between_any_two_independent_periods_counts(made: Any) -> None:
    """Rolling figures: 2020 - 22 to 2023 - 25 is a setback, though neither abuts the baseline."""
    labels = [f"{y} - {(y + 2) % 100:02d}" for y in range(2019, 2026)]
    rows, _ = usable_rows(of(made, labels, [60.0, 80, 75, 70, 65, 66, 70], half=1.0))
    main = change_on(rows, DAY, [])
    assert (main.baseline, main.latest, main.direction) == ("2019 - 21", "2025 - 27", "increase")
    found = setbacks(rows, main, "decrease", [])
    assert ("2020 - 22", "2023 - 25") in found
    assert all(int(later[:4]) > int(earlier[:4]) + 2 for earlier, later in found)


def test_three_years_to_the_day_are_long_enough(made: Any) -> None:
    """2021/22 to 2024/25 is three years; to 2023/24 it is two."""
    labels = [f"{y}/{(y + 1) % 100}" for y in range(2014, 2025)]
    values = [60.0] * 8 + [65.0, 70.0, 75.0]
    assert verdict_of(made, made.assessment(of(made, labels, values))).sustained
    short = verdict_of(made, made.assessment(of(made, labels[:-1], values[:-1])))
    assert (short.verdict, short.sustained) == (Verdict.WANTED, False)


# Targets.


@pytest.mark.parametrize("half", [3.0, 8.0])
def test_a_target_is_met_by_the_interval_and_not_by_the_value(made: Any, half: float) -> None:
    """95 % stands above 90 %; only the narrow interval does so too."""
    own = of(made, SINCE, [95.0] * 9, half=half)
    found = verdict_of(made, made.assessment(own, target=NEAR_90))
    assert (found.verdict is Verdict.ACHIEVED) == (half == 3.0)
    assert found.parts[0].target.met is (True if half == 3.0 else None)


@pytest.mark.parametrize("basis", ["modelled", "imputed"])
def test_a_modelled_figure_meets_no_target(made: Any, basis: str) -> None:
    """Modelled and imputed figures are never tested, against a target neither."""
    own = of(made, SINCE, [95.0] * 9, half=1.0, basis=basis)
    found = verdict_of(made, made.assessment(own, target=NEAR_90))
    assert found.verdict is Verdict.NOT_MEASURABLE
    assert found.parts[0].target.met is None
    assert f"{basis} figures are not tested" in found.reasons[0].text


@pytest.mark.parametrize("fault", ["status", "note"])
def test_a_figure_that_is_left_out_of_the_tests_meets_no_target(made: Any, fault: str) -> None:
    """Not comparable, or carried forward: no evidence for a target."""
    own = of(made, SINCE, [80.0] * 8 + [97.0])
    word = {"status": Status.NOT_COMPARABLE.value, "note": "carried forward"}[fault]
    own.loc[own["period"] == "2025", fault] = word
    found = verdict_of(made, made.assessment(own, target=NEAR_90))
    assert found.verdict is not Verdict.ACHIEVED
    assert found.parts[0].target.met is None


# Several parts.


def _three(made: Any, *values: list[float], target: Target | None = None) -> list[Any]:
    measure = made.measure(Direction.INCREASE, target)
    return [
        made.assessment(of(made, SINCE, some), measure=measure, label=f"part {n}")
        for n, some in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([UP, UP], Verdict.WANTED),
        ([UP, DOWN], Verdict.NO_CLEAR_CHANGE),
        ([UP, STILL], Verdict.NO_CLEAR_CHANGE),
        ([DOWN, STILL], Verdict.NO_CLEAR_CHANGE),
        ([UP, UP, DOWN], Verdict.NO_CLEAR_CHANGE),
        ([DOWN, DOWN], Verdict.WRONG),
    ],
)
def test_parts_in_conflict_are_no_clear_change(
    made: Any, values: list[list[float]], expected: Verdict
) -> None:
    """A majority decides nothing, and every kind is counted."""
    parts = _apart(_three(made, *values))
    found = verdict_of(made, *parts)
    assert found.verdict is expected
    assert sum(r.values["count"] for r in found.reasons if r.code == "composite") == len(values)


def _apart(assessments: list[Any]) -> list[Any]:
    return [
        replace(a, part=replace(a.part, age=f"age {n}"), history=a.history.assign(age=f"age {n}"))
        for n, a in enumerate(assessments)
    ]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (UP, Verdict.WANTED),
        (DOWN, Verdict.NO_CLEAR_CHANGE),
        (STILL, Verdict.NO_CLEAR_CHANGE),
        ([97.0] * 9, Verdict.ACHIEVED),
    ],
)
def test_a_part_at_its_target_beside_one_that_is_not(
    made: Any, other: list[float], expected: Verdict
) -> None:
    """A met target agrees with movement the wanted way; it is never called untested."""
    parts = _apart(_three(made, [97.0] * 9, other, target=NEAR_90))
    found = verdict_of(made, *parts)
    assert found.verdict is expected
    assert "parts-untested" not in codes(found)
    sentence = verdict_sentence(found)
    if expected is Verdict.NO_CLEAR_CHANGE:
        assert "1 of 2 tested parts reached the target" in sentence
    if expected is Verdict.WANTED:
        assert sentence.startswith("A measure of demonstration: 1 of 2 tested parts reached")
        assert "so the whole is moving the wanted way" in sentence


def test_a_proxy_beside_a_primary_never_moves_the_measure(made: Any) -> None:
    """The primary stands still and the proxy falls: no clear change, and the fall is said."""
    measure = made.measure(Direction.INCREASE)
    own = made.assessment(of(made, SINCE, STILL), measure=measure)
    near = made.assessment(
        of(made, SINCE, DOWN), measure=measure, use=SeriesUse.PROXY, name="Something near"
    )
    (near,) = _apart([near])
    found = verdict_of(made, own, near)
    assert found.verdict is Verdict.NO_CLEAR_CHANGE
    assert len(found.tested) == 1
    assert "Something near (proxy, no verdict on the measure) fell by" in verdict_sentence(found)


def test_a_proxy_at_the_target_does_not_achieve_it(made: Any) -> None:
    """A target speaks of the measure's own figure."""
    own = of(made, SINCE, [97.0] * 9)
    found = verdict_of(made, made.assessment(own, use=SeriesUse.PROXY, target=NEAR_90))
    assert found.verdict is Verdict.NOT_MEASURABLE
    assert found.parts[0].target is None


def test_an_inverse_wants_the_other_way(made: Any) -> None:
    """A part that says "inverse" carries the good end of its own series."""
    measure = made.measure(Direction.INCREASE)
    own = of(made, SINCE, UP)
    found = verdict_of(made, made.assessment(own, LOW, use=SeriesUse.INVERSE, measure=measure))
    assert found.verdict is Verdict.WRONG


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([-8.0, -8, -8, -8, -8, -6, -4, -2, 0], Verdict.WANTED),
        ([2.0, 2, 2, 2, 2, 0, -3, -6, -9], Verdict.NOT_MEASURABLE),
        ([0.0, 0, 0, 0, 0, 3, 5, 7, 9], Verdict.NOT_MEASURABLE),
    ],
)
def test_a_gap_that_changes_sides_is_not_called_narrower(
    made: Any, values: list[float], expected: Verdict
) -> None:
    """From 2 to -9 is no gap nearer to zero, and the reason says why there is no verdict."""
    own = of(made, SINCE, values, half=1.0, unit="points")
    one = made.assessment(
        own, NONE, wanted=Direction.NARROW, measure=made.measure(Direction.NARROW)
    )
    found = verdict_of(made, one)
    assert found.verdict is expected
    assert ("gap-crossed" in codes(found)) == (expected is Verdict.NOT_MEASURABLE)


# Many tests.


def test_one_series_named_in_two_ways_is_one_test(made: Any) -> None:
    """A part that names no sex reads the rows of both sexes together, and so does the other."""
    own = of(made, SINCE, DOWN)
    one = made.assessment(own, measure=made.measure(Direction.INCREASE, code="DEM-ONE-01"))
    two = made.assessment(own, measure=made.measure(Direction.INCREASE, code="DEM-ONE-02"))
    two = replace(two, part=replace(two.part, sex="Persons"))
    assert judge(made.context, [one, two]).tested == 1


def test_ties_and_zeros_are_adjusted_alike() -> None:
    """Equal p values get equal q; a p of zero stays zero and does not lower its neighbours."""
    assert adjust([0.02, 0.02, 0.02]).tolist() == [0.02] * 3
    assert adjust([0.04, 0.01, 0.01, 0.5]).tolist() == pytest.approx([0.16 / 3, 0.02, 0.02, 0.5])
    assert adjust([0.0, 0.04]).tolist() == [0.0, 0.04]
    assert family([0.0, 0.04], name="x").flagged.tolist() == [True, True]


@pytest.mark.parametrize("tiny", [1e-60, 1e-300, 5e-324])
@pytest.mark.parametrize("method", ["bh", "by", "holm", "bonferroni"])
def test_a_tiny_p_value_is_a_p_value(tiny: float, method: Any) -> None:
    """A register of many people gives p far below 1e-50: kept in order, never refused."""
    found = adjust(np.array([tiny, 0.2, np.nan]), method)
    assert 0 < found[0] < 1e-50
    assert np.isnan(found[2])
    assert adjust([0.0, tiny, 0.3], method)[0] <= adjust([0.0, tiny, 0.3], method)[1]


@given(p=st.lists(st.floats(0, 1, allow_subnormal=True), min_size=1, max_size=12))
def test_adjusted_values_keep_the_order_and_never_fall_below(p: list[float]) -> None:
    """By the definition: q_i = min over j at or above i of m p_j / rank_j, capped at one."""
    given_p = np.array(p)
    size, q = len(p), adjust(given_p)
    for one, value in zip(given_p, q, strict=True):
        above = np.sort(given_p[given_p >= one])
        ranks = np.arange(size - above.size + 1, size + 1)
        assert value == pytest.approx(min(1.0, float((size * (above / ranks)).min())), abs=1e-12)


def test_a_p_value_of_nothing_does_not_stop_the_page(made: Any) -> None:
    """Ten million people: p runs out of digits and the page is judged all the same."""
    own = of(made, SINCE, [*[60.0] * 8, 90.0], people=1e7, more=1000)
    found = verdict_of(made, made.assessment(own))
    assert found.verdict is Verdict.WANTED
    assert found.parts[0].q_value < 1e-50
    family_reason = next(r for r in found.reasons if r.code == "family")
    assert family_reason.text.startswith("adjusted p < 0.001 (by itself < 0.001),")


# Comparators.


def test_only_the_same_period_is_compared(made: Any) -> None:
    """A three-year figure that ends on the same day is another figure."""
    own = of(made, ["2024"], [60.0])
    run = made.figures("E92000001", ["2022 - 24"], [90.0], name="England")
    word, _, why = comparison(pd.concat([own, run]), own.iloc[0], "E92000001", HIGH)
    assert word is Comparison.NOT_COMPARED
    assert why == "the comparator has no figure for this period"
    one = made.assessment(of(made, SINCE, STILL), nation=60.0)
    longer = one.comparator_history.assign(period_start=pd.Timestamp("2010-01-01"))
    assert category_at(made.context, one, "2021") is Comparison.SIMILAR
    other = replace(one, comparator_history=longer)
    assert category_at(made.context, other, "2021") is Comparison.NOT_COMPARED


@pytest.mark.parametrize("kind", [MeasureType.LOCAL, MeasureType.QUALITATIVE])
def test_a_local_measure_without_a_return_waits_for_it(made: Any, kind: MeasureType) -> None:
    """Nothing here is read as zero, as still or as wrong."""
    found = verdict_of(made, made.without(made.measure(Direction.INCREASE, kind=kind)))
    assert found.verdict is Verdict.LOCAL_DUE
    assert codes(found) == ["local-due"]
