"""A nation's figures: 12 million rows, and what ``hwb.load`` of one priority for one area costs.

``python -m benchmarks.national [--rows N] [--folder DIR]``. The rows are made up; their
shape is that of the national tool: series of some 300 areas over some twenty periods,
by sex. Among the series are all that the registry names, so that the registry, the
command and the call are the product's own. The folder is kept when it is named, so that
the second call only reads. Each reading is a process of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

AREAS, PERIODS = 316, 19
ROWS = 12_000_000
REPEAT = 5
ORIGIN = {
    "origin_id": "national",
    "publisher": "Nobody",
    "title": "Made-up figures",
    "release": "2026",
    "licence": "none",
    "attribution": "Made up",
    "accessed": "2026-01-01",
    "obtained_via": "a generator of random numbers",
    "input_sha256": {"none": "0" * 64},
}


def series(series_id: str, number: int, codes: Sequence[str]) -> pd.DataFrame:
    """Return the tidy frame of one made-up series."""
    import numpy as np
    import pandas as pd

    spread = np.random.default_rng(number)
    size = AREAS * PERIODS
    area = np.repeat(np.arange(AREAS), PERIODS)
    year = np.tile(np.arange(2004, 2004 + PERIODS), AREAS)
    denominator = spread.integers(500, 200_000, size)
    count = spread.binomial(denominator, 0.2)
    return pd.DataFrame(
        {
            "series_id": series_id,
            "area_code": pd.Series(codes).take(area).to_numpy(),
            "area": pd.Series(area).map("Area {}".format),
            "area_type": "Unitary authority",
            "period": pd.Series(year).astype(str),
            "period_start": pd.to_datetime(pd.Series(year).astype(str) + "-01-01"),
            "period_end": pd.to_datetime(pd.Series(year).astype(str) + "-12-31"),
            "period_kind": "calendar",
            "sex": "Persons",
            "age": "All ages",
            "count": count,
            "denominator": denominator,
            "value": 100 * count / denominator,
            "unit": "%",
            "basis": "register",
            "grade": "A",
            "status": "ok",
            "vintage": "2026",
            "origin_id": "national",
        }
    )


def names_and_codes(rows: int) -> tuple[list[str], list[str]]:
    """Return the series, those of the registry first, and the areas, the strategy's first."""
    from hwb_analysis.strategy import load_strategy

    strategy, number = load_strategy(), -(-rows // (AREAS * PERIODS))
    names = [*sorted(strategy.series_ids), *(f"national:{n}" for n in range(number))][:number]
    home = strategy.area
    codes = [home.code, *(d.code for d in home.districts), home.region.code, home.nation.code]
    return names, [*codes, *(f"E{n:08d}" for n in range(AREAS))][:AREAS]


def make(folder: Path, rows: int) -> None:
    """Write a data folder with the product's registry and a snapshot in parts."""
    from hwb_analysis.paths import data_dir
    from hwb_analysis.sources.partition import write_partitioned

    names, codes = names_and_codes(rows)
    entry = {
        "title": "Made-up figures",
        "unit": "%",
        "value_type": "proportion",
        "multiplier": 100,
        "basis": "register",
        "year_kind": "calendar",
        "origin_id": "national",
    }
    total = len(names) * AREAS * PERIODS
    told: dict[str, Any] = {**ORIGIN, "rows_in": total, "rows_out": total}

    def frames(origin_id: str) -> Iterator[pd.DataFrame]:
        for number, name in enumerate(names):
            yield series(name, number, codes)

    (folder / "snapshot").mkdir(parents=True)
    for part in ("strategy", "lookups"):
        shutil.copytree(data_dir() / part, folder / part)
    write_partitioned(
        folder / "snapshot" / "2026-11", frames, dict.fromkeys(names, entry), {"national": told}
    )


def heaviest() -> str:
    """Return the priority with most series."""
    from hwb_analysis.errors import UsageError
    from hwb_analysis.sources.load import series_of
    from hwb_analysis.sources.snapshot import current_snapshot
    from hwb_analysis.strategy import load_strategy

    strategy, snapshot = load_strategy(), current_snapshot()
    sizes = {}
    for priority in strategy.priorities:
        # A small nation, for a trial, lacks the series of some priorities.
        with contextlib.suppress(UsageError):
            sizes[priority.slug] = len(series_of(priority.slug, strategy, snapshot))
    return max(sizes, key=sizes.__getitem__)


def read(priority: str) -> dict[str, float]:
    """Call ``hwb.load`` once, as the first thing that this process does."""
    began = time.perf_counter()
    import hwb_analysis as hwb

    call = hwb.load
    # What the first use of the table library costs is no matter of the data.
    import pandas  # noqa: F401
    import pyarrow.dataset  # noqa: F401

    loaded = time.perf_counter()
    frame = call(priority)
    first = time.perf_counter()
    call(priority)
    return {
        "read": len(frame),
        "series_read": int(frame["series_id"].nunique()),
        "areas_read": int(frame["area_code"].nunique()),
        "import_seconds": loaded - began,
        "load_seconds": first - loaded,
        "again_seconds": time.perf_counter() - first,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _in_a_process(folder: Path, *words: str) -> Any:
    command = [sys.executable, "-m", "benchmarks.national", *words]
    environment = {**os.environ, "HWB_DATA_DIR": str(folder)}
    done = subprocess.run(command, capture_output=True, check=True, env=environment)
    return json.loads(done.stdout)


def measure(folder: Path) -> dict[str, object]:
    """Return the median cost of several readings, each in a process of its own."""
    from hwb_analysis.sources.snapshot import Snapshot

    snapshot = Snapshot(folder / "snapshot" / "2026-11")
    priority = _in_a_process(folder, "--heaviest")
    found = [_in_a_process(folder, "--read", priority) for _ in range(REPEAT)]
    median = {name: round(statistics.median(one[name] for one in found), 3) for name in found[0]}
    return {
        "rows": asdict(snapshot.origins["national"])["rows_out"],
        "series": len(snapshot.list()),
        "priority": priority,
        **median,
        "load_seconds_worst": round(max(one["load_seconds"] for one in found), 3),
        "peak_mib_worst": round(max(one["peak_mib"] for one in found), 1),
    }


def main(arguments: list[str] | None = None) -> int:
    """Make the nation where it is not there yet, and load from it in processes of their own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--read", help="only load this priority")
    parser.add_argument("--heaviest", action="store_true", help="only name the largest priority")
    options = parser.parse_args(arguments)
    if options.read or options.heaviest:
        print(json.dumps(heaviest() if options.heaviest else read(options.read)))
        return 0
    with tempfile.TemporaryDirectory(prefix="hwb-nation-") as scratch:
        folder = (options.folder or Path(scratch) / "data").absolute()
        if not (folder / "snapshot").is_dir():
            make(folder, options.rows)
        found = measure(folder)
    print(json.dumps(found))
    results = Path(__file__).resolve().parent / "results" / "national.json"
    results.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
