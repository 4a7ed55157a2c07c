"""Build the next snapshot from the live sources, review it, and make it current if accepted.

The new snapshot is built aside and checked there; :mod:`~hwb_analysis.sources.refresh_store`
makes it current. The snapshots before stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hwb_analysis import paths
from hwb_analysis.errors import HwbError
from hwb_analysis.sources.code_changes import load_changes
from hwb_analysis.sources.corrections import FILE as CORRECTIONS
from hwb_analysis.sources.corrections import Correction, apply_corrections, read_corrections
from hwb_analysis.sources.live.arcgis import ArcGis
from hwb_analysis.sources.live.disk import locked
from hwb_analysis.sources.live.downloads import Downloads
from hwb_analysis.sources.live.fetch import MAX_AGE, fetcher
from hwb_analysis.sources.live.reading import Reading
from hwb_analysis.sources.live.reference import compare_lookups
from hwb_analysis.sources.refresh_links import link_line, registry_file
from hwb_analysis.sources.refresh_meaning import Placed, place
from hwb_analysis.sources.refresh_nothing import nothing_new, replaced
from hwb_analysis.sources.refresh_review import (
    KEPT,
    LOOKUP,
    REMARK,
    SAME,
    VANISHED,
    ReviewLine,
    Tally,
    compare,
    reason,
    review_text,
    strange_values,
)
from hwb_analysis.sources.refresh_sources import (
    ARCGIS,
    FINGERTIPS,
    Asked,
    Open,
    choose_names,
    choose_series,
    open_sources,
)
from hwb_analysis.sources.refresh_store import (
    ASIDE,
    PENDING,
    Refreshed,
    accept_waiting,
    pending,
    put_in_place,
    tidy,
    workplace,
    write_review,
)
from hwb_analysis.sources.snapshot import Snapshot, current_snapshot
from hwb_analysis.sources.snapshot_build import build_snapshot
from hwb_analysis.strategy import load_strategy
from hwb_analysis.strategy.model import Strategy

GONE = ("does not know the number", "the service has none")
# Of the next release of a publisher's areas; figures of areas gone by then need not come.
BOUNDARIES = 2024
Progress = Callable[[str], None]


@dataclass(slots=True)
class _Read:
    """What was read so far: series by their source, lines of the review, counts."""

    placed: list[tuple[str, Placed]] = field(default_factory=list)
    lines: list[ReviewLine] = field(default_factory=list)
    tallies: list[Tally] = field(default_factory=list)
    faults: list[HwbError] = field(default_factory=list)


def refresh(
    *,
    accept: bool = False,
    offline: bool = False,
    max_age: timedelta = MAX_AGE,
    indicators: Iterable[str | int] = (),
    sources: Iterable[str] = (),
    downloads: Path | None = None,
    strategy: Strategy | None = None,
    data: Path | None = None,
    fetch: Open | None = None,
    today: date | None = None,
    progress: Progress = lambda line: None,
) -> Refreshed:
    """Build and review the next snapshot; make it current when it is accepted.

    Parameters
    ----------
    accept
        Make it current. A snapshot that waits from an earlier call, and was built on the
        current one, is accepted as it was reviewed, and nothing is read anew; otherwise one
        is built, and accepted unless values lie outside the plausible range, periods
        that the snapshot holds did not come, or another one waited, built on a snapshot
        that is no longer current.
    offline
        Use what is in the cache, of any age.
    max_age
        Answers in the cache up to this age are not asked for again.
    indicators
        Numbers of the national profiles, or series such as ``census2021:residents``; by
        default all that the registry names, and all of the snapshot that a source can give.
    sources
        Of ``fingertips``, ``nomis``, ``iod``, ``arcgis`` and ``downloads``; all by default.
    downloads
        A folder of publishers' files; read when it is named.
    strategy, data, fetch, today
        Other than the product's own; ``fetch`` opens a service by its name.
    progress
        Takes a line for each series as it is read.

    Returns
    -------
    Refreshed
        With the review as text. Where look-ups alone were asked for and answered, there is
        no new snapshot: its name is that of the current one.

    Raises
    ------
    SourceError
        When nothing could be read; nothing is built then.
    UsageError
        When a source or a series is unknown.
    LockedError
        When another refresh is at work.
    OutputError
        When the data folder cannot be written.
    """
    root, registry = data or paths.data_dir(), strategy or load_strategy()
    aside = root / ASIDE
    wanted, named = tuple(map(str, indicators)), tuple(sources)
    with locked(aside / ".lock", wait=False, who="another refresh"):
        tidy(aside)
        base = current_snapshot(root)
        waiting = pending(aside, base)
        if accept and waiting is not None and not (wanted or named or downloads):
            return accept_waiting(waiting, root)
        names = choose_names(named, downloads)
        corrections = read_corrections(root / CORRECTIONS)
        opened = fetch or (lambda name: fetcher(name, offline=offline, max_age=max_age))
        chosen = choose_series(
            open_sources(names, registry, base, corrections, opened, downloads), wanted, base
        )
        read = _Read()
        outdated = waiting is None and (aside / PENDING).exists()
        if outdated or waiting is not None:
            read.lines.append(ReviewLine(REMARK, base.name, replaced(waiting)))
        for asked in chosen:
            _read_source(read, asked, base, corrections, progress)
        if ARCGIS in names and (named or not wanted):
            _read_lookups(read, ArcGis(opened(ARCGIS)), base, registry, progress)
        if not read.placed:
            return nothing_new(base, aside, read.lines, read.tallies, read.faults)
        made = _build(read, base, registry, aside, today or _today())
        ready = accept and not (outdated or made.needs_a_person)
        return accept_waiting(made, root) if ready else made


def _read_source(
    read: _Read,
    asked: Asked,
    base: Snapshot,
    corrections: Sequence[Correction],
    progress: Progress,
) -> None:
    source, taken = asked.source, 0
    gone = load_changes().gone_by(BOUNDARIES)
    targets = source.targets()
    try:
        for own, found in source.each(asked.series):
            series_id = targets[own]
            try:
                if isinstance(found, HwbError):
                    raise found
                placed = _placed(found, base, gone, corrections, read, source.name)
            except HwbError as error:
                read.faults.append(error)
                lost = any(words in error.message for words in GONE)
                kind = VANISHED if lost else KEPT
                read.lines.append(
                    ReviewLine(kind, series_id, reason(error, series_id, own), source.name)
                )
                progress(f"{source.name}, {series_id}: not read: {error.message}")
                continue
            taken += 1
            read.placed.append((source.name, placed))
            progress(f"{source.name}, {placed.new.series_id}: {len(placed.new.frame):,} rows")
    finally:
        source.close()
    read.tallies.append(Tally(source.name, taken, len(asked.series)))
    if isinstance(source, Downloads):
        said = "no description fits this file: write one into downloads.yaml beside it"
        read.lines += [ReviewLine(REMARK, n, said, source.name) for n in source.unread()]


def _placed(
    found: Reading,
    base: Snapshot,
    gone: frozenset[str],
    corrections: Sequence[Correction],
    read: _Read,
    source: str,
) -> Placed:
    info = base.series.get(found.target)
    checked = found.stands_for and info is not None
    before = base.frame([found.target]) if checked else None
    placed = place(found, info, before, gone)
    said = [*found.remarks]
    # Those of the national profiles were corrected as they were read.
    if source != FINGERTIPS:
        frame, lines = apply_corrections(placed.new.frame, corrections)
        placed = placed.with_frame(frame, lines)
        said += lines
    if placed.beside:
        said.append(
            f"stands beside {placed.beside}, which keeps its figures, as the definition differs: "
            + "; ".join(placed.differences)
        )
    series_id = placed.new.series_id
    read.lines += [ReviewLine(REMARK, series_id, text, source) for text in dict.fromkeys(said)]
    return placed


def _read_lookups(
    read: _Read, portal: ArcGis, base: Snapshot, strategy: Strategy, progress: Progress
) -> None:
    good, asked = 0, 0
    for found in compare_lookups(portal, base, strategy):
        asked += 1
        kinds = {"failed": KEPT, "changed": LOOKUP, "same": SAME}
        said = f"{found.text}: {reason(found.fault)}" if found.fault else found.text
        read.lines.append(ReviewLine(kinds[found.state], found.origin_id, said, ARCGIS))
        good += found.state != "failed"
        read.faults += [found.fault] if found.fault else []
        why = f": {found.fault.message}" if found.fault else ""
        progress(f"{ARCGIS}, {found.origin_id}: {found.state}{why}")
    read.tallies.append(Tally(ARCGIS, good, asked))


def _build(read: _Read, base: Snapshot, strategy: Strategy, aside: Path, today: date) -> Refreshed:
    new = [placed.new for _, placed in read.placed]
    lines = read.lines
    name = next_name(base.name, today)
    with workplace(aside) as work:
        made = build_snapshot(base, new, work / "snapshot" / name)
        lines += list(_judged(made, base, read.placed, strategy))
        ids = tuple(item.series_id for item in new)
        kept = tuple(line.series_id for line in lines if line.kind in (KEPT, VANISHED))
        text = review_text(name, base.name, lines, read.tallies, registry_file())
        result = Refreshed(name, base.name, aside / PENDING, False, ids, kept, tuple(lines), text)
        write_review(work, result)
        put_in_place(work, aside / PENDING)
    return result


def _judged(
    made: Snapshot, base: Snapshot, placed: Iterable[tuple[str, Placed]], strategy: Strategy
) -> Iterator[ReviewLine]:
    read = {item.new.series_id: (source, item.new.frame) for source, item in placed}
    old = base.frame(s for s in read if s in base.series)
    before = {str(series_id): rows for series_id, rows in old.groupby("series_id")}
    for series_id, (source, frame) in sorted(read.items(), key=lambda pair: pair[0]):
        info = made.series[series_id]
        yield compare(info, before.get(series_id), frame, source, link_line(series_id, strategy))
        yield from strange_values(info, frame, before.get(series_id), source)


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


def _today() -> date:
    return datetime.now(UTC).date()
