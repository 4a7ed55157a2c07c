"""All local files of a folder as one source of figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from hwb_analysis.disclosure.rules import read_rule, stricter
from hwb_analysis.errors import DataContractError, HwbError, UsageError, did_you_mean
from hwb_analysis.frame import conform
from hwb_analysis.origin import Origin
from hwb_analysis.sources.local.column_map import ColumnMap, read_map
from hwb_analysis.sources.local.folder import local_folder, map_files
from hwb_analysis.sources.local.load import (
    LocalData,
    file_of,
    origin_of,
    read_truth,
    series_of,
)
from hwb_analysis.sources.local.marks import marks_of
from hwb_analysis.sources.local.shown import (
    NOTHING_ADDED,
    Parents,
    refuse_in_a_run,
    rule_words,
    shown_data,
)
from hwb_analysis.sources.series import SeriesInfo


@dataclass(slots=True)
class _Maps:
    """The map of each series, and what is wrong with others, by file or by series."""

    maps: dict[str, Path] = field(default_factory=dict)
    faults: dict[str, HwbError] = field(default_factory=dict)


class LocalFiles:
    """All local files of a folder that have a map, as one source of figures.

    What :meth:`get` and :meth:`shown` return may be shown to others; what :meth:`data`
    returns may not.

    Parameters
    ----------
    folder
        Holds maps (``*.yaml``) with their files; by default ``data/local``.
    parents
        Pairs of area code and code of the area around it, beyond those of the look-ups.
    rule
        A rule set that is applied besides those that the maps name.
    protected
        ``False`` makes :meth:`get` return figures as they came, marked as such.

    Examples
    --------
    >>> LocalFiles("no-such-folder").list()
    ()
    """

    name = "local"

    def __init__(
        self,
        folder: Path | str | None = None,
        parents: Parents = (),
        rule: str = NOTHING_ADDED,
        *,
        protected: bool = True,
    ) -> None:
        self.folder = Path(folder) if folder is not None else local_folder()
        self.parents, self.rule, self.protected = parents, rule, protected

    @cached_property
    def maps(self) -> Mapping[str, Path]:
        """Return the map of each series.

        Raises
        ------
        DataContractError
            When two maps describe one series.
        """
        if self._read.faults:
            raise next(iter(self._read.faults.values()))
        return self._read.maps

    @cached_property
    def _read(self) -> _Maps:
        found = _Maps()
        for path in map_files(self.folder):
            try:
                series = read_map(path).series.id
            except HwbError as error:
                found.faults[path.name] = error
                continue
            if series in found.maps:
                found.faults[series] = DataContractError(
                    f"two maps describe the series '{series}'",
                    where=f"{found.maps[series].name} and {path.name}",
                    remedy="remove one of them",
                )
            found.maps.setdefault(series, path)
        return found

    def holds(self, series_id: str) -> bool:
        """Say whether a map describes a series; a broken map of another one does not matter.

        Raises
        ------
        DataContractError
            When two maps describe it, or none of them does and a map cannot be read, which may
            be its own.
        """
        found = self._read
        if series_id in found.faults or (found.faults and series_id not in found.maps):
            raise found.faults.get(series_id) or next(iter(found.faults.values()))
        return series_id in found.maps

    def list(self) -> tuple[str, ...]:
        """Return the identifiers of all series, sorted."""
        return tuple(sorted(self.maps))

    @cached_property
    def series(self) -> Mapping[str, SeriesInfo]:
        """Return what every series is, as far as its map tells; broken maps are passed over.

        A map that somebody is writing must not stop work on published figures;
        :meth:`get` tells what is wrong with it.
        """
        read = {name: read_map(path) for name, path in self._read.maps.items()}
        return {name: self._described(rules) for name, rules in read.items()}

    def _described(self, rules: ColumnMap) -> SeriesInfo:
        info = series_of(rules, rules.file)
        rule = stricter(read_rule(rules.series.disclosure), read_rule(self.rule))
        return replace(info, notes=(*info.notes, rule_words(rule)))

    @cached_property
    def origins(self) -> Mapping[str, Origin]:
        """Return where every series comes from, without checksums of its file."""
        read = [read_map(self._read.maps[name]) for name in self.series]
        return {f.origin_id: f for f in (origin_of(rules, rules.file) for rules in read)}

    def missing(self, series_id: str) -> UsageError:
        """Return why there is no such series; raise what is wrong with a map instead."""
        return UsageError(
            f"no map in {self.folder.name} describes '{series_id}'",
            remedy=did_you_mean(series_id, [*self.maps]),
        )

    def data(self, series_id: str) -> LocalData:
        """Return the figures of one series as they came, for disclosure control and no page."""
        if not self.holds(series_id):
            raise self.missing(series_id)
        return read_truth(self._map_with_file(series_id))

    def shown(self, series_id: str) -> LocalData:
        """Return the figures of one series as they may be shown, with the sentence on them."""
        if not self.holds(series_id):
            raise self.missing(series_id)
        return shown_data(self._map_with_file(series_id), parents=self.parents, rule=self.rule)

    def _map_with_file(self, series_id: str) -> Path:
        place = self._read.maps[series_id]
        file_of(read_map(place), place)
        return place

    def get(self, series_ids: Iterable[str]) -> pd.DataFrame:
        """Return the tidy frame of the series, each protected by the rule of its map.

        ``attrs["origins"]`` names the origins, ``attrs["disclosure"]`` holds the sentence of
        each series for readers; ``attrs["unprotected"]`` names series that are not protected.
        """
        if not self.protected:
            refuse_in_a_run()
        load = self.shown if self.protected else self.data
        loaded = [load(series_id) for series_id in dict.fromkeys(series_ids)]
        frames = [d.frame for d in loaded]
        frame = pd.concat(frames, ignore_index=True) if frames else conform(pd.DataFrame())
        frame.attrs = {"origins": tuple(d.origin.origin_id for d in loaded), **marks_of(frames)}
        return frame
