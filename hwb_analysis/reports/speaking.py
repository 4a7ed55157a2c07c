"""A speaking note: what to say first, and the figures for what members will ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hwb_analysis.assessment import Assessment, Judgement, MeasureVerdict
from hwb_analysis.narrative import age_words, finding, gap_words, verdict_sentence
from hwb_analysis.narrative.catalogue import listed, number_of
from hwb_analysis.narrative.returned import returned_clause
from hwb_analysis.narrative.sentences import places, when
from hwb_analysis.narrative.summary import chance_sentence, counts_sentence, unseen
from hwb_analysis.narrative.verdicts import lead_part
from hwb_analysis.reports.board_parts import distinct
from hwb_analysis.reports.chapter_figures import district_value
from hwb_analysis.reports.report_parts import speaking_for
from hwb_analysis.sources.returns import Returns
from hwb_analysis.style import format_value
from hwb_analysis.vocabulary import Comparison, Verdict

if TYPE_CHECKING:
    from hwb_analysis.strategy.model import Priority

FINDINGS = NAMED = 3
# What is told first: what moved the wrong way, then what compares worse, then the rest.
ORDER = (Verdict.WRONG, Verdict.WANTED, Verdict.ACHIEVED, Verdict.NO_CLEAR_CHANGE)
MOVED = (Verdict.WRONG, Verdict.WANTED, Verdict.ACHIEVED)


@dataclass(frozen=True, slots=True)
class Question:
    """A question that a member may ask, and what the figures answer."""

    asked: str
    answer: str


def three_findings(judgement: Judgement) -> list[str]:
    """Return at most three sentences, in a fixed order that nobody chooses."""
    with_figure = [m for m in judgement.measures.values() if speaking_for(m).latest is not None]
    ranked = sorted(with_figure, key=_rank)[:FINDINGS]
    return [_told(m) for m in ranked]


def _rank(found: MeasureVerdict) -> tuple[int, bool, bool, int]:
    assessment = speaking_for(found)
    worse = assessment.comparison is Comparison.WORSE
    place = ORDER.index(found.verdict) if found.verdict in ORDER else len(ORDER)
    moved = found.verdict in MOVED
    return (
        place if moved else len(ORDER) - worse,
        not worse,
        assessment.is_proxy,
        assessment.age_months or 0,
    )


def _told(found: MeasureVerdict) -> str:
    moved = found.verdict in MOVED and lead_part(found) is not None
    return verdict_sentence(found) if moved else finding(speaking_for(found))


def questions(
    priority: Priority, assessments: Sequence[Assessment], judgement: Judgement, returns: Returns
) -> list[Question]:
    """Return the questions with the figures for their answers."""
    other, apart = assessments[0].comparator_area, distinct(assessments)
    found = list(judgement.measures.values())
    return [
        Question(f"How do we stand against {other}?", _against(apart, other)),
        Question("Has anything moved since the strategy began?", _moved(found, judgement)),
        Question("Where within the area does it differ?", _where(apart)),
        Question("How fresh are the figures?", _fresh(apart)),
        Question("What can nobody answer today?", unseen(found)),
        Question("What came of the promises?", _promises(priority, returns)),
        *_local(found),
    ]


def _against(apart: Sequence[Assessment], other: str) -> str:
    compared = [a for a in apart if a.comparison is not Comparison.NOT_COMPARED]
    if not compared:
        return f"No figure of this priority can be compared with {other}: no interval is published."
    told = [
        f"{sum(a.comparison is word for a in compared)} {word.value}"
        for word in Comparison
        if any(a.comparison is word for a in compared)
    ]
    text = f"Of {number_of(len(compared), 'figure')} compared: {listed(told)}."
    worse = [a for a in compared if a.comparison is Comparison.WORSE]
    named = "; ".join(_pair(a) for a in worse[:NAMED])
    return f"{text} Worse: {named}{_more(len(worse))}." if worse else text


def _pair(assessment: Assessment) -> str:
    own, other = assessment.latest, assessment.comparator
    assert own is not None
    assert other is not None
    values = [format_value(r.value, r.unit, decimals=places(own)) for r in (own, other)]
    return f"{assessment.heading}, {values[0]} against {values[1]} {when(own)}"


def _more(number: int) -> str:
    return f"; and {number - NAMED} more" if number > NAMED else ""


def _moved(found: Sequence[MeasureVerdict], judgement: Judgement) -> str:
    expected = chance_sentence(judgement).split("; ")[0].rstrip(".")
    return f"{counts_sentence(found)} {expected}{'' if not judgement.tested else ' here'}."


def _where(apart: Sequence[Assessment]) -> str:
    told = list(_places(apart))
    if not told:
        return "No figure of this priority is published for the districts in this snapshot."
    return " ".join(told[:2])


def _places(apart: Sequence[Assessment]) -> Iterator[str]:
    for assessment in apart:
        rows = assessment.districts
        rows = rows.loc[rows["value"].notna()] if len(rows) else rows
        if len(rows) < 2:
            continue
        ordered = rows.sort_values("value")
        low, high = ordered.iloc[0], ordered.iloc[-1]
        text = (
            f"{assessment.heading}, {high['period']}: from "
            f"{district_value(low)} to {district_value(high)}."
        )
        if assessment.gap is not None:
            text += f" Most against least deprived district: {gap_words(assessment)}."
        yield text


def _fresh(apart: Sequence[Assessment]) -> str:
    ages = sorted((a.age_months, a.heading) for a in apart if a.age_months is not None)
    if not ages:
        return "There is no figure of the whole area."
    newest, oldest = ages[0], ages[-1]
    if len(ages) == 1:
        return f"The one figure, {newest[1]}, is {age_words(newest[0])} old."
    return (
        f"The newest is {age_words(newest[0])} old ({newest[1]}), the oldest "
        f"{age_words(oldest[0])} ({oldest[1]})."
    )


def _local(found: Sequence[MeasureVerdict]) -> list[Question]:
    """Return what partners sent on measures, once anything has come."""
    told = [
        f"{m.measure.title}: {returned_clause(m.returned)}."
        for m in found
        if m.returned is not None
    ]
    if not told:
        return []
    rest = f" And {len(told) - NAMED} more." if len(told) > NAMED else ""
    return [Question("What did the partners send?", f"{' '.join(told[:NAMED])}{rest}")]


def _promises(priority: Priority, returns: Returns) -> str:
    total = len(priority.commitments)
    items = [item for c in priority.commitments if (item := returns.commitment(c.id)) is not None]
    if not items:
        them = "it" if total == 1 else "any of them"
        return f"{number_of(total, 'commitment')}; no return has been received on {them}."
    states = dict.fromkeys(item.status.value for item in items)
    told = [f"{sum(i.status.value == s for i in items)} {s}" for s in states]
    rest = total - len(items)
    return f"Of {number_of(total, 'commitment')}: {listed(told)}" + (
        f"; no return on {rest}." if rest else "."
    )
