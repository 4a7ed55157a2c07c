"""A joinpoint model as published: rates with limits, fitted segments, changes a year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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
    from hwb_analysis.stats.joinpoint import Joinpoint, Segment

TOP, BOTTOM, STRIP_LINE = 0.34, 0.36, 0.165
MOST_TICKS, FINE = 7, 12
THEIR_SOURCE = "the figures given to the test"


def joinpoint_figure(
    found: Joinpoint,
    *,
    title: str | None = None,
    subtitle: str = "Rates with the fitted segments",
    source: str = THEIR_SOURCE,
    unit: str = "",
    limits: tuple[Sequence[float], Sequence[float]] | None = None,
    name: str = "joinpoint",
    alt: str | None = None,
) -> Drawn:
    """Draw rates, the fitted segments, the joinpoints, and each segment's change a year.

    Parameters
    ----------
    found
        The model.
    limits
        Lower and upper 95% limits of the rates, in the order of ``found.time``.

    Returns
    -------
    Drawn
        Picture; its table gives the segments, its file every rate and fitted value too.

    Raises
    ------
    DataContractError
        When there are no rates, or not one limit a rate.

    Examples
    --------
    >>> from hwb_analysis.stats.joinpoint import joinpoint
    >>> found = joinpoint([50.0, 52, 51, 54, 56, 55, 58], range(2014, 2021))
    >>> joinpoint_figure(found, unit="per 100,000").title[:12]
    'No joinpoint'
    """
    if not found.rate.size:
        raise DataContractError("a joinpoint figure needs at least one rate; got none")
    band = _limits(found, limits)
    many = len(found.joinpoints)
    said = title or f"{many or 'No'} joinpoint{'' if many == 1 else 's'}{_by(found)}"
    with style.stylesheet():
        canvas, note = _draw(found, band, unit)
        words = Words(
            name=name,
            title=said,
            subtitle=subtitle,
            alt=parts.alt_text(said, "Rates with fitted segments", subtitle)
            if alt is None
            else alt,
            caption=_caption(found, band, note),
            source=source,
        )
        table = _segments(found)
        return finish(canvas.figure, words, _data(found, band), table=table if len(table) else None)


def _by(found: Joinpoint) -> str:
    return f" by the {found.method}" if found.method else ""


def _limits(
    found: Joinpoint, given: tuple[Sequence[float], Sequence[float]] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    if given is None:
        return None
    low, high = (np.asarray(side, dtype=np.float64) for side in given)
    if low.shape != found.rate.shape or high.shape != found.rate.shape:
        raise DataContractError(
            f"one lower and one upper limit a rate was expected: {found.rate.size}; "
            f"got {low.size} and {high.size}",
            remedy="leave out the limits of years without a rate",
        )
    return low, high


# -- the picture ---------------------------------------------------------------


def _draw(
    found: Joinpoint, band: tuple[NDArray[np.float64], NDArray[np.float64]] | None, unit: str
) -> tuple[parts.Canvas, str]:
    sides = np.concatenate([found.rate, found.fitted, *(band or ())])
    axis = scale(sides[np.isfinite(sides)].tolist(), unit)
    labels = _end_labels(found)
    strip = [_change(segment) for segment in found.segments]
    lines = max((text.count("\n") + 1 for text in strip), default=0)
    left = 0.14 + parts.widest(axis.texts, style.SMALL_SIZE)
    right = END_LABEL_LEFT + max((label.width for label in labels), default=0.0) + 0.06
    bottom = BOTTOM + (lines * STRIP_LINE + 0.08 if lines else 0.0)
    size = (style.WIDTH, style.HEIGHT + bottom - BOTTOM)
    canvas = parts.canvas(size, left, max(right, 0.1), TOP, bottom)
    _axes(canvas, found, axis)
    _marks(canvas, found, band)
    _strip(canvas, found.segments, strip)
    write_unit(canvas, unit, None)
    write_at_end(canvas, labels)
    if axis.cut:
        mark_cut(canvas, along="y")
    return canvas, axis.note("vertical", unit)


def _end_labels(found: Joinpoint) -> list[EndLabel]:
    if found.reason:
        return []
    low, high = found.lower[0], found.upper[0]
    text = f"average {_percent(found.value)} a year ({_span(low, high)})"
    return [words_label(float(found.fitted[-1]), text, style.DARK_BLUE)]


def _percent(value: float) -> str:
    return f"{style.format_number(value, 1, signed=True)} %"


def _span(low: float, high: float) -> str:
    return f"{style.format_number(low, 1)} to {style.format_number(high, 1)}"


def _change(segment: Segment) -> str:
    return f"{_percent(segment.apc)} a year\n({_span(segment.lower[0], segment.upper[0])})"


def _axes(canvas: parts.Canvas, found: Joinpoint, axis: Scale) -> None:
    axes, time = canvas.axes, found.time
    room = 0.03 * max(float(np.ptp(time)), 1.0)
    axes.set_xlim(time.min() - room, time.max() + room)
    axes.set_ylim(axis.low, axis.high)
    axes.set_yticks(axis.ticks, axis.texts)
    step = -(-time.size // MOST_TICKS)
    ticks = time[::-1][::step][::-1]
    axes.set_xticks(ticks, [f"{t:g}" for t in ticks])
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)


def _marks(
    canvas: parts.Canvas,
    found: Joinpoint,
    band: tuple[NDArray[np.float64], NDArray[np.float64]] | None,
) -> None:
    axes = canvas.axes
    if band is not None:
        axes.vlines(found.time, *band, color=style.GREY, linewidth=1.0, zorder=2)
    axes.plot(found.time, found.rate, "o", color=style.GREY, markersize=4.5, zorder=3)
    for segment in found.segments:
        # Straight on the scale of logarithms, so slightly bent on this one.
        xs = np.linspace(segment.start, segment.end, FINE)
        start = np.interp(segment.start, found.time, found.fitted)
        ys = start * np.exp(segment.slope * (xs - segment.start))
        axes.plot(xs, ys, color=style.DARK_BLUE, linewidth=2.0, zorder=4)
    for joint in found.joinpoints:
        axes.axvline(joint, color=style.GREY, linewidth=0.9, linestyle=(0, (1, 2)), zorder=1)
        value = float(np.interp(joint, found.time, found.fitted))
        axes.plot([joint], [value], "D", color=style.WHITE, markeredgecolor=style.DARK_BLUE,
                  markeredgewidth=1.6, markersize=6.5, zorder=5)  # fmt: skip


def _strip(canvas: parts.Canvas, segments: Sequence[Segment], texts: Sequence[str]) -> None:
    """Write each segment's change beneath it, the texts kept apart."""
    if not segments:
        return
    low, high = canvas.axes.get_xlim()
    width = canvas.box[2]
    wanted = [((s.start + s.end) / 2 - low) / (high - low) * width for s in segments]
    widths = [parts.text_size(t, style.SMALL_SIZE)[0] + 0.12 for t in texts]
    reach = canvas.figure.get_size_inches()[0] - canvas.box[0] - 0.06
    centres = parts.spread(wanted, widths, 0.06 - canvas.box[0], reach)
    for text, centre in zip(texts, centres, strict=True):
        canvas.axes.text(
            centre / width, -0.3 / canvas.height, text, transform=canvas.axes.transAxes,
            ha="center", va="top", fontsize=style.SMALL_SIZE, color=style.DARK_BLUE,
            linespacing=1.15,
        )  # fmt: skip


