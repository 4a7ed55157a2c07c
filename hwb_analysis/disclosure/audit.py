"""Attack what is published, as a reader with a linear programme would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hwb_analysis.disclosure.assemble import assemble
from hwb_analysis.disclosure.attack import ranges
from hwb_analysis.disclosure.cells import (
    LIMITS,
    Flags,
    Floats,
    half_step,
    names_of,
    read_cells,
    sorted_by_key,
)
from hwb_analysis.disclosure.pieces import Structure
from hwb_analysis.disclosure.rules import Rule, read_rule
from hwb_analysis.disclosure.system import DENOMINATOR, Ints, System
from hwb_analysis.disclosure.table import PEOPLE, SAME, Table, table_of
from hwb_analysis.errors import DisclosureError
from hwb_analysis.frame import KEY, conform
from hwb_analysis.stats.frame_limits import multipliers, with_limits
from hwb_analysis.vocabulary import Status

BEYOND = 1e5
SLACK = 1e-5


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What an attacker gets out of published frames.

    ``cells`` has one row a withheld figure: its key, the ``measure``, the attacker's
    ``lower`` and ``upper``, how many whole numbers remain ``possible``, and whether that
    is ``safe``. ``faults`` are figures that tell of others without any calculation.
    """

    rule: Rule
    cells: pd.DataFrame
    faults: tuple[str, ...]

    @property
    def safe(self) -> bool:
        """Say whether nothing is narrowed further than the rule allows."""
        return not self.faults and bool(self.cells["safe"].all())

    def require_safe(self) -> AuditReport:
        """Return the report, or refuse.

        Raises
        ------
        DisclosureError
            Exit code 13. Keys and faults are named; no figure is.
        """
        if self.safe:
            return self
        bad = self.cells.loc[~self.cells["safe"].astype(bool)]
        told = list(self.faults)
        if len(bad):
            named = names_of(bad, np.ones(len(bad), dtype=np.bool_))
            told.append(f"{len(bad)} withheld figures can be worked out, first {named}")
        raise DisclosureError(
            "the disclosure rule would be broken\n" + "\n".join(f"- {fault}" for fault in told),
            where=f"rule '{self.rule.name}'",
            remedy="publish what protect() returned, and nothing beside it",
        )


def audit(
    published: pd.DataFrame | Sequence[pd.DataFrame],
    rule: str | Rule | Mapping[str, Any] | None = None,
    *,
    structure: Structure | None = None,
    truth: pd.DataFrame | None = None,
) -> AuditReport:
    """Return what a linear programme makes of published frames taken together.

    Parameters
    ----------
    published
        One frame, or several: all tables of a run, and the runs before it.
    rule
        The rule they were published under; the attacker knows it, and its rounding.
    structure
        What adds up to what, as in :func:`protect`.
    truth
        The true frame, when it is at hand: then each small number must still be able to
        be anything from the rule's lowest to its highest, not only one of as many.

    Examples
    --------
    >>> from hwb_analysis.disclosure.example import table
    >>> careless = table({"North": [3, 12]}, sexes=["Male", "Female"])
    >>> careless.loc[0, ["count", "value"]] = float("nan")
    >>> careless.loc[0, "status"] = "suppressed"
    >>> found = audit(careless, "under-5", structure=Structure(parents={}))
    >>> found.safe, found.cells[["lower", "upper"]].values.tolist()
    (False, [[3.0, 3.0]])
    """
    found = read_rule(rule)
    frames = [published] if isinstance(published, pd.DataFrame) else list(published)
    clean = [sorted_by_key(conform(frame)) for frame in frames]
    whole = pd.concat(clean, ignore_index=True)
    faults = tuple(fault for frame in clean for fault in _faults(frame, found))
    table = table_of(whole.iloc[:0], _as_withheld(whole), found, structure or Structure())
    table.attacking = True
    if truth is not None:
        table.hints = _true(whole, truth)
    system = assemble(table, attainable=False)
    targets = np.flatnonzero(table.cells.withheld[np.maximum(system.owner, 0)])
    bounds = ranges(system, table.cells.withheld, targets, BEYOND)
    return AuditReport(found, _cells(table, system, targets, bounds, truth), faults)


