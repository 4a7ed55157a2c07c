"""The attacker: how far a linear programme narrows each withheld quantity.

For a quantity ``p`` with what is known, ``low <= G m <= high`` and ``m >= 0``, the
attacker's range is the least and the greatest ``G_p m``. The programme's prices (its
dual) say which shown figures narrow the range, and by how much at most it would widen
if their rows were withheld too; that is what hiding (:mod:`.cover`) learns from.

A table of whole numbers that agrees with everything shown is a *witness*. Witnesses are
kept, because one of them may speak for many quantities.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import optimize, sparse

from hwb_analysis.disclosure.cells import Flags, Floats
from hwb_analysis.disclosure.system import Ints, System
from hwb_analysis.errors import DisclosureError

SLACK = 1e-6
MOST_WITNESSES = 600
NODES = 5_000
# Stands for infinity where a price is multiplied with it.
ENDLESS = 1e12
UP, DOWN = 1, -1


@dataclass(frozen=True, slots=True)
class Exposure:
    """A quantity that is narrowed too far.

    ``gain`` holds for each row how much of the missing width its withholding can bring
    at most, one meaning all of it. ``only_with`` is the row that need not be protected
    once it is shown again; -1 when it is withheld for its own sake.
    """

    quantity: int
    gain: Floats
    only_with: int


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a quantity can go in one direction, and the prices of what stops it."""

    value: float
    price_low: Floats
    price_high: Floats
    witness: Floats | None


@dataclass(slots=True)
class Attacker:
    """An attacker of one system, who remembers the witnesses that were found.

    ``unproved`` counts the quantities for which whole-number tables were not settled
    within the search limit; fractional ones were.
    """

    system: System
    witnesses: list[Floats] = field(default_factory=list)
    unproved: int = 0

    def exposures(self, hidden: Flags) -> list[Exposure]:
        """Return what is narrowed too far when these rows are withheld."""
        known = Known(self.system, hidden)
        valid = [w for w in self.witnesses if known.allows(w)]
        found: list[Exposure] = []
        for target in self.system.targets(hidden):
            exposure = self._look(int(target), known, valid)
            if exposure is not None:
                found.append(exposure)
        return found

    def _look(self, target: int, known: Known, valid: list[Floats]) -> Exposure | None:
        system = self.system
        seen = np.array([w[target] for w in valid] or [np.nan])
        if np.isnan(system.need_low[target]):
            return self._spread(target, known, valid, seen)
        ends = ((DOWN, system.need_low[target]), (UP, system.need_high[target]))
        for direction, end in ends:
            if np.any(np.abs(seen - end) < SLACK):
                continue
            reach = self._reach(target, direction, float(end), known, valid)
            short = direction * (end - reach.value)
            if short > SLACK or reach.witness is None:
                return self._exposure(target, [reach], short, known)
        return None

    def _spread(
        self, target: int, known: Known, valid: list[Floats], seen: Floats
    ) -> Exposure | None:
        wanted = float(self.system.spread[target])
        if seen.size > 1 and seen.max() - seen.min() >= wanted - SLACK:
            return None
        # Where nobody here knows the number, the range is measured from its lower end.
        least = max(float(np.nan_to_num(self.system.truth[target])) - wanted, 0.0)
        down = self._reach(target, DOWN, least, known, valid)
        up = self._reach(target, UP, down.value + wanted, known, valid)
        short = wanted - (up.value - down.value)
        unwitnessed = down.witness is None or up.witness is None
        if short > SLACK or unwitnessed:
            return self._exposure(target, [down, up], short, known)
        return None

    def _reach(
        self, target: int, direction: int, end: float, known: Known, valid: list[Floats]
    ) -> Reach:
        reach = known.reach(target, direction, end)
        witness = reach.witness
        if witness is None and direction * (end - reach.value) <= SLACK:
            witness, settled = known.whole(target, direction, end)
            self.unproved += not settled
            if not settled:
                return Reach(reach.value, reach.price_low, reach.price_high, np.empty(0))
        if witness is not None and witness.size:
            valid.append(witness)
            self.witnesses = [*self.witnesses[-MOST_WITNESSES:], witness]
        return Reach(reach.value, reach.price_low, reach.price_high, witness)

    def _exposure(self, target: int, reaches: list[Reach], short: float, known: Known) -> Exposure:
        system = self.system
        owner = int(system.owner[target])
        only_with = -1 if system.primary[owner] else owner
        free = system.candidate & ~known.hidden
        if short <= SLACK:
            # Fractions of people would do, whole people do not: something else must go too.
            return Exposure(target, free.astype(np.float64), only_with)
        gain = np.zeros(system.rows)
        owned = system.owner >= 0
        for reach in reaches:
            wider = reach.price_low * system.shown_low
            stops = np.flatnonzero(reach.price_high)
            higher = np.minimum(system.hidden_high[stops], ENDLESS) - system.shown_high[stops]
            wider[stops] += reach.price_high[stops] * np.maximum(higher, 0)
            np.add.at(gain, system.owner[owned], wider[owned])
        return Exposure(target, np.where(free, np.minimum(gain / short, 1.0), 0.0), only_with)


