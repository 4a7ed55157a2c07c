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
    __version__: str

    from hwb_analysis.assessment import (
        assess,
        assess_all,
        gradient_of,
        judge,
        make_context,
        verdict_table,
    )
    from hwb_analysis.claims import check_claims, claims_table
    from hwb_analysis.disclosure import audit, find_leaks, protect, secrets_of
    from hwb_analysis.explorer import explore
    from hwb_analysis.figures.inequality_chart import inequality_chart
    from hwb_analysis.own_tables import tidy
    from hwb_analysis.report_verb import report
    from hwb_analysis.sources.find import find
    from hwb_analysis.sources.load import load
    from hwb_analysis.sources.local import load_check, load_local
    from hwb_analysis.sources.returns import read_returns, write_templates
    from hwb_analysis.sources.snapshot import current_snapshot
    from hwb_analysis.stats.verbs import (
        all_gaps,
        change_since,
        comparative_figure,
        compare,
        deprivation_deciles,
        direct_rate,
        funnel,
        gap,
        gaps_to_rest,
        indirect_ratio,
        inequality,
        life_expectancy,
        mean,
        proportion,
        ranks,
        rate,
        slope_index,
        trend,
        trend_of,
        with_limits,
        years_of_life_lost,
    )
    from hwb_analysis.strategy import load_strategy

_HOME = {
    "assess": "hwb_analysis.assessment",
    "assess_all": "hwb_analysis.assessment",
    "gradient_of": "hwb_analysis.assessment",
    "make_context": "hwb_analysis.assessment",
    "explore": "hwb_analysis.explorer",
    "find": "hwb_analysis.sources.find",
    "load": "hwb_analysis.sources.load",
    "load_check": "hwb_analysis.sources.local",
    "load_local": "hwb_analysis.sources.local",
    "read_returns": "hwb_analysis.sources.returns",
    "write_templates": "hwb_analysis.sources.returns",
    "check_claims": "hwb_analysis.claims",
    "claims_table": "hwb_analysis.claims",
    "judge": "hwb_analysis.assessment",
    "verdict_table": "hwb_analysis.assessment",
    "current_snapshot": "hwb_analysis.sources.snapshot",
    "load_strategy": "hwb_analysis.strategy",
    "all_gaps": "hwb_analysis.stats.verbs",
    "change_since": "hwb_analysis.stats.verbs",
    "comparative_figure": "hwb_analysis.stats.verbs",
    "compare": "hwb_analysis.stats.verbs",
    "deprivation_deciles": "hwb_analysis.stats.verbs",
    "direct_rate": "hwb_analysis.stats.verbs",
    "funnel": "hwb_analysis.stats.verbs",
    "gap": "hwb_analysis.stats.verbs",
    "gaps_to_rest": "hwb_analysis.stats.verbs",
    "indirect_ratio": "hwb_analysis.stats.verbs",
    "inequality": "hwb_analysis.stats.verbs",
    "life_expectancy": "hwb_analysis.stats.verbs",
    "mean": "hwb_analysis.stats.verbs",
    "proportion": "hwb_analysis.stats.verbs",
    "ranks": "hwb_analysis.stats.verbs",
    "rate": "hwb_analysis.stats.verbs",
    "slope_index": "hwb_analysis.stats.verbs",
    "tidy": "hwb_analysis.own_tables",
    "trend": "hwb_analysis.stats.verbs",
    "trend_of": "hwb_analysis.stats.verbs",
    "with_limits": "hwb_analysis.stats.verbs",
    "years_of_life_lost": "hwb_analysis.stats.verbs",
    "report": "hwb_analysis.report_verb",
    "inequality_chart": "hwb_analysis.figures.inequality_chart",
    "protect": "hwb_analysis.disclosure",
    "audit": "hwb_analysis.disclosure",
    "find_leaks": "hwb_analysis.disclosure",
    "secrets_of": "hwb_analysis.disclosure",
}

__all__ = [
    "all_gaps",
    "assess",
    "assess_all",
    "audit",
    "change_since",
    "check_claims",
    "claims_table",
    "comparative_figure",
    "compare",
    "current_snapshot",
    "deprivation_deciles",
    "direct_rate",
    "explore",
    "find",
    "find_leaks",
    "funnel",
    "gap",
    "gaps_to_rest",
    "gradient_of",
    "indirect_ratio",
    "inequality",
    "inequality_chart",
    "judge",
    "life_expectancy",
    "load",
    "load_check",
    "load_local",
    "load_strategy",
    "make_context",
    "mean",
    "proportion",
    "protect",
    "ranks",
    "rate",
    "read_returns",
    "report",
    "secrets_of",
    "slope_index",
    "tidy",
    "trend",
    "trend_of",
    "verdict_table",
    "with_limits",
    "write_templates",
    "years_of_life_lost",
]


# Parts that a notebook reaches by name: hwb.figures.forest(...), hwb.maps.district_map(...).
_PARTS = ("figures", "maps", "stats", "tables")


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name == "__version__":
        # Read when asked for: it opens a file of the environment.
        from importlib.metadata import version

        return version("hwb-analysis")
    if name in _PARTS:
        return import_module(f"hwb_analysis.{name}")
    if name not in _HOME:
        from hwb_analysis.errors import did_you_mean

        near = did_you_mean(name, [*__all__, *_PARTS])
        raise AttributeError(f"hwb_analysis has no '{name}'; {near}", name=name)
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__, *_PARTS, "__version__"])
