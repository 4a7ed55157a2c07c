"""Gradients over areas: an indicator of many areas on their deprivation.

Formula: least squares of the value on the deprivation score, ``y = a + b x``; the error of
b is robust to unequal spread (HC3: residuals divided by 1 - leverage) with Student's t on
n - 2. Spearman's rank correlation stands beside. An area's distance from the line is
given as it is and studentised without the area itself.

The line describes areas, not people, and says nothing of what brings it about.

Sources: MacKinnon and White 1985; Long and Ervin 2000.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import DEFAULT_LEVELS, Flags, Floats, check_levels, same_shape
from hwb_analysis.stats.result import Result, between, figure, percent

FEWEST = 10


@dataclass(frozen=True, slots=True)
class AreaGradient(Result):
    """A line over areas; ``fitted``, ``residual`` and ``distance`` have one entry an area.

    ``value`` is the slope for one point of the score; ``distance`` the residual in
    errors of prediction, the area itself left out; ``used`` marks the areas of the line.
    """

    value: float
    se: float
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    intercept: float
    correlation: float
    r_squared: float
    fitted: Floats
    residual: Floats
    distance: Floats
    used: Flags
    areas: int
    levels: tuple[float, ...]
    method: str = "least squares over areas, robust errors (HC3)"

    def explain(self) -> str:
        """Return one sentence on the slope; a side is named only when tested."""
        low, high = self.lower[0], self.upper[0]
        side = "no slope is compatible with these figures"
        if low > 0 or high < 0:
            side = f"{'higher' if low > 0 else 'lower'} values go with more deprivation"
        return (
            f"Over {self.areas} areas the value differs by {figure(self.value)} for each point "
            f"of the score ({percent(self.levels[0])} interval {between(low, high)}): {side}."
        )


def area_gradient(
    value: ArrayLike, score: ArrayLike, levels: float | Sequence[float] = DEFAULT_LEVELS
) -> AreaGradient:
    """Return the line of a value over the deprivation score of areas.

    Parameters
    ----------
    value, score
        Value and score of each area, a high score = more deprived. Areas without either
        are left out of the line.
    levels
        Confidence levels, as fractions.

    Raises
    ------
    StatisticsError
        Fewer than ten areas with both, or scores that are all equal.

    Examples
    --------
    >>> x = np.arange(12.0)
    >>> found = area_gradient(50 - 2 * x + np.tile([1.0, -1.0], 6), x, levels=0.95)
    >>> round(found.value, 2), round(found.lower[0], 2), found.areas
    (-2.04, -2.27, 12)
    """
    y, x = same_shape(value=value, score=score)
    used = ~(np.isnan(y) | np.isnan(x))
    if y.ndim != 1 or used.sum() < FEWEST:
        raise StatisticsError(
            f"a line over areas needs at least {FEWEST} of them, got {int(used.sum())}",
            remedy="a few districts are shown one by one: gaps and ranks",
        )
    own_y, own_x = y[used], x[used]
    spread = float(((own_x - own_x.mean()) ** 2).sum())
    if spread == 0:
        raise StatisticsError("all areas have the same score", remedy="check the score column")
    n = own_y.size
    slope = float(((own_x - own_x.mean()) * own_y).sum() / spread)
    intercept = float(own_y.mean() - slope * own_x.mean())
    fitted = intercept + slope * x
    residual, leverage = y - fitted, 1 / n + (x - own_x.mean()) ** 2 / spread
    hat, left = leverage[used], residual[used]
    se = float(np.sqrt((((own_x - own_x.mean()) * left / (1 - hat)) ** 2).sum()) / spread)
    asked = check_levels(levels)
    t = [float(special.stdtrit(n - 2, 0.5 + level / 2)) for level in asked]
    total = float(((own_y - own_y.mean()) ** 2).sum())
    return AreaGradient(
        value=slope,
        se=se,
        lower=tuple(slope - q * se for q in t),
        upper=tuple(slope + q * se for q in t),
        intercept=intercept,
        correlation=float(stats.spearmanr(own_x, own_y).statistic) if total else float("nan"),
        r_squared=1 - float((left**2).sum()) / total if total else float("nan"),
        fitted=fitted,
        residual=residual,
        distance=_studentised(residual, leverage, left, n),
        used=used,
        areas=n,
        levels=asked,
    )


def _studentised(residual: Floats, leverage: Floats, left: Floats, n: int) -> Floats:
    """Return residuals over their own error, each area left out of the spread it is read by."""
    rest = float((left**2).sum()) - residual**2 / (1 - leverage)
    error = np.sqrt(np.maximum(rest, 0.0) / (n - 3) * (1 - leverage))
    out = np.full(residual.shape, np.nan)
    np.divide(residual, error, out=out, where=error > 0)
    return out
