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
        _write(out, handle, json.dumps({"pid": os.getpid(), "since": since}))
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def lock_holder(out: Path) -> str | None:
    """Return who holds the lock of an output folder, in words; nothing when it is free."""
    try:
        handle = os.open(out / LOCK_NAME, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return _who(os.read(handle, 1000))
    else:
        return None
    finally:
        os.close(handle)


def _open(out: Path) -> int:
    try:
        out.mkdir(parents=True, exist_ok=True)
        return os.open(out / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise _unwritable(out, error) from error


def _write(out: Path, handle: int, text: str) -> None:
    try:
        os.ftruncate(handle, 0)
        os.write(handle, text.encode())
    except OSError as error:
        raise _unwritable(out, error) from error


def _unwritable(out: Path, error: OSError) -> OutputError:
    return OutputError(
        f"the output folder cannot be written: {error.strerror}",
        where=str(out),
        remedy="free some space or mend its permissions, or give another folder with --out",
    )


def _who(content: bytes) -> str:
    try:
        holder = json.loads(content)
        return f"process {holder['pid']}, since {holder['since']}"
    except (ValueError, KeyError, TypeError):
        return "a process that has not said which"


def _locked(out: Path, content: bytes) -> LockedError:
    return LockedError(
        f"another run is writing here: {_who(content)}",
        where=str(out),
        remedy="wait for it to end, or give another folder with --out",
    )
