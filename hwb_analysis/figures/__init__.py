"""Charts: each function takes tidy frames and returns a :class:`~.drawn.Drawn`.

Importing this package lets results of :mod:`hwb_analysis.stats` draw themselves.
"""

from __future__ import annotations

from hwb_analysis.figures.compare_bars import compare_bars
from hwb_analysis.figures.control import control_figure
from hwb_analysis.figures.districts import district_dots
from hwb_analysis.figures.drawn import Drawn
from hwb_analysis.figures.dumbbell import dumbbell
from hwb_analysis.figures.fitted import draw_series_trend
from hwb_analysis.figures.forest import forest
from hwb_analysis.figures.funnels import funnel_figure
from hwb_analysis.figures.gradient import draw_slope_index, gradient
from hwb_analysis.figures.joinpoints import joinpoint_figure
from hwb_analysis.figures.pyramid import population_pyramid
from hwb_analysis.figures.rug import overview
from hwb_analysis.figures.spine import spine_chart
from hwb_analysis.figures.trend import Break, Goal, trend_chart
from hwb_analysis.stats.result import register_drawer

register_drawer("SlopeIndex", draw_slope_index)
register_drawer("SeriesTrend", draw_series_trend)
register_drawer("Joinpoint", joinpoint_figure)
register_drawer("ControlChart", control_figure)
register_drawer("Funnel", funnel_figure)

__all__ = [
    "Break",
    "Drawn",
    "Goal",
    "compare_bars",
    "control_figure",
    "district_dots",
    "dumbbell",
    "forest",
    "funnel_figure",
    "gradient",
    "joinpoint_figure",
    "overview",
    "population_pyramid",
    "spine_chart",
    "trend_chart",
]
