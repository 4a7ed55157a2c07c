"""The overview of many measures and areas: a cell holds a symbol, a value and a word.

It is known as a tartan rug. The word decides, the symbol repeats it and the fill only helps:
printed in grey nothing is lost.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import pandas as pd

from hwb_analysis import style
from hwb_analysis.errors import DataContractError
from hwb_analysis.figures import parts
from hwb_analysis.figures.drawn import Drawn, Words, finish
from hwb_analysis.tables import SHORTHAND_OF
from hwb_analysis.vocabulary import Comparison

NEEDS = ("measure", "area", "value", "unit")
TEXT = ("measure", "area", "unit", "period", "comparison_95", "status", "note")
NUMBERS = ("value", "lower_95", "upper_95")
# The worst on top; what is not compared last.
RANK = (
    Comparison.WORSE, Comparison.SIMILAR, Comparison.BETTER, Comparison.HIGHER, Comparison.LOWER,
    Comparison.NOT_COMPARED,
)  # fmt: skip
FILL = {
    Comparison.BETTER: style.DARK_BLUE,
    Comparison.SIMILAR: style.WHITE,
    Comparison.WORSE: style.ORANGE,
    Comparison.HIGHER: style.SHADE,
    Comparison.LOWER: style.SHADE,
    Comparison.NOT_COMPARED: style.WHITE,
}
WIDTH, MARGIN, GUTTER, GAP = 7.6, 0.06, 0.12, 0.015
CELL, ROW, BOTTOM, KEY = 0.66, 0.31, 0.08, 0.34
STEP = parts.LINE * 0.94
LABEL_CHARACTERS, NOTE_CHARACTERS, SHORT_HEAD, LONG_HEAD = 36, 44, 9, 16
# Where the symbol stands in its cell, and the size of a swatch of the key, in inches.
INSET, SWATCH, KEY_GAP = 0.14, (0.26, 0.19), 0.2


def overview(
    cells: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    source: str,
    comparator: str,
    areas: Sequence[str] = (),
    worst_first: bool = False,
    name: str = "overview",
    alt: str | None = None,
    caption: str = "",
) -> Drawn:
    """Draw measures as rows and areas as columns; a cell shows how the area compares.

    Parameters
    ----------
    cells
        One row a measure and area, in the order to be shown: ``measure``, ``area``,
        ``value``, ``unit``. Optional: ``lower_95``, ``upper_95``, ``period`` (of the
        measure), ``comparison_95`` (better, similar, worse, higher, lower; empty or "not
        compared" otherwise), ``status`` and ``note``. A measure without a row for an area
        leaves the cell empty.
    comparator
        The area that the comparisons are with; its own column is plain.
    areas
        Columns from left to right; the order of the cells decides on what is not named.
    worst_first
        Sort measures by the comparison in the first area, worst on top.

    Returns
    -------
    Drawn
        Picture; a table with one row a measure and one column an area for the page
        (:func:`overview_table`), and every cell with its limits in the file.

    Raises
    ------
    DataContractError
        When a column is missing, a measure stands twice in an area, a comparison is
        unknown, or there is no value.
    """
    rows = _checked(cells)
    rug = _rug(rows, comparator, areas, worst_first)
    with style.stylesheet():
        canvas = _draw(rug)
        words = Words(
            name=name,
            title=title,
            subtitle=subtitle,
            alt=parts.alt_text(title, "Table drawn as a picture", subtitle) if alt is None else alt,
            caption=_caption(caption, rows, comparator),
            source=source,
        )
        return finish(canvas.figure, words, _data(rows), table=_table(rug))


def overview_table(
    cells: pd.DataFrame,
    comparator: str,
    *,
    areas: Sequence[str] = (),
    worst_first: bool = False,
) -> pd.DataFrame:
    """Return the cells as words: one row a measure, one column an area.

    Examples
    --------
    >>> cells = pd.DataFrame({"measure": "Smoking", "area": ["A", "Nation"], "unit": "%",
    ...     "value": [9.0, 12.0], "comparison_95": ["better", ""]})
    >>> overview_table(cells, "Nation").iloc[0].tolist()
    ['Smoking (%)', '9.0 better', '12.0']
    """
    return _table(_rug(_checked(cells), comparator, areas, worst_first))


@dataclass(frozen=True, slots=True)
class _Cell:
    """What stands in one cell; ``word`` is empty in the comparator's column."""

    shown: str
    word: Comparison | None
    present: bool

    @property
    def text(self) -> str:
        # A value without a word is one that was not compared; the caption says so.
        if not self.present or self.word in (None, Comparison.NOT_COMPARED):
            return self.shown
        return f"{self.shown} {self.word}"


@dataclass(frozen=True, slots=True)
class _Rug:
    """Measures (name, unit and period), areas, and a cell for every pair that has one."""

    measures: list[str]
    notes: dict[str, str]
    areas: list[str]
    cells: dict[tuple[str, str], _Cell]


def _checked(cells: pd.DataFrame) -> pd.DataFrame:
    rows = parts.checked(cells, NEEDS, "an overview")
    for column in TEXT:
        rows[column] = rows[column].map(parts.plain) if column in rows else ""
    parts.once(rows, ["measure", "area"], "an overview")
    known = {"", *(word.value for word in Comparison)}
    unknown = sorted(set(rows["comparison_95"]) - known)
    if unknown:
        raise DataContractError(
            f"a comparison is one of {', '.join(sorted(known - {''}))}; got {', '.join(unknown)}"
        )
    return rows


def _rug(rows: pd.DataFrame, comparator: str, wanted: Sequence[str], worst_first: bool) -> _Rug:
    cells: dict[tuple[str, str], _Cell] = {}
    notes: dict[str, str] = {}
    for row in rows.to_dict("records"):
        word = None if row["area"] == parts.plain(comparator) else _word(row["comparison_95"])
        here = (str(row["measure"]), str(row["area"]))
        cells[here] = _Cell(_shown(row), word, not pd.isna(row["value"]))
        notes.setdefault(here[0], ", ".join(t for t in (row["unit"], row["period"]) if t))
    held = dict.fromkeys(rows["area"])
    areas = [a for a in dict.fromkeys([*map(parts.plain, wanted), *held]) if a in held]
    measures = list(dict.fromkeys(rows["measure"]))
    if worst_first:
        measures.sort(key=lambda m: _rank(cells.get((m, areas[0]))))
    return _Rug(measures, notes, areas, cells)


def _word(text: object) -> Comparison:
    return Comparison(str(text)) if text else Comparison.NOT_COMPARED


def _rank(cell: _Cell | None) -> int:
    known = cell is not None and cell.present and cell.word is not None
    return RANK.index(cell.word) if known and cell and cell.word else len(RANK)


def _shown(row: Mapping[Hashable, Any]) -> str:
    value, low, high = (float(str(row[column])) for column in NUMBERS)
    if style.is_missing(value):
        return SHORTHAND_OF.get(str(row["status"]), "[x]")
    return style.format_number(value, style.decimals_for(str(row["unit"]), value, low, high))


# -- the picture ---------------------------------------------------------------


def _draw(rug: _Rug) -> parts.Canvas:
    labels = [_label(rug, measure) for measure in rug.measures]
    heads = [_head(area) for area in rug.areas]
    left = MARGIN + parts.widest(_every_line(labels), style.SMALL_SIZE) + GUTTER
    widths = [max(CELL, parts.widest(h.split("\n"), style.SMALL_SIZE) + 0.1) for h in heads]
    spare = (WIDTH - left - MARGIN - sum(widths)) / len(widths)
    edges = [0.0, *accumulate(width + max(spare, 0.0) for width in widths)]
    top = KEY + max(h.count("\n") + 1 for h in heads) * parts.LINE + 0.1
    tall = [max(ROW, (text.count("\n") + 2) * STEP + 0.08) for text, _ in labels]
    size = (left + edges[-1] + MARGIN, top + sum(tall) + BOTTOM)
    canvas = parts.canvas(size, left, MARGIN, top, BOTTOM)
    # Data units are inches, so that symbols and gaps keep their size.
    canvas.axes.set(xlim=(0, edges[-1]), ylim=(sum(tall), 0), xticks=[], yticks=[])
    canvas.axes.spines[:].set_visible(False)
    _heads(canvas, heads, edges)
    y = 0.0
    for measure, label, height in zip(rug.measures, labels, tall, strict=True):
        _write_label(canvas, label, y + height / 2)
        for area, (start, end) in zip(rug.areas, pairwise(edges), strict=True):
            box = (start + GAP, y + GAP, end - start - 2 * GAP, height - 2 * GAP)
            _draw_cell(canvas, rug.cells.get((measure, area)), box)
        y += height
    _key(canvas, rug)
    return canvas


def _every_line(labels: Sequence[tuple[str, str]]) -> list[str]:
    return [line for text, note in labels for line in (*text.split("\n"), note)]


def _head(area: str) -> str:
    """Return an area's name in lines as short as its longest word allows."""
    longest = max(len(word) for word in [*area.split(), ""])
    return parts.wrapped(area, min(max(longest, SHORT_HEAD), LONG_HEAD))


def _label(rug: _Rug, measure: str) -> tuple[str, str]:
    return parts.wrapped(measure, LABEL_CHARACTERS), rug.notes[measure][:NOTE_CHARACTERS]


def _write_label(canvas: parts.Canvas, label: tuple[str, str], y: float) -> None:
    text, note = label
    left, _, width, _ = canvas.box
    place = canvas.axes.get_yaxis_transform()
    lines = text.count("\n") + 1
    top = y - (lines + bool(note)) * STEP / 2
    for words, at, colour, size in (
        (text, top + lines * STEP / 2, style.INK, style.SMALL_SIZE),
        (note, top + (lines + 0.5) * STEP, style.GREY, style.SMALL_SIZE - 1),
    ):
        if words:
            canvas.axes.text(
                (MARGIN - left) / width, at, words, transform=place, ha="left", va="center",
                fontsize=size, color=colour, linespacing=1.05,
            )  # fmt: skip


def _heads(canvas: parts.Canvas, heads: Sequence[str], edges: Sequence[float]) -> None:
    for (start, end), head in zip(pairwise(edges), heads, strict=True):
        canvas.axes.text(
            (start + end) / 2, -0.06, head, ha="center", va="bottom", fontsize=style.SMALL_SIZE,
            linespacing=1.05,
        )  # fmt: skip


def _draw_cell(
    canvas: parts.Canvas, cell: _Cell | None, box: tuple[float, float, float, float]
) -> None:
    if cell is None:
        return
    x, y, width, height = box
    word = cell.word if cell.present else None
    fill = _ground(canvas, box, word, present=cell.present)
    symbol = word is not None and word is not Comparison.NOT_COMPARED
    if symbol and word is not None:
        _symbol(canvas, word, (x + INSET, y + height / 2), fill)
    at = x + width / 2 + (INSET / 2 if symbol else 0.0)
    canvas.axes.text(
        at, y + height / 2, cell.shown, ha="center", va="center", fontsize=style.SMALL_SIZE,
        color=style.text_on(fill),
        bbox=None if cell.present else {"facecolor": fill, "edgecolor": "none", "pad": 1.0},
    )  # fmt: skip


def _ground(
    canvas: parts.Canvas,
    box: tuple[float, float, float, float],
    word: Comparison | None,
    *,
    present: bool = True,
) -> str:
    """Fill a cell and return its colour; a cell without a figure is hatched."""
    from matplotlib.patches import Rectangle

    x, y, width, height = box
    fill = style.WHITE if word is None else FILL[word]
    patch = Rectangle(
        (x, y), width, height, facecolor=fill, edgecolor=style.RULE, linewidth=0.7,
        hatch=None if present else "////", clip_on=False,
    )  # fmt: skip
    canvas.axes.add_patch(patch)
    return fill


def _symbol(canvas: parts.Canvas, word: Comparison, at: tuple[float, float], fill: str) -> None:
    symbol = style.SYMBOLS[word]
    # On a fill of its own colour a symbol would be invisible.
    ink = style.text_on(fill) if fill == symbol.colour else symbol.colour
    canvas.axes.plot(
        [at[0]], [at[1]], symbol.marker, color=ink, markersize=6.5, markeredgewidth=1.4,
        markerfacecolor=ink if symbol.filled else fill, clip_on=False,
    )  # fmt: skip


def _key(canvas: parts.Canvas, rug: _Rug) -> None:
    """Write what the cells in use mean, above the columns."""
    used = {cell.word for cell in rug.cells.values() if cell.present and cell.word}
    left, _, _, height = canvas.box
    x = MARGIN - left
    # The axes run downwards from their top edge: above it is negative.
    y = 0.08 - (canvas.figure.get_size_inches()[1] - height - BOTTOM)
    for word in (w for w in RANK if w in used):
        fill = _ground(canvas, (x, y, *SWATCH), word)
        if word is not Comparison.NOT_COMPARED:
            _symbol(canvas, word, (x + SWATCH[0] / 2, y + SWATCH[1] / 2), fill)
        x += SWATCH[0] + 0.06
        canvas.axes.text(x, y + SWATCH[1] / 2, word.value, fontsize=style.SMALL_SIZE, va="center")
        x += parts.text_size(word.value, style.SMALL_SIZE)[0] + KEY_GAP


# -- words and numbers ---------------------------------------------------------


def _caption(given: str, rows: pd.DataFrame, comparator: str) -> str:
    notes = [
        parts.sentence(given),
        f"Symbols: the area against {parts.plain(comparator)}, whose value is read against the "
        "area's 95% interval. A value without symbol is not compared. Limits stand in the "
        "data of this figure.",
    ]
    gone = rows.loc[rows["value"].isna()]
    if len(gone):
        notes.append("Hatched: no figure ([c] suppressed by the publisher, [x] not available).")
    return " ".join(note for note in notes if note)


def _table(rug: _Rug) -> pd.DataFrame:
    columns: dict[str, list[str]] = {"Measure": [_named(rug, m) for m in rug.measures]}
    for area in rug.areas:
        found = [rug.cells.get((measure, area)) for measure in rug.measures]
        columns[area] = [cell.text if cell else "[x]" for cell in found]
    return pd.DataFrame(columns)


def _named(rug: _Rug, measure: str) -> str:
    note = rug.notes[measure]
    return f"{measure} ({note})" if note else measure


def _data(rows: pd.DataFrame) -> pd.DataFrame:
    table = pd.DataFrame({"Measure": rows["measure"], "Area": rows["area"]})
    if (rows["period"] != "").any():
        table["Period"] = rows["period"]
    table["Unit"] = rows["unit"]
    table["Value"], table[parts.LOWER], table[parts.UPPER] = (rows[c] for c in NUMBERS)
    table["Compared"] = rows["comparison_95"].replace("", Comparison.NOT_COMPARED.value)
    table["Status"] = rows["status"].replace(parts.STATUS_WORDS)
    return table
