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
from hwb_analysis.narrative.summary import BoardSummary, board_summary, priority_summary
from hwb_analysis.narrative.verdicts import source_of, verdict_sentence

__all__ = [
    "BoardSummary",
    "age_words",
    "board_summary",
    "cannot_see",
    "change_words",
    "finding",
    "findings",
    "gap_words",
    "gradient_words",
    "headline",
    "marker_words",
    "priority_summary",
    "short",
    "source_of",
    "verdict_sentence",
]
