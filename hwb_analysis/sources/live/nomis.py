"""Census and population of Nomis, page by page, for the strategy's areas."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from hwb_analysis.errors import SourceError, UsageError, did_you_mean
from hwb_analysis.frame import conform, validate
from hwb_analysis.periods import parse_period
from hwb_analysis.sources.live.bodies import csv_rows
from hwb_analysis.sources.live.fetch import Fetched, Fetcher
from hwb_analysis.sources.live.fingertips_rows import TIERS
from hwb_analysis.strategy.model import Strategy

FILE = Path(__file__).with_name("nomis.yaml")
PAGE = 25_000
CHANGED = "the publisher changed the table: compare it with nomis.yaml; nothing was kept"


@dataclass(frozen=True, slots=True)
class Nomis:
    """The tables of nomis.yaml as series, for the areas of the strategy.

    Parameters
    ----------
    fetcher
        Asks the service ``nomis``, through the cache. No key is needed or sent.
    strategy
        Names the areas.
    page
        Rows asked for at once.
    """

    fetcher: Fetcher
    strategy: Strategy
    page: int = PAGE

    @property
    def name(self) -> str:
        """Return the name that a manifest records."""
        return "nomis"

    def list(self) -> tuple[str, ...]:
        """Return the identifiers of all series, sorted."""
        return tuple(sorted(_tables()))

    def get(self, series_ids: Iterable[str]) -> pd.DataFrame:
        """Return the tidy frame of the series.

        Raises
        ------
        UsageError
            When a series is unknown.
        SourceError
            When an answer cannot be had, lacks a column or rows, or holds a code twice.
        """
        frames = []
        for series_id in series_ids:
            if series_id not in _tables():
                raise UsageError(
                    f"there is no series '{series_id}' of nomis",
                    remedy=did_you_mean(series_id, list(self.list())),
                )
            with self.fetcher:
                frames.append(self._series(series_id, _tables()[series_id]))
        out = pd.concat(frames, ignore_index=True) if frames else conform(pd.DataFrame())
        out.attrs = {"snapshot": self.name, "origins": tuple(out["origin_id"].unique())}
        return validate(out, where=self.name)

    def _series(self, series_id: str, told: dict[str, Any]) -> pd.DataFrame:
        codes = [*told["count"], *told.get("of", ())]
        dimension = str(told["dimension"])
        rows, accessed = self._rows(told, codes)
        wide = rows.pivot(
            index=["DATE", "GEOGRAPHY_CODE", "GEOGRAPHY_NAME"], columns=dimension, values="VALUE"
        )
        absent = [code for code in codes if code not in wide]
        if absent:
            raise SourceError(
                f"the codes {', '.join(absent)} of {dimension} were expected and are missing",
                where=series_id,
                remedy=CHANGED,
            )
        frame = wide.index.to_frame(index=False)
        # A sum with a missing part is missing.
        count = wide[told["count"]].sum(axis=1, skipna=False).to_numpy()
        of = wide[told["of"]].sum(axis=1, skipna=False).to_numpy() if "of" in told else np.nan
        return _tidy(frame, count, of, series_id, told, accessed)

    def _rows(self, told: dict[str, Any], codes: Iterable[str]) -> tuple[pd.DataFrame, str]:
        dimension = str(told["dimension"])
        area = self.strategy.area
        places = (area.code, *(d.code for d in area.districts), area.region.code, area.nation.code)
        base = {
            "geography": ",".join(places),
            dimension.lower(): ",".join(dict.fromkeys(codes)),
            **told["more"],
            "select": f"date,geography_code,geography_name,{dimension.lower()},"
            "obs_value,record_count",
        }
        needed = ("DATE", "GEOGRAPHY_CODE", "GEOGRAPHY_NAME", dimension, "OBS_VALUE")
        pages: list[pd.DataFrame] = []
        found: list[Fetched] = []
        total = 1
        while sum(map(len, pages)) < total:
            asked = base | {"recordoffset": sum(map(len, pages)), "recordlimit": self.page}
            fetched = self.fetcher.get(f"dataset/{told['table']}.data.csv", asked)
            page = _page(fetched, (*needed, "RECORD_COUNT"))
            total = int(page["RECORD_COUNT"].iloc[0])
            pages.append(page)
            found.append(fetched)
        rows = pd.concat(pages, ignore_index=True)
        rows["VALUE"] = pd.to_numeric(rows["OBS_VALUE"], errors="coerce")
        _refuse_lost(rows, total, list(needed[:4]), set(places), found[0].asked)
        return rows, min(fetched.accessed for fetched in found)


def _page(fetched: Fetched, needed: tuple[str, ...]) -> pd.DataFrame:
    heading = csv_rows(fetched.content, fetched.asked)[0]
    absent = [name for name in needed if name not in heading]
    if absent:
        raise SourceError(
            f"the columns {', '.join(absent)} were expected and are missing",
            where=fetched.asked,
            remedy=CHANGED,
        )
    page = pd.read_csv(io.BytesIO(fetched.content), dtype="str", keep_default_na=False)
    if page.empty:
        raise SourceError(
            "rows were expected, the answer holds the heading only",
            where=fetched.asked,
            remedy="the table has no figures for these areas or codes, or a page was lost: "
            "compare the table with nomis.yaml",
        )
    return page


def _refuse_lost(
    rows: pd.DataFrame, total: int, key: list[str], places: set[str], where: str
) -> None:
    doubled = int(rows.duplicated(key).sum())
    if len(rows) != total or doubled:
        raise SourceError(
            f"{total:,} different rows were expected, {len(rows):,} came, {doubled:,} of them "
            "twice",
            where=where,
            remedy="pages were lost or repeated on the way: try again later",
        )
    absent = sorted(places - set(rows["GEOGRAPHY_CODE"]))
    if absent:
        raise SourceError(
            f"rows for {', '.join(absent)} were expected and are missing",
            where=where,
            remedy="the codes may have changed: compare the registry's area with the publisher's",
        )


def _tidy(
    frame: pd.DataFrame, count: Any, of: Any, series_id: str, told: dict[str, Any], accessed: str
) -> pd.DataFrame:
    periods = [parse_period(told["day"].format(year=str(date)[:4])) for date in frame["DATE"]]
    share = "of" in told
    out = frame.assign(
        series_id=series_id,
        area_code=frame["GEOGRAPHY_CODE"],
        area=frame["GEOGRAPHY_NAME"],
        area_type=[TIERS[code[:3]].value for code in frame["GEOGRAPHY_CODE"]],
        period=[p.label for p in periods],
        period_start=[pd.Timestamp(p.start) for p in periods],
        period_end=[pd.Timestamp(p.end) for p in periods],
        period_kind=[p.kind.value for p in periods],
        sex="Persons",
        age="All ages",
        count=count,
        denominator=of,
        value=100 * count / of if share else count,
        unit=told["unit"],
        basis="complete_count",
        vintage=accessed[:7],
        origin_id=series_id.replace(":", "-"),
    )
    held = out["value"].notna()
    out["grade"] = held.map({True: "A", False: "D"})
    out["status"] = held.map({True: "ok", False: "missing"})
    out["note"] = held.map({True: "", False: "the source prints no value and no reason"})
    return conform(out)


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return dict(yaml.safe_load(FILE.read_text(encoding="utf-8")))
