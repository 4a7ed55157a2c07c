"""The strategy as typed, frozen objects: what was promised and which series speaks to it.

A measure names indicators, an indicator names series, and both links carry a use.
:meth:`Strategy.parts` joins the two steps into what a page has to report.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Literal

from pydantic import Field, model_validator

from hwb_analysis.errors import UsageError, did_you_mean
from hwb_analysis.strategy import shown
from hwb_analysis.strategy.contributors import Contributors
from hwb_analysis.strategy.parts import Part, join_part, reported
from hwb_analysis.strategy.remarks import Break, Correction, Frozen, Gap, Overlap, Query, Unused
from hwb_analysis.strategy.views import View
from hwb_analysis.strategy.words import (
    AreaCode,
    BenchmarkMethod,
    Confidence,
    MeasureId,
    SeriesId,
    Slug,
    TargetKind,
    Text,
    ValueType,
)
from hwb_analysis.vocabulary import Basis, Direction, MeasureType, Polarity, SeriesUse


class About(Frozen):
    """Title, span and aims of the strategy, and the dates that change is counted from."""

    title: Text
    publisher: Text
    contact: Text | None = None
    starts: int
    ends: int
    revised: int | None = None
    vision: Text
    principles: tuple[Text, ...] = ()
    enablers: tuple[Text, ...] = ()
    baseline: date
    second_baseline: date | None = None
    source_lines: Text | None = None


class NamedArea(Frozen):
    """An area by code and name."""

    code: AreaCode
    name: Text


class Deprivation(Frozen):
    """The most and the least deprived district, and the index and editions that say so."""

    index: Text
    editions: tuple[Text, ...]
    most: AreaCode
    least: AreaCode


class Town(Frozen):
    """A town that maps of small areas show enlarged, by the codes of the MSOAs it lies in."""

    name: Text
    msoas: tuple[AreaCode, ...] = Field(min_length=1)


class StrategyArea(NamedArea):
    """The area that the strategy is for, with its districts and the areas it is set beside."""

    area_type: Text
    districts: tuple[NamedArea, ...]
    nation: NamedArea
    region: NamedArea
    deprivation: Deprivation | None = None
    towns: tuple[Town, ...] = ()


class Stage(Frozen):
    """A stage of life, or the band of priorities that cut across all of them."""

    slug: Slug
    title: Text
    kind: Literal["life-course", "cross-cutting"] = "life-course"


class Commitment(Frozen):
    """One thing the partners promised to do."""

    id: MeasureId
    text: Text
    source_line: int | None = None


class Target(Frozen):
    """A target stated in the strategy.

    ``threshold`` and ``benchmark`` carry an operator, value and unit (a benchmark stands in
    the text, not in the measure); ``comparator`` an operator and ``nation``; others a text.
    """

    kind: TargetKind
    op: Literal["<", "<=", ">", ">="] | None = None
    value: float | None = None
    unit: Text | None = None
    comparator: Literal["nation"] | None = None
    text: Text | None = None


class MeasureLink(Frozen):
    """An indicator of a measure and what it is to the measure."""

    key: Slug
    use: SeriesUse = SeriesUse.PRIMARY
    sentence: str = ""


class Measure(Frozen):
    """One success measure."""

    id: MeasureId
    title: Text
    direction: Direction
    sustained: bool = False
    target: Target | None = None
    population: Text
    type: MeasureType
    indicators: tuple[MeasureLink, ...] = ()
    reason: str = ""
    baseline: date | None = None
    note: str = ""
    source_line: int | None = None

    def __repr__(self) -> str:
        return shown.one_line("Measure", self.id, self.title)

    _repr_html_ = shown.measure_html


class GradientLink(Frozen):
    """A small-area series whose gradient across deprivation groups belongs on a page.

    ``component`` says that the index which makes the groups is partly made of it, or of
    something close to it: the gradient is then described and nothing is inferred.
    """

    series: SeriesId
    component: bool = False

    @model_validator(mode="before")
    @classmethod
    def _from_id(cls, entry: object) -> object:
        """Let a bare id stand for an entry without remarks."""
        return {"series": entry} if isinstance(entry, str) else entry


class Priority(Frozen):
    """One priority with its commitments and success measures."""

    code: Text
    slug: Slug
    title: Text
    stage: Slug
    gradients: tuple[GradientLink, ...] = ()
    commitments: tuple[Commitment, ...] = Field(min_length=1)
    measures: tuple[Measure, ...] = Field(min_length=1)

    def __repr__(self) -> str:
        return shown.one_line("Priority", self.slug, self.title)

    _repr_html_ = shown.priority_html


class Split(Frozen):
    """One part of a series that is reported by itself; empty fields do not filter.

    ``label`` tells the parts of an indicator apart. ``name`` is what the part is called on
    the pages; without it the indicator's name with the label behind it.
    """

    label: Text
    name: str = ""
    sex: str = ""
    age: str = ""
    category_type: str = ""
    category: str = ""


class SeriesLink(Frozen):
    """A published series and what it is to its indicator.

    ``polarity`` and ``basis`` replace what the indicator or the snapshot says.
    """

    id: SeriesId
    use: SeriesUse
    sentence: str = ""
    polarity: Polarity | None = None
    basis: Basis | None = None
    parts: tuple[Split, ...] = ()
    breaks: tuple[Break, ...] = ()
    gaps: tuple[Gap, ...] = ()
    corrections: tuple[Correction, ...] = ()
    pandemic: str = ""
    note: str = ""


class FingertipsId(Frozen):
    """A number of the national profiles, with how sure it is."""

    id: int
    role: str = ""
    confidence: Confidence


class Indicator(Frozen):
    """A published definition: who is counted, how, and which series hold it."""

    key: Slug
    name: Text
    sex: tuple[Text, ...]
    age: Text
    value_type: ValueType
    polarity: Polarity
    unit: Text
    denominator: str = ""
    fingertips: tuple[FingertipsId, ...] = ()
    provider: Text
    benchmark_method: BenchmarkMethod
    benchmark_goals: tuple[float, ...] = ()
    period: Text
    note: str = ""
    series: tuple[SeriesLink, ...] = ()
    missing: str = ""

    def __repr__(self) -> str:
        return shown.one_line("Indicator", self.key, self.name)

    _repr_html_ = shown.indicator_html


class Strategy(Frozen):
    """The whole registry.

    Examples
    --------
    >>> from hwb_analysis.strategy import load_strategy
    >>> strategy = load_strategy()
    >>> first = strategy.measures[0]
    >>> strategy.measure(first.id) is first
    True
    >>> first in strategy.priority_of(first).measures
    True
    """

    schema_version: Literal[1]
    strategy: About
    area: StrategyArea
    stages: tuple[Stage, ...]
    priorities: tuple[Priority, ...]
    indicators: dict[Slug, Indicator]
    overlaps: tuple[Overlap, ...] = ()
    unused: tuple[Unused, ...] = ()
    queries: tuple[Query, ...] = ()
    contributors: Contributors | None = None
    views: tuple[View, ...] = ()

    def __repr__(self) -> str:
        count = f"{len(self.priorities)} priorities, {len(self.measures)} measures"
        return shown.one_line("Strategy", self.strategy.title, count)

    _repr_html_ = shown.strategy_html

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """All success measures in the order of the strategy."""
        return tuple(m for p in self.priorities for m in p.measures)

    @cached_property
    def commitments(self) -> tuple[Commitment, ...]:
        """All commitments in the order of the strategy."""
        return tuple(c for p in self.priorities for c in p.commitments)

    @cached_property
    def _by_measure(self) -> dict[str, tuple[Priority, Measure]]:
        return {m.id: (p, m) for p in self.priorities for m in p.measures}

    def priority(self, slug: str) -> Priority:
        """Return a priority by its slug or its code; else raise ``UsageError``."""
        for priority in self.priorities:
            if slug in (priority.slug, priority.code):
                return priority
        raise _unknown("priority", slug, [p.slug for p in self.priorities])

    def stage(self, slug: str) -> Stage:
        """Return a stage by its slug; else raise ``UsageError``."""
        for stage in self.stages:
            if stage.slug == slug:
                return stage
        raise _unknown("stage", slug, [s.slug for s in self.stages])

    def measure(self, measure_id: str) -> Measure:
        """Return a success measure by its id; else raise ``UsageError``."""
        return self._found(measure_id)[1]

    def priority_of(self, measure: Measure | str) -> Priority:
        """Return the priority that a measure belongs to; else raise ``UsageError``."""
        return self._found(measure if isinstance(measure, str) else measure.id)[0]

    def _found(self, measure_id: str) -> tuple[Priority, Measure]:
        if measure_id not in self._by_measure:
            raise _unknown("measure", measure_id, list(self._by_measure))
        return self._by_measure[measure_id]

    def indicator(self, key: str) -> Indicator:
        """Return an indicator by its key; else raise ``UsageError``."""
        if key not in self.indicators:
            raise _unknown("indicator", key, list(self.indicators))
        return self.indicators[key]

    def baseline(self, measure: Measure) -> date:
        """Return the day that change in the measure is counted from."""
        return measure.baseline or self.strategy.baseline

    def overlapping(self, measure: Measure) -> tuple[Overlap, ...]:
        """Return the overlaps that name the measure."""
        return tuple(o for o in self.overlaps if measure.id in o.measures)

    def parts(self, measure: Measure, held: Collection[str] | None = None) -> list[Part]:
        """Return what is to be reported for a measure, in order; composites give several.

        Each indicator gives its preferred series: the first link, and for every
        further label the first link that offers it. Series that are only context
        are left out, see :meth:`context_parts`. A measure without any series
        gives an empty list; :meth:`reason` says why.

        Where ``held`` names the series that have figures of an area, an indicator with any
        of them is read from those alone: a district is not in every series of its county.
        """
        return reported(list(self._every_part(measure)), held or ())

    def context_parts(self, measure: Measure) -> list[Part]:
        """Return series worth showing beside a measure that are no evidence for it."""
        told = {p.series.id for p in self.parts(measure)}
        parts = [p for p in self._every_part(measure) if p.use is SeriesUse.CONTEXT]
        first = {(p.series.id, p.label): p for p in reversed(parts) if p.series.id not in told}
        return list(reversed(first.values()))

    def _every_part(self, measure: Measure) -> Iterator[Part]:
        for link in measure.indicators:
            indicator = self.indicator(link.key)
            for series in indicator.series:
                for split in series.parts or (None,):
                    yield join_part(measure, link, indicator, series, split)

    def unserved(self, measure: Measure) -> list[Indicator]:
        """Return the measure's own indicators (not context) that have no reported series."""
        served = {p.indicator.key for p in self.parts(measure)}
        links = [link for link in measure.indicators if link.use is not SeriesUse.CONTEXT]
        return [self.indicator(link.key) for link in links if link.key not in served]

    def reason(self, measure: Measure) -> str:
        """Return why a measure has no figure, or an empty text when it has one."""
        if self.parts(measure):
            return ""
        if measure.reason:
            return measure.reason
        unserved = self.unserved(measure)
        if len(unserved) == 1:
            return unserved[0].missing
        return " ".join(f"{i.name}: {i.missing}" for i in unserved)

    def why_unused(self, series_id: str) -> str:
        """Return why no indicator names a series, by the first pattern that fits, or nothing."""
        return next((u.reason for u in self.unused if fnmatchcase(series_id, u.match)), "")

    @cached_property
    def series_ids(self) -> tuple[str, ...]:
        """Every series that an indicator, a priority or a view names, once each."""
        links = [link.id for i in self.indicators.values() for link in i.series]
        gradients = [link.series for p in self.priorities for link in p.gradients]
        monthly = [link.series for view in self.views for link in view.monthly]
        return tuple(dict.fromkeys(links + gradients + monthly))


def _unknown(kind: str, wanted: str, known: Sequence[str]) -> UsageError:
    return UsageError(
        f"the registry has no {kind} '{wanted}'", remedy=did_you_mean(str(wanted), list(known))
    )
