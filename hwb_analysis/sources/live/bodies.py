"""Look at an answer before it is kept: whole, and the kind of thing that was asked for."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from hwb_analysis.errors import SourceError

HTML = (b"<!doctype html", b"<html", b"<head", b"<?xml")
CUT_OFF = "the answer is cut off and nothing was kept of it: try again later"
SHOWN = 80


def check_body(content: bytes, content_type: str, kind: str, where: str) -> None:
    """Refuse an answer that is not what was asked for.

    Parameters
    ----------
    content, content_type
        The answer and what it says it is.
    kind
        ``csv``, ``json`` or ``file``; a file may be anything but a web page.
    where
        The address as it may be shown.

    Raises
    ------
    SourceError
        For a web page, an empty or cut-off answer, or one that cannot be read.
    """
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith(HTML) or "text/html" in content_type.lower():
        raise SourceError(
            f"figures ({kind}) were expected, a web page came: '{_title(content)}'",
            where=where,
            remedy="a proxy's page of consent or a notice of maintenance is the usual cause: open "
            "the address in a browser, and try again later",
        )
    if not start:
        raise SourceError(
            f"figures ({kind}) were expected, an empty answer came",
            where=where,
            remedy="the service is at fault: try again later; nothing was kept",
        )
    if kind == "csv":
        csv_rows(content, where)
    elif kind == "json":
        json_value(content, where)


def csv_rows(content: bytes, where: str) -> list[list[str]]:
    """Return the rows of a CSV answer, all of the heading's length.

    Raises
    ------
    SourceError
        When it is no UTF-8 text, or when a row is shorter or longer than the heading.
    """
    try:
        text = content.decode("utf-8-sig")
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except UnicodeDecodeError as error:
        raise SourceError(
            f"text in UTF-8 was expected, byte {error.start:,} is none", where=where, remedy=CUT_OFF
        ) from error
    except csv.Error as error:
        raise SourceError(
            f"a table of figures was expected, it cannot be read: {error}",
            where=where,
            remedy=CUT_OFF,
        ) from error
    if not rows or len(rows[0]) < 2:
        first = text.strip().partition("\n")[0][:SHOWN]
        raise SourceError(
            f"a table with a heading was expected, this came: '{first}'",
            where=where,
            remedy="the service answers with a message: do what it says",
        )
    _refuse_ragged(rows, where)
    return rows


def _refuse_ragged(rows: list[list[str]], where: str) -> None:
    width = len(rows[0])
    ragged = [n for n, row in enumerate(rows, start=1) if len(row) != width]
    if not ragged:
        return
    if ragged == [len(rows)] and len(rows[-1]) < width:
        raise SourceError(
            f"{width} columns were expected in every row, the last row ({ragged[0]:,}) has "
            f"{len(rows[-1])}",
            where=where,
            remedy=CUT_OFF,
        )
    raise SourceError(
        f"{width} columns were expected in every row, {len(ragged):,} rows have another number, "
        f"first row {ragged[0]:,} with {len(rows[ragged[0] - 1])}",
        where=where,
        remedy="the service writes a broken table: tell the publisher; nothing was kept",
    )


def json_value(content: bytes, where: str) -> Any:
    """Return the value of a JSON answer.

    Raises
    ------
    SourceError
        When it cannot be read.
    """
    try:
        return json.loads(content)
    except ValueError as error:
        raise SourceError(
            f"JSON was expected, it cannot be read: {error}", where=where, remedy=CUT_OFF
        ) from error


def _title(content: bytes) -> str:
    text = content[:4000].decode("utf-8", "replace")
    start = text.lower().find("<title>")
    shown = text[start + 7 :].partition("<")[0] if start >= 0 else "without a title"
    return " ".join(shown.split())[:SHOWN]
