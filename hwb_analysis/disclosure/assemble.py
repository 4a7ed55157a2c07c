"""From frame, rule and structure to the system that hiding and attacking share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from hwb_analysis.disclosure.attack import DOWN, UP, Known
from hwb_analysis.disclosure.cells import Flags, Floats, names_of
from hwb_analysis.disclosure.known import disagreeing, usable_pieces
from hwb_analysis.disclosure.pieces import Micro, Structure, microcells
from hwb_analysis.disclosure.relations import with_relations
from hwb_analysis.disclosure.system import (
    COMPLEMENT,
    COUNT,
    DENOMINATOR,
    EARLIER,
    Ints,
    System,
    joined,
)
from hwb_analysis.disclosure.table import PEOPLE, Table, clusters
from hwb_analysis.errors import DataContractError

# Over which dimensions denominators may fail to add up, the likeliest first.
LOOSE_FIRST = ("category", "period", "age", "sex", "area")


def assemble(table: Table, *, attainable: bool = True) -> System:
    """Return the system of a table.

    Unless told otherwise, no more is asked of figures that others withheld than
    withholding everything would give.

    Raises
    ------
    DataContractError
        When the parts of the frame add up to more than their whole.
    """
    blocks = [
        _block(table, group)
        for _, rows in sorted(table.frame.groupby("series_id").indices.items())
        for group in clusters(table.frame, np.asarray(rows, dtype=np.int64))
    ]
    relations = table.structure.relations
    system = with_relations(joined(blocks), table.frame, table.cells.people, relations)
    return _attainable(system) if attainable else system


def _block(table: Table, rows: Ints) -> System:
    micro = microcells(table.frame.iloc[rows], table.structure)
    usable = _agreed(table, rows, micro, PEOPLE)
    if usable is None:
        _refuse(table, rows, micro)
    counts = _counts(table, rows, micro.sums[:, usable])
    guarded = np.flatnonzero(table.guarded[rows])
    if not guarded.size:
        return counts
    together = _coupled(table, rows, guarded, micro, counts)
    return together or joined([counts, _apart(table, rows[guarded])])


def _agreed(table: Table, rows: Ints, micro: Micro, what: str) -> Flags | None:
    """Return the usable microcells; earlier rows that contradict the frame are marked."""
    low, high = table.told(rows, what)
    usable = usable_pieces(micro, low, high)
    if usable is None and not table.current[rows].all():
        soft = ~table.current[rows] & np.isfinite(high)
        table.changed[rows[disagreeing(micro.sums, low, high, soft)]] = True
        usable = usable_pieces(micro, *table.told(rows, what))
    if usable is None and _looks_rounded(table) and not table.rounded_input:
        table.rounded_input = True
        usable = usable_pieces(micro, *table.told(rows, what))
    return usable


def _looks_rounded(table: Table) -> bool:
    base, people = table.rule.round_to, table.cells.people
    told = people[~np.isnan(people)]
    return base > 1 and not np.any(told % base) and not table.rule.protects(told).any()


def _refuse(table: Table, rows: Ints, micro: Micro) -> None:
    low, high = table.told(rows, PEOPLE)
    moved = np.zeros(len(table.frame), dtype=np.bool_)
    moved[rows[disagreeing(micro.sums, low, high, np.isfinite(high))]] = True
    raise DataContractError(
        "some parts add up to more than their whole, or overlapping figures contradict each"
        f" other, near {names_of(table.frame, moved)}",
        remedy="correct the source, or name the dimension whose labels do not add up in"
        " Structure(independent=...)",
    )


def _counts(table: Table, rows: Ints, sums: sparse.csr_array) -> System:
    rule, cells = table.rule, table.cells
    system = _quantities(table, rows, sums, cells.people, COUNT)
    people, current = cells.people[rows], table.current[rows]
    open_share = cells.share[rows] & ~table.guarded[rows]
    cap = np.where(open_share & ~np.isnan(cells.denominator[rows]), cells.denominator[rows], np.inf)
    foreign = (cells.withheld & table.primary)[rows]
    small = (rule.protects(people) & current) | (foreign & ~table.ours[rows])
    low, high = np.where(small, rule.first, np.nan), np.where(small, rule.last, np.nan)
    if rule.complements == "protected":
        left = open_share & current & rule.protects(table.complement[rows])
        low = np.where(left, np.fmin(low, cap - rule.last), low)
        high = np.where(left, np.fmax(high, cap - rule.first), high)
    return replace(
        system,
        hidden_high=cap,
        need_low=np.maximum(low, 0),
        need_high=np.minimum(high, cap),
        spread=np.minimum(np.where(foreign, float(rule.width), system.spread), cap),
    )


def _quantities(
    table: Table, rows: Ints, sums: sparse.csr_array, figures: Floats, measure: str
) -> System:
    """Return quantities of which nothing but a spread is asked."""
    low, high = table.shown(rows, figures)
    current, nothing = table.current[rows], np.full(rows.size, np.nan)
    return System(
        sums=sparse.csr_array(sums),
        owner=rows,
        measure=np.where(current | table.attacking, measure, EARLIER),
        shown_low=low,
        shown_high=high,
        hidden_high=np.full(rows.size, np.inf),
        need_low=nothing,
        need_high=nothing,
        spread=np.where(current & ~np.isnan(figures[rows]), float(table.rule.width), 0.0),
        truth=figures[rows],
        primary=table.primary,
        candidate=table.current & ~np.isnan(table.cells.people),
        weight=_weights(table),
    )


def _weights(table: Table) -> Floats:
    """Return one a row, and so little more for larger counts that it only breaks ties."""
    size = np.nan_to_num(table.cells.people)
    rank = np.argsort(np.argsort(size, kind="stable"), kind="stable")
    return np.asarray(1 + rank / (4 * size.size * (size.size + 1.0)))


def _small(table: Table, rows: Ints, sums: sparse.csr_array, figures: Floats, what: str) -> System:
    """Return quantities that are protected where they are small."""
    rule, system = table.rule, _quantities(table, rows, sums, figures, what)
    small = rule.protects(figures[rows]) & table.current[rows]
    low, high = np.where(small, rule.first, np.nan), np.where(small, rule.last, np.nan)
    return replace(system, need_low=low, need_high=high)


def _coupled(
    table: Table, rows: Ints, guarded: Ints, micro: Micro, counts: System
) -> System | None:
    """Return counts, denominators and those left out over shared unknowns.

    Only percentages divide their denominator so, and only denominators that add up.
    """
    asked = rows[guarded]
    if not table.cells.share[asked].all() or table.rounded_input:
        return None
    rest = usable_pieces(micro, *_left_out(table, rows))
    if rest is None:
        return None
    left, inner = micro.sums[:, rest], counts.sums.shape[1]
    both = sparse.hstack([counts.sums[guarded], left[guarded]])
    wide = sparse.hstack([counts.sums, sparse.csr_array((rows.size, left.shape[1]))])
    parts = [
        replace(counts, sums=sparse.csr_array(wide)),
        _small(table, asked, both, table.cells.denominator, DENOMINATOR),
    ]
    if table.rule.complements == "protected":
        alone = sparse.hstack([sparse.csr_array((guarded.size, inner)), left[guarded]])
        extra = _small(table, asked, alone, table.complement, COMPLEMENT)
        # Nobody prints it: it follows from the other two.
        nought = np.zeros(guarded.size)
        parts.append(replace(extra, shown_low=nought, shown_high=nought + np.inf, spread=nought))
    system = joined(parts, shared=True)
    return system if _holds(table, system) else None


def _left_out(table: Table, rows: Ints) -> tuple[Floats, Floats]:
    """Return between which numbers lie the people that each percentage leaves out."""
    least, most = table.told(rows, PEOPLE)
    low, high = table.told(rows, DENOMINATOR)
    with np.errstate(invalid="ignore"):
        left = np.nan_to_num(high - least, nan=np.inf, posinf=np.inf)
    return np.maximum(low - most, 0), left


def _holds(table: Table, system: System) -> bool:
    known = table.current[system.owner] & ~np.isnan(system.truth)
    low = np.where(known, system.truth, system.shown_low)
    high = np.where(known, system.truth, system.shown_high)
    return usable_pieces(_plain(system.sums), low, high) is not None


def _plain(sums: sparse.csr_array) -> Micro:
    nothing = np.zeros(sums.shape[1], dtype=np.bool_)
    return Micro(sums, nothing, nothing)


def _apart(table: Table, rows: Ints) -> System:
    """Return denominators with unknowns of their own, as far as they add up."""
    figures, loose = table.cells.denominator, set(table.structure.independent)
    for dimension in ("", *LOOSE_FIRST):
        loose |= {dimension} if dimension else set()
        structure = Structure(table.structure.parents, frozenset(loose))
        micro = microcells(table.frame.iloc[rows], structure)
        usable = _agreed(table, rows, micro, DENOMINATOR)
        if usable is not None:
            break
    table.loose |= loose - table.structure.independent
    kept = slice(None) if usable is None else usable
    return _small(table, rows, micro.sums[:, kept], figures, DENOMINATOR)


def _attainable(system: System) -> System:
    asked = ~np.isnan(system.need_low) | (system.spread > 0)
    foreign = np.flatnonzero(asked & np.isnan(system.truth) & (system.owner >= 0))
    if not foreign.size:
        return system
    low, high, spread = system.need_low.copy(), system.need_high.copy(), system.spread.copy()
    known = Known(system, system.candidate | system.primary)
    for place in foreign:
        given = not np.isnan(low[place])
        least = known.reach(int(place), DOWN, low[place] if given else 0.0).value
        most = known.reach(int(place), UP, high[place] if given else least + spread[place]).value
        spread[place] = min(spread[place], most - least)
        if given:
            low[place], high[place] = least, max(least, most)
    return replace(system, need_low=low, need_high=high, spread=spread)
