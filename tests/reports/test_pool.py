"""Processes that end without a word, or do not end."""

from __future__ import annotations

import io
import os
import time

import pytest

from hwb_analysis.reports import pool
from hwb_analysis.reports.job import Job, Outcome
from hwb_analysis.reports.manifest import ReportRecord, RunStatus
from hwb_analysis.reports.progress import Lines, shown_progress
from hwb_analysis.reports.render import PageMeta


def behave(job, connection):
    """Stand in for the body of a process; the slug says what it does."""
    if job.slug == "vanishes":
        os._exit(7)
    if job.slug == "stays":
        time.sleep(60)
    connection.send(Outcome(RunStatus.OK, 0.1))


@pytest.fixture
def run(tmp_path, monkeypatch):
    # Forked, so that the processes know this file; it owns no threads at this point.
    import multiprocessing

    monkeypatch.setattr(pool, "_context", lambda: multiprocessing.get_context("fork"))
    monkeypatch.setattr(pool, "run_in_process", behave)
    monkeypatch.setattr(pool, "START_TIMEOUT", 1)
    monkeypatch.setattr(pool, "GRACE_SECONDS", 1)

    def go(*slugs, limit=2):
        jobs = [
            Job(s, s, tmp_path, {}, tmp_path, tmp_path, tmp_path, 0, PageMeta("P")) for s in slugs
        ]
        events: list[str] = []
        ended: dict[str, Outcome] = {}

        def finished(job, outcome):
            events.append(f"-{job.slug}")
            ended[job.slug] = outcome

        pool.run_all(jobs, limit, lambda job: events.append(f"+{job.slug}"), finished)
        return ended, events

    return go


def test_a_process_that_vanishes_takes_no_other_with_it(run):
    ended, _ = run("vanishes", "a", "b")
    assert ended["vanishes"].status is RunStatus.FAILED
    assert "ended with code 7" in ended["vanishes"].error
    assert ended["a"].status is ended["b"].status is RunStatus.OK


def test_a_process_that_stays_is_stopped(run):
    ended, _ = run("stays", "a")
    assert ended["stays"].status is RunStatus.TIMEOUT
    assert "was stopped" in ended["stays"].error
    assert ended["a"].status is RunStatus.OK


def test_no_more_than_the_limit_at_once(run):
    _, events = run("a", "b", "c", limit=1)
    assert events == ["+a", "-a", "+b", "-b", "+c", "-c"]


def test_what_goes_wrong_outside_ends_the_processes(run, monkeypatch):
    def broken(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(pool, "_wait", broken)
    before = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run("stays")
    assert time.monotonic() - before < 30


def test_a_log_gets_one_plain_line_a_report():
    stream = io.StringIO()
    with shown_progress(stream) as progress:
        assert isinstance(progress, Lines)
        progress.begin(2)
        progress.started(ReportRecord("a", "A"))
        progress.finished(ReportRecord("a", "A", status=RunStatus.OK, seconds=1.26))
        failed = ReportRecord("b", "B", status=RunStatus.FAILED, seconds=2, error="KeyError\nmore")
        progress.finished(failed)
    assert stream.getvalue().splitlines() == [
        "[1/2] a: done in 1.3 s",
        "[2/2] b: FAILED in 2.0 s (KeyError)",
    ]


def test_a_terminal_gets_a_bar_and_the_reasons():
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    with shown_progress(stream) as progress:
        progress.begin(2)
        for slug, status in (("a", RunStatus.OK), ("b", RunStatus.FAILED)):
            record = ReportRecord(slug, slug, status=status, error="[no] such series")
            progress.started(record)
            progress.finished(record)
    shown = stream.getvalue()
    assert "2/2" in shown
    assert "b: FAILED ([no] such series)" in shown
