"""What a recipe of the claims file may ask for: one class an operation, all fields checked.

A recipe names an operation and what it is applied to. The operations themselves are in the
modules ``operations`` and ``operations_*``; what is special to a strategy stands in its file.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from hwb_analysis.strategy.remarks import Frozen
from hwb_analysis.strategy.words import AreaCode, SeriesId, Text

Kind = Literal["number", "category", "direction", "fact"]
Better = Literal["high", "low"]


class Select(Frozen):
    """Which rows of a series are meant.

    Without an area the strategy's own is meant; without a sex the sum of both, where it
    is published; without a release the newest.
    """

    series: SeriesId
    area: AreaCode | Literal[""] = ""
    sex: str = ""
    age: str = ""
    category: str = ""
    vintage: str = ""
    column: Literal["value", "count"] = "value"

    @property
    def series_ids(self) -> tuple[str, ...]:
        """Return the series that the recipe reads."""
        return (self.series,)


class Value(Select):
    """The figure of one period."""

    kind: ClassVar[Kind] = "number"
    op: Literal["value"]
    period: Text


class Several(Frozen):
    """Base of the recipes that read several series of the strategy's own area."""

    series: tuple[SeriesId, ...] = Field(min_length=1)

    @property
    def series_ids(self) -> tuple[str, ...]:
        """Return the series that the recipe reads."""
        return self.series


class Total(Several):
    """The sum of the figures of several series in one period."""

    kind: ClassVar[Kind] = "number"
    op: Literal["total"]
    period: Text


class NoSeries(Frozen):
    """Base of the recipes that read no series of the snapshot."""

    @property
    def series_ids(self) -> tuple[str, ...]:
        """Return nothing: no series is read."""
        return ()


class Printed(NoSeries):
    """A figure that follows from other printed figures of the strategy, named by claim.

    ``sum``: all together. ``difference``: first minus second. ``share left``: 100 times one
    minus first over second.
    """

    kind: ClassVar[Kind] = "number"
    op: Literal["printed"]
    formula: Literal["sum", "difference", "share left"]
    of: tuple[Text, ...] = Field(min_length=2)


class Compare(Select):
    """The figure of one period against the comparator in the same period, by interval."""

    kind: ClassVar[Kind] = "category"
    op: Literal["compare"]
    period: Text
    better: Better
    to: AreaCode | Literal[""] = ""


class CompareEvery(Select):
    """As ``compare``, in every period from the first to the last."""

    kind: ClassVar[Kind] = "category"
    op: Literal["compare_every"]
    first: Text
    last: Text
    better: Better
    to: AreaCode | Literal[""] = ""


class Change(Select):
    """The figure of one period against that of an earlier one, with the test of the change."""

    kind: ClassVar[Kind] = "direction"
    op: Literal["change"]
    first: Text
    last: Text


class EveryPeriod(Select):
    """Whether the figure moves the same way from each period to the next."""

    kind: ClassVar[Kind] = "direction"
    op: Literal["every_period"]
    first: Text
    last: Text


class Trend(Several):
    """The recent-trend marker of the five periods to the last, in at least some series."""

    kind: ClassVar[Kind] = "direction"
    op: Literal["trend"]
    last: Text
    at_least: int = 1


class ShareOfAges(Select):
    """The share of people from an age on, in two periods."""

    kind: ClassVar[Kind] = "direction"
    op: Literal["share_of_ages"]
    from_age: int
    first: Text
    last: Text


class Extreme(Select):
    """Whether the figure of a period is the lowest or the highest of a run of periods."""

    kind: ClassVar[Kind] = "fact"
    op: Literal["extreme"]
    first: Text
    last: Text
    period: Text


class Position(Select):
    """The group of equal size that the area falls into among all areas of its tier."""

    kind: ClassVar[Kind] = "number"
    op: Literal["position"]
    period: Text
    groups: int = Field(default=5, ge=2)
    first_is: Better
    tier: tuple[Text, ...] = Field(min_length=1)


class Rank(Select):
    """The rank of an area among the districts of the strategy, highest figure first."""

    kind: ClassVar[Kind] = "number"
    op: Literal["rank"]
    period: Text


class CountSmallAreas(NoSeries):
    """How many small areas of the strategy's area have a look-up value of at most some size."""

    kind: ClassVar[Kind] = "number"
    op: Literal["count_small_areas"]
    column: Text
    at_most: float
    msoas: tuple[AreaCode, ...] = ()


class ShareOfSmallAreas(Select):
    """The share of the small areas of a series whose figure is at least some size, per cent."""

    kind: ClassVar[Kind] = "number"
    op: Literal["share_of_small_areas"]
    period: Text
    at_least: float


class MoreThanSome(Several):
    """How many small areas have at most some figure, in the first series against the others."""

    kind: ClassVar[Kind] = "fact"
    op: Literal["more_than_some"]
    at_most: float


class LandShare(NoSeries):
    """The share of land in small areas of a kind of the rural-urban classification."""

    kind: ClassVar[Kind] = "number"
    op: Literal["land_share"]
    of_kind: tuple[Text, ...] = Field(min_length=1)


class Districts(NoSeries):
    """The number of districts in the look-up of areas."""

    kind: ClassVar[Kind] = "number"
    op: Literal["number_of_districts"]


class Gradients(Several):
    """Slopes across groups of small areas: how many are worse at the deprived end."""

    kind: ClassVar[Kind] = "fact"
    op: Literal["gradients"]
    better: tuple[Better, ...]


class Overall(NoSeries):
    """The figures of the registry that are better and worse than the comparator, by interval."""

    kind: ClassVar[Kind] = "fact"
    op: Literal["overall"]


class Shared(NoSeries):
    """The part of their time that two periods share, from 0 to 1."""

    kind: ClassVar[Kind] = "number"
    op: Literal["shared_time"]
    first: Text
    last: Text


Recipe = Annotated[
    Value
    | Total
    | Printed
    | Compare
    | CompareEvery
    | Change
    | EveryPeriod
    | Trend
    | ShareOfAges
    | Extreme
    | Position
    | Rank
    | CountSmallAreas
    | ShareOfSmallAreas
    | MoreThanSome
    | LandShare
    | Districts
    | Gradients
    | Overall
    | Shared,
    Field(discriminator="op"),
]
