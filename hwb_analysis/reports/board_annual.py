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
from hwb_analysis.narrative.catalogue import say
from hwb_analysis.narrative.sentences import not_compared_because, places, value_words
from hwb_analysis.narrative.summary import counts_sentence, worsened_beside_first
from hwb_analysis.reports import chapter_figures
from hwb_analysis.reports.board_parts import distinct
from hwb_analysis.reports.chapter_figures import show_gaps
from hwb_analysis.reports.emit import show_html, show_markdown, show_table
from hwb_analysis.reports.human import read_section, text_folder
from hwb_analysis.reports.human_slots import BOARD, BOARD_SLOTS
from hwb_analysis.reports.overview_cells import area_order, cells_of
from hwb_analysis.reports.report_parts import (
    commitments_counted,
    compact_table,
    every_commitment,
    has_row,
    without_figure,
)
from hwb_analysis.reports.returns_block import HEADING as LOCAL
from hwb_analysis.reports.returns_block import every_return
from hwb_analysis.reports.strategy_figures import (
    Block,
    contributors_block,
    overview_blocks,
    pairs_block,
    plan_block,
    population_block,
)
from hwb_analysis.reports.verdict_parts import (
    Verdicts,
    bullets,
    overlap_note,
    running,
    verdict_counts,
)
from hwb_analysis.sources.returns import Returns, evidence, read_returns
from hwb_analysis.sources.snapshot import snapshot_at
from hwb_analysis.strategy import load_strategy
from hwb_analysis.strategy.model import Priority, Strategy
from hwb_analysis.strategy.words import ValueType
from hwb_analysis.style import format_value
from hwb_analysis.vocabulary import Comparison, SeriesUse, Verdict

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
    returns = read_returns(strategy).until(as_of)
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
        found = list(self.judgement.measures.values())
        blocks = [
            ("What to look at first", bullets(told.first)),
            ("What improved", bullets(told.improved)),
            ("What worsened", bullets(worsened_beside_first(told, found))),
            ("What nobody can see yet", bullets(told.unseen) + overlap_note(told.unseen)),
        ]
        if told.proxies:
            blocks.insert(3, (say("proxies"), bullets(told.proxies)))
        show_html(f"<p>{running(told.counts)}</p>")
        show_html("".join(f"<h3>{escape(title)}</h3>{text}" for title, text in blocks))
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
        """Show length of life, healthy life and their slope index, first and newest figure."""
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
            return
        show_table(life_table(found), "Length of life and its inequality", name="length-of-life")
        show_markdown(
            "The lines over time stand in the report of the priority that each figure serves."
        )

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
        seen = [one for one in found if has_row(one)]
        if seen:
            sent = any(one.returned is not None for one in seen)
            caption = f"{priority.title}: measures with a figure{' or a return' if sent else ''}"
            show_html(compact_table(seen, self.verdicts, caption))
        show_html(without_figure(found))
        promised = commitments_counted(priority, self.returns)
        show_html(f'<p class="small">{escape(promised)} Each stands in the annex.</p>')

    def show_spread(self) -> None:
        """Show the inequality spread: most and least deprived district, and each gap."""
        block = pairs_block(self.context, self.apart)
        if block.drawn is None:
            block.show(level=3)
            show_gaps([], self.strategy, self.context.snapshot)
            return
        # The limits of each district stand in the chapter on inequality and in the CSV.
        table = block.drawn.data
        gap = next(a.gap for a in self.apart if a.gap is not None)
        wanted = ("Measure", "Period", "Unit", "Difference")
        ends = (f"{gap.most} (", f"{gap.least} (")
        kept = [c for c in table if c in wanted or str(c).startswith(ends)]
        replace(block, drawn=replace(block.drawn, table=table[kept])).show(level=3)

    def show_annex(self) -> None:
        """Show where the report to read ends, then each commitment."""
        show_html(f'<p class="box">{escape(ANNEX)}</p>')
        show_html('<h3 id="annex-commitments">Commitments, one by one</h3>')
        show_html(every_commitment(self.strategy.priorities, self.returns))
        sent = every_return(self.strategy, self.returns)
        if sent:
            show_html(f'<h3 id="annex-local-evidence">{LOCAL}</h3>{sent}')

    def show_figures(self) -> None:
        """Show the strategy's own figures, drawn again: population, overview, plan, model."""
        for block in (plan_block(self.context), population_block(self.context)):
            block.show(level=3)
        contributors_block(self.context).show(level=3)
        show_html(f"<p>{escape(OVERVIEWS)}</p>")
        for block in map(self._once, overview_blocks(self.context, self.assessments)):
            block.show(level=3, screen_only=True)

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
NOT_COMPARED = Comparison.NOT_COMPARED
# Narrow enough for a column; the list above the table has the full words.
HEADS = {
    Verdict.WANTED: "Wanted way",
    Verdict.WRONG: "Wrong way",
    Verdict.TOO_EARLY: "Too early",
    Verdict.NO_FIGURE_SINCE: "No figure since",
    Verdict.NOT_MEASURABLE: "Not testable",
    Verdict.LOCAL_DUE: "Evidence due",
}
ANNEX = (
    "The report to read ends here. The annex holds what it rests on: each commitment, the "
    "strategy's own figures, and which figures stand in for others. Charts and tests of each "
    "measure stand in the reports of the priorities."
)
OVERVIEWS = (
    "The overviews of all measures by district, with their tables, stand in the web page and in "
    "the spreadsheet of this report; they are too wide for a printed page."
)


def life_table(found: Sequence[Assessment]) -> pd.DataFrame:
    """Return one row a figure on length of life: the first held, the newest, the comparator's."""
    rows = []
    for one in found:
        first = one.history.dropna(subset=["value"]).iloc[0]
        latest, other = one.latest, one.comparator
        if latest is None:
            continue
        decimals = places(latest)
        value = format_value(float(first["value"]), latest.unit, decimals=decimals)
        word = one.comparison
        # The two numbers stand side by side; whether one differs from the other is not tested.
        rows.append(
            {
                "Figure": one.heading,
                "First figure": f"{value}, {first['period']}",
                "Newest figure": f"{value_words(latest)}, {latest.period.label}",
                f"{one.comparator_area}, same period": "no figure"
                if other is None
                else format_value(other.value, other.unit, decimals=decimals),
                f"Against {one.comparator_area}": word.value
                if word is not NOT_COMPARED
                else f"{word.value}: {not_compared_because(one)}",
            }
        )
    return pd.DataFrame(rows)


def _heading(verdict: Verdict) -> str:
    return HEADS.get(verdict, verdict.value.capitalize())


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
