"""The commands beside the run: changes, statements, local files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hwb_analysis import cli
from hwb_analysis.reports.manifest import MANIFEST_NAME, new_record

ROW = {
    "measure_id": "M-1",
    "measure": "Fewer falls",
    "part": "Falls",
    "series_id": "a:falls",
    "period": "2022/23",
    "value": 3.2,
    "unit": "%",
    "comparison_95": "similar",
    "verdict": "too early to say",
}
MAP = """
series:
  id: local:falls
"""


@pytest.fixture
def call(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def go(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(list(words))
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out, shown.err

    return go


def _run(out: Path, run_id: str, rows: list[dict[str, object]]) -> None:
    folder = out / "runs" / run_id
    folder.mkdir(parents=True)
    record = new_record(run_id, "2026-01-02T03:04:05Z", "2026-11", {})
    record.finished = "2026-01-02T03:05:05Z"
    record.write(folder)
    assert (folder / MANIFEST_NAME).is_file()
    (folder / "board.json").write_text(json.dumps({"figures": rows}), encoding="utf-8")
    (out / "latest").unlink(missing_ok=True)
    (out / "latest").symlink_to(Path("runs") / run_id)


@pytest.fixture
def two_runs(tmp_path: Path) -> Path:
    _run(tmp_path / "out", "20260101T030405Z", [ROW])
    _run(tmp_path / "out", "20260102T030405Z", [ROW | {"comparison_95": "worse"}])
    return tmp_path / "out"


def test_changes_between_the_newest_two_runs(call, two_runs):
    code, shown, errors = call("changes", "--out", str(two_runs))
    assert (code, errors) == (0, "")
    assert "from 20260101T030405Z to 20260102T030405Z: 1 change" in shown
    assert "similar, now worse" in shown


def test_an_alert_has_its_own_code_and_no_change_has_none(call, two_runs):
    assert call("changes", "--alert", "--out", str(two_runs))[0] == 20
    same = "20260102T030405Z"
    code, shown, _ = call("changes", "--alert", "--older", same, "--out", str(two_runs))
    assert (code, "nothing changed" in shown) == (0, True)


def test_changes_for_a_machine(call, two_runs):
    found = json.loads(call("changes", "--json", "--out", str(two_runs))[1])
    assert (found["alerts"], found["changes"][0]["before"]) == (1, "similar")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("changes",), 2, "there is no run yet"),
        (("changes", "--older", "nope", "--newer", "no"), 2, "has no figures to compare"),
        (("changes", "--snapshots"), 2, "there is no snapshot before"),
        (("load-check", "gone.csv", "--map", "gone.yaml"), 10, "gone.yaml"),
        (("local", "nope"), 2, "No such command 'nope'"),
    ],
)
def test_a_mistake_has_one_message_and_its_code(call, words, code, told, monkeypatch, tmp_path):
    extra = () if words[0] != "changes" or "--snapshots" in words else ("--out", str(tmp_path))
    ended, _, errors = call(*words, *extra)
    assert ended == code
    assert told in errors
    assert "Traceback" not in errors


def test_forms_are_written_once_and_read_back_empty(call, tmp_path):
    folder = str(tmp_path / "forms")
    code, shown, _ = call("local", "templates", "--folder", folder)
    assert code == 0
    assert len(shown.splitlines()) == 4
    again, _, errors = call("local", "templates", "--folder", folder)
    assert again != 0
    assert "--replace" in errors or "overwrite" in errors
    code, shown, _ = call("local", "check", "--folder", folder)
    assert (code, "returns: 0 for measures, 0 for commitments" in shown) == (0, True)


def test_statements_are_derived_and_the_page_is_named(call, tmp_path):
    code, shown, _ = call("claims", "--out", str(tmp_path / "out"))
    assert code == 0
    assert "169  statements" in shown
    assert (tmp_path / "out" / "claims" / "claims.html").is_file()


def test_a_strategy_without_statements_says_so(call, monkeypatch):
    example = Path(__file__).resolve().parents[2] / "data/strategy/examples/rutland.yaml"
    monkeypatch.setenv("HWB_STRATEGY", str(example))
    code, _, errors = call("claims")
    assert code == 2
    assert "no statements of 'Example strategy for Rutland'" in errors
