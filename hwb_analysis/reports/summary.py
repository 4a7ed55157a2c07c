"""What a run did, short enough for a mail and plain enough for a webhook.

Written beside the logs, never on a page: it holds the clock and the run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from hwb_analysis.reports.manifest import RunRecord, RunStatus, replace_text

TEXT_NAME, JSON_NAME = "summary.txt", "run.json"
# A mail shows the reason; the whole message stands in the manifest and the log.
REASON_LENGTH = 200


def summary(record: RunRecord, exit_code: int) -> dict[str, Any]:
    """Return a run in brief, as one object of plain values.

    Keys: ``run_id``, ``started``, ``finished``, ``seconds``, ``exit_code``, ``ok``,
    ``snapshot``, ``engine``, ``jobs``, ``parameters``, ``counts`` (status to number),
    ``failed`` (slug, title, status, reason), ``board_error``, ``reports`` (slug to status,
    seconds, page and content key).
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
    }


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
    counts = ", ".join(f"{number} {name}" for name, number in found["counts"].items())
    seconds = found["seconds"]
    lines = [
        f"hwb run {found['run_id']}: {'well' if found['ok'] else 'FAILED'}",
        "",
        f"reports: {counts or 'none'}",
        f"started {found['started']}"
        + (f", took {seconds:.0f} s" if seconds is not None else ", did not end"),
        f"snapshot {found['snapshot']}, engine {found['engine']}, exit code {found['exit_code']}",
    ]
    for one in found["failed"]:
        lines += ["", f"{one['slug']}: {one['status']}", f"  {one['reason']}"]
    if found["board_error"]:
        lines += ["", f"Board page: {_reason(found['board_error'])}"]
    return "\n".join(lines) + "\n"


def write_summary(logs: Path, record: RunRecord, exit_code: int) -> None:
    """Write ``summary.txt`` and ``run.json`` beside the logs of a run.

    They stand in ``logs/<run-id>/``, and in ``logs/`` for the newest run, so that a
    scheduler finds them by one name, also after a run that was cut short.
    """
    found = summary(record, exit_code)
    data = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    for folder in (logs, logs.parent):
        folder.mkdir(parents=True, exist_ok=True)
        replace_text(folder / TEXT_NAME, summary_text(found))
        replace_text(folder / JSON_NAME, data)
