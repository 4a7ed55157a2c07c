"""All measures of the registry, one by one: a verdict, and a reason for it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hwb_analysis.assessment import (
    as_rows,
    assess_all,
    comparators,
    judge,
    make_context,
    neighbour_lists,
    peer_counts,
    verdict_rows,
)
from hwb_analysis.narrative import verdict_sentence
from hwb_analysis.sources.snapshot import current_snapshot
from hwb_analysis.strategy import load_strategy
from hwb_analysis.vocabulary import MeasureType, Verdict

STRATEGY = load_strategy()


@pytest.fixture(scope="module")
def context() -> Any:
    """Return the context of the pages, on a day that does not move."""
    return make_context(STRATEGY, current_snapshot(), as_of=date(2026, 11, 22))


@pytest.fixture(scope="module")
def assessed(context: Any) -> Any:
    """Return every assessment."""
    return assess_all(context)


@pytest.fixture(scope="module")
def judgement(context: Any, assessed: Any) -> Any:
    """Return every verdict."""
    return judge(context, assessed, page="the whole strategy")


def test_there_are_eighty_four(judgement: Any) -> None:
    """Every measure once, in the order of the strategy."""
    assert len(STRATEGY.measures) == 84
    assert list(judgement.measures) == [m.id for m in STRATEGY.measures]
    assert sum(judgement.counts().values()) == 84


@pytest.mark.parametrize("measure", STRATEGY.measures, ids=lambda m: m.id)
def test_every_measure_has_a_verdict_with_a_reason(judgement: Any, measure: Any) -> None:
    """A verdict from the closed list, and at least one reason that is not empty."""
    found = judgement.measures[measure.id]
    assert found.verdict in Verdict
    assert found.reasons
    assert all(reason.text.strip() and reason.code for reason in found.reasons)
    if found.verdict is Verdict.LOCAL_DUE:
        assert measure.type is not MeasureType.OPEN


@pytest.mark.parametrize(
    ("measure", "verdict", "sustained"),
    [
        ("BSL-FCD-07", Verdict.WRONG, False),
        ("XCC-HPE-02", Verdict.WRONG, False),
        ("XCC-HPE-08", Verdict.WANTED, False),
        ("SHW-BSF-08", Verdict.NO_CLEAR_CHANGE, False),
        ("SHW-EHC-04", Verdict.NO_CLEAR_CHANGE, False),
        ("SHW-EHC-06", Verdict.NO_CLEAR_CHANGE, False),
        ("SHW-EHC-09", Verdict.TOO_EARLY, False),
        ("XCC-IMH-04", Verdict.NO_FIGURE_SINCE, False),
        ("SHW-BSF-10", Verdict.NOT_MEASURABLE, False),
        ("XCC-IMH-01", Verdict.NOT_MEASURABLE, False),
        ("SHW-EHC-08", Verdict.LOCAL_DUE, False),
    ],
)
def test_verdicts_of_this_snapshot(
    judgement: Any, measure: str, verdict: Verdict, sustained: bool
) -> None:
    """One measure of every verdict that the snapshot gives, checked by hand."""
    found = judgement.measures[measure]
    assert (found.verdict, found.sustained) == (verdict, sustained)


def test_the_family_counts_each_figure_once(judgement: Any) -> None:
    """Inactive adults and the first MMR dose serve two measures each and are one test each."""
    tested = [p for m in judgement.measures.values() for p in m.parts if p.tested]
    assert len(tested) == judgement.tested + 2
    assert judgement.expected_by_chance == pytest.approx(0.05 * judgement.tested)


def test_a_priority_gives_the_verdicts_of_the_board(
    context: Any, assessed: Any, judgement: Any
) -> None:
    """A page's own family may differ from the Board's; in this snapshot no verdict does."""
    for priority in STRATEGY.priorities:
        own = [a for a in assessed if a.priority.slug == priority.slug]
        for key, found in judge(context, own).measures.items():
            assert found.verdict is judgement.measures[key].verdict, key


def test_rows_carry_the_verdict(assessed: Any, judgement: Any) -> None:
    """The Board's table names the measure's verdict in every row, and one row a measure."""
    rows = as_rows(assessed, judgement)
    assert len(rows) == len(assessed)
    assert all(row["verdict"] in list(Verdict) and row["verdict_reasons"] for row in rows)
    proxies = [row for row in rows if row["use"] == "proxy"]
    assert proxies
    assert not any(row["part_verdict"] for row in proxies)
    assert len(verdict_rows(judgement)) == 84


def test_region_and_lists_stand_beside(context: Any, assessed: Any) -> None:
    """Smoking 2024: better than four of nine listed neighbours that hold a figure."""
    table = comparators(context, assessed)
    smoking = "shw-ehc-06-smoking-adult"
    counts = {c.list: c for c in peer_counts(table, smoking, context.area_code)}
    first = counts["dfe-statistical-2025-05"]
    assert (first.listed, first.held) == (10, 9)
    assert (first.better, first.similar, first.worse, first.not_compared) == (4, 5, 0, 0)
    assert set(counts) == set(neighbour_lists(context.area_code))
    employment = table.loc[table["measure_id"] == "SHW-BSF-08"]
    assert employment[["area_code", "comparison"]].values.tolist() == [
        [STRATEGY.area.region.code, "better"]
    ]
    plain = table.loc[table["measure_id"] == "SHW-BSF-10"]
    assert set(plain["comparison"]) == {"not compared"}
    assert plain["reason"].str.len().min() > 0


def test_the_worked_example_of_the_methods_page(judgement: Any, root: Path) -> None:
    """Every figure that docs/methods/verdicts.md works through is what is found."""
    page = (root / "docs" / "methods" / "verdicts.md").read_text(encoding="utf-8")
    found = judgement.measures["SHW-EHC-06"]
    part = found.parts[0]
    assert verdict_sentence(found) in page.replace("\n", " ")
    assert f"p {part.change.p_value:.3f}" in page
    assert f"{part.q_value:.3f} among the {judgement.tested} figures" in page
    assert f"{part.usable} usable points" in page
    assert (part.assessment.comparison.value, part.at_baseline.value) == ("better", "similar")
