"""Reports of a strategy that belong to no priority and come from no template notebook."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from hwb_analysis.paths import data_dir
from hwb_analysis.reports.plan import Task
from hwb_analysis.reports.publish import PAGE_NAME
from hwb_analysis.reports.render import PageMeta

if TYPE_CHECKING:
    from hwb_analysis.strategy.model import Strategy

CLAIMS, CLAIMS_TITLE = "claims", "What the strategy says, read again"
CLAIMS_WEIGHT = 20.0


def extra_pages(strategy: Strategy) -> list[Task]:
    """Return what a run of a whole strategy makes besides its priorities.

    The strategy's own statements, read again, where they have been written down.
    """
    if not _has_claims(strategy.area.code):
        return []
    blank = {"data_cut": ""}
    return [Task(CLAIMS, CLAIMS_TITLE, blank, writer=write_claims_report, weight=CLAIMS_WEIGHT)]


def _has_claims(area: str) -> bool:
    # Read as text: an unchanged run must not load what reads the statements themselves.
    named = re.compile(rf"^area:\s*[\"']?{re.escape(area)}\b", re.MULTILINE)
    files = (data_dir() / "strategy" / "claims").glob("*.yaml")
    return any(named.search(path.read_text(encoding="utf-8")) for path in files)


def write_claims_report(folder: Path, parameters: Mapping[str, str], meta: PageMeta) -> Path:
    """Write the page of the strategy's statements, and its tables, as one report."""
    from hwb_analysis.claims.check import check_claims
    from hwb_analysis.reports import claims_page
    from hwb_analysis.sources.snapshot import snapshot_at
    from hwb_analysis.strategy import load_strategy

    snapshot, _ = snapshot_at(parameters.get("data_cut", ""))
    claims_page.write_claims(folder, check_claims(load_strategy(), snapshot), meta)
    os.replace(folder / claims_page.PAGE, folder / PAGE_NAME)
    return folder / PAGE_NAME
