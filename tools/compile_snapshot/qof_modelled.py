"""Long-term conditions recorded by general practice 2019/20, modelled to where patients live."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hwb_analysis.frame import conform
from hwb_analysis.periods import parse_period
from tools.compile_snapshot.areas import ENGLAND, Footprint, area_types
from tools.compile_snapshot.compiled import (
    Compiled,
    Ledger,
    Source,
    entry,
    read_csv,
    with_periods,
)
from tools.compile_snapshot.plain import decile_labels

FILE = "smallarea/qof_2019_20_modelled_leicestershire_and_england_deciles.csv"
ORIGIN, VINTAGE = "qof-modelled", "2021-04"
CATEGORY = "deprivation decile of small area"
DECILES, LEVELS = "England deprivation decile", ("district", "county", "region")
# group of the file: slug, who is counted, title
CONDITIONS: dict[str, tuple[str, str, str]] = {
    "DM": ("diabetes", "17 and over", "Diabetes"),
    "STIA": ("stroke", "All ages", "Stroke or transient ischaemic attack"),
    "CHD": ("heart-disease", "All ages", "Coronary heart disease"),
    "HYP": ("hypertension", "All ages", "High blood pressure"),
    "HF": ("heart-failure", "All ages", "Heart failure"),
    "COPD": ("copd", "All ages", "Chronic obstructive pulmonary disease"),
    "CAN": ("cancer", "All ages", "Cancer"),
    "DEM": ("dementia", "All ages", "Dementia"),
    "DEP": ("depression", "18 and over", "Depression"),
    "MH": ("severe-mental-illness", "All ages", "Severe mental illness"),
    "LD": ("learning-disability", "All ages", "Learning disability"),
    "OB": ("obesity", "18 and over", "Obesity recorded by the practice"),
}
NOTES = (
    "Modelled: the lists of practices are spread over the areas where their patients live. No "
    "count of an area, no limits, never tested.",
    "Recorded and crude: an area with more old people records more.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return twelve conditions for districts, county, region, England and its tenths."""
    path = source_dir / FILE
    raw = read_csv(path, ["level", "area_code", "group_code", "register", "list", "prevalence"])
    ledger = Ledger(len(raw))
    kept = ledger.keep(
        raw, raw["group_code"].isin(list(CONDITIONS)), "conditions that no measure names"
    )
    wanted = kept["level"].isin([*LEVELS, DECILES])
    kept = ledger.keep(kept, wanted, "constituencies and the ceremonial county")
    full = _with_england(kept)
    ledger.rows_in += len(full) - len(kept)
    return [
        Compiled(
            file="qof_modelled.parquet",
            frame=conform(_tidy(full)),
            source=_source(),
            inputs=[path],
            ledger=ledger,
            series={
                f"{ORIGIN}:{slug}": entry(
                    f"{title}, recorded by general practice, modelled to areas",
                    "%",
                    "proportion",
                    basis="modelled",
                    year_kind="financial",
                    notes=list(NOTES),
                )
                for slug, _, title in CONDITIONS.values()
            },
            notes=(*NOTES, "Rows in count England, the sum of its tenths, made here."),
        )
    ]


def _with_england(kept: pd.DataFrame) -> pd.DataFrame:
    """Put the tenths under England and add their sum."""
    tenths = kept["level"] == DECILES
    own = kept["area_code"] == Footprint.read().county
    kept = kept.assign(
        category=decile_labels(kept["area_code"].where(tenths, "0").astype("int64")).where(
            tenths, ""
        ),
        area=kept["area_name"].str.partition(" (")[0].mask(tenths, "England"),
        area_code=kept["area_code"].mask(tenths, ENGLAND),
        note=own.map({True: "sum of the districts", False: ""}),
    )
    by = kept.loc[tenths].groupby("group_code", as_index=False)[["register", "list"]].sum()
    england = by.assign(
        area="England", area_code=ENGLAND, category="", note="sum of the tenths of deprivation"
    )
    return pd.concat([kept, england], ignore_index=True)


def _tidy(kept: pd.DataFrame) -> pd.DataFrame:
    told = [CONDITIONS[code] for code in kept["group_code"]]
    frame = kept.assign(
        series_id=[f"{ORIGIN}:{slug}" for slug, _, _ in told],
        area_type=area_types(kept["area_code"]),
        sex="Persons",
        age=[age for _, age, _ in told],
        category_type=(kept["category"] != "").map({True: CATEGORY, False: ""}),
        value=100 * kept["register"] / kept["list"],
        unit="%",
        basis="modelled",
        grade="C",
        status="derived",
        vintage=VINTAGE,
        origin_id=ORIGIN,
    )
    return with_periods(frame, [parse_period("2019/20")] * len(frame))


def _source() -> Source:
    return Source(
        origin_id=ORIGIN,
        publisher="House of Commons Library",
        title="Local health data from the Quality and Outcomes Framework, 2019/20",
        release="April 2021",
        attribution="House of Commons Library, from NHS Digital Quality and Outcomes Framework. "
        "Contains Parliamentary information licensed under the Open Parliament Licence v3.0.",
        licence="Open Parliament Licence v3.0",
        obtained_via="public repository houseofcommonslibrary/local-health-data-from-QOF, "
        "commit 496b8e7b19b8bb33d5a3337e79f5572dd475fd7d (28 April 2021)",
    )
