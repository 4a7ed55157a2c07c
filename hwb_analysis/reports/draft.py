"""The Board page made while reports are still at work, as it will be when they all come.

It needs seconds and, waiting for the last report, would be alone at the end. What it
shows of a report is known before: that it came. Where one did not come after all, the
draft is left aside and the page is made again.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path

from hwb_analysis.reports.manifest import PageState, ReportRecord, RunRecord, RunStatus
from hwb_analysis.reports.publish import PAGE_NAME


class Draft:
    """A Board page that may turn out to be the right one."""

    def __init__(self, folder: Path, key: str) -> None:
        self.folder, self.key, self.made = folder, key, False

    def prepare(self, record: RunRecord, formats: Sequence[str]) -> None:
        """Make the folder look like that of the run: the page asks which files are there."""
        stem = PAGE_NAME.partition(".")[0]
        self.folder.mkdir(parents=True)
        for report in record.reports:
            if report.page is PageState.NONE:
                continue
            (self.folder / report.slug).mkdir()
            made = {f"{stem}.{kind}" for kind in formats}
            for name in made if report.page is PageState.NEW else report.outputs:
                if "/" not in name:
                    (self.folder / report.slug / name).touch()

    def place(self, folder: Path, key: str) -> bool:
        """Rename the page into the run's folder if it is what the run needs, and say so."""
        if not self.made or key != self.key:
            return False
        for path in self.folder.iterdir():
            if path.is_file():
                os.replace(path, folder / path.name)
        return True


def expected(record: RunRecord, last_good: Mapping[str, ReportRecord]) -> RunRecord:
    """Return the record of a run as it will be when every report comes.

    Parameters
    ----------
    record
        As it is now.
    last_good
        The reports of the newest complete run by slug; those that were not asked for
        will be carried over.
    """
    found = deepcopy(record)
    for report in found.reports:
        old = last_good.get(report.slug)
        if report.status in (RunStatus.WAITING, RunStatus.RUNNING):
            report.status, report.page = RunStatus.OK, PageState.NEW
        elif report.status is RunStatus.NOT_ASKED and old is not None:
            report.page, report.updated = PageState.KEPT, old.updated
            report.outputs = dict(old.outputs)
    return found
