"""Assessments as plain rows and as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import pandas as pd

from hwb_analysis.assessment.judgement import Judgement, MeasureVerdict, PartVerdict
from hwb_analysis.assessment.measures import assess_all
from hwb_analysis.assessment.model import Assessment, Context, make_context
from hwb_analysis.assessment.verdicts import judge
from hwb_analysis.errors import UsageError, did_you_mean
from hwb_analysis.sources.find import speaking_of
from hwb_analysis.sources.returns import Evidence, evidence, read_returns
from hwb_analysis.sources.snapshot import current_snapshot
from hwb_analysis.strategy import load_strategy
from hwb_analysis.strategy.model import Measure, Strategy

# Why there is no figure, once officers have returned on a measure.
NOT_PUBLISHED = "No figure is published; what the partners returned is not tested."


def assess(what: str = "all", *, as_of: date | None = None) -> pd.DataFrame:
    """Return a table of where measures stand, one row a part, with verdicts and reasons.

    What is asked for is the family of tests, see :func:`verdict_table`.

    Parameters
    ----------
    what
        ``"all"``, the slug of a priority, the id of a measure, or the key of an
        indicator (every measure that rests on it).
    as_of
        Day that ages are counted to, today by default; later periods are left out.

    Raises
    ------
    UsageError
        When the name is unknown.

    Examples
    --------
    >>> assess("gld-reception")[["measure_id", "grade", "comparison_reason"]].values.tolist()
    [['BSL-SRE-01', 'C', 'no interval published']]
    """
    strategy = load_strategy()
    context = make_context(strategy, current_snapshot(), as_of=as_of)
    found = assess_all(context, _measures(strategy, what))
    return pd.DataFrame(as_rows(found, _judged_with_returns(context, found, what, as_of)))


def _judged_with_returns(
    context: Context, found: Sequence[Assessment], what: str, as_of: date | None
) -> Judgement:
    """Judge as the pages do: what officers returned by the day stands beside the figures."""
    sent = evidence(read_returns(context.strategy).until(as_of))
    return judge(context, found, evidence=sent, page=f"'{what}'")


def _measures(strategy: Strategy, what: str) -> list[Measure]:
    if what == "all":
        return list(strategy.measures)
    for priority in strategy.priorities:
        if what in (priority.slug, priority.code):
            return list(priority.measures)
    found = [m for m in strategy.measures if what == m.id or what in [i.key for i in m.indicators]]
    if not found:
        known = [p.slug for p in strategy.priorities] + [m.id for m in strategy.measures]
        raise UsageError(
            f"'{what}' is no priority, measure or indicator of a measure",
            remedy=speaking_of(what, strategy)
            or did_you_mean(what, [*known, *strategy.indicators]),
        )
    return found


def verdict_table(what: str = "all", *, as_of: date | None = None) -> pd.DataFrame:
    """Return one row a measure: its verdict and the reasons.

    Parameters
    ----------
    what, as_of
        As in :func:`assess`. What is asked for is the family of tests: the verdicts of one
        priority allow for its own tests, those of ``"all"`` for the whole strategy's.

    Raises
    ------
    UsageError
        When the name is unknown.

    Examples
    --------
    >>> verdict_table("XCC-HPE-02")[["verdict", "tested_parts"]].values.tolist()
    [['moving the wrong way', 2]]
    """
    strategy = load_strategy()
    context = make_context(strategy, current_snapshot(), as_of=as_of)
    assessments = assess_all(context, _measures(strategy, what))
    return pd.DataFrame(verdict_rows(_judged_with_returns(context, assessments, what, as_of)))


def verdict_rows(judgement: Judgement) -> list[dict[str, object]]:
    """Return one plain mapping a measure: verdict, whether sustained, and the reasons.

    Where officers returned anything, what they sent stands in it too, as it may be shown.
    """
    more = _any_return(judgement)
    return [
        {
            "measure_id": m.measure.id,
            "measure": m.measure.title,
            "priority": m.priority.slug,
            "wanted": m.measure.direction.value,
            "verdict": m.verdict.value,
            "sustained": m.sustained,
            "tested_parts": len(m.tested),
            "parts": len(m.parts),
            "reasons": "; ".join(r.text for r in m.reasons),
            "reason_codes": " ".join(r.code for r in m.reasons),
            "returned": m.returned.status if m.returned else "",
            "family": judgement.family,
        }
        | (returned_fields(m.returned) if more else {})
        for m in judgement.measures.values()
    ]


def as_rows(
    assessments: Iterable[Assessment], judgement: Judgement | None = None
) -> list[dict[str, object]]:
    """Return one plain mapping a part: what the Board page's CSV and JSON hold.

    With a judgement the verdict on the measure stands in every row of it, and beside it
    what was found of the part itself. Where officers returned anything, what they sent
    stands in columns that begin with ``returned``.
    """
    if judgement is None:
        return [_flat(a) for a in assessments]
    found = {p.assessment.key: (m, p) for m in judgement.measures.values() for p in m.parts}
    more = _any_return(judgement)
    return [_row(a, *found[a.key], more) for a in assessments]


def _row(
    assessment: Assessment, measure: MeasureVerdict, part: PartVerdict, more: bool
) -> dict[str, object]:
    row = _flat(assessment) | _judged(measure, part)
    if measure.returned is not None and assessment.latest is None:
        row["reason"] = NOT_PUBLISHED
    return row | (returned_fields(measure.returned) if more else {})


def _any_return(judgement: Judgement) -> bool:
    return any(m.returned is not None for m in judgement.measures.values())


def returned_fields(sent: Evidence | None) -> dict[str, object]:
    """Return what was sent as it may be shown; empty fields for a measure without a return."""
    held = sent or Evidence("")
    return {
        "returned_value": None if held.value is None else _number(held.value),
        "returned_unit": held.unit,
        "returned_period": held.period,
        "returned_by": held.who,
        "returned_on": held.returned.isoformat() if held.returned else "",
        "returned_rule": held.rule.name if held.rule else "",
        "returned_not_shown": held.reason if held.withheld else "",
        "returned_note": held.note,
    }


def _judged(measure: MeasureVerdict, part: PartVerdict) -> dict[str, object]:
    repeat, second, target = part.repeat, part.second, part.target
    return {
        "verdict": measure.verdict.value,
        "verdict_reasons": "; ".join(r.text for r in measure.reasons),
        "sustained": measure.sustained,
        "part_verdict": part.verdict.value if part.counts else "",
        "part_direction": part.direction,
        "part_reasons": "; ".join(r.text for r in part.reasons),
        "q_value": _number(part.q_value),
        "usable_points": part.usable,
        "change_without_pandemic": _number(repeat.difference) if repeat else None,
        "direction_without_pandemic": repeat.direction if repeat else "",
        "second_baseline": second.baseline if second else "",
        "change_since_second_baseline": _number(second.difference) if second else None,
        "comparison_at_baseline": part.at_baseline.value,
        "target": f"{target.op} {target.target:g} {target.unit}" if target else "",
        "distance_to_target": _number(target.difference) if target else None,
        "distance_as_share": _number(target.share) if target else None,
        "returned": measure.returned.status if measure.returned else "",
    }


def _flat(a: Assessment) -> dict[str, object]:
    figure, other, gap = a.latest, a.comparator, a.gap
    return {
        "measure_id": a.measure.id,
        "measure": a.measure.title,
        "priority": a.priority.slug,
        "stage": a.priority.stage,
        "wanted": a.measure.direction.value,
        "type": a.measure.type.value,
        "part": a.heading if a.part else "",
        "series_id": a.part.series.id if a.part else "",
        "use": a.part.use.value if a.part else "",
        "proxy_sentence": a.part.sentence if a.part else "",
        "period": figure.period.label if figure else "",
        "period_start": figure.period.start.isoformat() if figure else "",
        "period_end": figure.period.end.isoformat() if figure else "",
        "value": _number(figure.value) if figure else None,
        "lower_95": _number(figure.lower_95) if figure else None,
        "upper_95": _number(figure.upper_95) if figure else None,
        "unit": figure.unit if figure else "",
        "count": _number(figure.count) if figure else None,
        "denominator": _number(figure.denominator) if figure else None,
        "method": figure.method if figure else "",
        "status": figure.status if figure else "missing",
        "comparator_value": _number(other.value) if other else None,
        "comparison_95": a.comparison.value,
        "comparison_998": a.comparison_998.value,
        "comparison_reason": a.comparison_reason,
        "national_marker": a.marker.word.value,
        "national_marker_reason": a.marker.reason,
        "change_baseline": a.change.baseline,
        "change": _number(a.change.difference),
        "change_lower_95": _number(a.change.lower_95),
        "change_upper_95": _number(a.change.upper_95),
        "change_reason": a.change.reason,
        "district_gap": _number(gap.difference) if gap else None,
        "district_gap_lower_95": _number(gap.lower_95) if gap else None,
        "district_gap_upper_95": _number(gap.upper_95) if gap else None,
        "district_gap_reason": gap.reason if gap else a.gap_reason,
        "grade": a.grade.value,
        "age_months": a.age_months,
        "pandemic": a.pandemic,
        "reason": a.reason,
    }


def _number(value: float) -> float | None:
    return None if value != value else round(value, 6)
