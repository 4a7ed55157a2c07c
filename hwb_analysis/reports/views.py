"""What the notebooks of views show: measures of several priorities for one reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path

import pandas as pd

from hwb_analysis.assessment import (
    Assessment,
    Context,
    as_rows,
    assess_all,
    comparators,
    judge,
    make_context,
)
from hwb_analysis.errors import StatisticsError
from hwb_analysis.figures.control import control_figure
from hwb_analysis.narrative.summary import chance_sentence, priority_summary, unseen_kinds
from hwb_analysis.reports import board_parts, chapter_figures
from hwb_analysis.reports.board_parts import distinct
from hwb_analysis.reports.data_notes import cautions_html, cited, notes_frame, official_words
from hwb_analysis.reports.emit import show, show_html, show_markdown, show_table
from hwb_analysis.reports.human import read_section, text_folder
from hwb_analysis.reports.human_slots import VIEW_SLOTS
from hwb_analysis.reports.verdict_parts import Verdicts, running
from hwb_analysis.sources.plans import WITHHELD, PlanRow, plan_file, read_plan
from hwb_analysis.sources.returns import Returns, evidence, read_returns
from hwb_analysis.sources.snapshot import snapshot_at
from hwb_analysis.stats.control_chart import xmr_chart
from hwb_analysis.stats.goals import goal_range
from hwb_analysis.strategy import load_strategy
from hwb_analysis.strategy.model import GradientLink
from hwb_analysis.strategy.views import MonthlyLink, View, find_view
from hwb_analysis.strategy.words import BenchmarkMethod
from hwb_analysis.style import decimals_for, format_difference, format_value
from hwb_analysis.vocabulary import Polarity

# Same-day share, mean delay with and without the stays that had none.
DELAY = ("discharge:same-day", "discharge:days", "discharge:days-when-delayed")
NO_SPREAD = (
    "The spread between practices, and by how deprived a practice's patients are, cannot be "
    "shown: this snapshot holds no figures by practice. They would come from the screening and "
    "vaccination extracts of the national profiles."
)


def open_view(view: str, area: str = "", data_cut: str = "") -> ViewReport:
    """Return the report on a view of the registry.

    Parameters
    ----------
    view
        Slug of the view.
    area
        Code; the registry's own area when empty.
    data_cut
        Name of a snapshot, or an ISO date; the newest when empty.

    Raises
    ------
    UsageError
        When the registry has no such view.
    """
    strategy = load_strategy()
    snapshot, as_of = snapshot_at(data_cut)
    context = make_context(strategy, snapshot, area=area, as_of=as_of)
    chosen = find_view(strategy, view)
    assessments = assess_all(context, [strategy.measure(m) for m in chosen.measures])
    returns = read_returns(strategy).until(as_of)
    shown = Verdicts(
        judgement=judge(context, assessments, evidence=evidence(returns), page="this page"),
        snapshot=snapshot,
        area_code=context.area_code,
        since=strategy.strategy.baseline.year,
        beside=comparators(context, assessments),
        as_of=context.as_of,
    )
    return ViewReport(chosen, context, assessments, shown, returns, text_folder())


@dataclass(frozen=True)
class ViewReport:
    """A report over chosen measures; every method shows one section."""

    view: View
    context: Context
    assessments: tuple[Assessment, ...]
    verdicts: Verdicts
    returns: Returns
    folder: Path

    @cached_property
    def drawn(self) -> list[Assessment]:
        """The figures of the page, each once."""
        found = [a for a in self.assessments if a.latest is not None or len(a.districts) > 1]
        return distinct(found)

    @cached_property
    def gradients(self) -> list[GradientLink]:
        """The gradients of the view, as the priorities describe them."""
        known = {g.series: g for p in self.context.strategy.priorities for g in p.gradients}
        return [known[series] for series in self.view.gradients]

    def show_title(self) -> None:
        """Show the heading, what the page gathers, and what it is not."""
        show_markdown(f"# {self.view.title}")
        show_markdown(
            f"{self.view.about}. The figures are those of the reports on the priorities, read on "
            f"the same day. Not official statistics; the data notes name each publisher and say "
            f"what each source was published as."
        )

    def show_summary(self) -> None:
        """Show how the measures stand, what to look at first and what cannot be seen."""
        lines = priority_summary(self.verdicts.judgement, self.context.snapshot)
        show_html("".join(f"<p>{running(text)}</p>" for text in lines[:2]))
        told = unseen_kinds(list(self.verdicts.judgement.measures.values()))
        if told:
            items = "".join(f"<li>{escape(text)}.</li>" for text in told)
            show_html(f'<div class="box"><h3>What we cannot see</h3><ul>{items}</ul></div>')

    def show_commentary(self) -> None:
        """Show what people wrote, or the slot."""
        slot = VIEW_SLOTS[0]
        show_html(read_section(self.view.slug, slot, folder=self.folder).to_html())

    def show_measures(self) -> None:
        """Show the rows of the Board page for these measures, and write their figures."""
        caption = f"{self.view.title}: measures"
        show_html(board_parts.table(self.assessments, caption, self.verdicts))
        show_html(f'<p class="small">{escape(chance_sentence(self.verdicts.judgement))}</p>')
        rows = as_rows(self.assessments, self.verdicts.judgement)
        chapter_figures.write_rows(rows, "measures")

    def show_each(self) -> None:
        """Show each figure: chart, districts, tests and cautions."""
        for assessment in self.drawn:
            chapter_figures.show_measure(assessment, self.context.strategy, self.context.snapshot)

    # -- plan and actual -------------------------------------------------------

    def show_plan(self) -> None:
        """Show plan and actual by quarter from the local file, or how to give one."""
        rows = read_plan(self.view.slug, self.view.measures)
        if not rows:
            name = f"{plan_file(self.view.slug).parent.name}/{self.view.slug}.csv"
            show_html(
                '<div class="box slot"><p><strong>No plan was given.</strong> Plan and actual by '
                "quarter come from a local file with one row a measure and quarter.</p>"
                f'<p class="small">Its file: {escape(name)} in the folder of local files; '
                "docs/texts.md lists its columns.</p></div>"
            )
            return
        table = plan_table(rows, {m.id: m.title for m in self.context.strategy.measures})
        show_table(table, f"{self.view.title}: plan and actual", name="plan-actual")
        show_markdown(
            "Plan and actual are the word of those who sent them. A difference from the plan is "
            "no test: it says nothing of chance."
        )

    # -- months ----------------------------------------------------------------

    def show_months(self) -> None:
        """Show a control chart for each monthly series of the view."""
        shown = False
        for link in self.view.monthly:
            rows = monthly_rows(self.context, link)
            if len(rows):
                shown = True
                self._month_chart(link, rows)
        if not shown:
            show_markdown("This snapshot holds no monthly series for these measures.")

    def _month_chart(self, link: MonthlyLink, rows: pd.DataFrame) -> None:
        info = self.context.snapshot.series[link.series]
        better = None if link.polarity is Polarity.NONE else link.polarity.value
        chart = xmr_chart(rows["value"].to_numpy(dtype=float), better=better)
        periods = [str(p) for p in rows["period"]]
        drawn = control_figure(
            chart,
            periods=periods,
            title=f"{info.title}: latest month, {chart.variation}",
            subtitle=f"{rows['unit'].iloc[0]}, {rows['area'].iloc[0]}, "
            f"{periods[0]} to {periods[-1]}",
            source=self._source(link.series),
            unit=str(rows["unit"].iloc[0]),
            name=f"months-{link.series.replace(':', '-')}",
        )
        show(drawn)

    def _source(self, series: str) -> str:
        snapshot = self.context.snapshot
        return cited([snapshot.origins[snapshot.series[series].origin_id]])

    def show_delay(self) -> None:
        """Show same-day share and mean days with and without the stays that had no delay."""
        found = delay_figures(self.context)
        if found.empty:
            show_markdown("This snapshot holds no figures of discharge by its ready date.")
            return
        show_table(found, "Discharge by its ready date, newest year", name="discharge-delay")
        show_markdown(
            "The three belong together: the share that left on the day they were ready is one "
            "minus mean days over mean days of those who waited. The mean over all is worked out "
            "from the other two here, so the sum cannot fail; where a publisher prints all three, "
            "it is a check."
        )

    # -- goals -----------------------------------------------------------------

    def show_goals(self) -> None:
        """Show coverage against the national goals, with the word of the goal's rule."""
        table = goals_table(self.assessments)
        if table.empty:
            show_markdown("None of these measures has a figure and a national goal.")
        else:
            show_table(table, "Coverage against national goals", name="goals")
            show_markdown(
                "The word follows the published rule: below the lower goal worse, at the upper "
                "goal or above better, between them similar. It looks at the value, not at its "
                "interval, and is no verdict on a measure."
            )
        show_markdown(NO_SPREAD)

    def show_inequality(self) -> None:
        """Show most and least deprived district, and the gradients of the view."""
        strategy, snapshot = self.context.strategy, self.context.snapshot
        chapter_figures.show_gaps(self.drawn, strategy, snapshot)
        for link in self.gradients:
            chapter_figures.show_gradient(link, strategy, snapshot)

    def show_notes(self) -> None:
        """Show one row a series, and each caution once."""
        held = self.context.snapshot.series
        others = [*self.view.gradients, *(m.series for m in self.view.monthly if m.series in held)]
        notes = notes_frame(self.drawn, others, self.context.snapshot)
        if notes.empty:
            show_markdown("No series: there is nothing to describe.")
            return
        show_table(notes, "Series used on this page", name="data-notes")
        used = [a.part.series.id for a in self.drawn if a.part]
        show_markdown(official_words([*used, *others], self.context.snapshot))
        told = cautions_html(self.drawn)
        if told:
            show_html(told)


