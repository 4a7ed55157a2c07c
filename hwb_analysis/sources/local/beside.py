"""The local figures that stand beside the published ones of a snapshot.

What reads and protects local files is loaded only where there are any.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from hwb_analysis.sources.local.folder import SHOWN_VARIABLE, any_local

if TYPE_CHECKING:
    from hwb_analysis.sources.local.held import HeldFigures
    from hwb_analysis.sources.local.source import LocalFiles

    Local = LocalFiles | HeldFigures


def local_beside() -> Local | None:
    """Return the local figures that may be read here, or nothing where there are none.

    In a report of a run these are the figures that the run has put aside, else all files
    with a map.
    """
    if not any_local():
        return None
    named = os.environ.get(SHOWN_VARIABLE)
    if named:
        from hwb_analysis.sources.local.held import HeldFigures

        return HeldFigures(Path(named))
    from hwb_analysis.sources.local.shown import strategy_around
    from hwb_analysis.sources.local.source import LocalFiles

    return LocalFiles(parents=strategy_around())


def unprotected_beside() -> LocalFiles:
    """Return all local files as they came, marked; refused where a report is being made."""
    from hwb_analysis.sources.local.shown import refuse_in_a_run
    from hwb_analysis.sources.local.source import LocalFiles

    refuse_in_a_run()
    return LocalFiles(protected=False)
