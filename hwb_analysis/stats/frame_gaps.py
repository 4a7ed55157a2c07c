"""Gaps between two areas of a frame."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats import gaps
from hwb_analysis.stats.frame_keys import SAME_FIGURE, comparator_rows, is_area
from hwb_analysis.stats.frame_limits import counts_make_value


def gap(
    frame: pd.DataFrame,
    *,
    most: str,
    least: str,
    kind: Literal["difference", "ratio"] = "difference",
) -> pd.DataFrame:
    """Return the gap between two areas in every figure they share: one row each.

    Percentages whose counts make the value use the counts (Newcombe for a difference,
    Koopman's score for a ratio); other values use their limits (MOVER). Where neither is
    there, the gap has no interval and ``gap_reason`` says why. The two areas must not
    overlap.

    Parameters
    ----------
    most, least
        Codes or names: the gap is most minus least, or most over least.
    kind
        ``"difference"`` or ``"ratio"``.

    Returns
    -------
    DataFrame
        The shared key, ``period``, ``unit``, ``value_most``, ``value_least``, ``gap``,
        ``lower_95``, ``upper_95``, ``lower_998``, ``upper_998``, ``method``,
        ``gap_reason``.

    Raises
    ------
    StatisticsError
        When an area is absent or the kind unknown.
    """
    if kind not in ("difference", "ratio"):
        raise StatisticsError(f"kind is 'difference' or 'ratio', got '{kind}'")
    sides = []
    for area in (most, least):
        comparator_rows(frame, area)
        sides.append(frame.loc[is_area(frame, area)])
    pairs = sides[0].merge(
        sides[1], on=[*SAME_FIGURE, "unit"], suffixes=("_most", "_least"), validate="one_to_one"
    )
    out = pairs[[*SAME_FIGURE, "unit", "value_most", "value_least"]].copy()
    out.insert(len(SAME_FIGURE), "period", pairs["period_most"])
    return _filled_gap(out, pairs, kind)


def _filled_gap(out: pd.DataFrame, pairs: pd.DataFrame, kind: str) -> pd.DataFrame:
    counted = (pairs["unit"] == "%").to_numpy()
    for side in ("most", "least"):
        part = {n: pairs[f"{n}_{side}"] for n in ("value", "count", "denominator", "basis")}
        counted = (
            counted & counts_make_value(pd.DataFrame(part).assign(unit=pairs["unit"])).to_numpy()
        )
    columns = ("gap", "lower_95", "upper_95", "lower_998", "upper_998")
    out = out.assign(**dict.fromkeys(columns, np.nan), method="", gap_reason="")
    for rows, make in ((counted, _gap_of_counts), (~counted, _gap_of_limits)):
        if rows.any():
            found = make(pairs.loc[rows], kind)
            out.loc[rows, list(found)] = pd.DataFrame(found, index=out.index[rows])
    return out


def _gap_of_counts(pairs: pd.DataFrame, kind: str) -> dict[str, Any]:
    x1, n1, x2, n2 = (
        pairs[f"{name}_{side}"].to_numpy()
        for side in ("most", "least")
        for name in ("count", "denominator")
    )
    make = gaps.difference if kind == "difference" else gaps.ratio
    found = make(x1, n1, x2, n2)
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
    for level in ("998", "95"):
        names = ("value", f"lower_{level}", f"upper_{level}")
        v1, l1, u1 = (pairs[f"{name}_most"].to_numpy() for name in names)
        v2, l2, u2 = (pairs[f"{name}_least"].to_numpy() for name in names)
        found = make(v1, l1, u1, v2, l2, u2, float(f"0.{level}"))
        out |= {"gap": found.value, "method": found.method, "gap_reason": found.reason}
        out |= {f"lower_{level}": found.lower[0], f"upper_{level}": found.upper[0]}
    return out
