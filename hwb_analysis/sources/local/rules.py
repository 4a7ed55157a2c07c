"""Rule sets of disclosure control by name, as far as a preview and a table of returns ask.

Masking of published output, totals and differences is the work of another part; here
a local file only carries the name of its rule set, and a preview hides what the rule hides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from hwb_analysis.errors import DisclosureError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd


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

    def hides(self, count: float) -> bool:
        """Say whether a count is hidden; a missing one is not."""
        return self.highest > 0 and self.lowest <= count <= self.highest

    def rounded(self, count: float) -> float:
        """Return a count rounded to the base, halves upwards."""
        return float(self.base * int(count / self.base + 0.5)) if self.base > 1 else count


_ALL = (
    RuleSet("suppress_1_7_round_5", 1, 7, 5, "counts of 1 to 7 hidden, others rounded to 5"),
    RuleSet("under_10", 1, 9, 1, "counts of 1 to 9 hidden"),
    RuleSet("under_5", 1, 4, 1, "counts of 1 to 4 hidden"),
    RuleSet("none_published", 0, 0, 1, "published figures, nothing hidden"),
)
RULES: Mapping[str, RuleSet] = MappingProxyType({rule.name: rule for rule in _ALL})
DEFAULT = _ALL[0].name


def rule_set(name: str) -> RuleSet:
    """Return a rule set by its name.

    Raises
    ------
    DisclosureError
        When there is none of that name.

    Examples
    --------
    >>> rule = rule_set("suppress_1_7_round_5")
    >>> [rule.hides(n) for n in (0, 1, 7, 8)], rule.rounded(12.5)
    ([False, True, True, False], 15.0)
    """
    if name not in RULES:
        raise DisclosureError(
            f"there is no disclosure rule set '{name}'", remedy=did_you_mean(name, list(RULES))
        )
    return RULES[name]


def hidden_rows(frame: pd.DataFrame, rule: RuleSet) -> pd.Series[bool]:
    """Say for each row of a tidy frame whether the rule hides its figures.

    A row is hidden for its count, and for a value that is a count itself.
    """
    counts = frame["count"].where(frame["count"].notna(), frame["value"].where(_is_count(frame)))
    return counts.between(rule.lowest, rule.highest) & (rule.highest > 0)


def _is_count(frame: pd.DataFrame) -> pd.Series[bool]:
    return frame["unit"].isin(["count", "number", "people"])
