"""Do intervals hold what they promise: coverage by enumeration, and by seeded draws.

``python -m benchmarks.stats_coverage`` prints the tables of docs/methods/coverage.md.
Every outcome is counted with its probability (tails beyond 1e-12 are left out), so the
figures have no error of simulation except where draws are named.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
from scipy import stats

from hwb_analysis.stats.gaps import difference
from hwb_analysis.stats.inequality import slope_index_from_counts
from hwb_analysis.stats.intervals import count_limits, exact_poisson, wilson

SIZES = (50, 200, 1000, 7000)
SHARES = (0.005, 0.02, 0.1, 0.3, 0.5, 0.92)
MEANS = (3, 7, 12, 35, 110, 1000)
RATIOS = (1.0, 2.0)
LEVELS = (0.95, 0.998)
TAIL = 1e-12
Row = tuple[str, float, float]


def _binomial(n: int, p: float) -> tuple[np.ndarray, np.ndarray]:
    x = np.arange(stats.binom.ppf(TAIL, n, p), stats.binom.isf(TAIL, n, p) + 1)
    return x, stats.binom.pmf(x, n, p)


def proportion_coverage(n: int, p: float, level: float) -> float:
    """Return how often Wilson's limits hold the true proportion."""
    x, chance = _binomial(n, p)
    low, high = wilson(x, np.full(x.shape, n), level)
    return float(chance[(low <= p) & (p <= high)].sum() / chance.sum())


def count_coverage(mean: float, level: float, make: Callable) -> float:
    """Return how often the limits of a count hold the true mean."""
    x = np.arange(stats.poisson.ppf(TAIL, mean), stats.poisson.isf(TAIL, mean) + 1)
    chance = stats.poisson.pmf(x, mean)
    low, high = make(x, level)
    return float(chance[(low <= mean) & (mean <= high)].sum() / chance.sum())


def gap_coverage(n1: int, p1: float, n2: int, p2: float, level: float) -> float:
    """Return how often Newcombe's limits hold the true difference."""
    (x1, c1), (x2, c2) = _binomial(n1, p1), _binomial(n2, p2)
    first, second = np.meshgrid(x1, x2, indexing="ij")
    chance = np.outer(c1, c2)
    gap = difference(first, n1, second, n2, multiplier=1, levels=level)
    held = (gap.lower[0] <= p1 - p2) & (p1 - p2 <= gap.upper[0])
    return float(chance[held].sum() / chance.sum())


def gap_cells(sizes: tuple[int, ...] = SIZES) -> list[tuple[int, float, int, float]]:
    """Return both sides of each gap: every pair of sizes, ratios 1 and 2."""
    return [
        (n1, p * times, n2, p)
        for n1 in sizes
        for n2 in sizes
        for p in SHARES
        for times in RATIOS
        if p * times < 1
    ]


def slope_coverage(size: int, shares: np.ndarray, draws: int = 10_000, seed: int = 1) -> float:
    """Return how often the slope's sampling limits hold the true slope (seeded draws)."""
    rng = np.random.default_rng(seed)
    people = np.full(shares.size, size)
    count = rng.binomial(size, shares, (draws, shares.size))
    found = slope_index_from_counts(count, people, better="low", levels=0.95, multiplier=1)
    rank = (np.arange(shares.size) + 0.5) / shares.size
    true = -np.polyfit(rank, shares, 1)[0]
    return float(((found.lower[0] <= true) & (true <= found.upper[0])).mean())


def _table(title: str, cells: dict[str, list[float]]) -> None:
    print(
        f"\n{title}\n\n| method | level | cells | mean | lowest |\n| --- | --- | --- | --- | --- |"
    )
    for name, values in cells.items():
        method, level = name.rsplit(" ", 1)
        mean, least = 100 * np.mean(values), 100 * np.min(values)
        print(f"| {method} | {float(level) * 100:g}% | {len(values)} | {mean:.2f} | {least:.2f} |")


def main() -> int:
    """Print the tables."""
    one: dict[str, list[float]] = {}
    for level in LEVELS:
        one[f"Wilson {level}"] = [proportion_coverage(n, p, level) for n in SIZES for p in SHARES]
        for name, make in (("exact", exact_poisson), ("exact below ten, Byar", count_limits)):
            one[f"{name} {level}"] = [count_coverage(mean, level, make) for mean in MEANS]
    _table("One sample", one)
    two: dict[str, list[float]] = {}
    for level in LEVELS:
        two[f"Newcombe {level}"] = [gap_coverage(*cell, level) for cell in gap_cells()]
    _table("Difference of two samples", two)
    print("\nSlope index from counts, ten groups, 95%, 10,000 seeded draws\n")
    print("| people a group | gradient | coverage |\n| --- | --- | --- |")
    for size in SIZES:
        for name, shares in (
            ("2% to 1%", np.linspace(0.02, 0.01, 10)),
            ("30% to 10%", np.linspace(0.3, 0.1, 10)),
        ):
            print(f"| {size:,} | {name} | {100 * slope_coverage(size, shares):.2f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
