"""Tables as semantic HTML: caption, scoped headers, and no cell left blank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from hwb_analysis.errors import AccessibilityError, DataContractError
from hwb_analysis.style import format_number
from hwb_analysis.vocabulary import Status

# Shorthand of the Analysis Function guidance on symbols in tables.
SHORTHAND = {
    "[c]": "confidential: suppressed by the publisher",
    "[x]": "not available",
    "[z]": "not applicable",
}
SHORTHAND_OF = {Status.SUPPRESSED.value: "[c]", Status.MISSING.value: "[x]"}
STATUS_COLUMN = "Status"
NOTE_COLUMN, AREA_COLUMN = "Note", "Area"
NO_NOTE, AS_ABOVE = "none", "as above"
# Fewer rows than this may say the same one after another.
FEWEST_REPEATS = 3


def html_table(
    data: pd.DataFrame,
    caption: str,
    *,
    header_column: int = 0,
    decimals: int | Mapping[str, int] | None = None,
    missing: str = "[x]",
    wide: bool = False,
    html_columns: Sequence[str] = (),
    note: str = "",
) -> str:
    """Return a frame as an accessible HTML table.

    Parameters
    ----------
    data
        One row a table row; headings are the column names. A column ``Status``
        decides the shorthand of the row's missing numbers (suppressed: ``[c]``).
    caption
        What the table shows; it must not be empty.
    header_column
        Position of the column whose cells head their rows.
    decimals
        Decimals of numeric columns, for all or by heading; else whole numbers are
        written whole and others with one decimal.
    missing
        Shorthand for a missing cell where no status says otherwise.
    wide
        Wrap in a region that scrolls sideways and can be reached by keyboard.
    html_columns
        Headings whose cells are HTML made by this package and not escaped.
    note
        What holds for the whole table, said above it.

    Returns
    -------
    str
        ``<table>`` with caption and scoped headers; a line that explains the
        shorthand stands above it when one is used.

    Raises
    ------
    AccessibilityError
        When the caption or a heading is empty.
    DataContractError
        When the frame has no columns or a heading twice.

    Examples
    --------
    >>> print(html_table(pd.DataFrame({"Area": ["A"], "%": [float("nan")]}), "Shares"))
    ... # doctest: +ELLIPSIS
    <p class="table-note">[x] not available</p>
    <table class="hwb-table"><caption>Shares</caption>...
    """
    _check(data, caption)
    columns = [_cells(data, c, decimals, missing, c in html_columns) for c in data]
    numeric = [pd.api.types.is_numeric_dtype(data[c]) for c in data]
    head = "".join(
        f'<th scope="col"{_number(n)}>{escape(str(c))}</th>'
        for c, n in zip(data, numeric, strict=True)
    )
    rows = "\n".join(_row(cells, numeric, header_column) for cells in zip(*columns, strict=True))
    table = (
        f'<table class="hwb-table"><caption>{escape(caption)}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>"
    )
    return _explained(columns, note) + (_region(table, caption) if wide else table)


def without_repeats(data: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return a table without the notes that it repeats row after row, and those notes, once.

    A note is made of parts with a semicolon between them. A part that stands in every row,
    or in every row of an area, is taken out of the rows. Of what is left, a note that most
    rows have stays as "as above". The column goes when nothing is left in it.

    Examples
    --------
    >>> notes = ["a sample", "a sample; cut short", "a sample"]
    >>> rows = pd.DataFrame({"Area": ["A"] * 3, "Note": notes})
    >>> without_repeats(rows)[1], without_repeats(rows)[0]["Note"].tolist()
    ('Every row: a sample.', ['none', 'cut short', 'none'])
    """
    if NOTE_COLUMN not in data or len(data) < FEWEST_REPEATS:
        return data, ""
    parts = [[] if text == NO_NOTE else text.split("; ") for text in data[NOTE_COLUMN]]
    said: list[str] = []
    for name, places in _groups(data):
        shared = [p for p in parts[places[0]] if all(p in parts[i] for i in places)]
        if shared:
            said.append(f"{name}: {'; '.join(shared).rstrip('.')}.")
        for i in places:
            parts[i] = [p for p in parts[i] if p not in shared]
    left = ["; ".join(each) or NO_NOTE for each in parts]
    usual = max(left, key=left.count)
    if usual != NO_NOTE and left.count(usual) >= max(FEWEST_REPEATS, len(left) / 2):
        said.append(f"{AS_ABOVE.capitalize()}: {usual.rstrip('.')}.")
        left = [AS_ABOVE if text == usual else text for text in left]
    if not said:
        return data, ""
    if set(left) == {NO_NOTE}:
        return data.drop(columns=NOTE_COLUMN), " ".join(said)
    return data.assign(**{NOTE_COLUMN: left}), " ".join(said)


