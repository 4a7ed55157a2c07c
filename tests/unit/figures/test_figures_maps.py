"""Maps: fill follows the number written, missing areas are hatched, tables are whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PatchCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from shapely import box

from hwb_analysis import maps, style
from hwb_analysis.errors import DataContractError
from hwb_analysis.maps import district_map, lsoa_map

KM = 1000


@pytest.fixture
def squares() -> gpd.GeoDataFrame:
    """Return a row of five squares of 20 km, the last one tiny."""
    shapes = [box(20 * KM * i, 0, 20 * KM * (i + 1), 20 * KM) for i in range(4)]
    shapes.append(box(80 * KM, 0, 82 * KM, 2 * KM))
    return gpd.GeoDataFrame(
        {
            "area_code": ["D1", "D2", "D3", "D4", "D5"],
            "area": ["Northam", "Southam", "Eastham", "Westham", "Midham"],
        },
        geometry=shapes,
        crs=27700,
    )


def _draw(
    squares: gpd.GeoDataFrame, values: pd.DataFrame, words: dict[str, str], **options: Any
) -> Any:
    return district_map(squares, values, **{"unit": "%", **words, **options})


def _fills(figure: Figure) -> list[str]:
    found = [c for c in figure.axes[0].collections if isinstance(c, PatchCollection)]
    return [to_hex(colour) for c in found for colour in c.get_facecolor()]


def test_every_area_is_in_the_table_whatever_the_order_of_the_values(
    squares: gpd.GeoDataFrame, areas: pd.DataFrame, words: dict[str, str]
) -> None:
    drawn = _draw(squares, areas.iloc[::-1], words)
    assert drawn.data["Area"].tolist() == squares["area"].tolist()
    assert drawn.data["Value (%)"].tolist() == areas["value"].tolist()


def test_higher_values_have_darker_fills(
    squares: gpd.GeoDataFrame,
    areas: pd.DataFrame,
    words: dict[str, str],
    figure_of: Callable[..., Figure],
) -> None:
    fills = _fills(figure_of(maps, "district_map", squares, areas, unit="%", **words))
    dark = [-style.relative_luminance(fill) for fill in fills]
    order = np.argsort(areas["value"].to_numpy(), kind="stable")
    assert np.all(np.diff(np.array(dark)[order]) >= 0)
    assert len(set(fills)) > 1


def test_two_areas_that_show_the_same_number_have_the_same_fill(
    squares: gpd.GeoDataFrame,
    areas: pd.DataFrame,
    words: dict[str, str],
    figure_of: Callable[..., Figure],
) -> None:
    values = [79.8, 80.1, 85.2, 70.0, 75.1]
    frame = areas.assign(
        value=values, lower_95=[v - 8 for v in values], upper_95=[v + 8 for v in values]
    )
    fills = _fills(figure_of(maps, "district_map", squares, frame, unit="%", **words))
    assert fills[0] == fills[1]


def test_the_legend_names_no_class_without_an_area_at_its_ends(
    squares: gpd.GeoDataFrame,
    areas: pd.DataFrame,
    words: dict[str, str],
    figure_of: Callable[..., Figure],
) -> None:
    frame = areas.drop(columns=["lower_95", "upper_95"]).assign(value=[78.0, 80.0, 82.0, 80.5, 79])
    figure = figure_of(maps, "district_map", squares, frame, unit="%", **words)
    legend = [t.get_text() for t in figure.texts if " to " in t.get_text()]
    assert legend == ["78 to under 80", "80 to under 82", "82 to 84"]


def test_an_area_without_a_value_is_hatched_and_named(
    squares: gpd.GeoDataFrame,
    areas: pd.DataFrame,
    words: dict[str, str],
    figure_of: Callable[..., Figure],
) -> None:
    few = areas[areas["area_code"] != "D2"]
    assert "No value for Southam (not available)." in _draw(squares, few, words).caption
    figure = figure_of(maps, "district_map", squares, few, unit="%", **words)
    hatched = [c for c in figure.axes[0].collections if c.get_hatch()]
    assert len(hatched) == 1
    assert "Southam\n[x]" in [t.get_text() for t in figure.axes[0].texts]
    assert "no value" in [t.get_text() for t in figure.texts]


def test_names_stand_on_their_area_or_beside_the_map(
    squares: gpd.GeoDataFrame,
    areas: pd.DataFrame,
    words: dict[str, str],
    figure_of: Callable[..., Figure],
    check_words: Callable[[Figure], None],
) -> None:
    figure = figure_of(maps, "district_map", squares, areas, unit="%", **words)
    check_words(figure)
    places = {t.get_text().split("\n")[0]: t.get_position() for t in figure.axes[0].texts}
    assert 0 < places["Northam"][0] < 20 * KM
    assert places["Midham"][0] > 82 * KM


def test_boundaries_off_the_british_grid_are_refused(
    squares: gpd.GeoDataFrame, areas: pd.DataFrame, words: dict[str, str]
) -> None:
    with pytest.raises(DataContractError, match="got 4326"):
        _draw(squares.to_crs(4326), areas, words)


def test_a_value_without_a_boundary_is_refused(
    squares: gpd.GeoDataFrame, areas: pd.DataFrame, words: dict[str, str]
) -> None:
    with pytest.raises(DataContractError, match="no boundary for 1 areas, first D5"):
        _draw(squares.head(4), areas, words)


def test_same_map_same_bytes(
    squares: gpd.GeoDataFrame, areas: pd.DataFrame, words: dict[str, str]
) -> None:
    assert _draw(squares, areas, words).svg == _draw(squares, areas, words).svg


@pytest.fixture
def small() -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return ten small areas in two of the squares, one in each decile."""
    shapes = [box(4 * KM * i, 0, 4 * KM * (i + 1), 20 * KM) for i in range(10)]
    codes = [f"S{i:02d}" for i in range(1, 11)]
    cells = gpd.GeoDataFrame({"area_code": codes, "area": codes}, geometry=shapes, crs=27700)
    groups = pd.DataFrame(
        {
            "area_code": codes,
            "district_code": ["D1"] * 5 + ["D2"] * 5,
            "decile": range(1, 11),
            "residents": [100 * i for i in range(1, 11)],
        }
    )
    return cells, groups


