"""Two releases of a series: what is new, gone and revised."""

from __future__ import annotations

import pandas as pd
import pytest

from hwb_analysis.sources.differences import series_difference, snapshot_differences
from hwb_analysis.sources.snapshot import current_snapshot

SERIES = "lait:gld"


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return current_snapshot().frame([SERIES])


def test_a_release_does_not_differ_from_itself(frame: pd.DataFrame) -> None:
    shuffled = frame.sample(frac=1, random_state=3)
    assert series_difference(SERIES, frame, shuffled).state == "same"
    assert series_difference(SERIES, frame, frame.assign(vintage="9999")).state == "same"


def test_a_snapshot_does_not_differ_from_itself() -> None:
    snapshot = current_snapshot()
    few = sorted(snapshot.series)[:5]
    whole = type(snapshot)(snapshot.folder)
    whole.__dict__["series"] = {s: snapshot.series[s] for s in few}
    assert list(snapshot_differences(whole, whole)) == []


def test_a_new_period_and_a_lost_one(frame: pd.DataFrame) -> None:
    newest = frame["period_end"].max()
    older = frame.loc[frame["period_end"] < newest]
    label = str(frame.loc[frame["period_end"] == newest, "period"].iloc[0])
    found = series_difference(SERIES, older, frame)
    assert found.new_periods == (label,)
    assert found.added == len(frame) - len(older)
    assert not found.revised
    back = series_difference(SERIES, frame, older)
    assert back.lost_periods == (label,)
    assert label in back.line()


def test_a_revised_figure_is_counted_and_shown(frame: pd.DataFrame) -> None:
    revised = frame.copy()
    place = revised.index[revised["value"].notna()][0]
    revised.loc[place, "value"] += 2.5
    found = series_difference(SERIES, frame, revised)
    assert (found.revised, round(found.largest, 6)) == (1, 2.5)
    assert str(frame.loc[place, "area"]) in found.examples[0]


def test_a_figure_that_went_missing_is_a_revision(frame: pd.DataFrame) -> None:
    revised = frame.copy()
    place = revised.index[revised["value"].notna()][0]
    revised.loc[place, "value"] = float("nan")
    assert "to missing" in series_difference(SERIES, frame, revised).line()
