"""Areas side by side as dots with limits, in the order of their deprivation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hwb_analysis import style
from hwb_analysis.errors import DataContractError
from hwb_analysis.figures import parts
from hwb_analysis.figures.drawn import Drawn, Words, finish
from hwb_analysis.figures.labels import POLARITY_WORDS, Word, write_above
from hwb_analysis.figures.scale import Scale, mark_cut, scale
from hwb_analysis.tables import SHORTHAND_OF
from hwb_analysis.vocabulary import Comparison

NEEDS = ("area_code", "area", "value")
ROW_HEIGHT = 0.32
TOP, TOP_WITH_LINES, BOTTOM, MARGIN, GUTTER = 0.1, 0.42, 0.36, 0.06, 0.14
WORDS_LIFT = 0.1
NAME_CHARACTERS, VALUE_CHARACTERS = 26, 34
ORDER_WORDS = ("most deprived", "least deprived")


def district_dots(
    frame: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    source: str,
    unit: str,
    order: Sequence[str] | None = None,
    order_words: tuple[str, str] = ORDER_WORDS,
    county: pd.DataFrame | None = None,
    england: pd.DataFrame | None = None,
    polarity: str | None = None,
    name: str | None = None,
    alt: str | None = None,
    caption: str = "",
) -> Drawn:
    """Draw one row an area: a dot, its limits, and the figure in words.

    Parameters
    ----------
    frame
        Rows of the tidy frame, one an area. With a column ``comparison_95`` each dot
        takes the symbol of its comparison and the word stands beside the figure.
    order
        Area codes from top to bottom, most deprived first; without it the areas
        run from the highest value to the lowest.
    order_words
        What the top and the bottom of the order are called.
    county, england
        One row each, drawn as a labelled line from top to bottom.

    Returns
    -------
    Drawn
        Picture, alt text and the plotted rows as a table. No slope is drawn: seven
        areas do not bear one.

    Raises
    ------
    DataContractError
        When there is no value to draw, an area stands twice, or ``order`` leaves one out.
    """
    rows = parts.once(parts.checked(frame, NEEDS, "a dot chart"), ["area_code"], "a dot chart")
    rows = _ordered(rows, order)
    lines = _lines(county, england)
    with style.stylesheet():
        canvas, axis = _draw(rows, lines, unit, polarity, order_words if order else None)
        words = Words(
            name=name or parts.slug("districts", rows["series_id"].iloc[0]),
            title=title,
            subtitle=subtitle,
            alt=parts.alt_text(title, "Dot chart", subtitle) if alt is None else alt,
            caption=_caption(caption, rows, lines, axis.note("value", unit), bool(order)),
            source=source,
        )
    whole = pd.concat([rows, *(line.row for line in lines)], ignore_index=True)
    table = parts.reader_table(whole, unit, (("area", "Area"), ("period", "Period")))
    table = table.drop(columns="Period") if (whole["period"] == "").all() else table
    return finish(canvas.figure, words, table, parts.table_decimals(rows, unit))


@dataclass(frozen=True, slots=True)
class _Line:
    """An area that all the others are seen against."""

    row: pd.DataFrame
    colour: str
    dashes: Any

    @property
    def value(self) -> float:
        return float(self.row["value"].iloc[0])

    @property
    def area(self) -> str:
        return str(self.row["area"].iloc[0])

    def shown(self, unit: str) -> str:
        limits = (float(self.row[c].iloc[0]) for c in ("value", "lower_95", "upper_95"))
        return style.format_value(self.value, unit, decimals=style.decimals_for(unit, *limits))


def _lines(county: pd.DataFrame | None, england: pd.DataFrame | None) -> list[_Line]:
    lines = []
    looks = ((county, style.DARK_BLUE, "-"), (england, style.GREY, (0, (4, 2))))
    for given, colour, dashes in looks:
        if given is None or given.empty or given["value"].isna().all():
            continue
        row = parts.checked(given, NEEDS, "a reference line")
        if len(row) > 1:
            raise DataContractError(
                f"a reference line needs one row; got {len(row)}",
                remedy="choose one period, sex and age first",
            )
        lines.append(_Line(row, colour, dashes))
    return lines


def _ordered(rows: pd.DataFrame, order: Sequence[str] | None) -> pd.DataFrame:
    if order is None:
        return rows.sort_values("value", ascending=False, ignore_index=True, na_position="last")
    unknown = [code for code in rows["area_code"] if code not in set(order)]
    if unknown:
        raise DataContractError(
            f"the order of areas leaves out {', '.join(unknown)}",
            remedy="pass every area code, most deprived first",
        )
    place = {code: i for i, code in enumerate(order)}
    return rows.iloc[rows["area_code"].map(place).argsort(kind="stable")].reset_index(drop=True)


def _draw(
    rows: pd.DataFrame,
    lines: Sequence[_Line],
    unit: str,
    polarity: str | None,
    ends: tuple[str, str] | None,
) -> tuple[parts.Canvas, Scale]:
    shown = pd.concat([rows[c] for c in ("value", "lower_95", "upper_95")]).tolist()
    axis = scale([*shown, *(line.value for line in lines)], unit)
    names = [parts.wrapped(str(n), NAME_CHARACTERS) for n in rows["area"]]
    figures = [_figure(row, unit) for _, row in rows.iterrows()]
    top = TOP_WITH_LINES if lines else TOP
    canvas = _canvas(rows, axis, names, figures, top, extra=2 if ends else 0)
    for line in lines:
        canvas.axes.axvline(line.value, color=line.colour, lw=1.1, linestyle=line.dashes, zorder=1)
    _dots(canvas, rows)
    _write_rows(canvas, names, figures)
    if ends:
        _write_ends(canvas, ends, len(rows))
    above = [
        Word(line.value, f"{line.area} {line.shown(unit)}", line.colour, bold=True)
        for line in lines
    ]
    write_above(canvas, above, WORDS_LIFT)
    hint = POLARITY_WORDS.get(str(polarity))
    canvas.axes.set_xlabel(" · ".join(w for w in (unit, hint) if w), fontsize=style.SMALL_SIZE)
    if axis.cut:
        mark_cut(canvas, along="x")
    return canvas, axis


def _canvas(
    rows: pd.DataFrame,
    axis: Scale,
    names: Sequence[str],
    figures: Sequence[str],
    top: float,
    extra: int,
) -> parts.Canvas:
    left = MARGIN + parts.widest(names, style.TEXT_SIZE) + GUTTER
    right = MARGIN + parts.widest(figures, style.SMALL_SIZE) + GUTTER
    places = len(rows) + 0.6 * extra
    height = top + places * ROW_HEIGHT + BOTTOM + parts.LINE
    size = (style.WIDTH, height)
    canvas = parts.canvas(size, left, right, top, BOTTOM + parts.LINE)
    axes = canvas.axes
    pad = 0.5 + 0.3 * extra
    axes.set_ylim(len(rows) - 1 + pad, -pad)
    axes.set_xlim(axis.low, axis.high)
    axes.set_xticks(axis.ticks, axis.texts)
    axes.set_yticks([])
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    return canvas


def _in_a_row(text: str) -> str:
    """Return a reason in two lines at most, which a row has room for; the caption has it all."""
    lines = parts.wrapped(text, VALUE_CHARACTERS).split("\n")
    return "\n".join(lines if len(lines) <= 2 else [lines[0], f"{lines[1]} ..."])


def _figure(row: pd.Series[Any], unit: str) -> str:
    if pd.isna(row["value"]):
        mark = SHORTHAND_OF.get(row["status"], "[x]")
        return _in_a_row(f"{mark} {row['note'] or style.NOT_AVAILABLE}")
    limits = (row["value"], row["lower_95"], row["upper_95"])
    places = style.decimals_for(unit, *limits)
    # A long unit stands under the axis once instead of in every row.
    text = style.format_value(row["value"], unit if unit == "%" else "", decimals=places)
    if not style.is_missing(row["lower_95"]):
        interval = style.format_interval(row["lower_95"], row["upper_95"], unit, decimals=places)
        text += f" ({interval})"
    compared = row["comparison_95"]
    return f"{text} {compared}" if compared else text


def _dots(canvas: parts.Canvas, rows: pd.DataFrame) -> None:
    for place, (_, row) in enumerate(rows.iterrows()):
        symbol = _symbol(row["comparison_95"])
        limits = [row["lower_95"], row["upper_95"]]
        canvas.axes.plot(limits, [place, place], color=symbol.colour, linewidth=1.6, zorder=2)
        canvas.axes.plot(
            [row["value"]], [place], symbol.marker, color=symbol.colour, markersize=7, zorder=3,
            markerfacecolor=symbol.colour if symbol.filled else style.WHITE, markeredgewidth=1.6,
        )  # fmt: skip


def _symbol(compared: str) -> style.Symbol:
    plain = style.Symbol("o", style.DARK_BLUE, True, "")
    if not compared or compared == Comparison.NOT_COMPARED.value:
        return plain
    return style.SYMBOLS[Comparison(compared)]


def _write_rows(canvas: parts.Canvas, names: Sequence[str], figures: Sequence[str]) -> None:
    left, _, width, _ = canvas.box
    place = canvas.axes.get_yaxis_transform()
    for row, (name, figure) in enumerate(zip(names, figures, strict=True)):
        canvas.axes.text(
            (MARGIN - left) / width, row, name, transform=place, va="center", ha="left",
            fontsize=style.TEXT_SIZE, linespacing=0.95,
        )  # fmt: skip
        canvas.axes.text(
            1 + GUTTER / width, row, figure, transform=place, va="center", ha="left",
            fontsize=style.SMALL_SIZE, linespacing=0.95,
        )  # fmt: skip


def _write_ends(canvas: parts.Canvas, ends: tuple[str, str], count: int) -> None:
    left, _, width, _ = canvas.box
    for text, row in zip(ends, (-0.72, count - 0.28), strict=True):
        canvas.axes.text(
            (MARGIN - left) / width, row, text, transform=canvas.axes.get_yaxis_transform(),
            va="center", ha="left", fontsize=style.SMALL_SIZE, color=style.GREY,
        )  # fmt: skip


def _caption(
    given: str, rows: pd.DataFrame, lines: Sequence[_Line], axis_note: str, ordered: bool
) -> str:
    notes = [parts.sentence(given), parts.interval_note(rows, "Horizontal stroke"), axis_note]
    if not ordered:
        notes.append("Areas run from the highest value to the lowest.")
    notes.append(parts.missing_note(rows, "area"))
    return " ".join(note for note in notes if note)
