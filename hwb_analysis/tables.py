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


def html_table(
    data: pd.DataFrame,
    caption: str,
    *,
    header_column: int = 0,
    decimals: int | Mapping[str, int] | None = None,
    missing: str = "[x]",
    wide: bool = False,
    html_columns: Sequence[str] = (),
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
    return _explained(columns) + (_region(table, caption) if wide else table)


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


def _explained(columns: Sequence[Sequence[str]]) -> str:
    used = {cell for column in columns for cell in column} & set(SHORTHAND)
    if not used:
        return ""
    words = "; ".join(f"{mark} {SHORTHAND[mark]}" for mark in sorted(used))
    return f'<p class="table-note">{words}</p>\n'


def _region(table: str, caption: str) -> str:
    label = escape(caption, quote=True)
    region = f'<div class="table-scroll" role="region" tabindex="0" aria-label="{label}">'
    return f"{region}\n{table}\n</div>"


def show(html: str) -> None:
    """Display HTML in a notebook."""
    from IPython.display import HTML, display

    display(HTML(html))  # type: ignore[no-untyped-call]
