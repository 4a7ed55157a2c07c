"""Deaths and residents of England by tenth of deprivation, age and sex, 2001 to 2015."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hwb_analysis.frame import conform
from hwb_analysis.periods import parse_period
from tools.compile_snapshot.areas import ENGLAND
from tools.compile_snapshot.compiled import (
    Compiled,
    Ledger,
    Source,
    entry,
    read_csv,
    with_periods,
)
from tools.compile_snapshot.plain import decile_labels

ALL = "smallarea/england_deaths_population_by_imd_decile_age_sex_2001_2015.csv.gz"
CAUSES = "smallarea/england_deaths_by_cause_imd_decile_age_sex_2001_2015.csv.gz"
EARLY = "smallarea/england_premature_deaths_under75_imd_decile_single_year_2001_2016.csv.gz"
CATEGORY = "deprivation decile of small area"
SLUGS = {
    "Neoplasms": "cancer",
    "Diseases of the respiratory system": "respiratory",
    "Diabetes": "diabetes",
    "Ischaemic heart disease": "heart-disease",
    "Stroke (cerebrovascular)": "stroke",
    "Other circulatory": "other-circulatory",
    "Intentional injuries": "intentional-injury",
    "Unintentional injuries": "accidental-injury",
    "All other causes": "all-other",
    "Neonatal": "neonatal",
}
WIDE = (
    "England only, by tenth of deprivation of the small area lived in; 1 is the most deprived. The "
    "files do not say which edition of the index.",
    "Deaths registered and residents at mid-year, as ONS gave them to the authors of the copy.",
)
# Ages that the single-year file holds; above 74 a death is not premature.
PREMATURE = "deaths before the age of 75 only"
LEWER = (
    "Lewer D, Jayatunga W, Aldridge RW and others. Premature mortality attributable to "
    "socioeconomic inequality in England between 2003 and 2018. Lancet Public Health 2020. "
    "Licensed under CC BY 4.0; contains figures of the Office for National Statistics."
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return deaths of all causes, deaths by cause, and deaths under 75 by single year of age."""
    whole = source_dir / ALL
    people = read_csv(whole, ["year", "imd_decile", "sex", "age", "population", "deaths"])
    path = source_dir / CAUSES
    causes = read_csv(path, ["year", "imd", "sex", "cause", "age", "deaths"])
    keys = ["year", "imd_decile", "sex", "age"]
    causes = causes.rename(columns={"imd": "imd_decile"}).merge(
        people[[*keys, "population"]], on=keys, validate="many_to_one"
    )
    early = read_csv(source_dir / EARLY, ["year", "imd10", "sex", "age", "deaths", "population"])
    early = early.rename(columns={"imd10": "imd_decile"})
    early["sex"] = early["sex"].map({"m": "Male", "f": "Female"})
    return [
        _compiled(people, "deaths-imd", ":all-causes", "All causes", [whole]),
        _by_cause(causes, [path, whole]),
        _compiled(early, "deaths-imd-under75", ":all-causes", PREMATURE, [source_dir / EARLY]),
    ]


def _by_cause(causes: pd.DataFrame, inputs: list[Path]) -> Compiled:
    origin_id = "deaths-imd-cause"
    series = f"{origin_id}:" + causes["cause"].map(SLUGS)
    titles = {f"{origin_id}:{slug}": f"Deaths from {name}" for name, slug in SLUGS.items()}
    return Compiled(
        file="deaths_imd_cause.parquet",
        frame=conform(_tidy(causes, origin_id).assign(series_id=series)),
        source=_source(origin_id, "by ten groups of causes"),
        inputs=inputs,
        ledger=Ledger(len(causes)),
        series={series_id: _entry(title) for series_id, title in titles.items()},
        notes=(*WIDE, "The ten groups add up to the deaths of all causes in every cell."),
    )


def _compiled(
    raw: pd.DataFrame, origin_id: str, suffix: str, what: str, inputs: list[Path]
) -> Compiled:
    series_id = origin_id + suffix
    early = origin_id.endswith("75")
    return Compiled(
        file=f"{origin_id.replace('-', '_')}.parquet",
        frame=conform(_tidy(raw, origin_id).assign(series_id=series_id)),
        source=_source(origin_id, what.lower()),
        inputs=inputs,
        ledger=Ledger(len(raw)),
        series={series_id: _entry("Deaths under 75" if early else "Deaths, all causes")},
        notes=WIDE,
    )


def _tidy(raw: pd.DataFrame, origin_id: str) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "sex": raw["sex"],
            "age": raw["age"].astype("str"),
            "category": decile_labels(raw["imd_decile"]),
            "count": raw["deaths"],
            "denominator": raw["population"],
            "value": 100_000 * raw["deaths"] / raw["population"],
        }
    ).assign(
        area_code=ENGLAND,
        area="England",
        area_type="England",
        category_type=CATEGORY,
        unit="per 100,000",
        basis="complete_count",
        grade="A",
        status="ok",
        vintage="2016-12",
        origin_id=origin_id,
    )
    return with_periods(frame, [parse_period(str(year)) for year in raw["year"]])


def _entry(title: str) -> dict[str, object]:
    return entry(
        f"{title}, by age, sex and tenth of deprivation",
        "per 100,000",
        "rate",
        basis="complete_count",
        year_kind="calendar",
        notes=list(WIDE),
    )


def _source(origin_id: str, what: str) -> Source:
    early = origin_id.endswith("75")
    return Source(
        origin_id=origin_id,
        publisher="Office for National Statistics" + (", as published by Lewer and others" * early),
        title=f"Deaths and population of England by deprivation decile, age and sex, {what}",
        release="2001 to 2016" if early else "ad hoc table 006925, 2001 to 2015",
        attribution=LEWER
        if early
        else "Source: Office for National Statistics licensed under the Open Government "
        "Licence v3.0.",
        licence="Creative Commons Attribution 4.0 International (CC BY 4.0)"
        if early
        else "Open Government Licence v3.0",
        obtained_via="public repository danlewer/masi, commit "
        "25ac24dbfc290bec0de08dd132cd688fab40e3d1 (30 October 2020)"
        if early
        else "public repository danlewer/slopes_and_cliffs, commit "
        "f19cc5f6e1f1cf2158ac569e5b1b4497eec0017b (30 September 2022)",
    )
