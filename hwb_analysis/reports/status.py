"""What is known about the strategy's measures, as data for a person or a machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hwb_analysis.reports.publish import previous_record

if TYPE_CHECKING:
    from hwb_analysis.assessment import Assessment, Context
    from hwb_analysis.strategy.model import Strategy


@dataclass(frozen=True, slots=True)
class PriorityRow:
    """One priority: how many measures it has, and how many of them have a figure."""

    slug: str
    title: str
    stage: str
    measures: int
    with_figure: int


def list_priorities(strategy: Strategy, found: Sequence[Assessment]) -> list[PriorityRow]:
    """Return a row for each priority in the order of the strategy."""
    served = {a.measure.id for a in found if a.latest is not None}
    return [
        PriorityRow(
            slug=p.slug,
            title=p.title,
            stage=strategy.stage(p.stage).title,
            measures=len(p.measures),
            with_figure=sum(m.id in served for m in p.measures),
        )
        for p in strategy.priorities
    ]


def status(context: Context, found: Sequence[Assessment], out: Path) -> dict[str, Any]:
    """Return how the measures stand, as one object of plain values.

    Keys: ``measures_total``, ``by_grade`` (the best evidence of each measure),
    ``by_type``, ``newest_period_by_measure`` (label, end and age in months),
    ``unserved_measures`` (id to reason), ``unused_series`` (in the snapshot, named by
    no indicator: id to reason), ``snapshot`` and ``run`` (the newest complete one, or null).
    """
    from hwb_analysis.reports.board_parts import grade_counts

    measures = context.strategy.measures
    known = context.strategy.series_ids
    return {
        "measures_total": len(measures),
        "by_grade": {grade.value: n for grade, n in grade_counts(found).items()},
        "by_type": dict(sorted(Counter(m.type.value for m in measures).items())),
        "newest_period_by_measure": newest_periods(found),
        "unserved_measures": _unserved(found),
        "unused_series": {
            s: context.strategy.why_unused(s) for s in context.snapshot.list() if s not in known
        },
        "snapshot": context.snapshot.name,
        "run": run_summary(out),
    }


def newest_periods(found: Sequence[Assessment]) -> dict[str, dict[str, Any]]:
    """Return period, end and age in months of the newest figure of each measure."""
    newest: dict[str, dict[str, Any]] = {}
    ends: dict[str, Any] = {}
    for a in found:
        if a.latest is None or ends.get(a.measure.id, a.latest.period.end) > a.latest.period.end:
            continue
        period = a.latest.period
        ends[a.measure.id] = period.end
        newest[a.measure.id] = {
            "period": period.label,
            "end": period.end.isoformat(),
            "age_months": a.age_months,
        }
    return newest


def _unserved(found: Sequence[Assessment]) -> dict[str, str]:
    served = {a.measure.id for a in found if a.latest is not None}
    reasons: dict[str, list[str]] = {}
    for a in found:
        if a.measure.id not in served:
            reasons.setdefault(a.measure.id, []).append(a.reason)
    return {name: " ".join(dict.fromkeys(texts)) for name, texts in reasons.items()}


def run_summary(out: Path) -> dict[str, Any] | None:
    """Return the newest complete run below an output folder in brief, or nothing."""
    previous = previous_record(out)
    if previous is None:
        return None
    folder, record = previous
    return {
        "run_id": record.run_id,
        "started": record.started,
        "finished": record.finished,
        "snapshot": record.snapshot,
        "folder": folder.name,
        "reports": {r.slug: r.status.value for r in record.reports},
        "failed": [r.slug for r in record.failures],
    }
