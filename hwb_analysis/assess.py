"""What each success measure looks like now, with the reasons as data.

One :class:`Assessment` for each part of a measure: the latest figure with its limits,
the comparator in the same period, the comparison, the national recent-trend marker,
the gap between the most and the least deprived district, the grade and the age of the
evidence, or the reason why there is no figure. No page and no notebook computes any of
these again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from hwb_analysis.errors import DataContractError
from hwb_analysis.periods import Period
from hwb_analysis.stats.gaps import difference, difference_from_limits, ratio, ratio_from_limits
from hwb_analysis.stats.trends import recent_trend
from hwb_analysis.stats.verbs import compare, with_limits
from hwb_analysis.vocabulary import (
    Comparison,
    Grade,
    PeriodKind,
    Polarity,
    SeriesUse,
    TrendMarker,
)

if TYPE_CHECKING:
    from hwb_analysis.sources.snapshot import SeriesInfo, Snapshot
    from hwb_analysis.strategy.model import Measure, Priority, Strategy
    from hwb_analysis.strategy.parts import Part

# Periods that touch these days are marked, because services and surveys were disrupted.
PANDEMIC = (date(2020, 3, 1), date(2022, 3, 31))
PERSONS = "Persons"
NO_COMPARATOR = "the comparator has no figure for this period"
NO_DISTRICTS = "no district figures in this snapshot"
NO_COUNTS = "no interval: the districts' figures carry neither counts nor limits"


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
    ``history``, ``comparator_history`` and ``districts`` are tidy frames with limits.
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
    marker: Marker = field(default_factory=Marker)
    gap: DistrictGap | None = None
    gap_reason: str = ""
    age_months: int | None = None
    pandemic: bool = False
    notes: tuple[str, ...] = ()
    history: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    comparator_history: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    districts: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    @property
    def is_proxy(self) -> bool:
        """Say whether the figure measures something near the measure, not the measure."""
        return self.part is not None and self.part.use is SeriesUse.PROXY

    @property
    def heading(self) -> str:
        """The indicator's name with the part's label; a proxy goes by its own title."""
        if self.part is None:
            return self.measure.title
        if self.is_proxy and self.series is not None:
            label = self.part.label
            told = not label or label.casefold() in self.series.title.casefold()
            return self.series.title if told else f"{self.series.title}: {label}"
        return self.part.heading

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

    Periods that end after ``as_of`` (today by default) are left out, and ages are
    counted to that day.
    """
    return Context(
        strategy=strategy,
        snapshot=snapshot,
        area_code=area or strategy.area.code,
        comparator_code=comparator or strategy.area.nation.code,
        as_of=as_of or date.today(),
    )


def assess_all(
    context: Context, measures: Iterable[Measure] | None = None
) -> tuple[Assessment, ...]:
    """Assess measures, all by default, in the order of the strategy.

    Parameters
    ----------
    context
        See :func:`make_context`.
    measures
        The measures to assess.

    Returns
    -------
    tuple of Assessment
        One for each part; exactly one, with its reason, for a measure without figures.

    Examples
    --------
    >>> from hwb_analysis.sources.snapshot import current_snapshot
    >>> from hwb_analysis.strategy import load_strategy
    >>> strategy = load_strategy()
    >>> context = make_context(strategy, current_snapshot(), as_of=date(2026, 1, 1))
    >>> first = assess_all(context, [strategy.measure("XCC-HPE-02")])[0]
    >>> first.latest.period.label, first.grade.value
    ('2024/25', 'A')
    """
    wanted = list(context.strategy.measures if measures is None else measures)
    parts = [(m, context.strategy.parts(m)) for m in wanted]
    frame = _figures(context, [p for _, some in parts for p in some])
    out: list[Assessment] = []
    for measure, some in parts:
        rows = [_assess_part(context, frame, measure, part) for part in some]
        out += rows or [_without(context, measure, None, context.strategy.reason(measure))]
    return tuple(out)


def _figures(context: Context, parts: Sequence[Part]) -> pd.DataFrame:
    known = context.snapshot.series
    ids = list(dict.fromkeys(p.series.id for p in parts if p.series.id in known))
    frame = context.snapshot.frame(ids)
    frame = frame.loc[frame["period_end"] <= pd.Timestamp(context.as_of)]
    return with_limits(frame.reset_index(drop=True))


def _without(context: Context, measure: Measure, part: Part | None, reason: str) -> Assessment:
    area, comparator = _area_names(context)
    return Assessment(
        measure=measure,
        priority=context.strategy.priority_of(measure),
        part=part,
        series=context.snapshot.series.get(part.series.id) if part else None,
        area=area,
        comparator_area=comparator,
        grade=Grade.D,
        reason=reason,
    )


