"""The drawing of maps: canvas, filled areas, words on and beside them, legend, scale bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from hwb_analysis import style
from hwb_analysis.errors import DataContractError
from hwb_analysis.figures import parts

if TYPE_CHECKING:
    from geopandas import GeoDataFrame, GeoSeries
    from shapely import LineString, Point

GRID = 27700
# Inches: margin, room for the legend below, room for words beside the map.
MARGIN, LEGEND, BESIDE = 0.08, 0.46, 1.45
TALLEST = 6.0
BAR_METRES = 10_000
# Points of the drawing: edges simplified by this much look the same.
HIDDEN_POINTS = 1.0
# Finer where a line follows the edges of the areas beneath it.
BORDER_POINTS = 0.5
# Share of a label that must lie on its area, air around it in inches, places tried.
FITS, AIR, GRID_POINTS = 0.99, 0.06, 16
NO_DATA = "#f7f7f7"


@dataclass(frozen=True, slots=True)
class MapClass:
    """One class of the legend: its words, its fill (none: hatched), its range."""

    text: str
    colour: str | None
    low: float = 0.0
    high: float = 0.0


def on_grid(boundaries: GeoDataFrame) -> GeoDataFrame:
    """Return the boundaries, refused unless they are on the British grid and unique."""
    code = boundaries.crs.to_epsg() if boundaries.crs is not None else None
    if code != GRID:
        raise DataContractError(
            f"boundaries in EPSG:{GRID} (British National Grid) were expected; got {code}",
            remedy=f"convert them first: boundaries.to_crs({GRID})",
        )
    return parts.once(boundaries.reset_index(drop=True), ["area_code"], "a map")


def map_canvas(shapes: GeoDataFrame, below: float = 0.0) -> parts.Canvas:
    """Return a canvas in metres of the grid that just holds the shapes.

    ``below`` is room in inches between the map and its legend, for enlarged parts.
    """
    west, south, east, north = shapes.total_bounds
    width = style.WIDTH - 2 * MARGIN - BESIDE
    height = min(width * (north - south) / (east - west), TALLEST)
    size = (style.WIDTH, height + 2 * MARGIN + LEGEND + below)
    canvas = parts.canvas(size, MARGIN, MARGIN + BESIDE, MARGIN, MARGIN + LEGEND + below)
    canvas.axes.set_axis_off()
    middle, metres = (west + east) / 2, (north - south) / height
    canvas.axes.set_xlim(middle - width * metres / 2, middle + width * metres / 2)
    canvas.axes.set_ylim(south, north)
    return canvas


def _metres_per_inch(canvas: parts.Canvas) -> float:
    low, high = canvas.axes.get_ylim()
    return (high - low) / canvas.height


def _simple(canvas: parts.Canvas, shapes: GeoDataFrame) -> GeoDataFrame:
    tolerance = HIDDEN_POINTS * _metres_per_inch(canvas) / style.POINTS_PER_INCH
    # Neighbours keep their common edge: simplified one by one they would part.
    return shapes.assign(geometry=shapes.geometry.simplify_coverage(tolerance))


def fill_areas(
    canvas: parts.Canvas, shapes: GeoDataFrame, fills: Sequence[str | None], line: float = 0.9
) -> None:
    """Fill the areas; those without a fill are hatched."""
    drawn = _simple(canvas, shapes)
    filled = pd.Series([fill is not None for fill in fills])
    colours = [fill for fill in fills if fill is not None]
    edge = {"edgecolor": style.INK, "linewidth": line}
    if filled.any():
        plot(canvas, drawn[filled], color=colours, **edge)
    if not filled.all():
        plot(canvas, drawn[~filled], facecolor=NO_DATA, hatch="////", **edge)


def plot(canvas: parts.Canvas, shapes: GeoDataFrame | GeoSeries, **look: Any) -> None:
    """Draw shapes on the canvas and nothing else: geopandas names the axes by itself."""
    shapes.plot(ax=canvas.axes, aspect=None, **look)
    canvas.axes.set(xlabel="", ylabel="")


def borders(canvas: parts.Canvas, shapes: GeoDataFrame) -> None:
    """Draw the outlines of larger areas over the small ones inside them."""
    tolerance = BORDER_POINTS * _metres_per_inch(canvas) / style.POINTS_PER_INCH
    drawn = shapes.geometry.simplify_coverage(tolerance).boundary
    plot(canvas, drawn, color=style.INK, linewidth=1.0)


def outlines(canvas: parts.Canvas, neighbours: GeoDataFrame | None) -> None:
    """Draw neighbouring areas as outlines, named where the name fits."""
    if neighbours is None or neighbours.empty:
        return
    shapes = _simple(canvas, on_grid(neighbours))
    plot(canvas, shapes, facecolor=style.WHITE, edgecolor=style.RULE, linewidth=0.8, zorder=0)
    from shapely import box

    west, east = canvas.axes.get_xlim()
    south, north = canvas.axes.get_ylim()
    view = box(west, south, east, north)
    for text, shape in zip(shapes["area"], shapes.geometry.intersection(view), strict=True):
        at = None if shape.is_empty else spot(canvas, shape, str(text))
        if at is not None:
            canvas.axes.text(
                at.x, at.y, text, ha="center", va="center", fontsize=style.SMALL_SIZE,
                color=style.GREY,
            )  # fmt: skip


def spot(
    canvas: parts.Canvas, shape: Any, text: str, leaders: Sequence[LineString] = ()
) -> Point | None:
    """Return where a text fits, off the leaders and near the middle; else nothing."""
    from shapely import box

    metres = _metres_per_inch(canvas)
    width, height = ((s + AIR) * metres for s in parts.text_size(text, style.SMALL_SIZE))
    for at in _spots(shape):
        frame = box(at.x - width / 2, at.y - height / 2, at.x + width / 2, at.y + height / 2)
        inside = shape.intersection(frame).area >= FITS * frame.area
        if inside and not any(frame.intersects(leader) for leader in leaders):
            return at
    return None


def _spots(shape: Any) -> list[Point]:
    """Return the middle of the widest part of a shape, then points of a grid around it."""
    from shapely import Point, maximum_inscribed_circle

    largest = max(getattr(shape, "geoms", [shape]), key=lambda part: part.area)
    middle = Point(maximum_inscribed_circle(largest, tolerance=200).coords[0])
    west, south, east, north = largest.bounds
    steps = [(i + 0.5) / GRID_POINTS for i in range(GRID_POINTS)]
    grid = [
        Point(west + u * (east - west), south + v * (north - south)) for u in steps for v in steps
    ]
    return [middle, *sorted(grid, key=middle.distance)]


def label_areas(
    canvas: parts.Canvas,
    shapes: GeoDataFrame,
    texts: Sequence[str],
    fills: Sequence[str | None] | None,
    avoid: Sequence[LineString] = (),
) -> None:
    """Write each text on its area, or beside the map with a leader where it does not fit.

    Without ``fills`` the areas hold many colours, and the letters get a white rim. Lines to
    ``avoid`` are kept clear of where there is room.
    """
    each = list(zip(shapes.geometry, texts, strict=True))
    beside = [(_spots(shape)[0], t) for shape, t in each if spot(canvas, shape, t) is None]
    leaders = _label_beside(canvas, beside)
    for i, (shape, text) in enumerate(each):
        clear = spot(canvas, shape, text, [*leaders, *avoid])
        at = clear or spot(canvas, shape, text, leaders) or spot(canvas, shape, text)
        if at is not None:
            _write_on(canvas, at, text, NO_DATA if fills is None else fills[i], fills is None)


def _write_on(canvas: parts.Canvas, at: Point, text: str, fill: str | None, rim: bool) -> None:
    from matplotlib.patheffects import withStroke

    words = canvas.axes.text(
        at.x, at.y, text, ha="center", va="center", fontsize=style.SMALL_SIZE, linespacing=1.1,
        color=style.text_on(fill or NO_DATA), fontweight="bold" if rim else "normal",
    )  # fmt: skip
    if rim:
        words.set_path_effects([withStroke(linewidth=2.6, foreground=style.WHITE)])
    elif fill is None:
        words.set_bbox({"facecolor": NO_DATA, "edgecolor": "none", "pad": 1.0})


def _label_beside(canvas: parts.Canvas, labels: Sequence[tuple[Any, str]]) -> list[LineString]:
    """Write texts right of the map and return their leaders, in metres of the grid."""
    from shapely import LineString

    low, _ = canvas.axes.get_ylim()
    metres, height = _metres_per_inch(canvas), canvas.height
    heights = [parts.text_size(text, style.SMALL_SIZE)[1] + 0.1 for _, text in labels]
    wanted = [(at.y - low) / metres for at, _ in labels]
    centres = parts.spread(wanted, heights, 0.0, height)
    _, east = canvas.axes.get_xlim()
    leaders = []
    for (at, text), centre in zip(labels, centres, strict=True):
        y = low + centre * metres
        leaders.append(LineString([(at.x, at.y), (east, y)]))
        canvas.axes.plot(
            [at.x, east + 0.06 * metres], [at.y, y], color=style.INK, linewidth=0.6,
            marker="o", markersize=2.5, markevery=[0], clip_on=False, zorder=6,
        )  # fmt: skip
        canvas.axes.text(
            east + 0.12 * metres, y, text, ha="left", va="center", fontsize=style.SMALL_SIZE,
            linespacing=1.1,
        )  # fmt: skip
    return leaders


def write_legend(canvas: parts.Canvas, classes: Sequence[MapClass], label: str) -> None:
    """Write what the classes are of, and one swatch a class, below the map."""
    from matplotlib.patches import Rectangle

    figure = canvas.figure
    width, height = figure.get_size_inches()
    figure.text(
        MARGIN / width,
        0.36 / height,
        label,
        fontsize=style.SMALL_SIZE,
        color=style.GREY,
        va="center",
    )
    at = MARGIN
    for one in classes:
        swatch = Rectangle(
            (at / width, 0.09 / height), 0.22 / width, 0.15 / height,
            transform=figure.transFigure, edgecolor=style.INK, linewidth=0.7,
            facecolor=one.colour or NO_DATA, hatch=None if one.colour else "////",
        )  # fmt: skip
        figure.add_artist(swatch)
        figure.text(
            (at + 0.28) / width, 0.165 / height, one.text, fontsize=style.SMALL_SIZE, va="center"
        )
        at += 0.28 + parts.text_size(one.text, style.SMALL_SIZE)[0] + 0.18


def scale_bar(canvas: parts.Canvas) -> None:
    """Draw a bar of ten kilometres in the lower left corner."""
    west, _ = canvas.axes.get_xlim()
    south, _ = canvas.axes.get_ylim()
    metres = _metres_per_inch(canvas)
    x, y = west + 0.02 * metres, south + 0.06 * metres
    canvas.axes.plot([x, x + BAR_METRES], [y, y], color=style.GREY, linewidth=1.2)
    canvas.axes.text(
        x, y + 0.05 * metres, f"{BAR_METRES // 1000} km", fontsize=style.SMALL_SIZE - 1,
        color=style.GREY, va="bottom",
    )  # fmt: skip
