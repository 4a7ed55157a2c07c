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

ROUNDS = 80
NODES = 50_000
CANNOT = "a small number can be worked out whatever else of the table is withheld"


@dataclass(frozen=True, slots=True)
class Choice:
    """The rows to withhold; ``optimal`` says that no choice of less weight is safe.

    ``bound`` is a weight below which no safe choice lies; ``weight`` that of this one,
    both without the rows that are withheld for their own sake. ``unproved`` quantities
    were attacked with fractions only.
    """

    hidden: Flags
    weight: float
    bound: float
    optimal: bool
    rounds: int
    unproved: int


def choose(system: System) -> Choice:
    """Return the rows to withhold in all parts of a system.

    Raises
    ------
    DisclosureError
        When a small number cannot be protected even by withholding everything.
    """
    hidden, bound, optimal, rounds, unproved = system.primary.copy(), 0.0, True, 0, 0
    for part in system.parts():
        chosen = _choose_part(part)
        hidden |= chosen.hidden
        bound, rounds = bound + chosen.bound, rounds + chosen.rounds
        optimal, unproved = optimal and chosen.optimal, unproved + chosen.unproved
    weight = float(system.weight[hidden & ~system.primary].sum())
    return Choice(hidden, weight, bound, optimal, rounds, unproved)


def _choose_part(system: System) -> Choice:
    own = np.zeros(system.rows, dtype=np.bool_)
    own[system.owner[system.owner >= 0]] = True
    primary = system.primary & own
    attacker, master = Attacker(system), _Master(system)
    hidden, bound, optimal = primary.copy(), 0.0, True
    for rounds in range(1, ROUNDS + 1):
        exposures = attacker.exposures(hidden)
        if not exposures:
            weight = float(system.weight[hidden & ~primary].sum())
            return Choice(hidden, weight, bound, optimal, rounds, attacker.unproved)
        for exposure in exposures:
            master.learn(exposure)
        chosen, bound, proven = master.solve()
        hidden, optimal = primary | chosen, optimal and proven
    return _finish(system, primary, hidden, attacker, bound)


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
            raise DisclosureError(CANNOT, remedy="withhold the table, or fewer totals of it")
        if exposure.only_with >= 0:
            # Shown again, the row asks for nothing.
            left[exposure.only_with], right = -1.0, 0.0
        seen = left.round(9).tobytes()
        if seen not in self.known:
            self.known.add(seen)
            self.left.append(left)
            self.right.append(right)

    def solve(self) -> tuple[Flags, float, bool]:
        """Return the rows to withhold besides, the bound, and whether it is proved."""
        system = self.system
        left = sparse.csr_array(np.vstack(self.left))
        used = np.unique(left.indices)
        found = optimize.milp(
            system.weight[used],
            constraints=optimize.LinearConstraint(left[:, used], np.array(self.right) - 1e-9),
            integrality=np.ones(used.size),
            bounds=optimize.Bounds(0, system.candidate[used].astype(np.float64)),
            options={"node_limit": NODES, "mip_rel_gap": 0.0},
        )
        if found.x is None:
            raise DisclosureError(CANNOT, remedy="withhold the table, or fewer totals of it")
        chosen = np.zeros(system.rows, dtype=np.bool_)
        chosen[used] = np.rint(found.x) > 0
        bound = float(found.mip_dual_bound) if found.mip_dual_bound is not None else 0.0
        return chosen, bound, found.status == 0


def _finish(
    system: System, primary: Flags, hidden: Flags, attacker: Attacker, bound: float
) -> Choice:
    """Go on without the promise of the fewest: withhold more until all is safe."""
    rounds = ROUNDS
    while exposures := attacker.exposures(hidden):
        rounds += 1
        for exposure in exposures:
            worth = exposure.gain / system.weight
            if not worth.any():
                raise DisclosureError(CANNOT, remedy="withhold the table, or fewer totals of it")
            hidden = hidden.copy()
            hidden[int(worth.argmax())] = True
    for row in np.flatnonzero(hidden & ~primary)[::-1]:
        fewer = hidden.copy()
        fewer[row] = False
        if not attacker.exposures(fewer):
            hidden = fewer
    weight = float(system.weight[hidden & ~primary].sum())
    return Choice(hidden, weight, bound, False, rounds, attacker.unproved)
