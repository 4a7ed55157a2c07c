"""The page of claims: complete, accessible, and the same in its table and its data."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hwb_analysis.claims import (
    Claim,
    ClaimResult,
    Finding,
    Outcome,
    Part,
    PartResult,
    outcome_counts,
)
from hwb_analysis.reports.accessibility import page_faults
from hwb_analysis.reports.claims_page import claims_data, claims_lines, run_claims, write_claims
from hwb_analysis.reports.claims_parts import SIGNS, printed, read_again
from hwb_analysis.reports.render import PageMeta
from hwb_analysis.sources.snapshot import current_snapshot
from hwb_analysis.strategy import load_strategy

META = PageMeta("A strategy")
VALUE = {"op": "value", "series": "a:b", "period": "2020"}


def result(
    outcome: Outcome = Outcome.DIFFERS,
    finding: Finding | None = None,
    *,
    topic: str = "A figure",
    **part: Any,
) -> ClaimResult:
    """Return the outcome of one claim with one part."""
    fields = {"says": "8.0", "unit": "years", "recipe": VALUE} | part
    one = Part.model_validate(fields)
    claim = Claim.model_validate(
        {"id": "A-1", "section": "1", "line": 3, "priority": "p", "topic": topic, "parts": [one]}
    )
    return ClaimResult(claim, "First", (PartResult(one, outcome, finding, "Told."),))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[ClaimResult, ...]]:
    folder = tmp_path_factory.mktemp("claims") / "new"
    results, paths = run_claims(folder, load_strategy(), current_snapshot())
    assert [path.name for path in paths] == ["claims.html", "claims.csv", "claims.json"]
    return folder, results


def test_every_statement_stands_on_the_page(
    made: tuple[Path, tuple[ClaimResult, ...]],
) -> None:
    folder, results = made
    text = (folder / "claims.html").read_text(encoding="utf-8")
    assert page_faults(text) == []
    assert [r.claim.id for r in results if f'id="{r.claim.id.lower()}"' not in text] == []
    assert "162 statements of the strategy, and 7 that follow" in text


def test_table_and_data_say_the_same(made: tuple[Path, tuple[ClaimResult, ...]]) -> None:
    folder, results = made
    with (folder / "claims.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    data = json.loads((folder / "claims.json").read_text(encoding="utf-8"))
    assert [(r["claim_id"], r["outcome"]) for r in rows] == [
        (p["claim_id"], p["outcome"]) for p in data["parts"]
    ]
    assert data["statements"] == len(results) == sum(data["by_outcome"].values())
    assert data["by_outcome"] == {o.value: n for o, n in outcome_counts(results).items()}


def test_a_missing_number_is_null_in_the_data() -> None:
    (part,) = claims_data([result(Outcome.LACKS)])["parts"]
    assert part["value"] is None
    json.dumps(part, allow_nan=False)


def test_text_of_the_file_is_escaped(tmp_path: Path) -> None:
    write_claims(tmp_path, [result(topic="<script>x</script>", what="a < b")], META)
    text = (tmp_path / "claims.html").read_text(encoding="utf-8")
    assert "<script>x" not in text
    assert "a &lt; b" in text


def test_a_page_without_differences_says_so(tmp_path: Path) -> None:
    write_claims(tmp_path, [result(Outcome.REPRODUCED, Finding(value=8.0))], META)
    assert "No statement differs" in (tmp_path / "claims.html").read_text(encoding="utf-8")


def test_one_decimal_more_than_is_printed() -> None:
    (part,) = result(finding=Finding(value=6.849, unit="years")).parts
    assert "6.85 years" in read_again(part)
    assert "8.0 years" in printed(part.part)


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"says": "48500", "unit": "homes", "bound": "at least"}, "at least 48,500 homes"),
        ({"says": "-0.4", "unit": "years"}, "−0.4 years"),
        ({"says": "better", "unit": ""}, ">better<"),
        ({"says": "16.0", "unit": "%", "period": "2025 to 2047"}, "2025 to 2047"),
    ],
)
def test_what_is_printed(fields: dict[str, Any], shown: str) -> None:
    (part,) = result(**fields).parts
    assert shown in printed(part.part)


def test_a_figure_that_is_not_there_is_said_to_be_missing() -> None:
    (part,) = result(Outcome.LACKS, Finding(absent="a:b for 2020")).parts
    assert "no figure" in read_again(part)


def test_every_outcome_has_its_own_sign() -> None:
    assert set(SIGNS) == set(Outcome)
    assert len(set(SIGNS.values())) == len(Outcome)


def test_lines_for_a_terminal_end_with_the_differences() -> None:
    lines = claims_lines([result(finding=Finding(value=6.8, unit="years", period="2020"))])
    assert "   1  differs" in lines
    assert lines[-1] == "  printed 8.0, read again 6.8 years (2020). Told."


def test_a_reason_of_many_rows_is_said_once(made: tuple[Path, tuple[ClaimResult, ...]]) -> None:
    text = (made[0] / "claims.html").read_text(encoding="utf-8")
    _, results = made
    reasons = Counter(p.reason for r in results for p in r.parts if "cites; no figure" in p.reason)
    ((reason, rows),) = reasons.items()
    assert rows > 10
    assert text.count(reason) == 1
    assert text.count("[note 1]") == rows + 1


def test_the_opening_sentence_reads_as_one(made: tuple[Path, tuple[ClaimResult, ...]]) -> None:
    text = (made[0] / "claims.html").read_text(encoding="utf-8")
    assert "3 with the direction only, 8 with the value only, 6 different." in text
    assert "Test: not tested" not in text
