"""Figures of a whole nation: an origin as a folder of Parquet files, one series a file.

A snapshot of one authority keeps one file an origin. Where an origin holds more than fits
into memory, its entry in ``origins.yaml`` names ``<origin>/parts.json`` instead: the rows,
vintages and checksum of each series, whose file is named after it and lies beside. The
checksum in ``origins.yaml`` is that of ``parts.json``, so it stands for all files, and yet
only those that are read are compared. Rows are sorted by area and cut into groups that
know their first and last area, so that those of other areas are passed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pandas as pd

from hwb_analysis.errors import DataContractError
from hwb_analysis.frame import COLUMNS, DATES, KEY, NUMBERS, conform, validate
from hwb_analysis.sources.files import RESTORE, checked_file, file_sha256, read_list
from hwb_analysis.sources.selection import Selection

if TYPE_CHECKING:
    import pyarrow as pa

INDEX = "parts.json"
# Some areas a group: small enough to pass over most of a file, large enough to compress.
ROWS_A_GROUP = 2_000


@dataclass(frozen=True, slots=True)
class Part:
    """One series in a file of its own: its rows, its releases in order, its checksum."""

    rows: int
    sha256: str
    vintages: tuple[str, ...]


def is_index(path: Path) -> bool:
    """Say whether an origin's file is a list of parts and no table."""
    return path.name == INDEX


def part_path(index: Path, series_id: str) -> Path:
    """Return where the file of a series lies.

    The name is made from the identifier and never read from a list, so that no list can
    lead to another folder.

    Examples
    --------
    >>> part_path(Path("cover/parts.json"), "cover:../x").as_posix()
    'cover/cover%3A..%2Fx.parquet'
    """
    return index.parent / f"{quote(series_id, safe='')}.parquet"


