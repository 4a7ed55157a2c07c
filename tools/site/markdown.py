"""Markdown that several makers of pages write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A page that an index links stays out of the list beside every page: hundreds of names there
# would help nobody and take most of the time of a build.
UNLISTED = "---\norphan: true\n---\n\n"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; a bar inside a cell is escaped."""
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
    for row in rows:
        cells = (str(c).replace("|", "\\|").replace("\n", " ").strip() for c in row)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
