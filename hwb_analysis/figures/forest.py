"""Estimates with their intervals, one a row, against a line of no difference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hwb_analysis import style
from hwb_analysis.errors import DataContractError
from hwb_analysis.figures import parts, rows
from hwb_analysis.figures.drawn import Drawn, Words, finish
from hwb_analysis.figures.scale import Scale, scale

NEEDS = ("label", "value", "lower_95", "upper_95")
NAME_CHARACTERS = 34
TOP, BOTTOM = 0.3, 0.46
TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
DIAMOND = 0.22


def forest(
    estimates: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    source: str,
    unit: str = "",
    reference: float | None = 0.0,
    reference_words: str = "no difference",
    ratio: bool = False,
    name: str = "forest",
    alt: str | None = None,
    caption: str = "",
) -> Drawn:
    """Draw estimates as squares with 95% intervals; a summary is a diamond at the bottom.

    Parameters
    ----------
    estimates
        In the order to be shown: ``label``, ``value``, ``lower_95``, ``upper_95``.
        Optional: ``summary`` (true for an estimate over all others), ``status``, ``note``.
    unit
        Unit of the estimates.
    reference, reference_words
        The value of no difference and what its line is called; none: no line.
    ratio
        Draw on a logarithmic axis; estimates and limits are then above zero.

    Returns
    -------
    Drawn
        Picture, alt text and the estimates as a table.

    Raises
    ------
    DataContractError
        When a column is missing, there is no value, or a ratio is not above zero.

    Examples
    --------
    >>> rows = pd.DataFrame({"label": ["A", "B"], "value": [1.2, 0.9],
    ...     "lower_95": [1.0, 0.7], "upper_95": [1.5, 1.1]})
    >>> drawn = forest(rows, title="Ratios", subtitle="Two areas", source="B", ratio=True,
    ...     reference=1.0)
    >>> drawn.data["Estimate"].tolist()
    [1.2, 0.9]
    """
    table = _checked(estimates, ratio)
    with style.stylesheet():
        canvas, note = _draw(table, unit, reference, reference_words, ratio)
        words = Words(
            name=name,
            title=title,
            subtitle=subtitle,
            alt=parts.alt_text(title, "Forest plot", subtitle) if alt is None else alt,
            caption=_caption(caption, table, note, ratio),
            source=source,
        )
        return finish(canvas.figure, words, _data(table, unit), _decimals(table, unit, ratio))


def _checked(estimates: pd.DataFrame, ratio: bool) -> pd.DataFrame:
    table = parts.checked(estimates, NEEDS, "a forest plot")
    table["label"] = [parts.wrapped(text, NAME_CHARACTERS) for text in table["label"]]
    table["summary"] = table["summary"].astype("bool") if "summary" in table else False
    drawn = table[["value", "lower_95", "upper_95"]]
    if ratio and (drawn <= 0).any(axis=None):
        raise DataContractError(
            "ratios above zero were expected; got one that is not",
            remedy="pass ratio=False for differences",
        )
    return table


def _draw(
    table: pd.DataFrame, unit: str, reference: float | None, reference_words: str, ratio: bool
) -> tuple[parts.Canvas, str]:
    names = table["label"].tolist()
    figures = [_figure(row, unit, ratio) for _, row in table.iterrows()]
    canvas = rows.row_canvas(names, figures, top=TOP, bottom=BOTTOM, head="95% interval")
    ends = table[["value", "lower_95", "upper_95"]].to_numpy().ravel().tolist()
    # A line that is drawn must be on the axis.
    every = ends if reference is None else [*ends, reference]
    axis = _ratios(every) if ratio else scale(every, unit, zero=False)
    if ratio:
        canvas.axes.set_xscale("log")
        canvas.axes.minorticks_off()
    rows.value_axis(canvas, axis, unit or ("ratio, logarithmic axis" if ratio else ""))
    if reference is not None:
        _reference(canvas, reference, parts.plain(reference_words))
    for place, (_, row) in enumerate(table.iterrows()):
        _mark(canvas, place, row)
    return canvas, "" if ratio or reference == 0 else axis.note("value", unit)


def _ratios(values: list[float]) -> Scale:
    present = [v for v in values if np.isfinite(v)]
    low = max((t for t in TICKS if t <= min(present)), default=min(present))
    high = min((t for t in TICKS if t >= max(present)), default=max(present))
    if low == high:
        low, high = low / 2, high * 2
    ticks = tuple(t for t in TICKS if low <= t <= high)
    # A logarithmic axis has no zero to leave out: its ends are not marked as a cut.
    return _LogScale(low, high, ticks)


class _LogScale(Scale):
    """A scale of ratios; it is never cut."""

    __slots__ = ()

    @property
    def cut(self) -> bool:
        return False


def _reference(canvas: parts.Canvas, value: float, words: str) -> None:
    axes = canvas.axes
    axes.axvline(value, color=style.INK, linewidth=0.9, zorder=1)
    axes.text(
        value, 1 + 0.06 / canvas.height, words, transform=axes.get_xaxis_transform(), ha="center",
        va="bottom", fontsize=style.SMALL_SIZE, color=style.GREY,
    )  # fmt: skip


def _mark(canvas: parts.Canvas, place: int, row: pd.Series[Any]) -> None:
    axes, limits = canvas.axes, [row["lower_95"], row["upper_95"]]
    if style.is_missing(row["value"]):
        return
    if row["summary"] and not style.is_missing(row["lower_95"]):
        xs = [limits[0], row["value"], limits[1], row["value"]]
        axes.fill(xs, [place, place - DIAMOND, place, place + DIAMOND], color=style.ORANGE,
                  edgecolor=style.INK, linewidth=0.8, zorder=3)  # fmt: skip
        return
    axes.plot(limits, [place, place], color=style.DARK_BLUE, linewidth=1.4, zorder=2)
    axes.plot([row["value"]], [place], "s", color=style.DARK_BLUE, markersize=6, zorder=3)


def _figure(row: pd.Series[Any], unit: str, ratio: bool) -> str:
    if style.is_missing(row["value"]):
        return rows.absent(row["status"], row["note"], NAME_CHARACTERS)
    numbers = [float(row[c]) for c in NEEDS[1:]]
    places = 2 if ratio else style.decimals_for(unit, *numbers)
    text = style.format_number(numbers[0], places)
    return f"{text} ({style.format_interval(numbers[1], numbers[2], decimals=places)})"


def _caption(given: str, table: pd.DataFrame, axis_note: str, ratio: bool) -> str:
    notes = [parts.sentence(given), parts.interval_note(table, "Horizontal stroke"), axis_note]
    if table["summary"].any():
        notes.append("Diamond: summary of the estimates above, as wide as its 95% interval.")
    if ratio:
        notes.append("Logarithmic axis: equal distances are equal ratios.")
    notes.append(parts.missing_note(table.assign(label=table["label"].map(parts.plain)), "label"))
    return " ".join(note for note in notes if note)


def _data(table: pd.DataFrame, unit: str) -> pd.DataFrame:
    out = pd.DataFrame(
        {
            "Label": table["label"].map(parts.plain),
            "Estimate": table["value"],
            parts.LOWER: table["lower_95"],
            parts.UPPER: table["upper_95"],
        }
    )
    if unit:
        out["Unit"] = unit
    if table["summary"].any():
        out["Kind"] = table["summary"].map({True: "summary", False: "estimate"})
    return out


def _decimals(table: pd.DataFrame, unit: str, ratio: bool) -> dict[str, int]:
    places = 2 if ratio else max(parts.table_decimals(table, unit).values())
    return dict.fromkeys(("Estimate", parts.LOWER, parts.UPPER), places)
