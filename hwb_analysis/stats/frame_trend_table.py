"""The table that ``trend`` returns: a frame whose rows explain and draw themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import Any

import pandas as pd

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.frame_keys import SAME_SERIES
from hwb_analysis.stats.frame_segments import Breaks
from hwb_analysis.stats.frame_trend_one import SeriesTrend, marked_series, trend_of

NATIONAL = "national"
# A longer list of sentences is a table again.
MOST_SENTENCES = 20


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
        lines = [_sentence(row) for row in self.head(MOST_SENTENCES).to_dict("records")]
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
            return marked_series(asked.figures, row, _sentence(row), asked.breaks)
        return trend_of(
            asked.figures, rule=asked.rule, breaks=asked.breaks, pandemic=asked.pandemic
        )

    def chart(self, position: int = 0, **options: Any) -> Any:
        """Draw one row: points, limits, breaks and the fitted line."""
        return self.series(position).chart(**options)

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
        table = str(pd.DataFrame(self)._repr_html_())  # type: ignore[operator]
        sentences = "".join(f"<li>{escape(line)}</li>" for line in self.explain().split("\n"))
        return f"{table}<ul>{sentences}</ul>"


def _plot(table: TrendTable, position: int = 0, **options: Any) -> Any:
    """Draw one row and return matplotlib's Axes, which can be changed further."""
    return table.series(position).plot(**options)


# pandas declares plot as an accessor; a trend has one picture, and that is it.
TrendTable.plot = _plot  # type: ignore[assignment, method-assign]


def _text(value: object) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value)


def _sentence(row: dict[Any, Any]) -> str:
    name = " ".join(_text(row[key]) for key in ("area_code", "series_id", "sex") if key in row)
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
