"""Returns on a page: hostile texts stay texts, small counts stay hidden, blanks say so."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup

from hwb_analysis.reports.report_parts import commitments_table
from hwb_analysis.reports.returns_block import local_measures_frame, local_measures_table
from hwb_analysis.sources.returns import (
    NO_RETURN,
    CommitmentReturn,
    FigureStatus,
    MeasureReturn,
    Progress,
    Returns,
)
from hwb_analysis.strategy import load_strategy
from hwb_analysis.strategy.model import Priority

STRATEGY = load_strategy()
HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)> & "quotes"'
DAY = date(2026, 5, 1)
PRIORITY = STRATEGY.priority("end-of-life")


def _measure(own: str, **fields: Any) -> dict[str, tuple[MeasureReturn, ...]]:
    item = MeasureReturn(own, FigureStatus.FINAL, DAY, "Team", **fields)
    return {own: (item,)}


@pytest.mark.parametrize("priority", STRATEGY.priorities, ids=lambda p: p.slug)
def test_without_returns_every_row_says_so(priority: Priority) -> None:
    html = commitments_table(priority, Returns())
    html += local_measures_table(STRATEGY, priority, Returns())
    rows = BeautifulSoup(html, "html.parser").select("tbody tr")
    assert rows
    assert all(NO_RETURN in row.get_text() for row in rows)


def test_every_local_measure_and_commitment_is_on_one_page() -> None:
    measures = [len(local_measures_frame(STRATEGY, p, Returns())) for p in STRATEGY.priorities]
    tables = [commitments_table(p, Returns()) for p in STRATEGY.priorities]
    commitments = [len(BeautifulSoup(t, "html.parser").select("tbody tr")) for t in tables]
    assert (sum(measures), sum(commitments)) == (26, 39)


def test_hostile_texts_are_escaped() -> None:
    own = PRIORITY.measures[0].id
    mine = PRIORITY.commitments[0].id
    item = CommitmentReturn(mine, Progress.DONE, DAY, HOSTILE, (), HOSTILE, HOSTILE)
    returns = Returns(_measure(own, note=HOSTILE), {mine: (item,)})
    html = commitments_table(PRIORITY, returns)
    html += local_measures_table(STRATEGY, PRIORITY, returns)
    soup = BeautifulSoup(html, "html.parser")
    assert not soup.select("script, img")
    assert soup.get_text().count(HOSTILE) == 4


def test_small_counts_never_reach_the_page() -> None:
    own = PRIORITY.measures[0].id
    returns = Returns(_measure(own, value=0.1688, unit="%", count=3, denominator=1777))
    html = local_measures_table(STRATEGY, PRIORITY, returns)
    frame = local_measures_frame(STRATEGY, PRIORITY, returns).to_csv()
    for text in (html, frame):
        assert "withheld to protect small numbers" in text
        assert "1777" not in text
        assert "0.1" not in text
        assert "0.2" not in text


def test_a_figure_with_its_unit_and_how_it_came() -> None:
    own = PRIORITY.measures[0].id
    fields = {"value": 25.0, "unit": "%", "count": 500, "denominator": 2000, "derived": True}
    frame = local_measures_frame(STRATEGY, PRIORITY, Returns(_measure(own, **fields)))
    figure = frame.loc[frame["Id"] == own, "Returned figure"].item()
    assert figure.startswith("25.0")
    assert figure.endswith("worked out from the counts returned")


def test_measures_served_are_named_only_where_narrowed() -> None:
    own = PRIORITY.commitments[0].id
    every = tuple(m.id for m in PRIORITY.measures)
    for served, told in ((every, False), (every[:1], True)):
        item = CommitmentReturn(own, Progress.DONE, DAY, "Team", served)
        html = commitments_table(PRIORITY, Returns({}, {own: (item,)}))
        assert (f"Serves {every[0]}" in html) is told


def test_tables_have_captions_and_headed_rows() -> None:
    soup = BeautifulSoup(local_measures_table(STRATEGY, PRIORITY, Returns()), "html.parser")
    assert soup.caption is not None
    assert PRIORITY.title in soup.caption.get_text()
    rows = soup.select("tbody tr")
    assert all(row.select_one("th[scope=row]") for row in rows)
    assert all(cell.get_text().strip() for row in rows for cell in row.select("td"))
