"""Running the reports of a strategy: checked first, side by side, published whole.

One report that fails loses no other. What stood there before stays, with a notice;
where nothing stood a page says why.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from hwb_analysis.errors import Interrupted, OutputError
from hwb_analysis.paths import reports_dir
from hwb_analysis.reports import publish
from hwb_analysis.reports.beside import TEXT, TEXT_VARIABLE, look_beside
from hwb_analysis.reports.guard import watched, write_again
from hwb_analysis.reports.job import Job, Outcome
from hwb_analysis.reports.keys import Keys
from hwb_analysis.reports.local_figures import (
    Remembered,
    hold_local,
    is_published,
    local_shown,
)
from hwb_analysis.reports.lock import run_lock
from hwb_analysis.reports.manifest import RunRecord, unsigned, utc_now
from hwb_analysis.reports.plan import (
    Options,
    Plan,
    Task,
    check_formats,
    chosen_engine,
    make_plan,
)
from hwb_analysis.reports.pool import run_all
from hwb_analysis.reports.progress import Progress, Silent
from hwb_analysis.reports.render import PageMeta
from hwb_analysis.reports.run_parts import BoardWriter, Workers, exit_code, own_outputs
from hwb_analysis.reports.run_state import MAKE_ROOM, Run
from hwb_analysis.reports.runs import KEPT_RUNS
from hwb_analysis.reports.warm import Warm

if TYPE_CHECKING:
    from hwb_analysis.strategy.model import Strategy

__all__ = ["PageMeta", "RunRecord", "exit_code", "rebuild_board", "run"]

DEFAULT_TIMEOUT = 600


def run(
    priorities: Sequence[str] = (),
    *,
    out: Path | None = None,
    jobs: int | None = None,
    timeout: int = DEFAULT_TIMEOUT,
    memory: int | None = None,
    keep: int = KEPT_RUNS,
    formats: Sequence[str] = ("html",),
    engine: str | None = None,
    force: bool = False,
    parameters: Mapping[str, str] | None = None,
    strategy: Strategy | None = None,
    notebook: Path | None = None,
    pages: Sequence[Task] | None = None,
    progress: Progress | None = None,
    board: BoardWriter | None = None,
    workers: Workers | None = None,
    environment: Mapping[str, str] | None = None,
    text: Path | None = None,
) -> RunRecord:
    """Make the reports of some or all priorities, and the Board page.

    A report that an earlier run has made from the same content is taken over as it is.

    Parameters
    ----------
    priorities
        Slugs or codes; all when empty. Pages of the others are carried over.
    out
        Output folder; :func:`hwb_analysis.paths.reports_dir` when not given.
    jobs
        Reports at once; as many as there are cores, at most.
    timeout
        Seconds that one cell of a notebook may take.
    memory
        MiB that the process of one notebook may take; no limit when not given.
    keep
        Complete runs that stay in the output folder; older ones are removed.
    formats
        Kinds of output: ``html``, ``pdf``, ``docx``, ``xlsx``.
    engine
        ``spawn`` (a kernel for each notebook), ``fork`` (a forked process for each) or
        ``auto``; what the variable ``HWB_ENGINE`` says when not given.
    force
        Make every report anew, also where nothing has changed.
    parameters
        Notebook parameters that replace the defaults: ``area``, ``comparator``,
        ``data_cut``, ``audience``, ``suppression``.
    strategy, notebook, board
        The registry, the template and the writer of the Board page; the
        package's own when not given.
    pages
        Reports that come from a function instead of a notebook; those of
        :func:`hwb_analysis.reports.extra_pages.extra_pages` when not given, none with a
        template of your own.
    progress
        Is told of each report that starts and ends.
    workers
        What makes the reports, such as a cluster; it replaces ``engine``.
    environment
        Settings that the reports see besides those of this process.
    text
        Folder of the sections that people write; ``text`` of the output folder when not
        given. It is only read.

    Returns
    -------
    RunRecord
        The record that also stands in ``manifest.json``; ``failures`` lists what
        did not come.

    Raises
    ------
    UsageError
        A priority, format or engine that does not exist.
    ParameterError
        A notebook parameter that does not exist or may not have the value.
    DisclosureError
        Local figures cannot be shown without telling a small number, and nothing is written;
        or a withheld figure stands in what was made, and nothing is published.
    DataContractError
        A file of the snapshot is missing, is not the one that was compiled, or breaks
        the contract. No report has been made then.
    TextError
        A section that people wrote breaks a rule; every fault of every file is told.
    LockedError
        Another run writes into the same folder.
    OutputError
        The folder cannot be written.
    """
    check_formats(formats)
    if strategy is None:
        from hwb_analysis.strategy import load_strategy

        strategy = load_strategy()
    options = Options(
        jobs=max(1, jobs or os.cpu_count() or 1),
        timeout=timeout,
        memory=memory,
        keep=keep,
        engine=workers.name if workers else chosen_engine(engine),
        force=force,
        formats=tuple(dict.fromkeys(["html", *formats])),
    )
    plan = make_plan(
        strategy,
        priorities,
        out=(out or reports_dir()).absolute(),
        notebook=notebook,
        options=options,
        overrides=parameters or {},
        pages=_pages(strategy, notebook) if pages is None else pages,
        environment=environment,
    )
    plan, held = hold_local(plan, strategy)
    plan = look_beside(watched(plan, strategy), text)
    _check_texts(plan, strategy)
    return execute_plan(plan, progress or Silent(), board or write_board, workers, held)


def _pages(strategy: Strategy, notebook: Path | None) -> Sequence[Task]:
    if notebook is not None:
        return ()
    from hwb_analysis.reports.extra_pages import extra_pages

    return extra_pages(strategy)


def _check_texts(plan: Plan, strategy: Strategy) -> None:
    # Where nobody has written anything, what reads texts need not be loaded.
    if any(name.startswith(f"{TEXT}/") for name in plan.inputs):
        from hwb_analysis.reports.human import check_texts

        check_texts(strategy, Path(plan.environment[TEXT_VARIABLE]))


def write_board(folder: Path, record: RunRecord) -> Path:
    """Write the package's own Board page; loaded only where one is made."""
    from hwb_analysis.reports import board

    return board.write_board(folder, record)


