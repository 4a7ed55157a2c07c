"""Summaries: three sentences on a priority, one page for the Board.

What is told first follows a fixed order, so that nobody chooses it: measures that moved the
wrong way and compare worse, then the others that moved the wrong way, then those that only
compare worse; firm comparisons before others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hwb_analysis.assessment.judgement import Judgement, MeasureVerdict
from hwb_analysis.narrative.catalogue import listed, number_of, say
from hwb_analysis.narrative.sentences import cannot_see, finding
from hwb_analysis.narrative.verdicts import (
    lead_part,
    proxy_sentence,
    source_of,
    verdict_sentence,
)
from hwb_analysis.style import format_number
from hwb_analysis.vocabulary import Comparison, Verdict

if TYPE_CHECKING:
    from hwb_analysis.sources.snapshot import Snapshot

FIRST = 3
# With fewer tests than this not even one change is expected by chance.
FEW_TESTS, LEVEL = 10, 0.05


@dataclass(frozen=True, slots=True)
class BoardSummary:
    """One page for the Board: each field a list of sentences, never empty."""

    first: tuple[str, ...]
    improved: tuple[str, ...]
    worsened: tuple[str, ...]
    proxies: tuple[str, ...]
    unseen: tuple[str, ...]
    chance: str
    counts: str


def priority_summary(judgement: Judgement, snapshot: Snapshot | None = None) -> tuple[str, ...]:
    """Return three sentences on a priority: how many, what first, what nobody can see.

    Parameters
    ----------
    judgement
        The verdicts of one priority.
    snapshot
        Names the publisher of the figure that is told first, where given.
    """
    found = list(judgement.measures.values())
    first = look_first(found, snapshot, most=1)
    told = say("first", sentence=first[0]) if _ranked(found) else first[0]
    return (counts_sentence(found), told, unseen(found))


def board_summary(judgement: Judgement, snapshot: Snapshot | None = None) -> BoardSummary:
    """Return the page for the Board, from the verdicts of the whole strategy."""
    found = list(judgement.measures.values())
    return BoardSummary(
        first=look_first(found, snapshot, most=FIRST),
        improved=_told(found, (Verdict.ACHIEVED, Verdict.WANTED), snapshot, "improved_none"),
        worsened=_told(found, (Verdict.WRONG,), snapshot, "worsened_none"),
        proxies=proxies_moved(found),
        unseen=tuple(f"{kind}." for kind in unseen_kinds(found)) or (say("unseen_none"),),
        chance=chance_sentence(judgement),
        counts=counts_sentence(found),
    )


def counts_sentence(found: Sequence[MeasureVerdict]) -> str:
    """Return how many measures have each verdict, verdicts without a measure left out."""
    told = []
    for verdict in Verdict:
        count = sum(m.verdict is verdict for m in found)
        if count:
            number = f"all {count}" if count == len(found) > 1 else str(count)
            one = {"s": "s", "own": "its"} if count == 1 else {"s": "", "own": "their"}
            told.append(f"{number} {say('did', verdict.value, **one)}")
    return say("counts", measures=number_of(len(found), "measure"), list=listed(told))


def chance_sentence(judgement: Judgement) -> str:
    """Return how many changes chance alone would show, or that nothing was tested."""
    if not judgement.tested:
        return say("chance_none")
    if judgement.tested == 1:
        return say("chance_one")
    if judgement.tested < FEW_TESTS:
        times = format_number(100 * (1 - (1 - LEVEL) ** judgement.tested), 0)
        return say("chance_few", tests=number_of(judgement.tested, "figure"), times=times)
    return say(
        "chance",
        tests=number_of(judgement.tested, "figure"),
        expected=format_number(judgement.expected_by_chance, 1).removesuffix(".0"),
        most=judgement.chance_most,
    )


def look_first(
    found: Sequence[MeasureVerdict], snapshot: Snapshot | None, *, most: int
) -> tuple[str, ...]:
    """Return the sentences to read first, or that nothing asks for it."""
    ranked = _ranked(found)
    if not ranked:
        area = found[0].parts[0].assessment.comparator_area
        return (say("first_none" if _anything(found) else "first_untested", comparator=area),)
    return tuple(_first(m, snapshot) for m in ranked[:most])


def _anything(found: Sequence[MeasureVerdict]) -> bool:
    """Say whether any measure was tested for change or compared."""
    leads = [lead for m in found if (lead := lead_part(m)) is not None]
    none = Comparison.NOT_COMPARED
    return any(p.tested or p.assessment.comparison is not none for p in leads)


def _ranked(found: Sequence[MeasureVerdict]) -> list[MeasureVerdict]:
    places = [(rank, m) for m in found if (rank := _rank(m)) is not None]
    return [m for _, m in sorted(places, key=lambda pair: pair[0])]


def _rank(found: MeasureVerdict) -> tuple[bool, bool, bool, float] | None:
    """Return the place in the order of telling; None for what need not be told first."""
    lead = lead_part(found)
    if lead is None:
        return None
    worse = lead.assessment.comparison is Comparison.WORSE
    firm = lead.assessment.comparison_998 is Comparison.WORSE
    wrong = found.verdict is Verdict.WRONG
    if not (wrong or worse):
        return None
    chance = lead.change.p_value if lead.tested else 2.0
    return (not wrong, not worse, not firm, chance)


def _first(found: MeasureVerdict, snapshot: Snapshot | None) -> str:
    lead = lead_part(found)
    if found.verdict is Verdict.WRONG or lead is None:
        return _sentence(found, snapshot)
    return finding(lead.assessment)


def _sentence(found: MeasureVerdict, snapshot: Snapshot | None) -> str:
    source = source_of(found, snapshot) if snapshot is not None else ""
    return verdict_sentence(found, source=source)


def _told(
    found: Sequence[MeasureVerdict],
    verdicts: Sequence[Verdict],
    snapshot: Snapshot | None,
    none: str,
) -> tuple[str, ...]:
    told = tuple(_sentence(m, snapshot) for m in found if m.verdict in verdicts)
    return told or (say(none),)


def worsened_beside_first(told: BoardSummary, found: Sequence[MeasureVerdict]) -> tuple[str, ...]:
    """Return what worsened, with measures told under what to look at first by name alone."""
    again = [m for m in found if m.verdict is Verdict.WRONG and _is_told(m, told.first)]
    rest = tuple(text for text in told.worsened if text not in told.first)
    if not again:
        return told.worsened
    return (*rest, say("told_first", titles=listed([m.measure.title for m in again])))


def _is_told(found: MeasureVerdict, sentences: Sequence[str]) -> bool:
    return any(text.startswith(_sentence(found, None)) for text in sentences)


def proxies_moved(found: Sequence[MeasureVerdict]) -> tuple[str, ...]:
    """Return one sentence on each proxy that was seen to move; a heading says that it is one."""
    told = [proxy_sentence(p, "proxy_listed") for m in found for p in m.parts]
    return tuple(dict.fromkeys(text for text in told if text))


def unseen(found: Sequence[MeasureVerdict]) -> str:
    """Return what the figures do not show, in one sentence."""
    told = unseen_kinds(found)
    return say("unseen", list="; ".join(told)) if told else say("unseen_none")


def unseen_kinds(found: Sequence[MeasureVerdict]) -> list[str]:
    """Return what the figures do not show, one entry a kind, each with its count of measures."""
    # What partners have returned is seen.
    told = cannot_see([p.assessment for m in found if m.returned is None for p in m.parts])
    late = sum(m.verdict is Verdict.NO_FIGURE_SINCE for m in found)
    return [*told, f"{number_of(late, 'measure')} {say('unseen_kind', 'late')}"] if late else told
