"""The ONS Health Index: indicators of districts 2015 to 2021, and of counties 2015 to 2018."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from hwb_analysis.frame import conform
from hwb_analysis.periods import Period, parse_period
from tools.compile_snapshot.areas import AUTHORITIES, area_types
from tools.compile_snapshot.compiled import (
    Compiled,
    Ledger,
    Source,
    entry,
    read_csv,
    with_periods,
)
from tools.compile_snapshot.plain import home_codes

SPECIFICATION = Path(__file__).with_name("health_index.yaml")
INDEX = "indicators/england/ons_health_index_indicators_ltla.csv.gz"
BETA = "indicators/england/ons_health_index_beta_utla_2015_18.csv.gz"
# A year that repeats its neighbour in nearly every area was filled by the publisher.
REPEATED = 0.9
REPEAT = "no figure of its own: the publisher repeats the year {} for every area"
NOTES = (
    "Values as ONS took them into its index, gaps filled by ONS; no limits, no counts, no England "
    "row: shown, not compared.",
    "A year whose values equal those of the year beside it in nearly every area is a filled-in "
    "copy and is shown as missing.",
    "ONS prints one year. What it stands for was found by setting values of districts beside the "
    "national profiles, where they agree to the last digit.",
)
ATTRIBUTION = (
    "Source: Office for National Statistics licensed under the Open Government Licence v3.0."
)
YEAR_KINDS = {"financial": "financial", "november": "survey", "three-years": "rolling"}
VIA = {
    "health-index": "public repository humaniverse/healthyr, "
    "commit ed2003efc556306bc4421e2b99b17031db47d719 (January 2026)",
    "health-index-beta": "public repository alan-turing-institute/Health-Index-UK, "
    "commit 533d8f34dd9f2399a8c11f2fec0fbda6a30ac4b0",
}
RELEASES = {
    "health-index": ("districts and unitary authorities, 2015 to 2021", "2023-06"),
    "health-index-beta": ("beta, counties and unitary authorities, 2015 to 2018", "2020-12"),
}


def compile(source_dir: Path) -> list[Compiled]:
    """Return the index by district and its beta release by upper-tier authority."""
    told: dict[str, dict[str, Any]] = yaml.safe_load(SPECIFICATION.read_text("utf-8"))
    path, beta = source_dir / INDEX, source_dir / BETA
    areas = source_dir / AUTHORITIES
    raw = read_csv(path, ["indicator", "area_code", "area_name", "year", "value"])
    ledger, own = Ledger(len(raw)), home_codes(source_dir)
    wanted = ledger.keep(raw, raw["indicator"].isin(list(told["index"])), "serve no measure")
    marked = _marked(wanted)
    near = ledger.keep(marked, marked["area_code"].isin(own), "districts elsewhere")
    raw_beta = read_csv(beta, ["variable", "area_code", "area_name", "year", "value"])
    raw_beta = raw_beta.rename(columns={"variable": "indicator"})
    ledger_beta = Ledger(len(raw_beta))
    kept = ledger_beta.keep(raw_beta, raw_beta["indicator"].isin(list(told["beta"])), "serve none")
    return [
        _compiled("health-index", near, told["index"], [path, areas], ledger),
        _compiled("health-index-beta", _marked(kept), told["beta"], [beta], ledger_beta),
    ]


def _marked(raw: pd.DataFrame) -> pd.DataFrame:
    """Name, for every filled-in year of an indicator, the year that it repeats."""
    wide = raw.pivot_table(index=["indicator", "area_code"], columns="year", values="value")
    repeats: dict[tuple[str, int], int] = {}
    for name, rows in wide.groupby(level="indicator"):
        # A mapping of year to the year copied, for this indicator.
        repeats |= {(str(name), y): of for y, of in repeated_years(rows).items()}
    pairs = zip(raw["indicator"], raw["year"], strict=True)
    return raw.assign(repeats=[float(repeats.get((str(i), int(y)), math.nan)) for i, y in pairs])


def repeated_years(rows: pd.DataFrame) -> dict[int, int]:
    """Return which years of a table, one column a year, are copies, and of which year.

    Copies at the start were carried back from the last of their run, copies later
    on were carried forward from the first.

    Examples
    --------
    >>> table = pd.DataFrame({2015: [1.0, 2.0], 2016: [1.0, 2.0], 2017: [3.0, 4.0],
    ...                       2018: [3.0, 4.0]})
    >>> repeated_years(table)
    {2015: 2016, 2018: 2017}
    """
    years = sorted(int(str(y)) for y in rows)
    runs: list[list[int]] = [[years[0]]]
    for before, year in itertools.pairwise(years):
        both = rows[[before, year]].dropna()
        same = len(both) > 0 and float((both[before] == both[year]).mean()) >= REPEATED
        if same:
            runs[-1].append(year)
        else:
            runs.append([year])
    copied: dict[int, int] = {}
    for run in runs:
        kept = run[-1] if run[0] == years[0] else run[0]
        copied |= {year: kept for year in run if year != kept}
    return copied


def _compiled(
    origin_id: str,
    raw: pd.DataFrame,
    told: dict[str, Any],
    inputs: list[Path],
    ledger: Ledger,
) -> Compiled:
    title, vintage = RELEASES[origin_id]
    return Compiled(
        file=f"{origin_id.replace('-', '_')}.parquet",
        frame=conform(_tidy(raw, told, origin_id, vintage)),
        source=Source(
            origin_id=origin_id,
            publisher="Office for National Statistics",
            title=f"Health Index for England, indicators, {title}",
            release=title,
            attribution=ATTRIBUTION,
            obtained_via=VIA[origin_id],
        ),
        inputs=inputs,
        ledger=ledger,
        series={f"{origin_id}:{spec['slug']}": _entry(spec, title) for spec in told.values()},
        notes=NOTES,
    )


def _tidy(raw: pd.DataFrame, told: dict[str, Any], origin_id: str, vintage: str) -> pd.DataFrame:
    specs = [told[name] for name in raw["indicator"]]
    copied, absent = raw["repeats"].notna(), raw["value"].isna()
    hidden = copied | absent
    why = [
        REPEAT.format(int(of)) if c else ("not held" if a else "")
        for of, c, a in zip(raw["repeats"], copied, absent, strict=True)
    ]
    frame = raw.assign(
        series_id=[f"{origin_id}:{spec['slug']}" for spec in specs],
        area=raw["area_name"],
        area_type=area_types(raw["area_code"]),
        sex="Persons",
        age=[spec.get("age", "All ages") for spec in specs],
        value=raw["value"].mask(hidden),
        unit=[spec.get("unit", "%") for spec in specs],
        basis=pd.Series([spec["basis"] for spec in specs], index=raw.index).mask(copied, "imputed"),
        grade="C",
        status=hidden.map({True: "missing", False: "ok"}),
        note=why,
        vintage=vintage,
        origin_id=origin_id,
    )
    pairs = zip(raw["year"], specs, strict=True)
    return with_periods(frame, [index_period(int(y), spec.get("year", "")) for y, spec in pairs])


def index_period(year: int, kind: str) -> Period:
    """Return the days that a year of the index stands for.

    Examples
    --------
    >>> index_period(2017, "financial").label, index_period(2018, "three-years").label
    ('2017/18', '2016 - 18')
    >>> index_period(2018, "november").label
    'Nov 2017 to Nov 2018'
    """
    labels = {
        "financial": f"{year}/{(year + 1) % 100:02d}",
        "november": f"{year - 1}-11-16/P1Y",
        "three-years": f"{year - 2}-01-01/P3Y",
    }
    return parse_period(labels.get(kind, str(year)))


def _entry(spec: dict[str, Any], release: str) -> dict[str, object]:
    return entry(
        f"{spec['title']} (Health Index, {release})",
        spec.get("unit", "%"),
        spec.get("value_type", "proportion"),
        basis=spec["basis"],
        year_kind=YEAR_KINDS.get(spec.get("year", ""), "calendar"),
        notes=list(NOTES),
    )
