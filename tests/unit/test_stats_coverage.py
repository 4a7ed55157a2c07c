"""Intervals hold what they promise: exact coverage on a part of the grid.

The whole grid is in ``benchmarks/stats_coverage.py``, its table in docs/methods.
"""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.inequality_coverage import dispersion_cells, proportions
from benchmarks.stats_coverage import (
    MEANS,
    SHARES,
    SIZES,
    count_coverage,
    gap_cells,
    gap_coverage,
    proportion_coverage,
    slope_coverage,
)
from hwb_analysis.stats.gaps import difference, ratio
from hwb_analysis.stats.inequality import slope_index
from hwb_analysis.stats.intervals import count_limits, exact_poisson

MEAN_RANGE = (0.94, 0.97)
LOWEST_APPROXIMATE, LOWEST_EXACT = 0.92, 0.95


def _approximate(values):
    assert MEAN_RANGE[0] <= np.mean(values) <= MEAN_RANGE[1]
    assert min(values) >= LOWEST_APPROXIMATE


def test_wilson_covers():
    _approximate([proportion_coverage(n, p, 0.95) for n in SIZES for p in SHARES])


def test_byar_below_ten_exact_covers():
    _approximate([count_coverage(mean, 0.95, count_limits) for mean in MEANS])


def test_the_default_ratio_covers():
    _approximate(list(proportions(ratio, "wilson", ratio=True, sizes=SIZES[:2])))


@pytest.mark.parametrize(
    ("make", "method", "relative"),
    [
        (ratio, "score", True),
        (ratio, "miettinen-nurminen", True),
        (difference, "mee", False),
        (difference, "miettinen-nurminen", False),
    ],
)
def test_score_limits_miss_in_two_cells_and_are_therefore_options(make, method, relative):
    # One event in 50 against none in 200 is enough for them: 9.1 % of all outcomes.
    cells = gap_cells(SIZES[:2])
    held = list(proportions(make, method, ratio=relative, sizes=SIZES[:2]))
    short = [cell for cell, part in zip(cells, held, strict=True) if part < LOWEST_APPROXIMATE]
    assert short == [(50, 0.005, 200, 0.005), (200, 0.005, 50, 0.005)]
    assert min(held) == pytest.approx(0.90862, abs=1e-5)


@pytest.mark.parametrize("level", [0.95, 0.998])
def test_exact_limits_never_cover_less_than_they_promise(level):
    assert min(count_coverage(mean, level, exact_poisson) for mean in MEANS) >= level


def test_newcombe_covers():
    _approximate([gap_coverage(*cell, 0.95) for cell in gap_cells(SIZES[:2])])


def test_the_slope_covers_with_census_sized_and_small_groups():
    for size in (200, 7000):
        found = slope_coverage(size, np.linspace(0.3, 0.1, 10), draws=2000)
        assert found == pytest.approx(0.95, abs=0.016)


def test_equal_groups_have_a_slope_of_zero_as_often_as_promised():
    rng = np.random.default_rng(5)
    error = rng.uniform(0.3, 1.2, 10)
    drawn = rng.normal(78, error, (4000, 10))
    found = slope_index(drawn, rng.uniform(4000, 16_000, 10), better="high", se=error)
    held = (found.lower[0] <= 0) & (found.upper[0] >= 0)
    assert held.mean() == pytest.approx(0.95, abs=0.011)
    ratio_held = (found.rii_ratio_lower[0] <= 1) & (found.rii_ratio_upper[0] >= 1)
    assert (held == ratio_held).all()


def test_dispersion_covers_where_its_lower_rows_are():
    # Ten groups about two errors apart; 600 sets leave an error of about one point.
    cells = {far: found for _, far, found in dispersion_cells(600, groups=(10,))}
    held = np.array([[part[0] for part in found.values()] for found in cells.values()])
    assert held.min() >= LOWEST_APPROXIMATE
    assert (held.mean(axis=0) <= MEAN_RANGE[1] + 0.005).all()
    assert held[0].min() >= 0.94
