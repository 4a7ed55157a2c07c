"""The inequality chapter: gaps over the life course, ranks, small areas, characteristics."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

from hwb_analysis.reports.area_gradients import NATIONAL, national_chart
from hwb_analysis.reports.inequality_chapter import (
    PATTERN,
    InequalityChapter,
    open_inequality,
)
from hwb_analysis.reports.small_area_patterns import (
    concentration_chart,
    pattern_chart,
    pattern_of_share,
)
from hwb_analysis.stats import verbs


@pytest.fixture(scope="module")
def chapter() -> InequalityChapter:
    """Open the chapter once."""
    return open_inequality()


def test_the_notebook_runs_and_shows_every_section(root: Path, tmp_path: Path) -> None:
    """Dumbbells, gradients, maps, tables; nothing on the error stream."""
    node = nbformat.read(root / "notebooks" / "inequality_chapter.ipynb", as_version=4)
    client = NotebookClient(
        node, timeout=200, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    outputs = [o for c in node.cells if c.cell_type == "code" for o in c.outputs]
    text = "\n".join(str(t) for o in outputs for t in getattr(o, "data", {}).values())
    silent = [c.source for c in node.cells if c.cell_type == "code" and not c.outputs]
    assert all("data_cut" in source for source in silent)
    assert not [o.text for o in outputs if o.output_type == "stream" and o.name == "stderr"]
    for wanted in (
        "statistically significant difference on",
        "Dying well",
        "most deprived tenth",
        "4 of 408 small areas in the most deprived tenth of England, 2019",
        "Not published here.",
        "Concentration curves over ten groups",
        "flagged: 7 low among low",
        "All domains together",
        "Source:",
        "Moran's I of 408 areas",
    ):
        assert wanted in text, wanted
    assert text.count("<figure") >= 8


def test_twelve_indicators_or_more_stand_over_the_life_course(chapter: InequalityChapter) -> None:
    """Each with both districts, from four stages or more."""
    assert len(chapter.with_gap) >= 12
    stage_of = {m.id: p.stage for p in chapter.strategy.priorities for m in p.measures}
    assert len({stage_of[a.measure.id] for a in chapter.with_gap.values()}) >= 4


def test_the_fifths_hold_every_small_area_and_resident(chapter: InequalityChapter) -> None:
    """Two editions over the same 408 small areas."""
    table = chapter.quintiles()
    for edition in ("2019", "2025"):
        assert table[f"Small areas {edition}"].sum() == len(chapter.small_areas) == 408
        assert table[f"Residents {edition} (%)"].sum() == pytest.approx(100, abs=0.3)
    # Four small areas of 2011 were in the most deprived national tenth in 2019.
    whole = chapter.domains().set_index("Domain").loc["All domains together"]
    assert whole[["Tenth 2019", "Fifth 2019", "Tenth 2025"]].tolist() == [4, 7, 3]


def test_the_four_most_deprived_neighbourhoods_are_named(chapter: InequalityChapter) -> None:
    """The ranks rise and every name is there."""
    table = chapter.most_deprived()
    assert len(table) == 4
    assert table["Rank in England 2025"].is_monotonic_increasing
    assert (table["Neighbourhood"] != "").all()


def test_moves_between_editions_add_up(chapter: InequalityChapter) -> None:
    """Followed small areas are in one of three groups."""
    table = chapter.change()
    moved = table[["More deprived tenth", "Same tenth", "Less deprived tenth"]].sum(axis=1)
    assert (moved == table["Followed"]).all()
    assert table["Followed"].tolist() == [396, 384]


NINE = {
    "Age",
    "Disability",
    "Gender reassignment",
    "Marriage and civil partnership",
    "Pregnancy and maternity",
    "Race",
    "Religion or belief",
    "Sex",
    "Sexual orientation",
}


def test_each_protected_characteristic_has_a_section(
    chapter: InequalityChapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nine by law; with figures where there are any, else with the words and the reason."""
    pages = chapter.characteristics
    assert {one.title for one in pages.entries if one.protected} == NINE
    shown: list[str] = []
    for name in ("show_html", "show_markdown"):
        monkeypatch.setattr(f"hwb_analysis.reports.characteristics.{name}", shown.append)
    for entry in pages.entries:
        shown.clear()
        pages.show_one(entry)
        text = " ".join(shown)
        assert entry.absent in text
        assert ("Not published here" in text) == (pages.count(entry) == 0)
        assert ("Source:" in text) or pages.count(entry) == 0 or entry.groups


