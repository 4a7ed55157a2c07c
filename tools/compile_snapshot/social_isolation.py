"""Social contact of adult carers and of users of social care: a download with limits."""

from __future__ import annotations

from pathlib import Path

from hwb_analysis.frame import conform
from tools.compile_snapshot.compiled import Compiled, Ledger, Source
from tools.compile_snapshot.fingertips import ATTRIBUTION, PUBLISHER, entries, tidy
from tools.compile_snapshot.fingertips_download import read_download, whole_areas
from tools.compile_snapshot.home import Home

FILE = "figures/fingertips_full_format_utla_social_isolation_90280_90638.csv.gz"
VINTAGE, ORIGIN, PREFIX = "2020", "fingertips-social", "fingertips"
AGES = {90280: "18+ yrs", 90638: "18+ yrs"}
NOTES = (
    "Carers are asked every second year (2012/13 to 2018/19 here), users of adult social care "
    "every year (2010/11 to 2018/19).",
    "Counts and numbers of answers are left out: they are weighted and rounded to five, so they "
    "give the value back only to about one percentage point.",
    "Some values carry the publisher's remark on their quality; the notes of the rows repeat it.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return both indicators for all upper-tier authorities, regions and England."""
    path, ledgers = source_dir / FILE, dict[str, Ledger]()
    raw = read_download(path, ledgers)
    ledger = ledgers[path.name]
    raw = whole_areas(raw, AGES, Home.read(source_dir), ledger)
    return [
        Compiled(
            file="fingertips_social.parquet",
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
        title="Fingertips 90638 and 90280, social isolation of adult carers and of users of "
        "adult social care",
        release="2010/11 to 2018/19, as held in 2020",
        attribution=ATTRIBUTION,
        obtained_via="public repository britishredcrosssociety/covid-19-vulnerability, "
        "commit abd0bcad4224c527d4c3c03283b2a55c1f36cf15 (6 June 2022)",
    )
