"""Moran's I of the whole and of each area; neighbours from outlines."""

from __future__ import annotations

import geopandas
import numpy as np
import pandas as pd
import pytest
from esda import fdr
from shapely import box

from hwb_analysis.errors import DataContractError, StatisticsError
from hwb_analysis.sources.contiguity import contiguity
from hwb_analysis.sources.snapshot import current_snapshot
from hwb_analysis.stats.spatial import moran

NAN = float("nan")
SIDE = 5
GRID = [
    [
        j
        for j in (i - 1, i + 1, i - SIDE, i + SIDE)
        if 0 <= j < SIDE**2 and not (abs(j - i) == 1 and j // SIDE != i // SIDE)
    ]
    for i in range(SIDE**2)
]
VALUES = [
    -0.8, -0.32, 1.75, 3.42, 5.14, 1.11, 1.45, 2.22, 4.75, 6.63, 2.27, 1.77, 3.04,
    6.6, 6.2, 1.27, 3.92, 3.84, 5.37, 6.51, 3.29, 5.55, 5.94, 6.41, 8.41,
]  # fmt: skip


def by_hand(values, sets):
    """Return Moran's I and the local indices by their definitions."""
    d = np.array(values) - np.mean(values)
    beside = np.array([d[near].mean() for near in sets])
    return (d * beside).sum() / (d**2).sum(), d * beside / ((d**2).sum() / (d.size - 1))


def test_the_index_follows_its_definition():
    found = moran(VALUES, GRID, shuffles=999)
    whole, local = by_hand(VALUES, GRID)
    assert found.value == pytest.approx(whole, rel=1e-12)
    np.testing.assert_allclose(found.local, local, rtol=1e-12)
    # The figures of esda 2.9.0 as first compared: whole, first of the local ones.
    assert found.value == pytest.approx(0.7544127386772465, rel=1e-12)
    assert found.local[0] == pytest.approx(2.701674, abs=1e-6)
    # With 10,000 shuffles esda has 0.006, 0.007, 0.047 on one side.
    np.testing.assert_allclose(found.local_p[:3], [0.012, 0.014, 0.094], atol=0.03)
    assert "more alike" in found.explain()


def test_local_p_values_are_those_of_shuffled_neighbours():
    found = moran(VALUES, GRID, shuffles=4999)
    random, d = np.random.default_rng(8), np.array(VALUES) - np.mean(VALUES)
    for place in (0, 6, 12, 24):
        others = np.delete(d, place)
        drawn = np.array(
            [random.permutation(others)[: len(GRID[place])].mean() for _ in range(4000)]
        )
        beyond = (d[place] * drawn >= d[place] * d[GRID[place]].mean()).mean()
        assert found.local_p[place] == pytest.approx(2 * min(beyond, 1 - beyond), abs=0.05)


def test_flagged_areas_are_those_below_the_false_discovery_cutoff():
    slope = np.array([i // SIDE + i % SIDE + 0.01 * i for i in range(SIDE**2)])
    found = moran(slope, GRID, shuffles=999)
    flagged = found.local_p <= fdr(found.local_p, 0.05)
    assert flagged.any()
    assert (flagged == (found.adjusted_p <= 0.05)).all()
    assert ((found.kind != "") == flagged).all()
    d = slope - slope.mean()
    for place in np.flatnonzero(flagged):
        sides = ["high" if side > 0 else "low" for side in (d[place], d[GRID[place]].mean())]
        assert found.kind[place] == " among ".join(sides)


def test_the_same_seed_gives_the_same_answer_and_leaves_the_process_alone():
    np.random.seed(5)
    expected = np.random.random()
    np.random.seed(5)
    one, other = (moran(VALUES, GRID, shuffles=199) for _ in range(2))
    assert np.random.random() == expected
    assert one.p_value == other.p_value
    np.testing.assert_array_equal(one.local_p, other.local_p)
    assert (moran(VALUES, GRID, shuffles=199, seed=1).local_p != one.local_p).any()


def test_a_chessboard_is_unlike_and_noise_is_nothing():
    board = [(i // SIDE + i % SIDE) % 2 for i in range(SIDE**2)]
    assert "more unlike" in moran(np.array(board, float), GRID).explain()
    random = np.random.default_rng(3)
    small = [moran(random.normal(size=25), GRID, shuffles=199, seed=k).p_value for k in range(200)]
    assert 0.01 < np.mean(np.array(small) <= 0.05) < 0.1


def test_areas_without_figure_or_neighbour_are_left_out():
    gap = [*VALUES[:-1], NAN]
    found = moran(gap, GRID)
    assert found.areas == 24
    assert found.reason[24] == "the area has no figure"
    alone = [[] if i == 0 else [j for j in near if j != 0] for i, near in enumerate(GRID)]
    found = moran(VALUES, alone)
    assert found.reason[0] == "the area has no neighbour with a figure"
    assert np.isnan(found.local[0])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: moran([1, 2, 3], [[1], [0, 2], [1]]), "at least 10 areas"),
        (lambda: moran([1.0] * 25, GRID), "all values are equal"),
        (lambda: moran(VALUES, GRID, shuffles=9), "at least 99"),
        (lambda: moran(VALUES, GRID[:-1]), "neighbours of 25 areas"),
        (lambda: moran([VALUES], GRID), "one value an area"),
    ],
)
def test_what_cannot_be_is_refused(call, said):
    with pytest.raises(StatisticsError, match=said):
        call()


def test_squares_touch_at_lines_corners_and_within_reach():
    squares = [box(0, 0, 1, 1), box(1, 1, 2, 2), box(3, 0, 4, 1)]
    strip = geopandas.GeoDataFrame(geometry=squares)
    assert contiguity(strip) == [[1], [0], []]
    assert contiguity(strip, reach=1) == [[1], [0, 2], [1]]
    with pytest.raises(DataContractError, match="no outline"):
        contiguity(geopandas.GeoDataFrame(geometry=[box(0, 0, 1, 1), None]))


def test_deprivation_of_the_countys_small_areas_is_patterned(root):
    areas = pd.read_parquet(root / "data" / "lookups" / "lsoa21.parquet")
    score = areas.set_index("lsoa21_code")["imd2025_score"]
    outlines = current_snapshot().boundaries("lsoa21")
    outlines = outlines.loc[outlines["area_code"].isin(score.index)].sort_values("area_code")
    near = contiguity(outlines)
    assert all(near)
    assert all(place in near[other] for place, here in enumerate(near) for other in here)
    found = moran(score[outlines["area_code"]].to_numpy(float), near, shuffles=999)
    # esda 2.9.0 on the same neighbours.
    assert found.value == pytest.approx(0.2292217075274896, rel=1e-9)
    assert found.p_value == 0.002
