"""Which trend test fits a series: a table of what may be tested, and the choice.

The choice looks only at how the figures are made and dated, never at the values' trend:

1. modelled and imputed figures are not tested; surveys only from published limits;
2. fewer than five usable points give no verdict;
3. periods that overlap: generalised least squares with what the periods share;
4. counts that make the value: quasi-binomial (proportions) or quasi-Poisson (rates);
5. values with limits: a log-linear line for rates, a straight line for the rest, with
   known errors;
6. values alone: exact Mann-Kendall.

A register with huge denominators makes nearly every change significant: the size of the
change is read first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hwb_analysis.stats.arrays import Flags, Floats
from hwb_analysis.stats.kendall_exact import smallest_p
from hwb_analysis.stats.result import figure
from hwb_analysis.stats.trend_result import FEWEST

Days = NDArray[np.datetime64]
COUNTS, LIMITS, VALUES = "counts", "limits", "values"
MAY_TEST: Mapping[str, tuple[str, ...]] = {
    "complete_count": (COUNTS, LIMITS, VALUES),
    "register": (COUNTS, LIMITS, VALUES),
    "derived": (COUNTS, LIMITS, VALUES),
    "survey": (LIMITS,),
    "modelled": (),
    "imputed": (),
    "": (COUNTS, LIMITS, VALUES),
}
TESTS = {
    "binomial": "the counts make the percentage: quasi-binomial regression",
    "poisson": "the counts make the rate: quasi-Poisson regression",
    "log-linear": "a rate with limits: log-linear regression with known errors",
    "linear": "values with limits: straight line with known errors",
    "rolling": "the periods overlap: generalised least squares with what they share",
    "mann-kendall": "values alone: exact Mann-Kendall",
}
SIZE_FIRST = "a register{many}: read the size of the change before its p value"
# With fewer people chance still moves a register by more than anybody would call small.
MANY_PEOPLE = 10_000
SEASONS = "periods shorter than a year: seasons are taken for scatter"
YEAR = 365.25
LONGEST_TO_SHORTEST = 1.1
# From here on a year is a year; anything shorter has seasons.
SHORTEST_YEAR = 360


@dataclass(frozen=True, slots=True)
class Points:
    """The points of one series in order of time, as arrays of one length."""

    starts: Days
    ends: Days
    value: Floats
    lower: Floats
    upper: Floats
    count: Floats
    denominator: Floats
    counted: Flags
    unit: str = ""
    basis: str = ""
    grade: str = ""

    def keep(self, rows: Flags) -> Points:
        """Return the points of some rows."""
        names = ("starts", "ends", "value", "lower", "upper", "count", "denominator", "counted")
        kept = {name: getattr(self, name)[rows] for name in names}
        return Points(**kept, unit=self.unit, basis=self.basis, grade=self.grade)

    @property
    def size(self) -> int:
        """How many points there are."""
        return int(self.value.size)

    @property
    def times(self) -> Floats:
        """The middle of each period, in years from the first."""
        middle = (self.starts.astype(np.int64) + self.ends.astype(np.int64)) / 2
        return np.asarray((middle - middle[0]) / YEAR if middle.size else middle)


@dataclass(frozen=True, slots=True)
class Choice:
    """A test, why it was chosen and what to bear in mind; or the reason for none."""

    test: str = ""
    why: str = ""
    reason: str = ""
    notes: tuple[str, ...] = field(default_factory=tuple)
    points: Points | None = None


def choose(points: Points, rule: str = "auto") -> Choice:
    """Choose the test of one series, or check that the one asked for fits.

    Parameters
    ----------
    points
        The points of one segment: nothing joins two segments or two vintages.
    rule
        ``"auto"`` or a key of ``TESTS``.

    Returns
    -------
    Choice
        ``points`` holds the points that the test uses.

    Examples
    --------
    >>> year = np.timedelta64(364, "D")
    >>> days = np.arange("2015", "2021", dtype="datetime64[Y]").astype("datetime64[D]")
    >>> blank, none = np.full(6, np.nan), np.zeros(6, dtype=bool)
    >>> choose(Points(days, days + year, np.arange(6.0), blank, blank, blank, blank, none)).why
    'values alone: exact Mann-Kendall'
    """
    allowed = MAY_TEST.get(points.basis, ())
    if not allowed:
        return Choice(reason=f"{points.basis} figures are not tested")
    known = points.keep(~np.isnan(points.value))
    if fault := _period_fault(known):
        return Choice(reason=fault)
    evidence, usable = _evidence(known, allowed)
    if not evidence:
        return Choice(reason=_nothing(points))
    left = points.size - usable.size
    if usable.size < FEWEST:
        return Choice(reason=_too_few(usable.size, left))
    overlapping = bool((usable.starts[1:] <= usable.ends[:-1]).any())
    test = _test(evidence, overlapping, usable) if rule == "auto" else rule
    if fault := _misfit(test, evidence, overlapping):
        return Choice(reason=fault)
    why = TESTS[test] if rule == "auto" else f"asked for: {TESTS[test].split(': ')[1]}"
    return Choice(test, why, "", _notes(usable, left), usable)


def _period_fault(points: Points) -> str:
    if points.size < 2:
        return ""
    length = (points.ends - points.starts).astype(np.int64) + 1
    if length.max() > LONGEST_TO_SHORTEST * length.min():
        return "the periods are of different length"
    return ""


def _evidence(points: Points, allowed: tuple[str, ...]) -> tuple[str, Points]:
    """Return the strongest evidence that enough points have, and those points."""
    width = points.upper - points.lower
    having = {
        COUNTS: points.counted & ~np.isnan(points.count + points.denominator),
        LIMITS: width > 0,
        VALUES: np.full(points.size, points.grade in ("", "A")),
    }
    best, most = "", points.keep(np.zeros(points.size, dtype=bool))
    for kind in allowed:
        if having[kind].sum() >= FEWEST:
            return kind, points.keep(having[kind])
        if having[kind].sum() > most.size:
            best, most = kind, points.keep(having[kind])
    return best, most


def _nothing(points: Points) -> str:
    if points.grade not in ("", "A"):
        return "no counts and no interval published"
    return "there is no value" if np.isnan(points.value).all() else "no interval published"


def _too_few(size: int, left: int) -> str:
    least = (
        f", of which the smallest attainable p is {figure(smallest_p(size))}" if size > 1 else ""
    )
    more = f" ({left} more could not be used)" if left else ""
    return f"{size} usable point{'' if size == 1 else 's'}{more}{least}"


def _test(evidence: str, overlapping: bool, points: Points) -> str:
    if overlapping:
        return "rolling"
    if evidence == COUNTS:
        return "binomial" if points.unit == "%" else "poisson"
    if evidence == VALUES:
        return "mann-kendall"
    rate = "per " in points.unit and bool((points.value > 0).all())
    return "log-linear" if rate else "linear"


def _misfit(test: str, evidence: str, overlapping: bool) -> str:
    if overlapping and test != "rolling":
        return f"the periods overlap, which {test} does not allow for"
    if not overlapping and test == "rolling":
        return "the periods do not overlap"
    if test in ("binomial", "poisson") and evidence != COUNTS:
        return "no counts that make the value"
    if test in ("linear", "log-linear") and evidence == VALUES:
        return "no interval published"
    return ""


def _notes(points: Points, left: int) -> tuple[str, ...]:
    length = (points.ends - points.starts).astype(np.int64) + 1
    step = np.diff(points.times)
    notes = []
    if left:
        notes.append(f"{left} point{'' if left == 1 else 's'} without value or evidence left out")
    if step.max() > 1.5 * step.min():
        notes.append("a period is missing: points stand at their real times")
    if 1 < length.min() < SHORTEST_YEAR:
        notes.append(SEASONS)
    people = points.denominator[~np.isnan(points.denominator)]
    if points.basis == "register":
        many = people.size and np.median(people) >= MANY_PEOPLE
        notes.append(SIZE_FIRST.format(many=" of many people" if many else ""))
    return tuple(notes)
