"""Papermill behind one adapter, with the mistakes it lets pass turned into errors.

Papermill alone runs a notebook whose parameters cell is missing, ignores a
parameter it does not know, waits for ever on a slow cell and takes ``sys.exit(0)``
for success. Here each of these is refused, the first two before anything runs.
"""

from __future__ import annotations

import ast
import contextlib
import json
import logging
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from hwb_analysis.errors import HwbError, NotebookError, ParameterError, did_you_mean
from hwb_analysis.paths import PACKAGE

FIGURES_VARIABLE = "HWB_FIGURES_DIR"
START_TIMEOUT = 180
TAIL_LINES = 8
# One notebook has one core: several run side by side, and a linear algebra library
# that starts a thread per core in each would only make them wait for one another.
THREAD_LIMITS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
# Python's own, NumPy's, and Arrow's.
OUT_OF_MEMORY = ("MemoryError", "_ArrayMemoryError", "ArrowMemoryError")
TOO_SLOW = "find what is slow, or allow more with --timeout"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PLACE = re.compile(r"^(?:File )?((?:Cell In|/|[A-Za-z]:).*, (?:in |line ).*)$")
_SITE = re.compile(r"^.*site-packages[\\/]")


@dataclass(frozen=True, slots=True)
class ExecutionResult:
    """What one executed notebook left behind: the file, its cells and the seconds it took."""

    notebook: Path
    cells: int
    seconds: float


def parameters_cell(notebook: Any, where: str) -> Any:
    """Return the one code cell tagged ``parameters``, or refuse the notebook.

    Raises
    ------
    ParameterError
        When no cell or more than one carries the tag.
    """
    tagged = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    if len(tagged) == 1 and tagged[0].cell_type == "code":
        return tagged[0]
    raise ParameterError(
        f"exactly one code cell tagged 'parameters' was expected, {len(tagged)} cells have the tag",
        where=where,
        remedy="tag the one code cell that sets the defaults 'parameters'",
    )


def declared_parameters(notebook: Any, where: str) -> list[str]:
    """Return the names that the tagged cell of a notebook sets, in order."""
    source = parameters_cell(notebook, where).source
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        raise ParameterError(
            f"the parameters cell is not valid Python: {error.msg}", where=where
        ) from error
    return [name for statement in body for name in _assigned(statement)]


def _assigned(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.AnnAssign):
        targets: list[ast.expr] = [statement.target]
    else:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
    return [t.id for t in targets if isinstance(t, ast.Name)]


def check_parameters(notebook: Any, parameters: Mapping[str, Any], where: str) -> None:
    """Refuse parameters that the notebook does not declare, or declares and does not get."""
    declared = declared_parameters(notebook, where)
    unknown = [name for name in parameters if name not in declared]
    missing = [name for name in declared if name not in parameters]
    if unknown:
        raise ParameterError(
            f"the notebook has no parameter {', '.join(map(repr, unknown))}",
            where=where,
            remedy=did_you_mean(unknown[0], declared),
        )
    if missing:
        raise ParameterError(
            f"the notebook's parameters {', '.join(map(repr, missing))} were not given a value",
            where=where,
            remedy="give every parameter of the tagged cell: " + ", ".join(declared),
        )


def execute(
    notebook: Path,
    output: Path,
    parameters: Mapping[str, Any],
    *,
    timeout: int,
    start_timeout: int = START_TIMEOUT,
    memory: int | None = None,
    kernel: str = "python3",
    cwd: Path,
    figures: Path | None = None,
) -> ExecutionResult:
    """Run a notebook with parameters and write the executed copy.

    Call it once in a process: papermill changes the working directory of the whole
    process, and this function its environment.

    Parameters
    ----------
    notebook, output
        The template and the executed copy. After an error the copy holds what ran.
    parameters
        A value for each name of the notebook's tagged cell, no more and no fewer.
    timeout
        Seconds that one cell may take.
    start_timeout
        Seconds that the kernel may take to answer first.
    memory
        MiB that the notebook's process may take for itself; no limit when not given.
        What it shares with others, such as the code of libraries, does not count.
    kernel
        Name of the kernel; it always runs the interpreter that runs this code.
    cwd
        Working folder of the notebook; it receives the kernel's own scratch files.
    figures
        Folder for the data and images of the figures that the notebook shows.

    Raises
    ------
    ParameterError
        Before anything runs: unknown or missing parameters, no tag or several.
    NotebookError
        Cell number, kind of error and the last lines, whatever went wrong.
    """
    node = read_notebook(notebook)
    check_parameters(node, parameters, where=notebook.name)
    output.parent.mkdir(parents=True, exist_ok=True)
    _prepare_environment(cwd / ".jupyter", kernel, memory, figures)
    started = time.monotonic()
    try:
        executed = _papermill(notebook, output, parameters, timeout, start_timeout, kernel, cwd)
    except HwbError:
        raise
    except Exception as error:
        raise _notebook_error(error, notebook, node, timeout, memory) from error
    _refuse_unfinished(executed, node, notebook)
    cells = sum(c.cell_type == "code" for c in executed.cells)
    return ExecutionResult(output, cells, time.monotonic() - started)


