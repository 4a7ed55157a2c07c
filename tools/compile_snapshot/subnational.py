"""Healthy life expectancy 2018 to 2020 as first published, before populations were rebased."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hwb_analysis.frame import conform
from hwb_analysis.periods import parse_period
from tools.compile_snapshot.areas import PREFIX, area_types
from tools.compile_snapshot.compiled import (
    Compiled,
    Ledger,
    Source,
    entry,
    read_csv,
    with_periods,
)

FILE = "indicators/england/ons_subnational_indicators_2022.csv.gz"
ORIGIN, VINTAGE, SERIES = "ons-subnational", "2022-11", "ons-subnational:hle-birth"
SEX = {
    "Male Healthy Life Expectancy (HLE)": "Male",
    "Female Healthy Life Expectancy (HLE)": "Female",
}
PERIODS = {"201820": "2018 - 20"}
NOTES = (
    "As first published. The revised series for the same years differs by more than a year in some "
    "areas; the two are never joined.",
    "One period, without limits: shown, not compared.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return the one period for all English authorities that it was published for."""
    path = source_dir / FILE
    raw = read_csv(path, ["area_code", "area_name", "indicator", "period", "value"])
    ledger = Ledger(len(raw))
    kept = ledger.keep(raw, raw["indicator"].isin(list(SEX)), "held elsewhere in a newer release")
    english = kept["area_code"].str[:3].isin(list(PREFIX))
    kept = ledger.keep(kept, english, "areas outside England")
    return [
        Compiled(
            file="subnational.parquet",
            frame=conform(_tidy(kept)),
            source=_source(),
            inputs=[path],
            ledger=ledger,
            series={
                SERIES: entry(
                    "Healthy life expectancy at birth, first published",
                    "years",
                    "life_expectancy",
                    basis="survey",
                    year_kind="rolling",
                    notes=list(NOTES),
                )
            },
            notes=NOTES,
        )
    ]


def _tidy(kept: pd.DataFrame) -> pd.DataFrame:
    value = pd.to_numeric(kept["value"], errors="coerce")
    absent = value.isna()
    # The file has a column `category`, a theme of its own, which must not enter the key.
    frame = kept[["area_code"]].assign(
        series_id=SERIES,
        area=kept["area_name"],
        area_type=area_types(kept["area_code"]),
        sex=kept["indicator"].map(SEX),
        age="at birth",
        value=value,
        unit="years",
        basis="survey",
        grade="C",
        status=absent.map({True: "missing", False: "ok"}),
        note=absent.map({True: "not published", False: ""}),
        vintage=VINTAGE,
        origin_id=ORIGIN,
    )
    return with_periods(frame, [parse_period(PERIODS[str(p)]) for p in kept["period"]])


def _source() -> Source:
    return Source(
        origin_id=ORIGIN,
        publisher="Office for National Statistics",
        title="Subnational indicators, healthy life expectancy 2018 to 2020",
        release="2022",
        attribution="Source: Office for National Statistics licensed under the Open Government "
        "Licence v3.0.",
        obtained_via="public repository ONSvisual/subnational-indicators, "
        "commit b1923378171386355a71a4e763e61dc88c4330dd",
    )
