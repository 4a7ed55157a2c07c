"""The tidy frame: one contract for every figure in the product.

Key: series, vintage, area, period, sex, age, category. One row a key. Frames are
joined by key, never by position.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from hwb_analysis.errors import DataContractError
from hwb_analysis.vocabulary import AreaType, Basis, Grade, PeriodKind, Status

KEY = (
    "series_id",
    "vintage",
    "area_code",
    "period_start",
    "period_end",
    "sex",
    "age",
    "category_type",
    "category",
)

TEXT = (
    "series_id",
    "vintage",
    "area_code",
    "area",
    "area_type",
    "period",
    "period_kind",
    "sex",
    "age",
    "category_type",
    "category",
    "unit",
    "method",
    "basis",
    "grade",
    "status",
    "note",
    "origin_id",
)
DATES = ("period_start", "period_end")
NUMBERS = (
    "count",
    "denominator",
    "value",
    "lower_95",
    "upper_95",
    "lower_998",
    "upper_998",
)
COLUMNS = (
    "series_id",
    "area_code",
    "area",
    "area_type",
    "period",
    "period_start",
    "period_end",
    "period_kind",
    "sex",
    "age",
    "category_type",
    "category",
    "count",
    "denominator",
    "value",
    "unit",
    "lower_95",
    "upper_95",
    "lower_998",
    "upper_998",
    "method",
    "basis",
    "grade",
    "status",
    "note",
    "vintage",
    "origin_id",
)
NOT_EMPTY = (
    "series_id",
    "vintage",
    "area_code",
    "area",
    "area_type",
    "period",
    "period_kind",
    "unit",
    "basis",
    "grade",
    "status",
    "origin_id",
)
CLOSED = {
    "area_type": AreaType,
    "period_kind": PeriodKind,
    "basis": Basis,
    "grade": Grade,
    "status": Status,
}
NO_VALUE = (Status.SUPPRESSED.value, Status.MISSING.value)
SHOWN_ROWS = 3


class Carried(tuple[Any, ...]):
    """A tuple in the ``attrs`` of a frame that all frames made from it share.

    Pandas copies ``attrs`` to the bottom at every step, each selected row included; what
    never changes need not be copied.

    Examples
    --------
    >>> from copy import deepcopy
    >>> names = Carried(["a", "b"])
    >>> deepcopy(names) is names, names == ("a", "b")
    (True, True)
    """

    __slots__ = ()

    def __deepcopy__(self, memo: object) -> Carried:
        """Return the tuple itself: it holds texts, and tuples of them, only."""
        return self


def conform(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with every contract column, in order and of its type.

    Missing text columns become empty strings and missing number columns become
    missing numbers, so that a source states only what it knows. Text is read as
    text and dates as dates; anything else is left for :func:`validate` to refuse.
    """
    out = frame.copy()
    for column in TEXT:
        values = out[column] if column in out else pd.Series("", index=out.index)
        out[column] = values.astype("string").fillna("").astype("str")
    for column in NUMBERS:
        values = out[column] if column in out else pd.Series(float("nan"), index=out.index)
        out[column] = pd.to_numeric(values).astype("float64")
    for column in DATES:
        values = out[column] if column in out else pd.Series(pd.NaT, index=out.index)
        out[column] = pd.to_datetime(values).astype("datetime64[us]")
    return out[list(COLUMNS)].reset_index(drop=True)


def validate(frame: pd.DataFrame, where: str = "frame") -> pd.DataFrame:
    """Check a frame against the contract and report every fault at once.

    Parameters
    ----------
    frame
        The frame to check; it is returned unchanged when it holds.
    where
        File or source the frame came from, for the message.

    Raises
    ------
    DataContractError
        With one line for each rule broken: the rule, how many rows, the first few.

    Examples
    --------
    >>> validate(pd.DataFrame({"series_id": ["x"]}), where="demo")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    hwb_analysis.errors.DataContractError: 1 rule of the data contract is broken
    - columns missing: area_code, area, ...
    """
    faults = list(_faults(frame))
    if not faults:
        return frame
    count = f"{len(faults)} rule{'s' if len(faults) > 1 else ''} of the data contract"
    raise DataContractError(
        f"{count} {'are' if len(faults) > 1 else 'is'} broken\n"
        + "\n".join(f"- {fault}" for fault in faults),
        where=where,
        remedy="mend the source or its compiler; the contract is in docs/architecture.md",
    )


