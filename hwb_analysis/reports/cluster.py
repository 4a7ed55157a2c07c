"""The same reports on a cluster: dask.distributed hands the jobs out and watches them.

A task writes files on storage that all machines share and sends back a few words. It may
run twice, since a worker can die at any moment: each attempt builds in a folder of its
own, the first to finish is renamed into place, and a later one finds it there.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from hwb_analysis.errors import SourceError, UsageError
from hwb_analysis.reports.job import Job, Outcome
from hwb_analysis.reports.manifest import RunStatus, replace_text
from hwb_analysis.reports.warm import Warm

# How often a task is handed out again after its own failure; the death of a worker is
# counted by the scheduler, which allows three.
RETRIES = 2
CONNECT_SECONDS = 30
LOCAL = "local:"


class Cluster:
    """Workers of a dask cluster; each has a warm parent of its own that forks.

    Parameters
    ----------
    client
        A ``distributed.Client``.
    own
        A cluster to end together with the client, when this process has started one.
    """

    name, inside = "dask", True

    def __init__(self, client: Any, own: Any = None) -> None:
        self.client, self.own = client, own

    def __enter__(self) -> Cluster:
        """Return the workers themselves."""
        return self

    def __exit__(self, *error: object) -> None:
        """Leave the cluster, and end it when it is our own."""
        self.client.close()
        if self.own is not None:
            self.own.close()

    def run_all(
        self,
        jobs: Sequence[Job],
        limit: int,
        started: Callable[[Job], None],
        finished: Callable[[Job, Outcome], None],
    ) -> None:
        """Run jobs on the cluster; how many at once is the cluster's to say."""
        distributed = import_module("distributed")
        futures = {}
        for job in jobs:
            key = f"hwb-{job.slug}-{job.staged.parent.name}-{uuid.uuid4().hex[:8]}"
            future = self.client.submit(do_once, job, key=key, pure=False, retries=RETRIES)
            futures[future.key] = (job, future)
            started(job)
        given = [future for _, future in futures.values()]
        waiting = distributed.as_completed(given, loop=self.client.loop)
        for future in waiting:
            job, _ = futures.pop(future.key)
            finished(job, _outcome(future))


def _outcome(future: Any) -> Outcome:
    error = future.exception()
    if error is None:
        found: Outcome = future.result()
        return found
    text = f"{type(error).__name__}: {error}"
    return Outcome(RunStatus.FAILED, 0.0, f"the cluster gave the report up: {text}")


def connect(scheduler: str = "", cluster: str = "") -> Cluster:
    """Return the workers of a running scheduler, or of a cluster started on this machine.

    Parameters
    ----------
    scheduler
        Address such as ``tcp://host:8786``.
    cluster
        ``local:N`` starts N workers here.

    Raises
    ------
    UsageError
        Neither or both are given, the number is none, or dask.distributed is missing.
    SourceError
        The scheduler does not answer.
    """
    if bool(scheduler) == bool(cluster):
        raise UsageError("one of --scheduler and --cluster is expected", remedy="give one of them")
    try:
        distributed = import_module("distributed")
    except ImportError as error:
        raise UsageError(
            "dask.distributed is not installed",
            remedy="install the package with its extra 'distributed'",
        ) from error
    if scheduler:
        return Cluster(_client(distributed, scheduler))
    own = _local(distributed, cluster)
    return Cluster(_client(distributed, own), own)


def _client(distributed: Any, address: Any) -> Any:
    try:
        return distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError, RuntimeError) as error:
        # Also what dask itself refuses, such as an address without the encryption it asks for.
        raise SourceError(
            f"the scheduler does not answer: {error}",
            where=str(address),
            remedy="start it with `dask scheduler`, or use --cluster local:N",
        ) from error


def _local(distributed: Any, text: str) -> Any:
    number = text.removeprefix(LOCAL)
    if not text.startswith(LOCAL) or not number.isdigit() or int(number) < 1:
        raise UsageError(f"there is no cluster '{text}'", remedy="write local:2 for two workers")
    return distributed.LocalCluster(
        n_workers=int(number), threads_per_worker=1, processes=True, dashboard_address=None
    )


def do_once(job: Job) -> Outcome:
    """Make a report in a folder of this attempt's own and rename it into place.

    Safe to repeat: when another attempt has put the report there, its outcome is
    returned and nothing is made.
    """
    told = job.staged.with_name(f".{job.slug}.outcome.json")
    if job.staged.is_dir() and told.is_file():
        return _read(told)
    name = f".attempt-{uuid.uuid4().hex}"
    own = replace(job, staged=job.staged.with_name(name) / job.slug, work=job.work / name)
    try:
        outcome = _parent().make(own)
        return _place(own.staged, job.staged, told, outcome)
    finally:
        shutil.rmtree(own.staged.parent, ignore_errors=True)
        shutil.rmtree(own.work, ignore_errors=True)


def _place(made: Path, final: Path, told: Path, outcome: Outcome) -> Outcome:
    if outcome.status is not RunStatus.OK or not made.is_dir():
        return outcome
    # The outcome first: who finds the folder must find what belongs to it as well.
    replace_text(told, json.dumps(asdict(outcome)))
    try:
        os.rename(made, final)
    except OSError:
        if not final.is_dir():
            raise
    return outcome


def _read(told: Path) -> Outcome:
    data = json.loads(told.read_text(encoding="utf-8"))
    return Outcome(**{**data, "status": RunStatus(data["status"])})


class _Parent:
    """The warm parent of this worker; started at the first report, again when it died."""

    def __init__(self) -> None:
        self.lock, self.warm = threading.Lock(), None

    def make(self, job: Job) -> Outcome:
        """Make one report and return its outcome."""
        ended = list[Outcome]()
        with self.lock:
            self.warm = self.warm or Warm()
            left = self.warm.run_all(
                [job], 1, lambda _: None, lambda _, outcome: ended.append(outcome)
            )
            if left:
                self.warm.close()
                self.warm = None
        if left:
            raise ChildProcessError("the warm parent of this worker has died")
        return ended[0]

    warm: Warm | None


_own = _Parent()


def _parent() -> _Parent:
    return _own
