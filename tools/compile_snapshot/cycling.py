"""How often adults cycle, by purpose: table CW0302 of the Department for Transport."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hwb_analysis.frame import conform
from tools.compile_snapshot.areas import area_types
from tools.compile_snapshot.compiled import Compiled, Ledger, Source, entry, read_csv, with_periods
from tools.compile_snapshot.fingertips import fingertips_period
from tools.compile_snapshot.home import Home

FILE = "figures/dft_cw0302_cycling_all_areas_2016_2021.csv.gz"
VINTAGE, ORIGIN = "2022", "cycling"
SERIES = {
    ("Travel", "At least 3 times per week"): (
        "travel-3-times-a-week",
        "Adults cycling for travel at least three times a week",
    ),
    ("Any", "At least once per week"): (
        "any-weekly",
        "Adults cycling for any purpose at least once a week",
    ),
}
NO_LIMITS = "survey without published limits"
NOTES = (
    "Years of the survey (Active Lives) run from mid-November; the table calls them by the year "
    "they end in.",
    "The table prints no limits and no number of answers: values may be shown, not tested.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return two series for the county, its districts, neighbours, region and England."""
    path, home = source_dir / FILE, Home.read(source_dir)
    raw = read_csv(path, ["area_code", "area_name", "purpose", "frequency", "period", "value"])
    ledger = Ledger(len(raw))
    raw = home.keep(raw, ledger)
    named = pd.Series(list(zip(raw["purpose"], raw["frequency"], strict=True)), index=raw.index)
    raw = ledger.keep(raw, named.isin(list(SERIES)), "other purposes and frequencies")
    return [
        Compiled(
            file="cycling.parquet",
            frame=conform(_tidy(raw)),
            source=_source(),
            inputs=[path],
            ledger=ledger,
            series=_entries(),
            notes=NOTES,
        )
    ]


def _tidy(raw: pd.DataFrame) -> pd.DataFrame:
    ends = raw["period"].astype("int64")
    labels = [f"{end - 1}/{end % 100:02d}" for end in ends]
    periods = [fingertips_period(label, "active-lives") for label in labels]
    pairs = zip(raw["purpose"], raw["frequency"], strict=True)
    absent = raw["value"].isna()
    return with_periods(raw, periods).assign(
        series_id=[f"{ORIGIN}:{SERIES[pair][0]}" for pair in pairs],
        area=raw["area_name"],
        area_type=area_types(raw["area_code"]),
        sex="Persons",
        age="16 and over",
        unit="%",
        basis="survey",
        grade=absent.map({True: "D", False: "C"}),
        status=absent.map({True: "missing", False: "ok"}),
        note=NO_LIMITS,
        vintage=VINTAGE,
        origin_id=ORIGIN,
    )


def _entries() -> dict[str, dict[str, object]]:
    return {
        f"{ORIGIN}:{slug}": entry(
            title, "%", "proportion", basis="survey", year_kind="active lives", notes=list(NOTES)
        )
        for slug, title in SERIES.values()
    }


def _source() -> Source:
    return Source(
        origin_id=ORIGIN,
        publisher="Department for Transport",
        title="Walking and cycling statistics, table CW0302: cycling by purpose and frequency",
        release="2016 to 2021",
        attribution="Source: Department for Transport, Walking and cycling statistics. Contains "
        "public sector information licensed under the Open Government Licence v3.0.",
        obtained_via="public repository rcatlord/ddj, "
        "commit 68a5d5a348a947851c2a3e45eb9290f0f0862efe (3 April 2024)",
    )
