"""Running the reports of a strategy: checked first, side by side, published whole.

One report that fails loses no other. What stood there before stays, with a notice;
where nothing stood a page says why.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from hwb_analysis.errors import Interrupted, NotebookError, OutputError
from hwb_analysis.paths import reports_dir
from hwb_analysis.reports import publish
from hwb_analysis.reports.job import Job, Outcome, notebook_environment
from hwb_analysis.reports.lock import run_lock
from hwb_analysis.reports.manifest import (
    MANIFEST_NAME,
    PageState,
    ReportRecord,
    RunRecord,
    RunStatus,
    checksums,
    new_record,
    product_version,
    sha256,
    utc_now,
)
from hwb_analysis.reports.plan import FORMATS, Plan, check_formats, make_plan
from hwb_analysis.reports.pool import run_all
from hwb_analysis.reports.progress import Progress, Silent
from hwb_analysis.reports.render import PageMeta
from hwb_analysis.reports.runs import (
    KEPT_RUNS,
    LOGS,
    RUNS,
    STAGING,
    clear_leftovers,
    new_run_id,
    prune,
)

if TYPE_CHECKING:
    from hwb_analysis.strategy.model import Strategy

DEFAULT_TIMEOUT = 600
MAKE_ROOM = "free some space, or give another folder with --out"

BoardWriter = Callable[[Path, RunRecord], Path]


def run(
    priorities: Sequence[str] = (),
    *,
    out: Path | None = None,
    jobs: int | None = None,
    timeout: int = DEFAULT_TIMEOUT,
    memory: int | None = None,
    keep: int = KEPT_RUNS,
    formats: Sequence[str] = FORMATS,
    parameters: Mapping[str, str] | None = None,
    strategy: Strategy | None = None,
    notebook: Path | None = None,
    progress: Progress | None = None,
    board: BoardWriter | None = None,
) -> RunRecord:
    """Make the reports of some or all priorities, and the Board page.

    Parameters
    ----------
    priorities
        Slugs or codes; all when empty. Pages of the others are carried over.
    out
        Output folder; :func:`hwb_analysis.paths.reports_dir` when not given.
    jobs
        Notebooks at once; as many as there are cores, at most.
    timeout
        Seconds that one cell of a notebook may take.
    memory
        MiB that the process of one notebook may take; no limit when not given.
    keep
        Complete runs that stay in the output folder; older ones are removed.
    formats
        Kinds of output; only ``html`` is known.
    parameters
        Notebook parameters that replace the defaults: ``area``, ``comparator``,
        ``data_cut``, ``audience``, ``suppression``.
    strategy, notebook, board
        The registry, the template and the writer of the Board page; the
        package's own when not given.
    progress
        Is told of each report that starts and ends.

    Returns
    -------
    RunRecord
        The record that also stands in ``manifest.json``; ``failures`` lists what
        did not come.

    Raises
    ------
    UsageError
        A priority or format that does not exist.
    ParameterError
        A notebook parameter that does not exist or may not have the value.
    DataContractError
        A file of the snapshot is missing, is not the one that was compiled, or breaks
        the contract. Nothing has been written then.
    LockedError
        Another run writes into the same folder.
    OutputError
        The folder cannot be written.
    """
    check_formats(formats)
    if strategy is None:
        from hwb_analysis.strategy import load_strategy

        strategy = load_strategy()
    plan = make_plan(
        strategy,
        priorities,
        out=(out or reports_dir()).absolute(),
        notebook=notebook,
        jobs=jobs or os.cpu_count() or 1,
        timeout=timeout,
        memory=memory,
        keep=keep,
        overrides=parameters or {},
    )
    return execute_plan(plan, progress or Silent(), board or _board_writer())


def _board_writer() -> BoardWriter:
    from hwb_analysis.reports.board import write_board

    return write_board


def execute_plan(plan: Plan, progress: Progress, board: BoardWriter) -> RunRecord:
    """Run a plan under the lock of its output folder."""
    started = utc_now()
    with run_lock(plan.out, started), _writable(plan.out), _signals():
        return _Run(plan, progress, board, started).go()


@contextlib.contextmanager
def _writable(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"the output cannot be written: {error.strerror or error}",
            where=str(error.filename or out),
            remedy=MAKE_ROOM,
        ) from error


@contextlib.contextmanager
def _signals() -> Iterator[None]:
    def end(number: int, frame: FrameType | None) -> None:
        raise Interrupted(f"the run was ended by {signal.Signals(number).name}")

    try:
        before = signal.signal(signal.SIGTERM, end)
    except ValueError:
        # Only the main thread may set handlers; a caller in another keeps its own.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class _Run:
    """The state of one run: where it writes, its record, and what stood there before."""

    def __init__(self, plan: Plan, progress: Progress, board: BoardWriter, started: str) -> None:
        self.plan, self.progress, self.board = plan, progress, board
        self.run_id = new_run_id(plan.out, datetime.now(UTC))
        self.folder = plan.out / RUNS / self.run_id
        self.staging = plan.out / STAGING
        self.logs = plan.out / LOGS / self.run_id
        self.before = publish.previous_record(plan.out)
        inputs = {name: sha256(path) for name, path in plan.inputs.items()}
        self.record = new_record(self.run_id, started, plan.snapshot, inputs)
        self.record.parameters = dict(plan.shared)
        self.meta = self._meta()
        self.reports = {s: self._waiting(s, t) for s, t in plan.titles.items()}
        self.record.reports = list(self.reports.values())

    def _waiting(self, slug: str, title: str) -> ReportRecord:
        asked = self.plan.asked.get(slug)
        status = RunStatus.WAITING if asked else RunStatus.NOT_ASKED
        return ReportRecord(slug, title, status=status, parameters=dict(asked or {}))

    def _meta(self) -> PageMeta:
        commit = self.record.git.get("commit", "")[:12]
        facts = [
            ("Made", f"{publish.long_day(self.record.started)}, run {self.run_id}"),
            ("Snapshot", self.plan.snapshot),
            ("Version", product_version() + (f", commit {commit}" if commit else "")),
        ]
        return PageMeta(
            product=self.plan.product,
            data=f"built from snapshot {self.plan.snapshot}" if self.plan.snapshot else "",
            facts=[f for f in facts if f[1]],
            links=[
                ("All priorities", "../index.html"),
                ("Record of this run", f"../{MANIFEST_NAME}"),
                ("The notebook behind this page", publish.NOTEBOOK_NAME),
            ],
            version=product_version(),
        )

    def go(self) -> RunRecord:
        """Make everything; leave a true record also when the run is cut short."""
        clear_leftovers(self.plan.out)
        # All three now: a folder that cannot be written is told before a notebook runs.
        for folder in (self.staging, self.logs, self.folder):
            folder.mkdir(parents=True)
        self.record.write(self.folder)
        self.progress.begin(len(self.plan.asked))
        try:
            run_all(self._jobs(), self.plan.jobs, self._started, self._finished)
            self._complete()
        except BaseException:
            self._interrupt()
            raise
        finally:
            shutil.rmtree(self.staging, ignore_errors=True)
        return self.record

    def _jobs(self) -> list[Job]:
        environment = notebook_environment()
        staging = self.staging / self.run_id
        return [
            Job(
                slug=slug,
                title=self.plan.titles[slug],
                notebook=self.plan.notebook,
                parameters=parameters,
                staged=staging / slug,
                work=staging / ".work" / slug,
                log=self.logs / f"{slug}.log",
                timeout=self.plan.timeout,
                memory=self.plan.memory,
                meta=self.meta,
                environment=environment,
            )
            for slug, parameters in self.plan.asked.items()
        ]

    def _started(self, job: Job) -> None:
        self.reports[job.slug].status = RunStatus.RUNNING
        self.record.write(self.folder)
        self.progress.started(self.reports[job.slug])

    def _finished(self, job: Job, outcome: Outcome) -> None:
        report = self.reports[job.slug]
        report.status, report.seconds = outcome.status, round(outcome.seconds, 3)
        report.error, report.dropped = outcome.error, dict(outcome.dropped)
        if outcome.no_room:
            # Every other report would end the same way, and `latest` stays what it is.
            raise OutputError(
                f"the output cannot be written: {outcome.error.splitlines()[0]}",
                where=str(self.plan.out),
                remedy=MAKE_ROOM,
            )
        if outcome.status is RunStatus.OK:
            publish.place(job.staged, self.folder / job.slug)
            report.page, report.updated, report.made_in = PageState.NEW, utc_now(), self.run_id
            report.outputs = checksums(self.folder / job.slug)
        else:
            self._keep_or_stub(report)
        self.record.write(self.folder)
        self.progress.finished(report)

    def _keep_or_stub(self, report: ReportRecord) -> None:
        day = publish.long_day(self.record.started)
        old = self._last_good(report.slug)
        with publish.aside(self.plan.out, self.run_id, report.slug) as staged:
            if old is None:
                publish.write_stub(staged, report, self.meta, day)
                report.page = PageState.STUB
            else:
                notice = publish.kept_notice(old[1], day)
                self._carry(old, report, staged, notice)
            publish.place(staged, self.folder / report.slug)
        report.outputs = checksums(self.folder / report.slug)

    def _carry(
        self, old: tuple[Path, ReportRecord], report: ReportRecord, staged: Path, notice: str
    ) -> None:
        publish.carry(old[0], staged, notice)
        report.page, report.updated = PageState.KEPT, old[1].updated
        report.made_in = old[1].made_in

    def _last_good(self, slug: str) -> tuple[Path, ReportRecord] | None:
        if self.before is None:
            return None
        folder, record = self.before
        report = record.report(slug)
        if report is None or report.page not in (PageState.NEW, PageState.KEPT):
            return None
        return (folder / slug, report) if (folder / slug / publish.PAGE_NAME).is_file() else None

    def _complete(self) -> None:
        for report in self.record.reports:
            old = self._last_good(report.slug)
            if report.status is RunStatus.NOT_ASKED and old is not None:
                self._carry_unasked(old, report)
        self._write_board()
        self.record.finished = utc_now()
        self.record.write(self.folder)
        publish.point_latest(self.plan.out, self.run_id)
        prune(self.plan.out, self.plan.keep)

    def _carry_unasked(self, old: tuple[Path, ReportRecord], report: ReportRecord) -> None:
        with publish.aside(self.plan.out, self.run_id, report.slug) as staged:
            self._carry(old, report, staged, notice="")
            publish.place(staged, self.folder / report.slug)
        report.outputs = checksums(self.folder / report.slug)

    def _write_board(self) -> None:
        try:
            self.board(self.folder, self.record)
        except Exception as error:
            # The reports are whole without it: they stay, and the run ends as failed.
            self.record.board_error = f"{type(error).__name__}: {error}"
            top = replace(self.meta, links=[("Record of this run", MANIFEST_NAME)])
            publish.write_plain_index(self.folder, self.record, top)
        reports = {f"{r.slug}/{name}" for r in self.record.reports for name in r.outputs}
        self.record.outputs = checksums(self.folder, but={MANIFEST_NAME, *reports})

    def _interrupt(self) -> None:
        for report in self.record.reports:
            if report.status in (RunStatus.WAITING, RunStatus.RUNNING):
                report.status = RunStatus.INTERRUPTED
        with contextlib.suppress(OSError):
            self.record.write(self.folder)


def rebuild_board(out: Path, board: BoardWriter | None = None) -> Path:
    """Write the Board page of the newest run again and bring its manifest up to date."""
    with run_lock(out, utc_now()), _writable(out):
        folder, record = publish.latest_record(out)
        written = (board or _board_writer())(folder, record)
        reports = {f"{r.slug}/{name}" for r in record.reports for name in r.outputs}
        record.outputs = checksums(folder, but={MANIFEST_NAME, *reports})
        record.board_error = ""
        record.write(folder)
    return written


def exit_code(record: RunRecord) -> int:
    """Return 0 when every report came and the Board page with them, else 14."""
    return NotebookError.exit_code if record.failures or record.board_error else 0
