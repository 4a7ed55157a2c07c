"""The population pyramid: bands of age by sex, with another area's shape as an outline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from hwb_analysis import style
from hwb_analysis.errors import DataContractError
from hwb_analysis.figures import parts
from hwb_analysis.figures.drawn import Drawn, Words, finish
from hwb_analysis.figures.scale import Scale, scale
from hwb_analysis.tables import SHORTHAND_OF

NEEDS = ("area", "sex", "age", "value")
LEFT_SEX, RIGHT_SEX = "Male", "Female"
FILLS = {LEFT_SEX: style.DARK_BLUE, RIGHT_SEX: style.TURQUOISE}
ROW, TOP, BOTTOM, EDGE, GUTTER = 0.19, 0.42, 0.44, 0.2, 0.34
BAR, KEY_CHARACTERS = 0.82, 32
MOST_STEPS = 4
PER_CENT = 100.0


def population_pyramid(
    own: pd.DataFrame,
    comparator: pd.DataFrame | None = None,
    *,
    title: str,
    subtitle: str,
    source: str,
    share: bool = True,
    name: str = "pyramid",
    alt: str | None = None,
    caption: str = "",
) -> Drawn:
    """Draw people by band of age and sex, youngest at the bottom, men on the left.

    Formula: a bar is ``100 x people / all people`` of both sexes together (``share``), or
    the number of people. The outline of the other area is always its shares; where bars
    are numbers it is these shares of this area's total.

    Parameters
    ----------
    own
        Rows of the tidy frame of one area and period, one for each ``age`` (``"0-4"`` to
        ``"90+"``) and ``sex`` (``"Male"``, ``"Female"``), ``value`` a number of people.
        Other values of ``sex``, such as both together, are not drawn.
    comparator
        The same for the area whose shape is the outline.
    share
        Whether bars are shares (per cent of all residents) or numbers of people.

    Returns
    -------
    Drawn
        Picture, alt text and a table with number and share of every band.

    Raises
    ------
    DataContractError
        When a column is missing, a band stands twice or has no lowest age, there is no
        value, or the two areas have different bands.

    Examples
    --------
    >>> rows = pd.DataFrame({"area": "A", "sex": ["Male", "Female"] * 2,
    ...     "age": ["0-4", "0-4", "5+", "5+"], "value": [10.0, 10.0, 40.0, 40.0]})
    >>> drawn = population_pyramid(rows, title="A in 2020", subtitle="People", source="B")
    >>> drawn.data["Male, share (%)"].tolist()
    [10.0, 40.0]
    """
    table = _bands(own)
    shape = None if comparator is None or comparator.empty else _bands(comparator)
    if shape is not None and shape.ages != table.ages:
        raise DataContractError(
            "both areas of a pyramid need the same bands of age",
            where=f"{table.area}: {len(table.ages)} bands, {shape.area}: {len(shape.ages)}",
            remedy="join the bands of the finer one first",
        )
    with style.stylesheet():
        canvas = _draw(table, shape, share)
        words = Words(
            name=name,
            title=title,
            subtitle=subtitle,
            alt=parts.alt_text(title, "Population pyramid", subtitle) if alt is None else alt,
            caption=_caption(caption, table, shape, share),
            source=source,
        )
        return finish(canvas.figure, words, _data(table, shape), _decimals(table, shape))


@dataclass(frozen=True, slots=True)
class _Bands:
    """One area's people: bands of age from the youngest, a column for each sex."""

    area: str
    ages: list[str]
    people: pd.DataFrame
    marks: pd.DataFrame

    @property
    def total(self) -> float:
        return float(self.people.sum().sum())

    @property
    def shares(self) -> pd.DataFrame:
        return self.people / self.total * PER_CENT


