"""Residents by rural or urban class of 2021, and the class of every small area."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hwb_analysis.frame import conform
from hwb_analysis.periods import parse_period
from tools.compile_snapshot.areas import AUTHORITIES, Footprint, area_types, authorities
from tools.compile_snapshot.compiled import (
    Compiled,
    Ledger,
    Source,
    entry,
    read_csv,
    with_periods,
)

FILE = "geography/iod2025_lsoa21_leicestershire.csv"
DAY, VINTAGE = "2022-06-30", "2025-10"
# The first letter of the class: urban, larger rural, smaller rural.
CLASSES = {
    "urban": ("U", "Residents of urban areas"),
    "larger-rural": ("RL", "Residents of larger rural areas"),
    "smaller-rural": ("RS", "Residents of smaller rural areas"),
}
NOTES = (
    "The Rural Urban Classification of 2021, by small area; the classification of 2011 gives other "
    "shares.",
    "Residents at mid-2022 as used for the Indices of Deprivation 2025.",
)
ATTRIBUTION = (
    "Source: Office for National Statistics licensed under the Open Government Licence v3.0."
)
VIA = (
    "public repositories humaniverse/geographr, commit c026be5cc76cb576358082b53f1f13d69ab577ae; "
    "LiamButler04/Liam-Butler-C22306471-Dissertation, commit "
    "4aa623c9c2a7bbe9604ef01d8dffb3b7aa9fc9fb"
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return the shares of the three classes, and the class of every small area."""
    path = source_dir / FILE
    columns = ["lsoa21_code", "lad24_code", "lad24_name", "ruc21_code", "pop_2022_total"]
    raw = read_csv(path, columns)
    return [_shares(raw, source_dir), _lookup(raw, path)]


def _shares(raw: pd.DataFrame, source_dir: Path) -> Compiled:
    county = Footprint.read().county
    upper = authorities(source_dir)
    name = upper.loc[upper["utla23_code"] == county, "utla23_name"].iloc[0]
    districts = raw.rename(columns={"lad24_code": "area_code", "lad24_name": "area"})
    levels = [districts, raw.assign(area_code=county, area=name)]
    both = pd.concat(levels, ignore_index=True)
    frames = [_share(both, slug) for slug in CLASSES]
    ledger = Ledger(len(raw))
    made = sum(len(frame) for frame in frames)
    ledger.dropped["small areas added together to districts and the county"] = len(raw) - made
    return Compiled(
        file="rural_urban.parquet",
        frame=conform(pd.concat(frames, ignore_index=True)),
        source=_source("ruc2021", "shares of residents by class"),
        inputs=[source_dir / FILE, source_dir / AUTHORITIES],
        ledger=ledger,
        series={f"ruc2021:{slug}": _entry(title) for slug, (_, title) in CLASSES.items()},
        notes=(*NOTES, "Rows in are small areas."),
    )


def _share(both: pd.DataFrame, slug: str) -> pd.DataFrame:
    first, _ = CLASSES[slug]
    inside = both["pop_2022_total"].where(both["ruc21_code"].str.startswith(first), 0)
    summed = (
        both.assign(count=inside, denominator=both["pop_2022_total"])
        .groupby(["area_code", "area"], as_index=False)[["count", "denominator"]]
        .sum()
    )
    frame = summed.assign(
        series_id=f"ruc2021:{slug}",
        area_type=area_types(summed["area_code"]),
        sex="Persons",
        age="All ages",
        value=100 * summed["count"] / summed["denominator"],
        unit="%",
        basis="complete_count",
        grade="A",
        status="derived",
        note="sum of small areas",
        vintage=VINTAGE,
        origin_id="ruc2021",
    )
    return with_periods(frame, [parse_period(DAY)] * len(frame))


def _lookup(raw: pd.DataFrame, path: Path) -> Compiled:
    columns = {
        "lsoa21_code": "lsoa21_code",
        "ruc21_code": "ruc21_code",
        "ruc21_name": "ruc21",
        "pop_2022_total": "residents_mid2022",
        "pop_2022_0_15": "residents_mid2022_0_15",
        "pop_2022_60plus": "residents_mid2022_60_plus",
        "pop_2022_working_age_18_66": "residents_mid2022_18_66",
    }
    frame = raw.rename(columns=columns)[list(columns.values())]
    return Compiled(
        file="lookups/lsoa21_rural_urban.csv",
        frame=frame.sort_values("lsoa21_code", ignore_index=True),
        source=_source("lookup-rural-urban", "class and residents of every small area"),
        inputs=[path],
        ledger=Ledger(len(raw)),
        notes=NOTES,
    )


def _entry(title: str) -> dict[str, object]:
    return entry(
        f"{title}, classification of 2021",
        "%",
        "proportion",
        basis="complete_count",
        year_kind="day",
        notes=list(NOTES),
    )


def _source(origin_id: str, what: str) -> Source:
    return Source(
        origin_id=origin_id,
        publisher="Office for National Statistics; Ministry of Housing, Communities and Local "
        "Government",
        title=f"Rural Urban Classification 2021, {what}",
        release="classification of 2021; residents of mid-2022",
        attribution=ATTRIBUTION,
        obtained_via=VIA,
    )
