"""What the template notebook shows: one priority, section by section.

The notebook calls one method a section; everything that is computed, worded or drawn
comes from the rows above this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape

from hwb_analysis.assessment import (
    Assessment,
    Judgement,
    as_rows,
    assess_all,
    comparators,
    judge,
    make_context,
)
from hwb_analysis.narrative import findings, priority_summary
from hwb_analysis.narrative.catalogue import number_of, say
from hwb_analysis.narrative.summary import chance_sentence, proxies_moved, unseen_kinds
from hwb_analysis.reports import board_parts, chapter_figures
from hwb_analysis.reports.data_notes import cautions_html, notes_frame, official_words
from hwb_analysis.reports.disclosure_words import disclosure_words
from hwb_analysis.reports.emit import show_html, show_markdown, show_table
from hwb_analysis.reports.parameters import DEFAULT_AUDIENCE
from hwb_analysis.reports.report_parts import commitments_table
from hwb_analysis.reports.verdict_parts import Verdicts, bullets, overlap_note, running
from hwb_analysis.sources.returns import Returns, evidence, read_returns
from hwb_analysis.sources.snapshot import Snapshot, snapshot_at
from hwb_analysis.strategy import load_strategy
from hwb_analysis.strategy.model import Priority, Strategy

NO_CHART = (
    "There is no chart in this section: none of the measures of this priority has a figure "
    "in this snapshot. The table above gives the reason for each."
)


def open_chapter(
    priority: str,
    area: str = "",
    comparator: str = "",
    data_cut: str = "",
    audience: str = DEFAULT_AUDIENCE,
    suppression: str = "published",
) -> Chapter:
    """Return the chapter that the parameters of the template notebook describe.

    Parameters
    ----------
    priority
        Slug or code of the priority.
    area, comparator
        Codes; the registry's own area and nation when empty.
    data_cut
        Name of a snapshot, or an ISO date: figures of periods that end later are
        left out and ages are counted to that day. Empty for the newest snapshot, today.
    audience, suppression
        Recorded in the data notes.
    """
    strategy = load_strategy()
    snapshot, as_of = snapshot_at(data_cut)
    context = make_context(strategy, snapshot, area=area, comparator=comparator, as_of=as_of)
    chosen = strategy.priority(priority)
    assessments = assess_all(context, chosen.measures)
    returns = read_returns(strategy).until(as_of)
    return Chapter(
        strategy=strategy,
        snapshot=snapshot,
        priority=chosen,
        assessments=assessments,
        verdicts=Verdicts(
            judgement=judge(context, assessments, evidence=evidence(returns), page="this page"),
            snapshot=snapshot,
            area_code=context.area_code,
            since=strategy.strategy.baseline.year,
            beside=comparators(context, assessments),
            as_of=context.as_of,
        ),
        as_of=context.as_of,
        audience=audience,
        suppression=suppression,
        returns=returns,
        comparator_code=context.comparator_code,
    )


@dataclass(frozen=True)
class Chapter:
    """One priority report; every method shows one section."""

    strategy: Strategy
    snapshot: Snapshot
    priority: Priority
    assessments: tuple[Assessment, ...]
    verdicts: Verdicts
    as_of: date
    audience: str
    suppression: str
    returns: Returns
    comparator_code: str

    @property
    def drawn(self) -> list[Assessment]:
        """The parts that can be drawn: with a figure of the area, or of its districts."""
        return [a for a in self.assessments if a.latest is not None or len(a.districts) > 1]

    @property
    def judgement(self) -> Judgement:
        """The verdicts on the measures of this page, which are one family of tests."""
        return self.verdicts.judgement

    @property
    def area(self) -> str:
        """Name of the area the chapter is about."""
        return self.assessments[0].area

    def show_title(self, kind: str = "", *, brief: bool = False) -> None:
        """Show the heading, what the page is, and what it is not.

        ``brief`` asks of the documents made from the page that they be set close.
        """
        stage = self.strategy.stage(self.priority.stage).title
        title = f"{self.priority.title}: {kind}" if kind else self.priority.title
        close = ' data-print="brief"' if brief else ""
        show_html(f"<h1{close}>{escape(title)}</h1>")
        show_markdown(
            f"{stage}, priority {self.priority.code} of the {self.strategy.strategy.title}. "
            f"{self._whose_figures()} for {self.area} against the strategy's "
            f"{number_of(len(self.priority.measures), 'success measure')}. Not official "
            f"statistics; the data notes name each publisher and say what each source was "
            f"published as."
        )

    def _whose_figures(self) -> str:
        """Return whether the figures are published ones, local ones or both."""
        used = [a.part.series.id for a in self.drawn if a.part]
        own = sum(one.startswith("local:") for one in used)
        if not own:
            return "Published figures"
        return "Published and local figures" if own < len(used) else "Local figures"

    def show_summary(self) -> None:
        """Show three sentences, up to three figures, and what cannot be seen."""
        lines = priority_summary(self.judgement, self.snapshot)
        show_html("".join(f"<p>{running(text)}</p>" for text in lines[:2]))
        told = findings(self.assessments)
        if told:
            items = "".join(f"<li>{running(t)}</li>" for t in told)
            show_html(f"<h3>Where the figures stand</h3><ul>{items}</ul>")
        else:
            show_markdown(
                "No measure of this priority has a figure for the whole area in this snapshot."
            )
        moved = proxies_moved(list(self.judgement.measures.values()))
        if moved:
            show_html(f"<h3>{escape(say('proxies'))}</h3>{bullets(moved)}")
        unseen = unseen_kinds(list(self.judgement.measures.values()))
        if unseen:
            items = "".join(f"<li>{escape(text)}.</li>" for text in unseen)
            note = overlap_note(unseen)
            show_html(f'<div class="box"><h3>What we cannot see</h3><ul>{items}</ul>{note}</div>')

    def show_commitments(self) -> None:
        """Show what the partners promised, and what officers returned on it."""
        show_html(commitments_table(self.priority, self.returns))

    def show_measures(self) -> None:
        """Show the table of all measures and write its figures."""
        caption = f"{self.priority.title}: success measures"
        show_html(board_parts.table(self.assessments, caption, self.verdicts))
        show_html(f'<p class="small">{escape(chance_sentence(self.judgement))}</p>')
        chapter_figures.write_rows(as_rows(self.assessments, self.judgement), "measures")

    def show_each(self) -> None:
        """Show each part that has a figure: chart, district dots, test and caution."""
        if not self.drawn:
            show_markdown(NO_CHART)
        for assessment in self.drawn:
            chapter_figures.show_measure(assessment, self.strategy, self.snapshot)

    def show_inequality(self) -> None:
        """Show district gaps and deprivation gradients, or why there are none."""
        chapter_figures.show_gaps(self.drawn, self.strategy, self.snapshot)
        for link in self.priority.gradients:
            chapter_figures.show_gradient(link, self.strategy, self.snapshot)
        if not self.priority.gradients:
            show_markdown(
                "No gradient across deprivation groups is drawn: this snapshot holds no "
                "small-area counts that belong to this priority."
            )

    def show_place(self) -> None:
        """Show a district map of the first measure with district figures."""
        mapped = [a for a in self.drawn if len(a.districts) > 1]
        if not mapped:
            show_markdown("No map: none of the series above has figures for the districts.")
        for assessment in mapped[:1]:
            chapter_figures.show_map(assessment, self.strategy, self.snapshot)

    def show_notes(self) -> None:
        """Show one row a series, and the cautions that belong to them."""
        gradients = [link.series for link in self.priority.gradients]
        notes = notes_frame(self.drawn, gradients, self.snapshot)
        if notes.empty:
            show_markdown("No series: there is nothing to describe.")
            return
        show_table(notes, "Series used on this page", name="data-notes")
        told = cautions_html(self.drawn)
        if told:
            show_html(told)
        used = [a.part.series.id for a in self.drawn if a.part]
        show_markdown(official_words([*used, *gradients], self.snapshot))
        told = disclosure_words([*used, *gradients], self.snapshot.series, self.suppression)
        show_markdown(f"Ages are counted to {self.as_of.day} {self.as_of:%B %Y}. {told}")
