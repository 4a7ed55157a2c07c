"""What a run must not show: the unpublished figures of returns, plans and local files.

Gathered once before a run, from the files themselves; without local files nothing is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hwb_analysis.disclosure.leak_ties import Secret, numbers_in, spellings, telling
from hwb_analysis.disclosure.leaks import secrets_of
from hwb_analysis.errors import HwbError
from hwb_analysis.reports.guard_known import Known, series_of, span_of, together
from hwb_analysis.sources.local.folder import local_folder, map_files
from hwb_analysis.sources.local.rules import rule_set
from hwb_analysis.sources.plans import FOLDER as PLANS
from hwb_analysis.sources.plans import PlanRow, read_plan
from hwb_analysis.sources.returns import MeasureReturn, read_returns, shown_figure
from hwb_analysis.vocabulary import Status

if TYPE_CHECKING:
    import pandas as pd

    from hwb_analysis.sources.snapshot import Snapshot
    from hwb_analysis.strategy.model import Measure, Strategy
    from hwb_analysis.strategy.views import View

PERIOD = "period"
# Words that stand with a returned figure, or with one of a plan, wherever it is shown.
OF_RETURNS = ("returned", "returned figure", "local evidence", "return")
OF_PLANS = ("actual", "actual minus planned", "plan-actual", "plan")
# Beyond so many rows only withheld figures of a file are looked for, not rounded ones.
MANY_ROWS = 20_000


def gather(strategy: Strategy, snapshot: Snapshot, rule: str) -> tuple[Secret, ...]:
    """Return every figure of the local files that a run must not show.

    Parameters
    ----------
    strategy, snapshot
        What the reports are about, and the published figures beside the local ones.
    rule
        A disclosure rule that the run applies to local files besides their own.

    Raises
    ------
    LocalFileError
        A form or a plan that breaks a rule; every fault is told.
    """
    # Whether a day lies in the future is for the reports to say, not for a search.
    returns = read_returns(strategy, as_of=date.max).measures
    plans = [(view.slug, row) for view in strategy.views for row in _plan(view)]
    known = Known(strategy, snapshot, returns, [row for _, row in plans])
    return (
        *_of_returns(returns, known),
        *_of_plans(plans, known),
        *_of_files(known, rule),
    )


def _plan(view: View) -> tuple[PlanRow, ...]:
    return tuple(read_plan(view.slug, view.measures))


def any_local_file() -> bool:
    """Say whether anything lies in the folder of local files that may hold a figure."""
    place = local_folder()
    found = (place.glob(pattern) for pattern in ("returns/*", f"{PLANS}/*"))
    return any(path.is_file() for paths in (map_files(place), *found) for path in paths)


# -- returns -----------------------------------------------------------------------


def _of_returns(returns: Mapping[str, Sequence[MeasureReturn]], known: Known) -> Iterator[Secret]:
    for own, items in returns.items():
        measure = known.strategy.measure(own)
        labels = {i.period.label.lower() for i in items if i.period}
        for item in items:
            yield from _of_return(item, measure, labels, known)


def _of_return(
    item: MeasureReturn, measure: Measure, labels: set[str], known: Known
) -> Iterator[Secret]:
    label = item.period.label.lower() if item.period else ""
    days = [d.isoformat() for d in (item.period.start, item.period.end)] if item.period else []
    where = f"{item.measure_id} {label}, {Path(item.file).name} row {item.row}".replace(" ,", ",")
    for number, by_itself in _hidden(item):
        yield Secret(
            where=where,
            area=(),
            own={PERIOD: label},
            others={PERIOD: frozenset(labels - {label})},
            written=_written(number, shown_figure(item).value),
            telling=telling(number) if by_itself else frozenset(),
            subject=_names(measure),
            # Without a series nothing else of the measure is shown.
            needs=(*OF_RETURNS, label, *days) if series_of(known.strategy, measure) else (),
            known=known.labels(number, measure),
            said=_said(known.strategy, measure),
        )


def _hidden(item: MeasureReturn) -> Iterator[tuple[float, bool]]:
    """Yield what is not shown of a return, and whether it is told by its digits alone.

    A denominator is not: how many people live somewhere is published elsewhere.
    """
    shown, rule = shown_figure(item).value, rule_set(item.disclosure)
    if not rule.highest:
        return
    if item.value is not None and item.value != shown:
        yield item.value, True
    for count, by_itself in ((item.count, True), (item.denominator, False)):
        kept = count is not None and shown is not None and rule.rounded(count) == count
        if count is not None and not kept and count != item.value:
            yield count, by_itself


# -- plans -------------------------------------------------------------------------


def _of_plans(plans: Sequence[tuple[str, PlanRow]], known: Known) -> Iterator[Secret]:
    for report, row in plans:
        of_one = [other for name, other in plans if name == report]
        same = [one for one in of_one if one.measure_id == row.measure_id]
        yield from _of_plan(row, same, report, known)


def _of_plan(row: PlanRow, same: Sequence[PlanRow], report: str, known: Known) -> Iterator[Secret]:
    if row.actual is None or row.shown_actual is not None:
        return
    measure, label = known.strategy.measure(row.measure_id), span_of(row)
    for number in dict.fromkeys((row.actual, row.actual - row.planned)):
        yield Secret(
            where=f"{row.measure_id} {label}, {PLANS}/{report}.csv",
            area=(),
            own={PERIOD: label},
            others={PERIOD: frozenset(span_of(one) for one in same) - {label}},
            written=spellings(number),
            telling=telling(number),
            subject=_names(measure),
            needs=(*OF_PLANS, label, row.start.isoformat(), row.end.isoformat()),
            known=known.labels(number, measure),
            said=_said(known.strategy, measure),
        )


# -- local files -------------------------------------------------------------------


def _of_files(known: Known, rule: str) -> Iterator[Secret]:
    for path in map_files(local_folder()):
        yield from _of_file(path, known, rule)


def _of_file(path: Path, known: Known, rule: str) -> list[Secret]:
    from hwb_analysis.sources.local.load import read_truth
    from hwb_analysis.sources.local.shown import shown_data, strategy_parents

    strategy = known.strategy
    try:
        data = read_truth(path)
    except HwbError:
        # A map that somebody is still writing stops no run: no report can read its file.
        return []
    try:
        safe = shown_data(path, parents=strategy_parents(strategy), rule=rule).frame
    except HwbError:
        # What cannot be protected may not be shown at all.
        safe = _all_withheld(data.frame)
    truth = data.frame
    if len(truth) > MANY_ROWS:
        gone = safe.loc[safe["status"] == Status.SUPPRESSED.value]
        truth, safe = truth.merge(gone[["area_code", "period_start"]].drop_duplicates()), gone
    indicators, measures = _users(strategy, data.series.id)
    names = [*indicators, *(name for m in measures for name in (m.id, m.title))]

    def labels(area: str, number: float) -> Mapping[str, frozenset[str]]:
        return together(known.labels(number, measure, area) for measure in measures)

    return secrets_of(
        truth, safe, subject=[data.series.id, data.series.title, *names], known=labels
    )


def _all_withheld(frame: pd.DataFrame) -> pd.DataFrame:
    numbers = [name for name in frame.columns if frame[name].dtype.kind == "f"]
    return frame.assign(**dict.fromkeys(numbers, np.nan), status=Status.SUPPRESSED.value)


def _users(strategy: Strategy, series_id: str) -> tuple[list[str], list[Measure]]:
    """Return the names of the indicators and the measures that a series speaks to."""
    keys = {k: i for k, i in strategy.indicators.items() if series_id in {s.id for s in i.series}}
    used = [m for m in strategy.measures if any(link.key in keys for link in m.indicators)]
    return [i.name for i in keys.values()], used


# -- what is known of a measure -------------------------------------------------------


def _names(measure: Measure) -> tuple[str, ...]:
    return (measure.id.lower(), measure.title.lower())


def _written(number: float, shown: float | None) -> frozenset[str]:
    """Return the spellings that tell a figure from the one that is shown in its place."""
    return spellings(number) - (spellings(shown) if shown is not None else frozenset())


def _said(strategy: Strategy, measure: Measure) -> frozenset[str]:
    """Return the numbers that stand in the registry's own words on a measure."""
    priority = strategy.priority_of(measure)
    texts: Iterable[object] = (
        *measure.model_dump().values(),
        *(c.text for c in priority.commitments),
        priority.title,
        priority.code,
    )
    return frozenset().union(*(numbers_in(str(text)) for text in texts))
