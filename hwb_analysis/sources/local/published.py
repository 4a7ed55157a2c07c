"""What was shown of each local series the last time, kept beside the local files.

Two versions of a table tell more than each of them: what differs is the people who came or
went between them. So the next version is protected together with what was shown before.
The folder ``.published`` lies in the folder of local files, which git does not keep, and
holds nothing but figures that were shown.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from hwb_analysis.errors import DataContractError, OutputError
from hwb_analysis.frame import KEY, conform, validate

FOLDER = ".published"
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

    def read(self, series_id: str) -> pd.DataFrame | None:
        """Return what was shown of a series, or nothing when nothing was.

        Raises
        ------
        DataContractError
            When the file is damaged: without it nobody knows what others hold.
        """
        path = self.path(series_id)
        if not path.is_file():
            return None
        from pyarrow import ArrowException

        try:
            return validate(conform(pd.read_parquet(path)), where=path.name)
        except (ArrowException, OSError, ValueError, KeyError, TypeError) as error:
            raise DataContractError(
                f"what was shown of '{series_id}' before cannot be read, so a difference to it "
                "cannot be ruled out",
                where=str(path),
                remedy=f"restore the file; {self.withdrawal(series_id)}",
            ) from error

    def keep(self, series_id: str, frame: pd.DataFrame) -> None:
        """Note what is shown from now on; rows of before that are gone stay known.

        Raises
        ------
        OutputError
            When the folder cannot be written.
        """
        before = self.read(series_id)
        frames = [frame] if before is None else [before, frame]
        whole = pd.concat(frames, ignore_index=True).drop_duplicates(SAME, keep="last")
        write_parquet(whole.reset_index(drop=True), self.path(series_id))


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
        raise OutputError(
            f"what is shown of local figures cannot be noted: {error.strerror or error}",
            where=str(path.parent),
            remedy="let the user of this process write into the folder of local files",
        ) from error
