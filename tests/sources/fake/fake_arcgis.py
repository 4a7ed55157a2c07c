"""Paged queries of a map service, and the paged tables of Nomis, as far as the tests need them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping

from fake_server import Answer

from hwb_analysis.sources.snapshot import current_snapshot
from hwb_analysis.strategy import load_strategy

MOST = 150
COLUMNS = {"lsoa11_code": "LSOA11CD", "lsoa11": "LSOA11NM", "lsoa21_code": "LSOA21CD",
           "lsoa21": "LSOA21NM", "change_code": "CHGIND"}  # fmt: skip


def layer() -> list[dict[str, str]]:
    """Return the look-up of small areas that the snapshot holds, under the portal's names."""
    path = current_snapshot().checked("lookup-lsoa11-lsoa21")
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [{COLUMNS[k]: v for k, v in row.items()} for row in csv.DictReader(lines)]
    return [row | {"LAD22CD": "E07000000"} for row in rows]


def route(path: str, query: Mapping[str, str]) -> Answer | None:
    """Answer a query of a layer, or of a table of Nomis."""
    if path.startswith("/dataset/"):
        return Answer(nomis(query).encode(), "text/csv")
    if "LSOA11_LSOA21" not in path:
        error = {"error": {"code": 400, "message": "Invalid URL", "details": []}}
        return Answer(json.dumps(error).encode())
    rows = sorted(layer(), key=lambda row: (row["LSOA11CD"], row["LSOA21CD"]))
    if query.get("returnCountOnly") == "true":
        return Answer(json.dumps({"count": len(rows)}).encode())
    start = int(query["resultOffset"])
    # The service sends at most as many as it likes, whatever is asked for.
    size = min(int(query["resultRecordCount"]), MOST)
    names = query["outFields"].split(",")
    page = [{"attributes": {n: row[n] for n in names}} for row in rows[start : start + size]]
    told = {"features": page, "exceededTransferLimit": start + size < len(rows)}
    return Answer(json.dumps(told).encode())


def nomis(query: Mapping[str, str]) -> str:
    """Return a page of a table: each area has 100 people in code 0, 30 and 50 in 1 and 2."""
    dimension = next(k for k in query if k in ("c2021_health_6", "c_age"))
    people = {"0": 100, "1": 30, "2": 50, "4": 3, "5": 2, "200": 1000}
    dates = ["2021"] if dimension == "c2021_health_6" else ["2022", "2023"]
    home = load_strategy().area
    names = {a.code: a.name for a in (home, home.region, home.nation, *home.districts)}
    rows = [
        (date, code, names[code], cell, people[cell])
        for date in dates
        for code in query["geography"].split(",")
        for cell in query[dimension].split(",")
    ]
    start, size = int(query["recordoffset"]), int(query["recordlimit"])
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(
        ["DATE", "GEOGRAPHY_CODE", "GEOGRAPHY_NAME", dimension.upper(), "OBS_VALUE", "RECORD_COUNT"]
    )
    write.writerows([*row, len(rows)] for row in rows[start : start + size])
    return out.getvalue()
