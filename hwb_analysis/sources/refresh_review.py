"""The review of a new snapshot: what is new, revised, gone or strange, for a person to judge."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from hwb_analysis.sources.differences import SeriesDifference, series_difference
from hwb_analysis.sources.snapshot import SeriesInfo

NEW, CHANGED, SAME, VANISHED, KEPT = "new", "changed", "same", "vanished", "kept as it was"
STRANGE, REMARK = "outside the plausible range", "remark"
SHOWN = 3
# Widest values that the kind of figure can take.
POSSIBLE = {
    "proportion": (0.0, 100.0),
    "life_expectancy": (30.0, 100.0),
    "rate": (0.0, 100_000.0),
    "count": (0.0, 70_000_000.0),
}
ORDER = (STRANGE, VANISHED, KEPT, CHANGED, NEW, REMARK, SAME)
HEADS = {
    STRANGE: "Outside the plausible range: look at each before accepting",
    VANISHED: "No longer published: the old figures stay",
    KEPT: "Not read this time: the old figures stay",
    CHANGED: "Changed",
    NEW: "New",
    REMARK: "Remarks",
    SAME: "As before",
}


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One thing to know: its kind, the series, and what was seen."""

    kind: str
    series_id: str
    text: str


def compare(info: SeriesInfo, older: pd.DataFrame | None, newer: pd.DataFrame) -> ReviewLine:
    """Return what became of a series that was read anew; ``older`` is None when it is new."""
    if older is None:
        return ReviewLine(NEW, info.id, f"{info.title}: {len(newer):,} rows")
    found: SeriesDifference = series_difference(info.id, older, newer)
    if found.state == SAME:
        return ReviewLine(SAME, info.id, info.title)
    return ReviewLine(CHANGED, info.id, f"{info.title}: {found.line().partition(': ')[2]}")


def strange_values(
    info: SeriesInfo, frame: pd.DataFrame, before: pd.DataFrame | None
) -> list[ReviewLine]:
    """Return values that the figure cannot take, or that lie far from all it took before.

    Far is more than the whole range of the release before beyond its ends.

    Examples
    --------
    >>> info = SeriesInfo("x:1", "Share", "%", "proportion", 100, "register", "calendar", "x", "x")
    >>> frame = pd.DataFrame({"value": [41.0, 912.0], "area": "Northshire", "period": "2024"})
    >>> strange_values(info, frame, None)[0].text
    'Share: 1 value outside 0 to 100, first Northshire 2024: 912'
    """
    low, high = POSSIBLE.get(info.value_type, (float("-inf"), float("inf")))
    values = frame["value"]
    out = _outside(info, frame, values, low, high)
    if before is None or before["value"].notna().sum() < 2:
        return out
    first, last = before["value"].min(), before["value"].max()
    reach = last - first
    usual = frame.loc[values.between(low, high)]
    return out + _outside(info, usual, usual["value"], first - reach, last + reach)


def _outside(
    info: SeriesInfo, frame: pd.DataFrame, values: pd.Series[float], low: float, high: float
) -> list[ReviewLine]:
    bad = frame.loc[values.notna() & ~values.between(low, high)]
    if bad.empty:
        return []
    shown = "; ".join(
        f"{r['area']} {r['period']}: {r['value']:g}" for _, r in bad.head(SHOWN).iterrows()
    )
    many = f"{len(bad)} value{'s' if len(bad) > 1 else ''}"
    said = f"{info.title}: {many} outside {low:g} to {high:g}, first {shown}"
    return [ReviewLine(STRANGE, info.id, said)]


def review_text(name: str, base: str, lines: Sequence[ReviewLine], read: int, asked: int) -> str:
    """Return the review as a page of plain text."""
    whole = read == asked
    out = [
        f"Review of snapshot {name}, built on {base}",
        f"{read} of {asked} indicators were read from the service."
        + ("" if whole else " This is a partial refresh: the others keep their old figures."),
    ]
    for kind in ORDER:
        own = [line for line in lines if line.kind == kind]
        if own:
            out += ["", f"{HEADS[kind]} ({len(own)})"]
            out += [f"  {line.series_id}: {line.text}" for line in own]
    return "\n".join(out) + "\n"


def review_csv(lines: Iterable[ReviewLine]) -> str:
    """Return the review as a table with the columns kind, series and text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["kind", "series", "text"])
    writer.writerows([line.kind, line.series_id, _inert(line.text)] for line in lines)
    return out.getvalue()


def _inert(text: str) -> str:
    # A spreadsheet takes a leading sign for a formula.
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