def _bands(frame: pd.DataFrame) -> _Bands:
    rows = parts.checked(frame, NEEDS, "a pyramid")
    rows = rows.loc[rows["sex"].isin([LEFT_SEX, RIGHT_SEX])]
    if rows.empty or rows["value"].isna().all():
        raise DataContractError(
            f"a pyramid needs rows of sex {LEFT_SEX} and {RIGHT_SEX} with at least one value",
            remedy="pass both sexes; persons alone have no two sides",
        )
    rows = parts.once(rows, ["sex", "age"], "a pyramid")
    ages = sorted(set(rows["age"]), key=lowest_age)
    people, status = (
        rows.pivot(index="age", columns="sex", values=column).reindex(
            index=ages, columns=[LEFT_SEX, RIGHT_SEX]
        )
        for column in ("value", "status")
    )
    return _Bands(parts.plain(rows["area"].iloc[0]), ages, people.astype("float64"), status)


def lowest_age(band: str) -> int:
    """Return the lowest age of a band.

    Raises
    ------
    DataContractError
        When the band does not start with a number.

    Examples
    --------
    >>> lowest_age("85-89"), lowest_age("90+")
    (85, 90)
    """
    found = re.match(r"\s*(\d+)", str(band))
    if found is None:
        raise DataContractError(
            f"a band of age such as '0-4' or '90+' was expected; got '{band}'",
            remedy="leave totals such as 'All ages' out",
        )
    return int(found[1])


# -- the picture ---------------------------------------------------------------


def _draw(table: _Bands, shape: _Bands | None, share: bool) -> parts.Canvas:
    bars = table.shares if share else table.people
    outline = _outline(table, shape, share)
    every = [*bars.stack(), *(outline.stack() if outline is not None else ())]
    axis = scale([0.0, *every], "", MOST_STEPS)
    key = "" if shape is None else parts.wrapped(f"outline: {shape.area}", KEY_CHARACTERS)
    canvas, gutter = _canvas(table, axis, TOP + parts.LINE * max(len(key.split("\n")) - 1, 0))
    for sex, side in ((LEFT_SEX, -1.0), (RIGHT_SEX, 1.0)):
        _side(canvas, bars[sex], side, gutter, FILLS[sex])
        _missing(canvas, table.marks[sex], bars[sex], side, gutter)
        if outline is not None:
            _step(canvas, outline[sex].tolist(), side, gutter)
    _words(canvas, table, gutter, share)
    if key:
        _name_outline(canvas, key)
    return canvas


def _outline(table: _Bands, shape: _Bands | None, share: bool) -> pd.DataFrame | None:
    if shape is None:
        return None
    return shape.shares if share else shape.shares / PER_CENT * table.total


def _canvas(table: _Bands, axis: Scale, top: float) -> tuple[parts.Canvas, float]:
    """Return the canvas and the half width of the middle gutter in units of the axis."""
    height = ROW * len(table.ages)
    size = (style.WIDTH, top + height + BOTTOM)
    canvas = parts.canvas(size, EDGE, EDGE, top, BOTTOM)
    inches = canvas.box[2]
    gutter = axis.high * GUTTER / (inches / 2 - GUTTER)
    axes, reach = canvas.axes, axis.high + gutter
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-0.5, len(table.ages) - 0.5)
    axes.set_yticks([])
    axes.spines[["left", "bottom"]].set_visible(False)
    places = [gutter + tick for tick in axis.ticks]
    axes.set_xticks([-p for p in places[::-1]] + places, axis.texts[::-1] + axis.texts)
    axes.set_axisbelow(True)
    axes.grid(axis="x")
    return canvas, gutter


def _side(
    canvas: parts.Canvas, values: pd.Series[float], side: float, gutter: float, fill: str
) -> None:
    canvas.axes.barh(
        range(len(values)), values.fillna(0.0) * side, height=BAR, left=gutter * side,
        color=fill, linewidth=0, zorder=2,
    )  # fmt: skip


def _missing(
    canvas: parts.Canvas,
    marks: pd.Series[str],
    values: pd.Series[float],
    side: float,
    gutter: float,
) -> None:
    for row, (status, value) in enumerate(zip(marks, values, strict=True)):
        if style.is_missing(value):
            canvas.axes.text(
                side * gutter * 1.1, row, SHORTHAND_OF.get(str(status), "[x]"), va="center",
                ha="left" if side > 0 else "right", fontsize=style.SMALL_SIZE - 0.5,
                color=style.GREY,
            )  # fmt: skip


