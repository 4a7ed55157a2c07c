"""Two measures of LAIT that lie outside health: special needs support and requests for plans."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from hwb_analysis.frame import conform
from tools.compile_snapshot.areas import area_types
from tools.compile_snapshot.compiled import Compiled, Ledger, entry, read_csv, with_periods
from tools.compile_snapshot.lait import VINTAGE, YEAR_KINDS, lait_period, lait_source

FILE = "indicators/footprint/dfe_lait_all_measures.csv"
ORIGIN = "lait-more"
TITLE = "Local Authority Interactive Tool, special needs support and requests for plans"
SUPPORT, REQUESTS = "SEN_TotSENSuP", "SEN_INIT_REQ"
SERIES = {SUPPORT: "lait:sen-support", REQUESTS: "lait:ehc-plan-requests"}
AGES = {SUPPORT: "pupils", REQUESTS: "0 to 25"}
UNITS = {SUPPORT: "%", REQUESTS: "requests"}
NOTES = (
    "LAIT labels a year by the year it ends in; requests for assessment are counted by "
    "calendar year.",
    "LAIT gives values without counts or limits: they may be shown, not tested.",
    "Pupils with support have no plan: with the share of those who have one they make up all "
    "pupils with special educational needs.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return the two measures for the areas of the input file."""
    path = source_dir / FILE
    columns = ["measure_short", "year_type", "period", "area_code", "area_name", "value"]
    raw = read_csv(path, columns, dtype={"period": "str"})
    ledger = Ledger(len(raw))
    reason = "compiled with LAIT's health measures, or asked for by no statement"
    raw = ledger.keep(raw, raw["measure_short"].isin(SERIES), reason)
    source = replace(lait_source(), origin_id=ORIGIN, title=TITLE)
    return [
        Compiled(
            file="lait_more.parquet",
            frame=conform(_tidy(raw)),
            source=source,
            inputs=[path],
            ledger=ledger,
            series=_series(),
            notes=NOTES,
        )
    ]


def _tidy(raw: pd.DataFrame) -> pd.DataFrame:
    pairs = zip(raw["period"], raw["year_type"], strict=True)
    frame = with_periods(raw, [lait_period(label, kind) for label, kind in pairs])
    absent = raw["value"].isna()
    dash = "LAIT prints a dash: not collected, not available or suppressed"
    return frame.assign(
        series_id=raw["measure_short"].map(SERIES),
        area=raw["area_name"],
        area_type=area_types(raw["area_code"]),
        sex="Persons",
        age=raw["measure_short"].map(AGES),
        unit=raw["measure_short"].map(UNITS),
        basis="complete_count",
        grade="C",
        status=absent.map({True: "missing", False: "ok"}),
        note=absent.map({True: dash, False: ""}),
        vintage=VINTAGE,
        origin_id=ORIGIN,
    )


def _series() -> dict[str, dict[str, object]]:
    return {
        SERIES[SUPPORT]: entry(
            "Pupils with special educational needs support but no plan, all schools",
            "%",
            "proportion",
            basis="complete_count",
            year_kind=YEAR_KINDS["Academic Year"],
            notes=["school census of January"],
        ),
        SERIES[REQUESTS]: entry(
            "First requests for an education, health and care needs assessment",
            "requests",
            "count",
            basis="complete_count",
            year_kind=YEAR_KINDS["Calendar Year"],
            notes=["a number, not a rate"],
        ),
    }
