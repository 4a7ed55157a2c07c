"""What a run leaves behind, with the notebooks replaced by outcomes given in advance."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from hwb_analysis.errors import (
    DataContractError,
    LockedError,
    OutputError,
    ParameterError,
    UsageError,
)
from hwb_analysis.reports import publish, run_state, runner
from hwb_analysis.reports.accessibility import page_faults
from hwb_analysis.reports.job import Outcome
from hwb_analysis.reports.lock import run_lock
from hwb_analysis.reports.manifest import PageState, RunStatus, read_manifest
from hwb_analysis.reports.render import page

DAYS = ("2026-03-01T09:00:00Z", "2026-04-02T09:00:00Z", "2026-05-03T09:00:00Z")


def board(folder: Path, record: runner.RunRecord) -> Path:
    path = folder / "index.html"
    path.write_text(page("Board", "<h1>Board</h1>", meta=runner.PageMeta("P")), encoding="utf-8")
    return path


@pytest.fixture
def go(tmp_path, monkeypatch, write_notebook, small_data, small_strategy):
    """Run on a given day; priorities named in ``failing`` fail, the others give a page."""
    monkeypatch.setenv("HWB_DATA_DIR", str(small_data))
    notebook = write_notebook(tmp_path / "template.ipynb", "1")

    def run(
        day: str = DAYS[0],
        *priorities: str,
        failing: Mapping[str, Outcome | BaseException] | None = None,
        board=board,
        **options: object,
    ) -> runner.RunRecord:
        def pool(jobs, limit, started, finished):
            for job in jobs:
                started(job)
                ended = (failing or {}).get(job.slug, Outcome(RunStatus.OK, 1.5))
                if isinstance(ended, BaseException):
                    raise ended
                job.staged.mkdir(parents=True)
                if ended.status is RunStatus.OK:
                    text = page(job.slug, f"<h1>Made on {day}</h1>", meta=job.meta)
                    (job.staged / "report.html").write_text(text, encoding="utf-8")
                finished(job, ended)

        monkeypatch.setattr(runner, "run_all", pool)
        monkeypatch.setattr(runner, "utc_now", lambda: day)
        monkeypatch.setattr(run_state, "utc_now", lambda: day)
        options.setdefault("out", tmp_path / "out")
        options.setdefault("notebook", notebook)
        options.setdefault("engine", "spawn")
        # Each day makes its own pages here, though the content is the same.
        options.setdefault("force", True)
        return runner.run(priorities, strategy=small_strategy, board=board, **options)

    return run


FAILED = Outcome(RunStatus.FAILED, 0.5, "KeyError: 'x'\n  where: n.ipynb, cell 3")


def _latest(tmp_path: Path) -> Path:
    return (tmp_path / "out" / "latest").resolve()


def test_the_last_good_page_stays_with_a_notice(go, tmp_path):
    first = go(DAYS[0])
    second = go(DAYS[1], failing={"fails": FAILED})
    report = second.report("fails")
    assert (report.status, report.page) == (RunStatus.FAILED, PageState.KEPT)
    assert (report.updated, report.made_in) == (DAYS[0], first.run_id)
    text = (_latest(tmp_path) / "fails" / "report.html").read_text(encoding="utf-8")
    assert "Made on 2026-03-01" in text
    assert "Not updated on 2 April 2026. This page was made on 1 March 2026." in text
    good = (_latest(tmp_path) / "good" / "report.html").read_text(encoding="utf-8")
    assert "Made on 2026-04-02" in good
    assert "Not updated" not in good
    assert runner.exit_code(second) == 14


def test_a_page_kept_twice_keeps_its_day_and_has_one_notice(go, tmp_path):
    first = go(DAYS[0])
    go(DAYS[1], failing={"fails": FAILED})
    third = go(DAYS[2], failing={"fails": FAILED})
    assert third.report("fails").made_in == first.run_id
    text = (_latest(tmp_path) / "fails" / "report.html").read_text(encoding="utf-8")
    assert text.count('role="note"') == 1
    assert "Not updated on 3 May 2026. This page was made on 1 March 2026." in text


def test_a_page_made_again_has_no_notice(go, tmp_path):
    go(DAYS[0], failing={"fails": FAILED})
    go(DAYS[1])
    text = (_latest(tmp_path) / "fails" / "report.html").read_text(encoding="utf-8")
    assert "Made on 2026-04-02" in text
    assert 'role="note"' not in text


def test_a_stub_is_never_kept_as_if_it_were_a_report(go, tmp_path):
    go(DAYS[0], failing={"fails": FAILED})
    second = go(DAYS[1], failing={"fails": FAILED})
    assert second.report("fails").page is PageState.STUB
    text = (_latest(tmp_path) / "fails" / "report.html").read_text(encoding="utf-8")
    assert "could not be made on 2 April 2026" in text
    assert "KeyError: &#x27;x&#x27;" in text
    assert "cell 3" not in text


def test_some_priorities_only_carry_the_others_over(go, tmp_path):
    first = go(DAYS[0])
    second = go(DAYS[1], "good", "5")
    assert [r.slug for r in second.reports if r.page is PageState.NEW] == ["good", "leaves"]
    carried = second.report("fails")
    assert (carried.status, carried.page) == (RunStatus.NOT_ASKED, PageState.KEPT)
    assert carried.made_in == first.run_id
    old = tmp_path / "out" / "runs" / first.run_id / "fails" / "report.html"
    new = _latest(tmp_path) / "fails" / "report.html"
    assert new.read_bytes() == old.read_bytes()
    assert runner.exit_code(second) == 0


def test_on_a_first_run_of_some_the_others_have_no_page(go, tmp_path):
    record = go(DAYS[0], "good")
    assert record.report("fails").page is PageState.NONE
    assert not (_latest(tmp_path) / "fails").exists()


def test_an_unreadable_last_run_is_as_none(go, tmp_path):
    go(DAYS[0])
    (_latest(tmp_path) / "manifest.json").write_text("{", encoding="utf-8")
    record = go(DAYS[1], failing={"fails": FAILED})
    assert record.report("fails").page is PageState.STUB


def test_a_run_cut_short_is_not_the_latest(go, tmp_path):
    first = go(DAYS[0])
    with pytest.raises(KeyboardInterrupt):
        go(DAYS[1], failing={"hangs": KeyboardInterrupt()})
    assert _latest(tmp_path).name == first.run_id
    cut = max((tmp_path / "out" / "runs").iterdir())
    record = read_manifest(cut)
    assert {r.slug: r.status.value for r in record.reports} == {
        "good": "ok",
        "fails": "ok",
        "hangs": "interrupted",
        "dies": "interrupted",
        "leaves": "interrupted",
    }
    assert (cut / "good" / "report.html").is_file()
    assert not (tmp_path / "out" / ".staging").exists()


def test_a_board_that_fails_loses_no_report(go, tmp_path):
    def broken(folder: Path, record: runner.RunRecord) -> Path:
        raise ValueError("no <figures>")

    record = go(DAYS[0], failing={"fails": FAILED}, board=broken)
    assert record.board_error == "ValueError: no <figures>"
    assert runner.exit_code(record) == 14
    text = (_latest(tmp_path) / "index.html").read_text(encoding="utf-8")
    assert page_faults(text) == []
    assert 'href="good/report.html"' in text
    assert "no &lt;figures&gt;" in text


def test_the_board_can_be_made_again(go, tmp_path, monkeypatch, small_data):
    go(DAYS[0])
    before = read_manifest(_latest(tmp_path))

    def other(folder: Path, record: runner.RunRecord) -> Path:
        (folder / "index.html").write_text("another", encoding="utf-8")
        return folder / "index.html"

    written = runner.rebuild_board(tmp_path / "out", other)
    assert written.read_text(encoding="utf-8") == "another"
    after = read_manifest(_latest(tmp_path))
    assert after.outputs != before.outputs
    assert after.reports == before.reports


ROLES = ("commissioner", "analyst", "assurer", "approver")


def test_a_run_signs_for_nobody(go, tmp_path):
    go(DAYS[0])
    data = json.loads((_latest(tmp_path) / "manifest.json").read_text(encoding="utf-8"))
    assert data["sign_off"] == dict.fromkeys(ROLES, "not signed off")


def test_what_a_person_signed_stays_until_what_was_signed_changes(go, tmp_path):
    go(DAYS[0])
    signed = read_manifest(_latest(tmp_path))
    signed.sign_off["approver"] = "A. Person, 4 March 2026"
    signed.write(_latest(tmp_path))
    assert read_manifest(_latest(tmp_path)).sign_off["approver"] == "A. Person, 4 March 2026"
    runner.rebuild_board(tmp_path / "out", board)
    assert set(read_manifest(_latest(tmp_path)).sign_off.values()) == {"not signed off"}
    again = go(DAYS[1])
    assert set(again.sign_off.values()) == {"not signed off"}


def test_a_manifest_from_before_the_roles_is_read(go, tmp_path):
    go(DAYS[0])
    path = _latest(tmp_path) / "manifest.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    del data["sign_off"]
    path.write_text(json.dumps(data), encoding="utf-8")
    assert set(read_manifest(path.parent).sign_off.values()) == {"not signed off"}


def test_without_a_run_there_is_no_board_to_make_again(tmp_path):
    with pytest.raises(UsageError, match="no run yet"):
        runner.rebuild_board(tmp_path, board)


def test_a_second_run_is_told_who_is_at_work(go, tmp_path):
    with (
        run_lock(tmp_path / "out", "2026-03-01T08:00:00Z"),
        pytest.raises(LockedError) as caught,
    ):
        go(DAYS[0])
    assert caught.value.exit_code == 16
    assert f"process {os.getpid()}, since 2026-03-01T08:00:00Z" in caught.value.message
    assert not (tmp_path / "out" / "runs").exists()
    assert go(DAYS[0]).finished


def test_an_output_that_cannot_be_written_is_told(go, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError) as caught:
        go(DAYS[0], out=tmp_path / "file" / "reports")
    assert caught.value.exit_code == 17


def test_a_full_disk_is_told_and_the_manifest_stays_true(go, tmp_path):
    full = OSError(28, "No space left on device", "somewhere")
    with pytest.raises(OutputError, match="No space left on device"):
        go(DAYS[0], failing={"dies": full})
    (folder,) = (tmp_path / "out" / "runs").iterdir()
    statuses = [r.status.value for r in read_manifest(folder).reports]
    assert statuses == ["ok", "ok", "ok", "interrupted", "interrupted"]


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"priorities": ["god"]}, UsageError, "did you mean 'good'"),
        ({"formats": ["odt"]}, UsageError, "no format 'odt'"),
        ({"engine": "steam"}, UsageError, "no engine 'steam'"),
        ({"parameters": {"area": "Atlantis"}}, ParameterError, "'Atlantis' is no known area"),
        ({"parameters": {"colour": "red"}}, ParameterError, "no parameter 'colour'"),
        ({"notebook": Path("none.ipynb")}, UsageError, "the notebook does not exist"),
    ],
)
def test_what_does_not_exist_is_told_before_anything_is_written(go, tmp_path, options, error, told):
    with pytest.raises(error) as caught:
        go(DAYS[0], *options.pop("priorities", []), **options)
    assert told in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_template_with_another_parameter_is_refused(go, tmp_path, write_notebook):
    path = write_notebook(tmp_path / "n.ipynb", parameters='priority = ""\ncolour = "red"')
    with pytest.raises(ParameterError, match="no parameter 'area'"):
        go(DAYS[0], notebook=path)
    assert not (tmp_path / "out").exists()


def test_two_runs_in_one_second_have_names_of_their_own(go, tmp_path):
    assert len({go(DAYS[0]).run_id for _ in range(3)}) == 3


def test_without_symbolic_links_a_file_names_the_latest(go, tmp_path, monkeypatch):
    def none(self, *args, **options):
        raise OSError("not supported")

    monkeypatch.setattr(Path, "symlink_to", none)
    go(DAYS[0])
    second = go(DAYS[1], failing={"fails": FAILED})
    out = tmp_path / "out"
    assert publish.latest_run(out) == out / "runs" / second.run_id
    assert second.report("fails").page is PageState.KEPT
    assert not list(out.glob(".latest*"))


@pytest.mark.parametrize("text", ["", "[]", '{"schema": 1}', '{"reports": [{"slug": 1}]}'])
def test_a_broken_manifest_is_told(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataContractError, match="manifest of the run cannot be read"):
        read_manifest(tmp_path)


def test_the_manifest_is_json_that_others_can_read(go, tmp_path):
    go(DAYS[0], failing={"fails": FAILED})
    data = json.loads((_latest(tmp_path) / "manifest.json").read_text(encoding="utf-8"))
    assert data["schema"] == 1
    assert data["snapshot"] == "2026-01"
    assert [r["status"] for r in data["reports"]] == ["ok", "failed", "ok", "ok", "ok"]
    assert data["reports"][0]["parameters"] == {
        "priority": "good",
        "area": "E10000099",
        "comparator": "E92000001",
        "data_cut": "2026-01",
        "audience": "chapter",
        "suppression": "published",
    }
