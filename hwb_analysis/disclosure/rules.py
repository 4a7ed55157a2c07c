"""Rule sets as data: which counts are withheld, and what may be known of the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from math import lcm
from pathlib import Path
from typing import Any, Literal

import numpy as np
import yaml
from numpy.typing import ArrayLike, NDArray

from hwb_analysis.errors import ParameterError, did_you_mean

DEFAULT = "suppress-1-7-round-5"
RULES_FILE = Path(__file__).with_name("rules.yaml")
WORDS = {
    "zeros": ("shown", "protected"),
    "denominators": ("shown", "protected"),
    "complements": ("shown", "protected"),
    "uncounted": ("refused", "shown", "withheld"),
}
# Of two rules the word that stands later here holds.
GUARDED = ("shown", "protected")
UNCOUNTED = ("shown", "withheld", "refused")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule set; the fields are described in ``rules.yaml``.

    Raises
    ------
    ParameterError
        When a field holds a value that it may not.

    Examples
    --------
    >>> rule = read_rule("suppress-1-7-round-5")
    >>> rule.protects([0, 1, 7, 8]).tolist(), rule.released([0, 8, 23]).tolist()
    ([False, True, True, False], [0.0, 10.0, 25.0])
    >>> rule.possible(10)
    (8, 12)
    """

    name: str
    title: str
    lowest: int | None = 1
    highest: int | None = 7
    zeros: Literal["shown", "protected"] = "shown"
    round_to: int = 5
    denominators: Literal["shown", "protected"] = "protected"
    complements: Literal["shown", "protected"] = "shown"
    uncounted: Literal["refused", "shown", "withheld"] = "refused"

    def __post_init__(self) -> None:
        for name, words in WORDS.items():
            if getattr(self, name) not in words:
                _refuse(self.name, name, getattr(self, name), "one of " + ", ".join(words))
        if not _whole(self.round_to, 1):
            _refuse(self.name, "round_to", self.round_to, "a whole number from 1")
        if (self.lowest is None) != (self.highest is None):
            _refuse(self.name, "highest", self.highest, "given exactly when lowest is")
        if self.lowest is None or self.highest is None:
            return
        if not _whole(self.lowest, 1):
            _refuse(self.name, "lowest", self.lowest, "a whole number from 1")
        if not _whole(self.highest, self.lowest):
            _refuse(self.name, "highest", self.highest, "a whole number not below lowest")
        if self.round_to > 1 and self.highest < self.round_to // 2:
            _refuse(self.name, "highest", self.highest, "at least half of round_to")

    @property
    def withholds(self) -> bool:
        """Say whether the rule withholds anything at all."""
        return self.lowest is not None

    @property
    def first(self) -> int:
        """Return the lowest count that must remain possible for a withheld small number."""
        return 0 if self.zeros == "protected" else self.lowest or 0

    @property
    def last(self) -> int:
        """Return the highest count that must remain possible for a withheld small number."""
        return self.highest or 0

    @property
    def width(self) -> int:
        """Return the distance from the lowest to the highest protected count."""
        return self.last - self.first

    @property
    def sentence(self) -> str:
        """Return what stands in place of a figure; it is the same for every withheld one."""
        return f"withheld to protect small numbers ({self.title})"

    def protects(self, counts: ArrayLike) -> NDArray[np.bool_]:
        """Say of each count whether the rule withholds it; a missing count is not."""
        found = np.asarray(counts, dtype=np.float64)
        if self.lowest is None or self.highest is None:
            return np.zeros(found.shape, dtype=np.bool_)
        small = (found >= self.lowest) & (found <= self.highest)
        return np.asarray(small | ((found == 0) & (self.zeros == "protected")))

    def released(self, counts: ArrayLike) -> NDArray[np.float64]:
        """Return the counts as they are shown: rounded, a tie upwards."""
        found = np.asarray(counts, dtype=np.float64)
        if self.round_to == 1:
            return found
        return np.asarray(np.floor(found / self.round_to + 0.5) * self.round_to)

    def possible(self, shown: float) -> tuple[int, int] | None:
        """Return the lowest and highest count that a shown number can stand for.

        A count that would have been withheld is none of them. Nothing is returned for a
        number that the rule would never show.
        """
        near = np.arange(max(int(shown) - self.round_to, 0), int(shown) + self.round_to + 1)
        fits = near[(self.released(near) == shown) & ~self.protects(near)]
        return (int(fits[0]), int(fits[-1])) if fits.size else None


