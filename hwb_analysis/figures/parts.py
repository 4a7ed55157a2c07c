"""Pieces that several charts share: checked input, canvas, labels that keep apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from textwrap import wrap
from typing import TYPE_CHECKING, Any
from unicodedata import category

import pandas as pd

from hwb_analysis import style
from hwb_analysis.errors import DataContractError
from hwb_analysis.vocabulary import Comparison, Status

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Height in inches of one line of small text.
LINE = style.SMALL_SIZE * 1.25 / style.POINTS_PER_INCH
OPTIONAL_NUMBERS = ("lower_95", "upper_95", "count", "denominator")
OPTIONAL_TEXT = ("status", "note", "method", "comparison_95", "series_id", "area_code", "period")
STATUS_WORDS = {
    "": "published",
    Status.OK.value: "published",
    Status.NOT_COMPARABLE.value: "not comparable",
}


def checked(frame: pd.DataFrame, needs: Sequence[str], what: str) -> pd.DataFrame:
    """Return a copy with optional columns added; refuse what cannot be drawn."""
    absent = [c for c in needs if c not in frame]
    if absent:
        raise DataContractError(
            f"{what} needs the columns {', '.join(needs)}; {', '.join(absent)} not found",
            remedy="pass rows of the tidy frame (docs/architecture.md, section 2)",
        )
    if frame.empty or frame["value"].isna().all():
        raise DataContractError(
            f"{what} needs at least one value; got {len(frame)} rows, none with a value",
            remedy="say why there is no figure in place of the chart",
        )
    out = frame.reset_index(drop=True).copy()
    for column in OPTIONAL_NUMBERS:
        out[column] = pd.to_numeric(out[column]) if column in out else float("nan")
    for column in OPTIONAL_TEXT:
        out[column] = out[column].fillna("").astype("str") if column in out else ""
    return out


def once(frame: pd.DataFrame, keys: Sequence[str], what: str) -> pd.DataFrame:
    """Refuse a frame in which a key stands twice, and name the rows."""
    doubled = frame.duplicated(list(keys), keep=False)
    if doubled.any():
        rows = frame.loc[doubled, list(keys)].astype("str").agg(" ".join, axis=1)
        raise DataContractError(
            f"{what} needs one row for each {' and '.join(keys)}; doubled: "
            + "; ".join(dict.fromkeys(rows)),
            remedy="choose one series, vintage, sex and age first",
        )
    return frame


def slug(*parts: str) -> str:
    """Return a file name made of words.

    Examples
    --------
    >>> slug("trend", "cover:mmr2-5y")
    'trend-cover-mmr2-5y'
    """
    return re.sub(r"[^a-z0-9]+", "-", "-".join(p for p in parts if p).lower()).strip("-")


def plain(text: object) -> str:
    r"""Return a text from data as it may be drawn: one line, no control characters.

    Marks that turn the direction of writing would move the letters of their neighbours.

    Examples
    --------
    >>> plain("North\n  \u202eshire")
    'North shire'
    """
    kept = (" " if c.isspace() else c for c in str(text))
    return " ".join("".join(c for c in kept if category(c)[0] != "C").split())


def sentence(text: str) -> str:
    """Return the text with a full stop at its end, if it has none."""
    text = text.strip()
    return text if not text or text[-1] in ".!?" else text + "."


def alt_text(title: str, kind: str, subtitle: str) -> str:
    """Say the finding, then what the chart is, then where the numbers are."""
    what = f"{kind}: {subtitle}" if subtitle else kind
    return f"{sentence(title)} {sentence(what)} The numbers are in the table that follows.".strip()


def value_heading(unit: str) -> str:
    """Return the heading of the value column."""
    return f"Value ({unit})" if unit else "Value"


LOWER, UPPER = "Lower 95% limit", "Upper 95% limit"


def reader_table(frame: pd.DataFrame, unit: str, lead: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Return the plotted rows under headings for a reader; numbers stay numbers.

    ``lead`` pairs a column with its heading; value, limits, counts, comparison,
    status and note follow where the frame holds any.
    """
    columns: dict[str, pd.Series[Any]] = {heading: frame[c] for c, heading in lead}
    columns[value_heading(unit)] = frame["value"].astype("float64")
    columns[LOWER], columns[UPPER] = frame["lower_95"], frame["upper_95"]
    for column, heading in (("count", "Count"), ("denominator", "Out of")):
        if frame[column].notna().any():
            columns[heading] = frame[column]
    if (frame["comparison_95"] != "").any():
        columns["Compared"] = frame["comparison_95"].replace("", Comparison.NOT_COMPARED.value)
    columns["Status"] = frame["status"].replace(STATUS_WORDS)
    if (frame["note"] != "").any():
        columns["Note"] = frame["note"].replace("", "none")
    return pd.DataFrame(columns).reset_index(drop=True)


