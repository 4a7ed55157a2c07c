"""Known answers: where marks stand, what tables hold, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from hwb_analysis.errors import DataContractError, StatisticsError
from hwb_analysis.figures import (
    compare_bars,
    control_figure,
    forest,
    funnel_figure,
    joinpoint_figure,
    overview,
    parts,
    population_pyramid,
    spine_chart,
)
from hwb_analysis.figures.contributors import contributors_chart
from hwb_analysis.figures.rug import overview_table
from hwb_analysis.figures.spine import places_of
from hwb_analysis.figures.strategy_page import strategy_list, strategy_on_a_page
from hwb_analysis.stats.control_chart import xmr_chart
from hwb_analysis.stats.funnel_result import funnel, outside_words
from hwb_analysis.stats.joinpoint import joinpoint
from hwb_analysis.strategy import load_strategy

WORDS = {"title": "A finding", "subtitle": "Share", "source": "A publisher"}


def _people(area: str = "Thisshire", **changes: Any) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "area": area,
            "sex": ["Male", "Female", "Male", "Female", "Persons"],
            "age": ["10-14", "10-14", "5-9", "5-9", "5-9"],
            "value": [30.0, 20.0, 40.0, 10.0, 50.0],
        }
    )
    return frame.assign(**changes)


# -- pyramid -------------------------------------------------------------------


def test_a_pyramid_holds_shares_of_both_sexes_together_youngest_first() -> None:
    data = population_pyramid(_people(), **WORDS).data
    assert data["Age"].tolist() == ["5-9", "10-14"]
    assert data["Male, share (%)"].tolist() == [40.0, 30.0]
    assert data["Female, share (%)"].tolist() == [10.0, 20.0]
    assert data["Female, people"].sum() == 30.0


def test_numbers_of_people_are_set_beside_the_others_shape_at_this_size(
    figure_of: Callable[..., Figure],
) -> None:
    module = import_module("hwb_analysis.figures.pyramid")
    other = _people("Nation").assign(value=[300.0, 200.0, 400.0, 100.0, 500.0])
    figure = figure_of(module, "population_pyramid", _people(), other, share=False, **WORDS)
    bars = sorted(abs(p.get_width()) for p in figure.axes[0].patches)
    assert bars == pytest.approx([10.0, 20.0, 30.0, 40.0])
    lines = [line for line in figure.axes[0].lines if line.get_color() == "#0b0c0c"]
    starts = [abs(np.asarray(line.get_xdata())) for line in lines]
    inner = min(p.get_x() for p in figure.axes[0].patches if p.get_x() > 0)
    assert sorted(starts[0] - inner) == pytest.approx([30.0, 30.0, 40.0, 40.0])


@pytest.mark.parametrize(
    ("own", "other", "said"),
    [
        (_people(age="All ages"), None, "one row for each|band of age"),
        (_people().iloc[:4], _people().iloc[:2], "same bands"),
        (_people(sex="Persons"), None, "Male and Female"),
        (_people().drop(columns="sex"), None, "sex not found"),
    ],
)
def test_a_pyramid_refuses_what_has_no_two_sides(
    own: pd.DataFrame, other: pd.DataFrame | None, said: str
) -> None:
    with pytest.raises(DataContractError, match=said):
        population_pyramid(own, other, **WORDS)


# -- overview ------------------------------------------------------------------


def _cells() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "measure": ["Smoking"] * 3 + ["Air"] * 2,
            "area": ["Thisshire", "Northam", "Nation", "Thisshire", "Nation"],
            "value": [9.0, np.nan, 12.0, 7.5, 7.0],
            "unit": ["%", "%", "%", "µg/m3", "µg/m3"],
            "comparison_95": ["better", "", "", "worse", ""],
            "status": ["ok", "suppressed", "ok", "ok", "ok"],
        }
    )


def test_the_table_of_an_overview_says_value_and_word() -> None:
    table = overview_table(_cells(), "Nation", areas=["Northam"])
    assert list(table) == ["Measure", "Northam", "Thisshire", "Nation"]
    assert table["Thisshire"].tolist() == ["9.0 better", "7.5 worse"]
    assert table["Northam"].tolist() == ["[c]", "[x]"]
    assert table["Nation"].tolist() == ["12.0", "7.0"]


def test_an_overview_sorts_the_worst_on_top() -> None:
    table = overview_table(_cells(), "Nation", worst_first=True)
    assert table["Measure"].tolist() == ["Air (µg/m3)", "Smoking (%)"]


def test_an_overview_refuses_words_it_does_not_know_and_doubled_cells() -> None:
    with pytest.raises(DataContractError, match="got good"):
        overview(_cells().assign(comparison_95="good"), comparator="Nation", **WORDS)
    with pytest.raises(DataContractError, match="one row for each measure and area"):
        overview(pd.concat([_cells(), _cells()]), comparator="Nation", **WORDS)


# -- spine ---------------------------------------------------------------------


@given(
    value=st.floats(0, 100), comparator=st.floats(0, 100), low=st.floats(0, 50),
    high=st.floats(50, 100), better=st.sampled_from(["high", "low", "none"]),
)  # fmt: skip
@settings(max_examples=60)
def test_a_spine_keeps_worse_on_the_left(
    value: float, comparator: float, low: float, high: float, better: str
) -> None:
    row = {"value": value, "comparator": comparator, "range_low": low, "range_high": high}
    places = places_of(pd.Series({**row, "better": better}))
    assert all(-1 <= place <= 1 for place in places.values())
    assert places["comparator"] == 0
    good = value > comparator if better != "low" else value < comparator
    assert (places["value"] > 0) == good or value == pytest.approx(comparator)


def test_a_spine_without_a_comparator_says_so(figure_of: Callable[..., Figure]) -> None:
    rows = pd.DataFrame(
        {"label": ["A", "B"], "value": [1.0, 2.0], "comparator": [1.5, np.nan], "unit": "%",
         "better": "high"}
    )  # fmt: skip
    module = import_module("hwb_analysis.figures.spine")
    figure = figure_of(module, "spine_chart", rows, area="T", comparator="Nation", **WORDS)
    assert any("no comparator" in t.get_text() for t in figure.axes[0].texts)
    with pytest.raises(DataContractError, match="got up"):
        spine_chart(rows.assign(better="up"), area="T", comparator="Nation", **WORDS)


# -- forest and bars -----------------------------------------------------------


def test_a_ratio_not_above_zero_is_refused() -> None:
    rows = pd.DataFrame({"label": ["A"], "value": [0.5], "lower_95": [0.0], "upper_95": [1.0]})
    with pytest.raises(DataContractError, match="above zero"):
        forest(rows, ratio=True, **WORDS)


def test_a_summary_is_a_diamond_and_named_in_the_table() -> None:
    rows = pd.DataFrame(
        {"label": ["A", "All"], "value": [1.0, 2.0], "lower_95": [0.0, 1.0],
         "upper_95": [2.0, 3.0], "summary": [False, True]}
    )  # fmt: skip
    drawn = forest(rows, **WORDS)
    assert drawn.data["Kind"].tolist() == ["estimate", "summary"]
    assert "Diamond" in drawn.caption


def test_bars_start_at_zero_and_keep_an_order_that_is_asked_for(
    figure_of: Callable[..., Figure],
) -> None:
    rows = pd.DataFrame({"area_code": ["a", "b"], "area": ["A", "B"], "value": [94.0, 96.0]})
    module = import_module("hwb_analysis.figures.compare_bars")
    figure = figure_of(module, "compare_bars", rows, unit="%", ordered=True, **WORDS)
    assert figure.axes[0].get_xlim()[0] == 0.0
    drawn = compare_bars(rows, unit="%", ordered=True, **WORDS)
    assert drawn.data["Area"].tolist() == ["A", "B"]
    assert "No interval published." in drawn.caption


# -- funnel, control chart, joinpoint ------------------------------------------


def test_the_limits_of_a_funnel_are_those_of_its_curve() -> None:
    found = funnel([20, 40, 30, 310], [100, 100, 100, 1000], kind="proportions")
    sizes, pairs = found.curve()
    for (low, high), own_low, own_high in zip(pairs, found.lower, found.upper, strict=True):
        assert np.interp(100, sizes, low) == pytest.approx(own_low[0], abs=0.1)
        assert np.interp(100, sizes, high) == pytest.approx(own_high[0], abs=0.1)
    assert found.average == pytest.approx(100 * 400 / 1300)


def test_a_funnel_counts_who_lies_outside() -> None:
    found = funnel([20, 80, 30], [100, 100, 100], kind="proportions")
    drawn = funnel_figure(found, names=["A", "B", "C"])
    # The average is 130 of 300: the third lies below it at the 95 % level only.
    assert drawn.title == "3 of 3 areas lie outside the 95% limits"
    words = ["below (99.8%)", "above (99.8%)", "below (95%)"]
    assert drawn.data["Against the limits"].tolist() == words
    assert outside_words(found, ["A", "B", "C"]) == "below (99.8%): A; above (99.8%): B"


def test_rates_and_ratios_are_judged_by_exact_limits() -> None:
    found = funnel([10, 60], [10, 40], kind="ratios")
    assert found.value.tolist() == [100.0, 150.0]
    assert found.average == 100.0
    assert found.outside.tolist() == ["within limits", "above (95%)"]
    rates = funnel([10, 60], [10_000, 40_000], kind="rates")
    assert rates.average == pytest.approx(140.0)


@pytest.mark.parametrize(
    ("count", "base", "kind", "said"),
    [
        ([], [], "rates", "at least one area"),
        ([1], [0], "rates", "not above zero"),
        ([5], [4], "proportions", "above its base"),
        ([0], [4], "rates", "no events"),
        ([1], [4], "odds", "got 'odds'"),
    ],
)
def test_a_funnel_refuses(count: list[int], base: list[int], kind: Any, said: str) -> None:
    with pytest.raises(StatisticsError, match=said):
        funnel(count, base, kind=kind)


def test_special_causes_are_told_point_by_point() -> None:
    drawn = control_figure(xmr_chart([50, 52, 49, 51, 50, 48, 70], better="low"), target=60)
    assert "Point 7: above the upper limit." in drawn.caption
    assert "may or may not meet the target" in drawn.caption
    assert drawn.data["Judged"].tolist()[-1] == "concern"


def test_a_chart_too_short_for_limits_says_so_and_has_none() -> None:
    drawn = control_figure(xmr_chart([50, 52, 49], better="low"))
    assert "no control limits" in drawn.caption
    assert drawn.data["Upper control limit"].isna().all()
    assert drawn.data["Judged"].tolist() == ["no limits"] * 3


def test_periods_are_one_a_point() -> None:
    with pytest.raises(DataContractError, match="expected: 3; got 2"):
        control_figure(xmr_chart([50, 52, 49]), periods=["a", "b"])


def test_a_joinpoint_figure_gives_each_segment_with_its_limits() -> None:
    years = np.arange(2000, 2014)
    log = 4 + 0.05 * np.minimum(years - 2000, 6) - 0.04 * np.maximum(years - 2006, 0)
    found = joinpoint(np.exp(log + 0.004 * (-1.0) ** years), years)
    drawn = joinpoint_figure(found, unit="per 100,000")
    assert drawn.table is not None
    assert drawn.table["Segment"].tolist() == ["2000 to 2006", "2006 to 2013"]
    assert drawn.table["Change a year (%)"].round(1).tolist() == [5.1, -3.9]
    assert drawn.data["Segment"].tolist() == [1] * 7 + [2] * 7
    with pytest.raises(DataContractError, match="one lower and one upper"):
        joinpoint_figure(found, limits=([1.0], [2.0]))


# -- strategy ------------------------------------------------------------------


def test_the_strategy_on_a_page_is_the_registry() -> None:
    strategy = load_strategy()
    drawn = strategy_on_a_page(strategy)
    assert drawn.data["Priority"].tolist() == [p.title for p in strategy.priorities]
    assert drawn.data["Success measures"].sum() == len(strategy.measures)
    listed = strategy_list(strategy)
    for name in [*(s.title for s in strategy.stages), *(p.title for p in strategy.priorities)]:
        assert name.replace("&", "&amp;") in listed
        assert name in drawn.alt


def test_the_contributors_carry_their_caution_and_their_shares() -> None:
    table = load_strategy().contributors
    assert table is not None
    drawn = contributors_chart(table)
    assert drawn.data["Share (%)"].sum() == 100
    assert table.caution in drawn.caption
    assert len(drawn.data) == 13


def test_a_reason_for_missing_values_is_said_once() -> None:
    """Periods that are missing for one reason stand together."""
    frame = pd.DataFrame(
        {
            "period": ["2019/20", "2020/21", "2021/22", "2022/23"],
            "value": [float("nan"), float("nan"), 5.0, float("nan")],
            "note": ["not collected.", "not collected.", "", ""],
            "status": ["missing", "missing", "published", ""],
        }
    )
    told = parts.missing_note(frame, "period")
    assert told == "No value for 2019/20, 2020/21 (not collected); 2022/23 (not available)."
    assert parts.missing_note(frame.dropna(subset=["value"]), "period") == ""