def _step(canvas: parts.Canvas, values: Sequence[float], side: float, gutter: float) -> None:
    xs = [side * (gutter + value) for value in values for _ in (0, 1)]
    ys = [row + half for row in range(len(values)) for half in (-0.5, 0.5)]
    # A white edge keeps the line visible on bars of any colour.
    for colour, width in ((style.WHITE, 3.0), (style.INK, 1.3)):
        canvas.axes.plot(xs, ys, color=colour, linewidth=width, zorder=3, clip_on=False)


def _words(canvas: parts.Canvas, table: _Bands, gutter: float, share: bool) -> None:
    axes = canvas.axes
    for row, age in enumerate(table.ages):
        axes.text(0, row, age, ha="center", va="center", fontsize=style.SMALL_SIZE - 0.5)
    lift = 1 + 0.06 / canvas.height
    place = axes.get_xaxis_transform()
    for sex, side in ((LEFT_SEX, -1.0), (RIGHT_SEX, 1.0)):
        people = style.format_number(float(table.people[sex].sum()), 0)
        axes.text(
            side * gutter, lift, f"{sex} {people}", transform=place, va="bottom",
            ha="left" if side > 0 else "right", fontsize=style.TEXT_SIZE, fontweight="bold",
            color=style.INK,
        )  # fmt: skip
    axes.text(
        0, -0.28 / canvas.height, _axis_words(share), transform=place, ha="center", va="top",
        fontsize=style.SMALL_SIZE, color=style.GREY,
    )  # fmt: skip


def _axis_words(share: bool) -> str:
    return "% of all residents, both sexes together" if share else "people"


def _name_outline(canvas: parts.Canvas, text: str) -> None:
    from matplotlib.lines import Line2D

    width, height = canvas.figure.get_size_inches()
    wide = parts.widest(text.split("\n"), style.SMALL_SIZE)
    x, y = width - EDGE - wide, height - 0.1
    ends = [(x - 0.32) / width, (x - 0.06) / width]
    line = (y - parts.LINE / 2) / height
    canvas.figure.add_artist(Line2D(ends, [line] * 2, color=style.INK, linewidth=1.3))
    canvas.figure.text(x / width, y / height, text, fontsize=style.SMALL_SIZE, va="top")


# -- words and numbers ---------------------------------------------------------


def _caption(given: str, table: _Bands, shape: _Bands | None, share: bool) -> str:
    notes = [
        parts.sentence(given),
        f"Bars: {table.area}, {style.format_number(table.total, 0)} people by band of age, "
        f"{LEFT_SEX.lower()} on the left and {RIGHT_SEX.lower()} on the right.",
    ]
    if shape is not None:
        scaled = "" if share else f", its shares of the total of {table.area}"
        notes.append(f"Line: {shape.area}{scaled}.")
    if table.people.isna().any(axis=None):
        notes.append("Bands marked in square brackets have no figure and are not in the total.")
    notes.append("Estimates of whole populations: no interval published.")
    return " ".join(note for note in notes if note)


def _data(table: _Bands, shape: _Bands | None) -> pd.DataFrame:
    columns: dict[str, object] = {"Age": table.ages}
    for sex in (LEFT_SEX, RIGHT_SEX):
        columns[f"{sex}, people"] = table.people[sex].to_numpy()
        columns[f"{sex}, share (%)"] = table.shares[sex].to_numpy()
    for sex in (LEFT_SEX, RIGHT_SEX) if shape is not None else ():
        assert shape is not None
        columns[f"{shape.area}: {sex.lower()}, share (%)"] = shape.shares[sex].to_numpy()
    return pd.DataFrame(columns)


def _decimals(table: _Bands, shape: _Bands | None) -> dict[str, int]:
    return {str(head): 0 if "people" in str(head) else 1 for head in _data(table, shape)}
