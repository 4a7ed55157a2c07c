"""Control charts as published: points in order, centre and limits named at their ends.

A common-cause point is a small dot. A special cause has another shape as well as another
colour: a filled circle for improvement, a triangle for concern, a diamond where the series
has no good end.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise
from math import ceil
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
from hwb_analysis.stats.control_chart import COMMON
from hwb_analysis.vocabulary import Comparison

if TYPE_CHECKING:
    from hwb_analysis.stats.control_chart import ControlChart

TOP, BOTTOM, TICK_GAP = 0.34, 0.36, 0.14
THEIR_SOURCE = "the figures given to the test"
# The shapes of the comparison words, so that one shape means one thing in all pictures.
LOOK = {
    "improvement": style.SYMBOLS[Comparison.BETTER],
    "concern": style.SYMBOLS[Comparison.WORSE],
    "neutral": style.SYMBOLS[Comparison.HIGHER],
}
KIND = {"XmR": "XmR chart of single values", "p": "p chart of shares", "u": "u chart of rates"}


def control_figure(
    found: ControlChart,
    *,
    periods: Sequence[str] | None = None,
    title: str | None = None,
    subtitle: str = "",
    source: str = THEIR_SOURCE,
    unit: str = "",
    target: float | None = None,
    name: str = "control-chart",
    alt: str | None = None,
) -> Drawn:
    """Draw a control chart.

    Parameters
    ----------
    found
        The chart; without limits (fewer than five points) only points and centre are drawn.
    periods
        Name of each point, in order; numbers from 1 without them.
    title
        What the picture says; the variation of the latest point when left out.
    target
        A value to reach, drawn as a dashed line; the caption gives the assurance.

    Returns
    -------
    Drawn
        Picture, alt text, and one row a point with limits, cause and judgement.

    Raises
    ------
    DataContractError
        When there are no points, or not one period a point.

    Examples
    --------
    >>> from hwb_analysis.stats.control_chart import xmr_chart
    >>> drawn = control_figure(xmr_chart([31, 29, 30, 34, 28, 33], better="high"))
    >>> drawn.title, len(drawn.data)
    ('Latest point: common cause variation', 6)
    """
    names = _periods(found, periods)
    said = title or f"Latest point: {found.variation}"
    kind = subtitle or KIND[found.method]
    with style.stylesheet():
        canvas, note = _draw(found, names, unit, target)
        words = Words(
            name=name,
            title=said,
            subtitle=kind,
            alt=parts.alt_text(said, "Control chart", kind) if alt is None else alt,
            caption=_caption(found, note, target, unit),
            source=source,
        )
        return finish(canvas.figure, words, _data(found, names))


def _periods(found: ControlChart, given: Sequence[str] | None) -> list[str]:
    size = found.value.size
    if not size:
        raise DataContractError("a control chart needs at least one point; got none")
    names = [str(i) for i in range(1, size + 1)] if given is None else [*map(parts.plain, given)]
    if len(names) != size:
        raise DataContractError(
            f"one period a point was expected: {size}; got {len(names)}",
            remedy="pass the periods in the order of the points",
        )
    return names


def _draw(
    found: ControlChart, names: Sequence[str], unit: str, target: float | None
) -> tuple[parts.Canvas, str]:
    sides = np.concatenate([found.value, found.centre, found.lower, found.upper])
    shown = sides[np.isfinite(sides)].tolist()
    axis = scale([*shown, *([] if target is None else [target])], unit)
    labels = _labels(found, unit, target)
    left = 0.14 + parts.widest(axis.texts, style.SMALL_SIZE)
    right = END_LABEL_LEFT + max((label.width for label in labels), default=0.0) + 0.06
    canvas = parts.canvas((style.WIDTH, style.HEIGHT), left, right, TOP, BOTTOM)
    _axes(canvas, axis, names)
    _lines(canvas, found, target)
    _points(canvas, found)
    write_unit(canvas, unit, None if found.better == "none" else found.better)
    write_at_end(canvas, labels)
    if axis.cut:
        mark_cut(canvas, along="y")
    return canvas, axis.note("vertical", unit)


def _labels(found: ControlChart, unit: str, target: float | None) -> list[EndLabel]:
    low, middle, high = (float(side[-1]) for side in (found.lower, found.centre, found.upper))
    places = style.decimals_for(unit, middle, low, high)
    ends = (
        (high, "upper limit", style.GREY),
        (middle, "centre", style.INK),
        (low, "lower limit", style.GREY),
        (float("nan") if target is None else target, "target", style.DARK_PINK),
    )
    return [
        words_label(value, f"{words} {style.format_number(value, places)}", colour)
        for value, words, colour in ends
        if np.isfinite(value)
    ]


def _axes(canvas: parts.Canvas, axis: Scale, names: Sequence[str]) -> None:
    axes, size = canvas.axes, len(names)
    axes.set_xlim(0.5, size + 0.5)
    axes.set_ylim(axis.low, axis.high)
    axes.set_yticks(axis.ticks, axis.texts)
    room = parts.widest(names, style.SMALL_SIZE) + TICK_GAP
    step = max(ceil(size * room / canvas.box[2]), 1)
    # Counted back from the latest point, which is always named.
    kept = list(range(size - 1, -1, -step))[::-1]
    axes.set_xticks([i + 1 for i in kept], [names[i] for i in kept])
    axes.spines["left"].set_visible(False)


def _lines(canvas: parts.Canvas, found: ControlChart, target: float | None) -> None:
    axes = canvas.axes
    for number in np.unique(found.segment):
        held = np.flatnonzero(found.segment == number)
        # Each point owns the half step on both of its sides.
        xs = np.concatenate([held + 0.5, held[-1:] + 1.5])
        for side, colour, dashes in (
            (found.centre, style.INK, "-"),
            (found.lower, style.GREY, (0, (4, 2))),
            (found.upper, style.GREY, (0, (4, 2))),
        ):
            ys = np.concatenate([side[held], side[held[-1:]]])
            axes.step(xs, ys, where="post", color=colour, linewidth=1.0, linestyle=dashes, zorder=2)
    for before, after in pairwise(np.unique(found.segment)):
        at = float(np.flatnonzero(found.segment == after)[0]) + 0.5
        if before != after:
            axes.axvline(at, color=style.GREY, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
    if target is not None:
        axes.axhline(target, color=style.DARK_PINK, linewidth=1.2, linestyle=(0, (2, 2)), zorder=2)


def _points(canvas: parts.Canvas, found: ControlChart) -> None:
    axes = canvas.axes
    xs = np.arange(1, found.value.size + 1)
    axes.plot(xs, found.value, color=style.GREY, linewidth=1.0, zorder=3)
    plain = found.judged.astype(str) == COMMON
    if found.reason:
        plain[:] = True
    axes.plot(xs[plain], found.value[plain], "o", color=style.GREY, markersize=4.5, zorder=4)
    for word, look in LOOK.items():
        here = (found.judged.astype(str) == word) & ~plain
        axes.plot(
            xs[here], found.value[here], look.marker, color=look.colour, markersize=7.5,
            markeredgecolor=style.WHITE, markeredgewidth=0.8, zorder=5,
        )  # fmt: skip


def _caption(found: ControlChart, axis_note: str, target: float | None, unit: str) -> str:
    notes = [found.explain()]
    if not found.reason:
        notes.append("Dashed: control limits. Grey dot: common cause.")
        used = [word for word in LOOK if (found.judged.astype(str) == word).any()]
        shapes = {"improvement": "circle", "concern": "triangle", "neutral": "diamond"}
        notes += [f"{shapes[word].capitalize()}: special cause, {word}." for word in used]
        notes += _causes(found)
    if found.segment.size and found.segment.max() > 0:
        notes.append("Dotted upright line: new limits begin.")
    if target is not None:
        shown = style.format_value(target, unit)
        judged = "" if found.better == "none" else f": {found.assurance(target)}"
        notes.append(f"Target {shown}{judged}.")
    notes.append(axis_note)
    return " ".join(note for note in notes if note)


def _causes(found: ControlChart) -> list[str]:
    """Say each stretch of points that meets one rule."""
    stretches = groupby(enumerate(map(str, found.cause), start=1), key=lambda pair: pair[1])
    told = []
    for cause, members in stretches:
        places = [place for place, _ in members]
        if cause and cause != COMMON:
            where = (
                f"Points {places[0]} to {places[-1]}" if len(places) > 1 else (f"Point {places[0]}")
            )
            told.append(f"{where}: {cause}.")
    return told


def _data(found: ControlChart, names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Period": list(names),
            "Value": found.value,
            "Centre": found.centre,
            "Lower control limit": found.lower,
            "Upper control limit": found.upper,
            "Cause": [str(word) or "no limits" for word in found.cause],
            "Judged": ["no limits" if found.reason else str(word) for word in found.judged],
        }
    )
