"""The pieces of the page of claims: what is printed, what was found, and the outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from hwb_analysis.claims import ClaimResult, Finding, Outcome, Part, PartResult, printed_number
from hwb_analysis.errors import RegistryError
from hwb_analysis.reports.render import slug
from hwb_analysis.style import format_interval, format_number, format_value, is_missing

# A sign and a word, never colour alone.
SIGNS = {
    Outcome.REPRODUCED: "=",
    Outcome.CLOSE: "≈",
    Outcome.DIRECTION_ONLY: "→",
    Outcome.VALUE_ONLY: "·",
    Outcome.DIFFERS: "≠",
    Outcome.LACKS: "–",
    Outcome.NOT_DATA: "○",
}
MEANINGS = {
    Outcome.REPRODUCED: "rounds to the printed figure, or says the printed word",
    Outcome.CLOSE: "one unit of the last printed digit away, or inside the 95 % interval",
    Outcome.DIRECTION_ONLY: "the values go the printed way; no test of the trend bears it out, or "
    "only in another release",
    Outcome.VALUE_ONLY: "the values are shown; a category needs an interval",
    Outcome.DIFFERS: "another figure or another word",
    Outcome.LACKS: "the series that is lacking is named",
    Outcome.NOT_DATA: "a judgement, a definition or a citation",
}
SHORT = {Outcome.VALUE_ONLY: "value only", Outcome.LACKS: "not testable here"}
# The same behind a number of statements.
COUNTED = {
    Outcome.DIRECTION_ONLY: "with the direction only",
    Outcome.VALUE_ONLY: "with the value only",
    Outcome.DIFFERS: "different",
}
# What so many rows of a table give as their reason is said once above it.
REPEATED, LONG = 4, 60
NOT_TESTED = "not tested: "
COLUMNS = ("Statement", "The strategy prints", "Read again", "Outcome")
COUNT_UNITS = ("people", "requests", "small areas", "districts")


def counts(found: Mapping[Outcome, int]) -> str:
    """Return the number of statements with each outcome, with what the outcome means."""
    items = "".join(
        f'<li><span class="count">{number}</span> <b><span aria-hidden="true">{SIGNS[outcome]}'
        f"</span> {escape(SHORT.get(outcome, outcome.value))}</b><br>"
        f"{escape(MEANINGS[outcome])}</li>"
        for outcome, number in found.items()
    )
    return f'<ul class="grades">{items}</ul>'


def table(results: Sequence[ClaimResult], caption: str, anchors: bool = True) -> str:
    """Return the rows of some claims as a table that becomes cards on a small screen."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in COLUMNS)
    notes = _repeated(results)
    body = "".join(_rows(result, anchors, notes) for result in results)
    told = " ".join(f"{mark} {text}" for text, mark in notes.items())
    above = f'<p class="table-note">{escape(told)}</p>' if told else ""
    return (
        f'{above}<table class="claims"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def counted(outcome: Outcome, number: int) -> str:
    """Return a number of statements with what became of them: ``6 different``."""
    return f"{number} {COUNTED.get(outcome, SHORT.get(outcome, outcome.value))}"


def _repeated(results: Sequence[ClaimResult]) -> dict[str, str]:
    """Return the reasons that many rows share, each with the mark that stands in for it."""
    told = Counter(one.reason for result in results for one in result.parts if one.reason)
    often = [reason for reason, rows in told.items() if rows >= REPEATED and len(reason) > LONG]
    return {reason: f"[note {number}]" for number, reason in enumerate(often, 1)}


def _rows(result: ClaimResult, anchors: bool, notes: Mapping[str, str]) -> str:
    last = len(result.parts) - 1
    rows = []
    for place, one in enumerate(result.parts):
        name = f' id="{slug(result.claim.id)}"' if anchors and place == 0 else ""
        more = ' class="more"' if place < last else ""
        cells = (printed(one.part), read_again(one), _outcome(result, one, place == last, notes))
        labelled = zip(COLUMNS[1:], cells, strict=True)
        tail = "".join(
            f'<td data-label="{escape(label)}"><div>{cell}</div></td>' for label, cell in labelled
        )
        rows.append(f'<tr{name}{more}><th scope="row">{_statement(result, place)}</th>{tail}</tr>')
    return "".join(rows)


def _statement(result: ClaimResult, place: int) -> str:
    claim = result.claim
    where = f'<span class="code">{escape(claim.id)}, line {claim.line}</span>'
    if place:
        return f'<span class="quiet">{escape(claim.topic)}, part {place + 1}</span><br>{where}'
    area = f" ({escape(claim.area)})" if claim.area else ""
    return f"{escape(claim.topic)}{area}<br>{where}"


def printed(part: Part) -> str:
    """Return what the strategy prints: figure or word, with its unit, period and bound."""
    try:
        number, unit = printed_number(part.says)
        places = max(0, len(part.says.partition(".")[2])) if unit < 1 else 0
        shown = format_number(number, places)
    except RegistryError:
        shown = part.says
    text = " ".join(filter(None, (part.bound, shown, part.unit)))
    more = ", ".join(filter(None, (part.what, part.period)))
    quiet = f'<br><span class="quiet">{escape(more)}</span>' if more else ""
    return f'<span class="value">{escape(text)}</span>{quiet}'


def read_again(one: PartResult) -> str:
    """Return what was found: figure, interval, comparator, period, series and release."""
    found = one.finding
    if found is None or found.absent:
        return '<span class="none">no figure</span>'
    lines = [f'<span class="value">{escape(_figure(one.part, found))}</span>']
    lines += [f'<span class="quiet">{escape(text)}</span>' for text in _around(found)]
    return "<br>".join(lines)


def _figure(part: Part, found: Finding) -> str:
    places = _places(part, found)
    unit = found.unit or part.unit
    shown = format_value(found.value, unit, decimals=places)
    if found.has_interval:
        limits = format_interval(found.lower_95, found.upper_95, unit, decimals=places)
        shown += f" ({limits})"
    return shown


def _places(part: Part, found: Finding) -> int | None:
    """Return one decimal more than is printed, so that a reader sees how it rounds."""
    if part.recipe is None or part.recipe.kind != "number" or float(found.value).is_integer():
        return 0 if _whole(found) else None
    decimals = len(part.says.partition(".")[2])
    if part.recipe.op == "printed":
        return max(decimals, 1)
    return 0 if not decimals and found.value >= 1000 else decimals + 1


def _whole(found: Finding) -> bool:
    whole = float(found.value).is_integer() and not found.has_interval
    counted = found.unit in COUNT_UNITS or "figures" in found.unit
    return whole and (counted or found.unit.startswith("of "))


def _around(found: Finding) -> list[str]:
    texts = [found.told] if found.told else []
    if not is_missing(found.comparator_value):
        texts.append(f"{found.comparator}: {_compared(found)}")
    texts.append(found.period)
    release = f"release {found.vintage}" if found.series_id else found.vintage
    texts.append(", ".join(filter(None, (found.series_id, release))))
    return [text for text in texts if text]


def _compared(found: Finding) -> str:
    unit = found.unit if found.unit not in COUNT_UNITS and "figures" not in found.unit else ""
    whole = float(found.comparator_value).is_integer() and not unit
    return format_value(found.comparator_value, unit, decimals=0 if whole else None)


def _outcome(result: ClaimResult, one: PartResult, last: bool, notes: Mapping[str, str]) -> str:
    lines = [
        f'<span class="outcome is-{slug(one.outcome.name)}"><span aria-hidden="true">'
        f"{SIGNS[one.outcome]}</span> {escape(one.words)}</span>"
    ]
    texts = [notes.get(one.reason, one.reason)] if one.reason not in one.words else []
    if one.finding is not None and not one.finding.absent:
        texts += [
            _told("Test", one.finding.test, one.reason),
            _told("How", one.finding.method, ""),
        ]
    if last:
        texts += [f"Beside: {what}: {_near(found)}" for what, found in result.beside]
        texts.append(result.claim.note)
    lines += [f'<span class="quiet">{escape(text)}</span>' for text in texts if text]
    return "<br>".join(lines)


def _told(name: str, text: str, already: str) -> str:
    if not text or text.lower() in already.lower():
        return ""
    # That a figure was not tested is no test.
    return f"{text[:1].upper()}{text[1:]}" if text.startswith(NOT_TESTED) else f"{name}: {text}"


def _near(found: Finding) -> str:
    unit = found.unit
    places = None if found.value >= 1 or found.value == 0 else 2
    shown = format_value(found.value, unit, decimals=0 if _whole(found) else places)
    if found.has_interval:
        shown += f" ({format_interval(found.lower_95, found.upper_95, unit)})"
    texts = [f"{shown}, {found.period}"]
    if not is_missing(found.comparator_value):
        texts.append(f"{found.comparator} {_compared(found)}")
    return "; ".join([*texts, *([found.told] if found.told else [])])
