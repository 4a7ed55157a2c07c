"""How the objects of the registry show themselves at a prompt and in a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hwb_analysis.strategy.model import Indicator, Measure, Priority, Strategy


def one_line(kind: str, name: str, title: str) -> str:
    """Return what an object writes at a prompt; its fields are there by their names.

    Examples
    --------
    >>> one_line("Priority", "calm", "Calm minds")
    'Priority(calm: Calm minds)'
    """
    return f"{kind}({name}: {title})"


def strategy_html(strategy: Strategy) -> str:
    """Return the priorities of a strategy with how much each asks."""
    rows = [
        (p.slug, p.title, strategy.stage(p.stage).title, len(p.commitments), len(p.measures))
        for p in strategy.priorities
    ]
    head = ("slug", "priority", "stage", "commitments", "measures")
    about = strategy.strategy
    return f"<p>{escape(about.title)}, {about.starts} to {about.ends}</p>{table(head, rows)}"


def priority_html(priority: Priority) -> str:
    """Return the measures of a priority with the indicators that they name."""
    rows = [
        (m.id, m.title, m.direction.value, ", ".join(i.key for i in m.indicators) or "none")
        for m in priority.measures
    ]
    head = ("id", "measure", "wanted", "indicators")
    return f"<p>{escape(priority.title)} ({escape(priority.slug)})</p>{table(head, rows)}"


def measure_html(measure: Measure) -> str:
    """Return one measure: what it wants, of whom, and which indicators speak to it."""
    rows = [
        ("wanted", measure.direction.value),
        ("population", measure.population),
        *((f"indicator, {i.use.value}", i.key) for i in measure.indicators),
        *([("no figure because", measure.reason)] if measure.reason else []),
    ]
    return f"<p>{escape(measure.id)}: {escape(measure.title)}</p>{table((), rows)}"


def indicator_html(indicator: Indicator) -> str:
    """Return one indicator: its definition and its series in order of preference."""
    rows = [
        ("key", indicator.key),
        ("unit", indicator.unit),
        ("good end", indicator.polarity.value),
        *((f"series, {link.use.value}", link.id) for link in indicator.series),
        *([("no series because", indicator.missing)] if indicator.missing else []),
    ]
    return f"<p>{escape(indicator.name)}</p>{table((), rows)}"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return rows as a plain HTML table; without headings the first cell heads its row.

    Examples
    --------
    >>> table((), [("unit", "%")])
    '<table><tbody><tr><th scope="row">unit</th><td>%</td></tr></tbody></table>'
    """
    top = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    lines = ("".join(_cells(row, headed=not head)) for row in rows)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    start = f"<thead><tr>{top}</tr></thead>" if head else ""
    return f"<table>{start}<tbody>{body}</tbody></table>"


def _cells(row: Sequence[object], *, headed: bool) -> Iterable[str]:
    for place, cell in enumerate(row):
        text = escape(str(cell))
        yield f'<th scope="row">{text}</th>' if headed and not place else f"<td>{text}</td>"
