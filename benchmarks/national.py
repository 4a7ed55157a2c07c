"""A nation's figures: 12 million rows, and how long one priority for one area takes.

``python -m benchmarks.national [--rows N] [--folder DIR]``. The rows are made up; their
shape is that of the national tool: series of some 300 areas over some twenty periods,
by sex. The folder is kept when it is named, so that the second call only reads.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

AREAS, PERIODS = 316, 19
ROWS = 12_000_000
# A priority has some ten measures; each has a figure and one to compare it with.
SERIES_A_PRIORITY, AREAS_READ = 30, 9
REPEAT = 5


def series(number: int) -> object:
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
            "series_id": f"national:{number}",
            "area_code": pd.Series(area).map("E{:08d}".format),
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


def make(folder: Path, rows: int) -> None:
    """Write as many series as make up the rows."""
    from hwb_analysis.sources.partitioned import write_series

    number = -(-rows // (AREAS * PERIODS))

    def frames() -> Iterator[object]:
        for one in range(number):
            yield series(one)

    write_series(folder, frames())  # type: ignore[arg-type]


def read(folder: Path) -> dict[str, float]:
    """Read one priority for one area several times and return the median cost."""
    from hwb_analysis.sources.partitioned import Partitioned

    seconds = []
    for turn in range(REPEAT):
        before = time.perf_counter()
        store = Partitioned(folder)
        first = turn * SERIES_A_PRIORITY * 3
        names = [f"national:{n}" for n in range(first, first + SERIES_A_PRIORITY)]
        codes = [f"E{turn * 20 + n:08d}" for n in range(AREAS_READ)]
        frame = store.get([n for n in names if n in store.list()], areas=codes)
        seconds.append(time.perf_counter() - before)
    return {
        "rows": store.rows,
        "series": len(store.list()),
        "read": len(frame),
        "seconds": round(statistics.median(seconds), 3),
        "seconds_first": round(seconds[0], 3),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def main(arguments: list[str] | None = None) -> int:
    """Make the nation where it is not there yet, and read it in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--read", type=Path, help="only read this folder")
    options = parser.parse_args(arguments)
    if options.read:
        print(json.dumps(read(options.read)))
        return 0
    folder = options.folder or Path(tempfile.mkdtemp(prefix="hwb-nation-"))
    if not (folder / "index.json").is_file():
        make(folder, options.rows)
    command = [sys.executable, "-m", "benchmarks.national", "--read", str(folder)]
    found = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    print(json.dumps(found))
    results = Path(__file__).resolve().parent / "results" / "national.json"
    results.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
