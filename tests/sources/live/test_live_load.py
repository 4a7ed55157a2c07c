"""``load`` with a live source: the same names, figures of now."""

from __future__ import annotations

import pandas as pd
import pytest
from fake_server import Fake

import hwb_analysis as hwb
from hwb_analysis.errors import UsageError
from hwb_analysis.sources.live.choose import live_series
from hwb_analysis.strategy import load_strategy


def test_an_indicator_by_its_name(fake: Fake) -> None:
    live = hwb.load("smoking-adult", source="fingertips")
    assert set(live["series_id"]) == {"fingertips:92443", "fingertips:93798"}
    home = load_strategy().area
    assert home.code in set(live["area_code"])
    held = hwb.load("fingertips:92443", areas="nation")
    now = hwb.load("fingertips:92443", areas="nation", source="fingertips")
    key = ["period", "sex", "category_type", "category"]
    both = held.merge(now, on=key, suffixes=("_old", "_new"))
    pd.testing.assert_series_equal(both["value_old"], both["value_new"], check_names=False)
    assert len(both) > 5


def test_a_source_of_ones_own() -> None:
    class Mine:
        name = "mine"

        def list(self) -> tuple[str, ...]:
            return ("mine:1",)

        def get(self, series_ids: object) -> pd.DataFrame:
            frame = hwb.load("fingertips:92443", areas="nation")
            return frame.assign(series_id="mine:1")

    assert set(hwb.load("mine:1", areas="all", source=Mine())["series_id"]) == {"mine:1"}


def test_unknown_names(fake: Fake) -> None:
    with pytest.raises(UsageError, match="no source of figures 'fingertip'"):
        hwb.load("smoking-adult", source="fingertip")
    with pytest.raises(UsageError, match="holds no series for 'smoking-adults'"):
        hwb.load("smoking-adults", source="fingertips")


def test_measures_and_priorities() -> None:
    strategy = load_strategy()
    priority = strategy.priorities[0]
    known = [f"fingertips:{n}" for n in range(100_000)]
    whole = live_series(priority.slug, known, strategy)
    parts = {s for m in priority.measures if m.indicators for s in _some(m.id, known)}
    assert parts == set(whole)


def _some(name: str, known: list[str]) -> list[str]:
    try:
        return live_series(name, known, load_strategy())
    except UsageError:
        return []
