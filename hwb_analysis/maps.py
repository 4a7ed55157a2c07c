"""Maps: the geometry comes as an argument, and every map carries its table."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, Any

import pandas as pd

from hwb_analysis import style
from hwb_analysis.errors import DataContractError
from hwb_analysis.figures import cartography, map_insets, parts
from hwb_analysis.figures.cartography import MapClass
from hwb_analysis.figures.drawn import Drawn, Words, finish
from hwb_analysis.figures.scale import Scale, scale
from hwb_analysis.tables import SHORTHAND_OF

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

Edge = tuple[float, float]
MOST_CLASSES = 4
NAME_CHARACTERS = 14


def district_map(
    boundaries: GeoDataFrame,
    values: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    source: str,
    unit: str,
    label: str = "",
    neighbours: GeoDataFrame | None = None,
    name: str | None = None,
    alt: str | None = None,
    caption: str = "",
) -> Drawn:
    """Draw areas filled by value in a few round classes, each with its value written on it.

    Parameters
    ----------
    boundaries
        ``area_code``, ``area`` and geometry in EPSG:27700 of every area to be shown.
    values
        Rows of the tidy frame, one an area. Areas without a value are hatched.
    unit, label
        Unit of the value; what the classes are classes of, for the legend.
    neighbours
        Areas outside, drawn as outlines with their names.

    Returns
    -------
    Drawn
        Map and a table of all areas, with limits where there are any.

    Raises
    ------
    DataContractError
        When the boundaries are not on the British grid, an area stands twice, a value
        has no boundary, or there is no value.
    """
    shapes = cartography.on_grid(boundaries)
    rows = parts.once(
        parts.checked(values, ("area_code", "value"), "a map"), ["area_code"], "a map"
    )
    rows = matched(shapes, rows)
    written = as_written(rows, unit)
    classes = classes_of(written, unit)
    fills = [fill_of(v, classes) for v in written]
    legend = [MapClass(c.text, c.colour) for c in classes]
    if rows["value"].isna().any():
        legend.append(MapClass("no value", None))
    with style.stylesheet():
        canvas = cartography.map_canvas(shapes)
        cartography.outlines(canvas, neighbours)
        cartography.fill_areas(canvas, shapes, fills)
        cartography.label_areas(
            canvas, shapes, [_area_label(r, unit) for _, r in rows.iterrows()], fills
        )
        cartography.write_legend(canvas, legend, label or unit)
        cartography.scale_bar(canvas)
        words = Words(
            name=name or parts.slug("map", rows["series_id"].max(), label),
            title=title,
            subtitle=subtitle,
            alt=parts.alt_text(title, "Map", subtitle) if alt is None else alt,
            caption=_joined(caption, parts.missing_note(rows, "area"), _remarks(rows)),
            source=source,
        )
        table = parts.reader_table(rows, unit, (("area", "Area"),))
        places = parts.table_decimals(rows, unit)
        beside = _short(rows, unit)
        return finish(canvas.figure, words, table, places, table=beside, beside=True)


def lsoa_map(
    boundaries: GeoDataFrame,
    groups: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    source: str,
    districts: GeoDataFrame,
    neighbours: GeoDataFrame | None = None,
    group: str = "decile",
    ends: tuple[str, str] = ("most deprived", "least deprived"),
    insets: Mapping[str, Collection[str]] | None = None,
    name: str = "map-small-areas",
    alt: str | None = None,
    caption: str = "",
) -> Drawn:
    """Draw small areas filled by their deprivation group, most deprived darkest.

    Parameters
    ----------
    boundaries
        ``area_code``, ``area`` and geometry in EPSG:27700 of the small areas.
    groups
        One row a small area: ``area_code``, ``district_code`` and the group (1 is
        ``ends[0]``); with ``residents`` these are summed in the table.
    districts
        Outlines and names of the districts.
    neighbours
        Areas outside, drawn as outlines with their names.
    group
        Column that holds the group; more than five groups are shown two by two.
    insets
        Parts to be shown enlarged beneath the map, such as towns: a name, and the codes of
        the small areas it is made of.

    Returns
    -------
    Drawn
        Map; a table of districts by class on the page, and every small area in the file.

    Raises
    ------
    DataContractError
        As for :func:`district_map`.
    """
    shapes, outer = cartography.on_grid(boundaries), cartography.on_grid(districts)
    needs = ("area_code", "district_code", group)
    rows = parts.checked(groups.assign(value=groups.get(group)), needs, "a map of small areas")
    rows = matched(shapes, parts.once(rows, ["area_code"], "a map of small areas"))
    classes = _group_classes(rows["value"], ends)
    fills = [fill_of(v, classes) for v in rows["value"]]
    with style.stylesheet():
        parts_shown = map_insets.known(shapes, insets or {})
        canvas = cartography.map_canvas(outer, map_insets.room(parts_shown))
        cartography.outlines(canvas, neighbours)
        cartography.fill_areas(canvas, shapes, fills, line=0.15)
        map_insets.add_insets(canvas, shapes, fills, parts_shown)
        cartography.borders(canvas, outer)
        names = [parts.wrapped(str(a), NAME_CHARACTERS) for a in outer["area"]]
        cartography.label_areas(canvas, outer, names, None, map_insets.frames(parts_shown))
        cartography.write_legend(canvas, [MapClass(c.text, c.colour) for c in classes], group)
        cartography.scale_bar(canvas)
        words = Words(
            name=name,
            title=title,
            subtitle=subtitle,
            alt=parts.alt_text(title, "Map of small areas", subtitle) if alt is None else alt,
            caption=_joined(
                caption,
                "Enlarged beneath: the parts in the frames" if parts_shown else "",
                "The file of this figure lists every small area.",
            ),
            source=source,
        )
        known = dict(zip(outer["area_code"], outer["area"], strict=True))
        rows = rows.assign(district=[known.get(code, "") for code in rows["district_code"]])
        return finish(
            canvas.figure, words, _every_area(rows, group), table=_by_district(rows, classes)
        )


def _remarks(rows: pd.DataFrame) -> str:
    noted = rows.loc[rows["value"].notna(), "note"]
    if noted.nunique() == 1 and len(noted) > 1 and (note := str(noted.iloc[0])):
        return f"Every figure: {note}"
    return "Notes on single figures stand in the file of this map" if (noted != "").any() else ""


def _joined(*notes: str) -> str:
    return " ".join(parts.sentence(note) for note in notes if note)


# -- input ---------------------------------------------------------------------


def matched(shapes: GeoDataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each boundary, in the order of the boundaries."""
    unknown = sorted(set(rows["area_code"]) - set(shapes["area_code"]))
    if unknown:
        raise DataContractError(
            f"no boundary for {len(unknown)} areas, first {', '.join(unknown[:3])}",
            remedy="pass boundaries of the same year as the figures",
        )
    keys = shapes[["area_code", "area"]]
    joined = keys.merge(rows.drop(columns="area", errors="ignore"), on="area_code", how="left")
    text = [c for c in parts.OPTIONAL_TEXT if c != "area_code"]
    return pd.DataFrame(joined.assign(**{c: joined[c].fillna("") for c in text}))


