"""The pieces of a page that show verdicts: counts, the bar of squares, the reasons of a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from hwb_analysis.assessment import Judgement, MeasureVerdict, PartVerdict, Reason
from hwb_analysis.assessment.comparators import COLUMNS
from hwb_analysis.narrative import change_words, source_of, verdict_sentence
from hwb_analysis.narrative.beside import beside
from hwb_analysis.narrative.catalogue import say
from hwb_analysis.narrative.phrases import VERDICT, VERDICT_SIGN
from hwb_analysis.narrative.returned import returned_clause, returned_lines
from hwb_analysis.narrative.sentences import when
from hwb_analysis.narrative.verdicts import lead_part, with_level
from hwb_analysis.reports.sparklines import figures_table
from hwb_analysis.style import format_difference, format_number
from hwb_analysis.vocabulary import Comparison, Verdict

if TYPE_CHECKING:
    from hwb_analysis.sources.snapshot import Snapshot


@dataclass(frozen=True)
class Verdicts:
    """What a page needs to show verdicts: the judgement, the snapshot, what stands beside.

    ``beside`` is the table of region and listed areas; empty where a page does not show it.
    ``as_of`` is the day to which ages are counted.
    """

    judgement: Judgement
    snapshot: Snapshot
    area_code: str
    since: int
    beside: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(COLUMNS)))
    as_of: date | None = None

    def of(self, measure_id: str) -> MeasureVerdict:
        """Return the verdict on a measure."""
        return self.judgement.measures[measure_id]

    def part(self, measure_id: str, key: str) -> PartVerdict:
        """Return the verdict on the part of a measure that goes by a key."""
        return next(p for p in self.of(measure_id).parts if p.assessment.key == key)


def short_day(day: date) -> str:
    """Return a day as the heading of a column says it.

    Examples
    --------
    >>> short_day(date(2026, 3, 1))
    '1 Mar 2026'
    """
    return f"{day.day} {day:%b %Y}"


def verdict_class(verdict: Verdict) -> str:
    """Return the class of a verdict in the style sheet.

    Examples
    --------
    >>> verdict_class(Verdict.WRONG)
    'is-moving-the-wrong-way'
    """
    return f"is-{verdict.value.replace(' ', '-')}"


def squares(judgement: Judgement) -> str:
    """Return the emblem: one linked square a measure, its verdict as sign, class and text."""
    items = "".join(_square(found) for found in judgement.measures.values())
    return f'<ol class="squares">{items}</ol>'


def _square(found: MeasureVerdict) -> str:
    state = f"{found.verdict.value}{against_words(found)}"
    label = escape(f"{found.measure.id} {found.measure.title}: {state}")
    title = escape(f"{found.measure.title}: {state}", quote=True)
    return (
        f'<li><a class="square {verdict_class(found.verdict)}" '
        f'href="#{escape(found.measure.id.lower())}" title="{title}">'
        f'<span aria-hidden="true">{VERDICT_SIGN[found.verdict]}</span>'
        f'<span class="visually-hidden">{label}</span></a></li>'
    )


def against_words(found: MeasureVerdict) -> str:
    """Return how the measure's figure compares, ready to follow its verdict."""
    lead = lead_part(found)
    if lead is None or lead.assessment.comparison is Comparison.NOT_COMPARED:
        return ""
    word, other = lead.assessment.comparison.value, lead.assessment.comparator_area
    joint = "to" if lead.assessment.comparison is Comparison.SIMILAR else "than"
    return f"; {word} {joint} {other}"


def verdict_counts(judgement: Judgement) -> str:
    """Return how many measures have each verdict, with its sign and its meaning."""
    counts: Mapping[Verdict, int] = judgement.counts()
    items = "".join(
        f'<li><span class="square {verdict_class(v)}" aria-hidden="true">{VERDICT_SIGN[v]}</span> '
        f'<span class="count">{format_number(counts[v], 0)}</span> '
        f"<strong>{escape(v.value)}</strong> {escape(VERDICT[v])}</li>"
        for v in Verdict
    )
    return f'<ul class="grades verdicts">{items}</ul>'


def badge(found: MeasureVerdict) -> str:
    """Return the verdict of a measure as sign and words."""
    kept = ", sustained" if found.sustained else ""
    sign = VERDICT_SIGN[found.verdict]
    shown = f'<span aria-hidden="true">{sign}</span> ' if sign else ""
    return (
        f'<span class="verdict {verdict_class(found.verdict)}">{shown}'
        f"{escape(found.verdict.value)}{kept}</span>"
    )


