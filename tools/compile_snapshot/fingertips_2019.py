"""An extract of the national profiles of January 2020: one period each, counts and limits."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hwb_analysis.frame import conform
from tools.compile_snapshot.compiled import Compiled, Ledger, Source, read_csv
from tools.compile_snapshot.fingertips import ATTRIBUTION, PUBLISHER, entries, tidy
from tools.compile_snapshot.home import Home, united

FILE = "figures/fingertips_extract_all_districts_30_indicators_2019.csv.gz"
VINTAGE, ORIGIN, PREFIX = "2020-01", "fingertips-2019", "fingertips-2019"
SUMMED = ("20201", "20401", "20601", "20602", "91720", "93560", "93561")
PUBLISHED_ONLY = ("21001", "41401", "91414", "93014", "93015", "93088")
PER = {"20401": 1000.0}
COLUMNS = {
    "Area_code": "area_code",
    "Area_name": "area",
    "Value": "value",
    "Lower_CI": "lower_95",
    "Upper_CI": "upper_95",
    "Numerator": "count",
    "Denominator": "denominator",
    "period": "label",
    "ID": "fingertips_id",
}
SUM_NOTE = "sum of the counts of the seven districts; the extract has no row for the county"
NOT_NEEDED = "indicators that no success measure needs, or that a newer release holds"
NO_COUNTY = (
    "The copy of the national profiles that was read holds districts, regions and England only; "
    "standardised rates and surveys of districts cannot be added up to the county."
)
NOTES = (
    "One period an indicator, as published until January 2020.",
    "The county is the sum of its districts where counts make the value; standardised rates and "
    "surveys are not added up.",
    "In the two indicators of earnings codes and names of areas are exchanged; they are left out.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return the indicators for districts, neighbours, region, England and the county's sums."""
    path, home = source_dir / FILE, Home.read(source_dir)
    raw = read_csv(path, COLUMNS, dtype={"ID": "str"}).rename(columns=COLUMNS)
    ledger = Ledger(len(raw))
    wanted = raw["fingertips_id"].isin([*SUMMED, *PUBLISHED_ONLY])
    raw = home.keep(ledger.keep(raw, wanted, NOT_NEEDED), ledger)
    raw = raw.assign(sex="Persons", remark="", category_type="", category="", word="")
    frame = united([raw, _county(raw, home)])
    whole = _with_sexes(tidy(frame, prefix=PREFIX, vintage=VINTAGE, origin_id=ORIGIN))
    summed = whole["note"] == SUM_NOTE
    whole.loc[summed, ["status", "grade"]] = ["derived", "A"]
    whole = home.without_county(whole, NO_COUNTY)
    ledger.rows_in += len(whole) - len(raw)
    return [
        Compiled(
            file="fingertips_2019.parquet",
            frame=conform(whole),
            source=_source(),
            inputs=[path],
            ledger=ledger,
            series=entries(raw["fingertips_id"], PREFIX, "Read in January 2020; one period."),
            notes=NOTES,
        )
    ]


def _county(raw: pd.DataFrame, home: Home) -> pd.DataFrame:
    """Add up the districts where count over denominator is the value."""
    own = raw.loc[raw["area_code"].isin(home.districts) & raw["fingertips_id"].isin(SUMMED)]
    keys = ["fingertips_id", "label", "sex", "category_type", "category", "word"]
    groups = own.groupby(keys, as_index=False)
    total = groups.agg(
        count=("count", "sum"), denominator=("denominator", "sum"), districts=("count", "count")
    )
    total = total.loc[total["districts"] == len(home.districts)]
    per = total["fingertips_id"].map(lambda number: PER.get(number, 100.0)).astype("float64")
    return total.drop(columns="districts").assign(
        area_code=home.county,
        area=home.name,
        value=per * total["count"] / total["denominator"],
        remark=SUM_NOTE,
    )


def _with_sexes(frame: pd.DataFrame) -> pd.DataFrame:
    women = frame["series_id"].isin([f"{PREFIX}:{n}" for n in ("20401", "93560", "93561")])
    return frame.assign(sex=women.map({True: "Female", False: "Persons"}))


def _source() -> Source:
    return Source(
        origin_id=ORIGIN,
        publisher=PUBLISHER,
        title="Fingertips indicators for districts with counts and limits, one period each",
        release="as held in January 2020",
        attribution=ATTRIBUTION,
        obtained_via="public repository psychty/la-ph-walkthrough, "
        "blob bef125f63290873a39bdca5ac54689c7ae18092d (January 2020)",
    )