# -- words and numbers ---------------------------------------------------------


def _caption(found: Joinpoint, band: object, axis_note: str) -> str:
    notes = [found.explain()]
    if found.segments:
        notes.append("Below: change a year of each segment with its 95% interval.")
    if found.joinpoints:
        notes.append("Open diamond on a dotted line: joinpoint.")
    notes.append("Vertical stroke: 95% confidence interval." if band is not None else "")
    notes.append(axis_note)
    return " ".join(note for note in notes if note)


def _data(
    found: Joinpoint, band: tuple[NDArray[np.float64], NDArray[np.float64]] | None
) -> pd.DataFrame:
    columns: dict[str, object] = {"Time": found.time, "Rate": found.rate}
    if band is not None:
        columns[parts.LOWER], columns[parts.UPPER] = band
    columns["Fitted"] = found.fitted
    table = pd.DataFrame(columns)
    numbers = np.searchsorted(np.asarray(found.joinpoints), found.time, side="left") + 1
    if found.segments:
        table["Segment"] = numbers
    return table


def _segments(found: Joinpoint) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "Segment": f"{segment.start:g} to {segment.end:g}",
                "Change a year (%)": segment.apc,
                parts.LOWER: segment.lower[0],
                parts.UPPER: segment.upper[0],
            }
            for segment in found.segments
        ]
    )
