"""The code that a run ends with says what kind of fault there was."""

from __future__ import annotations

import pytest

from hwb_analysis.reports.manifest import ReportRecord, RunRecord, RunStatus
from hwb_analysis.reports.run_state import exit_code


def _record(*errors: str, board: str = "") -> RunRecord:
    reports = [
        ReportRecord(f"p{n}", "P", RunStatus.FAILED if error else RunStatus.OK, error=error)
        for n, error in enumerate(errors)
    ]
    return RunRecord("r", "2026-01-01T00:00:00Z", "2026-01", reports=reports, board_error=board)


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (_record("", ""), 0),
        (_record("", "ValueError: no"), 14),
        (_record("", board="KeyError: no"), 14),
        (_record("ValueError: no", "AccessibilityError: a picture without words"), 15),
        (_record("", board="AccessibilityError: two links of one text"), 15),
        (_record("", "DisclosureError: a withheld figure stands in it"), 13),
        (_record("", board="DisclosureError: a withheld figure stands in it"), 13),
        (_record("ValueError: no", "AccessibilityError: no", board="DisclosureError: no"), 13),
        # Only the kind of the error counts, not a word in what it says.
        (_record("ValueError: DisclosureError and AccessibilityError"), 14),
    ],
)
def test_each_kind_of_fault_has_its_code(record: RunRecord, code: int) -> None:
    assert exit_code(record) == code
