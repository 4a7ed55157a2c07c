"""The content key: one number for everything that a report is made of.

Two reports with one key are the same report, so that the second need not be made. What
goes in: the notebook, the library, the values of the parameters, the bytes of all data,
the locked and the installed packages, the kinds of output. What stays out: the clock,
the run, the machine, how many reports are made at once, and which engine makes them.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from hwb_analysis.paths import PACKAGE
from hwb_analysis.reports.manifest import package_versions, sha256

SCHEME = 1
LOCK_FILE = "requirements.lock"
# Compiled code stands beside its source, which counts.
LEFT_OUT = ("__pycache__", "_bundled")
SHOWN = 12
LOCAL = "local/"
SHARED = ("data/", LOCAL)
KEY_FILE, KEY_BYTES = ".digest-key", 32


def content_key(**parts: Any) -> str:
    """Return the sha256 of plain values, whatever the order in which they are given.

    Examples
    --------
    >>> content_key(a=1, b={"x": 2, "y": 3}) == content_key(b={"y": 3, "x": 2}, a=1)
    True
    >>> content_key(a=1) == content_key(a=2)
    False
    """
    text = json.dumps({"scheme": SCHEME, **parts}, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def library_digest() -> str:
    """Return the sha256 of the code: this package, the lock file, Python and packages."""
    found = sorted(p for p in PACKAGE.rglob("*") if p.is_file() and not _left_out(p))
    lock = PACKAGE.parent / LOCK_FILE
    return content_key(
        library={p.relative_to(PACKAGE).as_posix(): _sha256(p) for p in found},
        lock=_sha256(lock) if lock.is_file() else "",
        python=list(sys.version_info[:3]),
        packages=package_versions(),
    )


def _left_out(path: Path) -> bool:
    return any(part in LEFT_OUT for part in path.relative_to(PACKAGE).parts)


def file_digests(files: Mapping[str, Path]) -> dict[str, str]:
    """Return the sha256 of files by name; that of local files is keyed."""
    return {
        name: local_digest(path) if name.startswith(LOCAL) else _sha256(path)
        for name, path in files.items()
    }


def local_digest(path: Path) -> str:
    """Return a checksum of a local file that tells nothing of it.

    The plain one stands for the file to whoever can guess the rest: of a form with one small
    count, seven trials tell which it is. So it is keyed with a number that stays beside the
    local files.
    """
    from hwb_analysis.sources.local.folder import local_folder

    key = _key_of(str(local_folder().absolute()))
    return hmac.new(key, _sha256(path).encode(), "sha256").hexdigest()


@lru_cache(maxsize=64)
def _key_of(folder: str) -> bytes:
    path = Path(folder) / KEY_FILE
    try:
        with contextlib.suppress(FileExistsError):
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
        found = path.read_bytes()
    except OSError:
        found = b""
    # A folder that cannot be written gives a key for this process alone: nothing is reused.
    return found if len(found) == KEY_BYTES else secrets.token_bytes(KEY_BYTES)


def _sha256(path: Path) -> str:
    state = path.stat()
    return _known(str(path), state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4096)
def _known(path: str, changed: int, size: int) -> str:
    return sha256(Path(path))


def data_of(inputs: Mapping[str, str]) -> dict[str, str]:
    """Return the inputs that every report shares: the data and local files, no notebooks.

    Examples
    --------
    >>> data_of({"data/a.csv": "1", "notebooks/n.ipynb": "2"})
    {'data/a.csv': '1'}
    """
    return {name: digest for name, digest in inputs.items() if name.startswith(SHARED)}
