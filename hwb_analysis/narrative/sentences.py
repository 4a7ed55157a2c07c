"""How an assessment is said in plain English.

A comparison word comes from the interval; a direction word comes from a test and is
always named with it. No sentence says why something is so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from hwb_analysis.assessment import Assessment, Reading
from hwb_analysis.narrative.catalogue import number_of, say
from hwb_analysis.narrative.phrases import AGAINST, WEIGHT
from hwb_analysis.stats.frame_change import NOT_SINCE
from hwb_analysis.style import decimals_for, format_difference, format_interval, format_value
from hwb_analysis.vocabulary import Comparison, Grade, MeasureType, PeriodKind, TrendMarker

FINDINGS = 3
OLD_AFTER_MONTHS = 36
OPEN = MeasureType.OPEN
NO_FIGURE = "no figure for the whole area"
YEAR_BY_MONTHS = re.compile(r"^(?P<month>\w{3}) (?P<first>\d{4}) to (?P=month) (?P<last>\d{4})$")


def value_words(figure: Reading) -> str:
    """Return value and interval: ``91.8 % (95 % interval 91.2 to 92.4)``."""
    shown = format_value(figure.value, figure.unit, decimals=places(figure))
    if not figure.has_interval:
        return shown
    limits = format_interval(figure.lower_95, figure.upper_95, figure.unit, decimals=places(figure))
    return f"{shown} (95 % interval {limits})"


def when(figure: Reading) -> str:
    """Return the period with its preposition: ``in 2024/25``, ``on 31 Mar 2019``."""
    preposition = "on" if figure.period.kind is PeriodKind.DAY else "in"
    return f"{preposition} {period_words(figure.period.label)}"


def period_words(label: str) -> str:
    """Return the label of a period as a sentence says it after "in" or "since".

    Examples
    --------
    >>> period_words("2024/25"), period_words("Nov 2020 to Nov 2021")
    ('2024/25', 'the year Nov 2020 to Nov 2021')
    """
    ends = YEAR_BY_MONTHS.match(label)
    whole = ends is not None and int(ends["last"]) - int(ends["first"]) == 1
    return f"the year {label}" if whole else label


def places(figure: Reading) -> int:
    """Return the decimals that a figure's interval deserves."""
    if not figure.has_interval:
        return decimals_for(figure.unit, figure.value)
    return decimals_for(figure.unit, figure.value, figure.lower_95, figure.upper_95)


def against(assessment: Assessment) -> str:
    """Return the comparison in words, without a number: ``better than England``."""
    return AGAINST[assessment.comparison].format(comparator=assessment.comparator_area)


def headline(assessment: Assessment) -> str:
    """Return the title of a chart: the finding, in as few words as are true."""
    figure = assessment.latest
    if figure is None:
        return f"{assessment.heading}: no figure"
    shown = format_value(figure.value, figure.unit, decimals=places(figure))
    lead = f"{assessment.heading}: {shown} {when(figure)}"
    if assessment.comparison is Comparison.NOT_COMPARED:
        return lead
    return f"{lead}, {against(assessment)}"


def finding(assessment: Assessment) -> str:
    """Return one sentence: what, how much, when, against whom, and the caution.

    A measure without a figure gives the reason.
    """
    figure = assessment.latest
    if figure is None:
        return f"{assessment.heading}: {short(assessment.reason)}."
    text = f"{_subject(assessment)}: {value_words(figure)} {when(figure)}"
    text += _comparison_clause(assessment) + "."
    return " ".join([text, *_cautions(assessment)])


def _subject(assessment: Assessment) -> str:
    return f"{assessment.heading} (proxy)" if assessment.is_proxy else assessment.heading


def _comparison_clause(assessment: Assessment) -> str:
    other, own = assessment.comparator, assessment.latest
    if other is None or own is None:
        return f"; {assessment.comparator_area} has no figure for this period"
    # Both are written alike: the comparator's own interval is not what is being read.
    figure = format_value(other.value, other.unit, decimals=places(own))
    if assessment.comparison is Comparison.NOT_COMPARED and assessment.published is not None:
        said = AGAINST[assessment.published].format(comparator=assessment.comparator_area)
        return f"; {assessment.comparator_area} {figure}; the publisher calls it {said}"
    if assessment.comparison is Comparison.NOT_COMPARED:
        told = not_compared_because(assessment)
        why = f" ({told})" if told else ""
        return f"; {assessment.comparator_area} {figure}; not compared{why}"
    firm = (
        " at the 99.8 % level too"
        if assessment.comparison_998 is assessment.comparison
        and assessment.comparison is not Comparison.SIMILAR
        else ""
    )
    return f", {against(assessment)} ({figure}){firm}"


def not_compared_because(assessment: Assessment) -> str:
    """Return why a figure is not compared, with the comparator by its name."""
    return assessment.comparison_reason.replace("the comparator", assessment.comparator_area)


def _cautions(assessment: Assessment) -> list[str]:
    out = []
    if assessment.marker.word is not TrendMarker.NOT_CALCULATED:
        out.append(f"National recent-trend marker: {assessment.marker.word.value}.")
    if assessment.pandemic:
        out.append("The period touches the pandemic (March 2020 to March 2022).")
    if assessment.age_months is not None and assessment.age_months >= OLD_AFTER_MONTHS:
        out.append(f"The figure is {age_words(assessment.age_months)} old.")
    return out


