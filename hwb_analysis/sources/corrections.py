"""Known faults of a publisher, mended by a file that says what, why, when and who said so.

The file is ``corrections.yaml`` in the data folder. Each entry finds its rows by the tidy
frame's own columns and changes one field; a correction whose old figure is no longer there
is told and not made, so that it cannot undo what the publisher has mended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from hwb_analysis.errors import DataContractError
from hwb_analysis.frame import NUMBERS
from hwb_analysis.vocabulary import Grade, Status

FILE = "corrections.yaml"
MATCHED = ("area_code", "period", "sex", "age", "category_type", "category")
TEXTS = ("area_code", "area", "note")
NEEDED = ("series", "match", "field", "value", "reason", "date", "source")
KNOWN = (*NEEDED, "was")


@dataclass(frozen=True, slots=True)
class Correction:
    """One mended fault; ``was`` is the faulty figure, None where any is replaced."""

    series: str
    match: Mapping[str, str]
    field: str
    value: float | str | None
    reason: str
    date: date
    source: str
    was: float | str | None = None

    def line(self) -> str:
        """Return the correction as the review prints it."""
        where = ", ".join(f"{k} {v}" for k, v in self.match.items())
        new = "missing" if self.value is None else f"{self.value}"
        return f"{self.series} {where}: {self.field} is {new}; {self.reason} ({self.date})"


def read_corrections(path: Path) -> tuple[Correction, ...]:
    """Return the corrections of a file; none when there is no file.

    Raises
    ------
    DataContractError
        With everything that is wrong with every entry.
    """
    if not path.exists():
        return ()
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        entries = list(told.get("corrections") or [])
    except (yaml.YAMLError, UnicodeDecodeError, AttributeError, TypeError) as error:
        raise DataContractError(
            f"a list of corrections was expected: {' '.join(str(error).split())}",
            where=str(path),
            remedy="the form is in docs/live-data.md",
        ) from error
    faults = [f"entry {n}: {f}" for n, e in enumerate(entries, start=1) for f in _faults(e)]
    if faults:
        raise DataContractError(
            "the corrections break their rules\n" + "\n".join(f"- {f}" for f in faults),
            where=str(path),
            remedy="the form is in docs/live-data.md",
        )
    return tuple(_correction(entry) for entry in entries)


def _faults(entry: object) -> list[str]:
    if not isinstance(entry, Mapping):
        return ["it is no mapping"]
    out = [f"{name} is missing" for name in NEEDED if name not in entry]
    out += [f"'{name}' is unknown" for name in entry if name not in KNOWN]
    out += [f"{n} is empty" for n in ("series", "reason", "source") if n in entry and not entry[n]]
    match = entry.get("match", {"area_code": "x"})
    if not isinstance(match, Mapping) or not match:
        out.append("match names no column")
    else:
        out += [
            f"match must be of {', '.join(MATCHED)}, not {k}" for k in match if k not in MATCHED
        ]
    if "field" in entry and entry["field"] not in (*NUMBERS, *TEXTS):
        out.append(f"field must be of {', '.join((*NUMBERS, *TEXTS))}")
    if entry.get("field") in NUMBERS and not isinstance(entry.get("value"), int | float | None):
        out.append("value must be a number, or null for missing")
    if "date" in entry and not isinstance(entry["date"], date):
        out.append("date must be a day such as 2026-11-02")
    return out


def _correction(entry: Mapping[str, Any]) -> Correction:
    match = {str(k): str(v) for k, v in entry["match"].items()}
    return Correction(**{**entry, "match": match})


def apply_corrections(
    frame: pd.DataFrame, corrections: Iterable[Correction]
) -> tuple[pd.DataFrame, list[str]]:
    """Return the mended frame and a line for each correction of its series.

    Examples
    --------
    >>> told = Correction("x:1", {"period": "2021"}, "value", 4.2, "slipped point",
    ...                   date(2026, 11, 2), "publisher's e-mail", was=42)
    >>> frame = pd.DataFrame({"series_id": ["x:1"], "period": ["2021"], "value": [42.0],
    ...                       "note": [""]})
    >>> mended, lines = apply_corrections(frame, [told])
    >>> mended["value"].tolist(), lines
    ([4.2], ['x:1 period 2021: value is 4.2; slipped point (2026-11-02); 1 row corrected'])
    """
    out, lines = frame.copy(), []
    series = set(frame["series_id"])
    for told in corrections:
        if told.series in series:
            out, line = _apply(out, told)
            lines.append(line)
    return out, lines


def _apply(frame: pd.DataFrame, told: Correction) -> tuple[pd.DataFrame, str]:
    found = frame["series_id"] == told.series
    for column, wanted in told.match.items():
        found &= frame[column] == wanted
    if not found.any():
        return frame, f"{told.line()}; no row fits, nothing corrected"
    still = found & _still(frame[told.field], told.was)
    if not still.any():
        return frame, f"{told.line()}; the figure is no longer {told.was}, nothing corrected"
    frame = frame.copy()
    frame.loc[still, told.field] = np.nan if told.value is None else told.value
    frame.loc[still, "note"] = [_note(n, told) for n in frame.loc[still, "note"]]
    if told.field == "value" and told.value is None:
        _without_figures(frame, still)
    count = int(still.sum())
    return frame, f"{told.line()}; {count} row{'s' if count > 1 else ''} corrected"


def _still(column: pd.Series[Any], was: float | str | None) -> pd.Series[bool]:
    if was is None:
        return pd.Series(True, index=column.index)
    if isinstance(was, str):
        return column == was
    return pd.Series(np.isclose(column.astype("float64"), was), index=column.index)


def _without_figures(frame: pd.DataFrame, rows: pd.Series[bool]) -> None:
    # A count beside a missing value would let anybody work the value out again.
    frame.loc[rows, [n for n in NUMBERS if n in frame]] = np.nan
    for name, word in (("status", Status.MISSING), ("grade", Grade.D)):
        if name in frame:
            frame.loc[rows, name] = word.value


def _note(before: str, told: Correction) -> str:
    return "; ".join(filter(None, (before, f"corrected: {told.reason} ({told.source})")))


def describe(corrections: Sequence[Correction]) -> str:
    """Return all corrections below each other, or that there are none."""
    return "\n".join(told.line() for told in corrections) or "no corrections"
