"""The line chart of one measure over time, with its comparators, goal and breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from hwb_analysis import style
from hwb_analysis.figures import parts
from hwb_analysis.figures.drawn import Drawn, Words, finish
from hwb_analysis.figures.labels import (
    END_LABEL_LEFT,
    EndLabel,
    Word,
    last_places,
    series_label,
    words_label,
    write_above,
    write_at_end,
    write_unit,
)
from hwb_analysis.figures.scale import Scale, mark_cut, scale
from hwb_analysis.periods import PANDEMIC
from hwb_analysis.tables import SHORTHAND_OF
from hwb_analysis.vocabulary import Status

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEEDS = ("area", "period", "period_start", "period_end", "value")
DAYS_A_YEAR = 365.25
# A step this much longer than the usual one means that a period is missing.
GAP_FACTOR = 1.5
# Middles of periods nearer than this (in years) count as one point of time.
SAME_TIME = 0.02
TOP, TOP_WITH_WORDS, BOTTOM = 0.3, 0.44, 0.3
WORDS_LIFT = 0.04


@dataclass(frozen=True, slots=True)
class Goal:
    """A line to reach and the words it is labelled with."""

    value: float
    words: str


@dataclass(frozen=True, slots=True)
class Break:
    """A change of definition after a period: lines do not cross it."""

    after: str
    reason: str


def trend_chart(
    history: pd.DataFrame,
    comparator: pd.DataFrame | None = None,
    *,
    title: str,
    subtitle: str,
    source: str,
    unit: str,
    polarity: str | None = None,
    goal: Goal | None = None,
    breaks: Iterable[Break | Mapping[str, str]] = (),
    pandemic: bool = True,
    name: str | None = None,
    alt: str | None = None,
    caption: str = "",
) -> Drawn:
    """Draw one area over time, with limits as a band and comparators as thin lines.

    Parameters
    ----------
    history
        Rows of the tidy frame of one area, one row a period. A row without a value
        is a gap in the line and its reason stands in the caption.
    comparator
        Rows of one or more other areas, drawn in the order in which they come.
    title, subtitle, source
        The finding; measure, area and period; publisher and release.
    unit
        Unit of the value, as in the frame.
    polarity
        ``high`` or ``low``: which end is the good one; said beside the unit.
    goal
        A dashed line with its words.
    breaks
        Periods after which the definition changed; no line crosses them.
    pandemic
        Shade the periods that touch March 2020 to March 2022.

    Returns
    -------
    Drawn
        Picture, alt text and the plotted rows as a table.

    Raises
    ------
    DataContractError
        When there is no value to draw, or a period stands twice.
    """
    own = _timed(parts.once(parts.checked(history, NEEDS, "a trend chart"), ["period"], "a trend"))
    cuts = _in_order(breaks, own)
    plan = _Plan(own, _comparators(comparator, own), cuts, goal, unit, polarity, pandemic)
    with style.stylesheet():
        canvas, axis = _draw(plan)
        words = Words(
            name=name or parts.slug("trend", own["series_id"].iloc[0], own["area"].iloc[0]),
            title=title,
            subtitle=subtitle,
            alt=parts.alt_text(title, _kind(own), subtitle) if alt is None else alt,
            caption=_caption(caption, plan, axis.note("vertical", unit)),
            source=source,
        )
        table = parts.reader_table(plan.whole, unit, (("area", "Area"), ("period", "Period")))
        return finish(canvas.figure, words, table, parts.table_decimals(own, unit))


def _kind(own: pd.DataFrame) -> str:
    return "Dots for one period" if _alone(own) else "Line chart"


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be drawn, checked and in order."""

    own: pd.DataFrame
    others: Sequence[pd.DataFrame]
    cuts: Sequence[Break]
    goal: Goal | None
    unit: str
    polarity: str | None
    pandemic: bool

    @property
    def whole(self) -> pd.DataFrame:
        return pd.concat([self.own, *self.others], ignore_index=True)

    @property
    def step(self) -> float:
        """Return the usual distance in years between two periods."""
        return _step(self.whole)

    @property
    def touched(self) -> pd.Series[float]:
        """Return where the periods that touch the pandemic lie."""
        begun = self.own["period_start"] <= pd.Timestamp(PANDEMIC[1])
        ended = self.own["period_end"] >= pd.Timestamp(PANDEMIC[0])
        return self.own.loc[begun & ended & self.pandemic, "x"]


def _timed(frame: pd.DataFrame) -> pd.DataFrame:
    start, end = pd.to_datetime(frame["period_start"]), pd.to_datetime(frame["period_end"])
    middle = start + (end - start) / 2
    years = (middle - pd.Timestamp(2000, 1, 1)).dt.total_seconds() / 86_400 / DAYS_A_YEAR
    timed = frame.assign(period_start=start, period_end=end, x=years)
    return timed.sort_values("x", ignore_index=True)


