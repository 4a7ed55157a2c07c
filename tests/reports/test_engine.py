"""What papermill lets pass is refused, and what goes wrong is told with its place."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import nbformat
import pytest

from hwb_analysis.errors import NotebookError, ParameterError
from hwb_analysis.reports.engine import declared_parameters, execute, read_notebook

GIVEN = {"priority": "good", "suppression": "published"}
HEAD = 'priority = ""\nsuppression: str = "published"  # a rule'


@pytest.fixture
def runs(monkeypatch):
    """Fail the test when a notebook would be run."""
    import papermill

    def never(*args, **options):
        raise AssertionError("the notebook was run")

    monkeypatch.setattr(papermill, "execute_notebook", never)


def _execute(notebook: Path, given: dict[str, str], folder: Path, timeout: int = 60):
    work = folder / "work"
    work.mkdir()
    return execute(notebook, folder / "out.ipynb", given, timeout=timeout, cwd=work)


@pytest.mark.parametrize("tagged", [0, 2])
def test_the_tag_must_be_there_once(tmp_path, write_notebook, runs, kept_environment, tagged):
    path = write_notebook(tmp_path / "n.ipynb", "1", parameters=HEAD, tagged=tagged)
    with pytest.raises(ParameterError, match=f"{tagged} cells have the tag") as caught:
        _execute(path, GIVEN, tmp_path)
    assert caught.value.where == "n.ipynb"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({**GIVEN, "prority": "x"}, "no parameter 'prority'.*did you mean 'priority'"),
        ({"priority": "good"}, "'suppression' were not given"),
        ({}, "'priority', 'suppression' were not given"),
    ],
)
def test_names_must_match(tmp_path, write_notebook, runs, kept_environment, given, told):
    path = write_notebook(tmp_path / "n.ipynb", "1", parameters=HEAD)
    with pytest.raises(ParameterError) as caught:
        _execute(path, given, tmp_path)
    assert re.search(told, str(caught.value), re.DOTALL)


def test_parameters_cell_must_be_python(tmp_path, write_notebook):
    path = write_notebook(tmp_path / "n.ipynb", parameters="priority = = 1")
    with pytest.raises(ParameterError, match="not valid Python"):
        declared_parameters(read_notebook(path), "n.ipynb")


@pytest.mark.parametrize("content", [None, "no notebook", "{}"])
def test_an_unreadable_notebook_is_told(tmp_path, content):
    path = tmp_path / "n.ipynb"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(NotebookError) as caught:
        read_notebook(path)
    assert str(path) in str(caught.value)


def test_values_reach_the_notebook_as_they_are(tmp_path, write_notebook, kept_environment):
    hostile = "a\"b'\\n{priority}\n#é"
    folder = tmp_path / "with {braces} and spaces"
    path = write_notebook(
        folder / "n.ipynb",
        "import json, os, sys",
        "print(json.dumps([priority, sys.executable, os.environ['HWB_FIGURES_DIR'],"
        " os.environ['OMP_NUM_THREADS'], os.environ['MPLBACKEND'], os.getcwd()]))",
        parameters=HEAD,
    )
    work = folder / "work"
    work.mkdir()
    done = execute(
        path,
        folder / "out.ipynb",
        {**GIVEN, "priority": hostile},
        timeout=60,
        cwd=work,
        figures=folder / "figures",
    )
    assert done.notebook == folder / "out.ipynb"
    assert done.cells == 4
    last = nbformat.read(done.notebook, as_version=4).cells[-1]
    seen = json.loads(last.outputs[0].text)
    assert seen == [
        hostile,
        sys.executable,
        str(folder / "figures"),
        "1",
        "Agg",
        str(work),
    ]


def test_an_error_names_the_cell_of_the_template(tmp_path, write_notebook, kept_environment):
    code = "from hwb_analysis.periods import parse_period\nparse_period('soon')"
    path = write_notebook(tmp_path / "n.ipynb", "x = 1", code, parameters=HEAD)
    with pytest.raises(NotebookError) as caught:
        _execute(path, GIVEN, tmp_path)
    assert caught.value.exit_code == 14
    assert caught.value.message.startswith("DataContractError: the period label 'soon'")
    where = caught.value.where.splitlines()
    assert where[0] == "n.ipynb, cell 3"
    assert any(line.strip().startswith("hwb_analysis/periods.py:") for line in where)
    assert (tmp_path / "out.ipynb").is_file()
