"""Charts of trend tests: points with limits, the fitted line, breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hwb_analysis import style
from hwb_analysis.figures import parts
from hwb_analysis.figures.drawn import Drawn, Words, finish
from hwb_analysis.figures.labels import END_LABEL_LEFT, EndLabel, words_label, write_at_end
from hwb_analysis.figures.labels import write_unit as write_corner
from hwb_analysis.figures.scale import Scale, mark_cut, scale

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hwb_analysis.stats.frame_trend_one import SeriesTrend

TOP, BOTTOM = 0.34, 0.36
MOST_TICKS = 6
THEIR_SOURCE = "the figures given to the test"


@dataclass(frozen=True, slots=True)
class _Picture:
    """What all these charts share: points, a line through them, and marks."""

    time: NDArray[np.float64]
    value: NDArray[np.float64]
    line: NDArray[np.float64]
    unit: str
    label: str
    lower: NDArray[np.float64] | None = None
    upper: NDArray[np.float64] | None = None
    breaks: Sequence[float] = ()
    extra: dict[str, Sequence[object]] = field(default_factory=dict)


def draw_series_trend(
    found: SeriesTrend,
    *,
    title: str | None = None,
    subtitle: str | None = None,
    source: str = THEIR_SOURCE,
) -> Drawn:
    """Draw the trend of one series: ``result.plot()`` ends here."""
    picture = _Picture(
        time=found.time,
        value=found.observed,
        line=found.fitted,
        unit=found.unit,
        label=f"{found.area}: {found.direction}",
        lower=found.observed_lower,
        upper=found.observed_upper,
        breaks=found.breaks,
        extra={"Period": found.periods},
    )
    words = title or f"{found.area}: {found.direction}"
    return _drawn(picture, words, subtitle or found.series_id, found.explain(), source)


def _drawn(picture: _Picture, title: str, subtitle: str, caption: str, source: str) -> Drawn:
    with style.stylesheet():
        canvas, axis = _draw(picture)
        words = Words(
            name=parts.slug("trend-test", title[:60]),
            title=title,
            subtitle=subtitle,
            alt=parts.alt_text(title, "Dots with a fitted line", subtitle),
            caption=f"{caption} {axis.note('vertical', picture.unit)}".strip(),
            source=source,
        )
        return finish(canvas.figure, words, _table(picture))


def _table(picture: _Picture) -> pd.DataFrame:
    columns: dict[str, object] = {**picture.extra, "Time": picture.time, "Value": picture.value}
    if picture.lower is not None and picture.upper is not None:
        columns |= {"Lower limit": picture.lower, "Upper limit": picture.upper}
    columns["Fitted"] = picture.line
    return pd.DataFrame(columns)


def _draw(picture: _Picture) -> tuple[parts.Canvas, Scale]:
    sides = (picture.value, picture.line, picture.lower, picture.upper)
    shown = np.concatenate([side for side in sides if side is not None])
    axis = scale(shown[np.isfinite(shown)].tolist(), picture.unit)
    label = _end_label(picture)
    left = 0.14 + parts.widest(axis.texts, style.SMALL_SIZE)
    right = END_LABEL_LEFT + label.width + 0.06
    canvas = parts.canvas((style.WIDTH, style.HEIGHT), left, right, TOP, BOTTOM)
    _axes(canvas, picture, axis)
    _marks(canvas, picture)
    write_corner(canvas, picture.unit, None)
    write_at_end(canvas, [label])
    if axis.cut:
        mark_cut(canvas, along="y")
    return canvas, axis


def _end_label(picture: _Picture) -> EndLabel:
    known = picture.line if np.isfinite(picture.line).any() else picture.value
    last = known[np.isfinite(known)]
    return words_label(float(last[-1]), picture.label, style.DARK_BLUE)


def _axes(canvas: parts.Canvas, picture: _Picture, axis: Scale) -> None:
    axes, time = canvas.axes, picture.time
    room = 0.03 * max(float(time.max() - time.min()), 1.0)
    axes.set_xlim(time.min() - room, time.max() + room)
    axes.set_ylim(axis.low, axis.high)
    axes.set_yticks(axis.ticks, axis.texts)
    # Every so many points, counted back from the latest.
    step = ceil(time.size / MOST_TICKS)
    places = np.arange(time.size - 1, -1, -step)[::-1]
    names = [str(n) for n in picture.extra.get("Period", [f"{t:g}" for t in time])]
    axes.set_xticks(time[places], [names[i] for i in places])
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)


def _marks(canvas: parts.Canvas, picture: _Picture) -> None:
    axes, time = canvas.axes, picture.time
    for place in picture.breaks:
        axes.axvline(place, color=style.GREY, linestyle=":", linewidth=1.0)
    if picture.lower is not None and picture.upper is not None:
        axes.vlines(time, picture.lower, picture.upper, color=style.DARK_BLUE, linewidth=1.2)
    axes.plot(time, picture.line, color=style.ORANGE, linewidth=1.8, zorder=3)
    axes.plot(time, picture.value, "o", color=style.DARK_BLUE, markersize=5, zorder=4)
