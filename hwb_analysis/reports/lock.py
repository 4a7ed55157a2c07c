"""One run at a time in an output folder."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path

from hwb_analysis.errors import LockedError, OutputError

LOCK_NAME = ".lock"


@contextlib.contextmanager
def run_lock(out: Path, since: str) -> Iterator[None]:
    """Hold the lock of an output folder; the system frees it when the process ends.

    Parameters
    ----------
    out
        Output folder; it is made when absent.
    since
        Time that a second run is told, as text.

    Raises
    ------
    LockedError
        Another run holds it; the message says which process, and since when.
    OutputError
        The folder cannot be made or written.
    """
    handle = _open(out)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise _locked(out, os.read(handle, 1000)) from error
        os.ftruncate(handle, 0)
        os.write(handle, json.dumps({"pid": os.getpid(), "since": since}).encode())
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _open(out: Path) -> int:
    try:
        out.mkdir(parents=True, exist_ok=True)
        return os.open(out / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise OutputError(
            f"the output folder cannot be written: {error.strerror}",
            where=str(out),
            remedy="give a folder that can be written with --out",
        ) from error


def _locked(out: Path, content: bytes) -> LockedError:
    try:
        holder = json.loads(content)
        who = f"process {holder['pid']}, since {holder['since']}"
    except (ValueError, KeyError, TypeError):
        who = "a process that has not said which"
    return LockedError(
        f"another run is writing here: {who}",
        where=str(out),
        remedy="wait for it to end, or give another folder with --out",
    )
