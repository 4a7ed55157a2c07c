"""The operations of claims on figures made for the purpose."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from hwb_analysis.claims import OPERATIONS, ClaimsFile, Finding
from hwb_analysis.claims.reader import NoFigureError, Reader
from hwb_analysis.frame import conform
from hwb_analysis.periods import parse_period
from hwb_analysis.sources.snapshot import Snapshot
from hwb_analysis.strategy.model import Strategy

HOME, NATION, LEFT, RIGHT = "E10000001", "E92000001", "E07000001", "E07000002"
PEERS = [f"E0600000{n}" for n in range(1, 10)]
NAMES = {HOME: "Ourshire", NATION: "Nation", LEFT: "Left", RIGHT: "Right"}
STRATEGY = SimpleNamespace(
    area=SimpleNamespace(
        code=HOME,
        name="Ourshire",
        nation=SimpleNamespace(code=NATION),
        districts=[SimpleNamespace(code=LEFT), SimpleNamespace(code=RIGHT)],
    )
)


def row(area: str, period: str, value: float | None, **more: Any) -> dict[str, Any]:
    """Return one row of the tidy frame."""
    found = parse_period(period)
    return {
        "series_id": "a:b",
        "area_code": area,
        "area": NAMES.get(area, area),
        "area_type": "County" if area == HOME else "Unitary authority",
        "period": found.label,
        "period_start": pd.Timestamp(found.start),
        "period_end": pd.Timestamp(found.end),
        "period_kind": found.kind.value,
        "sex": "Persons",
        "age": "All ages",
        "value": value,
        "unit": "%",
        "basis": "complete_count",
        "grade": "A",
        "status": "ok" if value is not None else "missing",
        "vintage": "2026",
        "origin_id": "o",
        "note": "" if value is not None else "a dash",
        **more,
    }


def counted(area: str, period: str, count: int, of: int = 1000) -> dict[str, Any]:
    """Return a share with its count."""
    return row(area, period, 100 * count / of, count=count, denominator=of)


def run(rows: list[dict[str, Any]], **recipe: Any) -> Finding:
    """Run one recipe on some rows, as the check does."""
    series = recipe.pop("series", "a:b")
    claim = {
        "id": "A-1",
        "section": "1",
        "line": 1,
        "priority": "overview",
        "topic": "A figure",
        "parts": [{"says": "8.0", "recipe": {**({"series": series} if series else {}), **recipe}}],
    }
    other = {**claim, "id": "B-1", "parts": [{"says": "2.5", "lacks": "a series"}]}
    file = ClaimsFile.model_validate(
        {
            "schema_version": 1,
            "area": HOME,
            "about": "a strategy",
            "sections": {"1": "First"},
            "claims": [claim, other],
        }
    )
    frame = conform(pd.DataFrame(rows or [row(HOME, "2020", 1.0)]))
    snapshot = SimpleNamespace(
        name="test",
        series=dict.fromkeys(frame["series_id"]),
        frame=lambda ids, vintage: frame,
    )
    reader = Reader(cast(Strategy, STRATEGY), cast(Snapshot, snapshot), file)
    wanted = file.claims[0].parts[0].recipe
    assert wanted is not None
    return OPERATIONS[wanted.op](wanted, reader)


def test_a_value_is_that_of_the_area_the_period_and_the_newest_release() -> None:
    rows = [
        row(HOME, "2019", 7.0),
        row(HOME, "2020", 8.0),
        row(HOME, "2020", 8.4, vintage="2021"),
        row(NATION, "2020", 9.0),
    ]
    assert run(rows, op="value", period="2020").value == 8.0
    assert run(rows, op="value", period="2020", vintage="2021").value == 8.4
    assert run(rows, op="value", period="2020", area=NATION).value == 9.0


def test_both_sexes_together_are_meant_unless_one_is_named() -> None:
    rows = [
        row(HOME, "2020", 5.0),
        row(HOME, "2020", 6.0, sex="Male"),
        row(HOME, "2020", 4.0, sex="Female"),
    ]
    assert run(rows, op="value", period="2020").value == 5.0
    assert run(rows, op="value", period="2020", sex="Male").value == 6.0


def test_the_count_behind_a_figure() -> None:
    assert run([counted(HOME, "2020", 61)], op="value", period="2020", column="count").value == 61
    with pytest.raises(NoFigureError, match="no count is published"):
        run([row(HOME, "2020", 5.0)], op="value", period="2020", column="count")


def test_a_missing_value_gives_its_reason() -> None:
    with pytest.raises(NoFigureError, match="a:b for 2020: a dash"):
        run([row(HOME, "2020", None)], op="value", period="2020")


def test_a_total_adds_the_series() -> None:
    rows = [row(HOME, "2020", 13.0), row(HOME, "2020", 4.8, series_id="a:c")]
    found = run(rows, op="total", series=["a:b", "a:c"], period="2020")
    assert found.value == pytest.approx(17.8)
    assert not found.has_interval


@pytest.mark.parametrize(
    ("formula", "value"), [("sum", 10.5), ("difference", 5.5), ("share left", -220.0)]
)
def test_what_follows_from_printed_figures(formula: str, value: float) -> None:
    found = run([], op="printed", series="", formula=formula, of=["A-1", "B-1"])
    assert found.value == pytest.approx(value)


@pytest.mark.parametrize(
    ("first", "last", "shared"),
    [("2017 - 19", "2018 - 20", 2 / 3), ("2015 - 17", "2018 - 20", 0.0), ("2020", "2020", 1.0)],
)
def test_time_that_periods_share(first: str, last: str, shared: float) -> None:
    found = run([], op="shared_time", series="", first=first, last=last)
    assert found.value == pytest.approx(shared, abs=0.001)


@pytest.mark.parametrize(
    ("count", "better", "word"),
    [
        (100, "low", "better"),
        (100, "high", "worse"),
        (200, "low", "similar"),
        (300, "high", "better"),
    ],
)
def test_a_comparison_by_interval(count: int, better: str, word: str) -> None:
    rows = [counted(HOME, "2020", count), counted(NATION, "2020", 20_000, 100_000)]
    found = run(rows, op="compare", period="2020", better=better)
    assert (found.word, found.comparator_value) == (word, 20.0)


def test_a_comparison_without_an_interval_gives_no_word() -> None:
    rows = [row(HOME, "2020", 10.0), row(NATION, "2020", 20.0)]
    found = run(rows, op="compare", period="2020", better="low")
    assert (found.word, found.tendency, found.tested) == ("", "better", None)
    with pytest.raises(NoFigureError, match="a:b for 2020"):
        run(rows[:1], op="compare", period="2020", better="low")


def test_a_comparison_in_every_period_has_one_word_or_none() -> None:
    def rows(first: int) -> list[dict[str, Any]]:
        own = [counted(HOME, "2019", first), counted(HOME, "2020", 100)]
        return [*own, *(counted(NATION, p, 20_000, 100_000) for p in ("2019", "2020"))]

    recipe = {"op": "compare_every", "first": "2019", "last": "2020", "better": "low"}
    assert run(rows(100), **recipe).word == "better"
    assert run(rows(100), **recipe).period == "2019 to 2020 (2 periods)"
    assert run(rows(200), **recipe).word == "not the same in all periods"


def test_a_change_is_tested_on_counts_and_given_by_the_values() -> None:
    recipe = {"op": "change", "first": "2019", "last": "2020"}
    large = run([counted(HOME, "2019", 200), counted(HOME, "2020", 300)], **recipe)
    assert (large.word, large.tested, large.told) == ("increase", True, "increase")
    small = run([counted(HOME, "2019", 200), counted(HOME, "2020", 203)], **recipe)
    assert (small.word, small.tested, small.told) == ("increase", False, "")
    bare = run([row(HOME, "2019", 20.0), row(HOME, "2020", 20.0)], **recipe)
    assert (bare.word, bare.tested) == ("no change", None)
    assert bare.test.startswith("not tested: ")


def test_a_change_between_overlapping_periods_is_refused() -> None:
    rows = [
        row(HOME, "2017 - 19", 6.4, lower_95=5.9, upper_95=6.9, unit="years"),
        row(HOME, "2018 - 20", 6.0, lower_95=5.5, upper_95=6.5, unit="years"),
    ]
    found = run(rows, op="change", first="2017 - 19", last="2018 - 20")
    assert (found.word, found.tested) == ("decrease", None)
    assert "not tested" in found.test


@pytest.mark.parametrize(
    ("values", "word"),
    [([5, 4, 3], "decrease"), ([3, 4, 5], "increase"), ([3, 5, 4], "not the same way each time")],
)
def test_a_run(values: list[float], word: str) -> None:
    rows = [row(HOME, str(2018 + n), v) for n, v in enumerate(values)]
    assert run(rows, op="every_period", first="2018", last="2020").word == word


def test_a_run_passes_over_missing_years_and_needs_two() -> None:
    rows = [row(HOME, "2018", 5.0), row(HOME, "2019", None), row(HOME, "2020", 4.0)]
    assert run(rows, op="every_period", first="2018", last="2020").word == "decrease"
    with pytest.raises(NoFigureError, match="one period is no run"):
        run(rows, op="every_period", first="2018", last="2018")


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ([5, 6, 4], "lowest"),
        ([5, 6, 7], "highest"),
        ([5, 7, 6], "neither lowest nor highest"),
        ([5, 6, 5], "neither lowest nor highest"),
    ],
)
def test_the_last_of_a_run_as_its_extreme(values: list[float], word: str) -> None:
    rows = [row(HOME, str(2018 + n), v) for n, v in enumerate(values)]
    found = run(rows, op="extreme", first="2018", last="2020", period="2020")
    assert found.word == word


def test_a_trend_needs_enough_series_that_bear_it_out() -> None:
    falling = [counted(HOME, str(2016 + n), 9500 - 100 * n, 10_000) for n in range(5)]
    flat = [{**counted(HOME, str(2016 + n), 9500, 10_000), "series_id": "a:c"} for n in range(5)]
    both = {"op": "trend", "series": ["a:b", "a:c"], "last": "2020"}
    one = run([*falling, *flat], **both)
    assert (one.word, one.tested) == ("decrease", True)
    assert "finds a decrease in 1 of 2: " in one.test
    assert run([*falling, *flat], **both, at_least=2).tested is None


def test_a_trend_without_counts_is_not_tested_but_has_a_way() -> None:
    rows = [row(HOME, str(2016 + n), 90.0 - n) for n in range(5)]
    found = run(rows, op="trend", series=["a:b"], last="2020")
    assert (found.word, found.tested, found.told) == ("decrease", None, "")


def test_the_share_of_ages() -> None:
    def people(period: str, old: int) -> list[dict[str, Any]]:
        ages = {"60-64": 1000 - old, "65-69": old - 10, "90+": 10}
        return [row(HOME, period, n, age=age, unit="people", count=n) for age, n in ages.items()]

    rows = [*people("2015", 200), *people("2020", 300)]
    found = run(rows, op="share_of_ages", from_age=65, first="2015", last="2020")
    assert (found.value, found.comparator_value, found.word) == (30.0, 20.0, "increase")
    with pytest.raises(NoFigureError, match="2021"):
        run(rows, op="share_of_ages", from_age=65, first="2015", last="2021")


@pytest.mark.parametrize(
    ("value", "first_is", "group"),
    [(0, "low", 1), (0, "high", 5), (9.5, "low", 5), (4.5, "low", 3)],
)
def test_the_fifth_among_all_areas(value: float, first_is: str, group: int) -> None:
    rows = [row(code, "2020", n) for n, code in enumerate(PEERS, start=1)]
    rows += [row(HOME, "2020", value), row(LEFT, "2020", 50.0, area_type="District")]
    found = run(
        rows, op="position", period="2020", first_is=first_is, tier=["County", "Unitary authority"]
    )
    assert found.value == group
    assert "of 10 areas" in found.method


def test_the_position_of_an_area_outside_the_tier_is_not_given() -> None:
    with pytest.raises(NoFigureError, match="not in its tier"):
        run([row(HOME, "2020", 1.0)], op="position", period="2020", first_is="low", tier=["LSOA"])


def test_the_rank_among_the_districts_is_from_the_highest() -> None:
    rows = [row(LEFT, "2020", 9.0), row(RIGHT, "2020", 8.0), row(PEERS[0], "2020", 99.0)]
    assert run(rows, op="rank", area=LEFT, period="2020").value == 1
    assert run(rows, op="rank", area=RIGHT, period="2020").value == 2
