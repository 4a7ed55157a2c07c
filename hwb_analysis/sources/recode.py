"""Bring a frame on old areas to newer ones, by the rules of ``code_changes``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hwb_analysis.errors import DataContractError
from hwb_analysis.frame import KEY, NUMBERS, conform
from hwb_analysis.sources.code_changes import (
    KINDS,
    MERGED,
    MOVED,
    RECODED,
    SPLIT,
    CodeChange,
    CodeChanges,
)
from hwb_analysis.vocabulary import Grade, Status

MULTIPLIERS = {"%": 100.0, "per 1,000": 1e3, "per 10,000": 1e4, "per 100,000": 1e5}
GROUP = [name for name in KEY if name != "area_code"]
# A published value has at most this rounding, relative to it.
ROUNDING = 0.02


@dataclass(frozen=True, slots=True)
class Rules:
    """What the caller allows beyond recoding and adding up.

    Parameters
    ----------
    weights
        Share of an old area's people in each new one, by the pair of codes; the shares of
        an old area add up to 1.
    best_fit
        Carry the value of a split or redrawn area to each of its parts, marked as best fit.
    refuse
        Raise when a figure cannot be brought over; else its row is missing, with the reason.
    """

    weights: Mapping[tuple[str, str], float] | None = None
    best_fit: bool = False
    refuse: bool = True


EXACT = Rules()


def bring_to(
    frame: pd.DataFrame, year: int, changes: CodeChanges, rules: Rules = EXACT
) -> pd.DataFrame:
    """Return a tidy frame on the areas of April of a year.

    Parameters
    ----------
    frame
        Tidy frame; areas that did not change pass as they are.
    year
        The year whose areas are wanted; only forward in time.
    changes
        What became of which area.
    rules
        What is allowed beyond recoding and adding up.

    Returns
    -------
    pandas.DataFrame
        Recoded rows keep their figures. Merged rows hold the sum of counts and of
        denominators and the value made from them, without published limits (status
        ``derived``). The note of every such row says what was done.

    Raises
    ------
    DataContractError
        When a figure cannot be brought over and ``rules.refuse`` holds, with every reason;
        when old and new area stand side by side; when weights do not add up to 1.

    Examples
    --------
    >>> from hwb_analysis.sources.code_changes import CodeChange, CodeChanges
    >>> told = CodeChanges([CodeChange(2021, "merged", "District", old, old, "E06000999", "New")
    ...                     for old in ("E07000998", "E07000999")])
    >>> frame = conform(pd.DataFrame({
    ...     "series_id": "x:1", "area_code": ["E07000998", "E07000999"], "unit": "%",
    ...     "count": [10.0, 30.0], "denominator": [100.0, 100.0], "value": [10.0, 30.0]}))
    >>> bring_to(frame, 2021, told)[["area_code", "count", "denominator", "value"]].values.tolist()
    [['E06000999', 40.0, 200.0, 20.0]]
    """
    _check_weights(rules)
    out = conform(frame)
    faults: list[str] = []
    for step in changes.years(year):
        own = [c for c in changes.in_year(step) if c.old_code in set(out["area_code"])]
        if own:
            out = _one_step(out, own, changes.in_year(step), rules, faults)
    if faults and rules.refuse:
        told = "\n".join(f"- {fault}" for fault in dict.fromkeys(faults))
        raise DataContractError(
            f"figures on the areas of {year} were expected, some cannot be made\n{told}",
            remedy="take the publisher's figures for the new areas, give weights, or allow "
            "missing rows (refuse=False)",
        )
    return out


def _one_step(
    frame: pd.DataFrame,
    own: Sequence[CodeChange],
    everything: Sequence[CodeChange],
    rules: Rules,
    faults: list[str],
) -> pd.DataFrame:
    old = {c.old_code for c in own}
    rest = frame.loc[~frame["area_code"].isin(old)]
    made = []
    for new_code in sorted({c.new_code for c in own}):
        parts = [c for c in everything if c.new_code == new_code]
        rows = frame.loc[frame["area_code"].isin([c.old_code for c in parts])]
        for _, group in rows.groupby(GROUP, sort=False, dropna=False):
            ways = _surest(parts, set(group["area_code"]))
            kept = group.loc[group["area_code"].isin([c.old_code for c in ways])]
            made.append(_made(kept, ways, rules, faults))
    out = pd.concat([rest, pd.DataFrame(made)], ignore_index=True)
    doubled = out.duplicated(list(KEY), keep=False)
    if doubled.any():
        first = out.loc[doubled].iloc[0]
        raise DataContractError(
            f"an area's old or its new code was expected, both came: {first['area_code']} in "
            f"{first['period']}",
            remedy="leave one of them out before joining releases",
        )
    return conform(out)


def _surest(parts: Sequence[CodeChange], at_hand: set[str]) -> Sequence[CodeChange]:
    """Return the changes of one tier: a county recoded goes before its districts added up."""
    tiers = {c.area_type: [p for p in parts if p.area_type == c.area_type] for c in parts}
    served = [own for own in tiers.values() if any(c.old_code in at_hand for c in own)]
    return min(served, key=lambda own: KINDS.index(own[0].kind))


def _made(
    group: pd.DataFrame, parts: Sequence[CodeChange], rules: Rules, faults: list[str]
) -> pd.Series[Any]:
    new = parts[0]
    row = group.iloc[0].copy()
    row["area_code"], row["area"] = new.new_code, new.new_area
    row["area_type"] = _tier(new.new_code, str(row["area_type"]))
    kinds = {c.kind for c in parts}
    if kinds == {RECODED}:
        return _noted(row, f"code {new.old_code} until {new.year}")
    reason = _refusal(group, parts, rules)
    if reason:
        faults.append(f"{new.new_area} ({new.new_code}), {row['period']}: {reason}")
        return _missing(row, reason)
    if kinds == {MERGED}:
        return _summed(row, group, parts)
    return _shared(row, group, parts, rules)


def _refusal(group: pd.DataFrame, parts: Sequence[CodeChange], rules: Rules) -> str:
    kinds = {c.kind for c in parts}
    if kinds <= {SPLIT, MOVED}:
        return _refused_split(group, parts, rules)
    if kinds != {MERGED}:
        return "its parts were merged, split and redrawn at once: no rule covers it"
    absent = [c.old_area for c in parts if c.old_code not in set(group["area_code"])]
    if absent:
        return f"merged from {len(parts)} areas, no row for {', '.join(absent)}"
    return _not_additive(group)


def _refused_split(group: pd.DataFrame, parts: Sequence[CodeChange], rules: Rules) -> str:
    if rules.best_fit:
        return "" if len(group) == 1 else "made from several old areas: no single one fits"
    if any(c.kind == MOVED for c in parts):
        return "lines were redrawn: only a best fit is possible"
    pairs = [(c.old_code, c.new_code) for c in parts if c.old_code in set(group["area_code"])]
    if rules.weights is None or not all(pair in rules.weights for pair in pairs):
        return f"{parts[0].old_area} was split: weights are needed"
    return _not_additive(group)


def _not_additive(group: pd.DataFrame) -> str:
    if group["count"].isna().any():
        return "a count is missing, so nothing can be added up"
    expected = _value_of(group["count"], group["denominator"], str(group["unit"].iloc[0]))
    published = group["value"]
    far = (published - expected).abs() > ROUNDING * expected.abs() + 0.06
    if expected.isna().any() or far.any():
        return "the value is not count over denominator (standardised, a mean or a score)"
    return ""


def _value_of(
    count: pd.Series[float], denominator: pd.Series[float], unit: str
) -> pd.Series[float]:
    if denominator.isna().all() and unit not in MULTIPLIERS:
        return count
    return count / denominator * MULTIPLIERS.get(unit, np.nan)


def _summed(
    row: pd.Series[Any], group: pd.DataFrame, parts: Sequence[CodeChange]
) -> pd.Series[Any]:
    names = ", ".join(c.old_area for c in parts)
    return _worked_out(row, group, np.ones(len(group)), f"sum of {names}")


def _shared(
    row: pd.Series[Any], group: pd.DataFrame, parts: Sequence[CodeChange], rules: Rules
) -> pd.Series[Any]:
    if rules.weights is None or rules.best_fit:
        row[[n for n in NUMBERS if n not in ("value",)]] = np.nan
        row["grade"], row["method"] = Grade.C.value, "best fit"
        return _noted(row, f"value of {parts[0].old_area}, of which this is a part: best fit")
    into = {c.old_code: rules.weights[c.old_code, c.new_code] for c in parts}
    shares = np.array([into[code] for code in group["area_code"]], dtype=np.float64)
    made = _worked_out(row, group, shares, "share of the old area by weight, not a count")
    made["grade"], made["method"] = Grade.C.value, "apportioned"
    return made


def _worked_out(
    row: pd.Series[Any],
    group: pd.DataFrame,
    shares: np.ndarray[Any, np.dtype[np.float64]],
    note: str,
) -> pd.Series[Any]:
    count = float((group["count"] * shares).sum())
    denominator = float((group["denominator"] * shares).sum(min_count=1))
    unit = str(row["unit"])
    value = _value_of(pd.Series([count]), pd.Series([denominator]), unit).iloc[0]
    row[list(NUMBERS)] = np.nan
    row["count"], row["denominator"], row["value"] = count, denominator, value
    row["status"], row["method"] = Status.DERIVED.value, ""
    return _noted(row, note)


def _missing(row: pd.Series[Any], reason: str) -> pd.Series[Any]:
    row[list(NUMBERS)] = np.nan
    row["status"], row["grade"], row["method"] = Status.MISSING.value, Grade.D.value, ""
    return _noted(row, reason)


def _noted(row: pd.Series[Any], note: str) -> pd.Series[Any]:
    row["note"] = "; ".join(filter(None, (str(row["note"]), note)))
    return row


def _tier(code: str, before: str) -> str:
    tiers = {"E06": "Unitary authority", "E07": "District", "E10": "County"}
    return tiers.get(code[:3], before)


def _check_weights(rules: Rules) -> None:
    totals: dict[str, float] = {}
    for (old, _), share in (rules.weights or {}).items():
        totals[old] = totals.get(old, 0.0) + share
    wrong = list(_wrong_totals(totals))
    if wrong:
        raise DataContractError(
            f"weights that add up to 1 for each old area were expected: {', '.join(wrong)}",
            remedy="give the share of every part of a split area",
        )


def _wrong_totals(totals: Mapping[str, float]) -> Iterator[str]:
    for code, total in sorted(totals.items()):
        if abs(total - 1.0) > 1e-6:
            yield f"{code} adds up to {total:g}"
