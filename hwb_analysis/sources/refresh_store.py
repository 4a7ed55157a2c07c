"""Where a new snapshot waits for its acceptance, and how it becomes current.

It is built aside, in ``refresh/`` of the data folder. Only acceptance moves it into
``snapshot/``, by one rename. A process killed at any moment leaves the current one as it was.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from hwb_analysis.errors import SourceError
from hwb_analysis.sources.live.disk import sync_folder, unwritable, write_whole
from hwb_analysis.sources.refresh_review import LOST, STRANGE, ReviewLine, review_csv
from hwb_analysis.sources.snapshot import Snapshot

ASIDE, PENDING, WORK = "refresh", "pending", "work-"
# What a person must have seen before it becomes current.
WAITING = {STRANGE: "values outside the plausible range", LOST: "figures that would go"}


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did.

    ``accepted`` says whether the new snapshot is current; ``folder`` holds it, and beside it
    the review. ``read`` and ``kept`` are series read anew and series that keep their old
    figures. ``exit_code`` is 0, or 12 after a partial refresh.
    """

    name: str
    base: str
    folder: Path
    accepted: bool
    read: tuple[str, ...]
    kept: tuple[str, ...]
    lines: tuple[ReviewLine, ...]
    text: str

    @property
    def exit_code(self) -> int:
        """Return the exit code of the command."""
        return SourceError.exit_code if self.kept else 0

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for a machine."""
        told = asdict(self)
        return {**told, "folder": str(self.folder), "exit_code": self.exit_code}

    @property
    def needs_a_person(self) -> bool:
        """Say whether something in it must be read before it becomes current."""
        return any(line.kind in WAITING for line in self.lines)

    def closing(self) -> str:
        """Return the last line of the command: what is current now, and what to do next."""
        if self.name == self.base:
            return f"snapshot {self.base} is current; there is nothing to accept"
        if self.accepted:
            return f"snapshot {self.name} is current; {self.base} stays beside it"
        kinds = {line.kind for line in self.lines}
        waiting = [words for kind, words in WAITING.items() if kind in kinds]
        why = f"{' and '.join(waiting)} wait for a person. " if waiting else ""
        return (
            f"{why}Snapshot {self.base} is still current. Read {self.folder / 'review.txt'}, then "
            f"`hwb refresh --accept` makes {self.name} current"
        )


def write_review(work: Path, result: Refreshed) -> None:
    """Write the review for people and for machines."""
    told = {
        "name": result.name,
        "base": result.base,
        "read": result.read,
        "kept": result.kept,
        "lines": [asdict(line) for line in result.lines],
        "text": result.text,
    }
    write_whole(work / "review.txt", result.text.encode())
    write_whole(work / "review.csv", review_csv(result.lines).encode())
    write_whole(work / "review.json", json.dumps(told, indent=1).encode())


def pending(aside: Path, current: Snapshot) -> Refreshed | None:
    """Return the snapshot that waits, if it was built on the current one."""
    folder = aside / PENDING
    try:
        told = json.loads((folder / "review.json").read_bytes())
    except (OSError, ValueError):
        return None
    if told["base"] != current.name:
        return None
    lines = tuple(ReviewLine(**line) for line in told["lines"])
    read, kept = tuple(told["read"]), tuple(told["kept"])
    return Refreshed(told["name"], told["base"], folder, False, read, kept, lines, told["text"])


def accept_waiting(waiting: Refreshed, root: Path) -> Refreshed:
    """Check the waiting snapshot once more and make it current, by one rename."""
    target = root / "snapshot" / waiting.name
    made = Snapshot(waiting.folder / "snapshot" / waiting.name)
    made.check(made.series)
    try:
        for name in ("review.txt", "review.csv"):
            shutil.copyfile(waiting.folder / name, made.folder / name)
        os.rename(made.folder, target)
        sync_folder(target.parent)
        shutil.rmtree(waiting.folder)
    except OSError as error:
        raise unwritable(target, error) from error
    return replace(waiting, folder=target, accepted=True)


@contextmanager
def workplace(aside: Path) -> Iterator[Path]:
    """Yield a folder to build in, which is gone afterwards."""
    work: Path | None = None
    try:
        work = Path(tempfile.mkdtemp(prefix=WORK, dir=aside))
        yield work
    except OSError as error:
        raise unwritable(aside, error) from error
    finally:
        if work is not None:
            shutil.rmtree(work, ignore_errors=True)


def put_in_place(work: Path, target: Path) -> None:
    """Let what was built wait for its acceptance."""
    # Two renames: between them no snapshot waits, and none is half there.
    old = target.with_name(WORK + "old")
    if target.exists():
        os.rename(target, old)
    os.rename(work, target)
    sync_folder(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def tidy(aside: Path) -> None:
    """Remove what a killed refresh left; the lock is held, so nobody is at work there."""
    for path in aside.glob(f"{WORK}*"):
        shutil.rmtree(path, ignore_errors=True)
    # Nothing of this folder belongs into the repository.
    if not (aside / ".gitignore").exists():
        write_whole(aside / ".gitignore", b"*\n")
