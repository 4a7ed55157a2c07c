"""Areas against their size, with the limits that chance alone allows around the average."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hwb_analysis import style
from hwb_analysis.errors import DataContractError
from hwb_analysis.figures import parts
from hwb_analysis.figures.drawn import Drawn, Words, finish
from hwb_analysis.figures.labels import (
    END_LABEL_LEFT,
    EndLabel,
    words_label,
    write_at_end,
    write_unit,
)
from hwb_analysis.figures.scale import Scale, mark_cut, scale

if TYPE_CHECKING:
    from hwb_analysis.stats.arrays import Floats
    from hwb_analysis.stats.funnel_result import Funnel

TOP, BOTTOM, HEIGHT = 0.34, 0.52, 4.2
NAME_CHARACTERS, MOST_NAMED = 22, 12
AIR = 0.06
SIZES = {"proportions": "people", "rates": "events", "ratios": "events"}
UNITS = {"proportions": "%", "rates": "per 100,000", "ratios": "ratio x 100"}
THEIR_SOURCE = "the figures given to the funnel"
# Above and below have shapes of their own; colour only helps.
LOOK = {
    "above": ("^", style.ORANGE),
    "below": ("v", style.DARK_BLUE),
    "within": ("o", style.GREY),
}


def funnel_figure(
    found: Funnel,
    *,
    names: Sequence[str] | None = None,
    marked: Collection[str] = (),
    title: str | None = None,
    subtitle: str = "",
    source: str = THEIR_SOURCE,
    unit: str = "",
    size_words: str = "",
    name: str = "funnel",
    alt: str | None = None,
) -> Drawn:
    """Draw a funnel: a mark an area, the average, limits of 95 and 99.8 per cent.

    Parameters
    ----------
    found
        The funnel.
    names
        Name of each area, in order; numbers from 1 without them.
    marked
        Names to be written beside their marks. Areas outside the 99.8 per cent limits are
        always named, up to twelve in all.
    unit, size_words
        Unit of the values; what the horizontal axis counts.

    Returns
    -------
    Drawn
        Picture, alt text, and one row an area. Above and below say nothing about better.

    Raises
    ------
    DataContractError
        When there is not one name an area.

    Examples
    --------
    >>> from hwb_analysis.stats.funnel_result import funnel
    >>> drawn = funnel_figure(funnel([20, 45, 30], [100, 100, 90], kind="proportions"))
    >>> drawn.title
    '2 of 3 areas lie outside the 95% limits'
    """
    areas = _names(found, names)
    unit = unit or UNITS[found.method]
    said = title or _finding(found)
    subtitle = subtitle or f"Funnel of {found.method}, {unit}"
    with style.stylesheet():
        canvas, note = _draw(found, areas, set(map(parts.plain, marked)), unit, size_words)
        words = Words(
            name=name,
            title=said,
            subtitle=subtitle,
            alt=parts.alt_text(said, "Funnel plot", subtitle) if alt is None else alt,
            caption=f"{found.explain()} Triangles: outside the 95% limits, pointing up above and "
            f"down below; the table names every area. {note}".strip(),
            source=source,
        )
        return finish(canvas.figure, words, _data(found, areas, unit))


def _names(found: Funnel, given: Sequence[str] | None) -> list[str]:
    size = found.value.size
    names = [f"Area {i}" for i in range(1, size + 1)] if given is None else list(given)
    if len(names) != size:
        raise DataContractError(
            f"one name an area was expected: {size}; got {len(names)}",
            remedy="pass the names in the order of the areas",
        )
    return [parts.plain(text) for text in names]


def _finding(found: Funnel) -> str:
    out = sum("within" not in str(word) for word in found.outside)
    lie = "lies" if out == 1 else "lie"
    areas = f"{found.value.size} area{'' if found.value.size == 1 else 's'}"
    return f"{out} of {areas} {lie} outside the 95% limits"


def _draw(
    found: Funnel, areas: Sequence[str], marked: set[str], unit: str, size_words: str
) -> tuple[parts.Canvas, str]:
    sizes, pairs = found.curve()
    axis = _scale(found, unit)
    places = style.decimals_for(unit, found.average)
    labels = [
        words_label(
            found.average, f"average {style.format_number(found.average, places)}", style.INK
        ),
        *_limit_labels(pairs, axis),
    ]
    left = 0.14 + parts.widest(axis.texts, style.SMALL_SIZE)
    right = END_LABEL_LEFT + max(label.width for label in labels) + 0.06
    canvas = parts.canvas((style.WIDTH, HEIGHT), left, right, TOP, BOTTOM)
    _axes(canvas, axis, sizes, size_words or SIZES[found.method])
    looks = ((style.GREY, (0, (4, 2))), (style.GREY, "-"))
    for (low, high), (colour, dashes) in zip(pairs, looks, strict=True):
        for side in (low, high):
            canvas.axes.plot(sizes, side, color=colour, linestyle=dashes, linewidth=1.0, zorder=2)
    canvas.axes.axhline(found.average, color=style.INK, linewidth=1.0, zorder=2)
    _marks(canvas, found)
    _write_names(canvas, found, areas, marked)
    write_unit(canvas, unit, None)
    write_at_end(canvas, labels)
    if axis.cut:
        mark_cut(canvas, along="y")
    return canvas, axis.note("vertical", unit)


def _scale(found: Funnel, unit: str) -> Scale:
    """Return a scale that holds areas and their limits; the mouth of a funnel may run out."""
    sides = np.concatenate([found.value, found.lower[0], found.upper[0], [found.average]])
    return scale(sides[np.isfinite(sides)].tolist(), unit)


def _limit_labels(pairs: Sequence[tuple[Floats, Floats]], axis: Scale) -> list[EndLabel]:
    return [
        words_label(float(high[-1]), words, style.GREY)
        for (_, high), words in zip(pairs, ("95% limits", "99.8% limits"), strict=True)
        if axis.low <= high[-1] <= axis.high
    ]


def _axes(canvas: parts.Canvas, axis: Scale, sizes: Floats, words: str) -> None:
    axes = canvas.axes
    across = scale([0.0, float(sizes[-1])], "", 5)
    last = float(sizes[-1])
    held = [(tick, text) for tick, text in zip(across.ticks, across.texts, strict=True)
            if tick <= last]  # fmt: skip
    axes.set_xlim(0.0, last)
    axes.set_xticks([tick for tick, _ in held], [text for _, text in held])
    axes.set_ylim(axis.low, axis.high)
    axes.set_yticks(axis.ticks, axis.texts)
    axes.set_xlabel(words, fontsize=style.SMALL_SIZE)
    axes.spines["left"].set_visible(False)


def _side(word: object) -> str:
    return str(word).split(" ")[0]


def _marks(canvas: parts.Canvas, found: Funnel) -> None:
    sides = np.array([_side(word) for word in found.outside])
    for side, (marker, colour) in LOOK.items():
        here = sides == side
        canvas.axes.plot(
            found.size[here], found.value[here], marker, color=colour, markersize=6.5,
            markeredgecolor=style.WHITE, markeredgewidth=0.6, zorder=4,
        )  # fmt: skip


def _write_names(
    canvas: parts.Canvas, found: Funnel, areas: Sequence[str], marked: set[str]
) -> None:
    """Write names right or left of their marks where they hide neither marks nor names."""
    far = [i for i, word in enumerate(found.outside) if "99.8" in str(word)]
    asked = [i for i, area in enumerate(areas) if area in marked]
    taken = [_point_box(canvas, found, i) for i in range(len(areas))]
    for i in list(dict.fromkeys([*asked, *far]))[:MOST_NAMED]:
        text = areas[i] if len(areas[i]) <= NAME_CHARACTERS else f"{areas[i][:NAME_CHARACTERS]}…"
        width, height = parts.text_size(text, style.SMALL_SIZE)
        x, y = _inches(canvas, float(found.size[i]), float(found.value[i]))
        for low, middle in _around(x, y, width):
            box = (low, middle - height / 2, low + width, middle + height / 2)
            free = not any(_overlap(box, other) for j, other in enumerate(taken) if j != i)
            if free and box[0] >= 0 and box[2] <= canvas.box[2]:
                taken.append(box)
                canvas.axes.text(
                    low / canvas.box[2], middle / canvas.height, text, va="center", ha="left",
                    transform=canvas.axes.transAxes, fontsize=style.SMALL_SIZE, zorder=6,
                    bbox={"facecolor": style.WHITE, "edgecolor": "none", "pad": 0.4},
                )  # fmt: skip
                break


def _around(x: float, y: float, width: float) -> tuple[tuple[float, float], ...]:
    """Return places for a name next to its mark: left edge and middle height, in inches."""
    near = AIR + 0.03
    return (
        (x + near, y),
        (x - near - width, y),
        (x - width / 2, y + 0.16),
        (x - width / 2, y - 0.16),
    )


def _inches(canvas: parts.Canvas, x: float, y: float) -> tuple[float, float]:
    (west, east), (south, north) = canvas.axes.get_xlim(), canvas.axes.get_ylim()
    across = (x - west) / (east - west) * canvas.box[2]
    return across, (y - south) / (north - south) * canvas.height


def _point_box(canvas: parts.Canvas, found: Funnel, i: int) -> tuple[float, float, float, float]:
    x, y = _inches(canvas, float(found.size[i]), float(found.value[i]))
    return (x - AIR, y - AIR, x + AIR, y + AIR)


def _overlap(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _data(found: Funnel, areas: Sequence[str], unit: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Area": list(areas),
            SIZES[found.method].capitalize(): found.size,
            parts.value_heading(unit): found.value,
            "Lower 95% limit of the funnel": found.lower[0],
            "Upper 95% limit of the funnel": found.upper[0],
            "Lower 99.8% limit of the funnel": found.lower[1],
            "Upper 99.8% limit of the funnel": found.upper[1],
            "Against the limits": [str(word) for word in found.outside],
        }
    )