class Known:
    """What is known under one set of withheld rows, laid out for the solver."""

    def __init__(self, system: System, hidden: Flags) -> None:
        self.system, self.hidden = system, hidden
        self.low, self.high = system.bounds(hidden)
        self.equal = np.flatnonzero(self.low == self.high)
        self.above = np.flatnonzero((self.low > 0) & (self.low < self.high))
        self.below = np.flatnonzero(np.isfinite(self.high) & (self.low < self.high))
        self.exact = system.sums[self.equal] if self.equal.size else None
        self.loose = sparse.vstack([system.sums[self.below], -system.sums[self.above]])
        self.limit = np.concatenate([self.high[self.below], -self.low[self.above]])

    def allows(self, witness: Floats) -> bool:
        """Say whether a table agrees with all that is known."""
        return bool(np.all((witness >= self.low - SLACK) & (witness <= self.high + SLACK)))

    def reach(self, target: int, direction: int, end: float) -> Reach:
        """Return the furthest value towards ``end``, not beyond it."""
        row = self.system.sums[[target]]
        found = optimize.linprog(
            -direction * row.toarray().ravel(),
            A_ub=sparse.vstack([self.loose, direction * row]).tocsr(),
            b_ub=np.append(self.limit, direction * end),
            A_eq=self.exact,
            b_eq=self.low[self.equal] if self.equal.size else None,
            method="highs-ds",
        )
        if found.status != 0:
            raise DisclosureError(
                "the figures shown contradict each other, so no attack on them can be tried",
                remedy="check the sums of the source",
            )
        return self._priced(found, -direction * float(found.fun))

    def _priced(self, found: optimize.OptimizeResult, value: float) -> Reach:
        price_low, price_high = np.zeros_like(self.low), np.zeros_like(self.low)
        loose = -found.ineqlin.marginals[:-1]
        price_high[self.below] = np.maximum(loose[: self.below.size], 0)
        price_low[self.above] = np.maximum(loose[self.below.size :], 0)
        if self.equal.size:
            exact = -found.eqlin.marginals
            price_high[self.equal], price_low[self.equal] = (
                np.maximum(exact, 0),
                np.maximum(-exact, 0),
            )
        price_low[price_low < SLACK] = 0
        price_high[price_high < SLACK] = 0
        return Reach(value, price_low, price_high, self.witness(found.x))

    def witness(self, unknowns: Floats) -> Floats | None:
        """Return the quantities of a table of whole numbers, or nothing when it is none."""
        whole = np.rint(unknowns)
        if np.abs(unknowns - whole).max(initial=0) > SLACK:
            return None
        return np.asarray(self.system.sums @ whole)

    def whole(self, target: int, direction: int, end: float) -> tuple[Floats | None, bool]:
        """Return a whole-number table that reaches ``end``, and whether that is settled."""
        row = self.system.sums[[target]]
        rules = [optimize.LinearConstraint(self.system.sums, self.low, self.high)]
        rules.append(optimize.LinearConstraint(row, end, end))
        found = optimize.milp(
            np.zeros(row.shape[1]),
            constraints=rules,
            integrality=np.ones(row.shape[1]),
            options={"node_limit": NODES},
        )
        if found.x is not None:
            return self.witness(np.asarray(found.x)), True
        return None, found.status == 2


def ranges(
    system: System, hidden: Flags, targets: Ints, beyond: float
) -> list[tuple[float, float]]:
    """Return the attacker's range of quantities; what goes on past ``beyond`` is infinite."""
    known = Known(system, hidden)
    found = []
    for target in targets:
        low = known.reach(int(target), DOWN, 0.0).value
        high = known.reach(int(target), UP, low + beyond).value
        found.append((low, high if high < low + beyond - SLACK else np.inf))
    return found
