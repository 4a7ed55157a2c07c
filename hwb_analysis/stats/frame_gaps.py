"""Gaps between two areas, or two groups of one area, of a frame."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from hwb_analysis.errors import StatisticsError
from hwb_analysis.given import as_frame, check_columns
from hwb_analysis.stats import gap_rates, gaps
from hwb_analysis.stats.frame_keys import SAME_FIGURE, comparator_rows, is_area
from hwb_analysis.stats.frame_limits import counts_make_value, multipliers

On = Literal["area", "sex", "age", "category"]
LEVELS = ("95", "998")
LIMITS = ("gap", "lower_95", "upper_95", "lower_998", "upper_998")


def gap(
    frame: pd.DataFrame,
    *,
    most: str,
    least: str,
    kind: Literal["difference", "ratio"] = "difference",
    on: On = "area",
) -> pd.DataFrame:
    """Return the gap between two areas, or two groups, in every figure they share.

    Counts that make the value are used where they are there: for percentages MOVER from
    Wilson limits (of a difference Newcombe's interval), for rates of events MOVER and the
    conditional mid-P interval. Other values use their limits (MOVER). Where neither is
    there, the gap has no interval and ``gap_reason`` says why. The two sides must not
    share people.

    Parameters
    ----------
    most, least
        Codes or names of areas; or with ``on`` two values of that column. The gap is
        most minus least, or most over least.
    kind
        ``"difference"`` or ``"ratio"``.
    on
        ``"area"``; or ``"sex"``, ``"age"``, ``"category"`` for two groups of one area
        (boys and girls, pupils with and without free school meals).

    Returns
    -------
    DataFrame
        The shared key, ``period``, ``unit``, ``value_most``, ``value_least``, ``gap``,
        ``lower_95``, ``upper_95``, ``lower_998``, ``upper_998``, ``method``,
        ``gap_reason``; with groups also ``area_code`` and ``area``.

    Raises
    ------
    StatisticsError
        When a side is absent or the kind unknown.
    """
    if kind not in ("difference", "ratio"):
        raise StatisticsError(f"kind is 'difference' or 'ratio', got '{kind}'")
    frame = as_frame(frame)
    sides = [_side(frame, name, on) for name in (most, least)]
    key = [*SAME_FIGURE] if on == "area" else _group_key(on)
    pairs = sides[0].merge(
        sides[1], on=[*key, "unit"], suffixes=("_most", "_least"), validate="one_to_one"
    )
    out = pairs[[*key, "unit", "value_most", "value_least"]].copy()
    out.insert(len(key), "period", pairs["period_most"])
    return filled_gap(out, pairs, kind)


def _group_key(on: On) -> list[str]:
    return [name for name in (*SAME_FIGURE, "area_code", "area") if name != on]


def _side(frame: pd.DataFrame, name: str, on: On) -> pd.DataFrame:
    if on == "area":
        comparator_rows(frame, name)
        return frame.loc[is_area(frame, name)]
    if on not in ("sex", "age", "category"):
        raise StatisticsError(f"on is 'area', 'sex', 'age' or 'category', got '{on}'")
    check_columns(frame, [*SAME_FIGURE, "area_code", "area", "value"])
    rows = frame.loc[frame[on] == name]
    if rows.empty:
        known = ", ".join(map(str, sorted(frame[on].dropna().unique())[:8]))
        raise StatisticsError(
            f"no row has the {on} '{name}'", remedy=f"known: {known}" if known else None
        )
    return rows


def filled_gap(out: pd.DataFrame, pairs: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Append gap, limits, method and reason to the rows of ``out``.

    ``pairs`` holds the columns of both sides, with the endings _most and _least.
    """
    share = (pairs["unit"] == "%").to_numpy()
    counted = np.ones(len(pairs), dtype=bool)
    for side in ("most", "least"):
        part = {n: pairs[f"{n}_{side}"] for n in ("value", "count", "denominator", "basis")}
        made = counts_make_value(pd.DataFrame(part).assign(unit=pairs["unit"]))
        counted = counted & made.to_numpy() & _whole(pairs[f"count_{side}"])
    out = out.assign(**dict.fromkeys(LIMITS, np.nan), method="", gap_reason="")
    makers = (
        (counted & share, _gap_of_counts),
        (counted & ~share, _gap_of_rates),
        (~counted, _gap_of_limits),
    )
    for rows, make in makers:
        if rows.any():
            found = make(pairs.loc[rows], kind)
            out.loc[rows, list(found)] = pd.DataFrame(found, index=out.index[rows])
    return out


def _whole(count: pd.Series) -> Any:
    return (count.to_numpy("float64", na_value=np.nan) % 1 == 0) | count.isna().to_numpy()


def _sides(pairs: pd.DataFrame, *names: str) -> list[Any]:
    return [
        pairs[f"{name}_{side}"].to_numpy("float64", na_value=np.nan)
        for side in ("most", "least")
        for name in names
    ]


def _gap_of_counts(pairs: pd.DataFrame, kind: str) -> dict[str, Any]:
    make = gaps.difference if kind == "difference" else gaps.ratio
    return _columns(make(*_sides(pairs, "count", "denominator")))


def _gap_of_rates(pairs: pd.DataFrame, kind: str) -> dict[str, Any]:
    x1, n1, x2, n2 = _sides(pairs, "count", "denominator")
    if kind == "ratio":
        return _columns(gap_rates.rate_ratio(x1, n1, x2, n2))
    # Each row has its own "per": differences at one, then scaled by row.
    found = _columns(gap_rates.rate_difference(x1, n1, x2, n2, multiplier=1))
    scale = multipliers(pairs["unit"])
    return found | {name: found[name] * scale for name in LIMITS}


def _columns(found: gaps.Gap) -> dict[str, Any]:
    return {
        "gap": found.value,
        "lower_95": found.lower[0],
        "upper_95": found.upper[0],
        "lower_998": found.lower[1],
        "upper_998": found.upper[1],
        "method": found.method,
        "gap_reason": found.reason,
    }


def _gap_of_limits(pairs: pd.DataFrame, kind: str) -> dict[str, Any]:
    make = gaps.difference_from_limits if kind == "difference" else gaps.ratio_from_limits
    out: dict[str, Any] = {}
    for level in reversed(LEVELS):
        names = ("value", f"lower_{level}", f"upper_{level}")
        v1, l1, u1, v2, l2, u2 = _sides(pairs, *names)
        found = make(v1, l1, u1, v2, l2, u2, float(f"0.{level}"))
        out |= {"gap": found.value, "method": found.method, "gap_reason": found.reason}
        out |= {f"lower_{level}": found.lower[0], f"upper_{level}": found.upper[0]}
    return out