def as_written(rows: pd.DataFrame, unit: str) -> pd.Series[float]:
    """Return the values rounded as they are written: the fill follows the number shown."""
    columns = (rows[c] for c in ("value", "lower_95", "upper_95"))
    places = [style.decimals_for(unit, *limits) for limits in zip(*columns, strict=True)]
    return pd.Series(
        [
            value if style.is_missing(value) else style.rounded(value, place)
            for value, place in zip(rows["value"], places, strict=True)
        ],
        dtype="float64",
    )


# -- classes -------------------------------------------------------------------


def classes_of(values: pd.Series[Any], unit: str) -> list[MapClass]:
    """Return round classes of equal width, so that the fill shows size and not rank."""
    # Round edges may make one class more than was asked for: then coarser ones.
    tries = (_edges(values, unit, steps) for steps in range(MOST_CLASSES, 0, -1))
    axis, shown = next(found for found in tries if len(found[1]) <= MOST_CLASSES)
    colours = style.SEQUENTIAL[len(shown)]
    words = [f"{axis.text(a)} to under {axis.text(b)}" for a, b in shown[:-1]]
    words.append(" to ".join(axis.text(edge) for edge in shown[-1]))
    return [
        MapClass(text, colour, a, b)
        for text, (a, b), colour in zip(words, shown, colours, strict=True)
    ]


