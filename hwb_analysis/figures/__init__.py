"""Charts: each function takes tidy frames and returns a :class:`~.drawn.Drawn`.

Importing this package lets results of :mod:`hwb_analysis.stats` draw themselves.
"""

from __future__ import annotations

from hwb_analysis.figures.districts import district_dots
from hwb_analysis.figures.drawn import Drawn
from hwb_analysis.figures.dumbbell import dumbbell
from hwb_analysis.figures.fitted import draw_control_chart, draw_joinpoint, draw_series_trend
from hwb_analysis.figures.gradient import draw_slope_index, gradient
from hwb_analysis.figures.trend import Break, Goal, trend_chart
from hwb_analysis.stats.result import register_drawer

register_drawer("SlopeIndex", draw_slope_index)
register_drawer("SeriesTrend", draw_series_trend)
register_drawer("Joinpoint", draw_joinpoint)
register_drawer("ControlChart", draw_control_chart)

__all__ = ["Break", "Drawn", "Goal", "district_dots", "dumbbell", "gradient", "trend_chart"]
