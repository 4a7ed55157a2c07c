"""``tidy``: any table of figures, made into a frame that every verb and chart takes."""

from __future__ import annotations

from datetime import datetime
from functools import cache

import pandas as pd

from hwb_analysis.areas import Areas, load_areas
from hwb_analysis.errors import DataContractError, UsageError, did_you_mean
from hwb_analysis.frame import COLUMNS, KEY, NUMBERS, conform
from hwb_analysis.given import as_frame, check_columns, check_numbers
from hwb_analysis.periods import parse_period
from hwb_analysis.vocabulary import AreaType, Basis, Grade, PeriodKind, Status

PER_CENT = "%"
# What a column of one's own can be; the rest of the frame is filled in.
FIELDS = (*NUMBERS, "sex", "age", "category_type", "category", "method", "note")
SEVERAL = "name the columns that tell them apart: sex=, age=, category=; or add them up first"


def tidy(
    table: pd.DataFrame,
    *,
    area: str,
    period: str,
    series: str = "own:figures",
    unit: str = PER_CENT,
    basis: str = Basis.REGISTER.value,
    year_kind: str = PeriodKind.FINANCIAL.value,
    multiplier: float | None = None,
    **columns: str,
) -> pd.DataFrame:
    """Return a table of one's own as a tidy frame.

    Parameters
    ----------
    table
        One row a figure. The least it needs is an area, a period, and a value or a count
        with its denominator.
    area
        Column with codes or names of areas. A name that the look-up does not know stays as
        it is, and is its own code.
    period
        Column with labels that :func:`hwb_analysis.periods.parse_period` reads.
    series, unit, basis
        What the figures are, for all rows; the unit is ``"%"`` or "per 100,000" and so on.
    year_kind
        How 2023/24 runs: ``"financial"`` or ``"academic"``.
    multiplier
        What count over denominator is multiplied with where there is no value: taken from
        the unit when not given.
    columns
        Names of columns by what they hold: ``value``, ``count``, ``denominator``,
        ``lower_95``, ``upper_95``, ``sex``, ``age``, ``category_type``, ``category``.

    Returns
    -------
    pandas.DataFrame
        The columns of :mod:`hwb_analysis.frame`; check it with ``validate``. A row without
        a value has the status ``missing``.

    Raises
    ------
    DataContractError
        When a column is absent or text, a period cannot be read, there are no figures, a
        count is above its denominator in a percentage, or one area and period comes twice.

    Examples
    --------
    >>> mine = pd.DataFrame({"town": ["Ash", "Elm"], "year": ["2023/24"] * 2,
    ...                      "cases": [12, 30], "people": [100, 150]})
    >>> frame = tidy(mine, area="town", period="year", count="cases", denominator="people")
    >>> frame["value"].tolist(), frame["period_end"].dt.year.tolist()
    ([12.0, 20.0], [2024, 2024])
    """
    table = as_frame(table)
    _check(table, {"area": area, "period": period, **columns})
    named = {name: table[column].reset_index(drop=True) for name, column in columns.items()}
    out = pd.DataFrame({**_areas(table[area]), **_periods(table[period], year_kind), **named})
    if "value" not in out:
        scale = multiplier or _multiplier(unit)
        out["value"] = scale * out["count"] / out["denominator"].where(out["denominator"] > 0)
    known = {"series_id": series, "unit": unit, "basis": basis, "vintage": "1"}
    grade = Grade.A.value if {"count", "lower_95"} & set(out) else Grade.C.value
    frame = conform(out.assign(**known, grade=grade, origin_id=series))
    _check_rows(frame)
    frame["status"] = frame["value"].isna().map({True: Status.MISSING, False: Status.OK})
    return conform(frame.assign(status=frame["status"].astype("str")))


def _check(table: pd.DataFrame, columns: dict[str, str]) -> None:
    unknown = [name for name in columns if name not in COLUMNS]
    if unknown:
        raise DataContractError(
            f"no such field of a tidy frame: {', '.join(unknown)}",
            remedy=did_you_mean(unknown[0], list(FIELDS)),
        )
    check_columns(table, list(columns.values()), DataContractError)
    figures = [column for name, column in columns.items() if name in NUMBERS]
    check_numbers(table, figures, DataContractError)
    if "value" not in columns and not {"count", "denominator"} <= set(columns):
        raise DataContractError(
            "a value, or a count and a denominator, was expected",
            remedy="name the column, e.g. value='rate' or count='cases', denominator='people'",
        )


def _check_rows(frame: pd.DataFrame) -> None:
    """Refuse what is nearly always a slip: a count above its people, one figure twice."""
    above = (frame["unit"] == PER_CENT) & (frame["count"] > frame["denominator"])
    _refuse_rows(frame, above, "count is above its denominator", "check which column is which")
    doubled = frame.duplicated(list(KEY), keep=False)
    _refuse_rows(frame, doubled, "an area and period has several rows", SEVERAL)


def _refuse_rows(frame: pd.DataFrame, bad: pd.Series[bool], rule: str, remedy: str) -> None:
    if bad.any():
        first = frame.loc[bad, ["area", "period"]].iloc[0]
        count = int(bad.sum())
        raise DataContractError(
            f"{rule}: {count} row{'s' if count > 1 else ''}",
            where=f"first {first['area']}, {first['period']}",
            remedy=remedy,
        )


def _areas(written: pd.Series) -> dict[str, list[str]]:
    if written.isna().any():
        absent = int(written.isna().sum())
        raise DataContractError(
            f"the area is missing: {absent} row{'s' if absent > 1 else ''}",
            remedy="fill them in, or drop them",
        )
    found = [_area(str(name).strip()) for name in written]
    return {name: [one[i] for one in found] for i, name in enumerate(AREA_COLUMNS)}


AREA_COLUMNS = ("area_code", "area", "area_type")


def _area(name: str) -> tuple[str, str, str]:
    try:
        one = _known().get(name)
    except UsageError:
        return name, name, AreaType.DISTRICT.value
    return one.code, one.name, one.area_type.value


@cache
def _known() -> Areas:
    return load_areas()


def _periods(written: pd.Series, year_kind: str) -> dict[str, list[object]]:
    found = [parse_period(_label(label), PeriodKind(year_kind)) for label in written]
    return {
        "period": [p.label for p in found],
        "period_start": [pd.Timestamp(p.start) for p in found],
        "period_end": [pd.Timestamp(p.end) for p in found],
        "period_kind": [p.kind.value for p in found],
    }


def _label(written: object) -> str:
    """Return the label of a period; a column of years with a gap in it is read as 2023.0."""
    if isinstance(written, datetime):
        raise DataContractError(
            f"a period was expected, got the day {written:%Y-%m-%d}",
            remedy="name the period: the year by .dt.year, or a label such as 2023/24 or 2023 Q1",
        )
    if isinstance(written, float) and written.is_integer():
        return str(int(written))
    return str(written)


def _multiplier(unit: str) -> float:
    if unit == PER_CENT:
        return 100.0
    digits = "".join(c for c in unit.partition("per")[2] if c.isdigit())
    if not digits:
        raise DataContractError(
            f"the unit '{unit}' does not say what count over denominator is multiplied with",
            remedy="write '%' or 'per 100,000', or give multiplier=",
        )
    return float(digits)
