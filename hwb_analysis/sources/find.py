"""``find``: which priorities, measures, indicators and series speak of something."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from hwb_analysis.errors import UsageError
from hwb_analysis.sources.snapshot import Snapshot, current_snapshot
from hwb_analysis.strategy import load_strategy
from hwb_analysis.strategy.model import Strategy

MOST_TOLD = 5
COLUMNS = ("what", "kind", "title", "part_of", "unit")


def find(
    text: str = "", *, strategy: Strategy | None = None, snapshot: Snapshot | None = None
) -> pd.DataFrame:
    """Return everything whose name or title holds all the words, for use with ``load``.

    Parameters
    ----------
    text
        Words in any order and case, whole or in part; everything when empty.
    strategy, snapshot
        Other ones than the product's own.

    Returns
    -------
    pandas.DataFrame
        ``what`` (the name that :func:`~hwb_analysis.sources.load.load` takes), ``kind``
        (priority, measure, indicator or series), ``title``, ``part_of`` (the priority of a
        measure, the indicators' keys of a series), ``unit``.

    Raises
    ------
    UsageError
        When nothing holds the words.

    Examples
    --------
    >>> find("MMR two doses")["kind"].unique().tolist()
    ['indicator', 'series']
    """
    strategy, snapshot = strategy or load_strategy(), snapshot or current_snapshot()
    rows = pd.DataFrame(list(_rows(strategy, snapshot)), columns=list(COLUMNS))
    words = text.casefold().split()
    names = (rows["what"] + " " + rows["title"]).str.casefold()
    kept = rows.loc[[all(word in name for word in words) for name in names]]
    if kept.empty:
        raise UsageError(
            f"nothing is named '{text}': {len(rows)} priorities, measures, indicators and series "
            "were looked through",
            remedy="use fewer or shorter words, such as 'smok' or 'vacc'",
        )
    return kept.reset_index(drop=True)


def _rows(strategy: Strategy, snapshot: Snapshot) -> Iterator[tuple[str, str, str, str, str]]:
    for priority in strategy.priorities:
        yield priority.slug, "priority", priority.title, priority.stage, ""
    for measure in strategy.measures:
        yield measure.id, "measure", measure.title, strategy.priority_of(measure).slug, ""
    serves: dict[str, list[str]] = {}
    for key, indicator in strategy.indicators.items():
        yield key, "indicator", indicator.name, "", indicator.unit
        for link in indicator.series:
            serves.setdefault(link.id, []).append(key)
    for series_id, info in snapshot.series.items():
        yield series_id, "series", info.title, ", ".join(serves.get(series_id, [])), info.unit


def speaking_of(text: str, strategy: Strategy) -> str:
    """Return which indicators' names hold the words of a name that is unknown, for a message.

    Examples
    --------
    >>> speaking_of("good-level-of-development", load_strategy()).split(": ")[0]
    'indicators that speak of it'
    >>> speaking_of("no-such-thing", load_strategy())
    ''
    """
    words = text.casefold().replace("-", " ").replace("_", " ").split()
    names = {key: indicator.name for key, indicator in strategy.indicators.items()}
    fits = [f"'{k}' ({n})" for k, n in names.items() if all(w in n.casefold() for w in words)]
    if not fits or not words:
        return ""
    more = f" and {len(fits) - MOST_TOLD} more" if len(fits) > MOST_TOLD else ""
    return f"indicators that speak of it: {', '.join(fits[:MOST_TOLD])}{more}"
