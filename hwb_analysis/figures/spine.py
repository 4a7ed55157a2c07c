"""The spine chart: each measure against a comparator and the range of other areas."""

from __future__ import annotations

from typing import Any

import pandas as pd

from hwb_analysis import style
from hwb_analysis.errors import DataContractError
from hwb_analysis.figures import parts, rows
from hwb_analysis.figures.drawn import Drawn, Words, finish
from hwb_analysis.tables import SHORTHAND_OF
from hwb_analysis.vocabulary import Comparison, Polarity

NEEDS = ("label", "value", "comparator", "unit", "better")
RANGE = ("range_low", "quarter_low", "quarter_high", "range_high")
NUMBERS = ("value", "lower_95", "upper_95", "comparator", *RANGE)
NAME_CHARACTERS = 34
WIDTH, TOP, BOTTOM = 7.2, 0.52, 0.1
# Half the height of a bar, in rows.
HALF = 0.2
PALE, DARKER = "#e3e6e8", "#c2c8cc"


def spine_chart(
    measures: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    source: str,
    area: str,
    comparator: str,
    range_words: str = "all areas",
    name: str = "spine",
    alt: str | None = None,
    caption: str = "",
) -> Drawn:
    """Draw one row a measure: the area's mark on the range of areas, worst on the left.

    Each row has its own scale. The comparator stands in the middle of all rows, and the
    farther of the two ends (or of the area's own mark and limits) reaches the edge.

    Parameters
    ----------
    measures
        In the order to be shown: ``label``, ``value``, ``comparator`` (its value),
        ``unit``, ``better`` (high, low or none). Optional: ``lower_95``, ``upper_95``,
        ``range_low``, ``quarter_low``, ``quarter_high``, ``range_high`` (lowest value,
        quartiles and highest value of the areas), ``comparison_95``, ``period``,
        ``status``, ``note``.
    area, comparator
        Names for the key.
    range_words
        Which areas the range is of.

    Returns
    -------
    Drawn
        Picture, alt text and every number as a table. A measure without a good end runs
        from low to high and says so.

    Raises
    ------
    DataContractError
        When a column is missing, a ``better`` is unknown, or no measure has a value.
    """
    table = _checked(measures)
    with style.stylesheet():
        canvas = _draw(table, comparator)
        words = Words(
            name=name,
            title=title,
            subtitle=subtitle,
            alt=parts.alt_text(title, "Spine chart", subtitle) if alt is None else alt,
            caption=_caption(caption, table, area, comparator, range_words),
            source=source,
        )
        return finish(canvas.figure, words, _data(table, area, comparator))


def _checked(measures: pd.DataFrame) -> pd.DataFrame:
    table = parts.checked(measures, NEEDS, "a spine chart")
    for column in ("comparator", *RANGE):
        table[column] = pd.to_numeric(table[column]) if column in table else float("nan")
    known = [p.value for p in Polarity]
    unknown = sorted(set(table["better"].astype("str")) - set(known))
    if unknown:
        raise DataContractError(
            f"better must be one of {', '.join(known)}; got {', '.join(unknown)}"
        )
    table["label"] = table["label"].map(parts.plain)
    return table


# -- the picture ---------------------------------------------------------------


def _draw(table: pd.DataFrame, comparator: str) -> parts.Canvas:
    names = [_name(row) for _, row in table.iterrows()]
    figures = [_figure(row, parts.plain(comparator)) for _, row in table.iterrows()]
    canvas = rows.row_canvas(names, figures, top=TOP, bottom=BOTTOM, width=WIDTH)
    axes = canvas.axes
    axes.set_xlim(-1.04, 1.04)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    for place, (_, row) in enumerate(table.iterrows()):
        _spine(canvas, place, row)
    axes.plot([0, 0], [-0.5, len(table) - 0.5], color=style.INK, linewidth=1.0, zorder=2)
    _heads(canvas, table, parts.plain(comparator))
    return canvas


def _name(row: pd.Series[Any]) -> str:
    text = parts.wrapped(row["label"], NAME_CHARACTERS)
    note = ", ".join(t for t in (parts.plain(row["unit"]), parts.plain(row["period"])) if t)
    return f"{text}\n{note[:NAME_CHARACTERS]}" if note else text


def _figure(row: pd.Series[Any], comparator: str) -> str:
    numbers = [float(row[c]) for c in NUMBERS[:3]]
    places = style.decimals_for(row["unit"], *numbers)
    text = SHORTHAND_OF.get(str(row["status"]), "[x]")
    if not style.is_missing(numbers[0]):
        text = style.format_number(numbers[0], places)
    if not style.is_missing(numbers[1]):
        text += f" ({style.format_interval(numbers[1], numbers[2], decimals=places)})"
    other = "[x]"
    if not style.is_missing(row["comparator"]):
        other = style.format_number(row["comparator"], places)
    word = str(row["comparison_95"])
    said = "" if word in ("", Comparison.NOT_COMPARED.value) else f", {word}"
    return f"{text}\n{comparator} {other}{said}"


