"""Pieces that several kinds of report share: commitments, compact rows, places of text."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd

from hwb_analysis.assessment import Assessment, MeasureVerdict
from hwb_analysis.narrative import age_words, marker_words
from hwb_analysis.narrative.catalogue import listed, number_of
from hwb_analysis.narrative.phrases import WANTED_ARROW, WANTED_WORDS
from hwb_analysis.narrative.sentences import places
from hwb_analysis.narrative.verdicts import lead_part
from hwb_analysis.reports.human import commitment_anchor
from hwb_analysis.reports.returns_block import returned_html
from hwb_analysis.reports.sparklines import sparkline
from hwb_analysis.reports.verdict_parts import (
    Verdicts,
    at_baseline_only,
    badge,
    running,
    short_day,
)
from hwb_analysis.sources.returns import NO_RETURN, CommitmentReturn, Returns
from hwb_analysis.strategy.model import Commitment, Measure, Priority
from hwb_analysis.style import SYMBOLS, format_difference, format_interval, format_value
from hwb_analysis.tables import html_table
from hwb_analysis.vocabulary import Comparison, MeasureType, TrendMarker

ARROWS = "↑ ↓ which way is wanted, →← a narrower gap, ✓ to be reached"
SHORT_REASON = {
    MeasureType.OPEN: "No figure in this snapshot",
    MeasureType.LOCAL: "Only local records can answer",
    MeasureType.QUALITATIVE: "A milestone, judged on evidence",
}


def commitments_table(priority: Priority, returns: Returns) -> str:
    """Return the commitments of a priority with what officers returned, each with an anchor."""
    rows = [_commitment_row(priority, one, returns) for one in priority.commitments]
    return _commitments(rows, f"Commitments of the priority {priority.title}")


def every_commitment(priorities: Sequence[Priority], returns: Returns) -> str:
    """Return the commitments of several priorities in one table."""
    rows = [
        {"Priority": priority.title} | _commitment_row(priority, one, returns)
        for priority in priorities
        for one in priority.commitments
    ]
    return _commitments(rows, "Commitments by priority")


def commitments_counted(priority: Priority, returns: Returns) -> str:
    """Return how many commitments have each status, in one sentence."""
    statuses = [_status(one, returns) for one in priority.commitments]
    number = number_of(len(statuses), "commitment")
    kinds = list(dict.fromkeys(statuses))
    told = [kinds[0]] if len(kinds) == 1 else [f"{statuses.count(k)} {k}" for k in kinds]
    return f"{number}: {listed(told)}."


def _status(commitment: Commitment, returns: Returns) -> str:
    item = returns.commitment(commitment.id)
    return item.status.value if item else NO_RETURN


def _commitment_row(priority: Priority, commitment: Commitment, returns: Returns) -> dict[str, str]:
    item = returns.commitment(commitment.id)
    words = (*_served(priority, item), item.note, item.evidence) if item else ()
    told = [text for text in words if text]
    anchor, code = commitment_anchor(commitment.id), escape(commitment.id)
    return {
        "Commitment": f'<span id="{anchor}">{escape(commitment.text)}</span> '
        f'<span class="code">{code}</span>',
        "Status": _status(commitment, returns),
        "Told by officers": ". ".join(t.rstrip(".") for t in told),
        "Returned by": f"{item.who}, {item.returned.day} {item.returned:%B %Y}" if item else "",
    }


def _served(priority: Priority, item: CommitmentReturn) -> list[str]:
    """Return which measures a commitment serves, where officers named not all of them."""
    every = {measure.id for measure in priority.measures}
    narrowed = set(item.measures) not in (set(), every)
    return [f"Serves {listed(list(item.measures))}"] if narrowed else []


def _commitments(rows: Sequence[dict[str, str]], caption: str) -> str:
    frame = pd.DataFrame(rows)
    if (frame["Status"] == NO_RETURN).all():
        frame = frame.drop(columns=["Told by officers", "Returned by"])
    return html_table(frame, caption, missing="–", wide=True, html_columns=["Commitment"])


def compact_table(found: Sequence[MeasureVerdict], shown: Verdicts, caption: str) -> str:
    """Return one row a measure: the part that speaks for it, and the verdict.

    Meant for one page: reasons and further parts stand in the chapter.
    """
    first = found[0].parts[0].assessment
    against = f"Against {first.comparator_area}"
    since = f"Since {shown.since}"
    rows = [
        {
            "Measure": _name(one),
            "Latest": _latest(one),
            against: _against(one),
            since: _since(one),
            "Verdict": badge(one),
        }
        for one in found
    ]
    frame = pd.DataFrame(rows)
    ages = f". Ages are counted to {short_day(shown.as_of)}" if shown.as_of else ""
    caption = f"{caption}. {ARROWS}{ages}"
    return html_table(frame, caption, wide=True, html_columns=list(frame.columns))


def without_figure(found: Sequence[MeasureVerdict]) -> str:
    """Return the measures that a compact table leaves out, by verdict and reason."""
    groups: dict[str, list[str]] = {}
    for one in found:
        if not has_row(one):
            why = f"{one.verdict.value.capitalize()}, {why_none(one.measure).lower()}"
            groups.setdefault(why, []).append(f"{one.measure.title} ({one.measure.id})")
    items = "".join(
        f"<li><strong>{escape(why)}:</strong> {escape('; '.join(titles))}.</li>"
        for why, titles in groups.items()
    )
    return f'<ul class="small">{items}</ul>' if items else ""


def has_row(found: MeasureVerdict) -> bool:
    """Say whether there is something to show of a measure: a figure, or what was returned."""
    return speaking_for(found).latest is not None or found.returned is not None


def speaking_for(found: MeasureVerdict) -> Assessment:
    """Return the part shown for a measure: its verdict's, else the newest proxy, else any."""
    lead = lead_part(found)
    if lead is not None:
        return lead.assessment
    with_figure = [p.assessment for p in found.parts if p.assessment.latest is not None]
    return max(with_figure, key=_newest, default=found.parts[0].assessment)


