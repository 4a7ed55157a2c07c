"""Discharge ready date: days from being ready to leave hospital to leaving it, 2024/25."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd

from hwb_analysis.errors import SourceError
from hwb_analysis.frame import conform
from hwb_analysis.periods import Period, parse_period
from tools.compile_snapshot.areas import area_types
from tools.compile_snapshot.compiled import Compiled, Ledger, Source, entry, read_csv, with_periods
from tools.compile_snapshot.home import united

FILE = "figures/nhse_discharge_ready_date_utla_2024_25_monthly.csv.gz"
YEAR, VINTAGE, ORIGIN = "2024/25", "2025-07", "discharge"
AGE = "16 and over"
HALF_A_HUNDREDTH = 0.00501
COVERAGE = "acute trusts that meet the rule of publication, by authority of residence"
DERIVED = "days over discharges, both published"
SERIES = {
    "days": ("Average days from ready to leave hospital to leaving", "days", "mean"),
    "days-when-delayed": (
        "Average days from ready to leave hospital to leaving, where not on the same day",
        "days",
        "mean",
    ),
    "same-day": ("Patients who left hospital on the day they were ready", "%", "proportion"),
}
NOTES = (
    "Counts are of the authority where patients live, from acute trusts that meet the monthly "
    "rule of publication; which trusts do so can change from month to month.",
    "Read through a third party's copy of the official monthly files. Means computed from its "
    "counts agree with the published means to 0.005 day, which the compiler checks.",
    "Averages over all discharges are computed here from published days and discharges; averages "
    "where discharge was delayed are the published ones.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return three series by year and the same three by month, all authorities."""
    path = source_dir / FILE
    needed = ["area_code", "area_name", "period", "discharges", "same_day", "delayed", "bed_days"]
    raw = read_csv(path, [*needed, "mean_days_excluding_zero_published"])
    ledger = Ledger(len(raw))
    raw = ledger.keep(raw, raw["discharges"] > 0, "no discharges in the period")
    _check_means(raw, path)
    yearly = raw["period"] == YEAR
    frame = united([_tidy(raw.loc[yearly], ""), _tidy(raw.loc[~yearly], "-monthly")])
    ledger.rows_in += len(frame) - len(raw)
    return [
        Compiled(
            file="discharge.parquet",
            frame=conform(frame),
            source=_source(),
            inputs=[path],
            ledger=ledger,
            series=_entries(),
            notes=(*NOTES, "Each row read gives three: two averages and a share."),
        )
    ]


def discharge_period(label: str) -> Period:
    """Return a month such as ``Apr 2024`` or the financial year.

    Examples
    --------
    >>> discharge_period("Apr 2024").end.isoformat()
    '2024-04-30'
    """
    if "/" in label:
        return parse_period(label)
    return parse_period(f"{datetime.strptime(label, '%b %Y'):%Y-%m-%d}/P1M")


def _check_means(raw: pd.DataFrame, path: Path) -> None:
    """Refuse the copy when its counts do not give the published means back."""
    computed = raw["bed_days"] / raw["delayed"].where(raw["delayed"] > 0)
    apart = (computed - raw["mean_days_excluding_zero_published"]).abs() > HALF_A_HUNDREDTH
    if apart.any():
        raise SourceError(
            f"{int(apart.sum())} published means of {path.name} differ from days over discharges",
            where=str(path),
            remedy="compare the copy with the publisher's monthly files",
        )


def _tidy(raw: pd.DataFrame, suffix: str) -> pd.DataFrame:
    frame = with_periods(raw, [discharge_period(label) for label in raw["period"]]).assign(
        area=raw["area_name"],
        area_type=area_types(raw["area_code"]),
        sex="Persons",
        age=AGE,
        basis="register",
        status="ok",
        note=COVERAGE,
        vintage=VINTAGE,
        origin_id=ORIGIN,
    )
    days = frame.assign(
        value=frame["bed_days"] / frame["discharges"],
        unit="days",
        grade="C",
        status="derived",
        note=f"{DERIVED}; {COVERAGE}",
    )
    delayed = frame.assign(
        value=frame["mean_days_excluding_zero_published"], unit="days", grade="C"
    )
    absent = delayed["value"].isna()
    delayed["status"] = absent.map({True: "missing", False: "ok"})
    delayed["note"] = delayed["note"].mask(absent, f"no delayed discharge; {COVERAGE}")
    same_day = frame.assign(
        value=frame["same_day_percent"],
        count=frame["same_day"],
        denominator=frame["discharges"],
        unit="%",
        grade="A",
    )
    parts = zip(SERIES, (days, delayed, same_day), strict=True)
    return united(part.assign(series_id=f"{ORIGIN}{suffix}:{slug}") for slug, part in parts)


def _entries() -> dict[str, dict[str, object]]:
    spans = {"": "financial", "-monthly": "month"}
    return {
        f"{ORIGIN}{suffix}:{slug}": entry(
            title if not suffix else f"{title} (by month)",
            unit,
            kind,
            basis="register",
            year_kind=years,
            notes=[NOTES[0]],
        )
        for suffix, years in spans.items()
        for slug, (title, unit, kind) in SERIES.items()
    }


def _source() -> Source:
    return Source(
        origin_id=ORIGIN,
        publisher="NHS England",
        title="Discharge Ready Date, by upper-tier authority of residence",
        release="2024/25, revised files of July 2025",
        attribution="Source: NHS England, Discharge Ready Date. Contains public sector information "
        "licensed under the Open Government Licence v3.0.",
        obtained_via="public repository pelld/population-health-system-explorer, "
        "commit 26360dd8f2db206f2488f7adab289e05e540191a (27 July 2026)",
    )