def marker_words(assessment: Assessment) -> str:
    """Return the national marker, or why it could not be calculated."""
    marker = assessment.marker
    if marker.word is TrendMarker.NOT_CALCULATED:
        why = marker.reason or ("" if assessment.latest else NO_FIGURE)
        return f"not calculated: {short(why)}" if why else "not calculated"
    return f"{marker.word.value} ({_end(marker.first)} to {_end(marker.last)})"


def _end(label: str) -> str:
    """Return the label of a period that is itself an end of a range."""
    return label.replace(" to ", "\N{EN DASH}")


def change_words(assessment: Assessment) -> str:
    """Return the change since the baseline as a number with its interval, or why there is none.

    No direction word: whether the change is the one wanted is for the verdict to say.
    """
    change = assessment.change
    if change.reason:
        if change.reason == NOT_SINCE:
            return f"not tested: no figure after {change.baseline}, the baseline"
        against = f" against {change.baseline}" if change.baseline else ""
        return f"not tested{against}: {short(change.reason)}"
    shown = format_difference(change.difference, change.unit, change.lower_95, change.upper_95)
    text = f"{shown}, {change.latest} against {change.baseline}"
    return f"{text}; the baseline touches the pandemic" if change.pandemic else text


def gap_words(assessment: Assessment) -> str:
    """Return the gap between the most and the least deprived district, or its reason."""
    gap = assessment.gap
    if gap is None:
        return assessment.gap_reason
    shown = format_difference(gap.difference, gap.unit, gap.lower_95, gap.upper_95)
    text = f"{shown}: {gap.most} minus {gap.least}, {gap.period}"
    return f"{text}; {gap.reason}" if gap.reason else text


def age_words(months: int) -> str:
    """Say an age in months or, from two years on, in years.

    Examples
    --------
    >>> age_words(1), age_words(8), age_words(40)
    ('1 month', '8 months', '3 years 4 months')
    """
    if months < 24:
        return f"{months} month{'s' if months != 1 else ''}"
    years, rest = divmod(months, 12)
    tail = f" {rest} month{'s' if rest != 1 else ''}" if rest else ""
    return f"{years} years{tail}"


def short(text: str) -> str:
    """Return a reason ready to stand inside a sentence: no capital, no full stop.

    Examples
    --------
    >>> short("Not in this snapshot."), short("HES data are local."), short("")
    ('not in this snapshot', 'HES data are local', '')
    """
    trimmed = text.strip().rstrip(".")
    if len(trimmed) > 1 and trimmed[0].isupper() and trimmed[1].islower():
        first = trimmed.split(" ", 1)[0]
        if first in PROPER:
            return trimmed
        return trimmed[0].lower() + trimmed[1:]
    return trimmed


PROPER = frozenset({"Fingertips", "England", "Census", "Sport", "National", "Active"})


def findings(assessments: Iterable[Assessment], most: int = FINDINGS) -> list[str]:
    """Return the findings to tell first, at most one a measure.

    Order: figures that compare worse, then better, then the rest; those that hold at
    99.8 % before those at 95 %; measures before proxies; newer before older. The order
    is fixed, so nobody chooses what to show.
    """
    with_figure = [a for a in assessments if a.latest is not None]
    chosen: dict[str, Assessment] = {}
    for assessment in sorted(with_figure, key=_rank):
        chosen.setdefault(assessment.measure.id, assessment)
    return [finding(a) for a in list(chosen.values())[:most]]


def _rank(assessment: Assessment) -> tuple[bool, int, bool, int]:
    firm = assessment.comparison_998 is assessment.comparison
    months = assessment.age_months if assessment.age_months is not None else 10_000
    return (assessment.is_proxy, WEIGHT[assessment.comparison], not firm, months)


def cannot_see(assessments: Sequence[Assessment]) -> list[str]:
    """Return what the figures do not show: missing measures by kind, proxies, no intervals.

    Each entry starts with a number of measures and is no sentence of its own.
    """
    missing = {a.measure.id: a for a in assessments if a.grade is Grade.D}
    served = {a.measure.id for a in assessments if a.grade is not Grade.D}
    proxies = {a.measure.id for a in assessments if a.is_proxy and a.latest}
    proper = {a.measure.id for a in assessments if a.latest and not a.is_proxy}
    # A proxy answers no question that only local records can answer.
    owed = {a.measure.id: a for a in assessments if a.measure.id not in proper}
    kinds = Counter(a.measure.type for a in owed.values() if a.measure.type is not OPEN)
    kinds[OPEN] = sum(a.measure.type is OPEN for i, a in missing.items() if i not in served)
    firmer = {a.measure.id for a in assessments if a.grade in (Grade.A, Grade.B)}
    plain = {a.measure.id for a in assessments if a.grade is Grade.C} - firmer
    awards = kinds[MeasureType.QUALITATIVE]
    one = awards == 1
    milestone = {"is": "is", "milestone": "a milestone or an award"}
    milestones = {"is": "are", "milestone": "milestones or awards"}
    counted = (
        (kinds[OPEN], say("unseen_kind", "open")),
        (kinds[MeasureType.LOCAL], say("unseen_kind", "local")),
        (awards, say("unseen_kind", "award", **(milestone if one else milestones))),
        (len(proxies - proper), say("unseen_kind", "proxy")),
        (len(plain), say("unseen_kind", "plain")),
    )
    return [f"{number_of(number, 'measure')} {what}" for number, what in counted if number]
