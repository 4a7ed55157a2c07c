"""Whether a series that was read now may take the place of one of the snapshot.

It may where unit, kind of value, basis, years, ages, sexes and figures agree. Where they do
not, it becomes a series of its own, so that no figure changes its meaning under its name.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from hwb_analysis.errors import SourceError
from hwb_analysis.sources.live.reading import Reading
from hwb_analysis.sources.snapshot import SeriesInfo
from hwb_analysis.sources.snapshot_build import NewSeries

# Revisions stay far below; another table, unit or group of people does not.
FAR = 0.1
JOINED = ["area_code", "period_start", "period_end", "sex", "age", "category_type", "category"]
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Placed:
    """A series as it goes into the new snapshot, and how its definition differs, if it does."""

    new: NewSeries
    beside: str = ""
    differences: tuple[str, ...] = ()

    def with_frame(self, frame: pd.DataFrame, notes: Sequence[str]) -> Placed:
        """Return it with other rows, and with notes in its origin that say why."""
        if not notes:
            return self
        origin = {**self.new.origin, "notes": [*self.new.origin["notes"], *notes]}
        return replace(self, new=replace(self.new, frame=frame, origin=origin))


def place(
    reading: Reading, info: SeriesInfo | None, before: pd.DataFrame | None, gone: Collection[str]
) -> Placed:
    """Return the series under the name that it may have.

    Parameters
    ----------
    reading
        What was read.
    info, before
        The series of the snapshot that it stands for and its rows; None when there is none.
    gone
        Codes of areas that are no more: their rows need not come.

    Raises
    ------
    SourceError
        When rows that the snapshot holds are missing, or when the figures are older.
    """
    if not reading.stands_for or info is None or before is None:
        return Placed(_named(reading, reading.target, None))
    found = tuple(_differences(reading, info, before))
    if found:
        return Placed(_named(reading, _other_name(reading, info), None), info.id, found)
    _refuse_less(reading, before, gone)
    return Placed(_named(reading, info.id, info))


def _named(reading: Reading, series_id: str, info: SeriesInfo | None) -> NewSeries:
    origin_id = series_id.replace(":", "-")
    entry = dict(reading.entry)
    if info is not None:
        entry |= {"title": info.title, "multiplier": info.multiplier, "year_kind": info.year_kind}
        if reading.keeps_notes:
            entry["notes"] = list(info.notes)
    return NewSeries(
        series_id,
        reading.frame.assign(series_id=series_id, origin_id=origin_id),
        entry,
        {**reading.origin, "origin_id": origin_id},
    )


def _other_name(reading: Reading, info: SeriesInfo) -> str:
    if reading.series_id != info.id:
        return reading.series_id
    source, _, slug = info.id.partition(":")
    return f"{source}-live:{slug}"


def _differences(reading: Reading, info: SeriesInfo, before: pd.DataFrame) -> list[str]:
    entry, frame = reading.entry, reading.frame
    pairs = [
        ("unit", info.unit, str(entry["unit"])),
        ("kind of value", info.value_type, str(entry["value_type"])),
        ("basis", info.basis, str(entry["basis"])),
        ("years", _plain(info.year_kind), _plain(str(entry["year_kind"]))),
        ("ages", _all(before["age"]), _all(frame["age"])),
        ("sexes", _all(before["sex"]), _all(frame["sex"])),
    ]
    out = [f"{name} '{old}' before, '{new}' now" for name, old, new in pairs if old != new]
    apart = _apart(before, frame)
    if apart > FAR:
        out.append(f"figures of the same areas and periods lie {100 * apart:.0f} % apart")
    return out


def _plain(years: str) -> str:
    return years.replace("-", " ").casefold()


def _all(values: pd.Series[str]) -> str:
    return ", ".join(sorted(set(values)))


def _apart(before: pd.DataFrame, frame: pd.DataFrame) -> float:
    """Return the median distance of the figures of one key, relative to those before."""
    both = before[[*JOINED, "value"]].merge(frame[[*JOINED, "value"]], on=JOINED)
    both = both.loc[both["value_x"].notna() & both["value_y"].notna() & (both["value_x"] != 0)]
    if both.empty:
        return 0.0
    return float(((both["value_y"] - both["value_x"]) / both["value_x"]).abs().median())


def _refuse_less(reading: Reading, before: pd.DataFrame, gone: Collection[str]) -> None:
    frame = reading.frame
    old, new = before["period_end"].max(), frame["period_end"].max()
    if new < old:
        raise SourceError(
            f"figures up to {_label(before)} were expected, which the snapshot holds; those that "
            f"came end with {_label(frame)}",
            where=reading.target,
            remedy="an older release was read: take the newest one",
        )
    if frame["value"].isna().all():
        raise SourceError(
            f"figures were expected, all {len(frame):,} rows came without a value",
            where=reading.target,
            remedy="look at the file on the publisher's page: figures may have been withdrawn",
        )
    newest = before.loc[before["period_end"] == old]
    absent = sorted(set(newest["area_code"]) - set(frame["area_code"]) - set(gone))
    if absent:
        raise SourceError(
            f"rows of {newest['area_code'].nunique():,} areas were expected, {len(absent):,} are "
            f"missing, first {', '.join(absent[:SHOWN])}",
            where=reading.target,
            remedy="the source serves fewer areas than the snapshot holds: compare what was asked "
            "with the publisher's page",
        )


def _label(frame: pd.DataFrame) -> str:
    last = frame.loc[frame["period_end"] == frame["period_end"].max(), "period"]
    return str(last.iloc[0])
