"""Read and check what officers returned; every fault of every file at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from hwb_analysis.errors import did_you_mean
from hwb_analysis.sources.local.cells import CellError, convert, day, is_blank, number, text
from hwb_analysis.sources.local.faults import Column, Fault, Faults, LocalFileError
from hwb_analysis.sources.local.folder import local_folder
from hwb_analysis.sources.local.grid import Layout, Table
from hwb_analysis.sources.local.periods_read import span
from hwb_analysis.sources.local.read import read_table
from hwb_analysis.sources.local.rules import DEFAULT, Named, rule_set
from hwb_analysis.sources.returns.forms import (
    COMMITMENTS,
    MEASURES,
    PROGRESS,
    STATUSES,
    UNITS,
    YES_NO,
    Form,
    given_rows,
)
from hwb_analysis.sources.returns.model import (
    FACTOR,
    CommitmentReturn,
    FigureStatus,
    MeasureReturn,
    Progress,
    Returns,
    Unit,
)
from hwb_analysis.sources.returns.rules import commitment_rules, measure_rules
from hwb_analysis.strategy.model import Strategy

T = TypeVar("T", MeasureReturn, CommitmentReturn)
Row = dict[str, Any]

KINDS = ("csv", "xlsx", "ods", "xls")
E_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
LONGEST = 2000
PUBLISHED = "published"
WORKBOOKS = (".xlsx", ".ods", ".xls")


def read_returns(
    strategy: Strategy,
    folder: Path | str | None = None,
    *,
    as_of: date | None = None,
    disclosure: Named = DEFAULT,
) -> Returns:
    """Return what officers have returned, checked.

    Parameters
    ----------
    strategy
        Whose measures and commitments are returned on.
    folder
        Holds filled forms, ``measures*`` and ``commitments*`` as CSV, XLSX, ODS or XLS; by
        default ``data/local/returns``. A folder that is not there holds no returns.
    as_of
        The day after which everything lies in the future; today when not given.
    disclosure
        Rule set for figures that a return does not call published already.

    Returns
    -------
    What was returned, by id of measure and of commitment; an id that is not there was
    left blank.

    Raises
    ------
    LocalFileError
        With every fault of every file: row, column, what was expected, what came, remedy.

    Examples
    --------
    >>> from hwb_analysis.strategy import load_strategy
    >>> len(read_returns(load_strategy(), "no-such-folder"))
    0
    """
    rule_set(disclosure)
    place = Path(folder) if folder is not None else local_folder() / "returns"
    today = as_of or date.today()
    faults: list[Fault] = []
    measures: list[MeasureReturn] = []
    commitments: list[CommitmentReturn] = []
    for form in (MEASURES, COMMITMENTS):
        for path in _files(place, form):
            reader = _Reader(strategy, form, path, today)
            if form is MEASURES:
                measures += [_measure(row, path, disclosure) for row in reader.rows()]
            else:
                commitments += [_commitment(row, path) for row in reader.rows()]
            faults += reader.found()
    faults += [*_again(measures, MEASURES), *_again(commitments, COMMITMENTS)]
    if faults:
        raise LocalFileError(faults, str(place))
    return Returns(_by_id(measures), _by_id(commitments))


def _files(place: Path, form: Form) -> list[Path]:
    found = [p for kind in KINDS for p in place.glob(f"{form.name}*.{kind}")]
    return sorted(p for p in found if p.is_file() and not p.name.startswith("~"))


class _Reader:
    """Reads one filled form."""

    def __init__(self, strategy: Strategy, form: Form, path: Path, today: date) -> None:
        self._strategy, self._form, self._today = strategy, form, today
        self._path = path
        self._faults = Faults(str(path))
        self._given = {row[0]: row for row in given_rows(strategy, form)}

    def found(self) -> Iterator[Fault]:
        """Yield the faults with the name of the file in front."""
        for fault in self._faults.found:
            rule = f"{self._path.name}: {fault.rule}"
            yield Fault(rule, fault.remedy, fault.column, fault.rows)

    def rows(self) -> list[Row]:
        """Return the rows that somebody filled and that hold, by heading."""
        sheet = self._form.sheet if self._path.suffix.lower() in WORKBOOKS else ""
        layout = Layout(self._form.headings, sheet=sheet)
        table = read_table(self._path, layout, self._faults)
        if table.cells.empty:
            return []
        answered = table.cells[list(self._form.answers)].map(lambda c: not is_blank(c))
        cells = table.cells.loc[answered.any(axis=1)]
        before = len(self._faults)
        rows = self._read(Table(cells, table.columns))
        if len(self._faults) > before:
            bad = {number for fault in self._faults.found for number in fault.rows}
            rows = [row for row in rows if row["row"] not in bad]
        return [row for row in rows if self._holds(row, table.columns)]

    def _read(self, table: Table) -> list[Row]:
        read = {
            heading: convert(
                table.cells[heading],
                table.cells.index,
                self._parser(heading),
                table.columns[heading],
                self._faults,
            )
            for heading in self._form.headings
        }
        numbers = [int(n) for n in table.cells.index]
        return [{"row": n, **{h: v[i] for h, v in read.items()}} for i, n in enumerate(numbers)]

    def _parser(self, heading: str) -> Callable[[object], Any]:
        if heading == self._form.given[0]:
            return self._id
        if heading in ("Period start", "Period end", "Date of return"):
            return _blank_or(day)
        if heading in ("Value", "Count", "Denominator"):
            return _blank_or(partial(number, percent=heading == "Value"))
        if heading == "Status":
            return _blank_or(partial(_word, STATUSES if self._form is MEASURES else PROGRESS))
        if heading == "Published":
            return _blank_or(partial(_word, YES_NO))
        if heading == "Unit":
            return _blank_or(partial(_word, UNITS))
        if heading == "Measures served":
            return self._served
        return _given_text if heading in self._form.given else _blank_or(_free_text)

    def _id(self, cell: object) -> str:
        what = self._form.name.removesuffix("s")
        if is_blank(cell):
            raise CellError(f"the id of a {what} was expected", "write it, or empty the row")
        written = text(cell).upper()
        if written in self._given:
            return written
        if written in {m.id for m in self._strategy.measures} and self._form is MEASURES:
            raise CellError(
                f"the measure {written} rests on published figures and takes no return",
                "remove the row",
            )
        raise CellError(
            f"there is no {what} '{written}' to return on", did_you_mean(written, [*self._given])
        )

    def _served(self, cell: object) -> tuple[str, ...]:
        words = [w for w in re.split(r"[;,\s]+", "" if is_blank(cell) else text(cell)) if w]
        known = [m.id for m in self._strategy.measures]
        for word in words:
            if word not in known:
                raise CellError(f"there is no measure '{word}'", did_you_mean(word, known))
        return tuple(dict.fromkeys(words))

    def _holds(self, row: Row, columns: Mapping[str, Column]) -> bool:
        rules = measure_rules if self._form is MEASURES else commitment_rules
        whole = True
        title = self._form.given[-1 if self._form is COMMITMENTS else 1]
        for heading, rule, remedy in (
            *self._titled(row, title),
            *rules(row, self._today, self._target(row)),
        ):
            whole = False
            self._faults.add(rule, remedy, columns[heading], (row["row"],))
        return whole

    def _titled(self, row: Row, heading: str) -> Iterator[tuple[str, str, str]]:
        """Yield a fault where id and title are not those of one entry: a column was sorted."""
        place = self._form.given.index(heading)
        expected = self._given[row[self._form.given[0]]][place]
        if row[heading] and row[heading].casefold() != _given_text(expected).casefold():
            rule = f"the title '{_given_text(expected)}' was expected beside this id"
            yield heading, rule, "id and title belong together: take the row from a new form"

    def _target(self, row: Row) -> str:
        if self._form is not MEASURES:
            return ""
        target = self._strategy.measure(row["Measure id"]).target
        return (target.unit or "") if target else ""


def _blank_or(parse: Callable[[object], Any]) -> Callable[[object], Any]:
    return lambda cell: None if is_blank(cell) else parse(cell)


def _word(known: Sequence[str], cell: object) -> str:
    written = text(cell)
    if written.casefold() not in known:
        rule = f"one of {', '.join(known)} was expected, '{written}' came"
        raise CellError(rule, did_you_mean(written, list(known)).split("? ")[0])
    return written.casefold()


def _given_text(cell: object) -> str:
    return "" if is_blank(cell) else " ".join(str(cell).split()).removeprefix("'")


def _free_text(cell: object) -> str:
    words = str(cell.date()) if hasattr(cell, "date") else text(cell)
    if E_MAIL.search(words):
        raise CellError("a text without an e-mail address was expected", "write the team or role")
    if len(words) > LONGEST:
        raise CellError(f"a text of at most {LONGEST:,} characters was expected", "write a summary")
    return words


def _measure(row: Row, path: Path, disclosure: Named) -> MeasureReturn:
    first, last = row["Period start"], row["Period end"]
    value, unit = row["Value"], row["Unit"] or ""
    derived = value is None and row["Count"] is not None
    if derived:
        value = FACTOR[Unit(unit)] * row["Count"] / row["Denominator"]
    progress = row["Status"] in PROGRESS
    return MeasureReturn(
        measure_id=row["Measure id"],
        status=Progress(row["Status"]) if progress else FigureStatus(row["Status"]),
        returned=row["Date of return"],
        who=row["Who"],
        period=span(first, last) if first and last else None,
        value=value,
        unit=unit,
        count=row["Count"],
        denominator=row["Denominator"],
        derived=derived,
        note=row["Note"] or "",
        disclosure=PUBLISHED if row["Published"] == "yes" else disclosure,
        file=path.name,
        row=row["row"],
    )


def _commitment(row: Row, path: Path) -> CommitmentReturn:
    return CommitmentReturn(
        commitment_id=row["Commitment id"],
        status=Progress(row["Status"]),
        returned=row["Date of return"],
        who=row["Who"],
        measures=row["Measures served"] or (),
        note=row["Note"] or "",
        evidence=row["Evidence"] or "",
        file=path.name,
        row=row["row"],
    )


def _key(item: MeasureReturn | CommitmentReturn) -> tuple[Any, ...]:
    if isinstance(item, CommitmentReturn):
        return item.commitment_id, item.returned
    if item.period is None:
        return item.measure_id, item.returned
    return item.measure_id, item.period.start, item.period.end


def _again(items: Sequence[MeasureReturn | CommitmentReturn], form: Form) -> Iterator[Fault]:
    seen: dict[tuple[Any, ...], MeasureReturn | CommitmentReturn] = {}
    for item in items:
        first = seen.setdefault(_key(item), item)
        if first is not item:
            what = "period" if form is MEASURES else "day"
            yield Fault(
                f"{item.file}: {_key(item)[0]} is returned twice for one {what}, first in "
                f"{first.file} row {first.row}",
                "remove one of the two",
                Column(0, form.given[0]),
                (item.row,),
            )


def _by_id(items: Sequence[T]) -> dict[str, tuple[T, ...]]:
    found: dict[str, list[T]] = {}
    for item in sorted(items, key=_age):
        found.setdefault(_key(item)[0], []).append(item)
    return {name: tuple(held) for name, held in found.items()}


def _age(item: MeasureReturn | CommitmentReturn) -> tuple[date, date]:
    period = item.period if isinstance(item, MeasureReturn) else None
    return (period.end if period else item.returned), item.returned
