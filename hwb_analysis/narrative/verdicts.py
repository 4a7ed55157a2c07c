"""Sentences from verdicts: number, interval, period, source; a direction only from a test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hwb_analysis.assessment.judgement import MeasureVerdict, PartVerdict
from hwb_analysis.assessment.model import ChangeSince, Reading
from hwb_analysis.narrative.catalogue import listed, say
from hwb_analysis.narrative.returned import returned_clause
from hwb_analysis.narrative.sentences import period_words, places, short, value_words, when
from hwb_analysis.style import (
    decimals_for,
    difference_unit,
    format_difference,
    format_interval,
    format_number,
    format_value,
)
from hwb_analysis.vocabulary import Verdict

if TYPE_CHECKING:
    from hwb_analysis.sources.snapshot import Snapshot

MOVING = ("increase", "decrease")
COUNTED_UNITS = ("percentage points", "points", "years", "days")
HALTING = ("never-tested", "no-interval", "few-points", "untestable")
STANDING = (Verdict.TOO_EARLY, Verdict.NO_FIGURE_SINCE, Verdict.LOCAL_DUE)
DECIDED = (Verdict.ACHIEVED, Verdict.WANTED, Verdict.NO_CLEAR_CHANGE, Verdict.WRONG)


def verdict_sentence(found: MeasureVerdict, *, source: str = "") -> str:
    """Return what a measure did, in one sentence and its cautions.

    Parameters
    ----------
    found
        The verdict.
    source
        The publisher, said at the end where there is a figure.

    Returns
    -------
    str
        A direction word stands in it only where the verdict or the part's own direction
        comes from a test.
    """
    lead = lead_part(found)
    proxies = [proxy_sentence(p) for p in found.parts]
    cautions = _cautions(lead) if lead else []
    text = " ".join(t for t in (_main(found, lead), *cautions, *proxies) if t)
    spoken = lead is not None and lead.assessment.latest is not None
    return f"{text} {say('source', source=source)}" if source and spoken else text


def lead_part(found: MeasureVerdict) -> PartVerdict | None:
    """Return the part that speaks for the measure: with its verdict, least chance, newest."""
    own = [p for p in found.parts if p.counts and p.assessment.latest is not None]
    same = [p for p in own if p.verdict is found.verdict] or own
    return min(same, key=_chance, default=None)


def _chance(part: PartVerdict) -> tuple[float, int]:
    figure = part.assessment.latest
    age = -figure.period.end.toordinal() if figure is not None else 0
    return (part.change.p_value if part.tested else 2.0, age)


def _main(found: MeasureVerdict, lead: PartVerdict | None) -> str:
    if found.returned is not None and found.verdict is Verdict.ACHIEVED and lead is None:
        words = {"verdict": found.verdict.value, "status": found.returned.status}
        return say("reported", title=found.measure.title, **words)
    if lead is None:
        why = "; ".join(short(text) for text in _why_none(found))
        return say("nothing", title=found.measure.title, verdict=found.verdict.value, why=why)
    if len(_decided(found)) > 1:
        return _composite(found, lead)
    return part_sentence(lead, found.verdict)


def _why_none(found: MeasureVerdict) -> list[str]:
    """Return the reasons of a verdict without a figure; a return is told with its own."""
    told = [r.text for r in found.reasons if not r.code.startswith("returned")]
    return told if found.returned is None else [*told, returned_clause(found.returned)]


def _decided(found: MeasureVerdict) -> list[PartVerdict]:
    """Return the parts that a test or the target has decided, where a test decided one."""
    return [p for p in found.parts if p.counts and p.verdict in DECIDED] if found.tested else []


def _composite(found: MeasureVerdict, lead: PartVerdict) -> str:
    parts = _decided(found)
    counts = {v: sum(p.verdict is v for p in parts) for v in DECIDED}
    kinds = [v for v in DECIDED if counts[v]]
    title, tested = found.measure.title, len(parts)
    if len(kinds) > 1:
        told = [f"{counts[v]} of {tested} tested parts {say('part_did', v.value)}" for v in kinds]
        key = "mixed" if found.verdict is Verdict.NO_CLEAR_CHANGE else "met"
        return say("composite", key, title=title, counts=listed(told), verdict=found.verdict.value)
    lead_words = _clause(part_sentence(lead, kinds[0]))
    did = say("part_did", kinds[0].value)
    every = "both" if tested == 2 else f"all {tested}"
    return say("composite", "all", title=title, tested=every, did=did, lead=lead_words)


def _clause(sentence: str) -> str:
    """Return a sentence about a part without repeating the verdict of the whole."""
    head, colon, _ = sentence.rpartition(": moving")
    return f"{head}." if colon else sentence


def part_sentence(part: PartVerdict, verdict: Verdict) -> str:
    """Return what one part did; the verdict given is the one that is said."""
    assessment = part.assessment
    figure = assessment.latest
    if figure is None:
        why = short(assessment.reason)
        return say("nothing", title=assessment.heading, verdict=verdict.value, why=why)
    said = {"subject": assessment.heading, "value": value_words(figure), "when": when(figure)}
    if verdict is Verdict.ACHIEVED and part.target is not None:
        return say("achieved", **said, verdict=verdict.value, target=_target(part, figure))
    if part.tested and part.direction in MOVING and verdict in (Verdict.WANTED, Verdict.WRONG):
        return say("moved", **said, verdict=verdict.value, **change_parts(part.change))
    if part.tested and verdict is Verdict.NO_CLEAR_CHANGE:
        return say("still", **said, **_still(part.change))
    why = "; ".join(short(r.text) for r in part.reasons if r.code in HALTING) or verdict.value
    word = verdict.value if verdict in STANDING else Verdict.NOT_MEASURABLE.value
    return say("standing", word, **said, why=why)


def _target(part: PartVerdict, figure: Reading) -> str:
    target = part.target
    if target is None:
        return ""
    value = format_value(target.target, target.unit, decimals=places(figure))
    return say("target", target.op, value=value)


def proxy_sentence(part: PartVerdict, key: str = "proxy_moved") -> str:
    """Return what a proxy did, in its own words; nothing where it was not seen to move."""
    figure = part.assessment.latest
    if figure is None or not part.tested or part.direction not in MOVING or part.counts:
        return ""
    said = {"subject": part.assessment.heading, "value": value_words(figure)}
    return say(key, **said, when=when(figure), **change_parts(part.change))


def change_parts(change: ChangeSince) -> Mapping[str, str]:
    """Return verb, size and baseline of a change that a test has shown.

    The size carries no sign: the verb says which way.
    """
    up = change.difference > 0
    low, high = (change.lower_95, change.upper_95) if up else (-change.upper_95, -change.lower_95)
    unit = difference_unit(change.unit)
    decimals = decimals_for(change.unit, change.difference, low, high)
    shown = format_number(abs(change.difference), decimals)
    limits = format_interval(low, high, unit, decimals=decimals)
    return {
        "verb": say("verb", "increase" if up else "decrease"),
        "size": say("interval", shown=f"{shown} {_unit(unit, shown)}".strip(), limits=limits),
        "baseline": period_words(change.baseline),
    }


def _unit(unit: str, shown: str) -> str:
    """Return the unit in the right number: 1 point, 1.0 points, 2 points."""
    return unit.removesuffix("s") if shown == "1" and unit in COUNTED_UNITS else unit


def _still(change: ChangeSince) -> Mapping[str, str]:
    told = format_difference(change.difference, change.unit, change.lower_95, change.upper_95)
    return {"difference": with_level(told), "baseline": period_words(change.baseline)}


def with_level(told: str) -> str:
    """Say of the first bracket of a difference that it is the 95 % interval."""
    return told.replace("(", "(95 % interval ", 1)


def _cautions(part: PartVerdict) -> list[str]:
    """Return what must be said with a verdict: sustained, the other answer, the marker."""
    out = [say("sustained")] if part.sustained else []
    codes = {reason.code: reason.values for reason in part.reasons}
    again = part.repeat
    if "pandemic-differs" in codes and again is not None:
        told = format_difference(again.difference, again.unit, again.lower_95, again.upper_95)
        periods = {"baseline": again.baseline, "latest": again.latest}
        still = "touched" if codes["pandemic-differs"]["still"] else "without"
        out.append(say("both", still, difference=with_level(told), **periods))
    if part.tested and part.change.direction in MOVING and part.q_value > 0.05:
        out.append(say("adjusted_away", tests=codes["family"]["tests"]))
    if "marker-differs" in codes:
        out.append(say("marker", marker=codes["marker-differs"]["marker"]))
    return out


def source_of(found: MeasureVerdict, snapshot: Snapshot) -> str:
    """Return the publisher of the figure that speaks for a measure, or nothing."""
    lead = lead_part(found)
    info = lead.assessment.series if lead else None
    return snapshot.origins[info.origin_id].publisher if info else ""
