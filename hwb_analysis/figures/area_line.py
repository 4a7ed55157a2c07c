"""Many areas against their deprivation: a dot an area, the line through all of them."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from hwb_analysis import style
from hwb_analysis.figures import parts
from hwb_analysis.figures.drawn import Drawn, Words, finish
from hwb_analysis.stats.area_gradient import AreaGradient

NEEDS = ("area_code", "area", "value", "score")
SIZE = (6.6, 3.9)
LEFT, RIGHT, TOP, BOTTOM = 0.5, 1.75, 0.2, 0.5
# Names that would stand closer than this part of the height are written apart.
APART = 0.058
NAME_CHARACTERS = 26


def area_line(
    rows: pd.DataFrame,
    found: AreaGradient,
    *,
    marked: Collection[str],
    title: str,
    subtitle: str,
    source: str,
    unit: str,
    score: str,
    name: str,
    alt: str | None = None,
    caption: str = "",
) -> Drawn:
    """Draw areas as dots over their deprivation score, some of them named.

    Parameters
    ----------
    rows
        One row an area: ``area_code``, ``area``, ``value``, ``score``, in the order that
        ``found`` was computed with.
    found
        The line over the areas.
    marked
        Codes of the areas to be named.
    unit, score
        Unit of the value; what the score is, for the axis.

    Returns
    -------
    Drawn
        Picture, and a table of the marked areas with their distance from the line; the
        file lists every area.

    Raises
    ------
    DataContractError
        When a column is missing, an area stands twice or there is no value.
    """
    table = parts.once(parts.checked(rows, NEEDS, "a line over areas"), ["area_code"], "a line")
    table = table.assign(
        line=found.fitted, residual=found.residual, distance=found.distance,
        marked=table["area_code"].isin(list(marked)),
    )  # fmt: skip
    drawn = table.dropna(subset=["value", "score"])
    with style.stylesheet():
        canvas = parts.canvas(SIZE, LEFT, RIGHT, TOP, BOTTOM)
        _draw(canvas, drawn, found, unit, score)
        words = Words(
            name=name,
            title=title,
            subtitle=subtitle,
            alt=parts.alt_text(title, "Scatter chart with a line", subtitle)
            if alt is None
            else alt,
            caption=" ".join(text for text in (caption, _note(found)) if text),
            source=source,
        )
        own = drawn.loc[drawn["marked"]].sort_values("score", ascending=False)
        return finish(canvas.figure, words, _table(drawn, unit), table=_table(own, unit))


def _draw(
    canvas: parts.Canvas, rows: pd.DataFrame, found: AreaGradient, unit: str, score: str
) -> None:
    axes, own = canvas.axes, rows.loc[rows["marked"]]
    others = rows.loc[~rows["marked"]]
    axes.scatter(others["score"], others["value"], s=9, color=style.GREY, alpha=0.45, linewidths=0)
    ends = rows["score"].min(), rows["score"].max()
    line = [found.intercept + found.value * end for end in ends]
    axes.plot(ends, line, color=style.GREY, linewidth=1.2)
    axes.scatter(own["score"], own["value"], s=26, color=style.DARK_BLUE, linewidths=0, zorder=3)
    axes.set_xlabel(score, fontsize=style.SMALL_SIZE)
    axes.set_title(unit, loc="left", fontsize=style.SMALL_SIZE, color=style.INK, pad=2)
    axes.margins(x=0.03)
    _names(canvas, own)


def _names(canvas: parts.Canvas, own: pd.DataFrame) -> None:
    """Write the names at the right edge, apart, each led to its dot."""
    low, high = canvas.axes.get_ylim()
    right = canvas.axes.get_xlim()[1]
    ordered = own.sort_values("value", ascending=False)
    step = APART * (high - low)
    places: list[float] = []
    for value in ordered["value"]:
        places.append(min(value, places[-1] - step) if places else value)
    # What ran off the lower edge moves up together.
    lift = max(low + step - places[-1], 0.0) if places else 0.0
    for (_, row), at in zip(ordered.iterrows(), places, strict=True):
        canvas.axes.annotate(
            str(row["area"])[:NAME_CHARACTERS],
            xy=(row["score"], row["value"]),
            xytext=(right + (right - canvas.axes.get_xlim()[0]) * 0.02, at + lift),
            fontsize=style.SMALL_SIZE,
            va="center",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": style.RULE,
                "linewidth": 0.6,
                "relpos": (0, 0.5),
                "shrinkA": 1,
            },
        )


def _note(found: AreaGradient) -> str:
    return (
        f"Each dot is one of {found.areas} areas; the line is least squares over areas. "
        "It describes areas and does not say what brings the differences about."
    )


def _table(rows: pd.DataFrame, unit: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Area": rows["area"],
            "Deprivation score": rows["score"],
            parts.value_heading(unit): rows["value"],
            "On the line": rows["line"],
            "Distance from the line": rows["residual"],
            "In errors of prediction": rows["distance"],
        }
    ).reset_index(drop=True)
