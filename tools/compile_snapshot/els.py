"""Local indicators of the ONS service Explore Local Statistics, with limits where published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from hwb_analysis.errors import SourceError
from hwb_analysis.frame import conform
from hwb_analysis.periods import Period, parse_period
from tools.compile_snapshot.areas import area_types
from tools.compile_snapshot.compiled import (
    Compiled,
    Ledger,
    Source,
    entry,
    join_notes,
    read_csv,
    with_periods,
)

FILE = "indicators/footprint/ons_explore_local_statistics.csv"
VINTAGE, ORIGIN = "2026-06", "els"
SPECIFICATION = Path(__file__).with_name("els.yaml")
SCHOOL_YEAR = "persistent-absences"
WITHHELD = {
    "u": ("suppressed", "not published: unreliable"),
    "c": ("suppressed", "not published: confidential"),
    "x": ("missing", "not available"),
}
OUTSIDE = "limits left out: the value lies outside them"
NOTES = (
    "Periods are printed as ISO intervals; school years printed as starting on 1 August are "
    "taken as academic years.",
    "Values marked unreliable or confidential by ONS are not printed there and are shown here as "
    "suppressed. Estimates from samples of 3 to 9 people are printed without limits.",
    "Some county rows are sums that ONS made from districts; their notes say so.",
    "Only 95 % limits are published. Rows without limits may be shown, not tested.",
    "Healthy life expectancy is the revised series: figures for the same years in older releases "
    "differ.",
)
Specification = dict[str, dict[str, dict[str, Any]]]


def compile(source_dir: Path) -> list[Compiled]:
    """Return the indicators that els.yaml describes, for the areas of the input file."""
    path = source_dir / FILE
    columns = ["dataset", "indicator", "area_code", "period", "value", "lci95", "uci95", "status"]
    raw = read_csv(path, columns)
    ledger = Ledger(len(raw))
    wanted: Specification = yaml.safe_load(SPECIFICATION.read_text("utf-8"))
    reason = "datasets that no success measure needs"
    raw = ledger.keep(raw, raw["dataset"].isin(list(wanted)), reason)
    known = [i in wanted[d] for d, i in zip(raw["dataset"], raw["indicator"], strict=True)]
    if not all(known):
        first = raw.loc[[not k for k in known], "indicator"].iloc[0]
        raise SourceError(
            f"{path.name} has the indicator '{first}', which els.yaml does not describe",
            where=str(SPECIFICATION),
            remedy="describe it there",
        )
    return [
        Compiled(
            file="els.parquet",
            frame=conform(_tidy(raw, wanted)),
            source=_source(),
            inputs=[path],
            ledger=ledger,
            series=dict(_entries(raw, wanted)),
            notes=NOTES,
        )
    ]


def _tidy(raw: pd.DataFrame, wanted: Specification) -> pd.DataFrame:
    pairs = list(zip(raw["dataset"], raw["indicator"], strict=True))

    def told(field: str, default: str) -> list[str]:
        return [str(wanted[d][i].get(field, default)) for d, i in pairs]

    dated = zip(raw["dataset"], raw["period"], strict=True)
    frame = with_periods(raw, [els_period(text, dataset) for dataset, text in dated])
    frame = frame.assign(
        series_id=[f"els:{slug}" for slug in told("slug", "")],
        area=raw["area_name"],
        area_type=area_types(raw["area_code"]),
        sex=told("sex", "Persons"),
        age=told("age", "All ages"),
        unit=told("unit", "%"),
        basis=told("basis", ""),
        vintage=VINTAGE,
        origin_id=ORIGIN,
    )
    return _limits(frame, told("note", ""))


def _limits(frame: pd.DataFrame, own: list[str]) -> pd.DataFrame:
    """Take limits over where they hold the value, and say why a value is not there."""
    marks = frame["status"].map(lambda mark: WITHHELD.get(str(mark), ("ok", "")))
    low, high = frame["lci95"], frame["uci95"]
    outside = (low > frame["value"]) | (high < frame["value"])
    limited = low.notna() & high.notna() & frame["value"].notna() & ~outside
    parts = zip(marks, outside, frame["notes"].astype("object").fillna(""), own, strict=True)
    return frame.assign(
        lower_95=low.where(limited),
        upper_95=high.where(limited),
        method=limited.map({True: "published", False: ""}),
        grade=limited.map({True: "A", False: "C"}),
        status=[status for status, _ in marks],
        note=[join_notes(why, OUTSIDE if o else "", n, mine) for (_, why), o, n, mine in parts],
    )


def els_period(text: str, dataset: str = "") -> Period:
    """Return the period that an ISO interval of the service means.

    Examples
    --------
    >>> els_period("2021-01-01/P3Y").label
    '2021 - 23'
    >>> els_period("2023-08-01/P1Y", "persistent-absences-for-all-pupils").label
    '2023/24'
    """
    if dataset.startswith(SCHOOL_YEAR):
        text = text.replace("-08-01/", "-09-01/")
    return parse_period(text)


def _entries(raw: pd.DataFrame, wanted: Specification) -> Iterator[tuple[str, dict[str, object]]]:
    """Give the entry of each series; the kinds of period are those found in the figures."""
    for key, rows in raw.groupby(["dataset", "indicator"], sort=True):
        dataset, indicator = str(key[0]), str(key[1])
        told = wanted[dataset][indicator]
        kinds = sorted({els_period(p, dataset).kind.value for p in rows["period"]})
        yield (
            f"els:{told['slug']}",
            entry(
                told["title"],
                told.get("unit", "%"),
                told.get("value_type", "proportion"),
                basis=told["basis"],
                year_kind=", ".join(kinds),
                notes=[told["note"]] if "note" in told else [],
            ),
        )


def _source() -> Source:
    return Source(
        origin_id=ORIGIN,
        publisher="Office for National Statistics",
        title="Explore Local Statistics, indicators of health, work, income, schools and places",
        release="as held on 26 June 2026",
        attribution="Source: Office for National Statistics licensed under the Open Government "
        "Licence v3.0, with figures of DfE, DfT, DWP, DESNZ, OHID and NHS England.",
        obtained_via="public repository ONSdigital/explore-local-statistics-data, "
        "commit 4972c588d0c192839afc8fa54ae82cb3dc7721ed (26 June 2026)",
    )
