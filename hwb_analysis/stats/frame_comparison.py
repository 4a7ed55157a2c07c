"""Comparison of the areas of a frame with one of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hwb_analysis.given import as_frame
from hwb_analysis.stats.arrays import DEFAULT_LEVELS, level_name
from hwb_analysis.stats.benchmark import compare_with
from hwb_analysis.stats.frame_keys import (
    SAME_FIGURE,
    Better,
    better_by_row,
    comparator_rows,
    is_area,
)


def compare(frame: pd.DataFrame, to: str, *, better: Better = None) -> pd.DataFrame:
    """Append the comparison with one area: better, similar, worse, or why not.

    Parameters
    ----------
    frame
        A tidy frame that holds the areas and the comparator.
    to
        Code or name of the comparator.
    better
        ``"high"``, ``"low"`` or None for every series, or a mapping from series_id.

    Returns
    -------
    DataFrame
        With ``comparator_value``, ``comparison_95``, ``comparison_998``,
        ``comparison_reason`` (of the 95 per cent comparison).

    Raises
    ------
    StatisticsError
        When the comparator is not in the frame, or has two rows of one figure.
    """
    frame = as_frame(frame)
    base = comparator_rows(frame, to)
    names = list(SAME_FIGURE)
    joined = frame[names].merge(base, how="left", on=names, validate="many_to_one")
    own = is_area(frame, to)
    wanted = joined["comparator_value"].mask(own.to_numpy()).to_numpy()
    out = frame.assign(comparator_value=wanted)
    polarity = better_by_row(frame["series_id"], better)
    for level in (0.95, 0.998):
        word, reason = _compared(out, polarity, level)
        out[f"comparison_{level_name(level)}"] = word
        if level == DEFAULT_LEVELS[0]:
            out["comparison_reason"] = np.where(own, "the comparator itself", reason)
    return out


def _compared(out: pd.DataFrame, polarity: pd.Series, level: float) -> tuple[pd.Series, pd.Series]:
    word = pd.Series("", index=out.index, dtype=object)
    reason = word.copy()
    for side in polarity.unique():
        rows = polarity == side
        part = out.loc[rows]
        name = level_name(level)
        found = compare_with(
            part["value"],
            part[f"lower_{name}"],
            part[f"upper_{name}"],
            part["comparator_value"],
            better=side,
            level=level,
        )
        word[rows], reason[rows] = found.word, found.reason
    return word, reason
