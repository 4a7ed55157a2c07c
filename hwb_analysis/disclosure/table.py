"""All rows that anybody has seen, and what is known of each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from hwb_analysis.disclosure.cells import Cells, Flags, Floats, read_cells
from hwb_analysis.disclosure.pieces import Structure
from hwb_analysis.disclosure.rules import Rule
from hwb_analysis.disclosure.system import Ints
from hwb_analysis.frame import KEY

PEOPLE, ROUNDED = "people", re.compile(r"rounded to (\d+)$")
SAME = [name for name in KEY if name != "vintage"]


@dataclass(slots=True)
class Table:
    """The rows to protect first, rows that were published before after them.

    ``current`` tells them apart. ``changed`` are earlier rows that do not agree with the
    figures of now, and so tell nothing of them; ``rounded_input`` says that the frame
    came with rounded counts; ``attacking`` that nothing but what is printed is known, so
    that no row is current; ``hints`` are true figures of withheld rows, which tell an audit
    whether all parts are listed; ``loose`` are the dimensions over which denominators do not
    add up; ``stuck`` rows stay withheld, since the figure of an earlier version hangs on them.
    """

    frame: pd.DataFrame
    cells: Cells
    current: Flags
    rule: Rule
    structure: Structure
    attacking: bool = False
    rounded_input: bool = False
    hints: dict[str, Floats] = field(default_factory=dict)
    changed: Flags = field(init=False)
    stuck: Flags = field(init=False)
    loose: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.changed = np.zeros(len(self.frame), dtype=np.bool_)
        self.stuck = np.zeros(len(self.frame), dtype=np.bool_)

    @property
    def guarded(self) -> Flags:
        """Return the rows whose denominator is people counted like any other."""
        rounded_share = self.cells.share & (self.rule.round_to > 1)
        wanted = rounded_share | (self.rule.denominators == "protected")
        there: Flags = ~np.isnan(self.cells.denominator)
        if self.attacking:
            # Where others of the series show theirs, a withheld one is attacked as well.
            series = self.frame["series_id"]
            there = there | (series.isin(series[there]).to_numpy() & self.cells.withheld)
        return np.asarray(wanted & there, dtype=np.bool_)

    @property
    def complement(self) -> Floats:
        """Return the people whom each percentage leaves out."""
        left = np.where(self.cells.share, self.cells.denominator - self.cells.people, np.nan)
        return np.asarray(left)

    @property
    def primary(self) -> Flags:
        """Return the rows that are withheld for their own sake.

        A row that an earlier run withheld and that is no longer shown stays withheld.
        """
        if self.attacking:
            return self.cells.withheld
        small = self.rule.protects(self.cells.people)
        small |= self.guarded & self.rule.protects(self.cells.denominator)
        if self.rule.complements == "protected":
            small |= self.rule.protects(self.complement)
        keys = self.frame.set_index(SAME).index
        again = keys.isin(keys[self.current])
        gone = self.cells.withheld & (self.current | ~again)
        return np.asarray((small & self.current) | gone | self.stuck)

    @property
    def ours(self) -> Flags:
        """Return the rows that an earlier protection under this rule withheld.

        Some of them are covers, nobody knows which. Each must stay one of many; a figure
        withheld by anybody else is taken to be small.
        """
        noted = (self.frame["note"] == self.rule.sentence).to_numpy()
        return np.asarray(self.cells.withheld & noted)

    def told(self, rows: Ints, what: str) -> tuple[Floats, Floats]:
        """Return between which numbers people or denominators lie, for who holds the frame."""
        found = getattr(self.cells, what)[rows]
        known = ~np.isnan(found) & ~self.changed[rows]
        low, high = np.where(known, found, 0.0), np.where(known, found, np.inf)
        vague = known & (~self.current[rows] | self.rounded_input)
        low[vague], high[vague] = self.behind(rows[vague], found[vague])
        if what in self.hints:
            hint = self.hints[what][rows]
            sure = np.isnan(found) & ~np.isnan(hint)
            low[sure], high[sure] = hint[sure], hint[sure]
        return low, high

    def shown(self, rows: Ints, figures: Floats) -> tuple[Floats, Floats]:
        """Return between which numbers the figures lie, for who sees them printed."""
        found = figures[rows]
        known = ~np.isnan(found) & ~self.changed[rows]
        low, high = np.zeros(rows.size), np.full(rows.size, np.inf)
        printed = np.where(self.current[rows], self.rule.released(found), found)
        low[known], high[known] = self.behind(rows[known], printed[known])
        return low, high

    def behind(self, rows: Ints, printed: Floats) -> tuple[Floats, Floats]:
        """Return the lowest and highest count behind what is printed in these rows.

        An earlier row says itself whether it was rounded, and to what: the rule may have
        been another one then.
        """
        low, high = possible(self.rule, printed)
        if self.attacking:
            return low, high
        notes = self.frame["note"].to_numpy()
        for i in np.flatnonzero(~self.current[rows]).tolist():
            told = ROUNDED.search(notes[rows[i]])
            base = int(told[1]) if told else 1
            if base != self.rule.round_to:
                low[i] = max(printed[i] - base // 2, 0)
                high[i] = printed[i] + (base - 1) // 2
        return low, high


def clusters(frame: pd.DataFrame, rows: Ints) -> list[Ints]:
    """Return the rows in groups whose periods overlap."""
    part = frame.iloc[rows].sort_values(["period_start", "period_end"], kind="stable")
    cluster = (part["period_start"] > part["period_end"].cummax().shift()).cumsum()
    return [np.sort(np.asarray(g.index, dtype=np.int64)) for _, g in part.groupby(cluster)]


def table_of(
    frame: pd.DataFrame, earlier: pd.DataFrame | None, rule: Rule, structure: Structure
) -> Table:
    """Return the rows of a frame and of what was published before it."""
    frames = [frame] if earlier is None else [frame, earlier]
    whole = pd.concat(frames, ignore_index=True)
    return Table(whole, read_cells(whole), np.arange(len(whole)) < len(frame), rule, structure)


def possible(rule: Rule, printed: Floats) -> tuple[Floats, Floats]:
    """Return the lowest and highest count behind each printed one.

    A number that the rule would not print was printed by another rule: it is exact.
    """
    ends = {x: rule.possible(x) or (x, x) for x in np.unique(printed).tolist()}
    pairs = np.array([ends[x] for x in printed.tolist()], dtype=np.float64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]
