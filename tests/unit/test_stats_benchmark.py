"""Comparison with a comparator, by the national convention."""

from __future__ import annotations

import pytest

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.benchmark import compare_with

NAN = float("nan")


@pytest.mark.parametrize(
    ("better", "above", "below"),
    [("high", "better", "worse"), ("low", "worse", "better"), (None, "higher", "lower")],
)
def test_words_follow_the_good_end(better, above, below):
    result = compare_with([12, 8, 10], [11, 7, 9], [13, 9, 11], 10, better=better)
    assert result.word.tolist() == [above, below, "similar"]


def test_a_limit_that_equals_the_comparator_is_similar():
    result = compare_with([12, 8], [10, 7], [13, 10], 10, better="high")
    assert result.word.tolist() == ["similar", "similar"]


def test_every_missing_figure_has_its_reason():
    result = compare_with(
        [NAN, 5, 5, 5], [4, 4, NAN, 4], [6, 6, NAN, 6], [5, NAN, 5, 9], better="high"
    )
    assert result.word.tolist() == ["not compared"] * 3 + ["worse"]
    assert result.reason.tolist() == [
        "the area has no value",
        "the comparator has no value",
        "no interval published",
        "",
    ]


def test_the_sentence_says_not_compared_and_why():
    sentence = compare_with(5, NAN, NAN, 4, better="high").explain()
    assert sentence == "Not compared: no interval published."


def test_limits_in_the_wrong_order_are_refused():
    with pytest.raises(StatisticsError, match="above its upper limit"):
        compare_with(5, 6, 4, 5, better="high")


def test_an_unknown_good_end_is_refused():
    with pytest.raises(StatisticsError, match="'high', 'low' or None, got 'up'"):
        compare_with(5, 4, 6, 5, better="up")
