"""Areas as dots: order, limits, reference lines, symbols, missing areas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from hwb_analysis import style
from hwb_analysis.errors import DataContractError
from hwb_analysis.figures import Drawn, district_dots, districts

ORDER = ["D3", "D1", "D5", "D2", "D4"]


def _draw(frame: pd.DataFrame, words: dict[str, str], **options: Any) -> Drawn:
    return district_dots(frame, **{"unit": "%", **words, **options})


def _one(area: str, value: float) -> pd.DataFrame:
    return pd.DataFrame({"area_code": [area[:2]], "area": [area], "value": [value]})


def test_areas_stand_in_the_order_given(areas: pd.DataFrame, words: dict[str, str]) -> None:
    table = _draw(areas, words, order=ORDER).data
    assert table["Area"].tolist() == [
        "Eastham", "Northam", "Midham with Longer Name", "Southam", "Westham",
    ]  # fmt: skip


def test_without_an_order_the_highest_comes_first(
    areas: pd.DataFrame, words: dict[str, str]
) -> None:
    drawn = _draw(areas, words)
    assert drawn.data["Value (%)"].tolist() == sorted(areas["value"], reverse=True)
    assert "highest value to the lowest" in drawn.caption


def test_dots_and_limits_are_those_of_the_frame(
    areas: pd.DataFrame, words: dict[str, str], figure_of: Callable[..., Figure]
) -> None:
    figure = figure_of(districts, "district_dots", areas, order=ORDER, unit="%", **words)
    lines = figure.axes[0].lines
    ordered = areas.set_index("area_code").loc[ORDER]
    dots = [line.get_xdata()[0] for line in lines if line.get_marker() == "o"]
    strokes = [list(line.get_xdata()) for line in lines if line.get_linewidth() == 1.6]
    assert dots == ordered["value"].tolist()
    assert strokes == ordered[["lower_95", "upper_95"]].to_numpy().tolist()


def test_county_and_england_are_lines_with_names_and_rows_of_the_table(
    areas: pd.DataFrame, words: dict[str, str], figure_of: Callable[..., Figure]
) -> None:
    given = {"county": _one("Thisshire", 68.0), "england": _one("England", 66.0)}
    figure = figure_of(districts, "district_dots", areas, unit="%", **given, **words)
    texts = [t.get_text() for t in figure.axes[0].texts]
    assert "Thisshire 68.0 %" in texts
    assert "England 66.0 %" in texts
    uprights = [list(line.get_xdata()) for line in figure.axes[0].lines]
    assert [68.0, 68.0] in uprights
    assert [66.0, 66.0] in uprights
    assert _draw(areas, words, **given).data["Area"].tolist()[-2:] == ["Thisshire", "England"]


def test_a_comparison_is_a_symbol_and_a_word(
    areas: pd.DataFrame, words: dict[str, str], figure_of: Callable[..., Figure]
) -> None:
    words_of = ["better", "similar", "worse", "not compared", "higher"]
    frame = areas.assign(comparison_95=words_of)
    figure = figure_of(
        districts, "district_dots", frame, order=list(areas["area_code"]), unit="%", **words
    )
    texts = [t.get_text() for t in figure.axes[0].texts]
    for word in words_of:
        assert [t for t in texts if t.endswith(f" {word}")], word
    looks = [
        (line.get_marker(), line.get_markerfacecolor() != style.WHITE)
        for line in figure.axes[0].lines
        if line.get_marker() not in ("None", "", None)
    ]
    assert looks[:3] == [("o", True), ("o", False), ("^", True)]
    assert "Compared" in _draw(frame, words).data


def test_an_area_without_a_value_says_why(
    areas: pd.DataFrame, words: dict[str, str], figure_of: Callable[..., Figure]
) -> None:
    frame = areas.assign(status="ok", note="")
    frame.loc[1, ["value", "lower_95", "upper_95"]] = np.nan
    frame.loc[1, ["status", "note"]] = ["suppressed", "sample too small"]
    assert "No value for Southam (sample too small)." in _draw(frame, words).caption
    figure = figure_of(districts, "district_dots", frame, unit="%", **words)
    assert "[c] sample too small" in [t.get_text() for t in figure.axes[0].texts]


def test_an_order_that_leaves_an_area_out_is_refused(
    areas: pd.DataFrame, words: dict[str, str]
) -> None:
    with pytest.raises(DataContractError, match="leaves out D4"):
        _draw(areas, words, order=ORDER[:-1])


def test_a_doubled_area_and_a_doubled_reference_are_refused(
    areas: pd.DataFrame, words: dict[str, str]
) -> None:
    with pytest.raises(DataContractError, match="doubled: D1"):
        _draw(pd.concat([areas, areas.head(1)]), words)
    with pytest.raises(DataContractError, match="needs one row; got 2"):
        _draw(areas, words, england=pd.concat([_one("England", 1.0)] * 2))


def test_nothing_to_draw_is_refused(areas: pd.DataFrame, words: dict[str, str]) -> None:
    with pytest.raises(DataContractError, match="at least one value"):
        _draw(areas.head(0), words)


@pytest.mark.parametrize("shift", [0.0, -70.0, 10_000.0])
@pytest.mark.parametrize("unit", ["%", "per 100,000 people", "years"])
def test_words_stay_inside_and_off_each_other(
    areas: pd.DataFrame,
    words: dict[str, str],
    figure_of: Callable[..., Figure],
    check_words: Callable[[Figure], None],
    shift: float,
    unit: str,
) -> None:
    numbers = ["value", "lower_95", "upper_95"]
    frame = areas.assign(**{c: areas[c] + shift for c in numbers})
    frame.loc[0, "area"] = "Bournemouth, Christchurch and Poole combined authority"
    near = {"county": _one("Thisshire", 68.0 + shift), "england": _one("England", 68.1 + shift)}
    figure = figure_of(
        districts, "district_dots", frame, order=ORDER, unit=unit, polarity="low", **near, **words
    )
    check_words(figure)
