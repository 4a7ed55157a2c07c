"""What the Board's annual report shows: the whole strategy, a section a stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from pathlib import Path

import pandas as pd

from hwb_analysis.assessment import (
    Assessment,
    Context,
    Judgement,
    MeasureVerdict,
    assess_all,
    comparators,
    judge,
    make_context,
    verdict_rows,
)
from hwb_analysis.figures.rug import overview_table
from hwb_analysis.narrative import board_summary
from hwb_analysis.narrative.summary import counts_sentence
from hwb_analysis.reports import chapter_figures
from hwb_analysis.reports.board_parts import distinct
from hwb_analysis.reports.chapter_figures import show_gaps, trend_of
from hwb_analysis.reports.emit import show, show_html, show_markdown, show_table
from hwb_analysis.reports.human import read_section, text_folder
from hwb_analysis.reports.human_slots import BOARD, BOARD_SLOTS
from hwb_analysis.reports.overview_cells import area_order, cells_of
from hwb_analysis.reports.report_parts import commitments_table, compact_table
from hwb_analysis.reports.strategy_figures import (
    Block,
    contributors_block,
    overview_blocks,
    pairs_block,
    plan_block,
    population_block,
)
from hwb_analysis.reports.verdict_parts import Verdicts, bullets, running, verdict_counts
from hwb_analysis.sources.returns import Returns, evidence, read_returns
from hwb_analysis.sources.snapshot import snapshot_at
from hwb_analysis.strategy import load_strategy
from hwb_analysis.strategy.model import Priority, Strategy
from hwb_analysis.strategy.words import ValueType
from hwb_analysis.vocabulary import SeriesUse, Verdict

LENGTH_OF_LIFE = (ValueType.LIFE_EXPECTANCY, ValueType.SLOPE_INDEX)
FAMILY = "the whole strategy"
REPLACED = (SeriesUse.ALTERNATIVE, SeriesUse.INVERSE, SeriesUse.PROXY)


def open_board_annual(area: str = "", comparator: str = "", data_cut: str = "") -> BoardAnnual:
    """Return the annual report of the Board.

    Parameters
    ----------
    area, comparator
        Codes; the registry's own area and nation when empty.
    data_cut
        Name of a snapshot, or an ISO date; the newest when empty.
    """
    strategy = load_strategy()
    snapshot, as_of = snapshot_at(data_cut)
    context = make_context(strategy, snapshot, area=area, comparator=comparator, as_of=as_of)
    assessments = assess_all(context)
    returns = read_returns(strategy)
    shown = Verdicts(
        judgement=judge(context, assessments, evidence=evidence(returns), page=FAMILY),
        snapshot=snapshot,
        area_code=context.area_code,
        since=strategy.strategy.baseline.year,
        beside=comparators(context, assessments),
        as_of=context.as_of,
    )
    return BoardAnnual(context, tuple(assessments), shown, returns, text_folder())


@dataclass(frozen=True)
class BoardAnnual:
    """The annual report; every method shows one section."""

    context: Context
    assessments: tuple[Assessment, ...]
    verdicts: Verdicts
    returns: Returns
    folder: Path

    @property
    def strategy(self) -> Strategy:
        """The registry."""
        return self.context.strategy

    @property
    def judgement(self) -> Judgement:
        """The verdicts, tested as one family over the whole strategy."""
        return self.verdicts.judgement

    @cached_property
    def apart(self) -> list[Assessment]:
        """Each figure once."""
        return distinct(self.assessments)

    def _of(self, priority: Priority) -> list[MeasureVerdict]:
        return [self.judgement.measures[m.id] for m in priority.measures]

    def show_title(self) -> None:
        """Show the heading and what the report is."""
        about = self.strategy.strategy
        show_markdown("# Annual report of the Board")
        show_markdown(
            f"{about.title}, {about.starts} to {about.ends}: {len(self.strategy.priorities)} "
            f"priorities, {len(self.strategy.commitments)} commitments, "
            f"{len(self.strategy.measures)} success measures. The figures and their sentences come "
            f"from published data; sections that people write are marked. Not official statistics."
        )

    def show_text(self, name: str) -> None:
        """Show a section that people write, or its slot."""
        slot = next(slot for slot in BOARD_SLOTS if slot.name == name)
        show_html(read_section(BOARD, slot, folder=self.folder).to_html())

    def show_summary(self) -> None:
        """Show what to look at first, what moved, and what nobody can see."""
        told = board_summary(self.judgement, self.context.snapshot)
        blocks = [
            ("What to look at first", told.first),
            ("What improved", told.improved),
            ("What worsened", told.worsened),
            ("What nobody can see yet", told.unseen),
        ]
        show_html(f"<p>{running(told.counts)}</p>")
        show_html("".join(f"<h3>{escape(t)}</h3>{bullets(lines)}" for t, lines in blocks))
        show_html(f'<p class="small">{escape(told.chance)}</p>')

    def show_counts(self) -> None:
        """Show how many measures have each verdict, and by priority."""
        show_html(verdict_counts(self.judgement))
        show_table(self.league(), "Verdicts by priority", name="verdicts-by-priority")
        chapter_figures.write_rows(verdict_rows(self.judgement), "verdicts")

    def league(self) -> pd.DataFrame:
        """Return the number of measures with each verdict, a row a priority."""
        rows = []
        for priority in self.strategy.priorities:
            found = [m.verdict for m in self._of(priority)]
            counts = {_heading(v): found.count(v) for v in Verdict}
            rows.append({"Priority": priority.title, "Measures": len(found), **counts})
        frame = pd.DataFrame(rows)
        # A verdict that no measure has would be a column of noughts; the list above names it.
        empty = [c for c in frame.columns[2:] if not frame[c].any() and c != _heading(ACHIEVED)]
        return frame.drop(columns=empty)

    def show_life(self) -> None:
        """Show length of life, healthy life and their slope index over time."""
        found = [
            a
            for a in self.apart
            if a.part is not None
            and a.latest is not None
            and a.part.indicator.value_type in LENGTH_OF_LIFE
            and a.history["value"].notna().sum() > 1
        ]
        if not found:
            show_markdown("No life expectancy of the area stands in this snapshot.")
        for assessment in found:
            show(trend_of(assessment, self.context.snapshot))

    def show_stages(self) -> None:
        """Show each stage of life, then the priorities that cut across."""
        for stage in self.strategy.stages:
            show_html(f'<h2 id="{stage.slug}">{escape(stage.title)}</h2>')
            for priority in self.strategy.priorities:
                if priority.stage == stage.slug:
                    self._show_priority(priority)

    def _show_priority(self, priority: Priority) -> None:
        found = self._of(priority)
        title = escape(priority.title)
        show_html(f'<h3 id="{priority.slug}">{title}</h3><p>{running(counts_sentence(found))}</p>')
        show_html(compact_table(found, self.verdicts, f"{priority.title}: success measures"))
        show_html(commitments_table(priority, self.returns))

    def show_spread(self) -> None:
        """Show the inequality spread: most and least deprived district, and each gap."""
        block = pairs_block(self.context, self.apart)
        block.show(level=3)
        if block.drawn is None:
            show_gaps([], self.strategy, self.context.snapshot)

    def show_figures(self) -> None:
        """Show the strategy's own figures, drawn again: population, overview, plan, model."""
        blocks = [
            population_block(self.context),
            *map(self._once, overview_blocks(self.context, self.assessments)),
            plan_block(self.context),
            contributors_block(self.context),
        ]
        for block in blocks:
            block.show(level=3)

    def _once(self, block: Block) -> Block:
        """Return an overview with its table once, beneath the picture; all rows are in its CSV."""
        stage = block.name.removeprefix("figure-overview-")
        own = [a for a in self.assessments if a.priority.stage == stage]
        if block.drawn is None or not own:
            return block
        cells = cells_of(distinct(own))
        table = overview_table(cells, own[0].comparator_area, areas=area_order(self.context, own))
        words = block.before.partition('<div class="table-scroll"')[0]
        return replace(block, before=words, drawn=replace(block.drawn, table=table))

    def show_method(self) -> None:
        """Show how the verdicts were made."""
        day = f"{self.context.as_of.day} {self.context.as_of:%B %Y}"
        lines = [
            f"Data: snapshot {self.context.snapshot.name}; periods and ages to {day}.",
            f"Change is counted from the latest period that ended on or before "
            f"{_day(self.strategy)}, with a 95 % interval, and tested again without the periods "
            f"of the pandemic; where the two answers differ there is no clear change.",
            f"{self.judgement.tested} figures were tested as one family (Benjamini and "
            f"Hochberg); {self.judgement.flagged_unadjusted} had p below 0.05 before the "
            f"adjustment, {self.judgement.flagged} stand after it.",
            "A figure is compared with its comparator by its own 95 % interval. Without an "
            "interval there is no comparison, and without five usable points no verdict.",
            "A proxy never makes a verdict on a measure. What officers return stands beside the "
            "figures and is not mixed with them.",
        ]
        show_html(bullets(lines))

    def show_changes(self) -> None:
        """Show which figures stand in for those that the strategy names, and known breaks."""
        table = replacements(self.apart)
        if table.empty:
            show_markdown("Every figure is of the indicator that the registry prefers.")
        else:
            show_table(table, "Figures that stand in for others", name="replacements")
        breaks = breaks_table(self.apart)
        if not breaks.empty:
            show_table(breaks, "Breaks and corrections in the series", name="breaks")


