"""The figures of a chapter: assessments in, drawn and emitted figures out."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from hwb_analysis.assessment import Assessment, Gradient, gradient_of
from hwb_analysis.assessment.gradients import EDITIONS, NEWEST
from hwb_analysis.errors import StatisticsError
from hwb_analysis.figures.district_pairs import pair_rows, pair_title
from hwb_analysis.figures.districts import district_dots
from hwb_analysis.figures.drawn import Drawn
from hwb_analysis.figures.dumbbell import dumbbell
from hwb_analysis.figures.gradient import gradient
from hwb_analysis.figures.outlines import outlines_of
from hwb_analysis.figures.parts import sentence
from hwb_analysis.figures.trend import Break, Goal, trend_chart
from hwb_analysis.maps import district_map
from hwb_analysis.narrative import (
    change_words,
    finding,
    gap_words,
    gradient_words,
    headline,
    marker_words,
)
from hwb_analysis.narrative.gradients import counted_words, end_shares
from hwb_analysis.narrative.sentences import period_words
from hwb_analysis.reports.data_notes import cited
from hwb_analysis.reports.emit import figures_folder, show, show_html, show_markdown
from hwb_analysis.sources.snapshot import Snapshot
from hwb_analysis.strategy.model import GradientLink, Strategy
from hwb_analysis.strategy.words import TargetKind
from hwb_analysis.style import decimals_for, format_value
from hwb_analysis.vocabulary import Polarity

# Average scores of districts, newest edition first.
DEPRIVATION_INDICES = ("iod2025:imd-score", "iod2019:imd-score")
SEXES = {"Male": "males", "Female": "females"}
AGES = re.compile(r"^(\d+(?:\+| and over| to \d+)|under \d+)(?: years)?$")
RANKS_BEFORE = next(edition for edition in EDITIONS if edition != NEWEST)


def write_rows(rows: Sequence[Mapping[str, object]], name: str) -> None:
    """Write plain rows as a CSV beside the figures, when a runner has named a folder."""
    folder = figures_folder()
    if folder is None or not rows:
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def show_measure(assessment: Assessment, strategy: Strategy, snapshot: Snapshot) -> None:
    """Show one part of a measure: heading, finding, chart over time, districts, tests."""
    part = assessment.part
    assert part is not None
    show_html(f'<h3 id="{escape(assessment.key)}">{escape(assessment.heading)}</h3>')
    about = f"For the measure “{assessment.measure.title}” ({assessment.measure.id})."
    if part.sentence:
        about += f" {part.use.value.capitalize()}: {part.sentence}"
    show_html(f'<p class="small">{escape(about)}</p><p>{escape(finding(assessment))}</p>')
    has_districts = len(assessment.districts) > 1
    # One point makes no line; it stands in the districts' chart where there is one.
    points = int(assessment.history["value"].notna().sum()) if len(assessment.history) else 0
    if points > 1 or (points == 1 and not has_districts):
        show(trend_of(assessment, snapshot))
    if has_districts:
        show(dots_of(assessment, strategy, snapshot))
    show_html(_tests(assessment))


def _tests(assessment: Assessment) -> str:
    lines = []
    if assessment.latest is not None:
        lines.append(f"Change since the strategy's baseline: {change_words(assessment)}.")
    lines += [
        f"National recent-trend marker: {marker_words(assessment)}.",
        f"Gap between districts: {gap_words(assessment)}.",
    ]
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def show_gaps(assessments: Sequence[Assessment], strategy: Strategy, snapshot: Snapshot) -> None:
    """Show most against least deprived district for every measure that has both."""
    found = [a for a in assessments if a.gap is not None]
    if not found or strategy.area.deprivation is None:
        show_markdown(
            "No gap between districts can be shown: none of the series above has figures "
            "for the districts."
        )
        return
    items = "".join(f"<li>{escape(a.heading)}: {escape(gap_words(a))}.</li>" for a in found)
    show_html("<h3>Most and least deprived district</h3>")
    show(dumbbell_of(found, strategy, snapshot))
    show_html(f"<ul>{items}</ul>")


def dumbbell_of(assessments: Sequence[Assessment], strategy: Strategy, snapshot: Snapshot) -> Drawn:
    """Return the dumbbell of the two districts at the ends of the deprivation order."""
    ends = strategy.area.deprivation
    assert ends is not None
    rows = pair_rows(assessments, ends.most, ends.least)
    first = assessments[0].gap
    assert first is not None
    origins = [snapshot.origins[a.series.origin_id] for a in assessments if a.series is not None]
    gaps = [a.gap for a in assessments if a.gap is not None]
    return dumbbell(
        rows,
        title=_only_pair(assessments[0]) if len(gaps) == 1 else pair_title(gaps),
        subtitle=f"Most and least deprived district by the {ends.index} "
        f"({', '.join(ends.editions)}); worst value on the left",
        source=cited(origins),
        most_area=first.most,
        least_area=first.least,
        county=assessments[0].area,
        england=assessments[0].comparator_area,
        name="gaps-districts",
    )


def _only_pair(assessment: Assessment) -> str:
    """Return the figures of the two districts where there is but one measure to show."""
    gap, rows = assessment.gap, assessment.districts.set_index("area")
    assert gap is not None
    areas = (gap.most, gap.least)
    ends = [rows.loc[[area]].reset_index().iloc[0] for area in areas]
    heading = assessment.heading.removesuffix(", by district")
    return f"{heading}: {' and '.join(_alike(ends))}, {period_words(gap.period)}"


def show_gradient(link: GradientLink, strategy: Strategy, snapshot: Snapshot) -> None:
    """Show a small-area share across deprivation groups, its slope, and its cautions.

    The groups are those of the newest ranks; the ranks before get a sentence. An area
    whose small areas are not in the snapshot gets the reason instead.
    """
    title = snapshot.series[link.series].title
    show_html(f"<h3>{escape(title)} across deprivation groups</h3>")
    try:
        found, beside = (
            gradient_of(
                link.series, snapshot, strategy.area.code, edition=edition, component=link.component
            )
            for edition in (NEWEST, RANKS_BEFORE)
        )
    except StatisticsError as error:
        show_markdown(f"No gradient is drawn: {error.message}.")
        return
    show(gradient_chart(found, strategy, snapshot))
    show_html("".join(f"<p>{escape(line)}</p>" for line in gradient_words(found, beside)))
    notes = " ".join(sentence(note[:1].upper() + note[1:]) for note in found.series.notes)
    show_html(f'<p class="small">{escape(notes)}</p>')


def gradient_chart(found: Gradient, strategy: Strategy, snapshot: Snapshot) -> Drawn:
    """Return the chart of ten groups, with the fitted line when one may be fitted."""
    most, least = (format_value(end, "%") for end in end_shares(found))
    return gradient(
        found.groups,
        found.slope,
        title=f"{found.series.title}: {most} in the most deprived tenth, {least} in the least",
        subtitle=f"Crude share, {counted_words(found)}, {strategy.area.name}, {found.period}; "
        f"tenths of the population by {found.edition} rank within the county",
        source=cited([snapshot.origins[found.series.origin_id]]),
        unit="%",
        polarity=None,
        name=f"gradient-{found.series.id.replace(':', '-')}",
        described=found.caution,
    )


def show_map(assessment: Assessment, strategy: Strategy, snapshot: Snapshot) -> None:
    """Show the districts on a map, with the values as a table."""
    districts = assessment.all_districts
    period, unit = districts["period"].iloc[0], str(districts["unit"].iloc[0])
    own, around, credit = outlines_of(strategy, snapshot)
    show(
        district_map(
            own,
            districts,
            title=_range_title(assessment),
            subtitle=f"{_measured(assessment)}, {unit}, {period}",
            source=f"{source_line(assessment, snapshot)} {credit}",
            unit=unit,
            neighbours=around,
            name=f"map-{assessment.key}",
        )
    )


def source_line(assessment: Assessment, snapshot: Snapshot) -> str:
    """Return publisher, title and release of an assessment's series."""
    series = assessment.series
    assert series is not None
    return cited([snapshot.origins[series.origin_id]])


