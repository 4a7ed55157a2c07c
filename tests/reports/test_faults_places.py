"""Folders that cannot be written, disks that are full, names and locales of all kinds."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import resource
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hwb_analysis import cli
from hwb_analysis.reports import publish, runner
from hwb_analysis.reports.job import Outcome
from hwb_analysis.reports.manifest import RunStatus, checksums, read_manifest

CAP_DAC_OVERRIDE, PR_CAPBSET_DROP = 1, 24


def hwb(
    *words: object,
    settings: dict[str, str],
    before: Callable[[], None] | None = None,
    cwd: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, as a scheduler would."""
    return subprocess.run(
        [sys.executable, "-m", "hwb_analysis", *map(str, words)],
        # Without bytecode: a process that may not write whole files would leave broken ones.
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **settings},
        preexec_fn=before,
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def settings(small_data, small_registry) -> dict[str, str]:
    return {"HWB_DATA_DIR": str(small_data), "HWB_STRATEGY": str(small_registry)}


def unprivileged() -> None:
    """Let permissions count for root as well: without this right root may write anywhere."""
    if os.geteuid() == 0:
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)


@pytest.mark.parametrize("closed", [".", "runs"])
def test_a_folder_without_permission(tmp_path, publish_good, settings, closed):
    out = tmp_path / "out"
    good = publish_good(out)
    before = checksums(good)
    (out / closed).chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        done = hwb("run", "-p", "good", "--out", out, settings=settings, before=unprivileged)
    finally:
        (out / closed).chmod(stat.S_IRWXU)
    assert done.returncode == 17
    assert "the output cannot be written: Permission denied" in done.stderr
    assert "what to do: " in done.stderr
    assert "Traceback" not in done.stderr
    assert (out / "latest").resolve() == good
    assert checksums(good) == before


def test_a_new_folder_where_none_may_be_made(tmp_path, settings):
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        done = hwb("run", "--out", tmp_path / "out", settings=settings, before=unprivileged)
    finally:
        tmp_path.chmod(stat.S_IRWXU)
    assert done.returncode == 17
    assert f"where: {tmp_path / 'out'}" in done.stderr


def small_files() -> None:
    """Let every file end after 2,000 bytes, as on a disk with as much left."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))


def test_files_that_cannot_grow(tmp_path, publish_good, settings):
    out = tmp_path / "out"
    good = publish_good(out)
    before = checksums(good)
    done = hwb("run", "-p", "good", "--out", out, settings=settings, before=small_files)
    assert done.returncode == 17
    assert "the output cannot be written: File too large" in done.stderr
    assert "free some space" in done.stderr
    assert (out / "latest").resolve() == good
    assert checksums(good) == before
    assert not list(out.rglob(".manifest*")), "half a file would take the space that is missing"


def full(*arguments: object, **options: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "somewhere")


def failing(jobs, limit, started, finished):
    for job in jobs:
        finished(job, Outcome(RunStatus.FAILED, 1.0, "KeyError: 'x'"))


@pytest.mark.parametrize(
    "seam",
    [
        "hwb_analysis.reports.lock.os.write",
        "hwb_analysis.reports.manifest.os.replace",
        "hwb_analysis.reports.publish.shutil.copytree",
        "hwb_analysis.reports.publish.page_of_stub",
    ],
)
def test_a_full_disk_wherever_it_is_met(
    tmp_path, publish_good, settings, monkeypatch, capsys, seam
):
    out = tmp_path / "out"
    good = publish_good(out)
    if seam.endswith("page_of_stub"):
        # Without an earlier report a page is written that says why.
        seam = "hwb_analysis.reports.publish.write_stub"
        shutil.rmtree(good / "good")
    before = checksums(good)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(runner, "run_all", failing)
    monkeypatch.setenv("HWB_ENGINE", "spawn")
    with monkeypatch.context() as patch:
        patch.setattr(seam, full)
        with pytest.raises(SystemExit) as ended:
            cli.main(["run", "--out", str(out)])
    assert ended.value.code == 17
    assert "cannot be written: No space left on device" in capsys.readouterr().err
    assert (out / "latest").resolve() == good
    assert checksums(good) == before
    assert publish_good(out) == (out / "latest").resolve(), "with space again a run succeeds"


def test_a_copy_that_fails_is_told_by_its_first_file(tmp_path, monkeypatch):
    """Copying a folder collects its faults; a list of them is no message."""
    (tmp_path / "old").mkdir()
    for name in ("a.csv", "b.csv"):
        (tmp_path / "old" / name).write_text("x", encoding="utf-8")

    def copy(source: str, target: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), source, None, target)

    monkeypatch.setattr(publish.shutil.copytree, "__defaults__", (False, None, copy, False, False))
    with pytest.raises(OSError, match="No space left") as caught:
        publish.carry(tmp_path / "old", tmp_path / "new")
    assert caught.value.strerror == "No space left on device"
    assert str(caught.value.filename).startswith(str(tmp_path / "new"))


def test_a_disk_that_fills_while_a_notebook_runs(
    tmp_path, publish_good, write_notebook, settings, monkeypatch, capsys
):
    """The notebook's own process meets the end of the disk: a device that is always full."""
    out = tmp_path / "out"
    good = publish_good(out)
    before = checksums(good)
    code = "with open('/dev/full', 'w') as handle:\n    handle.write('x')"
    write_notebook(tmp_path / "notebooks" / "priority_report.ipynb", code)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("hwb_analysis.reports.plan.notebooks_dir", lambda: tmp_path / "notebooks")
    with pytest.raises(SystemExit) as ended:
        cli.main(["run", "-p", "good", "-p", "fails", "--jobs", "1", "--out", str(out)])
    assert ended.value.code == 17
    assert "cannot be written: OSError: [Errno 28] No space left on" in capsys.readouterr().err
    assert (out / "latest").resolve() == good
    assert checksums(good) == before
    statuses = [r.status for r in read_manifest(max((out / "runs").iterdir())).reports]
    assert statuses[:2] == [RunStatus.FAILED, RunStatus.INTERRUPTED]


