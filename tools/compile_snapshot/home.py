"""The areas that a source always keeps: county, its districts, neighbours, region and England."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from tools.compile_snapshot.areas import AUTHORITIES, ENGLAND, Footprint
from tools.compile_snapshot.compiled import Ledger, read_csv

OTHER_AREAS = "areas outside the county, its neighbours, its region and England"
NAMES = ["ltla23_code", "ltla23_name", "utla23_code", "utla23_name", "region24_code"]
GROUP = ("series_id", "vintage", "sex", "age")
NUMBERS = (
    "count",
    "denominator",
    "value",
    "lower_95",
    "upper_95",
    "lower_998",
    "upper_998",
)


@dataclass(frozen=True, slots=True)
class Home:
    """Codes of the county's own areas and of those it is set beside."""

    county: str
    name: str
    region: str
    districts: tuple[str, ...]
    neighbours: tuple[str, ...]

    @classmethod
    def read(cls, source_dir: Path) -> Home:
        """Read the footprint and look its districts and region up."""
        footprint = Footprint.read()
        areas = read_csv(source_dir / AUTHORITIES, NAMES)
        own = areas.loc[areas["utla23_code"] == footprint.county]
        return cls(
            county=footprint.county,
            name=str(own["utla23_name"].iloc[0]),
            region=str(own["region24_code"].iloc[0]),
            districts=tuple(sorted(own["ltla23_code"])),
            neighbours=footprint.neighbours,
        )

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes, England included."""
        return (self.county, *self.districts, *self.neighbours, self.region, ENGLAND)

    def keep(self, frame: pd.DataFrame, ledger: Ledger, column: str = "area_code") -> pd.DataFrame:
        """Return the rows of these areas and book the others."""
        return ledger.keep(frame, frame[column].isin(self.codes), OTHER_AREAS)

    def without_county(self, frame: pd.DataFrame, reason: str) -> pd.DataFrame:
        """Add a row for the county, without a value and with the reason, to each newest period.

        A table of districts says nothing of the county. The row keeps a reader from
        taking the silence for a fault, and carries the reason to every page.
        """
        england = frame.loc[(frame["area_code"] == ENGLAND) & (frame["category_type"] == "")]
        newest = england["period_end"] == england.groupby(list(GROUP))["period_end"].transform(
            "max"
        )
        served = frame.loc[frame["area_code"] == self.county, "series_id"].unique()
        rows = england.loc[newest & ~england["series_id"].isin(served)].assign(
            area_code=self.county,
            area=self.name,
            area_type="County",
            method="",
            grade="D",
            status="missing",
            note=reason,
        )
        rows[list(NUMBERS)] = float("nan")
        return pd.concat([frame, rows], ignore_index=True)


def united(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return frames of one layout below each other."""
    return pd.concat(list(frames), ignore_index=True)
