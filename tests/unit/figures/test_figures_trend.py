"""The trend chart draws what it was given, and says what it could not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure

from hwb_analysis import style
from hwb_analysis.errors import DataContractError
from hwb_analysis.figures import Break, Drawn, Goal, trend, trend_chart

Maker = Callable[..., pd.DataFrame]
YEARS = ["2016", "2017", "2018", "2019", "2020", "2021", "2022", "2023"]
VALUES = [40.0, 41.0, 42.5, 42.0, 43.0, 44.0, 46.0, 45.0]
LONG = "Bournemouth, Christchurch and Poole combined authority"


def _draw(frame: pd.DataFrame, words: dict[str, str], *others: object, **options: object) -> Drawn:
    return trend_chart(frame, *others, **{"unit": "%", **words, **options})  # type: ignore[arg-type]


def _area_lines(figure: Figure) -> list[np.ndarray]:
    """Return the points of each stretch of the area's line."""
    return [
        np.asarray(line.get_ydata(), dtype=float)
        for line in figure.axes[0].lines
        if line.get_color() == style.DARK_BLUE and line.get_linewidth() == 1.9
    ]


def test_alt_says_the_finding_first(series: Maker, words: dict[str, str]) -> None:
    drawn = _draw(series(YEARS, VALUES), words)
    assert drawn.alt.startswith(words["title"] + ".")
    assert "Line chart" in drawn.alt
    assert words["subtitle"] in drawn.alt


def test_an_empty_title_is_refused(series: Maker, words: dict[str, str]) -> None:
    from hwb_analysis.errors import AccessibilityError

    with pytest.raises(AccessibilityError):
        _draw(series(YEARS, VALUES), {**words, "title": ""})


def test_the_table_holds_the_plotted_points(
    series: Maker, words: dict[str, str], figure_of: Callable[..., Figure]
) -> None:
    own = series(YEARS, VALUES)
    england = series(YEARS, [v + 5 for v in VALUES], area="England")
    drawn = _draw(own, words, england)
    table = drawn.data
    assert table.loc[table["Area"] == "Thisshire", "Value (%)"].tolist() == VALUES
    assert table.loc[table["Area"] == "England", "Period"].tolist() == YEARS
    figure = figure_of(trend, "trend_chart", own, england, unit="%", **words)
    assert [line.tolist() for line in _area_lines(figure)] == [VALUES]


def test_the_order_of_rows_does_not_matter(series: Maker, words: dict[str, str]) -> None:
    frame = series(YEARS, VALUES)
    assert _draw(frame, words).svg == _draw(frame.iloc[::-1], words).svg


def test_limits_are_drawn_as_a_band(
    series: Maker, words: dict[str, str], figure_of: Callable[..., Figure]
) -> None:
    figure = figure_of(trend, "trend_chart", series(YEARS, VALUES, 1.5), unit="%", **words)
    bands = [c for c in figure.axes[0].collections if isinstance(c, PolyCollection)]
    heights = np.concatenate([path.vertices[:, 1] for band in bands for path in band.get_paths()])
    assert heights.min() == min(VALUES) - 1.5
    assert heights.max() == max(VALUES) + 1.5


def test_without_limits_no_band_and_the_caption_says_so(
    series: Maker, words: dict[str, str], figure_of: Callable[..., Figure]
) -> None:
    frame = series(YEARS, VALUES, None)
    figure = figure_of(trend, "trend_chart", frame, unit="%", pandemic=False, **words)
    assert not [c for c in figure.axes[0].collections if isinstance(c, PolyCollection)]
    assert "No interval published." in _draw(frame, words).caption


def test_a_missing_year_breaks_the_line(
    series: Maker, words: dict[str, str], figure_of: Callable[..., Figure]
) -> None:
    frame = series(YEARS, VALUES).drop(index=4)
    figure = figure_of(trend, "trend_chart", frame, unit="%", **words)
    assert [len(line) for line in _area_lines(figure)] == [4, 3]


def test_a_break_of_definition_is_never_crossed(
    series: Maker, words: dict[str, str], figure_of: Callable[..., Figure]
) -> None:
    frame = series(YEARS, VALUES)
    breaks = [Break("2018", "a new question")]
    figure = figure_of(trend, "trend_chart", frame, unit="%", breaks=breaks, **words)
    assert [len(line) for line in _area_lines(figure)] == [3, 5]
    caption = _draw(frame, words, breaks=[{"after": "2018", "reason": "a new question"}]).caption
    assert "Break after 2018: a new question." in caption


def test_a_suppressed_value_is_a_gap_with_its_reason(
    series: Maker, words: dict[str, str], figure_of: Callable[..., Figure]
) -> None:
    frame = series(YEARS, VALUES)
    frame.loc[2, ["value", "lower_95", "upper_95"]] = np.nan
    frame.loc[2, ["status", "note"]] = ["suppressed", "fewer than 8 people"]
    drawn = _draw(frame, words)
    assert "No value for 2018 (fewer than 8 people)." in drawn.caption
    assert '<td class="number">[c]</td>' in drawn.to_html()
    figure = figure_of(trend, "trend_chart", frame, unit="%", **words)
    assert [len(line) for line in _area_lines(figure)] == [2, 5]
    assert "[c]" in [t.get_text() for t in figure.axes[0].texts]


def test_one_point_is_a_dot_with_its_limits(
    series: Maker, words: dict[str, str], figure_of: Callable[..., Figure]
) -> None:
    figure = figure_of(trend, "trend_chart", series(["2021"], [50.0], 2.0), unit="%", **words)
    strokes = [c for c in figure.axes[0].collections if isinstance(c, LineCollection)]
    ends = [segment[:, 1].tolist() for stroke in strokes for segment in stroke.get_segments()]
    assert ends == [[48.0, 52.0]]


