"""Adult social care outcomes of every authority, 2015/16 to 2022/23."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hwb_analysis.frame import conform
from hwb_analysis.periods import parse_period
from tools.compile_snapshot.areas import area_types
from tools.compile_snapshot.compiled import (
    Compiled,
    Ledger,
    Source,
    entry,
    read_csv,
    with_periods,
)

FILE = "indicators/england/oflog_adult_social_care.csv.gz"
ORIGIN, VINTAGE = "oflog", "2024-06"
# code of the file: slug, unit, type, basis, age, title
MEASURES: dict[str, tuple[str, str, str, str, str, str]] = {
    "ASC1": (
        "carer-quality-of-life",
        "score out of 12",
        "score",
        "survey",
        "18 and over",
        "Quality of life that unpaid carers report",
    ),
    "ASC2": (
        "care-quality-of-life",
        "score",
        "score",
        "survey",
        "18 and over",
        "Effect of care on quality of life, adjusted",
    ),
    "ASC3": (
        "information-users",
        "%",
        "proportion",
        "survey",
        "18 and over",
        "People in care who find information about services easily",
    ),
    "ASC4": (
        "information-carers",
        "%",
        "proportion",
        "survey",
        "18 and over",
        "Unpaid carers who find information about support easily",
    ),
    "ASC5": (
        "short-term-care-outcome",
        "%",
        "proportion",
        "register",
        "18 and over",
        "New clients with short-term care who needed less or no care after it",
    ),
    "ASC6": (
        "requests-with-service",
        "per 100,000",
        "rate",
        "register",
        "18 and over",
        "Requests for support that led to a service",
    ),
    "ASC7": (
        "workforce-turnover",
        "%",
        "proportion",
        "survey",
        "care staff",
        "Care staff who left within the year",
    ),
}
NOTES = (
    "Values as collated by the Office for Local Government; no limits and no England row there: "
    "shown, not compared.",
    "The survey of carers is held every two years; no survey has figures for 2020/21.",
)
ABSENT = "no value in the collation"
LOW_START = "2015-16"
ODD = "2015/16 counts far fewer requests than every later year: not comparable"


def compile(source_dir: Path) -> list[Compiled]:
    """Return the seven measures of all authorities."""
    path = source_dir / FILE
    raw = read_csv(path, ["Financial year", "area_code", "Local authority name", "Code", "Value"])
    return [
        Compiled(
            file="adult_social_care.parquet",
            frame=conform(_tidy(raw)),
            source=_source(),
            inputs=[path],
            ledger=Ledger(len(raw)),
            series=_entries(),
            notes=NOTES,
        )
    ]


def _tidy(raw: pd.DataFrame) -> pd.DataFrame:
    told = [MEASURES[code] for code in raw["Code"]]
    absent = raw["Value"].isna()
    odd = (raw["Code"] == "ASC6") & (raw["Financial year"] == LOW_START)
    status = absent.map({True: "missing", False: "ok"}).mask(odd & ~absent, "not_comparable")
    frame = pd.DataFrame(
        {
            "series_id": [f"{ORIGIN}:{spec[0]}" for spec in told],
            "area_code": raw["area_code"],
            "area": raw["Local authority name"],
            "age": [spec[4] for spec in told],
            "unit": [spec[1] for spec in told],
            "basis": [spec[3] for spec in told],
            "value": raw["Value"],
            "status": status,
            "note": pd.Series("", index=raw.index).mask(absent, ABSENT).mask(odd & ~absent, ODD),
        }
    ).assign(
        area_type=area_types(raw["area_code"]),
        sex="Persons",
        grade="C",
        vintage=VINTAGE,
        origin_id=ORIGIN,
    )
    years = [parse_period(year.replace("-", "/")) for year in raw["Financial year"]]
    return with_periods(frame, years)


def _entries() -> dict[str, dict[str, object]]:
    return {
        f"{ORIGIN}:{slug}": entry(
            title, unit, kind, basis=basis, year_kind="financial", notes=list(NOTES)
        )
        for slug, unit, kind, basis, _, title in MEASURES.values()
    }


def _source() -> Source:
    return Source(
        origin_id=ORIGIN,
        publisher="NHS England",
        title="Adult social care outcomes and workforce, as collated by the Office for Local "
        "Government",
        release="2015/16 to 2022/23",
        attribution="Source: NHS England, Adult Social Care Outcomes Framework, and Skills for "
        "Care. Contains public sector information licensed under the Open Government Licence v3.0.",
        obtained_via="public repository communitiesuk/oflog-automated-text, "
        "commit 8036fa87bff7902004956b0561765af21af665da",
    )
