"""Extracts of the national profiles read in 2020: counties and districts, the publisher's word."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from hwb_analysis.frame import conform
from tools.compile_snapshot.compiled import Compiled, Ledger, Source, read_csv
from tools.compile_snapshot.fingertips import (
    ATTRIBUTION,
    PUBLISHER,
    entries,
    publishers_word,
    tidy,
)
from tools.compile_snapshot.home import Home

COUNTIES = "figures/trafford_dashboard_utla_extracts_2020.csv.gz"
DISTRICTS = "figures/trafford_dashboard_district_extracts_2020.csv.gz"
VINTAGE, PREFIX = "2020-08", "fingertips-2020"
SEXES = ("Male", "Female")
NUMBERS = {
    "Hospital admissions as a result of self-harm (10-24 years)": "90813",
    "Inequality in life expectancy at birth": "92901",
    "Children with free school meal status achieving a good level of development at the end of "
    "reception": "90632",
    "Excess under 75 mortality rate in adults with serious mental illness": "excess-mortality-smi",
    "Percentage of deaths in usual place of residence among people aged 65 years and over": (
        "deaths-usual-residence"
    ),
    "Children aged 4-5 years who have excess weight": "20601",
    "Children aged 10-11 years who have excess weight": "20602",
    "Emergency Hospital Admissions for Intentional Self-Harm": "21001",
    "Emergency hospital admissions due to falls in people aged 65 and over": "22401",
    "Alcohol related admissions (narrow measure)": "91414",
    "Estimated dementia diagnosis rate (aged 65 and over)": "92949",
}
NEWER = "indicators that the snapshot holds from a newer release"
GREATER_MANCHESTER = "a combined authority that is no area of the tier"
NO_COUNTY = (
    "The copy of the national profiles that was read holds districts and England only; the "
    "county's own figure is published there."
)
NOTES = (
    "Read in August 2020, before populations were revised after the Census of 2021: not to be "
    "joined to figures of a later release.",
    "Values to one decimal with the publisher's own comparison, without counts or limits: they "
    "may be shown, not tested.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return one file of counties and unitary authorities and one of districts."""
    home = Home.read(source_dir)
    counties = _read(source_dir / COUNTIES)
    districts = _read(source_dir / DISTRICTS)
    return [_counties(*counties), _districts(*districts, home)]


def _read(path: Path) -> tuple[pd.DataFrame, Ledger, Path]:
    columns = ["area_code", "area_name", "period", "value", "indicator", "unit", "significance"]
    raw = read_csv(path, columns)
    ledger = Ledger(len(raw))
    raw = ledger.keep(raw, ~raw["area_code"].str.startswith("E47"), GREATER_MANCHESTER)
    raw = ledger.keep(raw, raw["indicator"].isin(NUMBERS), NEWER)
    own = raw["group"] if "group" in raw else pd.Series("Persons", index=raw.index)
    raw = raw.rename(columns={"area_name": "area", "period": "label"}).assign(
        fingertips_id=raw["indicator"].map(NUMBERS),
        sex=own.where(own.isin(SEXES), "Persons"),
        category="",
        category_type="",
        remark=raw["value"].isna().map({True: "missing in the extract", False: ""}),
        word=[publishers_word(word) for word in raw["significance"]],
    )
    return raw, ledger, path


def _counties(raw: pd.DataFrame, ledger: Ledger, path: Path) -> Compiled:
    origin = "fingertips-2020-counties"
    frame = tidy(raw, prefix=PREFIX, vintage=VINTAGE, origin_id=origin)
    numbers = raw["fingertips_id"]
    return _compiled(origin, frame, ledger, path, entries(numbers, PREFIX, NOTES[0]))


def _districts(raw: pd.DataFrame, ledger: Ledger, path: Path, home: Home) -> Compiled:
    origin = "fingertips-2020-districts"
    raw = home.keep(raw, ledger)
    frame = tidy(raw, prefix=PREFIX, vintage=VINTAGE, origin_id=origin)
    whole = home.without_county(frame, NO_COUNTY)
    ledger.rows_in += len(whole) - len(frame)
    numbers = raw["fingertips_id"]
    return _compiled(origin, whole, ledger, path, entries(numbers, PREFIX, NOTES[0]))


def _compiled(
    origin: str,
    frame: pd.DataFrame,
    ledger: Ledger,
    path: Path,
    series: Mapping[str, Mapping[str, object]],
) -> Compiled:
    return Compiled(
        file=origin.replace("-", "_") + ".parquet",
        frame=conform(frame),
        source=_source(origin),
        inputs=[path],
        ledger=ledger,
        series=series,
        notes=NOTES,
    )


def _source(origin: str) -> Source:
    tier = origin.rsplit("-", 1)[1]
    return Source(
        origin_id=origin,
        publisher=PUBLISHER,
        title=f"Fingertips indicators for {tier}, released by Public Health England",
        release="as held in August 2020",
        attribution=ATTRIBUTION,
        obtained_via="public repository traffordDataLab/dashboard, "
        "commit 83e9bc0cd14d1fac19c743c1e5eece54e0145458 (20 August 2020)",
    )
