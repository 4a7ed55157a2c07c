"""A bar for work that takes longer than a moment, where somebody is there to see it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress

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
    started, bar = time.monotonic(), None
    try:
        for done, item in enumerate(items):
            if bar is not None:
                bar.update(bar.task_ids[0], completed=done)
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


def _bar(what: str, total: int, done: int) -> Progress:
    # rich takes a while to load, and most work is over before a bar is wanted.
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True)
    bar.add_task(what, total=total, completed=done)
    bar.start()
    return bar
