"""The faults of a local file, gathered, each with its rows, its column and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hwb_analysis.errors import DataContractError, HwbError

MOST_LISTED = 50
ROWS_LISTED = 5
A_TO_Z = 26
SHOWN = 60


class LocalFileError(DataContractError):
    """A file of local figures cannot be used; ``faults`` holds every reason."""

    def __init__(self, faults: Sequence[Fault], where: str) -> None:
        self.faults = tuple(faults)
        shown = [f"- {fault}" for fault in self.faults[:MOST_LISTED]]
        hidden = len(self.faults) - len(shown)
        if hidden:
            shown.append(f"- and {hidden:,} more faults of these kinds")
        count = f"{len(self.faults):,} fault{'s' if len(self.faults) > 1 else ''}"
        super().__init__(
            f"{count} in the file {Path(where).name or where}\n" + "\n".join(shown),
            where=where,
            remedy="mend each line above and check again; docs/local-data.md explains",
        )


class MapError(HwbError):
    """A column map breaks one of its own rules."""

    exit_code = 10


@dataclass(frozen=True, slots=True)
class Column:
    """A column as a spreadsheet names it: its position (from 0) and its heading."""

    position: int
    heading: str = ""

    @property
    def letter(self) -> str:
        """Return the letters over the column: A, B, ..., Z, AA.

        Examples
        --------
        >>> Column(0).letter, Column(25).letter, Column(26).letter, Column(16383).letter
        ('A', 'Z', 'AA', 'XFD')
        """
        letters, left = "", self.position + 1
        while left:
            left, digit = divmod(left - 1, A_TO_Z)
            letters = chr(ord("A") + digit) + letters
        return letters

    def __str__(self) -> str:
        """Return letter and heading, as a person would look for the column."""
        return f"column {self.letter}" + (f" '{shorten(self.heading)}'" if self.heading else "")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: what was expected and what came, where, and what to do.

    Examples
    --------
    >>> print(Fault("a number was expected, 'n/k' came", "leave the cell empty",
    ...             Column(2, "Value"), (4, 7)))
    column C 'Value', rows 4 and 7: a number was expected, 'n/k' came; leave the cell empty
    """

    rule: str
    remedy: str
    column: Column | None = None
    rows: tuple[int, ...] = ()

    def __str__(self) -> str:
        """Return place, rule and remedy on one line."""
        place = ", ".join(p for p in (str(self.column or ""), _rows(self.rows)) if p)
        return f"{place}: {self.rule}; {self.remedy}" if place else f"{self.rule}; {self.remedy}"


def _rows(rows: Sequence[int]) -> str:
    if not rows:
        return ""
    if len(rows) == 1:
        return f"row {rows[0]:,}"
    shown = [f"{row:,}" for row in rows[:ROWS_LISTED]]
    left = len(rows) - len(shown)
    last = f"{left:,} more" if left else shown.pop()
    return f"rows {', '.join(shown)} and {last}"


def shorten(value: object, most: int = SHOWN) -> str:
    r"""Return a cell's content on one line, cut to a length that can be read.

    Examples
    --------
    >>> shorten("two\nlines"), shorten("x" * 99, 10)
    ('two lines', 'xxxxxxx...')
    """
    text = "".join(c if c.isprintable() else " " for c in str(value)).strip()
    return text if len(text) <= most else text[: most - 3] + "..."


class Faults:
    """Gathers the faults of one file, so that all can be told at once.

    Examples
    --------
    >>> found = Faults("a.csv")
    >>> found.add("the file is empty", "send it again")
    >>> len(found)
    1
    >>> found.refuse()  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    hwb_analysis.sources.local.faults.LocalFileError: 1 fault in the file a.csv
    - the file is empty; send it again
    ...
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self._found: list[Fault] = []

    def __len__(self) -> int:
        return len(self._found)

    @property
    def found(self) -> tuple[Fault, ...]:
        """Return the faults in the order of their first row."""
        return tuple(sorted(self._found, key=lambda fault: fault.rows[:1] or (0,)))

    def add(
        self, rule: str, remedy: str, column: Column | None = None, rows: Iterable[int] = ()
    ) -> None:
        """Note a fault."""
        self._found.append(Fault(rule, remedy, column, tuple(rows)))

    def refuse(self) -> None:
        """Raise what was found, if anything was.

        Raises
        ------
        LocalFileError
            With every fault noted so far.
        """
        if self._found:
            raise LocalFileError(self.found, self.where)
