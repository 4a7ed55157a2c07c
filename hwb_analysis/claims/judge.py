"""Rules by which a recomputed figure agrees with a printed one."""

from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation

from hwb_analysis.claims.model import Finding, Outcome, Part
from hwb_analysis.errors import RegistryError

Verdict = tuple[Outcome, str]
# A half-unit counts as reproduced whichever way a publisher rounds it.
SLACK = 1e-9
OPPOSITE = {"better": "worse", "worse": "better"}


def judge(part: Part, finding: Finding) -> Verdict:
    """Return the outcome of a part and its reason.

    Parameters
    ----------
    part
        What is printed; its recipe says whether a number, a category, a direction or a
        fact is to agree.
    finding
        What the operation found.

    Raises
    ------
    RegistryError
        When a number is to agree with a printed word.
    """
    if finding.absent:
        return Outcome.LACKS, finding.absent
    kind = part.recipe.kind if part.recipe is not None else "fact"
    outcome, reason = RULES[kind](part, finding)
    if part.at_best is not None and outcome in (Outcome.REPRODUCED, Outcome.CLOSE):
        return part.at_best, part.because
    return outcome, sentences(reason, part.because)


def sentences(*texts: str) -> str:
    """Return texts as sentences after one another, each with its capital and its stop.

    Examples
    --------
    >>> sentences("no interval is published", "", "Above the nation.")
    'No interval is published. Above the nation.'
    """
    told = (f"{text[:1].upper()}{text[1:].rstrip('.')}." for text in texts if text)
    return " ".join(told)


def printed_number(text: str) -> tuple[float, float]:
    """Return a printed number and the unit of its last digit.

    Raises
    ------
    RegistryError
        When the text is no number.

    Examples
    --------
    >>> printed_number("16.0")
    (16.0, 0.1)
    >>> printed_number("48500")
    (48500.0, 1.0)
    """
    try:
        number = Decimal(text)
        exponent = number.as_tuple().exponent
    except InvalidOperation:
        exponent = "n"
    if not isinstance(exponent, int):
        raise RegistryError(
            f"a printed number was expected, '{text}' came",
            remedy="write the figure as it is printed, in quotes, such as '16.0'",
        )
    return float(number), 10.0 ** min(exponent, 0)


def number_agrees(
    printed: str, value: float, lower: float = math.nan, upper: float = math.nan, step: float = 0.0
) -> Verdict:
    """Return whether a figure agrees with a printed one.

    ``reproduced``: ``|value - printed| <= unit / 2``, with unit that of the last printed
    digit (or ``step``), so that it rounds to the printed figure. ``close``: the rounded
    value is one unit away, or the printed figure lies inside the 95 per cent limits.

    Parameters
    ----------
    printed
        As printed, with its decimals.
    value, lower, upper
        The recomputed figure with its limits, missing where there are none.
    step
        The unit that was rounded to, where it is not that of the last digit.

    Examples
    --------
    >>> number_agrees("91.7", 91.74)[0].value
    'reproduced'
    >>> number_agrees("91.7", 91.82)
    (<Outcome.CLOSE: 'close'>, 'within one unit of the last printed digit')
    >>> number_agrees("63.5", 62.7, 60.4, 64.9)[0].value
    'close'
    >>> number_agrees("81", 85.7)[0].value
    'differs'
    """
    wanted, unit = printed_number(printed)
    unit = step or unit
    away = abs(value - wanted)
    if away <= unit / 2 + SLACK:
        return Outcome.REPRODUCED, ""
    if away <= unit * 1.5 + SLACK:
        return Outcome.CLOSE, "within one unit of the last printed digit"
    if lower <= wanted <= upper:
        return Outcome.CLOSE, "the printed figure lies inside the 95 % interval"
    return Outcome.DIFFERS, ""


def bound_agrees(printed: str, value: float, bound: str, step: float = 0.0) -> Verdict:
    """Return whether a figure keeps to a printed limit.

    ``over``: above the printed figure, and below the next one that would have been printed
    when the strategy rounds to ``step``. ``at least``: not below it.

    Examples
    --------
    >>> bound_agrees("61300", 61309, "over", 100)[0].value
    'reproduced'
    >>> bound_agrees("61300", 61412, "over", 100)[0].value
    'differs'
    >>> bound_agrees("1", 2, "at least")[0].value
    'reproduced'
    """
    wanted, _ = printed_number(printed)
    if bound == "over":
        kept = value > wanted and (not step or value < wanted + step)
    else:
        kept = value >= wanted - SLACK
    return (Outcome.REPRODUCED if kept else Outcome.DIFFERS), ""


def _number(part: Part, finding: Finding) -> Verdict:
    if part.bound:
        return bound_agrees(part.says, finding.value, part.bound, part.step)
    return number_agrees(part.says, finding.value, finding.lower_95, finding.upper_95, part.step)


def _category(part: Part, finding: Finding) -> Verdict:
    if finding.word:
        return _word(part, finding)
    if part.says in OPPOSITE and finding.tendency == OPPOSITE[part.says]:
        return Outcome.DIFFERS, "the value lies on the other side of the comparator"
    return Outcome.VALUE_ONLY, finding.test


def _direction(part: Part, finding: Finding) -> Verdict:
    needs_test = part.recipe is not None and part.recipe.op == "trend"
    if finding.word != part.says:
        return Outcome.DIFFERS, ""
    if needs_test and not finding.tested:
        return Outcome.DIRECTION_ONLY, "the values go this way; no test bears it out"
    return Outcome.REPRODUCED, ""


def _word(part: Part, finding: Finding) -> Verdict:
    return (Outcome.REPRODUCED if finding.word == part.says else Outcome.DIFFERS), ""


RULES = {"number": _number, "category": _category, "direction": _direction, "fact": _word}
