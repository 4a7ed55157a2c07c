"""Speed and memory of the statistics: ``python -m benchmarks.stats_cases [case ...]``.

Each case runs in a process of its own with one thread. Inputs are made with a fixed
seed, rows of a shuffled frame whose groups are columns; making them is outside the
timing, grouping inside. CPU seconds are of the first call after imports; memory is how
far the peak resident set grows over what stood after imports and input.

Beside each case stand the figures of R 4.2 with PHEindicatormethods 2.1.0 on the same
inputs, and the limit we hold ourselves to.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import inequality_speed
from benchmarks.trend_cases import TREND_CASES
from hwb_analysis.stats import verbs
from hwb_analysis.stats.grouping import cube
from hwb_analysis.stats.slope_scales import slope_index_on_scale

SEED = 20261122
MIB = 1024 if sys.platform != "darwin" else 1024 * 1024
Work = Callable[[], object]


def _shuffled(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return table.iloc[rng.permutation(len(table))].reset_index(drop=True)


def _deciles(areas: int) -> pd.DataFrame:
    rng = np.random.default_rng(SEED)
    size = areas * 10
    q = np.tile(np.arange(1, 11), areas)
    table = pd.DataFrame(
        {
            "area": np.repeat(np.arange(areas), 10),
            "decile": q,
            "population": rng.uniform(4000, 16_000, size),
            "value": 76 + 0.75 * q + rng.normal(0, 0.6, size),
            "se": rng.uniform(0.3, 1.2, size),
        }
    )
    return _shuffled(table, rng)


def slope(areas: int = 1000) -> Work:
    """Slope index with both relative indices at both levels, closed form."""
    table = _deciles(areas)
    return lambda: verbs.slope_index(
        table,
        value="value",
        se="se",
        population="population",
        group="decile",
        by="area",
        better="high",
    )


def slope_10000() -> Work:
    """Ten thousand sets of ten groups."""
    return slope(10_000)


def slope_log() -> Work:
    """Slope index of rates whose errors are on the log scale: exact convolution."""
    table = _deciles(1000)

    def work() -> object:
        laid = cube(table, "decile", ["area"], ["value", "population", "se"]).columns
        return slope_index_on_scale(
            laid["value"],
            laid["population"],
            scale="log",
            better="high",
            se=laid["se"],
            se_on="natural",
        )

    return work


BANDS = ["0-4", *[f"{a}-{a + 4}" for a in range(5, 90, 5)], "90+"]


def direct() -> Work:
    """Directly standardised rates: 14,000 groups of 19 bands."""
    rng = np.random.default_rng(SEED)
    index = pd.MultiIndex.from_product(
        [range(50), range(7), range(2001, 2021), ["Female", "Male"], range(19)],
        names=["indicator", "district", "year", "sex", "band"],
    )
    table = index.to_frame(index=False)
    table["denominator"] = rng.uniform(900, 6500, len(table)).round()
    table["count"] = rng.poisson(table["denominator"] * np.exp(-8.5 + 0.28 * table["band"]))
    table["age"] = pd.Categorical.from_codes(table["band"], BANDS)
    table = _shuffled(table.drop(columns="band"), rng)
    return lambda: verbs.direct_rate(table, by=["indicator", "district", "year", "sex"])


def life() -> Work:
    """Life expectancy: 1,000 tables of 20 bands."""
    rng = np.random.default_rng(SEED)
    ages = [0, 1, *range(5, 95, 5)]
    table = pd.DataFrame({"area": np.repeat(np.arange(1000), 20), "age": ages * 1000})
    table["population"] = rng.uniform(900, 6500, len(table)).round()
    table["deaths"] = rng.binomial(
        table["population"].astype(int), np.minimum(np.exp(-9 + 0.085 * table["age"]), 0.3)
    ).clip(1)
    table = _shuffled(table, rng)
    return lambda: verbs.life_expectancy(table, by="area")


def indirect() -> Work:
    """Indirectly standardised ratios: 14,000 groups of 19 bands."""
    rng = np.random.default_rng(SEED)
    table = pd.DataFrame(
        {"area": np.repeat(np.arange(14_000), 19), "band": list(range(19)) * 14_000}
    )
    table["denominator"] = rng.uniform(900, 6500, len(table)).round()
    table["count"] = rng.poisson(table["denominator"] * np.exp(-8.5 + 0.28 * table["band"]))
    base = table.groupby("band", as_index=False)[["count", "denominator"]].sum()
    table = _shuffled(table, rng)
    return lambda: verbs.indirect_ratio(table, base, age="band", by="area")


def rates() -> Work:
    """Crude rates with limits at both levels: a million rows."""
    rng = np.random.default_rng(SEED)
    n = rng.uniform(200, 90_000, 1_000_000).round()
    x = rng.binomial(n.astype(int), rng.uniform(0, 0.02, n.size))
    table = pd.DataFrame({"count": x, "denominator": n})
    return lambda: verbs.rate(table)


# Case: what it makes, CPU seconds and MiB of R, CPU seconds we allow.
CASES: dict[str, tuple[Callable[[], Work], float, float, float]] = {
    "slope index, 1,000 areas": (slope, 579, 173, 0.05),
    "slope index, 10,000 areas": (slope_10000, float("nan"), float("nan"), 1.0),
    "slope index on the log scale": (slope_log, float("nan"), float("nan"), 5.0),
    "directly standardised rates": (direct, 8.0, 60, 0.15),
    "life expectancy": (life, 7.4, 52, 0.05),
    "indirectly standardised ratios": (indirect, 13.6, 52, 0.15),
    "crude rates, a million rows": (rates, 7.9, 114, 0.5),
    **TREND_CASES,
    **inequality_speed.CASES,
}


def _child(name: str) -> None:
    work = CASES[name][0]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times = []
    growth = 0.0
    for turn in range(3):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
        if turn == 0:
            growth = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / MIB
    print(json.dumps({"first": times[0], "best": min(times), "growth_mib": growth}))


def _measured(name: str) -> dict[str, float]:
    one_thread = {f"{lib}_NUM_THREADS": "1" for lib in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.stats_cases", "--child", name],
        env={**os.environ, **one_thread},
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout))


def main(arguments: list[str]) -> int:
    """Measure the cases named, all by default; print a table and keep it as JSON."""
    if arguments[:1] == ["--child"]:
        _child(arguments[1])
        return 0
    found = {name: _measured(name) for name in arguments or CASES}
    print(f"{'case':<34}{'CPU s':>8}{'best':>8}{'limit':>8}{'R':>8}{'MiB':>8}{'R MiB':>8}")
    for name, got in found.items():
        _, seconds, memory, limit = CASES[name]
        print(
            f"{name:<34}{got['first']:>8.3f}{got['best']:>8.3f}{limit:>8.2f}{seconds:>8.1f}"
            f"{got['growth_mib']:>8.1f}{memory:>8.0f}"
        )
    if arguments:
        return 0
    folder = Path(__file__).resolve().parent / "results"
    folder.mkdir(exist_ok=True)
    (folder / "stats.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
