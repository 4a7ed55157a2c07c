"""The reasons of verdicts: one template a code, so that a reason is data before it is text."""

from __future__ import annotations

from collections.abc import Mapping

from hwb_analysis.assessment.judgement import Reason
from hwb_analysis.errors import UsageError
from hwb_analysis.stats.result import between, figure

SMALLEST_TOLD = 0.001
TEMPLATES: Mapping[str, str] = {
    "no-figure": "{why}",
    "local-due": "only the partners' own records can answer, and no return has been received",
    "proxy": "a proxy: its direction is its own and is no verdict on the measure",
    "only-proxies": "only a proxy is published, which gives no verdict on the measure",
    "target-met": "the whole 95 % interval of {period} is on the wanted side of {target}",
    "target-missed": "the whole 95 % interval of {period} is on the other side of {target}",
    "target-open": "the 95 % interval of {period} contains {target}",
    "target-untested": "not tested against {target}: {why}",
    "not-since": "the newest period is {latest}; none starts after the end of the baseline's",
    "never-tested": "{basis} figures are not tested",
    "no-interval": "no counts and no interval are published, so no change can be tested",
    "gap-crossed": "the gap was zero or has changed sides since the baseline, so that the test "
    "does not say whether it is nearer to zero",
    "few-points": "{usable} usable point{s}; five are needed",
    "untestable": "the change since the baseline is not tested: {why}",
    "change": "{latest} minus {baseline}: {difference} (95 % interval {limits})",
    "family": "adjusted p {q} (by itself {p}), among {figures} tested {where}",
    "pandemic-agrees": "the comparison touches the pandemic; {latest} against {baseline}, "
    "{without}, says the same: {direction}",
    "pandemic-differs": "the comparison touches the pandemic; {latest} against {baseline}, "
    "{without}, says otherwise: {direction}, here {main}",
    "pandemic-alone": "the comparison touches the pandemic and cannot be repeated without "
    "those periods: {why}",
    "size-first": "a register: read the size of the change before its p value",
    "marker-agrees": "the national recent-trend marker says so too: {marker}",
    "marker-differs": "the national recent-trend marker says otherwise: {marker}",
    "carried-forward": "{periods} repeat{s} the figure before and {are} left out of the tests",
    "sustained": "sustained: {years} years or more, with no statistically significant setback",
    "not-yet-sustained": "not yet called sustained: fewer than {years} years since the baseline",
    "setback": "not called sustained: {later} is statistically significantly worse than {earlier}",
    "second-baseline": "since the second baseline, {latest} against {baseline}: {direction} "
    "(not adjusted)",
    "category": "against {comparator}: {now} now, {then} at the baseline",
    "composite": "{count} of {tested} tested parts: {verdict}",
    "parts-untested": "{count} of {parts} parts could not be tested",
    "returned": "reported by the partners, not tested here: {status}",
    "returned-figure": "returned figure, not tested ({when})",
    "returned-withheld": "a figure was returned ({when}), {why}; not tested",
}


def because(code: str, /, **values: object) -> Reason:
    """Return a reason by its code, its text filled in from the values.

    Raises
    ------
    UsageError
        When the code is unknown or a value of its text is missing.

    Examples
    --------
    >>> because("few-points", usable=1, s="").text
    '1 usable point; five are needed'
    """
    template = TEMPLATES.get(code)
    if template is None:
        raise UsageError(f"the reason '{code}' is not known", where="assessment/reasons.py")
    try:
        text = template.format(**values)
    except KeyError as error:
        raise UsageError(f"the reason '{code}' lacks the value {error}") from error
    return Reason(code, text, dict(values))


def spread(low: float, high: float) -> str:
    """Return two limits as text, as the results of the statistics do."""
    return between(low, high)


def chance(p_value: float) -> str:
    """Return a p value for the text of a reason; below 0.001 no digits are given.

    Examples
    --------
    >>> chance(0.0123), chance(1e-12)
    ('0.012', '< 0.001')
    """
    return "< 0.001" if p_value < SMALLEST_TOLD else number(p_value, 2)


def number(value: float, digits: int = 3) -> str:
    """Return a number for the text of a reason; pages format their own from the values."""
    return figure(value, digits)
