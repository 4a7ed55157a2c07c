"""The strategy's own figures: every one is there, or its block says why it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from hwb_analysis.assessment import Assessment, Context, assess_all, make_context
from hwb_analysis.figures.district_pairs import has_limits, pair_rows
from hwb_analysis.reports.accessibility import check_page
from hwb_analysis.reports.overview_cells import cells_of, range_rows
from hwb_analysis.reports.render import PageMeta, page
from hwb_analysis.reports.strategy_figures import (
    Block,
    contributors_block,
    pairs_block,
    population_block,
    strategy_page,
)
from hwb_analysis.sources.snapshot import current_snapshot
from hwb_analysis.strategy import load_strategy
from hwb_analysis.vocabulary import Comparison

NORTHSHIRE = Path(__file__).parents[1] / "unit" / "registry_files" / "northshire.yaml"


@pytest.fixture(scope="module")
def context() -> Context:
    return make_context(load_strategy(), current_snapshot(), as_of=date(2026, 11, 1))


@pytest.fixture(scope="module")
def assessments(context: Context) -> tuple[Assessment, ...]:
    return assess_all(context)


@pytest.fixture(scope="module")
def blocks(context: Context, assessments: tuple[Assessment, ...]) -> dict[str, Block]:
    return {block.name: block for block in strategy_page(context, assessments)}


def test_every_figure_is_drawn_and_every_stage_has_its_overview(
    blocks: dict[str, Block], context: Context
) -> None:
    stages = [f"figure-overview-{stage.slug}" for stage in context.strategy.stages]
    named = ["figure-population", "figure-districts", *stages, "figure-overview-range",
             "figure-strategy", "figure-contributors"]  # fmt: skip
    assert list(blocks) == named
    assert all(block.drawn is not None for block in blocks.values())


def test_the_page_is_accessible(blocks: dict[str, Block]) -> None:
    body = "<h1>Figures</h1>" + "".join(block.to_html() for block in blocks.values())
    meta = PageMeta(product="p", data="d", facts=[], links=[])
    check_page(page("Figures", body, meta=meta), where="figures")


def test_tables_and_lists_come_before_their_pictures(blocks: dict[str, Block]) -> None:
    for name, first in (("figure-overview-best-start", "table"), ("figure-strategy", "ul")):
        soup = BeautifulSoup(blocks[name].to_html(), "html5lib")
        tags = [tag.name for tag in soup.find_all([first, "img"])]
        assert tags[0] == first


def test_the_overview_agrees_with_the_assessments(
    assessments: tuple[Assessment, ...], blocks: dict[str, Block]
) -> None:
    cells = cells_of([a for a in assessments if a.latest is not None])
    own = cells.loc[cells["area"] == assessments[0].area].drop_duplicates("measure")
    known = {
        a.heading + (" (proxy)" if a.is_proxy else ""): a.comparison.value
        for a in assessments
        if a.latest is not None
    }
    assert dict(zip(own["measure"], own["comparison_95"], strict=True)) == known
    compared = [a for a in assessments if a.priority.stage == "best-start" and a.latest]
    words = [a.comparison for a in compared if a.comparison is not Comparison.NOT_COMPARED]
    drawn = blocks["figure-overview-best-start"].drawn
    assert drawn is not None
    assert f"of {len(words)} figures" in drawn.title


def test_a_district_is_compared_only_where_it_has_limits(
    assessments: tuple[Assessment, ...],
) -> None:
    cells = cells_of(assessments)
    told = cells.loc[cells["comparison_95"].isin(["better", "similar", "worse"])]
    assert told["lower_95"].notna().all()


def test_growth_is_said_to_be_not_checkable_here(blocks: dict[str, Block]) -> None:
    drawn = blocks["figure-population"].drawn
    assert drawn is not None
    assert "not checkable here" in drawn.caption
    assert "2020" in drawn.title
    assert len(drawn.data) == 19


def test_the_two_districts_have_gap_ratio_and_overlap(
    context: Context, assessments: tuple[Assessment, ...]
) -> None:
    ends = context.strategy.area.deprivation
    assert ends is not None
    rows = pair_rows([a for a in assessments if has_limits(a, ends.most, ends.least)],
                     ends.most, ends.least)  # fmt: skip
    assert set(rows["overlap"]) <= {"yes", "no"}
    apart = rows.apply(
        lambda r: r["most_upper"] < r["least_lower"] or r["least_upper"] < r["most_lower"], axis=1
    )
    assert (rows["overlap"] == "no").tolist() == apart.tolist()
    rates = rows.loc[~rows["unit"].str.startswith("score")]
    assert rates["ratio"].str.contains("times").all()
    assert (rows.loc[rows["unit"].str.startswith("score"), "ratio"] == "").all()


def test_a_suppressed_district_leaves_the_row_out(
    context: Context, assessments: tuple[Assessment, ...]
) -> None:
    ends = context.strategy.area.deprivation
    assert ends is not None
    one = next(a for a in assessments if has_limits(a, ends.most, ends.least))
    frame = one.districts.copy()
    frame.loc[frame["area_code"] == ends.most, ["value", "status"]] = [float("nan"), "suppressed"]
    hidden = replace(one, districts=frame)
    other = next(a for a in assessments if a is not one and has_limits(a, ends.most, ends.least))
    rows = pair_rows([hidden, other], ends.most, ends.least)
    assert rows["label"].str.startswith(other.heading).tolist() == [True]


def test_the_range_is_of_a_hundred_authorities_or_more(
    context: Context, assessments: tuple[Assessment, ...]
) -> None:
    rows = range_rows(context, assessments)
    assert rows["areas"].min() >= 100
    ordered = rows[["range_low", "quarter_low", "quarter_high", "range_high"]]
    assert (ordered.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)


def test_another_strategy_without_data_says_why_nothing_is_drawn() -> None:
    strategy = load_strategy(NORTHSHIRE)
    context = make_context(strategy, current_snapshot(), as_of=date(2026, 11, 1))
    found = assess_all(context)
    population = population_block(context)
    assert population.drawn is None
    assert "holds no population" in population.before
    pairs = pairs_block(context, [replace(a, gap=None, districts=pd.DataFrame()) for a in found])
    assert pairs.drawn is None
    assert "Not drawn" in pairs.before
    assert contributors_block(context).drawn is None
    assert [b.name for b in strategy_page(context, found)][-2:] == [
        "figure-strategy",
        "figure-contributors",
    ]
