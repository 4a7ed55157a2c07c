"""What a person waits for first: the import, and the first figures of a priority.

``python -m benchmarks.startup`` times both inside fresh processes and holds them to their
limits; CPU seconds, the least of several, since those hang least on what else runs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

RESULT = Path(__file__).resolve().parent / "results" / "startup.json"
PRIORITY = "school-readiness"
# Seconds: the import of the package; the call of `load` once its libraries are there; and
# from nothing to a frame, libraries and all.
LIMITS = {"import": 0.4, "load": 0.5, "first_frame": 1.5}
PROGRAM = f"""
import json, time
from time import process_time as now
a = now()
import hwb_analysis as hwb
b = now()
hwb.load
c = now()
hwb.load({PRIORITY!r})
d = now()
print(json.dumps({{"import": b - a, "load": d - c, "first_frame": d - a}}))
"""


def import_only() -> list[str]:
    """Return the command that imports the package and ends."""
    return [sys.executable, "-c", "import hwb_analysis"]


def first_frame() -> list[str]:
    """Return the command that loads the figures of a priority from nothing."""
    return [sys.executable, "-c", f"import hwb_analysis as h; h.load({PRIORITY!r})"]


def measured(repeat: int = 5) -> dict[str, float]:
    """Return the least CPU seconds of each step over some fresh processes."""
    runs = []
    for _ in range(repeat):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
        )
        runs.append(json.loads(done.stdout))
    return {name: round(min(run[name] for run in runs), 3) for name in LIMITS}


def main() -> int:
    """Print and keep the figures; 1 when one is above its limit."""
    found = measured()
    for name, seconds in found.items():
        print(f"{name}: {seconds:.3f} s CPU, limit {LIMITS[name]} s")
    RESULT.write_text(json.dumps({"cpu_seconds": found, "limits": LIMITS}, indent=1) + "\n")
    return int(any(found[name] > LIMITS[name] for name in LIMITS))


if __name__ == "__main__":
    sys.exit(main())
