"""A notebook run inside this process, for one that was forked for nothing else.

A kernel of its own would import everything again and pass every picture through
sockets; a forked process has the imports already. It runs one notebook and is gone, so
that nothing reaches the next. Papermill stays in front, as with a kernel.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from types import FrameType
from typing import Any

from hwb_analysis.errors import NotebookError

NAME = "hwb-inside"
# A cell that holds the interpreter sees no signal; this much later the process ends.
GRACE_SECONDS = 10
DISPLAY = "display_data"


class TooSlow(BaseException):
    """A cell has had its time; no error, so that no handler of errors in it stops this."""


def register() -> str:
    """Make papermill know this engine, and return its name."""
    engines = import_module("papermill.engines")

    class Inside(engines.Engine):  # type: ignore[name-defined, misc]
        """Runs the cells of a notebook one after the other in this process."""

        @classmethod
        def execute_managed_notebook(
            cls, nb_man: Any, kernel_name: str, *, execution_timeout: int, **_: Any
        ) -> None:
            run_cells(nb_man, execution_timeout)

    engines.papermill_engines.register(NAME, Inside)
    return NAME


def run_cells(manager: Any, timeout: int) -> None:
    """Run every code cell until one fails, and leave its outputs in the notebook."""
    outputs = Outputs()
    shell = make_shell(outputs)
    with _streams(outputs):
        for index, cell in enumerate(manager.nb.cells):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            manager.cell_start(cell, index)
            failed = _run_cell(shell, cell, outputs, timeout)
            if failed:
                manager.cell_exception(cell, index)
                return
            manager.cell_complete(cell, index)
            if shell.left:
                _refuse_rest(manager.nb.cells[index + 1 :])
                return


def _refuse_rest(cells: Sequence[Any]) -> None:
    for cell in cells:
        if cell.cell_type == "code" and cell.source.strip():
            first = cell.source.strip().splitlines()[0]
            raise NotebookError(f"the notebook stopped before its end: '{first}' did not run")


def _run_cell(shell: Any, cell: Any, outputs: Outputs, timeout: int) -> bool:
    outputs.begin()
    try:
        with _limit(timeout) as late:
            result = shell.run_cell(cell.source, store_history=True)
    finally:
        cell.outputs = outputs.taken()
        cell.execution_count = shell.execution_count - 1
    if late():
        slow = import_module("nbclient.exceptions").CellTimeoutError
        raise slow.error_from_timeout_and_cell("the cell was ended", timeout, cell)
    return not result.success


@contextlib.contextmanager
def _limit(timeout: int) -> Iterator[Callable[[], bool]]:
    """End what runs inside after so many seconds, and say whether that was needed."""
    rung = False

    def ring(number: int, frame: FrameType | None) -> None:
        nonlocal rung
        rung = True
        raise TooSlow

    before = signal.signal(signal.SIGALRM, ring)
    # Again each second: code that swallows everything is asked until it gives way.
    signal.setitimer(signal.ITIMER_REAL, timeout, 1)
    faulthandler.dump_traceback_later(timeout + GRACE_SECONDS, exit=True, file=2)
    try:
        yield lambda: rung
    except TooSlow:
        pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        faulthandler.cancel_dump_traceback_later()
        signal.signal(signal.SIGALRM, before)


class Outputs:
    """What the cell at work has shown so far, as a notebook keeps it."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.new = import_module("nbformat.v4").new_output

    def begin(self) -> None:
        """Start the outputs of a new cell."""
        self.nodes = []

    def taken(self) -> list[Any]:
        """Return the outputs of the cell that has ended."""
        found, self.nodes = self.nodes, []
        return found

    def show(self, kind: str, **content: Any) -> None:
        """Add one output."""
        self.nodes.append(self.new(kind, **content))

    def write(self, name: str, text: str) -> None:
        """Add text to a stream; between two things shown, a stream is one output."""
        for last in reversed(self.nodes):
            if last.output_type != "stream":
                break
            if last.name == name:
                last.text += text
                return
        self.show("stream", name=name, text=text)


class Stream:
    """Stands in for ``sys.stdout`` or ``sys.stderr`` while cells run."""

    encoding = "utf-8"

    def __init__(self, name: str, outputs: Outputs, real: Any) -> None:
        self.name, self.outputs, self.real = name, outputs, real

    def write(self, text: str) -> int:
        """Keep the text with the cell that wrote it."""
        if text:
            self.outputs.write(self.name, text)
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Keep several texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Do nothing: nothing is held back."""

    def isatty(self) -> bool:
        """Say that nobody is watching."""
        return False

    def fileno(self) -> int:
        """Return the descriptor of the real stream, for what must have one."""
        return int(self.real.fileno())


@contextlib.contextmanager
def _streams(outputs: Outputs) -> Iterator[None]:
    with (
        contextlib.redirect_stdout(Stream("stdout", outputs, sys.stdout)),
        contextlib.redirect_stderr(Stream("stderr", outputs, sys.stderr)),
    ):
        yield


SHELL = {
    "HistoryManager": {"enabled": False},
    # As a kernel does: a plain traceback that is kept, not one for a terminal.
    "InteractiveShell": {"colors": "nocolor", "autoindent": False},
}


def make_shell(outputs: Outputs) -> Any:
    """Return an IPython shell that hands its outputs over instead of printing them."""
    interactive = import_module("IPython.core.interactiveshell").InteractiveShell
    hook = import_module("IPython.core.displayhook").DisplayHook
    publisher = import_module("IPython.core.displaypub").DisplayPublisher

    class Hook(hook):  # type: ignore[misc, valid-type]
        def write_output_prompt(self) -> None:
            pass

        def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
            count = self.prompt_count
            outputs.show(
                "execute_result", data=format_dict, metadata=md_dict or {}, execution_count=count
            )

        def finish_displayhook(self) -> None:
            self._is_active = False

    class Publisher(publisher):  # type: ignore[misc, valid-type]
        def publish(self, data: Any, metadata: Any = None, *_: Any, **__: Any) -> None:
            outputs.show(DISPLAY, data=data, metadata=metadata or {})

        def clear_output(self, wait: bool = False) -> None:
            outputs.begin()

    class Shell(interactive):  # type: ignore[misc, valid-type]
        left = False

        def ask_exit(self) -> None:
            # What `exit()` calls; a notebook that leaves early is refused by the adapter.
            self.left = True

        def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
            lines = list(stb) if isinstance(stb, list | tuple) else [str(stb)]
            outputs.show("error", ename=etype.__name__, evalue=str(evalue), traceback=lines)

        def enable_gui(self, gui: Any = None) -> None:
            pass

    return Shell.instance(
        config=import_module("traitlets.config").Config(SHELL),
        displayhook_class=Hook,
        display_pub_class=Publisher,
        ipython_dir=os.environ.get("IPYTHONDIR", ""),
    )
