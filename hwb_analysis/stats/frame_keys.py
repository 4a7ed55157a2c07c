"""Keys of the tidy frame that say what may be set side by side."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from hwb_analysis.errors import StatisticsError, did_you_mean
from hwb_analysis.given import check_columns

SAME_FIGURE = (
    "series_id",
    "vintage",
    "period_start",
    "period_end",
    "sex",
    "age",
    "category_type",
    "category",
)
SAME_SERIES = ("series_id", "vintage", "area_code", "sex", "age", "category_type", "category")
ONE_ROW = (
    "keep one vintage, sex, age and category; in your own table name the columns that tell "
    "the rows apart: hwb.tidy(..., sex=..., age=..., category=...)"
)
Better = str | Mapping[str, str | None] | None


def comparator_rows(frame: pd.DataFrame, to: str) -> pd.DataFrame:
    """Return the comparator's value of every figure, keyed without the area.

    Raises
    ------
    StatisticsError
        When the area is not in the frame or has two rows of one figure.
    """
    check_columns(frame, [*SAME_FIGURE, "area_code", "area", "value"])
    rows = frame.loc[is_area(frame, to), [*SAME_FIGURE, "value"]]
    if rows.empty:
        raise StatisticsError(
            f"the area '{to}' is not in the frame",
            remedy=did_you_mean(to, sorted(frame["area"].unique().tolist())),
        )
    if rows.duplicated(list(SAME_FIGURE)).any():
        raise StatisticsError(
            f"the area '{to}' has more than one row of one figure",
            remedy=f"name the area by its code; {ONE_ROW}",
        )
    return rows.rename(columns={"value": "comparator_value"})


def is_area(frame: pd.DataFrame, name: str) -> pd.Series:
    """Say of each row whether it is of the area, named by its code or its name."""
    return (frame["area_code"] == name) | (frame["area"] == name)


def better_by_row(series: pd.Series, better: Better) -> pd.Series:
    """Return the good end of each row as an object column; None where there is none."""
    if isinstance(better, Mapping):
        found = [better.get(name) or "none" for name in series]
    else:
        found = [better or "none"] * len(series)
    return pd.Series(found, index=series.index, dtype=object)
