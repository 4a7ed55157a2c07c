"""The folder of local files, and the refusal of every path that leads out of it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from hwb_analysis.paths import data_dir
from hwb_analysis.sources.local.faults import MapError

# Set in every report of a run: the folder of what the run shows of local figures, or nothing.
SHOWN_VARIABLE = "HWB_LOCAL_SHOWN"
MAPS = ("*.yaml", "*.yml")
OUTSIDE = re.compile(r"^[\\/~]|^[A-Za-z]:|://|\\|\x00|[\x01-\x1f]")
REMEDY = "name a file in the folder of the map, such as training.csv or 2026/training.csv"


def local_folder() -> Path:
    """Return the folder for local files: ``HWB_LOCAL_DIR``, else ``local`` of the data.

    Git does not keep it: nothing unpublished enters the repository.
    """
    named = os.environ.get("HWB_LOCAL_DIR")
    return Path(named) if named else data_dir() / "local"


def any_local() -> bool:
    """Say whether there may be local figures here: a map of an own file, or what a run shows."""
    named = os.environ.get(SHOWN_VARIABLE)
    return bool(map_files(local_folder())) if named is None else bool(named)


def map_files(folder: Path) -> list[Path]:
    """Return the column maps of a folder, by name."""
    found = (path for pattern in MAPS for path in folder.glob(pattern))
    return sorted(path for path in found if not path.name.startswith("."))


def inside(folder: Path, name: str, where: str = "") -> Path:
    """Return the path of a file that a map names, and refuse one outside the folder.

    Raises
    ------
    MapError
        When the name is absolute, climbs with ``..``, is an address of another kind, or is
        a link that leads out of the folder.

    Examples
    --------
    >>> inside(Path("local"), "2026/training.csv").as_posix()
    'local/2026/training.csv'
    >>> inside(Path("local"), "../secret.csv")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    hwb_analysis.sources.local.faults.MapError: the file '../secret.csv' lies outside ...
      where: local
      what to do: name a file in the folder of the map, such as training.csv ...
    """
    parts = name.split("/")
    if not name.strip() or OUTSIDE.search(name) or ".." in parts:
        raise _refusal(name, folder, where)
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise _refusal(name, folder, where)
    return path


def _refusal(name: str, folder: Path, where: str) -> MapError:
    shown = name.encode("unicode_escape").decode("ascii")
    return MapError(
        f"the file '{shown}' lies outside the folder {folder.name}",
        where=where or str(folder),
        remedy=REMEDY,
    )
