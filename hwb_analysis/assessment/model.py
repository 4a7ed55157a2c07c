"""What an assessment is made of: readings, marker, gap, and the assessment itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from hwb_analysis.assessment.shown import assessment_html, assessment_line, change_words
from hwb_analysis.periods import PANDEMIC, Period
from hwb_analysis.stats.frame_trend_tests import NOT_TESTED
from hwb_analysis.vocabulary import Comparison, Grade, PeriodKind, SeriesUse, TrendMarker

if TYPE_CHECKING:
    from hwb_analysis.sources.snapshot import SeriesInfo, Snapshot
    from hwb_analysis.strategy.model import Measure, Priority, Strategy
    from hwb_analysis.strategy.parts import Part


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure of one area and period, as printed, with its limits."""

    area_code: str
    area: str
    period: Period
    value: float
    lower_95: float
    upper_95: float
    lower_998: float
    upper_998: float
    count: float
    denominator: float
    unit: str
    method: str
    status: str
    note: str

    @property
    def has_interval(self) -> bool:
        """Say whether the figure carries 95 % limits."""
        return self.lower_95 == self.lower_95 and self.upper_95 == self.upper_95


@dataclass(frozen=True, slots=True)
class Marker:
    """The national recent-trend marker of a series, or the reason why there is none."""

    word: TrendMarker = TrendMarker.NOT_CALCULATED
    reason: str = ""
    first: str = ""
    last: str = ""
    p_value: float = float("nan")


@dataclass(frozen=True, slots=True)
class ChangeSince:
    """The change since the baseline of the strategy, or the reason why it is not tested.

    It is a difference of two figures with its interval; whether that is what the
    measure wants is not judged here. ``direction`` is read at 95 % before any adjustment
    for other tests; ``evidence`` says whether counts or limits were tested.
    """

    baseline: str = ""
    latest: str = ""
    baseline_end: date | None = None
    latest_end: date | None = None
    baseline_value: float = float("nan")
    latest_value: float = float("nan")
    difference: float = float("nan")
    lower_95: float = float("nan")
    upper_95: float = float("nan")
    p_value: float = float("nan")
    direction: str = NOT_TESTED
    evidence: str = ""
    unit: str = ""
    pandemic: bool = False
    reason: str = ""

    def __repr__(self) -> str:
        return f"ChangeSince({change_words(self)})"


@dataclass(frozen=True, slots=True)
class DistrictGap:
    """Most against least deprived district, or the reason why there is no interval."""

    most: str
    least: str
    period: str = ""
    difference: float = float("nan")
    lower_95: float = float("nan")
    upper_95: float = float("nan")
    ratio: float = float("nan")
    ratio_lower_95: float = float("nan")
    ratio_upper_95: float = float("nan")
    unit: str = ""
    method: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """Where one part of a success measure stands in one area.

    ``reason`` says why there is no figure; it is empty when there is one.
    ``published`` is the publisher's own comparison word, where it prints one; it is
    never ours.
    ``history``, ``comparator_history`` and ``districts`` are tidy frames with limits;
    ``withheld`` are the districts whose figure a disclosure rule withholds in that period.
    """

    measure: Measure
    priority: Priority
    part: Part | None
    series: SeriesInfo | None
    area: str
    comparator_area: str
    grade: Grade
    reason: str = ""
    latest: Reading | None = None
    comparator: Reading | None = None
    comparison: Comparison = Comparison.NOT_COMPARED
    comparison_998: Comparison = Comparison.NOT_COMPARED
    comparison_reason: str = ""
    published: Comparison | None = None
    marker: Marker = field(default_factory=Marker)
    change: ChangeSince = field(default_factory=ChangeSince)
    gap: DistrictGap | None = None
    gap_reason: str = ""
    age_months: int | None = None
    pandemic: bool = False
    notes: tuple[str, ...] = ()
    history: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    comparator_history: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    districts: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    withheld: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    def __repr__(self) -> str:
        return assessment_line(self)

    def _repr_html_(self) -> str:
        return assessment_html(self)

    @property
    def all_districts(self) -> pd.DataFrame:
        """Return the districts with a figure, and those whose figure is withheld."""
        if self.withheld.empty:
            return self.districts
        both = pd.concat([self.districts, self.withheld], ignore_index=True)
        return both.sort_values("area_code", kind="stable").reset_index(drop=True)

    @property
    def is_proxy(self) -> bool:
        """Say whether the figure measures something near the measure, not the measure."""
        return self.part is not None and self.part.use is SeriesUse.PROXY

    @property
    def heading(self) -> str:
        """The name of the part, or the indicator's name with the part's label.

        A proxy, an inverse and an alternative without a name of their own go by the title
        of their series, so that no figure is shown under the name of another.
        """
        if self.part is None:
            return self.measure.title
        if self.part.name or self.part.use is SeriesUse.PRIMARY or self.series is None:
            return self.part.heading
        # A label only tells parts of one series apart; else the title says it already.
        filtered = self.part.sex or self.part.age or self.part.category
        title = self.series.title
        return f"{title}, {_lower(self.part.label)}" if filtered and self.part.label else title

    @property
    def key(self) -> str:
        """A name for anchors and files: the measure's id, and the part's place in it."""
        if self.part is None:
            return self.measure.id.lower()
        return _slug(f"{self.measure.id}-{self.part.indicator.key}-{self.part.label}")


