"""Limits for the rows of a tidy frame whose counts make their value."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hwb_analysis.given import as_frame, check_columns
from hwb_analysis.stats import intervals
from hwb_analysis.stats.arrays import DEFAULT_LEVELS, Floats, level_name
from hwb_analysis.vocabulary import Basis

COUNTED = (Basis.COMPLETE_COUNT.value, Basis.REGISTER.value, Basis.DERIVED.value)
# Published values are rounded, often to one decimal; a value further off than that is
# not count over denominator (a standardised rate, another denominator).
RELATIVE_SLACK, ROUNDING_SLACK = 1e-3, 0.0501
PER = r"per\s+([\d,]+)"


def multipliers(unit: pd.Series) -> Floats:
    """Return what count over denominator is multiplied with in each unit, else missing.

    Examples
    --------
    >>> multipliers(pd.Series(["%", "per 100,000", "years"])).tolist()
    [100.0, 100000.0, nan]
    """
    text = unit.astype("string").fillna("")
    per = pd.to_numeric(text.str.extract(PER, expand=False).str.replace(",", ""))
    found = per.astype("Float64").mask(text == "%", 100.0)
    return np.asarray(found.to_numpy("float64", na_value=np.nan), dtype=np.float64)


def counts_make_value(frame: pd.DataFrame) -> pd.Series:
    """Say of each row whether value is count over denominator and may be tested so."""
    scale = multipliers(frame["unit"])
    count, denominator = frame["count"], frame["denominator"]
    made = scale * count / denominator.where(denominator > 0)
    slack = np.maximum(ROUNDING_SLACK, RELATIVE_SLACK * made.abs())
    close = (made - frame["value"]).abs() <= slack
    counted: pd.Series = frame["basis"].isin(COUNTED) & close
    return counted


def with_limits(frame: pd.DataFrame) -> pd.DataFrame:
    """Fill missing limits from counts, where the counts make the value.

    Percentages get Wilson limits, rates ("per 100,000") exact limits below ten events
    and Byar's from ten on; ``method`` records which. Published limits stay as they
    are. Surveys, models and imputed figures get none, nor does a value that is not
    count over denominator (a standardised rate).

    Examples
    --------
    >>> frame = pd.DataFrame({"value": [12.5], "count": [25], "denominator": [200],
    ...     "unit": ["%"], "basis": ["complete_count"], "lower_95": [None],
    ...     "upper_95": [None], "lower_998": [None], "upper_998": [None], "method": [""]})
    >>> with_limits(frame)[["lower_95", "upper_95", "method"]].round(2).values.tolist()
    [[8.61, 17.8, 'wilson']]
    """
    frame = as_frame(frame)
    check_columns(frame, ["value", "count", "denominator", "unit", "basis", "method"])
    out = frame.copy()
    names = [level_name(level) for level in DEFAULT_LEVELS]
    for column in (f"{end}_{name}" for name in names for end in ("lower", "upper")):
        out[column] = pd.to_numeric(out[column]) if column in out else np.nan
    usable = counts_make_value(out)
    absent = {name: usable & out[f"lower_{name}"].isna() for name in names}
    for kind, rows in _kinds(out, absent[names[0]] | absent[names[1]]):
        found = _found(out.loc[rows], kind)
        for place, name in enumerate(names):
            fill = absent[name][rows].to_numpy()
            cells = out.index[rows][fill]
            # A published value is rounded: its limits must still hold it.
            shown = out.loc[cells, "value"].to_numpy()
            out.loc[cells, f"lower_{name}"] = np.minimum(found.lower[place][fill], shown)
            out.loc[cells, f"upper_{name}"] = np.maximum(found.upper[place][fill], shown)
        first = absent[names[0]][rows].to_numpy()
        out.loc[out.index[rows][first], "method"] = found.method[first]
    return out


def _kinds(out: pd.DataFrame, rows: pd.Series) -> list[tuple[str, pd.Series]]:
    share = out["unit"] == "%"
    kinds = [("proportion", rows & share), ("rate", rows & ~share)]
    return [(kind, wanted) for kind, wanted in kinds if wanted.any()]


def _found(part: pd.DataFrame, kind: str) -> intervals.Estimates:
    if kind == "proportion":
        return intervals.proportion(part["count"], part["denominator"], 100)
    # Each row has its own "per": limits at one, then scaled by row.
    scale = multipliers(part["unit"])
    found = intervals.rate(part["count"], part["denominator"], 1)
    return intervals.rescaled(found, scale)
