"""A health and wellbeing strategy as data: figures, inequality, trends and reports.

The names below are all that a notebook needs. They are loaded when they are first
used, so that importing the package stays light.

Examples
--------
>>> import hwb_analysis as hwb
>>> hwb.load_strategy().priority("school-readiness").title
'School readiness'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hwb_analysis.assessment import assess, assess_all, gradient_of, make_context
    from hwb_analysis.sources.load import load
    from hwb_analysis.sources.snapshot import current_snapshot
    from hwb_analysis.stats.verbs import (
        all_gaps,
        change_since,
        compare,
        gap,
        gaps_to_rest,
        inequality,
        proportion,
        ranks,
        rate,
        slope_index,
        trend,
        trend_of,
        with_limits,
    )
    from hwb_analysis.strategy import load_strategy

_HOME = {
    "assess": "hwb_analysis.assessment",
    "assess_all": "hwb_analysis.assessment",
    "make_context": "hwb_analysis.assessment",
    "gradient_of": "hwb_analysis.assessment",
    "load": "hwb_analysis.sources.load",
    "current_snapshot": "hwb_analysis.sources.snapshot",
    "compare": "hwb_analysis.stats.verbs",
    "all_gaps": "hwb_analysis.stats.verbs",
    "gap": "hwb_analysis.stats.verbs",
    "gaps_to_rest": "hwb_analysis.stats.verbs",
    "inequality": "hwb_analysis.stats.verbs",
    "ranks": "hwb_analysis.stats.verbs",
    "proportion": "hwb_analysis.stats.verbs",
    "rate": "hwb_analysis.stats.verbs",
    "slope_index": "hwb_analysis.stats.verbs",
    "trend": "hwb_analysis.stats.verbs",
    "trend_of": "hwb_analysis.stats.verbs",
    "change_since": "hwb_analysis.stats.verbs",
    "with_limits": "hwb_analysis.stats.verbs",
    "load_strategy": "hwb_analysis.strategy",
}

__all__ = [
    "all_gaps",
    "assess",
    "assess_all",
    "change_since",
    "compare",
    "current_snapshot",
    "gap",
    "gaps_to_rest",
    "gradient_of",
    "inequality",
    "load",
    "load_strategy",
    "make_context",
    "proportion",
    "ranks",
    "rate",
    "slope_index",
    "trend",
    "trend_of",
    "with_limits",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"hwb_analysis has no '{name}'; it offers {', '.join(__all__)}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