def execute_plan(
    plan: Plan,
    progress: Progress,
    board: BoardWriter,
    workers: Workers | None,
    held: Remembered,
) -> RunRecord:
    """Run a plan under the lock of its output folder; note what it shows of local figures."""
    started, keys = utc_now(), Keys(plan)
    with _Crew(plan, workers) as crew:
        if plan.options.force or not _all_known(plan, keys):
            crew.ready()
        with run_lock(plan.out, started), _writable(plan.out), _signals():
            made = Run(plan, keys, crew.ready, progress, board, started)
            try:
                return made.go()
            finally:
                if is_published(made.folder, publish.latest_run(plan.out)):
                    held.remember()


def _all_known(plan: Plan, keys: Keys) -> bool:
    """Say whether every report seems to stand in an earlier run; their bytes are not read."""
    from hwb_analysis.reports.reuse import earlier_runs

    known = {report.key for _, record in earlier_runs(plan.out) for report in record.reports}
    return known.issuperset(keys.reports.values())


class _Crew:
    """The workers of a run, called up when there is something to make.

    Their parent loads its libraries while this process reads the data through.
    """

    def __init__(self, plan: Plan, given: Workers | None) -> None:
        self.plan, self.given, self.checked = plan, given, False
        self.stack = contextlib.ExitStack()

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, *error: object) -> None:
        self.stack.close()

    def ready(self) -> Workers:
        """Return the workers, with the data checked.

        Raises
        ------
        DataContractError
            A fault in the data; no report starts then.
        """
        if self.given is None and self.plan.options.engine == "fork":
            self.given = self.stack.enter_context(Forked(Warm()))
        elif self.given is None:
            self.given = Kernels()
        if not self.checked:
            _check_once(self.plan)
            self.checked = True
        return self.given


# Data that this process has read through: the many runs of a matrix share them.
_checked: set[tuple[object, ...]] = set()


def _check_once(plan: Plan) -> None:
    files = {name: path.stat() for name, path in plan.inputs.items() if name.startswith("data/")}
    state = tuple((name, s.st_mtime_ns, s.st_size) for name, s in files.items())
    about = (plan.snapshot.folder, frozenset(plan.series), state)
    if about not in _checked:
        plan.check_data()
        _checked.add(about)


class Kernels:
    """Reports side by side, each notebook in a kernel of its own: works everywhere."""

    name, inside = "spawn", False

    def run_all(
        self,
        jobs: Sequence[Job],
        limit: int,
        started: Callable[[Job], None],
        finished: Callable[[Job, Outcome], None],
    ) -> None:
        """Run jobs in processes of this machine."""
        run_all(jobs, limit, started, finished)


class Forked:
    """Reports in processes forked from one warm parent; see :mod:`hwb_analysis.reports.warm`."""

    name, inside = "fork", True

    def __init__(self, warm: Warm) -> None:
        self.warm = warm

    def __enter__(self) -> Forked:
        """Return the workers themselves."""
        return self

    def __exit__(self, *error: object) -> None:
        """End the parent and all its reports."""
        self.warm.close()

    def run_all(
        self,
        jobs: Sequence[Job],
        limit: int,
        started: Callable[[Job], None],
        finished: Callable[[Job, Outcome], None],
    ) -> None:
        """Run jobs in forked processes; those left when the parent dies get a kernel."""
        left = self.warm.run_all(jobs, limit, started, finished)
        if left:
            Kernels().run_all([as_kernel(job) for job in left], limit, started, finished)


def as_kernel(job: Job) -> Job:
    """Return a job that runs its notebook in a kernel, from nothing."""
    import shutil
    from dataclasses import replace

    shutil.rmtree(job.staged, ignore_errors=True)
    return replace(job, inside=False)


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


def rebuild_board(out: Path, board: BoardWriter | None = None) -> Path:
    """Write the Board page of the newest run again and bring its manifest up to date.

    What a person signed is no longer what stands there: the sign-off begins anew.
    """
    with run_lock(out, utc_now()), _writable(out):
        folder, record = publish.latest_record(out)
        with local_shown(record.parameters):
            written = write_again(folder, record, board or write_board)
        record.outputs = own_outputs(folder, record)
        record.board_error = ""
        record.sign_off = unsigned()
        record.write(folder)
    return written
