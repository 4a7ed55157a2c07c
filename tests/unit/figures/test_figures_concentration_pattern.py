"""Concentration curves and the map of areas among their neighbours."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from hwb_analysis.errors import DataContractError
from hwb_analysis.figures.concentration_curve import concentration_curve
from hwb_analysis.figures.pattern_map import pattern_map
from hwb_analysis.stats.concentration import concentration
from hwb_analysis.stats.spatial import moran

SIDE = 6
WORDS = {"title": "Finding", "subtitle": "What", "source": "Publisher"}


def _curve(values: list[float]) -> object:
    return concentration(values, [100] * len(values), se=[1.0] * len(values))


def test_a_curve_has_the_share_that_falls_on_each_part_of_the_people() -> None:
    """30, 20 and 10 of equal groups: half, five sixths, all."""
    drawn = concentration_curve({"No car": _curve([30, 20, 10])}, **WORDS)
    assert drawn.data["Share of people, %"].round(2).tolist() == [0, 33.33, 66.67, 100]
    assert drawn.data["Share of the total, %"].round(2).tolist() == [0, 50, 83.33, 100]
    assert drawn.table is not None
    # Between one third (50%) and two thirds (83.3%) the half lies midway.
    assert drawn.table.iloc[0, 1] == pytest.approx(66.7)
    assert "66.7 % of the total falls on the more deprived half" in drawn.alt


def test_equal_groups_lie_on_the_even_line() -> None:
    """The share of the total is the share of the people."""
    drawn = concentration_curve({"Even": _curve([20, 20, 20, 20])}, **WORDS)
    np.testing.assert_allclose(drawn.data.iloc[:, 1], drawn.data.iloc[:, 2])


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({}, "one to 5 curves"),
        ({str(i): _curve([3, 2, 1]) for i in range(6)}, "got 6"),
        ({"x": _curve([float("nan"), 2, 1])}, "has no values"),
        ({"x": concentration([[3, 2, 1]] * 2, [[1, 1, 1]] * 2)}, "one set of groups"),
    ],
)
def test_what_is_no_curve_is_refused(found: dict, said: str) -> None:
    """With the reason."""
    with pytest.raises(DataContractError, match=said):
        concentration_curve(found, **WORDS)


@pytest.fixture
def grid() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, list[list[int]], np.ndarray]:
    """Thirty-six squares of a kilometre, a slope across them, and two districts."""
    places = range(SIDE**2)
    squares = [box(1000 * (i % SIDE), 1000 * (i // SIDE), 1000 * (i % SIDE) + 1000,
                   1000 * (i // SIDE) + 1000) for i in places]  # fmt: skip
    codes = [f"X{i:02d}" for i in places]
    small = gpd.GeoDataFrame({"area_code": codes, "area": codes}, geometry=squares, crs=27700)
    halves = [box(0, 0, 3000, 6000), box(3000, 0, 6000, 6000)]
    outer = gpd.GeoDataFrame(
        {"area_code": ["D1", "D2"], "area": ["West", "East"]}, geometry=halves, crs=27700
    )
    near = [
        [j for j in places if j != i and abs(i % SIDE - j % SIDE) + abs(i // SIDE - j // SIDE) == 1]
        for i in places
    ]
    return small, outer, near, np.array([float(i % SIDE + 0.01 * i) for i in places])


def _areas(small: gpd.GeoDataFrame, value: np.ndarray) -> pd.DataFrame:
    west = np.array([i % SIDE < SIDE / 2 for i in range(SIDE**2)])
    return pd.DataFrame(
        {
            "area_code": small["area_code"],
            "value": value,
            "district": np.where(west, "West", "East"),
            "place": "",
        }
    )


def test_a_cluster_in_one_corner_is_flagged(grid) -> None:
    """Nine high squares in the north-east; the file lists all, the page the flagged."""
    small, outer, near, value = grid
    corner = np.array([i % SIDE >= 3 and i // SIDE >= 3 for i in range(SIDE**2)])
    value = np.where(corner, 10.0, 0.0) + 0.01 * value
    found = moran(value, near, shuffles=1999)
    drawn = pattern_map(small, _areas(small, value), found, districts=outer, **WORDS)
    assert len(drawn.data) == SIDE**2
    assert drawn.table is not None
    high = drawn.table.loc[drawn.table["Pattern"] == "high among high"]
    assert (high["Value"] > 9).all()
    assert set(high["District"]) == {"East"}
    assert len(drawn.table) == int((found.kind != "").sum())
    assert f"{len(high)} high among high" in drawn.caption


def test_an_area_without_figure_is_hatched_and_said_so(grid) -> None:
    """It is in the file with its reason."""
    small, outer, near, value = grid
    gap = np.where(np.arange(SIDE**2) == 7, np.nan, value)
    found = moran(gap, near, shuffles=199)
    drawn = pattern_map(small, _areas(small, gap), found, districts=outer, **WORDS)
    row = drawn.data.set_index("Code").loc["X07"]
    assert row["Not tested"] == "the area has no figure"
    assert row["Pattern"] == ""


def test_areas_in_another_order_are_refused(grid) -> None:
    """An index by place would be drawn on the wrong area."""
    small, outer, near, value = grid
    found = moran(value, near, shuffles=199)
    with pytest.raises(DataContractError, match="in their order"):
        pattern_map(small, _areas(small, value)[::-1], found, districts=outer, **WORDS)
