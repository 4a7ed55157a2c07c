"""One finished page, written in every format that is asked for."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hwb_analysis.errors import OutputError, UsageError, did_you_mean
from hwb_analysis.reports.formats.document import prepare
from hwb_analysis.reports.formats.docx import make_docx
from hwb_analysis.reports.formats.pdf import make_pdf
from hwb_analysis.reports.formats.xlsx import make_xlsx

HTML, PDF, DOCX, XLSX = FORMATS = ("html", "pdf", "docx", "xlsx")


def write_formats(
    page: Path,
    formats: Sequence[str],
    *,
    folder: Path,
    title: str = "",
    data_date: str = "",
    content_key: str = "",
) -> list[Path]:
    """Write a finished page as PDF, Word document or spreadsheet.

    Parameters
    ----------
    page
        A page made by :func:`hwb_analysis.reports.render.page`; it is only read.
    formats
        Any of ``html`` (the page itself, which is there already), ``pdf``, ``docx``
        and ``xlsx``.
    folder
        Receives the files, named like the page.
    title
        Title in running lines and properties; the page's first heading when empty.
    data_date
        To which date the figures reach; an ISO day in it dates the documents.
    content_key
        Tells one content from another; stands in every file.

    Returns
    -------
    list of Path
        The files written, in the order asked for.

    Raises
    ------
    UsageError
        A format that does not exist.
    AccessibilityError
        A picture without alternative text, or a fault against PDF/UA-1.
    OutputError
        A page that cannot be read, a missing tool, a folder that cannot be written.
    """
    check(formats)
    return [
        _write(folder / f"{page.stem}.{kind}", _made(page, kind, title, data_date, content_key))
        for kind in dict.fromkeys(formats)
        if kind != HTML
    ]


def check(formats: Sequence[str]) -> None:
    """Raise when a format is not known.

    Raises
    ------
    UsageError
        Naming the formats that are.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        raise UsageError(
            f"unknown format '{unknown[0]}'", remedy=did_you_mean(unknown[0], list(FORMATS))
        )


def _made(page: Path, kind: str, title: str, data_date: str, content_key: str) -> bytes:
    if kind == XLSX:
        return make_xlsx(page, data_date=data_date, content_key=content_key)
    pictures, make = ("svg", make_pdf) if kind == PDF else ("png", make_docx)
    with tempfile.TemporaryDirectory(prefix="hwb-formats-") as work:
        document = prepare(page, Path(work), pictures, title=title)
        return make(document, data_date=data_date, content_key=content_key)


def _write(path: Path, content: bytes) -> Path:
    # A reader never meets half a file.
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(content)
        os.replace(aside, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
        raise OutputError(
            f"the file could not be written: {error.strerror}",
            where=str(path),
            remedy="make room or choose another folder",
        ) from error
    return path
