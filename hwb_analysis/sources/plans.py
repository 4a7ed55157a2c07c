"""What was planned and what came, quarter by quarter, from a local file.

One file a report, ``plans/<report>.csv`` in the folder of local files. A figure that is not
marked as cleared for publication is read and never shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from hwb_analysis.errors import OutputError, did_you_mean
from hwb_analysis.sources.local.cells import CellError, convert, day, is_blank, number, text
from hwb_analysis.sources.local.faults import Faults
from hwb_analysis.sources.local.folder import local_folder
from hwb_analysis.sources.local.grid import Layout
from hwb_analysis.sources.local.read import read_table
from hwb_analysis.sources.returns.model import Unit

FOLDER = "plans"
COLUMNS = ("Measure id", "Period start", "Period end", "Planned", "Actual", "Unit", "Published")
UNITS, YES_NO = tuple(u.value for u in Unit), ("yes", "no")
WITHHELD = "not shown: not marked as cleared for publication"


@dataclass(frozen=True, slots=True)
class PlanRow:
    """Plan and actual of one measure in one period; ``actual`` is None until it is known."""

    measure_id: str
    start: date
    end: date
    planned: float
    actual: float | None
    unit: str
    published: bool

    @property
    def shown_actual(self) -> float | None:
        """The actual, where it may be published.

        Examples
        --------
        >>> row = PlanRow("A-1", date(2026, 4, 1), date(2026, 6, 30), 5.0, 4.0, "%", False)
        >>> row.shown_actual is None
        True
        """
        return self.actual if self.published else None


def plan_file(report: str) -> Path:
    """Return where the plan of a report lies, whether it is there or not."""
    return local_folder() / FOLDER / f"{report}.csv"


def write_plan_form(report: str, measures: Sequence[str], folder: Path | None = None) -> Path:
    """Write an empty form with one row a measure.

    Raises
    ------
    OutputError
        When a file is there already, or the folder cannot be written.
    """
    path = (folder / f"{report}.csv") if folder is not None else plan_file(report)
    blank = "," * (len(COLUMNS) - 1)
    lines = [",".join(COLUMNS), *(f"{measure}{blank}" for measure in measures)]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8-sig", newline="") as handle:
            handle.write("\n".join(lines) + "\n")
    except FileExistsError as error:
        raise OutputError(
            "no plan was expected, there is one",
            where=str(path),
            remedy="fill the one that is there",
        ) from error
    except OSError as error:
        raise OutputError(
            f"the form cannot be written: {error.strerror}", where=str(path)
        ) from error
    return path


def read_plan(
    report: str, measures: Sequence[str], folder: Path | None = None
) -> tuple[PlanRow, ...]:
    """Return the rows of a plan, checked; none when there is no file.

    Parameters
    ----------
    report
        Name of the file without its ending.
    measures
        The measures that it may speak of.
    folder
        ``plans`` in the folder of local files unless named.

    Raises
    ------
    LocalFileError
        With every fault of the file: row, column, what was expected, what came, remedy.
    """
    path = (folder / f"{report}.csv") if folder is not None else plan_file(report)
    if not path.is_file():
        return ()
    faults = Faults(str(path))
    table = read_table(path, Layout(COLUMNS), faults)
    faults.refuse()
    answers = table.cells[list(COLUMNS[1:])].map(lambda cell: not is_blank(cell)).any(axis=1)
    cells = table.cells.loc[answers]
    parsers = _parsers(measures)
    read = {
        name: convert(cells[name], cells.index, parsers[name], table.columns[name], faults)
        for name in COLUMNS
    }
    faults.refuse()
    rows = [_row({n: read[n][i] for n in COLUMNS}) for i in range(len(cells))]
    numbers = [int(n) for n in cells.index]
    seen: dict[tuple[str, date], int] = {}
    for place, row in zip(numbers, rows, strict=True):
        if row.end < row.start:
            rule = f"the period ends on {row.end}, before it starts"
            faults.add(rule, "mend one of the two days", table.columns["Period end"], (place,))
        if (row.measure_id, row.start) in seen:
            rule = f"{row.measure_id} has this period in row {seen[row.measure_id, row.start]} too"
            faults.add(rule, "keep one", table.columns["Period start"], (place,))
        seen.setdefault((row.measure_id, row.start), place)
    faults.refuse()
    return tuple(sorted(rows, key=lambda r: (measures.index(r.measure_id), r.start)))


def _row(cells: Mapping[str, Any]) -> PlanRow:
    return PlanRow(
        measure_id=cells["Measure id"],
        start=cells["Period start"],
        end=cells["Period end"],
        planned=cells["Planned"],
        actual=cells["Actual"],
        unit=cells["Unit"],
        published=cells["Published"] == "yes",
    )


def _parsers(measures: Sequence[str]) -> dict[str, Callable[[object], Any]]:
    return {
        "Measure id": partial(_one_of, [*measures], str.upper),
        "Period start": _needed(day),
        "Period end": _needed(day),
        "Planned": _needed(partial(number, percent=True)),
        "Actual": lambda cell: None if is_blank(cell) else number(cell, percent=True),
        "Unit": partial(_one_of, [*UNITS], str),
        "Published": lambda c: "no" if is_blank(c) else _one_of([*YES_NO], str.lower, c),
    }


def _needed(parse: Callable[[object], Any]) -> Callable[[object], Any]:
    def read(cell: object) -> Any:
        if is_blank(cell):
            raise CellError(
                "an entry was expected, an empty cell came", "fill it, or empty the row"
            )
        return parse(cell)

    return read


def _one_of(known: list[str], form: Callable[[str], str], cell: object) -> str:
    written = "" if is_blank(cell) else form(text(cell).strip())
    if written not in known:
        raise CellError(f"'{written}' is not expected here", did_you_mean(written, known))
    return written
