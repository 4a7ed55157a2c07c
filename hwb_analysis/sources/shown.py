"""How a snapshot shows itself in a notebook."""

from __future__ import annotations

from collections import Counter
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hwb_analysis.sources.snapshot import Snapshot


def snapshot_html(snapshot: Snapshot) -> str:
    """Return what a snapshot holds, as a table of publishers and their numbers of series."""
    origins = snapshot.origins
    held = Counter(origins[one.origin_id].publisher for one in snapshot.series.values())
    rows = "".join(
        f'<tr><th scope="row">{escape(publisher)}</th><td>{count}</td></tr>'
        for publisher, count in held.most_common()
    )
    head = '<th scope="col">publisher</th><th scope="col">series</th>'
    return (
        f"<p>{escape(repr(snapshot))}</p><table><thead><tr>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )
