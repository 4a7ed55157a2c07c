"""Several reports at once, each in a process that is used once.

A process that dies takes only its own report with it, and nothing of one notebook
(working directory, environment, imported modules) reaches the next.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from types import ModuleType

from hwb_analysis.reports.engine import START_TIMEOUT
from hwb_analysis.reports.engine_errors import FEWER, TOO_SLOW, more_memory
from hwb_analysis.reports.job import Job, Outcome, run_in_process
from hwb_analysis.reports.manifest import RunStatus

# One cell may take the whole timeout; a notebook of many slow cells must end as well.
CELLS_ALLOWED = 3
GRACE_SECONDS = 5.0
# What a process ends with that its own watch has ended: see `engine_inside`.
WATCH_CODE = 1


class ReaderGone(Exception):  # noqa: N818
    """Whoever asked for the reports speaks no more."""


@dataclass(slots=True)
class _Running:
    job: Job
    process: BaseProcess
    connection: Connection
    started: float

    @property
    def deadline(self) -> float:
        return self.started + START_TIMEOUT + CELLS_ALLOWED * self.job.timeout

    def outcome(self) -> Outcome | None:
        """Return the outcome once there is one, also when the process died without a word."""
        seconds = time.monotonic() - self.started
        try:
            if self.connection.poll():
                sent = self.connection.recv()
                return sent if isinstance(sent, Outcome) else None
        except EOFError:
            pass
        if not self.process.is_alive():
            self.process.join()
            return self._died(seconds)
        if time.monotonic() > self.deadline:
            text = f"the notebook took longer than {seconds:.0f} seconds and was stopped"
            return Outcome(RunStatus.TIMEOUT, seconds, text)
        return None

    def _died(self, seconds: float) -> Outcome:
        code = self.process.exitcode or 0
        if code == WATCH_CODE and seconds > self.job.timeout:
            # Code that answers no signal: the watch inside the process has ended it.
            text = f"CellTimeoutError: a cell took longer than {self.job.timeout} seconds"
            return Outcome(RunStatus.TIMEOUT, seconds, f"{text}\n  what to do: {TOO_SLOW}")
        text = f"the process of this report ended with code {code}"
        if code == -signal.SIGKILL:
            text += ": killed; the system may have ended it for want of memory"
            text += f"\n  what to do: {more_memory(self.job.memory) or FEWER}"
        return Outcome(RunStatus.FAILED, seconds, text)

    def stop(self) -> None:
        """End the process, gently first; its kernel ends when it finds its parent gone."""
        if self.process.is_alive():
            self.process.terminate()
            self.process.join(GRACE_SECONDS)
        if self.process.is_alive():
            self.process.kill()
        self.process.join()
        self.connection.close()


def run_all(
    jobs: Sequence[Job],
    limit: int,
    started: Callable[[Job], None],
    finished: Callable[[Job, Outcome], None],
    *,
    context: BaseContext | None = None,
    reader: Connection | None = None,
) -> None:
    """Run jobs, at most ``limit`` at once, and tell when each starts and finishes.

    When an exception (a signal turned into one, for instance) passes through, the
    processes at work are ended first.

    Parameters
    ----------
    jobs
        In the order in which they start.
    limit
        Processes at once.
    started, finished
        Called in this process.
    context
        How processes are made; each from a clean one when not given.
    reader
        A connection on which nothing is expected: when something comes, or it is
        closed, :class:`ReaderGone` is raised.
    """
    context = context or _context()
    waiting, running = deque(jobs), list[_Running]()
    try:
        while waiting or running:
            while waiting and len(running) < max(1, limit):
                held = [entry.connection for entry in running] + ([reader] if reader else [])
                running.append(_start(context, waiting.popleft(), held))
                started(running[-1].job)
            _wait(running, reader)
            for entry in list(running):
                outcome = entry.outcome()
                if outcome is not None:
                    entry.stop()
                    running.remove(entry)
                    finished(entry.job, outcome)
    finally:
        for entry in running:
            entry.stop()


def _context() -> BaseContext:
    """Return a context that forks from a clean process with the heavy imports done."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["hwb_analysis.reports.job", "papermill", "jinja2"])
    return context


def _start(context: BaseContext, job: Job, held: Sequence[Connection]) -> _Running:
    ours, theirs = context.Pipe(duplex=False)
    if context.get_start_method() == "fork":
        # A forked process has a copy of every end. Were it kept, no process could see
        # that the one it reports to is gone.
        body: Callable[..., None] = partial(_forked, held=(ours, *held))
    else:
        body = run_in_process
    process = context.Process(target=body, args=(job, theirs), name=job.slug)  # type: ignore[attr-defined]
    with no_main_module():
        process.start()
    theirs.close()
    return _Running(job, process, ours, time.monotonic())


def _forked(job: Job, connection: Connection, held: Sequence[Connection]) -> None:
    for other in held:
        other.close()
    run_in_process(job, connection)


@contextlib.contextmanager
def no_main_module() -> Iterator[None]:
    """Hide the calling script: a new process would run it again, and so start the run anew."""
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


def _wait(running: Sequence[_Running], reader: Connection | None) -> None:
    nearest = min(entry.deadline for entry in running) - time.monotonic()
    watched = [entry.connection for entry in running] + [e.process.sentinel for e in running]
    ready = wait([*watched, *([reader] if reader else [])], timeout=max(0.0, nearest) + 0.1)
    if reader in ready:
        raise ReaderGone
