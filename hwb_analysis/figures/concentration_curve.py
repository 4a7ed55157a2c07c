"""Concentration curves: how much of a thing falls on the most deprived part of the people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from hwb_analysis import style
from hwb_analysis.errors import DataContractError
from hwb_analysis.figures import parts
from hwb_analysis.figures.drawn import Drawn, Words, finish
from hwb_analysis.stats.concentration import Concentration

# Each curve has a line style of its own beside its colour.
LOOKS = (
    (style.DARK_BLUE, "-"),
    (style.TURQUOISE, "--"),
    (style.DARK_PINK, "-."),
    (style.ORANGE, ":"),
    (style.DARK_GREY, (0, (6, 1, 1, 1, 1, 1))),
)
SQUARE, LEFT, TOP, BOTTOM = 3.3, 0.55, 0.3, 0.5
SIZE = (style.WIDTH, SQUARE + TOP + BOTTOM)
NAME_CHARACTERS = 34
TICKS = (0, 20, 40, 60, 80, 100)


class Curve(NamedTuple):
    """One curve: its cumulative shares in per cent, starting from zero, and its index."""

    people: list[float]
    values: list[float]
    found: Concentration


def concentration_curve(
    found: Mapping[str, Concentration],
    *,
    title: str,
    subtitle: str,
    source: str,
    name: str = "concentration-curve",
    alt: str | None = None,
    caption: str = "",
) -> Drawn:
    """Draw one curve for each result, with the line on which nothing is concentrated.

    Parameters
    ----------
    found
        Results of :func:`hwb_analysis.stats.concentration.concentration`, each of one set
        of groups, by the name of the curve; at most five.

    Returns
    -------
    Drawn
        Curves with their indices; a table of indices on the page, every point in the file.

    Raises
    ------
    DataContractError
        No curve, more than five, several sets of groups in one, or a curve without values.

    Examples
    --------
    >>> from hwb_analysis.stats.concentration import concentration
    >>> cars = concentration([30, 20, 10], [100, 100, 100], se=[1, 1, 1])
    >>> drawn = concentration_curve({"No car": cars}, title="Cars", subtitle="", source="none")
    >>> drawn.data["Share of the total, %"].round(1).tolist()
    [0.0, 50.0, 83.3, 100.0]
    """
    curves = _curves(found)
    with style.stylesheet():
        canvas = parts.canvas(SIZE, LEFT, style.WIDTH - LEFT - SQUARE, TOP, BOTTOM)
        _draw(canvas, curves)
        table = _indices(curves)
        words = Words(
            name=name,
            title=title,
            subtitle=subtitle,
            alt=f"{parts.alt_text(title, 'Concentration curves', subtitle)} {_spoken(table)}"
            if alt is None
            else alt,
            caption=_caption(caption),
            source=source,
        )
        places = {"Concentration index": 3, "Lower 95%": 3, "Upper 95%": 3}
        return finish(canvas.figure, words, _points(curves), places, table)


def _curves(found: Mapping[str, Concentration]) -> dict[str, Curve]:
    if not 1 <= len(found) <= len(LOOKS):
        raise DataContractError(f"one to {len(LOOKS)} curves were expected, got {len(found)}")
    return {name: _curve(name, index) for name, index in found.items()}


def _curve(name: str, index: Concentration) -> Curve:
    if index.value.size != 1:
        raise DataContractError(
            f"one set of groups was expected for '{name}', got {index.value.size}"
        )
    if not np.isfinite(index.curve).all():
        raise DataContractError(f"the curve '{name}' has no values: {index.reason.flat[0]}")
    people, values = (
        [0.0, *(100 * side.reshape(-1)).tolist()] for side in (index.people, index.curve)
    )
    return Curve(people, values, index)


def _draw(canvas: parts.Canvas, curves: Mapping[str, Curve]) -> None:
    axes = canvas.axes
    axes.plot([0, 100], [0, 100], color=style.GREY, linewidth=1.0)
    for (_, curve), (colour, dashes) in zip(curves.items(), LOOKS, strict=False):
        axes.plot(curve.people, curve.values, color=colour, linestyle=dashes, linewidth=1.8)
    axes.set(xlim=(0, 100), ylim=(0, 100), xticks=TICKS, yticks=TICKS)
    axes.grid(True)
    axes.set_axisbelow(True)
    axes.set_xlabel("Share of people, most deprived first, %", fontsize=style.SMALL_SIZE)
    axes.set_title("Share of the total, %", loc="left", fontsize=style.SMALL_SIZE, pad=4)
    _legend(canvas, curves)


def _legend(canvas: parts.Canvas, curves: Mapping[str, Curve]) -> None:
    """Write beside the square what each line is, with its index."""
    entries = [
        (parts.wrapped(name, NAME_CHARACTERS), _index_words(curve.found), look)
        for (name, curve), look in zip(curves.items(), LOOKS, strict=False)
    ]
    entries.append(("Even: nothing concentrated", "", (style.GREY, "-")))
    at = 1.0
    inch = 1 / canvas.height
    for name, index, (colour, dashes) in entries:
        lines = [*name.split("\n"), *([index] if index else [])]
        middle = at - parts.LINE * inch / 2
        canvas.axes.plot(
            [1.06, 1.16], [middle, middle], color=colour, linestyle=dashes, linewidth=1.8,
            transform=canvas.axes.transAxes, clip_on=False,
        )  # fmt: skip
        canvas.axes.text(
            1.19, at, "\n".join(lines), transform=canvas.axes.transAxes, va="top",
            fontsize=style.SMALL_SIZE, linespacing=1.2,
        )  # fmt: skip
        at -= (len(lines) * parts.LINE * 1.1 + 0.14) * inch


def _limits(index: Concentration) -> tuple[float, float]:
    return float(index.lower[0].flat[0]), float(index.upper[0].flat[0])


def _index_words(index: Concentration) -> str:
    value, (low, high) = float(index.value.flat[0]), _limits(index)
    text = style.format_number(value, 3)
    if not np.isfinite([low, high]).all():
        return f"{text}, no interval"
    return f"{text} ({style.format_number(low, 3)} to {style.format_number(high, 3)})"


def _points(curves: Mapping[str, Curve]) -> pd.DataFrame:
    rows = [
        {"Curve": name, "Share of people, %": at, "Share of the total, %": share}
        for name, curve in curves.items()
        for at, share in zip(curve.people, curve.values, strict=True)
    ]
    return pd.DataFrame(rows)


def _indices(curves: Mapping[str, Curve]) -> pd.DataFrame:
    rows = []
    for name, curve in curves.items():
        low, high = _limits(curve.found)
        half = float(np.interp(50, curve.people, curve.values))
        rows.append(
            {
                "Curve": name,
                "Share of the total that falls on the more deprived half, %": round(half, 1),
                "Concentration index": float(curve.found.value.flat[0]),
                "Lower 95%": low,
                "Upper 95%": high,
            }
        )
    return pd.DataFrame(rows)


def _spoken(table: pd.DataFrame) -> str:
    return " ".join(
        f"{row.iloc[0]}: {row.iloc[1]:.1f} % of the total falls on the more deprived half of "
        "people."
        for _, row in table.iterrows()
    )


def _caption(given: str) -> str:
    told = (
        "A curve above the even line holds more of the total among the more deprived; its "
        "index is then below zero. Intervals are sampling error."
    )
    return f"{parts.sentence(given)} {told}".strip()