def _in_order(breaks: Iterable[Break | Mapping[str, str]], own: pd.DataFrame) -> list[Break]:
    """Return the breaks that fall within the periods drawn, oldest first."""
    cuts = [b if isinstance(b, Break) else Break(b["after"], b["reason"]) for b in breaks]
    place = {period: i for i, period in enumerate(own["period"])}
    return sorted((c for c in cuts if c.after in place), key=lambda c: place[c.after])


def _comparators(frame: pd.DataFrame | None, own: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the comparators one by one, from the area's own first period on."""
    if frame is None or frame["value"].isna().all():
        return []
    rows = parts.once(parts.checked(frame, NEEDS, "a comparator"), ["area", "period"], "one")
    rows = _timed(rows)
    # Half a period of grace, for years that start on different days.
    rows = rows[rows["x"] >= own["x"].min() - _step(own) / 2]
    each = [rows[rows["area"] == a].reset_index(drop=True) for a in dict.fromkeys(frame["area"])]
    return [other for other in each if other["value"].notna().any()]


def _step(frame: pd.DataFrame) -> float:
    points = sorted(set(frame["x"].round(3)))
    steps = sorted(b - a for a, b in pairwise(points) if b - a > SAME_TIME)
    return steps[len(steps) // 2] if steps else 1.0


# -- the frame -----------------------------------------------------------------


def _draw(plan: _Plan) -> tuple[parts.Canvas, Scale]:
    labels = _end_labels(plan)
    axis = scale(_values(plan), plan.unit)
    canvas = _canvas(plan, axis, labels)
    above = _mark_breaks(canvas.axes, plan) + _shade_pandemic(canvas.axes, plan)
    write_above(canvas, above, WORDS_LIFT)
    for rank, other in enumerate(plan.others):
        _comparator_line(canvas.axes, other, plan, rank)
    _area_line(canvas.axes, plan)
    if plan.goal:
        dashes = (0, (5, 3))
        canvas.axes.axhline(plan.goal.value, color=style.DARK_PINK, lw=1.2, linestyle=dashes)
    write_unit(canvas, plan.unit, plan.polarity)
    write_at_end(canvas, labels)
    if axis.cut:
        mark_cut(canvas, along="y")
    return canvas, axis


def _canvas(plan: _Plan, axis: Scale, labels: Sequence[EndLabel]) -> parts.Canvas:
    left = 0.14 + parts.widest(axis.texts, style.SMALL_SIZE)
    right = END_LABEL_LEFT + max(label.width for label in labels) + 0.05
    top = TOP_WITH_WORDS if len(plan.cuts) or len(plan.touched) else TOP
    size = (style.WIDTH, style.HEIGHT)
    canvas = parts.canvas(size, left, right, top, _bottom(plan.whole))
    axes, x = canvas.axes, plan.whole["x"]
    pad = 0.35 * plan.step if x.max() > x.min() else plan.step
    axes.set_xlim(x.min() - pad, x.max() + pad)
    axes.set_ylim(axis.low, axis.high)
    axes.set_yticks(axis.ticks, axis.texts)
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    _period_ticks(axes, plan.whole, canvas.box[2])
    return canvas


def _bottom(frame: pd.DataFrame) -> float:
    lines = max(_tick_text(p).count("\n") + 1 for p in frame["period"])
    return BOTTOM + (lines - 1) * parts.LINE


def _values(plan: _Plan) -> list[float]:
    shown = [plan.own[c] for c in ("value", "lower_95", "upper_95")]
    shown += [other["value"] for other in plan.others]
    values: list[float] = pd.concat(shown).dropna().astype("float64").tolist()
    return values + ([plan.goal.value] if plan.goal else [])


def _tick_text(period: str) -> str:
    return str(period).replace(" to ", "\nto ")


def _period_ticks(axes: Axes, frame: pd.DataFrame, width: float) -> None:
    low, high = axes.get_xlim()
    rows = frame.drop_duplicates("period").sort_values("x")
    places, texts = rows["x"].tolist(), [_tick_text(p) for p in rows["period"]]
    # Always the last period, then as many before it as the width holds.
    room = (parts.widest(texts, style.SMALL_SIZE) + 0.12) * (high - low) / width
    kept: list[int] = []
    for i in reversed(range(len(texts))):
        if not kept or places[kept[-1]] - places[i] >= room:
            kept.append(i)
    axes.set_xticks(places, minor=True)
    axes.set_xticks([places[i] for i in kept], [texts[i] for i in kept])
    axes.tick_params(axis="x", which="minor", length=2)


# -- the lines -----------------------------------------------------------------


def _stretches(frame: pd.DataFrame, plan: _Plan) -> pd.DataFrame:
    """Return the rows with a value, each with the number of its unbroken stretch."""
    missing = frame["value"].isna()
    far = frame["x"].diff() > GAP_FACTOR * plan.step
    cut = frame["period"].shift().isin([c.after for c in plan.cuts])
    return frame.assign(stretch=(far | cut | missing).astype("int64").cumsum())[~missing]


def _area_line(axes: Axes, plan: _Plan) -> None:
    import seaborn as sns

    rows = _stretches(plan.own, plan)
    sns.lineplot(
        rows, x="x", y="value", units="stretch", estimator=None, ax=axes,
        color=style.DARK_BLUE, linewidth=1.9, zorder=4,
    )  # fmt: skip
    axes.set(xlabel="", ylabel="")
    _limits(axes, rows)
    for hollow, group in rows.groupby(rows["status"] == Status.PROVISIONAL.value):
        axes.plot(
            group["x"], group["value"], "o", color=style.DARK_BLUE, markersize=5,
            markerfacecolor=style.WHITE if hollow else style.DARK_BLUE, zorder=5,
        )  # fmt: skip
    _mark_missing(axes, plan.own)


def _limits(axes: Axes, rows: pd.DataFrame) -> None:
    """Draw a band where neighbouring points have limits, a stroke where one stands alone."""
    limited = rows["lower_95"].notna() & rows["upper_95"].notna()
    run = (~limited).astype("int64").cumsum()
    for _, part in rows[limited].groupby([rows["stretch"], run]):
        x, low, high = part["x"], part["lower_95"], part["upper_95"]
        if len(part) > 1:
            axes.fill_between(x, low, high, color=style.DARK_BLUE, alpha=0.16, lw=0, zorder=2)
        else:
            axes.vlines(x, low, high, color=style.DARK_BLUE, linewidth=1.4, zorder=3)


def _mark_missing(axes: Axes, own: pd.DataFrame) -> None:
    gone = own.loc[own["value"].isna()]
    for x, status in zip(gone["x"].tolist(), gone["status"], strict=True):
        axes.text(
            x, 0.02, SHORTHAND_OF.get(status, "[x]"), transform=axes.get_xaxis_transform(),
            ha="center", va="bottom", fontsize=style.SMALL_SIZE, color=style.GREY,
        )  # fmt: skip


def _comparator_line(axes: Axes, other: pd.DataFrame, plan: _Plan, rank: int) -> None:
    for _, part in _stretches(other, plan).groupby("stretch"):
        axes.plot(
            part["x"], part["value"], color=style.GREY, linewidth=1.1, zorder=3,
            linestyle="-" if rank == 0 else (0, (4, 2)),
            marker="o" if len(part) == 1 else None, markersize=4,
        )  # fmt: skip


# -- the words -----------------------------------------------------------------


def _end_labels(plan: _Plan) -> list[EndLabel]:
    newest = str(plan.whole.sort_values("x", kind="stable")["period"].iloc[-1])
    labels = [series_label(plan.own, plan.unit, style.DARK_BLUE, newest, limits=True)]
    like = last_places(plan.own, plan.unit)
    labels += [
        series_label(o, plan.unit, style.GREY, newest, limits=False, like=like) for o in plan.others
    ]
    if plan.goal:
        labels.append(words_label(plan.goal.value, plan.goal.words, style.DARK_PINK))
    return labels


def _shade_pandemic(axes: Axes, plan: _Plan) -> list[Word]:
    if plan.touched.empty:
        return []
    low, high = axes.get_xlim()
    first = max(plan.touched.min() - plan.step / 2, low)
    last = min(plan.touched.max() + plan.step / 2, high)
    axes.axvspan(first, last, color=style.SHADE, linewidth=0, zorder=0)
    return [Word((first + last) / 2, "pandemic", style.GREY)]


def _mark_breaks(axes: Axes, plan: _Plan) -> list[Word]:
    marks = []
    for cut, words in zip(plan.cuts, _break_names(plan.cuts), strict=True):
        x = float(plan.own.loc[plan.own["period"] == cut.after, "x"].iloc[0]) + plan.step / 2
        axes.axvline(x, color=style.GREY, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
        marks.append(Word(x, words, style.GREY))
    return marks


def _break_names(cuts: Sequence[Break]) -> list[str]:
    if len(cuts) == 1:
        return ["break"]
    return [f"break {number}" for number in range(1, len(cuts) + 1)]


def _alone(own: pd.DataFrame) -> bool:
    """Say whether there is one period only, so that nothing is joined to a line or a band."""
    return int(own["value"].notna().sum()) == 1


def _caption(given: str, plan: _Plan, axis_note: str) -> str:
    mark = "Vertical stroke" if _alone(plan.own) else "Band"
    notes = [parts.sentence(given), parts.interval_note(plan.own, mark), axis_note]
    if (plan.own["status"] == Status.PROVISIONAL.value).any():
        notes.append("Open circle: provisional.")
    if plan.goal:
        words, number = plan.goal.words, f"{plan.goal.value:g}"
        value = "" if number in words else f", {style.format_value(plan.goal.value, plan.unit)}"
        notes.append(parts.sentence(f"Dashed line: {words}{value}"))
    if len(plan.touched):
        notes.append("Shaded: periods that touch March 2020 to March 2022.")
    notes += [
        f"{name.capitalize()} after {cut.after}: {parts.sentence(cut.reason)}"
        for cut, name in zip(plan.cuts, _break_names(plan.cuts), strict=True)
    ]
    notes.append(parts.missing_note(plan.own, "period"))
    return " ".join(n for n in notes if n)
