"""Publishers' files that a person dropped into a folder: CSV, XLSX or ODS, described in YAML."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from hwb_analysis.errors import HwbError, SourceError, UsageError, did_you_mean
from hwb_analysis.frame import validate
from hwb_analysis.sources.live.download_rows import headings, read_sheet, tidy_download
from hwb_analysis.sources.live.reading import Reading, frame_of, in_turn
from hwb_analysis.sources.live.services import LICENCE
from hwb_analysis.sources.local.read import KINDS

FILE = Path(__file__).with_name("downloads.yaml")
OWN = "downloads.yaml"
NEEDED = ("file", "page", "publisher", "title", "years", "columns", "series")
OPTIONAL = ("sheet", "header_row", "where", "marks", "period", "licence")
FIELDS = ("title", "value", "unit", "value_type", "basis")
MORE_FIELDS = ("count", "denominator", "age", "sex", "sheet", "count_sheet", "where", "notes",
               "stands_for", "keeps_notes", "multiplier")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Downloads:
    """A folder of publishers' files as a source.

    Parameters
    ----------
    folder
        Holds the files, and ``downloads.yaml`` where more kinds are described.
    """

    folder: Path
    _sheets: dict[tuple[Path, str], pd.DataFrame] = field(default_factory=dict, init=False)

    @property
    def name(self) -> str:
        """Return the name that a manifest records."""
        return "downloads"

    def list(self) -> tuple[str, ...]:
        """Return the identifiers of all series that are described, sorted."""
        return tuple(sorted(s for told in self._described().values() for s in told["series"]))

    def targets(self) -> Mapping[str, str]:
        """Return every described series whose file lies in the folder, with what it stands for.

        A file that is there twice, or is packed, counts: its fault is told when it is read.
        """
        return {
            series_id: str(told.get("stands_for", series_id))
            for entry in self._described().values()
            if self._fitting(entry) or self._packed(entry)
            for series_id, told in sorted(entry["series"].items())
        }

    def unread(self) -> tuple[str, ...]:
        """Return the names of files in the folder that no description fits."""
        fits = {p for entry in self._described().values() for p in self._fitting(entry)}
        fits |= {p for entry in self._described().values() for p in self._packed(entry)}
        there = (p for p in sorted(self._folder().iterdir()) if p.is_file())
        return tuple(p.name for p in there if p not in fits and not _beside(p.name))

    def close(self) -> None:
        """Forget the sheets that were read."""
        self._sheets.clear()

    def get(self, series_ids: Iterable[str]) -> pd.DataFrame:
        """Return the tidy frame; ``attrs["inputs"]`` holds the checksums of the files.

        Raises
        ------
        UsageError
            When a series is not described.
        SourceError
            When its file is not there, stands there twice, or has another layout.
        """
        return frame_of(self, series_ids)

    def each(self, series_ids: Iterable[str]) -> Iterator[tuple[str, Reading | HwbError]]:
        """Yield every series with its reading, or with the reason why it has none.

        Raises
        ------
        UsageError
            When a series is not described.
        """
        wanted = list(series_ids)
        for series_id in wanted:
            self._of(series_id)
        self._sheets.clear()
        yield from in_turn(wanted, self._reading)

    def _reading(self, series_id: str) -> Reading:
        entry, told = self._of(series_id)
        path = self._path(entry, told)
        about = told["series"][series_id]
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        raw = self._sheet(path, told, str(about.get("sheet", told.get("sheet", ""))))
        counts = self._sheet(path, told, about["count_sheet"]) if "count_sheet" in about else None
        rows = tidy_download(raw, counts, series_id, told, path, sha256[:12])
        return Reading(
            series_id,
            validate(rows.frame, where=path.name),
            _series_entry(about, told),
            self._origin(told, path, sha256, rows.rows_in, rows.dropped),
            stands_for=str(about.get("stands_for", series_id)),
            keeps_notes=bool(about.get("keeps_notes", False)),
        )

    def _sheet(self, path: Path, told: Mapping[str, Any], sheet: str) -> pd.DataFrame:
        # Many series come from one sheet of one workbook.
        if (path, sheet) not in self._sheets:
            self._sheets[path, sheet] = read_sheet(path, told, sheet, headings(told, sheet))
        return self._sheets[path, sheet]

    def _origin(
        self,
        told: Mapping[str, Any],
        path: Path,
        sha256: str,
        rows_in: int,
        dropped: Mapping[str, int],
    ) -> dict[str, Any]:
        day = datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()
        return {
            "publisher": told["publisher"],
            "title": told["title"],
            "release": f"the file {path.name}",
            "licence": told.get("licence", LICENCE),
            "attribution": f"Source: {told['publisher']}, {told['title']}. Contains public sector "
            f"information licensed under the {LICENCE}."
            if told.get("licence", LICENCE) == LICENCE
            else f"Source: {told['publisher']}, {told['title']}.",
            "accessed": day,
            "obtained_via": f"downloaded by a person from {told['page']}",
            "input_sha256": {path.name: sha256},
            "rows_in": rows_in,
            "rows_dropped": dict(sorted(dropped.items())),
            "notes": [],
        }

    def _folder(self) -> Path:
        if not self.folder.is_dir():
            raise UsageError(
                "a folder of downloaded files was expected, there is none",
                where=str(self.folder),
                remedy="make it, put the publishers' files in, and name it with --downloads",
            )
        return self.folder

    def _described(self) -> dict[str, dict[str, Any]]:
        told = dict(yaml.safe_load(FILE.read_text(encoding="utf-8")))
        own = self.folder / OWN
        if own.exists():
            told |= _own_entries(own)
        return told

    def _of(self, series_id: str) -> tuple[str, dict[str, Any]]:
        for entry, told in self._described().items():
            if series_id in told["series"]:
                return entry, told
        raise UsageError(
            f"no download describes the series '{series_id}'",
            where=str(self.folder),
            remedy=did_you_mean(series_id, list(self.list())),
        )

    def _fitting(self, told: Mapping[str, Any]) -> Sequence[Path]:
        found = sorted(self._folder().glob(told["file"]))
        return [p for p in found if p.is_file() and p.suffix.lower().lstrip(".") in KINDS]

    def _packed(self, told: Mapping[str, Any]) -> Sequence[Path]:
        stem = re.sub(r"\.\w+$", "", str(told["file"]))
        return sorted(self._folder().glob(f"{stem}.zip"))

    def _path(self, entry: str, told: Mapping[str, Any]) -> Path:
        found = self._fitting(told)
        if len(found) == 1:
            return found[0]
        packed = self._packed(told)
        names = ", ".join(p.name for p in found or packed) or "none"
        unpack = f"unpack {packed[0].name} in the folder" if packed and not found else ""
        raise SourceError(
            f"one file '{told['file']}' for {entry} was expected, {names} came",
            where=str(self.folder),
            remedy=unpack or f"download it from {told['page']} and leave one release in the folder",
        )


def described() -> dict[str, dict[str, Any]]:
    """Return what the package's own downloads.yaml describes."""
    return dict(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def _beside(name: str) -> bool:
    return name == OWN or name.startswith((".", "~")) or name.lower().startswith("readme")


def _series_entry(about: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    share = about["unit"] == "%" and about["value_type"] == "proportion"
    return {
        "title": about["title"],
        "unit": about["unit"],
        "value_type": about["value_type"],
        "multiplier": about.get("multiplier", 100 if share else 1),
        "basis": about["basis"],
        "year_kind": told["years"],
        "notes": list(about.get("notes", ())),
    }


def _own_entries(path: Path) -> dict[str, dict[str, Any]]:
    try:
        told = dict(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
        faults = [f for name, entry in told.items() for f in _faults(str(name), dict(entry))]
    except (yaml.YAMLError, ValueError, TypeError, KeyError) as error:
        faults = [" ".join(str(error).split())]
    if faults:
        raise UsageError(
            "the description of downloads breaks its rules\n"
            + "\n".join(f"- {fault}" for fault in faults),
            where=str(path),
            remedy="the form is in docs/live-data.md",
        )
    return told


def _faults(name: str, entry: dict[str, Any]) -> Iterable[str]:
    yield from (f"{name} lacks {key}" for key in NEEDED if key not in entry)
    yield from (f"{name}: '{k}' is unknown" for k in entry if k not in (*NEEDED, *OPTIONAL))
    if "/" in str(entry.get("file", "")) or ".." in str(entry.get("file", "")):
        yield f"{name}: file must be a name in the folder, not a path"
    columns = ("area_code", "area") if "period" in entry else ("period", "area_code", "area")
    yield from (
        f"{name}: columns lacks {key}" for key in columns if key not in entry.get("columns", {})
    )
    for series_id, told in dict(entry.get("series") or {}).items():
        yield from (f"{series_id} lacks {key}" for key in FIELDS if key not in told)
        known = (*FIELDS, *MORE_FIELDS)
        yield from (f"{series_id}: '{key}' is unknown" for key in told if key not in known)
