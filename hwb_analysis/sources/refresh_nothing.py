"""A refresh that brought no series: look-ups alone were compared, or nothing could be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from hwb_analysis.errors import HwbError, SourceError
from hwb_analysis.sources.refresh_review import (
    KEPT,
    REMARK,
    ReviewLine,
    Tally,
    lookups_text,
)
from hwb_analysis.sources.refresh_sources import ARCGIS
from hwb_analysis.sources.refresh_store import Refreshed
from hwb_analysis.sources.snapshot import Snapshot

MOST_TOLD = 3
NO_FILE = "put publishers' files into the folder under their own names; `hwb refresh --list` tells"


def nothing_new(
    base: Snapshot,
    aside: Path,
    lines: Sequence[ReviewLine],
    tallies: Sequence[Tally],
    faults: Sequence[HwbError],
) -> Refreshed:
    """Return what look-ups came to when nothing else was asked for.

    Raises
    ------
    SourceError
        When series were asked for, or no look-up answered; every kind of fault is told.
    """
    lookups = [tally for tally in tallies if tally.source == ARCGIS]
    if len(lookups) < len(tallies) or not any(tally.read for tally in tallies):
        _refuse(lines, tallies, faults)
    kept = tuple(line.series_id for line in lines if line.kind == KEPT)
    text = lookups_text(base.name, lines, tallies)
    return Refreshed(base.name, base.name, aside, False, (), kept, tuple(lines), text)


def replaced(waiting: Refreshed | None) -> str:
    """Return what became of a snapshot that waited for its acceptance; None is one that cannot."""
    if waiting is None:
        return (
            "a snapshot waited that was built on another one, or was damaged: it was built anew, "
            "and waits for a person again"
        )
    return f"takes the place of one that waited, in which {len(waiting.read)} series were read"


def _refuse(
    lines: Sequence[ReviewLine], tallies: Sequence[Tally], faults: Sequence[HwbError]
) -> NoReturn:
    words = "; ".join(tally.words() for tally in tallies) or "nothing was asked for"
    said = f"of what was asked for none could be read; the snapshot stays as it is ({words})"
    if not faults:
        files = [line.series_id for line in lines if line.kind == REMARK]
        told = f": no description fits {', '.join(files)}" if files else ""
        raise SourceError(said + told, remedy=NO_FILE)
    found = Counter(fault.message for fault in faults).most_common()
    told = "".join(f"\n- {times} times: {message}" for message, times in found[:MOST_TOLD])
    more = f"\n- and {len(found) - MOST_TOLD} other faults" if len(found) > MOST_TOLD else ""
    commonest = next(fault for fault in faults if fault.message == found[0][0])
    raise SourceError(said + told + more, where=commonest.where, remedy=commonest.remedy)
