"""Look-up: districts and counties that were recoded, merged or split from 2016 to 2024."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import yaml

from tools.compile_snapshot.areas import area_types
from tools.compile_snapshot.compiled import Compiled, Ledger, Source, read_csv

FILE = "geography/lookup_lad_vintages_2016_2024.csv"
COUNTIES = Path(__file__).with_name("county_changes.yaml")
YEARS = range(2016, 2025)
ENGLISH = "E"
NOTES = (
    "One row for each old and new area that share ground, from 1 April of the year. Merged: all "
    "of the old area is in the new one, with others. Recoded: the same ground under a new code.",
    "Changes of counties follow from the orders that made the new authorities; the county that "
    "lost a district to a neighbour counts as split.",
    "Rows in are pairs of codes from one year to the next, and the changes of counties.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return the look-up of changed areas."""
    path = source_dir / FILE
    columns = [f"ltla{year % 100}_{part}" for year in YEARS for part in ("code", "name")]
    raw = read_csv(path, columns, dtype="str")
    pairs = pd.concat([_pairs(raw, year) for year in YEARS[1:]], ignore_index=True)
    ledger = Ledger(len(pairs))
    pairs = ledger.keep(pairs, pairs["old_code"].str.startswith(ENGLISH), "outside England")
    changed = ledger.keep(pairs, pairs["old_code"] != pairs["new_code"], "unchanged codes")
    changed = changed.assign(kind=_kinds(changed), area_type=area_types(changed["old_code"]))
    counties = pd.DataFrame(_counties())
    ledger.rows_in += len(counties)
    frame = pd.concat([changed, counties], ignore_index=True)
    order = ["year", "kind", "area_type", "old_code", "old_area", "new_code", "new_area"]
    return [
        Compiled(
            file="lookups/area_changes.csv",
            frame=frame[order].sort_values(["year", "old_code", "new_code"], ignore_index=True),
            source=_source(),
            inputs=[path],
            ledger=ledger,
            notes=NOTES,
        )
    ]


def _pairs(raw: pd.DataFrame, year: int) -> pd.DataFrame:
    names = {
        f"ltla{(year - 1) % 100}_code": "old_code",
        f"ltla{(year - 1) % 100}_name": "old_area",
        f"ltla{year % 100}_code": "new_code",
        f"ltla{year % 100}_name": "new_area",
    }
    return raw[list(names)].drop_duplicates().rename(columns=names).assign(year=year)


def _kinds(changed: pd.DataFrame) -> pd.Series[str]:
    olds = changed.groupby(["year", "new_code"])["old_code"].transform("nunique")
    news = changed.groupby(["year", "old_code"])["new_code"].transform("nunique")
    kind = pd.Series("recoded", index=changed.index)
    kind[olds > 1] = "merged"
    kind[news > 1] = "split"
    kind[(news > 1) & (olds > 1)] = "moved"
    return kind


def _counties() -> Iterator[dict[str, object]]:
    for told in yaml.safe_load(COUNTIES.read_text("utf-8")):
        for code, name in told["new"].items():
            yield {
                "year": told["year"],
                "kind": told["kind"],
                "area_type": "County",
                "old_code": told["old"],
                "old_area": told["old_area"],
                "new_code": code,
                "new_area": name,
            }


def _source() -> Source:
    return Source(
        origin_id="lookup-area-changes",
        publisher="Office for National Statistics",
        title="Districts and counties recoded, merged or split",
        release="districts of 2016 to 2024",
        attribution="Source: Office for National Statistics licensed under the Open Government "
        "Licence v3.0.",
        obtained_via="public repository humaniverse/geographr, commit "
        "c026be5cc76cb576358082b53f1f13d69ab577ae",
    )
