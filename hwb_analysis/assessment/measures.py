"""Assessments: which figure answers a measure, and everything that is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from hwb_analysis.assessment import evidence
from hwb_analysis.assessment.model import Assessment, Context, Reading, reading, touches_pandemic
from hwb_analysis.errors import DataContractError
from hwb_analysis.progress import track
from hwb_analysis.stats.verbs import with_limits
from hwb_analysis.vocabulary import Grade, SeriesUse

if TYPE_CHECKING:
    from hwb_analysis.sources.snapshot import SeriesInfo
    from hwb_analysis.strategy.model import Measure
    from hwb_analysis.strategy.parts import Part

PERSONS = "Persons"


class Store(Protocol):
    """Keeps assessments that other processes of one run have made already."""

    def load(self, context: Context, measure: Measure) -> tuple[Assessment, ...] | None:
        """Return what is kept of a measure, or nothing."""

    def save(self, context: Context, measure: Measure, found: tuple[Assessment, ...]) -> None:
        """Keep the assessments of a measure."""


_store: Store | None = None


def share_assessments(store: Store | None) -> None:
    """Let :func:`assess_all` ask a store first, in this process from now on."""
    global _store
    _store = store


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
    >>> from datetime import date
    >>> from hwb_analysis.assessment import make_context
    >>> from hwb_analysis.sources.snapshot import current_snapshot
    >>> from hwb_analysis.strategy import load_strategy
    >>> strategy = load_strategy()
    >>> context = make_context(strategy, current_snapshot(), as_of=date(2026, 1, 1))
    >>> first = assess_all(context, [strategy.measure("XCC-HPE-02")])[0]
    >>> first.latest.period.label, first.grade.value
    ('2024/25', 'A')
    """
    wanted = list(context.strategy.measures if measures is None else measures)
    if _store is None:
        known = _assess(context, wanted)
    else:
        kept = {m.id: _store.load(context, m) for m in wanted}
        known = {name: found for name, found in kept.items() if found is not None}
        made = [m for m in wanted if m.id not in known]
        known |= _assess(context, made)
        for measure in made:
            _store.save(context, measure, known[measure.id])
    return tuple(one for measure in wanted for one in known[measure.id])


def _assess(context: Context, wanted: Sequence[Measure]) -> dict[str, tuple[Assessment, ...]]:
    held = _held(context, wanted)
    parts = [(m, context.strategy.parts(m, held)) for m in wanted]
    frame = _figures(context, [p for _, some in parts for p in some])
    out: dict[str, tuple[Assessment, ...]] = {}
    for measure, some in track(parts, "assessing measures"):
        rows = [_assess_part(context, frame, measure, part) for part in some]
        none = [_without(context, measure, None, context.strategy.reason(measure))]
        out[measure.id] = tuple(rows or none)
    return out


def _held(context: Context, wanted: Sequence[Measure]) -> set[str] | None:
    """Return the series that have a figure of an area which is not the strategy's own."""
    if context.area_code == context.strategy.area.code:
        return None
    keys = {link.key for measure in wanted for link in measure.indicators}
    linked = {s.id for key in keys for s in context.strategy.indicator(key).series}
    frame = context.snapshot.frame(sorted(linked & set(context.snapshot.series)))
    own = frame.loc[(frame["area_code"] == context.area_code) & frame["value"].notna()]
    return set(own["series_id"])


def _figures(context: Context, parts: Sequence[Part]) -> pd.DataFrame:
    held = context.snapshot.series
    ids = list(dict.fromkeys(p.series.id for p in parts if p.series.id in held))
    frame = context.snapshot.frame(ids)
    home = context.strategy.area
    codes = {context.area_code, context.comparator_code, *(d.code for d in home.districts)}
    known = frame["area_code"].isin(codes) & (frame["period_end"] <= pd.Timestamp(context.as_of))
    frame = frame.loc[known]
    kept = frame.reset_index(drop=True)
    # A priority whose measures have no series at all leaves nothing to put limits on.
    return with_limits(kept) if len(kept) else kept


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
        return _districts_only(context, measure, part, rows)
    base = _without(context, measure, part, "")
    other = _of_area(rows, context.comparator_code)
    row = own_valued.iloc[-1]
    latest = reading(row)
    same = other.loc[
        (other["period_start"] == row["period_start"])
        & (other["period_end"] == row["period_end"])
        & other["value"].notna()
    ]
    word, word_998, why = evidence.comparison(rows, row, context.comparator_code, part.polarity)
    districts = evidence.districts(context, rows)
    gap_found, gap_reason = evidence.district_gap(context, districts, part)
    withheld = evidence.withheld(context, rows, districts)
    hidden = evidence.withheld_notes(own, row, withheld)
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
        published=evidence.published_word(latest.note),
        marker=evidence.marker(own, part),
        change=evidence.change(context, own, part, measure),
        gap=gap_found,
        gap_reason=gap_reason,
        age_months=latest.period.age_in_months(context.as_of),
        pandemic=touches_pandemic(latest.period),
        notes=(*_notes(part, base.series, latest, same), *hidden),
        history=own,
        comparator_history=other,
        districts=districts,
        withheld=withheld,
    )


def _districts_only(
    context: Context, measure: Measure, part: Part, rows: pd.DataFrame
) -> Assessment:
    """Return an assessment without a figure of the area; its districts may have some."""
    base = _without(context, measure, part, _no_figure(context, part, rows))
    districts = evidence.districts(context, rows)
    if districts.empty:
        return base
    gap, gap_reason = evidence.district_gap(context, districts, part)
    period = districts["period"].iloc[0]
    return replace(
        base,
        reason=f"no figure for the whole area; published for its districts, newest {period}",
        gap=gap,
        gap_reason=gap_reason,
        comparator_history=_of_area(rows, context.comparator_code),
        districts=districts,
        withheld=evidence.withheld(context, rows, districts),
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
        if part.series.id.startswith(evidence.LOCAL):
            return f"no local file holds the series {part.series.id} here"
        return f"the series {part.series.id} is not in the snapshot {context.snapshot.name}"
    own = _of_area(rows, context.area_code)
    if own.empty:
        return "the series holds no figure for this area"
    row = own.iloc[-1]
    return str(row["note"]) or f"the figure for {row['period']} is {row['status']}"


def _notes(
    part: Part, series: SeriesInfo | None, latest: Reading, comparator: pd.DataFrame
) -> tuple[str, ...]:
    texts = [latest.note, part.series.note, part.series.pandemic, part.indicator.note]
    texts += list(series.notes) if series else []
    texts += [f"{row['area']}: {row['note']}" for _, row in comparator.iterrows() if row["note"]]
    # What another series prints for the same thing stands beside, with the difference.
    texts += [
        f"Another series ({other.id}): {other.note}"
        for other in part.indicator.series
        if other.note
        and other.use is SeriesUse.ALTERNATIVE
        and other.id != part.series.id
        and (not part.label or part.label in [split.label for split in other.parts])
    ]
    return tuple(dict.fromkeys(t for t in texts if t))
