"""A run that is ended, one that is killed, and one that meets another."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from hwb_analysis import cli
from hwb_analysis.reports.lock import lock_holder
from hwb_analysis.reports.manifest import RunStatus, checksums, read_manifest

OWN_PROCESS = """
import sys
from pathlib import Path
from hwb_analysis.reports import plan
plan.notebooks_dir = lambda: Path(sys.argv[1])
from hwb_analysis.cli import main
main(sys.argv[2:])
"""


@pytest.fixture
def at_work(tmp_path, write_notebook, small_data, small_registry, publish_good, monkeypatch):
    """Give a process in the middle of a run, over a run that was good."""
    out = tmp_path / "out"
    publish_good(out)
    notebooks = tmp_path / "notebooks"
    code = "open('started', 'w').close()\nimport time\ntime.sleep(100)"
    write_notebook(notebooks / "priority_report.ipynb", code)
    script = tmp_path / "own_process.py"
    script.write_text(OWN_PROCESS, encoding="utf-8")
    monkeypatch.setenv("HWB_DATA_DIR", str(small_data))
    monkeypatch.setenv("HWB_STRATEGY", str(small_registry))
    words = ["run", "-p", "hangs", "-p", "good", "--jobs", "1", "--out", str(out)]
    process = subprocess.Popen(
        [sys.executable, str(script), str(notebooks), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(lambda: list(out.glob(".staging/*/.work/hangs/started")))
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for(true: object, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def kernels_below(folder: Path) -> Iterator[int]:
    for process in psutil.process_iter(["environ"]):
        environment = process.info["environ"] or {}
        if str(folder) in environment.get("JUPYTER_PATH", ""):
            yield process.pid


@pytest.mark.parametrize(
    ("number", "code", "told", "left"),
    [
        (signal.SIGTERM, 143, "interrupted: the run was ended by SIGTERM", RunStatus.INTERRUPTED),
        (signal.SIGKILL, -9, "", RunStatus.RUNNING),
    ],
)
def test_a_run_that_is_ended_in_the_middle(
    at_work, tmp_path, publish_good, capsys, number, code, told, left
):
    out = tmp_path / "out"
    (good,) = [p for p in (out / "runs").iterdir() if read_manifest(p).finished]
    before = checksums(good)
    # A second run is told who is at work, and leaves everything as it is.
    with pytest.raises(SystemExit) as ended:
        cli.main(["run", "--out", str(out)])
    assert ended.value.code == 16
    assert f"another run is writing here: process {at_work.pid}, since " in capsys.readouterr().err

    at_work.send_signal(number)
    assert at_work.wait(timeout=30) == code
    # Its processes end with it: else they would hold the other end of the pipe.
    errors = at_work.communicate(timeout=30)[1]
    assert told in errors
    assert "Traceback" not in errors
    assert (out / "latest").resolve() == good
    assert checksums(good) == before
    assert lock_holder(out) is None
    cut = max((out / "runs").iterdir())
    record = read_manifest(cut)
    assert record.finished == ""
    assert record.report("hangs").status is left
    wait_for(lambda: not list(kernels_below(out)))

    # The next run succeeds and leaves nothing of the one that was cut short in the way.
    newest = publish_good(out)
    assert newest.name > cut.name
    assert (out / "latest").resolve() == newest
    assert {p.name for p in out.iterdir()} == {".lock", "latest", "logs", "runs"}


def test_a_process_that_has_only_read_the_lock_file_holds_nothing(tmp_path):
    (tmp_path / ".lock").write_text(f'{{"pid": {os.getpid()}, "since": "x"}}', encoding="utf-8")
    assert lock_holder(tmp_path) is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}'])
def test_a_lock_without_a_name_is_told_as_such(tmp_path, content):
    import fcntl

    with (tmp_path / ".lock").open("w") as held:
        held.write(content)
        held.flush()
        fcntl.flock(held, fcntl.LOCK_EX)
        assert lock_holder(tmp_path) == "a process that has not said which"
