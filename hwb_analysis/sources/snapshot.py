"""The committed snapshot: tidy Parquet files, their series and where they come from.

Nothing is returned from a file whose checksum differs from the one its origin states.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from hwb_analysis import paths
from hwb_analysis.errors import DataContractError, UsageError, did_you_mean
from hwb_analysis.frame import Carried, conform, validate
from hwb_analysis.origin import Origin
from hwb_analysis.sources.files import RESTORE, checked_file, file_sha256, inside, read_list
from hwb_analysis.sources.local.beside import local_beside
from hwb_analysis.sources.local.marks import marks_of
from hwb_analysis.sources.partitioned import is_index, read_parts
from hwb_analysis.sources.selection import Days, Selection, selection
from hwb_analysis.sources.series import SeriesInfo
from hwb_analysis.sources.shown import snapshot_html

if TYPE_CHECKING:
    import geopandas

    from hwb_analysis.sources.local.beside import Local

__all__ = ["SeriesInfo", "Snapshot", "current_snapshot", "file_sha256", "snapshot_at"]

Vintages = dict[str, tuple[str, ...]]


class Snapshot:
    """One compiled snapshot of published figures, read from disk without a network.

    Parameters
    ----------
    folder
        ``data/snapshot/<yyyy-mm>``, named after it; ``lookups`` and ``boundaries`` are beside it.
    local
        Local figures that are read as if they were in it, each series protected by its own
        rule; none when not given.

    Raises
    ------
    DataContractError
        When the folder, its lists or a file is missing or is not what its origin says.

    Examples
    --------
    >>> snapshot = current_snapshot()
    >>> snapshot.series["cover:mmr2-5y"].unit
    '%'
    >>> frame = snapshot.get(["cover:mmr2-5y"])
    >>> sorted(frame["period"].unique())[-1]
    '2024/25'
    """

    def __init__(self, folder: Path | str, local: Local | None = None) -> None:
        self.folder, self.local = Path(folder), local
        if not (self.folder / "origins.yaml").exists():
            raise DataContractError(
                "the folder holds no origins.yaml, so it is no snapshot",
                where=str(self.folder),
                remedy="name a folder below data/snapshot",
            )

    @property
    def name(self) -> str:
        """Return the name of the snapshot, such as ``2026-11``."""
        return self.folder.name

    def __repr__(self) -> str:
        """Say which snapshot this is and how much it holds."""
        return f"Snapshot({self.name}: {len(self.series)} series in {len(self.files)} files)"

    _repr_html_ = snapshot_html

    @cached_property
    def series(self) -> dict[str, SeriesInfo]:
        """Return what every series is, by identifier."""
        path = self.folder / "series.yaml"
        held = {k: SeriesInfo.from_mapping(k, v, str(path)) for k, v in read_list(path).items()}
        return {**held, **(self.local.series if self.local else {})}

    @cached_property
    def origins(self) -> dict[str, Origin]:
        """Return the provenance of every file, look-ups and boundaries included."""
        held = {
            key: Origin.from_mapping(value, str(folder))
            for folder in self._folders
            for key, value in read_list(folder / "origins.yaml").items()
        }
        return {**held, **(self.local.origins if self.local else {})}

    @property
    def files(self) -> dict[str, Path]:
        """Return the path of the file that each origin describes."""
        return {
            key: inside(folder, str(value["file"]))
            for folder in self._folders
            for key, value in read_list(folder / "origins.yaml").items()
        }

    @property
    def _folders(self) -> tuple[Path, ...]:
        data = self.folder.parent.parent
        beside = [data / "lookups", data / "boundaries"]
        return (self.folder, *(f for f in beside if (f / "origins.yaml").exists()))

    def list(self) -> tuple[str, ...]:
        """Return the identifiers of all series, sorted."""
        return tuple(sorted(self.series))

    def get(self, series_ids: Iterable[str]) -> pd.DataFrame:
        """Return the newest vintage of the series; the same as :meth:`frame`."""
        return self.frame(series_ids)

    def frame(
        self,
        series_ids: Iterable[str] | None = None,
        vintage: str = "newest",
        *,
        areas: Iterable[str] | None = None,
        periods: Days | None = None,
    ) -> pd.DataFrame:
        """Return the validated tidy frame of some or all series.

        Parameters
        ----------
        series_ids
            Identifiers such as ``cover:mmr2-5y``; None for all.
        vintage
            ``newest`` (the default), ``all``, or the label of one release.
        areas
            Codes or names of areas; None for all. Where an origin lies in parts, rows of
            other areas are not loaded.
        periods
            First and last day, as dates or ISO text: whole periods between them; None for all.

        Returns
        -------
        pandas.DataFrame
            The columns of the tidy frame. ``attrs["origins"]`` names the origins of the
            series, ``attrs["snapshot"]`` the snapshot, ``attrs["vintages_left_out"]`` the
            releases that ``newest`` passed over.

        Raises
        ------
        UsageError
            When a series or the vintage does not exist.
        DataContractError
            When a file is not the one its origin describes, or breaks the contract.
        """
        chosen = selection(areas, periods)
        wanted = list(dict.fromkeys(series_ids)) if series_ids is not None else list(self.list())
        for series_id in wanted:
            if series_id not in self.series:
                if self.local and _is_local(series_id):
                    raise self.local.missing(series_id)
                raise UsageError(
                    f"the snapshot {self.name} has no series '{series_id}'",
                    where=str(self.folder / "series.yaml"),
                    remedy=did_you_mean(series_id, list(self.series)),
                )
        frame, vintages = self._read(wanted, chosen)
        kept = chosen.of(self._of_vintage(frame, vintage, vintages))
        if vintage == "newest" and wanted:
            # Of the whole series, whether or not the wanted areas have rows of them.
            kept.attrs["vintages_left_out"] = Carried(
                (series, old) for series, known in vintages.items() for old in known[:-1]
            )
        return kept

    def check(self, series_ids: Iterable[str]) -> None:
        """Compare every file with its checksum and read the rows of the series.

        Series that the snapshot does not hold are passed over.

        Raises
        ------
        DataContractError
            With every fault of every file at once.
        """
        wanted = list(series_ids)
        rows = self._by_origin(s for s in wanted if s in self.series and not _is_local(s))
        errors = list(self._local_faults(wanted))
        for key in sorted({*self.files, *rows}):
            try:
                self._check_one(key, rows.get(key, ()))
            except DataContractError as error:
                errors.append(error)
        if len(errors) == 1:
            raise errors[0]
        if errors:
            told = "\n".join(f"- {e.message} ({e.where})" for e in errors)
            raise DataContractError(
                f"{len(errors)} files of the snapshot {self.name} cannot be used\n{told}",
                where=str(self.folder),
                remedy=RESTORE,
            )

    def _local_faults(self, wanted: Iterable[str]) -> Iterator[DataContractError]:
        named = [series_id for series_id in wanted if _is_local(series_id)]
        if self.local and named:
            try:
                self.local.get(s for s in named if s in self.local.list())
            except DataContractError as error:
                yield error

    def _check_one(self, key: str, series_ids: Iterable[str]) -> None:
        # Parts one by one: all of a nation's series at once would not fit into memory.
        apart = is_index(self.checked(key))
        for ids in ([s] for s in series_ids) if apart else [list(series_ids)]:
            if ids:
                self._part(key, ids, Selection())

    def _by_origin(self, wanted: Iterable[str]) -> Mapping[str, Iterable[str]]:
        origins = {series_id: self.series[series_id].origin_id for series_id in wanted}
        return {key: [s for s in origins if origins[s] == key] for key in set(origins.values())}

    def _read(self, wanted: Iterable[str], chosen: Selection) -> tuple[pd.DataFrame, Vintages]:
        by_origin, vintages = self._by_origin(wanted), Vintages()
        parts = []
        for key, ids in sorted(by_origin.items()):
            frame, found = self._part(key, ids, chosen)
            parts.append(frame)
            vintages |= found
        frame = pd.concat(parts, ignore_index=True) if parts else conform(pd.DataFrame())
        origins = Carried(sorted(by_origin))
        frame.attrs = {"snapshot": self.name, "origins": origins, **marks_of(parts)}
        return frame, vintages

    def _part(
        self, origin_id: str, series_ids: Iterable[str], chosen: Selection
    ) -> tuple[pd.DataFrame, Vintages]:
        # File by file, so that a message names the file; a series stands in one file only.
        if self.local and origin_id in self.local.origins:
            own = self.local.get(series_ids)
            return own, _vintages_of(own)
        path = self.checked(origin_id)
        if is_index(path):
            return read_parts(path, series_ids, chosen, self.name)
        frame = validate(_rows(path, series_ids), where=f"snapshot {self.name}, {path.name}")
        return frame, _vintages_of(frame)

    def _of_vintage(self, frame: pd.DataFrame, vintage: str, vintages: Vintages) -> pd.DataFrame:
        if vintage == "all" or not vintages:
            return frame
        if vintage == "newest":
            newest = frame["series_id"].map({s: known[-1] for s, known in vintages.items()})
            return frame.loc[frame["vintage"] == newest].reset_index(drop=True)
        known = sorted({one for found in vintages.values() for one in found})
        if vintage not in known:
            raise UsageError(
                f"none of the series has a vintage '{vintage}'",
                where=f"snapshot {self.name}",
                remedy=did_you_mean(vintage, [*known, "newest", "all"]),
            )
        return frame.loc[frame["vintage"] == vintage].reset_index(drop=True)

    def checked(self, origin_id: str) -> Path:
        """Return the path of an origin's file after comparing its checksum.

        Raises
        ------
        DataContractError
            When the file is missing or its bytes are not those that were compiled.
        """
        if origin_id not in self.origins:
            raise DataContractError(
                f"the snapshot {self.name} has no file '{origin_id}'",
                where=str(self.folder),
                remedy=RESTORE,
            )
        return checked_file(self.files[origin_id], self.origins[origin_id].sha256, self.name)

    def lsoa_lookup(self) -> pd.DataFrame:
        """Return one row for each small area (LSOA 2021) with its parents and deprivation ranks.

        Ranks are national; rank 1 and decile 1 are the most deprived.
        """
        return pd.read_parquet(self.checked("lookup-lsoa21"))

    def boundaries(self, level: str) -> geopandas.GeoDataFrame:
        """Return outlines on the British National Grid.

        ``districts`` and ``lsoa21`` are those of the county the snapshot was made for;
        ``districts-england`` are coarse ones of all districts.
        """
        import geopandas

        levels = ("districts", "districts-england", "lsoa21")
        if level not in levels:
            raise UsageError(
                f"there are no boundaries of '{level}'", remedy=did_you_mean(level, list(levels))
            )
        return geopandas.read_parquet(self.checked(f"boundaries-{level}"))


def current_snapshot(data_dir: Path | str | None = None) -> Snapshot:
    """Return the newest snapshot below the data folder.

    Local figures are read as if they were in it, protected; not those beside a folder that
    is named.

    Parameters
    ----------
    data_dir
        The folder that holds ``snapshot/``; the product's own data folder by default.

    Raises
    ------
    DataContractError
        When the folder holds no snapshot.

    Examples
    --------
    >>> current_snapshot().name >= "2026-11"
    True
    """
    root = (Path(data_dir) if data_dir is not None else paths.data_dir()) / "snapshot"
    names = sorted(path.parent.name for path in root.glob("*/origins.yaml"))
    if not names:
        raise DataContractError(
            "no snapshot was found: a folder with origins.yaml was expected",
            where=str(root),
            remedy="reinstall the package, or run from a complete checkout",
        )
    return Snapshot(root / names[-1], local_beside() if data_dir is None else None)


def snapshot_at(data_cut: str = "") -> tuple[Snapshot, date | None]:
    """Return the snapshot that a ``data_cut`` means, and the day when it is a day.

    Parameters
    ----------
    data_cut
        Name of a snapshot, or an ISO date, which means the newest snapshot as seen on
        that day; empty for the newest snapshot.

    Raises
    ------
    DataContractError
        When there is no such snapshot.

    Examples
    --------
    >>> newest, day = snapshot_at("2025-09-30")
    >>> newest.name == current_snapshot().name, day
    (True, datetime.date(2025, 9, 30))
    >>> snapshot_at(newest.name)[1] is None
    True
    """
    newest = current_snapshot()
    try:
        return newest, date.fromisoformat(data_cut) if data_cut else None
    except ValueError:
        return Snapshot(newest.folder.parent / data_cut, newest.local), None


def _is_local(series_id: str) -> bool:
    return series_id.startswith("local:")


def _vintages_of(frame: pd.DataFrame) -> Vintages:
    releases = frame.groupby("series_id")["vintage"].unique()
    return {str(s): tuple(sorted(map(str, found))) for s, found in releases.items()}


def _rows(path: Path, series_ids: Iterable[str]) -> pd.DataFrame:
    from pyarrow import ArrowException

    try:
        return pd.read_parquet(path, filters=[("series_id", "in", list(series_ids))])
    except (ArrowException, OSError, ValueError, KeyError) as error:
        first = str(error).partition("\n")[0]
        raise DataContractError(
            f"the file {path.name} cannot be read as a table of figures: {first}",
            where=str(path),
            remedy=RESTORE,
        ) from error
