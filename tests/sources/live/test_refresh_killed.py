"""A refresh killed at any moment leaves the cache whole and the snapshots as they were."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fake_server import Fake

from hwb_analysis import paths
from hwb_analysis.sources.live.cache import Cache
from hwb_analysis.sources.snapshot import Snapshot, current_snapshot

BASE = current_snapshot().name
CHILD = """
import sys
from datetime import date
from pathlib import Path
from hwb_analysis.sources.refresh import refresh
print("ready", flush=True)
refresh(indicators=(90366, 93227), accept=True, data=Path(sys.argv[1]), today=date(2026, 12, 1))
print("done", flush=True)
"""
LONGEST = 4.0


def check(data: Path, cache: Path) -> None:
    names = sorted(p.name for p in (data / "snapshot").iterdir())
    assert BASE in names
    current = current_snapshot(data)
    for name in names:
        snapshot = Snapshot(data / "snapshot" / name)
        assert (snapshot.folder / "series.yaml").exists()
        snapshot.check(["fingertips:90366", "fingertips:93227", "cover:mmr2-5y"])
    assert current.name == names[-1]
    waiting = data / "refresh" / "pending"
    if waiting.exists():
        told = json.loads((waiting / "review.json").read_text())
        folder = waiting / "snapshot" / told["name"]
        # Between the rename that accepts it and the end of its review nothing is left inside.
        if folder.exists():
            Snapshot(folder).check(["fingertips:93227"])
    kept = Cache(cache)
    for entry in kept.entries():
        assert kept.content(entry) is not None


def killed_often(place: Path, fake: Fake, times: int) -> None:
    data, cache = place / "data", place / "cache"
    (data / "snapshot").mkdir(parents=True)
    (data / "snapshot" / BASE).symlink_to(paths.data_dir() / "snapshot" / BASE)
    chance = random.Random(11)
    environment = os.environ | {"HWB_CACHE_DIR": str(cache), "HWB_FINGERTIPS_URL": fake.base}
    for _ in range(times):
        command = [sys.executable, "-c", CHILD, str(data)]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.0, LONGEST))
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        check(data, cache)
    command = [sys.executable, "-c", CHILD, str(data)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.endswith("done\n"), "the next one goes through"
    check(data, cache)
    assert not list((data / "refresh").glob("work-*")), "and sweeps what was left"
    assert current_snapshot(data).name > BASE


def test_killed_five_times(fake: Fake, tmp_path: Path) -> None:
    killed_often(tmp_path, fake, 5)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_fifty_times(fake: Fake, tmp_path: Path) -> None:
    killed_often(tmp_path, fake, 50)
