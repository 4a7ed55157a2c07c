"""The verdicts on the success measures: who is tested together, and how parts make a measure.

Order of evidence: the change since the strategy's baseline at 95 %, adjusted by Benjamini
and Hochberg's procedure over the figures of the page. The national recent-trend marker is
said beside it and decides nothing. The rule for one part is in ``verdict_rules``, the rule
in words in docs/methods/verdicts.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from hwb_analysis.assessment.judgement import (
    NAN,
    Judgement,
    MeasureVerdict,
    PartVerdict,
    Reason,
)
from hwb_analysis.assessment.model import Assessment, Context
from hwb_analysis.assessment.reasons import because
from hwb_analysis.assessment.verdict_rules import Case, conclude, in_family, prepare
from hwb_analysis.stats.benchmark import compare_with
from hwb_analysis.stats.multiplicity import Family, family
from hwb_analysis.vocabulary import Comparison, MeasureType, Polarity, Status, Verdict

if TYPE_CHECKING:
    from hwb_analysis.sources.returns import Evidence

TESTED = (Verdict.WANTED, Verdict.NO_CLEAR_CHANGE, Verdict.WRONG)
FILTERS = ("sex", "age", "category_type", "category")
DECIDED = (Verdict.ACHIEVED, *TESTED)
# Without a tested part, the state nearest to a test stands for the measure.
NEAREST = (
    Verdict.TOO_EARLY,
    Verdict.NO_FIGURE_SINCE,
    Verdict.NOT_MEASURABLE,
    Verdict.LOCAL_DUE,
)
# The word of the form for a milestone or an award that is reached.
DONE = "done"
NOT_COMPARABLE = Status.NOT_COMPARABLE.value


def judge(
    context: Context,
    assessments: Sequence[Assessment],
    *,
    evidence: Mapping[str, Evidence] | None = None,
    page: str = "this page",
) -> Judgement:
    """Return the verdict on every measure that the assessments speak of.

    Parameters
    ----------
    context
        The context that the assessments were made for.
    assessments
        From :func:`~hwb_analysis.assessment.assess_all`: one page's worth, since they are
        the family of tests. The parts of a measure stand together.
    evidence
        What officers returned, by measure id, as
        :func:`~hwb_analysis.sources.returns.evidence` gives it. It stands beside the verdict;
        only for a measure that no open figure can answer does it end "local evidence due".
    page
        What the family is called.

    Returns
    -------
    Judgement
        Verdicts with reasons; how many figures were tested and how many chance flags to
        expect.

    Examples
    --------
    >>> from datetime import date
    >>> from hwb_analysis.assessment import assess_all, make_context
    >>> from hwb_analysis.sources.snapshot import current_snapshot
    >>> from hwb_analysis.strategy import load_strategy
    >>> strategy = load_strategy()
    >>> context = make_context(strategy, current_snapshot(), as_of=date(2026, 1, 1))
    >>> found = judge(context, assess_all(context, [strategy.measure("XCC-HPE-02")]))
    >>> found.measures["XCC-HPE-02"].verdict.value, found.tested
    ('moving the wrong way', 2)
    """
    cases = [prepare(context, assessment) for assessment in assessments]
    tests, q_values = _adjusted(cases, page)
    parts = [
        _with_category(context, conclude(case, q, tests.tests, page))
        for case, q in zip(cases, q_values, strict=True)
    ]
    returns = evidence or {}
    groups = groupby(parts, key=lambda p: p.assessment.measure.id)
    measures = {key: measure_verdict(list(some), returns.get(key)) for key, some in groups}
    return Judgement(
        measures=measures,
        tested=tests.tests,
        expected_by_chance=tests.by_chance,
        chance_most=tests.by_chance_most,
        flagged_unadjusted=tests.flagged_unadjusted,
        flagged=int(tests.flagged.sum()),
        family=page,
    )


def _adjusted(cases: Sequence[Case], page: str) -> tuple[Family, list[float]]:
    """Adjust each distinct figure once, also where several measures rest on it."""
    first: dict[tuple[object, ...], float] = {}
    for case in cases:
        if in_family(case):
            first.setdefault(_figure(case), case.change.p_value)
    found = family(list(first.values()), name=page)
    q = dict(zip(first, (float(v) for v in found.value), strict=True))
    return found, [q[_figure(c)] if in_family(c) else NAN for c in cases]


def _figure(case: Case) -> tuple[object, ...]:
    """Return what makes a test: the rows it rests on, however the registry names them."""
    row, part = case.rows.iloc[-1], case.assessment.part
    filters = (getattr(part, name, "") or row[name] for name in FILTERS)
    return (row["series_id"], *filters, case.change.baseline, case.change.latest)


def _with_category(context: Context, part: PartVerdict) -> PartVerdict:
    """Add how the figure stood against the comparator at the baseline."""
    assessment = part.assessment
    then = category_at(context, assessment, part.change.baseline)
    if Comparison.NOT_COMPARED in (then, assessment.comparison):
        return replace(part, at_baseline=then)
    said = because(
        "category",
        comparator=assessment.comparator_area,
        now=assessment.comparison.value,
        then=then.value,
    )
    return replace(part, at_baseline=then, reasons=(*part.reasons, said))


def category_at(context: Context, assessment: Assessment, period: str) -> Comparison:
    """Return how the figure of one period stands against the comparator's."""
    history, other = assessment.history, assessment.comparator_history
    if not period or history.empty or other.empty or assessment.part is None:
        return Comparison.NOT_COMPARED
    own = history.loc[(history["period"] == period) & history["value"].notna()]
    same = other.loc[
        other["period_end"].isin(own["period_end"])
        & other["period_start"].isin(own["period_start"])
        & other["value"].notna()
    ]
    if own.empty or same.empty or NOT_COMPARABLE in {*own["status"], *same["status"]}:
        return Comparison.NOT_COMPARED
    row, polarity = own.iloc[-1], assessment.part.polarity
    found = compare_with(
        row["value"],
        row["lower_95"],
        row["upper_95"],
        same["value"].iloc[-1],
        better=None if polarity is Polarity.NONE else polarity.value,
        level=0.95,
    )
    return Comparison(str(found.word.flat[0]))


