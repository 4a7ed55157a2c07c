"""Breaks, gaps and the pandemic are said of every series that the registry links."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from hwb_analysis.periods import PANDEMIC
from hwb_analysis.sources.snapshot import Snapshot, current_snapshot
from hwb_analysis.strategy import SeriesLink, load_strategy

JOIN = re.compile(r"\breformed in\b|\bdo not join\b|\bnot comparable\b")


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return current_snapshot()


@pytest.fixture(scope="module")
def frame(snapshot: Snapshot) -> pd.DataFrame:
    return snapshot.frame()


@pytest.fixture(scope="module")
def links() -> list[SeriesLink]:
    return [link for i in load_strategy().indicators.values() for link in i.series]


def test_a_series_with_a_figure_in_the_pandemic_says_so(
    frame: pd.DataFrame, links: list[SeriesLink]
) -> None:
    columns = ["period_start", "period_end"]
    printed = frame.loc[frame["value"].notna(), ["series_id", *columns]].drop_duplicates()
    touched = {
        row.series_id
        for row in printed.itertuples()
        if row.period_start.date() <= PANDEMIC[1] and row.period_end.date() >= PANDEMIC[0]
    }
    silent = [x.id for x in links if x.id in touched and "pandemic" not in x.pandemic]
    assert silent == []


def test_a_series_whose_title_or_notes_forbid_joining_years_has_a_break(
    snapshot: Snapshot, frame: pd.DataFrame, links: list[SeriesLink]
) -> None:
    periods = frame.groupby("series_id")["period"].nunique()

    def forbids(series_id: str) -> bool:
        info = snapshot.series[series_id]
        told = any(JOIN.search(text) for text in (info.title, *info.notes))
        return told and bool(periods[series_id] > 1)

    told = [x for x in links if forbids(x.id)]
    assert {x.id for x in told} >= {"lait:gld", "lait:gld-fsm"}
    assert [x.id for x in told if not x.breaks] == []


def test_a_step_judged_to_be_a_break_is_a_break_of_its_linked_series(
    root: Path, frame: pd.DataFrame, links: list[SeriesLink]
) -> None:
    found = pd.read_csv(root / "docs/qa/jumps.csv", dtype=str, keep_default_na=False)
    by_id = {x.id: x for x in links}
    steps = found[(found["kind"] == "break in definition") & found["series_id"].isin(list(by_id))]
    assert len(steps) >= 4
    for step in steps.itertuples():
        rows = frame[(frame["series_id"] == step.series_id) & (frame["area"] == step.area)]
        first = rows.loc[rows["period"] == step.period, "period_start"].min()
        last = rows.loc[rows["period"] == step.before, "period_end"].max()
        cuts = [pd.Timestamp(b.after) for b in by_id[step.series_id].breaks]
        assert any(last <= cut < first for cut in cuts), step.series_id


def test_no_break_or_gap_lies_outside_the_figures_of_its_series(
    frame: pd.DataFrame, links: list[SeriesLink]
) -> None:
    spans = frame.groupby("series_id").agg(
        first=("period_start", "min"), last=("period_end", "max")
    )
    for link in links:
        days = [b.after for b in link.breaks] + [g.first for g in link.gaps]
        first, last = spans.loc[link.id]
        assert all(first < pd.Timestamp(day) < last for day in days), link.id


def test_nothing_is_printed_inside_a_gap(frame: pd.DataFrame, links: list[SeriesLink]) -> None:
    for link in links:
        for gap in link.gaps:
            rows = frame[(frame["series_id"] == link.id) & frame["value"].notna()]
            inside = (rows["period_start"] >= pd.Timestamp(gap.first)) & (
                rows["period_end"] <= pd.Timestamp(gap.last)
            )
            assert not inside.any(), link.id
