"""Suicide rates (Fingertips 41001): two periods, the publisher's word, areas by name."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hwb_analysis.errors import SourceError
from hwb_analysis.frame import conform
from tools.compile_snapshot.areas import ENGLAND
from tools.compile_snapshot.compiled import Compiled, Ledger, Source, read_csv
from tools.compile_snapshot.fingertips import (
    ATTRIBUTION,
    PUBLISHER,
    entries,
    publishers_word,
    tidy,
)

FILE = "figures/suicide_41001_utla_2017_19_2019_21.csv.gz"
COUNCILS = "figures/ascof_2020_21_all_councils.csv.gz"
AUTHORITIES = "geography/lookup_lad23_utla23_region24.csv"
VINTAGE, ORIGIN, PREFIX, INDICATOR = "2022", "suicide", "fingertips", "41001"
OTHER_NAMES = {
    "Bristol": "E06000023",
    "Buckinghamshire UA": "E06000060",
    "Herefordshire": "E06000019",
    "Kingston upon Hull": "E06000010",
    "Yorkshire and the Humber region": "E12000003",
}
NO_NAME = "England by tenth of deprivation, without saying of which areas the tenths are"
NOTES = (
    "Age-standardised rate of people aged 10 and over by year of registration, three calendar "
    "years pooled. 2018 to 2020 is not in the copy that was read.",
    "Areas were printed by name and matched to codes by name.",
    "Counts are published, denominators and limits are not: the publisher's own comparison is "
    "shown, and nothing is tested.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return the rates for all upper-tier authorities, regions and England."""
    path = source_dir / FILE
    raw = read_csv(path, ["Area Name", "Area Type", "Sex", "Category", "Time period", "Value"])
    ledger = Ledger(len(raw))
    raw = ledger.keep(raw, raw["Category"].isna(), NO_NAME)
    frame = pd.DataFrame(
        {
            "fingertips_id": INDICATOR,
            "area_code": _codes(raw, source_dir),
            "area": raw["Area Name"],
            "sex": raw["Sex"],
            "label": raw["Time period"],
            "value": raw["Value"],
            "count": raw["Count"],
            "remark": "",
            "word": [
                publishers_word(word) for word in raw["Compared to England value or percentiles"]
            ],
        }
    )
    absent = frame["value"].isna()
    frame["remark"] = absent.map({True: "missing: too few deaths for a rate", False: ""})
    return [
        Compiled(
            file="suicide.parquet",
            frame=conform(tidy(frame, prefix=PREFIX, vintage=VINTAGE, origin_id=ORIGIN)),
            source=_source(),
            inputs=[path],
            ledger=ledger,
            series=entries([INDICATOR], PREFIX, NOTES[2]),
            notes=NOTES,
        )
    ]


def _codes(raw: pd.DataFrame, source_dir: Path) -> pd.Series[str]:
    """Return the code of each name, from the councils of 2020/21 and today's authorities."""
    councils = read_csv(source_dir / COUNCILS, ["Geographical Description", "ONS Code"])
    councils = councils.loc[councils["Geographical Level"] == "Council"]
    known = dict(zip(councils["Geographical Description"], councils["ONS Code"], strict=True))
    today = read_csv(source_dir / AUTHORITIES, ["utla23_code", "region24_code"])
    known |= dict(zip(today["utla23_name"], today["utla23_code"], strict=True))
    known |= dict(zip(today["region24_name"] + " region", today["region24_code"], strict=True))
    known |= {"England": ENGLAND, **OTHER_NAMES}
    codes: pd.Series[str] = raw["Area Name"].map(known)
    if codes.isna().any():
        first = raw.loc[codes.isna(), "Area Name"].unique()[:5]
        raise SourceError(
            f"{FILE} names areas without a known code: {', '.join(first)}",
            remedy="add their codes to OTHER_NAMES",
        )
    return codes


def _source() -> Source:
    return Source(
        origin_id=ORIGIN,
        publisher=PUBLISHER,
        title="Fingertips 41001, suicide rate",
        release="2017 to 2019 and 2019 to 2021, as held in 2022",
        attribution=ATTRIBUTION,
        obtained_via="public repository HJandu/Project_Group_2, "
        "commit 692ef47e5be0e24dfb81a3e71c5ee9a7687171fd (8 December 2022)",
    )
