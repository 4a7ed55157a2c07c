"""One thing to report for a measure: an indicator, its series, and what they are to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hwb_analysis.vocabulary import Direction, Polarity, SeriesUse

if TYPE_CHECKING:
    from hwb_analysis.strategy.model import Indicator, Measure, MeasureLink, SeriesLink, Split

OTHER_END = {
    Polarity.HIGH: Polarity.LOW,
    Polarity.LOW: Polarity.HIGH,
    Polarity.NONE: Polarity.NONE,
}
GOOD_END = {Polarity.HIGH: Direction.INCREASE, Polarity.LOW: Direction.DECREASE}
OTHER_WAY = {
    Direction.INCREASE: Direction.DECREASE,
    Direction.DECREASE: Direction.INCREASE,
}


@dataclass(frozen=True, slots=True)
class Part:
    """One series, or one labelled part of it, as evidence for one measure.

    ``sex``, ``age``, ``category_type`` and ``category`` pick rows of the series;
    an empty one does not filter. ``use`` is the weaker of the two links.
    ``polarity`` and ``wanted`` are those of the series as it is printed, so that a
    rising score of difficulties is never taken for a gain. ``sentence`` says what
    a proxy or an inverse measures instead.
    """

    measure_id: str
    indicator: Indicator
    series: SeriesLink
    label: str
    sex: str
    age: str
    category_type: str
    category: str
    use: SeriesUse
    polarity: Polarity
    wanted: Direction
    sentence: str
    name: str = ""

    @property
    def heading(self) -> str:
        """The part's own name, or the indicator's with the part's label behind it."""
        if self.name:
            return self.name
        return f"{self.indicator.name}, {self.label}" if self.label else self.indicator.name


def join_part(
    measure: Measure,
    link: MeasureLink,
    indicator: Indicator,
    series: SeriesLink,
    split: Split | None,
) -> Part:
    """Join the link measure to indicator with the link indicator to series."""
    polarity = series_polarity(indicator, series)
    sentences = [s.strip() for s in (link.sentence, series.sentence) if s.strip()]
    return Part(
        measure_id=measure.id,
        indicator=indicator,
        series=series,
        label=split.label if split else "",
        sex=split.sex if split else "",
        age=split.age if split else "",
        category_type=split.category_type if split else "",
        category=split.category if split else "",
        use=joint_use(link.use, series.use),
        polarity=polarity,
        wanted=_wanted(measure, link, series, polarity),
        sentence=" ".join(sentences),
        name=split.name if split else "",
    )


def series_polarity(indicator: Indicator, series: SeriesLink) -> Polarity:
    """Return which end of the series is the good one."""
    if series.polarity is not None:
        return series.polarity
    if series.use is SeriesUse.INVERSE:
        return OTHER_END[indicator.polarity]
    return indicator.polarity


def joint_use(first: SeriesUse, second: SeriesUse) -> SeriesUse:
    """Return the use of a chain of two links: the weaker, and two inverses undo each other.

    Examples
    --------
    >>> joint_use(SeriesUse.INVERSE, SeriesUse.PRIMARY).value
    'inverse'
    >>> joint_use(SeriesUse.INVERSE, SeriesUse.PROXY).value
    'proxy'
    """
    uses = (first, second)
    for weak in (SeriesUse.CONTEXT, SeriesUse.PROXY):
        if weak in uses:
            return weak
    if (first is SeriesUse.INVERSE) != (second is SeriesUse.INVERSE):
        return SeriesUse.INVERSE
    return SeriesUse.ALTERNATIVE if SeriesUse.ALTERNATIVE in uses else SeriesUse.PRIMARY


def reported(every: Sequence[Part], held: Collection[str]) -> list[Part]:
    """Return what is reported of all parts of a measure, each indicator from one choice.

    The first series of an indicator counts, and for every further label the first that
    offers it; an indicator with a series in ``held`` is read from such series alone.
    """
    able = [part for part in every if part.use is not SeriesUse.CONTEXT]
    served = {part.indicator.key for part in able if part.series.id in held}
    chosen: dict[str, dict[str, Part]] = {part.indicator.key: {} for part in every}
    for part in able:
        known = chosen[part.indicator.key]
        # A whole series and its labelled parts never stand side by side.
        whole = known and (not part.label or "" in known)
        passed = part.indicator.key in served and part.series.id not in held
        if not whole and not passed:
            known.setdefault(part.label, part)
    return [part for known in chosen.values() for part in known.values()]


def _wanted(
    measure: Measure, link: MeasureLink, series: SeriesLink, polarity: Polarity
) -> Direction:
    if polarity in GOOD_END:
        return GOOD_END[polarity]
    turned = (link.use is SeriesUse.INVERSE) != (series.use is SeriesUse.INVERSE)
    return OTHER_WAY.get(measure.direction, measure.direction) if turned else measure.direction
