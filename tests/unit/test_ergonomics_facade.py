"""The facade: every name is typed, explained, short at a prompt and reachable by tab."""

from __future__ import annotations

import inspect
import subprocess
import sys
from importlib.metadata import version
from typing import Any

import pandas as pd
import pytest
from matplotlib.axes import Axes

import hwb_analysis as hwb
from hwb_analysis.stats.frame_trend_table import TrendTable

NAMES = sorted(hwb.__all__)
HOUSE = pd.DataFrame(
    {
        "Town": ["Ash", "England"] * 7,
        "Year": [y for y in range(2017, 2024) for _ in range(2)],
        "Cases": [100, 1000, 110, 1010, 118, 990, 131, 1005, 139, 1000, 152, 1010, 160, 995],
        "People": [1000, 10_000] * 7,
    }
)


@pytest.fixture(scope="module")
def figures() -> pd.DataFrame:
    table = hwb.tidy(HOUSE, area="Town", period="Year", count="Cases", denominator="People")
    return hwb.with_limits(table)


@pytest.fixture(scope="module", params=["national", "auto"])
def table(request: pytest.FixtureRequest, figures: pd.DataFrame) -> TrendTable:
    return hwb.trend(figures, rule=request.param, better="low")


@pytest.mark.parametrize("name", NAMES)
def test_every_name_has_a_typed_signature(name: str) -> None:
    signature = inspect.signature(getattr(hwb, name))
    untyped = [p.name for p in signature.parameters.values() if p.annotation is p.empty]
    assert untyped == []
    assert signature.return_annotation is not signature.empty


@pytest.mark.parametrize("name", NAMES)
def test_every_name_says_what_it_does(name: str) -> None:
    """The first line is what an editor shows: one sentence."""
    first, *_ = (inspect.getdoc(getattr(hwb, name)) or "").splitlines() or [""]
    assert first.endswith(".")
    assert 20 <= len(first) <= 100


def test_tab_completion_lists_every_name() -> None:
    assert {*NAMES, "figures", "maps", "stats", "tables", "__version__"} <= set(dir(hwb))


def test_the_version_is_that_of_the_package() -> None:
    assert hwb.__version__ == version("hwb-analysis")


def test_the_version_costs_nothing_before_it_is_asked_for() -> None:
    program = "import sys, hwb_analysis; print('importlib.metadata' in sys.modules)"
    bare = "import sys; print('importlib.metadata' in sys.modules)"
    shown = [
        subprocess.run(
            [sys.executable, "-c", text], capture_output=True, text=True, check=True
        ).stdout
        for text in (program, bare)
    ]
    assert shown[0] == shown[1]


def test_a_name_that_is_nearly_right() -> None:
    with pytest.raises(AttributeError, match="did you mean 'slope_index'"):
        hwb.slope_indx  # noqa: B018


def test_trend_names_the_area_and_the_series_in_words(table: TrendTable) -> None:
    lines = table.explain().split("\n")
    assert [line.split(", ")[0] for line in lines] == ["Ash", "England"]
    assert all(line.split(": ")[0].endswith("own:figures") for line in lines)
    assert all(line in table._repr_html_().replace("&#x27;", "'") for line in lines)


def test_a_trend_draws_itself_on_axes_that_can_be_changed(table: TrendTable) -> None:
    for position in range(2):
        axes = table.plot(position)
        assert isinstance(axes, Axes)
        axes.set_title("mine")
        assert axes.get_title() == "mine"


def test_rows_chosen_from_a_trend_table_draw_their_own_series(table: TrendTable) -> None:
    last = table[table["area_code"] != "Ash"]
    assert isinstance(last, TrendTable)
    assert last.series(0).area == "England"


def test_explanations_are_one_line_at_a_prompt(table: TrendTable) -> None:
    shown = repr(table.series(0))
    assert "\n" not in shown
    assert len(shown) <= 120


def test_a_register_of_few_people_is_not_called_large(figures: pd.DataFrame) -> None:
    note = hwb.trend(figures, rule="auto").set_index("area_code")["note"]
    assert "many people" not in note["Ash"]
    assert note.drop("Ash").str.contains("many people").all()


def test_a_chart_has_a_title_that_looks_like_one(table: TrendTable) -> None:
    """A notebook has no style sheet; a page has, and gets the bare classes."""
    drawn = table.chart(title="Two <doses>")
    assert "style=" not in drawn.to_html().split("<img")[0]
    assert "font-weight: bold" in drawn._repr_html_().split("Two &lt;doses&gt;")[0]
    assert drawn._repr_html_().count("<figure>") == 1


def plain(value: Any) -> bool:
    return len(repr(value).splitlines()) <= 3


def test_what_is_not_a_table_is_short_at_a_prompt() -> None:
    strategy = hwb.load_strategy()
    snapshot = hwb.current_snapshot()
    measure = strategy.measures[0]
    for shown in (strategy, strategy.priorities[0], measure, snapshot, hwb.explore(measure.id)):
        assert plain(shown), type(shown).__name__
        assert len(repr(shown)) < 400, type(shown).__name__
    series = snapshot.series["cover:mmr2-5y"]
    assert "quarters" in series._repr_html_()
    for shown in (strategy, measure, strategy.priorities[0], series):
        assert "<" in shown._repr_html_()