def test_small_areas_are_counted_by_district_and_listed_in_the_file(
    small: tuple[gpd.GeoDataFrame, pd.DataFrame],
    squares: gpd.GeoDataFrame,
    words: dict[str, str],
) -> None:
    drawn = lsoa_map(*small, districts=squares.head(2), **words)
    assert len(drawn.data) == 10
    table = drawn.table.set_index("District")
    assert table.loc["Northam", "Small areas in 1 to 2 (most deprived)"] == 2
    assert table.loc["Southam", "Small areas in 9 to 10 (least deprived)"] == 2
    inside = table.filter(like="Small areas in").sum(axis=1)
    assert inside.tolist() == table["Small areas"].tolist() == [5, 5]
    assert table["Residents"].tolist() == [1500, 4000]


def test_the_most_deprived_group_is_darkest(
    small: tuple[gpd.GeoDataFrame, pd.DataFrame],
    squares: gpd.GeoDataFrame,
    words: dict[str, str],
    figure_of: Callable[..., Figure],
) -> None:
    figure = figure_of(maps, "lsoa_map", *small, districts=squares.head(2), **words)
    light = [style.relative_luminance(fill) for fill in _fills(figure)]
    assert light == sorted(light)
    assert len(set(light)) == 5


def test_names_keep_off_the_leaders_of_others(
    squares: gpd.GeoDataFrame,
    areas: pd.DataFrame,
    words: dict[str, str],
    figure_of: Callable[..., Figure],
) -> None:
    # The tiny area in the far west sends its leader through the middle of the others.
    far = [*squares.geometry[:4].tolist(), box(-2 * KM, 9 * KM, 0, 11 * KM)]
    moved = squares.set_geometry(gpd.GeoSeries(far, crs=27700))
    figure = figure_of(maps, "district_map", moved, areas, unit="%", **words)
    figure.canvas.draw()
    axes = figure.axes[0]
    leader = next(line for line in axes.lines if line.get_marker() == "o")
    height = axes.transData.transform((0, leader.get_ydata()[0]))[1]
    names = {"Northam", "Southam", "Eastham", "Westham"}
    inside = [t for t in axes.texts if t.get_text().split("\n")[0] in names]
    assert len(inside) == 4
    for text in inside:
        extent = text.get_window_extent()
        assert not extent.y0 <= height <= extent.y1