def places_of(row: pd.Series[Any]) -> dict[str, float]:
    """Return where the numbers of a row stand from -1 (worst) to 1 (best); 0 is the comparator.

    Examples
    --------
    >>> row = pd.Series({"value": 12.0, "comparator": 10.0, "range_low": 6.0, "better": "low"})
    >>> places_of(row)
    {'value': -0.5, 'comparator': 0.0, 'range_low': 1.0}
    """
    middle = float(row["comparator"])
    numbers = {c: float(row[c]) for c in NUMBERS if c in row and not pd.isna(row[c])}
    if pd.isna(middle) or not numbers:
        return {}
    reach = max(abs(v - middle) for v in numbers.values()) or 1.0
    sign = -1.0 if row["better"] == Polarity.LOW.value else 1.0
    # A plain zero: minus nought is drawn the same and read differently.
    return {c: sign * (v - middle) / reach + 0.0 for c, v in numbers.items()}


def _spine(canvas: parts.Canvas, place: int, row: pd.Series[Any]) -> None:
    at, axes = places_of(row), canvas.axes
    for ends, colour in (
        (("range_low", "range_high"), PALE),
        (("quarter_low", "quarter_high"), DARKER),
    ):
        if set(ends) <= set(at):
            low, high = sorted(at[end] for end in ends)
            axes.barh([place], [high - low], left=low, height=2 * HALF, color=colour, zorder=1)
    if not at:
        axes.text(
            0, place, "not on this chart: no comparator", ha="center", va="center",
            fontsize=style.SMALL_SIZE, color=style.GREY,
            bbox={"facecolor": style.WHITE, "edgecolor": "none", "pad": 1.0}, zorder=6,
        )  # fmt: skip
    if "value" not in at:
        return
    symbol = _symbol(str(row["comparison_95"]))
    if {"lower_95", "upper_95"} <= set(at):
        axes.plot([at["lower_95"], at["upper_95"]], [place] * 2, color=style.INK, lw=1.2, zorder=3)
    axes.plot(
        [at["value"]], [place], symbol.marker, color=symbol.colour, markersize=7.5, zorder=4,
        markerfacecolor=symbol.colour if symbol.filled else style.WHITE, markeredgewidth=1.6,
    )  # fmt: skip


def _symbol(word: str) -> style.Symbol:
    if word in ("", Comparison.NOT_COMPARED.value):
        return style.Symbol("s", style.DARK_GREY, False, "")
    return style.SYMBOLS[Comparison(word)]


def _heads(canvas: parts.Canvas, table: pd.DataFrame, comparator: str) -> None:
    directed = (table["better"] != Polarity.NONE.value).all()
    ends = ("← worse", "better →") if directed else ("← worse or lower", "better or higher →")
    for x, text, side in ((-1.04, ends[0], "left"), (1.04, ends[1], "right")):
        canvas.axes.text(
            x, 1 + 0.06 / canvas.height, text, transform=canvas.axes.get_xaxis_transform(),
            ha=side, va="bottom", fontsize=style.SMALL_SIZE, color=style.GREY,
        )  # fmt: skip
    canvas.axes.text(
        0, 1 + 0.24 / canvas.height, comparator, transform=canvas.axes.get_xaxis_transform(),
        ha="center", va="bottom", fontsize=style.SMALL_SIZE, fontweight="bold",
    )  # fmt: skip


# -- words and numbers ---------------------------------------------------------


def _caption(given: str, table: pd.DataFrame, area: str, comparator: str, range_words: str) -> str:
    notes = [
        parts.sentence(given),
        f"Mark: {parts.plain(area)}. Line in the middle: {parts.plain(comparator)}. "
        "Each row has a scale of its own.",
    ]
    if table["range_low"].notna().any():
        quarters = ", darker its middle half" if table["quarter_low"].notna().any() else ""
        notes.append(f"Bar: range of {parts.plain(range_words)}{quarters}.")
    else:
        notes.append("No range of other areas is drawn: none is held.")
    notes.append(parts.interval_note(table, "Horizontal stroke"))
    used = [w for w in Comparison if w.value in set(table["comparison_95"]) and w.value]
    known = [f"{style.SYMBOLS[w].text} {w.value}" for w in used if w is not Comparison.NOT_COMPARED]
    if known:
        notes.append(f"Symbols: {', '.join(known)}; open square: not compared.")
    undirected = table.loc[table["better"] == Polarity.NONE.value, "label"]
    if len(undirected):
        notes.append(f"From low to high, without a good end: {', '.join(undirected)}.")
    notes.append(parts.missing_note(table, "label"))
    return " ".join(note for note in notes if note)


def _data(table: pd.DataFrame, area: str, comparator: str) -> pd.DataFrame:
    heads = {
        "label": "Measure",
        "period": "Period",
        "unit": "Unit",
        "value": parts.plain(area),
        "lower_95": parts.LOWER,
        "upper_95": parts.UPPER,
        "comparator": parts.plain(comparator),
        "comparison_95": "Compared",
        "range_low": "Lowest area",
        "quarter_low": "Lower quartile",
        "quarter_high": "Upper quartile",
        "range_high": "Highest area",
    }
    empty = ("period", *RANGE, "comparison_95")
    kept = [c for c in heads if c not in empty or not (table[c].isna() | (table[c] == "")).all()]
    out = table[kept].rename(columns=heads)
    if "Compared" in out:
        out["Compared"] = out["Compared"].replace("", Comparison.NOT_COMPARED.value)
    return out
