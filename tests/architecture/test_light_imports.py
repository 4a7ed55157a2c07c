"""What must not be loaded: heavy libraries by the statistics, pandas by `hwb --help`."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = (
    "matplotlib", "geopandas", "papermill", "requests", "httpx", "IPython", "jupyter_client",
    "esda", "libpysal", "sklearn",
)  # fmt: skip
LOAD_STATS = """
import importlib, json, pkgutil, sys
import hwb_analysis.stats as stats
names = [m.name for m in pkgutil.walk_packages(stats.__path__, "hwb_analysis.stats.")]
for name in names:
    importlib.import_module(name)
print(json.dumps([names, sorted(sys.modules)]))
"""
ASK_FOR_HELP = """
import contextlib, io, json, sys
from hwb_analysis import cli
sys.argv = ["hwb", "--help"]
with contextlib.redirect_stdout(io.StringIO()) as shown, contextlib.suppress(SystemExit):
    cli.main()
print(json.dumps([shown.getvalue(), sorted(sys.modules)]))
"""


def _run(code: str) -> list[object]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_stats_loads_no_drawing_no_notebook_no_client() -> None:
    names, loaded = _run(LOAD_STATS)
    assert names, "no module of hwb_analysis.stats was found"
    assert not [library for library in HEAVY if library in loaded]


def test_help_does_not_load_pandas() -> None:
    shown, loaded = _run(ASK_FOR_HELP)
    assert "run" in shown
    assert not [library for library in ("pandas", "numpy", *HEAVY) if library in loaded]
