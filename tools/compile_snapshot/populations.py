"""Residents at mid-year by sex and age, and the parts of population change."""

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
from tools.compile_snapshot.plain import home_codes, plain_names

MID_YEAR = "figures/ons_mid_year_estimates_2015_2020_sex_single_year_leicestershire.csv.gz"
PARTS = "indicators/england/ons_components_of_change_2001_2018.csv.gz"
OLDEST, WIDTH = 90, 5
ADDED = "sum of the two sexes"
NOTES = (
    "Estimates made before populations were rebased to the Census of 2021; later official figures "
    "for the same years differ.",
    "Years 2015 and 2018 to 2020: 2016 and 2017 are not in the copy.",
    "Both sexes together of 2018 are not in the copy either: they are men and women added, and "
    "rows in count these sums.",
)
BANDS = {
    "population": "Residents at mid-year",
    "population-5y": "Residents at mid-year by five-year age band",
}
PART_NOTES = ("From mid-year to mid-year; all ages and both sexes.", NOTES[0])
# component of the file: slug, title
SLUGS = {
    "population": ("population", "Residents at mid-year"),
    "births": ("births", "Births from mid-year to mid-year"),
    "deaths": ("deaths", "Deaths from mid-year to mid-year, all ages"),
    "natchange": ("natural-change", "Births less deaths"),
    "internal_net": ("net-internal-migration", "Net migration from the rest of the country"),
    "international_net": ("net-international-migration", "Net migration from abroad"),
    "other_change": ("other-change", "Other change of population"),
}
SOURCES = {
    "ons-mye": (
        "Mid-year population estimates by sex and age",
        "ericyang-almaeconomics/social_care_datahub, "
        "commit c481891bca2bca6dd78f79506204124a65e89186 (the original ONS workbooks)",
    ),
    "ons-mye-single": (
        "Mid-year population estimates by sex and single year of age",
        "ericyang-almaeconomics/social_care_datahub, "
        "commit c481891bca2bca6dd78f79506204124a65e89186 (the original ONS workbooks)",
    ),
    "ons-change": (
        "Components of population change, 2001 to 2018",
        "psychty/Population-pyramids, commit e9f5174308d810d9d9dc06b7e41ce4416949b9dd",
    ),
}


def compile(source_dir: Path) -> list[Compiled]:
    """Return mid-year estimates in bands and in single years, and the parts of change."""
    return [*_mid_year(source_dir / MID_YEAR), _parts(source_dir)]


def _mid_year(path: Path) -> list[Compiled]:
    columns = ["year", "area_code", "area_name", "sex", "age", "population"]
    raw = read_csv(path, columns)
    full = _with_persons(raw.assign(note=""))
    first = full["age"] // WIDTH * WIDTH
    band = [f"{a}+" if a == OLDEST else f"{a}-{a + WIDTH - 1}" for a in first]
    single = [f"{a}+" if a == OLDEST else str(a) for a in full["age"]]
    bands = pd.concat(
        [
            _people(_summed(full.assign(age="All ages")), "ons-mye:population"),
            _people(_summed(full.assign(age=band)), "ons-mye:population-5y"),
        ]
    )
    folded = Ledger(len(full))
    folded.dropped["single years added together to bands and all ages"] = len(full) - len(bands)
    ages = _people(full.assign(age=single), "ons-mye-single:population")
    titles = {f"ons-mye:{slug}": title for slug, title in BANDS.items()}
    one = {"ons-mye-single:population": "Residents at mid-year by single year of age"}
    return [
        _compiled(bands, "population.parquet", path, folded, titles),
        _compiled(ages, "population_single_year.parquet", path, Ledger(len(full)), one),
    ]


def _with_persons(raw: pd.DataFrame) -> pd.DataFrame:
    """Add both sexes together in the year whose sheet of persons the copy lacks."""
    held = set(raw.loc[raw["sex"] == "Persons", "year"])
    short = raw.loc[~raw["year"].isin(held)]
    keys = ["year", "area_code", "area_name", "age"]
    added = short.groupby(keys, as_index=False)[["population"]].sum()
    return pd.concat([raw, added.assign(sex="Persons", note=ADDED)], ignore_index=True)


def _summed(raw: pd.DataFrame) -> pd.DataFrame:
    keys = ["year", "area_code", "area_name", "sex", "note", "age"]
    return raw.groupby(keys, as_index=False)[["population"]].sum()


def _people(raw: pd.DataFrame, series_id: str) -> pd.DataFrame:
    days = [parse_period(f"{year}-06-30") for year in raw["year"]]
    frame = with_periods(raw, days).assign(area=plain_names(raw["area_name"]))
    return _counted(frame, raw["population"]).assign(
        series_id=series_id,
        status=(raw["note"] == ADDED).map({True: "derived", False: "ok"}),
        vintage="2021-06",
        origin_id=series_id.partition(":")[0],
    )


def _parts(source_dir: Path) -> Compiled:
    path = source_dir / PARTS
    raw = read_csv(path, ["area_code", "area_name", "component", "year", "value"])
    ledger = Ledger(len(raw))
    near = raw["area_code"].isin(home_codes(source_dir))
    kept = ledger.keep(raw, near, "districts elsewhere")
    reason = "moves in and out, of which the net is kept"
    kept = ledger.keep(kept, kept["component"].isin(list(SLUGS)), reason)
    pairs = zip(kept["component"], kept["year"], strict=True)
    frame = with_periods(kept, [parse_period(_year_to_june(*pair)) for pair in pairs])
    frame = _counted(frame.assign(area=kept["area_name"]), kept["value"]).assign(
        series_id="ons-change:" + kept["component"].map({k: v[0] for k, v in SLUGS.items()}),
        sex="Persons",
        age="All ages",
        status="ok",
        vintage="2019-06",
        origin_id="ons-change",
    )
    titles = {f"ons-change:{slug}": title for slug, title in SLUGS.values()}
    return _compiled(frame, "population_change.parquet", path, ledger, titles)


def _year_to_june(component: str, year: int) -> str:
    return f"{year}-06-30" if component == "population" else f"{year - 1}-07-01/P1Y"


def _counted(frame: pd.DataFrame, people: pd.Series[float]) -> pd.DataFrame:
    # A net flow may be negative: it is a value, not a count.
    return frame.assign(
        area_type=area_types(frame["area_code"]),
        count=people.where(people >= 0),
        value=people,
        unit="people",
        basis="complete_count",
        grade="A",
    )


def _compiled(
    frame: pd.DataFrame, file: str, path: Path, ledger: Ledger, titles: dict[str, str]
) -> Compiled:
    origin_id = str(frame["origin_id"].iloc[0])
    notes = PART_NOTES if origin_id == "ons-change" else NOTES
    title, via = SOURCES[origin_id]
    return Compiled(
        file=file,
        frame=conform(frame),
        source=Source(
            origin_id=origin_id,
            publisher="Office for National Statistics",
            title=title,
            release="before the rebasing to the Census of 2021",
            attribution="Source: Office for National Statistics licensed under the Open Government "
            "Licence v3.0.",
            obtained_via=f"public repository {via}",
        ),
        inputs=[path],
        ledger=ledger,
        series={k: _entry(text, notes) for k, text in titles.items()},
        notes=notes,
    )


def _entry(title: str, notes: tuple[str, ...]) -> dict[str, object]:
    return entry(
        title, "people", "count", basis="complete_count", year_kind="day", notes=list(notes)
    )
