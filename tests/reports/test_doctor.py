"""`hwb doctor`: one answer a question, with a remedy where it is not well."""

from __future__ import annotations

import json
import os
from collections import namedtuple
from datetime import date
from pathlib import Path

import pytest

from hwb_analysis import cli
from hwb_analysis.reports import doctor
from hwb_analysis.reports.doctor import State, examine, exit_code
from hwb_analysis.reports.lock import run_lock
from hwb_analysis.reports.manifest import ReportRecord, RunRecord, RunStatus
from hwb_analysis.reports.publish import point_latest

DAY = date(2026, 11, 22)
NAMES = [
    "Python",
    "packages",
    "kernel",
    "fonts",
    "encoding",
    "output folder",
    "disk space",
    "lock",
    "last run",
    "data",
    "age of data",
]
Usage = namedtuple("Usage", "total used free")


def one(out: Path, name: str, today: date = DAY) -> doctor.Check:
    return doctor.answer(name, doctor.questions(out, today)[name])


@pytest.fixture
def quick(monkeypatch):
    """Leave out the question that takes seconds: it reads every figure."""
    well = doctor.Check("age of data", State.OK, "not asked")
    monkeypatch.setattr(doctor, "_age", lambda today: well)


def test_here_everything_is_well(tmp_path):
    checks = examine(tmp_path / "not" / "yet", DAY)
    assert [check.name for check in checks] == NAMES
    assert {c.name for c in checks if c.state is State.FAIL} == set()
    assert exit_code(checks) == 0
    assert not (tmp_path / "not").exists(), "asking leaves nothing behind"


@pytest.mark.parametrize("name", ["Python", "packages", "kernel", "fonts", "data"])
def test_what_a_run_needs_is_found_in_this_environment(tmp_path, name):
    assert one(tmp_path, name).state is State.OK


def test_a_python_that_is_too_old(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor.sys, "version_info", (3, 9, 18))
    check = one(tmp_path, "Python")
    assert (check.state, check.exit_code) == (State.FAIL, 1)
    assert check.text == ">=3.11 is asked for, this is 3.9.18"


def test_packages_that_are_missing_or_too_old(tmp_path, monkeypatch):
    wanted = ["numpy>=999", "no-such-package>=1", "pytest>=8; extra == 'dev'"]
    monkeypatch.setattr(doctor.metadata, "requires", lambda name: wanted)
    check = one(tmp_path, "packages")
    assert (check.state, check.exit_code) == (State.FAIL, 1)
    assert "numpy>=999 is asked for" in check.text
    assert "no-such-package is missing" in check.text
    assert "pytest" not in check.text
    assert "install the package" in check.remedy


def test_no_kernel(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor.util, "find_spec", lambda name: None)
    assert one(tmp_path, "kernel").state is State.FAIL


def test_no_typeface_is_a_caution(tmp_path, monkeypatch):
    monkeypatch.setattr("hwb_analysis.style.TYPEFACE", "No Such Face")
    check = one(tmp_path, "fonts")
    assert check.state is State.WARN
    assert "No Such Face" in check.text


def test_another_encoding_is_a_caution(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor.locale, "getpreferredencoding", lambda: "ISO-8859-1")
    check = one(tmp_path, "encoding")
    assert check.state is State.WARN
    assert "texts ISO-8859-1" in check.text
    assert "PYTHONUTF8=1" in check.remedy


def test_an_output_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    check = one(tmp_path / "file", "output folder")
    assert (check.state, check.exit_code) == (State.FAIL, 17)
    assert "cannot be written" in check.text
    assert "--out" in check.remedy


@pytest.mark.parametrize(
    ("free", "state"), [(10**7, State.FAIL), (5 * 10**8, State.WARN), (10**11, State.OK)]
)
def test_disk_space(tmp_path, monkeypatch, free, state):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: Usage(0, 0, free))
    check = one(tmp_path, "disk space")
    assert check.state is state
    assert bool(check.remedy) is (state is not State.OK)


