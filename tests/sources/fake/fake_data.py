"""A data folder of a test: some files of the committed snapshot, or all of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import yaml

from hwb_analysis import paths
from hwb_analysis.sources.snapshot import current_snapshot

BASE = current_snapshot().name


def whole_folder(place: Path) -> Path:
    """Make a data folder whose snapshot is the committed one."""
    (place / "snapshot").mkdir(parents=True)
    for name in (f"snapshot/{BASE}", "lookups", "boundaries"):
        (place / name).symlink_to(paths.data_dir() / name)
    return place


def small_folder(place: Path, series_ids: Iterable[str]) -> Path:
    """Make a data folder whose snapshot holds the files of some series of the committed one."""
    target, whole = place / "snapshot" / BASE, paths.data_dir() / "snapshot" / BASE
    target.mkdir(parents=True)
    origins = yaml.safe_load((whole / "origins.yaml").read_text())
    series = yaml.safe_load((whole / "series.yaml").read_text())
    kept = {series[s]["origin_id"] for s in series_ids}
    for origin_id in kept:
        shutil.copyfile(whole / origins[origin_id]["file"], target / origins[origin_id]["file"])
    for name, told in (("origins", origins), ("series", series)):
        own = {k: v for k, v in told.items() if k in kept or v["origin_id"] in kept}
        (target / f"{name}.yaml").write_text(yaml.safe_dump(own))
    return place
