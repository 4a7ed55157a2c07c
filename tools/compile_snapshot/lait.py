"""Children's measures that the Department for Education collates in LAIT: values, no limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from hwb_analysis.errors import SourceError
from hwb_analysis.frame import conform
from hwb_analysis.periods import Period, parse_period
from hwb_analysis.vocabulary import PeriodKind
from tools.compile_snapshot.areas import ENGLAND, area_types
from tools.compile_snapshot.compiled import (
    Compiled,
    Ledger,
    Source,
    entry,
    join_notes,
    read_csv,
    with_periods,
)

FILE = "indicators/footprint/dfe_lait_health_related.csv"
VINTAGE, ORIGIN = "2026-04", "lait"
SPECIFICATION = Path(__file__).with_name("lait.yaml")
NOT_PERCENTAGES = ("PreChildDea",)
NOT_RATES = ("FirstYJS",)
MISLABELLED = ("FSP_Gooddev_Chinese", "2021")
YEAR_KINDS = {
    "Academic Year": "academic",
    "Financial Year": "financial",
    "Calendar Year": "calendar",
    "Annual": "at 31 March",
    "Annual - January": "at the January school census",
}
NOTES = (
    "LAIT labels a year by the year it ends in: academic year 2024 is 2023/24, financial year "
    "2024 is 2023/24. Counts at a date (children looked after, protection plans) are at 31 March "
    "and school meals at the January school census.",
    "LAIT gives values without counts or limits: they may be shown, not tested.",
    "A dash in LAIT stands for not collected, not available or suppressed, without saying which.",
    "England is left out of first-time entrants to youth justice and all areas of assessed child "
    "deaths: the printed values are sums or numbers under the heading of a rate.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return the measures of LAIT for the areas of the input file."""
    path = source_dir / FILE
    columns = ["measure_short", "year_type", "period", "area_code", "value", "raw_value"]
    raw = read_csv(path, columns, dtype={"period": "str"})
    ledger = Ledger(len(raw))
    measures: dict[str, dict[str, Any]] = yaml.safe_load(SPECIFICATION.read_text("utf-8"))
    raw = _leave_out(raw, ledger)
    unknown = sorted(set(raw["measure_short"]) - set(measures))
    if unknown:
        raise SourceError(
            f"{path.name} has measures that lait.yaml does not describe: {', '.join(unknown)}",
            where=str(SPECIFICATION),
            remedy="describe them there, or leave them out with a reason",
        )
    frame = conform(_tidy(raw, measures))
    used = raw.groupby("measure_short")["year_type"].first()
    return [
        Compiled(
            file="lait.parquet",
            frame=frame,
            source=lait_source(),
            inputs=[path],
            ledger=ledger,
            series={_id(m): _entry(m, YEAR_KINDS[used[k]]) for k, m in _present(measures, used)},
            notes=NOTES,
        )
    ]


def _leave_out(raw: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    name = raw["measure_short"]
    raw = ledger.keep(
        raw, ~name.isin(NOT_PERCENTAGES), "numbers of deaths printed under the heading of a share"
    )
    summed = raw["measure_short"].isin(NOT_RATES) & (raw["area_code"] == ENGLAND)
    raw = ledger.keep(raw, ~summed, "England is printed as a sum of rates")
    measure, year = MISLABELLED
    wrong = (raw["measure_short"] == measure) & (raw["period"] == year)
    return ledger.keep(raw, ~wrong, "labelled with a year in which nothing was assessed")


def _present(measures: dict[str, Any], used: pd.Series[str]) -> list[tuple[str, dict[str, Any]]]:
    return [(key, measures[key]) for key in sorted(used.index)]


def _tidy(raw: pd.DataFrame, measures: dict[str, dict[str, Any]]) -> pd.DataFrame:
    pairs = zip(raw["period"], raw["year_type"], strict=True)
    frame = with_periods(raw, [lait_period(label, kind) for label, kind in pairs])

    def told(field: str, default: str) -> pd.Series[str]:
        return raw["measure_short"].map(lambda name: str(measures[name].get(field, default)))

    absent = raw["value"].isna()
    own = told("note", "")
    dash = "LAIT prints a dash: not collected, not available or suppressed"
    return frame.assign(
        series_id=raw["measure_short"].map(lambda name: _id(measures[name])),
        area=raw["area_name"],
        area_type=area_types(raw["area_code"]),
        sex=told("sex", "Persons"),
        age=told("age", "All ages"),
        unit=told("unit", "%"),
        basis=told("basis", "complete_count"),
        grade="C",
        status=absent.map({True: "missing", False: "ok"}),
        note=[join_notes(dash if a else "", n) for a, n in zip(absent, own, strict=True)],
        vintage=VINTAGE,
        origin_id=ORIGIN,
    )


def lait_period(label: str, year_type: str) -> Period:
    """Return the period that a LAIT label means under its kind of year.

    Examples
    --------
    >>> lait_period("2024", "Academic Year").label, lait_period("2024", "Annual").label
    ('2023/24', '31 Mar 2024')
    >>> lait_period("2024", "Annual - January").label
    'Jan 2024'
    """
    if year_type not in YEAR_KINDS:
        raise SourceError(
            f"LAIT has a kind of year that is not known: '{year_type}'",
            where=label,
            remedy=f"known: {', '.join(YEAR_KINDS)}",
        )
    if not label.isdigit() or year_type == "Calendar Year":
        return parse_period(label, PeriodKind.FINANCIAL)
    if year_type == "Annual":
        return parse_period(f"{label}-03-31")
    if year_type == "Annual - January":
        return parse_period(f"{label}-01-01/P1M")
    split = f"{int(label) - 1}/{label[2:]}"
    return parse_period(split, PeriodKind(YEAR_KINDS[year_type]))


def _id(measure: dict[str, Any]) -> str:
    return f"lait:{measure['slug']}"


def _entry(measure: dict[str, Any], year_kind: str) -> dict[str, object]:
    return entry(
        measure["title"],
        measure.get("unit", "%"),
        measure.get("value_type", "proportion"),
        basis=measure.get("basis", "complete_count"),
        year_kind=year_kind,
        notes=[measure["note"]] if "note" in measure else [],
    )


def lait_source() -> Source:
    """Return who publishes LAIT and where it was read."""
    return Source(
        origin_id=ORIGIN,
        publisher="Department for Education",
        title="Local Authority Interactive Tool, measures of health, early years, "
        "special needs and children in care",
        release="as held in April 2026",
        attribution="Source: Department for Education, Local Authority Interactive Tool, with "
        "figures of DfE, OHID, NHS England, ONS, DfT and DWP. Contains public sector information "
        "licensed under the Open Government Licence v3.0.",
        obtained_via="public repository dfe-analytical-services/local-authority-interactive-tool, "
        "commit 2e30e3959a6ab8b2d22941b84764da41a40ac91b (8 April 2026)",
    )
