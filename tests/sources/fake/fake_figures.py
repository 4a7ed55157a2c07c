"""Figures of the fake: those of the snapshot in the publisher's layout, else made-up ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pandas as pd

from hwb_analysis.areas import load_areas
from hwb_analysis.sources.code_changes import load_changes
from hwb_analysis.sources.live.definitions import numbers_of, specification
from hwb_analysis.sources.snapshot import Snapshot, current_snapshot
from hwb_analysis.strategy import load_strategy
from hwb_analysis.strategy.model import Indicator

ENGLAND = "E92000001"
SYNTHETIC = "synthetic: made up for tests"
DEPRIVATION = "LSOA21 deprivation deciles within area (IMD trend)"
UNITS = {"persons": "persons", "percentage points": "%"}
VALUE_TYPES = {
    "proportion": "Proportion",
    "survey-proportion": "Proportion",
    "crude-rate": "Crude rate",
    "directly-standardised-rate": "Directly standardised rate",
    "indirectly-standardised-rate": "Directly standardised rate",
    "life-expectancy": "Life expectancy",
    "slope-index": "Slope index of inequality",
    "count": "Count",
    "various": "Count",
    "mean": "Mean",
    "concentration": "Mean",
    "score": "Score",
    "gap": "Percentage point",
    "ratio": "Ratio",
}
LEVELS = {"Proportion": 40, "Life expectancy": 80, "Slope index of inequality": 6, "Count": 90_000}
HEADING = (
    "Indicator ID,Indicator Name,Parent Code,Parent Name,Area Code,Area Name,Area Type,Sex,Age,"
    "Category Type,Category,Time period,Value,Lower CI 95.0 limit,Upper CI 95.0 limit,"
    "Lower CI 99.8 limit,Upper CI 99.8 limit,Count,Denominator,Value note,Recent Trend,"
    "Compared to England value or percentiles,Compared to Regions (statistical) value or "
    "percentiles,Time period Sortable,New data,Compared to goal,Time period range"
)
COLUMNS = tuple(HEADING.split(","))


@cache
def snapshot() -> Snapshot:
    return current_snapshot()


@cache
def numbers() -> dict[int, Indicator | None]:
    strategy = load_strategy()
    named = numbers_of(strategy, snapshot())
    return {n: strategy.indicators[keys[0]] if keys else None for n, keys in named.items()}


@cache
def name_of(number: int) -> str:
    indicator = numbers()[number]
    return indicator.name if indicator else snapshot().series[f"fingertips:{number}"].title


def _named(number: int) -> Indicator:
    found = numbers()[number]
    assert found is not None, f"{number} has figures in the snapshot"
    return found


def held(number: int) -> bool:
    """Say whether the snapshot holds the indicator from the profiles."""
    return f"fingertips:{number}" in snapshot().series


@cache
def metadata(number: int) -> dict[str, Any]:
    """Return the metadata in the publisher's shape."""
    if held(number):
        info = snapshot().series[f"fingertips:{number}"]
        unit, kind = info.unit, _printed_kind(info.value_type)
        years = info.year_kind.capitalize()
    else:
        indicator = _named(number)
        unit = UNITS.get(indicator.unit, indicator.unit)
        kind, years = VALUE_TYPES[str(indicator.value_type)], _printed_years(indicator)
    return {
        "IID": number,
        "Descriptive": {"Name": name_of(number), "Definition": ""},
        "Unit": {"Id": 5, "Label": unit, "Value": 100},
        "ValueType": {"Id": 5, "Name": kind},
        "YearType": {"Id": 1, "Name": years},
        "DataChange": {"LastUploadedAt": "2026-11-01T09:00:00"},
    }


def _printed_kind(value_type: str) -> str:
    known = {v: k for k, v in reversed(specification()["value_types"].items())}
    return str(known[value_type])


def _printed_years(indicator: Indicator) -> str:
    period = indicator.period.lower()
    return next((y for y in ("Financial", "Academic") if y.lower() in period), "Calendar")


@cache
def rows(number: int, tier: str) -> pd.DataFrame:
    """Return the table of an indicator for ``upper`` or ``lower``; empty where there is none."""
    own = list(_held_rows(number, tier)) if held(number) else list(_made_rows(number, tier))
    if not any(row["Area Code"].startswith(("E06", "E07", "E10")) for row in own):
        own = []
    england = [row | {"Parent Code": "", "Parent Name": ""} for row in own if _is_england(row)]
    again = [row | {"Parent Code": ENGLAND, "Parent Name": "England"} for row in england]
    rest = [row for row in own if not _is_england(row)]
    return pd.DataFrame([*england, *again, *rest], columns=COLUMNS, dtype="str").fillna("")


def _is_england(row: dict[str, str]) -> bool:
    return row["Area Code"] == ENGLAND


def _in_tier(code: str, tier: str) -> bool:
    # The newest area types hold no area that has gone.
    if code in load_changes().gone_by(2024):
        return False
    wanted = ("E92", "E12", "E06", "E08", "E09", "E10" if tier == "upper" else "E07")
    return code.startswith(wanted)


