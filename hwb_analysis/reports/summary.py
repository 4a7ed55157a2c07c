"""What a run did, short enough for a mail and plain enough for a webhook.

Written beside the logs, never on a page: it holds the clock and the run.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from hwb_analysis.errors import HwbError, LockedError
from hwb_analysis.reports.manifest import RunRecord, RunStatus, replace_text, utc_now

TEXT_NAME, JSON_NAME = "summary.txt", "run.json"
# A mail shows the reason; the whole message stands in the manifest and the log.
REASON_LENGTH = 200


def summary(record: RunRecord, exit_code: int) -> dict[str, Any]:
    """Return a run in brief, as one object of plain values.

    Keys: ``run_id``, ``started``, ``finished``, ``seconds``, ``exit_code``, ``ok``,
    ``snapshot``, ``engine``, ``jobs``, ``parameters``, ``counts`` (status to number),
    ``failed`` (slug, title, status, reason), ``board_error``, ``reports`` (slug to status,
    seconds, page and content key), ``error`` (why nothing was published, else empty).
    """
    counts = {status.value: 0 for status in RunStatus}
    for report in record.reports:
        counts[report.status.value] += 1
    return {
        "run_id": record.run_id,
        "started": record.started,
        "finished": record.finished,
        "seconds": _seconds(record),
        "exit_code": exit_code,
        "ok": exit_code == 0,
        "snapshot": record.snapshot,
        "engine": record.engine or "none",
        "jobs": record.jobs,
        "parameters": dict(record.parameters),
        "counts": {name: number for name, number in counts.items() if number},
        "failed": [
            {"slug": r.slug, "title": r.title, "status": r.status.value, "reason": _reason(r.error)}
            for r in record.failures
        ],
        "board_error": record.board_error,
        "reports": {
            r.slug: {"status": r.status.value, "seconds": r.seconds, "page": r.page.value}
            | {"content_key": r.key}
            for r in record.reports
        },
        "error": "",
    }


def refusal(error: BaseException, moment: str) -> dict[str, Any]:
    """Return, with the same keys, that nothing came of a run, and why.

    Examples
    --------
    >>> from hwb_analysis.errors import DataContractError
    >>> found = refusal(DataContractError("a file is missing"), "2026-05-01T06:00:00Z")
    >>> print(summary_text(found))
    hwb run: FAILED, nothing was published
    <BLANKLINE>
    a file is missing
    <BLANKLINE>
    tried 2026-05-01T06:00:00Z, exit code 11; what stands in latest is as it was
    <BLANKLINE>
    """
    record = RunRecord("", moment, "", finished=moment)
    told = str(error) if isinstance(error, HwbError) else f"{type(error).__name__}: {error}"
    return {**summary(record, getattr(error, "exit_code", 1)), "error": told}


def _seconds(record: RunRecord) -> float | None:
    if not record.finished:
        return None
    started, finished = (datetime.fromisoformat(t) for t in (record.started, record.finished))
    # A clock that was set back while the run was at work makes no time negative.
    return max(0.0, (finished - started).total_seconds())


def _reason(error: str) -> str:
    return error.splitlines()[0][:REASON_LENGTH] if error else ""


def summary_text(found: Mapping[str, Any]) -> str:
    """Return a summary as the text of a mail; its first line serves as the subject.

    Examples
    --------
    >>> record = RunRecord("20260501T060000Z", "2026-05-01T06:00:00Z", "2026-04")
    >>> summary_text(summary(record, 0)).splitlines()[0]
    'hwb run 20260501T060000Z: well'
    """
    if found["error"]:
        tried = f"tried {found['started']}, exit code {found['exit_code']}"
        head = "hwb run: FAILED, nothing was published"
        return f"{head}\n\n{found['error']}\n\n{tried}; what stands in latest is as it was\n"
    counts = ", ".join(f"{number} {name}" for name, number in found["counts"].items())
    lines = [
        f"hwb run {found['run_id']}: {'well' if found['ok'] else 'FAILED'}",
        "",
        f"reports: {counts or 'none'}",
        f"started {found['started']}" + _took(found),
        f"snapshot {found['snapshot']}, engine {found['engine']}, exit code {found['exit_code']}",
    ]
    for one in found["failed"]:
        lines += ["", f"{one['slug']}: {one['status']}", f"  {one['reason']}"]
    if found["board_error"]:
        lines += ["", f"Board page: {_reason(found['board_error'])}"]
    return "\n".join(lines) + "\n"


def _took(found: Mapping[str, Any]) -> str:
    if found["seconds"] is None:
        return ", did not end"
    if found["finished"] < found["started"]:
        return ", how long it took is not known: the clock was set back meanwhile"
    return f", took {found['seconds']:.0f} s"


def write_summary(logs: Path, record: RunRecord, exit_code: int) -> None:
    """Write ``summary.txt`` and ``run.json`` beside the logs of a run.

    They stand in ``logs/<run-id>/``, and in ``logs/`` for the newest run, so that a
    scheduler finds them by one name, also after a run that was cut short.
    """
    found = summary(record, exit_code)
    for folder in (logs, logs.parent):
        _write(folder, found)


@contextlib.contextmanager
def refusals(logs: Path) -> Iterator[None]:
    """Say in ``logs/`` that nothing came of a run, so that no older summary is taken for its own.

    Another run at work is no fault: its own summary will stand there. A run that wrote its
    summary before it failed has said more.

    Parameters
    ----------
    logs
        The folder of logs of the output folder.
    """
    before = _bytes(logs / JSON_NAME)
    try:
        yield
    except LockedError:
        raise
    except Exception as error:
        # Where nothing can be written, the error stream is all there is.
        with contextlib.suppress(OSError):
            if _bytes(logs / JSON_NAME) == before:
                _write(logs, refusal(error, utc_now()))
        raise


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _write(folder: Path, found: Mapping[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    replace_text(folder / TEXT_NAME, summary_text(found))
    replace_text(folder / JSON_NAME, json.dumps(found, indent=1, ensure_ascii=False) + "\n")
