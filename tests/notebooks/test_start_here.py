"""The tour also runs in a kernel of its own, as a person runs it."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbclient import NotebookClient


def test_the_tour_runs_in_a_kernel(root: Path, tmp_path: Path) -> None:
    """The same figures as in the forked process, and no warning greets a newcomer."""
    node = nbformat.read(root / "notebooks" / "00_start_here.ipynb", as_version=4)
    client = NotebookClient(
        node, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    outputs = [o for c in node.cells if c.cell_type == "code" for o in c.outputs]
    text = "\n".join(str(t) for o in outputs for t in getattr(o, "data", {}).values())
    for wanted in ("91.82", "decreasing and getting worse", "<figure>", "<img alt="):
        assert wanted in text, wanted
    assert not [o.text for o in outputs if o.output_type == "stream" and o.name == "stderr"]
