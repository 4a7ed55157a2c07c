"""The folders of runs: their names in order, and which old ones go."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from datetime import datetime
from pathlib import Path

from hwb_analysis.errors import HwbError
from hwb_analysis.reports.manifest import read_manifest
from hwb_analysis.reports.publish import latest_run

RUNS, LOGS, STAGING = "runs", "logs", ".staging"
KEPT_RUNS = 10
_RUN_ID = re.compile(r"(\d{8}T\d{6}Z)(?:-(\d+))?")


def run_ids(out: Path) -> list[str]:
    """Return the names of all runs below an output folder, oldest first."""
    names = (p.name for p in (out / RUNS).glob("*") if p.is_dir())
    return sorted((name for name in names if _RUN_ID.fullmatch(name)), key=_order)


def _order(run_id: str) -> tuple[str, int]:
    stem, _, number = run_id.partition("-")
    return stem, int(number or 1)


def new_run_id(out: Path, now: datetime) -> str:
    """Return a name for a run that starts now; it sorts after every run that stands there.

    Where the clock was set back, or two runs start in one second, the name of the newest
    run is counted on instead.

    Examples
    --------
    >>> new_run_id(Path("nowhere"), datetime(2026, 11, 2, 9, 30))
    '20261102T093000Z'
    """
    stem = now.strftime("%Y%m%dT%H%M%SZ")
    before = run_ids(out)
    if not before or stem > _order(before[-1])[0]:
        return stem
    newest, number = _order(before[-1])
    return f"{newest}-{number + 1:03d}"


def clear_leftovers(out: Path) -> None:
    """Remove what a run that was killed could not remove itself; the lock must be held."""
    shutil.rmtree(out / STAGING, ignore_errors=True)
    for path in [*out.glob(".latest.*"), *out.glob(".LATEST.*")]:
        path.unlink(missing_ok=True)


def prune(out: Path, keep: int = KEPT_RUNS) -> list[str]:
    """Remove old runs and their logs, and return their names.

    Parameters
    ----------
    out
        Output folder; its lock must be held.
    keep
        So many complete runs stay, the newest. The one that ``latest`` points to stays
        in any case. A run that was cut short stays while it is newer than the oldest
        complete run that stays, and no more of them than ``keep``.
    """
    names = run_ids(out)[::-1]
    complete = [name for name in names if _is_complete(out / RUNS / name)]
    stay = set(complete[:keep])
    oldest = _order(complete[:keep][-1]) if complete else ("", 0)
    cut_short = [name for name in names if name not in complete and _order(name) > oldest]
    stay.update(cut_short[:keep])
    latest = latest_run(out)
    if latest is not None:
        stay.add(latest.name)
    removed = [name for name in names if name not in stay]
    for name in removed:
        _remove(out, name)
    return removed


def _is_complete(folder: Path) -> bool:
    try:
        return bool(read_manifest(folder).finished)
    except HwbError:
        return False


def _remove(out: Path, name: str) -> None:
    """Move a run aside first: one that is removed only in part must not look like a run."""
    aside = out / STAGING / f"old-{name}"
    with contextlib.suppress(OSError):
        aside.parent.mkdir(exist_ok=True)
        os.replace(out / RUNS / name, aside)
    shutil.rmtree(aside, ignore_errors=True)
    shutil.rmtree(out / LOGS / name, ignore_errors=True)