def plan_table(rows: Sequence[PlanRow], titles: dict[str, str]) -> pd.DataFrame:
    """Return plan, actual and their difference as they may be shown."""
    out = []
    for row in rows:
        actual = row.shown_actual
        told = "not yet known" if row.actual is None else WITHHELD
        out.append(
            {
                "Measure": f"{titles[row.measure_id]} ({row.measure_id})",
                "Period": f"{row.start.day} {row.start:%b %Y} to {row.end.day} {row.end:%b %Y}",
                "Planned": format_value(row.planned, row.unit, decimals=_plan_places(row, actual)),
                "Actual": told
                if actual is None
                else format_value(actual, row.unit, decimals=_plan_places(row, actual)),
                "Actual minus planned": "–"
                if actual is None
                else format_difference(
                    actual - row.planned, row.unit, decimals=_plan_places(row, actual)
                ),
            }
        )
    return pd.DataFrame(out)


def _plan_places(row: PlanRow, actual: float | None) -> int:
    """Return the decimals of a plan, its actual and their difference: one rule for all three."""
    known = [row.planned] if actual is None else [row.planned, actual]
    return decimals_for(row.unit, max(known, key=abs))


def monthly_rows(context: Context, link: MonthlyLink) -> pd.DataFrame:
    """Return the months of a series in the area, in order; none when it is not held."""
    if link.series not in context.snapshot.series:
        return pd.DataFrame()
    frame = context.snapshot.frame([link.series])
    own = frame.loc[frame["area_code"] == context.area_code]
    own = own.loc[own["value"].notna() & (own["period_end"] <= str(context.as_of))]
    ordered: pd.DataFrame = own.sort_values("period_end")
    return ordered.reset_index(drop=True)


