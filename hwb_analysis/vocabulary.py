"""The closed lists of words that data, registry and pages may use."""

from __future__ import annotations

from enum import StrEnum


class Polarity(StrEnum):
    """Which end of an indicator is the good one."""

    HIGH = "high"
    LOW = "low"
    NONE = "none"


class Direction(StrEnum):
    """What a success measure wants."""

    INCREASE = "increase"
    DECREASE = "decrease"
    NARROW = "narrow"
    ACHIEVE = "qualitative-achieve"


class MeasureType(StrEnum):
    """Where the evidence for a success measure has to come from."""

    OPEN = "quantitative-open"
    LOCAL = "quantitative-local"
    QUALITATIVE = "qualitative"


class Comparison(StrEnum):
    """How a figure stands against its comparator."""

    BETTER = "better"
    SIMILAR = "similar"
    WORSE = "worse"
    HIGHER = "higher"
    LOWER = "lower"
    NOT_COMPARED = "not compared"


class TrendMarker(StrEnum):
    """The national recent-trend marker; it makes no direction word by itself."""

    INCREASING_BETTER = "increasing and getting better"
    INCREASING_WORSE = "increasing and getting worse"
    DECREASING_BETTER = "decreasing and getting better"
    DECREASING_WORSE = "decreasing and getting worse"
    INCREASING = "increasing"
    DECREASING = "decreasing"
    NO_CHANGE = "no significant change"
    NOT_CALCULATED = "cannot be calculated"


class Basis(StrEnum):
    """How a series is made, which decides what may be tested with it."""

    COMPLETE_COUNT = "complete_count"
    REGISTER = "register"
    SURVEY = "survey"
    MODELLED = "modelled"
    DERIVED = "derived"
    IMPUTED = "imputed"


class Grade(StrEnum):
    """What may be said with a figure.

    A: counts or limits, tests allowed. B: published value with the publisher's
    own better, similar or worse word. C: value only, no direction word.
    D: no figure for this area.
    """

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Status(StrEnum):
    """Why a value is there or is not."""

    OK = "ok"
    SUPPRESSED = "suppressed"
    MISSING = "missing"
    NOT_COMPARABLE = "not_comparable"
    PROVISIONAL = "provisional"
    DERIVED = "derived"


class PeriodKind(StrEnum):
    """The kind of time a figure covers."""

    CALENDAR = "calendar"
    FINANCIAL = "financial"
    ACADEMIC = "academic"
    ROLLING = "rolling"
    QUARTER = "quarter"
    MONTH = "month"
    SURVEY = "survey"
    DAY = "day"


class AreaType(StrEnum):
    """The tiers of English geography that the frame may hold."""

    ENGLAND = "England"
    REGION = "Region"
    COUNTY = "County"
    UNITARY = "Unitary authority"
    UPPER_TIER = "County or unitary authority"
    DISTRICT = "District"
    MSOA = "MSOA"
    LSOA = "LSOA"
    SUB_ICB = "Sub-ICB"


class SeriesUse(StrEnum):
    """What a series is to the indicator that names it."""

    PRIMARY = "primary"
    ALTERNATIVE = "alternative"
    INVERSE = "inverse"
    PROXY = "proxy"
    CONTEXT = "context"


class Verdict(StrEnum):
    """How a success measure moves against what the strategy wants of it."""

    ACHIEVED = "achieved"
    WANTED = "moving the wanted way"
    NO_CLEAR_CHANGE = "no clear change"
    WRONG = "moving the wrong way"
    TOO_EARLY = "too early to say"
    NO_FIGURE_SINCE = "no figure since the strategy began"
    NOT_MEASURABLE = "not measurable here"
    LOCAL_DUE = "local evidence due"
