"""Means with Student's t limits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hwb_analysis.stats.arrays import DEFAULT_LEVELS, check_levels, numbers, words
from hwb_analysis.stats.intervals import Estimates


def mean(values: ArrayLike, levels: float | Sequence[float] = DEFAULT_LEVELS) -> Estimates:
    """Return the mean of the last axis with Student's t limits.

    Formula: ``m -/+ t(n - 1) * sd / sqrt(n)``, sd with n - 1. A missing value makes its
    mean missing; one value alone has a mean and no limits, with the reason.

    Raises
    ------
    StatisticsError
        When a value is no number.

    Examples
    --------
    >>> result = mean([4.0, 6.0, 8.0], levels=0.95)
    >>> float(result.value), round(float(result.lower[0]), 3)
    (6.0, 1.032)
    """
    x = np.atleast_1d(numbers("values", values))
    asked = check_levels(levels)
    size = x.shape[-1]
    centre = np.asarray(x.sum(axis=-1) / size if size else np.full(x.shape[:-1], np.nan))
    absent = np.isnan(centre)
    width = np.full(centre.shape, np.nan)
    if size > 1:
        width = np.asarray(x.std(axis=-1, ddof=1)) / np.sqrt(size)
    t = [float(special.stdtrit(max(size - 1, 1), 0.5 + level / 2)) for level in asked]
    alone = np.full(centre.shape, size == 1)
    return Estimates(
        kind="mean",
        count=np.asarray(x.sum(axis=-1)),
        denominator=np.full(centre.shape, float(size)),
        value=centre,
        lower=np.stack([centre - q * width for q in t]),
        upper=np.stack([centre + q * width for q in t]),
        levels=asked,
        multiplier=1.0,
        method=words(centre.shape, (~absent & ~alone, "student t")),
        reason=words(
            centre.shape, (absent, "a value is missing"), (alone, "one value has no limits")
        ),
    )
