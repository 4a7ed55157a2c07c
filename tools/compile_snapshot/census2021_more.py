"""Census 2021: households without a car, crowded or deprived, and middle-layer areas by age."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from hwb_analysis.frame import conform
from hwb_analysis.periods import parse_period
from tools.compile_snapshot.areas import Footprint, area_types, authorities
from tools.compile_snapshot.compiled import (
    Compiled,
    Ledger,
    Source,
    entry,
    join_notes,
    read_csv,
    with_periods,
)

SMALL = "smallarea/census2021_lsoa21_leicestershire.csv.gz"
NATION = "smallarea/census2021_lsoa21_england_key.csv.gz"
MSOA = "smallarea/census2021_ts007_single_year_age_msoa21_leicestershire.csv"
CENSUS_DAY, VINTAGE = "2021-03-21", "2023-04"
# slug: table, categories counted, title
TABLES: dict[str, tuple[str, tuple[str, ...], str]] = {
    "no-car": ("TS045", ("No cars or vans in household",), "Households without a car or van"),
    "no-central-heating": (
        "TS046",
        ("Does not have central heating",),
        "Households without central heating",
    ),
    "overcrowded": (
        "TS052",
        ("-1 (overcrowded)", "-2 or less (overcrowded)"),
        "Households with too few bedrooms",
    ),
    "deprived-2-plus": (
        "TS011",
        tuple(f"Household is deprived in {n} dimensions" for n in ("two", "three", "four")),
        "Households deprived in two or more of work, schooling, health and housing",
    ),
}
NATIONAL = {"no-car": "no_car_households", "no-central-heating": "no_central_heating_published"}
RECOVERED = "TS045"
HOUSEHOLDS = "households_published"
PERTURBED = (
    "Census cells are altered a little to protect people, so sums of small areas differ by a few "
    "households from table to table."
)
NOTES = (
    PERTURBED,
    "Cars are recovered from the one-decimal percentages of output areas; the other tables are "
    "published counts.",
    "Rows in count the sums that are made here.",
    "Crowding and deprivation of households are held for the county's small areas only.",
    "The four kinds of deprivation are close kin of the index that ranks the small areas: a "
    "gradient over that index describes, it explains nothing.",
)
MSOA_NOTES = ("Rows in are cells of the table, one for every year of age.",)


def compile(source_dir: Path) -> list[Compiled]:
    """Return household tables of the county's small areas, and ages of its middle-layer areas."""
    return [_households(source_dir), _ages(source_dir / MSOA)]


def _households(source_dir: Path) -> Compiled:
    path, nation = source_dir / SMALL, source_dir / NATION
    raw = read_csv(path, ["lsoa21_code", "table", "category", "count", "denominator"])
    ledger = Ledger(len(raw))
    tables = [table for table, _, _ in TABLES.values()]
    kept = ledger.keep(raw, raw["table"].isin(tables), "tables that no gradient needs")
    parts = [_counts(kept, slug, source_dir) for slug in TABLES]
    parts.append(_national(nation))
    frame = pd.concat(parts, ignore_index=True)
    folded = len(kept) - sum(frame["area_type"] == "LSOA")
    ledger.dropped["categories added together or left over from their table"] = folded
    ledger.rows_in += sum(frame["area_type"] != "LSOA")
    return Compiled(
        file="census2021_households.parquet",
        frame=conform(frame),
        source=_source("census2021-households", "tables TS011, TS045, TS046 and TS052", SMALL),
        inputs=[path, nation],
        ledger=ledger,
        series={f"census2021-households:{slug}": _share(title) for slug, title in _titles()},
        notes=NOTES,
    )


def _titles() -> Iterator[tuple[str, str]]:
    yield from ((slug, title) for slug, (_, _, title) in TABLES.items())


def _counts(kept: pd.DataFrame, slug: str, source_dir: Path) -> pd.DataFrame:
    table, categories, _ = TABLES[slug]
    own = kept.loc[kept["table"] == table]
    counted = own.loc[own["category"].isin(categories)]
    keys = ["lsoa21_code", "lsoa21_name", "lad24_code", "lad24_name"]
    small = counted.groupby(keys, as_index=False).agg(
        count=("count", "sum"), denominator=("denominator", "first")
    )
    upper = authorities(source_dir)
    name = upper.loc[upper["utla23_code"] == Footprint.read().county, "utla23_name"].iloc[0]
    county = small.assign(code=Footprint.read().county, name=name)
    levels = [
        small.rename(columns={"lsoa21_code": "area_code", "lsoa21_name": "area"}),
        _sum(small, "lad24_code", "lad24_name"),
        _sum(county, "code", "name"),
    ]
    return _tidy(pd.concat(levels, ignore_index=True), slug)


