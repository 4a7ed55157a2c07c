"""Notebooks that fail, each in its own way, in one run over reports that were good before."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from pathlib import Path

import pytest

from hwb_analysis import cli
from hwb_analysis.reports import engine
from hwb_analysis.reports.accessibility import page_faults
from hwb_analysis.reports.engine_errors import notebook_error
from hwb_analysis.reports.manifest import (
    PageState,
    RunRecord,
    RunStatus,
    checksums,
    read_manifest,
)

CODE = """
import os, signal, sys, time
if priority == "fails":
    raise KeyError("no such series")
if priority == "hangs":
    time.sleep(100)
if priority == "dies":
    os.kill(os.getpid(), signal.SIGKILL)
if priority == "leaves":
    sys.exit(0)
if priority == "good":
    hungry = bytearray(2 * 10**9)
"""
FAULTS = {
    "fails": (RunStatus.FAILED, "KeyError: 'no such series'", "priority_report.ipynb, cell 2"),
    "hangs": (RunStatus.TIMEOUT, "a cell took longer than 3 seconds", "--timeout"),
    "dies": (RunStatus.FAILED, "the system may have ended it for want of memory", "--memory"),
    "leaves": (RunStatus.FAILED, "SystemExit: 0", "priority_report.ipynb, cell 2"),
    "good": (
        RunStatus.FAILED,
        "MemoryError: the notebook asked for more memory than the limit of 700 MiB",
        "allow more with --memory",
    ),
}


@dataclass(frozen=True)
class Tried:
    code: int
    out: str
    err: str
    before: Path
    untouched: bool
    folder: Path
    record: RunRecord


@pytest.fixture(scope="module", params=["spawn", "fork"])
def tried(
    request, tmp_path_factory, write_notebook, small_data, small_registry, publish_good
) -> Tried:
    base = tmp_path_factory.mktemp("faults")
    write_notebook(base / "notebooks" / "priority_report.ipynb", CODE)
    before = publish_good(base / "out")
    sums = checksums(before)
    shown, errors = io.StringIO(), io.StringIO()
    options = ["--timeout", "3", "--memory", "700", "--jobs", "3"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HWB_DATA_DIR", str(small_data))
        patch.setenv("HWB_STRATEGY", str(small_registry))
        patch.setenv("HWB_ENGINE", request.param)
        patch.setattr("hwb_analysis.reports.plan.notebooks_dir", lambda: base / "notebooks")
        with (
            contextlib.redirect_stdout(shown),
            contextlib.redirect_stderr(errors),
            pytest.raises(SystemExit) as ended,
        ):
            cli.main(["run", "--out", str(base / "out"), *options])
    folder = (base / "out" / "latest").resolve()
    return Tried(
        code=int(ended.value.code or 0),
        out=shown.getvalue(),
        err=errors.getvalue(),
        before=before,
        untouched=checksums(before) == sums,
        folder=folder,
        record=read_manifest(folder),
    )


def test_the_run_ends_with_14_and_counts(tried):
    assert tried.code == 14
    assert "0 reports made, 5 failed" in tried.out


@pytest.mark.parametrize("slug", FAULTS)
def test_each_fault_has_its_message(tried, slug):
    status, message, remedy = FAULTS[slug]
    report = tried.record.report(slug)
    assert report.status is status
    assert message in report.error
    assert remedy in report.error
    assert f"{slug} failed: " in tried.err
    assert message in tried.err
    assert "Traceback" not in tried.err


@pytest.mark.parametrize("slug", FAULTS)
def test_each_last_good_report_stays_with_a_notice(tried, slug):
    report = tried.record.report(slug)
    assert (report.page, report.made_in) == (PageState.KEPT, tried.before.name)
    page = (tried.folder / slug / "report.html").read_text(encoding="utf-8")
    assert f"The last good report on {slug}" in page
    assert "Not updated on" in page
    assert page_faults(page) == []


def test_the_run_before_is_untouched_and_the_board_is_there(tried):
    assert tried.untouched
    assert tried.folder != tried.before
    board = (tried.folder / "index.html").read_text(encoding="utf-8")
    assert board.count("not updated in this run") == 5
    assert tried.record.board_error == ""


@pytest.mark.parametrize(
    ("ename", "traceback", "memory", "message", "remedy"),
    [
        ("_ArrayMemoryError", ["x"], 500, "more memory than the limit of 500 MiB: n", "--memory"),
        ("MemoryError", ["x"], None, "more memory than the system gives: n", "--jobs 1"),
        ("CellExecutionError", [], 500, "the kernel did not say why", "the limit of memory is 500"),
        ("CellExecutionError", [], None, "the kernel did not say why", None),
    ],
)
def test_want_of_memory_is_told_in_words(
    tmp_path, write_notebook, ename, traceback, memory, message, remedy
):
    from papermill.exceptions import PapermillExecutionError

    path = write_notebook(tmp_path / "n.ipynb", "1")
    error = PapermillExecutionError(
        cell_index=2, exec_count=1, source="1", ename=ename, evalue="n", traceback=traceback
    )
    told = notebook_error(error, path, engine.read_notebook(path), 9, memory)
    assert told.exit_code == 14
    assert message in told.message
    assert told.where == "n.ipynb, cell 2"
    assert remedy is None or remedy in told.remedy
