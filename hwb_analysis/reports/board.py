"""The Board page: how all measures of the strategy stand, on one page."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from hwb_analysis.assessment import Assessment, Context, as_rows, assess_all, make_context
from hwb_analysis.narrative import age_words, cannot_see, finding
from hwb_analysis.reports import board_parts as parts
from hwb_analysis.reports.accessibility import check_page
from hwb_analysis.reports.manifest import PageState, RunRecord
from hwb_analysis.reports.render import PageMeta, page
from hwb_analysis.vocabulary import Comparison, TrendMarker

if TYPE_CHECKING:
    from hwb_analysis.reports.manifest import ReportRecord
    from hwb_analysis.strategy.model import Priority, Strategy

PAGE = "index.html"
FIGURES_CSV = "board.csv"
FIGURES_JSON = "board.json"
RECENT_AFTER = 2022
WORSENING = (TrendMarker.INCREASING_WORSE, TrendMarker.DECREASING_WORSE)
IMPROVING = (TrendMarker.INCREASING_BETTER, TrendMarker.DECREASING_BETTER)


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
    _write_figures(folder, assessments, context, run)
    text = board_page(assessments, context, run)
    path = folder / PAGE
    path.write_text(text, encoding="utf-8")
    return path


def _context(run: RunRecord) -> Context:
    from hwb_analysis.sources.snapshot import snapshot_at
    from hwb_analysis.strategy import load_strategy

    given = run.parameters
    snapshot, cut = snapshot_at(given.get("data_cut", run.snapshot))
    return make_context(
        load_strategy(),
        snapshot,
        area=given.get("area", ""),
        comparator=given.get("comparator", ""),
        as_of=cut or date.fromisoformat(run.started[:10]),
    )


def board_page(assessments: Sequence[Assessment], context: Context, run: RunRecord) -> str:
    """Return the whole page."""
    strategy = context.strategy
    measures = len(strategy.measures)
    states = {report.slug: report for report in run.reports}
    body = "\n".join(
        [
            f"<h1>How the {measures} measures stand</h1>",
            _opening(assessments),
            _counts(assessments, measures),
            *(_stage(strategy, slug, assessments, states) for slug in _stages(strategy)),
            _reading_guide(assessments),
        ]
    )
    text = page(
        f"How the {measures} measures stand",
        body,
        nav=_nav(strategy),
        meta=_meta(assessments, context, run),
        description=f"Latest published figures against the {measures} success measures.",
        wide=True,
    )
    check_page(text, where=PAGE)
    return text


def _opening(everything: Sequence[Assessment]) -> str:
    # Measures that rest on the same figure count it once.
    assessments = parts.distinct(everything)
    first, *rest = _look_first(assessments)
    paragraphs = [f"<strong>{escape(first)}</strong> {escape(' '.join(rest))}"]
    paragraphs += [escape(text) for text in (_what_moved(assessments), _unseen(everything))]
    return '<div class="opening">' + "".join(f"<p>{p.strip()}</p>" for p in paragraphs) + "</div>"


def _look_first(assessments: Sequence[Assessment]) -> list[str]:
    compared = [a for a in assessments if a.comparison is not Comparison.NOT_COMPARED]
    worse = [a for a in compared if a.comparison is Comparison.WORSE]
    counts = (
        f"Of {len(compared)} figures that can be compared with {assessments[0].comparator_area}, "
        f"{sum(a.comparison is Comparison.BETTER for a in compared)} are better, "
        f"{sum(a.comparison is Comparison.SIMILAR for a in compared)} similar and "
        f"{len(worse)} worse."
    )
    proper = [a for a in worse if not a.is_proxy]
    if proper:
        firm = [a for a in proper if a.comparison_998 is Comparison.WORSE]
        return [f"Look first: {finding((firm or proper)[0])}", counts]
    # A proxy is named as what it is, never as the measure it stands in for.
    return [counts, *(f"Worse, and a proxy: {finding(a)}" for a in worse)]


def _what_moved(assessments: Sequence[Assessment]) -> str:
    tested = [a for a in assessments if a.marker.word is not TrendMarker.NOT_CALCULATED]
    worse = [a for a in tested if a.marker.word in WORSENING]
    better = [a for a in tested if a.marker.word in IMPROVING]
    text = (
        f"On the national five-point marker {len(tested)} figures could be tested: "
        f"{len(better)} getting better, {len(worse)} getting worse, "
        f"{len(tested) - len(better) - len(worse)} with no judgement or no significant change."
    )
    names = "; ".join(dict.fromkeys(_named(a) for a in worse))
    return f"{text} Getting worse: {names}." if names else text


def _named(assessment: Assessment) -> str:
    return f"{assessment.heading}{' (proxy)' if assessment.is_proxy else ''}"


def _unseen(assessments: Sequence[Assessment]) -> str:
    return "Nobody can see yet: " + "; ".join(cannot_see(assessments)) + "."


def _counts(assessments: Sequence[Assessment], measures: int) -> str:
    counts = parts.grade_counts(assessments)
    recent = parts.dated_after(assessments, RECENT_AFTER)
    return (
        '<h2 id="evidence">What is known</h2>'
        f"<p>{measures} measures by the best evidence each has. "
        f"<strong>{recent}</strong> of them have a figure dated after {RECENT_AFTER}.</p>"
        f"{parts.count_words(counts)}{parts.squares(assessments)}"
        f'<p class="small">One square a measure, in the order of the strategy. '
        f"Filled: tested against {escape(assessments[0].comparator_area)} (● better, ○ similar, "
        "▲ worse, ◆ higher, ◇ lower); dashed: the publisher's own word; hatched: value only, not "
        "compared; empty: no figure.</p>"
        f'<p><a href="{FIGURES_CSV}">Every figure on this page as CSV</a></p>'
    )


def _stages(strategy: Strategy) -> list[str]:
    return [stage.slug for stage in strategy.stages]


def _stage(
    strategy: Strategy,
    slug: str,
    assessments: Sequence[Assessment],
    states: Mapping[str, ReportRecord],
) -> str:
    stage = strategy.stage(slug)
    inner = "\n".join(
        _priority(p, [a for a in assessments if a.priority.slug == p.slug], states.get(p.slug))
        for p in strategy.priorities
        if p.stage == slug
    )
    return f'<section class="stage"><h2 id="{slug}">{escape(stage.title)}</h2>\n{inner}</section>'


def _priority(
    priority: Priority, assessments: Sequence[Assessment], state: ReportRecord | None
) -> str:
    link, base = _report_link(priority, state)
    return (
        f'<h3 id="{priority.slug}">{escape(priority.title)}</h3>\n<p class="open">{link}</p>\n'
        + parts.table(assessments, f"{priority.title}: success measures", base)
    )


def _report_link(priority: Priority, state: ReportRecord | None) -> tuple[str, str]:
    address = f"{priority.slug}/report.html"
    if state is None or state.page is PageState.NONE:
        return "The report has not been made.", ""
    link = f'<a href="{address}">Open the report on {escape(priority.title.lower())}</a>'
    if state.page is PageState.STUB:
        return f"The report could not be made: <a href='{address}'>why</a>.", ""
    if state.page is PageState.KEPT:
        return (
            f"{link} <strong>(not updated in this run: made {state.updated[:10]})</strong>",
            address,
        )
    return link, address


def _reading_guide(assessments: Sequence[Assessment]) -> str:
    distinct = parts.distinct(assessments)
    compared = sum(a.comparison is not Comparison.NOT_COMPARED for a in distinct)
    return (
        '<h2 id="how-to-read">How to read this page</h2><ul>'
        f"<li>Against {escape(assessments[0].comparator_area)}: its value is read against the "
        "area's 95 % interval, the national convention; where the interval contains the value, "
        f"the two are similar. Of {compared} comparisons about {compared * 0.05:.0f} would differ "
        "by chance alone.</li>"
        "<li>National marker: the last five yearly points, tested at the 99.8 % level. It is "
        "shown as published rules define it and is no verdict on the measure.</li>"
        "<li>Gap between districts: the most minus the least deprived district, with a 95 % "
        "interval, where counts or limits are published.</li>"
        "<li>Age: from the end of the period to the day this page was made. Older than "
        f"{age_words(36)}: read with care.</li>"
        "<li>Not official statistics. Each input's publisher, release and licence stand in the "
        "data notes of the reports.</li></ul>"
    )


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
            ("Made", f"{run.started[:10]}, run {run.run_id}"),
            ("Snapshot", context.snapshot.name),
            ("Area", f"{assessments[0].area} ({context.area_code})"),
        ],
        links=[("Record of this run", "manifest.json"), ("Figures as JSON", FIGURES_JSON)],
    )


def _write_figures(
    folder: Path, assessments: Sequence[Assessment], context: Context, run: RunRecord
) -> None:
    rows = as_rows(assessments)
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (folder / FIGURES_CSV).write_text(out.getvalue(), encoding="utf-8")
    summary = {
        "run": run.run_id,
        "snapshot": context.snapshot.name,
        "as_of": context.as_of.isoformat(),
        "measures_total": len(context.strategy.measures),
        "by_grade": {g.value: n for g, n in parts.grade_counts(assessments).items()},
        "dated_after_2022": parts.dated_after(assessments, RECENT_AFTER),
        "figures": rows,
    }
    text = json.dumps(summary, indent=1, ensure_ascii=False) + "\n"
    (folder / FIGURES_JSON).write_text(text, encoding="utf-8")
