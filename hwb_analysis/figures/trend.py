"""The line chart of one measure over time, with its comparators, goal and breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from hwb_analysis import style
from hwb_analysis.figures import parts
from hwb_analysis.figures.drawn import Drawn, Words, finish
from hwb_analysis.vocabulary import Polarity, Status

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEEDS = ("area", "period", "period_start", "period_end", "value")
PANDEMIC_FIRST, PANDEMIC_LAST = date(2020, 3, 1), date(2022, 3, 31)
DAYS_A_YEAR = 365.25
# A step this much longer than the usual one means that a period is missing.
GAP_FACTOR = 1.5
TOP, BOTTOM = 0.5, 0.5
LABEL_LEFT = 0.16
END_LABEL_CHARACTERS = 20
NICE_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


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
    others = _comparators(comparator)
    cuts = [b if isinstance(b, Break) else Break(b["after"], b["reason"]) for b in breaks]
    with style.stylesheet():
        canvas = _draw(own, others, unit, polarity, goal, cuts, pandemic)
        whole = pd.concat([own, *others], ignore_index=True)
        cut = canvas.axes.get_ylim()[0] > 0
        words = Words(
            name=name or parts.slug("trend", own["series_id"].iloc[0], own["area"].iloc[0]),
            title=title,
            subtitle=subtitle,
            alt=parts.alt_text(title, "Line chart", subtitle) if alt is None else alt,
            caption=_caption(caption, own, cuts, canvas.axes, unit if cut else None),
            source=source,
        )
        table = parts.reader_table(whole, unit, (("area", "Area"), ("period", "Period")))
        return finish(canvas.figure, words, table, parts.table_decimals(own, unit))


def _timed(frame: pd.DataFrame) -> pd.DataFrame:
    start, end = pd.to_datetime(frame["period_start"]), pd.to_datetime(frame["period_end"])
    middle = start + (end - start) / 2
    years = (middle - pd.Timestamp(2000, 1, 1)).dt.total_seconds() / 86_400 / DAYS_A_YEAR
    timed = frame.assign(period_start=start, period_end=end, x=years)
    return timed.sort_values("x", ignore_index=True)


def _comparators(frame: pd.DataFrame | None) -> list[pd.DataFrame]:
    if frame is None or frame.empty or frame["value"].isna().all():
        return []
    rows = parts.checked(frame, NEEDS, "a comparator")
    parts.once(rows, ["area", "period"], "a comparator")
    return [_timed(rows[rows["area"] == area]) for area in dict.fromkeys(rows["area"])]


def _draw(
    own: pd.DataFrame,
    others: Sequence[pd.DataFrame],
    unit: str,
    polarity: str | None,
    goal: Goal | None,
    cuts: Sequence[Break],
    pandemic: bool,
) -> parts.Canvas:
    labels = _end_labels(own, others, goal, unit)
    low, high, ticks = _scale(own, others, goal, unit)
    tick_texts = [_tick(t, ticks) for t in ticks]
    left = 0.14 + parts.widest(tick_texts, style.SMALL_SIZE)
    right = LABEL_LEFT + max(label.width for label in labels) + 0.05
    canvas = parts.canvas((style.WIDTH, style.HEIGHT), left, right, TOP, BOTTOM)
    axes = canvas.axes
    step = _step(pd.concat([own, *others]))
    axes.set_xlim(*_reach(own, others, step))
    axes.set_ylim(low, high)
    axes.set_yticks(ticks, tick_texts)
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    _period_ticks(axes, pd.concat([own, *others]), canvas.box[2])
    if pandemic:
        _shade_pandemic(axes, own, step)
    _mark_breaks(axes, own, cuts, step)
    for rank, other in enumerate(others):
        _comparator_line(axes, other, cuts, step, rank)
    _area_line(axes, own, cuts, step)
    if goal:
        axes.axhline(goal.value, color=style.DARK_PINK, linewidth=1.2, linestyle=(0, (5, 3)))
    _unit_label(canvas, unit, polarity, left)
    _write_end_labels(canvas, labels)
    if low > 0:
        _mark_cut(canvas)
    return canvas


# -- the scale -----------------------------------------------------------------


def _scale(
    own: pd.DataFrame, others: Sequence[pd.DataFrame], goal: Goal | None, unit: str
) -> tuple[float, float, list[float]]:
    shown = [own[c] for c in ("value", "lower_95", "upper_95")] + [o["value"] for o in others]
    values = pd.concat(shown).dropna().astype("float64")
    low, high = float(values.min()), float(values.max())
    if goal:
        low, high = min(low, goal.value), max(high, goal.value)
    # From zero whenever that leaves the lines half of the height; else a marked cut.
    if 0 <= low and high - low >= high / 2:
        low = 0.0
    least = 4.0 if unit == "%" else 0.1 * max(abs(low), abs(high), 1e-9)
    if high - low < least:
        spare = (least - (high - low)) / 2
        low, high = (low - spare if low < 0 else max(0.0, low - spare)), high + spare
    if unit == "%" and low >= 0:
        high = min(high, 100.0) if values.max() <= 100 else high
    return _nice(low, high)


def _nice(low: float, high: float) -> tuple[float, float, list[float]]:
    from math import ceil, floor, log10

    size = 10 ** floor(log10((high - low) / 4))
    step = next(n * size for n in NICE_STEPS if n * size >= (high - low) / 5 - 1e-12)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    ticks = [round(i * step, 10) for i in range(first, last + 1)]
    return ticks[0], ticks[-1], ticks


def _tick(value: float, ticks: Sequence[float]) -> str:
    places = next(
        (p for p in range(4) if all(abs(t - round(t, p)) < 1e-9 for t in ticks)), 3
    )
    return style.format_number(value, places)


def _step(frame: pd.DataFrame) -> float:
    points = sorted(set(frame["x"].round(3)))
    steps = sorted(b - a for a, b in pairwise(points) if b - a > 0.02)
    return steps[len(steps) // 2] if steps else 1.0


def _reach(
    own: pd.DataFrame, others: Sequence[pd.DataFrame], step: float
) -> tuple[float, float]:
    """Show the area's own years, and the comparators' only as far as they meet them."""
    first, last = own["x"].min(), own["x"].max()
    for other in others:
        last = max(last, other["x"].max())
    pad = 0.35 * step if last > first else step
    return first - pad, last + pad


def _period_ticks(axes: Axes, frame: pd.DataFrame, width: float) -> None:
    low, high = axes.get_xlim()
    rows = frame[frame["x"].between(low, high)].drop_duplicates("period").sort_values("x")
    texts = [str(p).replace(" to ", "\nto ") for p in rows["period"]]
    # Always the last period, then as many before it as the width holds.
    room = parts.widest(texts, style.SMALL_SIZE) + 0.12
    inches = [(x - low) / (high - low) * width for x in rows["x"]]
    kept: list[int] = []
    for i in reversed(range(len(texts))):
        if not kept or inches[kept[-1]] - inches[i] >= room:
            kept.append(i)
    axes.set_xticks(rows["x"].tolist(), minor=True)
    axes.set_xticks([rows["x"].iloc[i] for i in kept], [texts[i] for i in kept])
    axes.tick_params(axis="x", which="minor", length=2)


# -- the lines -----------------------------------------------------------------


def _segments(frame: pd.DataFrame, cuts: Sequence[Break], step: float) -> pd.Series[int]:
    """Number the stretches of consecutive periods with values and no break between."""
    rows = frame.loc[frame["value"].notna()]
    after = {cut.after for cut in cuts}
    numbers, current = [], 0
    previous: Any = None
    for row in frame.itertuples():
        if previous is not None and (
            row.x - previous.x > GAP_FACTOR * step or previous.period in after
        ):
            current += 1
        if pd.isna(row.value):
            current += 1
        else:
            numbers.append(current)
        previous = row
    return pd.Series(numbers, index=rows.index, dtype="int64")


def _area_line(axes: Axes, own: pd.DataFrame, cuts: Sequence[Break], step: float) -> None:
    import seaborn as sns

    rows = own.loc[own["value"].notna()].assign(segment=_segments(own, cuts, step))
    sns.lineplot(
        rows, x="x", y="value", units="segment", estimator=None, ax=axes,
        color=style.DARK_BLUE, linewidth=1.9, zorder=4,
    )  # fmt: skip
    axes.set(xlabel="", ylabel="")
    for _, part in rows.groupby("segment"):
        limited = part.dropna(subset=["lower_95", "upper_95"])
        if len(part) > 1:
            axes.fill_between(
                limited["x"], limited["lower_95"], limited["upper_95"],
                color=style.DARK_BLUE, alpha=0.16, linewidth=0, zorder=2,
            )  # fmt: skip
        else:
            axes.vlines(
                limited["x"], limited["lower_95"], limited["upper_95"],
                color=style.DARK_BLUE, linewidth=1.4, zorder=3,
            )  # fmt: skip
    open_marks = rows["status"].isin([Status.PROVISIONAL.value])
    for hollow, group in rows.groupby(open_marks):
        axes.plot(
            group["x"], group["value"], "o", color=style.DARK_BLUE, markersize=5,
            markerfacecolor=style.WHITE if hollow else style.DARK_BLUE, zorder=5,
        )  # fmt: skip
    _mark_missing(axes, own)


def _mark_missing(axes: Axes, own: pd.DataFrame) -> None:
    from matplotlib.transforms import blended_transform_factory

    place = blended_transform_factory(axes.transData, axes.transAxes)
    for row in own.loc[own["value"].isna()].itertuples():
        mark = "[c]" if row.status == Status.SUPPRESSED.value else "[x]"
        axes.text(
            row.x, 0.02, mark, transform=place, ha="center", va="bottom",
            fontsize=style.SMALL_SIZE, color=style.GREY,
        )  # fmt: skip


def _comparator_line(
    axes: Axes, other: pd.DataFrame, cuts: Sequence[Break], step: float, rank: int
) -> None:
    rows = other.loc[other["value"].notna()].assign(segment=_segments(other, cuts, step))
    low, high = axes.get_xlim()
    rows = rows[rows["x"].between(low, high)]
    for _, part in rows.groupby("segment"):
        axes.plot(
            part["x"], part["value"], color=style.GREY, linewidth=1.1,
            linestyle="-" if rank == 0 else (0, (4, 2)), zorder=3,
            marker="." if len(part) == 1 else None, markersize=5,
        )  # fmt: skip


# -- what is written on the chart ----------------------------------------------


@dataclass(frozen=True, slots=True)
class _Label:
    y: float
    lines: tuple[tuple[str, bool], ...]
    colour: str

    @property
    def width(self) -> float:
        return max(parts.text_size(t, style.SMALL_SIZE, bold=b)[0] for t, b in self.lines)

    @property
    def height(self) -> float:
        return len(self.lines) * style.SMALL_SIZE * 1.25 / style.POINTS_PER_INCH + 0.06


def _end_labels(
    own: pd.DataFrame, others: Sequence[pd.DataFrame], goal: Goal | None, unit: str
) -> list[_Label]:
    newest = own["x"].max()
    labels = [_series_label(own, unit, style.DARK_BLUE, newest, limits=True)]
    labels += [_series_label(o, unit, style.GREY, newest, limits=False) for o in others]
    if goal:
        lines = parts.wrapped(goal.words, END_LABEL_CHARACTERS).split("\n")
        labels.append(_Label(goal.value, tuple((t, False) for t in lines), style.DARK_PINK))
    return labels


def _series_label(
    frame: pd.DataFrame, unit: str, colour: str, newest: float, *, limits: bool
) -> _Label:
    last = frame.loc[frame["value"].notna()].iloc[-1]
    places = style.decimals_for(unit, last["value"], last["lower_95"], last["upper_95"])
    name = parts.wrapped(str(last["area"]), END_LABEL_CHARACTERS).split("\n")
    shown = style.format_value(last["value"], unit, decimals=places)
    lines = [(t, True) for t in name]
    lines += [(t, False) for t in parts.wrapped(shown, END_LABEL_CHARACTERS + 2).split("\n")]
    if limits and not style.is_missing(last["lower_95"]):
        interval = style.format_interval(
            last["lower_95"], last["upper_95"], unit, decimals=places
        )
        lines.append((f"({interval})", False))
    if last["x"] != newest:
        lines.append((f"in {last['period']}", False))
    return _Label(float(last["value"]), tuple(lines), colour)


def _write_end_labels(canvas: parts.Canvas, labels: Sequence[_Label]) -> None:
    axes, (_, _, width, height) = canvas.axes, canvas.box
    low, high = axes.get_ylim()
    wanted = [(label.y - low) / (high - low) * height for label in labels]
    centres = parts.spread(wanted, [label.height for label in labels], -0.2, height + 0.2)
    line = style.SMALL_SIZE * 1.25 / style.POINTS_PER_INCH
    for label, target, centre in zip(labels, wanted, centres, strict=True):
        if abs(target - centre) > 0.06:
            axes.plot(
                [1.01, 1 + (LABEL_LEFT - 0.03) / width], [target / height, centre / height],
                transform=axes.transAxes, color=label.colour, linewidth=0.6, clip_on=False,
            )  # fmt: skip
        top = centre + (len(label.lines) - 1) * line / 2
        for i, (text, bold) in enumerate(label.lines):
            axes.text(
                1 + LABEL_LEFT / width, (top - i * line) / height, text,
                transform=axes.transAxes, color=label.colour, fontsize=style.SMALL_SIZE,
                fontweight="bold" if bold else "normal", va="center", ha="left",
            )  # fmt: skip


def _unit_label(canvas: parts.Canvas, unit: str, polarity: str | None, left: float) -> None:
    wanted = {Polarity.HIGH.value: "higher is better", Polarity.LOW.value: "lower is better"}
    words = [unit or "value", wanted.get(str(polarity), "")]
    canvas.figure.text(
        0.06 / style.WIDTH, 1 - 0.08 / style.HEIGHT,
        " · ".join(w for w in words if w), fontsize=style.SMALL_SIZE, color=style.GREY,
        ha="left", va="top",
    )  # fmt: skip


def _shade_pandemic(axes: Axes, own: pd.DataFrame, step: float) -> None:
    touched = own.loc[
        (own["period_start"] <= pd.Timestamp(PANDEMIC_LAST))
        & (own["period_end"] >= pd.Timestamp(PANDEMIC_FIRST)),
        "x",
    ]
    if touched.empty:
        return
    low, high = axes.get_xlim()
    first, last = max(touched.min() - step / 2, low), min(touched.max() + step / 2, high)
    axes.axvspan(first, last, color=style.SHADE, linewidth=0, zorder=0)
    axes.text(
        (first + last) / 2, 1.02, "pandemic", transform=axes.get_xaxis_transform(),
        ha="center", va="bottom", fontsize=style.SMALL_SIZE, color=style.GREY,
    )  # fmt: skip


def _mark_breaks(axes: Axes, own: pd.DataFrame, cuts: Sequence[Break], step: float) -> None:
    for number, cut in enumerate(cuts, start=1):
        at = own.loc[own["period"] == cut.after, "x"]
        if at.empty:
            continue
        x = float(at.iloc[0]) + step / 2
        axes.axvline(x, color=style.GREY, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
        words = "break" if len(cuts) == 1 else f"break {number}"
        axes.text(
            x, 1.02, words, transform=axes.get_xaxis_transform(), ha="center", va="bottom",
            fontsize=style.SMALL_SIZE, color=style.GREY,
        )  # fmt: skip


def _mark_cut(canvas: parts.Canvas) -> None:
    """Draw two short strokes where the axis leaves out the way down to zero."""
    axes, (_, _, width, height) = canvas.axes, canvas.box
    for lift in (0.05, 0.09):
        axes.plot(
            [-0.05 / width, 0.05 / width], [(lift - 0.02) / height, (lift + 0.02) / height],
            transform=axes.transAxes, color=style.GREY, linewidth=0.9, clip_on=False,
        )  # fmt: skip


def _caption(
    given: str, own: pd.DataFrame, cuts: Sequence[Break], axes: Axes, cut_unit: str | None
) -> str:
    notes = [parts.sentence(given), parts.interval_note(own, "Band")]
    if cut_unit is not None:
        low = axes.get_ylim()[0]
        start = f"{_tick(low, [low])} {cut_unit}".strip()
        notes.append(f"The vertical axis starts at {start}, not at zero.")
    if (own["status"] == Status.PROVISIONAL.value).any():
        notes.append("Open circle: provisional.")
    drawn = set(own["period"])
    for number, cut in enumerate(cuts, start=1):
        if cut.after in drawn:
            name = "Break" if len(cuts) == 1 else f"Break {number}"
            notes.append(f"{name} after {cut.after}: {parts.sentence(cut.reason)}")
    notes.append(parts.missing_note(own, "period"))
    return " ".join(n for n in notes if n)
