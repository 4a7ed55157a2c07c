"""The social gradient: groups by deprivation, their limits, and the fitted line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hwb_analysis import style
from hwb_analysis.errors import DataContractError
from hwb_analysis.figures import parts
from hwb_analysis.figures.drawn import Drawn, Words, finish
from hwb_analysis.figures.labels import END_LABEL_LEFT, EndLabel, write_at_end, write_unit
from hwb_analysis.figures.scale import Scale, mark_cut, scale
from hwb_analysis.stats.slope_result import LACK_LEVEL, NO_GOOD_END, NOT_A_LINE

if TYPE_CHECKING:
    from hwb_analysis.stats.slope_result import SlopeIndex

NEEDS = ("category", "value")
TOP, BOTTOM = 0.34, 0.46
Z_95 = 1.959963984540054
MOST, LEAST = "most deprived", "least deprived"


def gradient(
    groups: pd.DataFrame,
    fit: SlopeIndex,
    *,
    title: str,
    subtitle: str,
    source: str,
    unit: str,
    polarity: str | None = None,
    position: int = 0,
    name: str | None = None,
    alt: str | None = None,
    caption: str = "",
    described: str = "",
) -> Drawn:
    """Draw the groups from most to least deprived with the line fitted through them.

    Parameters
    ----------
    groups
        One row a group, most deprived first: ``category`` (its name), ``value`` and,
        where there are any, ``lower_95``, ``upper_95``, ``count`` and ``denominator``.
    fit
        The slope index of these groups; it also places them: each stands in the middle
        of its share of the population.
    unit
        Unit of the values; the slope is shown in the unit of a difference.
    position
        Which set of groups of ``fit`` this is, the first unless told.
    described
        Why the groups are only described, when they are: then there is no line, no slope
        and no interval, but the distance between the two end groups.

    Returns
    -------
    Drawn
        Picture with the slope in words at the end of the line. When the groups do not
        lie on a line the caption says so.

    Raises
    ------
    DataContractError
        When there is no value to draw, or the groups are not those of the fit.
    """
    rows = parts.once(parts.checked(groups, NEEDS, "a gradient"), ["category"], "a gradient")
    line = _Line(fit, position, described)
    if len(rows) != fit.groups:
        raise DataContractError(
            f"the fit has {fit.groups} groups, the frame {len(rows)} rows",
            remedy="pass the groups that the slope index was computed from",
        )
    rows = rows.assign(x=line.rank)
    if described:
        rows = rows.assign(lower_95=np.nan, upper_95=np.nan)
    kind = "Dots" if described else "Dots with a fitted line"
    with style.stylesheet():
        canvas, axis = _draw(rows, line, unit, polarity)
        words = Words(
            name=name or parts.slug("gradient", rows["series_id"].iloc[0] or title[:40]),
            title=title,
            subtitle=subtitle,
            alt=parts.alt_text(title, kind, subtitle) if alt is None else alt,
            caption=_caption(caption, rows, line, axis.note("vertical", unit), unit),
            source=source,
        )
        table = parts.reader_table(rows, unit, (("category", "Group"),))
        return finish(canvas.figure, words, table, parts.table_decimals(rows, unit))


def draw_slope_index(
    fit: SlopeIndex,
    *,
    title: str | None = None,
    subtitle: str = "Groups from most to least deprived",
    source: str = "the frame that the slope index was computed from",
    position: int = 0,
    **options: Any,
) -> Drawn:
    """Draw a slope index from what it holds itself: ``result.plot()`` ends here."""
    value = fit.group_value.reshape(-1, fit.groups)[position]
    spread = Z_95 * fit.group_error.reshape(-1, fit.groups)[position]
    names = [f"Group {i}" for i in range(1, fit.groups + 1)]
    groups = pd.DataFrame(
        {
            "category": names,
            "value": value,
            "lower_95": value - spread,
            "upper_95": value + spread,
        }
    )
    unit = "%" if fit.unit == "percentage points" else fit.unit
    polarity = None if fit.better == NO_GOOD_END else fit.better
    settings = {"unit": unit, "polarity": polarity, **options}
    sentence = fit.explain(position) if title is None else title
    return gradient(
        groups, fit, title=sentence, subtitle=subtitle, source=source, position=position, **settings
    )


class _Line:
    """One set of groups of a fit: where the groups stand and where the line ends."""

    def __init__(self, fit: SlopeIndex, position: int, described: str) -> None:
        self.described = described
        # Where low is good a positive slope means a higher line at the deprived end.
        self.positive = "lower" if fit.better == "high" else "higher"
        self.rank = fit.rank.reshape(-1, fit.groups)[position]
        self.most = float(fit.fitted_most.flat[position])
        self.least = float(fit.fitted_least.flat[position])
        self.slope = float(fit.value.flat[position])
        self.lower, self.upper = (
            float(side.reshape(len(fit.levels), -1)[0][position]) for side in (fit.lower, fit.upper)
        )
        self.lack = float(fit.lack_of_fit_p.flat[position])
        self.residual = float(fit.largest_residual.flat[position])
        self.reason = str(fit.reason.flat[position])

    @property
    def drawn(self) -> bool:
        return not self.described and bool(np.isfinite([self.most, self.least]).all())

    @property
    def ends(self) -> list[float]:
        return [self.most, self.least] if self.drawn else []


def _draw(
    rows: pd.DataFrame, line: _Line, unit: str, polarity: str | None
) -> tuple[parts.Canvas, Scale]:
    shown = pd.concat([rows[c] for c in ("value", "lower_95", "upper_95")]).tolist()
    axis = scale([*shown, *line.ends], unit)
    label = _slope_label(rows, line, unit)
    canvas = _canvas(rows, axis, END_LABEL_LEFT + label.width + 0.06)
    axes = canvas.axes
    if line.drawn:
        axes.plot([0, 1], line.ends, color=style.ORANGE, linewidth=1.8, zorder=2)
    axes.vlines(rows["x"], rows["lower_95"], rows["upper_95"], color=style.DARK_BLUE, lw=1.6)
    axes.plot(rows["x"], rows["value"], "o", color=style.DARK_BLUE, markersize=6, zorder=4)
    write_unit(canvas, unit, polarity)
    write_at_end(canvas, [label])
    if axis.cut:
        mark_cut(canvas, along="y")
    return canvas, axis


def _canvas(rows: pd.DataFrame, axis: Scale, right: float) -> parts.Canvas:
    left = 0.14 + parts.widest(axis.texts, style.SMALL_SIZE)
    canvas = parts.canvas((style.WIDTH, style.HEIGHT), left, right, TOP, BOTTOM)
    axes = canvas.axes
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(axis.low, axis.high)
    axes.set_yticks(axis.ticks, axis.texts)
    axes.set_xticks(rows["x"], [str(i) for i in range(1, len(rows) + 1)])
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    drop = -(0.26 / canvas.height)
    for x, words, side in ((0.0, f"← {MOST}", "left"), (1.0, f"{LEAST} →", "right")):
        axes.text(
            x, drop, words, transform=axes.get_xaxis_transform(), ha=side, va="top",
            fontsize=style.SMALL_SIZE, color=style.GREY,
        )  # fmt: skip
    return canvas


def _slope_label(rows: pd.DataFrame, line: _Line, unit: str) -> EndLabel:
    if line.described:
        return _ends_label(rows, unit)
    if not line.drawn:
        middle = float(rows["value"].mean())
        return EndLabel(middle, (("no slope", True),), style.GREY)
    text = _slope_text(line, unit)
    value, _, interval = text.partition(" (")
    lines = [("Slope index", True), (value, False)]
    if interval:
        lines.append((f"({interval}", False))
    return EndLabel(line.least, tuple(lines), style.INK)


def _ends_label(rows: pd.DataFrame, unit: str) -> EndLabel:
    most, least = float(rows["value"].iloc[0]), float(rows["value"].iloc[-1])
    shown = [style.format_difference(most - least, unit, decimals=style.decimals_for(unit, least))]
    if np.isfinite(most) and least > 0:
        shown.append(f"{style.format_number(most / least, 2)} times")
    at = least if np.isfinite(least) else float(rows["value"].mean())
    lines = [("Most to least", True), *((text, False) for text in shown)]
    return EndLabel(at, tuple(lines), style.INK)


def _slope_text(line: _Line, unit: str) -> str:
    named = style.difference_unit(unit)
    places = style.decimals_for(unit, line.slope, line.lower, line.upper)
    text = style.format_value(line.slope, named, decimals=places)
    if style.is_missing(line.lower):
        return text
    return f"{text} ({style.format_interval(line.lower, line.upper, named, decimals=places)})"


def _caption(given: str, rows: pd.DataFrame, line: _Line, axis_note: str, unit: str) -> str:
    notes = [
        parts.sentence(given),
        "Each dot stands in the middle of its group's share of the population.",
        parts.sentence(f"{line.described[:1].upper()}{line.described[1:]}")
        or parts.interval_note(rows, "Vertical stroke"),
        axis_note,
    ]
    if line.described:
        return " ".join(note for note in [*notes, parts.missing_note(rows, "category")] if note)
    if line.reason:
        notes.append(parts.sentence(f"Slope index: {line.reason}"))
    if line.drawn:
        slope = _slope_text(line, unit)
        notes.append(
            f"Line: slope index {slope}, the fitted distance between the two ends; "
            f"above zero the line is {line.positive} at the most deprived end."
        )
    if line.lack < LACK_LEVEL:
        size, places = abs(line.residual), style.decimals_for(unit, line.residual)
        most = style.format_value(size, style.difference_unit(unit), decimals=places)
        notes.append(f"{NOT_A_LINE.capitalize()}; the largest distance from the line is {most}.")
    notes.append(parts.missing_note(rows, "category"))
    return " ".join(note for note in notes if note)
