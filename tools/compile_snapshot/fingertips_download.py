"""Downloads of the national profiles in their own layout of 26 or 27 columns, with limits."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tools.compile_snapshot.areas import ENGLAND
from tools.compile_snapshot.compiled import Ledger, read_csv
from tools.compile_snapshot.fingertips import publishers_word
from tools.compile_snapshot.home import Home

COLUMNS = {
    "Indicator ID": "fingertips_id",
    "Area Code": "area_code",
    "Area Name": "area",
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
}
TEXT = {
    "Category Type": "str",
    "Category": "str",
    "Parent Code": "str",
    "Time period": "str",
    "Value note": "str",
}
ONCE_MORE = "England printed a second time, as a part of itself"
OTHER_AGE = "bands of age beside the indicator's own"
NO_GROUP = "groups of people without a name in the source"
OTHER_GROUPS = "groups of people outside the county, its neighbours and England"
OTHER_SEXES = "men and women apart, outside the county, its neighbours and England"


def read_download(path: Path, ledger_of: dict[str, Ledger]) -> pd.DataFrame:
    """Return a download under our names of columns; its ledger is put under the file's name."""
    raw = read_csv(path, [*COLUMNS, "Parent Code"], low_memory=False, dtype=TEXT)
    ledger = ledger_of.setdefault(path.name, Ledger(len(raw)))
    again = (raw["Area Code"] == ENGLAND) & (raw["Parent Code"] == ENGLAND)
    raw = ledger.keep(raw, ~again, ONCE_MORE).rename(columns=COLUMNS)
    nameless = raw["category_type"].notna() & raw["category"].isna()
    raw = ledger.keep(raw, ~nameless, NO_GROUP)
    text = ["category_type", "category", "remark"]
    raw[text] = raw[text].fillna("")
    raw["word"] = [publishers_word(word) for word in raw["word"]]
    # One limit alone is no interval.
    for low, high in (("lower_95", "upper_95"), ("lower_998", "upper_998")):
        both = raw[low].notna() & raw[high].notna() & raw["value"].notna()
        raw[[low, high]] = raw[[low, high]].where(both)
    return raw[list(COLUMNS.values())]


def whole_areas(
    raw: pd.DataFrame, ages: dict[int, str], home: Home, ledger: Ledger
) -> pd.DataFrame:
    """Keep every area for all persons, and sexes and groups of people for the areas of home.

    ``ages`` gives the printed age of each indicator that is its own.
    """
    own_age = raw["printed_age"] == raw["fingertips_id"].map(ages)
    raw = ledger.keep(raw, own_age, OTHER_AGE)
    near = raw["area_code"].isin(home.codes)
    raw = ledger.keep(raw, near | (raw["category_type"] == ""), OTHER_GROUPS)
    near = raw["area_code"].isin(home.codes)
    return ledger.keep(raw, near | (raw["sex"] == "Persons"), OTHER_SEXES)
