"""Rule sets of disclosure control by name, as far as a preview and a table of returns ask.

Masking of published output, totals and differences is the work of the part that keeps the
rule sets; here a local file only carries the name of its own, and a preview hides what that
rule set hides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml

from hwb_analysis.errors import DisclosureError, did_you_mean
from hwb_analysis.paths import PACKAGE

if TYPE_CHECKING:
    import pandas as pd

# One list of rule sets for all; it is read, since the part that keeps it loads a solver.
FILE = PACKAGE / "disclosure" / "rules.yaml"
DEFAULT = "suppress-1-7-round-5"
COUNTED = ("count", "number", "people")
Named = str | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Counts from ``lowest`` to ``highest`` are hidden, others rounded to ``base``.

    A highest of 0 hides nothing.
    """

    name: str
    lowest: int
    highest: int
    base: int
    words: str

    def hides(self, count: float | None) -> bool:
        """Say whether a count is hidden; a missing one is not."""
        return count is not None and self.highest > 0 and self.lowest <= count <= self.highest

    def rounded(self, count: float) -> float:
        """Return a count rounded to the base, halves upwards."""
        return float(self.base * int(count / self.base + 0.5)) if self.base > 1 else count


@cache
def rule_sets() -> Mapping[str, RuleSet]:
    """Return every rule set by its name."""
    found = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        name: RuleSet(name, e["lowest"] or 0, e["highest"] or 0, e["round_to"], e["title"])
        for name, e in found.items()
    }


def rule_set(named: Named) -> RuleSet:
    """Return a rule set by its name, or by a mapping: ``rule``, and what differs from it.

    Raises
    ------
    DisclosureError
        When there is none of that name.

    Examples
    --------
    >>> rule = rule_set("suppress-1-7-round-5")
    >>> [rule.hides(n) for n in (0, 1, 7, 8)], rule.rounded(12.5)
    ([False, True, True, False], 15.0)
    """
    own: dict[str, Any] = {"rule": named} if isinstance(named, str) else dict(named)
    name, known = str(own.get("rule", "")), rule_sets()
    if name not in known:
        raise DisclosureError(
            f"there is no disclosure rule set '{name}'", remedy=did_you_mean(name, [*known])
        )
    rule = known[name]
    return replace(
        rule,
        lowest=own.get("lowest", rule.lowest) or 0,
        highest=own.get("highest", rule.highest) or 0,
        base=own.get("round_to", rule.base),
    )


def hidden_rows(frame: pd.DataFrame, rule: RuleSet) -> pd.Series[bool]:
    """Say for each row of a tidy frame whether the rule hides its figures.

    A row is hidden for its count, and for a value that is a count itself.
    """
    own = frame["value"].where(frame["unit"].isin(COUNTED))
    counts = frame["count"].where(frame["count"].notna(), own)
    return counts.between(rule.lowest, rule.highest) & (rule.highest > 0)
