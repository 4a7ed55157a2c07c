"""The committed snapshot: tidy Parquet files, their series and where they come from.

Nothing is returned from a file whose checksum differs from the one its origin states.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import yaml

from hwb_analysis import paths
from hwb_analysis.errors import DataContractError, UsageError, did_you_mean
from hwb_analysis.frame import conform, newest_vintage, validate
from hwb_analysis.origin import Origin
from hwb_analysis.sources.shown import snapshot_html
from hwb_analysis.vocabulary import Basis

if TYPE_CHECKING:
    import geopandas

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
VALUE_TYPES = ("proportion", "rate", "mean", "score", "life_expectancy", "count", "ratio")
RESTORE = "restore the file from the repository, or compile the snapshot anew"


@dataclass(frozen=True, slots=True)
class SeriesInfo:
    """What a series is: one definition from one publisher.

    ``multiplier`` turns count over denominator into the value: 100 for per cent,
    100,000 for a rate per 100,000, 1 otherwise.
    """

    id: str
    title: str
    unit: str
    value_type: str
    multiplier: float
    basis: str
    year_kind: str
    origin_id: str
    file: str
    notes: tuple[str, ...] = ()

    @classmethod
    def from_mapping(cls, series_id: str, data: Mapping[str, Any], where: str) -> SeriesInfo:
        """Build the entry of one series and say everything that is wrong with it at once."""
        known = {f.name for f in fields(cls)} - {"id"}
        faults = [f"lacks {name}" for name in sorted(known - {"notes"} - set(data))]
        faults += [f"has the unknown key {name}" for name in sorted(set(data) - known)]
        if data.get("value_type") not in VALUE_TYPES:
            faults.append(f"value_type must be one of {', '.join(VALUE_TYPES)}")
        if data.get("basis") not in list(Basis):
            faults.append(f"basis must be one of {', '.join(Basis)}")
        if faults:
            raise DataContractError(
                f"the series '{series_id}' {'; '.join(faults)}", where=where, remedy=RESTORE
            )
        return cls(id=series_id, **{**data, "notes": tuple(data.get("notes", ()))})


class Snapshot:
    """One compiled snapshot of published figures, read from disk without a network.

    Parameters
    ----------
    folder
        ``data/snapshot/<yyyy-mm>``, named after it; ``lookups`` and ``boundaries`` are beside it.

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

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
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
        return {k: SeriesInfo.from_mapping(k, v, str(path)) for k, v in _read_yaml(path).items()}

    @cached_property
    def origins(self) -> dict[str, Origin]:
        """Return the provenance of every file, look-ups and boundaries included."""
        return {
            key: Origin.from_mapping(value, str(folder))
            for folder in self._folders
            for key, value in _read_yaml(folder / "origins.yaml").items()
        }

    @property
    def files(self) -> dict[str, Path]:
        """Return the path of the file that each origin describes."""
        return {
            key: folder / value["file"]
            for folder in self._folders
            for key, value in _read_yaml(folder / "origins.yaml").items()
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
        self, series_ids: Iterable[str] | None = None, vintage: str = "newest"
    ) -> pd.DataFrame:
        """Return the validated tidy frame of some or all series.

        Parameters
        ----------
        series_ids
            Identifiers such as ``cover:mmr2-5y``; None for all.
        vintage
            ``newest`` (the default), ``all``, or the label of one release.

        Returns
        -------
        pandas.DataFrame
            The columns of the tidy frame. ``attrs["origins"]`` names the origins of the
            rows, ``attrs["snapshot"]`` the snapshot, ``attrs["vintages_left_out"]`` the
            releases that ``newest`` passed over.

        Raises
        ------
        UsageError
            When a series or the vintage does not exist.
        DataContractError
            When a file is not the one its origin describes, or breaks the contract.
        """
        wanted = list(dict.fromkeys(series_ids)) if series_ids is not None else list(self.list())
        for series_id in wanted:
            if series_id not in self.series:
                raise UsageError(
                    f"the snapshot {self.name} has no series '{series_id}'",
                    where=str(self.folder / "series.yaml"),
                    remedy=did_you_mean(series_id, list(self.series)),
                )
        return self._of_vintage(self._read(wanted), vintage)

    def check(self, series_ids: Iterable[str]) -> None:
        """Compare every file with its checksum and read the rows of the series.

        Series that the snapshot does not hold are passed over.

        Raises
        ------
        DataContractError
            With every fault of every file at once.
        """
        rows = self._by_origin(s for s in series_ids if s in self.series)
        errors = []
        for key in sorted({*self.origins, *rows}):
            try:
                self._part(key, rows[key]) if key in rows else self.checked(key)
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

    def _by_origin(self, wanted: Iterable[str]) -> Mapping[str, Iterable[str]]:
        origins = {series_id: self.series[series_id].origin_id for series_id in wanted}
        return {key: [s for s in origins if origins[s] == key] for key in set(origins.values())}

    def _read(self, wanted: Iterable[str]) -> pd.DataFrame:
        by_origin = self._by_origin(wanted)
        parts = [self._part(key, ids) for key, ids in sorted(by_origin.items())]
        frame = pd.concat(parts, ignore_index=True) if parts else conform(pd.DataFrame())
        frame.attrs = {"snapshot": self.name, "origins": tuple(sorted(by_origin))}
        return frame

    def _part(self, origin_id: str, series_ids: Iterable[str]) -> pd.DataFrame:
        # File by file, so that a message names the file; a series stands in one file only.
        path = self.checked(origin_id)
        return validate(_rows(path, series_ids), where=f"snapshot {self.name}, {path.name}")

    def _of_vintage(self, frame: pd.DataFrame, vintage: str) -> pd.DataFrame:
        if vintage == "all" or frame.empty:
            return frame
        if vintage == "newest":
            kept = newest_vintage(frame)
            kept.attrs = {**frame.attrs, **kept.attrs}
            return kept
        known = sorted(frame["vintage"].unique())
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
        path, expected = self.files[origin_id], self.origins[origin_id].sha256
        if not path.exists():
            raise DataContractError(
                f"the file {path.name} of the snapshot {self.name} is missing",
                where=str(path),
                remedy=RESTORE,
            )
        found = file_sha256(path)
        if found != expected:
            raise DataContractError(
                f"the checksum of {path.name} was expected to be {expected[:12]}..., "
                f"is {found[:12]}...",
                where=str(path),
                remedy=RESTORE,
            )
        return path

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
    return Snapshot(root / names[-1])


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
        return Snapshot(newest.folder.parent / data_cut), None


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, read once for each size and time of change."""
    stat = path.stat()
    return _sha256(str(path), stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=256)
def _sha256(path: str, changed: int, size: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


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


def _read_yaml(path: Path) -> dict[str, Any]:
    if not path.exists():
        raise DataContractError(f"the list {path.name} is missing", where=str(path), remedy=RESTORE)
    stat = path.stat()
    try:
        return _parsed(str(path), stat.st_mtime_ns, stat.st_size)
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise DataContractError(
            f"the list {path.name} cannot be read: {' '.join(str(error).split())}",
            where=str(path),
            remedy=RESTORE,
        ) from error


@lru_cache(maxsize=32)
def _parsed(path: str, changed: int, size: int) -> dict[str, Any]:
    return dict(yaml.load(Path(path).read_text(encoding="utf-8"), Loader=LOADER) or {})
