"""The notebooks that people open by hand run from top to bottom and say what they promise."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient


@pytest.fixture(scope="module")
def executed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    """Run the start-here notebook in a kernel of this interpreter."""
    node = nbformat.read(root / "notebooks" / "00_start_here.ipynb", as_version=4)
    work = tmp_path_factory.mktemp("start here")
    client = NotebookClient(
        node, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(work)}}
    )
    client.execute()
    return node


def shown(node: nbformat.NotebookNode) -> str:
    """Return everything that the cells display, as text and HTML."""
    outputs = [o for c in node.cells if c.cell_type == "code" for o in c.outputs]
    return "\n".join(
        str(text) for o in outputs for text in getattr(o, "data", {}).values()
    ) + "\n".join(o.get("text", "") for o in outputs)


def test_every_cell_shows_something(executed: nbformat.NotebookNode) -> None:
    """No cell of the tour is without a result."""
    silent = [c.source for c in executed.cells if c.cell_type == "code" and not c.outputs]
    assert not silent


def test_it_loads_compares_tests_and_draws(executed: nbformat.NotebookNode) -> None:
    """MMR with its method, the comparison, the marker, a refusal, the slope, a figure."""
    text = shown(executed)
    for wanted in (
        "91.82",
        "wilson",
        "better",
        "decreasing and getting worse",
        "the periods overlap",
        "Newcombe hybrid score",
        "slope index",
        "<figure>",
    ):
        assert wanted in text, wanted


def test_nothing_goes_to_the_error_stream(executed: nbformat.NotebookNode) -> None:
    """No warning greets a newcomer."""
    noise = [
        o.text
        for c in executed.cells
        if c.cell_type == "code"
        for o in c.outputs
        if o.output_type == "stream" and o.name == "stderr"
    ]
    assert not noise
