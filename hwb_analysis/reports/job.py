"""One report in a process of its own: run the notebook, make the page, leave both aside."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import shutil
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from hwb_analysis.errors import AccessibilityError, DisclosureError, HwbError
from hwb_analysis.paths import PACKAGE
from hwb_analysis.reports.content import SHOWN
from hwb_analysis.reports.engine import execute, read_notebook, write_notebook
from hwb_analysis.reports.guard import LeakError, search_report
from hwb_analysis.reports.manifest import RunStatus
from hwb_analysis.reports.publish import NOTEBOOK_NAME, PAGE_NAME, clean_notebook
from hwb_analysis.reports.render import PageMeta, render_notebook

if TYPE_CHECKING:
    from hwb_analysis.disclosure.leak_ties import Secret

# Whoever meets it, notebook, papermill or page, its text holds the number.
INACCESSIBLE, DISCLOSED = AccessibilityError.__name__, DisclosureError.__name__
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)


@dataclass(frozen=True, slots=True)
class Job:
    """What a process needs to make one report.

    ``staged`` receives what is published, ``work`` is scratch space, ``log`` what the
    notebook and its kernel print. ``memory`` is the MiB that the notebook may take.
    ``inside`` runs the notebook in the process itself, without a kernel; ``call`` makes
    a page that comes from no notebook, in the folder that it is given. ``formats`` are
    made from the finished page, and ``shared`` is where the processes of one run keep
    what each would compute again.
    """

    slug: str
    title: str
    notebook: Path | None
    parameters: Mapping[str, str]
    staged: Path
    work: Path
    log: Path
    timeout: int
    meta: PageMeta
    environment: Mapping[str, str] = field(default_factory=dict)
    memory: int | None = None
    inside: bool = False
    call: Callable[[Path], object] | None = None
    formats: Sequence[str] = ("html",)
    content_key: str = ""
    shared: Path | None = None
    secrets: Sequence[Secret] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended.

    ``no_room`` says that its disk is full or closed to writing, ``searched`` that no
    withheld figure stands in what was made, ``leaked`` that one does.
    """

    status: RunStatus
    seconds: float
    error: str = ""
    dropped: Mapping[str, int] = field(default_factory=dict)
    no_room: bool = False
    searched: bool = False
    leaked: bool = False


def notebook_environment() -> dict[str, str]:
    """Return the settings of this process that a report must see, with whole paths."""
    found = {name: value for name, value in os.environ.items() if name.startswith("HWB_")}
    for name in ("HWB_DATA_DIR", "HWB_REPORTS_DIR", "HWB_STRATEGY"):
        if found.get(name):
            found[name] = str(Path(found[name]).resolve())
    # Whatever the locale: texts and file names hold more than ASCII.
    found["PYTHONUTF8"] = "1"
    if (PACKAGE.parent / "pyproject.toml").is_file():
        # From a checkout the kernel finds the package even where it is not installed.
        known = os.environ.get("PYTHONPATH", "")
        found["PYTHONPATH"] = os.pathsep.join(filter(None, [str(PACKAGE.parent), known]))
    return found


def run_in_process(job: Job, connection: Connection) -> None:
    """Do a job as the body of a process and send its outcome, whatever happens."""
    os.setsid()
    _end_with_reader(connection)
    _settings_of(job)
    try:
        _print_to(job.log)
    except OSError as error:
        connection.send(Outcome(RunStatus.FAILED, 0.0, f"no log can be written: {error.strerror}"))
    else:
        connection.send(do(job))
    connection.close()


def _settings_of(job: Job) -> None:
    """Give this process the settings of its run and no others.

    A server that makes processes keeps the settings of the day it was started; one that
    has since been taken back must not come back with them.
    """
    for name in [n for n in os.environ if n.startswith("HWB_") and n not in job.environment]:
        del os.environ[name]
    os.environ.update(job.environment)


