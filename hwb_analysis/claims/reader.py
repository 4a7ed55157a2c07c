"""Rows of the snapshot as recipes name them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import pandas as pd

from hwb_analysis.claims.judge import printed_number
from hwb_analysis.claims.model import ClaimsFile, Finding
from hwb_analysis.claims.recipes import Recipe, Select
from hwb_analysis.errors import HwbError, RegistryError, did_you_mean
from hwb_analysis.sources.snapshot import Snapshot
from hwb_analysis.stats.verbs import with_limits
from hwb_analysis.strategy.model import Strategy

PERSONS = "Persons"
PUBLISHED = "published"
LIMITS = {
    PUBLISHED: "interval as published",
    "wilson": "interval worked out from the published counts (Wilson's method)",
    "byar": "interval worked out from the published counts (Byar's method)",
    "exact": "interval worked out from the published counts (exact method)",
}


class NoFigureError(HwbError):
    """The snapshot has no figure for what a recipe names; the statement cannot be tested."""


class Reader:
    """Reads what recipes name: rows of series, printed figures of other claims.

    Parameters
    ----------
    strategy, snapshot, claims
        The registry, the figures and the file of claims.

    Raises
    ------
    RegistryError
        When a recipe names a series that the snapshot does not hold; all are named at once.
    """

    def __init__(self, strategy: Strategy, snapshot: Snapshot, claims: ClaimsFile) -> None:
        self.strategy = strategy
        self.snapshot = snapshot
        self.claims = claims
        self._series = _read(snapshot, claims)

    @cached_property
    def lookup(self) -> pd.DataFrame:
        """Return the small areas of the strategy's area."""
        lookup = self.snapshot.lsoa_lookup()
        own: pd.DataFrame = lookup.loc[lookup["county_code"] == self.strategy.area.code]
        return own

    @cached_property
    def small_areas(self) -> frozenset[str]:
        """Return the codes of the area's small areas, those of 2011 and those of 2021."""
        own = self.lookup["lsoa21_code"]
        pairs = pd.read_csv(self.snapshot.checked("lookup-lsoa11-lsoa21"))
        older = pairs.loc[pairs["lsoa21_code"].isin(own), "lsoa11_code"]
        return frozenset({*own, *older})

    def title(self, series: str) -> str:
        """Return what a series counts, without what is said of its edition and its groups."""
        info = self.snapshot.series.get(series)
        title = info.title if info is not None else series
        return title.partition(", decile")[0].partition(" (derived")[0]

    def comparator(self, code: str) -> str:
        """Return the code of the comparator: the nation where none is named."""
        return code or self.strategy.area.nation.code

    def rows(self, select: Select, codes: Iterable[str] | None = None) -> pd.DataFrame:
        """Return the rows that are meant, oldest first, with limits where counts make them."""
        frame = self._series[select.series]
        wanted = frame["vintage"] == (select.vintage or frame["vintage"].max())
        wanted &= frame["category"] == select.category
        if codes is not None:
            wanted &= frame["area_code"].isin(list(codes))
        if select.age:
            wanted &= frame["age"] == select.age
        rows = frame.loc[wanted]
        sex = select.sex or (PERSONS if PERSONS in set(rows["sex"]) else "")
        rows = rows.loc[rows["sex"] == sex] if sex else rows
        rows = rows.sort_values(["period_end", "period_start"]).reset_index(drop=True)
        return with_limits(rows) if len(rows) else rows

    def own(self, select: Select) -> pd.DataFrame:
        """Return the rows of the one area that is meant."""
        return self.rows(select, [select.area or self.strategy.area.code])

    def between(self, select: Select, first: str, last: str) -> pd.DataFrame:
        """Return the rows with a figure from a first period to a last; both must be there."""
        rows = self.own(select)
        start, end = (one_of(rows, period, select.series) for period in (first, last))
        inside = (rows["period_end"] >= start["period_end"]) & (
            rows["period_end"] <= end["period_end"]
        )
        kept: pd.DataFrame = rows.loc[inside & rows["value"].notna()].reset_index(drop=True)
        return kept

    def printed(self, reference: str) -> float:
        """Return a printed figure by claim, or by claim and number of its part (``A-1/2``)."""
        claim_id, _, place = reference.partition("/")
        for claim in self.claims.claims:
            if claim.id == claim_id:
                return printed_number(claim.parts[int(place or 1) - 1].says)[0]
        known = [claim.id for claim in self.claims.claims]
        raise RegistryError(f"there is no claim '{claim_id}'", remedy=did_you_mean(claim_id, known))


def recipes_of(claims: ClaimsFile) -> Iterator[Recipe]:
    """Yield every recipe of a file, those shown beside a statement included."""
    for claim in claims.claims:
        yield from (part.recipe for part in claim.parts if part.recipe is not None)
        yield from (near.recipe for near in claim.beside)


def _read(snapshot: Snapshot, claims: ClaimsFile) -> dict[str, pd.DataFrame]:
    ids = list(dict.fromkeys(s for r in recipes_of(claims) for s in r.series_ids))
    unknown = [s for s in ids if s not in snapshot.series]
    if unknown:
        raise RegistryError(
            f"the snapshot {snapshot.name} has no series {', '.join(unknown)}",
            where="recipes of the claims",
            remedy=did_you_mean(unknown[0], list(snapshot.series)),
        )
    frame = snapshot.frame(ids, vintage="all")
    # Every step of pandas copies what is noted on a frame, and nothing here reads it.
    frame.attrs = {}
    return {str(name): rows for name, rows in frame.groupby("series_id", sort=False)}


def one_of(rows: pd.DataFrame, period: str, series: str) -> pd.Series[Any]:
    """Return the one row of a period.

    Raises
    ------
    NoFigureError
        When there is none, or its value is missing; with the reason.
    RegistryError
        When there are several: the recipe then has to name a sex or an age.
    """
    found = rows.loc[rows["period"] == period]
    if len(found) > 1:
        raise RegistryError(
            f"{series} has {len(found)} figures for {period}",
            remedy="give the recipe its sex, age or category",
        )
    if found.empty:
        held = f", its newest is of {rows['period'].iloc[-1]}" if len(rows) else ""
        raise NoFigureError(f"{series} for {period}{held}")
    row = found.iloc[0]
    if pd.isna(row["value"]):
        raise NoFigureError(f"{series} for {period}: {row['note'] or row['status']}")
    return row


def finding_of(row: pd.Series[Any], **more: Any) -> Finding:
    """Return the figure of a row as a finding, with what else is known."""
    known = {
        "value": float(row["value"]),
        "lower_95": float(row["lower_95"]),
        "upper_95": float(row["upper_95"]),
        "unit": str(row["unit"]),
        "period": str(row["period"]),
        "vintage": str(row["vintage"]),
        "series_id": str(row["series_id"]),
        "method": _how(row),
    }
    return Finding(**{**known, **more})


def _how(row: pd.Series[Any]) -> str:
    if pd.isna(row["lower_95"]):
        return "published figure, no interval"
    told = str(row["method"]) or PUBLISHED
    return f"published figure, {LIMITS.get(told, told)}"
