"""A bar for work that takes longer than a moment, where somebody is there to see it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, Protocol, TypeVar

Item = TypeVar("Item")
# The runner names this folder for a report; nobody watches a report being made.
IN_A_REPORT = "HWB_FIGURES_DIR"
PATIENCE_SECONDS = 2.0


def track(items: Sequence[Item], what: str, patience: float = PATIENCE_SECONDS) -> Iterator[Item]:
    """Yield the items, with a bar once they have taken longer than ``patience`` seconds.

    The bar goes to the error stream of a terminal, or into a notebook, and disappears at the
    end. In reports, logs and pipes there is none.

    Examples
    --------
    >>> list(track([1, 2, 3], "counting"))
    [1, 2, 3]
    """
    started = time.monotonic()
    bar: Bar | None = None
    try:
        for done, item in enumerate(items):
            if bar is not None:
                bar.update(done)
            elif somebody_is_there() and time.monotonic() - started > patience:
                bar = _bar(what, len(items), done)
            yield item
    finally:
        if bar is not None:
            bar.stop()


def somebody_is_there() -> bool:
    """Say whether a person is likely to look: a notebook or a terminal, and no report."""
    if os.environ.get(IN_A_REPORT):
        return False
    return "ipykernel" in sys.modules or sys.stderr.isatty()


def in_a_kernel() -> bool:
    """Say whether this process runs the cells of a notebook."""
    if "ipykernel" not in sys.modules:
        return False
    from IPython.core.getipython import get_ipython

    return get_ipython() is not None


def _bar(what: str, total: int, done: int) -> Bar:
    bar: Bar = _NotebookBar(what, total) if in_a_kernel() else _TerminalBar(what, total)
    bar.update(done)
    return bar


class Bar(Protocol):
    """What is seen of long work."""

    def update(self, done: int) -> None:
        """So many items are done."""

    def stop(self) -> None:
        """Leave nothing behind."""


class _TerminalBar:
    def __init__(self, what: str, total: int) -> None:
        # rich takes a while to load, and most work is over before a bar is wanted.
        from rich.console import Console
        from rich.progress import Progress

        self._bar = Progress(console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task(what, total=total)
        self._bar.start()

    def update(self, done: int) -> None:
        self._bar.update(self._task, completed=done)

    def stop(self) -> None:
        self._bar.stop()


class _NotebookBar:
    """Plain HTML that is written over: a widget would stay in the saved notebook as its name."""

    def __init__(self, what: str, total: int) -> None:
        from IPython.display import display

        self._what, self._total = what, total
        show: Any = display
        self._handle = show(self._shown(0), raw=True, display_id=True)

    def _shown(self, done: int) -> dict[str, str]:
        words = f"{self._what}: {done} of {self._total}"
        bar = f'<progress value="{done}" max="{self._total}"></progress>'
        return {"text/plain": words, "text/html": f"<label>{escape(words)} {bar}</label>"}

    def update(self, done: int) -> None:
        self._handle.update(self._shown(done), raw=True)

    def stop(self) -> None:
        self._handle.update({"text/plain": ""}, raw=True)