def _sum(small: pd.DataFrame, code: str, name: str) -> pd.DataFrame:
    summed = small.groupby([code, name], as_index=False)[["count", "denominator"]].sum()
    return summed.rename(columns={code: "area_code", name: "area"})


def _national(path: Path) -> pd.DataFrame:
    key = read_csv(path, [*NATIONAL.values(), HOUSEHOLDS])
    rows = [
        _tidy(
            pd.DataFrame(
                {
                    "area_code": ["E92000001"],
                    "area": ["England"],
                    "count": [float(key[column].sum())],
                    "denominator": [float(key[HOUSEHOLDS].sum())],
                }
            ),
            slug,
        )
        for slug, column in NATIONAL.items()
    ]
    return pd.concat(rows, ignore_index=True)


def _tidy(frame: pd.DataFrame, slug: str) -> pd.DataFrame:
    recovered = TABLES[slug][0] == RECOVERED
    tiers = area_types(frame["area_code"])
    summed = tiers != "LSOA"
    how = "recovered from output-area percentages" if recovered else ""
    frame = frame.assign(
        series_id=f"census2021-households:{slug}",
        area_type=tiers,
        sex="Not applicable",
        age="households",
        value=100 * frame["count"] / frame["denominator"],
        unit="%",
        status=(summed | recovered).map({True: "derived", False: "ok"}),
        note=[join_notes(how, "sum of small areas" if s else "") for s in summed],
        origin_id="census2021-households",
    )
    return _dated(frame)


def _ages(path: Path) -> Compiled:
    raw = read_csv(path, ["msoa21_code", "msoa21_name", "Aged under 1 year"])
    ages = [str(c) for c in raw if str(c).startswith("Aged ")]
    long = raw.melt(["msoa21_code", "msoa21_name"], ages, "label", "people")
    years = {label: _age(label) for label in ages}
    frame = pd.DataFrame(
        {"area_code": long["msoa21_code"], "area": long["msoa21_name"], "value": long["people"]}
    ).assign(
        series_id="census2021-msoa:residents",
        area_type="MSOA",
        sex="Persons",
        age=long["label"].map(years),
        count=long["people"],
        unit="people",
        status="ok",
        origin_id="census2021-msoa",
    )
    return Compiled(
        file="census2021_msoa_age.parquet",
        frame=conform(_dated(frame)),
        source=_source("census2021-msoa", "table TS007, single year of age by MSOA 2021", MSOA),
        inputs=[path],
        ledger=Ledger(len(long)),
        series={
            "census2021-msoa:residents": entry(
                "Residents by single year of age, middle-layer areas",
                "people",
                "count",
                basis="complete_count",
                year_kind="day",
                notes=list(MSOA_NOTES),
            )
        },
        notes=MSOA_NOTES,
    )


def _age(label: str) -> str:
    if "under" in label:
        return "0"
    number = "".join(c for c in label if c.isdigit())
    return f"{number}+" if "over" in label else number


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.assign(basis="complete_count", grade="A", vintage=VINTAGE)
    return with_periods(frame, [parse_period(CENSUS_DAY)] * len(frame))


def _share(title: str) -> dict[str, object]:
    return entry(
        title,
        "%",
        "proportion",
        basis="complete_count",
        year_kind="day",
        notes=[PERTURBED],
    )


VIA = {
    SMALL: "public repositories ONSvisual/dot-density-data, commit "
    "12ecaf83f869b8e1d4f5462c88c1736384c0f4f1; humaniverse/demographr, commit "
    "d0417101e5cad5fe1eca059ac60859e9157a29d2",
    MSOA: "public repository lrowleyabel/Census-2021, commit "
    "b612754288914e7b64f9ea05288907cb5cdcae98",
}


def _source(origin_id: str, what: str, file: str) -> Source:
    return Source(
        origin_id=origin_id,
        publisher="Office for National Statistics",
        title=f"Census 2021, {what}",
        release="census of 21 March 2021",
        attribution="Source: Office for National Statistics licensed under the Open Government "
        "Licence v3.0.",
        obtained_via=VIA[file],
    )
