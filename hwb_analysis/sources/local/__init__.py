"""Files that the council and its partners hold: read by a column map, and checked first.

The names below are loaded at their first use: who only asks where local files lie must not
load what reads and protects them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hwb_analysis.sources.local.check import LoadReport, load_check
    from hwb_analysis.sources.local.column_map import ColumnMap, read_map
    from hwb_analysis.sources.local.faults import Fault, LocalFileError, MapError
    from hwb_analysis.sources.local.folder import local_folder
    from hwb_analysis.sources.local.limits import Limits
    from hwb_analysis.sources.local.load import LocalData
    from hwb_analysis.sources.local.shown import load_local
    from hwb_analysis.sources.local.source import LocalFiles

_HOME = {
    "ColumnMap": "column_map",
    "Fault": "faults",
    "Limits": "limits",
    "LoadReport": "check",
    "LocalData": "load",
    "LocalFileError": "faults",
    "LocalFiles": "source",
    "MapError": "faults",
    "load_check": "check",
    "load_local": "shown",
    "local_folder": "folder",
    "read_map": "column_map",
}

__all__ = [
    "ColumnMap",
    "Fault",
    "Limits",
    "LoadReport",
    "LocalData",
    "LocalFileError",
    "LocalFiles",
    "MapError",
    "load_check",
    "load_local",
    "local_folder",
    "read_map",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOME:
        raise AttributeError(f"{__name__} has no '{name}'", name=name)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
