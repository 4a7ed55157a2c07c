"""Deprivation quantiles."""

from __future__ import annotations

import numpy as np
import pytest

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.quantiles import count_quantiles, population_quantiles

NAN = float("nan")


def test_equal_populations_fill_the_groups_evenly():
    groups = population_quantiles(np.arange(1, 101), np.full(100, 1500.0))
    assert np.bincount(groups).tolist() == [0] + [10] * 10
    assert groups[0] == 1
    assert groups[-1] == 10


def test_an_area_goes_where_the_middle_of_its_population_falls():
    # Middles at 0.3, 0.7 and 0.9 of the population.
    assert population_quantiles([1, 2, 3], [600, 200, 200], k=2).tolist() == [1, 2, 2]


def test_areas_of_one_rank_share_a_group():
    groups = population_quantiles([1, 2, 2, 2, 3, 4], [10, 10, 10, 10, 10, 10], k=3)
    assert len(set(groups[1:4].tolist())) == 1


def test_the_order_of_rows_does_not_matter():
    rank, people = np.arange(1, 41), np.linspace(900, 2600, 40)
    shuffled = np.random.default_rng(1).permutation(40)
    assert population_quantiles(rank[shuffled], people[shuffled]).tolist() == (
        population_quantiles(rank, people)[shuffled].tolist()
    )


@pytest.mark.parametrize(
    ("rank", "people", "k", "message"),
    [
        ([1, NAN], [1, 1], 2, "a rank is missing"),
        ([1, 2], [1, NAN], 2, "a population is missing"),
        ([1, 2], [1, -1], 2, "a population is negative"),
        ([1, 2], [0, 0], 2, "nobody lives"),
        ([1, 2], [1, 1], 3, "at least 3 areas"),
        ([1, 2], [1, 1], 1, "from 2 up"),
        (["1 most", "2"], [1, 1], 2, "must be numbers"),
    ],
)
def test_bad_input_is_refused(rank, people, k, message):
    with pytest.raises(StatisticsError, match=message):
        population_quantiles(rank, people, k)


def test_count_quantiles_leave_missing_values_out():
    groups = count_quantiles([5.0, NAN, 9.0, 1.0, 7.0], k=2)
    assert groups.tolist() == [2, 0, 1, 2, 1]


def test_too_few_values_have_no_groups():
    assert count_quantiles([1.0, 2.0, NAN], k=3).tolist() == [0, 0, 0]
