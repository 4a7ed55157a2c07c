"""The counts of people in a tidy frame, stated or implied by a rate and its denominator."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hwb_analysis.disclosure.rules import Rule
from hwb_analysis.errors import DataContractError
from hwb_analysis.frame import KEY
from hwb_analysis.stats.frame_limits import multipliers
from hwb_analysis.vocabulary import Status

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
WHOLE_SLACK = 1e-6
DECIMALS = 8
SHOWN_ROWS = 3
LIMITS = ("lower_95", "upper_95", "lower_998", "upper_998")


@dataclass(frozen=True, slots=True)
class Cells:
    """One entry a row of the frame; a missing number is not known.

    ``people`` is the count, or what rate and denominator imply, or the number of people
    that a mean is based on; ``source`` names which: ``count``, ``implied``,
    ``denominator`` or nothing. ``withheld`` rows came without their figure,
    ``uncounted`` ones have a value and no count. ``share`` rows are percentages, ``crude``
    ones have a value that is made from count and denominator.
    """

    people: Floats
    denominator: Floats
    source: NDArray[np.str_]
    withheld: Flags
    uncounted: Flags
    share: Flags
    crude: Flags


def read_cells(frame: pd.DataFrame) -> Cells:
    """Return the counts of people of a frame.

    Raises
    ------
    DataContractError
        When a count is negative or no whole number.
    """
    count, denominator = _numbers(frame, "count"), _numbers(frame, "denominator")
    scale = multipliers(frame["unit"])
    absent = frame["status"].isin([Status.SUPPRESSED.value, Status.MISSING.value]).to_numpy()
    implied = np.where(np.isnan(count), implied_count(frame), np.nan)
    based_on = np.where(np.isnan(scale) & ~absent, denominator, np.nan)
    source = np.select(
        [~np.isnan(count), ~np.isnan(implied), ~np.isnan(based_on)],
        ["count", "implied", "denominator"],
        default="",
    )
    people = np.select([source == "count", source == "implied"], [count, implied], based_on)
    _check_whole(frame, people, source)
    value = _numbers(frame, "value")
    return Cells(
        people=np.rint(people),
        denominator=np.where(source == "denominator", np.nan, np.rint(denominator)),
        source=source,
        withheld=(frame["status"] == Status.SUPPRESSED.value).to_numpy() & (source == ""),
        uncounted=~np.isnan(value) & (source == ""),
        share=(frame["unit"] == "%").to_numpy() & (source != "denominator"),
        crude=_crude(value, np.where(source == "denominator", np.nan, people), denominator, scale),
    )


def implied_count(frame: pd.DataFrame) -> Floats:
    """Return value times denominator by the unit's multiplier, to the nearest whole.

    Examples
    --------
    >>> one = pd.DataFrame({"value": [12.5], "denominator": [24.0], "unit": ["%"]})
    >>> implied_count(one).tolist()
    [3.0]
    """
    made = _numbers(frame, "value") * _numbers(frame, "denominator")
    return np.asarray(np.rint(made / multipliers(frame["unit"])), dtype=np.float64)


def half_step(value: Floats) -> Floats:
    """Return half of the last decimal that each value is printed with.

    Examples
    --------
    >>> half_step(np.array([12.0, 12.5, 12.25])).round(4).tolist()
    [0.5, 0.05, 0.005]
    """
    step = np.full(np.shape(value), 0.5 * 10.0**-DECIMALS)
    for decimals in reversed(range(DECIMALS)):
        step[np.isclose(np.round(value, decimals), value, rtol=0, atol=1e-9)] = (
            0.5 * 10.0**-decimals
        )
    return step


def _crude(value: Floats, count: Floats, denominator: Floats, scale: Floats) -> Flags:
    made = np.where(np.isnan(scale), count, scale * count / denominator)
    return np.asarray(np.abs(made - value) <= half_step(value) + 1e-6 * np.abs(made))


def _numbers(frame: pd.DataFrame, column: str) -> Floats:
    return np.asarray(frame[column].to_numpy(dtype=np.float64, copy=True))


def _check_whole(frame: pd.DataFrame, people: Floats, source: NDArray[np.str_]) -> None:
    broken = (people < 0) | (np.abs(people - np.rint(people)) > WHOLE_SLACK)
    # The number behind a mean may be an estimate; a count of people may not.
    broken &= (source == "count") | (people < 0)
    if broken.any():
        raise DataContractError(
            "counts of people must be whole numbers from 0: "
            f"{int(broken.sum())} rows are not, first {names_of(frame, broken)}",
            remedy="estimates and weighted counts have no small numbers: use the rule 'published'",
        )


def refuse_uncounted(frame: pd.DataFrame, cells: Cells, rule: Rule) -> None:
    """Refuse values without a count, when the rule asks for that.

    Raises
    ------
    DataContractError
        The rows are named; no figure is.
    """
    if rule.uncounted == "refused" and cells.uncounted.any():
        raise DataContractError(
            f"{int(cells.uncounted.sum())} rows have a value and neither count nor denominator, so"
            f" small numbers cannot be found: first {names_of(frame, cells.uncounted)}",
            remedy="map the column of counts, or say `uncounted: withheld` (or shown) in the rule",
        )


def names_of(frame: pd.DataFrame, rows: Flags, most: int = SHOWN_ROWS) -> str:
    """Return the keys of the first few rows, for a message; never a figure."""
    columns = ["series_id", "area_code", "period", "sex", "age", "category"]
    picked = frame.loc[np.asarray(rows), columns].head(most)
    return "; ".join(" ".join(filter(None, map(str, r))) for r in picked.itertuples(index=False))


def sorted_by_key(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in order of key: an order by size would tell of withheld figures."""
    return frame.sort_values(list(KEY), kind="stable").reset_index(drop=True)
