"""When a recomputed figure agrees with a printed one."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwb_analysis.claims import (
    Finding,
    Outcome,
    Part,
    bound_agrees,
    number_agrees,
    printed_number,
)
from hwb_analysis.claims.judge import judge
from hwb_analysis.errors import RegistryError

PRINTED = st.integers(-9999, 9999)
DECIMALS = st.integers(0, 3)
SIDES = st.sampled_from([-1, 1])


def printed(number: int, decimals: int) -> str:
    """Return a number of units of the last digit as it would be printed."""
    return f"{number / 10**decimals:.{decimals}f}"


@pytest.mark.parametrize(
    ("text", "value", "outcome"),
    [
        ("91.7", 91.70, Outcome.REPRODUCED),
        ("91.7", 91.749, Outcome.REPRODUCED),
        ("91.7", 91.75, Outcome.REPRODUCED),
        ("91.7", 91.65, Outcome.REPRODUCED),
        ("91.7", 91.76, Outcome.CLOSE),
        ("91.7", 91.85, Outcome.CLOSE),
        ("91.7", 91.86, Outcome.DIFFERS),
        ("16.0", 16.04, Outcome.REPRODUCED),
        ("16.0", 16.4, Outcome.DIFFERS),
        ("16", 16.4, Outcome.REPRODUCED),
        ("48500", 48501.4, Outcome.CLOSE),
        ("0.73", 0.609, Outcome.DIFFERS),
        ("-0.4", -0.38, Outcome.REPRODUCED),
    ],
)
def test_rounds_to_the_printed_figure(text: str, value: float, outcome: Outcome) -> None:
    assert number_agrees(text, value)[0] is outcome


def test_inside_the_interval_is_close_with_its_reason() -> None:
    assert number_agrees("63.5", 62.7, 60.4, 64.9) == (
        Outcome.CLOSE,
        "the printed figure lies inside the 95 % interval",
    )
    assert number_agrees("63.5", 62.7, 60.4, 63.4)[0] is Outcome.DIFFERS


@given(number=PRINTED, decimals=DECIMALS, part=st.floats(-0.499, 0.499))
def test_anything_that_rounds_to_it_is_reproduced(number: int, decimals: int, part: float) -> None:
    unit = 10.0**-decimals
    assert number_agrees(printed(number, decimals), (number + part) * unit)[0] is Outcome.REPRODUCED


@given(number=PRINTED, decimals=DECIMALS, part=st.floats(0.501, 1.499), side=SIDES)
def test_one_unit_away_is_close(number: int, decimals: int, part: float, side: int) -> None:
    unit = 10.0**-decimals
    found, reason = number_agrees(printed(number, decimals), (number + side * part) * unit)
    assert found is Outcome.CLOSE
    assert reason == "within one unit of the last printed digit"


@given(number=PRINTED, decimals=DECIMALS, part=st.floats(1.51, 500), side=SIDES)
def test_further_away_differs_unless_the_interval_holds_it(
    number: int, decimals: int, part: float, side: int
) -> None:
    unit, text = 10.0**-decimals, printed(number, decimals)
    value = (number + side * part) * unit
    assert number_agrees(text, value)[0] is Outcome.DIFFERS
    wide = abs(value - number * unit) + unit
    assert number_agrees(text, value, value - wide, value + wide)[0] is Outcome.CLOSE


@given(number=PRINTED, decimals=DECIMALS)
def test_a_printed_number_is_read_with_its_unit(number: int, decimals: int) -> None:
    value, unit = printed_number(printed(number, decimals))
    assert value == pytest.approx(number / 10**decimals)
    assert unit == pytest.approx(10.0**-decimals)


@pytest.mark.parametrize("text", ["", "about 8", "8,0", "nan", "better"])
def test_a_word_is_no_number(text: str) -> None:
    with pytest.raises(RegistryError, match="a printed number was expected"):
        printed_number(text)


@pytest.mark.parametrize(
    ("text", "value", "bound", "step", "outcome"),
    [
        ("61300", 61309, "over", 100, Outcome.REPRODUCED),
        ("61300", 61300, "over", 100, Outcome.DIFFERS),
        ("61300", 61400, "over", 100, Outcome.DIFFERS),
        ("50", 85.7, "over", 0, Outcome.REPRODUCED),
        ("50", 49.9, "over", 0, Outcome.DIFFERS),
        ("1", 1, "at least", 0, Outcome.REPRODUCED),
        ("1", 0, "at least", 0, Outcome.DIFFERS),
    ],
)
def test_printed_limits(text: str, value: float, bound: str, step: float, outcome: Outcome) -> None:
    assert bound_agrees(text, value, bound, step)[0] is outcome


def part(says: str, recipe: dict[str, object], **more: object) -> Part:
    """Return a part that is judged by its recipe."""
    return Part.model_validate({"says": says, "recipe": recipe, **more})


COMPARE = {"op": "compare", "series": "a:b", "period": "2020", "better": "high"}
CHANGE = {"op": "change", "series": "a:b", "first": "2019", "last": "2020"}
TREND = {"op": "trend", "series": ["a:b"], "last": "2020"}
VALUE = {"op": "value", "series": "a:b", "period": "2020"}


@pytest.mark.parametrize(
    ("says", "word", "tendency", "outcome"),
    [
        ("better", "better", "better", Outcome.REPRODUCED),
        ("better", "similar", "better", Outcome.DIFFERS),
        ("similar", "", "better", Outcome.VALUE_ONLY),
        ("better", "", "better", Outcome.VALUE_ONLY),
        ("better", "", "worse", Outcome.DIFFERS),
        ("worse", "", "better", Outcome.DIFFERS),
    ],
)
def test_categories(says: str, word: str, tendency: str, outcome: Outcome) -> None:
    found = Finding(value=1.0, word=word, tendency=tendency)
    assert judge(part(says, COMPARE), found)[0] is outcome


@pytest.mark.parametrize(
    ("recipe", "word", "tested", "outcome"),
    [
        (CHANGE, "decrease", True, Outcome.REPRODUCED),
        (CHANGE, "decrease", None, Outcome.REPRODUCED),
        (CHANGE, "increase", True, Outcome.DIFFERS),
        (CHANGE, "no change", None, Outcome.DIFFERS),
        (TREND, "decrease", True, Outcome.REPRODUCED),
        (TREND, "decrease", None, Outcome.DIRECTION_ONLY),
        (TREND, "increase", None, Outcome.DIFFERS),
    ],
)
def test_directions(
    recipe: dict[str, object], word: str, tested: bool | None, outcome: Outcome
) -> None:
    found = Finding(value=1.0, word=word, tested=tested)
    assert judge(part("decrease", recipe), found)[0] is outcome


def test_a_cap_lowers_agreement_and_never_hides_a_difference() -> None:
    capped = part("8.0", VALUE, at_best="direction only", because="another release")
    assert judge(capped, Finding(value=8.01)) == (Outcome.DIRECTION_ONLY, "another release")
    assert judge(capped, Finding(value=6.8))[0] is Outcome.DIFFERS


def test_no_figure_is_never_agreement() -> None:
    assert judge(part("8.0", VALUE), Finding(absent="a:b for 2020")) == (
        Outcome.LACKS,
        "a:b for 2020",
    )
    assert number_agrees("8.0", math.nan)[0] is Outcome.DIFFERS
