"""Census 2021 counts for small areas of the county, and their sums up to England."""

from __future__ import annotations

from collections.abc import Iterator
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
    join_notes,
    read_csv,
    with_periods,
)

FILE = "smallarea/census2021_lsoa21_england_key.csv.gz"
NAMES = "geography/iod2025_lsoa21_england.parquet"
CENSUS_DAY, VINTAGE, ORIGIN = "2021-03-21", "2023-04", "census2021"
ALL = "All ages"
HEALTH = ["very_good_or_good", "fair", "bad_or_very_bad"]
CARE = ["care_19h_or_less", "care_20_49h", "care_50h_plus"]
CARERS = ["no_unpaid_care", *CARE]
AGES = ["age_0_14", "age_15_24", "age_25_44", "age_45_64", "age_65_74", "age_75_plus"]
RESIDENTS = ["residents_ts038_published"]
# slug: numerator, denominator, age, whether recovered from percentages, title
SERIES: dict[str, tuple[list[str], list[str], str, bool, str]] = {
    "residents": (RESIDENTS, [], ALL, False, "Residents on census day"),
    "good-health": (HEALTH[:1], HEALTH, ALL, True, "Residents in good or very good health"),
    "fair-health": (HEALTH[1:2], HEALTH, ALL, True, "Residents in fair health"),
    "bad-or-very-bad-health": (
        HEALTH[2:],
        HEALTH,
        ALL,
        True,
        "Residents in bad or very bad health",
    ),
    "disability": (
        ["disabled_published"],
        RESIDENTS,
        ALL,
        False,
        "Residents limited a little or a lot by a long-term condition or disability",
    ),
    "unpaid-care": (CARE, CARERS, "5 and over", True, "People who give unpaid care"),
    "unpaid-care-50h": (
        CARE[2:],
        CARERS,
        "5 and over",
        True,
        "People who give unpaid care for 50 hours a week or more",
    ),
    "aged-65-plus": (AGES[4:], AGES, ALL, False, "Residents aged 65 and over"),
}
RECOVERED = "recovered from output-area percentages"
SUMMED = "sum of small areas"
PERTURBED = (
    "Census cells are altered a little to protect people, so sums of small areas differ by a few "
    "people from table to table and from published district counts."
)
NOTES = (
    PERTURBED,
    "General health and unpaid care are recovered: the public copy prints one-decimal "
    "percentages of every output area (about 300 people), which give back the count; against "
    "published tables the difference is of the size of the census's own alteration.",
    "Shares are crude, all ages: an area with more old people has more ill health.",
    "Rows in are the small areas of England; each gives one row a series where it is in the "
    "county, and enters the sums of its district, county, region and of England.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return counts of small areas of the county, districts, the county, its region, England."""
    footprint = Footprint.read()
    path = source_dir / FILE
    raw = read_csv(path, ["lsoa21_code", *CARERS, *HEALTH, *AGES, *RESIDENTS])
    ledger = Ledger(len(raw))
    placed = _placed(raw, source_dir)
    inside = placed["county_code"] == footprint.county
    ledger.keep(placed, inside, "small areas outside the county: only in the sums above them")
    counts = pd.concat(_levels(placed, footprint), ignore_index=True)
    parts = [_series(slug, counts, footprint) for slug in SERIES]
    return [
        Compiled(
            file="census2021.parquet",
            frame=conform(pd.concat(parts, ignore_index=True)),
            source=_source(),
            inputs=[path, source_dir / NAMES, source_dir / AUTHORITIES],
            ledger=ledger,
            series=_entries(),
            notes=NOTES,
        )
    ]


def _placed(raw: pd.DataFrame, source_dir: Path) -> pd.DataFrame:
    """Add name, district, county and region to every small area; none may be without."""
    names = pd.read_parquet(
        source_dir / NAMES, columns=["lsoa21_code", "lsoa21_name", "lad24_code", "lad24_name"]
    )
    upper = authorities(source_dir).rename(
        columns={"ltla23_code": "lad24_code", "utla23_code": "county_code"}
    )
    placed = raw.merge(names, on="lsoa21_code", validate="one_to_one")
    return placed.merge(upper, on="lad24_code", validate="many_to_one")


def _levels(placed: pd.DataFrame, footprint: Footprint) -> Iterator[pd.DataFrame]:
    """Give the counts of each tier, lowest first, under the columns area_code and area."""
    county = placed[placed["county_code"] == footprint.county]
    near = placed["lad24_code"].isin([*county["lad24_code"], *footprint.neighbours])
    region = placed["region24_code"] == county["region24_code"].iloc[0]
    yield county.rename(columns={"lsoa21_code": "area_code", "lsoa21_name": "area"})
    yield _sum(placed[near], "lad24_code", "lad24_name")
    yield _sum(county, "county_code", "utla23_name")
    yield _sum(placed[region], "region24_code", "region24_name")
    yield _sum(placed.assign(code=ENGLAND, name="England"), "code", "name")


def _sum(placed: pd.DataFrame, code: str, name: str) -> pd.DataFrame:
    columns = [*HEALTH, *CARERS, *AGES, *RESIDENTS, "disabled_published"]
    summed = placed.groupby([code, name], as_index=False)[columns].sum()
    return summed.rename(columns={code: "area_code", name: "area"})


def _series(slug: str, counts: pd.DataFrame, footprint: Footprint) -> pd.DataFrame:
    above, below, age, recovered, _ = SERIES[slug]
    tiers = area_types(counts["area_code"])
    summed = tiers != "LSOA"
    frame = counts[["area_code", "area"]].assign(
        series_id=f"{ORIGIN}:{slug}",
        area_type=tiers,
        sex="Persons",
        age=age,
        count=counts[above].sum(axis=1).astype("float64"),
        denominator=counts[below].sum(axis=1) if below else float("nan"),
        unit="%" if below else "people",
        basis="complete_count",
        grade="A",
        status=(summed | recovered).map({True: "derived", False: "ok"}),
        note=[join_notes(RECOVERED if recovered else "", SUMMED if s else "") for s in summed],
        vintage=VINTAGE,
        origin_id=ORIGIN,
    )
    if not below:
        frame = _residents_of_districts(frame, footprint)
    frame["value"] = 100 * frame["count"] / frame["denominator"] if below else frame["count"]
    return with_periods(frame, [parse_period(CENSUS_DAY)] * len(frame))


def _residents_of_districts(frame: pd.DataFrame, footprint: Footprint) -> pd.DataFrame:
    """Give the county the total of the district tables, which is the one that is quoted."""
    county = frame["area_code"] == footprint.county
    added = int(frame.loc[county, "count"].iloc[0])
    frame.loc[county, "count"] = float(footprint.residents_of_districts)
    frame.loc[county, "note"] = (
        f"sum of the district tables; the small areas add to {added:,}, "
        "since small cells are altered to protect people"
    )
    return frame


def _entries() -> dict[str, dict[str, object]]:
    return {
        f"{ORIGIN}:{slug}": entry(
            title,
            "%" if below else "people",
            "proportion" if below else "count",
            basis="complete_count",
            year_kind="day",
            notes=[*([f"counts {RECOVERED}"] if recovered else []), PERTURBED],
        )
        for slug, (_, below, _, recovered, title) in SERIES.items()
    }


def _source() -> Source:
    return Source(
        origin_id=ORIGIN,
        publisher="Office for National Statistics",
        title="Census 2021, tables TS007A, TS037, TS038 and TS039 by small area (LSOA 2021)",
        release="census of 21 March 2021, small-area tables as held in April 2023",
        attribution="Source: Office for National Statistics licensed under the Open Government "
        "Licence v3.0.",
        obtained_via="public repositories ONSvisual/dot-density-data, commit "
        "12ecaf83f869b8e1d4f5462c88c1736384c0f4f1; humaniverse/demographr, commit "
        "d0417101e5cad5fe1eca059ac60859e9157a29d2; britishredcrosssociety/"
        "health-inequalities-explorer, commit 1ff1ef2a80889b285bc448efe14196a23431c5b9",
    )
