"""Results are one line at a prompt, a sentence in a notebook, and Axes that can be changed."""

from __future__ import annotations

import base64
import re
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from hwb_analysis.errors import UsageError
from hwb_analysis.figures import Drawn, district_dots
from hwb_analysis.stats import gaps
from hwb_analysis.stats.control_chart import xmr_chart
from hwb_analysis.stats.result import Result
from hwb_analysis.stats.slope_result import SlopeIndex
from hwb_analysis.stats.trends import recent_trend
from hwb_analysis.stats.verbs import slope_index

TENTHS = pd.DataFrame(
    {
        "decile": list(range(1, 11)) * 2,
        "sick": [80, 78, 76, 72, 70, 68, 66, 64, 62, 60, 60, 62, 61, 60, 62, 61, 60, 62, 61, 60],
        "people": [1000] * 20,
        "sex": ["Female"] * 10 + ["Male"] * 10,
    }
)


@pytest.fixture(scope="module")
def two_slopes() -> SlopeIndex:
    return slope_index(
        TENTHS,
        count="sick",
        denominator="people",
        group="decile",
        better="low",
        by="sex",
        unit="percentage points",
    )


@pytest.fixture(scope="module")
def one_slope() -> SlopeIndex:
    return slope_index(
        TENTHS.head(10), count="sick", denominator="people", group="decile", better="low"
    )


def every_class(of: type[Result]) -> list[type[Result]]:
    return [c for sub in of.__subclasses__() for c in (sub, *every_class(sub))]


def test_no_result_prints_a_wall_of_arrays() -> None:
    """Whatever a dataclass would write: each class has the short form."""
    found = every_class(Result)
    assert len(found) >= 10
    assert {c.__name__ for c in found if c.__repr__ is not Result.__repr__} == set()


def test_a_result_is_one_line_that_starts_with_its_class(one_slope: SlopeIndex) -> None:
    text = repr(one_slope)
    assert text.startswith("SlopeIndex: Across the 10 groups the slope index is 2.25")
    assert len(text) <= 120
    assert "\n" not in text


def test_several_statistics_say_how_many(two_slopes: SlopeIndex) -> None:
    assert repr(two_slopes).startswith("SlopeIndex of 2: ")
    none = gaps.difference([], [], [], [])
    assert repr(none) == "Gap of 0"
    assert "<p>No statistic." in none._repr_html_()


def test_html_holds_sentence_interval_and_method(one_slope: SlopeIndex) -> None:
    shown = one_slope._repr_html_()
    assert "the slope index is 2.25" in shown
    assert re.search(r"95% interval [\d.]+ to [\d.]+", shown)
    assert "Method: weighted least squares" in shown
    assert "<table" not in shown


def test_html_of_several_names_each_set(two_slopes: SlopeIndex) -> None:
    shown = two_slopes._repr_html_()
    table = pd.read_html(StringIO(shown))[0]
    assert table["sex"].tolist() == ["Female", "Male"]
    assert table["value"].tolist() == pytest.approx(two_slopes.value, abs=0.01)
    assert {"lower_95", "upper_95"} <= set(table)


def test_html_of_many_rows_is_cut_and_says_so() -> None:
    many = gaps.difference(np.arange(1, 31), 100, 5, 100)
    shown = many._repr_html_()
    assert shown.count("<tr") == 13
    assert "18 more rows: to_frame()" in shown


def test_words_from_data_are_escaped() -> None:
    gap = gaps.difference([1.0], [10.0], [np.nan], [10.0])
    odd = type(gap)(
        kind="<b>", first=gap.first, second=gap.second, value=gap.value, lower=gap.lower,
        upper=gap.upper, levels=gap.levels, method="<i>", reason=gap.reason,
    )  # fmt: skip
    assert "<b>" not in odd._repr_html_()
    assert "<i>" not in odd._repr_html_()


def test_plot_gives_axes_that_can_be_changed(one_slope: SlopeIndex) -> None:
    axes = one_slope.plot()
    assert isinstance(axes, Axes)
    before = axes._repr_html_()
    assert re.search(r'<img alt="[^"]{60,}" width="\d+" height="\d+"', before)
    axes.axhline(7.0)
    axes.set_ylim(0, 20)
    after = axes._repr_html_()
    picture = base64.b64decode(after.split("base64,")[1].split('"')[0])
    assert picture.startswith(b"\x89PNG")
    assert after != before


def test_changing_the_axes_leaves_the_finished_figure_alone(one_slope: SlopeIndex) -> None:
    drawn = one_slope.chart()
    assert isinstance(drawn, Drawn)
    svg = drawn.svg
    assert drawn.axes is not None
    drawn.axes.clear()
    assert drawn.svg == svg == one_slope.chart().svg


def test_a_result_without_a_chart_says_which_have_one() -> None:
    with pytest.raises(UsageError, match="no drawing is known for Gap") as caught:
        gaps.difference(10, 100, 5, 100).plot()
    assert "SlopeIndex" in str(caught.value)


def test_results_without_arrays_show_themselves_as_well() -> None:
    chart = xmr_chart([31, 29, 30, 34, 28, 33], better="high")
    assert repr(chart).startswith("ControlChart of 6: XmR chart of 6 points")
    assert "<table" not in chart._repr_html_() or "value" in chart._repr_html_()
    marker = recent_trend([50.0, 51, 52, 53], lower=None, upper=None, better="high")
    assert "cannot be calculated" in repr(marker)


def test_one_method_for_all_is_said_once(two_slopes: SlopeIndex) -> None:
    """Beneath the sentence, and not in every row; reasons only where there are any."""
    shown = two_slopes._repr_html_()
    assert shown.count("weighted least squares") == 1
    assert "reason" not in set(pd.read_html(StringIO(shown))[0])


def test_long_reasons_of_neighbours_do_not_run_into_each_other() -> None:
    """Two lines have room in a row of dots; the caption has the whole of it."""
    reason = "withheld to protect small numbers (1 to 7 withheld, all others rounded to 5)"
    rows = pd.DataFrame(
        {
            "area_code": ["A", "B", "C"],
            "area": ["Ash", "Beech", "Cedar"],
            "value": [10.0, np.nan, np.nan],
            "status": ["ok", "suppressed", "suppressed"],
            "note": ["", reason, reason],
            "series_id": "x:y",
        }
    )
    drawn = district_dots(rows, title="T", subtitle="S", source="P", unit="%")
    assert f"No value for Beech, Cedar ({reason})." in drawn.caption
    assert drawn.axes is not None
    texts = [t.get_text() for t in drawn.axes.texts if t.get_text().startswith("[c]")]
    assert [t.count("\n") for t in texts] == [1, 1]
    assert all(t.endswith(" ...") for t in texts)
