"""The rule for one part of a measure, step by step; the first step that answers is kept.

1. no figure of the area: local evidence due, or not measurable here;
2. a proxy: its own direction, and no verdict on the measure;
3. the target of the registry is met: achieved;
4. no period starts after the baseline's end: no figure since the strategy began;
5. modelled or imputed figures, or no counts and no limits: not measurable here;
6. fewer than five usable points, or no baseline on this side of a break: too early to say;
7. change since the baseline, adjusted over the page, the same without the pandemic:
   moving the wanted way or the wrong way; else no clear change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from hwb_analysis.assessment import movement
from hwb_analysis.assessment.judgement import PartVerdict, Reason, TargetDistance
from hwb_analysis.assessment.model import Assessment, ChangeSince, Context
from hwb_analysis.assessment.reasons import because, chance, number, spread
from hwb_analysis.assessment.targets import latest_basis, target_distance, target_reason
from hwb_analysis.stats.frame_change import NO_BASELINE, NOT_SINCE
from hwb_analysis.stats.frame_trend_tests import NO_CHANGE, NOT_TESTED
from hwb_analysis.stats.trend_choice import MAY_TEST
from hwb_analysis.stats.trend_result import FEWEST
from hwb_analysis.vocabulary import Basis, Direction, MeasureType, Verdict

if TYPE_CHECKING:
    from hwb_analysis.strategy.parts import Part

WAY = {Direction.INCREASE: movement.INCREASE, Direction.DECREASE: movement.DECREASE}
OTHER = {movement.INCREASE: movement.DECREASE, movement.DECREASE: movement.INCREASE}
RESTARTED = "the series starts anew between the two periods"
LATER = (NO_BASELINE, RESTARTED)
STILL = "from a baseline before it while the newest period touches it too"


@dataclass(frozen=True, slots=True)
class Case:
    """One part, ready to be judged: its usable rows, its changes, and why it may not be.

    ``halt`` is the verdict that stands before any test, or None where the change is tested.
    """

    assessment: Assessment
    rows: pd.DataFrame
    day: date
    cuts: tuple[date, ...]
    change: ChangeSince
    repeat: ChangeSince | None
    second: ChangeSince | None
    usable: int
    target: TargetDistance | None
    halt: Verdict | None
    reasons: tuple[Reason, ...]

    @property
    def wanted(self) -> str:
        """Which way of the series is the wanted one, or nothing where neither is."""
        return wanted_way(self.assessment.part, self.change) if self.assessment.part else ""


def wanted_way(part: Part, change: ChangeSince) -> str:
    """Return increase or decrease: which way of this series the measure wants.

    A series that is itself a gap and has no good end is wanted nearer to zero. Where it
    began at zero or changed sides there is no such way: the test of its change does not
    say whether the gap is narrower.
    """
    if part.wanted is Direction.NARROW:
        if change.baseline_value * change.latest_value < 0 or not change.baseline_value:
            return ""
        return movement.DECREASE if change.baseline_value > 0 else movement.INCREASE
    return WAY.get(part.wanted, "")


def prepare(context: Context, assessment: Assessment) -> Case:
    """Return one part with everything that its verdict needs, before any adjustment."""
    day = context.strategy.baseline(assessment.measure)
    if assessment.part is None or assessment.latest is None:
        verdict, reason = _nothing(assessment)
        blank = ChangeSince()
        rows = pd.DataFrame()
        return Case(assessment, rows, day, (), blank, None, None, 0, None, verdict, (reason,))
    cuts = tuple(b.after for b in assessment.part.series.breaks)
    rows, repeats = movement.usable_rows(assessment.history)
    usable = len(movement.testable(rows, cuts))
    target = target_distance(assessment, context.strategy.area.nation.code, day)
    change = assessment.change
    halt, why = _halt(assessment, rows, usable, target)
    said = [target_reason(assessment, target)] if target else []
    return Case(
        assessment=assessment,
        rows=rows,
        day=day,
        cuts=cuts,
        change=change,
        repeat=None if halt else movement.without_pandemic(rows, change, day, cuts),
        second=_second(context, assessment, rows, cuts),
        usable=usable,
        target=target,
        halt=halt,
        reasons=(*_repeated(repeats), *said, *why),
    )


def _nothing(assessment: Assessment) -> tuple[Verdict, Reason]:
    if assessment.measure.type is MeasureType.OPEN:
        return Verdict.NOT_MEASURABLE, because("no-figure", why=assessment.reason)
    return Verdict.LOCAL_DUE, because("local-due", why=assessment.reason)


def _second(
    context: Context, assessment: Assessment, rows: pd.DataFrame, cuts: Sequence[date]
) -> ChangeSince | None:
    """Return the change since the second baseline once a later period is there."""
    day = context.strategy.strategy.second_baseline
    latest = assessment.latest
    if day is None or latest is None or latest.period.end <= day:
        return None
    found = movement.change_on(rows, day, cuts)
    return None if found.reason in (NOT_SINCE, NO_BASELINE) else found


def _repeated(labels: Sequence[str]) -> list[Reason]:
    if not labels:
        return []
    one = len(labels) == 1
    said = {"periods": ", ".join(labels), "s": "s" if one else "", "are": "is" if one else "are"}
    return [because("carried-forward", **said)]


def _halt(
    assessment: Assessment, rows: pd.DataFrame, usable: int, target: TargetDistance | None
) -> tuple[Verdict | None, list[Reason]]:
    """Return the verdict that stands before any test, with its reason, or none."""
    change = assessment.change
    if target is not None and target.met and not assessment.is_proxy:
        return Verdict.ACHIEVED, []
    if change.reason == NOT_SINCE:
        latest = str(rows["period"].iloc[-1])
        why = because("not-since", latest=latest, baseline=change.baseline)
        return Verdict.NO_FIGURE_SINCE, [why]
    basis = latest_basis(assessment)
    if not MAY_TEST.get(basis, ()):
        return Verdict.NOT_MEASURABLE, [because("never-tested", basis=basis)]
    if not usable:
        return Verdict.NOT_MEASURABLE, [because("no-interval")]
    if usable < FEWEST:
        why = because("few-points", usable=usable, s="" if usable == 1 else "s")
        return Verdict.TOO_EARLY, [why]
    if change.reason:
        early = change.reason in LATER
        verdict = Verdict.TOO_EARLY if early else Verdict.NOT_MEASURABLE
        return verdict, [because("untestable", why=change.reason)]
    return None, []


def conclude(case: Case, q_value: float, tests: int, page: str) -> PartVerdict:
    """Return the verdict on one part, its test adjusted over the family of the page.

    Parameters
    ----------
    case
        From :func:`prepare`.
    q_value
        The adjusted p value; missing where the part is not in the family.
    tests, page
        How many figures the family holds, and what the page is called.
    """
    settled = _settled(case, q_value)
    part, proxy = case.assessment.part, case.assessment.is_proxy
    reasons = [because("proxy", sentence=part.sentence)] if part and proxy else []
    reasons += case.reasons
    if case.halt is None and part and not case.wanted and part.wanted is Direction.NARROW:
        reasons.append(because("gap-crossed"))
    if q_value == q_value:
        reasons += _tested_reasons(case, q_value, tests, page)
    verdict = Verdict.NOT_MEASURABLE if proxy else case.halt or _verdict(settled, case.wanted)
    sustained, told = _sustained(case, verdict)
    reasons += [*told, *_second_reason(case), *_marker_reason(case, settled)]
    return PartVerdict(
        assessment=case.assessment,
        verdict=verdict,
        q_value=q_value,
        sustained=sustained,
        reasons=tuple(reasons),
        direction=settled,
        change=case.change,
        repeat=case.repeat,
        second=case.second,
        usable=case.usable,
        target=case.target,
    )


def in_family(case: Case) -> bool:
    """Say whether a part's change is one of the page's tests."""
    return case.halt is None and case.change.p_value == case.change.p_value


def _adjusted(case: Case, q_value: float) -> str:
    """Return the direction of the change once the number of tests is allowed for."""
    if q_value != q_value:
        return NOT_TESTED
    return case.change.direction if q_value <= movement.LEVEL else NO_CHANGE


def _settled(case: Case, q_value: float) -> str:
    """Return the direction that stands: adjusted, and the same without the pandemic."""
    found = _adjusted(case, q_value)
    again = case.repeat.direction if case.repeat else NOT_TESTED
    if NOT_TESTED in (found, again):
        return found
    return found if again == found else NO_CHANGE


def _verdict(direction: str, wanted: str) -> Verdict:
    if direction == NOT_TESTED or not wanted:
        return Verdict.NOT_MEASURABLE
    if direction == NO_CHANGE:
        return Verdict.NO_CLEAR_CHANGE
    return Verdict.WANTED if direction == wanted else Verdict.WRONG


def _tested_reasons(case: Case, q_value: float, tests: int, page: str) -> list[Reason]:
    change, basis = case.change, str(case.rows["basis"].iloc[-1])
    size = [because("size-first")] if basis == Basis.REGISTER.value else []
    return [
        *size,
        because(
            "change",
            latest=change.latest,
            baseline=change.baseline,
            difference=number(change.difference),
            limits=spread(change.lower_95, change.upper_95),
        ),
        because(
            "family",
            p=chance(change.p_value),
            q=chance(q_value),
            tests=tests,
            figures="1 figure" if tests == 1 else f"{tests} figures",
            page=page,
            where=f"{'on' if page.endswith('page') else 'in'} {page}",
        ),
        *_pandemic_reason(case, _adjusted(case, q_value)),
    ]


def _pandemic_reason(case: Case, main: str) -> list[Reason]:
    again = case.repeat
    if again is None:
        return []
    if again.direction == NOT_TESTED:
        return [because("pandemic-alone", why=again.reason)]
    code = "pandemic-agrees" if again.direction == main else "pandemic-differs"
    still = movement.still_touches(case.rows, again)
    said = {"latest": again.latest, "baseline": again.baseline, "direction": again.direction}
    without = STILL if still else "without those periods"
    more = {"main": main, "difference": again.difference, "still": still, "without": without}
    return [because(code, **said, **more)]


def _sustained(case: Case, verdict: Verdict) -> tuple[bool, list[Reason]]:
    """Say whether a wanted change is sustained, and why or why not."""
    if verdict is not Verdict.WANTED:
        return False, []
    years = movement.SUSTAINED_YEARS
    if not movement.long_enough(case.change):
        return False, [because("not-yet-sustained", years=years)]
    back = movement.setbacks(case.rows, case.change, OTHER[case.wanted], case.cuts)
    if back:
        return False, [because("setback", earlier=back[0][0], later=back[0][1])]
    return True, [because("sustained", years=years)]


def _second_reason(case: Case) -> list[Reason]:
    second = case.second
    if second is None or (case.halt and second.reason):
        return []
    direction = second.direction if not second.reason else f"not tested, {second.reason}"
    said = {"latest": second.latest, "baseline": second.baseline, "direction": direction}
    return [because("second-baseline", **said, difference=second.difference)]


def _marker_reason(case: Case, settled: str) -> list[Reason]:
    """Return whether the national marker agrees, where both were made."""
    marker = case.assessment.marker
    if marker.reason or settled == NOT_TESTED:
        return []
    ways = (movement.INCREASE, movement.DECREASE)
    told = next((way for way in ways if marker.word.value.startswith(way[:-1])), NO_CHANGE)
    code = "marker-agrees" if told == settled else "marker-differs"
    return [because(code, marker=marker.word.value, first=marker.first, last=marker.last)]
