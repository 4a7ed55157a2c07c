"""The national profiles as a source: the registry's indicators, each on the newest boundaries.

Indicators are asked for in batches. When a batch fails, its indicators are asked for one by
one, so that a fault of one keeps no other back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from hwb_analysis.areas import load_areas
from hwb_analysis.errors import HwbError, SourceError, UsageError, did_you_mean
from hwb_analysis.frame import conform, validate
from hwb_analysis.sources.code_changes import CodeChanges, load_changes
from hwb_analysis.sources.corrections import Correction, apply_corrections
from hwb_analysis.sources.live.answers import PassingError
from hwb_analysis.sources.live.definitions import (
    PREFIX,
    Definition,
    define,
    numbers_of,
    specification,
)
from hwb_analysis.sources.live.fetch import Fetched, Fetcher
from hwb_analysis.sources.live.fingertips_api import MOST_NUMBERS, FingertipsApi
from hwb_analysis.sources.live.fingertips_rows import Wanted, refuse_absent_home, tidy_rows
from hwb_analysis.sources.live.fingertips_table import Table, read_table, without_duplicates
from hwb_analysis.sources.live.notices import Notice
from hwb_analysis.sources.live.reading import given_up
from hwb_analysis.sources.snapshot import Snapshot
from hwb_analysis.strategy.model import Strategy

BATCH = 10
GIVE_UP = 5


@dataclass(frozen=True, slots=True)
class Boundaries:
    """An area type of the service and the last year whose areas it holds."""

    id: int
    boundaries: int


@dataclass(slots=True)
class LiveSeries:
    """One indicator as it was read now."""

    told: Definition
    frame: pd.DataFrame
    inputs: dict[str, str]
    accessed: str
    rows_in: int
    dropped: dict[str, int]
    notices: list[Notice] = field(default_factory=list)


@dataclass(slots=True)
class LiveFingertips:
    """The registry's indicators from the national profiles.

    Parameters
    ----------
    fetcher
        Asks the service, through the cache.
    strategy
        Names the indicators and the areas of home.
    known
        The snapshot before: its series keep their definitions. None for none.
    corrections
        Known faults, mended on the way.
    batch
        Indicators asked for at once.

    Raises
    ------
    UsageError
        When an indicator is asked for that neither the registry nor the snapshot names.
    """

    fetcher: Fetcher
    strategy: Strategy
    known: Snapshot | None = None
    corrections: Sequence[Correction] = ()
    batch: int = BATCH
    changes: CodeChanges = field(default_factory=load_changes)
    _metadata: dict[int, dict[str, Any]] = field(default_factory=dict, init=False)
    _tables: dict[tuple[int, int], tuple[Table, Fetched]] = field(default_factory=dict, init=False)
    _failed: set[int] = field(default_factory=set, init=False)

    @property
    def name(self) -> str:
        """Return the name that a manifest records."""
        return PREFIX

    @property
    def api(self) -> FingertipsApi:
        """Return the questions that the service answers."""
        return FingertipsApi(self.fetcher)

    def list(self) -> tuple[str, ...]:
        """Return the series that the registry names or the snapshot before holds, sorted."""
        named = numbers_of(self.strategy, self.known)
        return tuple(sorted(f"{PREFIX}:{number}" for number in named))

    def get(self, series_ids: Iterable[str]) -> pd.DataFrame:
        """Return the tidy frame of the series.

        Raises
        ------
        SourceError
            The first fault of any of them: a caller who wants the others uses :meth:`each`.
        """
        frames = []
        with self.fetcher:
            for _, found in self.each(series_ids):
                if isinstance(found, HwbError):
                    raise found
                frames.append(found.frame)
        out = pd.concat(frames, ignore_index=True) if frames else conform(pd.DataFrame())
        out.attrs = {"snapshot": self.name, "origins": tuple(out["origin_id"].unique())}
        return out

    def each(self, series_ids: Iterable[str]) -> Iterator[tuple[str, LiveSeries | HwbError]]:
        """Yield every series with its rows, or with the reason why it has none."""
        numbers = [self._number(series_id) for series_id in series_ids]
        failures = 0
        for start in range(0, len(numbers), self.batch):
            some = numbers[start : start + self.batch]
            # What a reader who stopped half-way left must not be taken for new.
            self._tables.clear()
            self._failed.clear()
            if failures < GIVE_UP:
                self._prepare(some)
            for number in some:
                down, series_id = failures >= GIVE_UP, f"{PREFIX}:{number}"
                found = given_up(GIVE_UP, series_id) if down else self._tried(number)
                # A service that is down is not asked a hundred times more.
                failed = isinstance(found, PassingError)
                failures = failures + 1 if failed or failures >= GIVE_UP else 0
                yield series_id, found

    def _tried(self, number: int) -> LiveSeries | HwbError:
        try:
            return self._series(number)
        except HwbError as error:
            return error

    def _number(self, series_id: str) -> int:
        if series_id not in self.list():
            raise UsageError(
                f"neither registry nor snapshot names '{series_id}' of the national profiles",
                remedy=did_you_mean(series_id, list(self.list())),
            )
        return int(series_id.partition(":")[2])

    def _prepare(self, numbers: Sequence[int]) -> None:
        """Ask for a whole batch on the newest boundaries; its faults are met one by one later."""
        try:
            asked = [n for n in numbers if n not in self._metadata][:MOST_NUMBERS]
            self._metadata |= self.api.metadata(asked) if asked else {}
        except SourceError:
            pass
        for kind in _newest():
            try:
                fetched = self._ask(numbers, kind)
                table = read_table(fetched.content, fetched.asked)
            except SourceError:
                self._failed.add(kind.id)
                continue
            for number in numbers:
                own = table.rows.loc[table.rows["number"] == str(number)]
                if len(own):
                    alone = Table(own.reset_index(drop=True), len(own), {}, list(table.notices))
                    self._tables[number, kind.id] = (alone, fetched)

    def _ask(self, numbers: Sequence[int], kind: Boundaries) -> Fetched:
        return self.api.data(numbers, kind.id, specification()["parents"]["region"])

    def _series(self, number: int) -> LiveSeries:
        if number not in self._metadata:
            self._metadata |= self.api.metadata([number])
        if number not in self._metadata:
            raise SourceError(
                "metadata were expected, the service does not know the number any more",
                where=f"{PREFIX}:{number}",
                remedy="the indicator was withdrawn or renumbered: look for its successor and add "
                "it to the registry",
            )
        told = define(number, self._metadata[number], self.strategy, self.known)
        parts = self._parts(number)
        if not parts:
            raise self._nothing(number)
        return self._made(told, parts)

    def _parts(self, number: int) -> Sequence[tuple[Table, Fetched]]:
        """Return the tables of an indicator, all on the newest boundaries that it has."""
        newest = _newest()
        at_hand = [kind for kind in newest if (number, kind.id) in self._tables]
        if at_hand and not self._failed & {kind.id for kind in newest}:
            return [self._checked(number, k, self._tables[number, k.id]) for k in at_hand]
        available = self.api.available(number)
        served = [kind for kind in _area_types() if kind.id in available]
        last = max((kind.boundaries for kind in served), default=0)
        return [self._part(number, kind) for kind in served if kind.boundaries == last]

    def _part(self, number: int, kind: Boundaries) -> tuple[Table, Fetched]:
        if (number, kind.id) in self._tables:
            return self._checked(number, kind, self._tables[number, kind.id])
        fetched = self._ask([number], kind)
        return self._checked(number, kind, (read_table(fetched.content, fetched.asked), fetched))

    def _checked(
        self,
        number: int,
        kind: Boundaries,
        part: tuple[Table, Fetched],
    ) -> tuple[Table, Fetched]:
        table, fetched = part
        strange = set(table.rows["number"]) - {str(number)}
        if strange:
            raise SourceError(
                f"indicator {number} was expected, {', '.join(sorted(strange)[:3])} came with it",
                where=fetched.asked,
                remedy="the service mixes answers up: try again later; nothing was taken",
            )
        gone = sorted(set(table.rows["area_code"]) & self.changes.gone_by(kind.boundaries))
        if gone:
            raise SourceError(
                f"areas of {kind.boundaries} were expected (area type {kind.id}), areas that had "
                f"gone by then came: {self.changes.story(gone[0])}",
                where=fetched.asked,
                remedy="the area type holds other boundaries than fingertips.yaml says: compare "
                "`area_types` with it; the last snapshot stays as it is",
            )
        if kind not in _newest():
            said = f"published on the boundaries of {kind.boundaries} only (area type {kind.id})"
            table.notices.append(Notice("boundaries", f"{PREFIX}:{number}", said))
        return part

    def _nothing(self, number: int) -> SourceError:
        available = self.api.available(number)
        kinds = ", ".join(map(str, available)) or "none"
        return SourceError(
            "figures of districts or of counties were expected, the service has none "
            f"(area types of the indicator: {kinds})",
            where=f"{PREFIX}:{number}",
            remedy="the indicator was withdrawn, or is published for other areas: look it up on "
            "the publisher's site",
        )

    def _made(self, told: Definition, parts: Sequence[tuple[Table, Fetched]]) -> LiveSeries:
        whole = Table(
            pd.concat([table.rows for table, _ in parts], ignore_index=True),
            sum(len(table.rows) for table, _ in parts),
            notices=[notice for table, _ in parts for notice in table.notices],
        )
        whole = without_duplicates(whole, told.series_id)
        accessed = min(fetched.accessed for _, fetched in parts)
        rows = tidy_rows(
            whole.rows,
            told,
            self._wanted(),
            vintage=accessed[:7],
            origin_id=told.series_id.replace(":", "-"),
        )
        home = self._home()
        refuse_absent_home(rows.frame, told, home, {c: self.changes.story(c) for c in home})
        frame, lines = apply_corrections(rows.frame, self.corrections)
        mended = [Notice("correction", told.series_id, line) for line in lines]
        validate(frame, where=told.series_id)
        return LiveSeries(
            told,
            frame,
            {fetched.asked: fetched.sha256 for _, fetched in parts},
            accessed,
            whole.rows_in,
            {**whole.dropped, **rows.dropped},
            [*whole.notices, *rows.notices, *mended],
        )

    def _home(self) -> tuple[str, ...]:
        area = self.strategy.area
        return (area.code, *(district.code for district in area.districts))

    def _wanted(self) -> Wanted:
        area = self.strategy.area
        around = (area.region.code, area.nation.code)
        known = frozenset(a.code for a in load_areas())
        return Wanted(frozenset((*self._home(), *around)), known)


def _area_types() -> tuple[Boundaries, ...]:
    told = specification()["area_types"]
    return tuple(Boundaries(**kind) for tier in ("upper", "lower") for kind in told[tier])


def _newest() -> tuple[Boundaries, ...]:
    last = max(kind.boundaries for kind in _area_types())
    return tuple(kind for kind in _area_types() if kind.boundaries == last)
