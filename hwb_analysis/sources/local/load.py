"""A local file by its map: tidy frame, series and origin, or every reason why not."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from hwb_analysis.frame import conform, validate
from hwb_analysis.origin import Origin
from hwb_analysis.sources.local.checks import check, remarks
from hwb_analysis.sources.local.column_map import ColumnMap, read_map
from hwb_analysis.sources.local.faults import Fault, Faults, MapError
from hwb_analysis.sources.local.folder import inside
from hwb_analysis.sources.local.grid import Layout, Table
from hwb_analysis.sources.local.limits import STANDARD, Limits
from hwb_analysis.sources.local.marks import UNPROTECTED
from hwb_analysis.sources.local.read import read_table
from hwb_analysis.sources.local.rules import Named
from hwb_analysis.sources.local.tidy import Tidy
from hwb_analysis.sources.series import SeriesInfo


@dataclass(frozen=True, slots=True)
class LocalData:
    """The figures of one local file.

    ``disclosure`` names the rule set of its map. Where that has been applied ``sentence``
    says for readers what was withheld; where not, the frame holds the figures as they came
    and its ``attrs["unprotected"]`` names the series.
    """

    frame: pd.DataFrame
    series: SeriesInfo
    origin: Origin
    disclosure: Named
    remarks: tuple[str, ...] = ()
    sentence: str = ""


@dataclass(slots=True)
class Reading:
    """What was read of a file, with its faults; the frame is empty when nothing could be."""

    table: Table
    frame: pd.DataFrame
    left_out: dict[str, int]
    faults: tuple[Fault, ...]
    remarks: tuple[str, ...]


def read_local(path: Path, column_map: ColumnMap, limits: Limits = STANDARD) -> Reading:
    """Read a file by its map and gather its faults; nothing is raised for them."""
    faults = Faults(str(path))
    part = column_map
    layout = Layout(part.headings, part.sheet, part.header_row, part.encoding, part.separator)
    table = read_table(path, layout, faults, limits)
    if table.cells.empty or len(table.columns) < len(layout.headings):
        if not len(faults):
            faults.add("rows below the headings were expected, none came", "send it again")
        return Reading(table, pd.DataFrame(), {}, faults.found, table.remarks)
    tidy = Tidy(table, column_map, faults)
    frame = tidy.frame()
    check(frame, column_map, table.columns, faults)
    notes = (*table.remarks, *remarks(frame, column_map))
    return Reading(table, frame, tidy.left_out, faults.found, notes)


def read_truth(
    column_map: Path | str, file: Path | str | None = None, limits: Limits = STANDARD
) -> LocalData:
    """Return the figures of a local file as they came, for disclosure control and no page.

    Parameters and errors are those of :func:`hwb_analysis.sources.local.load_local`.
    """
    place = Path(column_map)
    rules = read_map(place)
    path = file_of(rules, place, file)
    reading = read_local(path, rules, limits)
    found = Faults(str(path))
    for fault in reading.faults:
        found.add(fault.rule, fault.remedy, fault.column, fault.rows)
    found.refuse()
    frame = validate(conform(reading.frame), where=str(path))
    frame.attrs[UNPROTECTED] = (rules.series.id,)
    series = series_of(rules, path.name)
    origin = _origin(rules, path, place, reading)
    return LocalData(frame, series, origin, rules.series.disclosure, reading.remarks)


def file_of(rules: ColumnMap, place: Path, file: Path | str | None = None) -> Path:
    """Return the file that a map is for; one that the map names stays below the map's folder."""
    named = inside(place.parent, rules.file, str(place)) if rules.file else None
    path = Path(file) if file is not None else named
    if path is None:
        raise MapError(
            "the map names no file", where=str(place), remedy="add file: with the file's name"
        )
    return path


def series_of(rules: ColumnMap, file: str) -> SeriesInfo:
    """Return the series that a map describes."""
    part = rules.series
    return SeriesInfo(
        id=part.id,
        title=part.title,
        unit=part.unit,
        value_type=part.value_type,
        multiplier=part.factor,
        basis=part.basis.value,
        year_kind=part.year_kind.value,
        origin_id=part.id.replace(":", "-"),
        file=file,
        notes=part.notes,
    )


def _origin(rules: ColumnMap, path: Path, place: Path, reading: Reading) -> Origin:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    own = hashlib.sha256(place.read_bytes()).hexdigest()
    dropped = {**reading.left_out, **({"blank": b} if (b := reading.table.blank_rows) else {})}
    return replace(
        origin_of(rules, path.name),
        input_sha256={path.name: digest, place.name: own},
        sha256=digest,
        rows_in=len(reading.frame) + sum(dropped.values()),
        rows_out=len(reading.frame),
        rows_dropped=dropped,
    )


def origin_of(rules: ColumnMap, file: str) -> Origin:
    """Return where the figures come from, as far as the map alone tells it."""
    part = rules.series
    return Origin(
        origin_id=part.id.replace(":", "-"),
        publisher=part.publisher,
        title=part.title,
        release=part.release,
        licence=part.licence,
        attribution=f"Source: {part.publisher}",
        accessed=part.received.isoformat(),
        obtained_via="local file",
        input_sha256={},
        file=file,
        sha256="",
        rows_in=0,
        rows_out=0,
        notes=part.notes,
    )
