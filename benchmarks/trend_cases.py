"""Speed of the trend tests: cases of ``benchmarks.stats_cases``."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from hwb_analysis.stats import verbs
from hwb_analysis.stats.joinpoint import joinpoint
from hwb_analysis.stats.national_batch import recent_trends

SEED = 20261122
Work = Callable[[], object]


def national() -> Work:
    """Return the national rule on 100,000 series of five points, values with limits."""
    rng = np.random.default_rng(SEED)
    value = rng.normal(50, 5, (100_000, 5))
    half = rng.uniform(0.5, 3, value.shape)
    return lambda: recent_trends(value=value, lower=value - half, upper=value + half, better="low")


def automatic(series: int = 10_000, points: int = 12) -> Work:
    """Return the trend verb, rule auto, on shuffled rows of 10,000 series with counts."""
    rng = np.random.default_rng(SEED)
    years = np.tile(np.arange(2010, 2010 + points), series)
    people = rng.integers(2000, 90_000, years.size).astype(float)
    count = rng.binomial(people.astype(int), 0.2)
    table = pd.DataFrame(
        {
            "area_code": np.repeat([f"A{i:05d}" for i in range(series)], points),
            "period": years.astype(str),
            "period_start": pd.to_datetime(years.astype(str) + "-01-01"),
            "period_end": pd.to_datetime(years.astype(str) + "-12-31"),
            "value": 100 * count / people,
            "count": count,
            "denominator": people,
        }
    ).assign(series_id="x:y", vintage="1", sex="", age="", category_type="", category="", unit="%")
    table = table.iloc[rng.permutation(len(table))].reset_index(drop=True)
    return lambda: verbs.trend(table, rule="auto")


def joinpoints(series: int = 100, points: int = 20) -> Work:
    """Return joinpoint regression to three breaks, weighted BIC, unequal weights."""
    rng = np.random.default_rng(SEED)
    years = np.arange(2000.0, 2000 + points)
    rates = np.exp(4 + rng.normal(0, 0.05, (series, points)))
    errors = rates * rng.uniform(0.01, 0.1, rates.shape)
    return lambda: [
        joinpoint(rate, years, se=error, most=3) for rate, error in zip(rates, errors, strict=True)
    ]


NOT_IN_R = float("nan")
TREND_CASES: dict[str, tuple[Callable[[], Work], float, float, float]] = {
    "national rule, 100,000 series": (national, NOT_IN_R, NOT_IN_R, 1.0),
    "trend verb, 10,000 series": (automatic, NOT_IN_R, NOT_IN_R, 20.0),
    "joinpoint, 100 series to 3 breaks": (joinpoints, NOT_IN_R, NOT_IN_R, 5.0),
}