def _run(out: Path, *reports: ReportRecord, size: int = 0) -> None:
    folder = out / "runs" / "20261101T000000Z"
    folder.mkdir(parents=True)
    record = RunRecord(folder.name, "2026-11-01T00:00:00Z", "2026-11", finished="x")
    record.reports = list(reports)
    record.write(folder)
    if size:
        with (folder / "large").open("wb") as handle:
            handle.truncate(size)
    point_latest(out, folder.name)


def test_a_run_larger_than_what_is_free_would_not_fit_again(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: Usage(0, 0, 2 * 10**9))
    _run(tmp_path, size=3 * 10**9)
    check = one(tmp_path, "disk space")
    assert check.state is State.FAIL
    assert "the last run takes 2,862 MiB" in check.text


def test_who_holds_the_lock(tmp_path):
    assert one(tmp_path, "lock").state is State.OK
    with run_lock(tmp_path, "2026-11-01T08:00:00Z"):
        check = one(tmp_path, "lock")
    assert check.state is State.WARN
    assert f"process {os.getpid()}, since 2026-11-01T08:00:00Z" in check.text
    assert one(tmp_path, "lock").state is State.OK


def test_a_last_run_with_failures_is_a_caution(tmp_path):
    _run(tmp_path, ReportRecord("calm", "Calm", status=RunStatus.FAILED))
    check = one(tmp_path, "last run")
    assert check.state is State.WARN
    assert "calm failed" in check.text


def test_data_that_cannot_be_used(tmp_path, monkeypatch):
    monkeypatch.setenv("HWB_DATA_DIR", str(tmp_path))
    checks = examine(tmp_path, DAY)
    failed = {c.name: c.exit_code for c in checks if c.state is State.FAIL}
    assert set(failed) == {"data", "age of data"}
    assert all(c.remedy for c in checks if c.state is State.FAIL)


def test_a_folder_within_that_another_user_made(tmp_path, monkeypatch):
    (tmp_path / "runs").mkdir()
    made = doctor.tempfile.TemporaryFile

    def refuse(dir: Path) -> object:
        if dir.name == "runs":
            raise PermissionError(13, "Permission denied")
        return made(dir=dir)

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)
    check = one(tmp_path, "output folder")
    assert (check.state, check.exit_code) == (State.FAIL, 17)
    assert check.text == f"{tmp_path / 'runs'} cannot be written: Permission denied"


def test_a_last_run_of_a_later_day_means_a_wrong_clock(tmp_path):
    _run(tmp_path)
    assert one(tmp_path, "last run", date(2026, 10, 31)).state is State.OK
    check = one(tmp_path, "last run", date(2026, 10, 30))
    assert check.state is State.WARN
    assert "20261101T000000Z is named for a later day than today, 2026-10-30" in check.text
    assert "clock" in check.remedy


def test_ages_are_counted_to_the_day_that_is_given(tmp_path):
    later = one(tmp_path, "age of data", date(2034, 1, 1))
    assert later.state is State.WARN
    assert "compile a newer snapshot" in later.remedy


def _command(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(["doctor", *words])
    return int(ended.value.code or 0)


def test_the_command_for_people_and_for_machines(tmp_path, capsys, quick):
    assert _command("--out", str(tmp_path)) == 0
    lines = capsys.readouterr().out.splitlines()
    heads = [line for line in lines if not line.startswith(" ")]
    assert [line.split(":")[0].split(maxsplit=1)[1] for line in heads] == NAMES
    assert _command("--out", str(tmp_path), "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["state"] in ("ok", "warn")
    assert [check["name"] for check in shown["checks"]] == NAMES


def test_the_command_ends_with_the_code_of_what_fails(tmp_path, capsys, quick):
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert _command("--out", str(tmp_path / "file" / "reports")) == 17
    shown = capsys.readouterr().out
    assert "fail  output folder: " in shown
    assert "      what to do: " in shown