def trend_of(assessment: Assessment, snapshot: Snapshot) -> Drawn:
    """Return the line chart of one part of a measure."""
    part, latest = assessment.part, assessment.latest
    assert part is not None
    assert latest is not None
    first = assessment.history["period"].iloc[0]
    return trend_chart(
        assessment.history,
        assessment.comparator_history,
        title=headline(assessment),
        subtitle=f"{_measured(assessment)}, {latest.unit}, {assessment.area}, "
        f"{_span(str(first), latest.period.label)}",
        source=source_line(assessment, snapshot),
        unit=latest.unit,
        polarity=_polarity(assessment),
        goal=_goal(assessment),
        breaks=_breaks(assessment),
        name=f"trend-{assessment.key}",
    )


def dots_of(assessment: Assessment, strategy: Strategy, snapshot: Snapshot) -> Drawn:
    """Return the districts of the newest period, most deprived first."""
    districts = assessment.all_districts
    period, end = districts["period"].iloc[0], districts["period_end"].iloc[0]
    own, nation = assessment.history, assessment.comparator_history
    own = own.loc[own["period_end"] == end] if len(own) else own
    nation = nation.loc[nation["period_end"] == end] if len(nation) else nation
    order = deprivation_order(strategy, snapshot)
    ordered = ", most deprived district first" if order else ""
    return district_dots(
        districts,
        title=_range_title(assessment),
        subtitle=f"{_measured(assessment)}, {districts['unit'].iloc[0]}, {period}{ordered}",
        source=source_line(assessment, snapshot),
        unit=str(districts["unit"].iloc[0]),
        order=order,
        county=own,
        england=nation,
        polarity=_polarity(assessment),
        name=f"districts-{assessment.key}",
    )


