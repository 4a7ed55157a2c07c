"""Which rests are empty, and whether figures agree with one another at all."""

from __future__ import annotations

import numpy as np
from scipy import optimize, sparse

from hwb_analysis.disclosure.cells import Flags, Floats
from hwb_analysis.disclosure.pieces import Micro

SLACK = 1e-6
# More people than any row counts.
MANY = 1e9


def usable_pieces(micro: Micro, low: Floats, high: Floats) -> Flags | None:
    """Return the microcells that may hold people, given what the rows are known to be.

    The attacker is taken to know that parts make up their whole wherever they can: a
    rest (sex not stated) is empty unless the figures need it. The rest of an area of which
    not all parts are listed is empty only if the figures leave no room for it. Nothing is
    returned when no table agrees with the figures.
    """
    closed = micro.rest & ~micro.open
    least = _solve(micro.sums, low, high, closed.astype(np.float64))
    if least is None:
        return None
    usable: Flags = ~micro.rest | (least > SLACK)
    total = float(least[closed].sum())
    while not usable.all() and (total > SLACK or micro.open.any()):
        # With the same least total, which other rests could be in use?
        wanted = np.where(usable, 0.0, -1.0)
        other = _solve(micro.sums, low, high, wanted, closed, total)
        if other is None or not np.any(other[~usable] > 10 * SLACK):
            break
        usable = usable | (other > 10 * SLACK)
    return usable


def disagreeing(sums: sparse.csr_array, low: Floats, high: Floats, soft: Flags) -> Flags:
    """Return which of the soft rows must give way for all rows to agree.

    As few people as possible are moved. All soft rows give way when the others alone
    disagree.
    """
    places = np.flatnonzero(soft)
    count, unknowns = sums.shape
    give = sparse.csr_array(
        (np.ones(places.size), (places, np.arange(places.size))), shape=(count, places.size)
    )
    cost = np.concatenate([np.zeros(unknowns), np.ones(2 * places.size)])
    found = _solve(sparse.hstack([sums, give, -give]).tocsr(), low, high, cost)
    moved = np.zeros(count, dtype=np.bool_)
    if found is None:
        return soft
    slack = found[unknowns : unknowns + places.size] + found[unknowns + places.size :]
    moved[places[slack > SLACK]] = True
    return moved


def reach_of(sums: sparse.csr_array, low: Floats, high: Floats, row: int) -> tuple[float, float]:
    """Return the least and the greatest that a row can be when all rows lie in their bounds.

    The bounds must agree with one another; what is endless ends at ``MANY``.
    """
    own = sums[[row]].toarray().ravel()
    ends = (_solve(sums, low, high, direction * own) for direction in (1.0, -1.0))
    least, most = (float("nan") if x is None else float(own @ x) for x in ends)
    return least, most


def _solve(
    sums: sparse.csr_array,
    low: Floats,
    high: Floats,
    cost: Floats,
    rest: Flags | None = None,
    total: float = 0.0,
) -> Floats | None:
    told = np.isfinite(high) | (low > 0)
    rules = [optimize.LinearConstraint(sums[told], low[told], high[told])] if told.any() else []
    if rest is not None:
        row = sparse.csr_array(rest.astype(np.float64)[np.newaxis, :])
        rules.append(optimize.LinearConstraint(row, 0, total + SLACK / 10))
    found = optimize.milp(
        cost,
        constraints=rules or None,
        integrality=np.zeros(cost.size),
        bounds=optimize.Bounds(0, MANY),
    )
    return None if found.x is None else np.asarray(found.x)
