"""What a verdict is made of: reasons, the verdict on a part, on a measure, on the strategy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hwb_analysis.assessment.model import Assessment, ChangeSince
from hwb_analysis.assessment.shown import (
    judgement_html,
    judgement_line,
    verdict_html,
    verdict_line,
)
from hwb_analysis.vocabulary import Comparison, Verdict

if TYPE_CHECKING:
    from hwb_analysis.sources.returns import Evidence
    from hwb_analysis.strategy.model import Measure, Priority

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a verdict: a code for programs, a text for people, the values behind it.

    Examples
    --------
    >>> Reason("few-points", "4 usable points, five are needed", {"usable": 4}).values["usable"]
    4
    """

    code: str
    text: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TargetDistance:
    """How far a figure is from the target of the registry.

    ``difference`` is figure minus target in the figure's unit, with the figure's own limits
    moved alike; ``share`` is the difference as a share of the target. ``met`` is None where
    the figure carries no interval, or where the interval contains the target.
    """

    target: float
    op: str
    unit: str
    difference: float = NAN
    lower_95: float = NAN
    upper_95: float = NAN
    share: float = NAN
    met: bool | None = None
    comparator: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PartVerdict:
    """The verdict on one part of a measure, with the tests it comes from.

    ``direction`` is the series' own: increase, decrease, no clear change or not tested. A
    proxy has only that: its verdict is never a verdict on the measure (``counts`` is false).
    ``q_value`` is the p value of ``change`` adjusted over the family of the page; missing
    where the part is not in the family. ``repeat`` is the change without the periods of the
    pandemic, ``second`` the change since the second baseline; None where there is none.
    """

    assessment: Assessment
    verdict: Verdict
    q_value: float
    sustained: bool
    reasons: tuple[Reason, ...]
    direction: str = "not tested"
    change: ChangeSince = field(default_factory=ChangeSince)
    repeat: ChangeSince | None = None
    second: ChangeSince | None = None
    usable: int = 0
    target: TargetDistance | None = None
    at_baseline: Comparison = Comparison.NOT_COMPARED

    @property
    def counts(self) -> bool:
        """Say whether the part is evidence for the measure, and not a proxy."""
        return self.assessment.part is not None and not self.assessment.is_proxy

    @property
    def tested(self) -> bool:
        """Say whether the part is in the family of tests of the page."""
        return self.q_value == self.q_value


@dataclass(frozen=True, slots=True)
class MeasureVerdict:
    """The verdict on one success measure, from those of its parts.

    ``returned`` is what officers sent for the measure, as it may be shown; it stands beside
    the verdict.
    """

    measure: Measure
    priority: Priority
    verdict: Verdict
    parts: tuple[PartVerdict, ...]
    sustained: bool
    reasons: tuple[Reason, ...]
    returned: Evidence | None = None

    def __repr__(self) -> str:
        return verdict_line(self)

    def _repr_html_(self) -> str:
        return verdict_html(self)

    @property
    def tested(self) -> tuple[PartVerdict, ...]:
        """The parts that count and were tested."""
        return tuple(p for p in self.parts if p.counts and p.tested)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdicts of one page, by measure id in the order of the strategy.

    ``tested`` distinct figures make up the family; ``expected_by_chance`` of them would
    have p below 0.05 on average were nothing moving, and ``chance_most`` is passed in fewer
    than one page of twenty; ``flagged_unadjusted`` have it, ``flagged`` stand after the
    adjustment. Proxies are in the family, since they get a direction word too.
    """

    measures: Mapping[str, MeasureVerdict]
    tested: int
    expected_by_chance: float
    chance_most: int = 0
    flagged_unadjusted: int = 0
    flagged: int = 0
    family: str = ""

    def __repr__(self) -> str:
        return judgement_line(self)

    def _repr_html_(self) -> str:
        return judgement_html(self)

    def counts(self) -> dict[Verdict, int]:
        """Return how many measures have each verdict, every verdict named."""
        found = Counter(m.verdict for m in self.measures.values())
        return {verdict: found[verdict] for verdict in Verdict}