def _range_title(assessment: Assessment) -> str:
    """Return from where to where the districts run; not which of them differ."""
    rows = assessment.districts.dropna(subset=["value"]).sort_values("value")
    heading = assessment.heading.removesuffix(", by district")
    period = period_words(str(assessment.districts["period"].iloc[0]))
    if len(rows) < 2:
        return f"{heading}: districts in {period}"
    ends = [row for _, row in rows.iloc[[0, -1]].iterrows()]
    return f"{heading}: {' to '.join(_alike(ends))}, {period}"


def _alike(rows: Sequence[pd.Series[Any]]) -> list[str]:
    """Return the figures of some districts, all with the decimals of the least certain."""
    places = min(_places(row) for row in rows)
    return [district_value(row, places) for row in rows]


def district_value(row: pd.Series[Any], places: int | None = None) -> str:
    """Return the figure of a district, with the decimals that its interval deserves."""
    unit = str(row["unit"])
    decimals = _places(row) if places is None else places
    return f"{format_value(float(row['value']), unit, decimals=decimals)} in {row['area']}"


def _places(row: pd.Series[Any]) -> int:
    limits = (float(row[c]) for c in ("value", "lower_95", "upper_95"))
    return decimals_for(str(row["unit"]), *limits)


def deprivation_order(strategy: Strategy, snapshot: Snapshot) -> list[str] | None:
    """Return the districts' codes, most deprived first, by the newest index in the snapshot.

    Nothing is returned when no index is there or it leaves a district out: then there is
    no order to speak of.
    """
    codes = [d.code for d in strategy.area.districts]
    indices = [s for s in DEPRIVATION_INDICES if s in snapshot.series]
    if not indices:
        return None
    frame = snapshot.frame(indices[:1])
    ranked = frame.loc[frame["area_code"].isin(codes)].sort_values("value", ascending=False)
    return ranked["area_code"].tolist() if set(ranked["area_code"]) == set(codes) else None


def _measured(assessment: Assessment) -> str:
    """Return what the figures count, with the sex and the age where the title says neither."""
    title = assessment.series.title if assessment.series else assessment.heading
    rows = assessment.history if len(assessment.history) else assessment.all_districts
    sex = SEXES.get(assessment.part.sex if assessment.part else "", "")
    ages = set(rows["age"]) if len(rows) else set()
    age = _age_words(ages.pop()) if len(ages) == 1 else ""
    known = set(re.findall(r"\d+", title))
    told = [sex, "" if known & set(re.findall(r"\d+", age)) else age]
    return ", ".join([title, *filter(None, told)])


def _age_words(age: str) -> str:
    """Return an age as a reader says it; what is no band of years is left out.

    Examples
    --------
    >>> _age_words("25 to 49"), _age_words("30+"), _age_words("24 months"), _age_words("All ages")
    ('aged 25 to 49', 'aged 30 and over', '', '')
    """
    found = AGES.match(age)
    return f"aged {found[1].replace('+', ' and over')}" if found else ""


def _span(first: str, last: str) -> str:
    """Return from which period to which a chart runs.

    Examples
    --------
    >>> _span("2015", "2018"), _span("2024/25", "2024/25")
    ('2015 to 2018', '2024/25')
    >>> _span("Nov 2015 to Nov 2016", "Nov 2020 to Nov 2021")
    'Nov 2015 to Nov 2021'
    """
    if first == last:
        return first
    return f"{first.partition(' to ')[0]} to {last.rpartition(' to ')[2]}"


def _polarity(assessment: Assessment) -> str | None:
    part = assessment.part
    return None if part is None or part.polarity is Polarity.NONE else part.polarity.value


def _breaks(assessment: Assessment) -> list[Break]:
    """Return each break as the last period that ended on or before its day."""
    part, history = assessment.part, assessment.history
    out = []
    for cut in part.series.breaks if part else ():
        before = history.loc[history["period_end"].dt.date <= cut.after]
        if len(before) and len(before) < len(history):
            out.append(Break(str(before["period"].iloc[-1]), cut.reason))
    return out


def _goal(assessment: Assessment) -> Goal | None:
    target, latest = assessment.measure.target, assessment.latest
    wanted = (TargetKind.THRESHOLD, TargetKind.BENCHMARK)
    if target is None or target.kind not in wanted or target.value is None or latest is None:
        return None
    if assessment.is_proxy or target.unit != latest.unit:
        return None
    return Goal(target.value, f"{target.op} {target.value:g} {target.unit}")


__all__ = ["deprivation_order", "dots_of", "show_measure", "source_line", "trend_of", "write_rows"]
