"""A share that the index is made of, or that is modelled, is described and never tested."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import hwb_analysis as hwb
from hwb_analysis.assessment import Gradient
from hwb_analysis.assessment.gradients import COMPONENT, MODELLED
from hwb_analysis.errors import StatisticsError
from hwb_analysis.figures import gradient
from hwb_analysis.narrative import gradient_words

SNAPSHOT, AREA = hwb.current_snapshot(), hwb.load_strategy().area.code
INFERRED = re.compile("interval of|95|chance|higher|lower|slope|error", re.IGNORECASE)


class Altered:
    """A snapshot in which one series reads differently."""

    def __init__(self, series_id: str, change: dict[str, object], areas: int) -> None:
        self.series, self.lsoa_lookup = SNAPSHOT.series, SNAPSHOT.lsoa_lookup
        self._id, self._change, self._areas = series_id, change, areas

    def frame(self, ids: list[str]) -> pd.DataFrame:
        """Return the series, its first small areas changed."""
        frame = SNAPSHOT.frame(ids).reset_index(drop=True)
        if ids == [self._id]:
            rows = frame.index[frame["area_type"] == "LSOA"][: self._areas]
            for column, value in self._change.items():
                frame.loc[rows, column] = value
        return frame


def found(series_id: str, edition: str = "IoD 2025", *, component: bool = False) -> Gradient:
    """Return the gradient of a series of the snapshot."""
    return hwb.gradient_of(series_id, SNAPSHOT, AREA, edition=edition, component=component)


def test_a_component_has_shares_and_no_interval() -> None:
    """Ten shares and a slope; nothing that could be read as a test."""
    income = found("iod2025-lsoa:income-deprived", component=True)
    assert income.caution == COMPONENT
    assert income.groups["value"].notna().sum() == 10
    assert not [c for c in income.groups if str(c).startswith(("lower", "upper"))]
    assert np.isfinite(income.slope.value).all()
    for limits in (income.slope.lower, income.slope.upper, income.slope.rii_ratio_lower):
        assert np.isnan(limits).all()
    assert income.slope.explain().endswith(f"no interval: {COMPONENT}.")


def test_a_modelled_share_has_no_interval_even_when_nobody_calls_it_a_component() -> None:
    """The basis of the series decides, not only the registry."""
    fuel = found("desnz:fuel-poverty-lsoa")
    assert fuel.caution == MODELLED
    assert np.isnan(fuel.slope.lower).all()


def test_words_of_a_component_give_both_ends_and_infer_nothing() -> None:
    """Shares of the ends, difference, ratio, the label, and the ranks of the other edition."""
    pair = [
        found("iod2025-lsoa:income-deprived", f"IoD {year}", component=True)
        for year in (2025, 2019)
    ]
    words = gradient_words(replace(pair[0], age=None), pair[1])
    first = (
        "33.3 % in the most deprived group and 6.2 % in the least, "
        "a difference of +27.1 percentage points and a ratio of 5.38."
    )
    assert words[0].endswith(first)
    assert words[1] == "Component of the index: description, no inference."
    assert words[-1] == (
        "On the ranks of 2019: 32.4 % in the most deprived group, 7.1 % in the least."
    )
    assert not [w for w in words if INFERRED.search(w)]


def test_words_of_a_share_that_is_no_component_keep_slope_and_interval() -> None:
    """Households are named as households, and the other edition has its own slope."""
    words = gradient_words(
        found("census2021-households:no-car"), found("census2021-households:no-car", "IoD 2019")
    )
    assert "95 % interval" in words[0]
    assert "for households" in words[2]
    beside = next(w for w in words if w.startswith("On the ranks of 2019: slope index"))
    assert "95 % interval" in beside
    assert beside.endswith("the groups do not lie on a line.")


def test_a_drawn_component_has_no_line_no_stroke_and_its_label() -> None:
    """Limits handed in with the groups are not drawn either."""
    income = found("iod2025-lsoa:income-deprived", component=True)
    groups = income.groups.assign(lower_95=1.0, upper_95=90.0)
    drawn = gradient(
        groups,
        income.slope,
        title="Income",
        subtitle="A county",
        source="A department",
        unit="%",
        described=income.caution,
    )
    assert "Component of the index: description, no inference." in drawn.caption
    assert "slope index" not in drawn.caption.lower()
    assert "interval" not in drawn.caption.lower()
    assert "line" not in drawn.alt.lower()
    assert drawn.data[[c for c in drawn.data if "limit" in c]].isna().all(axis=None)


def test_small_areas_without_a_count_are_left_out_of_both_sides_and_told() -> None:
    """Suppressed counts take their denominators with them."""
    series_id = "census2021:disability"
    altered = Altered(series_id, {"count": np.nan, "note": "suppressed: too few people"}, 7)
    part = hwb.gradient_of(series_id, altered, AREA)
    whole = found(series_id)
    assert part.groups["denominator"].sum() < whole.groups["denominator"].sum()
    assert part.groups["value"].notna().all()
    assert part.left_out == (
        "7 of 408 small areas are left out of count and denominator: suppressed: too few people."
    )
    assert gradient_words(part)[-1] == part.left_out
    assert whole.left_out == ""


def test_a_count_without_any_denominator_is_refused() -> None:
    """A denominator of another source is never put under it."""
    with pytest.raises(StatisticsError, match="10 deprivation groups have no count with its"):
        found("iod2025-lsoa:employment-deprived")


def test_the_registry_marks_what_the_index_is_made_of() -> None:
    """Income, employment and fuel poverty are components wherever a page draws them."""
    links = [link for p in hwb.load_strategy().priorities for link in p.gradients]
    kin = [li for li in links if re.search("^iod|income|employment|fuel", li.series)]
    assert {li.series for li in kin} == {"desnz:fuel-poverty-lsoa", "iod2025-lsoa:income-deprived"}
    assert all(li.component for li in kin)
    assert not any(li.component for li in links if li not in kin)
