"""Parts of a map of small areas shown enlarged beneath it, each framed on the map itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from string import ascii_uppercase
from typing import TYPE_CHECKING

from hwb_analysis import style
from hwb_analysis.figures import cartography, parts
from hwb_analysis.figures.cartography import LEGEND, MARGIN

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely import LineString

    from hwb_analysis.figures.parts import Canvas

SIDE, TITLE, GAP, MOST = 1.5, 0.24, 0.1, 4
# Room around a part in metres of the grid.
AROUND = 1_000.0


def known(
    shapes: GeoDataFrame, insets: Mapping[str, Collection[str]]
) -> dict[str, tuple[float, float, float, float]]:
    """Return the square of each part that has shapes, at most four, in the order given."""
    squares = {}
    for name, codes in insets.items():
        own = shapes.loc[shapes["area_code"].isin(list(codes))]
        if len(own):
            # By their middles: one small area may reach far out into the country.
            squares[parts.plain(name)] = _square(*own.representative_point().total_bounds)
    return dict(list(squares.items())[:MOST])


def _square(
    west: float, south: float, east: float, north: float
) -> tuple[float, float, float, float]:
    half = max(east - west, north - south) / 2 + AROUND
    across, up = (west + east) / 2, (south + north) / 2
    return (across - half, up - half, across + half, up + half)


def frames(squares: Mapping[str, tuple[float, float, float, float]]) -> list[LineString]:
    """Return the outline of each part on the map, which names of areas keep clear of."""
    from shapely import LineString, box

    return [LineString(box(*square).exterior.coords) for square in squares.values()]


def room(squares: Mapping[str, object]) -> float:
    """Return the height in inches that the enlarged parts need below the map."""
    return SIDE + TITLE + 2 * GAP if squares else 0.0


def add_insets(
    canvas: Canvas,
    shapes: GeoDataFrame,
    fills: Sequence[str | None],
    squares: Mapping[str, tuple[float, float, float, float]],
) -> None:
    """Draw the enlarged parts in a row, and a lettered frame for each on the map."""
    for place, (name, square) in enumerate(squares.items()):
        letter = ascii_uppercase[place]
        _frame(canvas, letter, square)
        box = (MARGIN + place * (SIDE + GAP), MARGIN + LEGEND + GAP / 2, SIDE, SIDE)
        inset = _canvas(canvas, box, square)
        near = shapes.cx[square[0] : square[2], square[1] : square[3]]
        own = [fills[i] for i in near.index]
        cartography.fill_areas(inset, near.reset_index(drop=True), own, line=0.35)
        inset.axes.text(
            0, 1 + 0.05 / SIDE, f"{letter}  {parts.wrapped(name, 18).splitlines()[0]}",
            transform=inset.axes.transAxes, fontsize=style.SMALL_SIZE, fontweight="bold",
            va="bottom",
        )  # fmt: skip


def _frame(canvas: Canvas, letter: str, square: tuple[float, float, float, float]) -> None:
    from matplotlib.patches import Rectangle

    west, south, east, north = square
    for colour, width in ((style.WHITE, 2.6), (style.INK, 1.1)):
        canvas.axes.add_patch(
            Rectangle((west, south), east - west, north - south, facecolor="none",
                      edgecolor=colour, linewidth=width, zorder=5)
        )  # fmt: skip
    canvas.axes.text(
        west, north, letter, fontsize=style.SMALL_SIZE, fontweight="bold", va="bottom", ha="left",
        zorder=7, bbox={"facecolor": style.WHITE, "edgecolor": style.INK, "pad": 1.2,
                        "linewidth": 0.6},
    )  # fmt: skip


def _canvas(
    canvas: Canvas,
    box: tuple[float, float, float, float],
    square: tuple[float, float, float, float],
) -> Canvas:
    across, up = canvas.figure.get_size_inches()
    x, y, width, height = box
    axes = canvas.figure.add_axes((x / across, y / up, width / across, height / up))
    axes.set(xlim=(square[0], square[2]), ylim=(square[1], square[3]), xticks=[], yticks=[])
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color(style.INK)
    return parts.Canvas(canvas.figure, axes, box)
