"""Writing a snapshot in parts: one Parquet file a series instead of one an origin."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from hwb_analysis.errors import DataContractError, UsageError
from hwb_analysis.sources.files import file_sha256
from hwb_analysis.sources.partitioned import INDEX, is_index, read_index, write_parts
from hwb_analysis.sources.snapshot import Snapshot

# Gives the frames of the series of an origin, one at a time.
Frames = Callable[[str], Iterable[pd.DataFrame]]


def partition_snapshot(snapshot: Snapshot, folder: Path | str) -> Snapshot:
    """Write a snapshot anew in parts, with the same series, rows and origins.

    Parameters
    ----------
    snapshot
        Any snapshot; it is only read.
    folder
        A folder that does not exist; its name becomes the snapshot's. Look-ups and
        boundaries are found when it lies where snapshots lie, in ``snapshot/`` beside them.

    Raises
    ------
    UsageError
        When something stands there already.
    DataContractError
        When a file of the snapshot cannot be used, or would lose rows.

    Examples
    --------
    >>> from hwb_analysis.errors import HwbError
    >>> from hwb_analysis.sources.snapshot import current_snapshot
    >>> try:
    ...     partition_snapshot(current_snapshot(), current_snapshot().folder)
    ... except HwbError as error:
    ...     print(error.message)
    a new folder was expected, there is one already
    """
    # Local figures beside a snapshot are no part of it, and stay where they are.
    files = snapshot.files
    held = {key: info for key, info in snapshot.series.items() if info.origin_id in files}
    by_origin: dict[str, list[str]] = {info.origin_id: [] for info in held.values()}
    for key, info in sorted(held.items()):
        by_origin[info.origin_id].append(key)

    def frames(origin_id: str) -> Iterator[pd.DataFrame]:
        # What lies in one file is read once; what lies in parts, part by part.
        ids = by_origin[origin_id]
        for some in [[s] for s in ids] if is_index(files[origin_id]) else [ids]:
            whole = snapshot.frame(some, vintage="all")
            whole.attrs = {}
            yield from (rows for _, rows in whole.groupby("series_id"))

    series = {key: asdict(info) for key, info in held.items()}
    for entry in series.values():
        del entry["id"]
    origins = {key: asdict(snapshot.origins[key]) for key in by_origin}
    return write_partitioned(folder, frames, series, origins)


def write_partitioned(
    folder: Path | str,
    frames: Frames,
    series: Mapping[str, Mapping[str, Any]],
    origins: Mapping[str, Mapping[str, Any]],
) -> Snapshot:
    """Write a snapshot in parts from frames that come one at a time.

    Parameters
    ----------
    folder
        A folder that does not exist; it is there whole or not at all.
    frames
        Called with each origin; gives the frame of each of its series, all vintages.
    series, origins
        Entries as in ``series.yaml`` and ``origins.yaml``; ``file`` and ``sha256`` are
        replaced.

    Raises
    ------
    UsageError
        When something stands there already.
    DataContractError
        A frame that breaks the contract, or an origin of which other rows came than its
        ``rows_out`` says.
    """
    target = Path(folder)
    if target.exists():
        raise UsageError(
            "a new folder was expected, there is one already",
            where=str(target),
            remedy="name another, or remove it first",
        )
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        told = {key: _write_origin(aside, key, frames(key), origins[key]) for key in origins}
        entries = {
            key: {**entry, "file": _file(entry["origin_id"])} for key, entry in series.items()
        }
        _write_list(aside / "origins.yaml", told)
        _write_list(aside / "series.yaml", entries)
        os.rename(aside, target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return Snapshot(target)


def _file(origin_id: str) -> str:
    return f"{origin_id}/{INDEX}"


def _write_origin(
    folder: Path, key: str, frames: Iterable[pd.DataFrame], told: Mapping[str, Any]
) -> dict[str, Any]:
    index = write_parts(folder / key, frames)
    rows = sum(part.rows for part in read_index(index).values())
    if rows != told["rows_out"]:
        raise DataContractError(
            f"the origin {key} has {told['rows_out']:,} rows, its series hold {rows:,}",
            where=str(folder),
            remedy="give every series of the origin, and all its vintages",
        )
    return {**told, "file": _file(key), "sha256": file_sha256(index)}


def _write_list(path: Path, entries: Mapping[str, Any]) -> None:
    # JSON, which is YAML as well: thousands of entries are read in a moment.
    text = json.dumps(dict(entries), indent=1, sort_keys=True, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