def measure_verdict(
    parts: Sequence[PartVerdict], returned: Evidence | None = None
) -> MeasureVerdict:
    """Return the verdict on a measure from the verdicts on its parts.

    Parts that are proxies do not count. Where the tested parts agree, their verdict is the
    measure's; where they differ, it is "no clear change" with the count of each. A target
    must be met by every part that counts: a part that met it agrees with parts that move
    the wanted way, and with no others. Without a tested part the state nearest to a test
    stands.
    """
    measure = parts[0].assessment.measure
    counting = [p for p in parts if p.counts] or [p for p in parts if p.assessment.part is None]
    verdict, reasons = _joined(counting) if counting else _only_proxies(parts)
    if returned is not None:
        verdict, told = _with_return(parts, verdict, returned)
        reasons = [*_still_true(reasons), told]
        parts = [replace(p, reasons=_still_true(p.reasons)) for p in parts]
    moving = [p for p in counting if p.verdict is Verdict.WANTED]
    return MeasureVerdict(
        measure=measure,
        priority=parts[0].assessment.priority,
        verdict=verdict,
        parts=tuple(parts),
        sustained=verdict is Verdict.WANTED and all(p.sustained for p in moving),
        reasons=tuple(reasons),
        returned=returned,
    )


def _only_proxies(parts: Sequence[PartVerdict]) -> tuple[Verdict, list[Reason]]:
    measure = parts[0].assessment.measure
    why = because("only-proxies", directions={p.assessment.key: p.direction for p in parts})
    if measure.type is MeasureType.OPEN:
        return Verdict.NOT_MEASURABLE, [why]
    return Verdict.LOCAL_DUE, [because("local-due", why=measure.reason), why]


def _joined(parts: Sequence[PartVerdict]) -> tuple[Verdict, list[Reason]]:
    if len(parts) == 1:
        return parts[0].verdict, list(parts[0].reasons)
    if all(p.verdict is Verdict.ACHIEVED for p in parts):
        return Verdict.ACHIEVED, [_count(Verdict.ACHIEVED, parts, parts)]
    if not any(p.verdict in TESTED for p in parts):
        found = {p.verdict for p in parts}
        verdict = next((v for v in NEAREST if v in found), Verdict.NOT_MEASURABLE)
        return verdict, _first_reasons(parts, verdict)
    tested = [p for p in parts if p.verdict in DECIDED]
    kinds = [v for v in DECIDED if any(p.verdict is v for p in tested)]
    reasons = [_count(v, tested, tested) for v in kinds]
    if rest := len(parts) - len(tested):
        reasons.append(because("parts-untested", count=rest, parts=len(parts)))
    moved = [v for v in kinds if v is not Verdict.ACHIEVED]
    met = len(moved) < len(kinds)
    alone = len(moved) == 1 and (not met or moved[0] is Verdict.WANTED)
    return (moved[0] if alone else Verdict.NO_CLEAR_CHANGE), reasons


def _count(verdict: Verdict, parts: Sequence[PartVerdict], tested: Sequence[PartVerdict]) -> Reason:
    count = sum(p.verdict is verdict for p in parts)
    return because("composite", count=count, tested=len(tested), verdict=verdict.value)


def _first_reasons(parts: Sequence[PartVerdict], verdict: Verdict) -> list[Reason]:
    return list(next(p for p in parts if p.verdict is verdict).reasons)


def _with_return(
    parts: Sequence[PartVerdict], verdict: Verdict, returned: Evidence
) -> tuple[Verdict, Reason]:
    """Let a return end "local evidence due"; any other verdict stays as the figures made it.

    A returned figure is not tested, which is too early to say, unless the return reports a
    milestone or an award as reached: then it is achieved, and the reason says by whose word.
    """
    told = _returned_reason(returned)
    if verdict is not Verdict.LOCAL_DUE:
        return verdict, told
    worded = parts[0].assessment.measure.target
    if worded is not None and worded.value is None and returned.status == DONE:
        return Verdict.ACHIEVED, told
    return Verdict.TOO_EARLY, told


def _still_true(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """Return the reasons that hold once something was returned."""
    return tuple(reason for reason in reasons if reason.code != "local-due")


def _returned_reason(returned: Evidence) -> Reason:
    said = {name: getattr(returned, name) for name in ("status", "value", "unit", "period", "who")}
    when = ", ".join(text for text in (returned.status, returned.period) if text)
    if returned.value is not None:
        return because("returned-figure", **said, when=when)
    if returned.withheld:
        return because("returned-withheld", **said, when=when, why=returned.reason)
    return because("returned", **said)