def _as_withheld(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with nothing left in withheld rows; what was left is a fault."""
    out = frame.copy()
    gone = out["status"] == Status.SUPPRESSED.value
    out.loc[gone, ["count", "value", *LIMITS]] = np.nan
    return out


def _true(keys: pd.DataFrame, truth: pd.DataFrame) -> dict[str, Floats]:
    """Return people and denominators of the true frame for each key."""
    clean = conform(truth)
    cells = read_cells(clean)
    known = clean[SAME].assign(**{PEOPLE: cells.people, DENOMINATOR: cells.denominator})
    known = known.drop_duplicates(SAME).set_index(SAME)
    found = known.reindex(pd.MultiIndex.from_frame(keys[SAME]))
    return {name: found[name].to_numpy(dtype=np.float64) for name in (PEOPLE, DENOMINATOR)}


def _cells(
    table: Table,
    system: System,
    targets: Ints,
    bounds: list[tuple[float, float]],
    truth: pd.DataFrame | None,
) -> pd.DataFrame:
    rows = system.owner[targets]
    out = table.frame.iloc[rows][list(KEY)].copy()
    # Contract columns that messages name rows by.
    out["period"] = table.frame["period"].iloc[rows]
    out["measure"] = system.measure[targets]
    ends = np.array(bounds, dtype=np.float64).reshape(-1, 2)
    out["lower"], out["upper"] = ends[:, 0], ends[:, 1]
    least, most = np.ceil(ends[:, 0] - SLACK), np.floor(ends[:, 1] + SLACK)
    out["possible"] = np.where(np.isfinite(most), most - least + 1, np.inf)
    cap = system.hidden_high[targets]
    out["safe"] = out["possible"] >= np.minimum(table.rule.width, cap) + 1
    if truth is not None:
        out["safe"] &= _spans_small(out, table.rule, truth, cap)
    return out.reset_index(drop=True)


def _spans_small(out: pd.DataFrame, rule: Rule, truth: pd.DataFrame, cap: Floats) -> Flags:
    """Say of each small number whether it may still be any that the rule protects."""
    true = _true(out, truth)
    number = np.where(out["measure"] == DENOMINATOR, true[DENOMINATOR], true[PEOPLE])
    spans = (out["lower"] <= rule.first + SLACK) & (
        out["upper"] >= np.minimum(rule.last, cap) - SLACK
    )
    return np.asarray(spans.to_numpy() | ~rule.protects(number))


def _faults(frame: pd.DataFrame, rule: Rule) -> list[str]:
    if not rule.withholds:
        return []
    gone = (frame["status"] == Status.SUPPRESSED.value).to_numpy()
    left = frame[["count", "value", *LIMITS]].notna().any(axis=1).to_numpy()
    small = rule.protects(frame["count"]) & ~gone
    unrounded = (rule.released(frame["count"]) != frame["count"]) & frame["count"].notna()
    tests = [
        (gone & left, "a withheld row still has a number"),
        (gone & _guarded(frame, rule), "a withheld row still has the denominator"),
        (small, "a count stands there that the rule withholds"),
        (unrounded.to_numpy() & ~gone, f"a count is not rounded to {rule.round_to}"),
    ]
    if rule.round_to > 1:
        tests.append((_exact_rates(frame, rule) & ~gone, "a rate was made from the exact count"))
        tests.append((_exact_limits(frame) & ~gone, "limits were made from the exact count"))
    return [
        f"{text}: {int(rows.sum())} rows, first {names_of(frame, rows)}"
        for rows, text in tests
        if rows.any()
    ]


def _guarded(frame: pd.DataFrame, rule: Rule) -> Flags:
    share = (frame["unit"] == "%") & (rule.round_to > 1)
    people = share | (rule.denominators == "protected")
    return np.asarray((people & frame["denominator"].notna()).to_numpy())


def _exact_rates(frame: pd.DataFrame, rule: Rule) -> Flags:
    """Say which rates are near count over denominator and not made from what is shown."""
    scale = multipliers(frame["unit"])
    value, count = frame["value"].to_numpy(np.float64), frame["count"].to_numpy(np.float64)
    denominator = frame["denominator"].to_numpy(np.float64)
    implied = value * denominator / scale
    step = half_step(value) * denominator / scale
    off = np.abs(implied - count)
    return np.asarray((off > step + 1e-6 * count) & (off <= rule.round_to))


def _exact_limits(frame: pd.DataFrame) -> Flags:
    """Say which limits differ from those that the shown count and denominator give."""
    bare = frame.assign(**dict.fromkeys(LIMITS, np.nan))
    made = with_limits(bare)[list(LIMITS)].to_numpy(np.float64)
    there = frame[list(LIMITS)].to_numpy(np.float64)
    differs = np.abs(made - there) > 1e-6 * np.abs(made) + half_step(there.ravel()).reshape(
        there.shape
    )
    return np.asarray(differs.any(axis=1))