ACHIEVED = Verdict.ACHIEVED


def _heading(verdict: Verdict) -> str:
    return verdict.value.capitalize()


def _day(strategy: Strategy) -> str:
    day = strategy.strategy.baseline
    return f"{day.day} {day:%B %Y}"


def replacements(found: Sequence[Assessment]) -> pd.DataFrame:
    """Return the figures that are not the preferred series of their indicator, and why."""
    rows = []
    for a in found:
        if a.part is None or a.part.use not in REPLACED:
            continue
        rows.append(
            {
                "Indicator": f"{a.part.indicator.name} ({a.measure.id})",
                "Shown in its place": a.heading,
                "As": a.part.use.value,
                "What it measures instead": a.part.sentence or "another definition of the same",
            }
        )
    return pd.DataFrame(rows)


def breaks_table(found: Sequence[Assessment]) -> pd.DataFrame:
    """Return the days after which a series is not comparable, and its corrections."""
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for a in found:
        link = a.part.series if a.part else None
        if link is None:
            continue
        marks = [(str(b.after), b.reason) for b in link.breaks]
        marks += [(str(c.date), c.reason) for c in link.corrections]
        for day, reason in marks:
            told = {"Series": a.heading, "Day": day, "What changed": reason}
            rows.setdefault((link.id, day), told)
    return pd.DataFrame(list(rows.values()))