def _groups(data: pd.DataFrame) -> list[tuple[str, list[int]]]:
    """Return the rows that may share a note: all of them, then those of each area."""
    groups = [("Every row", list(range(len(data))))]
    if AREA_COLUMN in data:
        areas = data[AREA_COLUMN].tolist()
        own = {a: [i for i, area in enumerate(areas) if area == a] for a in dict.fromkeys(areas)}
        groups += [(str(a), places) for a, places in own.items() if len(places) >= FEWEST_REPEATS]
    return groups


def _check(data: pd.DataFrame, caption: str) -> None:
    if not caption.strip() or any(not str(c).strip() for c in data):
        raise AccessibilityError(
            "a table needs a caption and a heading over every column",
            where=caption or ", ".join(map(str, data)),
            remedy="say in the caption what the table shows",
        )
    if not len(data.columns) or not data.columns.is_unique:
        raise DataContractError(
            "a table needs at least one column and each heading once",
            where=f"{caption}: {', '.join(map(str, data))}",
        )


def _number(numeric: bool) -> str:
    return ' class="number"' if numeric else ""


def _row(cells: Sequence[str], numeric: Sequence[bool], header_column: int) -> str:
    parts = [
        f'<th scope="row">{cell}</th>' if i == header_column else f"<td{_number(n)}>{cell}</td>"
        for i, (cell, n) in enumerate(zip(cells, numeric, strict=True))
    ]
    return f"<tr>{''.join(parts)}</tr>"


def _cells(
    data: pd.DataFrame,
    column: Any,
    decimals: int | Mapping[str, int] | None,
    missing: str,
    raw: bool,
) -> list[str]:
    values = data[column]
    places = decimals.get(column) if isinstance(decimals, Mapping) else decimals
    if places is None:
        places = _places(values)
    statuses = data[STATUS_COLUMN] if STATUS_COLUMN in data else [""] * len(data)
    return [
        _cell(v, places, SHORTHAND_OF.get(str(s), missing), raw)
        for v, s in zip(values, statuses, strict=True)
    ]


def _places(values: pd.Series[Any]) -> int:
    if not pd.api.types.is_numeric_dtype(values):
        return 0
    present = values.dropna().astype("float64")
    return 0 if (present == present.round()).all() else 1


def _cell(value: Any, places: int, missing: str, raw: bool) -> str:
    if pd.isna(value) or value == "":
        return escape(missing)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        text = f"{value.day} {value:%b %Y}" if isinstance(value, pd.Timestamp) else str(value)
        return text if raw else escape(text)
    return format_number(float(value), places)


def _explained(columns: Sequence[Sequence[str]], note: str) -> str:
    used = {cell for column in columns for cell in column} & set(SHORTHAND)
    if not used and not note:
        return ""
    marks = "; ".join(f"{mark} {SHORTHAND[mark]}" for mark in sorted(used))
    words = f"{marks}. {escape(note)}" if marks and note else marks or escape(note)
    return f'<p class="table-note">{words}</p>\n'


def _region(table: str, caption: str) -> str:
    label = escape(caption, quote=True)
    region = f'<div class="table-scroll" role="region" tabindex="0" aria-label="{label}">'
    return f"{region}\n{table}\n</div>"


def show(html: str) -> None:
    """Display HTML in a notebook."""
    from IPython.display import HTML, display

    display(HTML(html))  # type: ignore[no-untyped-call]
