"""What was shown of each local series the last time, kept beside the local files.

Two versions of a table tell more than each of them: what differs is the people who came or
went between them. So the next version is protected together with all that were shown before:
of three, the first and the last may tell what neighbours do not.
The folder ``.published`` lies in the folder of local files, which git does not keep, and
holds nothing but figures that were shown.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

import pandas as pd

from hwb_analysis.errors import DataContractError, OutputError
from hwb_analysis.frame import COLUMNS, KEY, conform, validate

FOLDER, VERSION = ".published", "version"
# A row is the same one whatever release it comes with.
SAME = [name for name in KEY if name != "vintage"]
WITHDRAWN = (
    "where what was shown before is withdrawn, or nobody was ever given it, delete {name} in the "
    "folder of local files"
)


@dataclass(frozen=True, slots=True)
class Published:
    """The figures of local series as last shown, one Parquet file a series.

    Parameters
    ----------
    local
        The folder of local files.
    """

    local: Path

    def path(self, series_id: str) -> Path:
        """Return the file of a series, whether or not it is there."""
        return self.local / FOLDER / f"{series_id.partition(':')[2]}.parquet"

    def withdrawal(self, series_id: str) -> str:
        """Return what to do about what was shown before, for a message."""
        return WITHDRAWN.format(name=self.path(series_id).relative_to(self.local).as_posix())

    def require_writable(self) -> None:
        """Refuse to go on where what is shown could not be noted.

        Raises
        ------
        OutputError
            When the folder cannot be written.
        """
        place = self.local / FOLDER
        try:
            place.mkdir(exist_ok=True)
            with NamedTemporaryFile(dir=place, prefix=".probe-"):
                pass
        except OSError as error:
            raise _unwritable(place, error) from error

    def versions(self, series_id: str) -> list[pd.DataFrame]:
        """Return all that was shown of a series, each version whole, the oldest first.

        Raises
        ------
        DataContractError
            When the file is damaged: without it nobody knows what others hold.
        """
        path = self.path(series_id)
        if not path.is_file():
            return []
        from pyarrow import ArrowException

        try:
            found = pd.read_parquet(path)
            number = found[VERSION] if VERSION in found else pd.Series(0, index=found.index)
            parts = found.drop(columns=VERSION, errors="ignore").groupby(number, sort=True)
            return [validate(conform(part), where=path.name) for _, part in parts]
        except (ArrowException, OSError, ValueError, KeyError, TypeError) as error:
            raise DataContractError(
                f"what was shown of '{series_id}' before cannot be read, so a difference to it "
                "cannot be ruled out",
                where=str(path),
                remedy=f"restore the file; {self.withdrawal(series_id)}",
            ) from error

    def read(self, series_id: str) -> pd.DataFrame | None:
        """Return every row that was shown of a series as it was shown last, if any was."""
        versions = self.versions(series_id)
        if not versions:
            return None
        whole = pd.concat(versions, ignore_index=True)
        return whole.drop_duplicates(SAME, keep="last").reset_index(drop=True)

    def keep(self, series_id: str, frame: pd.DataFrame) -> None:
        """Note what is shown from now on; what was shown before stays known.

        Raises
        ------
        OutputError
            When the folder cannot be written.
        """
        # A version that comes back, and one that others hold already, adds nothing.
        versions = [old for old in self.versions(series_id) if not _alike(old, frame)]
        parts = [part.assign(**{VERSION: i}) for i, part in enumerate([*versions, frame])]
        write_parquet(pd.concat(parts, ignore_index=True), self.path(series_id))


def _alike(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    columns = [name for name in COLUMNS if name != "vintage"]
    parts = [part[columns].sort_values(SAME).reset_index(drop=True) for part in (one, other)]
    return parts[0].equals(parts[1])


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame whole or not at all.

    Raises
    ------
    OutputError
        When the folder cannot be written.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.to_parquet(aside, index=False)
        os.replace(aside, path)
    except OSError as error:
        raise _unwritable(path.parent, error) from error


def _unwritable(place: Path, error: OSError) -> OutputError:
    return OutputError(
        f"what is shown of local figures cannot be noted: {error.strerror or error}",
        where=str(place),
        remedy="let the user of this process write into the folder of local files; "
        f"{FOLDER} is a folder there",
    )
