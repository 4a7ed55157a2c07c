"""How every series of the snapshot is kept fresh: live, by a dropped file, by hand, or not at all.

The list is made from the snapshot and from what the sources can give, so that it cannot say
more than the program does.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import yaml

from hwb_analysis.sources.live.definitions import PREFIX, numbers_of
from hwb_analysis.sources.live.downloads import described
from hwb_analysis.sources.live.fetch import fetcher
from hwb_analysis.sources.live.iod import Iod
from hwb_analysis.sources.live.nomis import Nomis
from hwb_analysis.sources.snapshot import Snapshot
from hwb_analysis.strategy.model import Strategy

FILE = Path(__file__).with_name("ways.yaml")
LIVE, DROPPED, HAND, CLOSED = "live", "dropped file", "by hand", "closed"
WORDS = {
    LIVE: "read from the publisher's service by `hwb refresh`",
    DROPPED: "read by `hwb refresh --downloads` from a file that a person downloads",
    HAND: "newer figures exist; a person describes the file or compiles it anew",
    CLOSED: "a release kept as it was; there is nothing newer to read",
}
WIDTH = 110


@dataclass(frozen=True, slots=True)
class Way:
    """One series: how it is kept fresh, by which source, and what to know."""

    series_id: str
    how: str
    source: str
    why: str
    publisher: str

    def as_dict(self) -> dict[str, str]:
        """Return plain values for a machine."""
        return asdict(self)


def ways_of(known: Snapshot, strategy: Strategy) -> tuple[Way, ...]:
    """Return the way of every series of the snapshot, sorted.

    Examples
    --------
    >>> from hwb_analysis.sources.snapshot import current_snapshot
    >>> from hwb_analysis.strategy import load_strategy
    >>> ways = {w.series_id: w.how for w in ways_of(current_snapshot(), load_strategy())}
    >>> ways["fingertips:92443"], ways["census2021:disability"], ways["cover-official:mmr2-5y"]
    ('live', 'live', 'dropped file')
    """
    live, dropped = _live(strategy, known), _dropped()
    return tuple(_way(series_id, known, live, dropped) for series_id in known.list())


def _live(strategy: Strategy, known: Snapshot) -> dict[str, str]:
    found = {f"{PREFIX}:{number}": PREFIX for number in numbers_of(strategy, known)}
    for source in (Nomis(fetcher("nomis"), strategy), Iod(fetcher("iod"), strategy)):
        # Under its own name it stands beside a series whose definition differs.
        found |= dict.fromkeys((*source.targets(), *source.targets().values()), source.name)
    return found


def _dropped() -> dict[str, str]:
    return {
        str(told.get("stands_for", series_id)): f"{entry['file']} from {entry['page']}"
        for entry in described().values()
        for series_id, told in entry["series"].items()
    }


def _way(
    series_id: str, known: Snapshot, live: Mapping[str, str], dropped: Mapping[str, str]
) -> Way:
    origin = known.origins[known.series[series_id].origin_id]
    if series_id in live:
        return Way(series_id, LIVE, live[series_id], "", origin.publisher)
    if series_id in dropped:
        return Way(series_id, DROPPED, "downloads", dropped[series_id], origin.publisher)
    if series_id.startswith(f"{PREFIX}:"):
        why = "published for small areas and England, for no district or county"
        return Way(series_id, HAND, "", why, origin.publisher)
    for how, key in ((CLOSED, "closed"), (HAND, "hand")):
        if origin.origin_id in _reasons()[key]:
            return Way(series_id, how, "", _reasons()[key][origin.origin_id], origin.publisher)
    why = f"no service is read for it; obtained from {origin.obtained_via}"
    return Way(series_id, HAND, "", why, origin.publisher)


def ways_lines(ways: Iterable[Way]) -> Iterator[str]:
    """Yield the list as people read it: by way, then by source or reason."""
    held = list(ways)
    for how, words in WORDS.items():
        own = [way for way in held if way.how == how]
        if not own:
            continue
        yield f"{how}: {len(own)} of {len(held)} series, {words}"
        groups: dict[str, list[str]] = {}
        for way in own:
            groups.setdefault("; ".join(filter(None, (way.source, way.why))), []).append(
                way.series_id
            )
        for reason, ids in groups.items():
            yield f"  {reason}"
            yield from textwrap.wrap(
                "; ".join(compact(ids)), WIDTH, initial_indent="    ", subsequent_indent="    ",
                break_long_words=False, break_on_hyphens=False,
            )  # fmt: skip
        yield ""


def compact(ids: Iterable[str]) -> list[str]:
    """Return series with what stands before the colon once.

    Examples
    --------
    >>> compact(["a:x", "a:y", "b:z"])
    ['a: x y', 'b: z']
    """
    groups: dict[str, list[str]] = {}
    for series_id in ids:
        before, colon, after = series_id.partition(":")
        groups.setdefault(before + colon, []).append(after)
    return [" ".join([before, *after]).strip() for before, after in groups.items()]


@cache
def _reasons() -> dict[str, dict[str, str]]:
    return dict(yaml.safe_load(FILE.read_text(encoding="utf-8")))
