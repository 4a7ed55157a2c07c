"""What an attacker knows, as linear bounds: the common ground of hiding and attacking.

The unknowns are microcells ``m >= 0``. A *quantity* is a sum of them, ``G m``: the count
of a row, its denominator, the people a percentage leaves out, an earlier figure. Shown,
it lies between the numbers its printed figure can stand for; withheld, between nought
and its cap.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from hwb_analysis.disclosure.cells import Flags, Floats

Ints = NDArray[np.int64]
COUNT, DENOMINATOR, COMPLEMENT = "count", "denominator", "complement"
EARLIER, RELATION = "earlier", "relation"
NOBODY = -1
OF_QUANTITIES = (
    "owner",
    "measure",
    "shown_low",
    "shown_high",
    "hidden_high",
    "need_low",
    "need_high",
    "spread",
    "truth",
)


@dataclass(frozen=True, slots=True)
class System:
    """Quantities (first axis of ``sums`` and of all ``q`` arrays) and rows that own them.

    ``owner`` is the row whose withholding hides the quantity (rows of earlier runs are
    never withheld), or -1 for a sum that everybody knows. ``need_low`` to ``need_high``
    must remain possible of a quantity while its row is withheld; where they are missing,
    ``spread`` is how far apart the ends of its range must lie at least. ``truth`` is the
    true number, missing where only others know it. ``primary`` rows are withheld for
    their own sake, ``candidate`` rows may be, at the price of their ``weight``.
    """

    sums: sparse.csr_array
    owner: Ints
    measure: NDArray[np.str_]
    shown_low: Floats
    shown_high: Floats
    hidden_high: Floats
    need_low: Floats
    need_high: Floats
    spread: Floats
    truth: Floats
    primary: Flags
    candidate: Flags
    weight: Floats

    @property
    def rows(self) -> int:
        """Return the number of rows that own quantities."""
        return int(self.primary.size)

    def bounds(self, hidden: Flags) -> tuple[Floats, Floats]:
        """Return what is known of each quantity when these rows are withheld."""
        covered = self.covered(hidden)
        low = np.where(covered, 0.0, self.shown_low)
        return low, np.where(covered, self.hidden_high, self.shown_high)

    def covered(self, hidden: Flags) -> Flags:
        """Return which quantities are withheld with these rows."""
        return np.asarray((self.owner >= 0) & hidden[np.maximum(self.owner, 0)])

    def targets(self, hidden: Flags) -> Ints:
        """Return the withheld quantities of which something must remain possible."""
        asked = ~np.isnan(self.need_low) | (self.spread > 0)
        return np.asarray(np.flatnonzero(self.covered(hidden) & asked), dtype=np.int64)

    def only(self, quantities: Ints) -> System:
        """Return the part with these quantities and the unknowns that they sum."""
        sums = self.sums[quantities]
        used = np.unique(sums.indices)
        picked = {name: getattr(self, name)[quantities] for name in OF_QUANTITIES}
        return replace(self, sums=sparse.csr_array(sums[:, used]), **picked)

    def parts(self) -> Iterator[System]:
        """Yield the parts that share neither unknown nor row, where something is withheld."""
        count = self.sums.shape[0]
        owned = np.flatnonzero(self.owner >= 0)
        owns = sparse.csr_array(
            (np.ones(owned.size), (owned, self.owner[owned])), shape=(count, self.rows)
        )
        links = sparse.hstack([self.sums, owns]).tocsr()
        graph = sparse.bmat([[None, links], [links.T, None]]).tocsr()
        found = sparse.csgraph.connected_components(graph, directed=False)[1][:count]
        small = self.covered(self.primary)
        for part in np.unique(found[small]):
            yield self.only(np.flatnonzero(found == part))


def joined(systems: list[System], *, shared: bool = False) -> System:
    """Return systems over the same rows as one, with unknowns of their own or shared."""
    if len(systems) == 1:
        return systems[0]
    fields = {x: np.concatenate([getattr(s, x) for s in systems]) for x in OF_QUANTITIES}
    sums = [s.sums for s in systems]
    matrix = sparse.vstack(sums) if shared else sparse.block_diag(sums)
    return replace(systems[0], sums=sparse.csr_array(matrix), **fields)
