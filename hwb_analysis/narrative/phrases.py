"""The phrase catalogue: every fixed wording that pages use, kept as data.

A direction word may only be chosen by a test result; the tables below are the
only place where a result becomes a word.
"""

from __future__ import annotations

from hwb_analysis.vocabulary import Comparison, Direction, Grade

AGAINST = {
    Comparison.BETTER: "better than {comparator}",
    Comparison.SIMILAR: "similar to {comparator}",
    Comparison.WORSE: "worse than {comparator}",
    Comparison.HIGHER: "higher than {comparator}",
    Comparison.LOWER: "lower than {comparator}",
    Comparison.NOT_COMPARED: "not compared with {comparator}",
}

WANTED_ARROW = {
    Direction.INCREASE: "↑",
    Direction.DECREASE: "↓",
    Direction.NARROW: "→←",
    Direction.ACHIEVE: "✓",
}
WANTED_WORDS = {
    Direction.INCREASE: "wanted: an increase",
    Direction.DECREASE: "wanted: a decrease",
    Direction.NARROW: "wanted: a narrower gap",
    Direction.ACHIEVE: "wanted: achieved",
}

GRADE = {
    Grade.A: "counts or limits are published, so it can be tested",
    Grade.B: "published value with the publisher's own comparison",
    Grade.C: "published value only: not compared, because no interval is published",
    Grade.D: "no figure for this area in this snapshot",
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
