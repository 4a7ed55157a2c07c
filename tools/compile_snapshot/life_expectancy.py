"""Life expectancy of county and districts, and of small areas 2009 to 2013 with limits."""

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
from tools.compile_snapshot.plain import plain_names

LONG = "smallarea/life_expectancy_birth_65_lad_utla_2001_03_to_2016_18.csv"
MSOA = "smallarea/life_expectancy_hle_dfle_msoa11_leicestershire_2009_2013.csv"
UTLA = "smallarea/life_expectancy_hle_dfle_utla_2009_2013.csv"
LONG_AGES = {"birth": "at birth", "65": "at 65"}
MEASURES = {
    "LE": ("le-birth", "Life expectancy at birth"),
    "HLE": ("hle-birth", "Healthy life expectancy at birth"),
    "DFLE": ("dfle-birth", "Disability-free life expectancy at birth"),
}
VIA = (
    "public repository matthewgthomas/geographical-health-inequities, "
    "commit 5ed7467471fe5ccb007ef3867562f60ae0ee3d08 (28 June 2022; the original ONS workbooks)"
)
ATTRIBUTION = (
    "Source: Office for National Statistics licensed under the Open Government Licence v3.0."
)
LONG_NOTES = (
    "Three calendar years pooled; each period shares two years with the next.",
    "Printed without limits in this workbook: shown, not compared.",
    "The release before populations were rebased to the Census of 2021; its successor in the "
    "national profiles differs a little, and the two are never joined.",
)
SMALL_NOTES = (
    "Five years pooled, 2009 to 2013: one period, long past.",
    "Health and disability by small area lean on the answers of the Census of 2011, so healthy and "
    "disability-free years are not comparable with the survey-based series of later years.",
    "Small areas are the middle layer (MSOA) of 2011.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return the long county and district series, and the one period of small areas."""
    return [_long(source_dir / LONG), _small([source_dir / MSOA, source_dir / UTLA])]


def _long(path: Path) -> Compiled:
    columns = ["area_code", "area_name", "sex", "age", "period", "life_expectancy"]
    raw = read_csv(path, columns, dtype={"age": "str"})
    frame = with_periods(raw, [parse_period(text) for text in raw["period"]]).assign(
        series_id="ons-le:" + raw["age"].replace({"birth": "le-birth", "65": "le-65"}),
        area=plain_names(raw["area_name"]),
        area_type=area_types(raw["area_code"]),
        age=raw["age"].map(LONG_AGES),
        value=raw["life_expectancy"],
        unit="years",
        basis="complete_count",
        grade="C",
        status="ok",
        vintage="2019-12",
        origin_id="ons-le",
    )
    return Compiled(
        file="life_expectancy.parquet",
        frame=conform(frame),
        source=_source("ons-le", "by local area, 2001 - 03 to 2016 - 18", "data years to 2018"),
        inputs=[path],
        ledger=Ledger(len(raw)),
        series={
            "ons-le:le-birth": _entry("Life expectancy at birth", "complete_count", LONG_NOTES),
            "ons-le:le-65": _entry("Life expectancy at 65", "complete_count", LONG_NOTES),
        },
        notes=LONG_NOTES,
    )


def _small(paths: list[Path]) -> Compiled:
    msoa = read_csv(paths[0], ["msoa11_code", "msoa11_hcl_name", "measure", "value"])
    msoa = msoa.rename(columns={"msoa11_code": "area_code", "msoa11_name": "area_name"})
    upper = read_csv(paths[1], ["area_code", "area_name", "measure", "value"])
    raw = pd.concat([msoa, upper], ignore_index=True)
    frame = with_periods(raw, [parse_period(text) for text in raw["period"]]).assign(
        series_id=raw["measure"].map({k: f"ons-le-small:{v[0]}" for k, v in MEASURES.items()}),
        area=raw["area_name"],
        area_type=area_types(raw["area_code"]),
        age="at birth",
        lower_95=raw["lower95"],
        upper_95=raw["upper95"],
        unit="years",
        method="published",
        basis=raw["measure"].map({"LE": "complete_count"}).fillna("derived"),
        grade="A",
        status="ok",
        vintage="2022-06",
        origin_id="ons-le-small",
    )
    return Compiled(
        file="life_expectancy_small.parquet",
        frame=conform(frame),
        source=_source(
            "ons-le-small", "healthy and disability-free, MSOA and upper tier", "2009-13"
        ),
        inputs=paths,
        ledger=Ledger(len(raw)),
        series={
            f"ons-le-small:{slug}": _entry(
                f"{title}, 2009 to 2013",
                "complete_count" if name == "LE" else "derived",
                SMALL_NOTES,
            )
            for name, (slug, title) in MEASURES.items()
        },
        notes=SMALL_NOTES,
    )


def _entry(title: str, basis: str, notes: tuple[str, ...]) -> dict[str, object]:
    return entry(
        title, "years", "life_expectancy", basis=basis, year_kind="rolling", notes=list(notes)
    )


def _source(origin_id: str, what: str, release: str) -> Source:
    return Source(
        origin_id=origin_id,
        publisher="Office for National Statistics",
        title=f"Life expectancy, {what}",
        release=release,
        attribution=ATTRIBUTION,
        obtained_via=VIA,
    )
