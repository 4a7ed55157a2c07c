"""What went wrong in a notebook, with its place in the template and what to do."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hwb_analysis.errors import NotebookError
from hwb_analysis.paths import PACKAGE

TAIL_LINES = 8
# Python's own, NumPy's, and Arrow's.
OUT_OF_MEMORY = ("MemoryError", "_ArrayMemoryError", "ArrowMemoryError")
TOO_SLOW = "find what is slow, or allow more with --timeout"
FEWER = "run fewer notebooks at once with --jobs 1"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PLACE = re.compile(r"^(?:File )?((?:Cell In|/|[A-Za-z]:).*, (?:in |line ).*)$")
_SITE = re.compile(r"^.*site-packages[\\/]")


def notebook_error(
    error: Exception, notebook: Path, node: Any, timeout: int, memory: int | None
) -> NotebookError:
    """Return the error of this package that stands for one of papermill or its kernel."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    if isinstance(error, PapermillExecutionError):
        number = _template_number(node, error.cell_index)
        where = f"{notebook.name}, cell {number}"
        if error.ename in OUT_OF_MEMORY:
            return _out_of_memory(error.evalue, where, memory)
        if not error.traceback:
            # A kernel short of memory can fail without being able to print anything.
            text = "the cell failed, and the kernel did not say why"
            return NotebookError(text, where=where, remedy=more_memory(memory))
        return _cell_error(number, error.ename, error.evalue, error.traceback, notebook)
    if isinstance(error, CellTimeoutError):
        return NotebookError(
            f"CellTimeoutError: a cell took longer than {timeout} seconds",
            where=notebook.name + _slow_cell(node, str(error)),
            remedy="; ".join(filter(None, (TOO_SLOW, more_memory(memory)))),
        )
    if isinstance(error, DeadKernelError):
        return NotebookError(
            "DeadKernelError: the kernel died; the system may have ended it for want of memory",
            where=notebook.name,
            remedy=more_memory(memory) or FEWER,
        )
    name = type(error).__name__
    return NotebookError(f"{name}: {error}", where=notebook.name, remedy=more_memory(memory))


def more_memory(memory: int | None) -> str | None:
    """Return what to do where memory is limited and may have been too little."""
    return f"the limit of memory is {memory} MiB: allow more with --memory" if memory else None


def _out_of_memory(evalue: str, where: str, memory: int | None) -> NotebookError:
    most = f"the limit of {memory} MiB" if memory else "the system gives"
    return NotebookError(
        f"MemoryError: the notebook asked for more memory than {most}"
        + (f": {evalue}" if evalue else ""),
        where=where,
        remedy=more_memory(memory) or FEWER,
    )


def _template_number(node: Any, index: int) -> int:
    # Papermill puts a cell after the tagged one; a person counts the template's cells.
    tagged = [n for n, c in enumerate(node.cells) if "parameters" in c.metadata.get("tags", [])]
    return index + 1 - (index > tagged[0])


def _cell_error(
    number: int, ename: str, evalue: str, traceback: Sequence[str], notebook: Path
) -> NotebookError:
    places = "".join(f"\n    {place}" for place in _places("\n".join(traceback)))
    return NotebookError(
        f"{ename}: {_COLOUR.sub('', evalue)}",
        where=f"{notebook.name}, cell {number}{places}",
        remedy="the notebook as far as it ran is kept beside the log",
    )


def _places(traceback: str) -> list[str]:
    """Return the last places of a traceback, without the folders of this machine."""
    lines = [_COLOUR.sub("", line) for line in traceback.splitlines()]
    found = [match[1] for line in lines if (match := _PLACE.match(line))]
    return [_SITE.sub("", place.replace(f"{PACKAGE.parent}{os.sep}", "")) for place in found][
        -TAIL_LINES:
    ]


def _slow_cell(node: Any, message: str) -> str:
    # nbclient quotes the cell but does not number it.
    for index, cell in enumerate(node.cells):
        lines = cell.source.strip().splitlines()[:3]
        if cell.cell_type == "code" and lines and "\n".join(lines) in message:
            return "".join([f", cell {index + 1}", *(f"\n    {line}" for line in lines)])
    return ""


def refuse_unfinished(executed: Any, node: Any, notebook: Path) -> None:
    """Refuse an executed notebook that ended before its last cell.

    Raises
    ------
    NotebookError
        With the first cell that failed or did not run.
    """
    for index, cell in enumerate(executed.cells):
        if cell.cell_type != "code":
            continue
        number = _template_number(node, index)
        # Papermill takes sys.exit(0) for success and leaves the rest of the page out.
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                raise _cell_error(number, output.ename, output.evalue, output.traceback, notebook)
        status = cell.metadata.get("papermill", {}).get("status")
        if cell.source.strip() and status != "completed":
            raise NotebookError(
                f"the notebook stopped before its end: cell {number} did not run",
                where=notebook.name,
            )
