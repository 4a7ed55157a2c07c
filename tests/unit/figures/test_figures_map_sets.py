"""Small multiples share their classes; enlarged parts show the same fills as the map."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from shapely import box

from hwb_analysis import maps
from hwb_analysis.errors import DataContractError
from hwb_analysis.figures import map_insets, map_multiples
from hwb_analysis.figures.map_multiples import map_multiples as multiples
from hwb_analysis.maps import classes_of, lsoa_map

KM = 1000


@pytest.fixture
def squares() -> gpd.GeoDataFrame:
    shapes = [box(20 * KM * i, 0, 20 * KM * (i + 1), 20 * KM) for i in range(4)]
    return gpd.GeoDataFrame(
        {"area_code": ["D1", "D2", "D3", "D4"], "area": ["North", "South", "East", "West"]},
        geometry=shapes,
        crs=27700,
    )


def _panels(values: dict[str, list[float]]) -> pd.DataFrame:
    frames = [
        pd.DataFrame({"panel": name, "area_code": ["D1", "D2", "D3", "D4"], "value": row})
        for name, row in values.items()
    ]
    return pd.concat(frames, ignore_index=True)


def _fills(axes: Axes) -> list[str]:
    found = [c for c in axes.collections if isinstance(c, PatchCollection)]
    return [to_hex(colour) for c in found for colour in c.get_facecolor()]


def test_one_value_has_one_fill_in_every_panel(
    squares: gpd.GeoDataFrame, words: dict[str, str], figure_of: Callable[..., Figure]
) -> None:
    rows = _panels({"2022": [10, 20, 30, 40], "2023": [40, 30, 20, 10]})
    figure = figure_of(map_multiples, "map_multiples", squares, rows, unit="%", **words)
    first, second = (_fills(axes) for axes in figure.axes[-2:])
    assert first == second[::-1]
    assert len(set(first)) > 1


def test_the_table_has_a_column_a_panel_and_the_file_every_row(
    squares: gpd.GeoDataFrame, words: dict[str, str]
) -> None:
    rows = _panels({"Men": [10, 20, np.nan, 40], "Women": [11, 21, 31, 41]})
    drawn = multiples(squares, rows, unit="%", **words)
    assert drawn.table is not None
    assert list(drawn.table) == ["Area", "Men", "Women"]
    assert len(drawn.data) == 8
    assert "Men: no value for East" in drawn.caption
    assert drawn.beside


def test_too_many_panels_are_refused(squares: gpd.GeoDataFrame, words: dict[str, str]) -> None:
    rows = _panels({str(i): [1, 2, 3, 4] for i in range(13)})
    with pytest.raises(DataContractError, match="up to 12; got 13"):
        multiples(squares, rows, unit="%", **words)


def test_classes_never_exceed_four_and_hold_every_value() -> None:
    rng = np.random.default_rng(20260601)
    for _ in range(400):
        low = rng.uniform(0, 80)
        values = pd.Series(low + rng.uniform(0, 100 - low, 7))
        classes = classes_of(values, "%")
        assert 1 <= len(classes) <= 4
        assert classes[0].low <= values.min()
        assert values.max() <= classes[-1].high


def test_an_open_table_stands_beside_a_map_of_districts(
    squares: gpd.GeoDataFrame, words: dict[str, str]
) -> None:
    rows = pd.DataFrame({"area_code": ["D1", "D2", "D3", "D4"], "value": [1.0, 2.0, 3.0, 4.0]})
    html = maps.district_map(squares, rows, unit="%", **words).to_html()
    assert 'class="chart beside"' in html
    assert "<details open>" in html


# -- enlarged parts ------------------------------------------------------------


@pytest.fixture
def small() -> gpd.GeoDataFrame:
    codes = [f"L{i}" for i in range(8)]
    shapes = [box(10 * KM * i, 0, 10 * KM * (i + 1), 20 * KM) for i in range(8)]
    return gpd.GeoDataFrame({"area_code": codes, "area": codes}, geometry=shapes, crs=27700)


def _groups() -> pd.DataFrame:
    codes = [f"L{i}" for i in range(8)]
    districts = [f"D{i // 2 + 1}" for i in range(8)]
    return pd.DataFrame(
        {"area_code": codes, "district_code": districts, "decile": [1, 10, 2, 9, 3, 8, 4, 7]}
    )


def test_a_part_is_framed_and_shown_with_the_fills_of_the_map(
    squares: gpd.GeoDataFrame,
    small: gpd.GeoDataFrame,
    words: dict[str, str],
    figure_of: Callable[..., Figure],
) -> None:
    figure = figure_of(
        maps, "lsoa_map", small, _groups(), districts=squares,
        insets={"Town": ["L2", "L3"]}, **words,
    )  # fmt: skip
    whole, inset = (set(_fills(axes)) for axes in figure.axes[:2])
    assert inset <= whole
    assert [t.get_text() for t in figure.axes[1].texts] == ["A  Town"]
    assert "A" in [t.get_text() for t in figure.axes[0].texts]


def test_a_part_without_shapes_is_left_out_and_room_is_made_only_for_parts(
    squares: gpd.GeoDataFrame, small: gpd.GeoDataFrame, words: dict[str, str]
) -> None:
    plain = lsoa_map(small, _groups(), districts=squares, **words)
    gone = lsoa_map(small, _groups(), districts=squares, insets={"Gone": ["X"]}, **words)
    one = lsoa_map(small, _groups(), districts=squares, insets={"Town": ["L2"]}, **words)
    assert gone.size == plain.size
    assert one.size[1] > plain.size[1]
    assert "Enlarged" in one.caption
    assert "Enlarged" not in gone.caption


def test_at_most_four_parts_are_enlarged_in_the_order_given(small: gpd.GeoDataFrame) -> None:
    found = map_insets.known(small, {f"Town {i}": [f"L{i}"] for i in range(8)})
    assert list(found) == [f"Town {i}" for i in range(4)]
