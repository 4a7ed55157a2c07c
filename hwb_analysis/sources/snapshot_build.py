"""Build the folder of a new snapshot: the old one with some series read anew."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from hwb_analysis.errors import DataContractError
from hwb_analysis.frame import KEY, validate
from hwb_analysis.sources.live.disk import sync_folder
from hwb_analysis.sources.partitioned import is_index
from hwb_analysis.sources.snapshot import Snapshot, file_sha256

REPLACED = "series that are now read from the live service"
LISTS = ("series.yaml", "origins.yaml")


@dataclass(frozen=True, slots=True)
class NewSeries:
    """One series to be written: its rows, its entry of series.yaml, its origin without the file."""

    series_id: str
    frame: pd.DataFrame
    entry: Mapping[str, Any]
    origin: Mapping[str, Any]


def build_snapshot(base: Snapshot, new: Sequence[NewSeries], folder: Path) -> Snapshot:
    """Write a snapshot that holds the new series, and every other as it was.

    Parameters
    ----------
    base
        The snapshot before; its files are copied and never changed.
    new
        Series that take the place of those of the same identifier, or come on top.
    folder
        A folder that does not exist; its name is the snapshot's.

    Raises
    ------
    DataContractError
        When a frame breaks the contract, the snapshot before lies in parts, or the written
        one does not read back.
    """
    _refuse_parts(base)
    folder.mkdir(parents=True)
    series = _yaml(base.folder / "series.yaml")
    origins = _yaml(base.folder / "origins.yaml")
    replaced = {item.series_id for item in new}
    touched = {series[s]["origin_id"] for s in replaced & set(series)}
    for origin_id, told in sorted(origins.items()):
        if origin_id not in touched:
            shutil.copyfile(base.folder / told["file"], folder / told["file"])
    for origin_id in sorted(touched):
        kept = _without(base, folder, origins.pop(origin_id), replaced)
        if kept is not None:
            origins[origin_id] = kept
    series = {k: v for k, v in series.items() if k not in replaced}
    for item in new:
        entry, origin = _write_series(item, folder)
        series[item.series_id] = entry
        origins[str(origin["origin_id"])] = origin
    _write_yaml(folder / "series.yaml", series)
    _write_yaml(folder / "origins.yaml", origins)
    _sync(folder)
    made = Snapshot(folder)
    made.check(made.series)
    return made


def _refuse_parts(base: Snapshot) -> None:
    if any(is_index(path) for path in base.files.values()):
        raise DataContractError(
            f"the snapshot {base.name} lies in parts, and only one with a file an origin can be "
            "built upon",
            where=str(base.folder),
            remedy="refresh the snapshot that it was written from, then write the parts anew",
        )


def _without(
    base: Snapshot, folder: Path, told: dict[str, Any], replaced: set[str]
) -> dict[str, Any] | None:
    """Write the rest of a file of which some series are replaced; None when nothing is left."""
    frame = pd.read_parquet(base.checked(told["origin_id"]))
    rest = frame.loc[~frame["series_id"].isin(replaced)]
    if rest.empty:
        return None
    path = folder / told["file"]
    _write_parquet(rest, path)
    dropped = dict(told.get("rows_dropped") or {})
    dropped[REPLACED] = dropped.get(REPLACED, 0) + len(frame) - len(rest)
    return {**told, "rows_out": len(rest), "rows_dropped": dropped, "sha256": file_sha256(path)}


def _write_series(item: NewSeries, folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    name = item.series_id.replace(":", "_").replace("-", "_") + ".parquet"
    frame = validate(item.frame, where=item.series_id).sort_values(list(KEY), ignore_index=True)
    if (folder / name).exists():
        raise DataContractError(
            f"a file name of its own was expected for {item.series_id}, {name} is taken",
            where=str(folder),
            remedy="rename the file of the other source",
        )
    _write_parquet(frame, folder / name)
    origin = {
        **item.origin,
        "file": name,
        "sha256": file_sha256(folder / name),
        "rows_out": len(frame),
    }
    return {**item.entry, "origin_id": origin["origin_id"], "file": name}, origin


def _write_parquet(frame: pd.DataFrame, path: Path) -> None:
    # Without pandas' own metadata, which changes with its version.
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(table, path, compression="zstd", compression_level=9, version="2.6")


def _write_yaml(path: Path, data: Mapping[str, Any]) -> None:
    text = yaml.safe_dump(dict(data), sort_keys=True, allow_unicode=True, width=100)
    path.write_text(text, encoding="utf-8")


def _yaml(path: Path) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return dict(yaml.load(path.read_text(encoding="utf-8"), Loader=loader))


def _sync(folder: Path) -> None:
    for path in folder.iterdir():
        with path.open("rb") as handle:
            os.fsync(handle.fileno())
    sync_folder(folder)
