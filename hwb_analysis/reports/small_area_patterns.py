"""Small areas in the inequality chapter: which resemble their neighbours, who bears what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hwb_analysis.assessment.gradients import Gradient, gradient_of
from hwb_analysis.errors import StatisticsError
from hwb_analysis.figures.concentration_curve import concentration_curve
from hwb_analysis.figures.drawn import Drawn
from hwb_analysis.figures.pattern_map import pattern_map
from hwb_analysis.sources.contiguity import contiguity
from hwb_analysis.sources.snapshot import Snapshot
from hwb_analysis.stats.concentration import Concentration, concentration
from hwb_analysis.stats.shrinkage import shrink_ratios
from hwb_analysis.stats.spatial import Moran, moran

if TYPE_CHECKING:
    from hwb_analysis.strategy.model import GradientLink, Strategy

MOST_CURVES = 5


@dataclass(frozen=True)
class Pattern:
    """Moran's I of small areas, with the areas in the order of their outlines."""

    result: Moran
    areas: pd.DataFrame
    shapes: Any


def pattern_of_scores(small_areas: pd.DataFrame, snapshot: Snapshot, score: str) -> Pattern:
    """Return whether small areas that touch have like figures in the column ``score``."""
    shapes = snapshot.boundaries("lsoa21")
    shapes = shapes.loc[shapes["area_code"].isin(small_areas["area_code"])]
    shapes = shapes.sort_values("area_code").reset_index(drop=True)
    rows = small_areas.set_index("area_code").loc[shapes["area_code"]].reset_index()
    found = moran(rows[score].to_numpy(float), contiguity(shapes))
    return Pattern(found, rows.assign(value=rows[score].astype(float)), shapes)


def pattern_of_share(small_areas: pd.DataFrame, snapshot: Snapshot, series: str) -> Pattern:
    """Return the same of a counted share, in per cent and pulled towards the mean first."""
    counts = snapshot.frame([series]).set_index("area_code")[["count", "denominator"]]
    rows = small_areas.join(counts, on="area_code")
    pulled = shrink_ratios(rows["count"].to_numpy(float), rows["denominator"].to_numpy(float))
    return pattern_of_scores(rows.assign(shrunken=100 * pulled.value), snapshot, "shrunken")


def pattern_chart(
    found: Pattern, strategy: Strategy, snapshot: Snapshot, what: str, source: str, name: str
) -> Drawn:
    """Return the map of small areas that are like or unlike their neighbours."""
    outlines = snapshot.boundaries("districts")
    own = outlines["area_code"].isin([d.code for d in strategy.area.districts])
    names = dict(zip(outlines["area_code"], outlines["area"], strict=True))
    areas = found.areas.assign(
        district=found.areas["district_code"].map(names), place=found.areas["neighbourhood"]
    )
    flagged = int((found.result.kind != "").sum())
    return pattern_map(
        found.shapes,
        areas,
        found.result,
        title=f"{what}: {flagged or 'none'} of {len(areas)} small areas "
        f"{'stands' if flagged <= 1 else 'stand'} out with or against the neighbours",
        subtitle=f"Local Moran's I, {strategy.area.name}",
        source=f"{source} {snapshot.origins['boundaries-districts'].attribution}",
        districts=outlines.loc[own],
        neighbours=outlines.loc[~own],
        value_words="figures",
        name=name,
    )


def concentration_chart(
    links: Iterable[GradientLink], strategy: Strategy, snapshot: Snapshot
) -> Drawn | None:
    """Return the concentration curves of the shares that may be tested, most unequal first.

    Nothing where there is none: no small areas in the data, or only parts of the index.
    """
    chosen = {one.series for one in links if not one.component} & set(snapshot.series)
    tested = [found for series in sorted(chosen) if (found := _tested(series, strategy, snapshot))]
    if not tested:
        return None
    by_name = {one.series.title: _index(one) for one in tested}
    ordered = sorted(by_name.items(), key=lambda item: float(item[1].value))[:MOST_CURVES]
    origins = {one.series.origin_id: None for one in tested}
    sources = [snapshot.origins[one] for one in origins]
    return concentration_curve(
        dict(ordered),
        title="What falls on the more deprived half of residents",
        subtitle=f"Concentration curves over ten groups of equal population by deprivation, "
        f"{strategy.area.name}, crude",
        source="; ".join(f"{o.publisher}, {o.title} ({o.licence})" for o in sources),
        caption="Full counts are treated as if each were one draw",
    )


def _tested(series: str, strategy: Strategy, snapshot: Snapshot) -> Gradient | None:
    try:
        found = gradient_of(series, snapshot, strategy.area.code)
    except StatisticsError:
        return None
    return None if found.caution else found


def _index(found: Gradient) -> Concentration:
    """Return the concentration index of the groups, with the errors of their shares."""
    people, count = (found.groups[name].to_numpy(float) for name in ("denominator", "count"))
    share = count / people
    error = np.sqrt(share * (1 - share) / people)
    return concentration(100 * share, people, se=100 * error)
