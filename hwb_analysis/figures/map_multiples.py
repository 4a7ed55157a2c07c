"""Small multiples: the same districts several times, filled by one set of classes."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

import pandas as pd

from hwb_analysis import style
from hwb_analysis.errors import DataContractError
from hwb_analysis.figures import cartography, parts
from hwb_analysis.figures.cartography import MARGIN, MapClass
from hwb_analysis.figures.drawn import Drawn, Words, finish
from hwb_analysis.maps import as_written, classes_of, fill_of, matched
from hwb_analysis.tables import SHORTHAND_OF

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

NEEDS = ("area_code", "value", "panel")
COLUMNS, MOST, BESIDE = 3, 12, 4
TITLE, GAP, LEGEND, TALLEST = 0.36, 0.14, 0.46, 2.6
TITLE_CHARACTERS = 28


def map_multiples(
    boundaries: GeoDataFrame,
    values: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    source: str,
    unit: str,
    label: str = "",
    columns: int = COLUMNS,
    name: str = "map-multiples",
    alt: str | None = None,
    caption: str = "",
) -> Drawn:
    """Draw one small map a panel, all with the same classes, so that panels compare.

    Parameters
    ----------
    boundaries
        ``area_code``, ``area`` and geometry in EPSG:27700.
    values
        ``panel`` (the words above a map: a period, a sex, a measure of the same unit),
        ``area_code`` and ``value``; optional columns as in the tidy frame. One row an area
        and panel; an area without a value is hatched.
    unit, label
        Unit of all values; what the classes are classes of.
    columns
        Panels side by side.

    Returns
    -------
    Drawn
        Picture, and beside it a table with one row an area and one column a panel; every
        value with its limits stands in the file.

    Raises
    ------
    DataContractError
        As for :func:`hwb_analysis.maps.district_map`, or when there are more than twelve
        panels.
    """
    shapes = cartography.on_grid(boundaries)
    rows = parts.once(parts.checked(values, NEEDS, "maps"), ["panel", "area_code"], "maps")
    panels = list(dict.fromkeys(rows["panel"].map(parts.plain)))
    if len(panels) > MOST:
        raise DataContractError(
            f"small maps can be compared up to {MOST}; got {len(panels)}",
            remedy="choose fewer panels, or make two figures",
        )
    rows["panel"] = rows["panel"].map(parts.plain)
    each = [matched(shapes, rows.loc[rows["panel"] == panel]) for panel in panels]
    written = [as_written(one, unit) for one in each]
    classes = classes_of(pd.concat(written, ignore_index=True), unit)
    with style.stylesheet():
        figure = _draw(shapes, panels, each, written, classes, unit, label or unit, columns)
        words = Words(
            name=name,
            title=title,
            subtitle=subtitle,
            alt=parts.alt_text(title, f"{len(panels)} small maps", subtitle)
            if alt is None
            else alt,
            caption=_caption(caption, panels, each),
            source=source,
        )
    return finish(
        figure, words, _data(panels, each, unit), _decimals(panels, each, unit),
        table=_table(shapes, panels, each), beside=len(panels) <= BESIDE,
    )  # fmt: skip


def _draw(
    shapes: GeoDataFrame,
    panels: Sequence[str],
    each: Sequence[pd.DataFrame],
    written: Sequence[pd.Series[float]],
    classes: Sequence[MapClass],
    unit: str,
    label: str,
    columns: int,
) -> Any:
    columns = 2 if len(panels) == 4 else max(min(columns, len(panels)), 1)
    west, south, east, north = shapes.total_bounds
    width = (style.WIDTH - 2 * MARGIN - GAP * (columns - 1)) / columns
    height = min(width * (north - south) / (east - west), TALLEST)
    lines = ceil(len(panels) / columns)
    size = (style.WIDTH, MARGIN + LEGEND + lines * (TITLE + height + GAP))
    frame = parts.canvas(size, 0.0, 0.0, 0.0, 0.0)
    frame.axes.remove()
    for place, (panel, rows, values) in enumerate(zip(panels, each, written, strict=True)):
        line, column = divmod(place, columns)
        x = MARGIN + column * (width + GAP)
        y = size[1] - (line + 1) * (TITLE + height) - line * GAP
        canvas = _panel(frame, shapes, (x, y, width, height))
        fills = [fill_of(v, classes) for v in values]
        cartography.fill_areas(canvas, shapes, fills, line=0.6)
        _values(canvas, shapes, rows, fills, unit)
        canvas.axes.text(
            0.0, 1 + 0.05 / height, parts.wrapped(panel, TITLE_CHARACTERS),
            transform=canvas.axes.transAxes, fontsize=style.SMALL_SIZE, fontweight="bold",
            va="bottom", ha="left", linespacing=1.05,
        )  # fmt: skip
    legend = [MapClass(c.text, c.colour) for c in classes]
    if any(values.isna().any() for values in written):
        legend.append(MapClass("no value", None))
    cartography.write_legend(frame, legend, label)
    return frame.figure


def _panel(
    frame: parts.Canvas, shapes: GeoDataFrame, box: tuple[float, float, float, float]
) -> parts.Canvas:
    x, y, width, height = box
    across, up = frame.figure.get_size_inches()
    axes = frame.figure.add_axes((x / across, y / up, width / across, height / up))
    axes.set_axis_off()
    west, south, east, north = shapes.total_bounds
    metres = max((north - south) / height, (east - west) / width)
    middle, centre = (west + east) / 2, (south + north) / 2
    axes.set_xlim(middle - width * metres / 2, middle + width * metres / 2)
    axes.set_ylim(centre - height * metres / 2, centre + height * metres / 2)
    return parts.Canvas(frame.figure, axes, box)


def _values(
    canvas: parts.Canvas,
    shapes: GeoDataFrame,
    rows: pd.DataFrame,
    fills: Sequence[str | None],
    unit: str,
) -> None:
    """Write each value on its area; where it does not fit, the table alone has it."""
    for shape, (_, row), fill in zip(shapes.geometry, rows.iterrows(), fills, strict=True):
        places = style.decimals_for(unit, row["value"], row["lower_95"], row["upper_95"])
        text = SHORTHAND_OF.get(str(row["status"]), "[x]")
        if not style.is_missing(row["value"]):
            text = style.format_number(row["value"], places)
        at = cartography.spot(canvas, shape, text)
        if at is not None:
            words = canvas.axes.text(
                at.x, at.y, text, ha="center", va="center", fontsize=style.SMALL_SIZE - 1,
                color=style.text_on(fill or cartography.NO_DATA),
            )  # fmt: skip
            if fill is None:
                words.set_bbox({"facecolor": cartography.NO_DATA, "edgecolor": "none", "pad": 0.6})


def _caption(given: str, panels: Sequence[str], each: Sequence[pd.DataFrame]) -> str:
    notes = (given, "All maps have the same classes", _missing(panels, each))
    return " ".join(parts.sentence(note) for note in notes if note)


def _missing(panels: Sequence[str], each: Sequence[pd.DataFrame]) -> str:
    notes = [
        f"{panel}: {note[0].lower()}{note[1:]}"
        for panel, rows in zip(panels, each, strict=True)
        if (note := parts.missing_note(rows, "area"))
    ]
    return " ".join(notes)


def _decimals(panels: Sequence[str], each: Sequence[pd.DataFrame], unit: str) -> dict[str, int]:
    found = [parts.table_decimals(rows, unit) for rows in each]
    places = max(one[parts.value_heading(unit)] for one in found)
    return {**found[0], **dict.fromkeys([*panels, parts.value_heading(unit)], places)}


def _data(panels: Sequence[str], each: Sequence[pd.DataFrame], unit: str) -> pd.DataFrame:
    rows = pd.concat([one.assign(panel=name) for name, one in zip(panels, each, strict=True)])
    return parts.reader_table(rows, unit, (("panel", "Map"), ("area", "Area")))


def _table(
    shapes: GeoDataFrame, panels: Sequence[str], each: Sequence[pd.DataFrame]
) -> pd.DataFrame:
    columns: dict[str, object] = {"Area": shapes["area"].tolist()}
    for panel, rows in zip(panels, each, strict=True):
        columns[panel] = rows["value"].to_numpy()
    return pd.DataFrame(columns)
