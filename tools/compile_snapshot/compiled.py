"""What a source module hands over: a tidy frame, its series, its origin and what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from hwb_analysis.errors import SourceError
from hwb_analysis.periods import Period

OGL = "Open Government Licence v3.0"
ACCESSED = "2026-11-22"


@dataclass(frozen=True, slots=True)
class Source:
    """The part of an origin that a person writes: who published what, and under which licence."""

    origin_id: str
    publisher: str
    title: str
    release: str
    attribution: str
    obtained_via: str
    licence: str = OGL
    accessed: str = ACCESSED


@dataclass(slots=True)
class Ledger:
    """Rows read and rows left out, with a reason for each."""

    rows_in: int
    dropped: dict[str, int] = field(default_factory=dict)

    def keep(self, frame: pd.DataFrame, wanted: pd.Series[bool], reason: str) -> pd.DataFrame:
        """Return the wanted rows and book the others under the reason."""
        lost = int((~wanted).sum())
        if lost:
            self.dropped[reason] = self.dropped.get(reason, 0) + lost
        return frame.loc[wanted].copy()


@dataclass(frozen=True, slots=True)
class Compiled:
    """One file of the snapshot, ready to be written.

    ``file`` is relative to the data folder. ``series`` is empty for look-ups and
    boundaries, whose frames do not follow the tidy contract.
    """

    file: str
    frame: pd.DataFrame
    source: Source
    inputs: Sequence[Path]
    ledger: Ledger
    series: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    notes: Sequence[str] = ()


def read_csv(path: Path, columns: Iterable[str], **options: object) -> pd.DataFrame:
    """Read a file of figures and refuse it when a needed column is not there."""
    if not path.exists():
        raise SourceError(
            f"the input file {path.name} was expected and is not there",
            where=str(path),
            remedy="name with --from the folder that holds the publishers' files",
        )
    frame: pd.DataFrame = pd.read_csv(path, **options)  # type: ignore[call-overload]
    absent = [c for c in columns if c not in frame]
    if absent:
        raise SourceError(
            f"the input file {path.name} lacks the columns {', '.join(absent)}",
            where=str(path),
            remedy="the publisher changed the layout: mend the module that reads it",
        )
    return frame


def with_periods(frame: pd.DataFrame, periods: Sequence[Period]) -> pd.DataFrame:
    """Write the four period columns from one period for each row."""
    return frame.assign(
        period=[p.label for p in periods],
        period_start=[pd.Timestamp(p.start) for p in periods],
        period_end=[pd.Timestamp(p.end) for p in periods],
        period_kind=[p.kind.value for p in periods],
    )


def entry(title: str, unit: str, value_type: str, **other: object) -> dict[str, object]:
    """Return one entry of series.yaml; a multiplier follows from the unit."""
    multiplier = {"%": 100, "per 1,000": 1_000, "per 10,000": 10_000, "per 100,000": 100_000}
    return {
        "title": title,
        "unit": unit,
        "value_type": value_type,
        "multiplier": multiplier.get(unit, 1),
        **other,
    }


def join_notes(*parts: str) -> str:
    """Join the notes of a row that are not empty.

    Examples
    --------
    >>> join_notes("", "three of four quarters", "")
    'three of four quarters'
    """
    return "; ".join(p for p in parts if p)
