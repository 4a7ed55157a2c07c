"""Which rows of a series are wanted: for some areas, within some days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from hwb_analysis.errors import UsageError

if TYPE_CHECKING:
    from pyarrow.compute import Expression

Days = tuple[str | date, str | date]


@dataclass(frozen=True, slots=True)
class Selection:
    """Areas by code or name, and the first and last day of periods; None means all.

    The same rows are chosen from a frame (:meth:`of`) and, before they are read, from a
    Parquet file (:meth:`expression`).

    Examples
    --------
    >>> from hwb_analysis.sources.snapshot import current_snapshot
    >>> frame = current_snapshot().frame(["cover:mmr2-5y"])
    >>> chosen = selection(["England"], ("2022-04-01", "2024-03-31"))
    >>> chosen.of(frame)["period"].tolist()
    ['2022/23', '2023/24']
    """

    areas: tuple[str, ...] | None = None
    days: tuple[pd.Timestamp, pd.Timestamp] | None = None

    @property
    def everything(self) -> bool:
        """Say whether every row is wanted."""
        return self.areas is None and self.days is None

    def of(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the wanted rows of a tidy frame, in their order and with its attributes."""
        if self.everything:
            return frame
        kept = pd.Series(True, index=frame.index)
        if self.areas is not None:
            names = frame["area"].str.lower().isin(_lower(self.areas))
            kept &= frame["area_code"].isin(self.areas) | names
        if self.days is not None:
            kept &= (frame["period_start"] >= self.days[0]) & (frame["period_end"] <= self.days[1])
        return frame.loc[kept].reset_index(drop=True)

    def expression(self) -> Expression | None:
        """Return the same as a filter for reading Parquet; None when every row is wanted."""
        from pyarrow import compute

        found: list[Any] = []
        if self.areas is not None:
            chosen = compute.field("area_code").isin(list(self.areas))
            # Groups of rows know their codes and can be passed over; a name must be read.
            if not all(map(_is_code, self.areas)):
                lower = compute.utf8_lower(compute.field("area"))
                chosen = chosen | lower.isin(_lower(self.areas))
            found.append(chosen)
        if self.days is not None:
            found.append(compute.field("period_start") >= self.days[0].to_pydatetime())
            found.append(compute.field("period_end") <= self.days[1].to_pydatetime())
        if not found:
            return None
        first, *others = found
        for other in others:
            first = first & other
        return first


def selection(areas: Iterable[str] | None = None, periods: Days | None = None) -> Selection:
    """Return a selection from what a caller gave.

    Parameters
    ----------
    areas
        Codes or names of areas, names in any case; None for all.
    periods
        First and last day, as dates or ISO text; a row is kept when the whole of its
        period lies between them. None for all.

    Raises
    ------
    UsageError
        When a day cannot be read, or the last one lies before the first.
    """
    named = None if areas is None else tuple(dict.fromkeys(map(str, areas)))
    return Selection(named, None if periods is None else _days(periods))


def _days(periods: Days) -> tuple[pd.Timestamp, pd.Timestamp]:
    try:
        first, last = (pd.Timestamp(date.fromisoformat(str(day))) for day in periods)
    except (TypeError, ValueError) as error:
        raise UsageError(
            f"a first and a last day were expected as periods, came {periods!r}",
            remedy="give two days, such as ('2015-04-01', '2024-03-31')",
        ) from error
    if last < first:
        raise UsageError(
            f"the last day, {last:%Y-%m-%d}, lies before the first, {first:%Y-%m-%d}",
            remedy="give the earlier day first",
        )
    return first, last


def _is_code(area: str) -> bool:
    # A letter for the country and eight digits, as all codes of official areas are.
    return len(area) == 9 and area[0].isupper() and area[1:].isdigit()


def _lower(areas: Iterable[str]) -> list[str]:
    return [area.lower() for area in areas]
