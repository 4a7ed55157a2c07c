"""How a notebook hands figures, tables and sentences to the page.

In a notebook opened by hand these only display. When the runner names a folder
(``HWB_FIGURES_DIR``), the files of each figure and the CSV of each table are written
there as well, so that every picture on the page has its numbers beside it.
"""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hwb_analysis.errors import NotebookError
from hwb_analysis.reports.engine import FIGURES_VARIABLE

if TYPE_CHECKING:
    import pandas as pd

    from hwb_analysis.figures.drawn import Drawn


def show(drawn: Drawn) -> None:
    """Display a figure with its words and data table, and write its files.

    Raises
    ------
    NotebookError
        When another figure or table of this report already has the name.
    """
    write(drawn)
    show_html(drawn.to_html())


def write(drawn: Drawn) -> None:
    """Write the files of a figure, when a runner has named a folder.

    Raises
    ------
    NotebookError
        When another figure or table of this report already has the name.
    """
    folder = figures_folder()
    if folder is not None:
        _refuse_second(folder, drawn.name)
        drawn.write(folder)


def show_table(data: pd.DataFrame, caption: str, name: str, **options: Any) -> None:
    """Display a table, and write it as ``<name>.csv`` with its numbers unrounded.

    ``options`` go to :func:`hwb_analysis.tables.html_table`.
    """
    from hwb_analysis.sources.local.marks import refuse_unprotected
    from hwb_analysis.tables import html_table

    refuse_unprotected(data)
    folder = figures_folder()
    if folder is not None:
        _refuse_second(folder, name)
        shown = data.drop(columns=list(options.get("html_columns", ())))
        shown.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    options.setdefault("wide", True)
    show_html(html_table(data, caption, **options))


def show_html(html: str) -> None:
    """Display HTML that this package made."""
    _display("HTML", html)


def show_markdown(text: str) -> None:
    """Display Markdown: findings, headings, lists; HTML inside it is shown as text."""
    _display("Markdown", text)


def _display(kind: str, text: str) -> None:
    # By name, since IPython has no types.
    shown = import_module("IPython.display")
    shown.display(getattr(shown, kind)(text))


def figures_folder() -> Path | None:
    """Return the folder for the data of figures, or nothing when no runner is at work."""
    named = os.environ.get(FIGURES_VARIABLE)
    return Path(named) if named else None


def _refuse_second(folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / f"{name}.csv").exists():
        raise NotebookError(
            f"two figures or tables of this report are named '{name}'",
            remedy="give each its own name; it becomes the name of its files",
        )
