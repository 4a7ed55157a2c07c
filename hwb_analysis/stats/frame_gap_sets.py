"""Gaps and ranks within a set of areas of a frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from scipy import special

from hwb_analysis.errors import StatisticsError, did_you_mean
from hwb_analysis.given import as_frame, check_columns
from hwb_analysis.stats.arrays import z_value
from hwb_analysis.stats.frame_gaps import filled_gap
from hwb_analysis.stats.frame_keys import ONE_ROW, SAME_FIGURE, Better, better_by_row
from hwb_analysis.stats.frame_limits import counts_make_value
from hwb_analysis.stats.multiplicity import Method, adjust
from hwb_analysis.stats.ranks import DRAWS, rank_counts, rank_values

KEY = list(SAME_FIGURE)
NOT_COUNTED = "the rest needs counts of every area"
SIDES = ["area_code", "area", "period", "value", "count", "denominator", "basis",
         "lower_95", "upper_95", "lower_998", "upper_998"]  # fmt: skip


def of_areas(frame: pd.DataFrame, areas: Sequence[str]) -> pd.DataFrame:
    """Return the rows of the areas named by code or name, each once a figure.

    Raises
    ------
    StatisticsError
        Fewer than two areas, an area without a row, or two rows of one figure.
    """
    frame = as_frame(frame)
    check_columns(frame, [*KEY, *SIDES, "unit"])
    if isinstance(areas, str):
        raise StatisticsError(f"a list of areas was expected, got the text '{areas}'")
    if len(areas) < 2:
        raise StatisticsError(f"at least two areas were expected, got {list(areas)}")
    named = frame["area_code"].isin(list(areas)) | frame["area"].isin(list(areas))
    found = frame.loc[named]
    absent = [a for a in areas if not ((found["area_code"] == a) | (found["area"] == a)).any()]
    if absent:
        known = sorted(map(str, frame["area"].unique()))
        raise StatisticsError(
            f"areas without a row: {', '.join(absent)}", remedy=did_you_mean(absent[0], known)
        )
    if found.duplicated([*KEY, "area_code"]).any():
        raise StatisticsError("an area has more than one row of one figure", remedy=ONE_ROW)
    return found


def all_gaps(
    frame: pd.DataFrame,
    *,
    areas: Sequence[str],
    kind: Literal["difference", "ratio"] = "difference",
    adjustment: Method = "bh",
) -> pd.DataFrame:
    """Return the gap of every pair of areas in every figure, with adjusted p values.

    Methods are chosen row by row as in ``gap``. ``p_value`` is below 0.05 exactly when
    the 95 per cent interval excludes no gap; ``adjusted_p`` counts the pairs of a figure.

    Parameters
    ----------
    areas
        Codes or names, at least two that do not overlap.
    kind
        ``"difference"`` or ``"ratio"``.
    adjustment
        ``"bh"``, ``"by"``, ``"holm"`` or ``"bonferroni"``.

    Returns
    -------
    DataFrame
        A row a pair and figure: the columns of ``gap`` with ``area_code_most``,
        ``area_most``, ``area_code_least``, ``area_least``, ``p_value``, ``adjusted_p``.

    Raises
    ------
    StatisticsError
        As :func:`of_areas`.
    """
    rows = of_areas(frame, areas)[[*KEY, "unit", *SIDES]]
    pairs = rows.merge(rows, on=[*KEY, "unit"], suffixes=("_most", "_least"))
    order = {code: place for place, code in enumerate(_codes(rows, areas))}
    places = [pairs[f"area_code_{side}"].map(order) for side in ("most", "least")]
    pairs = pairs.loc[places[0] < places[1]].reset_index(drop=True)
    names = [f"{name}_{side}" for side in ("most", "least") for name in ("area_code", "area")]
    out = pairs[[*KEY, *names, "unit", "value_most", "value_least"]].copy()
    out.insert(len(KEY), "period", pairs["period_most"])
    out = filled_gap(out, pairs, kind)
    out["p_value"] = _chance(out, kind)
    out["adjusted_p"] = out.groupby(KEY, dropna=False)["p_value"].transform(
        lambda p: adjust(p, adjustment)
    )
    return out


def _codes(rows: pd.DataFrame, areas: Sequence[str]) -> list[str]:
    known = rows.drop_duplicates("area_code")
    codes = dict(zip(known["area"], known["area_code"], strict=True))
    return [codes.get(area, area) for area in areas]


def _chance(out: pd.DataFrame, kind: str) -> np.ndarray:
    """Return the p value at which the interval would end at no gap."""
    value, lower, upper = (out[n].to_numpy(float) for n in ("gap", "lower_95", "upper_95"))
    if kind == "ratio":
        with np.errstate(divide="ignore", invalid="ignore"):
            value, lower, upper = (np.log(side) for side in (value, lower, upper))
    reach = np.where(value > 0, value - lower, upper - value)
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.where(value == 0, 0.0, np.abs(value) / reach)
    return np.where(np.isfinite(reach), np.maximum(2 * special.ndtr(-z_value(0.95) * score), 1e-40),
                    np.nan)  # fmt: skip


def gaps_to_rest(
    frame: pd.DataFrame,
    *,
    areas: Sequence[str],
    kind: Literal["difference", "ratio"] = "difference",
) -> pd.DataFrame:
    """Return the gap of each area to all the others together, never to a whole with it.

    Parameters
    ----------
    areas
        All the parts of the whole, by code or name.
    kind
        ``"difference"`` or ``"ratio"``.

    Returns
    -------
    DataFrame
        A row an area and figure, the columns of ``gap`` with ``area_code`` and ``area``;
        ``value_least`` is that of the rest. Figures without the counts of every area have
        no gap and say why: the rest is then not known.

    Raises
    ------
    StatisticsError
        As :func:`of_areas`.
    """
    rows = of_areas(frame, areas).reset_index(drop=True)
    usable = counts_make_value(rows) & rows["count"].notna()
    group = rows.assign(usable=usable).groupby(KEY, dropna=False)
    whole = group["usable"].transform("all") & (group["usable"].transform("size") == len(areas))
    rest = rows[["count", "denominator"]].astype("float64")
    rest = group[["count", "denominator"]].transform("sum") - rest
    per = rows["value"] / (rows["count"] / rows["denominator"]).where(rows["count"] > 0)
    per = per.groupby([rows[k] for k in KEY], dropna=False).transform("median").round()
    pairs = rows.add_suffix("_most").rename(columns={f"{k}_most": k for k in [*KEY, "unit"]})
    pairs = pairs.assign(
        count_least=rest["count"].where(whole),
        denominator_least=rest["denominator"].where(whole),
        value_least=(per * rest["count"] / rest["denominator"]).where(whole),
        basis_least=rows["basis"],
        **{f"{end}_{level}_least": np.nan for end in ("lower", "upper") for level in ("95", "998")},
    )
    out = rows[[*KEY, "period", "area_code", "area", "unit"]].assign(
        value_most=pairs["value_most"], value_least=pairs["value_least"]
    )
    out = filled_gap(out, pairs, kind)
    out.loc[~whole, ["gap", "value_least"]] = np.nan
    return out.assign(gap_reason=out["gap_reason"].where(whole, NOT_COUNTED))


def ranks(
    frame: pd.DataFrame,
    *,
    areas: Sequence[str],
    better: Better = None,
    draws: int = DRAWS,
) -> pd.DataFrame:
    """Append ranks with intervals and chances to the rows of a set of areas.

    Rank 1 is the worst area, or the highest where there is no good end. Counts that make
    the value give beta or gamma draws; other values normal draws from their limits.

    Parameters
    ----------
    areas
        Codes or names, at least two.
    better
        ``"high"``, ``"low"`` or None for every series, or a mapping from series_id.
    draws
        At least 1,000.

    Returns
    -------
    DataFrame
        The rows of the areas with ``rank``, ``rank_lower``, ``rank_upper``,
        ``chance_first``, ``chance_last``, ``league_table`` (false where the order says
        nothing) and ``rank_reason``.

    Raises
    ------
    StatisticsError
        As :func:`of_areas`.
    """
    rows = of_areas(frame, areas).copy()
    ends = better_by_row(rows["series_id"], better)
    rows = rows.assign(rank=np.nan, rank_lower=np.nan, rank_upper=np.nan, chance_first=np.nan,
                       chance_last=np.nan, league_table=False, rank_reason="")  # fmt: skip
    for _, part in rows.groupby(KEY, dropna=False):
        found = _ranked(part, str(ends[part.index[0]]), draws, len(areas))
        rows.loc[part.index, list(found)] = found
    return rows


def _ranked(part: pd.DataFrame, better: str, draws: int, areas: int) -> pd.DataFrame:
    end = None if better == "none" else better
    if len(part) < areas or part["value"].isna().any():
        return pd.DataFrame({"rank_reason": "an area has no figure"}, index=part.index)
    if counts_make_value(part).all():
        of = "proportion" if (part["unit"] == "%").all() else "rate"
        found = rank_counts(
            part["count"], part["denominator"], of=of, better=end, several=1, draws=draws
        )
    else:
        se = (part["upper_95"] - part["lower_95"]) / (2 * z_value(0.95))
        if not (se > 0).all():
            return pd.DataFrame({"rank_reason": "an area has no interval"}, index=part.index)
        found = rank_values(part["value"], se, better=end, several=1, draws=draws)
    return pd.DataFrame(
        {
            "rank": found.rank,
            "rank_lower": found.lower,
            "rank_upper": found.upper,
            "chance_first": found.first,
            "chance_last": found.last,
            "league_table": bool(found.league_table),
        },
        index=part.index,
    )