def _area_names(context: Context) -> tuple[str, str]:
    home = context.strategy.area
    names = {a.code: a.name for a in (home, home.nation, home.region, *home.districts)}
    return (
        names.get(context.area_code, context.area_code),
        names.get(context.comparator_code, context.comparator_code),
    )


def _assess_part(context: Context, frame: pd.DataFrame, measure: Measure, part: Part) -> Assessment:
    rows = part_rows(frame, part)
    own = _of_area(rows, context.area_code)
    own_valued = own.loc[own["value"].notna()]
    if own_valued.empty:
        return _without(context, measure, part, _no_figure(context, part, rows))
    base = _without(context, measure, part, "")
    other = _of_area(rows, context.comparator_code)
    row = own_valued.iloc[-1]
    latest = reading(row)
    same = other.loc[(other["period_end"] == row["period_end"]) & other["value"].notna()]
    word, word_998, why = _comparison(rows, row, context.comparator_code, part.polarity)
    districts = _districts(context, rows)
    gap_found, gap_reason = _district_gap(context, districts, part)
    return Assessment(
        measure=measure,
        priority=base.priority,
        part=part,
        series=base.series,
        area=base.area,
        comparator_area=base.comparator_area,
        grade=Grade(row["grade"]),
        latest=latest,
        comparator=reading(same.iloc[-1]) if len(same) else None,
        comparison=word,
        comparison_998=word_998,
        comparison_reason=why,
        marker=_marker(own, part),
        gap=gap_found,
        gap_reason=gap_reason,
        age_months=latest.period.age_in_months(context.as_of),
        pandemic=touches_pandemic(latest.period),
        notes=_notes(part, base.series, latest),
        history=own,
        comparator_history=other,
        districts=districts,
    )


def part_rows(frame: pd.DataFrame, part: Part) -> pd.DataFrame:
    """Return the rows of a tidy frame that one part of a measure speaks of.

    An empty field of the part does not filter, but where a series prints both sexes
    and their sum only the sum is returned. A key that is still not unique in an area
    and period is an error, never averaged.
    """
    rows = frame.loc[frame["series_id"] == part.series.id]
    for column in ("sex", "age", "category_type", "category"):
        if wanted := getattr(part, column):
            rows = rows.loc[rows[column] == wanted]
    if not part.sex and PERSONS in set(rows["sex"]):
        rows = rows.loc[rows["sex"] == PERSONS]
    if not part.category_type and (rows["category_type"] == "").any():
        rows = rows.loc[rows["category_type"] == ""]
    doubled = rows.duplicated(["area_code", "period_start", "period_end"], keep=False)
    if doubled.any():
        raise DataContractError(
            f"the part '{part.heading}' has several figures for one area and period",
            where=f"series {part.series.id}",
            remedy="give the part its sex, age or category in the registry",
        )
    return rows


def _of_area(rows: pd.DataFrame, code: str) -> pd.DataFrame:
    own = rows.loc[rows["area_code"] == code]
    return own.sort_values(["period_end", "period_start"]).reset_index(drop=True)


def _no_figure(context: Context, part: Part, rows: pd.DataFrame) -> str:
    if part.series.id not in context.snapshot.series:
        return f"the series {part.series.id} is not in the snapshot {context.snapshot.name}"
    own = _of_area(rows, context.area_code)
    if own.empty:
        return "the series holds no figure for this area"
    row = own.iloc[-1]
    return str(row["note"]) or f"the figure for {row['period']} is {row['status']}"


def reading(row: Any) -> Reading:
    """Return one row of a tidy frame as a reading."""
    period = Period(
        row["period_start"].date(),
        row["period_end"].date(),
        str(row["period"]),
        PeriodKind(row["period_kind"]),
    )
    numbers = ("value", "lower_95", "upper_95", "lower_998", "upper_998", "count", "denominator")
    texts = ("area_code", "area", "unit", "method", "status", "note")
    return Reading(
        period=period,
        **{name: float(row[name]) for name in numbers},
        **{name: str(row[name]) for name in texts},
    )


def touches_pandemic(period: Period) -> bool:
    """Say whether a period touches March 2020 to March 2022."""
    return period.start <= PANDEMIC[1] and PANDEMIC[0] <= period.end


def _comparison(
    rows: pd.DataFrame, row: pd.Series[Any], comparator: str, polarity: Polarity
) -> tuple[Comparison, Comparison, str]:
    if row["area_code"] == comparator:
        return Comparison.NOT_COMPARED, Comparison.NOT_COMPARED, "an area is not its own comparator"
    both = rows.loc[rows["period_end"] == row["period_end"]]
    if comparator not in set(both["area_code"]):
        return Comparison.NOT_COMPARED, Comparison.NOT_COMPARED, NO_COMPARATOR
    done = compare(both, to=comparator, better=_better(polarity))
    mine = done.loc[done["area_code"] == row["area_code"]].iloc[0]
    return (
        Comparison(mine["comparison_95"]),
        Comparison(mine["comparison_998"]),
        str(mine["comparison_reason"]),
    )


