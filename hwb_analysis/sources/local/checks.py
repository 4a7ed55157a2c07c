"""Rules that join the columns of a local file: sense of counts, limits, ranges and keys.

Messages of these rules name places and never a figure: a small count must not reach a log.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from hwb_analysis.frame import KEY
from hwb_analysis.sources.local.column_map import ColumnMap
from hwb_analysis.sources.local.faults import Column, Faults
from hwb_analysis.sources.local.rules import COUNTED, rule_set

MEND = "mend the cells"
Broken = Iterator[tuple[str, str, str, "pd.Series[bool]"]]


def check(
    frame: pd.DataFrame, column_map: ColumnMap, columns: Mapping[str, Column], faults: Faults
) -> None:
    """Note every rule between columns that a frame breaks, with its rows."""
    for name, rule, remedy, bad in (*_counts(frame), *_values(frame, column_map)):
        if bad.any():
            column = _column(column_map, columns, name)
            faults.add(rule, remedy, column, frame.index[bad])
    _keys(frame, columns, column_map, faults)


def remarks(frame: pd.DataFrame, column_map: ColumnMap) -> list[str]:
    """Return what a person should look at, though it breaks no rule."""
    out = []
    if off := _rows_where(frame, _off(frame, column_map)):
        out.append(f"the value is not count over denominator in {off}")
    rule = rule_set(column_map.series.disclosure)
    bare = frame["value"].notna() & frame["count"].isna() & ~frame["unit"].isin(COUNTED)
    if rule.highest and (told := _rows_where(frame, bare)):
        out.append(f"no count is there to check for small numbers in {told}")
    return out


def _off(frame: pd.DataFrame, column_map: ColumnMap) -> pd.Series[bool]:
    expected = column_map.series.factor * frame["count"] / frame["denominator"]
    far = (frame["value"] - expected).abs() > 0.011 * expected.abs() + 0.51 * _step(frame)
    return far & (column_map.series.value_type in ("proportion", "rate"))


def _rows_where(frame: pd.DataFrame, bad: pd.Series[bool]) -> str:
    rows = ", ".join(f"{row:,}" for row in frame.index[bad][:5])
    return f"{int(bad.sum()):,} rows, first {rows}" if rows else ""


def _step(frame: pd.DataFrame) -> float:
    whole = frame["value"].dropna()
    return 1.0 if (whole == whole.round()).all() else 0.1


def _counts(frame: pd.DataFrame) -> Broken:
    count, base = frame["count"], frame["denominator"]
    yield "count", "a count of 0 or more was expected", MEND, count < 0
    yield "count", "a whole count was expected", "write people, not shares", _broken(count)
    yield "denominator", "a denominator above 0 was expected", MEND, base <= 0


def _broken(numbers: pd.Series[float]) -> pd.Series[bool]:
    return numbers.notna() & (numbers != numbers.round())


def _values(frame: pd.DataFrame, column_map: ColumnMap) -> Broken:
    value, low, high = frame["value"], frame["lower_95"], frame["upper_95"]
    if column_map.series.value_type == "proportion":
        above = frame["count"] > frame["denominator"]
        yield "count", "a count of at most its denominator was expected", MEND, above
        share = (value < 0) | (value > column_map.series.factor)
        yield "value", f"a share from 0 to {column_map.series.factor:g} was expected", MEND, share
    if column_map.series.value_type in ("rate", "count", "life_expectancy"):
        yield "value", "a value of 0 or more was expected", MEND, value < 0
    if column_map.plausible:
        least, most = column_map.plausible
        outside = (value < least) | (value > most)
        rule = f"a value from {least:g} to {most:g} was expected, as the map's plausible: says"
        yield "value", rule, "mend the cell or widen the range", outside
    slack = 1e-9 * (1 + value.abs())
    yield "lower_95", "a lower limit at or below the value was expected", MEND, low > value + slack
    yield (
        "upper_95",
        "an upper limit at or above the value was expected",
        MEND,
        (high < value - slack),
    )
    one = value.notna() & (low.isna() != high.isna())
    yield "lower_95", "both limits or none were expected", "fill or empty both", one


def _keys(
    frame: pd.DataFrame, columns: Mapping[str, Column], column_map: ColumnMap, faults: Faults
) -> None:
    whole = (frame["area_code"] != "") & frame["period_start"].notna()
    known = frame.loc[whole]
    again = known.loc[known.duplicated(list(KEY), keep=False)]
    if again.empty:
        return
    first = again.groupby(list(KEY), sort=False, dropna=False)
    for rows in list(first.indices.values())[:5]:
        faults.add(
            "one row for each area, period, sex, age and category was expected",
            "remove or merge the rows, or map the column that tells them apart",
            columns.get(column_map.columns.area.column),
            again.index[rows],
        )
    if len(first) > 5:
        faults.add(f"{len(first) - 5:,} more keys stand more than once", "mend those above first")


def _column(column_map: ColumnMap, columns: Mapping[str, Column], name: str) -> Column | None:
    part = getattr(column_map.columns, name, None) or column_map.columns.count
    return columns.get(part.column) if part is not None else None
