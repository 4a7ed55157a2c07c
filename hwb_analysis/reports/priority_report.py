"""The template notebook's page: one priority, for the reader that ``audience`` names.

Each kind of report is a choice among the same sections, in one order. What figures say is
shown from the assessments; what people have to say is taken from their files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path

from hwb_analysis.assessment import Context, as_rows, make_context
from hwb_analysis.errors import UsageError, did_you_mean
from hwb_analysis.narrative import verdict_sentence
from hwb_analysis.narrative.returned import received_words
from hwb_analysis.narrative.summary import chance_sentence, priority_summary
from hwb_analysis.narrative.verdicts import lead_part, source_of
from hwb_analysis.reports import chapter_figures, highlight, jsna, speaking
from hwb_analysis.reports.chapter import Chapter, open_chapter
from hwb_analysis.reports.emit import show_html, show_markdown
from hwb_analysis.reports.human import Section as Text
from hwb_analysis.reports.human import read_section, text_folder
from hwb_analysis.reports.human_slots import PRIORITY_SLOTS, Slot
from hwb_analysis.reports.parameters import DEFAULT_AUDIENCE
from hwb_analysis.reports.render import slug as anchor
from hwb_analysis.reports.report_parts import commitments_table, compact_table
from hwb_analysis.reports.returns_block import local_evidence
from hwb_analysis.reports.verdict_parts import bullets, running, verdict_counts

CHAPTER, ANNUAL, HIGHLIGHT = "chapter", "annual", "highlight"
DASHBOARD, SPEAKING = "dashboard", "speaking"
KIND = {
    CHAPTER: "",
    ANNUAL: "annual report",
    HIGHLIGHT: "highlight report",
    DASHBOARD: "dashboard",
    SPEAKING: "speaking note",
}


# One page, two pages: these leave no room for wide margins.
BRIEF = (DASHBOARD, SPEAKING, HIGHLIGHT)


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its name in the notebook, its heading, and the kinds that show it."""

    name: str
    heading: str
    kinds: tuple[str, ...]
    show: Callable[[PriorityReport], None]


def open_report(
    priority: str,
    area: str = "",
    comparator: str = "",
    data_cut: str = "",
    audience: str = DEFAULT_AUDIENCE,
    suppression: str = "published",
) -> PriorityReport:
    """Return the report that the parameters of the template notebook describe.

    Parameters
    ----------
    priority, area, comparator, data_cut, suppression
        As for :func:`~hwb_analysis.reports.chapter.open_chapter`.
    audience
        ``chapter`` (the full needs assessment), ``dashboard`` (one page), ``highlight``
        (two pages), ``annual`` (the subgroup's report) or ``speaking`` (one page).

    Raises
    ------
    UsageError
        When the audience does not exist.
    """
    if audience not in KIND:
        raise UsageError(
            f"there is no audience '{audience}'", remedy=did_you_mean(audience, [*KIND])
        )
    chapter = open_chapter(priority, area, comparator, data_cut, audience, suppression)
    return PriorityReport(chapter, audience, text_folder())


@dataclass(frozen=True)
class PriorityReport:
    """One report; :meth:`show` shows a section where the kind of report has it."""

    chapter: Chapter
    audience: str
    folder: Path = field(default_factory=text_folder)

    @cached_property
    def context(self) -> Context:
        """What the assessments of the page were made for."""
        chapter = self.chapter
        return make_context(
            chapter.strategy,
            chapter.snapshot,
            area=chapter.verdicts.area_code,
            comparator=chapter.comparator_code,
            as_of=chapter.as_of,
        )

    @property
    def sections(self) -> list[str]:
        """Names of the sections of this kind of report, in order."""
        return [one.name for one in SECTIONS if self.audience in one.kinds]

    def show_title(self) -> None:
        """Show the heading and what the page is; write the figures of the measures."""
        self.chapter.show_title(KIND[self.audience], brief=self.audience in BRIEF)
        if self.audience != CHAPTER:
            rows = as_rows(self.chapter.assessments, self.chapter.judgement)
            chapter_figures.write_rows(rows, "measures")

    def show(self, *names: str) -> None:
        """Show sections by name; those that this kind of report lacks are passed over.

        Raises
        ------
        UsageError
            When there is no such section in any kind.
        """
        for name in names:
            if name not in BY_NAME:
                raise UsageError(
                    f"there is no section '{name}'", remedy=did_you_mean(name, [*BY_NAME])
                )
            section = BY_NAME[name]
            if self.audience in section.kinds:
                heading = section.heading
                show_html(f'<h2 id="{anchor(heading)}">{escape(heading)}</h2>')
                section.show(self)

    def text(self, slot: Slot) -> Text:
        """Return one section that people write."""
        known = {c.id: c.text for c in self.chapter.priority.commitments}
        return read_section(self.chapter.priority.slug, slot, folder=self.folder, commitments=known)


def _human(slot: Slot) -> Callable[[PriorityReport], None]:
    def show(report: PriorityReport) -> None:
        show_html(report.text(slot).to_html())

    return show


def _front(report: PriorityReport) -> None:
    jsna.show_front(report.context, report.chapter.priority)


def _summary(report: PriorityReport) -> None:
    chapter = report.chapter
    if report.audience != DASHBOARD:
        chapter.show_summary()
    else:
        lines = priority_summary(chapter.judgement, chapter.snapshot)
        show_html("".join(f"<p>{running(text)}</p>" for text in lines[:2]))
    came = received_words(chapter.judgement.measures.values())
    if came:
        show_html(f"<p>{escape(came)}</p>")


