"""Fuel poverty: all authorities 2011 to 2022 in two definitions, small areas of the county 2021."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hwb_analysis.frame import conform
from hwb_analysis.periods import parse_period
from tools.compile_snapshot.areas import AUTHORITIES, ENGLAND, Footprint, area_types, authorities
from tools.compile_snapshot.compiled import (
    Compiled,
    Ledger,
    Source,
    entry,
    read_csv,
    with_periods,
)
from tools.compile_snapshot.plain import plain_names

FILE = "figures/desnz_fuel_poverty_all_areas_2011_2022.csv.gz"
SMALL = "smallarea/fuel_poverty_2021_lsoa21_leicestershire.csv"
NEW, OLD, LSOA = "desnz:fuel-poverty", "desnz:fuel-poverty-lihc", "desnz:fuel-poverty-lsoa"
SERIES = {"LILEE": NEW, "LIHC": OLD}
FIRST_YEAR = 2011
ENGLISH = ("E92", "E12", "E10", "E06", "E07", "E08", "E09")
COUNTIES = "ceremonial county (includes cities)"
MODELLED = (
    "Modelled by the publisher from the English Housing Survey: shown and ranked, never tested."
)
OTHER = (
    "Two definitions: low income and high costs to 2018, low income and low energy efficiency from "
    "2019. They are two series here and are never joined."
)
BASE = (
    "Household counts of some areas jump between 2020 and 2021, far more than homes were built, so "
    "percentages on the two sides rest on different counts."
)
SUMMED = {ENGLAND: "sum of the nine regions", "county": "sum of the districts"}
MADE = "Rows in count the sums that are made here: England to 2018, the county in 2011."
NOTES = (MODELLED, OTHER, BASE)
SMALL_NOTES = (
    MODELLED,
    "Households were recovered from the exact fraction printed; where the fraction could stand for "
    "several pairs of counts the row says so.",
    "Small areas add to ten households fewer than the district tables.",
)

AUTHORITY = (
    "public repository Conall66/Fuel-Poverty-UK-Project, "
    "commit 8238fa5e3608d92eabbdd6ed701c8d29acd08684 (the original workbooks)"
)
LOCAL = (
    "public repository blackwellrd/fuel_poverty_refined, "
    "commit 0ee3e81bc8a663ff64f6a5b11223a8be17626483 (4 September 2023)"
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return the authority tables and the small areas, one file each."""
    path = source_dir / FILE
    raw = read_csv(path, ["year", "definition", "level", "area_code", "households", "percent"])
    ledger = Ledger(len(raw))
    frame = _tidy(_placed(raw, ledger, source_dir))
    return [
        Compiled(
            file="fuel_poverty.parquet",
            frame=conform(frame),
            source=_source(
                "desnz-fuel-poverty", "by authority, data years 2011 to 2022", AUTHORITY
            ),
            inputs=[path, source_dir / AUTHORITIES],
            ledger=ledger,
            series={NEW: _entry(NEW), OLD: _entry(OLD)},
            notes=(*NOTES, MADE),
        ),
        _small(source_dir / SMALL),
    ]


def _placed(raw: pd.DataFrame, ledger: Ledger, source_dir: Path) -> pd.DataFrame:
    """Give every row kept its code, and add the sums that the workbooks do not print."""
    kept = ledger.keep(raw, raw["level"] != COUNTIES, "ceremonial counties, which hold cities")
    later = kept.loc[kept["definition"] == "LILEE"]
    again = kept.index.isin(later.index[later["area_code"].isna()])
    kept = ledger.keep(kept, pd.Series(~again, index=kept.index), "regions printed a second time")
    region = kept["area_code"].isna() & (kept["level"] == "region")
    kept = kept.assign(area=plain_names(kept["area_name"]))
    kept.loc[region, "area_code"] = kept.loc[region, "area"].map(_regions(source_dir))
    first = _first_year(kept.loc[kept["year"] == FIRST_YEAR], source_dir, ledger)
    kept = pd.concat([first, kept.loc[kept["year"] != FIRST_YEAR]], ignore_index=True)
    english = kept["area_code"].str[:3].isin(ENGLISH)
    kept = ledger.keep(kept, english, "metropolitan counties and parts of London")
    twice = kept.duplicated(["year", "area_code"])
    kept = ledger.keep(kept, ~twice, "unitary authorities printed in two tables, alike")
    sums = _sums(kept, source_dir)
    ledger.rows_in += sum(len(part) for part in sums)
    return pd.concat([kept.assign(note=""), *sums], ignore_index=True)


