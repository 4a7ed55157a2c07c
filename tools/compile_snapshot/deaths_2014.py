"""Deaths and residents of 2014 by district, age and sex, with their sum for England."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hwb_analysis.frame import conform
from hwb_analysis.periods import parse_period
from tools.compile_snapshot.areas import ENGLAND, Footprint, area_types, authorities
from tools.compile_snapshot.compiled import (
    Compiled,
    Ledger,
    Source,
    entry,
    read_csv,
    with_periods,
)

FILE = "smallarea/deaths_population_2014_lad_age_sex_england_wales.csv.gz"
NATION = "smallarea/england_deaths_population_by_imd_decile_age_sex_2001_2015.csv.gz"
SEX = {"Males": "Male", "Females": "Female"}
YEAR = "2014"
NOTES = (
    "Deaths registered in 2014 and residents at mid-2014, before populations were rebased to the "
    "Census of 2021.",
    "The county is the sum of its districts. England is the sum of the table by tenth of "
    "deprivation, which holds the same deaths. Rows in count these sums.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return deaths and residents of districts, neighbours, county and England by age and sex."""
    path, nation = source_dir / FILE, source_dir / NATION
    raw = read_csv(path, ["area", "sex", "age", "deaths", "population"])
    raw["sex"] = raw["sex"].map(SEX)
    ledger = Ledger(len(raw))
    wanted = _wanted(source_dir)
    local = ledger.keep(raw, raw["area"].isin(list(wanted)), "districts elsewhere")
    local = local.assign(area_code=local["area"].map(wanted), status="ok", note="")
    sums = [_county(local, source_dir), _england(nation)]
    ledger.rows_in += sum(len(part) for part in sums)
    frame = pd.concat([local, *sums], ignore_index=True)
    return [
        Compiled(
            file="deaths_2014.parquet",
            frame=conform(_tidy(frame)),
            source=_source(),
            inputs=[path, nation],
            ledger=ledger,
            series={"deaths-2014:all-causes": _entry()},
            notes=NOTES,
        )
    ]


def _wanted(source_dir: Path) -> dict[str, str]:
    footprint, upper = Footprint.read(), authorities(source_dir)
    near = (upper["utla23_code"] == footprint.county) | upper["ltla23_code"].isin(
        footprint.neighbours
    )
    return dict(upper.loc[near, ["ltla23_name", "ltla23_code"]].itertuples(index=False))


def _county(local: pd.DataFrame, source_dir: Path) -> pd.DataFrame:
    footprint, upper = Footprint.read(), authorities(source_dir)
    own = upper.loc[upper["utla23_code"] == footprint.county]
    inside = local.loc[local["area_code"].isin(own["ltla23_code"])]
    summed = inside.groupby(["sex", "age"], as_index=False)[["deaths", "population"]].sum()
    return summed.assign(
        area_code=footprint.county,
        area=str(own["utla23_name"].iloc[0]),
        status="derived",
        note="sum of the districts",
    )


def _england(path: Path) -> pd.DataFrame:
    whole = read_csv(path, ["year", "sex", "age", "population", "deaths"])
    whole = whole.loc[whole["year"] == int(YEAR)]
    summed = whole.groupby(["sex", "age"], as_index=False)[["deaths", "population"]].sum()
    return summed.assign(
        area_code=ENGLAND, area="England", status="derived", note="sum of the tenths of deprivation"
    )


def _tidy(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.assign(
        series_id="deaths-2014:all-causes",
        area_type=area_types(frame["area_code"]),
        count=frame["deaths"],
        denominator=frame["population"],
        value=100_000 * frame["deaths"] / frame["population"],
        unit="per 100,000",
        basis="complete_count",
        grade="A",
        vintage="2015-07",
        origin_id="deaths-2014",
    )
    return with_periods(frame, [parse_period(YEAR)] * len(frame))


def _entry() -> dict[str, object]:
    return entry(
        "Deaths, all causes, by age and sex",
        "per 100,000",
        "rate",
        basis="complete_count",
        year_kind="calendar",
        notes=list(NOTES),
    )


def _source() -> Source:
    return Source(
        origin_id="deaths-2014",
        publisher="Office for National Statistics",
        title="Deaths 2014 and mid-2014 population by district, age and sex",
        release="deaths registered in 2014; estimates of mid-2014",
        attribution="Source: Office for National Statistics licensed under the Open Government "
        "Licence v3.0.",
        obtained_via="public repository StatisticsNZ/demdata, commit "
        "2e4fe83d4107bade926879b17cc2af7a81a0f253 (29 October 2025)",
    )