def table_decimals(frame: pd.DataFrame, unit: str) -> dict[str, int]:
    """Return the decimals of value and limits: those of the narrowest interval."""
    rows = frame.dropna(subset=["value"])
    places = max(
        (
            style.decimals_for(unit, v, low, high)
            for v, low, high in zip(rows["value"], rows["lower_95"], rows["upper_95"], strict=True)
        ),
        default=1,
    )
    return {value_heading(unit): places, LOWER: places, UPPER: places, "Count": 0, "Out of": 0}


def interval_note(frame: pd.DataFrame, mark: str) -> str:
    """Say what the limits are, or that none are there."""
    drawn = frame["value"].notna()
    limited = frame["lower_95"].notna() & drawn
    if not limited.any():
        return "No interval published."
    some = "" if limited.sum() == drawn.sum() else "; where there is none, no interval is published"
    return f"{mark}: 95% confidence interval{some}."


def missing_note(frame: pd.DataFrame, name: str) -> str:
    """Name the rows without a value, those of one reason together, and each reason once."""
    by_reason: dict[str, list[str]] = {}
    for _, row in frame.loc[frame["value"].isna()].iterrows():
        # An empty status stands for "published", which is no reason.
        told = STATUS_WORDS.get(row["status"], row["status"]) if row["status"] else ""
        why = row["note"] or told or style.NOT_AVAILABLE
        by_reason.setdefault(str(why).rstrip("."), []).append(str(row[name]))
    groups = [f"{', '.join(dict.fromkeys(names))} ({why})" for why, names in by_reason.items()]
    return f"No value for {'; '.join(groups)}." if groups else ""


@dataclass(frozen=True, slots=True)
class Canvas:
    """A figure with one pair of axes placed in inches from its edges."""

    figure: Figure
    axes: Axes
    box: tuple[float, float, float, float]

    @property
    def height(self) -> float:
        """Return the height of the axes in inches."""
        return self.box[3]


def canvas(
    size: tuple[float, float], left: float, right: float, top: float, bottom: float
) -> Canvas:
    """Return a figure that pyplot does not know of, so that nothing outlives it."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size)
    FigureCanvasAgg(figure)
    width, height = size
    box = (left, bottom, width - left - right, height - top - bottom)
    axes = figure.add_axes((left / width, bottom / height, box[2] / width, box[3] / height))
    return Canvas(figure, axes, box)


@lru_cache(maxsize=8192)
def text_size(text: str, size: float, *, bold: bool = False) -> tuple[float, float]:
    """Return width and height of a text in inches as it will be drawn."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(1, 1), dpi=style.POINTS_PER_INCH)
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    # Measured once a text, so always in the one style and never in a caller's own.
    with style.stylesheet():
        artist = figure.text(0, 0, text, fontsize=size, fontweight="bold" if bold else "normal")
        extent = artist.get_window_extent(renderer)
    return extent.width / style.POINTS_PER_INCH, extent.height / style.POINTS_PER_INCH


def widest(texts: Iterable[str], size: float, *, bold: bool = False) -> float:
    """Return the width in inches of the widest of several texts."""
    return max((text_size(t, size, bold=bold)[0] for t in texts if t), default=0.0)


def wrapped(text: str, characters: int) -> str:
    """Return the text in lines of at most so many characters; words stay whole."""
    return "\n".join(wrap(plain(text), characters, break_long_words=True))


def spread(
    wanted: Sequence[float], heights: Sequence[float], low: float, high: float
) -> list[float]:
    """Return centres near the wanted ones that keep labels apart and inside.

    Labels keep their order. If they cannot all fit, they start at the top and the
    lowest go below ``low`` rather than lie on each other.

    Examples
    --------
    >>> spread([5.0, 5.0], [2.0, 2.0], 0.0, 10.0)
    [6.0, 4.0]
    >>> spread([9.9], [2.0], 0.0, 10.0)
    [9.0]
    """
    order = sorted(range(len(wanted)), key=lambda i: -wanted[i])
    groups: list[tuple[list[int], float]] = []
    for i in order:
        members, centre = [i], wanted[i]
        while True:
            total = sum(heights[j] for j in members)
            centre = max(min(centre, high - total / 2), low + total / 2)
            if not groups:
                break
            above, middle = groups[-1]
            if middle - sum(heights[j] for j in above) / 2 >= centre + total / 2:
                break
            groups.pop()
            centre = (middle * len(above) + centre * len(members)) / (len(above) + len(members))
            members = above + members
        groups.append((members, centre))
    placed = [0.0] * len(wanted)
    for members, centre in groups:
        top = min(centre + sum(heights[j] for j in members) / 2, high)
        for j in members:
            placed[j] = top - heights[j] / 2
            top -= heights[j]
    return placed
