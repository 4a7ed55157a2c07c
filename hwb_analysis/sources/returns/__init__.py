"""Local evidence: forms that officers fill, and what they returned, checked."""

from __future__ import annotations

from hwb_analysis.sources.returns.forms import returned_measures
from hwb_analysis.sources.returns.model import (
    NO_RETURN,
    CommitmentReturn,
    FigureStatus,
    MeasureReturn,
    Progress,
    Returns,
    Unit,
)
from hwb_analysis.sources.returns.read import read_returns
from hwb_analysis.sources.returns.shown import Evidence, Shown, evidence, shown_figure
from hwb_analysis.sources.returns.template import write_templates

__all__ = [
    "NO_RETURN",
    "CommitmentReturn",
    "Evidence",
    "FigureStatus",
    "MeasureReturn",
    "Progress",
    "Returns",
    "Shown",
    "Unit",
    "evidence",
    "read_returns",
    "returned_measures",
    "shown_figure",
    "write_templates",
]