PLAIN_C = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def test_another_locale_and_other_letters_in_names(tmp_path, small_data, write_notebook):
    """One whole run, since names pass through every part: data, kernel, pages, manifest."""
    base = tmp_path / "Präventive Maße – 健康"
    shutil.copytree(small_data, base / "the data")
    registry = base / "the data" / "strategy" / "northshire.yaml"
    text = registry.read_text(encoding="utf-8").replace("The one that is good", "Bön – 健康")
    registry.write_text(text, encoding="utf-8")
    out = base / "out put"
    settings = {"HWB_DATA_DIR": str(base / "the data"), **PLAIN_C}
    done = hwb("run", "-p", "good", "--out", out, settings=settings, cwd=base)
    assert (done.returncode, done.stderr) == (0, "[1/1] good: " + done.stderr[12:])
    assert "Board page: out put/latest/index.html" in done.stdout
    folder = (out / "latest").resolve()
    record = read_manifest(folder)
    assert record.report("good").title == "Bön – 健康"
    assert "Bön – 健康</h1>" in (folder / "good" / "report.html").read_text(encoding="utf-8")
    checked = hwb("verify", "--out", out, "--json", settings=settings)
    assert checked.returncode == 0, checked.stdout
    listed = hwb("list", settings=settings)
    assert "Bön – 健康" in listed.stdout


def test_an_output_in_another_encoding_is_not_a_fault(small_data):
    settings = {"HWB_DATA_DIR": str(small_data), "PYTHONIOENCODING": "latin-1"}
    told = hwb("run", "-p", "good – 健康", settings=settings)
    assert told.returncode == 2
    assert r"no priority 'good \u2013 \u5065\u5eb7'" in told.stderr
    shown = hwb("list", "--json", settings=settings)
    assert shown.returncode == 0
    assert json.loads(shown.stdout)[0]["slug"] == "good"


def test_a_very_long_path_and_settings_seen_from_the_working_folder(tmp_path, small_data):
    out = tmp_path.joinpath(*["a folder with a long name " + "x" * 60] * 3)
    settings = {"HWB_DATA_DIR": ".", "HWB_STRATEGY": "strategy/northshire.yaml"}
    done = hwb("run", "-p", "good", "--out", out, settings=settings, cwd=small_data)
    assert done.returncode == 0, done.stderr
    assert (out / "latest" / "good" / "report.html").is_file()
