"""Map of the areas whose neighbours are like them, or unlike, by more than chance."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from hwb_analysis import style
from hwb_analysis.figures import cartography, parts
from hwb_analysis.figures.cartography import MapClass
from hwb_analysis.figures.drawn import Drawn, Words, finish
from hwb_analysis.stats.spatial import KINDS, Moran

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

# Dark and light for the two ends, two other hues for areas unlike their neighbours.
FILLS = dict(
    zip(
        KINDS,
        (style.DARK_BLUE, style.LIGHT_PURPLE, style.SEQUENTIAL[4][1], style.ORANGE),
        strict=True,
    )
)
PLAIN = MapClass("neither", style.WHITE)
# Areas that one test alone would flag; among many some always do.
SINGLE = MapClass("only before adjusting", "#d9dcdd")
SINGLE_P = 0.05
NAME_CHARACTERS = 14
COLUMNS = {
    "area_code": "Code",
    "area": "Small area",
    "place": "Place",
    "district": "District",
    "value": "Value",
    "beside": "Mean of neighbours",
    "kind": "Pattern",
    "local": "Local index",
    "p": "Adjusted p",
    "reason": "Not tested",
}


def pattern_map(
    boundaries: GeoDataFrame,
    areas: pd.DataFrame,
    found: Moran,
    *,
    title: str,
    subtitle: str,
    source: str,
    districts: GeoDataFrame,
    neighbours: GeoDataFrame | None = None,
    value_words: str = "value",
    name: str = "map-pattern",
    caption: str = "",
) -> Drawn:
    """Draw small areas by how they lie among their neighbours.

    Parameters
    ----------
    boundaries
        ``area_code``, ``area`` and geometry in EPSG:27700 of the small areas.
    areas
        One row a small area in the order of the boundaries: ``area_code``, ``value``,
        ``district`` and ``place`` (a name that readers know, may be empty).
    found
        Result of :func:`hwb_analysis.stats.spatial.moran` on the same areas in this order.
    districts, neighbours
        Outlines with names: of the districts, and of areas outside.
    value_words
        What the value is, for the caption.

    Returns
    -------
    Drawn
        Map; a table of the areas flagged on the page, and every small area in the file.

    Raises
    ------
    DataContractError
        When boundaries are not on the British grid or areas do not follow their order.

    Examples
    --------
    >>> sorted(FILLS)
    ['high among high', 'high among low', 'low among high', 'low among low']
    """
    shapes, outer = cartography.on_grid(boundaries), cartography.on_grid(districts)
    rows = _rows(shapes, areas, found)
    fills = [_fill(row) for row in rows.to_dict("records")]
    with style.stylesheet():
        canvas = cartography.map_canvas(outer)
        cartography.outlines(canvas, neighbours)
        cartography.fill_areas(canvas, shapes, fills, line=0.15)
        cartography.borders(canvas, outer)
        names = [parts.wrapped(str(a), NAME_CHARACTERS) for a in outer["area"]]
        cartography.label_areas(canvas, outer, names, None)
        cartography.write_legend(canvas, _legend(rows), "Each area and its neighbours")
        cartography.scale_bar(canvas)
        words = Words(
            name=name,
            title=title,
            subtitle=subtitle,
            alt=f"{parts.alt_text(title, 'Map of small areas', subtitle)} {_counted(rows)}",
            caption=f"{_meaning(value_words, found)} {_counted(rows)}{caption and ' '}{caption}",
            source=source,
        )
        table = _flagged(rows)
        whole = rows[list(COLUMNS)].rename(columns=COLUMNS)
        return finish(canvas.figure, words, whole, {"Adjusted p": 3, "Local index": 2}, table)


def _rows(shapes: GeoDataFrame, areas: pd.DataFrame, found: Moran) -> pd.DataFrame:
    needs = ("area_code", "value", "district", "place")
    rows = parts.checked(areas, needs, "a map of a pattern").reset_index(drop=True)
    codes = shapes["area_code"].tolist()
    if rows["area_code"].tolist() != codes or found.local.size != len(codes):
        from hwb_analysis.errors import DataContractError

        raise DataContractError(
            f"one row and one index for each of {len(codes)} boundaries in their order were "
            f"expected, got {len(rows)} rows and {found.local.size} indices",
            remedy="sort both by area_code",
        )
    return rows.assign(
        area=shapes["area"].to_numpy(),
        kind=found.kind,
        local=found.local,
        p=found.adjusted_p,
        single=found.local_p <= SINGLE_P,
        beside=found.neighbours_mean,
        reason=found.reason,
    )


def _fill(row: dict[Hashable, Any]) -> str | None:
    if row["reason"]:
        return None
    return FILLS.get(row["kind"], SINGLE.colour if row["single"] else PLAIN.colour)


def _legend(rows: pd.DataFrame) -> list[MapClass]:
    used = [MapClass(kind, FILLS[kind]) for kind in KINDS if (rows["kind"] == kind).any()]
    if (rows["single"] & (rows["kind"] == "")).any():
        used.append(SINGLE)
    untested = [MapClass("not tested", None)] if (rows["reason"] != "").any() else []
    return [*used, PLAIN, *untested]


def _counted(rows: pd.DataFrame) -> str:
    """Return how many areas there are of each kind."""
    counts = rows["kind"].value_counts()
    told = [f"{counts[kind]} {kind}" for kind in KINDS if kind in counts.index]
    flagged = f"flagged: {_listed(told)}" if told else "none is flagged"
    single = int((rows["single"] & (rows["kind"] == "")).sum())
    tested = int((rows["reason"] == "").sum())
    return (
        f"Of {len(rows)} small areas {flagged}. One test alone would flag {single} more; "
        f"chance alone flags about {SINGLE_P * tested:.0f}."
    )


def _listed(told: Sequence[str]) -> str:
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def _meaning(value_words: str, found: Moran) -> str:
    return (
        f"High and low: {value_words} above and below the mean of the map. An area is filled "
        f"when the figures of its neighbours lie further to one side than {found.shuffles:,} "
        f"shuffles would put them, false discoveries held to 5% over the map."
    )


def _flagged(rows: pd.DataFrame) -> pd.DataFrame:
    shown = rows.loc[rows["kind"] != ""].sort_values(["kind", "value"], ascending=[True, False])
    chosen = ["area", "place", "district", "value", "beside", "kind", "p"]
    table = shown[chosen].rename(columns=COLUMNS).reset_index(drop=True)
    if table.empty:
        return pd.DataFrame({"Pattern": ["none flagged"], "Small areas": [len(rows)]})
    return table