def _edges(values: pd.Series[Any], unit: str, steps: int) -> tuple[Scale, list[Edge]]:
    """Return a round scale and the edges of its classes, from the lowest to the highest used."""
    axis = scale(values.dropna().tolist(), unit, steps, zero=False)
    edges = list(pairwise(axis.ticks))
    # An edge belongs to the class above it; only the last class holds its upper edge.
    used = [e for e in edges if values.between(*e, inclusive="left").any()]
    if (values == axis.ticks[-1]).any() and edges[-1] not in used:
        used.append(edges[-1])
    return axis, edges[edges.index(used[0]) : edges.index(used[-1]) + 1]


def _group_classes(values: pd.Series[Any], ends: tuple[str, str]) -> list[MapClass]:
    count = int(values.max())
    width = 1 if count <= 5 else ceil(count / 5)
    starts = list(range(1, count + 1, width))
    colours = style.SEQUENTIAL[len(starts)][::-1]
    classes = []
    for start, colour in zip(starts, colours, strict=True):
        last = min(start + width - 1, count)
        text = str(start) if last == start else f"{start} to {last}"
        classes.append(MapClass(text, colour, start - 0.5, last + 0.5))
    first, final = classes[0], classes[-1]
    classes[0] = MapClass(f"{first.text} ({ends[0]})", first.colour, first.low, first.high)
    classes[-1] = MapClass(f"{final.text} ({ends[1]})", final.colour, final.low, final.high)
    return classes


def fill_of(value: float, classes: Sequence[MapClass]) -> str | None:
    """Return the fill of a value's class, or nothing when it is missing."""
    if style.is_missing(value):
        return None
    # A value on an edge belongs to the class above it; the topmost edge to the last class.
    inside = [c for c in classes if c.low <= value < c.high]
    return (inside or [classes[-1]])[0].colour


def _area_label(row: pd.Series[Any], unit: str) -> str:
    name = parts.wrapped(str(row["area"]), NAME_CHARACTERS)
    if pd.isna(row["value"]):
        return f"{name}\n{SHORTHAND_OF.get(row['status'], '[x]')}"
    places = style.decimals_for(unit, row["value"], row["lower_95"], row["upper_95"])
    shown = style.format_value(row["value"], "%" if unit == "%" else "", decimals=places)
    return f"{name}\n{shown}"


# -- tables --------------------------------------------------------------------


def _short(rows: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return area, value and interval, narrow enough to stand next to the map."""
    table = pd.DataFrame({"Area": rows["area"], parts.value_heading(unit): rows["value"]})
    if rows["lower_95"].notna().any():
        places = parts.table_decimals(rows, unit)[parts.LOWER]
        table["95% interval"] = [
            "" if style.is_missing(low) else style.format_interval(low, high, decimals=places)
            for low, high in zip(rows["lower_95"], rows["upper_95"], strict=True)
        ]
    status = rows["status"].replace(parts.STATUS_WORDS)
    return table if (status == "published").all() else table.assign(Status=status)


def _every_area(rows: pd.DataFrame, group: str) -> pd.DataFrame:
    columns = {"area_code": "Code", "area": "Small area", "district": "District", "value": group}
    if "residents" in rows:
        columns["residents"] = "Residents"
    return rows[list(columns)].rename(columns={**columns, "value": group.capitalize()})


def _by_district(rows: pd.DataFrame, classes: Sequence[MapClass]) -> pd.DataFrame:
    table = pd.DataFrame({"District": sorted(set(rows["district"]))})
    counts = rows.groupby("district")["value"]
    for one in classes:
        inside = rows["value"].between(one.low, one.high).groupby(rows["district"]).sum()
        table[f"Small areas in {one.text}"] = table["District"].map(inside)
    table["Small areas"] = table["District"].map(counts.size())
    if "residents" in rows:
        table["Residents"] = table["District"].map(rows.groupby("district")["residents"].sum())
    return table
