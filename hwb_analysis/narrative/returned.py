"""What partners returned, in words: figure or status, by whom, and what was done to it.

A page, a sentence and a spreadsheet tell the same return through these functions. Nothing
that has to be hidden is in what they are given. They write no digits of a rule set, since
beside a withheld count of five "rounded to 5" would tell it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hwb_analysis.narrative.catalogue import number_of, say
from hwb_analysis.narrative.sentences import period_words
from hwb_analysis.sources.returns import Evidence, Unit
from hwb_analysis.style import format_number, format_value

if TYPE_CHECKING:
    from hwb_analysis.assessment.judgement import MeasureVerdict


def figure_words(sent: Evidence) -> str:
    """Return the figure with its unit, why it is not shown, or nothing where none came.

    Examples
    --------
    >>> figure_words(Evidence("final", 25.0, "%")), figure_words(Evidence("under way"))
    ('25.0 %', '')
    """
    if sent.value is None:
        return sent.reason if sent.withheld else ""
    if sent.unit == Unit.COUNT:
        return f"{format_number(sent.value, 0)} ({sent.unit})"
    return format_value(sent.value, sent.unit)


def made_words(sent: Evidence) -> str:
    """Return how a shown figure was made where it did not come as such, or nothing."""
    return say("returned", "derived") if sent.derived and sent.value is not None else ""


def standing_words(sent: Evidence) -> str:
    """Return whether a shown figure was public already, or came through disclosure control.

    Examples
    --------
    >>> from hwb_analysis.sources.local.rules import rule_set
    >>> standing_words(Evidence("final", 25.0, "%", rule=rule_set("suppress-1-7-round-5")))
    'after disclosure control: small numbers withheld, others rounded'
    >>> standing_words(Evidence("final", 25.0, "%", rule=rule_set("published")))
    'published already'
    """
    if sent.rule is None or sent.value is None:
        return ""
    if sent.public:
        return say("returned", "public")
    return say("returned", "rounded" if sent.rule.base > 1 else "guarded")


def by_words(sent: Evidence) -> str:
    """Return who sent it and when.

    Examples
    --------
    >>> from datetime import date
    >>> by_words(Evidence("final", who="Team", returned=date(2026, 5, 1)))
    'Team, 1 May 2026'
    """
    day = sent.returned
    return ", ".join(t for t in (sent.who, f"{day.day} {day:%b %Y}" if day else "") if t)


def returned_clause(sent: Evidence) -> str:
    """Return what came, ready to stand inside a sentence; it says that nothing was tested.

    Examples
    --------
    >>> returned_clause(Evidence("final", 25.0, "%", "2024/25"))
    'returned figure, not tested: 25.0 % in 2024/25 (final)'
    >>> returned_clause(Evidence("under way"))
    'reported by the partners, not tested here: under way'
    """
    joint = "for" if sent.withheld else "in"
    when = f" {joint} {period_words(sent.period)}" if sent.period else ""
    said = {"when": when, "status": sent.status}
    if sent.value is not None:
        return say("returned", "figure", value=figure_words(sent), **said)
    if sent.withheld:
        return say("returned", "withheld", why=sent.reason, **said)
    return say("returned", "status", **said)


def received_words(found: Iterable[MeasureVerdict]) -> str:
    """Return how many measures have a return, in a sentence; nothing where none has."""
    count = sum(one.returned is not None for one in found)
    if not count:
        return ""
    have = "has" if count == 1 else "have"
    return say("returned", "received", measures=number_of(count, "measure"), have=have)


def returned_lines(sent: Evidence) -> list[str]:
    """Return what a cell has no room for, a sentence each: the note, then each older return.

    Examples
    --------
    >>> older = Evidence("final", 23.0, "%", "2023/24", "Team")
    >>> returned_lines(Evidence("final", 25.0, "%", "2024/25", older=(older,)))
    ['Earlier: returned figure, not tested: 23.0 % in 2023/24 (final); Team.']
    """
    lines = [f"Note: {sent.note.rstrip('.')}."] if sent.note else []
    return lines + [_earlier(one) for one in sent.older]


def _earlier(sent: Evidence) -> str:
    text = "; ".join(t for t in (returned_clause(sent), by_words(sent)) if t)
    return say("returned", "earlier", text=text)
