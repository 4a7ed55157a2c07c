"""Sections of a full needs assessment that the machine fills beside the measures.

Front matter, the population at risk, what is said of future need, data gaps by name, and
sources. Everything comes from the registry, the snapshot and the assessments.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd

from hwb_analysis.assessment import Assessment, Context, Judgement
from hwb_analysis.assessment.table import NOT_PUBLISHED
from hwb_analysis.figures.pyramid import lowest_age
from hwb_analysis.reports.data_notes import read_day
from hwb_analysis.reports.emit import show_html, show_markdown, show_table
from hwb_analysis.reports.strategy_figures import POPULATION, population_block
from hwb_analysis.strategy.model import Priority
from hwb_analysis.tables import html_table

NO_PROJECTION = (
    "No future need is worked out. It would be the population projected by age times today's "
    "rates by age, low, central and high; this snapshot holds no population projection and no "
    "rates by age for this priority, and a straight line drawn onwards is no forecast."
)
WORDS = (
    ("95 % interval", "the range that fits the data; it says nothing of faults in them"),
    ("Verdict", "what a measure did since the strategy began, from a test"),
    ("Proxy", "a figure near the measure, never the measure itself"),
    ("Derived", "worked out here from published figures"),
    ("Gap", "the most minus the least deprived district"),
)


def show_front(context: Context, priority: Priority) -> None:
    """Show title, data cut, status, licence and how to cite."""
    strategy, snapshot = context.strategy.strategy, context.snapshot
    day = f"{context.as_of.day} {context.as_of:%B %Y}"
    facts = [
        ("Subject", f"{priority.title}, priority {priority.code} of the {strategy.title}"),
        ("Area", context.strategy.area.name),
        ("Data", f"snapshot {snapshot.name}, figures and ages to {day}"),
        ("Published by", strategy.publisher),
        ("Status", "machine-filled sections complete; sections that people write as marked"),
        (
            "How to cite",
            f"{strategy.publisher}: {priority.title}, needs assessment chapter, data snapshot "
            f"{snapshot.name}",
        ),
        (
            "Accuracy",
            "figures are the publishers', with their limits; corrections are made in the next "
            "run and told in the record of changes",
        ),
    ]
    items = "".join(f"<li><strong>{escape(n)}:</strong> {escape(t)}</li>" for n, t in facts)
    show_html(f"<ul>{items}</ul>")


def show_population(context: Context) -> None:
    """Show residents by age and sex, and by district."""
    show_html(
        "<p>Residents, the population that rates of the area rest on. Figures from practices "
        "count registered patients instead; the data notes say so.</p>"
    )
    population_block(context).show(level=3)
    table = districts_table(context)
    if table.empty:
        show_markdown("This snapshot holds no population of the districts by age.")
        return
    period = table.attrs["period"]
    show_table(table, f"Residents by district and age, {period}", name="population-districts")


def districts_table(context: Context) -> pd.DataFrame:
    """Return residents by broad age, a row a district and one for the whole area."""
    if POPULATION not in context.snapshot.series:
        return pd.DataFrame()
    frame = context.snapshot.frame([POPULATION])
    codes = [context.area_code, *(d.code for d in context.strategy.area.districts)]
    end = str(context.as_of)
    own = frame.loc[frame["area_code"].isin(codes) & (frame["period_end"] <= end)]
    own = own.loc[(own["sex"] != "Persons") & (own["period_end"] == own["period_end"].max())]
    if own.empty:
        return pd.DataFrame()
    ages = own["age"].map(lowest_age)
    bands = pd.cut(ages, [-1, 19, 64, 200], labels=["Under 20", "20 to 64", "65 and over"])
    counts = own.groupby([own["area_code"], bands], observed=True)["value"].sum().unstack()
    names = own.drop_duplicates("area_code").set_index("area_code")["area"]
    held = [code for code in codes[1:] + codes[:1] if code in counts.index]
    table = pd.DataFrame({"Area": names.loc[held].tolist()})
    table["All ages"] = counts.loc[held].sum(axis=1).to_numpy()
    for band in counts.columns:
        table[str(band)] = counts.loc[held, band].to_numpy()
    table["65 and over (%)"] = 100 * table["65 and over"] / table["All ages"]
    table.attrs["period"] = str(own["period"].iloc[0])
    return table


def show_future() -> None:
    """Say that no future need is worked out, and what that would take."""
    show_markdown(NO_PROJECTION)


def gaps_table(assessments: Sequence[Assessment], judgement: Judgement) -> str:
    """Return the measures without a figure, by name, with the reason of each.

    Of a measure that partners returned on it says so: what they sent stands in its row.
    """
    none = [a for a in assessments if a.latest is None]
    if not none:
        return "<p>Every measure of this priority has a figure in this snapshot.</p>"
    rows = [
        {
            "Measure": f"{a.heading} ({a.measure.id})",
            "Why there is no figure": _sentence(_why(a, judgement)),
        }
        for a in none
    ]
    return html_table(pd.DataFrame(rows), "Figures that are missing, by name", wide=True)


def _why(assessment: Assessment, judgement: Judgement) -> str:
    sent = judgement.measures[assessment.measure.id].returned
    return assessment.reason if sent is None else NOT_PUBLISHED


def _sentence(text: str) -> str:
    trimmed = text.strip().rstrip(".")
    return f"{trimmed[:1].upper()}{trimmed[1:]}." if trimmed else ""


def show_sources(context: Context, series: Sequence[str]) -> None:
    """Show the publications behind the page, the words it uses, and where its numbers are."""
    origins = dict.fromkeys(context.snapshot.series[one].origin_id for one in series)
    lines = []
    for name in origins:
        origin = context.snapshot.origins[name]
        lines.append(
            f"{origin.publisher}: {origin.title}; {origin.release}. {origin.licence}. "
            f"Read on {read_day(origin)}."
        )
    items = "".join(f"<li>{escape(line)}</li>" for line in dict.fromkeys(lines))
    show_html(f"<h3>Sources</h3><ul>{items}</ul>" if items else "<p>No source was used.</p>")
    words = "".join(f"<li><strong>{escape(w)}:</strong> {escape(t)}.</li>" for w, t in WORDS)
    show_html(f"<h3>Words</h3><ul>{words}</ul>")
    show_markdown(
        "Every number of this page stands in a CSV file of its folder, and in the accessible "
        "spreadsheet where one was made."
    )