def test_figures_by_characteristic_are_the_publishers(chapter: InequalityChapter) -> None:
    """Read by eye from the snapshot: groups in reception, small groups, women and men."""
    pages = chapter.characteristics
    counts = pages.overview().set_index("Characteristic")["Figures"]
    for absent in ("Religion or belief", "Sexual orientation", "Gender reassignment"):
        assert counts[absent] == "not published here"
    assert int(counts["Sex"]) > 5
    by_id = {one.id: one for one in pages.entries}
    race = pages.group_rows(by_id["race"].groups[0]).set_index("category")["value"]
    assert race["Asian"] == 72.6
    assert race["Other ethnic group"] == 62.5
    looked_after = pages.figures(by_id["looked-after"]).set_index("Figure")
    absent = looked_after.loc[looked_after["Value"].isna(), "Missing because"]
    assert len(absent) == 1
    assert "suppressed" in absent.iloc[0]
    sexes = pages.sexes()
    assert ((sexes["Lower 95%"] <= sexes["Gap"]) | (sexes["No interval"] != "")).all()
    drawn = pages.chart(by_id["race"].groups[0], "by-race-1")
    assert drawn is not None
    assert "No interval published" in drawn.caption


def test_a_small_area_stands_out_only_after_adjusting(chapter: InequalityChapter) -> None:
    """Deprivation flags no small area of 408; unpaid care seven, all in one town."""
    assert (chapter.pattern().result.kind == "").all()
    found = pattern_of_share(chapter.small_areas, chapter.snapshot, PATTERN)
    drawn = pattern_chart(found, chapter.strategy, chapter.snapshot, "Care", "Census.", "care")
    assert len(drawn.data) == 408
    assert drawn.table is not None
    assert set(drawn.table["Pattern"]) == {"low among low"}
    assert (drawn.table["Adjusted p"] <= 0.05).all()
    assert drawn.table["Place"].str.startswith("Loughborough").all()
    assert "none is flagged" not in drawn.alt


def test_concentration_is_drawn_with_its_indices(chapter: InequalityChapter) -> None:
    """Homes without a car lie furthest towards the deprived; no part of the index is drawn."""
    links = [link for p in chapter.strategy.priorities for link in p.gradients]
    drawn = concentration_chart(links, chapter.strategy, chapter.snapshot)
    assert drawn.table is not None
    assert drawn.table["Curve"].iloc[0] == "Households without a car or van"
    assert drawn.table["Concentration index"].iloc[0] == pytest.approx(-0.211, abs=0.001)
    assert not drawn.table["Curve"].str.contains("poverty").any()


def test_the_nations_districts_have_a_line_and_the_own_ones_a_distance(
    chapter: InequalityChapter,
) -> None:
    """Life expectancy is marked as part of the index; every figure has a source."""
    own = [d.code for d in chapter.strategy.area.districts]
    for chosen in NATIONAL:
        drawn = national_chart(chosen, chapter.snapshot, own)
        assert len(drawn.data) > 250
        assert drawn.table is not None
        assert len(drawn.table) == 7
        assert drawn.table["In errors of prediction"].abs().max() < 4
        assert ("description, no inference" in drawn.caption) == chosen.component
        assert drawn.source


def test_a_few_districts_have_gaps_and_dispersion_but_no_slope(chapter: InequalityChapter) -> None:
    """The one call, on real figures, leaves the slope out and says why."""
    smoking = chapter.with_gap["Adults with obesity"].districts
    table = verbs.inequality(smoking, better="low").set_index("measure")
    assert table.loc["slope index", "reason"].startswith("a line through a few areas")
    assert table.loc["sd", "lower_95"] <= table.loc["sd", "corrected"] < table.loc["sd", "value"]


def test_pupils_with_and_without_free_meals_have_a_gap(chapter: InequalityChapter) -> None:
    """Two series of one publisher, one area."""
    frame = chapter.snapshot.frame(["lait:gld-fsm", "lait:gld-non-fsm"])
    home = frame.loc[frame["area_code"] == chapter.strategy.area.code]
    newest = home.loc[home["period_end"] == home["period_end"].max()]
    both = newest.assign(category=newest["series_id"], series_id="gld", vintage="")
    found = verbs.gap(both, most="lait:gld-fsm", least="lait:gld-non-fsm", on="category")
    assert isinstance(found, pd.DataFrame)
    assert found.loc[0, "gap"] < -10
