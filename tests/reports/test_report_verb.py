"""hwb.report: one report from Python, and a notebook of one's own at the shell."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

import hwb_analysis as hwb
from hwb_analysis.errors import NotebookError, ParameterError, UsageError
from hwb_analysis.paths import notebooks_dir
from hwb_analysis.reports.manifest import RunStatus, read_manifest


def own_notebook(folder: Path, last: str) -> Path:
    template = nbformat.read(notebooks_dir() / "priority_report.ipynb", as_version=4)
    show = "from hwb_analysis.reports.emit import show_markdown\nshow_markdown('# Mine')"
    cells = [
        new_code_cell(template.cells[0].source, metadata={"tags": ["parameters"]}),
        *map(new_code_cell, (show, last)),
    ]
    path = folder / "mine.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata=template.metadata), path)
    return path


@pytest.fixture(scope="module")
def slug() -> str:
    return hwb.load_strategy().priorities[-1].slug


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, slug: str) -> object:
    place = tmp_path_factory.mktemp("verb")
    return place, hwb.report(slug, formats=("xlsx",), out=place, jobs=1)


def test_the_page_and_its_documents_stand_in_the_run(made, slug) -> None:
    place, report = made
    assert report.page.is_file()
    assert report.file("xlsx").is_file()
    assert {p.suffix for p in report.files} >= {".html", ".xlsx", ".ipynb"}
    assert (place / "latest" / slug / report.page.name).samefile(report.page)
    assert read_manifest(place / "latest").run_id == report.run.run_id


def test_it_shows_itself_with_a_link(made, slug) -> None:
    _, report = made
    assert repr(report).startswith(f"Report({slug}: made now")
    assert report.page.as_uri() in report._repr_html_()
    assert report.title in report._repr_html_()


def test_a_format_that_was_not_asked_for_is_told(made) -> None:
    with pytest.raises(FileNotFoundError, match="add it to formats"):
        made[1].file("pdf")


def test_the_second_time_it_is_taken_over(made, slug) -> None:
    place, first = made
    again = hwb.report(slug, formats=("xlsx",), out=place, jobs=1)
    assert "nothing has changed" in again.how
    assert again.page.read_bytes() == first.page.read_bytes()
    assert again.run.report(slug).status is RunStatus.REUSED


def test_a_notebook_of_ones_own(tmp_path: Path, slug: str) -> None:
    path = own_notebook(tmp_path, "show_markdown(f'For {priority}.')")
    report = hwb.report(slug, out=tmp_path / "out", notebook=path, jobs=1)
    assert f"For {slug}." in report.page.read_text(encoding="utf-8")


def test_what_goes_wrong_in_it_is_told_with_its_log(tmp_path: Path, slug: str) -> None:
    path = own_notebook(tmp_path, "raise ValueError('no such luck')")
    with pytest.raises(NotebookError, match="no such luck") as caught:
        hwb.report(slug, out=tmp_path / "out", notebook=path, jobs=1)
    log = Path(str(caught.value.remedy).removeprefix("read "))
    assert log.is_file()


def test_names_that_do_not_exist(tmp_path: Path, slug: str) -> None:
    with pytest.raises(UsageError, match="no-such"):
        hwb.report("no-such", out=tmp_path)
    with pytest.raises(ParameterError, match="flavour"):
        hwb.report(slug, out=tmp_path, flavour="sweet")
    assert not list(tmp_path.iterdir())


def test_the_command_takes_a_notebook_too(tmp_path: Path, slug: str) -> None:
    from typer.testing import CliRunner

    from hwb_analysis.cli import app

    path = own_notebook(tmp_path, "show_markdown(f'For {priority}.')")
    out = tmp_path / "out"
    words = ["run", "-p", slug, "--out", str(out), "--notebook", str(path), "--jobs", "1"]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert f"For {slug}." in (out / "latest" / slug / "report.html").read_text(encoding="utf-8")
    absent = [*words[:-3], str(tmp_path / "absent.ipynb"), "--jobs", "1"]
    result = CliRunner().invoke(app, absent)
    assert result.exit_code != 0
    assert "absent.ipynb" in result.output + str(result.exception)
