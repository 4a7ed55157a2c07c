"""The pieces of the Board page: counts by evidence, and the rows of measures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby

from hwb_analysis.assessment import Assessment, MeasureVerdict, Reading
from hwb_analysis.narrative import age_words, marker_words, short
from hwb_analysis.narrative.phrases import GRADE, WANTED_ARROW, WANTED_WORDS
from hwb_analysis.narrative.sentences import not_compared_because, places
from hwb_analysis.reports.board_tools import row_facts
from hwb_analysis.reports.returns_block import returned_html
from hwb_analysis.reports.sparklines import sparkline
from hwb_analysis.reports.verdict_parts import Verdicts, badge, change_cell, short_day, why
from hwb_analysis.sources.returns import NO_RETURN
from hwb_analysis.style import (
    SYMBOLS,
    format_difference,
    format_interval,
    format_number,
    format_value,
)
from hwb_analysis.vocabulary import Comparison, Grade, MeasureType, TrendMarker

COLUMNS = (
    "Measure",
    "Latest",
    "{comparator}",
    "Against {comparator}",
    "Since {since}",
    "National marker",
    "Gap between districts",
    "Grade",
    "Age",
)
NONE_CAME = f"{NO_RETURN.capitalize()}."
GRADES = (Grade.A, Grade.B, Grade.C, Grade.D)


def best_grade(parts: Iterable[Assessment]) -> Grade:
    """Return the best grade among the parts of a measure: the evidence it rests on."""
    return min((a.grade for a in parts), key=GRADES.index)


def by_measure(assessments: Iterable[Assessment]) -> list[list[Assessment]]:
    """Return the parts of each measure together, in the order of the strategy."""
    return [list(group) for _, group in groupby(assessments, key=lambda a: a.measure.id)]


def distinct(assessments: Iterable[Assessment]) -> list[Assessment]:
    """Return each figure once, also where several measures rest on it.

    A figure that is a proxy for one measure and the figure of another is the other's.
    """
    found: dict[tuple[str, ...], Assessment] = {}
    for a in assessments:
        part = a.part
        key = (part.series.id, part.sex, part.age, part.category) if part else (a.measure.id,)
        kept = found.setdefault(key, a)
        if kept.is_proxy and not a.is_proxy:
            found[key] = a
    return list(found.values())


def grade_counts(assessments: Iterable[Assessment]) -> Mapping[Grade, int]:
    """Return how many measures rest on each grade of evidence."""
    counts = Counter(best_grade(parts) for parts in by_measure(assessments))
    return {grade: counts[grade] for grade in GRADES}


def dated_after(assessments: Iterable[Assessment], year: int) -> int:
    """Return how many measures have a figure whose period ends after a year."""
    return sum(
        any(a.latest is not None and a.latest.period.end.year > year for a in parts)
        for parts in by_measure(assessments)
    )


def table(
    assessments: Sequence[Assessment], caption: str, verdicts: Verdicts, base: str = ""
) -> str:
    """Return the rows of one priority as a table that becomes cards on a small screen.

    ``base`` is the address of the priority's report, for links from a row to its chart.
    """
    names = {"comparator": assessments[0].comparator_area, "since": verdicts.since}
    heads = [c.format(**names) for c in COLUMNS]
    if verdicts.as_of is not None:
        heads[-1] = f"Age on {short_day(verdicts.as_of)}"
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in heads)
    rows = "\n".join(
        row
        for parts in by_measure(assessments)
        for row in _measure_rows(parts, heads, verdicts, base)
    )
    return (
        f'<table class="measures"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>\n{rows}\n</tbody></table>"
    )


def _measure_rows(
    parts: Sequence[Assessment], heads: Sequence[str], verdicts: Verdicts, base: str
) -> Iterable[str]:
    found = verdicts.of(parts[0].measure.id)
    for index, assessment in enumerate(parts):
        anchor = ""
        if index == 0:
            facts = row_facts(found, parts, best_grade(parts))
            anchor = f' id="{escape(assessment.measure.id.lower())}"{facts}'
        name = _name(assessment, len(parts) > 1, "" if index else badge(found), base)
        cells = f'<th scope="row">{name}</th>{_cells(assessment, heads, verdicts)}'
        yield f'<tr{anchor} class="{"first" if index == 0 else "more"}">{cells}</tr>'
    if found.returned is not None and any(a.latest is not None for a in parts):
        yield _returned_row(found, len(heads))
    if found.returned is not None or any(a.latest is not None for a in parts):
        yield f'<tr class="why"><td colspan="{len(heads)}">{why(found, verdicts)}</td></tr>'


def _returned_row(found: MeasureVerdict, columns: int) -> str:
    """Return what partners sent in a row of its own, apart from the published figures."""
    if found.returned is None:
        return ""
    named = f"{found.measure.title} ({found.measure.id})"
    return (
        f'<tr class="returned"><td colspan="{columns}">'
        f'<span class="visually-hidden">{escape(named)}: </span>'
        f"{returned_html(found.returned)}</td></tr>"
    )


def _cells(assessment: Assessment, heads: Sequence[str], verdicts: Verdicts) -> str:
    if assessment.latest is None:
        kind, told = _instead(assessment, verdicts.of(assessment.measure.id))
        blank = _cell(heads[7], f'D <span class="visually-hidden">{escape(GRADE[Grade.D])}</span>')
        return f'<td colspan="6" class="{kind}">{told}</td>{blank}{_cell(heads[8], "–")}'
    contents = (
        _figure(assessment.latest, assessment.pandemic) + sparkline(assessment),
        _other(assessment),
        _against(assessment),
        change_cell(verdicts.part(assessment.measure.id, assessment.key)),
        _marker(assessment),
        _gap(assessment),
        f'<abbr title="{escape(GRADE[assessment.grade])}">{assessment.grade.value}</abbr>',
        _age(assessment),
    )
    return "".join(_cell(h, c) for h, c in zip(heads[1:], contents, strict=True))


def _instead(assessment: Assessment, found: MeasureVerdict) -> tuple[str, str]:
    """Return what stands where no published figure does, with its class in the style sheet."""
    none_at_all = all(p.assessment.latest is None for p in found.parts)
    first = found.parts[0].assessment.key == assessment.key
    if found.returned is not None and none_at_all and first:
        return "returned", returned_html(found.returned)
    none = _no_figure(assessment.reason)
    asked = assessment.measure.type is not MeasureType.OPEN and found.returned is None
    return "none", f"{none} {NONE_CAME}" if asked else none


def _no_figure(reason: str) -> str:
    """Return the reason of a missing figure, its first words made strong and said once."""
    told, first = escape(_sentence(reason)), "No figure"
    if told.startswith(first):
        return f"<strong>{first}</strong>{told.removeprefix(first)}"
    return f"<strong>{first}.</strong> {told}"


def _cell(heading: str, content: str) -> str:
    return f'<td data-label="{escape(heading)}">{content}</td>'


def _sentence(text: str) -> str:
    trimmed = text.strip()
    return trimmed[:1].upper() + trimmed[1:].rstrip(".") + "." if trimmed else ""


def _name(assessment: Assessment, several: bool, verdict: str, base: str) -> str:
    measure = assessment.measure
    wanted = measure.direction
    arrow = (
        f'<span class="arrow" title="{WANTED_WORDS[wanted]}" aria-hidden="true">'
        f"{WANTED_ARROW[wanted]}</span>"
        f'<span class="visually-hidden"> ({WANTED_WORDS[wanted]})</span>'
    )
    title = f"{escape(measure.title)} {arrow}"
    if assessment.latest is not None and base:
        title = (
            f'<a href="{escape(base)}#{escape(assessment.key)}">{escape(measure.title)}</a> {arrow}'
        )
    code = f'<span class="code">{escape(measure.id)}</span>'
    part = _part(assessment, several)
    if not verdict:
        return f'<span class="visually-hidden">{escape(measure.title)}: </span>{part}'
    return f"{title} {code}<br>{verdict}{'<br>' + part if part else ''}"


def _part(assessment: Assessment, several: bool) -> str:
    """Return what the figure is of, which the title of a measure seldom says in full."""
    shown = several or assessment.is_proxy or assessment.latest is not None
    if assessment.part is None or not shown:
        return ""
    text = escape(assessment.heading)
    if assessment.is_proxy:
        text += ' <span class="proxy">proxy</span>'
    return f'<span class="part">{text}</span>'


def _figure(figure: Reading, pandemic: bool) -> str:
    shown = format_value(figure.value, figure.unit, decimals=places(figure))
    if figure.has_interval:
        limits = format_interval(
            figure.lower_95, figure.upper_95, figure.unit, decimals=places(figure)
        )
    else:
        limits = "no interval"
    marks = [figure.period.label]
    marks += ["derived"] if figure.status == "derived" else []
    marks += ["pandemic period"] if pandemic else []
    return (
        f'<span class="value">{escape(shown)}</span> <span class="limits">({limits})</span>'
        f'<br><span class="period">{escape(", ".join(marks))}</span>'
    )


def _other(assessment: Assessment) -> str:
    figure, own = assessment.comparator, assessment.latest
    if figure is None or own is None:
        return '<span class="quiet">no figure for this period</span>'
    return escape(format_value(figure.value, figure.unit, decimals=places(own)))


def _against(assessment: Assessment) -> str:
    word, published = assessment.comparison, assessment.published
    if word is Comparison.NOT_COMPARED and published is not None:
        said = f"{_sign(published)} {published.value}"
        return f'<span>{said}</span><br><span class="quiet">as published</span>'
    if word is Comparison.NOT_COMPARED:
        reason = not_compared_because(assessment)
        why = f'<br><span class="quiet">{escape(short(reason))}</span>'
        told = f"<span>{_sign(word)} not compared</span>"
        return f"{told}{why if reason else ''}"
    return f"<span>{_sign(word)} {word.value}</span>"


def _sign(word: Comparison) -> str:
    symbol = SYMBOLS[word]
    return (
        f'<span class="sign" style="color:{symbol.colour}" aria-hidden="true">{symbol.text}</span>'
    )


def _marker(assessment: Assessment) -> str:
    text = marker_words(assessment)
    if assessment.marker.word is TrendMarker.NOT_CALCULATED:
        return f'<span class="quiet">{escape(text)}</span>'
    return escape(text)


def _gap(assessment: Assessment) -> str:
    gap = assessment.gap
    if gap is None:
        return f'<span class="quiet">{escape(short(assessment.gap_reason))}</span>'
    shown = format_difference(gap.difference, gap.unit, gap.lower_95, gap.upper_95)
    pair = f"{gap.most} minus {gap.least}, {gap.period}"
    reason = f"; {gap.reason}" if gap.reason else ""
    return f'{escape(shown)}<br><span class="period">{escape(pair + reason)}</span>'


def _age(assessment: Assessment) -> str:
    months = assessment.age_months
    return escape(age_words(months)) if months is not None else "–"


def count_words(counts: Mapping[Grade, int]) -> str:
    """Return the counts by grade as a list with their meaning."""
    items = "".join(
        f'<li><span class="count">{format_number(counts[g], 0)}</span> '
        f"<strong>{g.value}</strong> {escape(GRADE[g])}</li>"
        for g in GRADES
    )
    return f'<ul class="grades">{items}</ul>'
