"""Figures of a whole nation as Parquet files, one series a file, read only where needed.

A snapshot of one authority fits into memory; every indicator, area and period of the
nation does not need to. Each series has a file of its own, its rows sorted by area and
cut into groups with their smallest and largest area code, so that reading some series
for some areas opens only those files and, inside them, only the groups that can hold
the areas.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd

from hwb_analysis.errors import DataContractError, UsageError, did_you_mean
from hwb_analysis.frame import COLUMNS, conform, newest_vintage, validate
from hwb_analysis.sources.snapshot import file_sha256

INDEX = "index.json"
FIGURES = "figures"
# Some areas a group: small enough to pass over most of a file, large enough to compress.
ROWS_A_GROUP = 2_000
RESTORE = "write the folder anew, or restore the file"


class Partitioned:
    """A folder of figures, one file a series, each with its checksum.

    Parameters
    ----------
    folder
        Holds ``index.json`` and ``figures/``; :func:`write_series` makes it.

    Raises
    ------
    DataContractError
        When the folder has no readable index.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.name = self.folder.name
        assert self._index is not None

    @cached_property
    def _index(self) -> dict[str, dict[str, Any]]:
        path = self.folder / INDEX
        try:
            found: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DataContractError(
                f"the index of the figures cannot be read: {error}",
                where=str(path),
                remedy=RESTORE,
            ) from error
        return found

    def list(self) -> tuple[str, ...]:
        """Return the identifiers of all series, sorted."""
        return tuple(sorted(self._index))

    @property
    def rows(self) -> int:
        """Return how many figures there are in all."""
        return sum(int(entry["rows"]) for entry in self._index.values())

    def get(self, series_ids: Iterable[str], areas: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the tidy frame of some series, newest vintage of each.

        Parameters
        ----------
        series_ids
            Identifiers.
        areas
            Codes of areas; all when not given.

        Returns
        -------
        pandas.DataFrame
            Validated, ``attrs["origins"]`` names the origins of its rows.

        Raises
        ------
        UsageError
            A series that is not there.
        DataContractError
            A file that is missing, is not the one that was written, or breaks the contract.
        """
        wanted = list(dict.fromkeys(series_ids))
        paths = [self._checked(series_id) for series_id in wanted]
        frame = validate(conform(_read(paths, areas)), where=str(self.folder))
        kept = newest_vintage(frame) if len(frame) else frame
        kept.attrs = {"snapshot": self.name, "origins": tuple(sorted(set(kept["origin_id"])))}
        return kept

    def _checked(self, series_id: str) -> Path:
        entry = self._index.get(series_id)
        if entry is None:
            raise UsageError(
                f"there is no series '{series_id}'",
                where=str(self.folder / INDEX),
                remedy=did_you_mean(series_id, list(self._index)),
            )
        path = self.folder / FIGURES / _file(series_id)
        found = file_sha256(path) if path.is_file() else "nothing"
        if found != entry["sha256"]:
            raise DataContractError(
                f"the checksum of {path.name} was expected to be {entry['sha256'][:12]}..., "
                f"is {found[:12]}",
                where=str(path),
                remedy=RESTORE,
            )
        return path


def _file(series_id: str) -> str:
    return f"{quote(series_id, safe='')}.parquet"


def _read(paths: Sequence[Path], areas: Sequence[str] | None) -> pd.DataFrame:
    from pyarrow import ArrowException, compute, dataset

    if not paths:
        return pd.DataFrame(columns=list(COLUMNS))
    chosen = compute.field("area_code").isin(list(areas)) if areas is not None else None
    try:
        table = dataset.dataset([str(p) for p in paths]).to_table(filter=chosen)
    except (ArrowException, OSError, ValueError) as error:
        first = str(error).partition("\n")[0]
        raise DataContractError(
            f"the figures cannot be read: {first}", where=str(paths[0].parent), remedy=RESTORE
        ) from error
    frame: pd.DataFrame = table.to_pandas()
    return frame


def write_series(folder: Path, frames: Iterable[pd.DataFrame]) -> Partitioned:
    """Write tidy frames, one series each, and the index over them.

    Parameters
    ----------
    folder
        Is made when absent; an index that is there is replaced at the end.
    frames
        Each holds the whole of one series. They are taken one at a time, so that a nation
        need not fit into memory.

    Raises
    ------
    DataContractError
        A frame with several series, one that comes twice, or one that breaks the contract.
    """
    figures, index = folder / FIGURES, dict[str, dict[str, Any]]()
    figures.mkdir(parents=True, exist_ok=True)
    for frame in frames:
        series_id, path = _write_one(figures, frame, index)
        index[series_id] = {"rows": len(frame), "sha256": file_sha256(path)}
    aside = folder / f".{INDEX}.{os.getpid()}"
    aside.write_text(json.dumps(index, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(aside, folder / INDEX)
    return Partitioned(folder)


def _write_one(
    figures: Path, frame: pd.DataFrame, index: dict[str, dict[str, Any]]
) -> tuple[str, Path]:
    named = frame["series_id"].unique()
    if len(named) != 1 or named[0] in index:
        raise DataContractError(
            f"one frame a series was expected, came: {', '.join(map(str, named[:3]))}",
            where=str(figures),
            remedy="group the rows by series_id and give each group once",
        )
    tidy = validate(conform(frame), where=str(named[0]))
    path = figures / _file(str(named[0]))
    ordered = tidy.sort_values(["area_code", "period_start", "sex", "age"], kind="stable")
    ordered.to_parquet(path, index=False, row_group_size=ROWS_A_GROUP, compression="zstd")
    return str(named[0]), path
