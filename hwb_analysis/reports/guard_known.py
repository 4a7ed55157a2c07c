"""Figures of a measure that readers may see: none of them tells one that is withheld.

Published series, returns and plans of one measure stand beside each other on its page, and
the same number occurs in several of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from hwb_analysis.disclosure.leak_ties import spellings
from hwb_analysis.sources.plans import PlanRow
from hwb_analysis.sources.returns import MeasureReturn, shown_figure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hwb_analysis.sources.snapshot import Snapshot
    from hwb_analysis.strategy.model import Measure, Strategy

NUMBERS = ("value", "count", "denominator", "lower_95", "upper_95")
PLANNED = "planned"
Labels = Mapping[str, frozenset[str]]
Column = tuple["NDArray[np.float64]", "NDArray[np.str_]", "NDArray[np.str_]"]


@dataclass
class Known:
    """What may be read of each measure, read once a run.

    ``plans`` are the rows of all plans, ``returns`` those of the forms by measure.
    """

    strategy: Strategy
    snapshot: Snapshot
    returns: Mapping[str, Sequence[MeasureReturn]] = field(default_factory=dict)
    plans: Sequence[PlanRow] = ()
    _published: dict[str, Column] = field(default_factory=dict)

    def labels(self, number: float, measure: Measure, area: str = "") -> Labels:
        """Return which spellings of a number readers may see, with labels of their rows.

        With an area only its own figures; returns and plans are of the strategy's area.
        """
        found: dict[str, frozenset[str]] = {}
        others = list(self._others(measure)) if area in ("", self.strategy.area.code) else []
        numbers, periods, areas = self._of_series(measure)
        if area:
            numbers, periods = numbers[areas == area], periods[areas == area]
        for text in spellings(number):
            _, _, decimals = text.partition(".")
            close = 0.5000001 * 10.0 ** -len(decimals)
            same = np.flatnonzero((np.abs(numbers - float(text)) <= close).any(axis=1))
            named = {str(periods[i]) for i in same.tolist()}
            named |= {label for other, label in others if text in spellings(other)}
            if named:
                found[text] = frozenset(named)
        return found

    def _others(self, measure: Measure) -> Iterator[tuple[float, str]]:
        for row in (row for row in self.plans if row.measure_id == measure.id):
            # What is planned stands in every row of the plan, under its own heading.
            yield row.planned, PLANNED
            if row.shown_actual is not None:
                yield row.shown_actual, span_of(row)
                yield row.shown_actual - row.planned, span_of(row)
        for item in self.returns.get(measure.id, ()):
            shown = shown_figure(item).value
            if shown is not None and item.period:
                yield shown, item.period.label.lower()

    def _of_series(self, measure: Measure) -> Column:
        """Return the numbers of the published series of a measure by row, with period and area."""
        if measure.id not in self._published:
            held = [s for s in series_of(self.strategy, measure) if s in self.snapshot.series]
            self._published[measure.id] = self._read([s for s in held if _is_public(s)])
        return self._published[measure.id]

    def _read(self, series: Sequence[str]) -> Column:
        if not series:
            nothing = np.empty(0, dtype=np.str_)
            return np.empty((0, len(NUMBERS))), nothing, nothing
        area = self.strategy.area
        codes = {a.code for a in (area, *area.districts, area.region, area.nation)}
        frame = self.snapshot.frame(list(series))
        own = frame.loc[frame["area_code"].isin(codes)]
        periods, areas = own["period"].str.lower(), own["area_code"]
        numbers = own[list(NUMBERS)].to_numpy(float)
        return numbers, periods.to_numpy(np.str_), areas.to_numpy(np.str_)


def _is_public(series_id: str) -> bool:
    return ":" in series_id and not series_id.startswith("local:")


def series_of(strategy: Strategy, measure: Measure) -> list[str]:
    """Return every series that speaks to a measure."""
    found = [s.id for link in measure.indicators for s in strategy.indicator(link.key).series]
    return list(dict.fromkeys(found))


def span_of(row: PlanRow) -> str:
    """Return the period of a row of a plan as its table writes it."""
    days = (f"{d.day} {d:%b %Y}".lower() for d in (row.start, row.end))
    return " to ".join(days)


def together(found: Iterable[Labels]) -> dict[str, frozenset[str]]:
    """Return the labels of several measures as one.

    Examples
    --------
    >>> made = together([{"3": frozenset({"2023"})}, {"3": frozenset({"2024"})}])
    >>> sorted(made["3"])
    ['2023', '2024']
    """
    out: dict[str, frozenset[str]] = {}
    for labels in found:
        for text, named in labels.items():
            out[text] = out.get(text, frozenset()) | named
    return out
