"""Several reports at once, each in a process that is used once.

A process that dies takes only its own report with it, and nothing of one notebook
(working directory, environment, imported modules) reaches the next.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from types import ModuleType

from hwb_analysis.reports.engine import START_TIMEOUT
from hwb_analysis.reports.job import Job, Outcome, run_in_process
from hwb_analysis.reports.manifest import RunStatus

# One cell may take the whole timeout; a notebook of many slow cells must end as well.
CELLS_ALLOWED = 3
GRACE_SECONDS = 5.0


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
            text = f"the process of this report ended with code {self.process.exitcode}"
            return Outcome(RunStatus.FAILED, seconds, text)
        if time.monotonic() > self.deadline:
            text = f"the notebook took longer than {seconds:.0f} seconds and was stopped"
            return Outcome(RunStatus.TIMEOUT, seconds, text)
        return None

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
) -> None:
    """Run jobs, at most ``limit`` at once, and tell when each starts and finishes.

    When an exception (a signal turned into one, for instance) passes through, the
    processes at work are ended first.
    """
    context = _context()
    waiting, running = deque(jobs), list[_Running]()
    try:
        while waiting or running:
            while waiting and len(running) < max(1, limit):
                running.append(_start(context, waiting.popleft()))
                started(running[-1].job)
            _wait(running)
            for entry in list(running):
                outcome = entry.outcome()
                if outcome is not None:
                    entry.stop()
                    running.remove(entry)
                    finished(entry.job, outcome)
    finally:
        for entry in running:
            entry.stop()


def _context() -> ForkServerContext:
    """Return a context that forks from a clean process with the heavy imports done."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["hwb_analysis.reports.job", "papermill", "jinja2"])
    return context


def _start(context: ForkServerContext, job: Job) -> _Running:
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=run_in_process, args=(job, theirs), name=job.slug)
    with _no_main_module():
        process.start()
    theirs.close()
    return _Running(job, process, ours, time.monotonic())


@contextlib.contextmanager
def _no_main_module() -> Iterator[None]:
    """Hide the calling script: a new process would run it again, and so start the run anew."""
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


def _wait(running: Sequence[_Running]) -> None:
    nearest = min(entry.deadline for entry in running) - time.monotonic()
    watched = [entry.connection for entry in running] + [e.process.sentinel for e in running]
    wait(watched, timeout=max(0.0, nearest) + 0.1)
