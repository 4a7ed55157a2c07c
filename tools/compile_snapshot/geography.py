"""Look-ups and outlines: areas of England, small areas of the county, districts on a map."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from hwb_analysis.errors import SourceError
from tools.compile_snapshot.areas import AUTHORITIES, ENGLAND, Footprint, area_types, authorities
from tools.compile_snapshot.census2021 import FILE as CENSUS
from tools.compile_snapshot.census2021 import RESIDENTS
from tools.compile_snapshot.compiled import Compiled, Ledger, Source, read_csv

SMALL_AREAS = "geography/lookup_lsoa21_msoa21_ward24_lad24_utla_leics.csv"
CHANGES = "geography/lookup_lsoa11_lsoa21_england.parquet"
INDEX_2019 = "geography/iod2019_lsoa11_england.parquet"
INDEX_2025 = "geography/iod2025_lsoa21_england.parquet"
OUTLINES = "geography/leicestershire_geography_27700.gpkg"
ALL_DISTRICTS = "geography/lad24_england_generalised.geojson"
GRID = 27700
ENGLISH_DISTRICTS = "Outlines of the districts and unitary authorities of England"
UNCHANGED_OR_SPLIT = ("U", "S")
ONS_LINE = "Source: Office for National Statistics licensed under the Open Government Licence v3.0."
OS_LINE = f"{ONS_LINE} Contains OS data © Crown copyright and database right 2024."
IMD_LINE = (
    f"{ONS_LINE} Deprivation: Ministry of Housing, Communities and Local Government, English "
    "Indices of Deprivation 2019 and 2025, Open Government Licence v3.0."
)
GEOGRAPHR = (
    "public repository humaniverse/geographr, commit c026be5cc76cb576358082b53f1f13d69ab577ae"
)
GEO_LOOKUPS = (
    "public repository drkane/geo-lookups, commit e20a072d5fc0918437abaa3622be63f40b71d9dd"
)
INDEX = "humaniverse/IMD, commit 2f6c9050afee99a40041eb63b02b6b0c58850704"


def compile(source_dir: Path) -> list[Compiled]:
    """Return the two look-ups and the three sets of outlines."""
    footprint = Footprint.read()
    upper = authorities(source_dir)
    return [
        _areas(upper, source_dir),
        _lsoa21(footprint, source_dir),
        _districts(footprint, upper, source_dir),
        _outlines(footprint, upper, source_dir),
        _all_districts(source_dir),
    ]


def _areas(upper: pd.DataFrame, source_dir: Path) -> Compiled:
    """Build England, its regions, counties and districts, each with the area above it."""
    tiers = [("ltla23", "utla23"), ("utla23", "region24")]
    rows = [pd.DataFrame({"area_code": [ENGLAND], "area": ["England"], "parent_code": [""]})]
    for own, above in tiers:
        part = upper[[f"{own}_code", f"{own}_name", f"{above}_code"]].set_axis(
            ["area_code", "area", "parent_code"], axis=1
        )
        rows.append(part[part["area_code"] != part["parent_code"]])
    regions = upper[["region24_code", "region24_name"]].set_axis(["area_code", "area"], axis=1)
    rows.append(regions.assign(parent_code=ENGLAND))
    frame = pd.concat(rows).drop_duplicates(ignore_index=True)
    frame["area_type"] = area_types(frame["area_code"])
    frame = frame[["area_code", "area", "area_type", "parent_code"]].sort_values("area_code")
    return Compiled(
        file="lookups/areas.csv",
        frame=frame,
        source=Source(
            origin_id="lookup-areas",
            publisher="Office for National Statistics",
            title="Districts, upper-tier authorities and regions of England",
            release="districts and upper tier of April 2023, regions of 2024",
            attribution=ONS_LINE,
            obtained_via=GEOGRAPHR,
        ),
        inputs=[source_dir / AUTHORITIES],
        ledger=Ledger(len(upper)),
        notes=("Rows in are districts; counties, regions and England are added.",),
    )


def _lsoa21(footprint: Footprint, source_dir: Path) -> Compiled:
    path = source_dir / SMALL_AREAS
    raw = read_csv(path, ["lsoa21_code", "msoa21_code", "lad24_code", "utla_code"])
    ledger = Ledger(len(raw))
    inside = ledger.keep(raw, raw["utla_code"] == footprint.county, "outside the county")
    frame = inside.rename(
        columns={
            "lsoa21_name": "lsoa21",
            "msoa21_name": "msoa21",
            "lad24_code": "district_code",
            "utla_code": "county_code",
        }
    )
    for part in (_residents(source_dir), _index_2019(frame, source_dir), _index_2025(source_dir)):
        frame = frame.merge(part, on="lsoa21_code", how="left", validate="one_to_one")
    columns = ["lsoa21_code", "lsoa21", "msoa21_code", "msoa21", "district_code", "county_code"]
    numbers = ["residents", "imd2019_rank", "imd2019_decile"]
    numbers += ["imd2025_score", "imd2025_rank", "imd2025_decile"]
    whole = {name: "int32" for name in numbers if name != "imd2025_score"}
    frame = frame[columns + numbers].astype(whole).sort_values("lsoa21_code", ignore_index=True)
    return Compiled(
        file="lookups/lsoa21.parquet",
        frame=frame,
        source=Source(
            origin_id="lookup-lsoa21",
            publisher="Office for National Statistics; Ministry of Housing, Communities and "
            "Local Government",
            title="Small areas (LSOA 2021) with their district, residents and deprivation",
            release="Census 2021; English Indices of Deprivation 2019 and 2025",
            attribution=IMD_LINE,
            obtained_via=f"{GEOGRAPHR}; {INDEX}",
        ),
        inputs=[source_dir / f for f in (SMALL_AREAS, CENSUS, CHANGES, INDEX_2019, INDEX_2025)],
        ledger=ledger,
        notes=(
            "The rank of 2019 belongs to small areas of 2011. All areas of the county are "
            "unchanged or split since, so each takes the rank of the area it was or was part of.",
            "Rank 1 and decile 1 are the most deprived, among all small areas of England.",
            "Residents are those of Census 2021 table TS038.",
        ),
    )


def _residents(source_dir: Path) -> pd.DataFrame:
    counts = read_csv(source_dir / CENSUS, ["lsoa21_code", *RESIDENTS])
    return counts[["lsoa21_code", *RESIDENTS]].set_axis(["lsoa21_code", "residents"], axis=1)


def _index_2019(inside: pd.DataFrame, source_dir: Path) -> pd.DataFrame:
    """Give every small area of 2021 the rank of the area of 2011 it was or was part of."""
    changes = pd.read_parquet(
        source_dir / CHANGES, columns=["lsoa11_code", "lsoa21_code", "change_code"]
    )
    changes = changes[changes["lsoa21_code"].isin(inside["lsoa21_code"])]
    other = sorted(set(changes["change_code"]) - set(UNCHANGED_OR_SPLIT))
    if other:
        raise SourceError(
            f"areas unchanged or split were expected, some have the change code {', '.join(other)}",
            where=CHANGES,
            remedy="a merged area has no rank of 2019 to inherit: leave it out with a reason",
        )
    index = pd.read_parquet(
        source_dir / INDEX_2019, columns=["lsoa11_code", "imd_rank", "imd_decile"]
    )
    ranked = changes.merge(index, on="lsoa11_code", validate="many_to_one")
    return ranked[["lsoa21_code", "imd_rank", "imd_decile"]].set_axis(
        ["lsoa21_code", "imd2019_rank", "imd2019_decile"], axis=1
    )


def _index_2025(source_dir: Path) -> pd.DataFrame:
    columns = ["lsoa21_code", "imd_score", "imd_rank", "imd_decile"]
    index = pd.read_parquet(source_dir / INDEX_2025, columns=columns)
    return index.set_axis(["lsoa21_code", *(f"imd2025_{c[4:]}" for c in columns[1:])], axis=1)


def _districts(footprint: Footprint, upper: pd.DataFrame, source_dir: Path) -> Compiled:
    raw = _layer(source_dir, "lad24", "lad24_code", "lad24_name")
    inside = upper.loc[upper["utla23_code"] == footprint.county, "ltla23_code"]
    ledger = Ledger(len(raw))
    wanted = raw["area_code"].isin([*inside, *footprint.neighbours])
    return _boundaries(
        "districts",
        ledger.keep(raw, wanted, "neither a district of the county nor a neighbour"),
        ledger,
        source_dir,
        "Outlines of the districts of the county and of its unitary neighbours",
    )


def _outlines(footprint: Footprint, upper: pd.DataFrame, source_dir: Path) -> Compiled:
    raw = _layer(source_dir, "lsoa21", "lsoa21_code", "lsoa21_name", "lad24_code")
    inside = upper.loc[upper["utla23_code"] == footprint.county, "ltla23_code"]
    ledger = Ledger(len(raw))
    kept = ledger.keep(raw, raw["lad24_code"].isin(inside), "outside the county")
    return _boundaries(
        "lsoa21", kept, ledger, source_dir, "Outlines of the small areas (LSOA 2021) of the county"
    )


def _all_districts(source_dir: Path) -> Compiled:
    """Build the coarse outlines of every district of England, for strategies of other areas."""
    raw = gpd.read_file(source_dir / ALL_DISTRICTS)
    frame = raw.rename(columns={"ltla24_code": "area_code", "ltla24_name": "area"}).to_crs(GRID)
    frame["geometry"] = frame.geometry.make_valid()
    done = _boundaries("districts-england", frame, Ledger(len(raw)), source_dir, ENGLISH_DISTRICTS)
    return replace(
        done,
        source=replace(
            done.source, release="May 2024, generalised to 500 m and clipped to the coastline"
        ),
        inputs=[source_dir / ALL_DISTRICTS],
        notes=("British National Grid (EPSG:27700). For small maps only: edges are coarse.",),
    )


def _layer(source_dir: Path, layer: str, code: str, name: str, *more: str) -> gpd.GeoDataFrame:
    frame = gpd.read_file(source_dir / OUTLINES, layer=layer, columns=[code, name, *more])
    if frame.crs is None or frame.crs.to_epsg() != GRID or not frame.geometry.is_valid.all():
        raise SourceError(
            f"the layer {layer} was expected on EPSG:{GRID} with valid outlines, is on {frame.crs}",
            where=OUTLINES,
            remedy="reproject or mend the outlines before compiling",
        )
    return frame.rename(columns={code: "area_code", name: "area"})


def _boundaries(
    level: str, frame: pd.DataFrame, ledger: Ledger, source_dir: Path, title: str
) -> Compiled:
    outlines = gpd.GeoDataFrame(frame, geometry="geometry", crs=GRID)
    columns = ["area_code", "area", "geometry"]
    return Compiled(
        file=f"boundaries/{level}.parquet",
        frame=outlines[columns].sort_values("area_code", ignore_index=True),
        source=Source(
            origin_id=f"boundaries-{level}",
            publisher="Office for National Statistics",
            title=title,
            release="LSOA December 2021, generalised to 20 m and clipped to the coastline",
            attribution=OS_LINE,
            obtained_via=GEO_LOOKUPS,
        ),
        inputs=[source_dir / OUTLINES],
        ledger=ledger,
        notes=(
            "British National Grid (EPSG:27700). Districts are dissolved from the small areas, so "
            "that their edges agree.",
        ),
    )
