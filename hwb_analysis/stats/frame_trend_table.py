"""The table that ``trend`` returns: a frame whose rows explain and draw themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import pandas as pd

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.frame_keys import SAME_SERIES
from hwb_analysis.stats.frame_segments import Breaks
from hwb_analysis.stats.frame_trend_one import SeriesTrend, marked_series, trend_of
from hwb_analysis.stats.result import figure

NATIONAL = "national"
# A longer list of sentences is a table again.
MOST_SENTENCES = 20
SHOWN = (
    "area_code", "series_id", "sex", "age", "category", "marker", "direction", "test", "change",
    "change_lower_95", "change_upper_95", "change_unit", "p_value", "points", "first_period",
    "last_period", "reason",
)  # fmt: skip
# What tells the rows of one area apart in a sentence.
TOLD = ("series_id", "sex", "age", "category")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of ``trend``: the figures, and how to test them."""

    figures: pd.DataFrame
    rule: str
    breaks: Breaks | None
    pandemic: bool


class TrendTable(pd.DataFrame):
    """Trends of the series of a frame, one row each, as an ordinary data frame.

    Selecting rows keeps :meth:`explain`, :meth:`series` and :meth:`chart`; they need the key
    columns. ``plot`` gives the Axes of :meth:`chart`; pandas' own plots are reached as
    ``pd.DataFrame(table).plot``.
    """

    _metadata = ["asked"]  # noqa: RUF012
    asked: Asked | None = None

    @property
    def _constructor(self) -> type[TrendTable]:
        return TrendTable

    def explain(self) -> str:
        """Return finding, test and reason of each row, a line each."""
        if self.empty:
            return "No series was given."
        names = self._area_names()
        lines = [_sentence(row, names) for row in self.head(MOST_SENTENCES).to_dict("records")]
        rest = len(self) - MOST_SENTENCES
        return "\n".join([*lines, f"... and {rest} more rows."] if rest > 0 else lines)

    def series(self, position: int = 0) -> SeriesTrend:
        """Return the trend of one row with its points, its line and its breaks.

        Raises
        ------
        StatisticsError
            When there is no such row, or the table no longer holds its keys or figures.
        """
        row, asked = self._row(position)
        if asked.rule == NATIONAL:
            words = _sentence(row, self._area_names())
            return marked_series(asked.figures, row, words, asked.breaks)
        return trend_of(
            asked.figures, rule=asked.rule, breaks=asked.breaks, pandemic=asked.pandemic
        )

    def chart(self, position: int = 0, **options: Any) -> Any:
        """Draw one row: points, limits, breaks and the fitted line."""
        return self.series(position).chart(**options)

    def _area_names(self) -> dict[str, str]:
        if self.asked is None or not {"area_code", "area"} <= set(self.asked.figures.columns):
            return {}
        known = self.asked.figures.drop_duplicates("area_code")
        return dict(zip(known["area_code"].map(_text), known["area"].map(_text), strict=True))

    def _row(self, position: int) -> tuple[dict[str, Any], Asked]:
        """Return one row, and what was asked of its own figures."""
        if self.asked is None or not set(SAME_SERIES) <= set(self.columns):
            raise StatisticsError(
                "this table no longer knows the figures that it was made from",
                remedy="use the table as trend() returned it, or rows chosen from it",
            )
        if not -len(self) <= position < len(self):
            raise StatisticsError(f"the table has {len(self)} rows, row {position} was asked for")
        row = {str(name): value for name, value in self.iloc[position].items()}
        figures = self.asked.figures
        for name in SAME_SERIES:
            figures = figures.loc[figures[name].astype("object").map(_text) == _text(row[name])]
        return row, replace(self.asked, figures=figures)

    def _repr_html_(self) -> str:
        sentences = "".join(f"<li>{escape(line)}</li>" for line in self.explain().split("\n"))
        table, left = self._compact()
        rows = str(table.to_html(index=False, float_format=figure, border=0))
        more = f"<p><small>{left} more columns: pd.DataFrame(table)</small></p>" if left else ""
        return f"<ul>{sentences}</ul>{rows}{more}"

    def _compact(self) -> tuple[pd.DataFrame, int]:
        """Return the columns that say something, and how many are left out."""
        table = pd.DataFrame(self).head(MOST_SENTENCES)
        names = [str(name) for name in table]
        kept = [name for name in names if name in SHOWN and (table[name].map(_text) != "").any()]
        if not set(SAME_SERIES) <= set(names):
            kept = names
        else:
            # The sentences name what all rows share; the room is needed for what differs.
            kept = [n for n in kept if n not in TOLD or table[n].nunique() > 1]
        shown = table[kept]
        if areas := self._area_names():
            coded = shown.filter(["area_code"]).replace({"area_code": areas})
            shown = shown.assign(**coded).rename(columns={"area_code": "area"})
        return shown, table.shape[1] - len(kept)


def _plot(table: TrendTable, position: int = 0, **options: Any) -> Any:
    """Draw one row and return matplotlib's Axes, which can be changed further."""
    return table.series(position).plot(**options)


# pandas declares plot as an accessor; a trend has one picture, and that is it.
TrendTable.plot = _plot  # type: ignore[assignment, method-assign]


def _text(value: object) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value)


def _sentence(row: dict[Any, Any], area_names: Mapping[str, str]) -> str:
    code = _text(row.get("area_code"))
    told = (area_names.get(code) or code, *(_text(row.get(key)) for key in TOLD))
    name = ", ".join(filter(None, told)) or "This series"
    if "marker" in row:
        return f"{name}: {_of_marker(row)}"
    parts = [str(row.get("sentence", ""))]
    if row.get("why"):
        parts.append(f"Why this test: {row['why']}.")
    if row.get("note"):
        parts.append(f"Note: {row['note']}.")
    return f"{name}: {' '.join(parts)}"


def _of_marker(row: dict[Any, Any]) -> str:
    if row["reason"]:
        return f"National recent-trend marker: {row['marker']} ({row['reason']})."
    p = float(row["p_value"])
    shown = "below 0.0001" if p < 1e-4 else f"{p:.2g}"
    tested = f", p {shown} against 0.002" if p == p else ""
    return (
        f"National recent-trend marker, {row['first_period']} to {row['last_period']} "
        f"({row['points']} points in the series): {row['marker']} ({row['method']}{tested})."
    )
