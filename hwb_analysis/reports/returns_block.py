"""Local evidence on a page: what officers returned, beside the measures, never mixed in.

Only words and figures that may be published enter a table; see
:func:`hwb_analysis.sources.returns.shown_figure`.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd

from hwb_analysis.sources.returns import (
    NO_RETURN,
    CommitmentReturn,
    MeasureReturn,
    Returns,
    returned_measures,
    shown_figure,
)
from hwb_analysis.sources.returns.forms import WANTED
from hwb_analysis.strategy.model import Commitment, Measure, Priority, Strategy
from hwb_analysis.style import format_value
from hwb_analysis.tables import html_table

ALL_MEASURES = "all measures of this priority"
MEASURE_COLUMNS = (
    "Measure",
    "Id",
    "Wanted",
    "Returned figure",
    "Period",
    "Status",
    "Note",
    "Returned by",
)
COMMITMENT_COLUMNS = (
    "Commitment",
    "Id",
    "Measures served",
    "Status",
    "Note",
    "Evidence",
    "Returned by",
)


def commitments_frame(priority: Priority, returns: Returns) -> pd.DataFrame:
    """Return one row a commitment of a priority; without a return it says so."""
    every = {m.id for m in priority.measures}
    rows = [_commitment(c, returns.commitment(c.id), every) for c in priority.commitments]
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
    name = frame.columns[0]
    marked = [
        f'{escape(title)} <span style="white-space: nowrap">({escape(own)})</span>'
        for title, own in zip(frame[name], frame["Id"], strict=True)
    ]
    shown = frame.drop(columns="Id").assign(**{name: marked})
    return html_table(shown, caption, missing="–", wide=True, html_columns=[name])


def _received(received: int, asked: int, what: str) -> str:
    noun = what if asked == 1 else f"{what}s"
    verb = "has" if received == 1 else "have"
    return (
        f'<p class="table-note">{received} of {asked} {noun} {verb} a return. Returns are the '
        "word of those who sent them; they are not compared with published figures.</p>\n"
    )


def _measure(measure: Measure, item: MeasureReturn | None) -> Sequence[str]:
    name = (measure.title, measure.id, WANTED[measure.direction])
    if item is None:
        return (*name, "", "", NO_RETURN, "", "")
    figure = shown_figure(item)
    value = figure.reason if figure.value is None else format_value(figure.value, item.unit)
    if item.derived and figure.value is not None:
        value += ", worked out from the counts returned"
    period = item.period.label if item.period else ""
    return (*name, value, period, item.status.value, item.note, _by(item))


def _commitment(
    commitment: Commitment, item: CommitmentReturn | None, every: set[str]
) -> Sequence[str]:
    name = (commitment.text, commitment.id)
    if item is None:
        return (*name, ALL_MEASURES, NO_RETURN, "", "", "")
    narrowed = set(item.measures) not in (set(), every)
    served = ", ".join(item.measures) if narrowed else ALL_MEASURES
    return (*name, served, item.status.value, item.note, item.evidence, _by(item))


def _by(item: MeasureReturn | CommitmentReturn) -> str:
    return f"{item.who}, {item.returned.day} {item.returned:%b %Y}"
