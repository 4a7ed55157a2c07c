"""Census 2011 by middle-layer area: unpaid care, health; households deprived, by small area."""

from __future__ import annotations

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
    read_csv,
    with_periods,
)

MSOA = "smallarea/census2011_health_percent_carers_count_msoa11_leicestershire.csv"
LSOA = "smallarea/census2011_deprivation_dimensions_lsoa11_leicestershire.csv"
NAMES = "geography/iod2019_lsoa11_leicestershire.csv"
CENSUS_DAY, VINTAGE = "2011-03-27", "2013-01"
CARERS = "carers_aged_"
HEALTH = {
    "good-health": ("Very good health", "Good health"),
    "fair-health": ("Fair health",),
    "bad-or-very-bad-health": ("Bad health", "Very bad health"),
    "unpaid-care-50h": ("Provides 50 or more hours unpaid care a week",),
}
HEALTH_TITLES = {
    "good-health": "Residents in good or very good health, 2011",
    "fair-health": "Residents in fair health, 2011",
    "bad-or-very-bad-health": "Residents in bad or very bad health, 2011",
    "unpaid-care-50h": "Residents who give 50 or more hours of unpaid care a week, 2011",
}
DEEP = 2
WORDING = (
    "The question on unpaid care was worded otherwise in 2011 and 2021: no change is drawn "
    "between the two."
)
NOTES = (
    WORDING,
    "Unpaid carers are counts; health and hours of care are published percentages of residents "
    "with one decimal, and are not added up to districts.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return unpaid carers and health of middle-layer areas, and households deprived."""
    return [_msoa(source_dir), _households(source_dir)]


def _msoa(source_dir: Path) -> Compiled:
    path = source_dir / MSOA
    raw = read_csv(path, ["msoa11_code", "lad19_code", "Good health"])
    raw = raw.rename(columns={"msoa11_code": "area_code", "msoa11_name": "area"})
    frame = pd.concat([_carers(raw, source_dir), _health(raw)], ignore_index=True)
    return Compiled(
        file="census2011_msoa.parquet",
        frame=conform(_dated(frame, "census2011")),
        source=_source("census2011", "unpaid care and general health by MSOA 2011", MSOA),
        inputs=[path],
        ledger=Ledger(len(frame)),
        series={"census2011:unpaid-care": _count("People who give unpaid care, 2011")}
        | {f"census2011:{slug}": _share(title, NOTES) for slug, title in HEALTH_TITLES.items()},
        notes=(*NOTES, "Rows in are cells of the table and the sums of carers made here."),
    )


def _carers(raw: pd.DataFrame, source_dir: Path) -> pd.DataFrame:
    """Return counts of carers, with sums for the districts and the county."""
    people = raw.filter(like=CARERS).sum(axis=1)
    small = raw[["area_code", "area", "lad19_code", "lad19_name"]].assign(count=people)
    districts = small.groupby(["lad19_code", "lad19_name"], as_index=False)[["count"]].sum()
    districts = districts.rename(columns={"lad19_code": "area_code", "lad19_name": "area"})
    county = Footprint.read().county
    upper = authorities(source_dir)
    name = str(upper.loc[upper["utla23_code"] == county, "utla23_name"].iloc[0])
    whole = pd.DataFrame({"area_code": [county], "area": [name], "count": [people.sum()]})
    summed = pd.concat([districts, whole], ignore_index=True)
    frame = pd.concat(
        [
            small.assign(status="ok", note=""),
            summed.assign(status="derived", note="sum of middle-layer areas"),
        ],
        ignore_index=True,
    )
    return frame.assign(
        series_id="census2011:unpaid-care", value=frame["count"], unit="people", grade="A"
    )


def _health(raw: pd.DataFrame) -> pd.DataFrame:
    parts = [
        raw[["area_code", "area"]].assign(
            series_id=f"census2011:{slug}",
            value=raw[list(columns)].sum(axis=1).round(1),
            unit="%",
            grade="C",
            status="ok",
            note="",
        )
        for slug, columns in HEALTH.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _households(source_dir: Path) -> Compiled:
    path, names = source_dir / LSOA, source_dir / NAMES
    raw = read_csv(path, ["lsoa11_code", "dimensions", "households"])
    ledger = Ledger(len(raw))
    total = raw.groupby("lsoa11_code")["households"].sum()
    deep = raw.loc[raw["dimensions"] >= DEEP].groupby("lsoa11_code")["households"].sum()
    named = read_csv(names, ["lsoa11_code", "lsoa11_name"]).set_index("lsoa11_code")["lsoa11_name"]
    frame = pd.DataFrame(
        {
            "area_code": total.index,
            "area": named.reindex(total.index).to_numpy(),
            "count": deep.reindex(total.index).to_numpy(),
            "denominator": total.to_numpy(),
        }
    ).assign(series_id="census2011-households:deprived-2-plus", unit="%", grade="A", status="ok")
    frame["value"] = 100 * frame["count"] / frame["denominator"]
    ledger.dropped["classes of households added together"] = len(raw) - len(frame)
    return Compiled(
        file="census2011_households.parquet",
        frame=conform(_dated(frame, "census2011-households", "households")),
        source=_source("census2011-households", "households by dimensions of deprivation", LSOA),
        inputs=[path, names],
        ledger=ledger,
        series={
            "census2011-households:deprived-2-plus": _share(
                "Households deprived in two or more dimensions, 2011, small areas of 2011", ()
            )
        },
        notes=("Small areas of 2011; not the areas of 2021.",),
    )


def _dated(frame: pd.DataFrame, origin_id: str, who: str = "") -> pd.DataFrame:
    frame = frame.assign(
        area_type=area_types(frame["area_code"]),
        sex="Not applicable" if who else "Persons",
        age=who or "All ages",
        basis="complete_count",
        vintage=VINTAGE,
        origin_id=origin_id,
    )
    return with_periods(frame, [parse_period(CENSUS_DAY)] * len(frame))


def _count(title: str) -> dict[str, object]:
    return entry(title, "people", "count", basis="complete_count", year_kind="day", notes=[WORDING])


def _share(title: str, notes: tuple[str, ...]) -> dict[str, object]:
    return entry(
        title, "%", "proportion", basis="complete_count", year_kind="day", notes=list(notes)
    )


VIA = {
    MSOA: "lrowleyabel/Census-2021, commit b612754288914e7b64f9ea05288907cb5cdcae98",
    LSOA: "humaniverse/IMD, commit 2f6c9050afee99a40041eb63b02b6b0c58850704",
}


def _source(origin_id: str, what: str, file: str) -> Source:
    return Source(
        origin_id=origin_id,
        publisher="Office for National Statistics",
        title=f"Census 2011, {what}",
        release="census of 27 March 2011",
        attribution="Source: Office for National Statistics licensed under the Open Government "
        "Licence v3.0.",
        obtained_via=f"public repository {VIA[file]}",
    )