def _measures(report: PriorityReport) -> None:
    chapter = report.chapter
    if report.audience == CHAPTER:
        chapter.show_measures()
        _returned(report)
        return
    found = list(chapter.judgement.measures.values())
    show_html(compact_table(found, chapter.verdicts, f"{chapter.priority.title}: success measures"))
    if report.audience == ANNUAL:
        show_html(verdict_counts(chapter.judgement))
        show_html(f'<p class="small">{escape(chance_sentence(chapter.judgement))}</p>')
        _returned(report)


def _returned(report: PriorityReport) -> None:
    chapter = report.chapter
    told = local_evidence(chapter.strategy, chapter.priority, chapter.returns)
    if told:
        show_html(told)


def _changes(report: PriorityReport) -> None:
    chapter = report.chapter
    rows = as_rows(chapter.assessments, chapter.judgement)
    show_html(highlight.changes_html(chapter.priority.slug, rows))


def _movers(report: PriorityReport) -> None:
    show_html(highlight.movers_html(report.chapter.judgement))


def _stale(report: PriorityReport) -> None:
    chapter = report.chapter
    show_html(highlight.stale_html(chapter.assessments, chapter.verdicts.since))


def _owed(report: PriorityReport) -> None:
    show_html(highlight.owed_html(report.chapter.priority, report.chapter.returns))


def _findings(report: PriorityReport) -> None:
    told = speaking.three_findings(report.chapter.judgement)
    if not told:
        show_markdown("No measure of this priority has a figure in this snapshot.")
        return
    show_html("<ol>" + "".join(f"<li>{running(t)}</li>" for t in told) + "</ol>")


def _questions(report: PriorityReport) -> None:
    chapter = report.chapter
    asked = speaking.questions(
        chapter.priority, chapter.assessments, chapter.judgement, chapter.returns
    )
    show_html("".join(f"<h3>{escape(q.asked)}</h3><p>{running(q.answer)}</p>" for q in asked))


def _outcomes(report: PriorityReport) -> None:
    chapter = report.chapter
    seen = [m for m in chapter.judgement.measures.values() if lead_part(m) is not None]
    told = [
        verdict_sentence(m, source=source_of(m, chapter.snapshot)) + f" ({m.measure.id})"
        for m in seen
    ]
    show_html(bullets(told) if told else "<p>No measure has a figure of its own here.</p>")
    show_html("<h3>What has no figure</h3>" + _missing(report))


def _commitments(report: PriorityReport) -> None:
    show_html(commitments_table(report.chapter.priority, report.chapter.returns))


def _gaps(report: PriorityReport) -> None:
    show_html(report.text(_slot("gaps")).to_html())
    show_html("<h3>Figures that are missing</h3>" + _missing(report))


def _missing(report: PriorityReport) -> str:
    return jsna.gaps_table(report.chapter.assessments, report.chapter.judgement)


def _sources(report: PriorityReport) -> None:
    chapter = report.chapter
    used = [a.part.series.id for a in chapter.drawn if a.part]
    used += [link.series for link in chapter.priority.gradients]
    jsna.show_sources(report.context, used)


def _slot(name: str) -> Slot:
    return next(slot for slot in PRIORITY_SLOTS if slot.name == name)


def _written(name: str, show: Callable[[PriorityReport], None] | None = None) -> Section:
    slot = _slot(name)
    return Section(name, slot.title, slot.kinds, show or _human(slot))


ALL = (CHAPTER, ANNUAL, DASHBOARD)
SECTIONS: Sequence[Section] = (
    Section("front", "About this chapter", (CHAPTER,), _front),
    Section("summary", "Summary", ALL, _summary),
    Section("findings", "Three findings", (SPEAKING,), _findings),
    Section("questions", "What members may ask", (SPEAKING,), _questions),
    Section("changes", "What changed since the last run", (HIGHLIGHT,), _changes),
    Section("movers", "Clearest movers", (HIGHLIGHT,), _movers),
    _written("why-this-matters"),
    _written("who-is-at-risk"),
    Section(
        "population", "Population", (CHAPTER,), lambda report: jsna.show_population(report.context)
    ),
    Section("measures", "Success measures", ALL, _measures),
    Section("each", "Each measure", (CHAPTER,), lambda report: report.chapter.show_each()),
    Section("outcomes", "Outcomes", (ANNUAL,), _outcomes),
    Section(
        "inequality", "Inequality", (CHAPTER,), lambda report: report.chapter.show_inequality()
    ),
    Section("place", "Place", (CHAPTER,), lambda report: report.chapter.show_place()),
    Section("future", "Future need", (CHAPTER,), lambda _: jsna.show_future()),
    _written("services"),
    _written("what-people-say"),
    _written("what-works"),
    _written("gaps", _gaps),
    Section("stale", "Old figures", (HIGHLIGHT,), _stale),
    Section("owed", "Local evidence owed", (HIGHLIGHT,), _owed),
    Section("commitments", "Commitments", (CHAPTER, ANNUAL, HIGHLIGHT), _commitments),
    _written("recommendations"),
    _written("challenges"),
    _written("forward-plan"),
    _written("case-studies"),
    _written("residents-voice"),
    _written("equality"),
    _written("risks-and-decisions"),
    Section("notes", "Data notes", (CHAPTER, ANNUAL), lambda report: report.chapter.show_notes()),
    Section("sources", "Sources and words", (CHAPTER,), _sources),
)
BY_NAME = {one.name: one for one in SECTIONS}
