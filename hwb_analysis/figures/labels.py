"""Words on a chart: labels at the ends of lines and above the axes, kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from hwb_analysis import style
from hwb_analysis.figures.parts import LINE, Canvas, spread, text_size, wrapped
from hwb_analysis.vocabulary import Polarity

END_LABEL_LEFT = 0.16
END_LABEL_CHARACTERS = 20
# Labels may stand a little above and below the axes before they are pushed back.
OVERHANG = 0.2
MOVED = 0.06
LEADER_LIFT = 0.08
POLARITY_WORDS = {
    Polarity.HIGH.value: "higher is better",
    Polarity.LOW.value: "lower is better",
}


@dataclass(frozen=True, slots=True)
class EndLabel:
    """Lines of text (each bold or not) that belong to a height on the value axis."""

    y: float
    lines: tuple[tuple[str, bool], ...]
    colour: str

    @property
    def width(self) -> float:
        """Return the width in inches."""
        return max(text_size(t, style.SMALL_SIZE, bold=b)[0] for t, b in self.lines)

    @property
    def height(self) -> float:
        """Return the height in inches, with a little air."""
        return len(self.lines) * LINE + 0.06


def words_label(y: float, words: str, colour: str) -> EndLabel:
    """Return a label of plain words."""
    lines = wrapped(words, END_LABEL_CHARACTERS).split("\n")
    return EndLabel(y, tuple((line, False) for line in lines), colour)


def series_label(
    frame: pd.DataFrame, unit: str, colour: str, newest: str, *, limits: bool, like: int = -1
) -> EndLabel:
    """Name an area at the end of its line, with its last value and, if asked, its limits.

    The period is written when the last value is not of the ``newest`` period. A comparator
    is written with the decimals of the area that it stands beside (``like``).
    """
    last = frame.loc[frame["value"].notna()].iloc[-1]
    value, low, high = (float(last[c]) for c in ("value", "lower_95", "upper_95"))
    places = like if like >= 0 else last_places(frame, unit)
    shown = style.format_value(value, unit, decimals=places)
    lines = [(line, True) for line in _lines(str(last["area"]))]
    lines += [(line, False) for line in _lines(shown)]
    if limits and not style.is_missing(low):
        lines.append((f"({style.format_interval(low, high, unit, decimals=places)})", False))
    if last["period"] != newest:
        lines += [(line, False) for line in _lines(f"in {last['period']}")]
    return EndLabel(value, tuple(lines), colour)


def last_places(frame: pd.DataFrame, unit: str) -> int:
    """Return the decimals that the last value of an area deserves."""
    last = frame.loc[frame["value"].notna()].iloc[-1]
    return style.decimals_for(unit, *(float(last[c]) for c in ("value", "lower_95", "upper_95")))


def _lines(text: str) -> list[str]:
    return wrapped(text, END_LABEL_CHARACTERS).split("\n")


def write_at_end(canvas: Canvas, labels: Sequence[EndLabel]) -> None:
    """Write the labels right of the axes near their heights, a leader where moved."""
    axes, (_, _, width, height) = canvas.axes, canvas.box
    low, high = axes.get_ylim()
    wanted = [(label.y - low) / (high - low) * height for label in labels]
    heights = [label.height for label in labels]
    centres = spread(wanted, heights, -OVERHANG, height + OVERHANG)
    for label, target, centre in zip(labels, wanted, centres, strict=True):
        if abs(target - centre) > MOVED:
            axes.plot(
                [1.01, 1 + (END_LABEL_LEFT - 0.03) / width], [target / height, centre / height],
                transform=axes.transAxes, color=label.colour, linewidth=0.6, clip_on=False,
            )  # fmt: skip
        _write_lines(canvas, label, centre)


def _write_lines(canvas: Canvas, label: EndLabel, centre: float) -> None:
    _, _, width, height = canvas.box
    top = centre + (len(label.lines) - 1) * LINE / 2
    for i, (text, bold) in enumerate(label.lines):
        canvas.axes.text(
            1 + END_LABEL_LEFT / width, (top - i * LINE) / height, text,
            transform=canvas.axes.transAxes, color=label.colour, fontsize=style.SMALL_SIZE,
            fontweight="bold" if bold else "normal", va="center", ha="left",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """A word to write above the axes at a place on the x axis."""

    x: float
    text: str
    colour: str
    bold: bool = False


def write_above(canvas: Canvas, words: Sequence[Word], lift: float) -> None:
    """Write words above the axes near their x, kept apart; leaders if there is room."""
    left, _, width, height = canvas.box
    low, high = canvas.axes.get_xlim()
    wanted = [(word.x - low) / (high - low) * width for word in words]
    widths = [text_size(w.text, style.SMALL_SIZE, bold=w.bold)[0] + 0.12 for w in words]
    reach = canvas.figure.get_size_inches()[0] - left
    # Spreading goes from the highest number down, so from right to left here.
    centres = spread(wanted, widths, -left, reach)
    for word, target, centre in zip(words, wanted, centres, strict=True):
        if lift > LEADER_LIFT:
            canvas.axes.plot(
                [target / width, centre / width], [1, 1 + (lift - 0.02) / height],
                transform=canvas.axes.transAxes, color=word.colour, linewidth=0.6, clip_on=False,
            )  # fmt: skip
        canvas.axes.text(
            centre / width, 1 + lift / height, word.text, transform=canvas.axes.transAxes,
            ha="center", va="bottom", fontsize=style.SMALL_SIZE, color=word.colour,
            fontweight="bold" if word.bold else "normal",
        )  # fmt: skip


def spread_along(wanted: Sequence[float], texts: Sequence[str], width: float) -> list[float]:
    """Return places (shares of a width in inches) at which texts do not lie on each other."""
    widths = [text_size(text, style.SMALL_SIZE)[0] + 0.06 for text in texts]
    places = spread([share * width for share in wanted], widths, 0.0, width)
    return [place / width for place in places]


def write_unit(canvas: Canvas, unit: str, polarity: str | None) -> None:
    """Write the unit, and which end is the good one, in the top left corner."""
    width, height = canvas.figure.get_size_inches()
    words = [unit or "value", POLARITY_WORDS.get(str(polarity), "")]
    canvas.figure.text(
        0.06 / width, 1 - 0.08 / height, " · ".join(w for w in words if w),
        fontsize=style.SMALL_SIZE, color=style.GREY, ha="left", va="top",
    )  # fmt: skip
