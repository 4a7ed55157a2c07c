"""What may leave the machine, and how it takes the place of what stood there.

A reader never meets half a report: folders are made aside and renamed, and `latest`
points at the old run until the new one is whole.
"""

from __future__ import annotations

import contextlib
import html
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from typing import Any

from hwb_analysis.errors import HwbError, UsageError
from hwb_analysis.reports.manifest import (
    PageState,
    ReportRecord,
    RunRecord,
    read_manifest,
    replace_text,
)
from hwb_analysis.reports.render import PageMeta, page, set_notice

INDEX_NAME = "index.html"
PAGE_NAME = "report.html"
NOTEBOOK_NAME = "notebook.ipynb"
LATEST = "latest"
MESSAGE_LINES = 6
# Stands in for the symbolic link where the file system has none.
LATEST_FILE = "LATEST"


def clean_notebook(notebook: Any) -> Any:
    """Take from an executed notebook what speaks of the machine; outputs stay.

    Papermill notes environment variables and paths in the metadata, and warnings on
    the error stream name folders; neither belongs to the reader.
    """
    from copy import deepcopy

    clean = deepcopy(notebook)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    clean.metadata = type(clean.metadata)(kernelspec=kernel, language_info={"name": "python"})
    for number, cell in enumerate(clean.cells):
        tags = cell.metadata.get("tags")
        # Papermill gives the cell it adds another name each time.
        cell["id"] = f"cell-{number:02d}"
        cell.metadata = type(cell.metadata)({"tags": tags} if tags else {})
        if cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
    return clean


def latest_run(out: Path) -> Path | None:
    """Return the folder of the newest complete run, or nothing when there is none."""
    link, named = out / LATEST, out / LATEST_FILE
    if link.is_dir():
        return link.resolve()
    if named.is_file():
        folder = out / "runs" / named.read_text(encoding="utf-8").strip()
        return folder if folder.is_dir() else None
    return None


def latest_record(out: Path) -> tuple[Path, RunRecord]:
    """Return folder and record of the newest complete run.

    Raises
    ------
    UsageError
        When no run stands there yet.
    """
    folder = latest_run(out)
    if folder is None:
        raise UsageError(
            "there is no run yet", where=str(out), remedy="make the reports with `hwb run`"
        )
    return folder, read_manifest(folder)


def previous_record(out: Path) -> tuple[Path, RunRecord] | None:
    """Return the newest complete run, or nothing when none can be read."""
    try:
        return latest_record(out)
    except HwbError:
        return None


def point_latest(out: Path, run_id: str) -> None:
    """Make ``latest`` point at a run, in one step."""
    temporary = out / f".{LATEST}.{os.getpid()}"
    try:
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(Path("runs") / run_id, target_is_directory=True)
        os.replace(temporary, out / LATEST)
    except OSError:
        temporary.unlink(missing_ok=True)
        replace_text(out / LATEST_FILE, run_id + "\n")
    else:
        (out / LATEST_FILE).unlink(missing_ok=True)


def place(staged: Path, final: Path) -> None:
    """Rename a finished folder to where readers look for it."""
    final.parent.mkdir(parents=True, exist_ok=True)
    os.replace(staged, final)


@contextlib.contextmanager
def aside(out: Path, run_id: str, slug: str) -> Iterator[Path]:
    """Give a folder to build in that is gone afterwards unless it was placed."""
    folder = out / ".staging" / run_id / slug
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def carry(source: Path, staged: Path, notice: str = "") -> None:
    """Copy the last good report, and put a notice on its page when one is given."""
    try:
        shutil.copytree(source, staged, dirs_exist_ok=True)
    except shutil.Error as error:
        raise _first_fault(error) from error
    if not notice:
        return
    shown = staged / PAGE_NAME
    shown.write_text(set_notice(shown.read_text(encoding="utf-8"), notice), encoding="utf-8")


def _first_fault(error: shutil.Error) -> OSError:
    """Return the first of the faults that copying a folder has collected, as the system told it."""
    (_, target, told), *_ = error.args[0]
    number = re.match(r"\[Errno (\d+)\]", str(told))
    if number is None:
        return OSError(str(told))
    return OSError(int(number[1]), os.strerror(int(number[1])), str(target))


def write_stub(staged: Path, record: ReportRecord, meta: PageMeta, day: str) -> None:
    """Write a page that says why there is no report."""
    why = "<br>".join(html.escape(line) for line in _message(record.error))
    body = (
        f"<h1>{html.escape(record.title)}</h1>\n"
        f"<p>This report could not be made on {day}, and no earlier one is kept.</p>\n"
        f"<h2>Why</h2>\n<p>{why}</p>\n"
        "<p>The measures of this priority still stand on the "
        '<a href="../index.html">page of all measures</a>.</p>'
    )
    around = replace(meta, links=[link for link in meta.links if link[1] != NOTEBOOK_NAME])
    (staged / PAGE_NAME).write_text(page(record.title, body, meta=around), encoding="utf-8")


def _message(error: str) -> list[str]:
    # Place and remedy are for those who mend it; they stand in the manifest and the log.
    lines = takewhile(lambda line: not line.startswith("  "), error.splitlines())
    return list(lines)[:MESSAGE_LINES] or ["The run was cut short."]


def write_plain_index(folder: Path, record: RunRecord, meta: PageMeta) -> Path:
    """Write a bare list of the reports, for a run whose Board page could not be made."""
    items = "".join(
        f'<li><a href="{r.slug}/{PAGE_NAME}">{html.escape(r.title)}</a></li>'
        for r in record.reports
        if r.page is not PageState.NONE
    )
    body = (
        f"<h1>{html.escape(meta.product)}</h1>\n"
        "<p>The page of all measures could not be made. The reports are here.</p>\n"
        f"<ul>{items}</ul>\n<h2>Why</h2>\n<p>{html.escape(record.board_error)}</p>"
    )
    path = folder / INDEX_NAME
    path.write_text(page(meta.product, body, meta=meta), encoding="utf-8")
    return path


def kept_notice(record: ReportRecord, day: str) -> str:
    """Return the sentence that stands above a page which could not be renewed.

    Examples
    --------
    >>> old = ReportRecord("a", "A", updated="2026-11-02T09:00:00Z")
    >>> kept_notice(old, "9 December 2026")
    'Not updated on 9 December 2026. This page was made on 2 November 2026.'
    """
    return f"Not updated on {day}. This page was made on {long_day(record.updated)}."


def long_day(moment: str) -> str:
    """Return an ISO time as a day in words.

    Examples
    --------
    >>> long_day("2026-11-02T09:00:00Z")
    '2 November 2026'
    """
    day = datetime.fromisoformat(moment)
    return f"{day.day} {day:%B %Y}"
