"""Round axes that hold their values, and labels that keep apart."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwb_analysis.figures.parts import slug, spread, wrapped
from hwb_analysis.figures.scale import scale

VALUES = st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=20)
SHARES = st.lists(st.floats(0, 100, allow_nan=False), min_size=1, max_size=20)
LABELS = st.lists(
    st.tuples(st.floats(-5, 15, allow_nan=False), st.floats(0.1, 3.0)), min_size=1, max_size=12
)


@given(VALUES)
def test_a_scale_holds_every_value_in_a_few_even_steps(values: list[float]) -> None:
    axis = scale(values, "")
    slack = 1e-6 * (1 + max(abs(v) for v in values))
    assert axis.low <= min(values) + slack
    assert axis.high >= max(values) - slack
    steps = [b - a for a, b in zip(axis.ticks[:-1], axis.ticks[1:], strict=True)]
    assert 1 <= len(steps) <= 9
    assert math.isclose(min(steps), max(steps), rel_tol=1e-6, abs_tol=slack)


@given(SHARES)
def test_percentages_stay_within_0_and_100(values: list[float]) -> None:
    axis = scale(values, "%")
    assert axis.low >= 0
    assert axis.high <= 100
    assert axis.high - axis.low >= 2


@given(st.lists(st.floats(0, 1e6, allow_nan=False), min_size=2, max_size=20))
def test_zero_is_kept_whenever_the_values_then_fill_half(values: list[float]) -> None:
    if max(values) - min(values) >= max(values) / 2:
        assert not scale(values, "").cut


def test_missing_and_infinite_values_do_not_stretch_the_scale() -> None:
    assert scale([1.0, 2.0, float("nan"), float("inf")], "").high <= 3


@pytest.mark.parametrize(
    ("values", "note"),
    [
        ([90.0, 95.0], "The vertical axis starts at 89 %, not at zero."),
        ([1.0, 9.0], ""),
        ([-3.0, 4.0], ""),
    ],
)
def test_a_cut_axis_says_where_it_starts(values: list[float], note: str) -> None:
    assert scale(values, "%").note("vertical", "%") == note


@given(LABELS)
def test_labels_never_overlap_and_keep_their_order(labels: list[tuple[float, float]]) -> None:
    wanted, heights = [y for y, _ in labels], [h for _, h in labels]
    placed = spread(wanted, heights, 0.0, 10.0)
    order = sorted(range(len(wanted)), key=lambda i: -wanted[i])
    for above, below in itertools.pairwise(order):
        room = (heights[above] + heights[below]) / 2
        assert placed[above] - placed[below] >= room - 1e-9
    if sum(heights) <= 10:
        assert all(
            h / 2 - 1e-9 <= y <= 10 - h / 2 + 1e-9 for y, h in zip(placed, heights, strict=True)
        )


@given(LABELS)
def test_labels_with_room_stay_where_they_want_to_be(labels: list[tuple[float, float]]) -> None:
    apart = [(4.0 * i + 2.0, min(h, 3.9)) for i, (_, h) in enumerate(labels)]
    wanted, heights = [y for y, _ in apart], [h for _, h in apart]
    assert spread(wanted, heights, 0.0, 4.0 * len(apart)) == pytest.approx(wanted)


@given(st.text(alphabet="abc \n", min_size=1, max_size=60), st.integers(5, 20))
def test_wrapped_lines_are_short_enough(text: str, characters: int) -> None:
    if text.strip():
        assert all(len(line) <= characters for line in wrapped(text, characters).split("\n"))


def test_names_of_files_are_plain() -> None:
    assert slug("trend", "els:Employment rate (16–64)", "") == "trend-els-employment-rate-16-64"
