"""How far a figure is from the target that the strategy gives, and whether it is met.

Met means that the whole 95 % interval lies on the wanted side; missed, that it lies on the
other. A figure without an interval has a distance and no word.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hwb_analysis.assessment.judgement import NAN, Reason, TargetDistance
from hwb_analysis.assessment.model import Assessment, Reading
from hwb_analysis.assessment.movement import usable_rows
from hwb_analysis.assessment.reasons import because, number
from hwb_analysis.stats.trend_choice import MAY_TEST
from hwb_analysis.strategy.words import TargetKind
from hwb_analysis.vocabulary import SeriesUse

if TYPE_CHECKING:
    from datetime import date

    from hwb_analysis.strategy.model import Target

MEASURED = (TargetKind.THRESHOLD, TargetKind.BENCHMARK, TargetKind.COMPARATOR)
SAME_SCALE = (SeriesUse.PRIMARY, SeriesUse.ALTERNATIVE)
OLD = "the figure ends before the strategy began"
OPS = {">": "above", ">=": "at least", "<": "below", "<=": "at most"}
LEFT_OUT = "the newest figure is not comparable or repeats the one before"


def target_distance(assessment: Assessment, nation: str, since: date) -> TargetDistance | None:
    """Return the distance of a part's latest figure from its measure's target.

    Parameters
    ----------
    assessment
        The part. Proxies and inverses have no target: theirs is another scale.
    nation
        Code of the area that a target "below the nation" speaks of.
    since
        The baseline day: an older figure cannot meet a target of the strategy.

    Returns
    -------
    TargetDistance or None
        None where the measure has no target in numbers or there is no figure.
    """
    target, figure, part = assessment.measure.target, assessment.latest, assessment.part
    if target is None or target.kind not in MEASURED or figure is None or part is None:
        return None
    if part.use not in SAME_SCALE or target.op is None:
        return None
    aim = _aim(target, assessment, nation)
    if isinstance(aim, str):
        return TargetDistance(NAN, target.op, figure.unit, reason=aim)
    if target.unit and target.unit != figure.unit:
        why = f"the target is in {target.unit}, the figure in {figure.unit}"
        return TargetDistance(aim, target.op, target.unit, reason=why)
    found = _distance(figure, aim, target)
    why = OLD if figure.period.end <= since else _untested(assessment)
    return replace(found, met=None, reason=why) if why else found


def latest_basis(assessment: Assessment) -> str:
    """Return the basis of the newest figure of a part."""
    history = assessment.history
    return str(history.loc[history["value"].notna(), "basis"].iloc[-1])


def _untested(assessment: Assessment) -> str:
    """Return why the newest figure may meet no target, or nothing.

    The same figures that no change is tested with meet no target: modelled and imputed
    ones, those marked as not comparable, and repeats of the figure before.
    """
    basis = latest_basis(assessment)
    if not MAY_TEST.get(basis, ()):
        return f"{basis} figures are not tested"
    rows, _ = usable_rows(assessment.history)
    newest = assessment.latest.period.label if assessment.latest else ""
    return "" if newest in set(rows["period"]) else LEFT_OUT


def _aim(target: Target, assessment: Assessment, nation: str) -> float | str:
    """Return the number to reach, or why there is none."""
    if target.kind is not TargetKind.COMPARATOR:
        return target.value if target.value is not None else "the target gives no number"
    other = assessment.comparator
    if other is None or other.area_code != nation:
        return "the nation has no figure for this period"
    return other.value


def _distance(figure: Reading, aim: float, target: Target) -> TargetDistance:
    op = str(target.op)
    return TargetDistance(
        target=aim,
        op=op,
        unit=figure.unit,
        difference=figure.value - aim,
        lower_95=figure.lower_95 - aim,
        upper_95=figure.upper_95 - aim,
        share=(figure.value - aim) / abs(aim) if aim else NAN,
        met=_met(figure, aim, op),
        comparator=target.comparator or "",
        reason="" if figure.has_interval else "no interval is published",
    )


def _met(figure: Reading, aim: float, op: str) -> bool | None:
    low, high = figure.lower_95, figure.upper_95
    if not figure.has_interval:
        return None
    inside = {">": low > aim, ">=": low >= aim, "<": high < aim, "<=": high <= aim}
    outside = {">": high <= aim, ">=": high < aim, "<": low >= aim, "<=": low > aim}
    if inside[op]:
        return True
    return False if outside[op] else None


def target_reason(assessment: Assessment, found: TargetDistance) -> Reason:
    """Return what the target says of the figure, as a reason."""
    period = assessment.latest.period.label if assessment.latest else ""
    name = f", {assessment.comparator_area}" if found.comparator else ""
    aim = f"{OPS[found.op]} {number(found.target)} {found.unit}".rstrip()
    said = f"the target ({aim}{name})"
    values = {"period": period, "target": said, "difference": found.difference}
    if found.reason:
        return because("target-untested", why=found.reason, **values)
    codes = {True: "target-met", False: "target-missed", None: "target-open"}
    return because(codes[found.met], **values)
