"""Protect a frame of unpublished figures: withhold, round, and prove that it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from hwb_analysis.disclosure.assemble import assemble
from hwb_analysis.disclosure.cells import Flags, names_of, refuse_uncounted, sorted_by_key
from hwb_analysis.disclosure.cover import Choice, choose
from hwb_analysis.disclosure.masking import masked
from hwb_analysis.disclosure.pieces import Structure
from hwb_analysis.disclosure.revised import held_back
from hwb_analysis.disclosure.rules import Rule, read_rule
from hwb_analysis.disclosure.system import System
from hwb_analysis.disclosure.table import SAME, Table, table_of
from hwb_analysis.errors import DataContractError, DisclosureError
from hwb_analysis.frame import conform, validate
from hwb_analysis.vocabulary import Status


@dataclass(frozen=True, slots=True)
class ProtectionReport:
    """What was done. Only :meth:`public` may be printed where others read it.

    ``additional`` rows are withheld to cover others; ``fewest`` is a number below which
    no safe choice of them lies, and ``optimal`` says that it is reached. ``changed``
    names rows whose earlier published figure was another. ``notes`` are for the analyst.
    """

    rule: Rule
    rows: int
    withheld: int
    small: int
    additional: int
    fewest: int
    optimal: bool
    rounds: int
    changed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def public(self) -> str:
        """Return the sentence for the page.

        It gives the number withheld and not how many of them are small: where every
        withheld figure is known to be small, their sum may tell each of them.
        """
        if not self.rule.withholds:
            return "The figures are published; nothing is withheld again."
        are = "is" if self.withheld == 1 else "are"
        told = f"{self.withheld} of {self.rows} figures {are}"
        return f"{told} withheld to protect small numbers ({self.rule.title})."


@dataclass(frozen=True, slots=True)
class Protected:
    """A frame that may be published, in order of its key, and the report on it."""

    frame: pd.DataFrame
    report: ProtectionReport


def protect(
    frame: pd.DataFrame,
    rule: str | Rule | Mapping[str, Any] | None = None,
    *,
    structure: Structure | None = None,
    previous: pd.DataFrame | Sequence[pd.DataFrame] | None = None,
    changes: Literal["refuse", "report"] = "refuse",
) -> Protected:
    """Return the frame with small numbers withheld so that they cannot be worked out.

    A count that the rule protects is withheld with its value, limits and denominator.
    The fewest further rows are withheld such that, from everything that is shown, every
    protected count can still be any number from the rule's lowest to its highest, and any
    other withheld figure one of as many. Shown counts are rounded as the rule says.

    Parameters
    ----------
    frame
        A tidy frame (:mod:`hwb_analysis.frame`) with true figures, all that will be shown
        of its series. Counts that are missing are read from rate and denominator.
    rule
        Name of a rule set, a mapping that alters one, or nothing for the default.
    structure
        What adds up to what; see :class:`Structure`. Persons and sexes, all ages and
        bands, wholes and categories, overlapping periods and areas within areas are found
        without it.
    previous
        The frame as it was published last time, or all that were published, the oldest
        first. What can be worked out from all together is protected as well, and a row
        that was withheld stays so where figures were corrected and it would tell what it
        was.
    changes
        What to do when a figure differs from the one published before by a protected
        number of people: ``refuse``, or ``report`` it.

    Raises
    ------
    DisclosureError
        Exit code 13: a protected number can be worked out whatever is withheld, was
        published before, or follows from a difference to the previous run.
    DataContractError
        The frame breaks the contract, counts are no whole numbers, values have no count,
        parts exceed their whole, or a series has two vintages.

    Examples
    --------
    >>> from hwb_analysis.disclosure.example import table
    >>> rates = table({"North": [3, 12], "South": [20, 15]}, sexes=["Male", "Female"])
    >>> safe = protect(rates, "under-5", structure=Structure(parents={}))
    >>> safe.report.withheld, safe.report.optimal
    (2, True)
    >>> print(safe.report.public())
    2 of 6 figures are withheld to protect small numbers (under 5 withheld).
    """
    found = read_rule(rule)
    clean = _clean(frame)
    if not found.withholds:
        report = ProtectionReport(found, len(clean), _count(clean), 0, 0, 0, True, 0)
        return Protected(clean, report)
    versions = _versions(clean, previous)
    table = table_of(clean, _earlier(versions), found, structure or Structure())
    refuse_uncounted(clean, table.cells, found)
    system = assemble(table)
    _refuse_published(table)
    choice = _chosen(table, system, versions)
    changed = _changes(table, choice.hidden, changes)
    out = masked(table, choice.hidden)
    return Protected(out, _report(table, choice, out, changed))


def _clean(frame: pd.DataFrame) -> pd.DataFrame:
    clean = sorted_by_key(validate(conform(frame)))
    vintages = clean.groupby("series_id")["vintage"].nunique()
    if (vintages > 1).any():
        raise DataContractError(
            f"the series {vintages.index[vintages > 1][0]} has two vintages",
            remedy="protect one at a time, the other as `previous`; or use newest_vintage",
        )
    return clean


def _versions(
    clean: pd.DataFrame, previous: pd.DataFrame | Sequence[pd.DataFrame] | None
) -> list[pd.DataFrame]:
    given = [previous] if isinstance(previous, pd.DataFrame) else list(previous or ())
    found = []
    for frame in given:
        before = sorted_by_key(validate(conform(frame), where="previous run"))
        before = before.loc[before["series_id"].isin(clean["series_id"])]
        found.append(before.drop_duplicates(SAME, keep="last").reset_index(drop=True))
    return found


def _earlier(versions: list[pd.DataFrame]) -> pd.DataFrame | None:
    """Return every row that was published, once for each figure that stood there."""
    if not versions:
        return None
    whole = pd.concat(versions, ignore_index=True)
    told = [*SAME, "status", "count", "denominator", "value"]
    return whole.drop_duplicates(told, keep="last").reset_index(drop=True)


def _chosen(table: Table, system: System, versions: list[pd.DataFrame]) -> Choice:
    """Return the rows to withhold; of corrected tables, until no earlier version is told."""
    choice = choose(system)
    while (more := held_back(table, choice.hidden, versions)).any():
        before, table.stuck = table.stuck, table.stuck | more
        try:
            choice = choose(assemble(table))
        except DisclosureError:
            # Another version told those figures already: withholding keeps nothing back.
            table.stuck = before
            break
    return choice


def _count(frame: pd.DataFrame) -> int:
    return int((frame["status"] == Status.SUPPRESSED.value).sum())


def _pairs(table: Table) -> list[tuple[int, int]]:
    """Return the places of each row of now and of the same row as published before."""
    places: dict[tuple[object, ...], int] = {}
    found = []
    for place, key in enumerate(table.frame[SAME].itertuples(index=False, name=None)):
        if table.current[place]:
            places[key] = place
        elif key in places:
            found.append((places[key], place))
    return found


def _refuse_published(table: Table) -> None:
    small = table.rule.protects(table.cells.people)
    people = table.cells.people
    bad = np.zeros(len(table.frame), dtype=np.bool_)
    for now, before in _pairs(table):
        bad[now] |= small[now] and people[before] == people[now]
    if bad.any():
        raise DisclosureError(
            f"{int(bad.sum())} figures that the rule withholds stand in the previous run",
            where=names_of(table.frame, bad),
            remedy="withdraw the previous run first, or name the rule it was published under",
        )


def _changes(table: Table, hidden: Flags, changes: str) -> tuple[str, ...]:
    """Return the rows that differ from before, after refusing differences that tell."""
    everything = np.arange(len(table.frame), dtype=np.int64)
    low, high = table.shown(everything, table.cells.people)
    told = np.zeros(len(table.frame), dtype=np.bool_)
    differs = table.changed.copy()
    for now, before in _pairs(table):
        if not table.changed[before]:
            continue
        differs[now] = True
        first, last = _ends(table, before)
        least, most = low[now] - last, high[now] - first
        size = sorted((abs(least), abs(most)))
        pinned = least * most > 0 and table.rule.protects(np.array(size)).all()
        told[now] |= pinned and not hidden[now]
    if told.any() and changes == "refuse":
        raise DisclosureError(
            f"{int(told.sum())} figures differ from the previous run by a protected number of"
            " people, which subtraction gives away",
            where=names_of(table.frame, told),
            remedy="keep the earlier figure, or accept the difference with changes='report'",
        )
    rows = [table.frame.iloc[i : i + 1] for i in np.flatnonzero(differs).tolist()]
    return tuple(names_of(row, np.array([True])) for row in rows)


def _ends(table: Table, place: int) -> tuple[float, float]:
    low, high = table.behind(np.array([place]), table.cells.people[[place]])
    return float(low[0]), float(high[0])


def _report(
    table: Table, choice: Choice, out: pd.DataFrame, changed: tuple[str, ...]
) -> ProtectionReport:
    small = table.primary & table.current & ~table.stuck
    return ProtectionReport(
        rule=table.rule,
        rows=int(table.current.sum()),
        withheld=_count(out),
        small=int(small.sum()),
        additional=choice.additional,
        fewest=choice.fewest,
        optimal=choice.optimal,
        rounds=choice.rounds,
        changed=changed,
        notes=tuple(_notes(table, choice)),
    )


def _notes(table: Table, choice: Choice) -> list[str]:
    notes = []
    if table.stuck.any():
        notes.append(
            f"{int(table.stuck.sum())} figures stay withheld, as a corrected table would tell "
            "what they were"
        )
    if table.rounded_input:
        notes.append("the counts came rounded; no true figure was at hand")
    if table.loose:
        notes.append("denominators do not add up over " + ", ".join(sorted(table.loose)))
    if table.cells.uncounted.any():
        notes.append(f"{int(table.cells.uncounted.sum())} values have no count")
    if choice.unproved:
        notes.append(f"{choice.unproved} figures were attacked with fractions only")
    known = set(table.structure.around()) | set(table.structure.around().values())
    alone = sorted(set(table.frame["area_code"]) - known)
    if alone and table.frame["area_code"].nunique() > 1:
        notes.append(f"areas without a known parent: {', '.join(alone[:5])}")
    return notes
