"""Sentences from assessments: number, interval, period, comparison, and nothing more."""

from hwb_analysis.narrative.gradients import gradient_words
from hwb_analysis.narrative.sentences import (
    age_words,
    cannot_see,
    change_words,
    finding,
    findings,
    gap_words,
    headline,
    marker_words,
    short,
)

__all__ = [
    "age_words",
    "cannot_see",
    "change_words",
    "finding",
    "findings",
    "gap_words",
    "gradient_words",
    "headline",
    "marker_words",
    "short",
]
