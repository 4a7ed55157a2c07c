"""Indicators of all districts of the nation on deprivation, the own districts named."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from hwb_analysis.figures.area_line import area_line
from hwb_analysis.figures.drawn import Drawn
from hwb_analysis.reports.data_notes import cited
from hwb_analysis.sources.snapshot import Snapshot
from hwb_analysis.stats.area_gradient import area_gradient
from hwb_analysis.style import difference_unit, format_number

SCORES = "iod2025:imd-score"
POINTS = 10
COMPONENT = "Component of the index (early deaths): description, no inference."


@dataclass(frozen=True, slots=True)
class National:
    """A series published for every district; ``component`` marks a part of the index."""

    series: str
    sex: str = "Persons"
    component: bool = False


NATIONAL = (
    National("fingertips-all:90366", "Male", component=True),
    National("fingertips-all:90366", "Female", component=True),
    National("fingertips-all:93088"),
    National("fingertips-all:92443"),
)


def national_chart(chosen: National, snapshot: Snapshot, own: Collection[str]) -> Drawn:
    """Return the newest figures of all districts over their deprivation scores."""
    rows = _districts(chosen, snapshot)
    found = area_gradient(rows["value"], rows["score"])
    info = snapshot.series[chosen.series]
    people = "" if chosen.sex == "Persons" else f", {chosen.sex.lower()}s"
    slope, low, high = (
        format_number(POINTS * side, 1, signed=True)
        for side in (found.value, found.lower[0], found.upper[0])
    )
    return area_line(
        rows,
        found,
        marked=own,
        title=f"{info.title}{people}: {slope} {difference_unit(info.unit)} for ten points more "
        "of the deprivation score",
        subtitle=f"{info.unit}, {rows['period'].iloc[0]}, districts and unitary authorities; "
        f"95% interval {low} to {high} for ten points more, robust",
        source=cited([snapshot.origins[info.origin_id]]),
        unit=info.unit,
        score="Average deprivation score, 2025 (higher = more deprived)",
        name=f"national-{chosen.series.replace(':', '-')}-{chosen.sex.lower()}",
        caption=COMPONENT if chosen.component else "",
    )


def _districts(chosen: National, snapshot: Snapshot) -> pd.DataFrame:
    """Return one row a district with value and score, of the newest period there is."""
    scores, frame = snapshot.frame([SCORES]), snapshot.frame([chosen.series])
    plain = frame["category"].astype("string").fillna("") == ""
    frame = frame.loc[plain & (frame["sex"] == chosen.sex) & frame["value"].notna()]
    frame = frame.loc[frame["area_code"].isin(scores["area_code"])]
    newest: pd.DataFrame = frame.loc[frame["period_end"] == frame["period_end"].max()]
    score = scores.set_index("area_code")["value"]
    return newest.assign(score=newest["area_code"].map(score)).reset_index(drop=True)
