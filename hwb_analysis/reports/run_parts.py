"""What a run is made with, and what its record says of it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from hwb_analysis.errors import AccessibilityError, DisclosureError, NotebookError
from hwb_analysis.reports.job import DISCLOSED, INACCESSIBLE, Job, Outcome
from hwb_analysis.reports.manifest import MANIFEST_NAME, RunRecord, checksums
from hwb_analysis.reports.plan import PageWriter
from hwb_analysis.reports.render import PageMeta

BoardWriter = Callable[[Path, RunRecord], Path]


class Workers(Protocol):
    """What makes reports; ``inside`` says that notebooks need no kernel there."""

    name: str
    inside: bool

    def run_all(
        self,
        jobs: Sequence[Job],
        limit: int,
        started: Callable[[Job], None],
        finished: Callable[[Job, Outcome], None],
    ) -> None:
        """Run jobs, and tell in this process when each starts and ends."""


def write_page(
    writer: PageWriter, parameters: Mapping[str, str], meta: PageMeta, folder: Path
) -> None:
    """Write a page that comes from no notebook; its folder comes last, as a job gives it."""
    writer(folder, parameters, meta)


def write_board(board: BoardWriter, folder: Path, record: RunRecord, _: Path) -> None:
    """Write the Board page into the folder of the run, whatever the job's own is."""
    board(folder, record)


@contextlib.contextmanager
def seen(environment: Mapping[str, str]) -> Iterator[None]:
    """Let this process see settings for a while that the reports have seen."""
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})


def can_travel(board: BoardWriter) -> bool:
    """Say whether another process can find the function: the package's own it can."""
    return getattr(board, "__module__", "").startswith("hwb_analysis.")


def exit_code(record: RunRecord) -> int:
    """Return 0 when all came; 13 for a rule of disclosure, 15 of accessibility, else 14."""
    errors = [*(r.error for r in record.failures), *filter(None, [record.board_error])]
    if any(error.startswith(DISCLOSED) for error in errors):
        return DisclosureError.exit_code
    if any(error.startswith(INACCESSIBLE) for error in errors):
        return AccessibilityError.exit_code
    return NotebookError.exit_code if errors else 0


def own_outputs(folder: Path, record: RunRecord) -> dict[str, str]:
    """Return the checksums of what stands in a run's folder and belongs to no report."""
    reports = {f"{r.slug}/{name}" for r in record.reports for name in r.outputs}
    return checksums(folder, but={MANIFEST_NAME, *reports})
