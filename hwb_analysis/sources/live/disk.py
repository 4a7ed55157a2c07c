"""Files that are whole or not there, whatever moment the process is killed at."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hwb_analysis.errors import LockedError, OutputError

TEMPORARY = ".part-"


def write_whole(path: Path, content: bytes) -> None:
    """Write beside the target, push it to the disk, then put it in place in one step.

    Raises
    ------
    OutputError
        When the folder cannot be written; what stood there before stays.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=TEMPORARY)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise unwritable(path.parent, error) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Push the list of a folder's names to the disk, so that a rename survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def unwritable(folder: Path, error: OSError) -> OutputError:
    """Return the error that says that a folder cannot be written."""
    return OutputError(
        f"the folder cannot be written: {error.strerror or error}",
        where=str(folder),
        remedy="free some space or mend its permissions, or name another folder with "
        "HWB_CACHE_DIR or HWB_DATA_DIR",
    )


@contextmanager
def locked(file: Path, *, wait: bool = True, who: str = "another process") -> Iterator[None]:
    """Hold a lock; the system frees it when the process ends, however it ends.

    Parameters
    ----------
    file
        The lock's own file; it stays, empty.
    wait
        Wait for the other holder, or refuse at once.
    who
        What a refused caller is told.

    Raises
    ------
    LockedError
        Somebody holds it and ``wait`` is false.
    OutputError
        The folder cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise unwritable(file.parent, error) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError as error:
            raise LockedError(
                f"{who} is at work here", where=str(file.parent), remedy="wait for it to end"
            ) from error
        yield
    finally:
        os.close(handle)
