"""A local file by its map: tidy frame, series and origin, or every reason why not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from hwb_analysis.errors import DataContractError, UsageError, did_you_mean
from hwb_analysis.frame import conform, validate
from hwb_analysis.origin import Origin
from hwb_analysis.sources.local.checks import check, remarks
from hwb_analysis.sources.local.column_map import ColumnMap, read_map
from hwb_analysis.sources.local.faults import Fault, Faults, MapError
from hwb_analysis.sources.local.folder import inside, local_folder
from hwb_analysis.sources.local.grid import Layout, Table
from hwb_analysis.sources.local.limits import STANDARD, Limits
from hwb_analysis.sources.local.read import read_table
from hwb_analysis.sources.local.rules import Named
from hwb_analysis.sources.local.tidy import Tidy
from hwb_analysis.sources.snapshot import SeriesInfo


@dataclass(frozen=True, slots=True)
class LocalData:
    """The figures of one local file.

    ``disclosure`` names the rule set that has to be applied before anything of it
    is published: the frame holds the figures as they came.
    """

    frame: pd.DataFrame
    series: SeriesInfo
    origin: Origin
    disclosure: Named
    remarks: tuple[str, ...] = ()


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


def load_local(
    column_map: Path | str, file: Path | str | None = None, limits: Limits = STANDARD
) -> LocalData:
    """Return the figures of a local file.

    Parameters
    ----------
    column_map
        The map, a YAML file.
    file
        The file of figures; without it the map names one, in the map's own folder.
    limits
        The largest file that is read.

    Raises
    ------
    MapError
        When the map breaks a rule, or names a file outside its folder.
    LocalFileError
        With every fault of the file: row, column, what was expected, what came, what to do.
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
    part = rules.series
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    own = hashlib.sha256(place.read_bytes()).hexdigest()
    dropped = {**reading.left_out, **({"blank": b} if (b := reading.table.blank_rows) else {})}
    return Origin(
        origin_id=part.id.replace(":", "-"),
        publisher=part.publisher,
        title=part.title,
        release=part.release,
        licence=part.licence,
        attribution=f"Source: {part.publisher}",
        accessed=part.received.isoformat(),
        obtained_via="local file",
        input_sha256={path.name: digest, place.name: own},
        file=path.name,
        sha256=digest,
        rows_in=len(reading.frame) + sum(dropped.values()),
        rows_out=len(reading.frame),
        rows_dropped=dropped,
        notes=part.notes,
    )


class LocalFiles:
    """All local files of a folder that have a map, as one source of figures.

    Parameters
    ----------
    folder
        Holds maps (``*.yaml``) with their files; by default ``data/local``.

    Examples
    --------
    >>> LocalFiles("no-such-folder").list()
    ()
    """

    name = "local"

    def __init__(self, folder: Path | str | None = None) -> None:
        self.folder = Path(folder) if folder is not None else local_folder()

    @cached_property
    def maps(self) -> Mapping[str, Path]:
        """Return the map of each series.

        Raises
        ------
        DataContractError
            When two maps describe one series.
        """
        found: dict[str, Path] = {}
        for path in sorted(self.folder.glob("*.yaml")):
            series = read_map(path).series.id
            if series in found:
                raise DataContractError(
                    f"two maps describe the series '{series}'",
                    where=f"{found[series].name} and {path.name}",
                    remedy="remove one of them",
                )
            found[series] = path
        return found

    def list(self) -> tuple[str, ...]:
        """Return the identifiers of all series, sorted."""
        return tuple(sorted(self.maps))

    def data(self, series_id: str) -> LocalData:
        """Return the figures of one series; else raise ``UsageError`` or what is wrong."""
        if series_id not in self.maps:
            raise UsageError(
                f"no map in {self.folder.name} describes '{series_id}'",
                remedy=did_you_mean(series_id, [*self.maps]),
            )
        return load_local(self.maps[series_id])

    def get(self, series_ids: Iterable[str]) -> pd.DataFrame:
        """Return the tidy frame of the series, as it came and before disclosure control.

        ``attrs["origins"]`` names the origins, ``attrs["disclosure"]`` the rule set of each
        series.
        """
        loaded = [self.data(series_id) for series_id in dict.fromkeys(series_ids)]
        frames = [d.frame for d in loaded]
        frame = pd.concat(frames, ignore_index=True) if frames else conform(pd.DataFrame())
        frame.attrs["origins"] = tuple(d.origin.origin_id for d in loaded)
        frame.attrs["disclosure"] = {d.series.id: d.disclosure for d in loaded}
        return frame
