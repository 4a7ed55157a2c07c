"""The live sources of a refresh, behind one protocol, and which of their series are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hwb_analysis.errors import HwbError, UsageError, did_you_mean
from hwb_analysis.sources.corrections import Correction
from hwb_analysis.sources.live.downloads import Downloads
from hwb_analysis.sources.live.fetch import Fetcher
from hwb_analysis.sources.live.fingertips import LiveFingertips, LiveSeries
from hwb_analysis.sources.live.iod import Iod
from hwb_analysis.sources.live.nomis import Nomis
from hwb_analysis.sources.live.reading import LiveSource, Reading, service_origin
from hwb_analysis.sources.snapshot import Snapshot
from hwb_analysis.strategy.model import Strategy

FINGERTIPS, NOMIS, IOD, ARCGIS, DOWNLOADS = "fingertips", "nomis", "iod", "arcgis", "downloads"
NAMES = (FINGERTIPS, NOMIS, IOD, ARCGIS, DOWNLOADS)
Open = Callable[[str], Fetcher]


@dataclass(frozen=True, slots=True)
class Fingertips:
    """The registry's indicators of the national profiles, as readings."""

    live: LiveFingertips

    @property
    def name(self) -> str:
        """Return the word that stands for it."""
        return FINGERTIPS

    def targets(self) -> Mapping[str, str]:
        """Return every series that the registry names; each stands for itself."""
        return {series_id: series_id for series_id in self.live.list()}

    def each(self, series_ids: Iterable[str]) -> Iterator[tuple[str, Reading | HwbError]]:
        """Yield every series with its reading, or with the reason why it has none."""
        for series_id, found in self.live.each(series_ids):
            yield series_id, found if isinstance(found, HwbError) else self._reading(found)

    def close(self) -> None:
        """Close the connections."""
        self.live.fetcher.close()

    def _reading(self, found: LiveSeries) -> Reading:
        told = found.told
        return Reading(
            told.series_id,
            found.frame,
            told.entry(),
            service_origin(
                self.live.fetcher.service,
                f"Fingertips {told.number}, {told.title}",
                found.accessed,
                found.inputs,
                found.rows_in,
                found.dropped,
                [notice.line() for notice in found.notices if notice.kind == "correction"],
            ),
            remarks=tuple(dict.fromkeys(notice.line() for notice in found.notices)),
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """One source and the series that it is asked for."""

    source: LiveSource
    series: tuple[str, ...]


def choose_names(wanted: Iterable[str], downloads: Path | None) -> tuple[str, ...]:
    """Return the sources that are read: the named ones, else all there are.

    Raises
    ------
    UsageError
        When a name is unknown, or the downloads are named without their folder.

    Examples
    --------
    >>> choose_names((), None)
    ('fingertips', 'nomis', 'iod', 'arcgis')
    """
    named = tuple(dict.fromkeys(wanted))
    for name in named:
        if name not in NAMES:
            raise UsageError(
                f"there is no live source '{name}'", remedy=did_you_mean(name, list(NAMES))
            )
    if DOWNLOADS in named and downloads is None:
        raise UsageError(
            "a folder of downloaded files was expected, none is named",
            remedy="name it with --downloads FOLDER",
        )
    if named:
        return named
    return NAMES if downloads is not None else NAMES[:-1]


def open_sources(
    names: Iterable[str],
    strategy: Strategy,
    known: Snapshot,
    corrections: Sequence[Correction],
    fetch: Open,
    downloads: Path | None,
) -> list[LiveSource]:
    """Return the named sources of series, ready to be read; look-ups are none."""
    makers: dict[str, Callable[[], LiveSource]] = {
        FINGERTIPS: lambda: Fingertips(
            LiveFingertips(fetch(FINGERTIPS), strategy, known, corrections)
        ),
        NOMIS: lambda: Nomis(fetch(NOMIS), strategy, known=known),
        IOD: lambda: Iod(fetch(IOD), strategy),
        DOWNLOADS: lambda: Downloads(downloads or Path()),
    }
    return [makers[name]() for name in names if name in makers]


def choose_series(
    sources: Sequence[LiveSource], wanted: Sequence[str], known: Snapshot
) -> list[Asked]:
    """Return which series each source is asked for.

    Without a wish these are all that the registry names of the national profiles, every series
    of the snapshot that another source can give, and every file in the folder of downloads.

    Raises
    ------
    UsageError
        When no source has a wanted series.
    """
    if not wanted:
        return [Asked(source, _usual(source, known)) for source in sources]
    out: dict[str, list[str]] = {source.name: [] for source in sources}
    for name in wanted:
        series_id = f"{FINGERTIPS}:{name}" if name.isdigit() else name
        fits = [(s.name, own) for s in sources for own, target in s.targets().items()
                if series_id in (own, target)]  # fmt: skip
        if not fits:
            every = [t for s in sources for pair in s.targets().items() for t in pair]
            raise UsageError(
                f"none of the sources that are read ({', '.join(out)}) has a series '{series_id}'",
                remedy=did_you_mean(series_id, every) + "; `hwb refresh --list` lists all",
            )
        for source_name, own in fits:
            out[source_name].append(own)
    chosen = [Asked(source, tuple(dict.fromkeys(out[source.name]))) for source in sources]
    return [asked for asked in chosen if asked.series]


def _usual(source: LiveSource, known: Snapshot) -> tuple[str, ...]:
    targets = source.targets()
    if source.name in (FINGERTIPS, DOWNLOADS):
        return tuple(targets)
    return tuple(own for own, target in targets.items() if target in known.series)
