"""Which outlines a map of a strategy's districts is drawn on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from hwb_analysis.sources.snapshot import Snapshot
    from hwb_analysis.strategy.model import Strategy

LEVELS = ("districts", "districts-england")


def outlines_of(strategy: Strategy, snapshot: Snapshot) -> tuple[GeoDataFrame, GeoDataFrame, str]:
    """Return the outlines of the districts, those of their neighbours, and the credit line.

    The fine outlines of the snapshot's own county where they hold every district, else
    the coarse ones of England, with the districts that touch.
    """
    codes = {d.code for d in strategy.area.districts}
    for level in LEVELS:
        outlines = snapshot.boundaries(level)
        own = outlines.loc[outlines["area_code"].isin(codes)]
        if codes <= set(own["area_code"]):
            break
    others = outlines.loc[~outlines["area_code"].isin(codes)]
    around = others.loc[others.intersects(own.union_all())]
    return own, around, snapshot.origins[f"boundaries-{level}"].attribution
