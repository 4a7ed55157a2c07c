"""The dumbbell: each row from worst to best, and every number in the table."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from hwb_analysis import style
from hwb_analysis.errors import DataContractError
from hwb_analysis.figures import Drawn, dumbbell

AREAS = {"most_area": "Northam", "least_area": "Southam", "county": "Thisshire"}


def _rows(**changes: Any) -> pd.DataFrame:
    row = {
        "label": "Ready for school at five",
        "most": 60.0,
        "most_lower": 57.0,
        "most_upper": 63.0,
        "least": 70.0,
        "least_lower": 67.0,
        "least_upper": 73.0,
        "county": 68.0,
        "england": 66.0,
        "unit": "%",
        "better": "high",
        "difference": "−10.0 points (−14.2 to −5.8)",
    }
    return pd.DataFrame([{**row, **changes}])


def _draw(rows: pd.DataFrame, words: dict[str, str], **options: Any) -> Drawn:
    return dumbbell(rows, **{**AREAS, **words, **options})


def _dots(figure: Figure) -> dict[str, float]:
    """Return where the filled dot, the ring and the diamond stand from left to right."""
    found = {}
    for line in figure.axes[0].lines:
        if line.get_marker() == "o":
            filled = line.get_markerfacecolor() != style.WHITE
            found["most" if filled else "least"] = line.get_xdata()[0]
        elif line.get_marker() == "D":
            found["county"] = line.get_xdata()[0]
    return found


@pytest.fixture
def draw_figure(figure_of: Callable[..., Figure], words: dict[str, str]) -> Callable[..., Figure]:
    module = import_module("hwb_analysis.figures.dumbbell")
    return lambda rows: figure_of(module, "dumbbell", rows, **AREAS, **words)


def test_the_better_value_is_on_the_right_whichever_end_is_good(
    draw_figure: Callable[..., Figure],
) -> None:
    high = _dots(draw_figure(_rows(better="high")))
    assert high["most"] < high["county"] < high["least"]
    low = _dots(draw_figure(_rows(better="low")))
    assert low["most"] > low["county"] > low["least"]


def test_all_marks_lie_inside_the_row(draw_figure: Callable[..., Figure]) -> None:
    axes = draw_figure(pd.concat([_rows(), _rows(most=-5.0, most_lower=-9.0)])).axes[0]
    places = np.concatenate([np.asarray(line.get_xdata(), dtype=float) for line in axes.lines])
    assert places.min() >= 0
    assert places.max() <= 1


def test_equal_values_stand_in_the_middle(draw_figure: Callable[..., Figure]) -> None:
    rows = _rows(most=5.0, least=5.0, county=5.0, england=5.0).drop(
        columns=["most_lower", "most_upper", "least_lower", "least_upper"]
    )
    assert set(_dots(draw_figure(rows)).values()) == {0.5}


def test_the_table_holds_every_number_and_the_difference(words: dict[str, str]) -> None:
    data = _draw(_rows(), words).data
    assert data.loc[0, "Northam (most deprived)"] == 60.0
    assert data.loc[0, "Southam (least deprived)"] == 70.0
    assert data.loc[0, "Thisshire"] == 68.0
    assert data.loc[0, "England"] == 66.0
    assert data.loc[0, "Difference"] == "−10.0 points (−14.2 to −5.8)"


def test_rows_keep_their_order_and_own_scales_are_said(words: dict[str, str]) -> None:
    rows = pd.concat([_rows(label=label) for label in ("b", "a", "c")])
    drawn = _draw(rows, words)
    assert drawn.data["Measure"].tolist() == ["b", "a", "c"]
    assert "not comparable between rows" in drawn.caption


def test_a_row_without_values_says_so(draw_figure: Callable[..., Figure]) -> None:
    gone = _rows(**dict.fromkeys(("most", "least", "county", "england"), np.nan))
    gone = gone.assign(most_lower=np.nan, most_upper=np.nan, least_lower=np.nan, least_upper=np.nan)
    texts = [t.get_text() for t in draw_figure(pd.concat([_rows(), gone])).axes[0].texts]
    assert "[x] not available" in texts


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (_rows().drop(columns="unit"), "unit not found"),
        (_rows(better="up"), "got up"),
        (_rows(most=np.nan, least=np.nan), "at least one value"),
        (_rows().head(0), "at least one value"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    rows: pd.DataFrame, said: str, words: dict[str, str]
) -> None:
    with pytest.raises(DataContractError, match=said):
        _draw(rows, words)


def test_words_stay_inside_and_off_each_other(
    draw_figure: Callable[..., Figure], check_words: Callable[[Figure], None]
) -> None:
    rows = pd.concat(
        [
            _rows(period="2023/24"),
            _rows(label="Deaths under 75 from preventable cardiovascular disease", unit="per 100"),
            _rows(most=69.9, difference="no interval: neither counts nor limits published"),
        ]
    )
    check_words(draw_figure(rows))
