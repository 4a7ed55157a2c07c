"""The strategy's own figures, drawn again from the data and the registry.

Population (Figure 2), most and least deprived district (3), overview of measures (4), the
strategy on a page (6) and the table of contributors (7). Each is a :class:`Block`: words or
a table first, then the picture. What cannot be drawn is a block that says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape

import pandas as pd

from hwb_analysis.assessment import Assessment, Context, assess_all
from hwb_analysis.figures.contributors import contributors_chart
from hwb_analysis.figures.district_pairs import has_limits, pair_rows, pair_title
from hwb_analysis.figures.drawn import Drawn
from hwb_analysis.figures.dumbbell import dumbbell
from hwb_analysis.figures.pyramid import lowest_age, population_pyramid
from hwb_analysis.figures.rug import overview, overview_table
from hwb_analysis.figures.spine import spine_chart
from hwb_analysis.figures.strategy_page import strategy_list, strategy_on_a_page
from hwb_analysis.reports.board_parts import distinct
from hwb_analysis.reports.data_notes import cited
from hwb_analysis.reports.emit import show_html, write
from hwb_analysis.reports.overview_cells import area_order, cells_of, range_rows
from hwb_analysis.style import format_difference, format_number
from hwb_analysis.tables import html_table
from hwb_analysis.vocabulary import Comparison

POPULATION = "ons-mye:population-5y"
OLDER = 65
NO_PROJECTION = (
    "Growth that the strategy expects in the years to come is not checkable here: this "
    "snapshot holds no population projection."
)
NOT_A_GRADIENT = (
    "Two districts are not a gradient. The average of a district hides deprived "
    "neighbourhoods within it; the chapter on inequality shows all districts and the small "
    "areas."
)


@dataclass(frozen=True, slots=True)
class Block:
    """One figure of the strategy: heading, what stands before and after, the picture."""

    name: str
    heading: str
    before: str
    drawn: Drawn | None = None
    after: str = ""

    def to_html(self, level: int = 2) -> str:
        """Return the block with its heading at a level of the page."""
        head = f'<h{level} id="{self.name}">{escape(self.heading)}</h{level}>'
        picture = self.drawn.to_html() if self.drawn else ""
        return f"{head}\n{self.before}\n{picture}\n{self.after}"

    def show(self, level: int = 2, *, screen_only: bool = False) -> None:
        """Display the block in a notebook, and write the files of its figure.

        ``screen_only`` keeps it out of the documents for paper: it is in the page and, with
        its table, in the spreadsheet.
        """
        head = f'<h{level} id="{self.name}">{escape(self.heading)}</h{level}>\n{self.before}'
        picture = ""
        if self.drawn is not None:
            write(self.drawn)
            picture = self.drawn.to_html()
        only = ' data-only="screen"' if screen_only else ""
        show_html(f"<div{only}>{head}\n{picture}\n{self.after}</div>")


def strategy_page(context: Context, assessments: Sequence[Assessment] | None = None) -> list[Block]:
    """Return the figures of the strategy that rest on data or on the registry, in order.

    Parameters
    ----------
    context
        Registry, snapshot, areas and day.
    assessments
        What :func:`hwb_analysis.assessment.assess_all` returned for the context, when it is
        at hand already.

    Returns
    -------
    list of Block
        At least one block a figure; a figure that cannot be drawn says why.
    """
    everything = assess_all(context) if assessments is None else assessments
    apart = distinct(everything)
    return [
        population_block(context),
        pairs_block(context, apart),
        *overview_blocks(context, everything),
        plan_block(context),
        contributors_block(context),
    ]


# -- Figure 2 ------------------------------------------------------------------


def population_block(context: Context, area_code: str = "") -> Block:
    """Return the population pyramid of an area (the context's unless told) at the latest year."""
    name, heading = "figure-population", "Resident population"
    own, other = (
        _latest_bands(context, code)
        for code in (area_code or context.area_code, context.comparator_code)
    )
    if own.empty:
        reason = "This snapshot holds no population by sex and age for this area."
        return Block(name, heading, _paragraphs(reason, NO_PROJECTION))
    other = other.loc[other["period_end"] == own["period_end"].iloc[0]]
    area, period = str(own["area"].iloc[0]), str(own["period"].iloc[0])
    drawn = population_pyramid(
        own,
        other,
        title=_population_title(own, other, area, period),
        subtitle=f"Residents by sex and age in bands of five years, {area}, {period}",
        source=_source(context, POPULATION),
        name=name,
        caption=NO_PROJECTION,
    )
    return Block(name, heading, "", drawn)


def _latest_bands(context: Context, code: str) -> pd.DataFrame:
    if POPULATION not in context.snapshot.series:
        return pd.DataFrame(columns=["period_end"])
    frame = context.snapshot.frame([POPULATION])
    own = frame.loc[(frame["area_code"] == code) & (frame["period_end"] <= str(context.as_of))]
    newest: pd.DataFrame = own.loc[own["period_end"] == own["period_end"].max()]
    return newest.reset_index(drop=True)


def _population_title(own: pd.DataFrame, other: pd.DataFrame, area: str, period: str) -> str:
    text = f"Aged {OLDER} and over: {_older(own)} of residents in {area}"
    if len(other):
        text += f", {_older(other)} in {other['area'].iloc[0]}"
    return f"{text}, {period}"


def _older(rows: pd.DataFrame) -> str:
    both = rows.loc[rows["sex"] != "Persons"]
    old = both["age"].map(lowest_age) >= OLDER
    return f"{format_number(100 * both.loc[old, 'value'].sum() / both['value'].sum())} %"


# -- Figure 3 ------------------------------------------------------------------


def pairs_block(context: Context, assessments: Sequence[Assessment]) -> Block:
    """Return most and least deprived district side by side, in the order of the life course.

    Rule for the picture: measures for which both districts have published limits or
    counts. The others stand in the list after it.
    """
    name, heading = "figure-districts", "Inequalities across the area over the life course"
    ends = context.strategy.area.deprivation
    with_gap = [a for a in assessments if a.gap is not None]
    if ends is None or not with_gap:
        why = (
            "the registry names no most and least deprived district"
            if ends is None
            else "no measure has figures for the two districts"
        )
        return Block(name, heading, _paragraphs(f"Not drawn: {why}."))
    drawn_ones = [a for a in with_gap if has_limits(a, ends.most, ends.least)]
    rest = [a for a in with_gap if a not in drawn_ones]
    before, after = _paragraphs(NOT_A_GRADIENT), _listed(rest)
    if not drawn_ones:
        return Block(name, heading, before, after=after)
    gap = drawn_ones[0].gap
    assert gap is not None
    drawn = dumbbell(
        pair_rows(drawn_ones, ends.most, ends.least),
        title=pair_title([a.gap for a in drawn_ones if a.gap is not None]),
        subtitle=f"Most and least deprived district by the {ends.index} "
        f"({', '.join(ends.editions)}), {drawn_ones[0].area}; worse always on the left",
        source=_sources(context, drawn_ones),
        most_area=gap.most,
        least_area=gap.least,
        county=drawn_ones[0].area,
        england=drawn_ones[0].comparator_area,
        name=name,
    )
    return Block(name, heading, before, drawn, after)


def _many(assessments: Sequence[Assessment]) -> str:
    count = len(assessments)
    return f"{count} measure{'' if count == 1 else 's'}"


def _listed(rest: Sequence[Assessment]) -> str:
    if not rest:
        return ""
    gap = rest[0].gap
    assert gap is not None
    items = "".join(f"<li>{escape(_without_limits(a))}</li>" for a in rest)
    said = f"{_many(rest)} published without limits, so not in the picture"
    pair = f"Difference: {gap.most} minus {gap.least}; no interval is published."
    return (
        f"<details><summary>{said}</summary>\n<p>{escape(pair)}</p>\n<ul>{items}</ul>\n</details>"
    )


def _without_limits(assessment: Assessment) -> str:
    gap = assessment.gap
    assert gap is not None
    return f"{assessment.heading}: {format_difference(gap.difference, gap.unit)}, {gap.period}."


# -- Figure 4 ------------------------------------------------------------------


def overview_blocks(context: Context, assessments: Sequence[Assessment]) -> Iterator[Block]:
    """Yield one overview a stage, then the spine of measures that all authorities have."""
    for stage in context.strategy.stages:
        own = [a for a in assessments if a.priority.stage == stage.slug]
        if own:
            yield _overview(context, stage.slug, stage.title, own)
    spine = spine_block(context, distinct(assessments))
    if spine is not None:
        yield spine


def _overview(context: Context, slug: str, title: str, own: Sequence[Assessment]) -> Block:
    name, heading = f"figure-overview-{slug}", f"Overview: {title}"
    cells = cells_of(distinct(own))
    measures = {a.measure.id for a in own}
    seen = {a.measure.id for a in own if a.latest is not None or len(a.districts)}
    unseen = f"{len(measures) - len(seen)} of {len(measures)} measures have no figure here."
    if cells.empty:
        return Block(name, heading, _paragraphs(unseen))
    comparator, areas = own[0].comparator_area, area_order(context, own)
    table = overview_table(cells, comparator, areas=areas)
    caption = f"{title}: measures by area, compared with {comparator}"
    drawn = overview(
        cells,
        title=_overview_title(title, own),
        subtitle=f"Newest published figures, {own[0].area}, its districts and {comparator}",
        source=_sources(context, own),
        comparator=comparator,
        areas=areas,
        name=name,
        caption=unseen,
    )
    told = (
        f"A value without a word is not compared with {comparator}: no interval is published, "
        f"or {comparator} has no figure of the same period."
    )
    before = _paragraphs(told) + html_table(table, caption, wide=True)
    return Block(name, heading, before, replace(drawn, table=None))


def _overview_title(title: str, own: Sequence[Assessment]) -> str:
    comparator = own[0].comparator_area
    found = [a.comparison for a in distinct(own) if a.latest is not None]
    compared = [word.value for word in found if word is not Comparison.NOT_COMPARED]
    if not found:
        return f"{title}: figures of the districts only"
    if not compared:
        return f"{title}: no interval, so not compared with {comparator}"
    many = f"{len(compared)} figure{'' if len(compared) == 1 else 's'}"
    return f"{title}: of {many} compared with {comparator}, {_counts(compared)}"


def _counts(words: Sequence[str]) -> str:
    known = [word.value for word in Comparison if word.value in words]
    return ", ".join(f"{words.count(word)} {word}" for word in known)


def spine_block(context: Context, assessments: Sequence[Assessment]) -> Block | None:
    """Return the area on the range of all authorities, where a series holds them."""
    rows = range_rows(context, assessments)
    if rows.empty:
        return None
    used = [a for a in assessments if a.heading in set(rows["label"])]
    area, comparator = used[0].area, used[0].comparator_area
    drawn = spine_chart(
        rows,
        title=f"{area} on the range of authorities: "
        + (_counts([word for word in rows["comparison_95"] if word]) or "not compared"),
        subtitle=f"Newest published figures that all authorities have, {area} and {comparator}",
        source=_sources(context, used),
        area=area,
        comparator=comparator,
        range_words=f"{int(rows['areas'].min())} or more upper-tier authorities",
        name="figure-overview-range",
    )
    return Block("figure-overview-range", "Overview: the range of authorities", "", drawn)


# -- Figures 6 and 7 -----------------------------------------------------------


def plan_block(context: Context) -> Block:
    """Return the strategy on a page: a nested list, then the picture."""
    strategy = context.strategy
    name = "figure-strategy"
    drawn = strategy_on_a_page(strategy, name=name)
    return Block(name, "The strategy on a page", strategy_list(strategy), drawn)


def contributors_block(context: Context) -> Block:
    """Return the quoted table of contributors to health: its caution, picture and table."""
    table, name = context.strategy.contributors, "figure-contributors"
    if table is None:
        return Block(
            name,
            "Contributors to health outcomes",
            _paragraphs("The registry quotes no table of contributors."),
        )
    drawn = contributors_chart(table, name=name)
    return Block(name, table.title, _paragraphs(f"{table.caution}."), drawn)


# -- words ---------------------------------------------------------------------


def _paragraphs(*texts: str) -> str:
    return "".join(f"<p>{escape(text)}</p>" for text in texts if text)


def _source(context: Context, series: str) -> str:
    return cited([context.snapshot.origins[context.snapshot.series[series].origin_id]])


def _sources(context: Context, assessments: Sequence[Assessment]) -> str:
    origins = context.snapshot.origins
    return cited(origins[a.series.origin_id] for a in assessments if a.series is not None)
