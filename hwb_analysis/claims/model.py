"""Claims: what a strategy says of the figures, and what became of each when it was read again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from hwb_analysis.claims.recipes import Recipe
from hwb_analysis.strategy.remarks import Frozen
from hwb_analysis.strategy.words import AreaCode, MeasureId, Text

NAN = float("nan")
UP, DOWN, SAME, MIXED = "increase", "decrease", "no change", "not the same way each time"
DIRECTIONS = (UP, DOWN, SAME, MIXED)


class Outcome(StrEnum):
    """What became of a statement, from the one that matters most to a reader to the least."""

    DIFFERS = "differs"
    LACKS = "not testable here"
    VALUE_ONLY = "value only, category not testable without an interval"
    DIRECTION_ONLY = "direction only"
    CLOSE = "close"
    REPRODUCED = "reproduced"
    NOT_DATA = "not about data"


class Part(Frozen):
    """One checkable part of a statement: what is printed, and how it is read again.

    ``says`` is the printed figure, with its decimals, or the word that stands for it.
    Exactly one of ``recipe``, ``lacks`` (the series that would be needed) and ``not_data``
    (why there is nothing to read) is given. ``bound`` says that the strategy prints a limit
    and ``step`` the unit that it rounds to. ``at_best`` caps the outcome, with ``because``
    as its reason.
    """

    says: Text
    unit: str = ""
    period: str = ""
    what: str = ""
    bound: Literal["", "over", "at least"] = ""
    step: float = Field(default=0.0, ge=0)
    recipe: Recipe | None = None
    lacks: str = ""
    not_data: str = ""
    at_best: Outcome | None = None
    because: str = ""

    @model_validator(mode="after")
    def _one_way(self) -> Part:
        given = [self.recipe is not None, bool(self.lacks), bool(self.not_data)]
        if sum(given) != 1:
            raise ValueError("give exactly one of recipe, lacks and not_data")
        if self.at_best is not None and not self.because:
            raise ValueError("at_best needs a reason in because")
        return self


class Nearest(Frozen):
    """A figure that the snapshot does hold, shown beside a statement and never as its test."""

    what: Text
    recipe: Recipe


class Claim(Frozen):
    """One statement of the strategy, or one that follows from its printed figures."""

    id: MeasureId
    origin: Literal["strategy", "derived"] = "strategy"
    section: Text
    line: int
    priority: Text
    topic: Text
    area: str = ""
    parts: tuple[Part, ...] = Field(min_length=1)
    beside: tuple[Nearest, ...] = ()
    note: str = ""


class ClaimsFile(Frozen):
    """The claims of one strategy, for the area with this code."""

    schema_version: Literal[1]
    area: AreaCode
    about: Text
    sections: dict[Text, Text]
    claims: tuple[Claim, ...]

    @model_validator(mode="after")
    def _consistent(self) -> ClaimsFile:
        ids = [claim.id for claim in self.claims]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise ValueError(f"claims stand twice: {', '.join(twice)}")
        untitled = sorted({c.section for c in self.claims} - set(self.sections))
        if untitled:
            raise ValueError(f"sections without a title: {', '.join(untitled)}")
        return self


@dataclass(frozen=True, slots=True)
class Finding:
    """What an operation found: figure, interval, period, release, method and words.

    ``word`` is what the figures say (a category, a direction or a fact); empty when they
    cannot. ``tendency`` is where the values stand without any interval. ``tested`` says
    whether a test bears the word out, None when none may be made, and ``test`` tells it.
    ``absent`` says why there is no figure.
    """

    value: float = NAN
    lower_95: float = NAN
    upper_95: float = NAN
    unit: str = ""
    period: str = ""
    vintage: str = ""
    series_id: str = ""
    method: str = ""
    comparator: str = ""
    comparator_value: float = NAN
    word: str = ""
    tendency: str = ""
    tested: bool | None = None
    test: str = ""
    absent: str = ""

    @property
    def told(self) -> str:
        """Return the word where it may be said: a direction only when a test bears it out."""
        return "" if self.word in DIRECTIONS and not self.tested else self.word

    @property
    def has_interval(self) -> bool:
        """Say whether the figure has 95 % limits."""
        return self.lower_95 == self.lower_95 and self.upper_95 == self.upper_95


@dataclass(frozen=True, slots=True)
class PartResult:
    """The outcome of one part, with what was found and the reason."""

    part: Part
    outcome: Outcome
    finding: Finding | None = None
    reason: str = ""

    @property
    def words(self) -> str:
        """Return the outcome as it is printed: with the series that is lacking."""
        if self.outcome is Outcome.LACKS:
            return f"{Outcome.LACKS.value}: lacks {self.part.lacks or self.reason}"
        return self.outcome.value


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """The outcome of one statement: that of the part that matters most."""

    claim: Claim
    section: str
    parts: tuple[PartResult, ...]
    beside: tuple[tuple[str, Finding], ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Return the outcome of the part that matters most to a reader."""
        order = list(Outcome)
        return min((part.outcome for part in self.parts), key=order.index)
