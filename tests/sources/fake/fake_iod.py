"""The publisher's files of the deprivation indices: the snapshot's figures in their layout."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from functools import cache

import pandas as pd
from fake_server import Answer

from hwb_analysis.sources.snapshot import current_snapshot
from hwb_analysis.strategy import load_strategy

MEASURES = {
    "score": "Score",
    "rank": "Rank (where 1 is most deprived)",
    "decile": "Decile (where 1 is most deprived 10% of LSOAs)",
}
DOMAINS = {
    "imd": "Index of Multiple Deprivation (IMD)",
    "income": "Income",
    "employment": "Employment",
    "education": "Education, Skills and Training",
    "health": "Health Deprivation and Disability",
    "crime": "Crime",
    "barriers": "Barriers to Housing and Services",
    "living_env": "Living Environment",
}
YEARS = {"2025": ("2021", "2024"), "2019": ("2011", "2019")}


def route(path: str, query: Mapping[str, str]) -> Answer | None:
    """Answer with a file; None for an address that there is not."""
    year = next((y for y in YEARS if f"IoD{y}" in path), "")
    return Answer(text(year).encode("utf-8-sig"), "text/csv") if year else None


@cache
def text(year: str) -> str:
    """Return a whole file: the strategy's small areas, and one elsewhere."""
    wide = _wide(year)
    lsoa, district = YEARS[year]
    head = [
        f"LSOA code ({lsoa})",
        f"LSOA name ({lsoa})",
        f"Local Authority District code ({district})",
    ]
    names = [f"{d} {m}" for d in DOMAINS.values() for m in MEASURES.values()]
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow([*head, *names])
    home = load_strategy().area.districts[0].code
    for (code, name), row in wide.iterrows():
        write.writerow([code, name, home, *(_shown(row.get(n)) for n in names)])
    write.writerow(["E01000001", "City of London 001A", "E09000001", *["1"] * len(names)])
    return out.getvalue()


def _shown(value: object) -> str:
    if value is None or pd.isna(value):
        return "0.5"
    number = float(str(value))
    return f"{number:,.0f}" if number >= 1000 and number.is_integer() else repr(number)


def _wide(year: str) -> pd.DataFrame:
    known = current_snapshot()
    titles = {
        f"iod{year}-lsoa:{slug.replace('_', '-')}-{measure}": f"{title} {heading}"
        for slug, title in DOMAINS.items()
        for measure, heading in MEASURES.items()
    }
    frame = known.frame([s for s in titles if s in known.series])
    return frame.assign(name=frame["series_id"].map(titles)).pivot(
        index=["area_code", "area"], columns="name", values="value"
    )
