"""Notebooks are kept without outputs and hold no analysis logic."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TEMPLATE = ROOT / "notebooks" / "priority_report.ipynb"
PARAMETERS = {"priority", "area", "comparator", "data_cut", "audience", "suppression"}
# The template calls the library; what computes or draws stands there, where it is tested.
NOT_IN_TEMPLATE = {"numpy", "scipy", "statsmodels", "pandas", "matplotlib", "seaborn", "geopandas"}
MAGIC = re.compile(r"^\s*[%!]", re.MULTILINE)


def _code(path: Path) -> list[nbformat.NotebookNode]:
    notebook = nbformat.read(path, as_version=4)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _tagged(path: Path) -> list[nbformat.NotebookNode]:
    return [c for c in _code(path) if "parameters" in c.metadata.get("tags", [])]


def test_the_notebooks_are_there() -> None:
    assert TEMPLATE in NOTEBOOKS
    assert ROOT / "notebooks" / "00_start_here.ipynb" in NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_no_outputs_are_stored(path: Path) -> None:
    left = [c for c in _code(path) if c.outputs or c.execution_count is not None]
    assert not left, f"{path.name} holds the outputs of {len(left)} cells; run `make fix`"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_the_kernel_is_any_python_3(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata["kernelspec"]["name"] == "python3"
    assert "widgets" not in notebook.metadata
    assert "papermill" not in notebook.metadata


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_no_cell_installs_or_calls_the_shell(path: Path) -> None:
    assert not [c.source for c in _code(path) if MAGIC.search(c.source)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_the_runner_finds_one_parameters_cell(path: Path) -> None:
    found = len(_tagged(path))
    assert found == 1 if path == TEMPLATE else found <= 1


def test_the_template_has_the_agreed_parameters() -> None:
    (cell,) = _tagged(TEMPLATE)
    names = set()
    for statement in ast.parse(cell.source).body:
        assert isinstance(statement, ast.Assign | ast.AnnAssign), "only assignments belong there"
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    assert names == PARAMETERS


def test_the_template_holds_no_analysis_logic() -> None:
    for cell in _code(TEMPLATE):
        for node in ast.walk(ast.parse(cell.source)):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            heavy = {name.split(".")[0] for name in names} & NOT_IN_TEMPLATE
            assert not heavy, f"the template imports {heavy}; call hwb_analysis instead"
            logic = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
            assert not isinstance(node, logic), "a function belongs into hwb_analysis"
