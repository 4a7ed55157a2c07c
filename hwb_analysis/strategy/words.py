"""The forms and closed lists of words that only the registry uses."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
MeasureId = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)*$")]
AreaCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]\d{8}$")]
SeriesId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+:[a-z0-9-]+$")]


class ValueType(StrEnum):
    """What kind of number an indicator is."""

    PROPORTION = "proportion"
    SURVEY_PROPORTION = "survey-proportion"
    CRUDE_RATE = "crude-rate"
    DIRECTLY_STANDARDISED = "directly-standardised-rate"
    INDIRECTLY_STANDARDISED = "indirectly-standardised-rate"
    LIFE_EXPECTANCY = "life-expectancy"
    SLOPE_INDEX = "slope-index"
    COUNT = "count"
    MEAN = "mean"
    SCORE = "score"
    RATIO = "ratio"
    GAP = "gap"
    CONCENTRATION = "concentration"
    VARIOUS = "various"


class BenchmarkMethod(StrEnum):
    """How the national profiles set an area against the nation."""

    INTERVAL_95 = "interval-95"
    QUINTILE = "quintile"
    GOAL = "goal"
    PLAN = "plan"
    NO_JUDGEMENT = "no-judgement"
    NONE = "none"


class TargetKind(StrEnum):
    """What has to be true for a measure to count as achieved."""

    THRESHOLD = "threshold"
    BENCHMARK = "benchmark"
    COMPARATOR = "comparator"
    MILESTONE = "milestone"
    AWARD = "award"
    FEEDBACK = "feedback"


class Confidence(StrEnum):
    """How sure it is that a Fingertips number belongs to the indicator."""

    VERIFIED = "verified"
    MEMORY = "memory"
