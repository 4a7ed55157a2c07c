"""Childhood vaccine coverage 2024/25 from the official annual table, all authorities."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hwb_analysis.frame import conform
from hwb_analysis.periods import parse_period
from tools.compile_snapshot.areas import Footprint, area_types
from tools.compile_snapshot.compiled import Compiled, Ledger, Source, entry, read_csv, with_periods
from tools.compile_snapshot.cover import ATTRIBUTION
from tools.compile_snapshot.cover import SERIES as QUARTERLY

FILE = "figures/ukhsa_cover_annual_2024_25_utla.csv"
PERIOD, VINTAGE, ORIGIN = "2024/25", "2025-09", "cover-official"
SLUGS = {
    ("12 months", "DTaP/IPV/Hib/HepB"): "dtap-1y",
    ("12 months", "MenB"): "menb-1y",
    ("12 months", "PCV1"): "pcv-1y",
    ("12 months", "rota"): "rotavirus-1y",
    ("24 months", "DTaP/IPV/Hib/HepB Prim"): "dtap-2y",
    ("24 months", "MMR1"): "mmr1-2y",
    ("24 months", "Hib/MenC booster"): "hibmenc-2y",
    ("24 months", "PCV booster"): "pcv-booster-2y",
    ("24 months", "MenB booster"): "menb-booster-2y",
    ("5 years", "DTaP/IPV/Hib/HepB Prim"): "dtap-5y",
    ("5 years", "dTaP/IPV booster"): "dtap-booster-5y",
    ("5 years", "Hib/MenC booster"): "hibmenc-5y",
    ("5 years", "MMR1"): "mmr1-5y",
    ("5 years", "MMR2"): "mmr2-5y",
}
WITH_RUTLAND = "the table prints this authority and Rutland as one"
NOTES = (
    "The official annual table prints Rutland inside Leicestershire, so the county's coverage is "
    "that of Leicestershire and Rutland; Rutland has no row.",
    "Counts are the published numbers of vaccinated and of eligible children.",
    "England is the published row.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return fourteen series of one year for all upper-tier authorities and England."""
    path = source_dir / FILE
    raw = read_csv(path, ["age", "area_code", "area_name", "eligible", "vaccine", "percent"])
    ledger = Ledger(len(raw))
    named = pd.Series(list(zip(raw["age"], raw["vaccine"], strict=True)), index=raw.index)
    raw = ledger.keep(raw, named.isin(list(SLUGS)), "vaccines that the quarters do not carry")
    whole = raw.groupby(["area_code", "area_name", "age", "vaccine", "eligible"], as_index=False)
    ledger.dropped["number and percentage printed in two rows, put together"] = (
        len(raw) - whole.ngroups
    )
    raw = whole[["percent", "number"]].first()
    return [
        Compiled(
            file="cover_official.parquet",
            frame=conform(_tidy(raw)),
            source=_source(),
            inputs=[path],
            ledger=ledger,
            series=_entries(),
            notes=NOTES,
        )
    ]


def _tidy(raw: pd.DataFrame) -> pd.DataFrame:
    county = Footprint.read().county
    frame = with_periods(raw, [parse_period(PERIOD)] * len(raw))
    absent = frame["percent"].isna()
    noted = (frame["area_code"] == county).map({True: WITH_RUTLAND, False: ""})
    pairs = zip(frame["age"], frame["vaccine"], strict=True)
    return frame.assign(
        series_id=[f"{ORIGIN}:{SLUGS[pair]}" for pair in pairs],
        area=frame["area_name"],
        area_type=area_types(frame["area_code"]),
        sex="Persons",
        count=frame["number"].where(~absent),
        denominator=frame["eligible"],
        value=frame["percent"],
        unit="%",
        basis="register",
        grade=absent.map({True: "D", False: "A"}),
        status=absent.map({True: "missing", False: "ok"}),
        note=noted.mask(absent, "no value in the official table"),
        vintage=VINTAGE,
        origin_id=ORIGIN,
    )


def _entries() -> dict[str, dict[str, object]]:
    titles = {slug: (age, name) for (age, _), (slug, name) in QUARTERLY.items()}
    ages = {slug: age for (age, _), slug in SLUGS.items()}
    return {
        f"{ORIGIN}:{slug}": entry(
            f"{titles[slug][1]} by {ages[slug]} (official annual table)",
            "%",
            "proportion",
            basis="register",
            year_kind="financial",
            notes=[NOTES[0]],
        )
        for slug in sorted(ages)
    }


def _source() -> Source:
    return Source(
        origin_id=ORIGIN,
        publisher="UK Health Security Agency",
        title="Childhood vaccination coverage statistics, annual data tables",
        release="2024 to 2025",
        attribution=ATTRIBUTION,
        obtained_via="public repository APM2025/Mess_around, "
        "commit f67c986fcfd6b0e47521c6d3f4d149357a9176db (11 December 2025)",
    )
