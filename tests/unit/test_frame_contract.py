"""The tidy frame: what it accepts, and every fault it reports."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwb_analysis.errors import DataContractError
from hwb_analysis.frame import COLUMNS, KEY, conform, newest_vintage, validate


def good(rows: int = 3) -> pd.DataFrame:
    """Return a frame that keeps the contract."""
    years = range(2018, 2018 + rows)
    return conform(
        pd.DataFrame(
            {
                "series_id": "demo:share",
                "vintage": "2026-01",
                "area_code": "E06000001",
                "area": "Northshire",
                "area_type": "Unitary authority",
                "period": [str(y) for y in years],
                "period_start": [f"{y}-01-01" for y in years],
                "period_end": [f"{y}-12-31" for y in years],
                "period_kind": "calendar",
                "unit": "%",
                "count": 10.0,
                "denominator": 100.0,
                "value": 10.0,
                "basis": "complete_count",
                "grade": "A",
                "status": "ok",
                "origin_id": "demo",
            }
        )
    )


def test_a_good_frame_comes_back_unchanged() -> None:
    """Validation returns what it was given."""
    frame = good()
    assert validate(frame) is frame
    assert tuple(frame.columns) == COLUMNS


def test_an_empty_frame_has_every_column() -> None:
    """Nothing in, nothing out, of the right types."""
    empty = conform(pd.DataFrame())
    assert tuple(empty.columns) == COLUMNS
    assert validate(empty).empty


FAULTS = [
    ("value", float("inf"), "infinite"),
    ("count", -1.0, "count is negative"),
    ("denominator", 0.0, "denominator is not positive"),
    ("count", 101.0, "above its denominator"),
    ("grade", "E", "grade must be one of"),
    ("grade", "", "grade is empty"),
    ("area_type", "Village", "area_type must be one of"),
    ("period_kind", "lunar", "period_kind must be one of"),
    ("value", float("nan"), "value is missing without a status"),
    ("status", "suppressed", "a missing row has a value"),
    ("lower_95", 5.0, "one limit of level 95 is missing"),
    ("period_end", pd.Timestamp("2001-01-01"), "ends before it starts"),
    ("period_start", pd.NaT, "period_start is empty"),
    ("period", "", "period is empty"),
]


@pytest.mark.parametrize(("column", "value", "message"), FAULTS)
def test_one_bad_cell_is_named(column: str, value: object, message: str) -> None:
    """Each rule has its message, and the message names the row."""
    frame = good()
    frame.loc[1, column] = value
    with pytest.raises(DataContractError, match=message) as caught:
        validate(frame, where="demo.parquet")
    assert "demo.parquet" in str(caught.value)
    assert "E06000001" in str(caught.value)
    assert caught.value.exit_code == 11


def test_all_faults_are_told_at_once() -> None:
    """A source is mended in one go, not one message at a time."""
    frame = good()
    frame.loc[0, "count"] = -1.0
    frame.loc[1, "grade"] = "E"
    frame.loc[2, "period_end"] = pd.Timestamp("2001-01-01")
    with pytest.raises(DataContractError) as caught:
        validate(frame)
    text = str(caught.value)
    assert text.startswith("3 rules")
    assert text.count("\n- ") == 3


def test_a_value_outside_its_limits() -> None:
    """Limits that do not hold their value are refused."""
    frame = good().assign(lower_95=11.0, upper_95=12.0)
    with pytest.raises(DataContractError, match="outside its limits of level 95"):
        validate(frame)


def test_a_doubled_key_is_an_error_and_never_dropped() -> None:
    """Two rows of one key stop the load; neither is chosen."""
    frame = pd.concat([good(), good().iloc[[0]]], ignore_index=True)
    with pytest.raises(DataContractError, match="the key is not unique: 2 rows"):
        validate(frame)


def test_missing_and_unknown_columns_are_listed() -> None:
    """Both sides of a wrong header are named."""
    frame = good().rename(columns={"value": "valeu"})
    with pytest.raises(DataContractError, match="columns missing: value") as caught:
        validate(frame)
    assert "columns unknown: valeu" in str(caught.value)


def test_text_in_a_number_column() -> None:
    """A column of text where numbers are due is named with its type."""
    with pytest.raises(DataContractError, match="column count must be numbers"):
        validate(good().assign(count="ten"))


def test_two_vintages_are_never_joined() -> None:
    """The newest wins, and what was left out is named."""
    old = good().assign(vintage="2020-01")
    both = pd.concat([old, good(2)], ignore_index=True)
    kept = newest_vintage(both)
    assert set(kept["vintage"]) == {"2026-01"}
    assert len(kept) == 2
    assert kept.attrs["vintages_left_out"] == (("demo:share", "2020-01"),)


@given(st.permutations(range(3)))
def test_the_order_of_rows_does_not_matter(order: list[int]) -> None:
    """Rows are found by key, never by position."""
    frame = good().iloc[order].reset_index(drop=True)
    assert not validate(frame).duplicated(list(KEY)).any()