@pytest.mark.parametrize(
    ("periods", "said"),
    [
        (["2017", "2018", "2019"], False),
        (["2018", "2019", "2020"], True),
        (["2022", "2023"], True),
        (["2023", "2024"], False),
        (["2018/19", "2019/20"], True),
        (["2022/23", "2023/24"], False),
    ],
)
def test_periods_that_touch_the_pandemic_are_marked(
    series: Maker, words: dict[str, str], periods: list[str], said: bool
) -> None:
    caption = _draw(series(periods, [1.0 + i for i in range(len(periods))]), words).caption
    assert ("March 2020 to March 2022" in caption) is said


def test_pandemic_marks_can_be_left_out(series: Maker, words: dict[str, str]) -> None:
    assert "March 2020" not in _draw(series(YEARS, VALUES), words, pandemic=False).caption


def test_a_goal_is_said_in_the_caption(series: Maker, words: dict[str, str]) -> None:
    caption = _draw(series(YEARS, VALUES), words, goal=Goal(44.0, "goal for 2032")).caption
    assert "Dashed line: goal for 2032, 44.0 %." in caption


def test_a_cut_axis_is_said(series: Maker, words: dict[str, str]) -> None:
    assert "not at zero" in _draw(series(YEARS, VALUES), words).caption
    assert "not at zero" not in _draw(series(["2016", "2017"], [2.0, 9.0]), words).caption


def test_the_comparator_starts_where_the_area_starts(series: Maker, words: dict[str, str]) -> None:
    england = series(YEARS, VALUES, area="England")
    data = _draw(series(YEARS[5:], VALUES[5:]), words, england).data
    assert data.loc[data["Area"] == "England", "Period"].tolist() == YEARS[5:]


def test_a_comparator_without_values_is_left_out(series: Maker, words: dict[str, str]) -> None:
    england = series(YEARS, [np.nan] * len(YEARS), area="England")
    assert set(_draw(series(YEARS, VALUES), words, england).data["Area"]) == {"Thisshire"}


@pytest.mark.parametrize("bad", ["empty", "missing"])
def test_nothing_to_draw_is_refused(series: Maker, words: dict[str, str], bad: str) -> None:
    frame = series(YEARS, VALUES)
    frame = frame.head(0) if bad == "empty" else frame.assign(value=np.nan)
    with pytest.raises(DataContractError, match="at least one value"):
        _draw(frame, words)


def test_a_doubled_period_is_refused_and_named(series: Maker, words: dict[str, str]) -> None:
    frame = pd.concat([series(YEARS, VALUES), series(["2019"], [1.0])])
    with pytest.raises(DataContractError, match="doubled: 2019"):
        _draw(frame, words)


def test_a_missing_column_is_named(series: Maker, words: dict[str, str]) -> None:
    with pytest.raises(DataContractError, match="period_end not found"):
        _draw(series(YEARS, VALUES).drop(columns="period_end"), words)


SURVEYS = [f"{year}-11-16/P1Y" for year in range(2015, 2025)]


@pytest.mark.parametrize(
    ("periods", "values", "options"),
    [
        (YEARS, VALUES, {"goal": Goal(44.0, "goal of the plan by 2032, as the Board agreed it")}),
        (YEARS, [-v / 10 for v in VALUES], {"unit": "points"}),
        (YEARS, [50.0] * 8, {}),
        (["2021"], [50.0], {"polarity": "low"}),
        (SURVEYS, [20.0 + i for i in range(10)], {"polarity": "high"}),
        ([f"{y} - {y % 100 + 2:02d}" for y in range(2001, 2019)], list(range(18)), {}),
        (YEARS, [v * 1000 for v in VALUES], {"unit": "per 100,000 people of working age"}),
        (YEARS, VALUES, {"breaks": [Break("2019", "one"), Break("2020", "two")]}),
    ],
)
@pytest.mark.parametrize("area", ["Thisshire", LONG])
def test_words_stay_inside_and_off_each_other(
    series: Maker,
    words: dict[str, str],
    figure_of: Callable[..., Figure],
    check_words: Callable[[Figure], None],
    periods: list[str],
    values: list[float],
    options: dict[str, object],
    area: str,
) -> None:
    own = series(periods, values, 1.0, area)
    others = pd.concat([own.assign(area="England"), own.assign(area="East Midlands")])
    check_words(figure_of(trend, "trend_chart", own, others, **{"unit": "%", **words, **options}))


def test_one_period_is_no_line_and_its_limits_are_no_band(
    series: Callable[..., pd.DataFrame], words: dict[str, str]
) -> None:
    drawn = trend_chart(
        series(["2020/21"], [309.0], half=29.0),
        series(["2020/21"], [498.23], half=4.5, area="England"),
        unit="per 100,000",
        **words,
    )
    assert "Vertical stroke: 95% confidence interval." in drawn.caption
    assert "Band" not in drawn.caption
    assert "Line chart" not in drawn.alt


def test_the_comparator_is_written_like_the_area(
    series: Maker, words: dict[str, str], figure_of: Callable[..., Figure]
) -> None:
    own = series(["2019/20", "2020/21"], [312.0, 309.0], 29.0)
    other = series(["2019/20", "2020/21"], [510.4, 498.23], 4.5, area="England")
    figure = figure_of(trend, "trend_chart", own, other, unit="per 100,000", **words)
    assert "498 per 100,000" in [text.get_text() for text in figure.axes[0].texts]
