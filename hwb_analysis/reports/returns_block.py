"""Local evidence on a page: what officers returned, beside the measures, never mixed in.

Only words and figures that may be published enter a table; see
:func:`hwb_analysis.sources.returns.shown_figure`.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hwb_analysis.narrative.phrases import WANTED_WORDS
from hwb_analysis.sources.returns import (
    NO_RETURN,
    CommitmentReturn,
    MeasureReturn,
    Returns,
    returned_measures,
    shown_figure,
)
from hwb_analysis.strategy.model import Commitment, Measure, Priority, Strategy
from hwb_analysis.style import format_value
from hwb_analysis.tables import html_table

ALL_MEASURES = "all measures of this priority"
MEASURE_COLUMNS = (
    "Measure",
    "Wanted",
    "Returned figure",
    "Period",
    "Status",
    "Note",
    "Who",
    "Date of return",
)
COMMITMENT_COLUMNS = (
    "Commitment",
    "Measures served",
    "Status",
    "Note",
    "Evidence",
    "Who",
    "Date of return",
)


def commitments_frame(priority: Priority, returns: Returns) -> pd.DataFrame:
    """Return one row a commitment of a priority; without a return it says so."""
    rows = [_commitment(c, returns.commitment(c.id)) for c in priority.commitments]
    return pd.DataFrame(rows, columns=list(COMMITMENT_COLUMNS))


def local_measures_frame(strategy: Strategy, priority: Priority, returns: Returns) -> pd.DataFrame:
    """Return one row for each local or qualitative measure of a priority; it may be empty."""
    rows = [_measure(m, returns.measure(m.id)) for m in _measures(strategy, priority)]
    return pd.DataFrame(rows, columns=list(MEASURE_COLUMNS))


def commitments_table(strategy: Strategy, priority: Priority, returns: Returns) -> str:
    """Return the commitments of a priority with their returns, as an accessible table.

    Parameters
    ----------
    strategy, priority
        The registry, and the priority whose commitments are shown.
    returns
        What officers returned.

    Examples
    --------
    >>> from hwb_analysis.strategy import load_strategy
    >>> strategy = load_strategy()
    >>> html = commitments_table(strategy, strategy.priorities[0], Returns())
    >>> html.count("no return received") == len(strategy.priorities[0].commitments)
    True
    """
    frame = commitments_frame(priority, returns)
    received = sum(returns.commitment(c.id) is not None for c in priority.commitments)
    caption = f"Commitments of the priority {priority.title}, as returned by officers"
    return _received(received, len(frame), "commitment") + _table(frame, caption)


def local_measures_table(strategy: Strategy, priority: Priority, returns: Returns) -> str:
    """Return the local and qualitative measures of a priority with their returns.

    An empty text when the priority has none: there is then nothing to return.

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
    frame = local_measures_frame(strategy, priority, returns)
    received = sum(returns.measure(m.id) is not None for m in measures)
    caption = f"Local evidence for the priority {priority.title}, as returned by officers"
    return _received(received, len(frame), "measure") + _table(frame, caption)


def _measures(strategy: Strategy, priority: Priority) -> list[Measure]:
    return [m for m in returned_measures(strategy) if m in priority.measures]


def _table(frame: pd.DataFrame, caption: str) -> str:
    return html_table(frame, caption, missing="–", wide=True)


def _received(received: int, asked: int, what: str) -> str:
    noun = what if asked == 1 else f"{what}s"
    verb = "has" if received == 1 else "have"
    return (
        f'<p class="table-note">{received} of {asked} {noun} {verb} a return. Returns are the '
        "word of those who sent them; they are not compared with published figures.</p>\n"
    )


def _measure(measure: Measure, item: MeasureReturn | None) -> Sequence[str]:
    name = (f"{measure.title} ({measure.id})", WANTED_WORDS[measure.direction])
    if item is None:
        return (*name, "", "", NO_RETURN, "", "", "")
    figure = shown_figure(item)
    value = figure.reason if figure.value is None else format_value(figure.value, item.unit)
    if item.derived and figure.value is not None:
        value += ", worked out from the counts returned"
    period = item.period.label if item.period else ""
    return (*name, value, period, item.status.value, item.note, item.who, _day(item))


def _commitment(commitment: Commitment, item: CommitmentReturn | None) -> Sequence[str]:
    name = f"{commitment.text} ({commitment.id})"
    if item is None:
        return name, ALL_MEASURES, NO_RETURN, "", "", "", ""
    served = ", ".join(item.measures) or ALL_MEASURES
    status = item.status.value
    return name, served, status, item.note, item.evidence, item.who, _day(item)


def _day(item: MeasureReturn | CommitmentReturn) -> str:
    return f"{item.returned.day} {item.returned:%b %Y}"
