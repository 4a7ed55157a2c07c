"""Census and population of Nomis, page by page, for the strategy's areas."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from hwb_analysis.errors import HwbError, SourceError, UsageError, did_you_mean
from hwb_analysis.frame import conform, validate
from hwb_analysis.periods import parse_period
from hwb_analysis.sources.live.bodies import csv_rows
from hwb_analysis.sources.live.fetch import Fetched, Fetcher
from hwb_analysis.sources.live.fingertips_rows import TIERS
from hwb_analysis.sources.live.reading import Reading, frame_of, in_turn, service_origin
from hwb_analysis.sources.snapshot import Snapshot
from hwb_analysis.strategy.model import Strategy
from hwb_analysis.vocabulary import AreaType

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
    known
        The snapshot before: a series that stands for one of it is asked for its areas.
    """

    fetcher: Fetcher
    strategy: Strategy
    page: int = PAGE
    known: Snapshot | None = None

    @property
    def name(self) -> str:
        """Return the name that a manifest records."""
        return "nomis"

    def list(self) -> tuple[str, ...]:
        """Return the identifiers of all series, sorted."""
        return tuple(sorted(_tables()))

    def targets(self) -> Mapping[str, str]:
        """Return every series with the series of the snapshot that it stands for."""
        return {s: str(told.get("stands_for", s)) for s, told in sorted(_tables().items())}

    def close(self) -> None:
        """Close the connections."""
        self.fetcher.close()

    def get(self, series_ids: Iterable[str]) -> pd.DataFrame:
        """Return the tidy frame of the series.

        Raises
        ------
        UsageError
            When a series is unknown.
        SourceError
            When an answer cannot be had, lacks a column or rows, or holds a code twice.
        """
        return frame_of(self, series_ids)

    def each(self, series_ids: Iterable[str]) -> Iterator[tuple[str, Reading | HwbError]]:
        """Yield every series with its reading, or with the reason why it has none.

        Raises
        ------
        UsageError
            When a series is unknown.
        """
        wanted = list(series_ids)
        for series_id in wanted:
            if series_id not in _tables():
                raise UsageError(
                    f"there is no series '{series_id}' of nomis",
                    remedy=did_you_mean(series_id, list(self.list())),
                )
        yield from in_turn(wanted, self._reading)

    def _reading(self, series_id: str) -> Reading:
        told = _tables()[series_id]
        codes = [*told["count"], *told.get("of", ())]
        dimension = str(told["dimension"])
        rows, pages = self._rows(told, codes)
        sex = [told["sexes"]["dimension"]] if "sexes" in told else []
        wide = rows.pivot(
            index=["DATE", "GEOGRAPHY_CODE", "GEOGRAPHY_NAME", *sex],
            columns=dimension,
            values="VALUE",
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
        accessed = min(page.accessed for page in pages)
        tidy = validate(_tidy(frame, count, of, series_id, told, accessed), where=series_id)
        return Reading(
            series_id,
            tidy,
            _entry(told),
            service_origin(
                self.fetcher.service,
                f"Nomis {told['table']}: {told['title']}",
                accessed,
                {page.asked: page.sha256 for page in pages},
                len(rows),
                {"parts of a sum or share, put into one row": len(rows) - len(tidy)},
            ),
            stands_for=str(told.get("stands_for", "")),
        )

    def _places(self, told: Mapping[str, Any]) -> tuple[str, ...]:
        area = self.strategy.area
        districts = [d.code for d in area.districts]
        small = [f"{code}{told['small_areas']}" for code in districts if "small_areas" in told]
        before = str(told.get("stands_for", ""))
        if self.known is None or before not in self.known.series:
            return (area.code, *districts, area.region.code, area.nation.code, *small)
        held = self.known.frame([before])
        large = held.loc[held["area_type"] != AreaType.LSOA.value, "area_code"].unique()
        return (*sorted(large), *small)

    def _rows(
        self, told: dict[str, Any], codes: Iterable[str]
    ) -> tuple[pd.DataFrame, Sequence[Fetched]]:
        dimension, places = str(told["dimension"]), self._places(told)
        sexes = {told["sexes"]["dimension"]: told["sexes"]["codes"]} if "sexes" in told else {}
        asked_for = {dimension: dict.fromkeys(codes), **sexes}
        chosen = {name.lower(): ",".join(wanted) for name, wanted in asked_for.items()}
        base = {
            "geography": ",".join(places),
            **chosen,
            **told["more"],
            "select": ",".join(
                ("date", "geography_code", "geography_name", *chosen, "obs_value", "record_count")
            ),
        }
        key = ("DATE", "GEOGRAPHY_CODE", "GEOGRAPHY_NAME", *asked_for)
        pages: list[pd.DataFrame] = []
        found: list[Fetched] = []
        total = 1
        while sum(map(len, pages)) < total:
            asked = base | {"recordoffset": sum(map(len, pages)), "recordlimit": self.page}
            fetched = self.fetcher.get(f"dataset/{told['table']}.data.csv", asked)
            page = _page(fetched, (*key, "OBS_VALUE", "RECORD_COUNT"))
            total = _total(page, fetched)
            pages.append(page)
            found.append(fetched)
        rows = pd.concat(pages, ignore_index=True)
        rows["VALUE"] = _values(rows, found[0])
        large = {place for place in places if "TYPE" not in place}
        _refuse_lost(rows, total, list(key), large, found[0].asked)
        return rows, found


def _entry(told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": told["title"],
        "unit": told["unit"],
        "value_type": told["value_type"],
        "multiplier": 100 if "of" in told else 1,
        "basis": "complete_count",
        "year_kind": "day",
        "notes": list(told.get("notes", ())),
    }


def _total(page: pd.DataFrame, fetched: Fetched) -> int:
    printed = str(page["RECORD_COUNT"].iloc[0])
    if not printed.isdigit():
        raise SourceError(
            f"the number of rows was expected in RECORD_COUNT, '{printed}' came",
            where=fetched.asked,
            remedy=CHANGED,
        )
    return int(printed)


def _values(rows: pd.DataFrame, fetched: Fetched) -> pd.Series[float]:
    numbers = pd.to_numeric(rows["OBS_VALUE"], errors="coerce").astype("float64")
    odd = numbers.isna() & (rows["OBS_VALUE"].str.strip() != "")
    if odd.any():
        raise SourceError(
            f"numbers were expected in OBS_VALUE, '{rows.loc[odd, 'OBS_VALUE'].iloc[0]}' came",
            where=fetched.asked,
            remedy=CHANGED,
        )
    return numbers


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
    sexes = told.get("sexes")
    sex = frame[sexes["dimension"]].map(sexes["codes"]) if sexes else told.get("sex", "Persons")
    out = frame.assign(
        series_id=series_id,
        area_code=frame["GEOGRAPHY_CODE"],
        area=frame["GEOGRAPHY_NAME"],
        area_type=[_tier(code, series_id) for code in frame["GEOGRAPHY_CODE"]],
        period=[p.label for p in periods],
        period_start=[pd.Timestamp(p.start) for p in periods],
        period_end=[pd.Timestamp(p.end) for p in periods],
        period_kind=[p.kind.value for p in periods],
        sex=sex,
        age=told.get("age", "All ages"),
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


def _tier(code: str, where: str) -> str:
    found = AreaType.LSOA if code.startswith("E01") else TIERS.get(code[:3])
    if found is None:
        raise SourceError(
            f"codes of areas of England were expected, '{code}' came",
            where=where,
            remedy="compare small_areas of nomis.yaml with the publisher's types of areas",
        )
    return found.value


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return dict(yaml.safe_load(FILE.read_text(encoding="utf-8")))
