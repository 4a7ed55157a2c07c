"""The paged tables of Nomis: the snapshot's own census and population under the codes of Nomis."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from fake_server import Answer

from hwb_analysis.sources.live import nomis
from hwb_analysis.sources.snapshot import current_snapshot

TABLES: dict[str, Any] = yaml.safe_load(
    Path(nomis.__file__).with_name("nomis.yaml").read_text(encoding="utf-8")
)


def route(path: str, query: Mapping[str, str]) -> Answer | None:
    """Answer a question for a table; None for one that there is not."""
    table = path.removeprefix("/dataset/").removesuffix(".data.csv")
    if table not in {str(told["table"]) for told in TABLES.values()}:
        return None
    return Answer(page(table, query).encode(), "text/csv")


def page(table: str, query: Mapping[str, str]) -> str:
    """Return one page of a table, as the service does: heading, rows, their number in each."""
    names = [name.strip() for name in query["select"].split(",")]
    dimensions = [n for n in names[3:] if n not in ("obs_value", "record_count")]
    wanted = {n: query[n].split(",") for n in dimensions}
    rows = [
        row
        for place in query["geography"].split(",")
        for code in codes_of(place)
        for row in cells(table).get(code, [])
        if all(row[n.upper()] in wanted[n] for n in dimensions)
    ]
    start, size = int(query["recordoffset"]), int(query["recordlimit"])
    out = io.StringIO()
    write = csv.DictWriter(out, [n.upper() for n in names], extrasaction="ignore")
    write.writeheader()
    write.writerows(row | {"RECORD_COUNT": len(rows)} for row in rows[start : start + size])
    return out.getvalue()


def codes_of(place: str) -> list[str]:
    """Return the areas behind a word such as E07000001TYPE151: its small areas."""
    district, kind, _ = place.partition("TYPE")
    if not kind:
        return [place]
    lookup = current_snapshot().lsoa_lookup()
    return sorted(lookup.loc[lookup["district_code"] == district, "lsoa21_code"])


@cache
def cells(table: str) -> dict[str, list[dict[str, Any]]]:
    """Return the cells of a table by area."""
    out: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(table):
        out.setdefault(str(row["GEOGRAPHY_CODE"]), []).append(row)
    return out


def _rows(table: str) -> Iterator[dict[str, Any]]:
    told = [t for t in TABLES.values() if t["table"] == table]
    # A series of one code first: a sum over several gives what is left to the others.
    told.sort(key=lambda t: len(t["count"]))
    figures: dict[tuple[str, str, str, str], dict[str, float]] = {}
    for one in told:
        for key, row in _held(one).items():
            seen = figures.setdefault(key, {})
            new = [code for code in one["count"] if code not in seen]
            rest = float(row["count"]) - sum(seen.get(code, 0.0) for code in one["count"])
            seen |= {code: rest if code == new[0] else 0.0 for code in new}
            seen |= {code: float(row["denominator"]) for code in one.get("of", ())}
    dimension = told[0]["dimension"]
    for (year, code, name, sex), counts in figures.items():
        for cell, count in sorted(counts.items()):
            yield {"DATE": year, "GEOGRAPHY_CODE": code, "GEOGRAPHY_NAME": name, "GENDER": sex,
                   dimension: cell, "OBS_VALUE": f"{count:.0f}"}  # fmt: skip


def _held(told: Mapping[str, Any]) -> dict[tuple[str, str, str, str], pd.Series[Any]]:
    frame = current_snapshot().frame([told["stands_for"]])
    sexes = {word: code for code, word in told.get("sexes", {}).get("codes", {}).items()}
    out = {}
    for _, row in frame.iterrows():
        year, sex = str(row["period_start"].year), sexes.get(row["sex"], "")
        out[year, row["area_code"], row["area"], sex] = row
    return out
