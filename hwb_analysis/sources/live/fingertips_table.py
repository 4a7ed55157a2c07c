"""The table of the national profiles: which columns it must have, and rows that may be trusted.

Columns are read by name, never by place; new ones are told and left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

import pandas as pd

from hwb_analysis.errors import SourceError
from hwb_analysis.sources.live.bodies import csv_rows
from hwb_analysis.sources.live.notices import Notice

NAMES = {
    "Indicator ID": "number",
    "Area Code": "area_code",
    "Area Name": "area",
    "Area Type": "printed_type",
    "Sex": "sex",
    "Age": "printed_age",
    "Category Type": "category_type",
    "Category": "category",
    "Time period": "label",
    "Value": "value",
    "Lower CI 95.0 limit": "lower_95",
    "Upper CI 95.0 limit": "upper_95",
    "Lower CI 99.8 limit": "lower_998",
    "Upper CI 99.8 limit": "upper_998",
    "Count": "count",
    "Denominator": "denominator",
    "Value note": "remark",
    "Compared to England value or percentiles": "word",
    "Time period Sortable": "order",
}
# They are known, and nothing is read from them.
IGNORED = (
    "Indicator Name", "Parent Code", "Parent Name", "Recent Trend", "New data",
    "Compared to goal", "Target data", "Time period range",
)  # fmt: skip
COMPARED = "Compared to "
NUMBERS = ("value", "lower_95", "upper_95", "lower_998", "upper_998", "count", "denominator")
KEY = ["number", "area_code", "sex", "printed_age", "category_type", "category", "label"]
NOTHING = ("", "*")
SHOWN = 3


@dataclass(slots=True)
class Table:
    """Rows under our names of columns, what was left out, and what a person should know."""

    rows: pd.DataFrame
    rows_in: int
    dropped: dict[str, int] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)


def read_table(content: bytes, where: str) -> Table:
    """Return the rows of an answer.

    Raises
    ------
    SourceError
        When a column is missing or renamed, a number is none, or the answer holds no row.
    """
    rows = csv_rows(content, where)
    heading = [name.strip() for name in rows[0]]
    _refuse_columns(heading, where)
    if len(rows) == 1:
        raise SourceError(
            "figures were expected, the answer holds the heading only",
            where=where,
            remedy="the indicator is not published for this area type: ask `available_data` for "
            "those it has, and mend area_types in fingertips.yaml",
        )
    frame = pd.DataFrame(rows[1:], columns=heading, dtype="str").rename(columns=NAMES)
    table = Table(frame[list(NAMES.values())].copy(), len(frame))
    extra = [c for c in heading if c not in NAMES and not _is_known(c)]
    table.notices += [Notice("columns", c, "a new column, which is not read") for c in extra]
    for name in NUMBERS:
        table.rows[name] = _numbers(table.rows[name], name, where)
    return table


def refuse_other_table(content: bytes, where: str) -> None:
    """Refuse an answer without the columns of the profiles, before it is kept.

    Raises
    ------
    SourceError
        With every column that is missing, and what may be its new name.
    """
    _refuse_columns([name.strip() for name in csv_rows(content, where)[0]], where)


def _is_known(column: str) -> bool:
    # The comparison with the parent area takes its name from the parent's kind.
    return column in IGNORED or column.startswith(COMPARED)


def _refuse_columns(heading: Sequence[str], where: str) -> None:
    doubled = sorted({c for c in heading if heading.count(c) > 1})
    absent = [c for c in NAMES if c not in heading]
    if not absent and not doubled:
        return
    unknown = [c for c in heading if c not in NAMES and not _is_known(c)]
    said = [_absent(column, unknown) for column in absent]
    said += [f"'{column}' stands more than once" for column in doubled]
    raise SourceError(
        "the columns of the national profiles were expected: " + "; ".join(said),
        where=where,
        remedy="the publisher changed the table: compare it with NAMES in fingertips_table.py; "
        "the last snapshot stays as it is",
    )


def _absent(column: str, unknown: Sequence[str]) -> str:
    near = get_close_matches(column, unknown, n=1, cutoff=0.7)
    renamed = f", '{near[0]}' may be its new name" if near else ""
    return f"'{column}' is missing{renamed}"


def _numbers(printed: pd.Series[str], name: str, where: str) -> pd.Series[float]:
    bare = printed.str.strip()
    numbers = pd.to_numeric(bare.where(~bare.isin(NOTHING)), errors="coerce").astype("float64")
    bad = numbers.isna() & ~bare.isin(NOTHING)
    if bad.any():
        first = int(bad.to_numpy().argmax())
        raise SourceError(
            f"numbers were expected in '{name}', '{printed.iloc[first]}' came",
            # The heading is line 1.
            where=f"{where}, line {first + 2:,}",
            remedy="the publisher changed how figures are printed: tell them; nothing was taken",
        )
    return numbers


def without_duplicates(table: Table, where: str) -> Table:
    """Leave out rows that are printed twice alike; refuse those that contradict each other.

    England stands once by itself and once as a part of itself, and an authority may come
    with several parents.

    Raises
    ------
    SourceError
        With the first rows that stand twice with other figures.
    """
    rows = table.rows
    again = rows.duplicated([*KEY, *NUMBERS], keep="first")
    kept = rows.loc[~again]
    twice = kept.duplicated(KEY, keep=False)
    if twice.any():
        shown = kept.loc[twice, ["area_code", "sex", "label", "value"]].head(SHOWN)
        told = "; ".join(" ".join(map(str, r)) for r in shown.itertuples(index=False))
        raise SourceError(
            f"one row was expected for each area, period, sex, age and group, {int(twice.sum())} "
            f"rows contradict each other, first {told}",
            where=where,
            remedy="two boundaries or two releases are mixed: tell the publisher; the last "
            "snapshot stays as it is",
        )
    if again.any():
        table.dropped["rows printed twice"] = int(again.sum())
    table.rows = kept.reset_index(drop=True)
    return table
