"""What the Board page offers beside its rows: the strategy at a glance, a filter, links.

The page is whole without a script. The filter is put there by a small script of our own,
which the page's security policy names by its checksum; nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from importlib.resources import files
from pathlib import Path

from hwb_analysis.assessment import Assessment, MeasureVerdict
from hwb_analysis.narrative.phrases import VERDICT_SIGN
from hwb_analysis.reports.verdict_parts import Verdicts, verdict_class
from hwb_analysis.strategy.model import Priority, Stage, Strategy
from hwb_analysis.vocabulary import Grade, Verdict

FORMATS = (("report.pdf", "PDF"), ("report.docx", "Word"), ("report.xlsx", "spreadsheet"))
CROSS_CUTTING = "cross-cutting"
# Short, for a list to choose from; the page says above what each grade is.
EVIDENCE = {
    Grade.A: "can be tested",
    Grade.B: "the publisher's word",
    Grade.C: "value only",
    Grade.D: "no figure",
}


def at_a_glance(strategy: Strategy, shown: Verdicts) -> str:
    """Return the strategy on a page: its stages as columns, the cross-cutting ones as a band."""
    columns = "".join(_stage(strategy, stage, shown) for stage in strategy.stages)
    return (
        '<h2 id="strategy">The strategy on a page</h2>'
        f'<p class="vision">{escape(strategy.strategy.vision)}.</p>'
        f'<ul class="glance">{columns}</ul>'
    )


def _stage(strategy: Strategy, stage: Stage, shown: Verdicts) -> str:
    kind = "band" if stage.kind == CROSS_CUTTING else "column"
    head = f'<a href="#{stage.slug}">{escape(stage.title)}</a>'
    return f'<li class="{kind}">{head}{_priorities(strategy, stage, shown)}</li>'


def _priorities(strategy: Strategy, stage: Stage, shown: Verdicts) -> str:
    own = [p for p in strategy.priorities if p.stage == stage.slug]
    return f"<ul>{''.join(_priority(p, shown) for p in own)}</ul>"


def _priority(priority: Priority, shown: Verdicts) -> str:
    found = [shown.of(m.id).verdict for m in priority.measures]
    signs = "".join(
        f'<span class="square {verdict_class(v)}" aria-hidden="true">{VERDICT_SIGN[v]}</span>'
        for v in found
    )
    told = ", ".join(f"{found.count(v)} {v.value}" for v in Verdict if v in found)
    return (
        f'<li><a href="#{priority.slug}">{escape(priority.title)}</a>'
        f'<span class="signs">{signs}</span>'
        f'<span class="visually-hidden">: {escape(told)}</span></li>'
    )


def downloads(folder: Path, slug: str) -> str:
    """Return links to the other formats of a report that stand in its folder."""
    links = [
        f'<a href="{slug}/{name}">{word}<span class="visually-hidden"> of {slug}</span></a>'
        for name, word in FORMATS
        if (folder / slug / name).is_file()
    ]
    return "".join(f" · {link}" for link in links)


def filter_form(strategy: Strategy) -> str:
    """Return the filter; hidden until the script shows it, since without it it does nothing."""
    fields = [
        _select("stage", "Stage of life", [(s.slug, s.title) for s in strategy.stages]),
        _select("verdict", "Verdict", [(v.value, v.value) for v in Verdict]),
        _select("grade", "Evidence", [(g.value, f"{g.value}: {EVIDENCE[g]}") for g in Grade]),
        _select(
            "sort",
            "Order",
            [
                ("verdict", "verdict"),
                ("against", "against the comparator"),
                ("age", "oldest first"),
            ],
            first="of the strategy",
        ),
    ]
    search = (
        '<div><label for="find">Words in a measure</label>'
        '<input type="search" id="find" name="find" autocomplete="off"></div>'
    )
    return (
        '<form id="filter" class="filter" hidden data-only="screen" '
        'aria-label="Choose which measures are shown">'
        f'{"".join(fields)}{search}<div><button type="reset">Show all</button></div>'
        '<p id="found" role="status"></p></form>'
    )


def _select(name: str, label: str, options: Sequence[tuple[str, str]], first: str = "all") -> str:
    chosen = "".join(f'<option value="{escape(v)}">{escape(t)}</option>' for v, t in options)
    return (
        f'<div><label for="by-{name}">{label}</label><select id="by-{name}" name="{name}">'
        f'<option value="">{first}</option>{chosen}</select></div>'
    )


@lru_cache(maxsize=1)
def script() -> str:
    """Return the script of the filter."""
    return (files("hwb_analysis.reports") / "assets" / "board.js").read_text(encoding="utf-8")


def row_facts(found: MeasureVerdict, parts: Sequence[Assessment], best: Grade) -> str:
    """Return what the filter reads off the first row of a measure, as attributes."""
    ages = [a.age_months for a in parts if a.age_months is not None]
    lead = next((a for a in parts if a.latest is not None), parts[0])
    facts: Mapping[str, object] = {
        "measure": found.measure.id,
        "stage": found.priority.stage,
        "verdict": found.verdict.value,
        "grade": best.value,
        "age": min(ages) if ages else "",
        "against": lead.comparison.value,
    }
    return "".join(f' data-{name}="{escape(str(value))}"' for name, value in facts.items())


def more_pages(folder: Path, titles: Mapping[str, str]) -> str:
    """Return links to the pages of the run that belong to no priority."""
    items = "".join(
        f'<li><a href="{slug}/report.html">{escape(title)}</a>{downloads(folder, slug)}</li>'
        for slug, title in titles.items()
        if (folder / slug / "report.html").is_file()
    )
    if not items:
        return ""
    return f'<h2 id="more">Beside the priorities</h2><ul class="more-pages">{items}</ul>'
