"""From a publisher's table, as described in YAML, to the tidy frame."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hwb_analysis.errors import HwbError, SourceError
from hwb_analysis.frame import conform
from hwb_analysis.periods import Period, parse_period
from hwb_analysis.sources.live.fingertips_rows import TIERS
from hwb_analysis.sources.local.faults import Faults
from hwb_analysis.sources.local.grid import Layout
from hwb_analysis.sources.local.read import read_table
from hwb_analysis.vocabulary import PeriodKind, Status

OWN = "downloads.yaml"
BLANK = "the source prints no value and no reason"
EMPTY = ("", "nan", "none", "<na>")


@dataclass(frozen=True, slots=True)
class DownloadRows:
    """Tidy rows, how many rows of the table were looked at, and why some were left out."""

    frame: pd.DataFrame
    rows_in: int
    dropped: dict[str, int]


def headings(told: Mapping[str, Any], sheet: str) -> tuple[str, ...]:
    """Return the headings that all series together need of one sheet."""
    found = {name for column in told["columns"].values() for name in _several(column)}
    found |= set(told.get("where", {}))
    for about in told["series"].values():
        main = str(about.get("sheet", told.get("sheet", "")))
        found |= set(about.get("where", {})) if main == sheet else set()
        for name, place in (
            ("value", main),
            ("denominator", main),
            ("count", about.get("count_sheet", main)),
        ):
            if name in about and place == sheet:
                found.add(about[name])
    return tuple(sorted(found))


def read_sheet(
    path: Path, told: Mapping[str, Any], sheet: str, wanted: Iterable[str]
) -> pd.DataFrame:
    """Return the wanted columns of a sheet, of the rows that the description keeps.

    Raises
    ------
    SourceError
        When the file is laid out otherwise, or holds no such row.
    """
    row = int(told.get("header_row", 1))
    names = tuple(wanted)
    cells, faults = _cells(path, Layout(names, sheet, row))
    if len(faults):
        # Notes above the headings come and go from year to year: look from the top.
        moved = _headings_row(faults) or _headings_row(_cells(path, Layout(names, sheet, 1))[1])
        if moved:
            cells, faults = _cells(path, Layout(names, sheet, moved))
    if len(faults):
        raise other_layout(path, told, [str(fault) for fault in faults.found])
    kept = kept_rows(cells, told.get("where", {}))
    if kept.empty:
        raise other_layout(path, told, [f"no row has {told.get('where')}"])
    return kept


def _headings_row(faults: Faults) -> int:
    found = [f.rows[0] for f in faults.found if f.rule.startswith("all headings stand in row")]
    return found[0] if found else 0


def _cells(path: Path, layout: Layout) -> tuple[pd.DataFrame, Faults]:
    faults = Faults(path.name)
    try:
        return read_table(path, layout, faults).cells, faults
    except HwbError as error:
        faults.add(error.message, error.remedy or "")
        return pd.DataFrame(), faults


def kept_rows(cells: pd.DataFrame, where: Mapping[str, Any]) -> pd.DataFrame:
    """Return the rows that hold one of the words in every named column."""
    for column, words in where.items():
        kept = cells[column].astype("str").str.strip().isin([str(w) for w in _several(words)])
        cells = cells.loc[kept]
    return cells.reset_index(drop=True)


def other_layout(path: Path, told: Mapping[str, Any], faults: Iterable[str]) -> SourceError:
    """Return the fault of a file that is not laid out as described."""
    shown = "\n".join(f"- {fault}" for fault in faults)
    return SourceError(
        f"the table '{told['title']}' was expected, the file {path.name} is laid out otherwise\n"
        f"{shown}",
        where=str(path),
        remedy=f"compare it with {told['page']}, and describe the new layout in {OWN} beside it",
    )


def tidy_download(
    raw: pd.DataFrame,
    counts: pd.DataFrame | None,
    series_id: str,
    told: Mapping[str, Any],
    path: Path,
    vintage: str,
) -> DownloadRows:
    """Return the tidy rows of one series.

    Parameters
    ----------
    raw, counts
        The sheet of the values, and the one of the counts where that is another.
    series_id, told
        The series and the description of its file.
    path, vintage
        The file, for messages and for the period in its name; the label of the release.

    Raises
    ------
    SourceError
        When a figure, a period or a row is not what the description says.
    """
    about, columns = told["series"][series_id], told["columns"]
    rows = kept_rows(raw, about.get("where", {}))
    marks = {str(k).casefold(): str(v) for k, v in told.get("marks", {}).items()}
    codes = _first(rows, columns["area_code"], marks)
    known = codes.str[:3].isin(list(TIERS))
    kept = rows.loc[known].reset_index(drop=True)
    codes = codes.loc[known].reset_index(drop=True)
    value = _numbers(kept[about["value"]], marks, about["value"], path)
    printed = kept[about["value"]].map(lambda cell: str(cell).strip().casefold())
    withheld = printed.map(marks) == Status.SUPPRESSED.value
    periods = _periods(kept, told, path)
    of = _column(kept, about, "denominator", marks, path)
    count = _count(kept, counts, codes, about, columns, marks, path)
    missing = value.isna()
    counted = count.notna() & of.notna() & ~missing
    frame = pd.DataFrame(
        {
            "series_id": series_id,
            "area_code": codes,
            "area": _first(kept, columns["area"], marks),
            "area_type": [TIERS[code[:3]].value for code in codes],
            **_days(periods),
            "sex": about.get("sex", "Persons"),
            "age": about.get("age", "All ages"),
            "value": value,
            "count": count.mask(missing),
            "denominator": of.mask(missing),
            "unit": about["unit"],
            "basis": about["basis"],
            "grade": np.where(missing, "D", np.where(counted, "A", "C")),
            "status": np.where(withheld, "suppressed", np.where(missing, "missing", "ok")),
            "note": np.where(missing, BLANK, ""),
            "vintage": vintage,
            "origin_id": series_id.replace(":", "-"),
        }
    )
    dropped = {"rows of other places": len(rows) - len(kept)}
    return DownloadRows(conform(frame), len(rows), {k: n for k, n in dropped.items() if n})


def _days(periods: Sequence[Period]) -> dict[str, list[Any]]:
    return {
        "period": [p.label for p in periods],
        "period_start": [pd.Timestamp(p.start) for p in periods],
        "period_end": [pd.Timestamp(p.end) for p in periods],
        "period_kind": [p.kind.value for p in periods],
    }


def _several(named: Any) -> list[Any]:
    return list(named) if isinstance(named, list) else [named]


def _first(rows: pd.DataFrame, columns: Any, marks: Mapping[str, str]) -> pd.Series[str]:
    """Return the first filled cell of several columns."""
    out = pd.Series("", index=rows.index, dtype="str")
    for column in _several(columns):
        text = rows[column].map(lambda cell: "" if cell is None else str(cell).strip())
        filled = ~text.str.casefold().isin([*EMPTY, *marks])
        out = out.mask((out == "") & filled, text)
    return out


def _column(
    rows: pd.DataFrame,
    about: Mapping[str, Any],
    name: str,
    marks: Mapping[str, str],
    path: Path,
) -> pd.Series[float]:
    if name not in about:
        return pd.Series(np.nan, index=rows.index, dtype="float64")
    return _numbers(rows[about[name]], marks, about[name], path)


def _count(
    rows: pd.DataFrame,
    counts: pd.DataFrame | None,
    codes: pd.Series[str],
    about: Mapping[str, Any],
    columns: Mapping[str, Any],
    marks: Mapping[str, str],
    path: Path,
) -> pd.Series[float]:
    if counts is None:
        return _column(rows, about, "count", marks, path)
    keys = _first(counts, columns["area_code"], marks)
    if keys[keys != ""].duplicated().any():
        raise SourceError(
            f"one row an area was expected in the sheet {about['count_sheet']}, "
            f"{keys[keys != ''][keys[keys != ''].duplicated()].iloc[0]} stands there twice",
            where=str(path),
            remedy=f"describe the new layout in {OWN} beside it",
        )
    numbers = _numbers(counts[about["count"]], marks, about["count"], path)
    found = pd.Series(numbers.to_numpy(), index=keys).reindex(codes)
    return pd.Series(found.to_numpy(dtype="float64"), index=rows.index)


def _numbers(
    printed: pd.Series[Any], marks: Mapping[str, str], column: str, path: Path
) -> pd.Series[float]:
    text = printed.map(lambda cell: "" if cell is None else str(cell).strip())
    bare = text.str.replace(",", "").str.removesuffix("%")
    numbers = pd.to_numeric(bare, errors="coerce").astype("float64")
    bad = numbers.isna() & ~text.str.casefold().isin([*marks, *EMPTY])
    if bad.any():
        raise SourceError(
            f"numbers or {', '.join(marks)} were expected in '{column}', "
            f"'{text[bad].iloc[0]}' came",
            where=str(path),
            remedy=f"say in {OWN} what the mark means",
        )
    return numbers


def _periods(rows: pd.DataFrame, told: Mapping[str, Any], path: Path) -> list[Period]:
    if "period" not in told:
        return [_period(label, told["years"], path) for label in rows[told["columns"]["period"]]]
    found = re.search(str(told["period"]), path.name)
    if found is None:
        raise SourceError(
            f"a period such as '{told['period']}' was expected in the name of the file, "
            f"{path.name} came",
            where=str(path),
            remedy="give the file the name that it has on the publisher's page",
        )
    years = [int(year) for year in found.groups()]
    label = f"{years[0]}/{years[1] % 100:02d}" if len(years) == 2 else str(years[0])
    return [_period(label, told["years"], path)] * len(rows)


def _period(label: object, years: str, path: Path) -> Period:
    text = str(label).strip().removesuffix(".0")
    # The education statistics print 2023/24 as 202324.
    if len(text) == 6 and text.isdigit() and int(text[4:]) == (int(text[:4]) + 1) % 100:
        text = f"{text[:4]}/{text[4:]}"
    try:
        return parse_period(text, PeriodKind(years))
    except HwbError as error:
        raise SourceError(error.message, where=str(path), remedy=error.remedy) from error
