"""The record of a run: what went in, what came out, and how each report fared.

It is written when the run starts and again after each report, each time whole or not
at all, so that a run cut short leaves a true record.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import Any

from hwb_analysis.errors import DataContractError
from hwb_analysis.paths import PACKAGE

MANIFEST_NAME = "manifest.json"
SCHEMA = 1
# Roles of the AQuA Book. A run only ever writes that nobody has signed; people write over it.
ROLES = ("commissioner", "analyst", "assurer", "approver")
NOT_SIGNED_OFF = "not signed off"


def unsigned() -> dict[str, str]:
    """Return every role as not signed off, as a new run must state it."""
    return dict.fromkeys(ROLES, NOT_SIGNED_OFF)


class RunStatus(StrEnum):
    """How one report fared in a run."""

    WAITING = "waiting"
    RUNNING = "running"
    OK = "ok"
    REUSED = "reused"
    FAILED = "failed"
    TIMEOUT = "timeout"
    INTERRUPTED = "interrupted"
    NOT_ASKED = "not asked"


class PageState(StrEnum):
    """Which page stands in the run's folder for a priority.

    ``reused`` is as good as ``new``: an earlier run made it from the same content.
    """

    NEW = "new"
    REUSED = "reused"
    KEPT = "kept"
    STUB = "stub"
    NONE = "none"


@dataclass(slots=True)
class ReportRecord:
    """One priority in one run.

    ``updated`` is the UTC time at which the page that stands there was made, and
    ``made_in`` the run that made it; both are empty for a stub. ``key`` is the content
    key of the page, empty for a stub and for a page that is kept with a notice.
    """

    slug: str
    title: str
    status: RunStatus = RunStatus.WAITING
    page: PageState = PageState.NONE
    updated: str = ""
    made_in: str = ""
    seconds: float | None = None
    error: str = ""
    key: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Say whether the report was asked for and did not come."""
        return self.status in (RunStatus.FAILED, RunStatus.TIMEOUT, RunStatus.INTERRUPTED)


@dataclass(slots=True)
class RunRecord:
    """A whole run. ``inputs`` and each report's ``outputs`` map a path to its sha256.

    ``parameters`` are those that all its reports share: all but ``priority``. ``sign_off``
    maps each role of assurance to ``not signed off``, until a person writes name and date.
    """

    run_id: str
    started: str
    snapshot: str
    finished: str = ""
    git: dict[str, Any] = field(default_factory=dict)
    python: str = ""
    system: str = ""
    packages: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    reports: list[ReportRecord] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    board_error: str = ""
    board_key: str = ""
    engine: str = ""
    jobs: int = 0
    schema: int = SCHEMA
    sign_off: dict[str, str] = field(default_factory=unsigned)

    def report(self, slug: str) -> ReportRecord | None:
        """Return the record of one priority, or nothing when the run knows it not."""
        return next((r for r in self.reports if r.slug == slug), None)

    @property
    def failures(self) -> list[ReportRecord]:
        """Return the reports that were asked for and did not come."""
        return [r for r in self.reports if r.failed]

    def write(self, folder: Path) -> Path:
        """Write ``manifest.json`` into the run's folder, whole or not at all."""
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"
        return replace_text(folder / MANIFEST_NAME, text)


def read_manifest(folder: Path) -> RunRecord:
    """Read the record of a run back.

    Raises
    ------
    DataContractError
        When the file is absent or is not a manifest of this version.
    """
    path = folder / MANIFEST_NAME
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        data["reports"] = [_report(entry) for entry in data["reports"]]
        return RunRecord(**data)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataContractError(
            f"the manifest of the run cannot be read: {error}",
            where=str(path),
            remedy="make the reports again with `hwb run`",
        ) from error


def _report(entry: dict[str, Any]) -> ReportRecord:
    record = ReportRecord(**entry)
    record.status, record.page = RunStatus(record.status), PageState(record.page)
    return record


def replace_text(path: Path, text: str) -> Path:
    """Write a text file whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)
    except OSError:
        # On a full disk the half-written file would take the space that is missing.
        temporary.unlink(missing_ok=True)
        raise
    return path


def sha256(path: Path) -> str:
    """Return the sha256 of a file in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def checksums(folder: Path, but: Iterable[str] = ()) -> dict[str, str]:
    """Return relative path to sha256 for every file below a folder, in order of path."""
    left_out = set(but)
    found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    return {name: sha256(found[name]) for name in sorted(found) if name not in left_out}


def utc_now() -> str:
    """Return the present UTC time to the second, ISO with Z."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def new_record(run_id: str, started: str, snapshot: str, inputs: dict[str, str]) -> RunRecord:
    """Return the record of a run that starts now, with its software described."""
    return RunRecord(
        run_id=run_id,
        started=started,
        snapshot=snapshot,
        git=git_state(PACKAGE.parent),
        python=platform.python_version(),
        system=platform.platform(),
        packages=package_versions(),
        inputs=inputs,
    )


def package_versions() -> dict[str, str]:
    """Return name to version of every installed package, in order of name."""
    pairs = {d.metadata["Name"]: d.version for d in metadata.distributions()}
    return dict(sorted(pairs.items(), key=lambda pair: pair[0].lower()))


def product_version() -> str:
    """Return the version of this package, or nothing when it is not installed."""
    try:
        return metadata.version("hwb-analysis")
    except metadata.PackageNotFoundError:
        return ""


def git_state(folder: Path) -> dict[str, Any]:
    """Return commit and whether files differ from it; empty outside a checkout."""
    if not (folder / ".git").exists():
        return {}
    commit = _git(folder, "rev-parse", "HEAD")
    changed = _git(folder, "status", "--porcelain")
    return {"commit": commit, "dirty": bool(changed)} if commit else {}


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
