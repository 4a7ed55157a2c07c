"""Telling a person or a log how far a run has come."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TextIO

from hwb_analysis.errors import UsageError, did_you_mean
from hwb_analysis.reports.manifest import ReportRecord, RunStatus, utc_now

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

WORDS = {
    RunStatus.OK: "done",
    RunStatus.REUSED: "unchanged, reused",
    RunStatus.FAILED: "FAILED",
    RunStatus.TIMEOUT: "TIMED OUT",
    RunStatus.INTERRUPTED: "interrupted",
}


class Progress(Protocol):
    """What the runner tells while it runs."""

    def begin(self, total: int) -> None:
        """So many reports will be made."""

    def started(self, record: ReportRecord) -> None:
        """One report has started."""

    def finished(self, record: ReportRecord) -> None:
        """One report has ended, well or not."""


class Silent:
    """Tells nothing."""

    def begin(self, total: int) -> None:
        """Say nothing."""

    def started(self, record: ReportRecord) -> None:
        """Say nothing."""

    def finished(self, record: ReportRecord) -> None:
        """Say nothing."""


class Lines:
    """One plain line for each report that ends: for logs."""

    def __init__(self, stream: TextIO) -> None:
        self.stream, self.total, self.count = stream, 0, 0

    def begin(self, total: int) -> None:
        """Remember how many lines there will be."""
        self.total = total

    def started(self, record: ReportRecord) -> None:
        """Say nothing yet."""

    def finished(self, record: ReportRecord) -> None:
        """Write one line, and one with the reason when the report failed."""
        self.count += 1
        print(f"[{self.count}/{self.total}] {outcome_line(record)}", file=self.stream, flush=True)


def outcome_line(record: ReportRecord) -> str:
    """Return how a report ended in one line.

    Examples
    --------
    >>> outcome_line(ReportRecord("a", "A", status=RunStatus.OK, seconds=12.34))
    'a: done in 12.3 s'
    """
    word = WORDS.get(record.status, record.status.value)
    seconds = f" in {record.seconds:.1f} s" if record.seconds is not None else ""
    first = record.error.splitlines()[0] if record.error else ""
    return f"{record.slug}: {word}{seconds}" + (f" ({first})" if first else "")


class JsonLines:
    """One JSON object a line for each event: for what collects logs."""

    def __init__(self, stream: TextIO) -> None:
        self.stream, self.total, self.count = stream, 0, 0

    def _tell(self, event: str, **content: object) -> None:
        line = {"time": utc_now(), "event": event, **content}
        print(json.dumps(line, ensure_ascii=True), file=self.stream, flush=True)

    def begin(self, total: int) -> None:
        """Tell how many reports there will be."""
        self.total = total
        self._tell("begin", reports=total)

    def started(self, record: ReportRecord) -> None:
        """Tell that a report has started."""
        self._tell("started", report=record.slug)

    def finished(self, record: ReportRecord) -> None:
        """Tell how a report has ended, with the reason when it failed."""
        self.count += 1
        self._tell(
            "finished",
            report=record.slug,
            status=record.status.value,
            seconds=record.seconds,
            number=self.count,
            of=self.total,
            error=record.error,
        )


FORMATS = ("auto", "text", "json")


@contextmanager
def shown_progress(stream: TextIO | None = None, form: str = "auto") -> Iterator[Progress]:
    """Give what tells a run, on the error stream.

    Parameters
    ----------
    stream
        Where it is told.
    form
        ``text`` for plain lines, ``json`` for one object a line, ``auto`` for a bar on a
        terminal and plain lines everywhere else.

    Raises
    ------
    UsageError
        When there is no such form.
    """
    stream = stream or sys.stderr
    if form not in FORMATS:
        raise UsageError(f"there is no log format '{form}'", remedy=did_you_mean(form, [*FORMATS]))
    if form == "json":
        yield JsonLines(stream)
        return
    if form == "text" or not stream.isatty():
        yield Lines(stream)
        return
    from rich import progress
    from rich.console import Console

    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
    )
    with progress.Progress(*columns, console=Console(file=stream)) as bar:
        yield _Bar(bar)


class _Bar:
    """A bar over the reports with the names of those at work."""

    def __init__(self, bar: RichProgress) -> None:
        self.bar, self.task = bar, bar.add_task("starting", total=None)
        self.at_work: list[str] = []

    def begin(self, total: int) -> None:
        self.bar.update(self.task, total=total)

    def started(self, record: ReportRecord) -> None:
        self.at_work.append(record.slug)
        self.bar.update(self.task, description=", ".join(self.at_work))

    def finished(self, record: ReportRecord) -> None:
        if record.slug in self.at_work:
            self.at_work.remove(record.slug)
        if record.failed:
            self.bar.console.print(outcome_line(record), markup=False, highlight=False)
        self.bar.update(self.task, advance=1, description=", ".join(self.at_work) or "finishing")
