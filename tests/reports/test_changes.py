"""What changed between two runs is found, named, and told to a scheduler."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hwb_analysis.errors import UsageError
from hwb_analysis.reports.changes import Change, ChangeKind, Changes, between, changes_of_runs

ROW: dict[str, Any] = {
    "measure_id": "M-1",
    "measure": "Fewer falls",
    "part": "Falls",
    "series_id": "a:falls",
    "period": "2022/23",
    "value": 3.2,
    "lower_95": 3.0,
    "upper_95": 3.4,
    "count": None,
    "denominator": None,
    "unit": "%",
    "comparison_95": "similar",
    "part_direction": "not tested",
    "verdict": "too early to say",
    "returned": "",
}


def _changes(**new: Any) -> list[Change]:
    return list(between([ROW], [ROW | new]))


def test_the_same_rows_have_no_changes() -> None:
    assert (
        list(between([ROW, ROW | {"measure_id": "M-2"}], [ROW | {"measure_id": "M-2"}, ROW])) == []
    )


@pytest.mark.parametrize(
    ("new", "kind", "words"),
    [
        ({"period": "2023/24", "value": 2.9}, ChangeKind.PERIOD, "2.9 % in 2023/24, before 3.2 %"),
        ({"value": 3.25}, ChangeKind.REVISED, "3.2 % in 2022/23 is now"),
        ({"upper_95": 3.5}, ChangeKind.REVISED, "the upper 95 % limit was 3.4, now 3.5"),
        ({"upper_95": None}, ChangeKind.REVISED, "limit was 3.4, now not available"),
        ({"series_id": "b:falls", "value": 9.0}, ChangeKind.SERIES, "from b:falls, before 3.2 %"),
        ({"value": None}, ChangeKind.VANISHED, "was 3.2 % in 2022/23"),
        ({"verdict": "no clear change"}, ChangeKind.VERDICT, "too early to say, now no clear"),
        ({"comparison_95": "worse"}, ChangeKind.SIGNIFICANT, "similar, now worse"),
        ({"part_direction": "decrease"}, ChangeKind.SIGNIFICANT, "not tested, now decrease"),
        ({"returned": "on track"}, ChangeKind.RETURNED, "none, now on track"),
    ],
)
def test_each_change_is_called_by_its_name(
    new: dict[str, Any], kind: ChangeKind, words: str
) -> None:
    found = _changes(**new)
    assert [c.kind for c in found] == [kind]
    assert words in found[0].text
    assert "M-1" in found[0].text


def test_a_finding_that_is_lost_is_no_alert() -> None:
    found = list(between([ROW | {"comparison_95": "worse"}], [ROW]))
    assert [c.kind for c in found] == [ChangeKind.NO_LONGER]
    assert not Changes("a", "b", tuple(found)).alerts


def test_a_verdict_of_a_measure_with_several_parts_is_told_once() -> None:
    old = [ROW, ROW | {"part": "Falls, women"}]
    new = [r | {"verdict": "moving the wrong way"} for r in old]
    found = list(between(old, new))
    assert [c.kind for c in found] == [ChangeKind.VERDICT]
    assert len(Changes("a", "b", tuple(found)).alerts) == 1


def test_a_figure_that_appears_is_told_with_its_period() -> None:
    found = list(between([ROW | {"value": None}], [ROW]))
    assert found[0].kind is ChangeKind.APPEARED
    assert found[0].text.endswith("now 3.2 % in 2022/23")


def test_a_part_that_is_gone_is_told() -> None:
    found = list(between([ROW, ROW | {"part": "Falls, women"}], [ROW]))
    assert [(c.kind, c.part) for c in found] == [(ChangeKind.VANISHED, "Falls, women")]


def test_lines_say_how_many_and_follow_the_order_of_kinds() -> None:
    found = _changes(period="2023/24", verdict="no clear change")
    lines = list(Changes("one", "two", tuple(found)).lines())
    assert lines[0] == "from one to two: 2 changes"
    assert [line for line in lines if not line.startswith(" ")][1:] == [
        "verdict changed (1)",
        "new period (1)",
    ]
    assert list(Changes("a", "b", ()).lines()) == ["from a to b: nothing changed"]


def test_a_machine_gets_the_same(tmp_path: Path) -> None:
    made = Changes("a", "b", tuple(_changes(comparison_95="better")))
    text = json.dumps(made.as_dict())
    assert json.loads(text)["alerts"] == 1
    assert json.loads(text)["changes"][0]["kind"] == "newly statistically significant"


def test_without_a_run_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run yet"):
        changes_of_runs(tmp_path)
