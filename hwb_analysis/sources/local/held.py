"""What a run shows of local figures, made once before its reports and read by all of them.

The reports of a run are made in processes of their own. None of them reads a local file:
each reads the protected figures that are held for it, so that all show the same ones, and
nothing that is withheld can end in an output, a log or an error message of a report.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pandas as pd

from hwb_analysis.errors import OutputError, UsageError, did_you_mean
from hwb_analysis.frame import conform, validate
from hwb_analysis.origin import Origin
from hwb_analysis.sources.files import checked_file, read_list
from hwb_analysis.sources.local.folder import SHOWN_VARIABLE, local_folder
from hwb_analysis.sources.local.load import LocalData
from hwb_analysis.sources.local.marks import SENTENCES
from hwb_analysis.sources.local.published import Published
from hwb_analysis.sources.local.shown import NOTHING_ADDED, Parents
from hwb_analysis.sources.local.source import LocalFiles
from hwb_analysis.sources.series import SeriesInfo

FOLDER, LIST, KEPT = ".shown", "shown.json", 5


class HeldFigures:
    """The local figures that a run shows, as one source of figures.

    Parameters
    ----------
    folder
        What :func:`hold` wrote; nothing when the run shows none.
    """

    name = "local"

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    @cached_property
    def _list(self) -> Mapping[str, Any]:
        return read_list(self.folder / LIST) if self.folder else {}

    @cached_property
    def series(self) -> Mapping[str, SeriesInfo]:
        """Return what every series is."""
        return {
            name: SeriesInfo.from_mapping(name, entry["series"], LIST)
            for name, entry in self._list.items()
        }

    @cached_property
    def origins(self) -> Mapping[str, Origin]:
        """Return where every series comes from; checksums are those of what is shown."""
        made = (entry["origin"] for entry in self._list.values())
        return {o["origin_id"]: Origin(**{**o, "notes": tuple(o["notes"])}) for o in made}

    def missing(self, series_id: str) -> UsageError:
        """Return why a report of this run cannot read a series."""
        return UsageError(
            f"this run shows no local series '{series_id}'",
            remedy="link it to an indicator of the registry; "
            + did_you_mean(series_id, [*self._list]),
        )

    def list(self) -> tuple[str, ...]:
        """Return the identifiers of all series, sorted."""
        return tuple(sorted(self._list))

    def get(self, series_ids: Iterable[str]) -> pd.DataFrame:
        """Return the tidy frame of the series as the run shows them."""
        wanted = list(dict.fromkeys(series_ids))
        frames = [self._frame(series_id) for series_id in wanted]
        frame = pd.concat(frames, ignore_index=True) if frames else conform(pd.DataFrame())
        frame.attrs = {
            "origins": tuple(self.series[name].origin_id for name in wanted),
            SENTENCES: {name: self._list[name]["sentence"] for name in wanted},
        }
        return frame

    def _frame(self, series_id: str) -> pd.DataFrame:
        if self.folder is None or series_id not in self._list:
            raise self.missing(series_id)
        entry = self._list[series_id]
        path = checked_file(self.folder / entry["file"], entry["sha256"], "local figures")
        return validate(conform(pd.read_parquet(path)), where=path.name)


@dataclass(frozen=True, slots=True)
class Held:
    """What :func:`hold` has put aside for a run: its folder, its series, and their memory."""

    local: Path
    folder: Path | None = None
    series: tuple[str, ...] = ()

    @property
    def environment(self) -> dict[str, str]:
        """Return the setting by which reports find it; without figures it is empty."""
        return {SHOWN_VARIABLE: str(self.folder or "")}

    @property
    def files(self) -> dict[str, Path]:
        """Return the files by the names that a manifest lists them under."""
        if self.folder is None:
            return {}
        found = sorted(p for p in self.folder.iterdir() if p.is_file())
        return {f"local/{path.relative_to(self.local).as_posix()}": path for path in found}

    def remember(self) -> None:
        """Note that readers have been shown these figures."""
        held, published = HeldFigures(self.folder), Published(self.local)
        for series_id in self.series:
            published.keep(series_id, held.get([series_id]))


def hold(series_ids: Iterable[str], parents: Parents = (), rule: str = NOTHING_ADDED) -> Held:
    """Protect the local series that a run shows, and put them where its reports find them.

    Parameters
    ----------
    series_ids
        All series that the reports may read; those that are not local, and local ones
        without a map, are passed over.
    parents
        Pairs of area code and code of the area around it, beyond those of the look-ups.
    rule
        A rule set that is applied besides those that the maps name.

    Raises
    ------
    DataContractError
        A map or a file is faulty (exit code 11).
    DisclosureError
        The figures cannot be shown without telling a small number (exit code 13).
    OutputError
        The folder of local files cannot be written (exit code 17).
    """
    folder = local_folder().absolute()
    named = [name for name in dict.fromkeys(series_ids) if name.startswith("local:")]
    if not named or not folder.is_dir():
        return Held(folder)
    files = LocalFiles(folder, parents, rule)
    present = [name for name in named if files.holds(name)]
    if not present:
        return Held(folder)
    # What is shown must be noted afterwards: that it can be is for now to find out.
    Published(folder).require_writable()
    shown = [files.shown(name) for name in present]
    try:
        return Held(folder, _written(folder / FOLDER, shown), tuple(d.series.id for d in shown))
    except OSError as error:
        raise OutputError(
            f"local figures cannot be held for the reports: {error.strerror or error}",
            where=str(folder / FOLDER),
            remedy="let the user of this process write into the folder of local files",
        ) from error


def _written(place: Path, shown: list[LocalData]) -> Path:
    place.mkdir(exist_ok=True)
    aside = Path(mkdtemp(prefix=".aside-", dir=place))
    try:
        entries = {data.series.id: _entry(data, aside) for data in shown}
        text = json.dumps(entries, indent=1, sort_keys=True, ensure_ascii=False)
        (aside / LIST).write_text(text, encoding="utf-8")
        final = place / hashlib.sha256(text.encode()).hexdigest()[:16]
        if final.is_dir():
            os.utime(final)
        else:
            aside.chmod(0o755)
            os.replace(aside, final)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    _prune(place)
    return final


def _entry(data: LocalData, folder: Path) -> dict[str, Any]:
    path = folder / f"{data.series.id.partition(':')[2]}.parquet"
    data.frame.to_parquet(path, index=False)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    series = asdict(data.series)
    del series["id"]
    return {
        "file": path.name,
        "sha256": digest,
        "sentence": data.sentence,
        "series": series,
        "origin": asdict(data.origin) | {"input_sha256": {}, "rows_dropped": {}},
    }


def _prune(place: Path) -> None:
    """Remove all but the newest: runs that are at work have theirs among them."""
    found = sorted(place.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in found[KEPT:]:
        shutil.rmtree(path, ignore_errors=True)
