"""How numbers are written, and the colours they are drawn in."""

from __future__ import annotations

import colorsys
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwb_analysis import style
from hwb_analysis.vocabulary import Comparison

NUMBERS = st.floats(-1e7, 1e7, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "lower", "upper", "unit", "shown"),
    [
        (20.2, 19.3, 21.1, "%", "20.2 % (19.3 to 21.1)"),
        (82.0, 74.0, 90.0, "%", "82 % (74 to 90)"),
        (1234.5, 1200.0, 1269.0, "per 100,000", "1,235 per 100,000 (1,200 to 1,269)"),
        (-2.6, -3.3, -1.9, "points", "−2.6 points (−3.3 to −1.9)"),
        (7.55, 7.42, 7.68, "out of 10", "7.55 out of 10 (7.42 to 7.68)"),
        (50.0, 50.0, 50.0, "%", "50.0 % (50.0 to 50.0)"),
        (20.2, None, None, "%", "20.2 % (no interval published)"),
        (None, 1.0, 2.0, "%", "not available"),
    ],
)
def test_a_figure_shows_value_unit_and_interval(
    value: float, lower: float, upper: float, unit: str, shown: str
) -> None:
    assert style.format_figure(value, lower, upper, unit) == shown


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (712367, 0, "712,367"),
        (-0.04, 1, "0.0"),
        (94.05, 1, "94.1"),
        (0.5, 0, "1"),
        (-1234.56, 1, "−1,234.6"),
        (float("inf"), 1, "∞"),
    ],
)
def test_numbers_have_separators_true_minus_and_halves_rounded_up(
    value: float, decimals: int, shown: str
) -> None:
    assert style.format_number(value, decimals) == shown


def test_a_difference_of_percentages_is_in_points_and_signed() -> None:
    assert style.format_difference(2.61, "%", 1.9, 3.3) == "+2.6 percentage points (1.9 to 3.3)"
    assert style.format_difference(-1.2, "years") == "−1.2 years"


@given(NUMBERS, st.integers(0, 3))
def test_what_is_written_reads_back_to_within_half_a_step(value: float, decimals: int) -> None:
    text = style.format_number(value, decimals).replace(",", "").replace(style.MINUS, "-")
    assert abs(float(text) - value) <= 0.5 * 10**-decimals * (1 + 1e-9) + 1e-9
    assert float(text) == style.rounded(value, decimals)


@given(NUMBERS, st.floats(0.01, 1000))
def test_a_wider_interval_never_gets_more_decimals(value: float, width: float) -> None:
    narrow = style.decimals_for("%", value, value, value + width)
    wide = style.decimals_for("%", value, value, value + 2 * width)
    assert wide <= narrow


def _hue(colour: str) -> float:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 360 * colorsys.rgb_to_hls(red, green, blue)[0]


def test_neither_red_nor_green_is_used() -> None:
    fills = {fill for fills in style.SEQUENTIAL.values() for fill in fills}
    used = {s.colour for s in style.SYMBOLS.values()} | fills | {style.DARK_BLUE, style.DARK_PINK}
    assert not [colour for colour in used if _hue(colour) < 12 or _hue(colour) > 345]
    assert not [colour for colour in used if 70 < _hue(colour) < 165]


def test_every_comparison_has_a_look_of_its_own_without_colour() -> None:
    assert set(style.SYMBOLS) == set(Comparison)
    looks = {(s.marker, s.filled) for s in style.SYMBOLS.values()}
    assert len(looks) == len(Comparison)
    assert len({s.text for s in style.SYMBOLS.values()}) == len(Comparison)


def test_colours_of_words_read_on_white() -> None:
    for colour in (style.INK, style.DARK_BLUE, style.GREY, style.DARK_PINK, style.DARK_GREY):
        assert style.contrast(colour, style.WHITE) >= 4.5


def test_words_on_every_fill_read() -> None:
    fills = {fill for fills in style.SEQUENTIAL.values() for fill in fills}
    assert all(style.contrast(style.text_on(fill), fill) >= 4.5 for fill in fills)


def test_marks_stand_out_from_white_and_from_their_neighbour() -> None:
    marks = style.CATEGORICAL
    assert all(style.contrast(mark, style.WHITE) >= 3 for mark in marks)
    pairs = itertools.pairwise(marks)
    assert all(style.contrast(a, b) >= 3 for a, b in pairs)


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 6))
def test_every_finite_number_can_be_written(value: float, decimals: int) -> None:
    """No size of number raises, and none is longer than a line."""
    text = style.format_number(value, decimals)
    assert 0 < len(text) <= 28
    assert style.rounded(value, decimals) == pytest.approx(value, rel=1e-9, abs=0.51)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1e300, "1.0 × 10^300"),
        (-1.7976931348623157e308, "−1.8 × 10^308"),
        (999_999_999_999_999.0, "999,999,999,999,999.0"),
        (5e-324, "0.0"),
    ],
)
def test_the_ends_of_what_a_number_can_be(value: float, shown: str) -> None:
    assert style.format_number(value) == shown


@pytest.mark.parametrize("width", [0.1, 0.4, 0.6, 1.2, 1.9])
def test_a_score_and_its_change_are_written_alike(width: float) -> None:
    """One rule: sentence, row, table and sparkline of a score out of ten have two decimals."""
    unit, low, high = "score out of 10", 7.38 - width / 2, 7.38 + width / 2
    assert style.decimals_for(unit, 7.38) == 2
    assert style.decimals_for(unit, 7.38, low, high) == 2
    told = style.format_difference(-0.46, unit, -0.46 - width / 2, -0.46 + width / 2)
    assert told.startswith("−0.46 points")


def test_differences_of_percentages_keep_one_decimal() -> None:
    told = style.format_difference(-0.46, "%", -0.5, -0.4)
    assert told == "−0.5 percentage points (−0.5 to −0.4)"
    assert style.format_difference(3.2, "%", -4.0, 10.4) == "+3 percentage points (−4 to 10)"
