"""What a corrected table tells of the one before it, beyond what both say together.

When figures of a table change, the two versions contradict each other, and no single
table agrees with both. A reader then takes what is shown now for what stood behind the
gaps of before, but for the one group of people that was corrected: the county of then, less
the districts that did not change, is the small number that was withheld. So rows that were
withheld stay so while that would work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from hwb_analysis.disclosure.cells import Flags, Floats
from hwb_analysis.disclosure.known import reach_of, usable_pieces
from hwb_analysis.disclosure.pieces import Micro, microcells
from hwb_analysis.disclosure.system import Ints
from hwb_analysis.disclosure.table import SAME, Table, clusters, table_of

SLACK = 1e-5
ALONE = -1


def held_back(table: Table, hidden: Flags, versions: Sequence[pd.DataFrame]) -> Flags:
    """Return the shown rows that must be withheld, as a figure of an earlier version follows.

    Parameters
    ----------
    table
        The rows to protect, and the earlier ones.
    hidden
        Rows of the table that are withheld.
    versions
        The frames as they were published, each whole.
    """
    shown = np.flatnonzero(table.current & ~hidden)
    now = table.frame.iloc[shown].reset_index(drop=True)
    found = np.zeros(len(table.frame), dtype=np.bool_)
    for version in versions:
        pair = table_of(now, version, table.rule, table.structure)
        for _, own in sorted(pair.frame.groupby("series_id").indices.items()):
            for rows in clusters(pair.frame, np.asarray(own, dtype=np.int64)):
                found[shown[_given_away(pair, rows)]] = True
    return found


def _given_away(pair: Table, rows: Ints) -> Ints:
    """Return the rows of now, among these, that were withheld before and give that away."""
    twins = _twins(pair, rows)
    gaps = np.flatnonzero(pair.cells.withheld[rows] & ~pair.current[rows])
    filled = gaps[twins[gaps] != ALONE]
    if filled.size and any(
        _narrowed(pair, rows, figures, gaps, twins) for figures in _figures(pair, rows)
    ):
        return np.asarray(rows[twins[filled]], dtype=np.int64)
    return np.empty(0, dtype=np.int64)


def _twins(pair: Table, rows: Ints) -> Ints:
    """Return the place of each row's twin in the other version, if it has one."""
    found = np.full(rows.size, ALONE, dtype=np.int64)
    place: dict[tuple[object, ...], int] = {}
    for i, key in enumerate(pair.frame[SAME].iloc[rows].itertuples(index=False, name=None)):
        if key in place:
            found[i], found[place[key]] = place[key], i
        place[key] = i
    return found


def _figures(pair: Table, rows: Ints) -> Iterator[Floats]:
    yield pair.cells.people
    if pair.guarded[rows].any():
        yield np.where(pair.guarded, pair.cells.denominator, np.nan)


def _narrowed(pair: Table, rows: Ints, figures: Floats, gaps: Ints, twins: Ints) -> bool:
    """Say whether a gap is told, whichever one group of people was corrected."""
    micro = microcells(pair.frame.iloc[rows], pair.structure)
    low, high = pair.shown(rows, figures)
    if usable_pieces(micro, low, high) is not None:
        # Nothing was revised: both versions are attacked together anyway.
        return False
    # What was shown then is known of then; what is shown now stands for the gaps only.
    then = pair.current[rows] & (twins != ALONE) & ~pair.cells.withheld[rows[twins]]
    low, high = np.where(then, 0.0, low), np.where(then, np.inf, high)
    filled = twins[gaps[twins[gaps] != ALONE]]
    touching = micro.sums[filled].tocsc()
    groups = [np.empty(0, dtype=np.int64)]
    for column in np.flatnonzero(np.diff(touching.indptr)).tolist():
        groups.append(filled[touching[:, [column]].nonzero()[0]])
    seen = {tuple(group.tolist()): group for group in groups}
    return any(_told(micro, low, high, gaps, twins, group, pair) for group in seen.values())


def _told(
    micro: Micro, low: Floats, high: Floats, gaps: Ints, twins: Ints, moved: Ints, pair: Table
) -> bool:
    """Say whether a gap is narrowed too far when only these rows of now are not as of then."""
    least, most = low.copy(), high.copy()
    least[moved], most[moved] = 0.0, np.inf
    usable = usable_pieces(micro, least, most)
    if usable is None:
        return False
    sums = micro.sums[:, usable]
    # A gap that a row of now fills is as large as that row, which may be shown.
    asked = gaps[(twins[gaps] == ALONE) | np.isin(twins[gaps], moved)]
    spans = (reach_of(sums, least, most, gap) for gap in asked.tolist())
    return any(last - first < pair.rule.width - SLACK for first, last in spans)
