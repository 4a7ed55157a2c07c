"""Compare the portal's look-ups with those of the snapshot; nothing is taken over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from hwb_analysis.errors import HwbError
from hwb_analysis.sources.live.arcgis import ArcGis, Layer, layer
from hwb_analysis.sources.snapshot import Snapshot
from hwb_analysis.strategy.model import Strategy

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Compared:
    """What became of one look-up: ``same``, ``changed``, or ``failed``, and in words."""

    origin_id: str
    state: str
    text: str
    fault: HwbError | None = None


def compare_lookups(portal: ArcGis, known: Snapshot, strategy: Strategy) -> Iterator[Compared]:
    """Yield what the portal says of every look-up that the snapshot holds.

    Rows are compared by the layer's key, for the districts of the strategy, or for the small
    areas of the snapshot's own look-up.
    """
    codes = ", ".join(f"'{d.code}'" for d in strategy.area.districts)
    try:
        for name in portal.list():
            told = layer(name)
            if told.compare not in known.origins:
                continue
            try:
                where = f"{told.within} IN ({codes})" if told.within else "1=1"
                found = portal.query(told, where)
                yield _compared(told, _own(known, told), found.rename(columns=dict(told.columns)))
            except HwbError as error:
                yield Compared(told.compare, "failed", told.title, error)
    finally:
        portal.fetcher.close()


def _own(known: Snapshot, told: Layer) -> pd.DataFrame:
    path = known.checked(told.compare)
    if path.suffix == ".parquet":
        return pd.read_parquet(path).astype("str")
    return pd.read_csv(path, dtype="str")


def _compared(told: Layer, own: pd.DataFrame, theirs: pd.DataFrame) -> Compared:
    names = list(told.columns.values())
    key = [told.columns[k] for k in told.key]
    if not told.within:
        theirs = theirs.loc[theirs[key[0]].isin(own[key[0]])]
    both = own[names].merge(theirs[names], on=key, how="outer", suffixes=("_own", "_theirs"),
                            indicator="side")  # fmt: skip
    rest = [n for n in names if n not in key]
    here, there = both["side"] == "left_only", both["side"] == "right_only"
    differs = pd.Series(False, index=both.index)
    for name in rest:
        differs |= both[f"{name}_own"] != both[f"{name}_theirs"]
    differs &= both["side"] == "both"
    parts = [
        f"{int(rows.sum())} rows {word}, first {', '.join(both.loc[rows, key[-1]].head(SHOWN))}"
        for rows, word in ((there, "new"), (here, "gone"), (differs, "changed"))
        if rows.any()
    ]
    if not parts:
        return Compared(told.compare, "same", f"{told.title}: {len(own):,} rows alike")
    return Compared(told.compare, "changed", f"{told.title}: {'; '.join(parts)}")
