"""Frames to draw, and a way to look at the drawing before it becomes a file."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from types import ModuleType
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from hwb_analysis.periods import parse_period

WORDS = {
    "title": "The share fell in Thisshire",
    "subtitle": "Share of people, Thisshire and England",
    "source": "A publisher, a release",
}


@pytest.fixture
def words() -> dict[str, str]:
    return dict(WORDS)


@pytest.fixture
def series() -> Callable[..., pd.DataFrame]:
    """Return a maker of tidy rows of one area: periods, values, half widths of limits."""

    def make(
        periods: list[str], values: list[float], half: float | None = 1.0, area: str = "Thisshire"
    ) -> pd.DataFrame:
        read = [parse_period(p) for p in periods]
        frame = pd.DataFrame(
            {
                "series_id": "demo:share",
                "area_code": area[:3].upper(),
                "area": area,
                "period": [p.label for p in read],
                "period_start": [p.start for p in read],
                "period_end": [p.end for p in read],
                "value": values,
                "status": "ok",
                "note": "",
            }
        )
        if half is not None:
            frame["lower_95"] = frame["value"] - half
            frame["upper_95"] = frame["value"] + half
        return frame

    return make


@pytest.fixture
def areas() -> pd.DataFrame:
    """Return one row for each of five areas, with limits."""
    values = [61.2, 64.0, 70.5, 72.1, 69.9]
    return pd.DataFrame(
        {
            "area_code": ["D1", "D2", "D3", "D4", "D5"],
            "area": ["Northam", "Southam", "Eastham", "Westham", "Midham with Longer Name"],
            "period": "2023",
            "value": values,
            "lower_95": [v - 3 for v in values],
            "upper_95": [v + 3 for v in values],
        }
    )


@pytest.fixture
def figure_of(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Figure]:
    """Return a caller that draws and hands over the matplotlib figure itself."""

    def call(module: ModuleType, function: str, *given: Any, **options: Any) -> Figure:
        seen: list[Figure] = []
        finish = module.finish

        def spy(figure: Figure, *rest: Any, **more: Any) -> Any:
            seen.append(figure)
            return finish(figure, *rest, **more)

        monkeypatch.setattr(module, "finish", spy)
        getattr(module, function)(*given, **options)
        return seen[0]

    return call


def _texts(figure: Figure) -> list[Text]:
    return [
        t for t in figure.findobj(Text) if isinstance(t, Text) and t.get_text() and t.get_visible()
    ]


@pytest.fixture
def check_words() -> Callable[[Figure], None]:
    """Return a check: every word lies inside the figure, and no two lie on each other."""

    def check(figure: Figure) -> None:
        figure.canvas.draw()
        page = figure.bbox
        boxes = [(t.get_text(), t.get_window_extent()) for t in _texts(figure)]
        for text, box in boxes:
            inside = (
                box.x0 >= page.x0 - 1
                and box.x1 <= page.x1 + 1
                and box.y0 >= page.y0 - 1
                and box.y1 <= page.y1 + 1
            )
            assert inside, f"'{text}' runs out of the figure"
        for (one, a), (other, b) in combinations(boxes, 2):
            across = min(a.x1, b.x1) - max(a.x0, b.x0)
            up = min(a.y1, b.y1) - max(a.y0, b.y0)
            assert not (across > 1 and up > 2), f"'{one}' lies on '{other}'"

    return check
