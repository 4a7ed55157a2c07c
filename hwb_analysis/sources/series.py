"""What a series is, whatever holds its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from html import escape
from typing import Any

from hwb_analysis.errors import DataContractError
from hwb_analysis.strategy.shown import table
from hwb_analysis.vocabulary import Basis

VALUE_TYPES = ("proportion", "rate", "mean", "score", "life_expectancy", "count", "ratio")


@dataclass(frozen=True, slots=True)
class SeriesInfo:
    """What a series is: one definition from one publisher.

    ``multiplier`` turns count over denominator into the value: 100 for per cent,
    100,000 for a rate per 100,000, 1 otherwise.
    """

    id: str
    title: str
    unit: str
    value_type: str
    multiplier: float
    basis: str
    year_kind: str
    origin_id: str
    file: str
    notes: tuple[str, ...] = ()

    @classmethod
    def from_mapping(cls, series_id: str, data: Mapping[str, Any], where: str) -> SeriesInfo:
        """Build the entry of one series and say everything that is wrong with it at once."""
        known = {f.name for f in fields(cls)} - {"id"}
        faults = [f"lacks {name}" for name in sorted(known - {"notes"} - set(data))]
        faults += [f"has the unknown key {name}" for name in sorted(set(data) - known)]
        if data.get("value_type") not in VALUE_TYPES:
            faults.append(f"value_type must be one of {', '.join(VALUE_TYPES)}")
        if data.get("basis") not in list(Basis):
            faults.append(f"basis must be one of {', '.join(Basis)}")
        if faults:
            raise DataContractError(
                f"the series '{series_id}' {'; '.join(faults)}",
                where=where,
                remedy="restore the file from the repository, or compile the snapshot anew",
            )
        return cls(id=series_id, **{**data, "notes": tuple(data.get("notes", ()))})

    def _repr_html_(self) -> str:
        rows = [(f.name.replace("_", " "), getattr(self, f.name)) for f in fields(self)]
        rows = [(name, value) for name, value in rows if name != "notes"]
        rows += [("note", note) for note in self.notes]
        return f"<p>{escape(self.title)}</p>{table((), rows)}"
