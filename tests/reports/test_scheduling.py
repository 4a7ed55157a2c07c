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

from hwb_analysis.errors import DataContractError, DisclosureError, LockedError
from hwb_analysis.reports.manifest import ReportRecord, RunRecord, RunStatus, read_manifest
from hwb_analysis.reports.progress import JsonLines, shown_progress
from hwb_analysis.reports.summary import refusals, summary, summary_text, write_summary

ROOT = Path(__file__).resolve().parents[2]
FILES = ROOT / "tools" / "scheduling"
SITE = "/srv/hwb-analysis"


UNITS = sorted(path.name for path in FILES.glob("hwb-*"))


def cron_lines() -> list[tuple[str, str]]:
    """Return when and what of every line of the crontab, the run first."""
    lines = (FILES / "crontab").read_text(encoding="utf-8").splitlines()
    found = [re.fullmatch(r"((?:\S+ ){5})(.*)", line) for line in lines if line and line[0] != "#"]
    assert all(found)
    assert not any("%" in one[2] for one in found), "cron reads a per cent sign as a line end"
    return [(one[1].strip(), one[2]) for one in found]


def workflow(name: str) -> dict[object, object]:
    return yaml.safe_load((FILES / name).read_text(encoding="utf-8"))


def test_the_units_are_valid(tmp_path):
    assert len(UNITS) == 5
    if shutil.which("systemd-analyze") is None:
        # Without systemd the least that can be said: every line is a setting or a section.
        for name in UNITS:
            for line in (FILES / name).read_text(encoding="utf-8").splitlines():
                assert not line or re.match(r"#|\[\w+\]$|\w+=\S", line), line
        return
    program = tmp_path / "hwb"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    for name in UNITS:
        text = (FILES / name).read_text(encoding="utf-8")
        text = text.replace(f"{SITE}/.venv/bin/hwb", str(program)).replace("User=hwb", "User=root")
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, tmp_path.glob("hwb-*.*"))],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in done.stderr.splitlines() if "hwb-" in line]
    assert (done.returncode, told) == (0, [])


def test_timer_cron_and_workflows_mean_the_same_time():
    reports, refresh = cron_lines()
    assert "OnCalendar=Mon *-*-* 06:00:00" in (FILES / "hwb-reports.timer").read_text("utf-8")
    assert reports[0] == "0 6 * * 1"
    # YAML reads the word `on` as true.
    assert workflow("ci-schedule.yml")[True]["schedule"] == [{"cron": reports[0]}]
    assert f"`{reports[0]}`" in (FILES / "gitlab-ci.yml").read_text("utf-8")
    assert "OnCalendar=*-*-01 03:00:00" in (FILES / "hwb-refresh.timer").read_text("utf-8")
    assert refresh[0] == "0 3 1 * *"


def commands() -> dict[str, str]:
    """Return every command that the files give a scheduler, by where it stands."""
    found = {f"crontab: {when}": what for when, what in cron_lines()}
    for name in UNITS:
        lines = (FILES / name).read_text(encoding="utf-8").splitlines()
        found |= {f"{name}: {li}": li.partition("=")[2] for li in lines if li.startswith("Exec")}
    steps = workflow("ci-schedule.yml")["jobs"]["reports"]["steps"]
    found |= {f"ci-schedule.yml: {s['run']}": s["run"] for s in steps if "run" in s}
    job = workflow("gitlab-ci.yml")["reports"]
    return found | {f"gitlab-ci.yml: {c}": c for c in (*job["script"], *job["after_script"])}


def test_every_command_exists_with_its_options():
    """A verb or an option that was renamed would be met at three in the morning."""
    from typer.main import get_command

    from hwb_analysis.cli import app

    top, called = get_command(app), []
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE)
    for place, command in commands().items():
        for verb, words in re.findall(r"\.venv/bin/hwb (\S+)([^>|&;]*)", command):
            known = {option for one in top.commands[verb].params for option in one.opts}
            given = {word for word in words.split() if word.startswith("-")}
            assert given <= known, place
            called.append(verb)
        for target in re.findall(r"\bmake (\S+)", command):
            assert target in targets, place
            called.append(target)
    assert sorted(called) == ["doctor", "refresh", "refresh", "reports", "reports", "run", "run"]


def test_the_units_that_others_name_are_there():
    for name in UNITS:
        text = (FILES / name).read_text(encoding="utf-8")
        for named in re.findall(r"^OnFailure=(\S+)", text, flags=re.MULTILINE):
            assert named.replace("%N", "") in UNITS
    assert "OnFailure=" in (FILES / "hwb-reports.service").read_text("utf-8")


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
    command = cron_lines()[0][1].replace(SITE, str(site))
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

    def called() -> tuple[bytes, str]:
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            env=bare,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=240,
            check=False,
        )
        assert done.stderr == b""
        return done.stdout, (site / "reports" / "logs" / "summary.txt").read_text("utf-8")

    told, short = called()
    log = (site / "reports" / "cron.log").read_text(encoding="utf-8")
    assert told == b"", "what is printed is mailed"
    assert re.search(r"\[(\d+)/\1\]", log), log
    assert "good: done in" in log
    assert read_manifest((site / "reports" / "latest").resolve()).finished
    assert re.match(r"hwb run \d+T\d+Z: well\n", short)
    bare["HWB_STRATEGY"] = str(tmp_path / "none.yaml")
    told, short = called()
    assert b"none.yaml" in told
    assert b"what to do: " in told
    assert b"good: done in" not in told, "a mail tells of one run only"
    assert short.startswith("hwb run: FAILED, nothing was published\n")
    assert "what stands in latest is as it was" in short


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
    assert "the clock was set back meanwhile" in summary_text(summary(record, 0))


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


def refused_with(tmp_path: Path, error: BaseException, *, write: bool = False) -> dict[str, object]:
    logs = tmp_path / "logs"

    def work() -> None:
        if write:
            write_summary(logs / "r2", RunRecord("r2", "2026-05-02T06:00:00Z", "2026-04"), 13)
        raise error

    with pytest.raises(type(error)), refusals(logs):
        work()
    return json.loads((logs / "run.json").read_text("utf-8"))


def test_a_run_that_was_refused_leaves_no_older_summary_in_its_place(tmp_path, record):
    write_summary(tmp_path / "logs" / "r1", record, 0)
    error = DataContractError("a file is missing", where="a place", remedy="restore it")
    found = refused_with(tmp_path, error)
    assert (found["run_id"], found["ok"], found["exit_code"]) == ("", False, 11)
    assert set(found) == set(summary(record, 0)), "one shape for a webhook"
    text = (tmp_path / "logs" / "summary.txt").read_text("utf-8")
    assert "a file is missing\n  where: a place\n  what to do: restore it\n" in text
    assert json.loads((tmp_path / "logs" / "r1" / "run.json").read_text("utf-8"))["ok"] is True
    assert refused_with(tmp_path, KeyError("x"))["error"] == "KeyError: 'x'"


def test_a_refusal_keeps_the_summary_of_a_run_at_work_and_of_one_that_wrote_its_own(
    tmp_path, record
):
    write_summary(tmp_path / "logs" / "r1", record, 0)
    assert refused_with(tmp_path, LockedError("another run"))["run_id"] == "r1"
    assert refused_with(tmp_path, DisclosureError("a figure"), write=True)["run_id"] == "r2"


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
