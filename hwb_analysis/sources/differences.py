"""What differs between two releases of figures: new periods, revised and vanished rows.

Rows are joined by the key of the tidy frame without the vintage, since a newer release
of the same figure carries another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from hwb_analysis.frame import KEY, conform
from hwb_analysis.sources.snapshot import Snapshot

JOINED = [name for name in KEY if name != "vintage"]
COMPARED = ("value", "lower_95", "upper_95", "count", "denominator")
SHOWN = 3


@dataclass(frozen=True, slots=True)
class SeriesDifference:
    """What became of one series from one release to the next.

    ``new_periods`` and ``lost_periods`` are labels; ``revised`` counts the rows of the
    same key whose figures differ, ``largest`` is the largest change of a value,
    ``examples`` the first revised rows in words and ``gone`` the areas of rows that went.
    ``state`` is ``new``, ``vanished``, ``changed`` or ``same``.
    """

    series_id: str
    state: str
    new_periods: tuple[str, ...] = ()
    lost_periods: tuple[str, ...] = ()
    added: int = 0
    removed: int = 0
    revised: int = 0
    largest: float = 0.0
    examples: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def line(self) -> str:
        """Return what a person reads of it."""
        if self.state in ("new", "vanished", "same"):
            return f"{self.series_id}: {self.state}"
        parts = [
            f"new periods {', '.join(self.new_periods)}" if self.new_periods else "",
            f"periods gone {', '.join(self.lost_periods)}" if self.lost_periods else "",
            f"{self.added} rows added" if self.added else "",
            f"{self.removed} rows gone, of {', '.join(self.gone)}" if self.removed else "",
            f"{self.revised} rows revised, first: {'; '.join(self.examples)}"
            if self.revised
            else "",
        ]
        return f"{self.series_id}: {'. '.join(p for p in parts if p)}"

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for a machine."""
        return asdict(self)


def snapshot_differences(older: Snapshot, newer: Snapshot) -> Iterator[SeriesDifference]:
    """Yield what became of every series of two snapshots, but for those that are the same."""
    for series_id in sorted({*older.series, *newer.series}):
        if series_id not in newer.series:
            yield SeriesDifference(series_id, "vanished")
        elif series_id not in older.series:
            yield SeriesDifference(series_id, "new")
        else:
            found = series_difference(series_id, older.frame([series_id]), newer.frame([series_id]))
            if found.state != "same":
                yield found


def series_difference(series_id: str, older: pd.DataFrame, newer: pd.DataFrame) -> SeriesDifference:
    """Compare two releases of one series.

    Parameters
    ----------
    series_id
        The series, for the record.
    older, newer
        Tidy frames; of several vintages of one figure the newest counts.

    Examples
    --------
    >>> from hwb_analysis.sources.snapshot import current_snapshot
    >>> frame = current_snapshot().frame(["lait:gld"])
    >>> series_difference("lait:gld", frame, frame).state
    'same'
    """
    old, new = _newest(older), _newest(newer)
    both = old.merge(new, on=JOINED, how="outer", suffixes=("_old", "_new"), indicator=True)
    added, removed = both["_merge"] == "right_only", both["_merge"] == "left_only"
    shared = both.loc[both["_merge"] == "both"]
    revised = shared.loc[_differ(shared)]
    before, after = set(old["period"]), set(new["period"])
    changed = added.any() or removed.any() or len(revised)
    return SeriesDifference(
        series_id,
        "changed" if changed else "same",
        new_periods=_labels(new, after - before),
        lost_periods=_labels(old, before - after),
        added=int(added.sum()),
        removed=int(removed.sum()),
        revised=len(revised),
        largest=_largest(revised),
        gone=_areas(both.loc[removed, "area_old"]),
        examples=tuple(_words(row) for _, row in revised.head(SHOWN).iterrows()),
    )


def _newest(frame: pd.DataFrame) -> pd.DataFrame:
    ordered = conform(frame).sort_values("vintage", kind="stable")
    return ordered.drop_duplicates(JOINED, keep="last")


def _differ(shared: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.bool_]]:
    found = np.zeros(len(shared), dtype=bool)
    for name in COMPARED:
        old = shared[f"{name}_old"].to_numpy(dtype=float, na_value=np.nan)
        new = shared[f"{name}_new"].to_numpy(dtype=float, na_value=np.nan)
        found |= ~np.isclose(old, new, rtol=1e-9, atol=1e-9, equal_nan=True)
    return found


def _labels(frame: pd.DataFrame, names: set[str]) -> tuple[str, ...]:
    some = frame.loc[frame["period"].isin(names)].sort_values(["period_end", "period_start"])
    return tuple(dict.fromkeys(some["period"].astype(str)))


def _areas(names: pd.Series[str]) -> tuple[str, ...]:
    found = sorted(set(names))
    more = len(found) - SHOWN
    return (*found[:SHOWN], *([f"{more} more areas"] if more > 0 else []))


def _largest(revised: pd.DataFrame) -> float:
    step = (revised["value_new"] - revised["value_old"]).abs()
    return float(step.max()) if step.notna().any() else 0.0


def _words(row: pd.Series[Any]) -> str:
    before, after = _said(row["value_old"]), _said(row["value_new"])
    return f"{row['area_new']} {row['period_new']}: {before} to {after}"


def _said(value: float) -> str:
    return "missing" if pd.isna(value) else f"{value:g}"
