"""Many areas against their deprivation: what is drawn, named and refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hwb_analysis.errors import DataContractError
from hwb_analysis.figures.area_line import area_line
from hwb_analysis.figures.inequality_chart import inequality_chart
from hwb_analysis.stats.area_gradient import area_gradient

TEXTS = {
    "title": "Lower where deprivation is higher",
    "subtitle": "years, 2023",
    "source": "A publisher.",
    "unit": "years",
    "score": "Deprivation score",
    "name": "national-demo",
}


def areas(count=30):
    random = np.random.default_rng(6)
    score = random.uniform(5, 40, count)
    value = 84 - 0.15 * score + random.normal(0, 0.5, count)
    codes = [f"X{i:02d}" for i in range(count)]
    return pd.DataFrame({"area_code": codes, "area": codes, "value": value, "score": score})


def test_the_marked_areas_are_named_and_the_file_has_all():
    rows = areas()
    rows.loc[3, "value"] = np.nan
    drawn = area_line(
        rows, area_gradient(rows["value"], rows["score"]), marked=["X01", "X02"], **TEXTS
    )
    assert drawn.table["Area"].isin(["X01", "X02"]).all()
    assert len(drawn.data) == 29
    assert "<!-- X01 -->" in drawn.svg
    assert "<!-- X05 -->" not in drawn.svg
    assert "29 areas" in drawn.caption
    assert "does not say what brings" in drawn.caption


def test_names_stay_inside_however_close_the_dots():
    rows = areas()
    rows.loc[:6, "value"] = rows["value"].min()
    marked = rows["area_code"][:7].tolist()
    drawn = area_line(rows, area_gradient(rows["value"], rows["score"]), marked=marked, **TEXTS)
    assert all(f"<!-- {code} -->" in drawn.svg for code in marked)


def test_a_doubled_area_is_refused():
    rows = pd.concat([areas(), areas().head(1)], ignore_index=True)
    found = area_gradient(rows["value"], rows["score"])
    with pytest.raises(DataContractError, match="doubled: X00"):
        area_line(rows, found, marked=[], **TEXTS)


def shares():
    from hwb_analysis.frame import conform

    rows = [
        {"series_id": "demo:share", "area_code": f"X{i}", "area": f"Area {i}", "unit": "%",
         "count": c, "denominator": 500, "value": c / 5, "lower_95": c / 5 - 3.2,
         "upper_95": c / 5 + 3.2, "basis": "complete_count"}
        for i, c in enumerate([90, 70, 75, 50])
    ]  # fmt: skip
    return conform(pd.DataFrame(rows))


def test_the_groups_are_drawn_and_their_inequality_is_said():
    texts = {"title": "Shares differ", "subtitle": "per cent", "source": "A publisher."}
    drawn = inequality_chart(shares(), better="low", **texts)
    assert "Highest less lowest: 8.0 (95% interval" in drawn.caption
    assert "Standard deviation between groups without sampling error: 2.5" in drawn.caption
    assert "lope index" not in drawn.caption
    ordered = inequality_chart(shares(), better="low", order=["X0", "X2", "X1", "X3"], **texts)
    assert "Most less least deprived: 8.0" in ordered.caption


def test_ordered_groups_have_their_slope_in_the_caption():
    table = shares().assign(
        category_type="Deprivation quarter", category=["1 most", "2", "3", "4 least"],
        area_code="X9", area="Area 9",
    )  # fmt: skip
    texts = {"title": "A gradient", "subtitle": "per cent", "source": "A publisher."}
    shuffled = table.sample(frac=1, random_state=4)
    drawn = inequality_chart(shuffled, groups="category", better="low", **texts)
    assert drawn.data["Area"].str[0].tolist() == ["1", "2", "3", "4"]
    assert "Slope index: " in drawn.caption
    assert len(drawn.data) == 4
