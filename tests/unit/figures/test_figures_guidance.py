"""Charts as the guidance of the Analysis Function asks for them."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import pandas as pd
import pytest
from matplotlib.collections import PatchCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from shapely import box

from hwb_analysis import maps, style
from hwb_analysis.figures import trend

YEARS = ["2019", "2020", "2021", "2022"]


@pytest.fixture
def two_lines(
    series: Callable[..., pd.DataFrame],
    words: dict[str, str],
    figure_of: Callable[..., Figure],
) -> Figure:
    """Return a chart of an area and its comparator."""
    own, other = (
        series(YEARS, [40.0, 41.0, 42.5, 42.0]),
        series(YEARS, [30.0, 31.0, 32.5, 32.0], area="Nation"),
    )
    return figure_of(trend, "trend_chart", own, other, unit="%", **words)


def test_categories_have_the_published_colours_in_their_order() -> None:
    """Dark blue, turquoise, dark pink, orange; three steps of one blue; no fifth category."""
    assert [c.upper() for c in style.CATEGORICAL] == ["#12436D", "#28A197", "#801650", "#F46A25"]
    assert [c.upper() for c in style.SEQUENTIAL[3]] == ["#6BACE6", "#2073BC", "#12436D"]
    assert max(style.SEQUENTIAL) <= 5


def test_lines_are_named_beside_themselves_and_not_in_a_legend(two_lines: Figure) -> None:
    axes = two_lines.axes[0]
    assert axes.get_legend() is None
    assert not two_lines.legends
    said = {t.get_text(): t for t in [*axes.texts, *two_lines.texts]}
    for name in ("Thisshire", "Nation"):
        assert any(name in text for text in said), name


def test_a_second_line_differs_by_more_than_its_colour(two_lines: Figure) -> None:
    drawn = [line for line in two_lines.axes[0].lines if len(line.get_xdata()) == len(YEARS)]
    looks = {(line.get_linestyle(), line.get_marker(), line.get_linewidth()) for line in drawn}
    colours = {to_hex(line.get_color()) for line in drawn}
    assert len(colours) >= 2
    assert len(looks) >= len(colours)


def test_title_subtitle_and_source_are_words_of_the_page_and_not_of_the_picture(
    two_lines: Figure, words: dict[str, str]
) -> None:
    """A reader of the page can enlarge and copy them; the picture repeats none of them."""
    drawn = " ".join(t.get_text() for t in [*two_lines.axes[0].texts, *two_lines.texts])
    assert words["source"] not in drawn
    assert two_lines.axes[0].get_title() == ""


def test_fills_of_a_map_have_a_dark_edge(
    areas: pd.DataFrame, words: dict[str, str], figure_of: Callable[..., Figure]
) -> None:
    """Neighbouring steps of blue fail 3:1, so that an edge must part them."""
    shapes = gpd.GeoDataFrame(
        {"area_code": areas["area_code"], "area": areas["area"]},
        geometry=[box(20_000 * i, 0, 20_000 * (i + 1), 20_000) for i in range(len(areas))],
        crs=27700,
    )
    figure = figure_of(maps, "district_map", shapes, areas, unit="%", **words)
    filled = [c for c in figure.axes[0].collections if isinstance(c, PatchCollection)]
    edges = {to_hex(colour) for c in filled for colour in c.get_edgecolor()}
    fills = {to_hex(colour) for c in filled for colour in c.get_facecolor()}
    assert len(fills) >= 2
    assert all(style.contrast(edge, fill) >= 3 for edge in edges for fill in fills - {"#12436d"})
