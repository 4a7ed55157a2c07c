"""What a highlight report tells: what changed, movers, old figures, what is owed."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from hwb_analysis.assessment import Assessment, Judgement, MeasureVerdict
from hwb_analysis.narrative import age_words, verdict_sentence
from hwb_analysis.narrative.sentences import OLD_AFTER_MONTHS
from hwb_analysis.narrative.verdicts import lead_part
from hwb_analysis.reports.beside import EARLIER_VARIABLE
from hwb_analysis.reports.board_parts import distinct
from hwb_analysis.reports.changes import Change, between
from hwb_analysis.reports.report_parts import why_none
from hwb_analysis.reports.returns_block import returned_html
from hwb_analysis.reports.verdict_parts import bullets
from hwb_analysis.sources.returns import NO_RETURN, Returns, evidence
from hwb_analysis.strategy.model import Priority
from hwb_analysis.tables import html_table
from hwb_analysis.vocabulary import MeasureType, Verdict

MEASURES_FILE = "measures.csv"
MOVERS, MOST_CHANGES = 3, 12
NOBODY = "not named in the registry"
FIRST_RUN = (
    "There is no earlier run with other data to compare with. From the next change of the "
    "data on, new and revised figures are listed here."
)


def earlier_rows(slug: str) -> tuple[str, list[dict[str, Any]]] | None:
    """Return name and rows of the run to compare with, or nothing where there is none.

    The runner names its folder; a notebook opened by hand has none.
    """
    named = os.environ.get(EARLIER_VARIABLE)
    path = Path(named) / slug / "figures" / MEASURES_FILE if named else None
    if path is None or not path.is_file():
        return None
    with path.open(encoding="utf-8", newline="") as handle:
        return path.parents[2].name, list(csv.DictReader(handle))


def changes_html(slug: str, rows: Sequence[dict[str, object]]) -> str:
    """Return what is not as it was in the earlier run, as a list, or why there is none."""
    before = earlier_rows(slug)
    if before is None:
        return f"<p>{FIRST_RUN}</p>"
    name, older = before
    found = list(between(older, _as_written(rows)))
    lead = f"<p>Compared with the run of {_day(name)}: "
    if not found:
        return f"{lead}no figure of this priority is new or revised.</p>"
    shown = found[:MOST_CHANGES]
    more = len(found) - len(shown)
    rest = f"<p>And {more} more, listed by <code>hwb changes</code>.</p>" if more else ""
    return f"{lead}{_counted(found)}.</p>{bullets([c.text + '.' for c in shown])}{rest}"


def _as_written(rows: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    # A file has empty cells where the rows have None.
    return [{name: "" if v is None else v for name, v in row.items()} for row in rows]


def _day(run_id: str) -> str:
    day = pd.Timestamp(run_id[:8])
    return f"{day.day} {day:%B %Y}"


def _counted(found: Sequence[Change]) -> str:
    kinds = dict.fromkeys(c.kind.value for c in found)
    return ", ".join(f"{sum(c.kind.value == k for c in found)} {k}" for k in kinds)


def movers_html(judgement: Judgement) -> str:
    """Return at most three measures that moved each way, the clearest first."""
    blocks = []
    for title, verdicts, none in (
        (
            "Moved the wanted way",
            (Verdict.ACHIEVED, Verdict.WANTED),
            "No measure can be shown to have moved the wanted way.",
        ),
        (
            "Moved the wrong way",
            (Verdict.WRONG,),
            "No measure can be shown to have moved the wrong way.",
        ),
    ):
        found = sorted(
            (m for m in judgement.measures.values() if m.verdict in verdicts), key=_chance
        )
        told = [verdict_sentence(m) for m in found[:MOVERS]] or [none]
        blocks.append(f"<h3>{title}</h3>{bullets(told)}")
    return "".join(blocks)


def _chance(found: MeasureVerdict) -> float:
    lead = lead_part(found)
    return lead.change.p_value if lead is not None and lead.tested else 2.0


def stale_html(assessments: Sequence[Assessment], since: int) -> str:
    """Return the figures that are three years old or older, oldest first."""
    old = [a for a in distinct(assessments) if (a.age_months or 0) >= OLD_AFTER_MONTHS]
    if not old:
        return f"<p>No figure is {age_words(OLD_AFTER_MONTHS)} old or older.</p>"
    rows = [
        {
            "Figure": a.heading,
            "Measure": a.measure.id,
            "Newest period": a.latest.period.label if a.latest else "",
            "Age": age_words(a.age_months or 0),
        }
        for a in sorted(old, key=lambda a: -(a.age_months or 0))
    ]
    return html_table(
        pd.DataFrame(rows),
        f"Figures that are {age_words(OLD_AFTER_MONTHS)} old or older",
        wide=True,
    )


def owed_html(priority: Priority, returns: Returns) -> str:
    """Return the measures that only local evidence can answer, and what has come of them."""
    local = (MeasureType.LOCAL, MeasureType.QUALITATIVE)
    asked = [m for m in priority.measures if m.type in local]
    if not asked:
        return "<p>No measure of this priority waits for local evidence.</p>"
    rows, sent = [], evidence(returns)
    for measure in asked:
        item = sent.get(measure.id)
        rows.append(
            {
                "Measure": f"{measure.title} ({measure.id})",
                "What is asked": why_none(measure),
                "Return": returned_html(item) if item else NO_RETURN,
                "Owed by": "–" if item else NOBODY,
            }
        )
    frame = pd.DataFrame(rows)
    return html_table(frame, "Local evidence asked for", wide=True, html_columns=["Return"])
