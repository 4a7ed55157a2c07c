"""Families of the national tool: trend markers, comparisons, other calculations."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from reference_harness import Cell, read

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats import benchmark_rules as rules
from hwb_analysis.stats import goals
from hwb_analysis.stats.benchmark import compare_with
from hwb_analysis.stats.combine import combine_counts, combine_parts
from hwb_analysis.stats.distribution import (
    box_statistics,
    quantile_bounds,
    quantile_categories,
    spine_positions,
)
from hwb_analysis.stats.national_compat import (
    label_of,
    latest_against_previous,
    points_fault,
    type_fault,
)
from hwb_analysis.stats.national_rule import CRITICAL
from hwb_analysis.stats.trends import recent_trend
from hwb_analysis.vocabulary import TrendMarker

NAN = float("nan")
GOOD_END = {"High is good": "high", "Low is good": "low"}
MARKER = {
    "increasing": TrendMarker.INCREASING,
    "decreasing": TrendMarker.DECREASING,
    "no_change": TrendMarker.NO_CHANGE,
    "cannot_be_calculated": TrendMarker.NOT_CALCULATED,
}
VERSIONS = ("next2025", "pholio2020")


def numbers_of(text: object) -> list[float]:
    """Read a cell of numbers separated by semicolons; an empty one is missing."""
    if isinstance(text, float | int):
        return [] if math.isnan(text) else [float(text)]
    return [float(part) if part else NAN for part in str(text).split(";")]


def better_of(row: dict[str, Any]) -> str | None:
    return GOOD_END.get(str(row["polarity"]))


def trend_cases(folder: Path) -> Iterator[Cell]:
    listed = pd.read_csv(folder / "trend_cases.csv", keep_default_na=False)
    for row in listed.to_dict("records"):
        versions = VERSIONS if row["variant"] == "both" else (row["variant"],)
        if row["method"] == "proportion_logit":
            versions = ("pholio2020",)
        for version in versions:
            where = f"{row['case_id']}|{version}"
            for name, mine, theirs in TREND_METHODS[row["method"]](row, version):
                yield Cell(f"{row['method']} {row['case_id']}", where, name, mine, theirs)


Found = Iterator[tuple[str, object, object]]


def _columns(row: dict[str, Any]) -> dict[str, Any]:
    names = {
        "values": "value",
        "lower95": "lower",
        "upper95": "upper",
        "counts": "count",
        "denominators": "denominator",
    }
    periods = numbers_of(row["periods"]) if row["periods"] else []
    order = np.argsort(periods, kind="stable") if periods else None
    out: dict[str, Any] = {}
    for name, mine in names.items():
        listed = numbers_of(row[name]) if row[name] else None
        out[mine] = [listed[i] for i in order] if listed and order is not None else listed
    return out


def _marker(row: dict[str, Any], version: str) -> Found:
    given = _columns(row)
    found = recent_trend(
        given.pop("value"),
        **given,
        kind="proportion" if row["method"] == "proportion_logit" else "other",
        better=better_of(row),
        compat=version,
        value_type=row["value_type"],
        year_range=int(row["year_range"] or 1),
    )
    expected = label_of(MARKER[row["expected_marker"]], better_of(row)).value
    yield "marker", found.marker.value, expected
    if row["expected_label"]:
        yield "label", found.marker.value, row["expected_label"].lower()
    if row["expected_chi2"] and not math.isnan(found.chi_squared):
        wanted = float(row["expected_chi2"])
        digits = len(row["expected_chi2"].partition(".")[2])
        yield "chi_squared", round(found.chi_squared, digits), wanted
    clear = not math.isnan(found.chi_squared) and found.chi_squared > CRITICAL
    turned = found.reason == "leaving one point out turns the slope"
    if row["expected_significant"]:
        yield "significant", str(clear and not turned).lower(), row["expected_significant"]


def _label(row: dict[str, Any], version: str) -> Found:
    marker = label_of(MARKER[row["expected_marker"]], better_of(row))
    yield "label", marker.value, row["expected_label"].lower()


def _validity(row: dict[str, Any], version: str) -> Found:
    fault = type_fault(version, row["value_type"], int(row["year_range"] or 1))
    if not fault:
        given = _columns(row)
        size = len(given["value"] or [])
        table = {
            name: np.array(given[name] or [NAN] * size, dtype=float)
            for name in ("value", "count", "denominator")
        }
        fault = points_fault(version, table)
    yield "valid", "cannot_be_calculated" if fault else "valid", row["expected_marker"]
    if row["expected_label"]:
        yield "message", fault, row["expected_label"]


def _two_point(row: dict[str, Any], version: str) -> Found:
    given = _columns(row)
    sides = [given[name] or [] for name in ("value", "lower", "upper")]
    size = len(sides[0])
    sides = [side or [NAN] * size for side in sides]
    yield "marker", latest_against_previous(*sides).value, MARKER[row["expected_marker"]].value


TREND_METHODS: dict[str, Callable[[dict[str, Any], str], Found]] = {
    "weighted_slope": _marker,
    "proportion_logit": _marker,
    "polarity_label": _label,
    "validity": _validity,
    "two_point": _two_point,
}


def benchmark_cases(folder: Path) -> Iterator[Cell]:
    for row in read(folder, "benchmark_cases.csv").to_dict("records"):
        make = BENCHMARKS.get(row["method"])
        mine = make(row) if make else None
        yield Cell(row["method"], row["case_id"], "word", mine, row["expected"])


def _word(found: Any) -> str:
    return str(found.word.flat[0]).replace(" ", "_")


def _no_good_end(row: dict[str, Any]) -> bool:
    return row["polarity"] == "Not applicable"


def _level(row: dict[str, Any]) -> float:
    return float(row["confidence"] or 95) / 100


def _one_level(row: dict[str, Any]) -> str:
    if _no_good_end(row):
        return "not_compared"
    sides = (row[name] for name in ("value", "lower95", "upper95", "comparator_value"))
    return _word(compare_with(*sides, better=better_of(row)))


def _two_levels(row: dict[str, Any]) -> str:
    names = ("value", "lower95", "upper95", "lower998", "upper998", "comparator_value")
    return _word(rules.compare_two_levels(*(row[n] for n in names), better=better_of(row)))


def _double(row: dict[str, Any]) -> str:
    names = ("value", "lower95", "upper95", "comparator_value")
    sides = [row[n] for n in (*names, "comparator_lower95", "comparator_upper95")]
    return _word(rules.compare_intervals(*sides, better=better_of(row)))


def _controlled(row: dict[str, Any]) -> str:
    limits = (
        rules.proportion_control_limits
        if row["method"] == "spc_proportions"
        else rules.rate_control_limits
    )
    base = row["comparator_value"]
    low, high = limits(base, row["denominator"], _level(row), float(row["unit"]))
    return _word(
        rules.compare_with_control_limits(row["value"], low, high, base, better=better_of(row))
    )


def _single_goal(row: dict[str, Any]) -> str:
    goal, better = row["target_lower"], better_of(row)
    if row["use_ci_for_target"] in (True, "true"):
        sides = (row["value"], row["lower95"], row["upper95"])
        return _word(goals.goal_interval(*sides, goal, better=better))
    return _word(goals.goal_value(row["value"], goal, better=better))


def _range_goal(row: dict[str, Any]) -> str:
    sides = (row[name] for name in ("value", "target_lower", "target_upper"))
    return _word(goals.goal_range(*sides, better=better_of(row)))


def _previous(row: dict[str, Any]) -> str:
    return _word(goals.goal_previous_year(row["value"], row["comparator_value"]))


def _category(row: dict[str, Any]) -> str:
    k = 5 if row["method"] == "quintiles" else 4
    everyone = numbers_of(row["population_values"])
    better = better_of(row)
    return f"category {quantile_categories(row['value'], everyone, k, better=better)[0]}"


BENCHMARKS: dict[str, Callable[[dict[str, Any]], str]] = {
    "ci_overlap_reference_value_next": _one_level,
    "ci_overlap_reference_value_one_level": _one_level,
    "ci_overlap_reference_value_two_levels": _two_levels,
    "double_overlapping_cis": _double,
    "spc_proportions": _controlled,
    "spc_dsr": _controlled,
    "goal_single_value": _single_goal,
    "goal_range": _range_goal,
    "goal_percentile_range": _range_goal,
    "goal_previous_year_england": _previous,
    "quintiles": _category,
    "quartiles": _category,
}


def other_cases(folder: Path) -> Iterator[Cell]:
    listed = pd.read_csv(folder / "other_cases.csv", keep_default_na=False)
    for row in listed.to_dict("records"):
        given, expected = json.loads(row["inputs"]), json.loads(row["expected"])
        make = OTHERS.get(row["function"])
        if make is None:
            yield Cell(row["function"], row["case_id"], "result", None, row["expected"])
            continue
        for name, mine, theirs in make(given, expected):
            yield Cell(row["function"], row["case_id"], name, mine, theirs)


def _box(given: list[float], expected: Any) -> Found:
    found = box_statistics(given)
    if not isinstance(expected, dict):
        yield "given", "null" if found.reason else "not null", expected or "null"
        return
    names = {"min": found.minimum, "max": found.maximum, "median": found.value}
    names |= {"p5": found.p5, "p25": found.p25, "p75": found.p75, "p95": found.p95}
    for name, value in expected.items():
        yield name, names[name], float(value)


def _bounds(k: int) -> Callable[[list[float], Any], Found]:
    def make(given: list[float], expected: Any) -> Found:
        try:
            found = quantile_bounds(given, k).tolist()
        except StatisticsError:
            found = None
        if found is None or expected is None:
            yield "bounds", str(found), str(expected)
            return
        for place, (mine, theirs) in enumerate(zip(found, expected, strict=True)):
            yield f"bound {place}", mine, float(theirs)

    return make


def _rate(given: dict[str, Any], expected: Any) -> Found:
    rows = given["rows"]
    columns = [[missing(row[name]) for row in rows] for name in ("count", "denominator")]
    found = combine_parts(*columns, kind="rate", least_coverage=0.0, multiplier=given["unit"])
    if expected is None:
        yield "given", "null" if found.reason else "not null", "null"
        return
    # The published test rounds the value to one decimal.
    names = {"value": round(found.value, 1), "count": found.count, "denominator": found.denominator}
    for name, value in expected.items():
        yield name, names[name], float(value)


def missing(value: float | None) -> float:
    """Return a figure, missing where the tool writes -1."""
    return NAN if value is None or value == -1 else float(value)


def _practices(given: dict[str, Any], expected: Any) -> Found:
    rows, people = given["rows"], given["population"]
    by_code = {row["code"]: row for row in rows}
    columns = [
        [missing(by_code.get(code, {}).get(name, -1)) for code in people]
        for name in ("count", "denominator")
    ]
    found = combine_parts(
        *columns,
        kind="rate",
        population=list(people.values()),
        least_coverage=0.9,
        multiplier=given["unit"],
        fewest=1,
    )
    yield "value", found.value, NAN if expected is None else float(expected)


def _count(given: list[float], expected: Any) -> Found:
    found = combine_counts(given)
    if expected is None:
        yield "value", found, NAN
        return
    yield "value", found, float(expected["value"])


def _spine(given: dict[str, Any], expected: list[float]) -> Found:
    better = "low" if given["low_is_good"] else "high"
    points = [given[name] for name in ("benchmark", "min", "p25", "p75", "max")]
    found = spine_positions(*points, better=better).tolist()
    for place, (mine, theirs) in enumerate(zip(found, expected, strict=True)):
        # Printed with six decimals.
        yield f"position {place}", round(mine, 6), theirs


OTHERS: dict[str, Callable[[Any, Any], Found]] = {
    "indicator_stats": _box,
    "min_max_only": _box,
    "category_bounds_5": _bounds(5),
    "category_bounds_4": _bounds(4),
    "aggregate_rate": _rate,
    "aggregate_count": _count,
    "aggregate_practices_to_parent": _practices,
    "spine_positions": _spine,
}
