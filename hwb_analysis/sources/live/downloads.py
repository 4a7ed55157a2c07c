"""Publishers' files that a person dropped into a folder: CSV, XLSX or ODS, described in YAML."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from hwb_analysis.errors import HwbError, SourceError, UsageError, did_you_mean
from hwb_analysis.frame import conform, validate
from hwb_analysis.periods import Period, parse_period
from hwb_analysis.sources.live.fingertips_rows import TIERS
from hwb_analysis.sources.local.faults import Faults
from hwb_analysis.sources.local.grid import Layout
from hwb_analysis.sources.local.read import KINDS, read_table
from hwb_analysis.vocabulary import PeriodKind, Status

FILE = Path(__file__).with_name("downloads.yaml")
OWN = "downloads.yaml"
NEEDED = ("file", "page", "publisher", "title", "years", "columns", "series")
OPTIONAL = ("sheet", "header_row", "where", "marks")
FIELDS = ("title", "value", "unit", "value_type", "basis")
BLANK = "the source prints no value and no reason"


@dataclass(frozen=True, slots=True)
class Downloads:
    """A folder of publishers' files as a source.

    Parameters
    ----------
    folder
        Holds the files, and ``downloads.yaml`` where more kinds are described.
    """

    folder: Path

    @property
    def name(self) -> str:
        """Return the name that a manifest records."""
        return "downloads"

    def list(self) -> tuple[str, ...]:
        """Return the identifiers of all series that are described, sorted."""
        return tuple(sorted(s for told in self._described().values() for s in told["series"]))

    def get(self, series_ids: Iterable[str]) -> pd.DataFrame:
        """Return the tidy frame; ``attrs["inputs"]`` holds the checksums of the files.

        Raises
        ------
        UsageError
            When a series is not described.
        SourceError
            When its file is not there, stands there twice, or has another layout.
        """
        frames, inputs = [], {}
        for series_id in series_ids:
            entry, told = self._of(series_id)
            path = self._path(entry, told)
            inputs[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
            raw = _read(path, told)
            frames.append(_tidy(raw, series_id, told, path, inputs[path.name]))
        out = pd.concat(frames, ignore_index=True) if frames else conform(pd.DataFrame())
        origins = tuple(out["origin_id"].unique())
        out.attrs = {"snapshot": self.name, "origins": origins, "inputs": inputs}
        return validate(out, where=self.name)

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

    def _path(self, entry: str, told: Mapping[str, Any]) -> Path:
        found = sorted(
            p for p in self.folder.glob(told["file"]) if p.suffix.lower().lstrip(".") in KINDS
        )
        if len(found) != 1:
            names = ", ".join(p.name for p in found) or "none"
            raise SourceError(
                f"one file '{told['file']}' for {entry} was expected, {names} came",
                where=str(self.folder),
                remedy=f"download it from {told['page']} and leave one release in the folder",
            )
        return found[0]


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
    for key in ("period", "area_code", "area"):
        if key not in entry.get("columns", {}):
            yield f"{name}: columns lacks {key}"
    for series_id, told in dict(entry.get("series") or {}).items():
        yield from (f"{series_id} lacks {key}" for key in FIELDS if key not in told)


def _read(path: Path, told: Mapping[str, Any]) -> pd.DataFrame:
    headings = {*told["columns"].values(), *told.get("where", {})}
    for entry in told["series"].values():
        headings |= {entry[k] for k in ("value", "count", "denominator") if k in entry}
    layout = Layout(tuple(sorted(headings)), told.get("sheet", ""), told.get("header_row", 1))
    faults = Faults(path.name)
    try:
        cells = read_table(path, layout, faults).cells
    except HwbError as error:
        raise _other(path, told, [error.message]) from error
    if len(faults):
        raise _other(path, told, [str(fault) for fault in faults.found])
    for column, word in told.get("where", {}).items():
        cells = cells.loc[cells[column].astype("str").str.strip() == str(word)]
    if cells.empty:
        raise _other(path, told, [f"no row has {told.get('where')}"])
    return cells.reset_index(drop=True)


def _other(path: Path, told: Mapping[str, Any], faults: Iterable[str]) -> SourceError:
    shown = "\n".join(f"- {fault}" for fault in faults)
    return SourceError(
        f"the table '{told['title']}' was expected, the file {path.name} is laid out otherwise\n"
        f"{shown}",
        where=str(path),
        remedy=f"compare it with {told['page']}, and describe the new layout in {OWN} beside it",
    )


def _tidy(
    raw: pd.DataFrame, series_id: str, told: Mapping[str, Any], path: Path, sha256: str
) -> pd.DataFrame:
    entry, columns = told["series"][series_id], told["columns"]
    marks = {str(k).casefold(): str(v) for k, v in told.get("marks", {}).items()}
    codes = raw[columns["area_code"]].astype("str").str.strip()
    known = codes.str[:3].isin(list(TIERS))
    raw, codes = raw.loc[known].reset_index(drop=True), codes.loc[known].reset_index(drop=True)
    printed = raw[entry["value"]]
    value = _numbers(printed, marks, entry["value"], path)
    periods = [_period(label, told["years"], path) for label in raw[columns["period"]]]
    missing = value.isna()
    reasons = [marks.get(str(cell).strip().casefold(), "") for cell in printed]
    suppressed = pd.Series([r == Status.SUPPRESSED.value for r in reasons], index=value.index)
    numbers = {
        name: _numbers(raw[entry[name]], marks, entry[name], path).mask(missing)
        if name in entry
        else np.nan
        for name in ("count", "denominator")
    }
    counted = pd.Series(numbers["count"], index=value.index).notna()
    return conform(
        pd.DataFrame(
            {
                "series_id": series_id,
                "area_code": codes,
                "area": raw[columns["area"]].astype("str").str.strip(),
                "area_type": [TIERS[code[:3]].value for code in codes],
                "period": [p.label for p in periods],
                "period_start": [pd.Timestamp(p.start) for p in periods],
                "period_end": [pd.Timestamp(p.end) for p in periods],
                "period_kind": [p.kind.value for p in periods],
                "sex": "Persons",
                "age": entry.get("age", "All ages"),
                "value": value,
                **numbers,
                "unit": entry["unit"],
                "basis": entry["basis"],
                "grade": np.where(missing, "D", np.where(counted, "A", "C")),
                "status": np.where(suppressed, "suppressed", np.where(missing, "missing", "ok")),
                "note": np.where(missing, BLANK, ""),
                "vintage": sha256[:12],
                "origin_id": series_id.replace(":", "-"),
            }
        )
    )


def _numbers(
    printed: pd.Series[Any], marks: Mapping[str, str], column: str, path: Path
) -> pd.Series[float]:
    text = printed.map(lambda cell: "" if cell is None else str(cell).strip())
    bare = text.str.replace(",", "").str.removesuffix("%")
    numbers = pd.to_numeric(bare, errors="coerce").astype("float64")
    bad = numbers.isna() & (text != "") & ~text.str.casefold().isin(list(marks))
    bad &= ~text.str.casefold().isin(["nan", "<na>"])
    if bad.any():
        raise SourceError(
            f"numbers or {', '.join(marks)} were expected in '{column}', "
            f"'{text[bad].iloc[0]}' came",
            where=str(path),
            remedy=f"say in {OWN} what the mark means",
        )
    return numbers


def _period(label: object, years: str, path: Path) -> Period:
    text = str(label).strip().removesuffix(".0")
    # The education statistics print 2023/24 as 202324.
    if len(text) == 6 and text.isdigit() and int(text[4:]) == (int(text[:4]) + 1) % 100:
        text = f"{text[:4]}/{text[4:]}"
    try:
        return parse_period(text, PeriodKind(years))
    except HwbError as error:
        raise SourceError(error.message, where=str(path), remedy=error.remedy) from error
