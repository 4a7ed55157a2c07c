"""The gradient shows its groups, its line and the slope that the statistics gave."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from hwb_analysis import style
from hwb_analysis.errors import DataContractError
from hwb_analysis.figures import Drawn, gradient
from hwb_analysis.stats.inequality import slope_index, slope_index_from_counts
from hwb_analysis.stats.slope_result import SlopeIndex

COUNTS = [68, 55, 50, 43, 40]
SIZES = [1000, 1200, 800, 1000, 1000]


@pytest.fixture
def groups() -> pd.DataFrame:
    value = 100 * np.array(COUNTS) / np.array(SIZES)
    return pd.DataFrame(
        {
            "category": [f"Fifth {i}" for i in range(1, 6)],
            "value": value,
            "lower_95": value - 1,
            "upper_95": value + 1,
            "count": COUNTS,
            "denominator": SIZES,
        }
    )


@pytest.fixture
def fit() -> SlopeIndex:
    return slope_index_from_counts(COUNTS, SIZES, better="low", unit="percentage points")


def _figure(
    figure_of: Callable[..., Figure], groups: pd.DataFrame, fit: SlopeIndex, words: dict[str, str]
) -> Figure:
    module = import_module("hwb_analysis.figures.gradient")
    return figure_of(module, "gradient", groups, fit, unit="%", **words)


def test_groups_stand_in_the_middle_of_their_share_with_their_limits(
    figure_of: Callable[..., Figure], groups: pd.DataFrame, fit: SlopeIndex, words: dict[str, str]
) -> None:
    axes = _figure(figure_of, groups, fit, words).axes[0]
    dots = next(line for line in axes.lines if line.get_marker() == "o")
    ends = np.cumsum(SIZES) / sum(SIZES)
    assert np.allclose(dots.get_xdata(), ends - np.array(SIZES) / sum(SIZES) / 2)
    assert np.allclose(dots.get_ydata(), groups["value"])
    strokes = next(c for c in axes.collections if isinstance(c, LineCollection))
    drawn = [segment[:, 1].tolist() for segment in strokes.get_segments()]
    assert np.allclose(drawn, groups[["lower_95", "upper_95"]].to_numpy())


def test_the_line_is_the_fitted_one(
    figure_of: Callable[..., Figure], groups: pd.DataFrame, fit: SlopeIndex, words: dict[str, str]
) -> None:
    axes = _figure(figure_of, groups, fit, words).axes[0]
    line = next(line for line in axes.lines if line.get_color() == style.ORANGE)
    assert list(line.get_xdata()) == [0, 1]
    assert np.allclose(line.get_ydata(), [fit.fitted_most, fit.fitted_least])


def test_the_slope_stands_in_words_with_its_interval(
    groups: pd.DataFrame, fit: SlopeIndex, words: dict[str, str]
) -> None:
    drawn = gradient(groups, fit, unit="%", **words)
    value, low, high = float(fit.value), float(fit.lower[0]), float(fit.upper[0])
    shown = f"{value:.1f} percentage points ({low:.1f} to {high:.1f})"
    assert f"slope index {shown}" in drawn.caption
    assert drawn.data["Group"].tolist() == groups["category"].tolist()
    assert drawn.data["Value (%)"].tolist() == groups["value"].tolist()


def test_a_bent_gradient_says_that_the_line_does_not_hold(words: dict[str, str]) -> None:
    value = [10.0, 1.0, 1.0, 1.0, 8.0]
    fit = slope_index(value, [100] * 5, better="low", se=[0.1] * 5)
    frame = pd.DataFrame({"category": list("abcde"), "value": value})
    assert "do not lie on a line" in gradient(frame, fit, unit="%", **words).caption


def test_without_errors_there_is_a_line_and_no_interval(words: dict[str, str]) -> None:
    fit = slope_index([1.0, 2.0, 3.0], [1, 1, 1], better="high")
    frame = pd.DataFrame({"category": list("abc"), "value": [1.0, 2.0, 3.0]})
    caption = gradient(frame, fit, unit="years", **words).caption
    assert "slope index 3.0 years, the fitted" in caption
    assert "No interval published." in caption


def test_a_missing_group_gives_dots_and_no_line(words: dict[str, str]) -> None:
    value = [1.0, np.nan, 3.0]
    fit = slope_index(value, [1, 1, 1], better="high", se=[0.1] * 3)
    frame = pd.DataFrame({"category": list("abc"), "value": value})
    drawn = gradient(frame, fit, unit="years", **words)
    assert "Slope index:" in drawn.caption
    assert "No value for b" in drawn.caption


def test_groups_of_another_fit_are_refused(
    groups: pd.DataFrame, fit: SlopeIndex, words: dict[str, str]
) -> None:
    with pytest.raises(DataContractError, match="the fit has 5 groups, the frame 4 rows"):
        gradient(groups.head(4), fit, unit="%", **words)


def test_a_result_draws_itself(fit: SlopeIndex) -> None:
    drawn = fit.chart(name="slope")
    assert isinstance(drawn, Drawn)
    assert drawn.title == fit.explain()
    assert np.allclose(drawn.data["Value (%)"], 100 * np.array(COUNTS) / np.array(SIZES))


def test_the_second_of_several_sets_can_be_drawn(words: dict[str, str]) -> None:
    value = [[1.0, 2.0, 3.0], [9.0, 8.0, 6.0]]
    fit = slope_index(value, [[1, 1, 1]] * 2, better="low", se=np.full((2, 3), 0.5))
    drawn = fit.chart(position=1, **words)
    assert drawn.data["Value"].tolist() == [9.0, 8.0, 6.0]
    assert f"{float(fit.value[1]):.1f}" in drawn.caption


def test_words_stay_inside(
    figure_of: Callable[..., Figure],
    check_words: Callable[[Figure], None],
    groups: pd.DataFrame,
    fit: SlopeIndex,
    words: dict[str, str],
) -> None:
    check_words(_figure(figure_of, groups, fit, words))
