"""The Board page: how all measures of the strategy stand, on one page."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from hwb_analysis.assessment import (
    Assessment,
    Context,
    Judgement,
    as_rows,
    assess_all,
    comparators,
    judge,
    make_context,
    returned_fields,
    verdict_rows,
)
from hwb_analysis.assessment.model import last_read
from hwb_analysis.narrative import age_words, board_summary
from hwb_analysis.narrative.catalogue import number_of, say
from hwb_analysis.narrative.summary import worsened_beside_first
from hwb_analysis.reports import board_parts as parts
from hwb_analysis.reports import board_tools as tools
from hwb_analysis.reports.accessibility import check_page
from hwb_analysis.reports.content import SHOWN, content_key, data_of
from hwb_analysis.reports.manifest import PageState, RunRecord, product_version
from hwb_analysis.reports.render import NOBODY_NAMED, PageMeta, page
from hwb_analysis.reports.verdict_parts import (
    Verdicts,
    bullets,
    overlap_note,
    squares,
    verdict_counts,
)
from hwb_analysis.sources.returns import evidence, read_returns
from hwb_analysis.sources.snapshot import snapshot_at
from hwb_analysis.vocabulary import Comparison

if TYPE_CHECKING:
    from hwb_analysis.reports.manifest import ReportRecord
    from hwb_analysis.strategy.model import Priority, Strategy

PAGE = "index.html"
FIGURES_CSV = "board.csv"
FIGURES_JSON = "board.json"
RECENT_AFTER = 2022
RETURNED = (
    "Returned figure: the word of the partner named beside it. It is not tested, is compared with "
    "nothing and counts for no grade; one that was not public already is shown only after "
    "disclosure control, which withholds small numbers. The reports of the priorities say by "
    "which rule."
)


def write_board(folder: Path, run: RunRecord) -> Path:
    """Write ``index.html``, ``board.csv`` and ``board.json`` into a run's folder.

    Parameters
    ----------
    folder
        The folder of the run, with one folder a priority.
    run
        The record of the run; it says which pages are new, kept or missing, and the
        parameters of its reports, which are those of this page.

    Returns
    -------
    Path
        The page.
    """
    context = _context(run)
    assessments = assess_all(context)
    _, cut = snapshot_at(run.parameters.get("data_cut", ""))
    returns = read_returns(context.strategy).until(cut)
    judgement = judge(context, assessments, evidence=evidence(returns), page="the whole strategy")
    _write_figures(folder, assessments, context, judgement)
    text = board_page(assessments, context, run, judgement=judgement, folder=folder)
    path = folder / PAGE
    path.write_text(text, encoding="utf-8")
    return path


def _context(run: RunRecord) -> Context:
    from hwb_analysis.strategy import load_strategy

    given = run.parameters
    snapshot, cut = snapshot_at(given.get("data_cut", run.snapshot))
    return make_context(
        load_strategy(),
        snapshot,
        area=given.get("area", ""),
        comparator=given.get("comparator", ""),
        as_of=cut,
    )


def board_page(
    assessments: Sequence[Assessment],
    context: Context,
    run: RunRecord,
    *,
    judgement: Judgement | None = None,
    folder: Path | None = None,
) -> str:
    """Return the whole page; the family of tests is the whole strategy.

    ``folder`` is looked into for the other formats of the reports.
    """
    strategy = context.strategy
    measures = len(strategy.measures)
    states = {report.slug: report for report in run.reports}
    title = _title(context, assessments, measures)
    place = folder or Path()
    others = {slug: r.title for slug, r in states.items() if slug not in _slugs(strategy)}
    shown = Verdicts(
        judgement=judgement or judge(context, assessments, page="the whole strategy"),
        snapshot=context.snapshot,
        area_code=context.area_code,
        since=strategy.strategy.baseline.year,
        beside=comparators(context, assessments),
        as_of=context.as_of,
    )
    stages = (_stage(strategy, s, assessments, states, shown, place) for s in _stages(strategy))
    body = "\n".join(
        [
            f"<h1>{escape(title)}</h1>",
            _summary(assessments, shown),
            _verdicts(shown, measures),
            tools.at_a_glance(strategy, shown),
            _counts(assessments, measures),
            tools.filter_form(strategy),
            *stages,
            tools.more_pages(place, others),
            _reading_guide(assessments, shown),
        ]
    )
    text = page(
        title,
        body,
        nav=_nav(strategy),
        meta=_meta(assessments, context, run),
        description=f"Latest published figures against the {measures} success measures.",
        wide=True,
        script=tools.script(),
    )
    check_page(text, where=PAGE)
    return text


def _title(context: Context, assessments: Sequence[Assessment], measures: int) -> str:
    """Return the heading; an area that is not the strategy's own is named in it."""
    place = "" if context.area_code == context.strategy.area.code else f" in {assessments[0].area}"
    return f"How the {measures} measures stand{place}"