def same_day_share(days: float, days_when_delayed: float) -> float:
    """Return the share (per cent) without any delay: ``100 (1 - days / days_when_delayed)``.

    Parameters
    ----------
    days
        Mean days of delay over all stays.
    days_when_delayed
        Mean days over the stays that were delayed; above zero.

    Raises
    ------
    StatisticsError
        When the mean over all lies above that of the delayed, or one is no such number.

    Examples
    --------
    >>> round(same_day_share(0.73, 3.91), 1)
    81.3
    """
    if not 0 <= days <= days_when_delayed or days_when_delayed <= 0:
        raise StatisticsError(
            f"days between 0 and those of the delayed were expected, got {days:g} and "
            f"{days_when_delayed:g}",
            remedy="give the mean over all first",
        )
    return 100 * (1 - days / days_when_delayed)


def delay_figures(context: Context) -> pd.DataFrame:
    """Return the three figures of delay in the newest year that has them all, and their sum."""
    if any(series not in context.snapshot.series for series in DELAY):
        return pd.DataFrame()
    frame = context.snapshot.frame(list(DELAY))
    codes = (context.area_code, context.comparator_code)
    own = frame.loc[frame["area_code"].isin(codes) & (frame["period_end"] <= str(context.as_of))]
    wide = own.pivot_table(index=["period", "area"], columns="series_id", values="value").dropna()
    if wide.empty:
        return pd.DataFrame()
    newest = wide.loc[[wide.index.get_level_values("period").max()]].reset_index()
    return pd.DataFrame(
        {
            "Area": newest["area"],
            "Period": newest["period"],
            "Left on the day they were ready (%)": newest[DELAY[0]],
            "Mean days, all": newest[DELAY[1]].round(2).map("{:.2f}".format),
            "Mean days, those who waited": newest[DELAY[2]].map("{:.2f}".format),
            "One minus their ratio (%)": [
                same_day_share(a, b)
                for a, b in zip(newest[DELAY[1]], newest[DELAY[2]], strict=True)
            ],
        }
    )


def goals_table(assessments: Sequence[Assessment]) -> pd.DataFrame:
    """Return figures with a national goal: value, goal, and the word of the published rule."""
    rows = []
    for a in distinct(assessments):
        indicator = a.part.indicator if a.part else None
        if indicator is None or indicator.benchmark_method is not BenchmarkMethod.GOAL:
            continue
        goals = indicator.benchmark_goals
        if not goals or a.latest is None or a.is_proxy:
            continue
        low, high = min(goals), max(goals)
        word = str(
            goal_range([a.latest.value], [low], [high], better=indicator.polarity.value).word[0]
        )
        limits = f"{low:g} to {high:g} %" if low < high else f"{low:g} %"
        rows.append(
            {
                "Measure": f"{a.heading} ({a.measure.id})",
                "Period": a.latest.period.label,
                "Value (%)": a.latest.value,
                "Lower 95 % limit": a.latest.lower_95,
                "Upper 95 % limit": a.latest.upper_95,
                "Goal": limits,
                "Against the goal": word,
            }
        )
    return pd.DataFrame(rows)
