"""Deaths from alcohol-specific conditions: a download with counts and published limits."""

from __future__ import annotations

from pathlib import Path

from hwb_analysis.frame import conform
from tools.compile_snapshot.compiled import Compiled, Ledger, Source
from tools.compile_snapshot.fingertips import ATTRIBUTION, PUBLISHER, entries, tidy
from tools.compile_snapshot.fingertips_download import read_download, whole_areas
from tools.compile_snapshot.home import Home

FILE = "indicators/england/fingertips_91380_alcohol_specific_mortality_full_format.csv.gz"
VINTAGE, ORIGIN, PREFIX = "2016-2018", "fingertips-alcohol-deaths", "fingertips"
AGES = {91380: "All ages"}
NOTES = (
    "Three calendar years pooled, 2006 to 2008 up to 2016 to 2018; each period shares two years "
    "with the next.",
    "Rates are age-standardised: count over denominator does not give them back.",
    "England is printed by tenth of deprivation of its authorities, under two editions of the "
    "index and two kinds of authority.",
    "Counts of authorities are whole numbers; those of England and its tenths carry fractions.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return the indicator for all upper-tier authorities, regions, England and its tenths."""
    path, ledgers = source_dir / FILE, dict[str, Ledger]()
    raw = read_download(path, ledgers)
    ledger = ledgers[path.name]
    raw = whole_areas(raw, AGES, Home.read(source_dir), ledger)
    return [
        Compiled(
            file="fingertips_alcohol_deaths.parquet",
            frame=conform(tidy(raw, prefix=PREFIX, vintage=VINTAGE, origin_id=ORIGIN)),
            source=_source(),
            inputs=[path],
            ledger=ledger,
            series=entries(AGES, PREFIX),
            notes=NOTES,
        )
    ]


def _source() -> Source:
    return Source(
        origin_id=ORIGIN,
        publisher=PUBLISHER,
        title="Fingertips 91380, alcohol-specific mortality",
        release="2006 to 2008 up to 2016 to 2018",
        attribution=ATTRIBUTION,
        obtained_via="public repository VictimOfMaths/Maps, "
        "commit 3f63723547ff405e5e6eba20df25a80672297929",
    )
