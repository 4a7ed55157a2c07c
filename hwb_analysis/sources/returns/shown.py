"""Which returned figure may be shown: one that its rule set does not hide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from hwb_analysis.sources.local.rules import RuleSet, rule_set
from hwb_analysis.sources.returns.model import FACTOR, MeasureReturn, Returns, Unit

WITHHELD = "withheld to protect small numbers"
UNCOUNTED = "not shown: no count came with it to check for small numbers"
NOTHING = "no figure returned"


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
        return Shown(None, NOTHING)
    rule = rule_set(item.disclosure)
    if not rule.highest:
        return Shown(item.value)
    count = _count(item)
    if count is None:
        return Shown(None, UNCOUNTED)
    # A value that is a number of people is one whatever stands in the column of counts.
    people = item.value if item.unit == Unit.COUNT else count
    if any(rule.hides(round(n)) for n in (count, people)) or rule.hides(item.denominator):
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
    if rule.base == 1 or item.unit not in FACTOR or item.value is None:
        return item.value
    if item.denominator:
        return FACTOR[Unit(item.unit)] * rule.rounded(count) / rule.rounded(item.denominator)
    # Of how many is published elsewhere, or follows: the exact share would give the count.
    return item.value * rule.rounded(count) / count if count else item.value


@dataclass(frozen=True, slots=True)
class Evidence:
    """A return as verdicts and pages may use it: nothing that has to be hidden is in it.

    ``value`` is None where no figure came or where it may not be shown; ``reason`` says
    which. ``rule`` is the rule set that the figure has passed, one that hides nothing where
    it is public already. ``older`` are the returns before it, the newest of them first.
    """

    status: str
    value: float | None = None
    unit: str = ""
    period: str = ""
    who: str = ""
    returned: date | None = None
    note: str = ""
    reason: str = ""
    rule: RuleSet | None = None
    derived: bool = False
    older: tuple[Evidence, ...] = ()

    @property
    def withheld(self) -> bool:
        """Say whether a figure came that may not be shown."""
        return self.value is None and self.reason not in ("", NOTHING)

    @property
    def public(self) -> bool:
        """Say whether the figure is one that anybody may see in full."""
        return self.rule is not None and not self.rule.highest


def evidence(returns: Returns) -> dict[str, Evidence]:
    """Return what was returned for each measure, without any figure that has to be hidden.

    This is what ``judge(..., evidence=...)`` takes and what every page shows: the newest
    return of a measure, which holds the older ones.

    Examples
    --------
    >>> from datetime import date
    >>> from hwb_analysis.sources.returns.model import Progress
    >>> item = MeasureReturn("T-01", Progress.DONE, date(2026, 4, 1), "Team", value=3.0,
    ...                      unit="count")
    >>> found = evidence(Returns({"T-01": (item,)}))["T-01"]
    >>> found.status, found.value, found.reason
    ('done', None, 'withheld to protect small numbers')
    """
    return {own: _with_older(items) for own, items in returns.measures.items()}


def _with_older(items: Sequence[MeasureReturn]) -> Evidence:
    *older, newest = (_evidence(item) for item in items)
    return replace(newest, older=tuple(reversed(older)))


def _evidence(item: MeasureReturn) -> Evidence:
    figure = shown_figure(item)
    return Evidence(
        status=item.status.value,
        value=figure.value,
        unit=item.unit,
        period=item.period.label if item.period else "",
        who=item.who,
        returned=item.returned,
        note=item.note,
        reason=figure.reason,
        rule=None if figure.reason == NOTHING else rule_set(item.disclosure),
        derived=item.derived,
    )