def change_cell(part: PartVerdict) -> str:
    """Return the change since the baseline as number, interval and periods, or why none."""
    change = part.change
    if change.reason or change.difference != change.difference:
        return f'<span class="quiet">{escape(change_words(part.assessment))}</span>'
    shown = format_difference(change.difference, change.unit, change.lower_95, change.upper_95)
    periods = f"{change.latest} against {change.baseline}"
    return f'{escape(shown)}<br><span class="period">{escape(periods)}</span>'


def why(found: MeasureVerdict, shown: Verdicts) -> str:
    """Return the folded reasons of a verdict: the sentence, each part's reasons, what is beside."""
    told = verdict_sentence(found, source=source_of(found, shown.snapshot))
    blocks = [f"<p>{running(told)}</p>"]
    blocks += [_list(found, part, shown, told) for part in found.parts if part.assessment.latest]
    blocks += _of_return(found)
    title = escape(found.measure.title)
    return (
        "<details><summary>Reasons for the verdict"
        f'<span class="visually-hidden"> on {title}</span></summary>{"".join(blocks)}</details>'
    )


def _of_return(found: MeasureVerdict) -> list[str]:
    """Return what came from the partners besides what the sentence on the verdict says."""
    if found.returned is None:
        return []
    clause = returned_clause(found.returned)
    said = lead_part(found) is None and found.verdict is not Verdict.ACHIEVED
    lines = [] if said else [_sentence(clause)]
    lines += returned_lines(found.returned)
    return [bullets(lines)] if lines else []


def _list(found: MeasureVerdict, part: PartVerdict, shown: Verdicts, told: str) -> str:
    # A reason that the sentence above has given is not given again.
    said = told if len(found.parts) == 1 else ""
    reasons = [reason for reason in part.reasons if f"({reason.text})" not in said]
    lines = [_sentence(_worded(reason, part)) for reason in reasons]
    lines += beside(part.assessment, shown.beside, shown.area_code)
    head = ""
    if len(found.parts) > 1 or not part.counts:
        head = f'<p class="part">{escape(part.assessment.heading)}</p>'
    items = "".join(f"<li>{running(line)}</li>" for line in lines)
    told = f"{head}<ul>{items}</ul>" if items else head
    return told + figures_table(part.assessment)


def _worded(reason: Reason, part: PartVerdict) -> str:
    """Return the text of a reason, a change with its unit as the row shows it."""
    change = part.change
    if reason.code == "category" and at_baseline_only(part):
        return f"against {reason.values['comparator']}: {reason.values['now']} {_when(part)}"
    if reason.code == "family" and reason.values.get("tests") == 1:
        return f"p {reason.values['p']}; no other figure is tested {reason.values['where']}"
    if reason.code != "change" or change.difference != change.difference:
        return reason.text
    shown = format_difference(change.difference, change.unit, change.lower_95, change.upper_95)
    return f"{change.latest} minus {change.baseline}: {with_level(shown)}"


def at_baseline_only(part: PartVerdict) -> bool:
    """Say whether the newest figure is that of the baseline, so that there is no "now"."""
    return part.change.baseline == _latest(part)


def _when(part: PartVerdict) -> str:
    figure = part.assessment.latest
    return "" if figure is None else when(figure)


def _latest(part: PartVerdict) -> str:
    figure = part.assessment.latest
    return "" if figure is None else figure.period.label


def _sentence(text: str) -> str:
    trimmed = text.strip().rstrip(".")
    return f"{trimmed[:1].upper()}{trimmed[1:]}."


def overlap_note(lines: Sequence[str]) -> str:
    """Return that the lines of what nobody can see overlap, where there are several."""
    return f'<p class="small">{escape(say("unseen_more"))}</p>' if len(lines) > 1 else ""


def bullets(lines: Sequence[str]) -> str:
    """Return sentences as a list, or as a paragraph where there is one."""
    if len(lines) == 1:
        return f"<p>{running(lines[0])}</p>"
    return "<ul>" + "".join(f"<li>{running(line)}</li>" for line in lines) + "</ul>"


def running(text: str) -> str:
    """Return text ready for a page, its per cent signs kept on the line of their number.

    Examples
    --------
    >>> running("95 % < 96 %").split(chr(160))
    ['95', '% &lt; 96', '%']
    """
    return escape(text).replace(" %", "\u00a0%")
