"""Coverage of gaps by each method, and of dispersion measures.

``python -m benchmarks.inequality_coverage`` prints the tables of docs/methods/gaps.md and
docs/methods/dispersion.md; with the word ``dispersion`` only the latter. Gaps: every
outcome with a chance above 1e-9 is counted with that chance. Dispersion: seeded draws.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import numpy as np
from scipy import stats

from benchmarks.stats_coverage import MEANS, RATIOS, SIZES, gap_cells
from hwb_analysis.stats import gap_rates, gaps
from hwb_analysis.stats.dispersion import Dispersion, dispersions
from hwb_analysis.stats.gap_result import Gap

LEAST = 1e-9
LEVEL = 0.95
SEED = 20_261_122
Outcomes = tuple[np.ndarray, np.ndarray, np.ndarray]


def _outcomes(x1: np.ndarray, c1: np.ndarray, x2: np.ndarray, c2: np.ndarray) -> Outcomes:
    chance = np.outer(c1, c2)
    one, two = np.nonzero(chance > LEAST)
    return x1[one], x2[two], chance[one, two]


def _span(of: object, *shape: float) -> tuple[np.ndarray, np.ndarray]:
    x = np.arange(of.ppf(1e-12, *shape), of.isf(1e-12, *shape) + 1)  # type: ignore[attr-defined]
    return x, of.pmf(x, *shape)  # type: ignore[attr-defined]


def proportions(
    make: Callable[..., Gap], method: str, ratio: bool, sizes: tuple[int, ...] = SIZES
) -> Iterator[float]:
    """Yield the coverage of each cell of the grid of two proportions."""
    for n1, p1, n2, p2 in gap_cells(sizes):
        x1, x2, chance = _outcomes(*_span(stats.binom, n1, p1), *_span(stats.binom, n2, p2))
        scale = {} if ratio else {"multiplier": 1}
        found = make(x1, n1, x2, n2, levels=LEVEL, method=method, **scale)
        yield _held(found, p1 / p2 if ratio else p1 - p2, chance)


def rates(make: Callable[..., Gap], method: str, ratio: bool) -> Iterator[float]:
    """Yield the coverage of each cell of the grid of two Poisson means."""
    for mean in MEANS:
        for other in MEANS:
            for times in RATIOS:
                # The people of the second side are such that the rates differ by the ratio.
                people = mean / times / other
                x1, x2, chance = _outcomes(
                    *_span(stats.poisson, mean), *_span(stats.poisson, other)
                )
                scale = {} if ratio else {"multiplier": 1}
                found = make(x1, people, x2, 1.0, levels=LEVEL, method=method, **scale)
                first = mean / people
                yield _held(found, first / other if ratio else first - other, chance)


def _held(found: Gap, true: float, chance: np.ndarray) -> float:
    edge = 1e-12 * abs(true)
    held = (found.lower[0] <= true + edge) & (true - edge <= found.upper[0])
    return float(chance[held].sum() / chance.sum())


CASES: tuple[tuple[str, Callable[..., Iterator[float]], Callable[..., Gap], str, bool], ...] = (
    ("difference of proportions", proportions, gaps.difference, "newcombe", False),
    ("difference of proportions", proportions, gaps.difference, "miettinen-nurminen", False),
    ("difference of proportions", proportions, gaps.difference, "mee", False),
    ("difference of proportions", proportions, gaps.difference, "jeffreys", False),
    ("difference of proportions", proportions, gaps.difference, "wald", False),
    ("ratio of proportions", proportions, gaps.ratio, "wilson", True),
    ("ratio of proportions", proportions, gaps.ratio, "score", True),
    ("ratio of proportions", proportions, gaps.ratio, "miettinen-nurminen", True),
    ("ratio of proportions", proportions, gaps.ratio, "katz", True),
    ("difference of rates", rates, gap_rates.rate_difference, "national", False),
    ("difference of rates", rates, gap_rates.rate_difference, "exact", False),
    ("difference of rates", rates, gap_rates.rate_difference, "score", False),
    ("difference of rates", rates, gap_rates.rate_difference, "jeffreys", False),
    ("difference of rates", rates, gap_rates.rate_difference, "wald", False),
    ("ratio of rates", rates, gap_rates.rate_ratio, "exact", True),
    ("ratio of rates", rates, gap_rates.rate_ratio, "mid-p", True),
    ("ratio of rates", rates, gap_rates.rate_ratio, "score", True),
    ("ratio of rates", rates, gap_rates.rate_ratio, "wald", True),
)


def _gap_table() -> None:
    print("| gap | method | cells | mean | lowest | cells below 92 |")
    print("| --- | --- | --- | --- | --- | --- |")
    for title, grid, make, method, ratio in CASES:
        found = 100 * np.array(list(grid(make, method, ratio)))
        below = int((found < 92).sum())
        print(
            f"| {title} | {method} | {found.size} | {found.mean():.2f} | {found.min():.2f} "
            f"| {below} |",
            flush=True,
        )


def dispersion_cells(
    sets: int = 2_000, groups: tuple[int, ...] = (5, 7, 10, 30), seed: int = SEED
) -> Iterator[tuple[int, int, dict[str, tuple[float, float, float]]]]:
    """Yield groups, distance and, by measure, coverage and both biases (seeded draws)."""
    random = np.random.default_rng(seed)
    for many in groups:
        people, error = random.uniform(5e4, 2e5, many), random.uniform(1, 3, many)
        share, base = people / people.sum(), random.uniform(-1, 1, many)
        base -= (share * base).sum()
        base /= np.sqrt((share * base**2).sum())
        for distance in (0, 1, 2, 4, 8):
            truth = 40 + distance * base
            y = truth + random.normal(size=(sets, many)) * error
            weights, errors = (np.broadcast_to(side, y.shape) for side in (people, error))
            found = dispersions(y, weights, se=errors, draws=1000)
            known = {name: float(one.value) for name, one in dispersions(truth, people).items()}
            yield many, distance, {n: _quality(one, known[n]) for n, one in found.items()}


def _quality(found: Dispersion, true: float) -> tuple[float, float, float]:
    held = float(((found.lower <= true) & (true <= found.upper)).mean())
    with np.errstate(divide="ignore", invalid="ignore"):
        return held, *(float(side.mean() / true) for side in (found.corrected, found.value))


def _dispersion_tables() -> None:
    cells = list(dispersion_cells())
    names = list(cells[0][2])
    for title in ("covered", "corrected / raw over true"):
        print(f"\n{title}\n\n| groups | distance | {' | '.join(names)} |")
        print("| --- " * (len(names) + 2) + "|")
        for groups, distance, found in cells:
            if title == "covered":
                row = [f"{100 * found[n][0]:.1f}" for n in names]
            elif distance:
                row = [f"{found[n][1]:.2f} / {found[n][2]:.2f}" for n in names]
            else:
                continue
            print(f"| {groups} | {distance} | {' | '.join(row)} |")


def main() -> int:
    """Print the tables."""
    if "dispersion" not in sys.argv[1:]:
        _gap_table()
    _dispersion_tables()
    return 0


if __name__ == "__main__":
    sys.exit(main())
