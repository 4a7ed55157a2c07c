"""Do trend tests reject as often as they promise: ``python -m benchmarks.trend_sizes``.

Seeded draws of series without a trend (size) and with one (power), for the test that
``trend(rule="auto")`` picks for each kind of data. Prints the tables of
docs/methods/trend_tests.md. Ten thousand draws a cell: an error of 0.2 points near 5 %.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy import optimize, sparse, stats

from hwb_analysis.stats.change import change
from hwb_analysis.stats.count_trend import count_trend
from hwb_analysis.stats.kendall_exact import exact_p
from hwb_analysis.stats.line_trend import line_trend

SEED = 20261122
REPLICATES = 10_000
POINTS = (5, 8, 12)
WIDTH = 3
PEOPLE, MEAN, SHARE = 50_000.0, 400.0, 0.3
TRIALS = 2_000.0
LEVEL = 0.05
Draw = Callable[[np.random.Generator, int, int, float, float, float], tuple]


def autocorrelated(rng: np.random.Generator, shape: tuple[int, int], rho: float) -> np.ndarray:
    """Return standard normal series whose neighbours correlate by ``rho``."""
    out = rng.normal(size=shape)
    for i in range(1, shape[1]):
        out[:, i] = rho * out[:, i - 1] + np.sqrt(1 - rho**2) * out[:, i]
    return out


def rates(
    rng: np.random.Generator, size: int, points: int, phi: float, rho: float, slope: float
) -> np.ndarray:
    """Draw counts of mean 400 with variance ``phi`` times the mean."""
    spread = np.sqrt((phi - 1) / MEAN)
    level = np.log(MEAN) + slope * (np.arange(points) - (points - 1) / 2)
    noise = spread * autocorrelated(rng, (size, points), rho)
    return rng.poisson(np.exp(level + noise - spread**2 / 2))


def poisson_p(
    rng: np.random.Generator,
    size: int,
    points: int,
    phi: float,
    rho: float,
    slope: float,
    floor: bool = True,
) -> np.ndarray:
    """Return p values of quasi-Poisson on rates."""
    x = rates(rng, size, points, phi, rho, slope)
    return count_trend(x, PEOPLE, kind="rate", dispersion_floor=floor).p_value


def binomial_p(
    rng: np.random.Generator,
    size: int,
    points: int,
    phi: float,
    rho: float,
    slope: float,
    floor: bool = True,
) -> np.ndarray:
    """Return p values of quasi-binomial on proportions near 30 per cent of 2,000."""
    spread = np.sqrt((phi - 1) / (TRIALS * SHARE * (1 - SHARE)))
    level = np.log(SHARE / (1 - SHARE)) + slope * (np.arange(points) - (points - 1) / 2)
    odds = level + spread * autocorrelated(rng, (size, points), rho)
    x = rng.binomial(int(TRIALS), 1 / (1 + np.exp(-odds)))
    return count_trend(x, TRIALS, kind="proportion", dispersion_floor=floor).p_value


def values(
    rng: np.random.Generator, size: int, points: int, phi: float, rho: float, slope: float
) -> np.ndarray:
    """Draw values whose known error is one and whose variance is ``phi``."""
    trend = slope * (np.arange(points) - (points - 1) / 2)
    extra = np.sqrt(phi - 1) * autocorrelated(rng, (size, points), rho)
    own = rng.normal(size=(size, points)) if phi > 1 else autocorrelated(rng, (size, points), rho)
    return trend + extra + own


def limits_p(
    rng: np.random.Generator,
    size: int,
    points: int,
    phi: float,
    rho: float,
    slope: float,
    floor: bool = True,
) -> np.ndarray:
    """Return p values of the straight line with known errors."""
    y = values(rng, size, points, phi, rho, slope * 25)
    return line_trend(y, se=np.ones(points), dispersion_floor=floor).p_value


@lru_cache(maxsize=1024)
def _exact(score: int, points: int) -> float:
    return exact_p(score, (1,) * points)


def kendall_p(
    rng: np.random.Generator, size: int, points: int, phi: float, rho: float, slope: float
) -> np.ndarray:
    """Return p values of exact Mann-Kendall on values alone."""
    y = values(rng, size, points, 1.0, rho, slope * 25)
    first, second = np.triu_indices(points, 1)
    scores = np.sign(y[:, second] - y[:, first]).sum(axis=1).astype(int)
    return np.array([_exact(abs(int(score)), points) for score in scores])


def rolling(
    rng: np.random.Generator, size: int, points: int, rho: float, slope: float
) -> np.ndarray:
    """Draw three-year means of single years."""
    single = values(rng, size, points + WIDTH - 1, 1.0, rho, slope * 25)
    return np.stack([single[:, i : i + WIDTH].mean(axis=1) for i in range(points)], axis=1)


def overlap(points: int) -> np.ndarray:
    """Return what three-year periods a year apart share."""
    apart = np.abs(np.subtract.outer(np.arange(points), np.arange(points)))
    return np.maximum(0.0, 1 - apart / WIDTH)


def rolling_p(
    rng: np.random.Generator, size: int, points: int, phi: float, rho: float, slope: float
) -> np.ndarray:
    """Return p values of least squares that knows the overlap."""
    return line_trend(rolling(rng, size, points, rho, slope), overlap=overlap(points)).p_value


def rolling_plain_p(
    rng: np.random.Generator, size: int, points: int, phi: float, rho: float, slope: float
) -> np.ndarray:
    """Return p values of plain least squares, which takes rolling means for independent."""
    return line_trend(rolling(rng, size, points, rho, slope)).p_value


def change_size(rng: np.random.Generator, size: int, years_apart: int, known: bool) -> float:
    """Return how often a change between two three-year means is called, there being none."""
    single = rng.normal(size=(size, WIDTH + years_apart))
    first, second = single[:, :WIDTH].mean(axis=1), single[:, years_apart:].mean(axis=1)
    share = max(0.0, 1 - years_apart / WIDTH) if known else 0.0
    error = np.full(size, WIDTH**-0.5)
    found = change(first, second, se=(error, error), shared=share, force=True)
    return float((found.p_value < LEVEL).mean())


# Name, maker, overdispersions, whether it is what the verb picks.
TESTS: tuple[tuple[str, Callable, tuple[float, ...]], ...] = (
    ("rates from counts: quasi-Poisson", poisson_p, (1.0, 3.0)),
    ("percentages from counts: quasi-binomial", binomial_p, (1.0, 3.0)),
    ("values with limits: known errors", limits_p, (1.0, 3.0)),
    ("values alone: exact Mann-Kendall", kendall_p, (1.0,)),
    ("rolling three-year values: overlap known", rolling_p, (1.0,)),
)
FLOORED = (poisson_p, binomial_p, limits_p)


def rejected(
    maker: Callable,
    points: int,
    phi: float,
    rho: float = 0.0,
    slope: float = 0.0,
    replicates: int = REPLICATES,
    **options: bool,
) -> float:
    """Return the share of draws with p below 5 per cent."""
    rng = np.random.default_rng([SEED, points, int(10 * phi), int(10 * rho), int(1000 * slope)])
    p = maker(rng, replicates, points, phi, rho, slope, **options)
    return float((p < LEVEL).mean())


# Overdispersions at which a test has to hold its level, the first being none.
SPREADS = (1, 1.25, 1.5, 2, 3, 5, 10, 30, 100)
CELLS = 60


def most_with_floor(points: int, limit: float = LEVEL) -> float:
    """Return the largest size at no overdispersion that any test with the floor can have.

    A linear program over all tests of a slope b (its promised error one) and a scatter C
    (chi-squared times the overdispersion, on n - 2): reject with a chance r(b, C) that never
    falls as b grows, is zero where b is below the normal quantile (the floor: a series that
    looks steadier than promised is so by luck), and rejects a true null with at most
    ``limit`` at each of ``SPREADS``.
    """
    z, freedom = stats.norm.isf(LEVEL / 2), points - 2
    slopes = np.r_[z * np.geomspace(1, 60, CELLS), np.inf]
    scatter = np.r_[0, np.geomspace(0.02, 6000, CELLS), np.inf]
    chance = np.array(
        [
            np.outer(
                2 * np.diff(-stats.norm.sf(slopes / np.sqrt(spread))),
                np.diff(stats.chi2.cdf(scatter / spread, freedom)),
            ).ravel()
            for spread in SPREADS
        ]
    )
    place = np.arange(chance.shape[1]).reshape(slopes.size - 1, -1)
    low, high = place[:-1].ravel(), place[1:].ravel()
    row = np.arange(low.size)
    ones = np.ones(low.size)
    rising = sparse.csr_matrix(
        (np.r_[ones, -ones], (np.r_[row, row], np.r_[low, high])), (low.size, place.size)
    )
    found = optimize.linprog(
        -chance[0],
        A_ub=sparse.vstack([sparse.csr_matrix(chance), rising]),
        b_ub=np.r_[np.full(len(SPREADS), limit), np.zeros(low.size)],
        bounds=(0, 1),
        method="highs",
    )
    return float(-found.fun)


def table(title: str, replicates: int, **options: float | bool) -> None:
    """Print one table: a row a test and overdispersion, a column a number of points."""
    print(f"\n{title}\n\n| what is tested | overdispersion |", end="")
    print("".join(f" n = {n} |" for n in POINTS) + "\n| --- | --- |" + " --- |" * len(POINTS))
    for name, maker, phis in TESTS:
        if "floor" in options and maker not in FLOORED:
            continue
        for phi in phis:
            found = (rejected(maker, n, phi, replicates=replicates, **options) for n in POINTS)
            shown = "".join(f" {100 * share:.1f} |" for share in found)
            print(f"| {name} | {phi:g} |{shown}")


def main(arguments: list[str] | None = None) -> int:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=REPLICATES)
    size = parser.parse_args(arguments).replicates
    table("Size at 5 %, independent years", size)
    table("Size at AR(1) 0.2", size, rho=0.2)
    table("Size at AR(1) 0.4", size, rho=0.4)
    table("Size at 5 %, dispersion factor free", size, floor=False)
    print("\nThe most that any test with the floor reaches without overdispersion, while it")
    print("rejects at most 5 % (6 %) at every overdispersion:", end="")
    for n in POINTS:
        five, six = (100 * most_with_floor(n, limit) for limit in (0.05, 0.06))
        print(f" n = {n} {five:.1f} ({six:.1f})", end="")
    print()
    table("Power, 3 % a year (values: three quarters of an error a year)", size, slope=0.03)
    print("\nRolling three-year values taken for independent, size at 5 %:", end="")
    print(
        *(
            f" n = {n} {100 * rejected(rolling_plain_p, n, 1.0, replicates=size):.1f}"
            for n in POINTS
        )
    )
    rng = np.random.default_rng(SEED)
    for years in (1, 2, 3):
        known, naive = (100 * change_size(rng, size, years, k) for k in (True, False))
        print(f"Change {years} years apart: {known:.1f} with what they share, {naive:.1f} without")
    return 0


if __name__ == "__main__":
    sys.exit(main())
