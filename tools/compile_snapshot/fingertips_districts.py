"""Extracts of the national profiles for districts: one decimal, the publisher's word, no limits."""

from __future__ import annotations

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
from tools.compile_snapshot.home import Home, united

FILE = "indicators/england/fingertips_district_extracts.csv.gz"
ORIGIN, PREFIX = "fingertips-districts", "fingertips"
VINTAGES = {"2022-2024": "2022-2024", "2026": "2026-05"}
ELSEWHERE = {
    92443: "smoking and inactivity: kept with the download that has limits for counties",
    93015: "smoking and inactivity: kept with the download that has limits for counties",
    90362: "healthy life expectancy before its revision, without counties or districts",
}
QUINTILES = "Deprivation quintiles"
NO_COUNTY = (
    "The copy of the national profiles that was read holds districts and England only; the "
    "county's own figure is published there."
)
NOTES = (
    "Districts, two unitary neighbours and England; the extract has no rows for counties.",
    "Values to one decimal with the publisher's own comparison, without counts or limits: they "
    "may be shown, not tested.",
    "Two releases are kept apart as vintages: the profiles were revised after the census, and "
    "England's slope index for men in 2018 to 2020 is 9.7 years in one and 9.9 in the other.",
    "Children with obesity over five years are printed by deprivation quintile of neighbourhoods "
    "for England; the number of the series was inferred from its wording.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return the indicators for districts, neighbours and England, two vintages apart."""
    path, home = source_dir / FILE, Home.read(source_dir)
    columns = ["fingertips_id", "extract", "area_code", "area_name", "period", "sex", "category"]
    raw = read_csv(
        path,
        [*columns, "value", "compared_to_england"],
        dtype={"extract": "str", "category": "str", "period": "str"},
    )
    ledger = Ledger(len(raw))
    for number, reason in ELSEWHERE.items():
        raw = ledger.keep(raw, raw["fingertips_id"] != number, reason)
    raw = home.keep(raw, ledger)
    pooled = (raw["fingertips_id"] == 92445) & raw["period"].str.contains("-")
    raw = ledger.keep(raw, ~pooled, "smoking in routine occupations, three years pooled")
    raw = _newer_only(raw, ledger)
    frame = pd.DataFrame(home.without_county(_tidy(raw), NO_COUNTY))
    added = len(frame) - len(raw)
    ledger.rows_in += added
    return [
        Compiled(
            file="fingertips_districts.parquet",
            frame=conform(frame),
            source=_source(),
            inputs=[path],
            ledger=ledger,
            series=entries(raw["fingertips_id"], PREFIX),
            notes=(*NOTES, f"{added} rows for the county say that its figure is not held."),
        )
    ]


def _newer_only(raw: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Leave an older vintage out where the newer one holds all of it, value for value."""
    keys = ["fingertips_id", "area_code", "period", "sex", "category"]
    values = raw.pivot_table(index=keys, columns="extract", values="value", dropna=False)
    older, newer = (values[name] for name in VINTAGES)
    differs = (older.notna() & (older != newer)).groupby("fingertips_id").any()
    repeated = differs.index[~differs]
    wanted = (raw["extract"] != "2022-2024") | ~raw["fingertips_id"].isin(repeated)
    return ledger.keep(raw, wanted, "older extracts that the newer one repeats value for value")


def _tidy(raw: pd.DataFrame) -> pd.DataFrame:
    grouped = raw["category"].notna()
    frame = raw.rename(columns={"area_name": "area", "period": "label"}).assign(
        sex=raw["sex"].fillna("Persons"),
        category=raw["category"].fillna(""),
        category_type=grouped.map({True: QUINTILES, False: ""}),
        remark="",
        word=[publishers_word(word) for word in raw["compared_to_england"]],
    )
    parts = [
        tidy(rows, prefix=PREFIX, vintage=VINTAGES[str(extract)], origin_id=ORIGIN)
        for extract, rows in frame.groupby("extract", sort=True)
    ]
    return united(parts)


def _source() -> Source:
    return Source(
        origin_id=ORIGIN,
        publisher=PUBLISHER,
        title="Fingertips indicators for districts: life expectancy and its slope index, "
        "preventable deaths, weight, activity, teeth, depression, contraception",
        release="as held in April and May 2026, and as held from 2022 to 2024",
        attribution=ATTRIBUTION,
        obtained_via="public repositories traffordDataLab/trafford_themes, commit "
        "ae20a088ae35b93b57843c79ee56e0072915db9e, and traffordDataLab/corporate_plan, commit "
        "7c6549cb45c58c044bb6fd12ab019a36ed0ed9cf",
    )
