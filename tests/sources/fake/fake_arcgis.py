"""Paged queries of a map service, from the look-ups that the snapshot holds."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from functools import cache

from fake_server import Answer

from hwb_analysis.sources.snapshot import current_snapshot

MOST = 150
COLUMNS = {"lsoa11_code": "LSOA11CD", "lsoa11": "LSOA11NM", "lsoa21_code": "LSOA21CD",
           "lsoa21": "LSOA21NM", "change_code": "CHGIND"}  # fmt: skip


def layer() -> list[dict[str, str]]:
    """Return the look-up of small areas that the snapshot holds, under the portal's names."""
    path = current_snapshot().checked("lookup-lsoa11-lsoa21")
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [{COLUMNS[k]: v for k, v in row.items()} for row in csv.DictReader(lines)]
    return [row | {"LAD22CD": districts().get(row["LSOA21CD"], "")} for row in rows]


@cache
def districts() -> dict[str, str]:
    lookup = current_snapshot().lsoa_lookup()
    return dict(zip(lookup["lsoa21_code"], lookup["district_code"], strict=True))


def wards() -> list[dict[str, str]]:
    """Return small areas with their districts."""
    lookup = current_snapshot().lsoa_lookup()
    return [
        {"LSOA21CD": code, "LSOA21NM": name, "WD24CD": "E05000001", "LAD24CD": district,
         "LAD24NM": district}
        for code, name, district in zip(
            lookup["lsoa21_code"], lookup["lsoa21"], lookup["district_code"], strict=True)
    ]  # fmt: skip


def rural_urban() -> list[dict[str, str]]:
    """Return the classification, and a small area elsewhere."""
    path = current_snapshot().checked("lookup-rural-urban")
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [
            {"LSOA21CD": r["lsoa21_code"], "RUC21CD": r["ruc21_code"], "RUC21NM": r["ruc21"]}
            for r in csv.DictReader(lines)
        ]
    return [*rows, {"LSOA21CD": "E01000001", "RUC21CD": "UN1", "RUC21NM": "Urban"}]


LAYERS = {"LSOA11_LSOA21": layer, "LSOA21_WD24": wards, "LSOA21_RUC21": rural_urban}


def route(path: str, query: Mapping[str, str]) -> Answer | None:
    """Answer a query of a layer."""
    found = next((make for name, make in LAYERS.items() if name in path), None)
    if found is None:
        error = {"error": {"code": 400, "message": "Invalid URL", "details": []}}
        return Answer(json.dumps(error).encode())
    within, _, listed = query["where"].partition(" IN ")
    kept = [row for row in found() if not listed or f"'{row[within]}'" in listed]
    rows = sorted(kept, key=lambda row: tuple(row.values()))
    if query.get("returnCountOnly") == "true":
        return Answer(json.dumps({"count": len(rows)}).encode())
    start = int(query["resultOffset"])
    # The service sends at most as many as it likes, whatever is asked for.
    size = min(int(query["resultRecordCount"]), MOST)
    names = query["outFields"].split(",")
    page = [{"attributes": {n: row[n] for n in names}} for row in rows[start : start + size]]
    told = {"features": page, "exceededTransferLimit": start + size < len(rows)}
    return Answer(json.dumps(told).encode())