def read_index(index: Path) -> dict[str, Part]:
    """Return the parts of an origin by series.

    Raises
    ------
    DataContractError
        When the list cannot be read or an entry is not one of a part.
    """
    found = read_list(index)
    try:
        return {
            series_id: Part(int(told["rows"]), str(told["sha256"]), tuple(told["vintages"]))
            for series_id, told in found.items()
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataContractError(
            f"rows, sha256 and vintages of each series were expected in {index.name}: {error!r}",
            where=str(index),
            remedy=RESTORE,
        ) from error


def part_files(index: Path) -> dict[Path, str]:
    """Return path and stated checksum of every file that a list of parts names."""
    return {part_path(index, s): part.sha256 for s, part in read_index(index).items()}


def read_parts(
    index: Path, series_ids: Iterable[str], chosen: Selection, snapshot: str
) -> tuple[pd.DataFrame, dict[str, tuple[str, ...]]]:
    """Return the wanted rows of some series, all vintages, and which vintages each has.

    Parameters
    ----------
    index
        The list of parts, already compared with its checksum.
    series_ids
        Identifiers; each has a part.
    chosen
        Rows to read; the others are not loaded.
    snapshot
        Name for messages.

    Raises
    ------
    DataContractError
        A part that is not listed, is missing, is not the one that was written, or breaks
        the contract.
    """
    import pyarrow as pa

    listed, wanted = read_index(index), sorted(series_ids)
    lost = [series_id for series_id in wanted if series_id not in listed]
    if lost:
        raise DataContractError(
            f"{index.parent.name}/{index.name} lists no part for {', '.join(lost[:3])}",
            where=str(index),
            remedy=RESTORE,
        )
    tables = [_table(index, s, listed[s], chosen, snapshot) for s in wanted]
    frame = pa.concat_tables(tables).to_pandas() if tables else conform(pd.DataFrame())
    where = f"snapshot {snapshot}, {index.parent.name}"
    return validate(frame, where=where), {s: listed[s].vintages for s in wanted}


def _table(index: Path, series_id: str, part: Part, chosen: Selection, snapshot: str) -> pa.Table:
    from pyarrow import ArrowException, compute, dataset

    path = checked_file(part_path(index, series_id), part.sha256, snapshot)
    try:
        found = dataset.dataset(str(path), format="parquet")
        fault = _fault(found, part)
        table = found.to_table(filter=chosen.expression()) if not fault else None
    except (ArrowException, OSError, ValueError) as error:
        fault, table = str(error).partition("\n")[0], None
    if table is not None and not compute.all(compute.equal(table["series_id"], series_id)).as_py():
        # Nothing at all is no fault: the series may hold no row of the wanted areas.
        fault = "it holds rows of another series" if table.num_rows else ""
    if fault or table is None:
        raise DataContractError(
            f"the file {path.name} cannot be read as the figures of '{series_id}': {fault}",
            where=str(path),
            remedy=RESTORE,
        )
    return table


def _fault(found: Any, part: Part) -> str:
    """Return what is wrong with a part before a row of it is read; nothing when it is well."""
    expected = _schema()
    faults = [f"column {c} is missing" for c in expected.names if c not in found.schema.names]
    faults += [f"column {c} is unknown" for c in found.schema.names if c not in expected.names]
    faults += [
        f"column {field.name} must be {expected.field(field.name).type}, is {field.type}"
        for field in found.schema
        if field.name in expected.names and field.type != expected.field(field.name).type
    ]
    if not faults and (rows := found.count_rows()) != part.rows:
        faults = [f"{part.rows:,} rows were expected, it holds {rows:,}"]
    return "; ".join(faults)


def _schema() -> pa.Schema:
    import pyarrow as pa

    kinds = dict.fromkeys(COLUMNS, pa.large_string())
    kinds |= dict.fromkeys(NUMBERS, pa.float64()) | dict.fromkeys(DATES, pa.timestamp("us"))
    return pa.schema([(name, kinds[name]) for name in COLUMNS])


def write_parts(folder: Path, frames: Iterable[pd.DataFrame]) -> Path:
    """Write the series of one origin as parts and return the list over them.

    Parameters
    ----------
    folder
        Is made when absent; named after the origin.
    frames
        Each holds the whole of one series, all vintages. They are taken one at a time, so
        that a nation need not fit into memory.

    Raises
    ------
    DataContractError
        A frame with several series, one that comes twice, or one that breaks the contract.
    """
    folder.mkdir(parents=True, exist_ok=True)
    index, written = folder / INDEX, dict[str, Part]()
    for frame in frames:
        series_id = _only_series(frame, written, folder)
        written[series_id] = _write_part(part_path(index, series_id), frame)
    _write_index(index, written)
    return index


def _only_series(frame: pd.DataFrame, written: Mapping[str, Part], folder: Path) -> str:
    named = frame["series_id"].unique()
    # Two names that differ in case only are one file on some systems.
    taken = {series_id.casefold() for series_id in written}
    if len(named) != 1 or str(named[0]).casefold() in taken:
        raise DataContractError(
            f"one frame a series was expected, came: {', '.join(map(str, named[:3]))}",
            where=str(folder),
            remedy="group the rows by series_id and give each group once",
        )
    return str(named[0])


def _write_part(path: Path, frame: pd.DataFrame) -> Part:
    import pyarrow as pa
    from pyarrow import parquet

    tidy = validate(conform(frame), where=path.name).sort_values(list(KEY), ignore_index=True)
    # Without pandas' own metadata, which changes with its version.
    table = pa.Table.from_pandas(tidy, schema=_schema(), preserve_index=False)
    parquet.write_table(
        table.replace_schema_metadata(None),
        path,
        row_group_size=ROWS_A_GROUP,
        compression="zstd",
        version="2.6",
    )
    return Part(len(tidy), file_sha256(path), tuple(sorted(map(str, tidy["vintage"].unique()))))


def _write_index(index: Path, written: Mapping[str, Part]) -> None:
    told: dict[str, dict[str, int | str | Sequence[str]]] = {
        series_id: {"rows": part.rows, "sha256": part.sha256, "vintages": list(part.vintages)}
        for series_id, part in written.items()
    }
    text = json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False)
    index.write_text(text + "\n", encoding="utf-8")
