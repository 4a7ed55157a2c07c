"""The inequality chapter: gaps over the life course, ranks, small areas, characteristics."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

from hwb_analysis.reports.area_gradients import NATIONAL, national_chart
from hwb_analysis.reports.inequality_chapter import InequalityChapter, open_inequality
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
        "side by side",
        "Dying well",
        "most deprived tenth",
        "Small areas by national",
        "not published",
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


def test_what_is_not_published_by_characteristic_says_so(chapter: InequalityChapter) -> None:
    """Sex, free school meals and special needs have series; most others none."""
    table = chapter.characteristics().set_index("Characteristic")["Series"]
    assert table["Religion or belief"] == "not published"
    assert int(table["Sex"]) > 5
    assert int(table["Special educational needs"]) > 5
    sexes = chapter.by_sex()
    assert ((sexes["Lower 95%"] <= sexes["Gap"]) | (sexes["No interval"] != "")).all()


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
