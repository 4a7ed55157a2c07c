"""Indicators of the national profiles for every English district: similar areas and quintiles."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hwb_analysis.frame import conform
from tools.compile_snapshot.areas import AUTHORITIES, ENGLAND
from tools.compile_snapshot.compiled import Compiled, Ledger, Source, read_csv
from tools.compile_snapshot.fingertips import (
    ATTRIBUTION,
    PUBLISHER,
    entries,
    publishers_word,
    tidy,
)

FILE = "indicators/england/fingertips_district_extracts.csv.gz"
ORIGIN, PREFIX, NEWEST, VINTAGE = "fingertips-all", "fingertips-all", "2026", "2026-05"
NUMBERS = (90319, 90323, 90366, 92443, 92901, 93014, 93015, 93088, 93570, 93721)
OTHERS = "indicators that no comparison with other districts needs"
NOTES = (
    "The newest period of each indicator for the districts and unitary authorities of today "
    "(2023) and England; areas that have been merged since are left out.",
    "The county's own districts are in the series of the same number without '-all', where "
    "counties stand beside them; the values are the same.",
    "Values to one decimal with the publisher's own comparison, without counts or limits: they "
    "may be ranked and shown, not tested.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return ten indicators in their newest period for all districts of today and England."""
    path = source_dir / FILE
    columns = ["fingertips_id", "extract", "area_code", "area_name", "period", "sex", "category"]
    words = {"extract": "str", "category": "str", "period": "str"}
    raw = read_csv(path, [*columns, "value", "compared_to_england"], dtype=words)
    ledger = Ledger(len(raw))
    raw = ledger.keep(raw, raw["fingertips_id"].isin(NUMBERS), OTHERS)
    raw = ledger.keep(raw, raw["extract"] == NEWEST, "an older release of the same indicators")
    today = read_csv(source_dir / AUTHORITIES, ["ltla23_code"])["ltla23_code"]
    current = raw["area_code"].isin([*today, ENGLAND])
    raw = ledger.keep(raw, current, "areas of another tier, or merged since")
    raw = ledger.keep(raw, _newest(raw), "periods before the newest")
    frame = raw.rename(columns={"area_name": "area", "period": "label"}).assign(
        category="",
        category_type="",
        remark="",
        word=[publishers_word(word) for word in raw["compared_to_england"]],
    )
    return [
        Compiled(
            file="fingertips_all.parquet",
            frame=conform(tidy(frame, prefix=PREFIX, vintage=VINTAGE, origin_id=ORIGIN)),
            source=_source(),
            inputs=[path],
            ledger=ledger,
            series=entries(raw["fingertips_id"], PREFIX, "All districts, the newest period only."),
            notes=NOTES,
        )
    ]


def _newest(raw: pd.DataFrame) -> pd.Series[bool]:
    """Say of each row whether it is of its indicator's newest period; labels sort by time."""
    last: pd.Series[str] = raw.groupby("fingertips_id")["period"].transform("max")
    return raw["period"] == last


def _source() -> Source:
    return Source(
        origin_id=ORIGIN,
        publisher=PUBLISHER,
        title="Fingertips indicators for all English districts and unitary authorities",
        release="as held in April and May 2026",
        attribution=ATTRIBUTION,
        obtained_via="public repository traffordDataLab/trafford_themes, "
        "commit ae20a088ae35b93b57843c79ee56e0072915db9e",
    )
