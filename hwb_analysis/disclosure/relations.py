"""Sums that the labels do not tell, added to what the attacker knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import sparse

from hwb_analysis.disclosure.cells import Floats
from hwb_analysis.disclosure.pieces import Relation
from hwb_analysis.disclosure.system import COUNT, NOBODY, RELATION, Ints, System
from hwb_analysis.errors import DataContractError, UsageError
from hwb_analysis.frame import KEY


def with_relations(
    system: System, frame: pd.DataFrame, people: Floats, relations: tuple[Relation, ...]
) -> System:
    """Return the system with one quantity more, always nought, for each sum of each context.

    Raises
    ------
    UsageError
        When a relation names no row, or a column that is not in the key.
    DataContractError
        When the parts do not add up to the whole.
    """
    for relation in relations:
        for whole, parts in _sums(frame, relation):
            _check(people, frame, whole, parts)
            system = _added(system, whole, parts)
    return system


def _sums(frame: pd.DataFrame, relation: Relation) -> list[tuple[int, Ints]]:
    sides = (relation.whole, *relation.parts)
    named = sorted({name for side in sides for name in side})
    if wrong := [name for name in named if name not in KEY]:
        raise UsageError(f"a relation is told by columns of the key, not by '{wrong[0]}'")
    context = [name for name in KEY if name not in named and name != "vintage"]
    wholes = _rows(frame, relation.whole, context)
    parts = [_rows(frame, part, context) for part in relation.parts]
    if wholes.empty or any(part.empty for part in parts):
        raise UsageError(
            f"no row of the frame is {dict(relation.whole)}, or one of its parts is not there",
            remedy="write the labels as the frame does",
        )
    found = []
    for key, whole in wholes.items():
        inside = [part[part.index == key].to_numpy() for part in parts]
        if all(rows.size == 1 for rows in inside):
            found.append((int(whole), np.concatenate(inside).astype(np.int64)))
    return found


def _rows(frame: pd.DataFrame, side: Mapping[str, str], context: list[str]) -> pd.Series:
    picked = np.ones(len(frame), dtype=np.bool_)
    for name, value in side.items():
        picked &= (frame[name].astype("str") == str(value)).to_numpy()
    keys = list(frame.loc[picked, context].itertuples(index=False, name=None))
    return pd.Series(np.flatnonzero(picked), index=pd.Index(keys, tupleize_cols=False))


def _check(people: Floats, frame: pd.DataFrame, whole: int, parts: Ints) -> None:
    off = people[whole] - people[parts].sum()
    if abs(off) > 0:
        raise DataContractError(
            "the parts of a relation do not add up to its whole",
            where=f"{frame['series_id'].iloc[whole]} {frame['area_code'].iloc[whole]}",
            remedy="correct the source or the relation",
        )


def _added(system: System, whole: int, parts: Ints) -> System:
    signs = [(whole, 1.0), *((int(part), -1.0) for part in parts)]
    row = sparse.csr_array((1, system.sums.shape[1]))
    for owner, sign in signs:
        place = np.flatnonzero((system.owner == owner) & (system.measure == COUNT))
        row = row + sign * system.sums[place]
    nought, nothing = np.zeros(1), np.full(1, np.nan)
    return replace(
        system,
        sums=sparse.csr_array(sparse.vstack([system.sums, row])),
        owner=np.append(system.owner, NOBODY),
        measure=np.append(system.measure, RELATION),
        shown_low=np.append(system.shown_low, nought),
        shown_high=np.append(system.shown_high, nought),
        hidden_high=np.append(system.hidden_high, nought),
        need_low=np.append(system.need_low, nothing),
        need_high=np.append(system.need_high, nothing),
        spread=np.append(system.spread, nought),
        truth=np.append(system.truth, nought),
    )
