"""Speed cases of gaps and dispersion, taken in by ``benchmarks.stats_cases``."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hwb_analysis.stats.dispersion import dispersion, dispersions
from hwb_analysis.stats.gap_sets import all_pairs_of_counts

SEED = 20_261_122
Work = Callable[[], object]


def all_gaps() -> Work:
    """Differences of all pairs of 300 districts, 50 indicators, limits and adjusted p."""
    rng = np.random.default_rng(SEED)
    people = rng.integers(900, 6500, (50, 300))
    count = rng.binomial(people, rng.uniform(0.05, 0.4, (50, 1)))
    return lambda: all_pairs_of_counts(count, people)


def twelve_measures() -> Work:
    """Twelve measures with 2,000 draws, 1,000 indicators of 7 districts."""
    rng = np.random.default_rng(SEED)
    value, error = 40 + rng.normal(0, 3, (1000, 7)), rng.uniform(0.5, 3, (1000, 7))
    people = rng.uniform(5e4, 2e5, (1000, 7))

    def work() -> object:
        plain = ["mean difference", "disparity"]
        return (
            dispersions(value, people, se=error),
            dispersions(value, se=error, measures=plain),
            dispersion(value, people, se=error, measure="mean difference", centre="best",
                       better="high"),
        )  # fmt: skip

    return work


# As in stats_cases: what it makes, CPU seconds and MiB of R (none), CPU seconds allowed.
CASES: dict[str, tuple[Callable[[], Work], float, float, float]] = {
    "all-pairs gaps, 300 x 50": (all_gaps, float("nan"), float("nan"), 5.0),
    "twelve dispersion measures": (twelve_measures, float("nan"), float("nan"), 6.0),
}
