"""Which sources were published as official statistics, as far as that was looked up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from hwb_analysis.errors import DataContractError
from hwb_analysis.paths import data_dir

FILE = "official_status.yaml"


class OfficialStatus(StrEnum):
    """What a source was published as; accredited ones were called National Statistics."""

    ACCREDITED = "accredited official statistics"
    OFFICIAL = "official statistics"
    MANAGEMENT = "management information"
    OTHER = "other published data"
    UNKNOWN = "not looked up"


@dataclass(frozen=True, slots=True)
class PublishedAs:
    """What a source was published as, and which page of whom says so."""

    status: OfficialStatus
    because: str = ""


UNKNOWN = PublishedAs(OfficialStatus.UNKNOWN)


def published_as(origin_id: str) -> PublishedAs:
    """Return what a source was published as; what was not looked up is said to be so.

    Raises
    ------
    DataContractError
        When the list in the look-ups cannot be read, or an entry has no known status or
        does not say which page it rests on.

    Examples
    --------
    >>> published_as("no such origin").status.value
    'not looked up'
    """
    return _listed(data_dir() / "lookups" / FILE).get(origin_id, UNKNOWN)


def named_together(origin_ids: Iterable[str]) -> str:
    """Return how many of some sources were published as what, in one clause.

    Examples
    --------
    >>> named_together(["no such origin", "no such origin", "nor this"])
    '2 not looked up'
    """
    found = [published_as(one).status for one in dict.fromkeys(origin_ids)]
    return ", ".join(f"{found.count(s)} {s.value}" for s in OfficialStatus if s in found)


@cache
def _listed(path: Path) -> dict[str, PublishedAs]:
    if not path.exists():
        return {}
    entries = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return {str(name): _entry(entry, str(name), path) for name, entry in entries.items()}


def _entry(entry: Any, name: str, path: Path) -> PublishedAs:
    known = [s.value for s in OfficialStatus if s is not OfficialStatus.UNKNOWN]
    told = entry if isinstance(entry, dict) else {}
    status, because = told.get("status"), str(told.get("because") or "").strip()
    if status not in known or not because:
        raise DataContractError(
            f"'{name}' has the status '{status}' and because '{because}'; one of "
            f"{', '.join(known)} and the page that says so were expected",
            where=str(path),
            remedy="leave the source out where its status was not looked up",
        )
    return PublishedAs(OfficialStatus(status), because)