def _slugs(strategy: Strategy) -> set[str]:
    return {p.slug for p in strategy.priorities}


def _summary(assessments: Sequence[Assessment], shown: Verdicts) -> str:
    """Return the page for the Board: what first, what moved, what nobody can see."""
    told = board_summary(shown.judgement, shown.snapshot)
    worsened = worsened_beside_first(told, list(shown.judgement.measures.values()))
    blocks = [
        ("What to look at first", bullets([*told.first, _compared(parts.distinct(assessments))])),
        ("What improved", bullets(told.improved)),
        ("What worsened", bullets(worsened)),
        ("What nobody can see yet", bullets(told.unseen) + overlap_note(told.unseen)),
    ]
    if told.proxies:
        blocks.insert(3, (say("proxies"), bullets(told.proxies)))
    inner = "".join(f"<div><h2>{escape(title)}</h2>{text}</div>" for title, text in blocks)
    return f'<div class="opening">{inner}</div>'


def _compared(assessments: Sequence[Assessment]) -> str:
    """Return how the figures stand against the comparator, each figure once."""
    found = [a for a in assessments if a.comparison is not Comparison.NOT_COMPARED]
    counts = {word: sum(a.comparison is word for a in found) for word in Comparison}
    return (
        f"Of {number_of(len(found), 'figure')} that can be compared with "
        f"{assessments[0].comparator_area}, {counts[Comparison.BETTER]} compare better, "
        f"{counts[Comparison.SIMILAR]} similar and {counts[Comparison.WORSE]} worse."
    )


def _verdicts(shown: Verdicts, measures: int) -> str:
    told = board_summary(shown.judgement)
    return (
        '<h2 id="verdicts">How the measures move</h2>'
        f"<p>{measures} measures by the change since {shown.since}, each one square in the order "
        f"of the strategy; the sign in a square is that of the list.</p>"
        f"{squares(shown.judgement)}{verdict_counts(shown.judgement)}"
        f"<p>{escape(told.chance)}</p>"
    )


def _counts(assessments: Sequence[Assessment], measures: int) -> str:
    counts = parts.grade_counts(assessments)
    recent = parts.dated_after(assessments, RECENT_AFTER)
    return (
        '<h2 id="evidence">What is known</h2>'
        f"<p>{measures} measures by the best evidence each has. "
        f"<strong>{recent}</strong> of them have a figure dated after {RECENT_AFTER}.</p>"
        f"{parts.count_words(counts)}"
        f'<p><a href="{FIGURES_CSV}">Every figure on this page as CSV</a></p>'
    )


def _stages(strategy: Strategy) -> list[str]:
    return [stage.slug for stage in strategy.stages]


def _stage(
    strategy: Strategy,
    slug: str,
    assessments: Sequence[Assessment],
    states: Mapping[str, ReportRecord],
    shown: Verdicts,
    folder: Path,
) -> str:
    stage = strategy.stage(slug)
    own = [p for p in strategy.priorities if p.stage == slug]
    rows = {p.slug: [a for a in assessments if a.priority.slug == p.slug] for p in own}
    inner = "\n".join(_priority(p, rows[p.slug], states.get(p.slug), shown, folder) for p in own)
    return (
        f'<section class="stage" data-holds><h2 id="{slug}">{escape(stage.title)}</h2>\n'
        f"{inner}</section>"
    )


def _priority(
    priority: Priority,
    assessments: Sequence[Assessment],
    state: ReportRecord | None,
    shown: Verdicts,
    folder: Path,
) -> str:
    link, base = _report_link(priority, state)
    others = tools.downloads(folder, priority.slug) if base else ""
    rows = parts.table(assessments, f"{priority.title}: success measures", shown, base)
    return (
        f'<div data-holds><h3 id="{priority.slug}">{escape(priority.title)}</h3>\n'
        f'<p class="open">{link}{others}</p>\n{rows}</div>'
    )


def _report_link(priority: Priority, state: ReportRecord | None) -> tuple[str, str]:
    address = f"{priority.slug}/report.html"
    if state is None or state.page is PageState.NONE:
        return "The report has not been made.", ""
    link = f'<a href="{address}">Open the report on {escape(priority.title.lower())}</a>'
    if state.page is PageState.STUB:
        why = f"why there is no report on {escape(priority.title.lower())}"
        return f'The report could not be made: <a href="{address}">{why}</a>.', ""
    if state.page is PageState.KEPT:
        return (
            f"{link} <strong>(not updated in this run: made {state.updated[:10]})</strong>",
            address,
        )
    return link, address


