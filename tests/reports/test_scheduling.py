"""The files for schedulers: each is used here as its scheduler would use it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from hwb_analysis.reports.manifest import ReportRecord, RunRecord, RunStatus, read_manifest
from hwb_analysis.reports.progress import JsonLines, shown_progress
from hwb_analysis.reports.summary import summary, summary_text, write_summary

ROOT = Path(__file__).resolve().parents[2]
FILES = ROOT / "tools" / "scheduling"
SITE = "/srv/hwb-analysis"


def cron_line() -> re.Match[str]:
    lines = (FILES / "crontab").read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if line and not line.startswith("#")]
    found = re.fullmatch(r"((?:\S+ ){5})(.*)", line)
    assert found
    return found


def test_the_units_are_valid(tmp_path):
    if shutil.which("systemd-analyze") is None:
        # Without systemd the least that can be said: every line is a setting or a section.
        for name in ("hwb-reports.service", "hwb-reports.timer"):
            for line in (FILES / name).read_text(encoding="utf-8").splitlines():
                assert not line or re.match(r"#|\[\w+\]$|\w+=\S", line), line
        return
    program = tmp_path / "hwb"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    for name in ("hwb-reports.service", "hwb-reports.timer"):
        text = (FILES / name).read_text(encoding="utf-8")
        text = text.replace(f"{SITE}/.venv/bin/hwb", str(program)).replace("User=hwb", "User=root")
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, tmp_path.glob("hwb-reports.*"))],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in done.stderr.splitlines() if "hwb-reports" in line]
    assert (done.returncode, told) == (0, [])


def test_timer_and_cron_mean_the_same_time():
    timer = (FILES / "hwb-reports.timer").read_text(encoding="utf-8")
    assert "OnCalendar=Mon *-*-* 06:00:00" in timer
    assert cron_line()[1].split() == ["0", "6", "*", "*", "1"]
    workflow = yaml.safe_load((FILES / "ci-schedule.yml").read_text(encoding="utf-8"))
    # YAML reads the word `on` as true.
    assert workflow[True]["schedule"] == [{"cron": cron_line()[1].strip()}]
    assert {"run": "make reports"} in workflow["jobs"]["reports"]["steps"]


def test_the_service_stops_as_the_runner_ends():
    service = (FILES / "hwb-reports.service").read_text(encoding="utf-8")
    assert "SuccessExitStatus=16" in service
    assert "KillMode=mixed" in service


def test_the_cron_line_works_as_cron_would_run_it(tmp_path, small_data, small_registry):
    """A shell without a terminal and without any variable but those that cron sets."""
    site = tmp_path / "site"
    (site / ".venv" / "bin").mkdir(parents=True)
    (site / "reports").mkdir()
    program = site / ".venv" / "bin" / "hwb"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m hwb_analysis "$@"\n', "utf-8")
    program.chmod(0o755)
    command = cron_line()[2].replace(SITE, str(site))
    bare = {
        "HOME": str(tmp_path),
        "LOGNAME": "hwb",
        "PATH": "/usr/bin:/bin",
        "SHELL": "/bin/sh",
        # Not of cron: a small strategy, so that the test is short.
        "HWB_DATA_DIR": str(small_data),
        "HWB_STRATEGY": str(small_registry),
        "HWB_REPORTS_DIR": str(site / "reports"),
    }
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        env=bare,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=240,
        check=False,
    )
    log = (site / "reports" / "cron.log").read_text(encoding="utf-8")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b""), log
    assert re.search(r"\[(\d+)/\1\]", log), log
    assert "good: done in" in log
    assert read_manifest((site / "reports" / "latest").resolve()).finished
    assert (site / "reports" / "logs" / "summary.txt").read_text("utf-8").startswith("hwb run")


@pytest.fixture
def record() -> RunRecord:
    reports = [
        ReportRecord("a", "A", status=RunStatus.OK, seconds=1.5, key="k"),
        ReportRecord("b", "B", status=RunStatus.FAILED, error="KeyError: 'x'\n  where: cell 3"),
        ReportRecord("c", "C", status=RunStatus.REUSED),
    ]
    return RunRecord(
        "r1",
        "2026-05-01T06:00:00Z",
        "2026-04",
        "2026-05-01T06:01:30Z",
        reports=reports,
        engine="fork",
    )


def test_a_summary_is_short_and_true(record):
    found = summary(record, 14)
    assert found["counts"] == {"ok": 1, "reused": 1, "failed": 1}
    assert (found["seconds"], found["ok"], found["exit_code"]) == (90.0, False, 14)
    assert found["failed"] == [
        {"slug": "b", "title": "B", "status": "failed", "reason": "KeyError: 'x'"}
    ]
    text = summary_text(found)
    assert text.splitlines()[0] == "hwb run r1: FAILED"
    assert "took 90 s" in text
    assert "b: failed\n  KeyError: 'x'" in text
    assert json.loads(json.dumps(found)) == found


def test_a_summary_of_a_run_cut_short_or_with_a_clock_set_back(record):
    record.finished = ""
    assert "did not end" in summary_text(summary(record, 143))
    record.finished = "2026-05-01T05:00:00Z"
    assert summary(record, 0)["seconds"] == 0.0


def test_a_long_reason_and_a_board_error_are_told(record):
    record.reports[1].error = "x" * 1000
    record.board_error = "ValueError: no figures"
    text = summary_text(summary(record, 14))
    assert max(map(len, text.splitlines())) < 250
    assert "Board page: ValueError: no figures" in text


def test_the_newest_summary_has_one_name(tmp_path, record):
    write_summary(tmp_path / "logs" / "r1", record, 0)
    record.run_id = "r2"
    write_summary(tmp_path / "logs" / "r2", record, 0)
    assert json.loads((tmp_path / "logs" / "run.json").read_text("utf-8"))["run_id"] == "r2"
    assert json.loads((tmp_path / "logs" / "r1" / "run.json").read_text("utf-8"))["run_id"] == "r1"


def test_a_log_may_be_one_object_a_line(record, capsys):
    with shown_progress(sys.stdout, "json") as progress:
        assert isinstance(progress, JsonLines)
        progress.begin(2)
        for report in record.reports[:2]:
            progress.started(report)
            progress.finished(report)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    told = " ".join(line["event"] for line in lines)
    assert told == "begin started finished started finished"
    assert lines[-1]["error"].startswith("KeyError")
    assert (lines[-1]["number"], lines[-1]["of"]) == (2, 2)
    assert all(line["time"].endswith("Z") for line in lines)


def test_the_workflow_names_files_that_a_run_writes():
    text = (FILES / "ci-schedule.yml").read_text(encoding="utf-8")
    assert "reports/logs/summary.txt" in text
    assert os.access(ROOT / "Makefile", os.R_OK)
