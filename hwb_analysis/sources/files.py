"""The files of a snapshot: lists, and tables held against the checksum that was stated."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from hwb_analysis.errors import DataContractError

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
RESTORE = "restore the file from the repository, or compile the snapshot anew"


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, read once for each size and time of change."""
    stat = path.stat()
    return _sha256(str(path), stat.st_mtime_ns, stat.st_size)


# A run over a nation's figures reads some thousand files.
@lru_cache(maxsize=4096)
def _sha256(path: str, changed: int, size: int) -> str:
    with Path(path).open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def checked_file(path: Path, expected: str, snapshot: str) -> Path:
    """Return a path after comparing the checksum of its file.

    Raises
    ------
    DataContractError
        When the file is missing, cannot be read, or its bytes are not those that were compiled.
    """
    if not path.is_file():
        raise DataContractError(
            f"the file {path.name} of the snapshot {snapshot} is missing",
            where=str(path),
            remedy=RESTORE,
        )
    try:
        found = file_sha256(path)
    except OSError as error:
        raise DataContractError(
            f"the file {path.name} of the snapshot {snapshot} cannot be read: {error.strerror}",
            where=str(path),
            remedy="let the user of this process read it, or " + RESTORE,
        ) from error
    if found != expected:
        raise DataContractError(
            f"the checksum of {path.name} was expected to be {expected[:12]}..., "
            f"is {found[:12]}...",
            where=str(path),
            remedy=RESTORE,
        )
    return path


def inside(folder: Path, name: str) -> Path:
    """Return the path of a file that a list names, which must lie in the folder of the list.

    Raises
    ------
    DataContractError
        When the name leads out of the folder.

    Examples
    --------
    >>> inside(Path("snapshot"), "cover/parts.json").as_posix()
    'snapshot/cover/parts.json'
    """
    parts = name.replace("\\", "/").split("/")
    if not name.strip() or any(part in ("", ".", "..") or ":" in part for part in parts):
        raise DataContractError(
            f"a file inside the folder was expected, the list names '{name}'",
            where=str(folder / "origins.yaml"),
            remedy=RESTORE,
        )
    return folder.joinpath(*parts)


def read_list(path: Path) -> dict[str, Any]:
    """Return a list of a snapshot: YAML, or the JSON that long lists are written as.

    JSON is YAML as well, and is read a hundred times as fast.

    Raises
    ------
    DataContractError
        When the list is missing or cannot be read.
    """
    if not path.exists():
        raise DataContractError(f"the list {path.name} is missing", where=str(path), remedy=RESTORE)
    try:
        stat = path.stat()
        return _parsed(str(path), stat.st_mtime_ns, stat.st_size)
    except (yaml.YAMLError, OSError, ValueError, TypeError) as error:
        told = " ".join(str(error).split()).replace('in "<unicode string>", line', "at line")
        raise DataContractError(
            f"the list {path.name} cannot be read: {told}",
            where=str(path),
            remedy=RESTORE,
        ) from error


@lru_cache(maxsize=32)
def _parsed(path: str, changed: int, size: int) -> dict[str, Any]:
    text = Path(path).read_text(encoding="utf-8")
    if text.startswith("{"):
        try:
            return dict(json.loads(text))
        except json.JSONDecodeError:
            # Braces are YAML too; its reader tells what is wrong, if anything is.
            pass
    return dict(yaml.load(text, Loader=LOADER) or {})
