"""Paths and shapes of the national profiles, served from ``fake_figures``."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping

import pandas as pd
from fake_figures import COLUMNS, metadata, numbers, rows
from fake_server import Answer

from hwb_analysis.areas import load_areas
from hwb_analysis.strategy import load_strategy

TIERS = {502: "upper", 501: "lower"}
OLD = {402: "upper", 401: "lower"}
PROFILES = [{"Id": 19, "Name": "Demo outcomes", "Key": "demo", "GroupIds": [1000041]}]
# An indicator that is published on older boundaries only.
ONLY_OLD: set[int] = set()


def route(path: str, query: Mapping[str, str]) -> Answer | None:
    """Answer one question; None for a path that the service does not have."""
    name = path.strip("/")
    if name.startswith("all_data/csv/"):
        return _table(name.rsplit("/", 1)[1], query)
    found = _looked_up(name, query)
    return None if found is None else Answer(json.dumps(found).encode(), "application/json")


def _table(by: str, query: Mapping[str, str]) -> Answer:
    needed = {"by_indicator_id": "indicator_ids", "by_profile_id": "profile_id",
              "by_group_id": "group_id", "for_one_indicator": "indicator_id"}[by]  # fmt: skip
    if needed not in query:
        return Answer(f"Parameter {needed} is missing".encode(), "text/plain", 400)
    wanted = [int(n) for n in query.get(needed, "").split(",")]
    if by in ("by_profile_id", "by_group_id"):
        wanted = list(numbers())[:3]
    child = int(query.get("child_area_type_id", "502"))
    return Answer(table(wanted, child).encode(), "text/csv; charset=utf-8")


def table(wanted: list[int], child: int) -> str:
    """Return the table of some indicators; the heading alone where there is nothing."""
    old = child in OLD
    tier = (OLD if old else TIERS).get(child)
    served = [n for n in wanted if n in numbers() and (n in ONLY_OLD) == old]
    frames = [rows(n, tier) for n in served] if tier else []
    frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=COLUMNS)
    out = io.StringIO()
    frame.to_csv(out, index=False, lineterminator="\r\n")
    return out.getvalue()


def _looked_up(name: str, query: Mapping[str, str]) -> object:
    if name == "indicator_metadata/by_indicator_id":
        wanted = [int(n) for n in query["indicator_ids"].split(",")]
        return {str(n): metadata(n) for n in wanted if n in numbers()}
    if name == "available_data":
        number = int(query["indicator_id"])
        types = (OLD if number in ONLY_OLD else TIERS) if number in numbers() else {}
        served = [t for t, tier in types.items() if len(rows(number, tier))]
        return [{"IndicatorId": number, "AreaTypeId": t} for t in served]
    if name == "profiles":
        return PROFILES
    if name == "area_types":
        return [{"Id": t, "Name": f"Type {t}", "Short": ""} for t in (*TIERS, *OLD, 6, 15)]
    if name == "areas/by_area_type":
        return [{"Code": a.code, "Name": a.name, "AreaTypeId": 502} for a in load_areas()]
    if name == "areas/by_parent_area_code":
        return _children(query["parent_area_code"])
    return None


def _children(parent: str) -> list[dict[str, object]]:
    home = load_strategy().area
    if parent.startswith("nn-"):
        own = parent.rsplit("-", 1)[1]
        near = [own, *(a.code for a in load_areas() if a.code[:3] == own[:3] and a.code != own)]
        return [{"Code": code, "Name": code, "AreaTypeId": 502} for code in near[:16]]
    kept = home.districts if parent == home.code else ()
    return [{"Code": d.code, "Name": d.name, "AreaTypeId": 501} for d in kept]
