"""Put compiled files in their folder and keep its lists of origins and series in step."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import yaml

from tools.compile_snapshot.compiled import Compiled
from tools.compile_snapshot.readme import write_readme
from tools.compile_snapshot.write import write_compiled, write_yaml

SHARED_FOLDERS = ("lookups", "boundaries")


def store(compiled: Iterable[Compiled], out: Path, snapshot: str) -> None:
    """Write the files and replace their entries, leaving those of other sources as they are."""
    with _alone(out):
        for item in compiled:
            folder = _folder(item, out, snapshot)
            entry = write_compiled(_relative(item), folder)
            _merge(folder / "origins.yaml", {item.source.origin_id: entry})
            if item.series:
                _store_series(item, folder / "series.yaml")
        write_readme(out)


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Wait until no other compiler writes below the folder: the lists are read and rewritten."""
    out.mkdir(parents=True, exist_ok=True)
    handle = os.open(out, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _folder(item: Compiled, out: Path, snapshot: str) -> Path:
    first = Path(item.file).parts[0]
    return out / first if first in SHARED_FOLDERS else out / "snapshot" / snapshot


def _relative(item: Compiled) -> Compiled:
    return replace(item, file=Path(item.file).name)


def _store_series(item: Compiled, path: Path) -> None:
    own = item.source.origin_id
    added = {"origin_id": own, "file": Path(item.file).name}
    kept = {k: v for k, v in _read(path).items() if _field(v, "origin_id") != own}
    write_yaml({**kept, **{k: {**v, **added} for k, v in item.series.items()}}, path)


def _merge(path: Path, new: dict[str, object]) -> None:
    write_yaml({**_read(path), **new}, path)


def _read(path: Path) -> dict[str, object]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8"))) if path.exists() else {}


def _field(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None
