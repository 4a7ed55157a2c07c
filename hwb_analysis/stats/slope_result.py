"""The result of a slope index: estimates, limits, fit checks, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hwb_analysis.stats.arrays import Floats, Words
from hwb_analysis.stats.result import Result, between, figure, percent
from hwb_analysis.vocabulary import Polarity

if TYPE_CHECKING:
    import pandas as pd

SAMPLING_ERROR = "sampling error"
ONE_DRAW = "sampling error as if the full count were one draw"
NOT_A_LINE = "the groups do not lie on a line: read the chart, not the slope"
DISAGREE = "the interval of the regression is compatible with no slope"
LACK_LEVEL = 0.05
# A share such as that of older people is higher at one end, and worse at none.
NO_GOOD_END = Polarity.NONE.value
GROUP_FIELDS = ("group_value", "group_error", "rank", "share", "keys")


@dataclass(frozen=True, slots=True)
class SlopeIndex(Result):
    """Slope index of inequality of one or many sets of groups.

    ``value`` is positive exactly when the deprived end is worse; ``raw_slope`` is least
    minus most deprived. Limits have the level first. ``rii_ratio`` is the worse fitted
    end of the two read against the better one so that it is above 1 exactly when
    ``value`` is positive; ``rii_mean`` is ``value / mean``. ``group_value``, ``rank``
    and ``share`` hold the groups, for the chart. ``keys`` names the sets.
    """

    value: Floats
    se: Floats
    lower: Floats
    upper: Floats
    raw_slope: Floats
    raw_ratio: Floats
    fitted_most: Floats
    fitted_least: Floats
    mean: Floats
    rii_ratio: Floats
    rii_ratio_lower: Floats
    rii_ratio_upper: Floats
    rii_mean: Floats
    rii_mean_lower: Floats
    rii_mean_upper: Floats
    regression_se: Floats
    regression_lower: Floats
    regression_upper: Floats
    lack_of_fit: Floats
    lack_of_fit_p: Floats
    largest_residual: Floats
    group_value: Floats
    group_error: Floats
    rank: Floats
    share: Floats
    levels: tuple[float, ...]
    groups: int
    better: str
    scale: str
    multiplier: float
    unit: str
    method: str
    reason: Words
    interval: str = SAMPLING_ERROR
    keys: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def explain(self, position: int = 0) -> str:
        """Return a plain sentence on one set of groups, the first unless told.

        A side is called worse only when the interval of the first level excludes zero.
        """
        value, reason = float(self.value.flat[position]), str(self.reason.flat[position])
        if not np.isfinite(value):
            return f"The slope index cannot be given: {reason}."
        unit = f" {self.unit}" if self.unit else ""
        start = f"Across the {self.groups} groups the slope index is {figure(value)}{unit}"
        if reason:
            return f"{start}; no interval: {reason}."
        lower, upper = (float(s[0].flat[position]) for s in (self.lower, self.upper))
        interval = f"{percent(self.levels[0])} interval {between(lower, upper)}, {self.interval}"
        meaning = _meaning(lower, upper, self.better)
        if self._off_the_line(position) and meaning != self._regression_meaning(position):
            meaning = DISAGREE
        return f"{start} ({interval}): {meaning}{self._warning(position)}."

    def _off_the_line(self, position: int) -> bool:
        return bool(float(self.lack_of_fit_p.flat[position]) < LACK_LEVEL)

    def _regression_meaning(self, position: int) -> str:
        sides = (self.regression_lower, self.regression_upper)
        low, high = (float(side[0].flat[position]) for side in sides)
        return _meaning(low, high, self.better)

    def with_keys(self, keys: Mapping[str, NDArray[Any]]) -> SlopeIndex:
        """Return the same result with the names of its sets."""
        return replace(self, keys=keys)

    def _warning(self, position: int) -> str:
        if not self._off_the_line(position):
            return ""
        low, high = (
            float(side[0].flat[position]) for side in (self.regression_lower, self.regression_upper)
        )
        return (
            f"; {NOT_A_LINE} (largest distance from the line "
            f"{figure(float(self.largest_residual.flat[position]))}, interval of the "
            f"regression {between(low, high)})"
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row a set of groups: its keys, then estimates, limits and checks."""
        # The array core stays free of pandas until somebody asks for a table.
        import pandas as pd

        kept = {k: v for k, v in self._columns().items() if k not in GROUP_FIELDS}
        return pd.DataFrame({**self.keys, **kept})


def _meaning(lower: float, upper: float, better: str) -> str:
    word = "higher" if better == NO_GOOD_END else "worse"
    if lower > 0:
        return f"the most deprived end is {word} by about that much"
    if upper < 0:
        return f"the least deprived end is {word} by about that much"
    return "a slope of zero is compatible with these figures"
