"""Exit codes and messages of the command line, and what machines read from it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hwb_analysis import cli
from hwb_analysis.errors import Interrupted, LockedError
from hwb_analysis.reports import runner
from hwb_analysis.reports.manifest import PageState, ReportRecord, RunRecord, RunStatus

COMMANDS = ("list", "status", "run", "board", "verify", "doctor")


@pytest.fixture
def call(capsys, tmp_path, monkeypatch):
    """Call the command line in this process; return code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def go(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(list(words))
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out, shown.err

    return go


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("run", "-p", "school-redines"), 2, "did you mean 'school-readiness'?"),
        (("run", "--format", "odt"), 2, "there is no format 'odt'"),
        (("run", "--engine", "steam"), 2, "there is no engine 'steam'"),
        (("run", "--all", "-p", "mental-health"), 2, "--all and --priority"),
        (("run", "--nope"), 2, "No such option: --nope"),
        (("run", "--jobs", "0"), 2, "--jobs"),
        (("run", "--jobs", "many"), 2, "--jobs"),
        (("run", "--memory", "0"), 2, "--memory"),
        (("run", "--keep", "0"), 2, "--keep"),
        (("nope",), 2, "No such command 'nope'"),
        (("run", "--area", "Atlantis"), 10, "area 'Atlantis' is no known area"),
        (("run", "--comparator", "Atlantis"), 10, "comparator 'Atlantis'"),
        (("run", "--data-cut", "soon"), 10, "data_cut 'soon'"),
        (("run", "--audience", "bored"), 10, "annual, chapter, dashboard, highlight"),
        (("run", "--suppression", "none"), 10, "suppression 'none'"),
        (("board", "--out", "nothing"), 2, "there is no run yet"),
    ],
)
def test_a_mistake_has_one_message_and_its_code(call, tmp_path, words, code, told):
    ended, shown, errors = call(*words)
    assert ended == code
    assert shown == ""
    assert told in errors
    assert "Traceback" not in errors
    assert not any(p.name == "runs" for p in tmp_path.rglob("*"))


def test_help_and_version(call):
    code, shown, _ = call("--help")
    assert code == 0
    assert all(f"  {name} " in shown for name in COMMANDS)
    assert "16 another run is at work" in shown
    assert call("--version")[1].startswith("hwb ")


def _record() -> RunRecord:
    reports = [
        ReportRecord("a", "A", status=RunStatus.OK, page=PageState.NEW),
        ReportRecord("b", "B", status=RunStatus.FAILED, error="KeyError: 'x'\n  where: cell 3"),
    ]
    return RunRecord("r1", "2026-05-01T00:00:00Z", "2026-01", reports=reports)


@pytest.fixture
def pretend(monkeypatch):
    """Replace the run by something that returns or raises what is given."""

    def install(result: object) -> list[tuple[object, dict[str, object]]]:
        calls = []

        def run(priorities, **options):
            calls.append((priorities, options))
            if isinstance(result, BaseException):
                raise result
            return result

        monkeypatch.setattr(runner, "run", run)
        return calls

    return install


def test_a_failed_report_ends_with_14_and_names_its_log(call, pretend):
    pretend(_record())
    code, shown, errors = call("run", "--out", "here")
    assert code == 14
    assert "1 report made, 1 failed" in shown
    assert "Board page: here/index.html" in shown
    assert "b failed: KeyError: 'x'" in errors
    assert "here/logs/r1/b.log" in errors


def test_options_reach_the_run(call, pretend, tmp_path):
    record = _record()
    record.reports.pop()
    calls = pretend(record)
    words = ("-p", "a", "-p", "b", "--jobs", "3", "--timeout", "9", "--area", "X", "--out", "o")
    assert call("run", *words)[0] == 0
    priorities, options = calls[0]
    assert priorities == ["a", "b"]
    assert options["parameters"] == {"area": "X"}
    assert (options["jobs"], options["timeout"]) == (3, 9)
    assert (options["memory"], options["keep"]) == (None, 10)
    call("run", "--memory", "900", "--keep", "3")
    assert (calls[1][1]["memory"], calls[1][1]["keep"]) == (900, 3)
    assert options["out"] == tmp_path / "o"


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (LockedError("another run is writing here: process 7"), 16, "process 7"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (Interrupted("the run was ended by SIGTERM"), 143, "SIGTERM"),
    ],
)
def test_other_ends_have_codes_of_their_own(call, pretend, error, code, told):
    pretend(error)
    ended, _, errors = call("run")
    assert ended == code
    assert told in errors
    assert "Traceback" not in errors


def test_the_unexpected_is_short_and_its_details_are_kept(call, pretend):
    pretend(ZeroDivisionError("by nought"))
    code, _, errors = call("run")
    assert code == 1
    assert "unexpected error: ZeroDivisionError: by nought" in errors
    log = Path(errors.split("details: ")[1].strip())
    assert "Traceback" in log.read_text(encoding="utf-8")
    log.unlink()


def test_the_list_counts_measures_and_those_with_a_figure(call):
    _, shown, _ = call("list", "--json")
    rows = json.loads(shown)
    assert [row["slug"] for row in rows][:2] == ["first-1001-days", "school-readiness"]
    assert sum(row["measures"] for row in rows) == 84
    assert 0 < sum(row["with_figure"] for row in rows) <= 84
    table = call("list")[1].splitlines()
    assert len(table) == 12
    assert table[0].split()[0] == "priority"
    assert "School readiness" in table[2]


def test_the_status_is_one_object(call):
    code, shown, _ = call("status", "--json", "--out", "none")
    state = json.loads(shown)
    assert code == 0
    assert set(state) == {
        "measures_total",
        "by_grade",
        "by_type",
        "newest_period_by_measure",
        "unserved_measures",
        "unused_series",
        "snapshot",
        "run",
    }
    assert state["measures_total"] == 84 == sum(state["by_grade"].values())
    assert sum(state["by_type"].values()) == 84
    served, unserved = state["newest_period_by_measure"], state["unserved_measures"]
    assert not set(served) & set(unserved)
    assert len(served) + len(unserved) == 84
    assert all(reason.strip() for reason in unserved.values())
    assert all(reason.strip() for reason in state["unused_series"].values())
    assert served["XCC-HPE-02"]["period"] == "2024/25"
    assert state["run"] is None


def test_the_status_for_people_names_what_has_no_figure(call):
    _, shown, _ = call("status", "--out", "none")
    assert shown.startswith("84 measures; evidence: A ")
    assert "no run yet" in shown
    assert "measures without a figure:" in shown
