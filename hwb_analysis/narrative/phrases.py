"""The phrases of the catalogue by the words of the vocabulary, and the signs beside them.

A direction word may only be chosen by a test result; the catalogue is the only place where
a result becomes a word.
"""

from __future__ import annotations

from hwb_analysis.narrative.catalogue import phrases
from hwb_analysis.vocabulary import Comparison, Direction, Grade, Verdict

AGAINST = {Comparison(word): text for word, text in phrases("against").items()}

WANTED_ARROW = {
    Direction.INCREASE: "↑",
    Direction.DECREASE: "↓",
    Direction.NARROW: "→←",
    Direction.ACHIEVE: "✓",
}
WANTED_WORDS = {Direction(word): text for word, text in phrases("wanted").items()}
GRADE = {Grade(word): text for word, text in phrases("grade").items()}
VERDICT = {Verdict(word): text for word, text in phrases("verdict").items()}
# One sign a verdict, told apart without colour.
VERDICT_SIGN = {
    Verdict.ACHIEVED: "\N{CHECK MARK}",
    Verdict.WANTED: "+",
    Verdict.NO_CLEAR_CHANGE: "=",
    Verdict.WRONG: "!",
    Verdict.TOO_EARLY: "\N{HORIZONTAL ELLIPSIS}",
    Verdict.NO_FIGURE_SINCE: "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}",
    Verdict.NOT_MEASURABLE: "",
    Verdict.LOCAL_DUE: "?",
}

# Order in which findings are told: what is worse comes first, then what is better.
WEIGHT = {
    Comparison.WORSE: 0,
    Comparison.BETTER: 1,
    Comparison.HIGHER: 2,
    Comparison.LOWER: 2,
    Comparison.SIMILAR: 3,
    Comparison.NOT_COMPARED: 4,
}
