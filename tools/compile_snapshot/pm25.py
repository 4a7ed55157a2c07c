"""Share of deaths attributable to fine particles in the air, districts, region and England."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hwb_analysis.frame import conform
from hwb_analysis.periods import parse_period
from tools.compile_snapshot.areas import AUTHORITIES, area_types
from tools.compile_snapshot.compiled import (
    Compiled,
    Ledger,
    Source,
    entry,
    read_csv,
    with_periods,
)
from tools.compile_snapshot.home import Home

FILE = "indicators/england/ons_sdg_3_9_1_pm25_mortality_fraction.csv.gz"
NEW, OLD = "ons-sdg:pm-mortality", "ons-sdg:pm-mortality-old"
NOTES = (
    "Modelled by the publishers: no limits, never tested.",
    "Two methods, the new one from 2018: their levels differ and they are two series.",
    "Districts, unitary authorities, regions and England; counties with districts are not printed, "
    "and no mean of districts is made here.",
)
NO_COUNTY = "printed for districts and unitary authorities, not for counties with districts"
TENTHS = "England by tenth of deprivation: the tenths stand in another order in 2018 than later"
UNEXPLAINED = "Normal value"


def compile(source_dir: Path) -> list[Compiled]:
    """Return both methods for all areas, the county as a row that says why it has no figure."""
    path = source_dir / FILE
    raw = read_csv(path, ["Year", "Series", "Local authority", "Deprivation decile", "Value"])
    ledger = Ledger(len(raw))
    raw = ledger.keep(raw, raw["Deprivation decile"].isna(), TENTHS)
    frame = Home.read(source_dir).without_county(conform(_tidy(raw)), NO_COUNTY)
    ledger.rows_in += len(frame) - len(raw)
    return [
        Compiled(
            file="pm25.parquet",
            frame=conform(frame),
            source=_source(),
            inputs=[path, source_dir / AUTHORITIES],
            ledger=ledger,
            series={
                NEW: _entry("new method, from 2018"),
                OLD: _entry("old method, to 2019"),
            },
            notes=(*NOTES, "Rows in count the rows that say why the county has no figure."),
        )
    ]


def _tidy(raw: pd.DataFrame) -> pd.DataFrame:
    names = raw["Local authority"].fillna(raw["Region"]).fillna("England")
    absent = raw["Value"].isna()
    remark = raw["Observation status"].where(raw["Observation status"] != UNEXPLAINED, "")
    frame = pd.DataFrame({"area_code": raw["area_code"], "area": names}).assign(
        series_id=raw["Series"].str.contains("new method").map({True: NEW, False: OLD}),
        area_type=area_types(raw["area_code"]),
        sex="Persons",
        age="30+",
        value=raw["Value"],
        unit="%",
        basis="modelled",
        grade="C",
        status=absent.map({True: "missing", False: "ok"}),
        note=remark.mask(absent, "not printed by the publisher"),
        vintage="2025-09",
        origin_id="ons-sdg",
    )
    return with_periods(frame, [parse_period(str(year)) for year in raw["Year"]])


def _entry(method: str) -> dict[str, object]:
    return entry(
        f"Deaths attributable to fine particles in the air ({method})",
        "%",
        "proportion",
        basis="modelled",
        year_kind="calendar",
        notes=list(NOTES),
    )


def _source() -> Source:
    return Source(
        origin_id="ons-sdg",
        publisher="Office for National Statistics",
        title="Sustainable Development Goals 3.9.1, deaths attributable to particulate pollution",
        release="2010 to 2021, as held in September 2025",
        attribution="Source: Office for National Statistics licensed under the Open Government "
        "Licence v3.0, with figures of the Office for Health Improvement and Disparities.",
        obtained_via="public repository ONSdigital/sdg-data, "
        "commit b68b9d92341d106c2ce1535d6efe7cc0a30b322c",
    )