def _held_rows(number: int, tier: str) -> Iterator[dict[str, str]]:
    info = snapshot().series[f"fingertips:{number}"]
    frame = snapshot().frame([info.id])
    frame = frame.loc[[_in_tier(code, tier) for code in frame["area_code"]]]
    for row in frame.itertuples(index=False):
        limits = {
            "Lower CI 95.0 limit": row.lower_95,
            "Upper CI 95.0 limit": row.upper_95,
            "Lower CI 99.8 limit": row.lower_998,
            "Upper CI 99.8 limit": row.upper_998,
            # `count` is also a method of a named tuple.
            "Count": row[frame.columns.get_loc("count")],
            "Denominator": row.denominator,
            "Value": row.value,
        }
        word = re.search("England: (.*?)(;|$)", row.note)
        yield {
            **_row(number, row.area_code, row.area, row.sex, _printed_age(row.age)),
            **{name: _number(value) for name, value in limits.items()},
            "Category Type": row.category_type,
            "Category": row.category,
            "Time period": _label(row, info.year_kind),
            "Value note": "" if pd.notna(row.value) else row.note,
            "Compared to England value or percentiles": word[1].capitalize() if word else "",
        }


def _row(number: int, code: str, name: str, sex: str, age: str) -> dict[str, str]:
    region = " region (statistical)" if code.startswith("E12") else ""
    return {
        "Indicator ID": str(number),
        "Indicator Name": name_of(number),
        "Parent Code": "E12000001",
        "Parent Name": "North East region (statistical)",
        "Area Code": code,
        "Area Name": name + region,
        "Area Type": _printed_type(code),
        "Sex": sex,
        "Age": age,
        "Compared to Regions (statistical) value or percentiles": "Not compared",
        "Time period Sortable": "20230000",
        "Compared to goal": "Not compared",
        "Time period range": "1y",
    }


def _printed_type(code: str) -> str:
    if code == ENGLAND:
        return "England"
    if code.startswith("E12"):
        return "Regions (statistical)"
    kind = "Districts" if code.startswith("E07") else "Counties"
    return f"{kind} & UAs (from Apr 2023)"


def _printed_age(age: str) -> str:
    if found := re.fullmatch(r"(\d+) and over", age):
        return f"{found[1]}+ yrs"
    if found := re.fullmatch(r"under (\d+)", age):
        return f"<{found[1]} yrs"
    if found := re.fullmatch(r"(\d+) to (\d+)( years)?", age):
        return f"{found[1]}-{found[2]} yrs"
    return "All ages"


def _label(row: Any, years: str) -> str:
    start = row.period_start.year
    if years == "active lives":
        return f"{start}/{(start + 1) % 100:02d}"
    return str(start) if years.lower().startswith("at 31") else str(row.period)


def _number(value: float) -> str:
    return "" if pd.isna(value) else repr(float(value))


def _made_rows(number: int, tier: str) -> Iterator[dict[str, str]]:
    indicator = _named(number)
    told = metadata(number)
    split = told["YearType"]["Name"] != "Calendar"
    for code, name in _areas(tier):
        for sex in indicator.sex or ("Persons",):
            for year in range(2019, 2025):
                label = f"{year}/{(year + 1) % 100:02d}" if split else str(year)
                row = _row(number, code, name, sex, indicator.age) | _figures(number, code, year)
                yield row | {"Time period": label, "Value note": SYNTHETIC}
    if tier == "upper":
        yield from _tenths(number)


@cache
def _areas(tier: str) -> tuple[tuple[str, str], ...]:
    home = load_strategy().area
    own = [(home.code, home.name), (home.nation.code, home.nation.name)]
    own += [(home.region.code, home.region.name), *((d.code, d.name) for d in home.districts)]
    others = [(a.code, a.name) for a in load_areas() if a.code.startswith(("E06", "E10", "E07"))]
    found = dict(own) | dict(others[::12])
    return tuple((code, name) for code, name in found.items() if _in_tier(code, tier))


def _figures(number: int, code: str, year: int) -> dict[str, str]:
    kind = metadata(number)["ValueType"]["Name"]
    level = LEVELS.get(kind, 300)
    value = level * (0.9 + (number * 7 + int(code[3:]) * 13 + year) % 21 / 100)
    if (number + int(code[3:]) + year) % 97 == 0 and code != ENGLAND:
        return {"Value": "", "Compared to England value or percentiles": "Not compared"}
    out = {"Value": _number(value), "Compared to England value or percentiles": "Similar"}
    if kind == "Count":
        return out | {"Count": _number(value)}
    spread = {"Lower CI 95.0 limit": 0.97, "Upper CI 95.0 limit": 1.03}
    out |= {name: _number(value * share) for name, share in spread.items()}
    if kind == "Proportion":
        out |= {"Count": _number(value * 10), "Denominator": "1000.0"}
    return out


def _tenths(number: int) -> Iterator[dict[str, str]]:
    home = load_strategy().area
    indicator = _named(number)
    sex = (indicator.sex or ("Persons",))[0]
    label = "2023/24" if metadata(number)["YearType"]["Name"] != "Calendar" else "2023"
    for tenth in range(1, 11):
        row = _row(number, home.code, home.name, sex, indicator.age)
        ends = {1: "Most deprived decile", 10: "Least deprived decile"}
        name = ends.get(tenth, f"Decile {tenth}")
        yield (
            row
            | _figures(number, f"E10{tenth:06d}", 2023)
            | {
                "Category Type": DEPRIVATION,
                "Category": name,
                "Time period": label,
                "Value note": SYNTHETIC,
            }
        )
