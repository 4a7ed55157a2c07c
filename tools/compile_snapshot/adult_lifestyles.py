"""Smoking, inactivity, obesity and five a day among adults: downloads with published limits."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hwb_analysis.errors import SourceError
from hwb_analysis.frame import conform
from tools.compile_snapshot.compiled import Compiled, Ledger, Source, join_notes, read_csv
from tools.compile_snapshot.fingertips import (
    ATTRIBUTION,
    PUBLISHER,
    entries,
    publishers_word,
    tidy,
)
from tools.compile_snapshot.fingertips_download import read_download, whole_areas
from tools.compile_snapshot.home import Home, united

FILE = "figures/fingertips_full_format_utla_smoking_inactive_obesity_5aday.csv.gz"
DISTRICTS = "indicators/england/fingertips_district_extracts.csv.gz"
NEWEST_EXTRACT = "2026"
VINTAGE, ORIGIN, PREFIX = "2026-05", "fingertips-adults", "fingertips"
AGES = {92443: "18+ yrs", 93015: "19+ yrs", 93881: "18+ yrs", 93982: "16+ yrs"}
WITH_DISTRICTS = (92443, 93015)
HALF_A_DECIMAL = 0.0501
ROUNDED_YEARS = ("2020", "2021", "2022", "2023")
ROUNDED = "printed to one decimal for this year, limits too"
NOTES = (
    "Counties and unitary authorities with limits come from a download of about February 2026, "
    "districts from an extract of April or May 2026 that prints one decimal and no limits. Where "
    "the two overlap every value agrees to the decimal printed, which the compiler checks.",
    "Smoking for 2020 to 2023 is printed to one decimal.",
    "Counts and numbers of answers are left out: they are weighted, and the limits already hold "
    "the uncertainty of the survey.",
    "Values of a former county are printed for the unitary authorities that followed it "
    "(Buckinghamshire, North Yorkshire, Somerset); the notes of the rows say so.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return four indicators for all upper-tier authorities, two of them for districts too."""
    home, ledgers = Home.read(source_dir), dict[str, Ledger]()
    path, other = source_dir / FILE, source_dir / DISTRICTS
    raw = read_download(path, ledgers)
    ledger = ledgers[path.name]
    raw = whole_areas(raw, AGES, home, ledger)
    districts = _districts(other, raw, home, ledger)
    rounded = (raw["fingertips_id"] == 92443) & raw["label"].isin(ROUNDED_YEARS)
    rounded &= raw["value"].notna()
    raw["remark"] = [
        join_notes(said, ROUNDED if short else "")
        for said, short in zip(raw["remark"], rounded, strict=True)
    ]
    frame = united([raw, districts])
    return [
        Compiled(
            file="fingertips_adults.parquet",
            frame=conform(tidy(frame, prefix=PREFIX, vintage=VINTAGE, origin_id=ORIGIN)),
            source=_source(),
            inputs=[path, other],
            ledger=ledger,
            series=entries(AGES, PREFIX),
            notes=NOTES,
        )
    ]


def _districts(path: Path, raw: pd.DataFrame, home: Home, ledger: Ledger) -> pd.DataFrame:
    """Return the county's districts from the newest extract, after checking that it agrees."""
    columns = ["fingertips_id", "extract", "area_code", "area_name", "period", "sex", "value"]
    extract = read_csv(
        path, [*columns, "compared_to_england"], dtype={"extract": "str", "period": "str"}
    )
    newest = extract["fingertips_id"].isin(WITH_DISTRICTS) & (extract["extract"] == NEWEST_EXTRACT)
    extract = extract.loc[newest].rename(columns={"area_name": "area", "period": "label"})
    _check_agreement(raw, extract, path)
    later = ~extract["label"].isin(raw["label"]) & ~extract["area_code"].isin(home.districts)
    wanted = extract["area_code"].isin(home.districts) | (
        later & extract["area_code"].isin(home.codes)
    )
    kept = extract.loc[wanted]
    ledger.rows_in += len(kept)
    return kept.assign(
        category_type="",
        category="",
        remark="",
        word=[publishers_word(word) for word in kept["compared_to_england"]],
    )[
        [
            "fingertips_id",
            "area_code",
            "area",
            "sex",
            "label",
            "value",
            "word",
            "remark",
            "category_type",
            "category",
        ]
    ]


def _check_agreement(raw: pd.DataFrame, extract: pd.DataFrame, path: Path) -> None:
    whole = raw.loc[raw["category_type"] == ""]
    keys = ["fingertips_id", "area_code", "label", "sex"]
    both = whole.merge(extract, on=keys, suffixes=("", "_extract"))
    apart = (both["value"] - both["value_extract"]).abs() > HALF_A_DECIMAL
    if both.empty or apart.any():
        raise SourceError(
            f"{int(apart.sum())} values of {path.name} differ from the download they should repeat",
            where=str(path),
            remedy="the two are different releases: keep them apart as two vintages",
        )


def _source() -> Source:
    return Source(
        origin_id=ORIGIN,
        publisher=PUBLISHER,
        title="Fingertips 92443, 93015, 93881, 93982: smoking, inactivity, obesity, five a day "
        "among adults",
        release="as held from February to May 2026",
        attribution=ATTRIBUTION,
        obtained_via="public repositories gabriel2lucky1990/adult-obesity-risk-modelling-england, "
        "commit 1cb3ad4d128a3b1ad712fcbe6357bba086d2d941 (22 April 2026), and "
        "traffordDataLab/trafford_themes, commit ae20a088ae35b93b57843c79ee56e0072915db9e "
        "(districts)",
    )
