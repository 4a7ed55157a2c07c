"""Three hundred and thirty reports: thirty authorities with eleven priorities each.

``python -m benchmarks.areas [--areas N] [--scheduler tcp://...]``. A real dask scheduler
with two workers; one worker is killed with SIGKILL in the middle, then the client is
killed and started again. At the end every report must be there once, whole, and every
manifest true. The authorities are real and have figures in the snapshot; the registry is
the product's own with another area in it.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

AREAS, WORKERS = 30, 2
UPPER_TIER = ("E06", "E08", "E09", "E10")
KILL_WORKER_AT, KILL_CLIENT_AT = 0.3, 0.6
SOURCE = "adult_social_care.parquet"


def authorities(number: int) -> list[tuple[str, str]]:
    """Return code and name of authorities with figures in the snapshot, in order of code."""
    from hwb_analysis.sources.snapshot import current_snapshot

    frame = pd.read_parquet(current_snapshot().folder / SOURCE, columns=["area_code", "area"])
    found = frame.drop_duplicates("area_code").sort_values("area_code")
    kept = found[found["area_code"].str[:3].isin(UPPER_TIER)]
    return list(kept.head(number).itertuples(index=False, name=None))


def write_registries(folder: Path, number: int) -> Path:
    """Write one registry for each authority, and the matrix over them."""
    from hwb_analysis.strategy.registry import find_registry

    text = yaml.safe_load(find_registry().read_text(encoding="utf-8"))
    runs = []
    for code, name in authorities(number):
        own: dict[str, Any] = {**text, "area": dict(text["area"])}
        own["area"] |= {"code": code, "name": name, "districts": [], "area_type": "County"}
        own["area"].pop("deprivation", None)
        (folder / f"{code}.yaml").write_text(yaml.safe_dump(own, sort_keys=False), encoding="utf-8")
        runs.append({"name": code, "strategy": f"{code}.yaml"})
    path = folder / "areas.yaml"
    path.write_text(yaml.safe_dump({"runs": runs}), encoding="utf-8")
    return path


def start_cluster(folder: Path) -> tuple[str, list[subprocess.Popen[bytes]]]:
    """Start a scheduler and its workers, each a program of its own, and return the address."""
    file = folder / "scheduler.json"
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    words = ["--scheduler-file", str(file), "--port", "0", "--no-dashboard", "--host", "127.0.0.1"]
    programs = [subprocess.Popen([*dask, *words], **quiet)]  # type: ignore[call-overload]
    while not file.exists():
        time.sleep(0.1)
    worker = [sys.executable, "-m", "distributed.cli.dask_worker"]
    words = ["--scheduler-file", str(file), "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    programs += [
        subprocess.Popen([*worker, *words], **quiet)  # type: ignore[call-overload]
        for _ in range(WORKERS)
    ]
    return str(json.loads(file.read_text(encoding="utf-8"))["address"]), programs


def client(matrix: Path, out: Path, address: str) -> subprocess.Popen[bytes]:
    """Start the command that makes every report of the matrix."""
    words = ["run", "--matrix", str(matrix), "--out", str(out), "--scheduler", address]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([sys.executable, "-m", "hwb_analysis", *words], **quiet)  # type: ignore[call-overload]


def wait_for(out: Path, reports: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until so many reports stand in the runs, or the command has ended."""
    while process.poll() is None and len(list(out.glob("*/runs/*/*/report.html"))) < reports:
        time.sleep(0.5)


def run(areas: int) -> dict[str, Any]:
    """Make all reports through both kills and return what was counted."""
    folder = Path(tempfile.mkdtemp(prefix="hwb-areas-"))
    out, matrix = folder / "out", write_registries(folder, areas)
    wanted = areas * _reports()
    address, programs = start_cluster(folder)
    before = time.monotonic()
    try:
        first = client(matrix, out, address)
        wait_for(out, int(wanted * KILL_WORKER_AT), first)
        os.kill(programs[1].pid, signal.SIGKILL)
        wait_for(out, int(wanted * KILL_CLIENT_AT), first)
        first.kill()
        first.wait()
        found = {"made_when_killed": len(list(out.glob("*/runs/*/*/report.html")))}
        code = client(matrix, out, address).wait()
    finally:
        for program in programs:
            program.kill()
    seconds = time.monotonic() - before
    return {**found, "exit_code": code, "seconds": round(seconds, 1), **count(out, wanted)}


def _reports() -> int:
    from hwb_analysis.strategy import load_strategy

    return len(load_strategy().priorities)


def count(out: Path, wanted: int) -> dict[str, Any]:
    """Return how many reports are there, whole, and told truly by their manifests."""
    from hwb_analysis.reports.manifest import checksums
    from hwb_analysis.reports.publish import latest_record

    there = whole = 0
    statuses: dict[str, int] = {}
    for area in sorted(p for p in out.iterdir() if p.is_dir()):
        folder, record = latest_record(area)
        for report in record.reports:
            statuses[report.status.value] = statuses.get(report.status.value, 0) + 1
            there += (folder / report.slug / "report.html").is_file()
            whole += checksums(folder / report.slug) == report.outputs and bool(report.key)
    half = len(list(out.glob("*/latest/*/.attempt*"))) + len(list(out.glob("*/.staging/*")))
    return {"wanted": wanted, "there": there, "whole": whole, "half": half, "statuses": statuses}


def main(arguments: list[str] | None = None) -> int:
    """Run, print, keep the result, and end with 1 when a report is lost or half."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--areas", type=int, default=AREAS)
    options = parser.parse_args(arguments)
    found = run(options.areas)
    found["reports_a_minute"] = round(found["there"] / found["seconds"] * 60, 1)
    print(json.dumps(found, indent=1))
    path = Path(__file__).resolve().parent / "results" / "areas.json"
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0 if found["wanted"] == found["there"] == found["whole"] and not found["half"] else 1


if __name__ == "__main__":
    sys.exit(main())
