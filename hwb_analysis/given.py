"""What a verb is given: read as a pandas frame, with its columns, holding numbers.

Every mistake that is easily made with a table of one's own gets a message that says what
to type instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import pandas as pd

from hwb_analysis.errors import LISTED, DataContractError, HwbError, StatisticsError

# No table from elsewhere has these; a verb that asks for one wants a tidy frame.
TIDY_ONLY = {"series_id", "basis"}


def as_frame(table: Any) -> pd.DataFrame:
    """Return a table as a pandas frame; frames of other libraries are converted.

    Anything with a method ``to_pandas`` will do: a frame of polars or narwhals, a table of
    pyarrow. What comes back from a verb is a pandas frame.

    Raises
    ------
    DataContractError
        When it is no table: one column, a list, the path of a file.

    Examples
    --------
    >>> as_frame(pd.Series([1, 2], name="deaths"))
    Traceback (most recent call last):
    ...
    hwb_analysis.errors.DataContractError: a data frame was expected, got a Series
      what to do: that is one column ('deaths'); give the frame, and name its columns
    """
    if isinstance(table, pd.DataFrame):
        return table
    if not isinstance(table, type) and callable(getattr(table, "to_pandas", None)):
        return as_frame(table.to_pandas())
    kind = type(table).__name__
    raise DataContractError(
        f"a data frame was expected, got {'an' if kind[0] in 'aeiou' else 'a'} {kind}",
        remedy=_as_frame_remedy(table),
    )


def _as_frame_remedy(table: Any) -> str:
    if isinstance(table, pd.Series):
        return f"that is one column ({table.name!r}); give the frame, and name its columns"
    if isinstance(table, str):
        return "read the file first: pandas.read_csv(...)"
    if hasattr(table, "collect"):
        return "it has not been computed yet: .collect()"
    return "make one: pandas.DataFrame(...)"


def check_columns(
    frame: pd.DataFrame, names: Sequence[str], error: type[HwbError] = StatisticsError
) -> None:
    """Refuse a frame that is empty or lacks a column.

    Raises
    ------
    error
        With all the columns that are missing, and those they may have been meant for.
    """
    absent = [name for name in dict.fromkeys(names) if name not in frame]
    if absent:
        raise error(
            f"columns expected and not found: {', '.join(absent)}",
            remedy=_instead(absent, [str(name) for name in frame.columns]),
        )
    if frame.empty:
        raise error("the frame has no row", remedy="check the filter before the call")


def _instead(absent: Sequence[str], present: Sequence[str]) -> str:
    if TIDY_ONLY & set(absent):
        return (
            "hwb.tidy(table, area=..., period=..., value=...) makes such a frame of any table; "
            f"this one has: {_listed(present)}"
        )
    near = {name: get_close_matches(name, present, n=1) for name in absent}
    meant = ", ".join(f"'{found[0]}' for '{name}'" for name, found in near.items() if found)
    begin = f"did you mean {meant}?" if meant else "name yours in the call;"
    return f"{begin} the frame has: {_listed(present)}"


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - LISTED
    return ", ".join(names[:LISTED]) + (f" and {rest} more" if rest > 0 else "")


def check_numbers(
    frame: pd.DataFrame, names: Sequence[str], error: type[HwbError] = StatisticsError
) -> None:
    """Refuse columns that hold text where numbers belong.

    Raises
    ------
    error
        With the first text of the column, and how to make a number of it.

    Examples
    --------
    >>> check_numbers(pd.DataFrame({"share": ["12.5%"]}), ["share"])
    Traceback (most recent call last):
    ...
    hwb_analysis.errors.StatisticsError: column share must be numbers, is text such as '12.5%'
      what to do: pandas.to_numeric(frame["share"].str.rstrip("%"))
    """
    for name in names:
        column = frame[name]
        if pd.api.types.is_bool_dtype(column):
            raise error(
                f"column {name} must be numbers, is yes or no", remedy="add up the rows first"
            )
        if pd.api.types.is_numeric_dtype(column):
            continue
        text = column[column.map(_is_text)]
        if text.empty:
            continue
        unread = text[~_reads_as_number(text)]
        shown = (text if unread.empty else unread).iloc[0]
        raise error(
            f"column {name} must be numbers, is text such as {shown!r}",
            remedy=_as_numbers(name, unread),
        )


def _reads_as_number(text: pd.Series[Any]) -> pd.Series[bool]:
    read = pd.Series(pd.to_numeric(text, errors="coerce"), index=text.index)
    return read.notna()


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _as_numbers(name: str, unread: pd.Series[Any]) -> str:
    """Say what to type, given the texts that are no numbers as they stand."""
    column = f'frame["{name}"]'
    if unread.empty:
        return f"pandas.to_numeric({column})"
    for mark, mended in (("%", '.str.rstrip("%")'), (",", '.str.replace(",", "")')):
        if _reads_as_number(unread.astype("str").str.replace(mark, "")).all():
            return f"pandas.to_numeric({column}{mended})"
    return f'pandas.to_numeric({column}, errors="coerce") makes missing what is no number'
