"""The fast way to many reports: one parent that has loaded everything forks one each.

The parent is a process of its own without threads, so that forking it is safe: it
imports, reads lists, draws one small figure, and computes nothing on data. Each report
gets a fresh copy that is used once, with its own timeout, memory and end. The runner
speaks with the parent through one pipe; when either is gone the other ends too.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from multiprocessing.connection import Connection
from types import TracebackType

from hwb_analysis.errors import HwbError
from hwb_analysis.paths import notebooks_dir
from hwb_analysis.reports.engine import plain_settings, read_notebook
from hwb_analysis.reports.job import Job, Outcome, notebook_environment
from hwb_analysis.reports.plan import TEMPLATE
from hwb_analysis.reports.pool import GRACE_SECONDS, ReaderGone, run_all

Started = Callable[[Job], None]
Finished = Callable[[Job, Outcome], None]

# What the pages load at their first use; loaded here it is loaded once for all of them.
MODULES = (
    "papermill",
    "IPython.core.completer",
    "IPython.core.interactiveshell",
    "IPython.core.magics",
    "IPython.display",
    "nbclient.exceptions",
    "hwb_analysis.reports.board",
    "hwb_analysis.reports.chapter",
    "hwb_analysis.reports.engine_inside",
    "hwb_analysis.reports.inequality_chapter",
    "hwb_analysis.reports.render",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "geopandas",
    "jinja2",
    "markdown_it",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "scipy.optimize",
    "scipy.stats",
    "seaborn",
)


class Warm:
    """A parent process, started now and ready a few seconds later.

    Use it in a ``with`` block; at the end of the block the parent and all its reports
    are gone.
    """

    def __init__(self) -> None:
        self.connection, theirs = multiprocessing.Pipe()
        # A program of its own, not a child of `multiprocessing`: the workers of a cluster
        # may not have such children, and nothing of the calling script is run again.
        code = f"from hwb_analysis.reports import warm; warm.main({theirs.fileno()})"
        self.process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            env={**os.environ, **notebook_environment(), **plain_settings()},
        )
        theirs.close()

    def __enter__(self) -> Warm:
        """Return the parent itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the parent; its reports end when it does."""
        self.close()

    def close(self) -> None:
        """End the parent and wait until it and its reports are gone."""
        self.connection.close()
        try:
            self.process.wait(GRACE_SECONDS * 2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def run_all(
        self, jobs: Sequence[Job], limit: int, started: Started, finished: Finished
    ) -> list[Job]:
        """Run jobs as :func:`hwb_analysis.reports.pool.run_all` does.

        Returns
        -------
        list[Job]
            Those without an outcome because the parent itself died; empty as a rule.
        """
        open_jobs = {job.slug: job for job in jobs}
        try:
            self.connection.send((list(jobs), limit))
            while open_jobs:
                slug, outcome = self.connection.recv()
                if outcome is None:
                    started(open_jobs[slug])
                else:
                    finished(open_jobs.pop(slug), outcome)
        except (EOFError, BrokenPipeError, ConnectionResetError):
            pass
        return list(open_jobs.values())


def main(descriptor: int) -> None:
    """Be the parent at the other end of a pipe that this program has inherited."""
    try:
        serve(Connection(descriptor))
    except Exception as error:
        # The runner finds the pipe closed and gives each report a kernel, which tells more.
        sys.exit(f"the warm parent has ended: {type(error).__name__}: {error}")


def serve(orders: Connection) -> None:
    """Be the parent: load everything, then run what comes until nobody is left to ask."""
    with contextlib.suppress(OSError):
        # Ctrl-C in a terminal is the runner's to handle, and it then ends this process.
        os.setsid()
    warm_up()
    gc.freeze()
    context = multiprocessing.get_context("fork")
    with contextlib.suppress(EOFError, ReaderGone, BrokenPipeError):
        while True:
            jobs, limit = orders.recv()
            run_all(
                jobs,
                limit,
                lambda job: orders.send((job.slug, None)),
                lambda job, outcome: orders.send((job.slug, outcome)),
                context=context,
                reader=orders,
            )


def warm_up() -> None:
    """Load what every report loads, and fill the caches that do not depend on a report."""
    # A fault in notebook or data is the run's to tell, with its place; here it costs time.
    with contextlib.suppress(HwbError):
        read_notebook(notebooks_dir() / TEMPLATE)
    for name in MODULES:
        import_module(name)
    with contextlib.suppress(HwbError):
        _read_lists()
    import_module("hwb_analysis.style").first_chart()


def _read_lists() -> None:
    from hwb_analysis.reports.render import PageMeta, markdown, page
    from hwb_analysis.sources.snapshot import current_snapshot
    from hwb_analysis.strategy import load_strategy

    page("", markdown("*"), meta=PageMeta(""))
    load_strategy()
    snapshot = current_snapshot()
    # Only the lists: reading a table would start threads, which must not be at a fork.
    assert snapshot.series is not None
    assert snapshot.origins is not None
