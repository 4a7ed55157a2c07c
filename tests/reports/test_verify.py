"""`hwb verify` lists every file that is not as it was, and nothing else."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
import yaml

from hwb_analysis import cli
from hwb_analysis.reports import runner
from hwb_analysis.reports.job import Outcome
from hwb_analysis.reports.manifest import RunStatus
from hwb_analysis.reports.verify import verify


def _origin(content: bytes, name: str) -> dict[str, object]:
    # Only what verify reads; a whole origin is checked where figures are loaded.
    return {"file": name, "sha256": hashlib.sha256(content).hexdigest()}


@pytest.fixture(scope="module")
def sound(tmp_path_factory, small_data) -> Path:
    """Return a folder with sound data and no reports."""
    base = tmp_path_factory.mktemp("verified")
    shutil.copytree(small_data, base / "data")
    for folder in ("snapshot/2026-01", "lookups"):
        path = base / "data" / folder
        path.mkdir(exist_ok=True)
        (path / "figures.csv").write_bytes(b"a,b\n1,2\n")
        origins = {"figures": _origin(b"a,b\n1,2\n", "figures.csv")}
        (path / "origins.yaml").write_text(yaml.safe_dump(origins), encoding="utf-8")
    return base


@pytest.fixture
def here(sound, tmp_path, monkeypatch, write_notebook, small_strategy) -> Path:
    """Return a folder with data, a template of its own, and one run of all priorities."""

    def made(jobs, limit, started, finished):
        for job in jobs:
            job.staged.mkdir(parents=True)
            (job.staged / "report.html").write_text(job.slug, encoding="utf-8")
            finished(job, Outcome(RunStatus.OK, 1.0))

    def no_check(self, series_ids):
        """Pass: the origins here are too short to be read by anything but verify."""

    base = tmp_path / "here"
    shutil.copytree(sound, base)
    monkeypatch.setenv("HWB_DATA_DIR", str(base / "data"))
    monkeypatch.setattr(runner, "run_all", made)
    monkeypatch.setattr("hwb_analysis.sources.snapshot.Snapshot.check", no_check)
    notebook = write_notebook(base / "mine.ipynb", "1")
    runner.run(
        out=base / "out",
        strategy=small_strategy,
        notebook=notebook,
        engine="spawn",
        board=lambda folder, run: (folder / "index.html").write_text("x", encoding="utf-8"),
    )
    return base


def told(base: Path) -> set[tuple[str, str, str]]:
    return {(d.part, d.kind, d.path) for d in verify(base / "out").differences}


def run_folder(base: Path) -> Path:
    return (base / "out" / "latest").resolve()


def test_nothing_differs_after_a_run(here):
    found = verify(here / "out")
    assert found.differences == ()
    assert found.exit_code == 0
    assert found.snapshots == ("2026-01",)
    assert found.run == run_folder(here).name
    # Two files of data, then inputs (registry, lists, data, template) and five pages and the board.
    assert found.files == 2 + 7 + 6
    assert list(found.lines())[-1] == "all as expected"


def test_without_a_run_the_data_are_compared_alone(here):
    found = verify(here / "elsewhere")
    assert (found.run, found.files, found.differences) == ("", 2, ())
    assert "no run yet" in next(found.lines())


def test_each_kind_of_difference_in_the_data(here):
    snapshot = here / "data" / "snapshot" / "2026-01"
    (snapshot / "figures.csv").write_bytes(b"a,b\n1,3\n")
    (snapshot / "stray.parquet").write_bytes(b"")
    (here / "data" / "lookups" / "figures.csv").unlink()
    assert told(here) == {
        ("data", "changed", "data/snapshot/2026-01/figures.csv"),
        ("inputs", "changed", "data/snapshot/2026-01/figures.csv"),
        ("data", "extra", "data/snapshot/2026-01/stray.parquet"),
        ("data", "missing", "data/lookups/figures.csv"),
        ("inputs", "missing", "data/lookups/figures.csv"),
    }


def test_a_registry_changed_since_the_run_is_told(here):
    path = here / "data" / "strategy" / "northshire.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\n# later\n", encoding="utf-8")
    assert told(here) == {("inputs", "changed", "data/strategy/northshire.yaml")}


@pytest.mark.parametrize("text", [None, "a: [", "- x", "figures: 1"])
def test_origins_that_cannot_be_read_are_told(here, text):
    path = here / "data" / "snapshot" / "2026-01" / "origins.yaml"
    if text is None:
        path.unlink()
    else:
        path.write_text(text, encoding="utf-8")
    kinds = {kind for part, kind, _ in told(here) if part == "data"}
    assert kinds == {"unreadable"}


def test_each_kind_of_difference_in_the_run(here):
    folder, name = run_folder(here), f"runs/{run_folder(here).name}"
    (folder / "good" / "report.html").write_text("another", encoding="utf-8")
    (folder / "fails" / "report.html").unlink()
    (folder / "added.html").write_text("", encoding="utf-8")
    (folder / "index.html").unlink()
    assert told(here) == {
        ("run", "changed", f"{name}/good/report.html"),
        ("run", "missing", f"{name}/fails/report.html"),
        ("run", "extra", f"{name}/added.html"),
        ("run", "missing", f"{name}/index.html"),
    }


def test_a_manifest_that_cannot_be_read_is_told(here):
    (run_folder(here) / "manifest.json").write_text("{", encoding="utf-8")
    assert told(here) == {("run", "unreadable", "latest/manifest.json")}


def _command(base: Path, *words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(["verify", "--out", str(base / "out"), *words])
    return int(ended.value.code or 0)


def test_the_command_ends_with_11_and_says_what_to_do(here, capsys):
    assert _command(here) == 0
    capsys.readouterr()
    page = run_folder(here) / "good" / "report.html"
    before = hashlib.sha256(page.read_bytes()).hexdigest()
    page.write_text("another", encoding="utf-8")
    after = hashlib.sha256(page.read_bytes()).hexdigest()
    assert _command(here) == 11
    lines = capsys.readouterr().out.splitlines()
    name = f"runs/{run_folder(here).name}/good/report.html"
    assert lines[1:] == [
        f"changed: {name} (expected {before[:12]}..., is {after[:12]}...)",
        "  what to do (run): make the reports again with `hwb run`",
    ]


def test_the_command_gives_json(here, capsys):
    (run_folder(here) / "added.html").write_text("", encoding="utf-8")
    assert _command(here, "--json") == 11
    shown = json.loads(capsys.readouterr().out)
    assert shown["run"] == run_folder(here).name
    (one,) = shown["differences"]
    assert (one["part"], one["kind"], one["expected"]) == ("run", "extra", "")
    assert one["found"] == hashlib.sha256(b"").hexdigest()


def test_nothing_is_written(here):
    before = sorted(p.stat().st_mtime_ns for p in here.rglob("*"))
    verify(here / "out")
    assert sorted(p.stat().st_mtime_ns for p in here.rglob("*")) == before
