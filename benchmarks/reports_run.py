"""The whole run of all reports, and the floor beneath it.

The floor draws the same figures once, in one process that is already warm: no kernels,
no notebooks, no pages. The distance between the two is what the pipeline costs.
"""

from __future__ import annotations

import sys
import tempfile


def whole_run() -> list[str]:
    """Return the command that makes every report and the Board page."""
    out = tempfile.mkdtemp(prefix="hwb-bench-")
    return [sys.executable, "-m", "hwb_analysis", "run", "--out", out]


def floor() -> list[str]:
    """Return the command that draws every figure of every report once."""
    return [sys.executable, "-c", "from benchmarks.reports_run import draw_all; draw_all()"]


def draw_all() -> None:
    """Call every section of every chapter in this process, displaying nothing."""
    from hwb_analysis.reports import chapter, chapter_figures
    from hwb_analysis.strategy import load_strategy

    def nothing(*_: object, **__: object) -> None:
        return None

    for module in (chapter, chapter_figures):
        for name in ("show", "show_html", "show_markdown", "show_table"):
            if hasattr(module, name):
                setattr(module, name, nothing)
    sections = ("summary", "measures", "each", "inequality", "place", "notes")
    for priority in load_strategy().priorities:
        opened = chapter.open_chapter(priority.slug)
        for section in sections:
            getattr(opened, f"show_{section}")()
