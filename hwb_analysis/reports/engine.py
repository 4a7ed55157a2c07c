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
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from hwb_analysis.errors import HwbError, NotebookError, ParameterError, did_you_mean
from hwb_analysis.reports.engine_errors import notebook_error, refuse_unfinished

# Checks addresses in other alphabets, which no notebook holds; it takes a second to load.
SLOW_TO_LOAD = "rfc3987_syntax"
FIGURES_VARIABLE = "HWB_FIGURES_DIR"
START_TIMEOUT = 180
# One notebook has one core: several run side by side, and a linear algebra library
# that starts a thread per core in each would only make them wait for one another.
THREAD_LIMITS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


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
    inside: bool = False,
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
    inside
        Run the cells in this process, which must have been forked for them alone,
        instead of in a kernel.

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
        with _own_limit(memory if inside else None):
            executed = _papermill(
                notebook, output, parameters, timeout, start_timeout, kernel, cwd, inside
            )
    except HwbError:
        raise
    except Exception as error:
        raise notebook_error(error, notebook, node, timeout, memory) from error
    refuse_unfinished(executed, node, notebook)
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
    # Imported late, since it takes a while, and by name, since it has no types.
    with _without(SLOW_TO_LOAD):
        return import_module("nbformat")


@contextlib.contextmanager
def _without(name: str) -> Iterator[None]:
    """Let an optional library be absent while others load, unless it is there already."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        sys.modules.pop(name, None)


@contextlib.contextmanager
def _own_limit(memory: int | None) -> Iterator[None]:
    """Limit the data of this process while a notebook runs in it, and lift it for the page."""
    if memory is None:
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    # On top of what the process was born with: that is shared with its parent.
    most = _data_now() + memory * 1024**2
    resource.setrlimit(resource.RLIMIT_DATA, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def _data_now() -> int:
    """Return the bytes of data that this process has mapped, as the limit counts them."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData")), 0)


def plain_settings() -> dict[str, str]:
    """Return what every process that computes or draws must see before it loads a library."""
    return {
        **dict.fromkeys(THREAD_LIMITS, "1"),
        "MPLBACKEND": "Agg",
        # Arrow's allocator else starts a thread of its own, and forking wants none.
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }


def _prepare_environment(
    folder: Path, kernel: str, memory: int | None, figures: Path | None
) -> None:
    spec = folder / "kernels" / kernel
    spec.mkdir(parents=True, exist_ok=True)
    argv = [sys.executable, *_launcher(memory), "-f", "{connection_file}"]
    text = json.dumps({"argv": argv, "display_name": kernel, "language": "python"})
    (spec / "kernel.json").write_text(text, encoding="utf-8")
    os.environ.update(plain_settings())
    # JUPYTER_PATH comes before every installed kernel of the same name, and a private
    # IPython folder keeps a user's start-up files and history out of the report.
    os.environ.update(JUPYTER_PATH=str(folder), IPYTHONDIR=str(folder / "ipython"))
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
    inside: bool,
) -> Any:
    import papermill
    from traitlets.config import Config

    from hwb_analysis.reports import engine_inside

    # Sockets in the working folder instead of ports: two kernels that start at the same
    # moment cannot take the same one, and nobody else on the machine can listen.
    local = Config({"KernelManager": {"transport": "ipc"}})
    with _quiet("papermill", "traitlets", "asyncio"):
        return papermill.execute_notebook(
            _literal(notebook),
            _literal(output),
            parameters=dict(parameters),
            engine_name=engine_inside.register() if inside else None,
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
