"""What officers return: figures and progress of measures, and progress of commitments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

from hwb_analysis.periods import Period
from hwb_analysis.sources.local.rules import DEFAULT, Named

NO_RETURN = "no return received"


class Progress(StrEnum):
    """How far a commitment, or a measure that is judged on evidence, has come."""

    NOT_STARTED = "not started"
    UNDER_WAY = "under way"
    DONE = "done"
    STOPPED = "stopped"


class FigureStatus(StrEnum):
    """How firm a figure is."""

    FINAL = "final"
    PROVISIONAL = "provisional"


class Unit(StrEnum):
    """The units that a returned figure may have."""

    PER_CENT = "%"
    COUNT = "count"
    PER_1_000 = "per 1,000"
    PER_10_000 = "per 10,000"
    PER_100_000 = "per 100,000"
    DAYS = "days"
    SCORE = "score"


# What count over denominator is multiplied by; other units do not follow from counts.
FACTOR = {
    Unit.PER_CENT: 100.0,
    Unit.PER_1_000: 1e3,
    Unit.PER_10_000: 1e4,
    Unit.PER_100_000: 1e5,
}


@dataclass(frozen=True, slots=True)
class MeasureReturn:
    """One return for one measure: a figure, or how far it has come, or both.

    ``value``, ``count`` and ``denominator`` are None where nothing was returned; a value
    worked out from the two counts is ``derived``. ``disclosure`` names the rule set that has
    to be applied before the figure is published.
    """

    measure_id: str
    status: Progress | FigureStatus
    returned: date
    who: str
    period: Period | None = None
    value: float | None = None
    unit: str = ""
    count: float | None = None
    denominator: float | None = None
    derived: bool = False
    note: str = ""
    disclosure: Named = DEFAULT
    file: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class CommitmentReturn:
    """One return for one commitment; ``measures`` are the ids of those that it serves."""

    commitment_id: str
    status: Progress
    returned: date
    who: str
    measures: tuple[str, ...] = ()
    note: str = ""
    evidence: str = ""
    file: str = ""
    row: int = 0


T = TypeVar("T", MeasureReturn, CommitmentReturn)


@dataclass(frozen=True, slots=True)
class Returns:
    """All returns of a folder, for each measure and commitment from the oldest to the newest.

    Examples
    --------
    >>> Returns().measure("T-01") is None
    True
    """

    measures: Mapping[str, tuple[MeasureReturn, ...]] = field(default_factory=dict)
    commitments: Mapping[str, tuple[CommitmentReturn, ...]] = field(default_factory=dict)

    def measure(self, measure_id: str) -> MeasureReturn | None:
        """Return the newest return for a measure, or nothing when none was received."""
        return self.measures.get(measure_id, (None,))[-1]

    def commitment(self, commitment_id: str) -> CommitmentReturn | None:
        """Return the newest return for a commitment, or nothing when none was received."""
        return self.commitments.get(commitment_id, (None,))[-1]

    def until(self, day: date | None) -> Returns:
        """Return what had come by a day; everything where none is given.

        Examples
        --------
        >>> sent = CommitmentReturn("C-1", Progress.DONE, date(2026, 4, 1), "Team")
        >>> held = Returns({}, {"C-1": (sent,)})
        >>> len(held.until(date(2026, 3, 31))), len(held.until(date(2026, 4, 1)))
        (0, 1)
        """
        if day is None:
            return self
        return Returns(_until(self.measures, day), _until(self.commitments, day))

    def __len__(self) -> int:
        """Return how many measures and commitments have a return."""
        return len(self.measures) + len(self.commitments)


def _until(held: Mapping[str, tuple[T, ...]], day: date) -> dict[str, tuple[T, ...]]:
    came = {own: tuple(i for i in items if i.returned <= day) for own, items in held.items()}
    return {own: items for own, items in came.items() if items}
