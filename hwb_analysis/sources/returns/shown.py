"""Which returned figure may be shown: one that its rule set does not hide."""

from __future__ import annotations

from dataclasses import dataclass

from hwb_analysis.sources.local.rules import RuleSet, rule_set
from hwb_analysis.sources.returns.model import FACTOR, MeasureReturn, Unit

WITHHELD = "withheld to protect small numbers"
UNCOUNTED = "not shown: no count came with it to check for small numbers"


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as it may be shown; ``value`` is None where it may not, for the reason given."""

    value: float | None
    reason: str = ""


def shown_figure(item: MeasureReturn) -> Shown:
    """Return the figure of a return as its disclosure rule set lets it be seen.

    A figure is withheld when its count or denominator is in the protected range, and when
    no count came with it. Under a rule set that rounds, a share or a rate is worked out
    from the rounded counts. Totals and differences between tables are not looked at here.

    Examples
    --------
    >>> from datetime import date
    >>> from hwb_analysis.sources.returns.model import FigureStatus
    >>> def of(count, base):
    ...     return MeasureReturn("T-01", FigureStatus.FINAL, date(2026, 4, 1), "Team", None,
    ...                          100 * count / base, "%", count, base)
    >>> shown_figure(of(12, 41)).value, shown_figure(of(3, 41)).reason
    (25.0, 'withheld to protect small numbers')
    """
    if item.value is None:
        return Shown(None, "no figure returned")
    rule = rule_set(item.disclosure)
    if not rule.highest:
        return Shown(item.value)
    count = _count(item)
    if count is None:
        return Shown(None, UNCOUNTED)
    if rule.hides(round(count)) or rule.hides(item.denominator):
        return Shown(None, WITHHELD)
    return Shown(_rounded(item, count, rule))


def _count(item: MeasureReturn) -> float | None:
    if item.count is not None or item.value is None:
        return item.count
    if item.unit == Unit.COUNT:
        return item.value
    if item.denominator is not None and item.unit in FACTOR:
        return item.value * item.denominator / FACTOR[Unit(item.unit)]
    return None


def _rounded(item: MeasureReturn, count: float, rule: RuleSet) -> float | None:
    if item.unit == Unit.COUNT and item.value is not None:
        return rule.rounded(item.value)
    if rule.base > 1 and item.denominator and item.unit in FACTOR:
        return FACTOR[Unit(item.unit)] * rule.rounded(count) / rule.rounded(item.denominator)
    return item.value