def _better(polarity: Polarity) -> str | None:
    return None if polarity is Polarity.NONE else polarity.value


def _marker(own: pd.DataFrame, part: Part) -> Marker:
    """Apply the national marker to the rows since the last break of the series."""
    rows = since_last_break(own, part)
    if rows.empty:
        return Marker(reason="no figure since the last break in the series")
    recent = rows.tail(5)
    found = recent_trend(
        rows["value"].to_numpy(),
        lower=rows["lower_95"].to_numpy(),
        upper=rows["upper_95"].to_numpy(),
        count=rows["count"].to_numpy(),
        denominator=rows["denominator"].to_numpy(),
        starts=rows["period_start"].to_numpy(),
        ends=rows["period_end"].to_numpy(),
        kind="proportion" if is_proportion(rows) else "other",
        better=_better(part.polarity),
    )
    first, last = str(recent["period"].iloc[0]), str(recent["period"].iloc[-1])
    return Marker(found.marker, found.reason, first, last, found.p_value)


def since_last_break(rows: pd.DataFrame, part: Part) -> pd.DataFrame:
    """Return the rows after the last break of the series; no test joins two segments."""
    cuts = [pd.Timestamp(b.after) for b in part.series.breaks]
    return rows.loc[rows["period_start"] > max(cuts)] if cuts else rows


def is_proportion(rows: pd.DataFrame) -> bool:
    """Say whether the rows are percentages with counts behind them."""
    counted = rows["count"].notna() & rows["denominator"].notna()
    return bool((rows["unit"] == "%").all() and counted.all())


def _districts(context: Context, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the newest period in which districts have figures, one row a district."""
    codes = [d.code for d in context.strategy.area.districts]
    some = rows.loc[rows["area_code"].isin(codes) & rows["value"].notna()]
    newest = some.loc[some["period_end"] == some["period_end"].max()]
    return newest.reset_index(drop=True)


def _district_gap(
    context: Context, districts: pd.DataFrame, part: Part
) -> tuple[DistrictGap | None, str]:
    ends = context.strategy.area.deprivation
    if ends is None:
        return None, "the registry names no most and least deprived district"
    pair = [districts.loc[districts["area_code"] == code] for code in (ends.most, ends.least)]
    if districts.empty:
        return None, NO_DISTRICTS
    if any(one.empty for one in pair):
        return None, "one of the two districts has no figure in the newest period"
    return gap_between(pair[0].iloc[0], pair[1].iloc[0]), ""


def gap_between(most: pd.Series[Any], least: pd.Series[Any]) -> DistrictGap:
    """Return the difference and the ratio of two rows of a tidy frame.

    Percentages with counts: Newcombe's hybrid score and Katz's log interval. Other
    figures with limits: MOVER from the limits. Otherwise the difference alone, with
    the reason.
    """
    both = pd.DataFrame([most, least])
    named = {"most": str(most["area"]), "least": str(least["area"])}
    named |= {"period": str(most["period"]), "unit": str(most["unit"])}
    if is_proportion(both):
        counts = (most["count"], most["denominator"], least["count"], least["denominator"])
        one, two = difference(*counts, levels=0.95), ratio(*counts, levels=0.95)
    elif both[["lower_95", "upper_95"]].notna().all(axis=None):
        limits = [row[c] for row in (most, least) for c in ("value", "lower_95", "upper_95")]
        one, two = difference_from_limits(*limits), ratio_from_limits(*limits)
    else:
        apart = float(most["value"] - least["value"])
        return DistrictGap(**named, difference=apart, reason=NO_COUNTS)
    return DistrictGap(
        **named,
        difference=float(one.value.flat[0]),
        lower_95=float(one.lower.flat[0]),
        upper_95=float(one.upper.flat[0]),
        ratio=float(two.value.flat[0]),
        ratio_lower_95=float(two.lower.flat[0]),
        ratio_upper_95=float(two.upper.flat[0]),
        method=one.method,
        reason=str(one.reason.flat[0]),
    )


def _notes(part: Part, series: SeriesInfo | None, latest: Reading) -> tuple[str, ...]:
    texts = [latest.note, part.series.note, part.series.pandemic, part.indicator.note]
    texts += list(series.notes) if series else []
    return tuple(dict.fromkeys(t for t in texts if t))


def _slug(text: str) -> str:
    kept = "".join(c if c.isalnum() else "-" for c in text.lower())
    return "-".join(piece for piece in kept.split("-") if piece)
