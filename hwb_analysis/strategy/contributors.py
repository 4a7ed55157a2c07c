"""A fixed table of what contributes to health, as a strategy quotes it from a model.

The shares are weights that somebody's model gives; they are no estimates for an area, and
the ``caution`` that must stand beside them says so.
"""

from __future__ import annotations

from pydantic import Field

from hwb_analysis.strategy.remarks import Frozen
from hwb_analysis.strategy.words import Text


class Contributor(Frozen):
    """One component of a group, with its weight in per cent."""

    name: Text
    share: float = Field(gt=0, le=100)


class ContributorGroup(Contributor):
    """A group of components; their weights add up to its own."""

    parts: tuple[Contributor, ...] = ()


class Contributors(Frozen):
    """The whole table: its groups add up to 100 per cent."""

    title: Text
    caution: Text
    source: Text
    source_line: int | None = None
    groups: tuple[ContributorGroup, ...] = Field(min_length=1)
