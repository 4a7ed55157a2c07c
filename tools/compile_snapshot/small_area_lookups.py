"""Look-ups: small areas of 2011 and 2021, names of middle-layer areas, similar areas."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tools.compile_snapshot.areas import AUTHORITIES, Footprint, authorities
from tools.compile_snapshot.compiled import OGL, Compiled, Ledger, Source, read_csv

CHANGES = "geography/lookup_lsoa11_lsoa21_leics.csv"
NAMES = "geography/lookup_msoa_names_england.csv.gz"
PEERS = "indicators/footprint/peer_groups.csv"
PARLIAMENT = "Open Parliament Licence v3.0"
ONS_LINE = "Source: Office for National Statistics licensed under the Open Government Licence v3.0."
# The list that is left out rests on a model whose licence is not open.
OPEN_LISTS = {
    "ons_similar_areas_global": "ons-similar-all",
    "ons_similar_areas_economic": "ons-similar-economic",
    "ons_similar_areas_demographic": "ons-similar-demographic",
    "dfe_statistical_neighbours_may_2025": "dfe-statistical-2025-05",
}


def compile(source_dir: Path) -> list[Compiled]:
    """Return the three look-ups."""
    return [
        _changes(source_dir / CHANGES, source_dir),
        _names(source_dir / NAMES),
        _neighbours(source_dir / PEERS, source_dir),
    ]


def _changes(path: Path, source_dir: Path) -> Compiled:
    raw = read_csv(path, ["lsoa11_code", "lsoa21_code", "change_code", "ltla22_code"])
    ledger = Ledger(len(raw))
    upper = authorities(source_dir)
    own = upper.loc[upper["utla23_code"] == Footprint.read().county, "ltla23_code"]
    kept = ledger.keep(raw, raw["ltla22_code"].isin(own), "outside the county")
    columns = ["lsoa11_code", "lsoa11_name", "lsoa21_code", "lsoa21_name", "change_code"]
    frame = kept[columns].rename(columns={"lsoa11_name": "lsoa11", "lsoa21_name": "lsoa21"})
    return Compiled(
        file="lookups/lsoa11_lsoa21.csv",
        frame=frame.sort_values(["lsoa21_code", "lsoa11_code"], ignore_index=True),
        source=Source(
            origin_id="lookup-lsoa11-lsoa21",
            publisher="Office for National Statistics",
            title="Small areas of 2011 and of 2021 in the county",
            release="LSOA11 to LSOA21 to LAD22",
            attribution=ONS_LINE,
            obtained_via="public repository humaniverse/geographr, commit "
            "c026be5cc76cb576358082b53f1f13d69ab577ae",
        ),
        inputs=[path, source_dir / AUTHORITIES],
        ledger=ledger,
        notes=("change_code: U unchanged, S split since 2011; none was merged.",),
    )


def _names(path: Path) -> Compiled:
    raw = read_csv(path, ["MSOACD", "MSOANM", "MSOAHCLNM", "UTLACD", "MSOA11CD", "MSOA21CD"])
    ledger = Ledger(len(raw))
    kept = ledger.keep(raw, raw["UTLACD"] == Footprint.read().county, "outside the county")
    columns = {
        "MSOACD": "msoa_code",
        "MSOANM": "msoa",
        "MSOAHCLNM": "name",
        "LADCD_ACTIVE": "district_code",
        "MSOA11CD": "msoa11_code",
        "MSOA21CD": "msoa21_code",
    }
    frame = kept.rename(columns=columns)[list(columns.values())]
    return Compiled(
        file="lookups/msoa_names.csv",
        frame=frame.sort_values("msoa_code", ignore_index=True),
        source=Source(
            origin_id="lookup-msoa-names",
            publisher="House of Commons Library",
            title="Names of middle-layer areas (MSOA)",
            release="names for the areas of 2011 and 2021",
            attribution="House of Commons Library MSOA Names. Contains Parliamentary information "
            "licensed under the Open Parliament Licence v3.0.",
            licence=PARLIAMENT,
            obtained_via="public repository drkane/geo-lookups, commit "
            "e20a072d5fc0918437abaa3622be63f40b71d9dd",
        ),
        inputs=[path],
        ledger=ledger,
        notes=("An area that is in one edition only has no code in the other.",),
    )


def _neighbours(path: Path, source_dir: Path) -> Compiled:
    raw = read_csv(path, ["peer_model", "area_code", "rank", "peer_code", "peer_name"])
    ledger = Ledger(len(raw))
    reason = "a list whose model is not openly licensed"
    kept = ledger.keep(raw, raw["peer_model"].isin(list(OPEN_LISTS)), reason)
    english = kept["peer_code"].str.startswith("E")
    kept = ledger.keep(kept, english, "similar areas outside England, which no figure here covers")
    frame = pd.DataFrame(
        {
            "model": kept["peer_model"].map(OPEN_LISTS),
            "area_code": kept["area_code"],
            "rank": kept["rank"].astype("int64"),
            "peer_code": kept["peer_code"],
            "peer": kept["peer_name"],
        }
    )
    return Compiled(
        file="lookups/neighbours.csv",
        frame=frame.sort_values(["model", "area_code", "rank"], ignore_index=True),
        source=Source(
            origin_id="lookup-neighbours",
            publisher="Office for National Statistics; Department for Education",
            title="Similar areas (ONS, three kinds) and children's services statistical neighbours",
            release="as held in 2026; statistical neighbours of May 2025",
            attribution=f"{ONS_LINE} Department for Education: Open Government Licence v3.0.",
            licence=OGL,
            obtained_via="public repositories ONSdigital/explore-local-statistics-app, commit "
            "ca9faecc8cab26e33faff935b2b58a4fc10d6c0d; "
            "dfe-analytical-services/local-authority-interactive-tool, commit "
            "2e30e3959a6ab8b2d22941b84764da41a40ac91b",
        ),
        inputs=[path],
        ledger=ledger,
        notes=("Rank 1 is the most alike; ranks of areas outside England are left open.",),
    )
