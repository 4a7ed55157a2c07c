"""Segments of a series: what the loader marked, and what a caller adds.

A frame from the loader carries ``segment``, the day on which the segment of a row starts
(empty in the first), and ``break_reason``. Nothing is tested across a break.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

SEGMENT, REASON = "segment", "break_reason"
# A break is a day, or its ISO form.
Breaks = Mapping[str, Sequence[date] | Sequence[str]]


def known_breaks(frame: pd.DataFrame, breaks: Breaks | None = None) -> dict[str, list[str]]:
    """Return the days after which each series starts anew: the frame's own and those given.

    Examples
    --------
    >>> frame = pd.DataFrame({"series_id": ["a:b", "a:b"], "segment": ["", "2021-09-01"]})
    >>> known_breaks(frame, {"a:b": ["2015-03-31"]})
    {'a:b': ['2015-03-31', '2021-08-31']}
    """
    found = {name: {str(day)[:10] for day in days} for name, days in (breaks or {}).items()}
    if SEGMENT in frame:
        marked = frame.loc[_marked(frame), ["series_id", SEGMENT]].drop_duplicates()
        for name, start in marked.itertuples(index=False):
            day = np.datetime64(start, "D") - np.timedelta64(1, "D")
            found.setdefault(str(name), set()).add(str(day))
    return {name: sorted(days) for name, days in found.items()}


def break_reasons(frame: pd.DataFrame) -> dict[str, str]:
    """Return the reason of the newest break that the frame marks, by series.

    Examples
    --------
    >>> break_reasons(pd.DataFrame({"series_id": ["a:b"], "segment": ["2021-09-01"],
    ...     "break_reason": ["a new assessment"]}))
    {'a:b': 'a new assessment'}
    """
    if SEGMENT not in frame or REASON not in frame:
        return {}
    rows = frame.loc[_marked(frame), ["series_id", SEGMENT, REASON]].drop_duplicates()
    newest = rows.sort_values(SEGMENT).groupby("series_id")[REASON].last()
    return {str(name): str(text) for name, text in newest.items()}


def _marked(frame: pd.DataFrame) -> pd.Series[bool]:
    return frame[SEGMENT].fillna("").astype("str") != ""


def with_segments(
    frame: pd.DataFrame, breaks: Mapping[str, Sequence[tuple[date, str]]]
) -> pd.DataFrame:
    """Return the frame with the segment of each row and the reason of its break.

    Parameters
    ----------
    breaks
        For each series the last day of a segment and why the next one differs.
    """
    segment = pd.Series("", index=frame.index, dtype="str")
    reason = segment.copy()
    for name, cuts in breaks.items():
        for day, why in sorted(cuts):
            after = (frame["series_id"] == name) & (frame["period_start"] > pd.Timestamp(day))
            segment = segment.mask(after, str(np.datetime64(day, "D") + np.timedelta64(1, "D")))
            reason = reason.mask(after, why)
    return frame.assign(**{SEGMENT: segment, REASON: reason})
