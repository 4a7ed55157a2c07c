"""Where a figure comes from: publisher, release, licence, and the file it was read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from hwb_analysis.errors import DataContractError


@dataclass(frozen=True, slots=True)
class Origin:
    """The provenance of one compiled file of the snapshot.

    ``rows_dropped`` holds a count for each reason, so that rows in minus rows
    dropped equals rows out.
    """

    origin_id: str
    publisher: str
    title: str
    release: str
    licence: str
    attribution: str
    accessed: str
    obtained_via: str
    input_sha256: Mapping[str, str]
    file: str
    sha256: str
    rows_in: int
    rows_out: int
    rows_dropped: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any], where: str) -> Origin:
        """Build an origin and say everything that is missing from it at once."""
        known = {f.name for f in fields(cls)}
        required = known - {"rows_dropped", "notes"}
        empty = sorted(name for name in required if data.get(name) in (None, "", {}))
        unknown = sorted(set(data) - known)
        if empty or unknown:
            raise DataContractError(
                f"the origin '{data.get('origin_id', '?')}' lacks {', '.join(empty) or 'nothing'}"
                f" and has unknown keys {', '.join(unknown) or 'none'}",
                where=where,
                remedy="every figure needs its publisher, release, licence and checksum",
            )
        return cls(**{**data, "notes": tuple(data.get("notes", ()))})