@dataclass(frozen=True, slots=True)
class Context:
    """What an assessment is made for: registry, snapshot, areas and the day it is read on."""

    strategy: Strategy
    snapshot: Snapshot
    area_code: str
    comparator_code: str
    as_of: date


def make_context(
    strategy: Strategy,
    snapshot: Snapshot,
    *,
    area: str = "",
    comparator: str = "",
    as_of: date | None = None,
) -> Context:
    """Return a context; areas default to the registry's area and its nation.

    Periods that end after ``as_of`` are left out, and ages are counted to that day. By
    default it is the day on which the newest file of the snapshot was read, so that the
    same snapshot gives the same page on any day; today when no file says a day.
    """
    return Context(
        strategy=strategy,
        snapshot=snapshot,
        area_code=area or strategy.area.code,
        comparator_code=comparator or strategy.area.nation.code,
        as_of=as_of or last_read(snapshot) or date.today(),
    )


def last_read(snapshot: Snapshot) -> date | None:
    """Return the day on which the newest file of a snapshot was read from its publisher."""
    days = [str(origin.accessed)[:10] for origin in snapshot.origins.values()]
    return max((date.fromisoformat(day) for day in days if day), default=None)


def reading(row: Any) -> Reading:
    """Return one row of a tidy frame as a reading."""
    period = Period(
        row["period_start"].date(),
        row["period_end"].date(),
        str(row["period"]),
        PeriodKind(row["period_kind"]),
    )
    return Reading(
        area_code=str(row["area_code"]),
        area=str(row["area"]),
        period=period,
        value=float(row["value"]),
        lower_95=float(row["lower_95"]),
        upper_95=float(row["upper_95"]),
        lower_998=float(row["lower_998"]),
        upper_998=float(row["upper_998"]),
        count=float(row["count"]),
        denominator=float(row["denominator"]),
        unit=str(row["unit"]),
        method=str(row["method"]),
        status=str(row["status"]),
        note=str(row["note"]),
    )


def touches_pandemic(period: Period) -> bool:
    """Say whether a period touches March 2020 to March 2022."""
    return period.start <= PANDEMIC[1] and PANDEMIC[0] <= period.end


def _slug(text: str) -> str:
    kept = "".join(c if c.isalnum() else "-" for c in text.lower())
    return "-".join(piece for piece in kept.split("-") if piece)


def _lower(label: str) -> str:
    first = label.split(" ", 1)[0]
    return label if first[1:] != first[1:].lower() else label[:1].lower() + label[1:]
