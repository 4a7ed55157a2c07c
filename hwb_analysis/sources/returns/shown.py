"""Which returned figure may be shown: one that its rule set does not hide."""

from __future__ import annotations

from dataclasses import dataclass

from hwb_analysis.sources.local.rules import RuleSet, rule_set
from hwb_analysis.sources.returns.model import FACTOR, MeasureReturn, Progress, Returns, Unit

WITHHELD = "withheld to protect small numbers"
UNCOUNTED = "not shown: no count came with it to check for small numbers"

# The word of the verdicts for a milestone or an award that is reached.
ACHIEVED = "achieved"


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


@dataclass(frozen=True, slots=True)
class Evidence:
    """A return as a verdict may use it: its status, and its figure where that may be shown."""

    status: str
    value: float | None


def evidence(returns: Returns) -> dict[str, Evidence]:
    """Return the newest return for each measure, without any figure that has to be hidden.

    This is what ``judge(..., evidence=...)`` takes; a measure that is done is ``achieved``
    there.

    Examples
    --------
    >>> from datetime import date
    >>> item = MeasureReturn("T-01", Progress.DONE, date(2026, 4, 1), "Team", value=3.0,
    ...                      unit="count")
    >>> evidence(Returns({"T-01": (item,)}))["T-01"]
    Evidence(status='achieved', value=None)
    """
    newest = {own: items[-1] for own, items in returns.measures.items()}
    return {
        own: Evidence(
            ACHIEVED if item.status is Progress.DONE else item.status.value,
            shown_figure(item).value,
        )
        for own, item in newest.items()
    }
