"""Build the next snapshot from the live services, review it, and make it current if accepted.

The new snapshot is built aside, in ``refresh/`` of the data folder, and checked there. Only
acceptance moves it into ``snapshot/``, by one rename; the snapshots before stay. A process
killed at any moment leaves the current snapshot as it was.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hwb_analysis import paths
from hwb_analysis.errors import HwbError, SourceError
from hwb_analysis.sources.corrections import FILE as CORRECTIONS
from hwb_analysis.sources.corrections import read_corrections
from hwb_analysis.sources.live.disk import locked, sync_folder, unwritable, write_whole
from hwb_analysis.sources.live.fetch import MAX_AGE, Fetcher, fetcher
from hwb_analysis.sources.live.fingertips import LiveFingertips, LiveSeries
from hwb_analysis.sources.live.services import LICENCE, Service
from hwb_analysis.sources.refresh_review import (
    KEPT,
    REMARK,
    STRANGE,
    VANISHED,
    ReviewLine,
    compare,
    review_csv,
    review_text,
    strange_values,
)
from hwb_analysis.sources.snapshot import Snapshot, current_snapshot
from hwb_analysis.sources.snapshot_build import NewSeries, build_snapshot
from hwb_analysis.strategy import load_strategy
from hwb_analysis.strategy.model import Strategy

ASIDE, PENDING, WORK = "refresh", "pending", "work-"
GONE = ("does not know the number", "the service has none")
Progress = Callable[[str], None]


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

    def closing(self) -> str:
        """Return the last line of the command: what is current now, and what to do next."""
        if self.accepted:
            return f"snapshot {self.name} is current; {self.base} stays beside it"
        strange = any(line.kind == STRANGE for line in self.lines)
        why = "values outside the plausible range wait for a person. " if strange else ""
        return (
            f"{why}Snapshot {self.base} is still current. Read {self.folder / 'review.txt'}, then "
            f"`hwb refresh --accept` makes {self.name} current"
        )


def refresh(
    *,
    accept: bool = False,
    offline: bool = False,
    max_age: timedelta = MAX_AGE,
    indicators: Iterable[str | int] = (),
    strategy: Strategy | None = None,
    data: Path | None = None,
    source: Fetcher | None = None,
    today: date | None = None,
    progress: Progress = lambda line: None,
) -> Refreshed:
    """Build and review the next snapshot; make it current when it is accepted.

    Parameters
    ----------
    accept
        Make it current. A snapshot that waits from an earlier call, and was built on the
        current one, is accepted as it was reviewed, and nothing is read anew; otherwise one
        is built, and accepted unless values lie outside the plausible range.
    offline
        Use what is in the cache, of any age.
    max_age
        Answers in the cache up to this age are not asked for again.
    indicators
        Numbers of the national profiles, or series such as ``fingertips:90366``; all that
        the registry names by default.
    strategy, data, source, today
        Other than the product's own.
    progress
        Takes a line for each indicator as it is read.

    Returns
    -------
    Refreshed
        With the review as text.

    Raises
    ------
    SourceError
        When not one indicator could be read; nothing is built then.
    LockedError
        When another refresh is at work.
    OutputError
        When the data folder cannot be written.
    """
    root = data or paths.data_dir()
    aside = root / ASIDE
    with locked(aside / ".lock", wait=False, who="another refresh"):
        _tidy(aside)
        waiting = _pending(aside, current_snapshot(root))
        wanted = tuple(indicators)
        if accept and waiting is not None and not wanted:
            return _accept(waiting, root)
        live = LiveFingertips(
            source or fetcher("fingertips", offline=offline, max_age=max_age),
            strategy or load_strategy(),
            current_snapshot(root),
            read_corrections(root / CORRECTIONS),
        )
        ids = tuple(dict.fromkeys(map(_series_id, wanted))) or live.list()
        try:
            made = _build(live, ids, aside, today or _today(), progress)
        finally:
            live.fetcher.close()
        strange = any(line.kind == STRANGE for line in made.lines)
        return _accept(made, root) if accept and not strange else made


def _series_id(wanted: str | int) -> str:
    return f"fingertips:{wanted}" if str(wanted).isdigit() else str(wanted)


def _build(
    live: LiveFingertips, ids: tuple[str, ...], aside: Path, today: date, progress: Progress
) -> Refreshed:
    base = live.known
    if base is None:
        raise AssertionError("a refresh is built on a snapshot")
    new, lines = _read(live, ids, progress)
    name = next_name(base.name, today)
    with _workplace(aside) as work:
        made = build_snapshot(base, new, work / "snapshot" / name)
        lines += list(_judged(made, base, new))
        read = tuple(item.series_id for item in new)
        kept = tuple(line.series_id for line in lines if line.kind in (KEPT, VANISHED))
        text = review_text(name, base.name, lines, len(read), len(ids))
        result = Refreshed(name, base.name, aside / PENDING, False, read, kept, tuple(lines), text)
        _write_review(work, result)
        _put_in_place(work, aside / PENDING)
    return result


def _read(
    live: LiveFingertips, ids: tuple[str, ...], progress: Progress
) -> tuple[list[NewSeries], list[ReviewLine]]:
    new: list[NewSeries] = []
    lines: list[ReviewLine] = []
    last: HwbError | None = None
    for series_id, found in live.each(ids):
        if isinstance(found, HwbError):
            last = found
            gone = any(words in found.message for words in GONE)
            lines.append(ReviewLine(VANISHED if gone else KEPT, series_id, _reason(found)))
            progress(f"{series_id}: not read: {found.message}")
            continue
        new.append(_new_series(found, live.fetcher.service))
        said = dict.fromkeys(notice.line() for notice in found.notices)
        lines += [ReviewLine(REMARK, series_id, text) for text in said]
        progress(f"{series_id}: {len(found.frame):,} rows")
    if not new:
        raise SourceError(
            f"{len(ids)} indicators were asked for, none could be read; the snapshot stays as "
            f"it is. The last fault: {last.message if last else 'none'}",
            where=last.where if last else None,
            remedy=last.remedy if last else None,
        )
    return new, lines


def _reason(error: HwbError) -> str:
    return "; ".join(filter(None, (error.message, error.where, f"what to do: {error.remedy}")))


def _new_series(found: LiveSeries, service: Service) -> NewSeries:
    number = found.told.number
    origin = {
        "origin_id": found.told.series_id.replace(":", "-"),
        "publisher": service.publisher,
        "title": f"Fingertips {number}, {found.told.title}",
        "release": f"as held on {found.accessed}",
        "licence": LICENCE,
        "attribution": service.attribution,
        "accessed": found.accessed,
        "obtained_via": f"the publisher's service, {service.base}",
        "input_sha256": found.inputs,
        "rows_in": found.rows_in,
        "rows_dropped": dict(sorted(found.dropped.items())),
        "notes": [notice.line() for notice in found.notices if notice.kind == "correction"],
    }
    return NewSeries(found.told.series_id, found.frame, found.told.entry(), origin)


def _judged(made: Snapshot, base: Snapshot, new: Iterable[NewSeries]) -> Iterator[ReviewLine]:
    read = {item.series_id: item.frame for item in new}
    old = base.frame(s for s in read if s in base.series)
    before = {str(series_id): rows for series_id, rows in old.groupby("series_id")}
    for series_id, frame in sorted(read.items(), key=lambda pair: pair[0]):
        info = made.series[series_id]
        yield compare(info, before.get(series_id), frame)
        yield from strange_values(info, frame, before.get(series_id))


def next_name(base: str, today: date) -> str:
    """Return a name that sorts after the current snapshot's: the month, else with a letter.

    Examples
    --------
    >>> next_name("2026-11", date(2026, 12, 1)), next_name("2026-12", date(2026, 12, 9))
    ('2026-12', '2026-12b')
    >>> next_name("2026-12b", date(2026, 12, 9))
    '2026-12c'
    """
    month = f"{today:%Y-%m}"
    if month > base[:7]:
        return month
    letter = base[7:] or "a"
    following = letter[:-1] + chr(ord(letter[-1]) + 1) if letter[-1] < "z" else letter + "b"
    return base[:7] + following


def _write_review(work: Path, result: Refreshed) -> None:
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


def _pending(aside: Path, current: Snapshot) -> Refreshed | None:
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


def _accept(waiting: Refreshed, root: Path) -> Refreshed:
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
    return Refreshed(
        waiting.name,
        waiting.base,
        target,
        True,
        waiting.read,
        waiting.kept,
        waiting.lines,
        waiting.text,
    )


@contextmanager
def _workplace(aside: Path) -> Iterator[Path]:
    work: Path | None = None
    try:
        work = Path(tempfile.mkdtemp(prefix=WORK, dir=aside))
        yield work
    except OSError as error:
        raise unwritable(aside, error) from error
    finally:
        if work is not None:
            shutil.rmtree(work, ignore_errors=True)


def _put_in_place(work: Path, target: Path) -> None:
    # Two renames: between them no snapshot waits, and none is half there.
    old = target.with_name(WORK + "old")
    if target.exists():
        os.rename(target, old)
    os.rename(work, target)
    sync_folder(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def _tidy(aside: Path) -> None:
    """Remove what a killed refresh left; the lock is held, so nobody is at work there."""
    for path in aside.glob(f"{WORK}*"):
        shutil.rmtree(path, ignore_errors=True)
    # Nothing of this folder belongs into the repository.
    if not (aside / ".gitignore").exists():
        write_whole(aside / ".gitignore", b"*\n")


def _today() -> date:
    return datetime.now(UTC).date()
