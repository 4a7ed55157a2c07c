"""One run from its first folder to its last rename.

Reports that an earlier run has made from the same content are taken over, the others
are made; what fails keeps its last good page with a notice. The manifest is written
after each step, so that a run cut short leaves a true record.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from hwb_analysis.errors import DisclosureError, Interrupted, OutputError
from hwb_analysis.reports import publish, reuse
from hwb_analysis.reports.content import SHOWN, content_key, data_of
from hwb_analysis.reports.guard import BOARD, Guard, LeakError, clear, search_report
from hwb_analysis.reports.job import DISCLOSED, Job, Outcome, notebook_environment
from hwb_analysis.reports.keys import Keys
from hwb_analysis.reports.manifest import (
    MANIFEST_NAME,
    PageState,
    ReportRecord,
    RunRecord,
    RunStatus,
    checksums,
    new_record,
    product_version,
    utc_now,
)
from hwb_analysis.reports.plan import Plan, Task
from hwb_analysis.reports.progress import Progress
from hwb_analysis.reports.render import NOBODY_NAMED, PageMeta
from hwb_analysis.reports.run_parts import (
    BoardWriter,
    Workers,
    can_travel,
    exit_code,
    own_outputs,
    seen,
    write_board,
    write_page,
)
from hwb_analysis.reports.runs import LOGS, RUNS, STAGING, clear_leftovers, new_run_id, prune
from hwb_analysis.reports.summary import write_summary

MAKE_ROOM = "free some space or mend its permissions, or give another folder with --out"


class Run:
    """The state of one run: where it writes, its record, and what stood there before."""

    def __init__(
        self,
        plan: Plan,
        keys: Keys,
        workers: Callable[[], Workers],
        progress: Progress,
        board: BoardWriter,
        started: str,
    ) -> None:
        self.plan, self.keys, self.workers = plan, keys, workers
        self.progress, self.board = progress, board
        self.run_id = new_run_id(plan.out, datetime.now(UTC))
        self.folder = plan.out / RUNS / self.run_id
        self.staging = plan.out / STAGING
        self.logs = plan.out / LOGS / self.run_id
        self.before = publish.previous_record(plan.out)
        self.record = new_record(self.run_id, started, plan.snapshot.name, keys.inputs)
        self.record.parameters = dict(plan.shared)
        self.record.jobs = plan.options.jobs
        self.guard = Guard(tuple(plan.secrets))
        self.reports = {s: self._waiting(s, t) for s, t in plan.titles.items()}
        self.record.reports = list(self.reports.values())

    def _waiting(self, slug: str, title: str) -> ReportRecord:
        task = self.plan.tasks.get(slug)
        status = RunStatus.WAITING if task else RunStatus.NOT_ASKED
        parameters = dict(task.parameters) if task else {}
        return ReportRecord(slug, title, status=status, parameters=parameters)

    def _meta(self, key: str, notebook: bool = True) -> PageMeta:
        facts = [
            ("Snapshot", self.plan.snapshot.name),
            ("Version", product_version()),
            ("Content key", key[:SHOWN]),
            ("Checksum of the inputs", content_key(data=data_of(self.keys.inputs))[:SHOWN]),
        ]
        links = [("All priorities", "../index.html"), ("Record of this run", f"../{MANIFEST_NAME}")]
        if notebook:
            links.append(("The notebook behind this page", publish.NOTEBOOK_NAME))
        return PageMeta(
            product=self.plan.product,
            data=f"built from snapshot {self.plan.snapshot.name}",
            facts=[f for f in facts if f[1]],
            links=links,
            version=product_version(),
            contact=self.plan.contact or NOBODY_NAMED,
        )

    def go(self) -> RunRecord:
        """Make everything; leave a true record also when the run is cut short."""
        clear_leftovers(self.plan.out)
        # All three now: a folder that cannot be written is told before a notebook runs.
        for folder in (self.staging, self.logs, self.folder):
            folder.mkdir(parents=True)
        self.record.write(self.folder)
        self.progress.begin(len(self.plan.tasks))
        try:
            jobs = self._jobs(self._reuse())
            if jobs:
                self._workers().run_all(jobs, self.plan.options.jobs, self._started, self._finished)
            self._complete()
        except LeakError as error:
            self._withdraw(error)
            raise
        except BaseException:
            self._interrupt()
            raise
        finally:
            shutil.rmtree(self.staging, ignore_errors=True)
        return self.record

    def _workers(self) -> Workers:
        workers = self.workers()
        self.record.engine = workers.name
        return workers

    def _reuse(self) -> set[str]:
        """Take over what need not be made, and return its slugs."""
        if self.plan.options.force:
            return set()
        found = reuse.find_reports(self.plan.out, self.keys.reports)
        found = {s: one for s, one in found.items() if self.guard.old_page(s, one.folder)}
        for slug in [slug for slug in self.plan.tasks if slug in found]:
            report, old = self.reports[slug], found[slug]
            with publish.aside(self.plan.out, self.run_id, slug) as staged:
                publish.carry(old.folder, staged)
                publish.place(staged, self.folder / slug)
            report.status, report.page = RunStatus.REUSED, PageState.REUSED
            report.updated, report.made_in = old.record.updated, old.record.made_in
            report.key, report.dropped = old.record.key, dict(old.record.dropped)
            report.outputs = dict(old.record.outputs)
            self.progress.finished(report)
        self.record.write(self.folder)
        return set(found)

    def _jobs(self, done: set[str]) -> list[Job]:
        tasks = [task for slug, task in self.plan.tasks.items() if slug not in done]
        if not tasks:
            return []
        inside = self._workers().inside
        last = {r.slug: r.seconds or 0.0 for r in self.before[1].reports} if self.before else {}
        # The longest first, so that no single report keeps the others waiting at the end.
        tasks.sort(key=lambda t: (last.get(t.slug, 0.0) or t.weight, t.weight), reverse=True)
        return [self._job(task, inside) for task in tasks]

    def _job(self, task: Task, inside: bool) -> Job:
        staging, key = self.staging / self.run_id, self.keys.reports[task.slug]
        staged, meta = staging / task.slug, self._meta(key, task.notebook is not None)
        call = partial(write_page, task.writer, task.parameters, meta) if task.writer else None
        return self._described(
            Job(
                slug=task.slug,
                title=task.title,
                notebook=task.notebook,
                parameters=task.parameters,
                staged=staged,
                work=staging / ".work" / task.slug,
                log=self.logs / f"{task.slug}.log",
                timeout=self.plan.options.timeout,
                meta=meta,
                inside=inside and task.notebook is not None,
                call=call,
                formats=tuple(self.plan.options.formats),
                content_key=key,
            )
        )

    def _described(self, job: Job) -> Job:
        return replace(
            job,
            environment={**notebook_environment(), **self.plan.environment},
            memory=self.plan.options.memory,
            shared=self.staging / self.run_id / ".assessed",
            secrets=self.guard.secrets,
        )

    def _started(self, job: Job) -> None:
        self.reports[job.slug].status = RunStatus.RUNNING
        self.record.write(self.folder)
        self.progress.started(self.reports[job.slug])

    def _finished(self, job: Job, outcome: Outcome) -> None:
        report = self.reports[job.slug]
        report.status, report.seconds = outcome.status, round(outcome.seconds, 3)
        report.error, report.dropped = outcome.error, dict(outcome.dropped)
        self._stop_without_room(outcome)
        self._stop_for_leak(job, outcome)
        if outcome.status is RunStatus.OK:
            publish.place(job.staged, self.folder / job.slug)
            report.page, report.updated, report.made_in = PageState.NEW, utc_now(), self.run_id
            report.key = self.keys.reports[job.slug]
            report.outputs = checksums(self.folder / job.slug)
        else:
            self._keep_or_stub(report)
        self.record.write(self.folder)
        self.progress.finished(report)

    def _stop_without_room(self, outcome: Outcome) -> None:
        if outcome.no_room:
            # Every other report would end the same way, and `latest` stays what it is.
            raise OutputError(
                f"the output cannot be written: {outcome.error.splitlines()[0]}",
                where=str(self.plan.out),
                remedy=MAKE_ROOM,
            )

    def _stop_for_leak(self, job: Job, outcome: Outcome) -> None:
        """Let nothing be published that tells a withheld figure."""
        if outcome.leaked:
            raise LeakError(outcome.error.removeprefix(f"{DISCLOSED}: "), report=job.slug)
        if outcome.status is RunStatus.OK and not outcome.searched:
            search_report(job.slug, job.staged, self.guard.secrets)
        self.guard.words(job.slug, outcome.error, (job.log, job.log.with_suffix(".ipynb")))

    def _withdraw(self, error: LeakError) -> None:
        """Remove what was made and say why; readers stay with the run before."""
        clear(self.folder, but=MANIFEST_NAME)
        for report in self.record.reports:
            report.page, report.outputs, report.key, report.updated = PageState.NONE, {}, "", ""
            if report.slug == error.report:
                report.status, report.error = RunStatus.FAILED, f"{DISCLOSED}: {error}"
            elif report.status is not RunStatus.NOT_ASKED:
                report.status, report.error = RunStatus.INTERRUPTED, ""
        known = error.report in self.reports
        self.record.board_error = "" if known else f"{DISCLOSED}: {error}"
        self.record.finished, self.record.board_key, self.record.outputs = "", "", {}
        self.record.write(self.folder)
        write_summary(self.logs, self.record, DisclosureError.exit_code)

    def _keep_or_stub(self, report: ReportRecord) -> None:
        day = publish.long_day(self.record.started)
        old = self._last_good(report.slug)
        with publish.aside(self.plan.out, self.run_id, report.slug) as staged:
            if old is None:
                publish.write_stub(staged, report, self._meta("", notebook=False), day)
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
        report.key = "" if notice else old[1].key

    def _last_good(self, slug: str) -> tuple[Path, ReportRecord] | None:
        if self.before is None:
            return None
        folder, record = self.before
        report = record.report(slug)
        if report is None or report.page not in reuse.WHOLE:
            return None
        whole = (folder / slug / publish.PAGE_NAME).is_file()
        return (
            (folder / slug, report) if whole and self.guard.old_page(slug, folder / slug) else None
        )

    def _complete(self) -> None:
        for report in self.record.reports:
            if report.status is not RunStatus.NOT_ASKED:
                continue
            old = self._last_good(report.slug)
            if old is not None:
                self._carry_unasked(old, report)
            elif report.slug in self.guard.withdrawn:
                report.status = RunStatus.FAILED
                report.error = self.guard.withdrawn[report.slug]
                self._keep_or_stub(report)
        self._write_board()
        self.record.finished = utc_now()
        self.record.write(self.folder)
        write_summary(self.logs, self.record, exit_code(self.record))
        self.guard.own_files(self.folder, self.reports, self.logs)
        publish.point_latest(self.plan.out, self.run_id)
        prune(self.plan.out, self.plan.options.keep)

    def _carry_unasked(self, old: tuple[Path, ReportRecord], report: ReportRecord) -> None:
        with publish.aside(self.plan.out, self.run_id, report.slug) as staged:
            self._carry(old, report, staged, notice="")
            publish.place(staged, self.folder / report.slug)
        report.outputs = checksums(self.folder / report.slug)

    def _write_board(self) -> None:
        key = self.keys.board(self.record)
        found = None if self.plan.options.force else reuse.find_board(self.plan.out, key)
        if found is not None:
            for name in found[1]:
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(found[0] / name, self.folder / name)
        else:
            self._make_board()
        self.record.board_key = "" if self.record.board_error else key
        self.record.outputs = own_outputs(self.folder, self.record)

    def _make_board(self) -> None:
        self.record.write(self.folder)
        try:
            self.record.board_error = self._board_in_worker()
        except Exception as error:
            self.record.board_error = f"{type(error).__name__}: {error}"
        if self.record.board_error:
            # The reports are whole without it: they stay, and the run ends as failed.
            top = replace(self._meta(""), links=[("Record of this run", MANIFEST_NAME)])
            publish.write_plain_index(self.folder, self.record, top)

    def _board_job(self) -> Job:
        staging = self.staging / self.run_id
        return self._described(
            Job(
                slug=BOARD,
                title="",
                notebook=None,
                parameters={},
                staged=staging / ".board",
                work=staging / ".work" / BOARD,
                log=self.logs / f"{BOARD}.log",
                timeout=self.plan.options.timeout,
                meta=self._meta(""),
                call=partial(write_board, self.board, self.folder, self.record),
            )
        )

    def _board_in_worker(self) -> str:
        """Write the Board page where the reports were made, and return what went wrong."""
        workers, ended = self._workers(), list[Outcome]()
        if not workers.inside or not can_travel(self.board):
            with seen(self.plan.environment):
                self.board(self.folder, self.record)
            return ""
        job = self._board_job()
        shutil.rmtree(job.staged, ignore_errors=True)
        workers.run_all([job], 1, lambda _: None, lambda _, outcome: ended.append(outcome))
        self._stop_without_room(ended[0])
        return ended[0].error

    def _interrupt(self) -> None:
        for report in self.record.reports:
            if report.status in (RunStatus.WAITING, RunStatus.RUNNING):
                report.status = RunStatus.INTERRUPTED
        with contextlib.suppress(OSError):
            self.guard.hush(self.logs)
            self.record.write(self.folder)
            write_summary(self.logs, self.record, Interrupted.exit_code)
