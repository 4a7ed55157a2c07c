"""Smoking recorded by general practice (Fingertips 91547), with counts and published limits."""

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
    join_notes,
    read_csv,
    with_periods,
)

FILE = "smallarea/fingertips_full_format_heec_leicestershire.csv"
INDICATOR, SERIES = 91547, "fingertips:91547"
VINTAGE, ORIGIN = "2025-07", "smoking-qof"
AGE = "15+ yrs"
COLUMNS = {
    "Area Code": "area_code",
    "Area Name": "area",
    "Sex": "sex",
    "Value": "value",
    "Count": "count",
    "Denominator": "denominator",
    "Lower CI 95.0 limit": "lower_95",
    "Upper CI 95.0 limit": "upper_95",
    "Lower CI 99.8 limit": "lower_998",
    "Upper CI 99.8 limit": "upper_998",
}
LARGEST_FALL = 0.05
PART = "not comparable: the denominator holds only part of the region's patients"
NOTES = (
    "Recorded by general practice for patients aged 15 and over; the survey figure for adults "
    "aged 18 and over is another indicator.",
    "Registered patients who live in the area, so the denominator is not the resident population.",
    "99.8 % limits are published for the last year only.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return the indicator for the county, its districts, neighbours, region and England."""
    path = source_dir / FILE
    needed = ["Indicator ID", "Age", "Time period", "Category", "Value note", *COLUMNS]
    raw = read_csv(path, needed)
    ledger = Ledger(len(raw))
    raw = ledger.keep(raw, raw["Indicator ID"] == INDICATOR, "other indicators, England only")
    raw = ledger.keep(
        raw, raw["Category"].isna(), "England by deprivation decile of authorities, four years"
    )
    raw = ledger.keep(
        raw, raw["Age"] == AGE, "2015/16 printed twice, the second time without an age"
    )
    return [
        Compiled(
            file="smoking_qof.parquet",
            frame=conform(_tidy(raw)),
            source=_source(),
            inputs=[path],
            ledger=ledger,
            series={SERIES: _entry()},
            notes=NOTES,
        )
    ]


def _tidy(raw: pd.DataFrame) -> pd.DataFrame:
    frame = with_periods(raw, [parse_period(text) for text in raw["Time period"]])
    frame = frame.rename(columns=COLUMNS)
    partial = _partial(frame)
    published = frame["Value note"].astype("object").fillna("")
    return frame.assign(
        series_id=SERIES,
        area=frame["area"].str.removesuffix(" region (statistical)"),
        area_type=area_types(frame["area_code"]),
        age="15 and over",
        unit="%",
        method="published",
        basis="register",
        grade="A",
        status=partial.map({True: "not_comparable", False: "ok"}),
        note=[join_notes(n, PART if p else "") for n, p in zip(published, partial, strict=True)],
        vintage=VINTAGE,
        origin_id=ORIGIN,
    )


def _partial(frame: pd.DataFrame) -> pd.Series[bool]:
    """Find denominators that fall from one year to the next by more than lists ever do."""
    ordered = frame.sort_values(["area_code", "period_start"])
    before = ordered.groupby("area_code")["denominator"].shift()
    return (ordered["denominator"] < (1 - LARGEST_FALL) * before).reindex(frame.index)


def _entry() -> dict[str, object]:
    return entry(
        "Patients aged 15 and over recorded as smokers by general practice",
        "%",
        "proportion",
        basis="register",
        year_kind="financial",
        notes=list(NOTES[:2]),
    )


def _source() -> Source:
    return Source(
        origin_id=ORIGIN,
        publisher="Office for Health Improvement and Disparities",
        title="Fingertips 91547, smoking prevalence in adults (15+), current smokers (QOF)",
        release="2013/14 to 2022/23, as held in July 2025",
        attribution="Source: Office for Health Improvement and Disparities, Fingertips, from NHS "
        "England Quality and Outcomes Framework. Contains public sector information licensed "
        "under the Open Government Licence v3.0.",
        obtained_via="public repository HealthEquityEvidenceCentre/HEEC, "
        "commit 8a7205b2025b12f89fe366b6793400babca4d692 (11 July 2025)",
    )
