"""Run notebooks through the runner's engine, each in a process forked from this warm one.

    python run_notebooks.py [--here] OUTPUT NOTEBOOK [NOTEBOOK ...]

Each runs in a folder of its own below OUTPUT, with ``--here`` in the working folder.

A program of its own: it forks, which a test process with threads should not. The executed
copies and what went wrong (``<name>.error``) are left below OUTPUT.
"""

from __future__ import annotations

import ast
import json
import multiprocessing
import os
import sys
import time
from pathlib import Path
from typing import Any

from hwb_analysis.errors import HwbError
from hwb_analysis.reports.engine import execute, parameters_cell, plain_settings, read_notebook

TIMEOUT = 120


def defaults(path: Path) -> dict[str, Any]:
    """Return the parameters of a notebook as its tagged cell sets them."""
    cell = parameters_cell(read_notebook(path), where=path.name)
    return {s.targets[0].id: ast.literal_eval(s.value) for s in ast.parse(cell.source).body}


def run_one(notebook: Path, folder: Path, here: bool) -> None:
    """Execute one notebook, or write down why it could not be."""
    work = folder / notebook.stem
    work.mkdir(parents=True)
    started = time.monotonic()
    try:
        execute(
            notebook,
            folder / notebook.name,
            defaults(notebook),
            timeout=TIMEOUT,
            cwd=Path.cwd() if here else work,
            figures=work / "figures",
            inside=True,
        )
    except HwbError as error:
        (folder / f"{notebook.stem}.error").write_text(str(error), encoding="utf-8")
    seconds = json.dumps(time.monotonic() - started)
    (folder / f"{notebook.stem}.seconds").write_text(seconds, encoding="utf-8")


def main(*words: str) -> None:
    """Load what every notebook loads, then run two at a time."""
    here = words[0] == "--here"
    output, *notebooks = words[here:]
    os.environ.update(plain_settings())
    from hwb_analysis.reports import warm

    warm.warm_up()
    waiting = [Path(name) for name in notebooks]
    context = multiprocessing.get_context("fork")
    running: list[Any] = []
    while waiting or running:
        running = [process for process in running if process.is_alive()]
        while waiting and len(running) < 2:
            process = context.Process(target=run_one, args=(waiting.pop(0), Path(output), here))
            process.start()
            running.append(process)
        time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
