"""Conceptions and how many led to an abortion: ONS tables to 2017, districts included."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from hwb_analysis.frame import conform
from hwb_analysis.periods import parse_period
from tools.compile_snapshot.areas import area_types
from tools.compile_snapshot.compiled import Compiled, Ledger, Source, entry, read_csv, with_periods
from tools.compile_snapshot.home import Home, united

FILE = "figures/ons_conceptions_2017_tables_5_6_7_all_areas.csv.gz"
VINTAGE, ORIGIN = "2019", "conceptions"
UNDER_18, ALL_AGES = "under 18", "All conceptions"
RATE, SHARE = "conception rate per 1,000", "percent leading to abortion"
ABORTIONS, NUMBER = "abortion rate per 1,000", "number"
SERIES = {
    "under-18": (UNDER_18, RATE, "15 to 17", "Conceptions under 18", "per 1,000", "rate"),
    "under-18-abortions": (
        UNDER_18,
        ABORTIONS,
        "15 to 17",
        "Conceptions under 18 that led to an abortion",
        "per 1,000",
        "rate",
    ),
    "share-to-abortion": (
        ALL_AGES,
        SHARE,
        "All ages",
        "Conceptions that led to an abortion",
        "%",
        "proportion",
    ),
}
UNRELIABLE = "fewer than three conceptions: not printed"
NOTES = (
    "Tables 5 and 6 of Conception Statistics 2017: women under 18 from 1998, all ages from 2009.",
    "Rates are per 1,000 women aged 15 to 17 and rounded to one decimal; numbers of women are not "
    "printed, so no limits are given.",
    "Conceptions under 16 and three-year figures are left out.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return three series for the county, its districts, neighbours, region and England."""
    path, home = source_dir / FILE, Home.read(source_dir)
    columns = ["group", "area_code", "area_name", "period", "measure", "value"]
    raw = read_csv(path, columns, dtype="str")
    ledger = Ledger(len(raw))
    raw = home.keep(raw, ledger)
    pairs = [(told[0], told[1]) for told in SERIES.values()]
    named = pd.Series(list(zip(raw["group"], raw["measure"], strict=True)), index=raw.index)
    numbers = raw.loc[raw["measure"] == NUMBER]
    raw = ledger.keep(raw, named.isin(pairs), "other tables, ages and measures")
    frame = united(_tidy(raw, slug, numbers) for slug in SERIES)
    return [
        Compiled(
            file="conceptions.parquet",
            frame=conform(frame),
            source=_source(),
            inputs=[path],
            ledger=ledger,
            series=dict(_entries()),
            notes=NOTES,
        )
    ]


def _tidy(raw: pd.DataFrame, slug: str, numbers: pd.DataFrame) -> pd.DataFrame:
    group, measure, age, _, unit, _ = SERIES[slug]
    rows = raw.loc[(raw["group"] == group) & (raw["measure"] == measure)].reset_index(drop=True)
    value = pd.to_numeric(rows["value"], errors="coerce")
    counts = numbers.loc[numbers["group"] == group].set_index(["area_code", "period"])["value"]
    found = counts.reindex(pd.MultiIndex.from_frame(rows[["area_code", "period"]]))
    frame = with_periods(rows, [parse_period(label) for label in rows["period"]])
    return frame.assign(
        series_id=f"{ORIGIN}:{slug}",
        area=frame["area_name"].str.title().str.replace(" And ", " and "),
        area_type=area_types(frame["area_code"]),
        sex="Female",
        age=age,
        # The number of conceptions is the count of the rate only.
        count=pd.to_numeric(found, errors="coerce").to_numpy() if measure == RATE else float("nan"),
        value=value,
        unit=unit,
        basis="complete_count",
        grade=value.isna().map({True: "D", False: "C"}),
        status=value.isna().map({True: "suppressed", False: "ok"}),
        note=value.isna().map({True: UNRELIABLE, False: ""}),
        vintage=VINTAGE,
        origin_id=ORIGIN,
    )


def _entries() -> Iterator[tuple[str, dict[str, object]]]:
    for slug, (_, _, _, title, unit, kind) in SERIES.items():
        notes = [NOTES[1]] if unit != "%" else []
        more = entry(title, unit, kind, basis="complete_count", year_kind="calendar", notes=notes)
        yield f"{ORIGIN}:{slug}", more


def _source() -> Source:
    return Source(
        origin_id=ORIGIN,
        publisher="Office for National Statistics",
        title="Conception Statistics, England and Wales, 2017, tables 5 and 6",
        release="2017, published in 2019",
        attribution="Source: Office for National Statistics licensed under the Open Government "
        "Licence v3.0.",
        obtained_via="public repository StatsRhian/gmhsc-workshop-1, "
        "commit d0727282645aac7dac93906a9f29f90b5d42cf8e (3 March 2020)",
    )