def _faults(frame: pd.DataFrame) -> Iterator[str]:
    absent = [c for c in COLUMNS if c not in frame]
    extra = [c for c in frame if c not in COLUMNS]
    if absent:
        yield "columns missing: " + ", ".join(absent)
    if extra:
        yield "columns unknown: " + ", ".join(map(str, extra))
    wrong = list(_wrong_types(frame))
    yield from wrong
    if absent or wrong:
        return
    yield from _bad_cells(frame)
    yield from _bad_numbers(frame)
    yield from _bad_keys(frame)


def _wrong_types(frame: pd.DataFrame) -> Iterator[str]:
    for column in NUMBERS:
        if column in frame and not pd.api.types.is_numeric_dtype(frame[column]):
            yield f"column {column} must be numbers, is {frame[column].dtype}"
    for column in DATES:
        if column in frame and not pd.api.types.is_datetime64_any_dtype(frame[column]):
            yield f"column {column} must be dates, is {frame[column].dtype}"
    for column in TEXT:
        if column in frame and not pd.api.types.is_string_dtype(frame[column]):
            yield f"column {column} must be text, is {frame[column].dtype}"


def _rows(frame: pd.DataFrame, bad: np.ndarray, rule: str) -> Iterator[str]:
    if not bad.any():
        return
    shown = frame.loc[bad, ["series_id", "area_code", "period"]].head(SHOWN_ROWS)
    examples = "; ".join(" ".join(map(str, row)) for row in shown.itertuples(index=False))
    total = int(bad.sum())
    yield f"{rule}: {total} row{'s' if total > 1 else ''}, first {examples}"


def _bad_cells(frame: pd.DataFrame) -> Iterator[str]:
    for column in NOT_EMPTY:
        empty = _is(frame, column, "") | frame[column].isna().to_numpy()
        yield from _rows(frame, empty, f"{column} is empty")
    for column, words in CLOSED.items():
        allowed = [w.value for w in words]
        bad = ~(frame[column].isin([*allowed, ""]).to_numpy())
        yield from _rows(frame, bad, f"{column} must be one of {', '.join(allowed)}")


def _is(frame: pd.DataFrame, column: str, text: str) -> np.ndarray:
    return (frame[column] == text).to_numpy(dtype=bool, na_value=False)


def _bad_numbers(frame: pd.DataFrame) -> Iterator[str]:
    # Arrays and not columns: the rules are asked of every part of every file that is read.
    number = {n: frame[n].to_numpy(dtype=float, na_value=np.nan) for n in NUMBERS}
    infinite = np.logical_or.reduce([np.isinf(number[name]) for name in NUMBERS])
    yield from _rows(frame, infinite, "a number is infinite")
    count, base, value = number["count"], number["denominator"], number["value"]
    yield from _rows(frame, count < 0, "count is negative")
    yield from _rows(frame, base <= 0, "denominator is not positive")
    above = _is(frame, "unit", "%") & (count > base)
    yield from _rows(frame, above, "count is above its denominator in a percentage")
    absent, unknown = frame["status"].isin(NO_VALUE).to_numpy(), np.isnan(value)
    yield from _rows(frame, absent & ~unknown, "a missing row has a value")
    yield from _rows(frame, ~absent & unknown, "value is missing without a status")
    # An infinite value is a fault already; an infinite slack would be one of arithmetic.
    slack = 1e-9 * (1 + np.where(np.isinf(value), 0.0, np.abs(value)))
    for level in ("95", "998"):
        low, high = number[f"lower_{level}"], number[f"upper_{level}"]
        one = np.isnan(low) != np.isnan(high)
        yield from _rows(frame, one, f"one limit of level {level} is missing")
        outside = (low > value + slack) | (high < value - slack)
        yield from _rows(frame, outside, f"the value lies outside its limits of level {level}")


def _bad_keys(frame: pd.DataFrame) -> Iterator[str]:
    for column in DATES:
        yield from _rows(frame, frame[column].isna().to_numpy(), f"{column} is empty")
    backwards = (frame["period_end"] < frame["period_start"]).to_numpy()
    yield from _rows(frame, backwards, "the period ends before it starts")
    doubled = frame.duplicated(list(KEY), keep=False).to_numpy()
    yield from _rows(frame, doubled, "the key is not unique")


def newest_vintage(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep, for every series, only the rows of its newest vintage.

    Two vintages of one series are never joined into one trend; the newest wins
    and ``attrs["vintages_left_out"]`` names what was not returned.
    """
    newest = frame.groupby("series_id")["vintage"].transform("max")
    kept = frame.loc[frame["vintage"] == newest].reset_index(drop=True)
    older = frame.loc[frame["vintage"] != newest, ["series_id", "vintage"]].drop_duplicates()
    left = (tuple(map(str, row)) for row in older.itertuples(index=False))
    kept.attrs["vintages_left_out"] = Carried(left)
    return kept
