"""How assessments and verdicts show themselves at a prompt and in a notebook.

Words of comparison and direction come from the tests that the objects carry, as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from hwb_analysis.stats.result import between, figure
from hwb_analysis.strategy.shown import table

if TYPE_CHECKING:
    from hwb_analysis.assessment.gradients import Gradient
    from hwb_analysis.assessment.judgement import Judgement, MeasureVerdict
    from hwb_analysis.assessment.model import Assessment, ChangeSince, DistrictGap, Reading

Pairs = Iterable[tuple[str, str]]


def assessment_line(found: Assessment) -> str:
    """Return where a part of a measure stands, in one line."""
    latest = _reading(found.latest) if found.latest else f"no figure ({found.reason})"
    return f"Assessment({found.measure.id}: {found.heading}, {found.area}, {latest})"


def assessment_html(found: Assessment) -> str:
    """Return the figure with its interval, and each test with its answer or its reason."""
    title = f"<p>{escape(found.measure.id)}: {escape(found.heading)}, {escape(found.area)}</p>"
    if found.latest is None:
        return title + table((), [("no figure because", found.reason)])
    rows = [("figure", _reading(found.latest)), ("method", found.latest.method), *_tests(found)]
    rows += [("evidence", f"grade {found.grade.value}"), *(("note", note) for note in found.notes)]
    if found.is_proxy and found.part is not None:
        rows.insert(0, ("a proxy", found.part.sentence))
    return title + table((), [row for row in rows if row[1]])


def _tests(found: Assessment) -> Pairs:
    beside = f" ({_reading(found.comparator)})" if found.comparator else ""
    yield (
        f"against {found.comparator_area}",
        _told(found.comparison, found.comparison_reason, beside),
    )
    since = f" over {found.marker.first} to {found.marker.last}" if found.marker.first else ""
    yield "national marker", _told(found.marker.word, found.marker.reason, since)
    yield "change", change_words(found.change)
    yield "gap between districts", _gap(found.gap, found.gap_reason)


def _told(word: str, reason: str, more: str) -> str:
    return f"{word}: {reason}" if reason else f"{word}{more}"


def _reading(one: Reading) -> str:
    limits = f" (95% {between(one.lower_95, one.upper_95)})" if one.has_interval else ""
    return f"{figure(one.value)} {one.unit}{limits}, {one.period.label}"


def change_words(change: ChangeSince) -> str:
    """Return a change since the baseline with its interval, or why it is not tested."""
    if change.difference != change.difference:
        return f"{change.direction}: {change.reason}" if change.reason else change.direction
    limits = ""
    if change.lower_95 == change.lower_95:
        limits = f" (95% {between(change.lower_95, change.upper_95)})"
    return (
        f"{figure(change.difference)} {_points(change.unit)}{limits}, {change.baseline} to "
        f"{change.latest}: {change.direction}"
    )


def _points(unit: str) -> str:
    """Return the unit of a difference: two percentages differ by points."""
    return "percentage points" if unit == "%" else unit


def _gap(gap: DistrictGap | None, reason: str) -> str:
    if gap is None:
        return f"none: {reason}" if reason else ""
    limits = f" (95% {between(gap.lower_95, gap.upper_95)})" if gap.lower_95 == gap.lower_95 else ""
    why = f"; no interval: {gap.reason}" if gap.reason else ""
    named = f"{gap.most} minus {gap.least}, {gap.period}"
    return f"{figure(gap.difference)} {_points(gap.unit)}{limits}, {named}{why}"


def verdict_line(found: MeasureVerdict) -> str:
    """Return a verdict in one line."""
    return f"MeasureVerdict({found.measure.id}: {found.verdict.value})"


def verdict_html(found: MeasureVerdict) -> str:
    """Return the verdict, its reasons, and what each part has shown."""
    rows = [("verdict", found.verdict.value), *(("because", one.text) for one in found.reasons)]
    for part in found.parts:
        kind = "" if part.counts else " (a proxy: no verdict on the measure)"
        adjusted = f"; adjusted p {figure(part.q_value)}" if part.tested else ""
        rows.append((part.assessment.heading + kind, f"{change_words(part.change)}{adjusted}"))
    title = f"<p>{escape(found.measure.id)}: {escape(found.measure.title)}</p>"
    return title + table((), rows)


def judgement_line(found: Judgement) -> str:
    """Return how many measures were judged and tested, in one line."""
    return f"Judgement({len(found.measures)} measures, {found.tested} figures tested)"


def judgement_html(found: Judgement) -> str:
    """Return how many measures have each verdict, and how many tests chance would pass."""
    rows = [(verdict.value, str(count)) for verdict, count in found.counts().items() if count]
    told = (
        f"{found.tested} figures tested; {found.flagged_unadjusted} with p below 0.05, "
        f"{figure(found.expected_by_chance, 2)} expected by chance, {found.flagged} after "
        "adjustment"
    )
    return f"<p>{escape(told)}</p>{table(('verdict', 'measures'), rows)}"


def gradient_line(found: Gradient) -> str:
    """Return a gradient in one line."""
    return f"Gradient({found.series.id}, {found.period}: {found.slope!r})"


def gradient_html(found: Gradient) -> str:
    """Return the sentence on the slope, then the groups that it was fitted to."""
    kept = ["category", "count", "denominator", "value", "lower_95", "upper_95"]
    groups = found.groups[[name for name in kept if name in found.groups]]
    whole = dict.fromkeys(("count", "denominator"), "{:,.0f}".format)
    cells = groups.to_html(
        index=False, border=0, formatters=whole, float_format=lambda n: f"{n:,.1f}"
    )
    title = f"{found.series.title}, {found.period}, groups by {found.edition}, {found.counted}."
    notes = [title, found.slope.explain(), found.caution, found.left_out]
    return "".join(f"<p>{escape(note)}</p>" for note in notes if note) + str(cells)