def read_notebook(path: Path) -> Any:
    """Return a notebook as a node of format 4.

    Raises
    ------
    NotebookError
        When the file is absent or no notebook.
    """
    try:
        return _nbformat().read(path, as_version=4)
    except FileNotFoundError as error:
        raise NotebookError("the notebook does not exist", where=str(path)) from error
    except Exception as error:
        raise NotebookError(
            f"the file is not a readable notebook: {error}", where=str(path)
        ) from error


def write_notebook(node: Any, path: Path) -> None:
    """Write a notebook node."""
    _nbformat().write(node, path)


def _nbformat() -> Any:
    # Imported late, since it takes a second, and by name, since it has no types.
    return import_module("nbformat")


def _prepare_environment(
    folder: Path, kernel: str, memory: int | None, figures: Path | None
) -> None:
    spec = folder / "kernels" / kernel
    spec.mkdir(parents=True, exist_ok=True)
    argv = [sys.executable, *_launcher(memory), "-f", "{connection_file}"]
    text = json.dumps({"argv": argv, "display_name": kernel, "language": "python"})
    (spec / "kernel.json").write_text(text, encoding="utf-8")
    os.environ.update(dict.fromkeys(THREAD_LIMITS, "1"))
    # JUPYTER_PATH comes before every installed kernel of the same name, and a private
    # IPython folder keeps a user's start-up files and history out of the report.
    os.environ.update(
        JUPYTER_PATH=str(folder), IPYTHONDIR=str(folder / "ipython"), MPLBACKEND="Agg"
    )
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    if figures is None:
        os.environ.pop(FIGURES_VARIABLE, None)
        return
    figures.mkdir(parents=True, exist_ok=True)
    os.environ[FIGURES_VARIABLE] = str(figures)


def _launcher(memory: int | None) -> list[str]:
    if memory is None:
        return ["-m", "ipykernel_launcher"]
    # The limit is the kernel's alone: what makes the page of it must not die with it.
    # Data, not address space: the latter is many times what a library really uses.
    most = memory * 1024**2
    limit = f"resource.setrlimit(resource.RLIMIT_DATA, ({most}, {most}))"
    launch = "runpy.run_module('ipykernel_launcher', run_name='__main__')"
    return ["-c", f"import resource, runpy; {limit}; {launch}"]


def _papermill(
    notebook: Path,
    output: Path,
    parameters: Mapping[str, Any],
    timeout: int,
    start_timeout: int,
    kernel: str,
    cwd: Path,
) -> Any:
    import papermill
    from traitlets.config import Config

    # Sockets in the working folder instead of ports: two kernels that start at the same
    # moment cannot take the same one, and nobody else on the machine can listen.
    local = Config({"KernelManager": {"transport": "ipc"}})
    with _quiet("papermill", "traitlets", "asyncio"):
        return papermill.execute_notebook(
            _literal(notebook),
            _literal(output),
            parameters=dict(parameters),
            kernel_name=kernel,
            language="python",
            cwd=str(cwd),
            request_save_on_cell_execute=False,
            progress_bar=False,
            log_output=False,
            start_timeout=start_timeout,
            execution_timeout=timeout,
            config=local,
        )


def _literal(path: Path) -> str:
    # Papermill fills {name} in a path with parameters; a brace in a folder name is a brace.
    return str(path).replace("{", "{{").replace("}", "}}")


@contextlib.contextmanager
def _quiet(*names: str) -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _notebook_error(
    error: Exception, notebook: Path, node: Any, timeout: int, memory: int | None
) -> NotebookError:
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
            return NotebookError(text, where=where, remedy=_more_memory(memory))
        return _cell_error(number, error.ename, error.evalue, error.traceback, notebook)
    if isinstance(error, CellTimeoutError):
        return NotebookError(
            f"CellTimeoutError: a cell took longer than {timeout} seconds",
            where=notebook.name + _slow_cell(node, str(error)),
            remedy="; ".join(filter(None, (TOO_SLOW, _more_memory(memory)))),
        )
    if isinstance(error, DeadKernelError):
        return NotebookError(
            "DeadKernelError: the kernel died; the system may have ended it for want of memory",
            where=notebook.name,
            remedy=_more_memory(memory) or "run fewer notebooks at once with --jobs 1",
        )
    name = type(error).__name__
    return NotebookError(f"{name}: {error}", where=notebook.name, remedy=_more_memory(memory))


def _more_memory(memory: int | None) -> str | None:
    return f"the limit of memory is {memory} MiB: allow more with --memory" if memory else None


def _out_of_memory(evalue: str, where: str, memory: int | None) -> NotebookError:
    most = f"the limit of {memory} MiB" if memory else "the system gives"
    return NotebookError(
        f"MemoryError: the notebook asked for more memory than {most}"
        + (f": {evalue}" if evalue else ""),
        where=where,
        remedy=_more_memory(memory) or "run fewer notebooks at once with --jobs 1",
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


def _refuse_unfinished(executed: Any, node: Any, notebook: Path) -> None:
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
