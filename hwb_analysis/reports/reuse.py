"""Reports that need not be made: an earlier run has made them from the same content.

The earlier run may be the newest complete one, one before it, or one that was cut
short; what it left is taken only when every byte is what its manifest says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hwb_analysis.errors import HwbError
from hwb_analysis.reports.manifest import (
    PageState,
    ReportRecord,
    RunRecord,
    checksums,
    read_manifest,
    sha256,
)
from hwb_analysis.reports.runs import RUNS, run_ids

# A page that was kept because no newer one came carries a notice and has no key.
WHOLE = (PageState.NEW, PageState.REUSED, PageState.KEPT)


@dataclass(frozen=True, slots=True)
class Found:
    """A report that stands in an earlier run: its folder and its record."""

    folder: Path
    record: ReportRecord


def earlier_runs(out: Path) -> Iterator[tuple[Path, RunRecord]]:
    """Yield folder and record of every run that can be read, newest first."""
    for run_id in reversed(run_ids(out)):
        folder = out / RUNS / run_id
        try:
            yield folder, read_manifest(folder)
        except HwbError:
            continue


def find_reports(out: Path, keys: Mapping[str, str]) -> dict[str, Found]:
    """Return, by slug, the newest whole report with the key that is asked for."""
    found: dict[str, Found] = {}
    for folder, record in earlier_runs(out):
        for slug in keys.keys() - found.keys():
            report = record.report(slug)
            if report and _fits(report, keys[slug]) and _is_whole(folder / slug, report.outputs):
                found[slug] = Found(folder / slug, report)
        if len(found) == len(keys):
            break
    return found


def _fits(report: ReportRecord, key: str) -> bool:
    return bool(key) and report.key == key and report.page in WHOLE


def _is_whole(folder: Path, outputs: Mapping[str, str]) -> bool:
    try:
        return bool(outputs) and checksums(folder) == dict(outputs)
    except OSError:
        return False


def find_board(out: Path, key: str) -> tuple[Path, dict[str, str]] | None:
    """Return a run with the Board page of this key, and the page's files with their sha256."""
    for folder, record in earlier_runs(out):
        if record.board_key == key and record.outputs and not record.board_error:
            files = {n: folder / n for n in record.outputs}
            whole = all(p.is_file() and sha256(p) == record.outputs[n] for n, p in files.items())
            if whole:
                return folder, record.outputs
    return None
