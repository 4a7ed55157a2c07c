"""The English Indices of Deprivation by small area, from the publisher's own files."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from hwb_analysis.errors import HwbError, SourceError, UsageError, did_you_mean
from hwb_analysis.frame import conform, validate
from hwb_analysis.periods import parse_period
from hwb_analysis.sources.live.answers import PassingError
from hwb_analysis.sources.live.bodies import csv_rows
from hwb_analysis.sources.live.fetch import Fetched, Fetcher
from hwb_analysis.sources.live.reading import Reading, frame_of, in_turn, service_origin
from hwb_analysis.strategy.model import Strategy

FILE = Path(__file__).with_name("iod.yaml")


@dataclass(frozen=True, slots=True)
class Iod:
    """Scores, ranks and deciles of the strategy's small areas; rank and decile 1 most deprived.

    Parameters
    ----------
    fetcher
        Asks the service ``iod``, through the cache.
    strategy
        Its districts decide which small areas are kept.
    """

    fetcher: Fetcher
    strategy: Strategy
    # One file serves many series: its fault is not asked for again either.
    _faults: dict[str, SourceError] = field(default_factory=dict, init=False)

    @property
    def name(self) -> str:
        """Return the name that a manifest records."""
        return "iod"

    def list(self) -> tuple[str, ...]:
        """Return the identifiers of all series, sorted."""
        told = _told()
        return tuple(
            sorted(
                f"{edition}:{domain}-{measure}"
                for edition in _editions()
                for domain in told["domains"]
                for measure in told["measures"]
            )
        )

    def get(self, series_ids: Iterable[str]) -> pd.DataFrame:
        """Return the tidy frame of the series.

        Raises
        ------
        UsageError
            When a series is unknown.
        SourceError
            When a file cannot be had, lacks a column, or holds no small area of the strategy.
        """
        return frame_of(self, series_ids)

    def targets(self) -> Mapping[str, str]:
        """Return every series; each stands for the one of the same name."""
        return {series_id: series_id for series_id in self.list()}

    def close(self) -> None:
        """Close the connections."""
        self.fetcher.close()

    def each(self, series_ids: Iterable[str]) -> Iterator[tuple[str, Reading | HwbError]]:
        """Yield every series with its reading, or with the reason why it has none.

        Raises
        ------
        UsageError
            When a series is unknown.
        """
        wanted, known = list(series_ids), self.list()
        for series_id in wanted:
            if series_id not in known:
                raise UsageError(
                    f"there is no series '{series_id}' of the indices of deprivation",
                    remedy=did_you_mean(series_id, list(known)),
                )
        self._faults.clear()
        yield from in_turn(wanted, self._reading)

    def _reading(self, series_id: str) -> Reading:
        edition, _, slug = series_id.partition(":")
        domain, _, measure = slug.rpartition("-")
        told = _editions()[edition]
        fetched = self._file(edition, told)
        raw, rows_in = self._own(fetched, told, _column(fetched, domain, measure))
        frame = validate(_tidy(raw, series_id, measure, told), where=series_id)
        title = f"English Indices of Deprivation {told['year']}, file 7"
        dropped = {"small areas elsewhere": rows_in - len(frame)}
        inputs = {fetched.asked: fetched.sha256}
        service = self.fetcher.service
        return Reading(
            series_id,
            frame,
            _entry(domain, measure, told),
            service_origin(service, title, fetched.accessed, inputs, rows_in, dropped),
            stands_for=series_id,
            keeps_notes=True,
        )

    def _file(self, edition: str, told: Mapping[str, Any]) -> Fetched:
        if edition in self._faults:
            raise self._faults[edition]
        try:
            return self.fetcher.get(str(told["path"]))
        except SourceError as error:
            kind = PassingError if isinstance(error, PassingError) else SourceError
            fault = kind(
                error.message,
                where=error.where or "",
                remedy=f"{error.remedy}; files issued again get another address, read it from "
                f"{told['page']} and mend iod.yaml",
            )
            self._faults[edition] = fault
            raise fault from error

    def _own(
        self, fetched: Fetched, told: Mapping[str, Any], column: str
    ) -> tuple[pd.DataFrame, int]:
        names = {told["code"]: "area_code", told["name"]: "area", told["district"]: "district"}
        heading = csv_rows(fetched.content, fetched.asked)[0]
        absent = [name for name in names if name not in heading]
        if absent:
            raise _changed(f"the columns {', '.join(absent)} were expected", fetched)
        raw = pd.read_csv(
            io.BytesIO(fetched.content),
            dtype="str",
            encoding="utf-8-sig",
            keep_default_na=False,
            na_values=[""],
        )
        area = self.strategy.area
        own = raw[told["district"]].isin([area.code, *(d.code for d in area.districts)])
        if not own.any():
            raise _changed("small areas of the strategy's districts were expected", fetched)
        kept = raw.loc[own, [*names, column]].rename(columns={**names, column: "value"})
        numbers = pd.to_numeric(kept["value"].str.replace(",", ""), errors="coerce")
        odd = numbers.isna() & kept["value"].notna()
        if odd.any():
            came = kept.loc[odd, "value"].iloc[0]
            raise _changed(f"numbers were expected in '{column}' and not '{came}'", fetched)
        twice = kept["area_code"].duplicated()
        if twice.any():
            came = kept.loc[twice, "area_code"].iloc[0]
            raise _changed(f"one row a small area was expected and not two for {came}", fetched)
        kept["value"] = numbers
        return kept.reset_index(drop=True), len(raw)


def _entry(domain: str, measure: str, told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": f"{_told()['domains'][domain]}, {measure}, {told['year']}",
        "unit": measure,
        "value_type": "score",
        "multiplier": 1,
        "basis": "derived",
        "year_kind": "calendar",
        "notes": ["Rank 1 and decile 1 are the most deprived of all small areas of England."],
    }


def _column(fetched: Fetched, domain: str, measure: str) -> str:
    heading = csv_rows(fetched.content, fetched.asked)[0]
    start, kind = _told()["domains"][domain], _told()["measures"][measure]
    # One heading of the publisher is cut short: a beginning is enough, if it fits one only.
    found = [name for name in heading if name.startswith(f"{start} {kind}")]
    if len(found) != 1:
        raise _changed(f"one column '{start} {kind}' was expected", fetched)
    return found[0]


def _changed(expected: str, fetched: Fetched) -> SourceError:
    return SourceError(
        f"{expected}, the file has another layout",
        where=fetched.asked,
        remedy="the publisher changed the file: compare its headings with iod.yaml",
    )


def _tidy(
    frame: pd.DataFrame, series_id: str, measure: str, told: Mapping[str, Any]
) -> pd.DataFrame:
    period = parse_period(str(told["year"]))
    held = frame["value"].notna()
    return conform(
        frame.assign(
            series_id=series_id,
            area_type="LSOA",
            period=period.label,
            period_start=pd.Timestamp(period.start),
            period_end=pd.Timestamp(period.end),
            period_kind=period.kind.value,
            sex="Persons",
            age="All ages",
            unit=measure,
            basis="derived",
            grade=held.map({True: "C", False: "D"}),
            status=held.map({True: "ok", False: "missing"}),
            note=held.map({True: "", False: "the source prints no value and no reason"}),
            vintage=str(told["released"]),
            origin_id=series_id.partition(":")[0],
        ).drop(columns="district")
    )


def _editions() -> dict[str, dict[str, Any]]:
    return {k: v for k, v in _told().items() if k not in ("measures", "domains")}


@cache
def _told() -> dict[str, dict[str, Any]]:
    return dict(yaml.safe_load(FILE.read_text(encoding="utf-8")))