def _print_to(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab", buffering=0) as handle:
        os.dup2(handle.fileno(), 1)
        os.dup2(handle.fileno(), 2)


def _end_with_reader(connection: Connection) -> None:
    """End this process as soon as nobody is left who could take its outcome.

    A run that is killed cannot end its reports; without this they would go on writing
    into the folder of the next run. The kernel ends when it finds its parent gone.
    """
    poller = select.poll()
    # No event is asked for: an error, which a closed other end is, is told in any case.
    poller.register(connection.fileno(), 0)

    def watch() -> None:
        poller.poll()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def do(job: Job) -> Outcome:
    """Run the notebook and make the page in the job's folders."""
    started = time.monotonic()
    try:
        dropped = _make(job)
        search_report(job.slug, job.staged, job.secrets)
    except LeakError as error:
        return _leaked(job, error, started)
    except HwbError as error:
        # Named, so that the run can end with the code that stands for it.
        named = (AccessibilityError, DisclosureError)
        name = next((f"{k.__name__}: " for k in named if isinstance(error, k)), "")
        return _failed(job, f"{name}{error}", str(error), started)
    except Exception as error:
        told = traceback.format_exc()
        return _failed(job, f"{type(error).__name__}: {error}", told, started)
    return Outcome(RunStatus.OK, time.monotonic() - started, dropped=dropped, searched=True)


def _leaked(job: Job, error: LeakError, started: float) -> Outcome:
    # Nothing of it is kept, not even as evidence: its place is told, and that is enough.
    for folder in (job.staged, job.work):
        shutil.rmtree(folder, ignore_errors=True)
    print(error, file=sys.stderr)
    seconds = time.monotonic() - started
    return Outcome(RunStatus.FAILED, seconds, f"{DISCLOSED}: {error}", leaked=True)


def _failed(job: Job, text: str, told: str, started: float) -> Outcome:
    # On a full disk the log cannot be written either; the outcome still must be sent.
    with contextlib.suppress(OSError):
        print(told, file=sys.stderr)
        _keep_evidence(job)
    return Outcome(
        RunStatus.TIMEOUT if text.startswith("CellTimeoutError") else RunStatus.FAILED,
        time.monotonic() - started,
        _neutral(text),
        no_room=any(f"[Errno {number}]" in text for number in NO_ROOM),
    )


def _neutral(text: str) -> str:
    # The manifest is read elsewhere: a file is named from the checkout, not from the machine.
    return text.replace(f"{PACKAGE.parent}{os.sep}", "")


def _make(job: Job) -> dict[str, int]:
    job.staged.mkdir(parents=True, exist_ok=True)
    if job.shared is not None and (job.inside or job.call):
        _share(job.shared)
    dropped = {} if job.notebook is None else _from_notebook(job, job.notebook)
    if job.call is not None:
        job.call(job.staged)
    others = [name for name in job.formats if name != "html"]
    if others and (job.staged / PAGE_NAME).is_file():
        _write_formats(job, others)
    return dropped


def _share(folder: Path) -> None:
    from hwb_analysis.assessment.measures import share_assessments
    from hwb_analysis.reports.assessed import Shared

    share_assessments(Shared(folder))


def _write_formats(job: Job, names: Sequence[str]) -> None:
    from hwb_analysis.reports.formats import write_formats

    write_formats(
        job.staged / PAGE_NAME,
        names,
        folder=job.staged,
        data_date=job.meta.data,
        content_key=job.content_key[:SHOWN],
    )


def _from_notebook(job: Job, notebook: Path) -> dict[str, int]:
    executed = job.work / NOTEBOOK_NAME
    job.work.mkdir(parents=True, exist_ok=True)
    execute(
        notebook,
        executed,
        job.parameters,
        timeout=job.timeout,
        memory=job.memory,
        cwd=job.work,
        figures=job.staged / "figures",
        inside=job.inside,
    )
    node = read_notebook(executed)
    rendered = render_notebook(node, meta=job.meta, title=job.title, back="../index.html")
    (job.staged / PAGE_NAME).write_text(rendered.html, encoding="utf-8")
    write_notebook(clean_notebook(node), job.staged / NOTEBOOK_NAME)
    return rendered.dropped


def _keep_evidence(job: Job) -> None:
    executed = job.work / NOTEBOOK_NAME
    if executed.is_file():
        shutil.copyfile(executed, job.log.with_suffix(".ipynb"))
