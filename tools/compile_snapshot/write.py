"""Write compiled frames so that the same input gives the same bytes, all or nothing."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from hwb_analysis.frame import KEY, validate
from tools.compile_snapshot.compiled import Compiled


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def replace_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write beside the target, then put the finished file in its place in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_yaml(data: Mapping[str, object], path: Path) -> None:
    """Write sorted YAML, wide enough that most notes stay on a line."""
    text = yaml.safe_dump(dict(data), sort_keys=True, allow_unicode=True, width=100)
    replace_whole(path, lambda target: target.write_text(text, encoding="utf-8"))


def write_compiled(item: Compiled, folder: Path) -> dict[str, object]:
    """Validate and write one file; return its entry for origins.yaml."""
    path = folder / item.file
    frame = item.frame
    if item.series:
        frame = validate(frame, where=item.file).sort_values(list(KEY), ignore_index=True)
    write = WRITERS["geo" if isinstance(frame, gpd.GeoDataFrame) else path.suffix]
    replace_whole(path, lambda target: write(frame, target))
    return origin_entry(item, path)


def _parquet(frame: pd.DataFrame, path: Path) -> None:
    # Without pandas' own metadata, which changes with its version.
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(table, path, compression="zstd", compression_level=9, version="2.6")


def _geoparquet(frame: gpd.GeoDataFrame, path: Path) -> None:
    frame.to_parquet(path, index=False, compression="zstd")


def _csv(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False, lineterminator="\n")


WRITERS: dict[str, Callable[..., None]] = {".parquet": _parquet, ".csv": _csv, "geo": _geoparquet}


def origin_entry(item: Compiled, path: Path) -> dict[str, object]:
    """Return the full provenance of one written file."""
    source = item.source
    return {
        "origin_id": source.origin_id,
        "publisher": source.publisher,
        "title": source.title,
        "release": source.release,
        "licence": source.licence,
        "attribution": source.attribution,
        "accessed": source.accessed,
        "obtained_via": source.obtained_via,
        "input_sha256": {p.name: sha256(p) for p in sorted(item.inputs)},
        "file": item.file,
        "sha256": sha256(path),
        "rows_in": item.ledger.rows_in,
        "rows_out": len(item.frame),
        "rows_dropped": dict(sorted(item.ledger.dropped.items())),
        "notes": list(item.notes),
    }
