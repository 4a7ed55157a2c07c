"""Constructed series and assessments, so that every verdict can be asked for by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import pytest

from hwb_analysis.assessment import Assessment, Context
from hwb_analysis.assessment.evidence import comparison, marker
from hwb_analysis.assessment.model import reading
from hwb_analysis.assessment.movement import change_on, usable_rows
from hwb_analysis.frame import conform
from hwb_analysis.periods import parse_period
from hwb_analysis.stats.verbs import with_limits
from hwb_analysis.strategy import load_strategy
from hwb_analysis.strategy.model import Break, Indicator, Measure, SeriesLink, Target
from hwb_analysis.strategy.parts import Part
from hwb_analysis.vocabulary import Direction, Grade, MeasureType, Polarity, SeriesUse

AREA, NATION = "E06000001", "E92000001"
GOOD = {Polarity.HIGH: Direction.INCREASE, Polarity.LOW: Direction.DECREASE}


@dataclass(frozen=True)
class Made:
    """A context and what builds assessments for it."""

    context: Context

    def figures(
        self,
        area: str,
        years: Sequence[str],
        values: Sequence[float | None],
        *,
        people: float = 2000,
        more: float = 7,
        half: float | None = None,
        name: str = "Northshire",
        **columns: Any,
    ) -> pd.DataFrame:
        """Return percentages as a tidy frame: counts of people, or limits half a width away.

        The number of people grows by ``more`` a period, as it does in life.
        """
        periods = [parse_period(y) for y in years]
        shares = pd.Series(values, dtype="float64")
        asked = people + more * pd.Series(range(len(shares)), dtype="float64")
        counts = (shares * asked / 100).round()
        data: dict[str, Any] = {
            "series_id": "demo:share",
            "vintage": "1",
            "area_code": area,
            "area": name,
            "area_type": "Unitary authority" if area != NATION else "England",
            "period": [p.label for p in periods],
            "period_start": [p.start for p in periods],
            "period_end": [p.end for p in periods],
            "period_kind": [p.kind.value for p in periods],
            "sex": "Persons",
            "unit": "%",
            "value": shares,
            "basis": "complete_count",
            "grade": "A",
            "status": ["ok" if v is not None else "missing" for v in values],
            "origin_id": "demo",
        }
        if half is None:
            data |= {"count": counts, "denominator": asked, "value": 100 * counts / asked}
        elif half > 0:
            for level, width in (("95", half), ("998", 1.577 * half)):
                data |= {f"lower_{level}": shares - width, f"upper_{level}": shares + width}
        return with_limits(conform(pd.DataFrame(data | columns)))

    def measure(
        self,
        direction: Direction,
        target: Target | None = None,
        kind: MeasureType = MeasureType.OPEN,
        code: str = "DEM-ONE-01",
    ) -> Measure:
        """Return a measure with no indicators of its own."""
        return Measure(
            id=code,
            title="A measure of demonstration",
            direction=direction,
            target=target,
            population="everyone",
            type=kind,
            reason="nothing is published",
        )

    def part(
        self,
        polarity: Polarity,
        *,
        use: SeriesUse = SeriesUse.PRIMARY,
        breaks: Sequence[date] = (),
        wanted: Direction | None = None,
        name: str = "People who demonstrate",
        label: str = "",
    ) -> Part:
        """Return a part that speaks of the demonstration series."""
        cuts = tuple(Break(after=day, reason="a new definition", source="x") for day in breaks)
        link = SeriesLink(id="demo:share", use=use, breaks=cuts)
        indicator = Indicator(
            key="share",
            name=name,
            sex=("Persons",),
            age="all",
            value_type="proportion",
            polarity=polarity,
            unit="%",
            provider="nobody",
            benchmark_method="interval-95",
            period="calendar",
            series=(link,),
        )
        way = wanted or GOOD.get(polarity, Direction.INCREASE)
        blank = dict.fromkeys(("sex", "age", "category_type", "category"), "")
        return Part(
            measure_id="DEM-ONE-01",
            indicator=indicator,
            series=link,
            label=label,
            use=use,
            polarity=polarity,
            wanted=way,
            sentence="It stands near the measure." if use is SeriesUse.PROXY else "",
            **blank,
        )

    def assessment(
        self,
        own: pd.DataFrame,
        polarity: Polarity = Polarity.HIGH,
        *,
        nation: float | None = None,
        target: Target | None = None,
        measure: Measure | None = None,
        **options: Any,
    ) -> Assessment:
        """Return the assessment of one constructed series, as the library would make it."""
        part = self.part(polarity, **options)
        asked = measure or self.measure(part.wanted, target)
        labels, count = list(own["period"]), len(own)
        other = self.figures(NATION, labels, [nation] * count, half=0.0, name="England")
        usable, _ = usable_rows(own)
        valued = own.loc[own["value"].notna()]
        row = valued.iloc[-1] if len(valued) else None
        cuts = [b.after for b in part.series.breaks]
        base: dict[str, Any] = {}
        if row is not None:
            both = pd.concat([own, other], ignore_index=True)
            last = other.loc[other["period_end"] == row["period_end"]].iloc[-1]
            word, firm, why = comparison(both, row, NATION, polarity)
            base = {
                "latest": reading(row),
                "comparator": reading(last) if nation is not None else None,
                "comparison": word,
                "comparison_998": firm,
                "comparison_reason": why,
                "marker": marker(own, part),
                "change": change_on(usable, self.context.strategy.baseline(asked), cuts),
                "age_months": reading(row).period.age_in_months(self.context.as_of),
            }
        return Assessment(
            measure=asked,
            priority=self.context.strategy.priorities[0],
            part=part,
            series=None,
            area="Northshire",
            comparator_area="England",
            grade=Grade.A if row is not None else Grade.D,
            reason="" if row is not None else "the series holds no figure for this area",
            history=own,
            comparator_history=other if nation is not None else other.iloc[:0],
            **base,
        )

    def without(self, measure: Measure, reason: str = "not in this snapshot") -> Assessment:
        """Return the assessment of a measure that has no series."""
        return Assessment(
            measure=measure,
            priority=self.context.strategy.priorities[0],
            part=None,
            series=None,
            area="Northshire",
            comparator_area="England",
            grade=Grade.D,
            reason=reason,
        )


@pytest.fixture(scope="session")
def made() -> Made:
    """Return the builder, with the registry's baselines and no snapshot behind it."""
    nothing: Any = None
    return Made(Context(load_strategy(), nothing, AREA, NATION, date(2026, 11, 1)))


@pytest.fixture(scope="session")
def years() -> Callable[[int, int], list[str]]:
    """Return labels of calendar years, from one to another."""
    return lambda first, last: [str(y) for y in range(first, last + 1)]
