"""Open a local file by what it holds, not by what its name says."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hwb_analysis.sources.local.columnar import read_columns
from hwb_analysis.sources.local.faults import Faults
from hwb_analysis.sources.local.grid import Grid, Layout, Table, table_of
from hwb_analysis.sources.local.limits import MIB, STANDARD, Limits
from hwb_analysis.sources.local.text import read_text
from hwb_analysis.sources.local.workbook import read_workbook

KINDS = ("csv", "txt", "tsv", "xlsx", "ods", "xls", "parquet")
TEXTS = ("csv", "txt", "tsv")
# First bytes of files that are often sent under another name.
SIGNS = (
    (b"PAR1", "parquet"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"%PDF", "pdf"),
    (b"\x1f\x8b", "gzip"),
    (b"{", "json"),
    (b"<", "html"),
)
SAVE = "open it in a spreadsheet and save it as CSV UTF-8 or XLSX"
NOTHING = Table(pd.DataFrame(), {})


def read_table(path: Path, layout: Layout, faults: Faults, limits: Limits = STANDARD) -> Table:
    """Return the wanted columns of a CSV, XLSX, ODS, XLS or Parquet file.

    Parameters
    ----------
    path
        The file.
    layout
        The headings that are wanted, and where they stand.
    faults
        Takes what is wrong; the table then holds what could be read, or nothing.
    limits
        The largest file that is read.
    """
    suffix = path.suffix.lower().lstrip(".")
    if suffix not in KINDS:
        faults.add(f"a file of a kind {', '.join(KINDS)} was expected, .{suffix} came", SAVE)
        return NOTHING
    try:
        size = path.stat().st_size
        with path.open("rb") as handle:
            head = handle.read(16)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        faults.add(f"the file cannot be read: {reason}", "name an existing file")
        return NOTHING
    if size == 0 or size > limits.file_bytes:
        came = f"{size / MIB:,.0f} MiB" if size else "an empty file"
        rule = f"a file of at most {limits.file_bytes // MIB:,} MiB was expected, {came} came"
        faults.add(rule, "send it again, or divide it")
        return NOTHING
    return _of_kind(path, suffix, _kind(path, head, suffix), layout, faults, limits)


def _kind(path: Path, head: bytes, suffix: str) -> str:
    if head.startswith(b"PK\x03\x04"):
        return _packed(path, suffix)
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return next((kind for sign, kind in SIGNS if bare.startswith(sign)), "text")


def _packed(path: Path, suffix: str) -> str:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        # Damaged: the reader of its own kind says so.
        return suffix if suffix in ("xlsx", "ods") else "zip"
    if "xl/workbook.xml" in names:
        return "xlsx"
    return "ods" if "content.xml" in names else "zip"


def _of_kind(
    path: Path, suffix: str, kind: str, layout: Layout, faults: Faults, limits: Limits
) -> Table:
    if kind == "parquet" and suffix == "parquet":
        return read_columns(path, layout, limits, faults)
    if kind == "text" and suffix in TEXTS:
        grid = read_text(path.read_bytes(), layout, faults)
    elif kind == suffix or (kind, suffix) == ("xls", "xlsx"):
        # A workbook with a password has the shell of the old kind under the name of the new.
        grid = read_workbook(path, kind, layout, limits, faults)
    else:
        faults.add(f"the name says {suffix.upper()}, the content is {kind.upper()}", SAVE)
        grid = Grid(None)
    return table_of(grid, layout, faults, limits.rows)
