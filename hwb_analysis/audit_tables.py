"""Tables that ``hwb audit`` reads: tidy frames, and the tables that a run publishes as CSV.

A published table names its columns for people (Area, Value (%), Out of) and says nothing of
its series: the name of its file does, behind the kind of figure, so that map, bars and trend
of one measure are attacked together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from hwb_analysis.areas import load_areas
from hwb_analysis.errors import DataContractError, HwbError, UsageError
from hwb_analysis.frame import COLUMNS, NUMBERS, conform, validate
from hwb_analysis.periods import Period, parse_period
from hwb_analysis.vocabulary import Basis, Grade, PeriodKind, Status

KINDS = (".csv", ".parquet")
VALUE = re.compile(r"^value \((.+)\)$")
# Of a published table, in small letters.
HEADINGS = {
    "lower 95% limit": "lower_95",
    "upper 95% limit": "upper_95",
    "count": "count",
    "out of": "denominator",
    "status": "status",
    "note": "note",
    "sex": "sex",
    "age": "age",
    "period": "period",
    "area": "area",
}
TIDY, PUBLISHED = {"series_id", "area_code", "status"}, {"area", "status"}


def read_tables(paths: Sequence[Path]) -> list[pd.DataFrame]:
    """Return each file as a tidy frame; a table without periods takes the only newest one.

    Raises
    ------
    UsageError
        A file that does not exist or is of another kind.
    DataContractError
        A table that is neither a tidy frame nor one that a run publishes.
    """
    read = [(path, _read(path)) for path in paths]
    newest = _newest([frame for _, frame in read])
    return [_tidy(path, frame, newest) for path, frame in read]


def _read(path: Path) -> pd.DataFrame:
    if not path.is_file() or path.suffix.lower() not in KINDS:
        raise UsageError(
            f"a CSV or Parquet file was expected, '{path}' is none",
            remedy="write the tidy frame with to_csv(index=False) or to_parquet",
        )
    try:
        if path.suffix.lower() == ".parquet":
            frame = pd.read_parquet(path)
        else:
            texts = dict.fromkeys(("area_code", "period", "Period"), "str")
            frame = pd.read_csv(path, dtype=texts, low_memory=False)
        return frame if set(frame.columns) >= TIDY else _named(path, frame)
    except (ValueError, TypeError, OSError, HwbError) as error:
        raise _refusal(path, error) from error


def _named(path: Path, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a published table with the columns of the tidy frame, as far as it has them."""
    found = {heading: HEADINGS[h] for heading in frame if (h := str(heading).lower()) in HEADINGS}
    values = [heading for heading in frame if VALUE.match(str(heading).lower())]
    if not set(found.values()) >= PUBLISHED or len(values) != 1:
        raise ValueError("columns of the tidy frame are missing")
    unit = VALUE.match(str(values[0]).lower())
    out = frame.rename(columns={**found, values[0]: "value"})[[*found.values(), "value"]]
    subject = path.stem.partition("-")[2] or path.stem
    return out.assign(series_id=f"table:{subject}", unit=unit[1] if unit else "")


def _newest(frames: Sequence[pd.DataFrame]) -> dict[str, str]:
    """Return the newest period that any table of a series names."""
    found: dict[str, str] = {}
    for frame in frames:
        if "period" in frame and not TIDY.issubset(frame.columns):
            series = str(frame["series_id"].iloc[0]) if len(frame) else ""
            found[series] = max([found.get(series, ""), *frame["period"].dropna().astype("str")])
    return found


def _tidy(path: Path, frame: pd.DataFrame, newest: dict[str, str]) -> pd.DataFrame:
    try:
        made = frame if set(frame.columns) >= TIDY else _filled(frame, newest)
        return validate(conform(made[[c for c in made if c in COLUMNS]]), where=path.name)
    except (ValueError, TypeError, HwbError) as error:
        raise _refusal(path, error) from error


def _filled(frame: pd.DataFrame, newest: dict[str, str]) -> pd.DataFrame:
    """Return a published table with what the contract asks for besides."""
    series = str(frame["series_id"].iloc[0]) if len(frame) else ""
    labels = (
        frame["period"] if "period" in frame else pd.Series(newest.get(series, ""), frame.index)
    )
    periods = [_period(str(label)) for label in labels.fillna("")]
    known = load_areas()
    codes = {area.name: area.code for area in known}
    fixed = {
        "vintage": "published",
        "area_type": "District",
        "basis": Basis.REGISTER.value,
        "grade": Grade.B.value,
        "origin_id": "published",
    }
    return frame.assign(
        area_code=[codes.get(str(name), str(name)) for name in frame["area"]],
        period=[period.label for period in periods],
        period_start=[pd.Timestamp(period.start) for period in periods],
        period_end=[pd.Timestamp(period.end) for period in periods],
        period_kind=[period.kind.value for period in periods],
        sex=frame.get("sex", "Persons"),
        age=frame.get("age", "All ages"),
        note=frame["note"].where(frame["note"] != "none", "") if "note" in frame else "",
        status=frame["status"].where(frame["status"].notna(), Status.OK.value),
        **fixed,
    )


def _period(label: str) -> Period:
    # Tables of one measure without any period belong together all the same.
    return parse_period(label or "2000", PeriodKind.FINANCIAL)


def _refusal(path: Path, error: Exception) -> DataContractError:
    said = error.message if isinstance(error, HwbError) else str(error)
    return DataContractError(
        f"{path.name} is no tidy frame and no table that a run publishes: "
        + said.partition(chr(10))[0],
        where=str(path),
        remedy=f"the columns are in docs/architecture.md; numbers in {', '.join(NUMBERS)}",
    )
