"""`hwb lab` opens JupyterLab where the notebooks are; `hwb new` writes a project that works."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from hwb_analysis import cli, workbench
from hwb_analysis.errors import OutputError, UsageError
from hwb_analysis.paths import notebooks_dir
from hwb_analysis.strategy import load_strategy
from hwb_analysis.workbench import lab_command, new_project, notebooks_to_open

ROOT = Path(__file__).resolve().parents[2]
RUNNER = ROOT / "tests" / "notebooks" / "run_notebooks.py"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new") / "my analysis"
    new_project(folder)
    return folder


def run(command: list[str], folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **more}, text=True, capture_output=True, check=False
    )


def test_a_checkout_opens_its_own_notebooks() -> None:
    folder = notebooks_to_open()
    assert folder == notebooks_dir()
    command = lab_command(folder)
    assert f"--ServerApp.root_dir={folder}" in command
    assert "--LabApp.default_url=/lab/tree/00_start_here.ipynb" in command


def test_an_installed_package_opens_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's changes go into the installed package, and none are overwritten."""
    package = tmp_path / "site" / "hwb_analysis"
    bundled = package / "_bundled" / "notebooks"
    bundled.mkdir(parents=True)
    (bundled / "00_start_here.ipynb").write_text("shipped")
    (bundled / "10_find.ipynb").write_text("shipped")
    monkeypatch.setattr(workbench, "PACKAGE", package)
    monkeypatch.setattr(workbench, "notebooks_dir", lambda: bundled)
    monkeypatch.chdir(tmp_path)
    own = notebooks_to_open()
    assert own == tmp_path / "hwb-notebooks"
    (own / "10_find.ipynb").write_text("changed")
    notebooks_to_open()
    assert (own / "00_start_here.ipynb").read_text() == "shipped"
    assert (own / "10_find.ipynb").read_text() == "changed"


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        notebooks_to_open(tmp_path / "absent")


def test_lab_starts_jupyterlab_of_this_interpreter(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[tuple[str, list[str], dict[str, str]]] = []
    monkeypatch.setattr(os, "execve", lambda *call: started.append(call))
    with pytest.raises(SystemExit) as ended:
        cli.main(["lab", str(tmp_path), "--no-browser", "--port", "9321"])
    assert not ended.value.code
    ((program, command, environment),) = started
    assert program == sys.executable
    assert command[1:3] == ["-m", "jupyterlab"]
    assert {"--no-browser", "--ServerApp.port=9321"} <= set(command)
    assert not [word for word in command if "default_url" in word]
    assert environment["JUPYTER_PREFER_ENV_PATH"] == "1"


def test_a_new_project_has_its_files_and_a_registry_that_holds(project: Path) -> None:
    names = {p.relative_to(project).as_posix() for p in project.rglob("*") if p.is_file()}
    assert names == {
        "README.md",
        "strategy.yaml",
        "analysis.ipynb",
        "data/local/visits.yaml",
        "data/local/visits.csv",
        ".gitignore",
    }
    strategy = load_strategy(project / "strategy.yaml")
    assert strategy.strategy.title == "my analysis"
    assert len(strategy.priorities) == 1
    assert all(strategy.parts(measure) for measure in strategy.measures)
    assert "/data/local/" in (project / ".gitignore").read_text()
    readme = (project / "README.md").read_text()
    assert strategy.priorities[0].slug in readme
    assert "{" not in readme


def test_the_example_can_be_another_priority(tmp_path: Path) -> None:
    new_project(tmp_path / "p", like="health-protection")
    strategy = load_strategy(tmp_path / "p" / "strategy.yaml")
    assert strategy.priorities[0].slug == "health-protection"
    assert {"XCC-HPE-02", "XCC-HPE-08"} <= {m.id for m in strategy.measures}


@pytest.mark.parametrize("what", ["file", "full"])
def test_nothing_is_overwritten(tmp_path: Path, what: str) -> None:
    place = tmp_path / "there"
    if what == "file":
        place.write_text("mine")
    else:
        place.mkdir()
        (place / "README.md").write_text("mine")
    with pytest.raises(UsageError, match="nothing is overwritten"):
        new_project(place)
    kept = place if what == "file" else place / "README.md"
    assert kept.read_text() == "mine"


def test_an_empty_folder_is_filled_and_an_unknown_priority_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="did you mean 'health-protection'"):
        new_project(tmp_path / "empty", like="health-protecton")
    assert not list((tmp_path / "empty").iterdir())
    assert new_project(tmp_path / "empty")


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        new_project(tmp_path / "file" / "inside")


def test_the_command_lists_what_it_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        cli.main(["new", "mine"])
    assert not ended.value.code
    out = capsys.readouterr().out
    assert out.splitlines()[0] == "mine/README.md"
    assert "next: read mine/README.md" in out
    with pytest.raises(SystemExit) as again:
        cli.main(["new", "mine"])
    assert again.value.code == 2


def test_its_notebook_runs_through_the_engine(project: Path, tmp_path: Path) -> None:
    """In the folder of the project, as a person runs it."""
    program = [sys.executable, str(RUNNER), "--here", str(tmp_path), "analysis.ipynb"]
    done = run(program, project)
    assert done.returncode == 0, done.stderr
    error = tmp_path / "analysis.error"
    assert not error.exists(), error.read_text()
    node = nbformat.read(tmp_path / "analysis.ipynb", as_version=4)
    text = json.dumps([c.get("outputs") for c in node.cells])
    assert "withheld to protect small numbers" in text
    assert "<figure>" in text
    assert "suppressed" in text
    # The example can be compared and tested, and is called by the name of its own series.
    assert "to the measure it is: primary" in text
    assert "Over " in text
    assert "points the figures show" in text


def test_its_registry_makes_reports(project: Path, tmp_path: Path) -> None:
    program = [sys.executable, "-m", "hwb_analysis"]
    listed = run([*program, "list"], project, HWB_STRATEGY="strategy.yaml", PYTHONPATH=str(ROOT))
    slug = load_strategy(project / "strategy.yaml").priorities[0].slug
    assert slug in listed.stdout
    out = tmp_path / "reports"
    done = run(
        [*program, "run", "-p", slug, "--out", str(out)],
        project,
        HWB_STRATEGY="strategy.yaml",
        PYTHONPATH=str(ROOT),
    )
    assert done.returncode == 0, done.stderr
    assert (out / "latest" / slug / "report.html").is_file()
    page = (out / "latest" / "index.html").read_text(encoding="utf-8")
    assert "my analysis" in page