def _whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _refuse(rule: str, field: str, got: object, expected: str) -> None:
    raise ParameterError(
        f"{field} must be {expected}, got {got!r}", where=f"disclosure rule '{rule}'"
    )


@cache
def rules() -> dict[str, Rule]:
    """Return every rule set that comes with the package, by name."""
    found = yaml.safe_load(RULES_FILE.read_text(encoding="utf-8"))
    return {name: Rule(name=name, **entry) for name, entry in found.items()}


def read_rule(named: str | Rule | Mapping[str, Any] | None = None) -> Rule:
    """Return a rule set as a source names it.

    Parameters
    ----------
    named
        The name of a rule set; a mapping with ``rule`` and the fields that differ from
        it; a rule, returned as it is; nothing, for the default (1 to 7 withheld, others
        rounded to 5).

    Raises
    ------
    ParameterError
        When the rule or a field is unknown, or a value is not allowed.

    Examples
    --------
    >>> read_rule().name
    'suppress-1-7-round-5'
    >>> read_rule({"rule": "under-10", "highest": 11}).highest
    11
    """
    if isinstance(named, Rule):
        return named
    entry = dict(named) if isinstance(named, Mapping) else {"rule": named or DEFAULT}
    name = str(entry.pop("rule", DEFAULT))
    if name not in rules():
        raise ParameterError(
            f"there is no disclosure rule '{name}'", remedy=did_you_mean(name, sorted(rules()))
        )
    known = [f.name for f in fields(Rule) if f.name != "name"]
    for key in entry:
        if key not in known:
            raise ParameterError(
                f"a disclosure rule has no '{key}'", remedy=did_you_mean(str(key), known)
            )
    base = rules()[name]
    if entry and "title" not in entry:
        told = ", ".join(f"{key} {value}" for key, value in sorted(entry.items()))
        entry["title"] = f"{base.title}; {told}"
    return replace(base, **entry)


def stricter(one: Rule, other: Rule) -> Rule:
    """Return a rule that withholds and rounds whatever either of two does.

    One of the two comes back where it asks for everything that the other asks for.

    Examples
    --------
    >>> known = rules()
    >>> stricter(known["published"], known["under-5"]).name
    'under-5'
    >>> both = stricter(known["under-10"], known["suppress-1-7-round-5"])
    >>> both.name, both.highest, both.round_to
    ('under-10 and suppress-1-7-round-5', 9, 5)
    """
    made = replace(
        one,
        lowest=min((r.lowest for r in (one, other) if r.lowest is not None), default=None),
        highest=max((r.highest for r in (one, other) if r.highest is not None), default=None),
        zeros=_later(GUARDED, one.zeros, other.zeros),
        round_to=lcm(one.round_to, other.round_to),
        denominators=_later(GUARDED, one.denominators, other.denominators),
        complements=_later(GUARDED, one.complements, other.complements),
        uncounted=_later(UNCOUNTED, one.uncounted, other.uncounted),
    )
    for rule in (one, other):
        if replace(made, name=rule.name, title=rule.title) == rule:
            return rule
    name, title = f"{one.name} and {other.name}", f"{one.title}; {other.title}"
    return replace(made, name=name, title=title)


def _later(words: tuple[str, ...], *used: str) -> Any:
    return max(used, key=words.index)
