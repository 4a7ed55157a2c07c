"""Local evidence on a page: what officers returned, beside the measures, never mixed in.

Only words and figures that may be published enter a table: every page shows a return from
its :class:`~hwb_analysis.sources.returns.Evidence` and from nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd

from hwb_analysis.narrative.catalogue import say
from hwb_analysis.narrative.returned import by_words, figure_words, made_words, standing_words
from hwb_analysis.reports.verdict_parts import running
from hwb_analysis.sources.returns import (
    NO_RETURN,
    Evidence,
    Returns,
    evidence,
    returned_measures,
)
from hwb_analysis.sources.returns.forms import WANTED
from hwb_analysis.strategy.model import Measure, Priority, Strategy
from hwb_analysis.tables import html_table

HEADING = "Local evidence"
MEASURE_COLUMNS = (
    "Measure",
    "Id",
    "Wanted",
    "Returned figure",
    "Period",
    "Status",
    "How it is shown",
    "Note",
    "Returned by",
)


def local_measures_frame(strategy: Strategy, priority: Priority, returns: Returns) -> pd.DataFrame:
    """Return one row for each local or qualitative measure of a priority; it may be empty."""
    sent = evidence(returns)
    return _frame([_measure(m, sent.get(m.id)) for m in _measures(strategy, priority)])


def local_measures_table(strategy: Strategy, priority: Priority, returns: Returns) -> str:
    """Return the local and qualitative measures of a priority with their returns.

    The newest return of each, then a small table of the older ones where there are any. An
    empty text when the priority has no such measure: there is then nothing to return.

    Examples
    --------
    >>> from hwb_analysis.strategy import load_strategy
    >>> strategy = load_strategy()
    >>> local_measures_table(strategy, strategy.priority("first-1001-days"), Returns())
    ''
    """
    measures = _measures(strategy, priority)
    if not measures:
        return ""
    sent = evidence(returns)
    frame = local_measures_frame(strategy, priority, returns)
    received = sum(m.id in sent for m in measures)
    told = _received(received, len(frame), "measure", _rules(sent, measures))
    return told + _tables(frame, earlier_frame(measures, returns), f"the priority {priority.title}")


def every_return(strategy: Strategy, returns: Returns) -> str:
    """Return all measures that officers returned on, in the order of the strategy.

    An empty text when nothing was returned.

    Examples
    --------
    >>> from hwb_analysis.strategy import load_strategy
    >>> every_return(load_strategy(), Returns())
    ''
    """
    sent, asked = evidence(returns), returned_measures(strategy)
    measures = [m for m in asked if m.id in sent]
    if not measures:
        return ""
    frame = _frame([_measure(m, sent[m.id]) for m in measures])
    told = _received(len(measures), len(asked), "measure", _rules(sent, measures))
    return told + _tables(frame, earlier_frame(measures, returns), "all priorities")


def local_evidence(strategy: Strategy, priority: Priority, returns: Returns) -> str:
    """Return the local evidence of a priority with its heading, once something has come."""
    sent = evidence(returns)
    if not any(m.id in sent for m in _measures(strategy, priority)):
        return ""
    return f"<h3>{HEADING}</h3>{local_measures_table(strategy, priority, returns)}"


def returned_html(sent: Evidence) -> str:
    """Return one return as a cell shows it: the figure or status, what it is, by whom.

    Examples
    --------
    >>> returned_html(Evidence("under way", who="Team"))  # doctest: +NORMALIZE_WHITESPACE
    '<strong class="value">Under way</strong><br><span class="quiet">Reported by the partners,
    not tested; Team.</span>'
    """
    figure = figure_words(sent)
    marks = ", ".join(t for t in (sent.period, sent.status if figure else "") if t)
    kind = "cell_figure" if sent.value is not None else "cell_status"
    facts = [say("returned", "cell_withheld" if sent.withheld else kind)]
    facts += [t for t in (made_words(sent), standing_words(sent), by_words(sent)) if t]
    lead = figure or sent.status
    head = f'<strong class="value">{running(lead[:1].upper() + lead[1:])}</strong>'
    head += f' <span class="period">{running(marks)}</span>' if marks else ""
    return f'{head}<br><span class="quiet">{running("; ".join(facts))}.</span>'


def earlier_frame(measures: Sequence[Measure], returns: Returns) -> pd.DataFrame:
    """Return one row an older return of the measures given, the newest first; often none."""
    sent = evidence(returns)
    rows = [_measure(m, one) for m in measures if m.id in sent for one in sent[m.id].older]
    return _frame(rows)


def _rules(sent: Mapping[str, Evidence], measures: Sequence[Measure]) -> list[str]:
    """Return the rule sets that returns of the measures have passed, in words."""
    own = [sent[m.id] for m in measures if m.id in sent]
    every = [one for newest in own for one in (newest, *newest.older)]
    return list(dict.fromkeys(e.rule.words for e in every if e.rule and not e.public))


def _frame(rows: Sequence[Sequence[str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(MEASURE_COLUMNS))


def _tables(newest: pd.DataFrame, older: pd.DataFrame, where: str) -> str:
    text = _table(_filled(newest), f"Local evidence for {where}, as returned by officers")
    if older.empty:
        return text
    caption = f"Earlier local evidence for {where}, as returned by officers"
    return text + _table(_filled(older.drop(columns="Wanted")), caption)


def _filled(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out the columns for which no row has anything to say."""
    spare = [name for name in ("How it is shown", "Note") if not frame[name].astype(bool).any()]
    return frame.drop(columns=spare)


def _measures(strategy: Strategy, priority: Priority) -> list[Measure]:
    return [m for m in returned_measures(strategy) if m in priority.measures]


def _table(frame: pd.DataFrame, caption: str) -> str:
    name = frame.columns[0]
    marked = [
        f'{escape(title)} <span style="white-space: nowrap">({escape(own)})</span>'
        for title, own in zip(frame[name], frame["Id"], strict=True)
    ]
    shown = frame.drop(columns="Id").assign(**{name: marked})
    return html_table(shown, caption, missing="–", wide=True, html_columns=[name])


def _received(received: int, asked: int, what: str, rules: Sequence[str] = ()) -> str:
    noun = what if asked == 1 else f"{what}s"
    verb = "has" if received == 1 else "have"
    passed = f" Those that were not public already passed disclosure control: {'; '.join(rules)}."
    return (
        f'<p class="table-note">{received} of {asked} {noun} {verb} a return. Returns are the '
        "word of those who sent them; they are not tested, nor compared with published figures."
        f"{escape(passed) if rules else ''}</p>\n"
    )


def _measure(measure: Measure, sent: Evidence | None) -> Sequence[str]:
    name = (measure.title, measure.id, WANTED[measure.direction])
    if sent is None:
        return (*name, "", "", NO_RETURN, "", "", "")
    figure = ", ".join(text for text in (figure_words(sent), made_words(sent)) if text)
    facts = (figure, sent.period, sent.status, _standing(sent))
    return (*name, *facts, sent.note, by_words(sent))


def _standing(sent: Evidence) -> str:
    # The note above a table tells the rule, so that its cells need not.
    return standing_words(sent).split(":")[0]
