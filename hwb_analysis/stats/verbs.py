"""Verbs on the tidy frame: frame in, the same frame out with columns appended.

Rows are joined by key, never by position. What cannot be computed stays missing and
says why in a column of its own. Each verb lives in a module of its own; this is the
one place to import them from.
"""

from __future__ import annotations

from hwb_analysis.stats.frame_change import change_since
from hwb_analysis.stats.frame_comparison import compare
from hwb_analysis.stats.frame_gap_sets import all_gaps, gaps_to_rest, ranks
from hwb_analysis.stats.frame_gaps import gap
from hwb_analysis.stats.frame_inequality import inequality
from hwb_analysis.stats.frame_life import life_expectancy
from hwb_analysis.stats.frame_limits import with_limits
from hwb_analysis.stats.frame_more import (
    comparative_figure,
    funnel,
    mean,
    years_of_life_lost,
)
from hwb_analysis.stats.frame_quantiles import deprivation_deciles
from hwb_analysis.stats.frame_rates import proportion, rate
from hwb_analysis.stats.frame_slopes import slope_index
from hwb_analysis.stats.frame_standard import direct_rate, indirect_ratio
from hwb_analysis.stats.frame_trend_one import trend_of
from hwb_analysis.stats.frame_trends import trend

__all__ = [
    "all_gaps",
    "change_since",
    "comparative_figure",
    "compare",
    "deprivation_deciles",
    "direct_rate",
    "funnel",
    "gap",
    "gaps_to_rest",
    "indirect_ratio",
    "inequality",
    "life_expectancy",
    "mean",
    "proportion",
    "ranks",
    "rate",
    "slope_index",
    "trend",
    "trend_of",
    "with_limits",
    "years_of_life_lost",
]
