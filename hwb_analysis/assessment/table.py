"""Assessments as plain rows and as a table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pandas as pd

from hwb_analysis.assessment.measures import assess_all
from hwb_analysis.assessment.model import Assessment, make_context
from hwb_analysis.errors import UsageError, did_you_mean
from hwb_analysis.sources.snapshot import current_snapshot
from hwb_analysis.strategy import load_strategy
from hwb_analysis.strategy.model import Measure, Strategy


def assess(what: str = "all", *, as_of: date | None = None) -> pd.DataFrame:
    """Return a table of where measures stand, one row a part, with the reasons.

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
    return pd.DataFrame(as_rows(assess_all(context, _measures(strategy, what))))


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
            remedy=did_you_mean(what, [*known, *strategy.indicators]),
        )
    return found


def as_rows(assessments: Iterable[Assessment]) -> list[dict[str, object]]:
    """Return one plain mapping a part: what the Board page's CSV and JSON hold."""
    return [_flat(a) for a in assessments]


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
