"""The questions that the national profiles (Fingertips) answer: paths, parameters, shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hwb_analysis.errors import SourceError
from hwb_analysis.sources.live.fetch import Fetched, Fetcher
from hwb_analysis.sources.live.fingertips_table import refuse_other_table

MOST_NUMBERS = 100
ENGLAND = "E92000001"


@dataclass(frozen=True, slots=True)
class FingertipsApi:
    """Ask the service, through the cache.

    Every method raises SourceError when the answer cannot be had or has another shape.
    """

    fetcher: Fetcher

    def data(
        self, numbers: Sequence[int], child: int, parent: int, parent_code: str = ENGLAND
    ) -> Fetched:
        """Return the table of up to 100 indicators for the areas of one type within a parent."""
        if not 1 <= len(numbers) <= MOST_NUMBERS:
            raise SourceError(
                f"1 to {MOST_NUMBERS} indicators at once were expected, {len(numbers)} came",
                remedy="ask in several batches",
            )
        joined = ",".join(str(n) for n in numbers)
        asked = _areas(child, parent, parent_code) | {"indicator_ids": joined}
        return self._table("all_data/csv/by_indicator_id", asked)

    def data_of_profile(
        self, profile: int, child: int, parent: int, parent_code: str = ENGLAND
    ) -> Fetched:
        """Return the table of all indicators of a profile."""
        asked = _areas(child, parent, parent_code) | {"profile_id": profile}
        return self._table("all_data/csv/by_profile_id", asked)

    def data_of_group(
        self, group: int, child: int, parent: int, parent_code: str = ENGLAND
    ) -> Fetched:
        """Return the table of all indicators of a group (domain) of a profile."""
        asked = _areas(child, parent, parent_code) | {"group_id": group}
        return self._table("all_data/csv/by_group_id", asked)

    def _table(self, path: str, asked: Mapping[str, object]) -> Fetched:
        return self.fetcher.get(path, asked, check=refuse_other_table)

    def available(self, number: int) -> tuple[int, ...]:
        """Return the area types that an indicator is published for."""
        found = self._list("available_data", {"indicator_id": number})
        return tuple(sorted({int(row["AreaTypeId"]) for row in found}))

    def metadata(self, numbers: Iterable[int]) -> dict[int, dict[str, Any]]:
        """Return what the publisher says of indicators: name, unit, kind of value and of year."""
        asked = {"indicator_ids": ",".join(str(n) for n in numbers)}
        found = self.fetcher.json("indicator_metadata/by_indicator_id", asked)
        if not isinstance(found, Mapping):
            raise self._shape("indicator_metadata/by_indicator_id", "an object keyed by number")
        return {int(number): dict(told) for number, told in found.items()}

    def profiles(self) -> list[dict[str, Any]]:
        """Return the profiles and their groups."""
        return self._list("profiles", {})

    def area_types(self) -> dict[int, str]:
        """Return the kinds of areas by number."""
        return {int(row["Id"]): str(row["Name"]) for row in self._list("area_types", {})}

    def areas(self, area_type: int, parent_code: str = "") -> dict[str, str]:
        """Return the names of areas of a type by code; only those within a parent if given."""
        asked: dict[str, object] = {"area_type_id": area_type}
        path = "areas/by_area_type"
        if parent_code:
            asked, path = asked | {"parent_area_code": parent_code}, "areas/by_parent_area_code"
        return {str(row["Code"]): str(row["Name"]) for row in self._list(path, asked)}

    def _list(self, path: str, asked: Mapping[str, object]) -> list[dict[str, Any]]:
        found = self.fetcher.json(path, asked)
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            raise self._shape(path, "a list of objects")
        return found

    def _shape(self, path: str, expected: str) -> SourceError:
        return SourceError(
            f"{expected} was expected, something else came",
            where=f"{self.fetcher.service.name}, {path}",
            remedy="the publisher changed the service: compare it with docs/live-data.md",
        )


def _areas(child: int, parent: int, parent_code: str) -> dict[str, object]:
    return {
        "child_area_type_id": child,
        "parent_area_type_id": parent,
        "parent_area_code": parent_code,
    }
