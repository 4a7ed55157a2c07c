"""A funnel as one result: areas with their sizes, the average, limits, and words.

Formulae stand in :mod:`hwb_analysis.stats.funnel`; here they are put together for the areas
of one figure. The average contains the areas that it judges, as is the national practice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import Floats, Words, numbers, refuse, same_shape
from hwb_analysis.stats.funnel import (
    WITHIN,
    Pair,
    axis_range,
    count_significance,
    funnel_axis,
    proportion_limits,
    proportion_significance,
    ratio_limits,
)
from hwb_analysis.stats.result import Result, figure

LEVELS = (0.95, 0.998)
POINTS = 120
Kind = Literal["proportions", "rates", "ratios"]


@dataclass(frozen=True, slots=True)
class Funnel(Result):
    """Areas against the average, with the limits that their size allows.

    ``value`` is in the unit of ``multiplier`` (100: per cent). ``size`` is the horizontal
    axis: people for proportions, events for rates and ratios. ``lower`` and ``upper`` have
    the level as their first axis, 95 and 99.8 per cent. ``outside`` says for each area
    whether it is above or below, and at which level.
    """

    value: Floats
    size: Floats
    lower: Floats
    upper: Floats
    levels: tuple[float, ...]
    outside: Words
    average: float
    multiplier: float
    method: str

    def explain(self) -> str:
        """Return one sentence on the average and on how many areas lie outside."""
        out = int((self.outside != WITHIN).sum())
        far = sum("99.8" in str(word) for word in self.outside)
        areas = self.value.size
        chance = areas * (1 - self.levels[0])
        lie = "lies" if out == 1 else "lie"
        return (
            f"Of {areas} areas {out} {lie} outside the 95% limits around the average of "
            f"{figure(self.average)} (about {figure(chance, 2)} would by chance alone), "
            f"{far} of them outside the 99.8% limits."
        )

    def curve(self, points: int = POINTS) -> tuple[Floats, list[Pair]]:
        """Return sizes along the axis, and lower and upper limits of each level at them."""
        low, high = axis_range(self.size)
        sizes = funnel_axis(max(low, 1.0), high, points)
        return sizes, [_limits(self.method, self.average, sizes, self.multiplier, level)
                       for level in self.levels]  # fmt: skip


def _limits(kind: str, average: float, sizes: Floats, multiplier: float, level: float) -> Pair:
    if kind == "proportions":
        low, high = proportion_limits(sizes, average / multiplier, level)
        return low * multiplier, high * multiplier
    low, high = ratio_limits(sizes, level)
    return low * average, high * average


def funnel(
    count: ArrayLike,
    base: ArrayLike,
    *,
    kind: Kind,
    multiplier: float | None = None,
    average: float | None = None,
) -> Funnel:
    """Return the funnel of areas.

    Formula: value ``multiplier x count / base``; the average is
    ``multiplier x sum(count) / sum(base)`` unless given.

    Parameters
    ----------
    count
        People with the event (proportions) or events, one an area.
    base
        All people (proportions), people or years lived (rates), expected events (ratios).
    kind
        ``"proportions"``, ``"rates"`` or ``"ratios"``.
    multiplier
        100 for proportions and ratios, 100,000 for rates, unless given.
    average
        In the unit of the values; ratios are judged against ``multiplier`` by default.

    Raises
    ------
    StatisticsError
        An unknown kind, a missing or negative count, a base not above zero, no areas, or
        (rates, ratios) an area without events, which has no place on the axis.

    Examples
    --------
    >>> found = funnel([20, 40, 30], [100, 100, 100], kind="proportions")
    >>> found.value.tolist(), found.average, found.outside.tolist()
    ([20.0, 40.0, 30.0], 30.0, ['below (95%)', 'above (95%)', 'within limits'])
    """
    if kind not in ("proportions", "rates", "ratios"):
        raise StatisticsError(f"kind is 'proportions', 'rates' or 'ratios', got '{kind}'")
    x, n = (np.atleast_1d(side) for side in same_shape(count=count, base=base))
    _refuse(x, n, kind)
    scale = multiplier or (100_000.0 if kind == "rates" else 100.0)
    own = scale if kind == "ratios" else scale * float(x.sum() / n.sum())
    middle = own if average is None else float(numbers("average", average))
    sizes = n if kind == "proportions" else x
    sides = [_limits(kind, middle, sizes, scale, level) for level in LEVELS]
    outside = (
        proportion_significance(x, n, middle / scale)
        if kind == "proportions"
        else count_significance(x, n * middle / scale)
    )
    return Funnel(
        value=scale * x / n,
        size=sizes,
        lower=np.stack([low for low, _ in sides]),
        upper=np.stack([high for _, high in sides]),
        levels=LEVELS,
        outside=outside,
        average=middle,
        multiplier=scale,
        method=kind,
    )


def _refuse(x: Floats, n: Floats, kind: str) -> None:
    if not x.size:
        raise StatisticsError("a funnel needs at least one area; got none")
    refuse(~(x >= 0), "a count is negative or missing", "leave the area out")
    refuse(~(n > 0), "a base is not above zero", "leave empty areas out")
    if kind == "proportions":
        refuse(x > n, "a count is above its base", "check which is which")
    else:
        refuse(x == 0, "an area has no events", "leave it out, or pool years")


def outside_words(found: Funnel, names: Sequence[str]) -> str:
    """Return the areas outside the 99.8 per cent limits in words, or that there are none.

    Examples
    --------
    >>> found = funnel([20, 80, 30], [100, 100, 100], kind="proportions")
    >>> outside_words(found, ["A", "B", "C"])
    'below (99.8%): A; above (99.8%): B'
    """
    told = [
        f"{word}: {', '.join(n for n, w in zip(names, found.outside, strict=True) if w == word)}"
        for word in dict.fromkeys(map(str, found.outside))
        if "99.8" in word
    ]
    return "; ".join(told) or "no area outside the 99.8% limits"
