"""Remarks that the registry carries: on the figures, and on the text of the strategy.

A break, a gap or a correction qualifies a series; an overlap, an unused series or a query
qualifies the strategy as a whole. All are frozen, as every object of the registry is.
"""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from hwb_analysis.strategy.words import MeasureId, Text


class Frozen(BaseModel):
    """Base of the registry's objects: unknown fields are refused, nothing changes later."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Break(Frozen):
    """A day after which figures are not comparable with those before."""

    after: date
    reason: Text
    source: Text


class Gap(Frozen):
    """A span of days in which nothing was collected or published."""

    first: date
    last: date
    reason: Text
    source: Text


class Correction(Frozen):
    """A correction by the publisher."""

    date: date
    reason: Text
    source: Text


class Overlap(Frozen):
    """Measures that rest on the same figures and must show the same number."""

    measures: tuple[MeasureId, ...] = Field(min_length=2)
    why: Text


class Unused(Frozen):
    """Series that no measure asks for, by a pattern of their ids, and why they are kept."""

    match: Text
    reason: Text


class Query(Frozen):
    """A question to the authors about one line of the strategy."""

    id: Text
    line: int
    issue: Text