def _reading_guide(assessments: Sequence[Assessment], shown: Verdicts) -> str:
    distinct = parts.distinct(assessments)
    compared = sum(a.comparison is not Comparison.NOT_COMPARED for a in distinct)
    return (
        '<h2 id="how-to-read">How to read this page</h2><ul>'
        f"<li>Against {escape(assessments[0].comparator_area)}: its value is read against the "
        "area's 95 % interval, the national convention; where the interval contains the value, "
        f"the two are similar. Of {compared} comparisons about {compared * 0.05:.0f} would differ "
        "by chance alone.</li>"
        f"<li>Since {shown.since}: the newest figure minus that of the latest period which ended "
        "on or before the strategy's baseline, with a 95 % interval. The verdict comes from this "
        f"change, allowing for the {shown.judgement.tested} figures tested here (Benjamini and "
        "Hochberg), and again without the periods of the pandemic; where the two answers differ "
        "it is no clear change. Fewer than five usable points give no verdict.</li>"
        "<li>National marker: the last five yearly points, tested at the 99.8 % level. It is "
        "shown as published rules define it and is no verdict on the measure.</li>"
        "<li>Gap between districts: the most minus the least deprived district, with a 95 % "
        "interval, where counts or limits are published.</li>"
        f"<li>Age: from the end of the period to {_counted_to(shown)}. Older than "
        f"{age_words(36)}: read with care.</li>"
        f"{_about_returns(shown)}"
        "<li>Not official statistics. Each input's publisher, release and licence stand in the "
        "data notes of the reports.</li></ul>"
    )


def _about_returns(shown: Verdicts) -> str:
    sent = any(m.returned is not None for m in shown.judgement.measures.values())
    return f"<li>{escape(RETURNED)}</li>" if sent else ""


def _counted_to(shown: Verdicts) -> str:
    """Return the day of the ages, and what day that is: no page is dated by its making."""
    if shown.as_of is None:
        return "the day the snapshot was read"
    day = f"{shown.as_of.day} {shown.as_of:%B %Y}"
    read = last_read(shown.snapshot)
    return f"{day}, the day this snapshot was read" if read == shown.as_of else day


def _nav(strategy: Strategy) -> str:
    links = "".join(f'<li><a href="#{s.slug}">{escape(s.title)}</a></li>' for s in strategy.stages)
    return (
        '<nav class="stages inner" aria-label="Stages of the strategy"><ul>'
        f'{links}<li><a href="#how-to-read">How to read this page</a></li></ul></nav>'
    )


def _meta(assessments: Sequence[Assessment], context: Context, run: RunRecord) -> PageMeta:
    newest = max((a.latest.period.end for a in assessments if a.latest), default=None)
    reach = f"data to {newest:%B %Y} · " if newest else ""
    return PageMeta(
        product=context.strategy.strategy.title,
        data=f"{reach}built from snapshot {context.snapshot.name}",
        facts=[
            ("Snapshot", context.snapshot.name),
            ("Area", f"{assessments[0].area} ({context.area_code})"),
            ("Ages counted to", f"{context.as_of.day} {context.as_of:%B %Y}"),
            ("Version", product_version()),
            ("Checksum of the inputs", content_key(data=data_of(run.inputs))[:SHOWN]),
        ],
        links=[("Record of this run", "manifest.json"), ("Figures as JSON", FIGURES_JSON)],
        contact=context.strategy.strategy.contact or NOBODY_NAMED,
    )


def _write_figures(
    folder: Path, assessments: Sequence[Assessment], context: Context, judgement: Judgement
) -> None:
    rows = as_rows(assessments, judgement)
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (folder / FIGURES_CSV).write_text(out.getvalue(), encoding="utf-8")
    summary = {
        "snapshot": context.snapshot.name,
        "as_of": context.as_of.isoformat(),
        "measures_total": len(context.strategy.measures),
        "by_grade": {g.value: n for g, n in parts.grade_counts(assessments).items()},
        "by_verdict": {v.value: n for v, n in judgement.counts().items()},
        "tested": judgement.tested,
        "expected_by_chance": round(judgement.expected_by_chance, 4),
        "dated_after_2022": parts.dated_after(assessments, RECENT_AFTER),
        "verdicts": verdict_rows(judgement),
        "figures": rows,
    } | _returns(judgement)
    text = json.dumps(summary, indent=1, ensure_ascii=False) + "\n"
    (folder / FIGURES_JSON).write_text(text, encoding="utf-8")


def _returns(judgement: Judgement) -> dict[str, object]:
    """Return older returns by measure, which no row has room for; nothing where none came."""
    older = {
        own: [returned_fields(one) for one in m.returned.older]
        for own, m in judgement.measures.items()
        if m.returned is not None and m.returned.older
    }
    return {"earlier_returns": older} if older else {}
