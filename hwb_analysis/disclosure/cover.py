"""Which further rows to withhold, so that subtraction gives nothing back: the fewest.

The choice is a whole-number programme: least total weight of withheld rows, such that
the attacker of :mod:`.attack` cannot narrow any of them too far. That condition is
learnt step by step. Each exposure gives an inequality that every safe choice satisfies,
``sum(gain * withheld) >= 1``; the programme is solved again with it, until the attacker
finds nothing. As the inequalities hold for all safe choices, the first safe solution is
the best one.

Sources: Fischetti and Salazar-Gonzalez 2001; Benders 1962.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, sparse

from hwb_analysis.disclosure.attack import Attacker, Exposure
from hwb_analysis.disclosure.cells import Flags, Floats
from hwb_analysis.disclosure.system import System
from hwb_analysis.errors import DisclosureError

ROUNDS = 40
NODES = 50_000
# Weights break ties by less than a quarter in all: bounds this close prove a number of rows.
HALF_A_ROW = 0.5
LOOSE_GAP = 0.04
REMEDY = "withhold the whole table, or leave totals out of it"
CANNOT = "a small number can be worked out whatever else of the table is withheld"


@dataclass(frozen=True, slots=True)
class Choice:
    """The rows to withhold; ``optimal`` says that no safe choice has fewer.

    ``additional`` counts the rows that are not withheld for their own sake, ``fewest``
    how many of them every safe choice has at least. ``unproved`` figures were attacked
    with fractions only.
    """

    hidden: Flags
    additional: int
    fewest: int
    rounds: int
    unproved: int

    @property
    def optimal(self) -> bool:
        """Say whether no safe choice withholds fewer rows."""
        return self.additional == self.fewest


def choose(system: System) -> Choice:
    """Return the rows to withhold in all parts of a system.

    Raises
    ------
    DisclosureError
        When a small number cannot be protected even by withholding everything.
    """
    hidden = system.primary.copy()
    additional = fewest = rounds = unproved = 0
    for part in system.parts():
        chosen = _Search(part).run()
        hidden |= chosen.hidden
        additional, fewest = additional + chosen.additional, fewest + chosen.fewest
        rounds, unproved = rounds + chosen.rounds, unproved + chosen.unproved
    return Choice(hidden, additional, fewest, rounds, unproved)


class _Search:
    """The search in one part: choices that the programme proposes, and the best safe one."""

    def __init__(self, system: System) -> None:
        own = np.zeros(system.rows, dtype=np.bool_)
        own[system.owner[system.owner >= 0]] = True
        self.system, self.primary = system, system.primary & own
        self.attacker, self.master = Attacker(system), _Master(system)
        self.best: Flags | None = None
        self.bound = 0.0

    def run(self) -> Choice:
        hidden, gap = self.primary, LOOSE_GAP
        for rounds in range(1, ROUNDS + 1):
            if self._made_safe(hidden):
                gap = 0.0
            if self._proved():
                return self._choice(self._best(), rounds)
            chosen, self.bound = self.master.solve(gap)
            hidden = self.primary | chosen
        return self._choice(self._pruned(), ROUNDS)

    def _best(self) -> Flags:
        if self.best is None:
            raise DisclosureError(CANNOT, remedy=REMEDY)
        return self.best

    def _proved(self) -> bool:
        return self.best is not None and self.bound > self._weight(self.best) - HALF_A_ROW

    def _made_safe(self, hidden: Flags) -> bool:
        """Say whether a choice is safe; else learn why, up to a larger one that is.

        The larger one is found by taking the most useful row for each exposure. It need
        not be the best, but each step teaches the programme more.
        """
        exposures = self.attacker.exposures(hidden)
        safe = not exposures
        while exposures:
            for exposure in exposures:
                self.master.learn(exposure)
            if not all(exposure.gain.any() for exposure in exposures):
                return False
            hidden = self._widened(hidden, exposures)
            exposures = self.attacker.exposures(hidden)
        if self.best is None or self._weight(hidden) < self._weight(self.best):
            self.best = hidden
        return safe

    def _widened(self, hidden: Flags, exposures: list[Exposure]) -> Flags:
        wider = hidden.copy()
        for exposure in exposures:
            if exposure.gain[wider & ~hidden].sum() >= 1:
                continue
            wider[int((exposure.gain / self.system.weight).argmax())] = True
        return wider

    def _pruned(self) -> Flags:
        """Return the best safe choice, without rows that it does not need."""
        hidden = self._best()
        for row in np.flatnonzero(hidden & ~self.primary)[::-1]:
            fewer = hidden.copy()
            fewer[row] = False
            if not self.attacker.exposures(fewer):
                hidden = fewer
        return hidden

    def _weight(self, hidden: Flags) -> float:
        return float(self.system.weight[hidden & ~self.primary].sum())

    def _choice(self, hidden: Flags, rounds: int) -> Choice:
        additional = int((hidden & ~self.primary).sum())
        # The extra weights are less than a quarter in all, so a bound speaks of rows.
        fewest = min(additional, max(int(np.ceil(self.bound - HALF_A_ROW / 2)), 0))
        return Choice(hidden, additional, fewest, rounds, self.attacker.unproved)


class _Master:
    """The whole-number programme over rows, with the inequalities learnt so far."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.left: list[Floats] = []
        self.right: list[float] = []
        self.known: set[bytes] = set()

    def learn(self, exposure: Exposure) -> None:
        left, right = exposure.gain.copy(), 1.0
        if not left.any() and exposure.only_with < 0:
            raise DisclosureError(CANNOT, remedy=REMEDY)
        if exposure.only_with >= 0:
            # Shown again, the row asks for nothing.
            left[exposure.only_with], right = -1.0, 0.0
        seen = left.round(9).tobytes()
        if seen not in self.known:
            self.known.add(seen)
            self.left.append(left)
            self.right.append(right)

    def solve(self, gap: float) -> tuple[Flags, float]:
        """Return the rows to withhold besides, and a weight that no safe choice is below.

        A proposal need not be the best; ``gap`` says how far from it it may stay.
        """
        system = self.system
        left = sparse.csr_array(np.vstack(self.left))
        used = np.unique(left.indices)
        found = optimize.milp(
            system.weight[used],
            constraints=optimize.LinearConstraint(left[:, used], np.array(self.right) - 1e-9),
            integrality=np.ones(used.size),
            bounds=optimize.Bounds(0, system.candidate[used].astype(np.float64)),
            options={"node_limit": NODES, "mip_rel_gap": max(gap, HALF_A_ROW / (2 * used.size))},
        )
        if found.x is None:
            raise DisclosureError(CANNOT, remedy=REMEDY)
        chosen = np.zeros(system.rows, dtype=np.bool_)
        chosen[used] = np.rint(found.x) > 0
        return chosen, float(found.mip_dual_bound or 0.0)
