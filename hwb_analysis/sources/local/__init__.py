"""Files that the council and its partners hold: read by a column map, and checked first."""

from __future__ import annotations

from hwb_analysis.sources.local.check import LoadReport, load_check
from hwb_analysis.sources.local.column_map import ColumnMap, read_map
from hwb_analysis.sources.local.faults import Fault, LocalFileError, MapError
from hwb_analysis.sources.local.folder import local_folder
from hwb_analysis.sources.local.limits import Limits
from hwb_analysis.sources.local.load import LocalData, LocalFiles, load_local

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
