"""What a refresh takes from a source: one series as it was read now, with where it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from hwb_analysis.errors import HwbError, SourceError
from hwb_analysis.frame import conform, validate
from hwb_analysis.sources.live.answers import LATER, PassingError
from hwb_analysis.sources.live.services import LICENCE, Service

GIVE_UP = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """One series: tidy rows, its entry of series.yaml, its origin without the file.

    ``stands_for`` is the series of the snapshot that it takes the place of; empty for a series
    of its own. ``keeps_notes`` says that the notes of that one hold for this one too. ``remarks``
    are for the person who reviews.
    """

    series_id: str
    frame: pd.DataFrame
    entry: Mapping[str, Any]
    origin: Mapping[str, Any]
    stands_for: str = ""
    keeps_notes: bool = False
    remarks: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        """Return the series that it will be in the snapshot, where the definitions agree."""
        return self.stands_for or self.series_id


class LiveSource(Protocol):
    """A source that a refresh can read: what there is, and each series or why it has none.

    Examples
    --------
    >>> class Silent:
    ...     name = "silent"
    ...     def targets(self): return {"x:1": "x:1"}
    ...     def each(self, series_ids): return iter(())
    ...     def close(self): pass
    >>> source: LiveSource = Silent()
    >>> list(source.each(source.targets()))
    []
    """

    @property
    def name(self) -> str:
        """Return the word that stands for it, such as ``nomis``."""
        ...

    def targets(self) -> Mapping[str, str]:
        """Return its series, each with the series of the snapshot that it stands for."""
        ...

    def each(self, series_ids: Iterable[str]) -> Iterator[tuple[str, Reading | HwbError]]:
        """Yield every series with its reading, or with the reason why it has none."""
        ...

    def close(self) -> None:
        """Close connections."""
        ...


def in_turn(
    series_ids: Iterable[str], read: Callable[[str], Reading]
) -> Iterator[tuple[str, Reading | HwbError]]:
    """Yield each series with its reading or its fault; a service that is down is left alone.

    Examples
    --------
    >>> def down(series_id): raise PassingError("silence", where=series_id, remedy="wait")
    >>> [str(error.message)[:22] for _, error in in_turn(["a", "b", "c", "d"], down)]
    ['silence', 'silence', 'silence', 'an answer was expected']
    """
    failures = 0
    for series_id in series_ids:
        if failures >= GIVE_UP:
            yield series_id, given_up(failures, series_id)
            continue
        try:
            found: Reading | HwbError = read(series_id)
        except HwbError as error:
            found = error
        failures = failures + 1 if isinstance(found, PassingError) else 0
        yield series_id, found


def frame_of(source: LiveSource, series_ids: Iterable[str]) -> pd.DataFrame:
    """Return the series of a source as one tidy frame, and close the source.

    ``attrs["inputs"]`` holds the checksums of what was read.

    Raises
    ------
    HwbError
        The first fault of any series: a caller who wants the others uses ``each``.
    """
    frames: list[pd.DataFrame] = []
    inputs: dict[str, str] = {}
    try:
        for _, found in source.each(series_ids):
            if isinstance(found, HwbError):
                raise found
            frames.append(found.frame)
            inputs |= found.origin["input_sha256"]
    finally:
        source.close()
    out = pd.concat(frames, ignore_index=True) if frames else conform(pd.DataFrame())
    origins = tuple(out["origin_id"].unique())
    out.attrs = {"snapshot": source.name, "origins": origins, "inputs": inputs}
    return validate(out, where=source.name)


def given_up(failures: int, where: str) -> SourceError:
    """Return the fault of a series that was not asked for, as the service is down."""
    return SourceError(
        f"an answer was expected, the service had failed {failures} times in a row and was not "
        "asked again",
        where=where,
        remedy=LATER,
    )


def service_origin(
    service: Service,
    title: str,
    accessed: str,
    inputs: Mapping[str, str],
    rows_in: int,
    dropped: Mapping[str, int] | None = None,
    notes: Iterable[str] = (),
) -> dict[str, Any]:
    """Return the origin of figures that a publisher's service answered with."""
    return {
        "publisher": service.publisher,
        "title": title,
        "release": f"as held on {accessed}",
        "licence": LICENCE,
        "attribution": service.attribution,
        "accessed": accessed,
        "obtained_via": f"the publisher's service, {service.base}",
        "input_sha256": dict(inputs),
        "rows_in": rows_in,
        "rows_dropped": dict(sorted((dropped or {}).items())),
        "notes": list(notes),
    }
