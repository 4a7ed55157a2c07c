"""What charts with one row an item share: names on the left, figures on the right."""

from __future__ import annotations

from collections.abc import Sequence

from hwb_analysis import style
from hwb_analysis.figures import parts
from hwb_analysis.figures.scale import Scale, mark_cut
from hwb_analysis.tables import SHORTHAND_OF

ROW, MARGIN, GUTTER, BOTTOM, AIR = 0.3, 0.06, 0.14, 0.36, 0.12
NARROWEST = 1.6


def row_canvas(
    names: Sequence[str],
    figures: Sequence[str],
    *,
    top: float = 0.1,
    bottom: float = BOTTOM,
    width: float = style.WIDTH,
    head: str = "",
) -> parts.Canvas:
    """Return a canvas with one row an item, 0 on top, and both columns of words written.

    ``head`` says what the figures are, above their column. Names may have several lines;
    the rows are as tall as the tallest of them.
    """
    left = MARGIN + parts.widest(_lines(names), style.TEXT_SIZE) + GUTTER
    right = MARGIN + parts.widest(_lines([head, *figures]), style.SMALL_SIZE) + GUTTER
    most = max(text.count("\n") + 1 for text in (*names, *figures))
    row = max(ROW, most * parts.LINE + AIR)
    # Words that take the whole width make the picture wider, never the plot a slit.
    size = (max(width, left + right + NARROWEST), top + row * len(names) + bottom)
    canvas = parts.canvas(size, left, right, top, bottom)
    canvas.axes.set_ylim(len(names) - 0.5, -0.5)
    canvas.axes.set_yticks([])
    canvas.axes.spines["left"].set_visible(False)
    place = canvas.axes.get_yaxis_transform()
    for y, (name, figure) in enumerate(zip(names, figures, strict=True)):
        for x, text, size_ in (
            ((MARGIN - left) / canvas.box[2], name, style.TEXT_SIZE),
            (1 + GUTTER / canvas.box[2], figure, style.SMALL_SIZE),
        ):
            canvas.axes.text(
                x, y, text, transform=place, ha="left", va="center", fontsize=size_,
                linespacing=1.05,
            )  # fmt: skip
    canvas.axes.text(
        1 + GUTTER / canvas.box[2], 1 + 0.06 / canvas.height, head,
        transform=canvas.axes.transAxes, ha="left", va="bottom", fontsize=style.SMALL_SIZE,
        color=style.GREY,
    )  # fmt: skip
    return canvas


def absent(status: object, note: object, characters: int) -> str:
    """Return what stands in place of a figure: its mark and its reason.

    Examples
    --------
    >>> absent("suppressed", "", 40), absent("", "not collected", 40)
    ('[c] suppressed by the publisher', '[x] not collected')
    """
    mark = SHORTHAND_OF.get(str(status), "[x]")
    plain = "suppressed by the publisher" if mark == "[c]" else style.NOT_AVAILABLE
    return parts.wrapped(f"{mark} {note or plain}", characters)


def _lines(texts: Sequence[str]) -> list[str]:
    return [line for text in texts for line in text.split("\n")]


def value_axis(canvas: parts.Canvas, axis: Scale, label: str) -> None:
    """Put a scale under the rows, with its label and the mark of a cut axis."""
    axes = canvas.axes
    axes.set_xlim(axis.low, axis.high)
    axes.set_xticks(axis.ticks, axis.texts)
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    axes.set_xlabel(label, fontsize=style.SMALL_SIZE)
    if axis.cut:
        mark_cut(canvas, along="x")
