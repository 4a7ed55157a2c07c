"""Run the performance cases: ``python -m benchmarks [case ...] [--repeat N]``.

Every figure is of a whole tree of processes: wall seconds, CPU seconds, and the
largest memory of all of them together. Machines are noisy, so the median of several
runs is printed with the smallest and the largest.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import engines, reports_run, startup, stats_cases, trend_sizes
from benchmarks.measure import Measured, measure, summary

HERE = Path(__file__).resolve().parent
CASES = {
    "whole-run": reports_run.whole_run,
    "floor": reports_run.floor,
    "import": startup.import_only,
    "first-frame": startup.first_frame,
}


def main(arguments: list[str] | None = None) -> int:
    """Measure the cases named, all by default, and write results/<case>.json."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("case", nargs="*", help=f"one of {', '.join(CASES)}; all by default")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each case")
    options = parser.parse_args(arguments)
    if options.case == ["engines"]:
        return _engines(options.repeat)
    if options.case == ["trend-sizes"]:
        return trend_sizes.main([])
    unknown = [name for name in options.case if name not in CASES]
    if unknown:
        parser.error(f"unknown case {', '.join(unknown)}; known: {', '.join(CASES)}")
    for name in options.case or CASES:
        runs = [measure(CASES[name]()) for _ in range(options.repeat)]
        print(summary(name, runs), flush=True)
        _write(name, runs)
    # The statistics are measured call by call, each case in a process of its own; then size
    # and power of the trend tests.
    return 0 if options.case else stats_cases.main([]) or trend_sizes.main([])


def _engines(repeat: int) -> int:
    found = [engines.run(repeat), engines.run(1, formats=engines.ALL_FORMATS, cluster=False)]
    for result in found:
        print("\n".join(engines.lines(result)), flush=True)
    path = HERE / "results" / "engines.json"
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


def _write(name: str, runs: list[Measured]) -> None:
    folder = HERE / "results"
    folder.mkdir(exist_ok=True)
    record = {
        "case": name,
        "measured": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "runs": [run.as_dict() for run in runs],
    }
    (folder / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
