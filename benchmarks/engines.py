"""Floor, spawn, fork and a cluster of this machine, side by side in one call.

``python -m benchmarks engines [--repeat N]``. The target of the fast engine at two jobs:
wall at most 1.3 x (CPU seconds of the floor / 2 + wall of one import).
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.measure import Measured, measure
from benchmarks.reports_run import floor, whole_run

TARGET = 1.3
ALL_FORMATS = ("pdf", "docx", "xlsx")


def run(repeat: int = 3, *, formats: Sequence[str] = (), cluster: bool = True) -> dict[str, object]:
    """Measure all of them, turn by turn, so that a noisy neighbour meets each alike."""
    words = [word for name in formats for word in ("--format", name)]
    ways = {
        "spawn": lambda: whole_run("spawn", *words),
        "fork": lambda: whole_run("fork", *words),
    }
    if cluster:
        ways["dask local"] = lambda: whole_run("auto", "--cluster", "local:2", *words)
    floors: list[dict[str, float]] = []
    runs: dict[str, list[Measured]] = {name: [] for name in ways}
    loads = []
    for _ in range(repeat):
        floors.append(_floor(formats))
        for name, command in ways.items():
            loads.append(os.getloadavg()[0])
            runs[name].append(measure(command()))
    middle = {key: statistics.median(f[key] for f in floors) for key in floors[0]}
    again, made_again = _unchanged(words)
    return {
        "formats": ["html", *formats],
        "floor": {key: round(value, 2) for key, value in middle.items()},
        "target": round(TARGET * (middle["floor_cpu"] / 2 + middle["import_wall"]), 2),
        "unchanged": round(again.wall, 2),
        "made_again": made_again,
        "load_at_start": round(statistics.median(loads), 1),
        **{name: _middle(measured) for name, measured in runs.items()},
    }


def _floor(formats: Sequence[str]) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "floor.json"
        whole = measure(floor(str(report), *formats))
        found: dict[str, float] = json.loads(report.read_text(encoding="utf-8"))
        # Pandoc and its like are processes of their own, which a process does not count.
        found["floor_cpu"] = max(found["floor_cpu"], whole.cpu - found["import_cpu"])
        return {**found, "peak_mib": whole.peak_mib}


def _middle(runs: Sequence[Measured]) -> dict[str, float]:
    values = [asdict(run) for run in runs]
    return {name: round(statistics.median(v[name] for v in values), 2) for name in values[0]}


def _unchanged(words: Sequence[str]) -> tuple[Measured, list[str]]:
    """Measure a second run, and name the reports that it made all the same.

    There are such ones only where code or data changed while the bench ran.
    """
    command = whole_run("auto", *words)
    measure(command)
    again = measure(command)
    manifest = Path(command[command.index("--out") + 1]) / "latest" / "manifest.json"
    reports = json.loads(manifest.read_text(encoding="utf-8"))["reports"]
    return again, [report["slug"] for report in reports if report["status"] != "reused"]


def lines(result: dict[str, object]) -> list[str]:
    """Return what a person reads."""
    head = f"formats {result['formats']}, load {result['load_at_start']}"
    floors = f"floor {result['floor']}"
    target = f"target for fork: {result['target']} s; unchanged again: {result['unchanged']} s"
    ways = [f"{name}: {result[name]}" for name in ("spawn", "fork", "dask local") if name in result]
    again = f"made again without need: {result['made_again'] or 'none'}"
    return [head, floors, target, again, *ways]
