"""A runner killed at any moment: the last good run stays whole, and the next one completes."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from hwb_analysis.reports.manifest import RunStatus, checksums, read_manifest
from hwb_analysis.reports.publish import latest_record
from hwb_analysis.reports.runs import run_ids
from hwb_analysis.reports.verify import verify

CODE = """
import time
from hwb_analysis.reports import emit
emit.show_markdown(f"# {priority}")
emit.show_html("<h2>About</h2>")
time.sleep(0.2)
"""
OWN_PROCESS = """
import sys
from pathlib import Path
from hwb_analysis.reports import runner
from hwb_analysis.strategy import load_strategy
registry, notebook, out, engine = sys.argv[1:]
record = runner.run(out=Path(out), strategy=load_strategy(registry), notebook=Path(notebook),
                    jobs=2, engine=engine, force=True)
sys.exit(runner.exit_code(record))
"""


@pytest.fixture
def command(tmp_path, monkeypatch, write_notebook, small_data, small_registry):
    """Return how a run is started, for an output folder with one good run in it."""
    monkeypatch.setenv("HWB_DATA_DIR", str(small_data))
    monkeypatch.setenv("HWB_STRATEGY", str(small_registry))
    notebook = write_notebook(tmp_path / "n.ipynb", CODE)
    script = tmp_path / "own.py"
    script.write_text(OWN_PROCESS, encoding="utf-8")
    words = [sys.executable, str(script), str(small_registry), str(notebook), str(tmp_path / "out")]

    def given(engine: str) -> list[str]:
        return [*words, engine]

    assert subprocess.run(given("fork"), timeout=120, check=False).returncode == 0
    return given


def whole(out: Path) -> None:
    """Check that what readers see is a complete run, byte for byte."""
    folder, record = latest_record(out)
    assert record.finished
    for report in record.reports:
        assert report.status is RunStatus.OK
        assert checksums(folder / report.slug) == report.outputs
    assert (folder / "index.html").is_file()
    assert verify(out).differences == ()


def true(out: Path) -> None:
    """Check that the newest manifest tells what stands there, also of a run cut short."""
    folder = out / "runs" / run_ids(out)[-1]
    if not (folder / "manifest.json").is_file():
        return
    for report in read_manifest(folder).reports:
        if report.outputs:
            assert checksums(folder / report.slug) == report.outputs


def kill_at(moments: list[float], command, out: Path, engine: str) -> None:
    for moment in moments:
        process = subprocess.Popen(command(engine))
        time.sleep(moment)
        below = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.wait()
        whole(out)
        true(out)
        # Nothing that was started goes on writing.
        assert psutil.wait_procs(below, timeout=20)[1] == []


def seconds_of_a_run(command, engine: str) -> float:
    before = time.monotonic()
    assert subprocess.run(command(engine), timeout=120, check=False).returncode == 0
    return time.monotonic() - before


def moments(count: int, seconds: float, seed: int) -> list[float]:
    spread = random.Random(seed)
    return [spread.uniform(0.0, seconds) for _ in range(count)]


@pytest.mark.parametrize(("engine", "count"), [("fork", 3), ("spawn", 2)])
def test_a_run_killed_now_and_then(command, tmp_path, engine, count):
    out = tmp_path / "out"
    kill_at(moments(count, seconds_of_a_run(command, engine), 1), command, out, engine)
    assert subprocess.run(command(engine), timeout=120, check=False).returncode == 0
    whole(out)
    assert {p.name for p in out.iterdir()} == {".lock", "latest", "logs", "runs"}


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("engine", "count"), [("fork", 20), ("spawn", 10)])
def test_a_run_killed_many_times(command, tmp_path, engine, count):
    out = tmp_path / "out"
    kill_at(moments(count, seconds_of_a_run(command, engine), 2), command, out, engine)
    assert subprocess.run(command(engine), timeout=120, check=False).returncode == 0
    whole(out)
    assert {p.name for p in out.iterdir()} == {".lock", "latest", "logs", "runs"}


def test_a_run_set_back_in_time_by_its_clock_is_still_the_latest(command, tmp_path):
    """The clock of the newest run lies ahead of the clock of this machine."""
    out = tmp_path / "out"
    old = out / "runs" / run_ids(out)[0]
    ahead = old.with_name("20990101T000000Z")
    os.rename(old, ahead)
    (out / "latest").unlink()
    (out / "latest").symlink_to(Path("runs") / ahead.name)
    assert subprocess.run(command("fork"), timeout=120, check=False).returncode == 0
    assert (out / "latest").resolve().name == "20990101T000000Z-002"
    whole(out)
