"""The strategy registry: what was promised, and which published series speaks to it."""

from __future__ import annotations

from hwb_analysis.strategy.model import (
    Commitment,
    Indicator,
    Measure,
    MeasureLink,
    Priority,
    SeriesLink,
    Stage,
    Strategy,
    Target,
)
from hwb_analysis.strategy.parts import Part
from hwb_analysis.strategy.registry import find_registry, load_strategy

__all__ = [
    "Commitment",
    "Indicator",
    "Measure",
    "MeasureLink",
    "Part",
    "Priority",
    "SeriesLink",
    "Stage",
    "Strategy",
    "Target",
    "find_registry",
    "load_strategy",
]