def _regions(source_dir: Path) -> dict[str, str]:
    upper = authorities(source_dir)
    known = dict(zip(upper["region24_name"], upper["region24_code"], strict=True))
    spelled = {name.replace(" The ", " the "): code for name, code in known.items()}
    return {**known, **spelled, "East": known["East of England"]}


def _first_year(first: pd.DataFrame, source_dir: Path, ledger: Ledger) -> pd.DataFrame:
    """Find the areas of the county by name: the first year prints codes no longer in use."""
    footprint, upper = Footprint.read(), authorities(source_dir)
    near = (upper["utla23_code"] == footprint.county) | upper["ltla23_code"].isin(
        footprint.neighbours
    )
    ours = upper.loc[near]
    named = dict(zip(ours["ltla23_name"], ours["ltla23_code"], strict=True))
    code = first["area_name"].map(named).where(first["level"] != "region", first["area_code"])
    first = first.assign(area_code=code)
    reason = "2011, areas elsewhere, under codes no longer in use"
    return ledger.keep(first, first["area_code"].notna(), reason)


def _sums(kept: pd.DataFrame, source_dir: Path) -> list[pd.DataFrame]:
    """Add England before 2019 from its regions and the county of the first year."""
    footprint, upper = Footprint.read(), authorities(source_dir)
    own = upper.loc[upper["utla23_code"] == footprint.county]
    old = kept["definition"] == "LIHC"
    regions = kept.loc[old & (kept["level"] == "region")]
    inside = kept.loc[(kept["year"] == FIRST_YEAR) & kept["area_code"].isin(own["ltla23_code"])]
    county = str(own["utla23_name"].iloc[0])
    return [
        _sum(regions, ENGLAND, "England", SUMMED[ENGLAND]),
        _sum(inside, footprint.county, county, SUMMED["county"]),
    ]


def _sum(rows: pd.DataFrame, code: str, area: str, note: str) -> pd.DataFrame:
    columns = ["households", "fuel_poor_households"]
    summed = rows.groupby(["year", "definition"], as_index=False)[columns].sum()
    percent = 100 * summed["fuel_poor_households"] / summed["households"]
    return summed.assign(area_code=code, area=area, percent=percent, note=note)


def _tidy(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.assign(
        series_id=frame["definition"].map(SERIES),
        area=frame["area"].replace({"East": "East of England"}),
        area_type=area_types(frame["area_code"]),
        count=frame["fuel_poor_households"],
        denominator=frame["households"],
        value=frame["percent"],
        status=(frame["note"] != "").map({True: "derived", False: "ok"}),
        vintage="2024-12",
        origin_id="desnz-fuel-poverty",
    )
    return with_periods(_common(frame), [parse_period(str(year)) for year in frame["year"]])


def _small(path: Path) -> Compiled:
    raw = read_csv(path, ["lsoa21_code", "lsoa21_name", "households_recovered", "ambiguous"])
    frame = raw.assign(
        series_id=LSOA,
        area_code=raw["lsoa21_code"],
        area=raw["lsoa21_name"],
        area_type="LSOA",
        count=raw["fuel_poor_households_recovered"],
        denominator=raw["households_recovered"],
        value=100 * raw["fuel_poor_proportion"],
        status="derived",
        note=raw["ambiguous"].map(
            {
                True: "households recovered from the printed fraction, which fits several counts",
                False: "households recovered from the printed fraction",
            }
        ),
        vintage="2023-09",
        origin_id="desnz-fuel-poverty-lsoa",
    )
    frame = with_periods(_common(frame), [parse_period("2021")] * len(frame))
    return Compiled(
        file="fuel_poverty_lsoa.parquet",
        frame=conform(frame),
        source=_source("desnz-fuel-poverty-lsoa", "by small area, data year 2021", LOCAL),
        inputs=[path],
        ledger=Ledger(len(raw)),
        series={LSOA: _entry(LSOA)},
        notes=SMALL_NOTES,
    )


def _common(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(
        sex="Not applicable", age="households", unit="%", basis="modelled", grade="C"
    )


def _entry(series_id: str) -> dict[str, object]:
    kind = "low income, high costs" if series_id == OLD else "low income, low energy efficiency"
    return entry(
        f"Households in fuel poverty ({kind})",
        "%",
        "proportion",
        basis="modelled",
        year_kind="calendar",
        notes=list(SMALL_NOTES if series_id == LSOA else NOTES),
    )


def _source(origin_id: str, what: str, via: str) -> Source:
    return Source(
        origin_id=origin_id,
        publisher="Department for Energy Security and Net Zero",
        title=f"Sub-regional fuel poverty, {what}",
        release=what,
        attribution="Source: Department for Energy Security and Net Zero, sub-regional fuel "
        "poverty. Contains public sector information licensed under the Open Government "
        "Licence v3.0.",
        obtained_via=via,
    )
