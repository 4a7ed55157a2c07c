"""One call: the sensible measures of inequality of a set of groups, with reasons for the rest.

Ordered groups (deprivation, most deprived first) have gaps, a slope, a concentration index
and an attributable share; areas and groups without an order have the distance between
the highest and the lowest, and dispersion. A few areas have no slope: a line through
seven districts says less than the seven figures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from hwb_analysis.errors import StatisticsError
from hwb_analysis.given import as_frame, check_columns
from hwb_analysis.stats.arrays import Floats, z_value
from hwb_analysis.stats.attributable import attributable
from hwb_analysis.stats.concentration import concentration
from hwb_analysis.stats.dispersion import dispersions
from hwb_analysis.stats.frame_keys import ONE_ROW, SAME_FIGURE
from hwb_analysis.stats.frame_limits import counts_make_value, multipliers
from hwb_analysis.stats.gap_values import difference_from_errors, ratio_from_errors
from hwb_analysis.stats.grouping import group_numbers
from hwb_analysis.stats.inequality import slope_index

COLUMNS = ("measure", "value", "corrected", "lower_95", "upper_95", "unit", "method", "reason")
FEW = 3
NO_ORDER = "the groups have no order of deprivation"
NO_PEOPLE = "the number of people in each group is not published"
NO_END = "the indicator has no good end"
NOT_A_SHARE = "for shares of people only"
AREAS = "a line through a few areas says less than their figures: see gaps and ranks"
DISPERSION = ("sd", "cv", "disparity", "theil", "gini")


def inequality(
    frame: pd.DataFrame,
    *,
    groups: str = "area_code",
    order: Sequence[str] | None = None,
    better: str | None = None,
    population: str = "denominator",
) -> pd.DataFrame:
    """Return the measures of inequality that a set of groups can bear, and why not others.

    Parameters
    ----------
    frame
        Rows of the tidy frame: the groups of one or more figures, each group once.
    groups
        The column that names the groups: ``"area_code"``, ``"category"``, ``"sex"``.
    order
        The groups from most to least deprived. Categories that begin with numbers
        ("1 most deprived") have their order already; areas get one only from here.
    better
        Which end is good, ``"high"`` or ``"low"``; None leaves out what needs one.
    population
        Column of the people in each group.

    Returns
    -------
    DataFrame
        The key of each figure, then ``measure``, ``value``, ``corrected`` (without
        sampling error), ``lower_95``, ``upper_95``, ``unit``, ``method`` and ``reason``:
        empty, or why a measure or its interval is left out.

    Raises
    ------
    StatisticsError
        When a column is absent, a group occurs twice in a figure, or ``order`` names
        other groups than the frame.

    Examples
    --------
    >>> from hwb_analysis.frame import conform
    >>> rows = [{"series_id": "demo:share", "area_code": f"X{i}", "unit": "%", "count": c,
    ...     "denominator": 500, "value": c / 5, "basis": "complete_count"}
    ...     for i, c in enumerate([90, 70, 75, 50])]
    >>> table = inequality(conform(pd.DataFrame(rows)), better="low")
    >>> table.set_index("measure").loc["sd", ["value", "corrected"]].astype(float).round(2).tolist()
    [2.86, 2.52]
    """
    frame = as_frame(frame)
    key = [name for name in SAME_FIGURE if name != groups]
    key += [name for name in ("area_code", "area") if groups not in ("area_code", "area")]
    check_columns(frame, [*key, groups, "value", "unit", "lower_95", "upper_95", population])
    if frame.duplicated([*key, groups]).any():
        raise StatisticsError(
            f"a group occurs twice in one figure (column {groups})",
            remedy=f"keep one place; {ONE_ROW}",
        )
    parts = []
    for names, part in frame.groupby(key, dropna=False, sort=False):
        table = pd.DataFrame(_measures(part, groups, order, better, population))
        table = table.reindex(columns=list(COLUMNS))
        parts.append(pd.concat([pd.DataFrame([names] * len(table), columns=key), table], axis=1))
    return pd.concat(parts, ignore_index=True)


def _measures(
    part: pd.DataFrame, groups: str, order: Sequence[str] | None, better: str | None, people: str
) -> list[dict[str, Any]]:
    part, ordered = _ordered(part, groups, order)
    y = part["value"].to_numpy("float64", na_value=np.nan)
    unit = str(part["unit"].iloc[0])
    if np.isnan(y).any() or y.size < 2:
        why = "a group has no value" if y.size > 1 else "there is one group only"
        return [_left_out("all measures", why)]
    s, n = _errors(part), part[people].to_numpy("float64", na_value=np.nan)
    n = n if (n > 0).all() else np.full(y.size, np.nan)
    rows = _gaps(y, s, unit, ordered)
    rows += _slopes(y, s, n, unit, better, ordered, groups.startswith("area"))
    rows += _shares(y, s, n, unit, better, ordered)
    return rows + _spread(y, s, n, unit)


def _ordered(
    part: pd.DataFrame, groups: str, order: Sequence[str] | None
) -> tuple[pd.DataFrame, bool]:
    """Return the groups from most to least deprived, and whether they have such an order."""
    names = part[groups].astype("string")
    if order is not None:
        if set(names) != set(order):
            raise StatisticsError(
                f"order names {len(order)} groups, the frame has others: "
                f"{', '.join(sorted(set(names) ^ set(order))[:5])}"
            )
        place = names.map({name: i for i, name in enumerate(order)})
        return part.assign(_place=place).sort_values("_place"), True
    if groups.startswith("area") or not names.str.match(r"^\s*\d+\b").all():
        return part, False
    return part.assign(_place=group_numbers(part[groups])).sort_values("_place"), True


def _errors(part: pd.DataFrame) -> Floats:
    """Return standard errors from counts that make the value, else from the limits."""
    x, n = (part[c].to_numpy("float64", na_value=np.nan) for c in ("count", "denominator"))
    limits = (part["upper_95"] - part["lower_95"]).to_numpy("float64", na_value=np.nan)
    scale, share = multipliers(part["unit"]), (part["unit"] == "%").to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        p = x / n
        own = scale * np.sqrt(np.where(share, p * (1 - p), p) / n)
    made = counts_make_value(part).to_numpy() & (own > 0)
    return np.where(made, own, limits / (2 * z_value(0.95)))


def _left_out(measure: str, reason: str) -> dict[str, Any]:
    return {"measure": measure, "value": np.nan, "reason": reason}


def _row(measure: str, found: Any, unit: str, **more: Any) -> dict[str, Any]:
    lower, upper = (np.asarray(getattr(found, side)) for side in ("lower", "upper"))
    return {
        "measure": measure,
        "value": float(found.value),
        "lower_95": float(lower.reshape(-1)[0]),
        "upper_95": float(upper.reshape(-1)[0]),
        "unit": unit,
        "method": str(found.method),
        "reason": str(found.reason),
    } | more


def _gaps(y: Floats, s: Floats, unit: str, ordered: bool) -> list[dict[str, Any]]:
    one, two = (0, y.size - 1) if ordered else (int(y.argmax()), int(y.argmin()))
    name = "most and least deprived" if ordered else "highest and lowest"
    note = "" if ordered else "chosen by their values: the interval is too narrow for that"
    rows = []
    makers: tuple[tuple[str, Callable[..., Any], str], ...] = (
        ("difference", difference_from_errors, unit),
        ("ratio", ratio_from_errors, "ratio"),
    )
    for kind, make, shown in makers:
        row = _row(f"{kind}, {name}", make(y[one], s[one], y[two], s[two]), shown)
        rows.append(row | {"reason": row["reason"] or note})
    return rows


def _slopes(
    y: Floats, s: Floats, n: Floats, unit: str, better: str | None, ordered: bool, areas: bool
) -> list[dict[str, Any]]:
    names = ("slope index", "relative index", "concentration index", "Erreygers index")
    why = _why_not(y, n, ordered, areas)
    if why:
        return [_left_out(name, why) for name in names]
    rows = [_left_out(name, NO_END) for name in names[:2]]
    if better is not None:
        found = slope_index(y, n, better=better, se=s)
        rows = [_row(names[0], found, unit)]
        rows.append(
            rows[0]
            | {
                "measure": names[1],
                "value": float(found.rii_ratio),
                "lower_95": float(found.rii_ratio_lower[0]),
                "upper_95": float(found.rii_ratio_upper[0]),
                "unit": "ratio",
            }
        )
    rows.append(_row(names[2], concentration(y, n, se=s), "index"))
    if unit != "%":
        return [*rows, _left_out(names[3], NOT_A_SHARE)]
    found_e = concentration(y, n, kind="erreygers", bounds=(0, 100), se=s)
    return [*rows, _row(names[3], found_e, "index")]


def _why_not(y: Floats, n: Floats, ordered: bool, areas: bool) -> str:
    if areas:
        return AREAS
    if not ordered:
        return NO_ORDER
    if np.isnan(n).any():
        return NO_PEOPLE
    return "" if y.size >= FEW else f"fewer than {FEW} groups"


def _shares(
    y: Floats, s: Floats, n: Floats, unit: str, better: str | None, ordered: bool
) -> list[dict[str, Any]]:
    names = ("attributable risk", "attributable fraction")
    why = NO_PEOPLE if np.isnan(n).any() else NO_END if better is None else ""
    if why or better is None:
        return [_left_out(name, why) for name in names]
    found = attributable(y, n, better=better, se=s, reference="last" if ordered else "best")
    first = _row(names[0], found, unit)
    note = "" if ordered else "the reference was chosen by its value"
    first["reason"] = first["reason"] or note
    second = first | {
        "measure": names[1],
        "value": float(found.fraction),
        "lower_95": float(found.fraction_lower[0]),
        "upper_95": float(found.fraction_upper[0]),
        "unit": "%",
    }
    return [first, second]


def _spread(y: Floats, s: Floats, n: Floats, unit: str) -> list[dict[str, Any]]:
    if (y < 0).any():
        return [_left_out(name, "a value is below zero") for name in DISPERSION]
    weights = None if np.isnan(n).any() else n
    units = {"sd": unit, "cv": "%", "disparity": "%"}
    return [
        _row(name, found, units.get(name, "index"), corrected=float(found.corrected))
        for name, found in dispersions(y, weights, measures=DISPERSION, se=s).items()
    ]
