"""What ``trend`` returns: a frame that explains and draws; segments; repeated figures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hwb_analysis.figures  # noqa: F401  registers the drawers
from hwb_analysis.errors import StatisticsError
from hwb_analysis.sources.load import breaks_of, load
from hwb_analysis.stats.carried import carried_forward
from hwb_analysis.stats.frame_segments import with_segments
from hwb_analysis.stats.verbs import change_since, trend, trend_of
from hwb_analysis.strategy import load_strategy

YEARS = range(2010, 2022)


def figures(counts: list[float], area: str = "A", **more: object) -> pd.DataFrame:
    """Return yearly shares of ten thousand people."""
    starts = pd.to_datetime([f"{2010 + i}-01-01" for i in range(len(counts))])
    people = 10_000 + 10 * np.arange(len(counts))
    table = pd.DataFrame(
        {
            "series_id": "x:y",
            "vintage": "1",
            "area_code": area,
            "area": f"Area {area}",
            "sex": "Persons",
            "age": "",
            "category_type": "",
            "category": "",
            "period": [str(2010 + i) for i in range(len(counts))],
            "period_start": starts,
            "period_end": starts + pd.offsets.YearEnd(),
            "count": counts,
            "denominator": people,
            "value": 100 * np.array(counts) / people,
            "unit": "%",
            "basis": "complete_count",
        }
    )
    return table.assign(**more)


RISE = [4000.0, 4100, 4230, 4290, 4420, 4480, 4610, 4700, 4790, 4930]
TWO = pd.concat([figures(RISE), figures(RISE[::-1], "B")])


def test_the_table_is_a_frame_that_explains_each_row() -> None:
    """One line a row, with the test and why it was chosen."""
    table = trend(TWO, rule="auto")
    assert isinstance(table, pd.DataFrame)
    lines = table.explain().split("\n")
    assert len(lines) == 2
    assert "an increase" in lines[0]
    assert "Why this test: the counts make the percentage" in lines[0]
    assert "a decrease" in lines[1]
    assert table.head(0).explain() == "No series was given."


def test_chosen_rows_still_explain_and_draw() -> None:
    """The figures go with the table."""
    table = trend(TWO, rule="auto").query("area_code == 'B'")
    assert table.explain().startswith("Area B, x:y, Persons: ")
    one = table.series()
    assert (one.area, one.direction) == ("Area B", "decrease")
    alone = trend_of(TWO.query("area_code == 'B'"))
    np.testing.assert_array_equal(one.fitted, alone.fitted)
    drawn = table.chart(source="Publisher")
    assert len(drawn.data) == 10
    assert drawn.data["Fitted"].notna().all()
    assert drawn.source == "Publisher"


def test_the_marker_explains_and_draws_without_a_line() -> None:
    """It has no fitted line, and says so by having none."""
    table = trend(TWO, better="high")
    assert "increasing and getting better" in table.explain()
    assert "10 points in the series" in table.explain()
    drawn = table.chart(1)
    assert drawn.data["Fitted"].isna().all()
    assert "the marker makes no direction word by itself" in drawn.caption
    short = trend(figures(RISE[:3]))
    assert "cannot be calculated (fewer than five points (3))" in short.explain()


def test_a_table_without_its_keys_or_rows_is_refused() -> None:
    """Rather than a picture of another series."""
    table = trend(TWO, rule="auto")
    with pytest.raises(StatisticsError, match="row 2 was asked for"):
        table.chart(2)
    with pytest.raises(StatisticsError, match="no longer knows"):
        table[["direction", "sentence"]].chart()
    assert "<li>Area A, x:y" in table._repr_html_()
    assert "<li>This series: " in table[["direction", "sentence"]]._repr_html_()


def test_a_marked_break_is_honoured_without_being_named() -> None:
    """The newest segment is tested; reason and day are in the note; the line stops there."""
    frame = figures([9000.0, 9010, 9020, 9035, 9040, *RISE[:6]])
    cuts = {"x:y": [(pd.Timestamp("2014-12-31").date(), "a new definition.")]}
    marked = with_segments(frame, cuts)
    assert marked["segment"].tolist() == [""] * 5 + ["2015-01-01"] * 6
    assert trend(frame, rule="auto")["direction"].iloc[0] == "decrease"
    table = trend(marked, rule="auto")
    assert table["direction"].iloc[0] == "increase"
    assert "5 points before the break of 2014-12-31 left out (a new definition)" in table.explain()
    one = table.series()
    assert np.isnan(one.fitted[:5]).all()
    assert np.isfinite(one.fitted[5:]).all()
    assert len(one.breaks) == 1
    assert trend(marked)["points"].iloc[0] == 6
    since = change_since(marked, "2014-12-31").iloc[0]
    assert since["direction"] == "not tested"


def test_the_loader_marks_the_breaks_of_the_registry() -> None:
    """Every break that the registry knows; none elsewhere."""
    strategy = load_strategy()
    known = breaks_of(strategy, ["lait:gld", "cover:mmr2-5y"])
    assert list(known) == ["lait:gld"]
    day = known["lait:gld"][0][0]
    frame = load("lait:gld")
    later = frame["period_start"] > pd.Timestamp(day)
    assert (later == (frame["segment"] != "")).all()
    assert frame.loc[later, "break_reason"].str.contains("reformed").all()
    assert later.any()
    assert not later.all()
    assert (load("cover:mmr2-5y")["segment"] == "").all()
    note = trend(frame, rule="auto")["note"]
    assert note.str.contains("left out .The early years").all()


def test_a_figure_carried_forward_is_left_out_with_the_reason() -> None:
    """The same count of the same people is no new year."""
    frame = figures(RISE)
    frame.loc[6, ["count", "denominator", "value"]] = frame.loc[
        5, ["count", "denominator", "value"]
    ].to_numpy()
    found = trend(frame, rule="auto")
    assert found["points"].iloc[0] == 9
    assert "1 left out: repeats the figure before it (carried forward)" in found["note"].iloc[0]
    assert np.isnan(found.series().fitted[6])
    marker = trend(frame).iloc[0]
    assert marker["note"].startswith("1 left out")
    assert marker["marker"] == "cannot be calculated"
    # A latest figure that only repeats is no figure since the baseline.
    last = figures(RISE[:3])
    last.loc[2, ["count", "denominator", "value"]] = last.loc[
        1, ["count", "denominator", "value"]
    ].to_numpy()
    assert change_since(last, "2011-12-31").iloc[0]["direction"] == "not tested"


@pytest.mark.parametrize(
    ("value", "count", "people", "carried"),
    [
        # Self-harm as the Health Index prints it: filled in from the year before.
        ((127.429926, 127.429926), (None, None), (None, None), True),
        ((70.4, 70.4), (None, None), (None, None), False),
        ((33.333333, 33.333333), (None, None), (None, None), False),
        # Rutland, two quarters: 99 of 108 children, and not the same ones.
        ((91.6666667, 91.6666667), (99, 99), (108, 108), False),
        ((40.123456, 40.123456), (4012.3, 4012.3), (10_000, 10_000), True),
        ((40.123456, 40.123456), (4012, 8024), (10_000, 20_000), False),
        ((float("nan"), float("nan")), (None, None), (None, None), False),
    ],
)
def test_a_repeat_is_one_that_chance_would_hardly_make(
    value: tuple, count: tuple, people: tuple, carried: bool
) -> None:
    """Rounded values, simple shares and few people are equal by chance."""
    sides = (np.array(side, dtype=float) for side in (value, count, people))
    assert carried_forward(np.zeros(2, dtype=int), *sides).tolist() == [False, carried]


def test_repeats_are_looked_for_within_a_series_only() -> None:
    """The last of one series and the first of the next are neighbours by chance."""
    none = np.full(2, np.nan)
    found = carried_forward(np.array([0, 1]), np.full(2, 127.429926), none, none)
    assert not found.any()
