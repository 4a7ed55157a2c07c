"""The most and the least deprived district side by side, many measures in one view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hwb_analysis import style
from hwb_analysis.errors import DataContractError
from hwb_analysis.figures import parts
from hwb_analysis.figures.drawn import Drawn, Words, finish
from hwb_analysis.figures.labels import spread_along
from hwb_analysis.vocabulary import Polarity

NEEDS = ("label", "most", "least", "unit", "better", "difference")
NUMBERS = (
    "most", "most_lower", "most_upper", "least", "least_lower", "least_upper",
    "county", "england",
)  # fmt: skip
ROW_HEIGHT, BOTTOM, MARGIN, GUTTER = 0.6, 0.08, 0.06, 0.16
KEY_LINE, KEY_GAP = 0.2, 0.22
NAME_CHARACTERS, DIFFERENCE_CHARACTERS = 30, 26
# Where values lie inside a row's own scale from 0 to 1.
PAD = 0.06
HALF_ENGLAND = 0.3
# The two districts stand a little above and below each other: their limits may overlap.
OFFSET = {"most": -0.07, "least": 0.07}


def dumbbell(
    rows: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    source: str,
    most_area: str,
    least_area: str,
    county: str = "",
    england: str = "England",
    name: str = "dumbbell",
    alt: str | None = None,
    caption: str = "",
) -> Drawn:
    """Draw one row a measure, from the worst value on the left to the best on the right.

    Parameters
    ----------
    rows
        In the order to be shown: ``label``, ``most`` and ``least`` (values of the two
        areas), ``unit``, ``better`` (high, low or none) and ``difference`` (value and
        interval in words, or why there is none). Optional: ``most_lower``,
        ``most_upper``, ``least_lower``, ``least_upper``, ``county``, ``england``,
        ``period``, and in words ``ratio`` (beneath the difference) and ``overlap``
        (whether the two intervals do, for the table).
    most_area, least_area, county, england
        Names for the key; an empty name leaves its mark out.

    Returns
    -------
    Drawn
        Each row has a scale of its own, so lengths are not compared between rows; the
        caption says so.

    Raises
    ------
    DataContractError
        When a column is missing, a ``better`` is unknown, or no row has a value.
    """
    table = _checked(rows)
    key = _key(table, most_area, least_area, county, england)
    with style.stylesheet():
        canvas = _draw(table, key)
        words = Words(
            name=name,
            title=title,
            subtitle=subtitle,
            alt=parts.alt_text(title, "Dumbbell chart", subtitle) if alt is None else alt,
            caption=_caption(caption, table),
            source=source,
        )
        return finish(canvas.figure, words, _data(table, most_area, least_area, county, england))


def _checked(rows: pd.DataFrame) -> pd.DataFrame:
    absent = [c for c in NEEDS if c not in rows]
    if absent:
        raise DataContractError(
            f"a dumbbell needs the columns {', '.join(NEEDS)}; {', '.join(absent)} not found"
        )
    table = rows.reset_index(drop=True).copy()
    for column in NUMBERS:
        table[column] = pd.to_numeric(table[column]) if column in table else float("nan")
    for column in ("period", "ratio", "overlap"):
        table[column] = table[column].fillna("") if column in table else ""
    if table[["most", "least"]].isna().all(axis=None):
        raise DataContractError(
            f"a dumbbell needs at least one value; got {len(table)} rows, none with a value",
            remedy="say why there is no figure in place of the chart",
        )
    known = [p.value for p in Polarity]
    unknown = sorted(set(table["better"].astype("str")) - set(known))
    if unknown:
        raise DataContractError(
            f"better must be one of {', '.join(known)}; got {', '.join(unknown)}"
        )
    return table


# -- the key -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Mark:
    """One mark of the chart and what it stands for."""

    text: str
    marker: str
    colour: str
    filled: bool = True


def _key(table: pd.DataFrame, most: str, least: str, county: str, england: str) -> list[_Mark]:
    marks = [
        _Mark(f"{most} (most deprived)", "o", style.DARK_BLUE),
        _Mark(f"{least} (least deprived)", "o", style.DARK_BLUE, filled=False),
    ]
    if county and table["county"].notna().any():
        marks.append(_Mark(county, "D", style.DARK_PINK))
    if england and table["england"].notna().any():
        marks.append(_Mark(england, "|", style.GREY))
    return marks


def _key_lines(key: Sequence[_Mark]) -> list[list[tuple[float, _Mark]]]:
    """Return the key in lines, each mark with its distance from the left edge."""
    lines: list[list[tuple[float, _Mark]]] = [[]]
    at = MARGIN + 0.06
    for mark in key:
        width = 0.12 + parts.text_size(mark.text, style.SMALL_SIZE)[0] + KEY_GAP
        if lines[-1] and at + width - KEY_GAP > style.WIDTH - MARGIN:
            lines.append([])
            at = MARGIN + 0.06
        lines[-1].append((at, mark))
        at += width
    return lines


def _write_key(canvas: parts.Canvas, lines: Sequence[Sequence[tuple[float, _Mark]]]) -> None:
    from matplotlib.lines import Line2D

    width, height = canvas.figure.get_size_inches()
    for row, line in enumerate(lines):
        y = 1 - (0.14 + row * KEY_LINE) / height
        for x, mark in line:
            sign = Line2D([x / width], [y], **_look(mark), transform=canvas.figure.transFigure)
            canvas.figure.add_artist(sign)
            canvas.figure.text(
                (x + 0.12) / width, y, mark.text, fontsize=style.SMALL_SIZE, va="center"
            )


def _look(mark: _Mark) -> dict[str, Any]:
    size = {"|": 11.0, "D": 5.0}.get(mark.marker, 7.0)
    return {
        "marker": mark.marker,
        "markersize": size,
        "color": mark.colour,
        "linestyle": "none",
        "markerfacecolor": mark.colour if mark.filled else style.WHITE,
        "markeredgewidth": 1.6,
    }


# -- the rows ------------------------------------------------------------------


def _draw(table: pd.DataFrame, key: Sequence[_Mark]) -> parts.Canvas:
    names = [_name(row) for _, row in table.iterrows()]
    gaps = [_gap(*map(str, pair)) for pair in zip(table["difference"], table["ratio"], strict=True)]
    lines = _key_lines(key)
    top = 0.14 + len(lines) * KEY_LINE + 0.24
    left = MARGIN + parts.widest(names, style.SMALL_SIZE + 0.5) + GUTTER
    right = MARGIN + parts.widest(gaps, style.SMALL_SIZE) + GUTTER
    size = (style.WIDTH, top + len(table) * ROW_HEIGHT + BOTTOM)
    canvas = parts.canvas(size, left, right, top, BOTTOM)
    canvas.axes.set(xlim=(0, 1), ylim=(len(table) - 0.5, -0.5), xticks=[], yticks=[])
    canvas.axes.spines[:].set_visible(False)
    _write_key(canvas, lines)
    _write_ends(canvas, table)
    for place, (_, row) in enumerate(table.iterrows()):
        _row(canvas, place, row, key)
        _words(canvas, place, names[place], gaps[place])
    return canvas


def _name(row: pd.Series[Any]) -> str:
    name = parts.wrapped(str(row["label"]), NAME_CHARACTERS)
    return f"{name}\n{row['period']}" if row["period"] else name


def _gap(text: str, ratio: str) -> str:
    """Return the difference with its interval on a line of its own, then the ratio."""
    value, bracket, interval = text.partition(" (")
    lines = [value, f"({interval}"] if bracket else [text]
    lines += [ratio] if ratio else []
    return "\n".join(parts.wrapped(line, DIFFERENCE_CHARACTERS) for line in lines)


def _write_ends(canvas: parts.Canvas, table: pd.DataFrame) -> None:
    directed = (table["better"] != Polarity.NONE.value).all()
    texts = ("← worse", "better →") if directed else ("← worse or lower", "better or higher →")
    for x, text, side in zip((0, 1), texts, ("left", "right"), strict=True):
        canvas.axes.text(
            x, 1 + 0.05 / canvas.height, text, transform=canvas.axes.transAxes, ha=side,
            va="bottom", fontsize=style.SMALL_SIZE, color=style.GREY,
        )  # fmt: skip


def _places(row: pd.Series[Any]) -> dict[str, float]:
    """Return where each number of a row lies between worst (0) and best (1)."""
    numbers = {c: float(row[c]) for c in NUMBERS if not pd.isna(row[c])}
    if not numbers:
        return {}
    low, high = min(numbers.values()), max(numbers.values())
    if high == low:
        return dict.fromkeys(numbers, 0.5)
    shares = {c: (v - low) / (high - low) for c, v in numbers.items()}
    if row["better"] == Polarity.LOW.value:
        shares = {c: 1 - share for c, share in shares.items()}
    return {c: PAD + (1 - 2 * PAD) * share for c, share in shares.items()}


def _row(canvas: parts.Canvas, place: int, row: pd.Series[Any], key: Sequence[_Mark]) -> None:
    axes, at = canvas.axes, _places(row)
    axes.plot([0, 1], [place + 0.5] * 2, color=style.RULE, linewidth=0.6, clip_on=False)
    if {"most", "least"} <= set(at):
        axes.plot([at["most"], at["least"]], [place] * 2, color=style.RULE, linewidth=4, zorder=1)
    named = dict(zip(("most", "least"), key, strict=False))
    named |= {c: m for m in key[2:] for c in ("county", "england") if _is(m, c)}
    if "england" in at and "england" in named:
        span = [place - HALF_ENGLAND, place + HALF_ENGLAND]
        axes.plot([at["england"]] * 2, span, color=style.GREY, linewidth=1.2, zorder=2)
    for side in ("most", "least"):
        limits = [at[c] for c in (f"{side}_lower", f"{side}_upper") if c in at]
        if len(limits) == 2:
            heights = [place + OFFSET[side]] * 2
            axes.plot(limits, heights, color=style.DARK_BLUE, linewidth=1.2, zorder=2)
    for column in ("county", "most", "least"):
        if column in at and column in named:
            height = place + OFFSET.get(column, 0.0)
            axes.plot([at[column]], [height], zorder=3, **_look(named[column]))
    _write_values(canvas, place, row, at)


def _is(mark: _Mark, column: str) -> bool:
    return mark.marker == {"county": "D", "england": "|"}[column]


def _write_values(
    canvas: parts.Canvas, place: int, row: pd.Series[Any], at: dict[str, float]
) -> None:
    sides = [side for side in ("most", "least") if side in at]
    texts = [_value(row, side) for side in sides]
    xs = spread_along([at[side] for side in sides], texts, canvas.box[2])
    for x, text in zip(xs, texts, strict=True):
        canvas.axes.text(
            x, place - 0.22, text, ha="center", va="bottom", fontsize=style.SMALL_SIZE - 0.5,
            bbox={"facecolor": style.WHITE, "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip
    if not sides:
        canvas.axes.text(
            0.5, place, "[x] not available", ha="center", va="center",
            fontsize=style.SMALL_SIZE, color=style.GREY,
        )  # fmt: skip


def _value(row: pd.Series[Any], side: str) -> str:
    limits = (row[side], row[f"{side}_lower"], row[f"{side}_upper"])
    places = style.decimals_for(row["unit"], *limits)
    return style.format_value(row[side], "%" if row["unit"] == "%" else "", decimals=places)


def _words(canvas: parts.Canvas, place: int, name: str, gap: str) -> None:
    left, _, width, _ = canvas.box
    transform = canvas.axes.get_yaxis_transform()
    cells = ((MARGIN - left, name, style.SMALL_SIZE + 0.5), (width + GUTTER, gap, style.SMALL_SIZE))
    for x, text, size in cells:
        canvas.axes.text(
            x / width, place, text, transform=transform, ha="left", va="center",
            fontsize=size, linespacing=1.1,
        )  # fmt: skip


# -- words and numbers ---------------------------------------------------------


def _caption(given: str, table: pd.DataFrame) -> str:
    notes = [
        parts.sentence(given),
        "Each row has a scale of its own: lengths are not comparable between rows.",
    ]
    if table[["most_lower", "least_lower"]].notna().any(axis=None):
        notes.append("Horizontal stroke: 95% confidence interval.")
    below = " and, beneath it, their ratio" if (table["ratio"] != "").any() else ""
    limited = table["difference"].str.contains("(", regex=False).any()
    limits = " with its 95% interval, where limits are published," if limited else ""
    told = f"Right: difference between the two districts{limits}{below}".rstrip(",")
    notes.append(f"{told}." if limited else f"{told}; no interval is published.")
    return " ".join(note for note in notes if note)


def _data(table: pd.DataFrame, most: str, least: str, county: str, england: str) -> pd.DataFrame:
    heads = {
        "label": "Measure",
        "period": "Period",
        "unit": "Unit",
        "most": f"{most} (most deprived)",
        "most_lower": f"{most}, lower 95% limit",
        "most_upper": f"{most}, upper 95% limit",
        "least": f"{least} (least deprived)",
        "least_lower": f"{least}, lower 95% limit",
        "least_upper": f"{least}, upper 95% limit",
        "county": county,
        "england": england,
        "difference": "Difference",
        "ratio": "Ratio",
        "overlap": "Do the intervals overlap?",
    }
    empty = ("period", "county", "england", "ratio", "overlap")
    kept = {
        column: head
        for column, head in heads.items()
        if head and not (column in empty and (table[column].isna() | (table[column] == "")).all())
    }
    return table[list(kept)].rename(columns=kept)
