"""The package is there at once, and so are the figures of a priority."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.startup import LIMITS, measured


def test_import_and_first_figures_keep_their_limits() -> None:
    """CPU seconds, the least of three: a busy machine makes no difference."""
    found = measured(repeat=3)
    assert not {name: s for name, s in found.items() if s > LIMITS[name]}


def test_loading_figures_loads_no_library_for_drawing_or_models() -> None:
    program = (
        "import sys, hwb_analysis as hwb; hwb.load('school-readiness');"
        "print([m for m in ('matplotlib', 'scipy.stats', 'statsmodels', 'geopandas') "
        "if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
