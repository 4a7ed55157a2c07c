"""What is taken over from an earlier run, what is made anew, and that both are the same."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from hwb_analysis.reports import content, reuse, run_state, runner
from hwb_analysis.reports.job import Outcome
from hwb_analysis.reports.manifest import PageState, RunStatus, checksums, read_manifest
from hwb_analysis.reports.plan import Task
from hwb_analysis.reports.render import PageMeta, page
from hwb_analysis.reports.runs import run_ids

FAILED = Outcome(RunStatus.FAILED, 0.5, "KeyError: 'x'")


def board(folder: Path, record: runner.RunRecord) -> Path:
    path = folder / "index.html"
    states = " ".join(f"{r.slug}:{r.page.value}" for r in record.reports)
    path.write_text(f"{states}", encoding="utf-8")
    return path


@pytest.fixture
def go(tmp_path, monkeypatch, write_notebook, small_data, small_strategy):
    """Run with pages made at once; return the record and what was really made."""
    data = tmp_path / "data"
    shutil.copytree(small_data, data)
    monkeypatch.setenv("HWB_DATA_DIR", str(data))
    notebook = write_notebook(tmp_path / "template.ipynb", "1")
    # A library of its own, that nobody edits while the tests run.
    root = tmp_path / "package"
    (root / "hwb").mkdir(parents=True)
    (root / "hwb" / "a.py").write_text("1", encoding="utf-8")
    (root / "requirements.lock").write_text("a==1", encoding="utf-8")
    monkeypatch.setattr(content, "PACKAGE", root / "hwb")

    def run(*priorities: str, failing: tuple[str, ...] = (), stop_at: str = "", **options):
        made: list[str] = []

        def pool(jobs, limit, started, finished):
            for job in jobs:
                if job.slug == stop_at:
                    raise KeyboardInterrupt
                started(job)
                made.append(job.slug)
                job.staged.mkdir(parents=True)
                text = page(job.slug, f"<h1>{job.slug}</h1>", meta=job.meta)
                (job.staged / "report.html").write_text(text, encoding="utf-8")
                finished(job, FAILED if job.slug in failing else Outcome(RunStatus.OK, 1.0))

        monkeypatch.setattr(runner, "run_all", pool)
        options.setdefault("out", tmp_path / "out")
        options.setdefault("notebook", notebook)
        given = {"strategy": small_strategy, "board": board, "engine": "spawn"}
        return runner.run(priorities, **(given | options)), made

    return run


def statuses(record) -> set[str]:
    return {r.status.value for r in record.reports}


def test_an_unchanged_run_makes_nothing_and_is_the_same(go, tmp_path):
    first, made = go()
    assert len(made) == 5
    second, made = go()
    assert made == []
    assert statuses(second) == {"reused"}
    assert {r.page for r in second.reports} == {PageState.REUSED}
    assert {r.made_in for r in second.reports} == {first.run_id}
    one, two = (tmp_path / "out" / "runs" / r.run_id for r in (first, second))
    assert checksums(one / "good") == checksums(two / "good")
    assert second.run_id == (tmp_path / "out" / "latest").resolve().name
    assert runner.exit_code(second) == 0
    # A third is taken from the second and still says who made it.
    assert {r.made_in for r in go()[0].reports} == {first.run_id}


def test_forced_or_damaged_it_is_made_again(go, tmp_path):
    go()
    assert len(go(force=True)[1]) == 5
    for run in (tmp_path / "out" / "runs").iterdir():
        (run / "good" / "report.html").write_text("half", encoding="utf-8")
    third, made = go()
    assert made == ["good"]
    assert third.report("good").status is RunStatus.OK
    assert third.report("fails").made_in != third.run_id


@pytest.mark.parametrize("what", ["data", "notebook", "parameters", "formats", "library", "lock"])
def test_whatever_goes_in_makes_it_anew(go, tmp_path, write_notebook, what):
    go()
    options: dict[str, object] = {}
    if what == "data":
        (tmp_path / "data" / "lookups").mkdir()
        (tmp_path / "data" / "lookups" / "areas.csv").write_text("a\n", encoding="utf-8")
    if what == "notebook":
        write_notebook(tmp_path / "template.ipynb", "2")
    if what == "parameters":
        options["parameters"] = {"audience": "annual"}
    if what == "formats":
        options["formats"] = ["xlsx"]
    package = {"library": "hwb/a.py", "lock": "requirements.lock"}
    if what in package:
        (tmp_path / "package" / package[what]).write_text("another", encoding="utf-8")
    assert len(go(**options)[1]) == 5


def test_clock_machine_and_number_of_jobs_do_not(go, monkeypatch):
    go(jobs=1)
    monkeypatch.setattr(run_state, "utc_now", lambda: "2031-01-01T00:00:00Z")
    assert go(jobs=4, timeout=9, keep=3)[1] == []


def test_a_run_that_was_cut_short_is_resumed(go, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        go(stop_at="hangs")
    record, made = go()
    assert set(made).isdisjoint({"good", "fails"})
    assert len(made) == 3
    assert record.report("good").status is RunStatus.REUSED
    assert (tmp_path / "out" / "latest" / "good" / "report.html").is_file()


def test_a_page_kept_with_a_notice_is_never_taken_for_new(go, tmp_path):
    go()
    second, _ = go(force=True, failing=("fails",))
    assert second.report("fails").key == ""
    third, made = go()
    # The first run's page is still whole and is what this run would make.
    assert made == []
    text = (tmp_path / "out" / "latest" / "fails" / "report.html").read_text(encoding="utf-8")
    assert "Not updated" not in text
    assert third.report("fails").page is PageState.REUSED


def test_a_report_that_failed_is_tried_again(go):
    go(failing=("fails",))
    second, made = go()
    assert made == ["fails"]
    assert runner.exit_code(second) == 0


def test_pages_of_priorities_not_asked_can_be_taken_over_later(go):
    go()
    go("good")
    assert go()[1] == []


def test_the_board_is_taken_over_only_with_the_same_states(go, tmp_path):
    first, _ = go(failing=("fails",))
    assert "fails:stub" in (tmp_path / "out" / "latest" / "index.html").read_text("utf-8")
    second, _ = go()
    assert "fails:new" in (tmp_path / "out" / "latest" / "index.html").read_text("utf-8")
    assert go()[0].board_key == second.board_key != first.board_key


def test_an_unreadable_manifest_is_passed_over(go, tmp_path):
    go()
    folder = tmp_path / "out" / "runs" / run_ids(tmp_path / "out")[-1]
    (folder / "manifest.json").write_text("{", encoding="utf-8")
    assert list(reuse.earlier_runs(tmp_path / "out")) == []
    assert len(go()[1]) == 5


def test_pages_and_keys_hold_no_clock_and_no_run(go, tmp_path, monkeypatch):
    record, _ = go()
    text = (tmp_path / "out" / "latest" / "good" / "report.html").read_text(encoding="utf-8")
    assert record.run_id not in text
    assert record.started[:10] not in text
    assert record.report("good").key[: content.SHOWN] in text


def write_hello(folder: Path, parameters: dict[str, str], meta: PageMeta) -> None:
    text = page("Hello", f"<h1>{json.dumps(dict(parameters))}</h1>", meta=meta)
    (folder / "report.html").write_text(text.replace("&quot;", '"'), encoding="utf-8")


def test_a_page_from_a_function_is_a_report_as_well(
    tmp_path, monkeypatch, small_data, write_notebook, small_strategy
):
    monkeypatch.setenv("HWB_DATA_DIR", str(small_data))
    notebook = write_notebook(tmp_path / "n.ipynb", "print(1)")
    page_task = Task("hello", "Hello", {"area": ""}, writer=write_hello)
    record = runner.run(
        ["good", "hello"],
        out=tmp_path / "out",
        strategy=small_strategy,
        notebook=notebook,
        pages=[page_task],
        board=board,
        engine="spawn",
    )
    assert runner.exit_code(record) == 0, [r.error for r in record.reports]
    assert [r.slug for r in record.reports][-1] == "hello"
    assert "E10000099" in (tmp_path / "out/latest/hello/report.html").read_text("utf-8")
    assert read_manifest((tmp_path / "out" / "latest").resolve()).report("hello").key