def _newest(assessment: Assessment) -> int:
    return assessment.latest.period.end.toordinal() if assessment.latest else 0


def _name(found: MeasureVerdict) -> str:
    measure, assessment = found.measure, speaking_for(found)
    wanted = measure.direction
    arrow = f'<span role="img" aria-label="{WANTED_WORDS[wanted]}">{WANTED_ARROW[wanted]}</span>'
    text = f'{escape(measure.title)} {arrow} <span class="code">{escape(measure.id)}</span>'
    return f"{text}{_part(found, assessment)}"


def _part(found: MeasureVerdict, assessment: Assessment) -> str:
    """Say which figure stands for the measure, where it is one of several or not its own."""
    if assessment.latest is None:
        return ""
    heading = escape(assessment.heading)
    if assessment.is_proxy:
        return f'<br><span class="quiet">Proxy: {heading}</span>'
    some = sum(part.assessment.latest is not None for part in found.parts)
    one_of = f", one of {some} figures" if some > 1 else ""
    return f'<br><span class="quiet">{heading}{one_of}</span>'


def _latest(found: MeasureVerdict) -> str:
    told = _published(speaking_for(found))
    if found.returned is None:
        return told
    sent = returned_html(found.returned)
    return f"{told}<br>{sent}" if speaking_for(found).latest is not None else sent


def _published(assessment: Assessment) -> str:
    figure = assessment.latest
    if figure is None:
        return f'<span class="quiet">{why_none(assessment.measure)}</span>'
    value = format_value(figure.value, figure.unit, decimals=places(figure))
    limits = "no interval"
    if figure.has_interval:
        limits = format_interval(
            figure.lower_95, figure.upper_95, figure.unit, decimals=places(figure)
        )
    marks = [figure.period.label]
    if assessment.age_months is not None:
        marks.append(f"{age_words(assessment.age_months)} old")
    marks += ["derived"] if figure.status == "derived" else []
    marks += ["pandemic period"] if assessment.pandemic else []
    told = f'<span class="quiet">{running(", ".join(marks))}</span>'
    line = sparkline(assessment)
    drawn = f"<br>{line}" if line else ""
    return f"<strong>{running(value)}</strong> ({limits})<br>{told}{drawn}"


def why_none(measure: Measure) -> str:
    """Return in a few words why a measure has no figure.

    Examples
    --------
    >>> from hwb_analysis.strategy import load_strategy
    >>> why_none(load_strategy().measure("BSL-PFL-05"))
    'Only local records can answer'
    """
    return SHORT_REASON[measure.type]


def _against(found: MeasureVerdict) -> str:
    assessment = speaking_for(found)
    other, own = assessment.comparator, assessment.latest
    if own is None:
        return '<span class="quiet">–</span>'
    if other is None:
        return '<span class="quiet">no figure for this period</span>'
    value = running(format_value(other.value, other.unit, decimals=places(own)))
    word = assessment.comparison
    if word is Comparison.NOT_COMPARED:
        said = assessment.published.value if assessment.published else "not compared"
        note = ", as published" if assessment.published else ""
        return f'{value}, <span class="quiet">{escape(said)}{note}</span>'
    sign = f'<span aria-hidden="true">{SYMBOLS[word].text}</span>'
    return f"{value}, {sign} {word.value}{_then(found)}"


def _then(found: MeasureVerdict) -> str:
    lead = lead_part(found)
    if lead is None or lead.at_baseline is Comparison.NOT_COMPARED or at_baseline_only(lead):
        return ""
    return f'<span class="quiet">; at the baseline {lead.at_baseline.value}</span>'


def _since(found: MeasureVerdict) -> str:
    lead = lead_part(found)
    if lead is None or lead.change.reason or lead.change.difference != lead.change.difference:
        return '<span class="quiet">not tested</span>'
    change = lead.change
    shown = format_difference(change.difference, change.unit, change.lower_95, change.upper_95)
    marker = lead.assessment.marker
    five = ""
    if marker.word is not TrendMarker.NOT_CALCULATED:
        five = f'<br><span class="quiet">marker: {escape(marker_words(lead.assessment))}</span>'
    return f"{running(shown)}{five}"
