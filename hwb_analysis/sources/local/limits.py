"""How large a local file may be, so that a mistake or a trap cannot fill the memory."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest file that is read.

    Parameters
    ----------
    file_bytes
        Bytes on disk.
    unpacked_bytes
        Bytes after unpacking a workbook or a Parquet file.
    ratio
        Times that a packed file may grow; only asked above ten MiB.
    rows, columns, cells
        Rows (a spreadsheet holds 1,048,576), columns, and cells of the rectangle that
        encloses everything written on a sheet.
    """

    file_bytes: int = 200 * MIB
    unpacked_bytes: int = 1024 * MIB
    ratio: int = 200
    rows: int = 1_100_000
    columns: int = 1_000
    cells: int = 30_000_000


STANDARD = Limits()
