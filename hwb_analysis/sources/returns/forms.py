"""The two forms: their columns, and the rows that a strategy puts into them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hwb_analysis.sources.local.cells import is_formula
from hwb_analysis.sources.returns.model import FigureStatus, Progress, Unit
from hwb_analysis.strategy.model import Measure, Strategy
from hwb_analysis.vocabulary import Direction, MeasureType

RETURNED = (MeasureType.LOCAL, MeasureType.QUALITATIVE)
WANTED = {
    Direction.INCREASE: "increase",
    Direction.DECREASE: "decrease",
    Direction.NARROW: "narrow the gap",
    Direction.ACHIEVE: "achieve",
}
BETWEEN = "; "


@dataclass(frozen=True, slots=True)
class Form:
    """One form: its file and sheet, the columns that are given and those that are answered."""

    name: str
    given: tuple[str, ...]
    answers: tuple[str, ...]
    # Given, and open to change: it makes no answer by itself.
    open: tuple[str, ...] = ()

    @property
    def sheet(self) -> str:
        """Return the name of the sheet in the workbook."""
        return self.name.capitalize()

    @property
    def headings(self) -> tuple[str, ...]:
        """Return all columns in order."""
        return (*self.given, *self.open, *self.answers)


MEASURES = Form(
    "measures",
    ("Measure id", "Measure", "Wanted direction"),
    (
        "Period start",
        "Period end",
        "Value",
        "Unit",
        "Count",
        "Denominator",
        "Published",
        "Status",
        "Note",
        "Who",
        "Date of return",
    ),
)
COMMITMENTS = Form(
    "commitments",
    ("Commitment id", "Priority", "Commitment"),
    ("Status", "Date of return", "Note", "Evidence", "Who"),
    ("Measures served",),
)
PROGRESS = tuple(p.value for p in Progress)
STATUSES = (*PROGRESS, *(s.value for s in FigureStatus))
YES_NO = ("yes", "no")
UNITS = tuple(u.value for u in Unit)
LISTS = {
    ("measures", "Status"): STATUSES,
    ("measures", "Unit"): UNITS,
    ("measures", "Published"): YES_NO,
    ("commitments", "Status"): PROGRESS,
}


def returned_measures(strategy: Strategy) -> tuple[Measure, ...]:
    """Return the measures that need a return: local and qualitative ones."""
    return tuple(m for m in strategy.measures if m.type in RETURNED)


def given_rows(strategy: Strategy, form: Form) -> list[tuple[str, ...]]:
    """Return what a strategy puts into the given columns of a form, row by row."""
    if form.name == MEASURES.name:
        measures = returned_measures(strategy)
        return [_inert((m.id, m.title, WANTED[m.direction])) for m in measures]
    return [
        _inert((c.id, p.title, c.text, BETWEEN.join(m.id for m in p.measures)))
        for p in strategy.priorities
        for c in p.commitments
    ]


def _inert(texts: Sequence[str]) -> tuple[str, ...]:
    """Put an apostrophe before a text that a spreadsheet would run."""
    return tuple(f"'{text}" if is_formula(text) else text for text in texts)
