"""The guard of a run: nothing that it publishes may tell a figure that is withheld.

Every report is searched where it was made, before it is published; pages of earlier runs
before they are taken over; the Board page, the manifest and the logs before readers are
pointed at the run. Without local files there is nothing to look for and nothing is read.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hwb_analysis.errors import DisclosureError

if TYPE_CHECKING:
    from hwb_analysis.disclosure.leak_ties import Secret
    from hwb_analysis.disclosure.leaks import Leak
    from hwb_analysis.reports.manifest import RunRecord
    from hwb_analysis.reports.plan import Plan
    from hwb_analysis.reports.run_parts import BoardWriter
    from hwb_analysis.sources.snapshot import Snapshot
    from hwb_analysis.strategy.model import Strategy

BOARD = "board"
MOST_TOLD = 20
REMEDY = (
    "take the figure out of the notebook, text or note that shows it, or mark it as published "
    "in its file; nothing of this run was published"
)
LOG_EMPTIED = "This log held a figure that is withheld. It was emptied.\n"
OLD_PAGE = "the page of the earlier run shows a figure that is withheld now, and is not shown again"
OLD_REMEDY = "make it again with `hwb run`, and remove the earlier runs that show it"


class LeakError(DisclosureError):
    """A withheld figure stands in what a run would publish; ``report`` says in which part."""

    def __init__(
        self, message: str, *, where: str | None = None, remedy: str | None = None, report: str = ""
    ) -> None:
        super().__init__(message, where=where, remedy=remedy)
        self.report = report


def secrets_of_run(
    strategy: Strategy, snapshot: Snapshot, rule: str = "published"
) -> tuple[Secret, ...]:
    """Return what a run must not show; nothing where there are no local files.

    Raises
    ------
    LocalFileError
        A form or a plan that breaks a rule; every fault is told.
    """
    from hwb_analysis.sources.local.folder import local_folder

    if not local_folder().is_dir():
        return ()
    from hwb_analysis.reports.guard_secrets import any_local_file, gather

    return gather(strategy, snapshot, rule) if any_local_file() else ()


def search_report(slug: str, folder: Path, secrets: Sequence[Secret]) -> None:
    """Search a report before it is published.

    Raises
    ------
    LeakError
        A withheld figure stands in one of its files, or a file cannot be searched. Files
        and rows are named, no figure is.
    """
    if secrets:
        _refuse(slug, *_found(folder, secrets, None))


@dataclass(frozen=True, slots=True)
class Guard:
    """What a run asks of its own process: reports are searched where they are made."""

    secrets: tuple[Secret, ...] = ()
    withdrawn: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Say whether there is anything to look for."""
        return bool(self.secrets)

    def old_page(self, slug: str, folder: Path) -> bool:
        """Say whether a page of an earlier run may be shown again; keep why not."""
        if not self.secrets:
            return True
        leaks, unread = _found(folder, self.secrets, None)
        if leaks or unread:
            where = _told(leaks[:1]) or unread[0]
            told = str(DisclosureError(OLD_PAGE, where=where, remedy=OLD_REMEDY))
            self.withdrawn[slug] = f"{DisclosureError.__name__}: {told}"
        return not (leaks or unread)

    def words(self, slug: str, error: str, logs: Iterable[Path]) -> None:
        """Search what a report leaves besides its pages: its error and its logs.

        A log that tells a figure is emptied first.

        Raises
        ------
        LeakError
            A withheld figure stands in one of them.
        """
        if not self.secrets:
            return
        from hwb_analysis.disclosure.leaks import Search

        leaks = Search(self.secrets).text("the error of the report", error)
        leaks += self._emptied(path for path in logs if path.is_file())
        _refuse(slug, [leak for leak in leaks if not leak.doubtful], ())

    def hush(self, logs: Path) -> list[Leak]:
        """Empty every log of a run that tells a withheld figure, and return what stood there."""
        found = sorted(path for path in logs.rglob("*") if path.is_file())
        return self._emptied(found) if self.secrets else []

    def _emptied(self, files: Iterable[Path]) -> list[Leak]:
        leaks: list[Leak] = []
        for path in files:
            found, unread = _found(path.parent, self.secrets, [path])
            if found or unread:
                path.write_text(LOG_EMPTIED, encoding="utf-8")
            leaks += found
        return leaks

    def own_files(self, folder: Path, reports: Iterable[str], logs: Path) -> None:
        """Search what stands in a run beside its reports: Board page, manifest, logs.

        Raises
        ------
        LeakError
            A withheld figure stands there.
        """
        if not self.secrets:
            return
        inner = {folder / slug for slug in reports}
        files = [p for p in folder.rglob("*") if p.is_file() and inner.isdisjoint(p.parents)]
        leaks, unread = _found(folder, self.secrets, files)
        _refuse(BOARD, [*leaks, *self.hush(logs)], unread)


def _found(
    folder: Path, secrets: Sequence[Secret], files: Iterable[Path] | None
) -> tuple[list[Leak], tuple[str, ...]]:
    from hwb_analysis.disclosure.leaks import find_leaks

    report = find_leaks(folder, secrets, files=files)
    return [leak for leak in report.leaks if not leak.doubtful], report.unread


def _refuse(slug: str, leaks: Sequence[Leak], unread: Sequence[str]) -> None:
    if leaks:
        rows = len({leak.row for leak in leaks})
        raise LeakError(
            f"{rows} withheld figure{'s stand' if rows > 1 else ' stands'} in {slug}\n"
            + _told(leaks[:MOST_TOLD]),
            where=slug,
            remedy=REMEDY,
            report=slug,
        )
    if unread:
        raise LeakError(
            f"{slug} holds files that cannot be searched for withheld figures: "
            + ", ".join(unread[:MOST_TOLD]),
            where=slug,
            remedy="write text, tables, PNG or PDF, or nothing, beside unpublished figures",
            report=slug,
        )


def _told(leaks: Sequence[Leak]) -> str:
    return "\n".join(f"- {leak.file}, {leak.place}: {leak.row}" for leak in leaks)


def clear(folder: Path, but: str) -> None:
    """Remove all that stands in the folder of a run except one file."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != but:
            os.unlink(path)


def watched(plan: Plan, strategy: Strategy) -> Plan:
    """Return a plan that knows which local figures its run must not show.

    Raises
    ------
    LocalFileError
        A form or a plan of the local files breaks a rule; every fault is told.
    """
    rule = plan.shared.get("suppression", "published")
    return replace(plan, secrets=secrets_of_run(strategy, plan.snapshot, rule))


def write_again(folder: Path, record: RunRecord, board: BoardWriter) -> Path:
    """Write the Board page of a run again; the old one stays where the new one tells a figure.

    Raises
    ------
    LeakError
        A withheld figure stands in the new page.
    """
    from hwb_analysis.sources.snapshot import snapshot_at
    from hwb_analysis.strategy import load_strategy

    given = record.parameters
    snapshot, _ = snapshot_at(given.get("data_cut", ""))
    secrets = secrets_of_run(load_strategy(), snapshot, given.get("suppression", "published"))
    if not secrets:
        return board(folder, record)
    with TemporaryDirectory() as aside:
        shutil.copytree(folder, aside, dirs_exist_ok=True)
        written = board(Path(aside), record)
        slugs = [report.slug for report in record.reports]
        Guard(secrets).own_files(Path(aside), slugs, Path(aside) / "no-logs")
        inner = {Path(aside) / slug for slug in slugs}
        for path in Path(aside).rglob("*"):
            if path.is_file() and inner.isdisjoint(path.parents):
                place = folder / path.relative_to(aside)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, place)
    return folder / written.relative_to(aside)
