"""Areas side by side as bars from zero with intervals, against a comparator's line."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from hwb_analysis import style
from hwb_analysis.errors import DataContractError
from hwb_analysis.figures import parts, rows
from hwb_analysis.figures.drawn import Drawn, Words, finish
from hwb_analysis.figures.labels import POLARITY_WORDS, Word, write_above
from hwb_analysis.figures.scale import scale
from hwb_analysis.vocabulary import Comparison

NEEDS = ("area_code", "area", "value")
NAME_CHARACTERS, VALUE_CHARACTERS = 28, 34
TOP, TOP_WITH_LINE, BOTTOM, BAR = 0.1, 0.4, 0.48, 0.62
PALE = "#c5d3e0"


def compare_bars(
    frame: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    source: str,
    unit: str,
    own: Collection[str] = (),
    comparator: pd.DataFrame | None = None,
    polarity: str | None = None,
    ordered: bool = False,
    name: str = "compare",
    alt: str | None = None,
    caption: str = "",
) -> Drawn:
    """Draw one bar an area, from zero, with its interval and its figure in words.

    Parameters
    ----------
    frame
        Rows of the tidy frame, one an area. With ``comparison_95`` its symbol and word
        stand with the figure.
    own
        Codes of the areas to be told apart: theirs are the dark bars.
    comparator
        One row, drawn as a labelled line from top to bottom.
    ordered
        Keep the order of the frame; otherwise bars run from the highest value down.

    Returns
    -------
    Drawn
        Picture, alt text and the areas as a table.

    Raises
    ------
    DataContractError
        When there is no value, an area stands twice, or the comparator has several rows.

    Examples
    --------
    >>> rows = pd.DataFrame({"area_code": ["a", "b"], "area": ["A", "B"], "value": [4.0, 6.0]})
    >>> drawn = compare_bars(rows, title="B has 6", subtitle="s", source="x", unit="%")
    >>> drawn.data["Area"].tolist()
    ['B', 'A']
    """
    table = parts.once(parts.checked(frame, NEEDS, "bars"), ["area_code"], "a chart of bars")
    if not ordered:
        table = table.sort_values("value", ascending=False, kind="stable", ignore_index=True)
    line = _line(comparator)
    with style.stylesheet():
        canvas = _draw(table, line, unit, set(own), polarity)
        words = Words(
            name=name,
            title=title,
            subtitle=subtitle,
            alt=parts.alt_text(title, "Bar chart", subtitle) if alt is None else alt,
            caption=_caption(caption, table, set(own)),
            source=source,
        )
    whole = table if line is None else pd.concat([table, line], ignore_index=True)
    data = parts.reader_table(whole, unit, (("area", "Area"),))
    return finish(canvas.figure, words, data, parts.table_decimals(whole, unit))


def _line(given: pd.DataFrame | None) -> pd.DataFrame | None:
    if given is None or given.empty or given["value"].isna().all():
        return None
    if len(given) > 1:
        raise DataContractError(
            f"a comparator has one row; got {len(given)}",
            remedy="choose one period, sex and age first",
        )
    return parts.checked(given, NEEDS, "a comparator")


def _draw(
    table: pd.DataFrame,
    line: pd.DataFrame | None,
    unit: str,
    own: set[str],
    polarity: str | None,
) -> parts.Canvas:
    names = [parts.wrapped(text, NAME_CHARACTERS) for text in table["area"]]
    figures = [_figure(row, unit) for _, row in table.iterrows()]
    top = TOP if line is None else TOP_WITH_LINE
    canvas = rows.row_canvas(names, figures, top=top, bottom=BOTTOM)
    every = [*table["value"], *table["lower_95"], *table["upper_95"]]
    every += [] if line is None else line["value"].tolist()
    # Bars are read by their length: zero is always on the axis.
    axis = scale([0.0, *every], unit)
    hint = POLARITY_WORDS.get(str(polarity))
    rows.value_axis(canvas, axis, " · ".join(w for w in (unit, hint) if w))
    for place, (_, row) in enumerate(table.iterrows()):
        _bar(canvas, place, row, not own or row["area_code"] in own)
    canvas.axes.axvline(0.0, color=style.GREY, linewidth=0.8, zorder=3)
    if line is not None:
        _comparator(canvas, line.iloc[0], unit)
    return canvas


def _bar(canvas: parts.Canvas, place: int, row: pd.Series[Any], dark: bool) -> None:
    if style.is_missing(row["value"]):
        return
    canvas.axes.barh(
        [place], [row["value"]], height=BAR, color=style.DARK_BLUE if dark else PALE,
        edgecolor=style.DARK_BLUE, linewidth=0.8, zorder=2,
    )  # fmt: skip
    # A white rim keeps the stroke visible inside a dark bar.
    for colour, width in ((style.WHITE, 3.4), (style.INK, 1.4)):
        canvas.axes.plot(
            [row["lower_95"], row["upper_95"]], [place, place], color=colour, linewidth=width,
            solid_capstyle="butt", zorder=4,
        )  # fmt: skip


def _comparator(canvas: parts.Canvas, row: pd.Series[Any], unit: str) -> None:
    value = float(row["value"])
    canvas.axes.axvline(value, color=style.GREY, linewidth=1.2, linestyle=(0, (4, 2)), zorder=5)
    places = style.decimals_for(unit, value, row["lower_95"], row["upper_95"])
    shown = style.format_value(value, unit, decimals=places)
    write_above(canvas, [Word(value, f"{parts.plain(row['area'])} {shown}", style.GREY, True)], 0.1)


def _figure(row: pd.Series[Any], unit: str) -> str:
    if style.is_missing(row["value"]):
        return rows.absent(row["status"], row["note"], VALUE_CHARACTERS)
    numbers = [float(row[c]) for c in ("value", "lower_95", "upper_95")]
    places = style.decimals_for(unit, *numbers)
    text = style.format_value(numbers[0], "%" if unit == "%" else "", decimals=places)
    if not style.is_missing(numbers[1]):
        text += f" ({style.format_interval(numbers[1], numbers[2], unit, decimals=places)})"
    word = str(row["comparison_95"])
    if not word or word == Comparison.NOT_COMPARED.value:
        return text
    return f"{text} {style.SYMBOLS[Comparison(word)].text} {word}"


def _caption(given: str, table: pd.DataFrame, own: set[str]) -> str:
    notes = [parts.sentence(given), parts.interval_note(table, "Horizontal stroke")]
    named = [parts.plain(area) for area in table.loc[table["area_code"].isin(own), "area"]]
    if named:
        notes.append(f"Dark: {', '.join(named)}.")
    notes.append(parts.missing_note(table, "area"))
    return " ".join(note for note in notes if note)
